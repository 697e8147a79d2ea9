"""A page to play with: what happens in many nets, made of your functions. It is given: no TODOs.

    python -m gradflow.lab --page

Each net is one that `experiments.probe` makes, so the page shows what the lab's figures show. All
nets of the grid are measured once, and the numbers packed into one HTML file that needs nothing
else: data/page.html, which unpacks and draws them.
"""

import base64
import itertools
import json
import zlib
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

PRESETS: dict[str, dict[str, Any]] = {
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


def edges(activation: str) -> np.ndarray:
    """The BINS - 1 inner edges of its histogram; beyond the outermost a bin has no end.

    Without bounds: -1e5, -1e4 ... -1e-6, 1e-6 ... 1e5. The bin in the middle holds the zeros.
    """
    if activation in SATURATING:
        return np.linspace(*SATURATING[activation], BINS + 1)[1:-1]
    decades = 10.0 ** np.arange(-6, 6)
    return np.concatenate([-decades[::-1], decades])


def measured(
    depth: int, activation: str, initializer: str, batch_norm: int, bias: float, scale: float
) -> dict[str, Any]:
    """One net of the grid, L weight layers with the initializer's weights times `scale`.

    Returns:
        Its gradient "norms", L numbers, None where one is not finite; the "shares" of each hidden
        layer's activations in the BINS bins, as integers from 0 to 255; the "verdict" of
        `diagnose`; how "idle" its hidden layers are: the mean share of saturated slopes in a net
        of sigmoids or tanhs, else of dead units.
    """
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
    bins = [np.searchsorted(edges(activation), h.ravel(), side="right") for h in hidden]
    counts = np.array([np.bincount(b, minlength=BINS) for b in bins])
    shares = np.rint(255 * counts / counts.sum(axis=1, keepdims=True))
    verdict = diagnostics.diagnose(norms)
    if verdict not in VERDICTS:
        raise ValueError(f"diagnose returned {verdict!r}, not one of {', '.join(VERDICTS)}")
    return {
        "norms": [float(f"{norm:.5g}") if np.isfinite(norm) else None for norm in norms],
        "shares": shares.astype(int).tolist(),
        "verdict": verdict,
        "idle": round(float(np.mean(idle)), 4),
    }


def made(grid: Grid = GRID) -> str:
    """The whole page, as text.

    Raises:
        NotImplementedError: a function that a net needs is still TODO.
        ValueError: `diagnose` returned none of the VERDICTS.
    """
    data = {
        "grid": grid, "presets": PRESETS, "verdicts": VERDICTS, "saturating": SATURATING,
        "bins": BINS, "nets": [measured(*values) for values in itertools.product(*grid.values())],
    }  # fmt: skip
    packed = base64.b64encode(zlib.compress(json.dumps(data).encode(), 9)).decode()
    template = (Path(__file__).parent / "data" / "page.html").read_text("utf-8")
    return template.replace("PACKED", packed)
