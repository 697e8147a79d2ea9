"""Batch normalisation of a fully connected layer.

A batch is x (N, D): N examples, D units. Each unit (column) is normalised on its own.
"""

from typing import Any

import numpy as np


def batchnorm_forward(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_var: np.ndarray,
    *,
    training: bool,
    momentum: float = 0.9,
    eps: float = 1e-5,
) -> tuple[np.ndarray, Any, np.ndarray, np.ndarray]:
    """Normalise each unit of a batch, then scale it by gamma and shift it by beta.

        x_hat = (x - mean) / sqrt(var + eps)
        out   = gamma * x_hat + beta

    In training, mean and var are those of the batch, unit by unit; var is the **biased** variance,
    which divides by N (not N - 1). The running values that are returned are new arrays,

        momentum * old + (1 - momentum) * batch

    with the same biased variance. In evaluation, mean and var are the given running values, which
    are returned unchanged (the same arrays or copies).

    Nothing that is given is changed in place, not even the running values.

    Args:
        x: the batch (N, D).
        gamma: scale of each unit (D,).
        beta: shift of each unit (D,).
        running_mean: running mean of each unit (D,).
        running_var: running biased variance of each unit (D,).
        training: True normalises with the batch, False with the running values.
        momentum: the share of the old running value that is kept, 0 <= momentum <= 1. (In
            PyTorch it is the share of the new one.)
        eps: added to the variance, under the root, eps > 0.

    Returns:
        (out, cache, running_mean, running_var): out (N, D); cache, anything that the backward pass
        needs; the running values after this batch, both (D,).

    Source: Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by
    reducing internal covariate shift", algorithm 1.
    """
    # BEGIN SOLUTION
    if training:
        mean = x.mean(axis=0)
        var = ((x - mean) ** 2).mean(axis=0)
        kept, added = momentum, 1 - momentum
        running_mean = kept * running_mean + added * mean
        running_var = kept * running_var + added * var
    else:
        mean, var = running_mean, running_var
        running_mean, running_var = running_mean.copy(), running_var.copy()

    inv_std = 1.0 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std
    out = gamma * x_hat + beta
    # A copy of gamma: an update in place before the backward pass must not reach the cache.
    cache = {"x_hat": x_hat, "inv_std": inv_std, "gamma": gamma.copy(), "training": bool(training)}
    return out, cache, running_mean, running_var
    # END SOLUTION


def batchnorm_backward(dout: np.ndarray, cache: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of a scalar loss, on the way back through batch normalisation.

    Right for both modes, whichever the forward pass ran in. In training the batch's mean and
    variance depend on every example of the batch, so dx has parts that go through them. In
    evaluation the running values are constants.

    Args:
        dout: d loss / d out (N, D); never changed.
        cache: what `batchnorm_forward` returned as its second value. The backward pass is called
            once per forward pass.

    Returns:
        (dx, dgamma, dbeta): d loss / dx (N, D), d loss / d gamma (D,), d loss / d beta (D,).

    Source: Ioffe & Szegedy 2015, section 3; the chain rule.
    """
    # BEGIN SOLUTION
    x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    if cache["training"]:
        # What the batch's mean and variance depend on x for: the parts of dx_hat that are constant
        # over the batch, and those that are proportional to x_hat, have no effect on the loss.
        through_mean = dx_hat.mean(axis=0)
        through_var = x_hat * (dx_hat * x_hat).mean(axis=0)
        dx_hat = dx_hat - through_mean - through_var
    dx = dx_hat * inv_std
    return dx, dgamma, dbeta
    # END SOLUTION
