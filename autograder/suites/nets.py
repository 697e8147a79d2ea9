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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from typing import Any, NamedTuple

import numpy as np

from autograder.engine.suite.calls import Call
from autograder.engine.suite.check import Wrong, items, real_array, true
from gradflow.network import INITIALIZERS

WIDTH = 64
SIZES = (WIDTH,) * 12
BATCH = 16

Range = tuple[float, float]


@dataclass(frozen=True)
class Case:
    """A kind of net: what to build, and between what its flow was measured. deviations: where the
    kit draws the weights, their standard deviations in the layers, in turn."""

    activation: str
    initializer: str
    ratio: Range
    spread: Range
    deviations: tuple[float, ...] = ()
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
        "relu", "normal", ratio=(1.7e7, 5.6e7), spread=(1.1e7, 7.4e7), deviations=(1.0,)
    ),
    "relu, too small": Case(
        "relu",
        "normal",
        ratio=(1.7e-13, 5.6e-13),
        spread=(1.1e-13, 7.4e-13),
        deviations=(0.01,),
    ),
    "sigmoid, normalised": Case(
        "sigmoid", "xavier_uniform", ratio=(0.25, 0.49), spread=(0.20, 0.22), batch_norm=True
    ),
    "relu, uneven, normalised": Case(
        "relu",
        "normal",
        ratio=(3.7, 9.6),
        spread=(0.53, 0.63),
        deviations=(1.0, 0.01),
        batch_norm=True,
    ),
}


class Flow(NamedTuple):
    """How a signal flows through a net, forward (spread) and backward (ratio)."""

    ratio: float
    spread: float


def stated(
    student: Any, case: Case, rng: np.random.Generator, **passes: Any
) -> tuple[Call, dict[str, Any]]:
    """The call that builds the case's net over the student's functions and runs it, and what it is
    given: x, doutput and more. passes: see `supplied.deep_net.run`."""
    x, doutput = draw(rng)
    given: dict[str, Any] = {
        "x": x,
        "doutput": doutput,
        "sizes": list(SIZES),
        "activation": case.activation,
        "activation_options": case.activation_options,
        "batch_norm": case.batch_norm,
        **passes,
    }
    if case.initializer in INITIALIZERS:
        given |= {"initializer": case.initializer, "init_options": case.init_options}
    else:
        given["weights"] = kits_weights(case, rng)
    return call(student, rng=np.random.default_rng(rng.integers(2**32)), **given), given


def call(student: Any, **given: Any) -> Call:
    """The call of `supplied.deep_net.run` with what is given, and the modules that it needs."""
    needs = ["activations"]
    needs += ["batchnorm"] if given["batch_norm"] else []
    needs += [] if "weights" in given else ["initializers"]
    return student.deep_net.run.call(**given).needing(*needs)


def kits_weights(case: Case, rng: np.random.Generator, width: int = WIDTH) -> list[np.ndarray]:
    """Weights that are no student's initializer's."""
    deviations = cycle(case.deviations)
    pairs = pairwise((width,) * len(SIZES))
    return [rng.normal(0.0, next(deviations), pair) for pair in pairs]


def told(value: Any, case: Case) -> dict[str, Any]:
    """What the student's process says of its net, checked: arrays of the right shapes."""
    hidden = [(n,) for n in SIZES[1:-1]]
    normalised = hidden if case.batch_norm else []
    shapes = {
        "weights": list(pairwise(SIZES)),
        "activations": [(BATCH, n) for n in SIZES[1:-1]],
        "d_pre_activations": [(BATCH, n) for n in SIZES[1:]],
        "d_gamma": normalised,
        "d_beta": normalised,
        "running_var": normalised,
        "d_alpha": hidden if case.activation == "prelu" else [],
    }
    return checked(value, shapes)


def checked(value: Any, shapes: Mapping[str, Sequence[tuple[int, ...]]]) -> dict[str, Any]:
    """What `supplied.deep_net.run` says of a net, in which these names stand for lists of arrays of
    these shapes. Raises `Wrong`."""
    if not isinstance(value, dict):
        raise Wrong("the net's process sent back no net")
    if isinstance(refusal := value.get("refused"), str):
        raise Wrong(refusal)
    net: dict[str, Any] = dict(value)
    for name, expected in shapes.items():
        arrays = items(value.get(name), len(expected), f"the net's {name}", list)
        net[name] = [
            real_array(one, shape, f"the net's {name}")
            for one, shape in zip(arrays, expected, strict=True)
        ]
    return net


def twin(reference: Any, case: Case, weights: Sequence[np.ndarray], width: int = WIDTH) -> Any:
    """The case's net with these weights, over the reference's functions."""
    given = iter(weights)
    return reference.network.Network(
        [width] * len(SIZES),
        rng=np.random.default_rng(0),
        activation=case.activation,
        activation_options=case.activation_options,
        initializer=lambda *_: next(given).copy(),
        batch_norm=case.batch_norm,
        package=reference,
    )


def draw(rng: np.random.Generator, width: int = WIDTH) -> tuple[np.ndarray, np.ndarray]:
    """A batch x and a gradient with respect to the net's output."""
    return rng.standard_normal((BATCH, width)), rng.standard_normal((BATCH, width))


def flow(gradients: Sequence[np.ndarray], x: np.ndarray, last: np.ndarray) -> Flow:
    """The flow through a net, of the gradients at its pre-activations, of its input and of its last
    hidden activations."""
    with np.errstate(all="ignore"):
        return Flow(rms(gradients[0]) / rms(gradients[-1]), float(last.std() / x.std()))


def rms(array: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(array))))


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
