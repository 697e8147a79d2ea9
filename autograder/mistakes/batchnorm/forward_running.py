"""Batch norm, forward pass: momentum and the running values."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "batchnorm_forward",
    hint="Old value and batch value have changed places in your running average. With momentum"
    " 0.9, which of the two should weigh more?",
)
def momentum_swapped(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The momentum that the caller gives is ignored: yours is always the default.",
)
def momentum_hard_coded(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = 0.9 * running_mean + 0.1 * mean
        running_var = 0.9 * running_var + 0.1 * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="A momentum of 0 is a value like any other. In Python, `momentum or ...` does not see"
    " it that way.",
)
def momentum_zero_means_default(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    momentum = momentum or 0.9
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The two weights of your running average do not add up to one, so it grows with every"
    " call.",
)
def momentum_only_on_old(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + mean
        running_var = momentum * running_var + var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The old running value enters at full weight, so your running average never forgets. "
    "What should the two weights add up to?",
)
def momentum_only_on_batch(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = running_mean + (1 - momentum) * mean
        running_var = running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Your running values are those of the last batch alone; what came before is lost.",
)
def running_replaced_by_batch(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = mean
        running_var = var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In training your running values come back unchanged. Evaluation would then never "
    "learn what the data look like.",
)
def running_not_updated(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The running mean moves in training, the running variance does not.",
)
def running_variance_not_updated(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Your running variance blends in a standard deviation. Check what you average.",
)
def running_std(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * np.sqrt(var)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Your running values describe the batch after it was normalised: a mean near 0, a "
    "variance near 1. Which data should they describe?",
)
def running_from_normalised(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    if training:
        running_mean = momentum * running_mean + (1 - momentum) * x_hat.mean(axis=0)
        running_var = momentum * running_var + (1 - momentum) * x_hat.var(axis=0)
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="When the running values are still 0 and 1 you take the batch's values instead of "
    "blending. The formula makes no exception for the first batch.",
)
def first_batch_initialises_running(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        fresh = np.all(running_mean == 0) and np.all(running_var == 1)
        running_mean = mean if fresh else momentum * running_mean + (1 - momentum) * mean
        running_var = var if fresh else momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The running arrays that were handed in are changed. Return new arrays; operators "
    "like *= write into the caller's memory.",
)
def running_in_place(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean *= momentum
        running_mean += (1 - momentum) * mean
        running_var *= momentum
        running_var += (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Running mean and running variance come back in each other's place.",
)
def running_returns_swapped(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_var, running_mean


@mistake(
    "batchnorm_forward",
    hint="Your running values have two axes. They should keep the shape in which they came, (D,).",
)
def running_keepdims(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = np.atleast_2d(momentum * running_mean + (1 - momentum) * mean)
        running_var = np.atleast_2d(momentum * running_var + (1 - momentum) * var)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Large means are cut off before they enter the running mean.",
)
def running_mean_limited(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * np.clip(mean, -100, 100)
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Small running variances are raised to a floor. It is eps that keeps the division safe; "
    "leave the variance as it is.",
)
def running_variance_has_floor(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = np.maximum(momentum * running_var + (1 - momentum) * var, eps)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The running values of a layer with a single unit stay as they are. In training "
    "they move, too.",
)
def single_unit_keeps_running(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        if x.shape[1] > 1:
            running_mean = momentum * running_mean + (1 - momentum) * mean
            running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Where the running variance is 0 you take that of the batch. Zero is a value like any "
    "other.",
)
def zero_running_variance_replaced(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        moved = momentum * running_var + (1 - momentum) * var
        running_var = np.where(running_var == 0, var, moved)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var
