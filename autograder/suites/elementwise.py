"""How activations and their derivatives are judged: one helper for each kind of test.

`cases` are pairs of a z and the keyword arguments that go with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.engine.suite import check
from autograder.engine.suite.calls import ask
from autograder.suites import inputs

ATOL = 1e-9
OneSided = Callable[..., float | np.ndarray]
SLOPE_ON_THE_LEFT: dict[str, OneSided] = {
    "relu_grad": lambda: 0.0,
    "leaky_relu_grad": lambda alpha=0.01: alpha,
    "prelu_grad": lambda alpha: alpha,
    "elu_grad": lambda alpha=1.0: alpha,
}
"""The derivative just left of 0; just right of 0 it is 1. At 0 any value between is right."""


def called(name: str, options: dict[str, Any], z: np.ndarray) -> str:
    said = "".join(
        f", alpha of shape {alpha.shape}" if isinstance(alpha, np.ndarray) else f", alpha={alpha!r}"
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
    only: np.ndarray | None = None,
    parts: slice = slice(None),
) -> None:
    """The value is right in all entries, or in those that `only` names."""
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
        if only is not None:
            part = np.where(only, check.real_array(part, z.shape, what), 0.0)
            low, high = np.where(only, low, 0.0), np.where(only, high, 0.0)
        check.between(part, low - slack, high + slack, z.shape, what, given=given)


def values(
    student: Any,
    reference: Any,
    name: str,
    cases: list[tuple[np.ndarray, dict[str, Any]]],
    **how: Any,
) -> None:
    """Right values; alpha stands by name and by position in turn."""
    function = getattr(student.activations, name)
    answers = ask(
        *(
            function.call(z, *options.values()) if index % 2 else function.call(z, **options)
            for index, (z, options) in enumerate(cases)
        )
    )
    for answer, (z, options) in zip(answers, cases, strict=True):
        judge(reference, name, answer.value, z, options, **how)


def contract(
    student: Any, reference: Any, name: str, cases: list[tuple[np.ndarray, dict[str, Any]]]
) -> None:
    """Right values, of z's shape and dtype float64; what is given stays as it is."""
    function = getattr(student.activations, name).watched
    answers = ask(*(function.call(z, **options) for z, options in cases))
    for seen, (z, options) in zip(answers, cases, strict=True):
        what = called(name, options, z)
        judge(reference, name, seen.value, z, options)
        if name == "prelu_grad":
            check.items(seen.value, 2, what, exact=True)
        for part_name, part in parts_of(name, seen.value, what):
            check.float64_array(part, z.shape, part_name)
        check.unchanged(seen, what)


def shapes(rng: np.random.Generator, **options: Any) -> list[tuple[np.ndarray, dict[str, Any]]]:
    return [(z, options) for z in inputs.layouts(rng)]


def extremes(student: Any, reference: Any, name: str, *options: dict[str, Any]) -> None:
    """Right values for extreme z, which is not changed either (as clipping it in place would)."""
    function, z = getattr(student.activations, name).watched, inputs.EXTREMES
    answers = ask(*(function.call(z, **given) for given in options))
    for seen, given in zip(answers, options, strict=True):
        judge(reference, name, seen.value, z, given, rtol=1e-9)
        check.unchanged(seen, called(name, given, z))


def quiet(
    student: Any,
    reference: Any,
    rng: np.random.Generator,
    names: list[str],
    *options: dict[str, Any],
) -> None:
    """No RuntimeWarning for ordinary, extreme and zero entries, whose ordinary ones are right."""
    ordinary = inputs.with_zeros(rng, (3, 8))
    z = np.concatenate([inputs.EXTREMES, ordinary])
    is_ordinary = np.arange(len(z))[:, None] >= len(inputs.EXTREMES)
    cases = [(name, given) for name in names for given in options]
    answers = ask(
        *(getattr(student.activations, name).watched.call(z, **given) for name, given in cases)
    )
    for seen, (name, given) in zip(answers, cases, strict=True):
        judge(reference, name, seen.value, z, given, only=is_ordinary)
        check.quiet(seen, called(name, given, z))
