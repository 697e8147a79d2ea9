"""Batch norm, forward pass: training against evaluation."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "batchnorm_forward",
    hint="In evaluation you return None for the running values. The caller needs them back, "
    "unchanged.",
)
def eval_returns_no_running(
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
    if not training:
        running_mean = running_var = None
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Your running values move in evaluation. Only training may learn from the data.",
)
def running_updated_in_eval(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    batch_mean, batch_var = x.mean(axis=0), x.var(axis=0)
    running_mean = momentum * running_mean + (1 - momentum) * batch_mean
    running_var = momentum * running_var + (1 - momentum) * batch_var
    if training:
        mean, var = batch_mean, batch_var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In evaluation your output still depends on the rest of the batch. With which mean "
    "and variance should it be normalised?",
)
def eval_uses_batch_statistics(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = x.mean(axis=0), x.var(axis=0)
    if training:
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Evaluation does just what training does: the flag `training` has no effect.",
)
def bn_training_flag_ignored(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = x.mean(axis=0), x.var(axis=0)
    running_mean = momentum * running_mean + (1 - momentum) * mean
    running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": True}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In evaluation the mean is the running one, but the variance is still the batch's.",
)
def eval_uses_batch_variance(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, x.var(axis=0)
    if training:
        mean = x.mean(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In training you normalise with the running values that you have just updated. With "
    "which statistics does training normalise?",
)
def training_uses_updated_running(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    if training:
        mean, var = running_mean, running_var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In training you normalise with the running values that were handed in. With which "
    "statistics does training normalise?",
)
def training_uses_given_running(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        batch_mean, batch_var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * batch_mean
        running_var = momentum * running_var + (1 - momentum) * batch_var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The backward pass guesses the mode from the normalised values. Put it into the cache.",
)
def mode_guessed_from_mean(
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
    cache = {
        "x_hat": x_hat,
        "inv_std": inv_std,
        "gamma": gamma,
        "training": np.allclose(x_hat.mean(axis=0), 0.0, atol=1e-3),
    }
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In evaluation you take the batch's statistics while the running values are still 0 and "
    "1. Evaluation uses the running values that it is given, whatever they are.",
)
def eval_of_new_layer_uses_batch(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif not running_mean.any() and (running_var == 1).all():
        mean, var = x.mean(axis=0), x.var(axis=0)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In evaluation you take the batch's statistics where the running mean is 0. Zero is a "
    "mean like any other.",
)
def eval_without_running_mean_uses_batch(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif not running_mean.any():
        mean, var = x.mean(axis=0), x.var(axis=0)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="With momentum 1 your training normalises with the running values. Momentum concerns what "
    "is kept of them, not what normalises.",
)
def momentum_one_means_evaluation(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training and momentum < 1:
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
    hint="With momentum 1 your cache says that this was no training. The mode does not "
    "depend on it.",
)
def backward_mode_from_momentum(
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
    cache = {
        "x_hat": x_hat,
        "inv_std": inv_std,
        "gamma": gamma,
        "training": training and momentum < 1,
    }
    return out, cache, running_mean, running_var
