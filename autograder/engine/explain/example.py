"""A worked example beside a hint: a small public input on which the mistake and the right function
differ, and what both give.

Only the assignment's own inputs are tried, in their order, so that an example tells nothing of a
hidden test and is the same in every grading. Where none shows the mistake there is no example.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from ..assignment import Assignment, import_file
from ..mistakes import Mistake, results
from ..suite.answers import Answer
from ..suite.calls import Call, Package
from ..suite.check import LOUD, describe
from ..suite.hidden_test import Outcome
from ..suite.records import Trusted
from ..suite.session import Reading, Session
from .comparison import same
from .replay import finder

FILE = "_inputs.py"
"""In the folder of the mistakes: INPUTS, by function the inputs to try, each by argument."""
MOST_ENTRIES = 8
"""Larger arrays are draws, of which a statistic is shown."""
MOST_SHOWN = 3
"""Of more entries that one is shown which differs most."""
MOST_CHARACTERS = 280
DIGITS = (2, 4, 6, 9)
"""In how many digits the values differ; what differs in the first two is the better example."""
LEAST_DIGITS = 4
BY_CHANCE = 0.03
"""How far the standard deviations of two sets of draws may lie apart, relative to the right one."""


@dataclass(frozen=True)
class Entry:
    """An argument that is an entry of what another function returns, such as a cache."""

    function: str
    given: Mapping[str, Any]
    place: int


class Examples:
    """The examples of an assignment's mistakes, each made when it is first asked for."""

    def __init__(
        self, assignment: Assignment, package: ModuleType, mistakes: Sequence[Mistake]
    ) -> None:
        self._package = package
        self._mistakes = {mistake.name: mistake for mistake in mistakes}
        self._opaque = assignment.opaque
        self._path = assignment.mistakes / FILE
        self._known: dict[Mistake, str] = {}

    @cached_property
    def _inputs(self) -> dict[str, list[dict[str, Any]]]:
        return import_file(f"_{self._path}", self._path).INPUTS if self._path.exists() else {}

    def beside(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes, with an example where a mistake is named."""
        return [self._with_example(outcome) for outcome in outcomes]

    def _with_example(self, outcome: Outcome) -> Outcome:
        told = outcome.explanation
        if told is None or not told.mistake:
            return outcome
        example = self.of(self._mistakes[told.mistake])
        return replace(outcome, explanation=replace(told, example=example))

    def of(self, mistake: Mistake) -> str:
        """What the mistake gives for a small input, beside the right value; "" where no input
        shows it."""
        if mistake not in self._known:
            shown = (text for text in self._shown(mistake) if len(text) <= MOST_CHARACTERS)
            self._known[mistake] = next(shown, "")
        return self._known[mistake]

    def _shown(self, mistake: Mistake) -> Iterator[str]:
        """The examples: first those in which the values differ most, and of these the plainest."""
        function = f"{mistake.module}.{mistake.target}"
        names = results(mistake.solution, mistake.target)
        pairs: list[tuple[Answer, Answer]] = []
        for digits in DIGITS:
            for number, given in enumerate(self._inputs.get(function, ())):
                if number == len(pairs):
                    wrong = self._answer([mistake], function, given)
                    pairs.append((wrong, self._answer([], function, given)))
                if difference := _difference(*pairs[number], names, digits):
                    yield f"For {_said(given)} this mistake {difference}."

    def _answer(
        self, mistakes: Sequence[Mistake], function: str, given: Mapping[str, Any]
    ) -> Answer:
        np.random.seed(0)  # some mistakes draw from the global generator
        program = Trusted(finder(self._package, mistakes))
        session = Session(program, self._opaque, Reading(float("inf")))
        return session.ask(tuple(_stated(Package(session), function, given)))[-1]


def _stated(student: Package, function: str, given: Mapping[str, Any]) -> list[Call]:
    """The calls that an answer needs, that of the function last."""
    calls: list[Call] = []
    arguments: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, Entry):
            calls += _stated(student, value.function, value.given)
            arguments[name] = calls[-1][value.place]
        else:
            arguments[name] = np.random.default_rng(0) if name == "rng" and value else value
    module, name = function.split(".")
    return [*calls, getattr(getattr(student, module), name).watched.call(**arguments)]


def _difference(wrong: Answer, right: Answer, names: Sequence[str], digits: int) -> str:
    """What the mistake does in place of the right thing; "" where it does the same."""
    if "unusable" in [answer.fault.kind for answer in (wrong, right) if answer.fault]:
        return ""
    if right.fault is not None:
        due = right.fault.raised[0]
        if wrong.fault is None:
            return f"gives {_shown(wrong.value)}; right is a {due}"
        came = wrong.fault.raised[0]
        return f"raises {came}; right is a {due}" if came != due else ""
    if wrong.fault is not None:
        return f"raises {wrong.fault.raised[0]}; the right value is {_shown(right.value)}"
    return _other_value(wrong.value, right.value, names, digits) or _beside(wrong, digits)


def _other_value(wrong: Any, right: Any, names: Sequence[str], digits: int) -> str:
    if type(wrong) is type(right) is tuple and len(wrong) == len(right):
        for number, (one, other) in enumerate(zip(wrong, right, strict=True)):
            name = names[number] if len(names) == len(right) else f"result {number + 1}"
            if difference := _other_entry(one, other, name, digits):
                return difference
        return ""
    return _other_entry(wrong, right, "", digits)


def _other_entry(wrong: Any, right: Any, name: str, digits: int) -> str:
    """How a result, or an entry of one, differs."""
    if same(wrong, right):
        return ""
    if _form(wrong) != _form(right):
        of = f"{name} = " if name else ""
        return f"gives {of}{describe(wrong)}; right is {describe(right)}"
    if isinstance(right, np.ndarray) and right.size > MOST_ENTRIES:
        return _other_draws(wrong, right)
    if isinstance(right, np.ndarray) and right.size > MOST_SHOWN:
        place = _most_wrong(wrong, right)
        name = f"{name}{list(place)}" if name else f"entry {list(place)}"
        wrong, right = wrong[place], right[place]
    if _shown(wrong, digits) == _shown(right, digits):
        return ""
    of, called = (f"{name} = ", name) if name else ("", "value")
    one, other = (_shown(each, max(digits, LEAST_DIGITS)) for each in (wrong, right))
    return f"gives {of}{one}; the right {called} is {other}"


def _other_draws(wrong: np.ndarray, right: np.ndarray) -> str:
    one, other = float(np.std(wrong)), float(np.std(right))
    if abs(one - other) <= BY_CHANCE * other:
        return ""
    return f"gives draws of standard deviation {one:.3g}; it should be about {other:.3g}"


def _most_wrong(wrong: np.ndarray, right: np.ndarray) -> tuple[int, ...]:
    error = np.nan_to_num(np.abs(wrong - right), nan=np.inf)
    return tuple(int(i) for i in np.unravel_index(np.argmax(error), error.shape))


def _form(value: Any) -> Any:
    """The kind of a value: a number's type is free, an array's is not."""
    if isinstance(value, np.ndarray) and value.ndim:
        return value.dtype.name, value.shape
    if isinstance(value, (int, float, np.generic, np.ndarray)):
        return "number"
    if isinstance(value, (tuple, list)):
        return type(value), [_form(entry) for entry in value]
    return type(value)


def _beside(wrong: Answer, digits: int) -> str:
    """What a call that returns the right value does beside that; shared memory tells the least."""
    if wrong.changed:
        return f"changes {wrong.changed[0]}; right is to leave it as it is"
    if wrong.shared and digits == DIGITS[-1]:
        return f"returns the memory of {wrong.shared[0]}; right is a new array"
    loud = [text for text in wrong.warnings if any(kind in text for kind in LOUD)]
    return f"gives a {loud[0]}; right is the value without a warning" if loud else ""


def _said(given: Mapping[str, Any]) -> str:
    """The arguments by name; a generator says nothing."""
    said = []
    for name, value in given.items():
        if isinstance(value, Entry):
            said.append(f"{name} of {value.function.split('.')[1]} with {_said(value.given)}")
        elif name != "rng":
            is_scalar = isinstance(value, np.ndarray) and not value.ndim
            said.append(f"{name} = {f'array({value})' if is_scalar else _shown(value)}")
    return ", ".join(said)


def _shown(value: Any, digits: int = LEAST_DIGITS) -> str:
    """A small value as text."""
    if isinstance(value, np.ndarray):
        return describe(value) if value.size > MOST_ENTRIES else _shown(value.tolist(), digits)
    if isinstance(value, (list, tuple)):
        inside = ", ".join(_shown(entry, digits) for entry in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if isinstance(value, (float, np.floating)):
        return f"{value + 0.0:.{digits}g}"  # -0.0 is 0
    return repr(value)
