"""A worked example beside a hint: a small input, and what the mistake and the right function give.

The inputs are the assignment's own, tried in their order: an example tells nothing of a hidden test
and is the same in every grading. Where no input shows the mistake there is no example.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import product
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
from ..suite.session import Session
from .comparison import form, same

FILE = "_inputs.py"
"""In the folder of the mistakes: its INPUTS are, by function, the arguments to try."""
MOST_ENTRIES = 8
"""Larger arrays are draws, of which the standard deviation is shown."""
MOST_SHOWN = 3
"""Of an array with more entries, the one that differs most is shown."""
MOST_CHARACTERS = 280
DIGITS = (2, 4, 6, 9)
"""Inputs for which the values differ in two digits are the better examples, then in four, ..."""
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
        path = assignment.mistakes / FILE
        self._inputs = import_file(f"_{path}", path).INPUTS if path.exists() else {}
        self.of = cache(self._example)
        self._answer = lru_cache(maxsize=200)(self._ask)  # they may be large

    def beside(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes, with an example where a mistake is named that gives the student's answers.
        One that is named for where answers are wrong gives others: its numbers would be false."""
        return [
            replace(outcome, explanation=replace(told, example=self.of(mistake)))
            if (told := outcome.explanation)
            and (mistake := self._mistakes.get(told.mistake))
            and not mistake.where
            else outcome
            for outcome in outcomes
        ]

    def _example(self, mistake: Mistake) -> str:
        """What the mistake gives for a small input, beside the right value; "" where no input
        shows it. First come inputs for which the values differ most; of these, the plainest."""
        function = f"{mistake.module}.{mistake.target}"
        names = results(mistake.solution, mistake.target)
        inputs = self._inputs.get(function, ())
        for digits, number in product(DIGITS, range(len(inputs))):
            wrong, right = (self._answer(each, function, number) for each in ((mistake,), ()))
            if difference := _difference(wrong, right, names, digits):
                text = f"For {_arguments(inputs[number])} this mistake {difference}."
                if len(text) <= MOST_CHARACTERS:
                    return text
        return ""

    def _ask(self, mistakes: tuple[Mistake, ...], function: str, number: int) -> Answer:
        np.random.seed(0)  # some mistakes draw from the global generator
        session = Session(Trusted(self._package, mistakes), self._opaque, self._package)
        return session.ask(_calls(Package(session), function, self._inputs[function][number]))[-1]


def _calls(student: Package, function: str, given: Mapping[str, Any]) -> list[Call]:
    """The calls that give the arguments that are entries, then the function's own."""
    calls: list[Call] = []
    arguments: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, Entry):
            calls += _calls(student, value.function, value.given)
            arguments[name] = calls[-1][value.place]
        else:
            arguments[name] = np.random.default_rng(0) if name == "rng" and value else value
    module, name = function.split(".")
    return [*calls, getattr(getattr(student, module), name).watched.call(**arguments)]


def _difference(wrong: Answer, right: Answer, names: Sequence[str], digits: int) -> str:
    """What the mistake does and what is right, in words; "" where both do the same. names: of the
    entries of a tuple; digits: in how many the values are compared."""
    came, due = (answer.fault and answer.fault.raised[:1] for answer in (wrong, right))
    if () in (came, due):  # an answer that is unusable
        return ""
    if came == due is None:
        return _other_value(wrong.value, right.value, names, digits) or _effect(wrong, digits)
    if came and due:
        return f"raises {came[0]}; right is a {due[0]}" if came != due else ""
    if due:
        return f"gives {_text(wrong.value)}; right is a {due[0]}"
    return f"raises {came[0]}; the right value is {_text(right.value)}" if came else ""


def _other_value(wrong: Any, right: Any, names: Sequence[str], digits: int) -> str:
    """The first entry of a tuple that differs, or the value where it does."""
    if not (type(wrong) is type(right) is tuple and len(wrong) == len(right)):
        return _other_entry(wrong, right, "", digits)
    if len(names) != len(right):
        names = [f"result {number}" for number in range(1, len(right) + 1)]
    entries = zip(wrong, right, names, strict=True)
    return next(filter(None, (_other_entry(*entry, digits) for entry in entries)), "")


def _other_entry(wrong: Any, right: Any, name: str, digits: int) -> str:
    """How a value differs, or the entry with this name of a tuple."""
    if same(wrong, right):
        return ""
    of = f"{name} = " if name else ""
    numbers = form(wrong, is_free=True) == form(right, is_free=True) == ()  # of any type
    if form(wrong) != form(right) and not numbers:
        return f"gives {of}{describe(wrong)}; right is {describe(right)}"
    if isinstance(right, np.ndarray) and right.size > MOST_ENTRIES:
        one, other = float(np.std(wrong)), float(np.std(right))
        if abs(one - other) <= BY_CHANCE * other:
            return ""
        return f"gives draws of standard deviation {one:.3g}; it should be about {other:.3g}"
    if isinstance(right, np.ndarray) and right.size > MOST_SHOWN:
        error = np.nan_to_num(np.abs(wrong - right), nan=np.inf)
        place = tuple(int(i) for i in np.unravel_index(np.argmax(error), error.shape))
        name = f"{name or 'entry '}{list(place)}"
        of, wrong, right = f"{name} = ", wrong[place], right[place]
    if _text(wrong, digits) == _text(right, digits):
        return ""
    wrong, right = (_text(each, max(digits, LEAST_DIGITS)) for each in (wrong, right))
    return f"gives {of}{wrong}; the right {name or 'value'} is {right}"


def _effect(wrong: Answer, digits: int) -> str:
    """The side effect of a call that returns the right value; shared memory is told last."""
    if wrong.changed:
        return f"changes {wrong.changed[0]}; right is to leave it as it is"
    if wrong.shared and digits == DIGITS[-1]:
        return f"returns the memory of {wrong.shared[0]}; right is a new array"
    loud = [text for text in wrong.warnings if any(kind in text for kind in LOUD)]
    return f"gives a {loud[0]}; right is the value without a warning" if loud else ""


def _arguments(given: Mapping[str, Any]) -> str:
    """The arguments by name, without a generator."""
    texts = []
    for name, value in given.items():
        if isinstance(value, Entry):
            inner = _arguments(value.given)
            texts.append(f"{name} of {value.function.split('.')[1]} with {inner}")
        elif name != "rng":
            is_scalar = isinstance(value, np.ndarray) and not value.ndim
            texts.append(f"{name} = {f'array({value})' if is_scalar else _text(value)}")
    return ", ".join(texts)


def _text(value: Any, digits: int = LEAST_DIGITS) -> str:
    """A small value as text."""
    if isinstance(value, np.ndarray):
        return describe(value) if value.size > MOST_ENTRIES else _text(value.tolist(), digits)
    if isinstance(value, (list, tuple)):
        inside = ", ".join(_text(entry, digits) for entry in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if isinstance(value, (float, np.floating)):
        return f"{value + 0.0:.{digits}g}"  # -0.0 is 0
    return repr(value)
