"""Clipping on a net that explodes: the weights' gradients before and after clipping."""

from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from autograder.engine.report.pages.figure import Chart, Curve, Figure
from autograder.engine.suite.answers import StudentFault
from autograder.engine.suite.calls import Package, ask
from autograder.engine.suite.check import Wrong, items, real_array

from . import words
from .flow import LAYERS, SEED, SIZES, WIDTH, sizes, why

TITLE = "Clipping on a net that explodes"
ABOUT = (
    "With ReLU and weights from N(0, 1) the weight gradients are far beyond any step that makes"
    " sense. Clipping bounds the step; it does not heal the net."
)
LIMIT = 1.0
SAID = {
    "by value": "Clipped by value, the entries lose their proportions: the direction changes.",
    "by norm": "Clipped by norm, every layer's gradient gets the same length.",
    "by global norm": "Clipped by global norm, all shrink by one factor: the direction stays.",
}


def clipped_net(student: Package, reference: ModuleType) -> Figure:
    """The exploding net is the reference's, so that only clipping itself is on show."""
    given = [grad.copy() for grad in _exploded(reference)]
    functions = [f"clip_{name.replace(' ', '_')}" for name in SAID]
    answers = ask(beside=[getattr(student.clipping, f).call(given, LIMIT) for f in functions])
    curves, faults = [], []
    for name, function, answer in zip(SAID, functions, answers, strict=True):
        right = _norms(getattr(reference.clipping, function)(given, LIMIT), function)
        try:
            curves.append(Curve(name, _norms(answer.value, function), right))
        except (StudentFault, Wrong) as fault:
            faults.append(why(fault))
    before = sizes(_exploded(reference))
    if not curves:
        return Figure(TITLE, ABOUT, missing="; ".join(faults))
    low, high = words.figure(min(before)), words.figure(max(before))
    meaning = [f"Before clipping the norms lie between {low} and {high}."]
    meaning += [_meaning(curve) for curve in curves]
    meaning += [f"Not drawn: {fault}." for fault in faults]
    norms = [map(words.figure, column) for column in (before, *(curve.yours for curve in curves))]
    head = ("layer", "before", *(curve.name for curve in curves))
    return Figure(
        TITLE,
        ABOUT,
        meaning=" ".join(meaning),
        chart=Chart(
            "layer (input side first)", "norm of the gradient at W",
            (*curves, Curve("before clipping", before, ())),
        ),
        table=(head, *zip(map(str, range(1, LAYERS + 1)), *norms, strict=True)),
    )  # fmt: skip


def _meaning(curve: Curve) -> str:
    if np.allclose(curve.yours, curve.reference, rtol=1e-3, atol=1e-9):
        return SAID[curve.name]
    return f"Clipped {curve.name}, your norms are not the reference's: the tests above say why."


@cache
def _exploded(reference: ModuleType) -> tuple[np.ndarray, ...]:
    """The weights' gradients of the exploding net, input side first."""
    rng = np.random.default_rng(SEED)
    x, targets = rng.normal(size=(2, WIDTH, WIDTH))
    net = reference.network.Network(SIZES, rng=rng, activation="relu", initializer="normal")
    _, grads = net.loss_and_gradients(x, targets, loss=reference.network.mean_squared_error)
    return tuple(grads.weights)


def _norms(clipped: Any, function: str) -> tuple[float, ...]:
    """The norms of the arrays in a result of this function. Raises `Wrong`."""
    if function == "clip_by_global_norm":
        clipped, _ = items(clipped, 2, function)
    return sizes(
        real_array(a, (WIDTH, WIDTH), function) for a in items(clipped, LAYERS, function, list)
    )
