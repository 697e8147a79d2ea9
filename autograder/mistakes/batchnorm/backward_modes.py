"""Batch norm, backward pass: training against evaluation."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "batchnorm_backward",
    hint="In evaluation your dx still goes through the batch's mean and variance. There the "
    "running values are constants.",
)
def backward_ignores_mode(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dx = inv_std * (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0))
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", hint="In evaluation gamma has no effect on your dx.")
def eval_dx_without_gamma(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dout
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="In evaluation your dx lacks the running standard deviation that the forward pass "
    "divided by.",
)
def eval_dx_without_std(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="In evaluation you hand dout on unchanged. The layer still scales its input there: by"
    " what?",
)
def eval_dx_passed_through(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = dout.copy()
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="In evaluation your dx is zero. The running values are constants there, but x is not.",
)
def eval_dx_zero(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = np.zeros_like(dout)
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="In evaluation your dgamma and dbeta are zero. The loss still depends on gamma and "
    "beta there.",
)
def eval_parameters_frozen(dout, cache):
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
        dgamma, dbeta = np.zeros_like(dgamma), np.zeros_like(dbeta)
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Your backward pass refuses a cache from evaluation. It should work in both modes.",
)
def eval_backward_unsupported(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        raise RuntimeError("backward pass in evaluation")
    return dx, dgamma, dbeta
