"""How activations and their derivatives are judged: one helper for each kind of test."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer, StudentFault
from autograder.engine.suite.calls import Call, ask
from autograder.suites import hygiene, inputs

ATOL = 1e-9
TINY = 1e-300
Given = tuple[np.ndarray, dict[str, Any]]
"""A z, and what goes with it by name."""


@dataclass(frozen=True)
class Case:
    """A function, its z, and the keyword arguments that go with it."""

    name: str
    z: np.ndarray
    options: dict[str, Any]

    @property
    def said(self) -> str:
        """The call, as students read it."""
        said = "".join(
            f", alpha of shape {alpha.shape}"
            if isinstance(alpha, np.ndarray)
            else f", alpha={alpha:.4g}"
            for alpha in self.options.values()
        )
        return f"{self.name}(z{said}), z of shape {self.z.shape}"

    def call(self, student) -> Call:
        return getattr(student.activations, self.name).watched.call(self.z, **self.options)

    def parts(self, answer: Answer) -> list[tuple[str, Any]]:
        """The arrays in a result, each with a name."""
        if self.name != "prelu_grad":
            return [(self.said, answer.value)]
        dz, dalpha = check.items(answer.value, 2, self.said)
        return [(f"dz of {self.said}", dz), (f"dalpha of {self.said}", dalpha)]

    def computed(self, answer: Answer) -> None:
        """The first of the arrays in a result is one, and more than a constant."""
        what, array = self.parts(answer)[0]
        array = check.real_array(array, self.z.shape, what)
        if np.any(self.options.get("alpha", 1)):  # times an alpha of 0, all may be 0
            check.varied(array, what)

    def judge(
        self, reference, answer: Answer, *, rtol: float = 1e-9, parts: slice = slice(None)
    ) -> None:
        """All entries are right. At 0 a slope may be any between those of both sides."""
        function = getattr(reference.activations, self.name)
        sides = [
            function(np.where(self.z == 0, near_zero, self.z), **self.options)
            for near_zero in (-TINY, TINY)
        ]
        rights = zip(*sides, strict=True) if isinstance(sides[0], tuple) else [sides]
        judged = list(zip(self.parts(answer), rights, strict=True))
        for (what, part), (left, right) in judged[parts]:
            slack = ATOL + rtol * np.abs(right)
            low, high = np.minimum(left, right) - slack, np.maximum(left, right) + slack
            given = {"z": self.z, **self.options}
            check.between(part, low, high, self.z.shape, what, given=given)


def derivative(
    student, reference, name: str, of: str, rule: Callable[[Any], Any], cases: list[Given]
) -> None:
    """Right values; where the student's activation, for which other tests charge, is wrong, those
    that follow from it by this rule are right as well."""
    slope, value, follows = Case(name, *cases[0]), Case(of, *cases[0]), False
    *answers, own = ask(*_calls(student, name, cases), beside=[value.call(student)])
    with suppress(StudentFault, check.Wrong), np.errstate(all="ignore"):
        value.computed(own)
        slope.computed(answers[0])
        following = rule(check.real_array(own.value, value.z.shape, of))
        check.close(answers[0].value, following, name, atol=ATOL)
        follows = not check.passes(value.judge, reference, own)
    if follows:
        raise check.Follows(f"{name}(z)", f"activations/{of}_values")
    _judge(reference, name, answers, cases)


def values(student, reference, name: str, cases: list[Given], parts: slice = slice(None)) -> None:
    """Right values for pairs of a z and what goes with it: by name and by position in turn."""
    _judge(reference, name, ask(*_calls(student, name, cases)), cases, parts)


def _calls(student, name: str, cases: list[Given]) -> list[Call]:
    function = getattr(student.activations, name)
    return [
        function.call(z, *options.values()) if index % 2 else function.call(z, **options)
        for index, (z, options) in enumerate(cases)
    ]


def _judge(
    reference, name: str, answers: list[Answer], cases: list[Given], parts: slice = slice(None)
) -> None:
    for answer, given in zip(answers, cases, strict=True):
        Case(name, *given).judge(reference, answer, rtol=0.0, parts=parts)


def contract(student, reference, rng, names: Sequence[str]) -> None:
    """float64 arrays of z's shape come back; what is given stays as it is."""
    cases = [Case(name, z, options) for name in names for z, options in _layouts(name, rng)]
    for seen, case in hygiene.judged(student, reference, _plain(rng, names), cases):
        if case.name == "prelu_grad":
            check.items(seen.value, 2, case.said, exact=True)
        for what, part in case.parts(seen):
            check.float64_array(part, case.z.shape, what)
        check.unchanged(seen, case.said)


def extremes(student, reference, rng, names: Sequence[str]) -> None:
    """Finite for extreme z, which is not changed either (as clipping it in place would)."""
    cases = _each(names, inputs.EXTREMES)
    for seen, case in hygiene.judged(student, reference, _plain(rng, names), cases):
        for what, part in case.parts(seen):
            # Shapes are charged where the values and the types are.
            shape = getattr(part, "shape", case.z.shape)
            finite = np.isfinite(check.real_array(part, shape, what))
            check.true(np.all(finite), f"{what}: not all entries are finite")
        check.unchanged(seen, case.said)


def quiet(student, reference, rng, names: Sequence[str]) -> None:
    """No RuntimeWarning beside right values, for ordinary, extreme and zero entries."""
    cases = _each(names, np.concatenate([inputs.EXTREMES, inputs.with_zeros(rng, (3, 8))]))
    for seen, case, is_right in hygiene.tried(student, reference, _plain(rng, names), cases):
        case.computed(seen)
        if is_right:
            check.quiet(seen, case.said)


def _plain(rng, names: Sequence[str]) -> list[Case]:
    """Ordinary z, with alphas of all kinds."""
    return _each(names, inputs.ordinary(rng, (9, 8)))


def _each(names: Sequence[str], z: np.ndarray) -> list[Case]:
    """The functions of this z, of eight units."""
    return [Case(name, z, options) for name in names for options in _alphas(name)]


def _alphas(name: str) -> list[dict[str, Any]]:
    """What goes with a z of any shape, and with one of eight units."""
    if name.startswith("prelu"):
        return [{"alpha": 0.25}, {"alpha": np.array([0.0, 1.5, 2.0, 0.5, 1.0, 0.25, 1e4, 0.1])}]
    if name.startswith("elu"):
        return [{"alpha": 0.7}, {"alpha": 0.0}]
    return [{"alpha": 0.3}] if name.startswith("leaky") else [{}]


def _layouts(name: str, rng) -> list[Given]:
    """All layouts; with a learned alpha, two of them (0-d and 3-D) with a 0-d one, too, and
    batches in two layouts with one per unit."""
    cases = [(z, _alphas(name)[0]) for z in inputs.layouts(rng)]
    if name.startswith("prelu"):
        batch, alpha = inputs.ordinary(rng, (6, 4)), rng.uniform(0.1, 1.5, 4)
        cases += [(z, {"alpha": np.array(1.7)}) for z in inputs.layouts(rng)[1::3]]
        cases += [(np.asfortranarray(batch), {"alpha": alpha}), (batch, {"alpha": alpha})]
    return cases
