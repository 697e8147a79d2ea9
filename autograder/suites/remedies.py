"""Sick nets, and well ones, with the remedies to choose from: what `choose_remedy` is asked.

A net's sickness is drawn into it; which of the choices heal it is measured, by the kit's own
network over the right functions.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

BATCH = 32
DEPTHS = (10, 20)
WIDTHS = (50, 100)
FACTOR = 3.0
"""How far the weights are off, of a net whose weights are too small or too large."""
LAST_FACTOR = 30.0
"""The same for the last layer alone, which makes a step of the right direction far too long."""
BIAS = -3.0
"""Of the layers in which ReLU dies."""
DRAWS = 30
"""So many nets are drawn at most, before one is clear."""


@dataclass(frozen=True)
class Kind:
    """One sickness. heal: the remedies that may be right; tempting: those that do not heal, and are
    always among the choices."""

    heal: tuple[str, ...]
    tempting: tuple[str, ...]
    widths: tuple[int, int] = WIDTHS


KINDS = {
    "well": Kind(("none",), ("clipping",)),
    "too small": Kind(("initializer", "batch_norm"), ("activation",)),
    "too large": Kind(("initializer", "batch_norm"), ("clipping",)),
    "small slope": Kind(("activation", "batch_norm"), ("initializer",)),
    "dying": Kind(("activation", "batch_norm"), ("initializer",)),
    "saturated": Kind(("batch_norm",), ("initializer", "none"), (140, 160)),
    "long step": Kind(("clipping", "initializer", "batch_norm"), ("none",)),
}
"""Why a net does not train. "saturated" are weights from N(0, 1) under sigmoid, "small slope" is
sigmoid with Xavier's weights, "dying" ReLU with last layers of negative biases."""

Asked = tuple[tuple[str, str, str], ...]
VANISHING: Asked = (
    ("too small", "tanh", "initializer"),
    ("too small", "relu", "batch_norm"),
    ("small slope", "sigmoid", "activation"),
    ("dying", "relu", "activation"),
    ("dying", "relu", "batch_norm"),
    ("small slope", "sigmoid", "batch_norm"),
)
HEALTHY_RATIO: Asked = (
    ("well", "relu", "none"),
    ("well", "tanh", "none"),
    ("well", "elu", "none"),
    ("long step", "relu", "clipping"),
    ("saturated", "sigmoid", "batch_norm"),
    ("long step", "elu", "initializer"),
)
EXPLODING: Asked = (
    ("too large", "leaky_relu", "initializer"),
    ("too large", "elu", "batch_norm"),
)
"""What each test asks: nets of one symptom, by kind, activation, and what is right. Where ReLU's
zero slopes pass for saturated ones, only HEALTHY_RATIO tells; the name alone never tells a kind."""


@dataclass(frozen=True)
class Case:
    """One net: its measurements, the choices, and the one of these that heals it."""

    measurements: dict[str, Any]
    choices: tuple[str, ...]
    right: str


@lru_cache(maxsize=256)
def cases(network: Any, seed: int, asked: Asked) -> tuple[Case, ...]:
    """A case for each net and remedy that is to be right. They follow from the seed alone."""
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        return tuple(_case(network, rng, *each) for each in asked)


def drawn(network: Any, rng, kind: str, activation: str) -> tuple[Any, np.ndarray, np.ndarray]:
    """A net of this kind, a batch and targets for it."""
    low, high = KINDS[kind].widths
    # Narrow ones more often: a wide net takes longer.
    width = round(low * (high / low) ** (rng.uniform() ** 3))
    depth = int(rng.integers(DEPTHS[0], DEPTHS[1] + 1))
    initializer = "normal" if kind == "saturated" else None
    sizes = [width] * (depth + 1)
    net = network.Network(sizes, rng=rng, activation=activation, initializer=initializer)
    if kind in {"too small", "too large"}:
        factor = FACTOR if kind == "too large" else 1 / FACTOR
        net.weights = [factor * w for w in net.weights]
    elif kind == "long step":
        net.weights[-1] = LAST_FACTOR * net.weights[-1]
    elif kind == "dying":
        # Most layers are alive, and no average over them shows that the last ones are not.
        for layer in range(depth - 1 - depth // 4, depth - 1):
            net.biases[layer] = np.full(width, BIAS)
    return net, rng.standard_normal((BATCH, width)), rng.standard_normal((BATCH, width))


def is_clear(seen: dict[str, Any]) -> bool:
    """Whether the measurements lie far from where a verdict turns, so that rules with other
    thresholds than the solution's agree."""
    first, last = seen["gradient_norms"][[0, -1]]
    ratio = first / last
    shares = [max(seen["dead"])]
    if seen["activation"] in {"sigmoid", "tanh"}:
        shares.append(max(seen["saturated"]))
    turns = [(ratio, 1e-3, 2.0), (ratio, 1e3, 2.0)]
    if shares[0] > 0.5 and ratio > 1e-3:
        return False  # a gradient that a few live units of a dead layer let through
    if 1e-3 < ratio < 1e3:
        turns.append((seen["parameter_norm"], 500.0, 3.0))
    return all(not at / by < value < at * by for value, at, by in turns) and all(
        not 0.4 < share < 0.6 for share in shares
    )


def _case(network: Any, rng, kind: str, activation: str, right: str) -> Case:
    """Draws nets until one is clear, and the right one of the choices alone heals it."""
    others = [r for r in network.REMEDIES if r not in KINDS[kind].heal]
    chosen = {r for r in others if rng.uniform() < 0.5} | {right, *KINDS[kind].tempting}
    choices = tuple(str(r) for r in rng.permutation(sorted(chosen)))
    for _ in range(DRAWS):
        net, x, targets = drawn(network, rng, kind, activation)
        seen = network.examine(net, x, targets)
        if not is_clear(seen):
            continue
        sick = [c for c in choices if c != right] if kind != "well" else []
        if network.recovers(net, right, x, targets, rng) and not any(
            network.recovers(net, c, x, targets, rng) for c in sick
        ):
            return Case(seen, choices, right)
    raise RuntimeError(f"no clear net in {DRAWS}: {kind}, healed by {right}")
