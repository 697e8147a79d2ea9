"""Batch norm, forward pass: which mean and which variance."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "batchnorm_forward",
    hint="Your variance divides by N - 1. Look up which of the two estimates of the variance "
    "batch norm uses, in the output and in the running value.",
)
def unbiased_variance(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The output is normalised with another variance than the one that goes into the "
    "running value. The contract names one variance for both.",
)
def unbiased_output_only(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * x.var(axis=0)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The output is right, but the variance that you put into the running value divides by"
    " N - 1. PyTorch does so; does the contract?",
)
def unbiased_running_variance(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * x.var(axis=0, ddof=1)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The spread of a unit grows with the size of the batch here: the squared deviations "
    "are added up, and then?",
)
def variance_without_division(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean = x.mean(axis=0)
        var = ((x - mean) ** 2).sum(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Your means divide by the number of columns. Which of the two sizes in x.shape counts"
    " the examples?",
)
def bn_divides_by_units(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        n = x.shape[1]
        mean = x.sum(axis=0) / n
        var = ((x - mean) ** 2).sum(axis=0) / n
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Your variance is the mean of x squared. That is a variance only for a unit whose "
    "mean is zero.",
)
def bn_raw_second_moment(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), (x**2).mean(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The variance of a batch is taken about that batch's own mean. Yours is taken about "
    "the running mean.",
)
def variance_about_running_mean(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean = x.mean(axis=0)
        var = ((x - running_mean) ** 2).mean(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="You take the statistics over the units of one example: that is layer norm. Over "
    "which axis does batch norm average?",
)
def bn_layer_norm(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="You get one mean per example. Batch norm needs one per unit: over which axis do you "
    "have to average?",
)
def bn_statistics_per_example(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=1), x.var(axis=1)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="There is one mean and one variance for the whole batch here. Every unit should have "
    "its own.",
)
def bn_global_statistics(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(), x.var()
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The mean is taken unit by unit, but the variance is one number for the whole batch. "
    "What does np.var do when no axis is given?",
)
def bn_global_variance(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var()
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The variance is taken unit by unit, but the mean is one number for the whole batch. "
    "What does np.mean do when no axis is given?",
)
def bn_global_mean(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="A batch with one example, or with one unit, still has two axes. Something removes an"
    " axis of length 1.",
)
def bn_squeezes_batch(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    x = np.squeeze(x)
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
    hint="Your output is scaled, but not centred: the mean of each unit is still in it.",
)
def mean_not_subtracted(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = x * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="The output has the wrong sign: which of the two is subtracted from the other when "
    "you centre?",
)
def centred_backwards(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (mean - x) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="Only the first examples of a large batch count. Mean and variance are those of the whole "
    "batch.",
)
def statistics_of_first_examples(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean, var = x[:64].mean(axis=0), x[:64].var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var


@mistake(
    "batchnorm_forward",
    hint="A batch of equal examples raises an error. Their variance is 0, and eps is there for it.",
)
def equal_examples_raise(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training and len(x) > 1 and (x == x[0]).all():
        raise ValueError("all examples of x are equal")
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
    hint="Examples of nothing but zeros don't count in your mean. They belong to the batch like "
    "others.",
)
def zero_examples_left_out(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    mean, var = running_mean, running_var
    if training:
        mean = x.sum(axis=0) / max(np.count_nonzero(x.any(axis=1)), 1)
        var = ((x - mean) ** 2).mean(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma, "training": training}
    return out, cache, running_mean, running_var
