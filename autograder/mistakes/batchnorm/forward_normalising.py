"""Batch norm, forward pass: the division, eps, precision and batches of one."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "batchnorm_forward",
    hint="You divide by the variance. To get a spread of one, what should a deviation be "
    "divided by? Multiply x by 10 and follow both through.",
)
def divides_by_variance(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        inv_std = 1 / (var + eps)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    else:
        mean = running_mean
        inv_std = 1 / np.sqrt(running_var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In evaluation you divide by the running variance itself. How does training turn a "
    "variance into a scale?",
)
def eval_divides_by_variance(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        inv_std = 1 / np.sqrt(var + eps)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    else:
        mean = running_mean
        inv_std = 1 / (running_var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Units with a large spread come out even larger. Normalising should undo the spread.",
)
def multiplies_by_std(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) / inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="You add eps to the standard deviation. Where does the formula of batch norm put it?",
)
def eps_outside_root(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / (np.sqrt(var) + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In training, eps has no effect on your output. Think of a unit that is the same for "
    "every example: what do you divide by?",
)
def eps_forgotten(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5):
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        inv_std = 1 / np.sqrt(var)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    else:
        mean = running_mean
        inv_std = 1 / np.sqrt(running_var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In evaluation, eps has no effect on your output; in training it has. Both modes "
    "should use one formula.",
)
def eval_without_eps(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        inv_std = 1 / np.sqrt(var + eps)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    else:
        mean = running_mean
        inv_std = 1 / np.sqrt(running_var)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="You square eps before you add it. It is already on the scale of a variance.",
)
def eps_squared(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps**2)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The eps that the caller gives is ignored: yours is always the default.",
)
def eps_hard_coded(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + 1e-5)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="You use eps as a lower limit for the variance. That leaves ordinary variances as "
    "they are; what does the formula do with eps?",
)
def eps_as_floor(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(np.maximum(var, eps))
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Your output is right, but eps leaks into the running variance. The running value "
    "should describe the data alone.",
)
def eps_in_running_variance(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * (var + eps)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Your numbers are rounded to about seven digits: something is computed in float32. "
    "Keep float64.",
)
def bn_float32(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5):
    x = x.astype(np.float32)
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
    hint="A batch of one example is treated apart. The general formula also holds there: what "
    "are its mean and its variance?",
)
def single_example_skips_normalisation(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std if len(x) > 1 else x
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="A batch of one example is refused. The contract allows it: with eps under the root "
    "nothing is divided by zero.",
)
def bn_rejects_single_example(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    if training and len(x) < 2:
        raise ValueError("training needs more than one example")
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
    hint="A gamma of 0 is replaced by 1. It is a scale like any other.",
)
def gamma_zero_replaced(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = np.where(gamma == 0, 1.0, gamma) * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Normalised entries beyond 10 are cut off. An example far from all others keeps its "
    "distance.",
)
def normalised_is_clipped(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = np.clip((x - mean) * inv_std, -10, 10)
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Large values of gamma are cut off. Gamma is learned, and may be any number.",
)
def gamma_is_clipped(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    gamma = np.clip(gamma, -10, 10)
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
    hint="You work in blocks of units, and those after the last whole block keep an "
    "output of zero.",
)
def bn_whole_blocks_of_units_only(
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
    if x.shape[1] > 64:
        out[:, x.shape[1] // 64 * 64 :] = 0.0
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var
