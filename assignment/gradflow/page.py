"""A page to play with: what happens in many nets, made of your functions. It is given: no TODOs.

    python -m gradflow.lab --page

Each net is one that `experiments.probe` makes, so the page shows what the lab's figures show. All
nets of the grid are measured once, and the numbers packed into one HTML file that needs nothing
else: data/page.html, which unpacks and draws them.
"""

from __future__ import annotations

import base64
import itertools
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import diagnostics, initializers
from .experiments import flow, probe
from .network import PAIRING, init_normal

Grid = dict[str, tuple[Any, ...]]

GRID: Grid = {
    "depth": (2, 5, 10, 20),
    "activation": tuple(PAIRING),
    "initializer": ("normal", "xavier_normal", "he_normal"),
    "batch_norm": (0, 1),
    "bias": (0, -2),
    "scale": (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
}
"""The values of each control. The last one changes fastest in the page's data."""

Settings = dict[str, Any]
PRESETS: dict[str, Settings] = {
    name: dict(zip(GRID, values, strict=True))
    for name, values in {
        "Sigmoid vanishes": (10, "sigmoid", "xavier_normal", 0, 0, 1),
        "Batch norm repairs the sigmoid": (10, "sigmoid", "xavier_normal", 1, 0, 1),
        "N(0, 1) saturates tanh": (10, "tanh", "normal", 0, 0, 1),
        "Xavier keeps tanh healthy": (10, "tanh", "xavier_normal", 0, 0, 1),
        "N(0, 0.01²) vanishes with ReLU": (10, "relu", "normal", 0, 0, 0.01),
        "N(0, 1) explodes with ReLU": (10, "relu", "normal", 0, 0, 1),
        "Batch norm repairs N(0, 1)": (10, "relu", "normal", 1, 0, 1),
        "He keeps ReLU healthy": (10, "relu", "he_normal", 0, 0, 1),
        "Biases of -2: dying ReLUs": (10, "relu", "he_normal", 0, -2, 1),
        "The same with ELU": (10, "elu", "he_normal", 0, -2, 1),
    }.items()
}
"""The lecture's nets."""

VERDICTS = ("vanishing", "healthy", "exploding")
SATURATING = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
"""Activations with bounds: their histograms have bins of one width. Others' have one a decade."""

BINS = 25


@dataclass(frozen=True)
class Measured:
    """A net of L weight layers: its gradient `norms` (L,), the `shares` of the activations in each
    bin (L-1, BINS), what `diagnose` says, and how `idle` the hidden layers are: the mean share of
    saturated slopes in a net of sigmoids or tanhs, else of dead units."""

    norms: np.ndarray
    shares: np.ndarray
    verdict: str
    idle: float


def edges(activation: str) -> np.ndarray:
    """The BINS - 1 inner edges of its histogram; beyond the outermost a bin has no end.

    Without bounds: -1e5, -1e4 ... -1e-6, 1e-6 ... 1e5. The bin in the middle holds the zeros.
    """
    if activation in SATURATING:
        return np.linspace(*SATURATING[activation], BINS + 1)[1:-1]
    decades = 10.0 ** np.arange(-6, 6)
    return np.concatenate([-decades[::-1], decades])


def measured(
    *, depth: int, activation: str, initializer: str, batch_norm: int, bias: float, scale: float
) -> Measured:
    """One net of the grid: the initializer's weights times `scale`."""
    draw = init_normal if initializer == "normal" else getattr(initializers, initializer)
    net, grads = probe(
        depth, activation=activation, batch_norm=bool(batch_norm), bias=bias,
        initializer=lambda n_in, n_out, rng: scale * draw(n_in, n_out, rng),
    )  # fmt: skip
    hidden, slopes = net.trace.activations[1:], net.trace.slopes
    if activation in SATURATING:
        idle = [diagnostics.saturated_fraction(np.asarray(s)) for s in slopes]
    else:
        idle = [diagnostics.dead_fraction(h) for h in hidden]
    norms = flow(grads)
    inner = edges(activation)
    bins = [np.searchsorted(inner, h.ravel(), side="right") for h in hidden]
    counts = np.array([np.bincount(b, minlength=BINS) for b in bins])
    shares = counts / counts.sum(axis=1, keepdims=True)
    verdict = diagnostics.diagnose(norms)
    if verdict not in VERDICTS:
        raise ValueError(f"diagnose returned {verdict!r}, not one of {', '.join(VERDICTS)}")
    return Measured(norms, shares, verdict, float(np.mean(idle)))


def settings(grid: Grid) -> Iterator[Settings]:
    """All nets of a grid, in the order of the page's data."""
    for values in itertools.product(*grid.values()):
        yield dict(zip(grid, values, strict=True))


def made(grid: Grid = GRID) -> str:
    """The whole page, as text.

    Raises:
        NotImplementedError: a function that a net needs is still TODO.
        ValueError: `diagnose` returned none of the VERDICTS.
    """
    nets = [measured(**each) for each in settings(grid)]
    data = {
        "grid": grid, "presets": PRESETS, "verdicts": VERDICTS, "saturating": SATURATING,
        "bins": BINS, "norms": _packed([logarithms(net.norms) for net in nets]),
        "shares": _packed([_bytes(net.shares) for net in nets]),
        "said": _packed([np.array(VERDICTS.index(net.verdict), np.uint8) for net in nets]),
        "idle": _packed([_bytes(net.idle) for net in nets]),
    }  # fmt: skip
    template = (Path(__file__).parent / "data" / "page.html").read_text("utf-8")
    return template.replace('"DATA"', json.dumps(data))


def logarithms(norms: np.ndarray) -> np.ndarray:
    """log10(norm) as float32: minus infinity for 0, infinity for what is not finite."""
    with np.errstate(divide="ignore"):
        logs = np.log10(norms)
    return np.where(np.isnan(logs), np.inf, logs).astype("<f4")


def _bytes(shares: Any) -> np.ndarray:
    """Shares, from 0 to 1, as bytes."""
    return np.rint(255 * np.asarray(shares)).astype(np.uint8)


def _packed(arrays: list[np.ndarray]) -> str:
    whole = b"".join(array.tobytes() for array in arrays)
    return base64.b64encode(zlib.compress(whole, 9)).decode("ascii")
