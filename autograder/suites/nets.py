"""The deep nets of the suite, and what is measured on them.

A batch has 16 examples with entries from N(0, 1), the gradient at the output is drawn from N(0, 1)
too. `ratio` is the root mean square of the loss gradient at the first layer's pre-activations over
that at the last one's; `spread` is the standard deviation of the last hidden activations over that
of the input. Neither is blind to the scale of the weights, as the ratio of the weights' gradients
is in a ReLU net.

CASES holds what tests/benchmarks/gradient_flow.py measured on 200 seeds (smallest and largest); the
suite accepts MARGIN times less and more. Where the student's initializers draw the
weights, the nearest limit is 6.6 standard deviations of the logarithm away from its mean. But for
the net that is too large for that, the tests compare with the reference's numbers as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from typing import Any

import numpy as np

from autograder.engine.suite.answers import REASON_LENGTH
from autograder.engine.suite.calls import Call, ask
from autograder.engine.suite.check import Wrong, items, real_array, true
from autograder.engine.text import presentable

BATCH, WIDTH = 16, 48

Range = tuple[float, float]


@dataclass(frozen=True)
class Case:
    """A kind of net: what to build, and between what its flow was measured.

    initializer: "" where the kit draws the weights, with these standard deviations in the layers,
    in turn; depth: weight layers; bias: of the middle layer's units, where it is not 0.
    """

    activation: str
    initializer: str
    ratio: Range
    spread: Range
    deviations: tuple[float, ...] = ()
    init_options: dict[str, Any] = field(default_factory=dict)
    activation_options: dict[str, Any] = field(default_factory=dict)
    batch_norm: bool = False
    depth: int = 11
    width: int = WIDTH
    bias: float = 0.0

    @property
    def sizes(self) -> list[int]:
        return [self.width] * (self.depth + 1)


HE = (2 / WIDTH) ** 0.5
"""He's standard deviation for so many inputs, where the kit draws the weights."""
DEAD = -20.0
"""A bias that keeps all pre-activations of its layer far below 0."""
LEAK = {"alpha": 0.1}

MARGIN = 4.0
CASES = {  # activation, initializer, ratio, spread, deviations
    "sigmoid": Case(
        "sigmoid", "xavier_normal", (4.1e-13, 1.8e-12), (0.076, 0.16), depth=20, width=32
    ),
    "tanh": Case("tanh", "xavier_uniform", (0.20, 0.43), (0.18, 0.28)),
    "tanh, too large": Case("tanh", "", (250.0, 4100.0), (0.88, 1.0), (1.0,)),
    "relu": Case("relu", "he_normal", (0.49, 1.8), (0.22, 2.5), depth=14, width=64),
    "relu, too large": Case("relu", "", (3.7e6, 1.4e7), (1.6e6, 1.6e7), (1.0,)),
    "relu, too small": Case("relu", "", (3.7e-14, 1.4e-13), (1.6e-14, 1.6e-13), (0.01,)),
    "relu, dead": Case("relu", "", (0.0, 0.0), (0.069, 0.19), (HE,), bias=DEAD),
    "leaky_relu": Case(
        "leaky_relu", "", (0.064, 0.26), (0.59, 3.5), (HE,), bias=DEAD, activation_options=LEAK
    ),
    "prelu": Case("prelu", "he_uniform", (0.21, 0.75), (2.0, 9.2), bias=DEAD),
    "rrelu": Case(
        "rrelu", "he_normal", (0.21, 0.96), (2.1, 8.8), bias=DEAD, init_options={"mode": "fan_in"}
    ),
    "elu": Case("elu", "he_uniform", (0.65, 2.3), (0.76, 2.0), bias=-3.0),
    "sigmoid, normalised": Case(
        "sigmoid", "xavier_uniform", (0.26, 0.58), (0.20, 0.23), batch_norm=True
    ),
    "leaky_relu, uneven, normalised": Case(
        "leaky_relu",
        "",
        (2.2, 7.4),
        (0.56, 0.69),
        (1.0, 0.01),
        batch_norm=True,
        activation_options=LEAK,
    ),
}


