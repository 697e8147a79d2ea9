"""Batch norm, backward pass: the factors and the axis of dx in training."""

from autograder.engine.mistakes import mistake


@mistake(
    "batchnorm_backward",
    hint="Your dx is too large by the batch size. A factor 1/N got lost when the terms were "
    "put together.",
)
def dx_too_large_by_n(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = len(dout) * inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Your dx is too small by the batch size. dout is the gradient of the loss already: "
    "nothing is left to average.",
)
def dx_averaged_over_batch(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term) / len(dout)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="The standard deviation is missing from your dx in training. A layer that divides by "
    "it passes gradients on divided by it.",
)
def dx_without_std(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = dx_hat - mean_term - var_term
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="In training your dx is divided by the variance. How often does the standard "
    "deviation appear in d x_hat / d x?",
)
def dx_divided_by_variance(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std**2 * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Your dx divides by the plain standard deviation of the batch. The forward pass "
    "divided by something slightly larger; keep that.",
)
def backward_forgets_eps(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        std = (x_hat / inv_std).std(axis=0)
        dx = (dx_hat - mean_term - var_term) / std
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="gamma has no effect on your dx in training. It lies between x_hat and the output.",
)
def gamma_missing_in_dx(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        dx_hat = dout
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", hint="gamma enters your dx twice in training.")
def gamma_twice_in_dx(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = gamma * inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="gamma scales the direct part of your dx, but not the parts that come through mean "
    "and variance.",
)
def gamma_missing_in_paths(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dout.mean(axis=0)
        var_term = x_hat * (dout * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="All units use the same gamma in your dx. gamma holds one number per unit.",
)
def backward_first_gamma(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma[0]
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="You average over the units of one example. Mean and variance were taken over the "
    "other axis.",
)
def paths_over_units(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=1, keepdims=True)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="You average over the whole array. Every unit has its own mean and its own variance.",
)
def paths_over_everything(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean()
        var_term = x_hat * (dx_hat * x_hat).mean()
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta
