"""Inputs that several suites draw: pre-activations, layouts, gradients."""

from collections.abc import Sequence

import numpy as np

HUGE = np.array([[1e300, 1e200, 1e10, 1000.0, 750.0, 710.0, 50.0, 1e-300]])
EXTREMES = np.concatenate([HUGE, -HUGE])
"""Pre-activations (2, 8) of extreme sizes, either sign; e^z overflows from 709.8 on."""


def ordinary(rng, shape: tuple[int, ...] = (9, 6)) -> np.ndarray:
    """Pre-activations of ordinary size, of both signs: large and small ones among them."""
    z = rng.uniform(0.05, 4.0, shape) * rng.choice([-1.0, 1.0], shape)
    if z.size >= 8:
        z.ravel()[-4:] = rng.uniform((6, 6, 16, 6), (12, 20, 18, 20)) * [-1, 1, -1, 1]
        z.ravel()[:2] = rng.uniform(1e-7, 1e-3, 2) * [-1, 1]
    if z.size >= 24:
        z.ravel()[8:12] = 1e-7, -1e-7, 1e-5, -1e-5
        z.ravel()[12:18] = 4e-3, -4e-3, 9e-3, -9e-3, 0.03, -0.03
    return z


def with_zeros(rng, shape: tuple[int, ...] = (9, 6)) -> np.ndarray:
    """As `ordinary`, with an exact 0.0 and a -0.0 among them."""
    z = ordinary(rng, shape)
    z.ravel()[[3, 7]] = 0.0, -0.0
    return z


def layouts(rng) -> list[np.ndarray]:
    """Pre-activations of several shapes and memory layouts: one row with zeros, 0-d (a real array,
    negative), empty, 1-D strided (all positive), 3-D in Fortran order with an axis of length 1, 0-d
    once more, positive, and more than a thousand entries, of odd shape."""
    return [
        with_zeros(rng, (1, 8)),
        np.array(-rng.uniform(0.2, 2.0)),
        np.empty((0, 3)),
        np.abs(ordinary(rng, (18,)))[::2],
        np.asfortranarray(ordinary(rng, (3, 1, 4))),
        np.array(rng.uniform(0.2, 2.0)),
        ordinary(rng, (47, 31)),
    ]


def l2_norms(grads: Sequence[np.ndarray]) -> np.ndarray:
    """Each gradient's norm, by the plain formula: for sizes whose squares are numbers."""
    return np.array([np.sqrt(np.sum(grad * grad)) for grad in grads])


def gradients(rng) -> list[np.ndarray]:
    """Gradients of several shapes, 0-d and empty ones and zeros among them, in several layouts."""
    shapes: list[tuple[int, ...]] = [(4, 3), (5,), (), (0, 3), (2, 1, 4), (3, 6)]
    drawn = [rng.uniform(0.2, 2.0, s) * rng.choice([-1.0, 1.0], s) for s in shapes]
    grads = [np.asarray(grad) for grad in drawn]  # a 0-d product is no array
    grads[2] += np.sign(grads[2]) * 1.1  # 1.3 or more, so that a limit of 1.25 clips it
    grads[4] = np.asfortranarray(grads[4])
    grads[5] = grads[5][:, ::2]
    grads.insert(1, np.zeros((2, 2)))
    return grads
