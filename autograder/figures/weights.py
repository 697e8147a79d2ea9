"""Data and weights of the figures' nets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

WIDTH, EXAMPLES, LAYERS, SEED = 32, 32, 10, 20
SIZES = [WIDTH] * (LAYERS + 1)
Draw = Callable[..., np.ndarray]


def data() -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets (EXAMPLES, WIDTH), the same for every net."""
    rng = np.random.default_rng(SEED)
    return rng.normal(size=(EXAMPLES, WIDTH)), rng.normal(size=(EXAMPLES, WIDTH))


def drawn_weights(package: Any, initializer: str) -> Draw:
    """An initializer for `Network` that hands out, layer by layer, what the package's one drew for
    all layers: so all of it is asked of a student at once. Raises `StudentFault`."""
    rng = np.random.default_rng(SEED + 1)
    if initializer == "normal":
        layers = [rng.normal(size=(WIDTH, WIDTH)) for _ in range(LAYERS)]
    else:
        draw = getattr(package.initializers, initializer)
        layers = [draw(WIDTH, WIDTH, rng) for _ in range(LAYERS)]
    handed_out = iter(layers)
    return lambda *_: next(handed_out)