def asked(
    student, cases: Sequence[Case], rng, **passes: Any
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """For each case, what the student's process says of its net over the student's functions,
    checked, and what it was given. passes: more arguments of `supplied_net.run`."""
    givens = [drawn(case, rng) | passes for case in cases]
    answers = iter(ask(*(call for given in givens for call in _calls(student, given))))
    nets = []
    for case, given in zip(cases, givens, strict=True):
        if case.initializer:
            told, _ = items(next(answers).value, 2, "the net's weights")
            shapes = {"weights": list(pairwise(case.sizes))}
            given["weights"] = checked(told, shapes)["weights"]
            if not case.batch_norm:  # which makes up for any size
                _sized_like_draws(given["weights"], case)
        nets.append((_told(next(answers).value, case), given))
    return nets


def _calls(student, given: dict[str, Any]) -> list[Call]:
    """The call that makes the net; before it, where an initializer draws the weights, that of the
    draw, which tells them before x is known over there."""
    if "weights" in given:
        return [call(student, **given)]
    made = dict(given)
    drawing = {name: made.pop(name) for name in ("initializer", "init_options")}
    drawing |= {name: made[name] for name in ("rng", "sizes", "activation")}
    draw = student.supplied_net.draw.call(**drawing).needing("initializers")
    return [draw, call(student, **made, weights=draw[1])]


def drawn(case: Case, rng) -> dict[str, Any]:
    """What `supplied_net.run` is given for a net of this kind: x, doutput and more."""
    x, doutput = draw(rng, case.width)
    given: dict[str, Any] = {
        "x": x,
        "doutput": doutput,
        "sizes": case.sizes,
        "activation": case.activation,
        "activation_options": case.activation_options,
        "batch_norm": case.batch_norm,
    }
    if case.bias:
        # Small ones elsewhere, so that no pre-activation is exactly 0.
        given["biases"] = [rng.normal(0.0, 0.1, n) for n in case.sizes[1:]]
        given["biases"][case.depth // 2] += case.bias
    if case.initializer:
        given |= {"initializer": case.initializer, "init_options": case.init_options}
    else:
        layers = zip(cycle(case.deviations), pairwise(case.sizes), strict=False)
        given["weights"] = [rng.normal(0.0, deviation, sizes) for deviation, sizes in layers]
    return given | {"rng": np.random.default_rng(rng.integers(2**32))}


def call(student, **given: Any) -> Call:
    """The call of `supplied_net.run` with what is given, and the modules that it needs."""
    needs = ["activations"]
    needs += ["batchnorm"] if given["batch_norm"] else []
    needs += [] if "weights" in given else ["initializers"]
    return student.supplied_net.run.call(**given).needing(*needs)


def _sized_like_draws(weights: Sequence[np.ndarray], case: Case) -> None:
    """No unit's weights are far too small or too large for draws: a net that x does not reach says
    nothing of its functions."""
    right = {"xavier": 1.0, "he": np.sqrt(2.0)}[case.initializer.split("_")[0]]
    for layer, drawn in enumerate(weights, start=1):
        sizes = np.linalg.norm(drawn, axis=0) / right
        if not np.all((sizes >= 1 / MARGIN) & (sizes <= MARGIN)):
            raise Wrong(f"{case.initializer}: the weights of a unit of layer {layer} are far off")


def _told(value: Any, case: Case) -> dict[str, Any]:
    """What the student's process says of its net, checked: arrays of the right shapes."""
    sizes = case.sizes
    hidden = [(n,) for n in sizes[1:-1]]
    normalised = hidden if case.batch_norm else []
    shapes: dict[str, Sequence[tuple[int, ...]]] = {
        "activations": [(BATCH, n) for n in sizes[1:-1]],
        "d_pre_activations": [(BATCH, n) for n in sizes[1:]],
        "d_gamma": normalised,
        "d_beta": normalised,
        "running_var": normalised,
        "d_alpha": hidden if case.activation == "prelu" else [],
    }
    return checked(value, shapes)


def checked(value: Any, shapes: Mapping[str, Sequence[tuple[int, ...]]]) -> dict[str, Any]:
    """What `supplied_net.run` says of a net, in which these names stand for lists of arrays of
    these shapes. Raises `Wrong`."""
    if not isinstance(value, dict):
        raise Wrong("the net's process sent back no net")
    if isinstance(refusal := value.get("refused"), str):
        raise Wrong(presentable(refusal, REASON_LENGTH))
    net: dict[str, Any] = dict(value)
    for name, expected in shapes.items():
        arrays = items(value.get(name), len(expected), f"the net's {name}", list)
        net[name] = [
            real_array(one, shape, f"the net's {name}")
            for one, shape in zip(arrays, expected, strict=True)
        ]
    return net


def twin(reference, case: Case, weights: Sequence[np.ndarray], given: dict[str, Any]) -> Any:
    """The case's net with these weights, and the biases that are given, over the reference's
    functions."""
    laid = iter(weights)
    net = reference.network.Network(
        case.sizes,
        rng=np.random.default_rng(0),
        activation=case.activation,
        activation_options=case.activation_options,
        initializer=lambda *_: next(laid).copy(),
        batch_norm=case.batch_norm,
        package=reference,
    )
    net.biases = given.get("biases") or net.biases
    return net


def draw(rng, width: int) -> tuple[np.ndarray, np.ndarray]:
    """A batch x and a gradient with respect to the net's output."""
    return rng.standard_normal((BATCH, width)), rng.standard_normal((BATCH, width))


def backward(net: Any, given: dict[str, Any]) -> Any:
    """The gradients of a net of the kit's, after a forward and a backward pass."""
    with np.errstate(all="ignore"):
        net.forward(given["x"])
        return net.backward(given["doutput"])


def flow(gradients: Sequence[np.ndarray], x: np.ndarray, last: np.ndarray) -> tuple[float, float]:
    """Ratio and spread of a net: of the gradients at its pre-activations, of its input and of its
    last hidden activations."""
    with np.errstate(all="ignore"):
        return ratio(gradients), float(last.std() / x.std())


def ratio(gradients: Sequence[np.ndarray]) -> float:
    """The size of the first layer's gradient over that of the last one's."""
    return rms(gradients[0]) / rms(gradients[-1])


def rms(array: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(array))))


def accepted(measured: Range) -> Range:
    """A measured range, widened by the margin."""
    return measured[0] / MARGIN, measured[1] * MARGIN


def within(value: float, measured: Range, what: str) -> None:
    """The number lies in the accepted range."""
    low, high = accepted(measured)
    if not low <= value <= high:
        side = "too small" if value < low else "too large" if value > high else "no number"
        raise Wrong(f"{what} is {value:.3g}: {side}")


def agree(value: np.ndarray, right: np.ndarray, what: str) -> None:
    """The arrays are equal within a millionth of their size."""
    with np.errstate(all="ignore"):
        near = np.abs(value - right) <= 1e-6 * (rms(right) + np.abs(right))
    true(np.all(near), f"{what} is not what the right functions give with the same weights")
