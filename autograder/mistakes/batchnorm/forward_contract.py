"""Batch norm, forward pass: scale and shift, what is returned, kept and changed."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "batchnorm_forward",
    hint="gamma and beta have changed places. Which of them scales, which of them shifts?",
)
def gamma_and_beta_swapped(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = beta * x_hat + gamma
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake("batchnorm_forward", hint="gamma has no effect on your output.")
def gamma_ignored(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake("batchnorm_forward", hint="beta has no effect on your output.")
def beta_ignored(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In training you return the normalised values themselves. What is left to do with "
    "gamma and beta?",
)
def scale_and_shift_forgotten(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = x_hat if training else gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="In evaluation you return the normalised values themselves. What is left to do with "
    "gamma and beta?",
)
def eval_without_scale_and_shift(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta if training else x_hat
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="gamma multiplies beta as well. In which order do scaling and shifting come?",
)
def shift_before_scale(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * (x_hat + beta)
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake("batchnorm_forward", hint="Your output is scaled by gamma twice over.")
def gamma_applied_twice(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * (gamma * x_hat) + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Every unit is scaled and shifted alike. gamma and beta hold one number per unit.",
)
def first_gamma_for_all(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma[0] * x_hat + beta[0]
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="gamma and beta are stretched over the examples. They belong to the units: along "
    "which axis of x do those lie?",
)
def gamma_per_example(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma[:, None] * x_hat + beta[:, None]
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The batch that was handed in is changed. Operators like -= write into the caller's "
    "memory.",
)
def bn_centres_in_place(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x -= mean
    x_hat = x * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake("batchnorm_forward", hint="You return two things, the contract asks for four.")
def returns_no_running_values(
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
    return out, cache


@mistake(
    "batchnorm_forward",
    hint="The four results are there, but not in the order of the contract.",
)
def returns_cache_last(
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
    return out, running_mean, running_var, cache


@mistake(
    "batchnorm_forward",
    hint="Two forward passes share one cache, so the second overwrites what the first layer's "
    "backward pass needs. Make a new one in each call.",
)
def one_cache_for_all_calls(
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
    cache = one_cache_for_all_calls.__dict__.setdefault("cache", {})
    cache.update(x_hat=x_hat, inv_std=inv_std, gamma=gamma, training=training)
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The cache keeps the output where the backward pass needs the normalised values, "
    "before gamma and beta.",
)
def cache_keeps_output(
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
    cache = {"x_hat": out, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The backward pass of a training step uses the running variance. Which variance was x"
    " divided by in that step?",
)
def cache_keeps_running_scale(
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
    inv_std = 1 / np.sqrt(running_var + eps)
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var
