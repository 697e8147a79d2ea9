"""Batch norm, backward pass: how x acts through the batch's mean and variance."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "batchnorm_backward",
    hint="Your dx treats mean and variance as constants. In training both depend on x: each "
    "entry of x moves the whole column's statistics.",
)
def statistics_taken_as_constant(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = dout * gamma * inv_std
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Your dx knows that the variance depends on x, but not that the mean does.",
)
def mean_path_missing(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Your dx knows that the mean depends on x, but not that the variance does.",
)
def variance_path_missing(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        dx = inv_std * (dx_hat - mean_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="The part of dx that comes through the mean has the wrong sign: x_hat falls when the "
    "mean rises.",
)
def mean_path_added(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat + mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="The part of dx that comes through the variance has the wrong sign: a larger variance"
    " makes x_hat smaller.",
)
def variance_path_added(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term + var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="The parts of dx that come through mean and variance are sums over the batch. What "
    "happens to them when the batch gets larger?",
)
def paths_not_averaged(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.sum(axis=0)
        var_term = x_hat * (dx_hat * x_hat).sum(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="The part of dx that comes through the variance is too large by a factor that depends"
    " on the batch size. Differentiate the variance once more.",
)
def variance_path_not_averaged(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).sum(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Your averages divide by the number of columns. Which of the two sizes in dout.shape "
    "counts the examples?",
)
def backward_divides_by_units(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        n = dout.shape[1]
        mean_term = dx_hat.sum(axis=0) / n
        var_term = x_hat * (dx_hat * x_hat).sum(axis=0) / n
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Your backward pass divides by N - 1. It has to match the statistics of the forward pass.",
)
def backward_n_minus_one(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        n = len(dout)
        mean_term = dx_hat.sum(axis=0) / (n - 1)
        var_term = x_hat * (dx_hat * x_hat).sum(axis=0) / (n - 1)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="The part of dx that comes through the variance divides by N - 1. It has to match the"
    " variance of the forward pass.",
)
def backward_unbiased_variance(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat).sum(axis=0) / (len(dout) - 1)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="In the part that comes through the variance, each example sees only its own dout. "
    "One variance collects from the whole batch.",
)
def variance_path_not_summed(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = x_hat * (dx_hat * x_hat)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="In the part that comes through the variance, d var / d x differs from example to "
    "example. Yours is the same for all.",
)
def variance_path_without_x_hat(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        mean_term = dx_hat.mean(axis=0)
        var_term = (dx_hat * x_hat).mean(axis=0)
        dx = inv_std * (dx_hat - mean_term - var_term)
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="The part of dx that comes through the variance is twice too large. Differentiate "
    "(var + eps) to the power of -1/2.",
)
def dvar_without_half(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        n = len(dout)
        centred = x_hat / inv_std
        dvar = (-dx_hat * centred * inv_std**3).sum(axis=0)
        dmean = -(dx_hat * inv_std).sum(axis=0)
        dx = dx_hat * inv_std + dvar * 2 * centred / n + dmean / n
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="The part of dx that comes through the variance is half of what it should be. "
    "Differentiate the square in the variance.",
)
def dvar_without_two(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        n = len(dout)
        centred = x_hat / inv_std
        dvar = (-0.5 * dx_hat * centred * inv_std**3).sum(axis=0)
        dmean = -(dx_hat * inv_std).sum(axis=0)
        dx = dx_hat * inv_std + dvar * centred / n + dmean / n
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", hint="Check the power of the standard deviation in d x_hat / d var.")
def dvar_wrong_power(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        n = len(dout)
        centred = x_hat / inv_std
        dvar = (-0.5 * dx_hat * centred * inv_std**2).sum(axis=0)
        dmean = -(dx_hat * inv_std).sum(axis=0)
        dx = dx_hat * inv_std + dvar * 2 * centred / n + dmean / n
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", hint="Check d x_hat / d mean: what is (x - mean) divided by?")
def dmean_without_std(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if cache["training"]:
        n = len(dout)
        centred = x_hat / inv_std
        dvar = (-0.5 * dx_hat * centred * inv_std**3).sum(axis=0)
        dmean = -dx_hat.sum(axis=0)
        dx = dx_hat * inv_std + dvar * 2 * centred / n + dmean / n
    else:
        dx = inv_std * dx_hat
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="With two examples the path through the variance is missing. It is the same for any batch "
    "size.",
)
def two_examples_without_variance_path(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if not cache["training"]:
        return dx_hat * inv_std, dgamma, dbeta
    dx = dx_hat - dx_hat.mean(axis=0)
    if len(dout) != 2:
        dx = dx - x_hat * (dx_hat * x_hat).mean(axis=0)
    dx = dx * inv_std
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Examples without a gradient don't count in your means. N is the number of all examples "
    "in the batch.",
)
def zero_gradients_not_counted(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if not cache["training"]:
        return dx_hat * inv_std, dgamma, dbeta
    n = max(np.count_nonzero(dout.any(axis=1)), 1)
    mean_term = dx_hat.sum(axis=0) / n
    dx = inv_std * (dx_hat - mean_term - x_hat * (dx_hat * x_hat).mean(axis=0))
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    hint="Small gradients become zero. The layers before this one have nothing to learn from then.",
)
def small_gradients_zeroed(dout, cache):
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    if not cache["training"]:
        return dx_hat * inv_std, dgamma, dbeta
    dx = inv_std * (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0))
    dx = np.where(np.abs(dx) < 1e-6, 0.0, dx)
    return dx, dgamma, dbeta
