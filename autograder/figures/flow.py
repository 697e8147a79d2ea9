"""How gradients flow through one net: their norm at each layer, and the activations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from autograder.engine.report.pages.figure import Chart, Curve, Figure, Histograms
from autograder.engine.suite.answers import StudentFault
from autograder.engine.suite.calls import Package, ask
from autograder.engine.suite.check import Wrong
from autograder.suites import nets

from . import words

WIDTH, LAYERS, SEED = 32, 10, 20
SIZES = [WIDTH] * (LAYERS + 1)
BINS = 16


@dataclass(frozen=True)
class Net:
    """A net of ten weight layers, and what it is an example of; activations are shown from `low`
    to `high`."""

    title: str
    about: str
    activation: str
    initializer: str
    low: float
    high: float
    batch_norm: bool = False


NETS = (
    Net(
        "The disease: sigmoid, weights from N(0, 1)",
        "Large weights push sigmoid to its flat ends, where its slope is almost zero.",
        "sigmoid", "normal", 0.0, 1.0,
    ),
    Net(
        "Xavier, still with sigmoid",
        "Xavier's weights keep sigmoid near its middle; its slope is at most 1/4 even there.",
        "sigmoid", "xavier_normal", 0.0, 1.0,
    ),
    Net(
        "Xavier with tanh",
        "Xavier's formula was derived for an activation that is close to the identity near zero.",
        "tanh", "xavier_normal", -1.0, 1.0,
    ),
    Net(
        "He with ReLU",
        "He's weights make up for the half of the signal that ReLU sets to zero.",
        "relu", "he_normal", 0.0, 4.0,
    ),
    Net(
        "He with ELU",
        "ELU lets negative values through, up to a limit, so that no unit is silent for good.",
        "elu", "he_normal", -1.0, 4.0,
    ),
    Net(
        "Batch normalisation against the disease",
        "The first net again, sigmoid and N(0, 1), normalised before each activation.",
        "sigmoid", "normal", 0.0, 1.0, batch_norm=True,
    ),
)  # fmt: skip


Flow = tuple[tuple[float, ...], list[np.ndarray]]
"""What a backward pass shows: the gradients' norms at the pre-activations, input side first,
(LAYERS,), and the hidden activations, each (examples, units): as many of one as the other."""


def gradient_flow(net: Net, student: Package, reference: ModuleType) -> Figure:
    """The figure of one net made of the student's functions."""
    norms, right = _reference_flow(net, reference)
    try:
        (answer,) = ask(nets.call(student, **_given(net)))
        your_norms, yours = _flow(answer.value)
    except (StudentFault, Wrong) as fault:
        return Figure(net.title, net.about, missing=why(fault))
    meaning = [
        words.flow(your_norms),
        words.beside(your_norms, norms, net.initializer == "normal"),
        words.activations(yours, net.low, net.high),
    ]
    layers = enumerate(zip(yours, right, strict=True), 1)
    return Figure(
        net.title,
        net.about,
        meaning=" ".join(meaning),
        chart=Chart(
            "layer (input side first)", "norm of the gradient at z",
            (Curve("your net", your_norms, norms),),
        ),
        histograms=Histograms(
            "activations of the hidden layers (outline: the reference)",
            net.low,
            net.high,
            tuple(Curve(f"layer {n}", _shares(a, net), _shares(b, net)) for n, (a, b) in layers),
        ),
        table=_table(your_norms, norms, yours),
    )  # fmt: skip


def why(fault: StudentFault | Wrong) -> str:
    """Why there is nothing to draw."""
    return fault.reason if isinstance(fault, StudentFault) else str(fault)


@cache
def _reference_flow(net: Net, reference: ModuleType) -> Flow:
    return _flow(reference.supplied_net.run(**_given(net)))


def _given(net: Net) -> dict[str, Any]:
    """What `supplied_net.run` is given: the same inputs and output gradients for every net."""
    rng = np.random.default_rng(SEED)
    x, doutput, *weights = rng.normal(size=(2 + LAYERS, WIDTH, WIDTH))
    given = {"x": x, "doutput": doutput, "rng": rng, "sizes": SIZES, "batch_norm": net.batch_norm}
    given |= {"activation": net.activation, "activation_options": {}}
    if net.initializer == "normal":
        return given | {"weights": weights}
    return given | {"initializer": net.initializer, "init_options": {}}


def _flow(told: Any) -> Flow:
    """What `supplied_net.run` says of a net. Raises `Wrong` where it says none."""
    shape = (WIDTH, WIDTH)
    shapes = {"d_pre_activations": [shape] * LAYERS, "activations": [shape] * (LAYERS - 1)}
    net = nets.checked(told, shapes)
    return sizes(net["d_pre_activations"]), net["activations"]


def sizes(grads: Iterable[Any]) -> tuple[float, ...]:
    """The norm of each array."""
    with np.errstate(all="ignore"):
        return tuple(float(np.linalg.norm(np.asarray(grad, dtype=np.float64))) for grad in grads)


def _shares(values: np.ndarray, net: Net) -> tuple[float, ...]:
    """The share of the entries in each bin; what lies outside is counted in the outermost ones."""
    inside = np.clip(values[~np.isnan(values)], net.low, net.high)
    places = np.minimum((inside - net.low) * (BINS / (net.high - net.low)), BINS - 1)
    return tuple((np.bincount(places.astype(int), minlength=BINS) / values.size).tolist())


def _table(
    norms: Sequence[float], right: Sequence[float], activations: Iterable[np.ndarray]
) -> tuple[tuple[str, ...], ...]:
    spreads = [" ± ".join(map(words.figure, words.centre(layer))) for layer in activations]
    columns = [map(words.figure, norms), map(words.figure, right), [*spreads, "output"]]
    layers = map(str, range(1, LAYERS + 1))
    head = ("layer", "your gradient norm", "reference", "your activations, mean ± std")
    return (head, *zip(layers, *columns, strict=True))
