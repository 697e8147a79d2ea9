"""Data and weights of the figures' nets."""

import numpy as np

WIDTH, EXAMPLES, LAYERS, SEED = 32, 32, 10, 20
SIZES = [WIDTH] * (LAYERS + 1)


def data() -> tuple[np.ndarray, np.ndarray]:
    """Inputs and gradients at the output (EXAMPLES, WIDTH), the same for every net."""
    rng = np.random.default_rng(SEED)
    return rng.normal(size=(EXAMPLES, WIDTH)), rng.normal(size=(EXAMPLES, WIDTH))


def naive_weights() -> list[np.ndarray]:
    """Weights from N(0, 1) for all layers."""
    rng = np.random.default_rng(SEED + 1)
    return [rng.normal(size=(WIDTH, WIDTH)) for _ in range(LAYERS)]
