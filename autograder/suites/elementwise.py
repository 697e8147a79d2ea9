"""How activations and their derivatives are judged: one helper for each kind of test."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer
from autograder.engine.suite.calls import Call, ask
from autograder.suites import hygiene, inputs

ATOL = 1e-9
OneSided = Callable[..., float | np.ndarray]
Case = tuple[str, np.ndarray, dict[str, Any]]
"""A function's name, its z, and the keyword arguments that go with it."""
SLOPE_ON_THE_LEFT: dict[str, OneSided] = {
    "relu_grad": lambda: 0.0,
    "leaky_relu_grad": lambda alpha=0.01: alpha,
    "prelu_grad": lambda alpha: alpha,
    "elu_grad": lambda alpha=1.0: alpha,
}
"""The derivative just left of 0; just right of 0 it is 1. At 0 any value between is right."""


def called(name: str, options: dict[str, Any], z: np.ndarray) -> str:
    said = "".join(
        f", alpha of shape {alpha.shape}"
        if isinstance(alpha, np.ndarray)
        else f", alpha={alpha:.4g}"
        for alpha in options.values()
    )
    return f"{name}(z{said}), z of shape {z.shape}"


def parts_of(name: str, value: Any, what: str) -> list[tuple[str, Any]]:
    """The arrays in a result, each with a name."""
    if name != "prelu_grad":
        return [(what, value)]
    dz, dalpha = check.items(value, 2, what)
    return [(f"dz of {what}", dz), (f"dalpha of {what}", dalpha)]


def judge(
    reference: Any,
    name: str,
    value: Any,
    z: np.ndarray,
    options: dict[str, Any],
    *,
    rtol: float = 0.0,
    parts: slice = slice(None),
) -> None:
    """The value is right in all entries."""
    right = getattr(reference.activations, name)(z, **options)
    rights = right if isinstance(right, tuple) else (right,)
    found = parts_of(name, value, called(name, options, z))
    for index in range(len(rights))[parts]:
        what, part = found[index]
        low, high = rights[index], rights[index]
        if name in SLOPE_ON_THE_LEFT and index == 0:
            left = SLOPE_ON_THE_LEFT[name](**options)
            low = np.where(z == 0, np.minimum(left, 1.0), low)
            high = np.where(z == 0, np.maximum(left, 1.0), high)
        slack = ATOL + rtol * np.abs(rights[index])
        given = {"z": z, **options}
        check.between(part, low - slack, high + slack, z.shape, what, given=given)


def values(
    student: Any,
    reference: Any,
    name: str,
    cases: list[tuple[np.ndarray, dict[str, Any]]],
    **how: Any,
) -> None:
    """Right values for pairs of a z and what goes with it: by name and by position in turn."""
    function = getattr(student.activations, name)
    answers = ask(
        *(
            function.call(z, *options.values()) if index % 2 else function.call(z, **options)
            for index, (z, options) in enumerate(cases)
        )
    )
    for answer, (z, options) in zip(answers, cases, strict=True):
        judge(reference, name, answer.value, z, options, **how)


def contract(student: Any, reference: Any, rng: np.random.Generator, names: Sequence[str]) -> None:
    """float64 arrays of z's shape come back; what is given stays as it is."""
    cases = [(name, z, options) for name in names for z, options in _layouts(name, rng)]
    for seen, (name, z, options) in zip(_tried(student, reference, rng, cases), cases, strict=True):
        what = called(name, options, z)
        if name == "prelu_grad":
            check.items(seen.value, 2, what, exact=True)
        for part_name, part in parts_of(name, seen.value, what):
            check.float64_array(part, z.shape, part_name)
        check.unchanged(seen, what)


def extremes(student: Any, reference: Any, rng: np.random.Generator, names: Sequence[str]) -> None:
    """Finite for extreme z, which is not changed either (as clipping it in place would)."""
    z = inputs.EXTREMES
    cases = [(name, z, options) for name in names for options in _alphas(name)]
    for seen, (name, _, options) in zip(_tried(student, reference, rng, cases), cases, strict=True):
        what = called(name, options, z)
        for part_name, part in parts_of(name, seen.value, what):
            finite = np.isfinite(check.real_array(part, z.shape, part_name))
            check.true(np.all(finite), f"{part_name}: {np.sum(~finite)} entries are not finite")
        check.unchanged(seen, what)


def quiet(student: Any, rng: np.random.Generator, names: Sequence[str]) -> None:
    """No RuntimeWarning for ordinary, extreme and zero entries."""
    z = np.concatenate([inputs.EXTREMES, inputs.with_zeros(rng, (3, 8))])
    cases = [(name, options) for name in names for options in _alphas(name)]
    functions = student.activations
    answers = ask(*(getattr(functions, name).watched.call(z, **given) for name, given in cases))
    for seen, (name, options) in zip(answers, cases, strict=True):
        _computed(seen, name, z, options)
        check.quiet(seen, called(name, options, z))


def _tried(
    student: Any, reference: Any, rng: np.random.Generator, cases: Sequence[Case]
) -> list[Answer]:
    """The answers, see `hygiene.answers`; plain is ordinary z."""

    def call(name: str, z: np.ndarray, options: dict[str, Any]) -> Call:
        return getattr(student.activations, name).watched.call(z, **options)

    def judged(answer: Answer, name: str, z: np.ndarray, options: dict[str, Any]) -> None:
        judge(reference, name, answer.value, z, options, rtol=1e-9)

    names = dict.fromkeys(name for name, _, _ in cases)
    plain = [(name, inputs.ordinary(rng), _alphas(name)[0]) for name in names]
    return hygiene.answers(plain, cases, call, _computed, judged)


def _computed(answer: Answer, name: str, z: np.ndarray, options: dict[str, Any]) -> None:
    """The first of the arrays in a result is one, and more than a constant."""
    what, array = parts_of(name, answer.value, called(name, options, z))[0]
    check.varied(check.real_array(array, z.shape, what), what)


def _alphas(name: str) -> list[dict[str, Any]]:
    """What goes with a z of any shape, and with one of eight units."""
    if name.startswith("prelu"):
        return [{"alpha": 0.25}, {"alpha": np.array([0.0, -1.5, 2.0, 0.5, 1.0, -0.25, 1e4, 0.1])}]
    if name.startswith("elu"):
        return [{"alpha": 0.7}, {"alpha": 0.0}]
    return [{"alpha": 0.3}] if name.startswith("leaky") else [{}]


def _layouts(name: str, rng: np.random.Generator) -> list[tuple[np.ndarray, dict[str, Any]]]:
    """All layouts; with a learned alpha, three of them (0-d and 3-D) with a 0-d one, too, and
    batches in two layouts with one per unit."""
    cases = [(z, _alphas(name)[0]) for z in inputs.layouts(rng)]
    if name.startswith("prelu"):
        batch, alpha = inputs.ordinary(rng, (6, 4)), rng.uniform(-0.5, 1.5, 4)
        cases += [(z, {"alpha": np.array(1.7)}) for z in inputs.layouts(rng)[1::3]]
        cases += [(np.asfortranarray(batch), {"alpha": alpha}), (batch, {"alpha": alpha})]
    return cases
