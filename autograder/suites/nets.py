"""The deep nets of the suite, and what is measured on them.

A net has 11 weight layers, 10 of them hidden, all 64 wide; a batch has 16 examples with entries
from N(0, 1), the gradient at the output is drawn from N(0, 1) too. `ratio` is the root mean square
of the loss gradient at the first layer's pre-activations over that at the last one's; `spread` is
the standard deviation of the last hidden activations over that of the input. Neither is blind to
the scale of the weights, as the ratio of the weights' gradients is in a ReLU net.

CASES holds what tests/benchmarks/gradient_flow.py measured on 400 seeds (smallest and largest); the
suite accepts MARGIN times less and more. The logarithms scatter by 0.02 to 0.32, so that the
nearest limit lies some 7 standard deviations from the middle. The tests compare with the
reference's numbers as well; the ranges are there for the weights, which the student's initializers
draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np

from autograder.engine.check import Wrong, true
from gradflow import network  # noqa: F401 - loads `reference.network`

WIDTH = 64
SIZES = (WIDTH,) * 12
BATCH = 16

Range = tuple[float, float]
Draw = Callable[[int, int, np.random.Generator], np.ndarray]


def uneven() -> Draw:
    """Weights that are far too large in one layer and far too small in the next."""
    deviations = cycle((1.0, 0.01))
    return lambda n_in, n_out, rng: rng.normal(0.0, next(deviations), (n_in, n_out))


@dataclass(frozen=True)
class Case:
    """A kind of net: what to build, and between what its flow was measured. `initializer`: its
    name, or what makes one."""

    activation: str
    initializer: str | Callable[[], Draw]
    ratio: Range
    spread: Range
    init_options: dict[str, Any] = field(default_factory=dict)
    activation_options: dict[str, Any] = field(default_factory=dict)
    batch_norm: bool = False


MARGIN = 4.0
CASES = {
    "sigmoid": Case("sigmoid", "xavier_normal", ratio=(3.2e-7, 6.5e-7), spread=(0.092, 0.16)),
    "tanh": Case("tanh", "xavier_uniform", ratio=(0.19, 0.38), spread=(0.18, 0.26)),
    "relu": Case("relu", "he_normal", ratio=(0.50, 1.7), spread=(0.31, 2.2)),
    "leaky_relu": Case(
        "leaky_relu",
        "he_uniform",
        ratio=(0.57, 1.6),
        spread=(0.28, 2.1),
        init_options={"mode": "fan_in"},
        activation_options={"alpha": 0.1},
    ),
    "prelu": Case("prelu", "he_uniform", ratio=(0.80, 2.0), spread=(0.52, 2.6)),
    "rrelu": Case("rrelu", "he_normal", ratio=(0.77, 2.2), spread=(0.56, 3.0)),
    "elu": Case("elu", "he_normal", ratio=(1.8, 3.3), spread=(1.1, 3.1)),
    "relu, too large": Case(
        "relu", "normal", ratio=(1.7e7, 5.6e7), spread=(1.1e7, 7.4e7), init_options={"std": 1.0}
    ),
    "relu, too small": Case(
        "relu",
        "normal",
        ratio=(1.7e-13, 5.6e-13),
        spread=(1.1e-13, 7.4e-13),
        init_options={"std": 0.01},
    ),
    "sigmoid, normalised": Case(
        "sigmoid", "xavier_uniform", ratio=(0.25, 0.49), spread=(0.20, 0.22), batch_norm=True
    ),
    "relu, uneven, normalised": Case(
        "relu", uneven, ratio=(3.7, 9.6), spread=(0.53, 0.63), batch_norm=True
    ),
}


class Flow(NamedTuple):
    """How a signal flows through a net, forward (spread) and backward (ratio)."""

    ratio: float
    spread: float


def build(
    reference: Any, package: Any, case: Case, rng: np.random.Generator, **changes: Any
) -> Any:
    """The case's net over a package's functions."""
    named = isinstance(case.initializer, str)
    options: dict[str, Any] = {
        "sizes": SIZES,
        "activation": case.activation,
        "activation_options": case.activation_options,
        "initializer": case.initializer if named else case.initializer(),
        "init_options": case.init_options,
        "batch_norm": case.batch_norm,
    }
    return reference.network.Network(rng=rng, package=package, **{**options, **changes})


def twin(reference: Any, net: Any, case: Case, rng: np.random.Generator) -> Any:
    """The same net with the same weights, over the reference's functions."""
    weights = iter(net.weights)

    def given(n_in: int, n_out: int, rng: np.random.Generator) -> np.ndarray:
        return next(weights).copy()

    return build(reference, reference, case, rng, initializer=given, init_options={})


def draw(rng: np.random.Generator, width: int = WIDTH) -> tuple[np.ndarray, np.ndarray]:
    """A batch x and a gradient with respect to the net's output."""
    return rng.standard_normal((BATCH, width)), rng.standard_normal((BATCH, width))


def flow(net: Any, gradients: Any) -> Flow:
    """Measures a net after its backward pass."""
    first, last = gradients.pre_activations[0], gradients.pre_activations[-1]
    activations = net.trace.activations
    return Flow(rms(first) / rms(last), float(activations[-1].std() / activations[0].std()))


def rms(array: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(array))))


@contextmanager
def usable(reference: Any) -> Iterator[None]:
    """What a net can't use is the student's wrong answer; infinities are judged by their values."""
    try:
        with np.errstate(all="ignore"):
            yield
    except reference.network.UnusableResult as refusal:
        raise Wrong(str(refusal)) from None


def accepted(measured: Range) -> Range:
    """A measured range, widened by the margin."""
    return measured[0] / MARGIN, measured[1] * MARGIN


def within(value: float, measured: Range, what: str) -> None:
    """The number lies in the accepted range."""
    low, high = accepted(measured)
    if not low <= value <= high:
        raise Wrong(f"{what} is {value:.3g}")


def agree(value: np.ndarray, right: np.ndarray, what: str) -> None:
    """The arrays are equal within a millionth of their size."""
    with np.errstate(all="ignore"):
        near = np.abs(value - right) <= 1e-6 * (rms(right) + np.abs(right))
    true(np.all(near), f"{what} is not what the right functions give with the same weights")
