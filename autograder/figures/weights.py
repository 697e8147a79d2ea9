"""Data and weights that all figures share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.engine.student import StudentFault

WIDTH, EXAMPLES, LAYERS, SEED = 32, 32, 10, 20
SIZES = [WIDTH] * (LAYERS + 1)
Draw = Callable[..., np.ndarray]


def data() -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets (EXAMPLES, WIDTH), the same for every net."""
    rng = np.random.default_rng(SEED)
    return rng.normal(size=(EXAMPLES, WIDTH)), rng.normal(size=(EXAMPLES, WIDTH))


class Weights:
    """A package's initial weights, drawn once for each initializer and used by several nets."""

    def __init__(self, package: Any, initializers: Iterable[str]) -> None:
        self._package = package
        self._drawn = {name: self._draw(name) for name in dict.fromkeys(initializers)}

    def of(self, initializer: str) -> Draw:
        """An initializer for `Network` that hands out the weights, layer by layer."""
        drawn = self._drawn[initializer]
        if isinstance(drawn, StudentFault):
            raise drawn
        layers = iter(drawn)
        return lambda *_: next(layers)

    def _draw(self, initializer: str) -> list[np.ndarray] | StudentFault:
        rng = np.random.default_rng(SEED + 1)
        if initializer == "normal":
            return [rng.normal(size=(WIDTH, WIDTH)) for _ in range(LAYERS)]
        draw = getattr(self._package.initializers, initializer)
        try:
            return [draw(WIDTH, WIDTH, rng) for _ in range(LAYERS)]
        except StudentFault as fault:
            return fault
