"""Batch norm, backward pass: dgamma and dbeta, what is returned and changed."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "batchnorm_backward",
    hint="Your dgamma looks like dbeta. What is gamma multiplied with in the forward pass?",
)
def dgamma_without_x_hat(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = dout.sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Your dgamma uses x - mean. What exactly is gamma multiplied with in the forward pass?",
)
def dgamma_from_centred(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat / inv_std).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="gamma appears in your own dgamma. Which upstream gradient reaches the product gamma "
    "* x_hat?",
)
def dgamma_times_gamma(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * gamma * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Your dgamma is too small by the batch size. dout is the gradient of the loss "
    "already: nothing is left to average.",
)
def dgamma_averaged(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).mean(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Your dbeta is too small by the batch size. dout is the gradient of the loss already:"
    " nothing is left to average.",
)
def dbeta_averaged(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.mean(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="dgamma and dbeta are both too small by the batch size. dout is the gradient of the "
    "loss already: nothing is left to average.",
)
def dgamma_and_dbeta_averaged(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.mean(axis=0)
    dgamma = (dout * x_hat).mean(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", hint="gamma appears in your dbeta. beta is added after the scaling.")
def dbeta_times_gamma(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = (dout * gamma).sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", hint="dgamma and dbeta come back in each other's place.")
def dgamma_and_dbeta_swapped(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dbeta, dgamma


@mistake(
    "batchnorm_backward",
    hint="dgamma and dbeta have one entry per example. They should have one per unit: over "
    "which axis do you have to add?",
)
def dgamma_and_dbeta_over_units(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=1)
    dgamma = (dout * x_hat).sum(axis=1)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="dgamma and dbeta are single numbers. What does np.sum do when no axis is given?",
)
def dgamma_and_dbeta_over_everything(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum()
    dgamma = (dout * x_hat).sum()
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="dgamma and dbeta have the shape of the batch. All examples share one gamma and one "
    "beta: what happens to their contributions?",
)
def dgamma_and_dbeta_not_summed(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.copy()
    dgamma = dout * x_hat
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="dgamma and dbeta have two axes. They should have the shape of gamma and beta, (D,).",
)
def dgamma_and_dbeta_keepdims(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0, keepdims=True)
    dgamma = (dout * x_hat).sum(axis=0, keepdims=True)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="dout has no effect on your gradients: they are right only for a loss that adds up "
    "the outputs.",
)
def dout_ignored(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dout = np.ones_like(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="The dout that was handed in is changed. Operators like *= write into the caller's "
    "memory.",
)
def dout_changed_in_place(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dout *= gamma
    dx_hat = dout
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Your numbers are rounded to about seven digits: something is computed in float32. "
    "Keep float64.",
)
def backward_float32(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dout = dout.astype(np.float32)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="The three gradients are there, but not in the order of the contract.",
)
def dx_returned_last(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dgamma, dbeta, dx


@mistake(
    "batchnorm_backward",
    hint="You return dx alone; the contract asks for the gradients of gamma and beta as well.",
)
def only_dx_returned(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx


@mistake(
    "batchnorm_backward",
    hint="Where dout is zero everywhere, dgamma and dbeta come back as plain zeros. They keep the "
    "shape (D,).",
)
def zero_dout_gives_scalars(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    if not dout.any():
        return np.zeros_like(dout), 0.0, 0.0
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = dout * gamma
    if cache["training"]:
        dx = dx - dx.mean(axis=0) - x_hat * (dx * x_hat).mean(axis=0)
    return inv_std * dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Where gamma is zero everywhere, you return zeros for dgamma. The loss depends "
    "on gamma all the same.",
)
def zero_gamma_has_no_gradient(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    if not gamma.any():
        return np.zeros_like(dout), np.zeros_like(gamma), dbeta
    dgamma = (dout * x_hat).sum(axis=0)
    dx = dout * gamma
    if cache["training"]:
        dx = dx - dx.mean(axis=0) - x_hat * (dx * x_hat).mean(axis=0)
    return inv_std * dx, dgamma, dbeta
