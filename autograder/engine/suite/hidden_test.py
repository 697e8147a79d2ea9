"""A hidden test as it was collected, and how a submission did in it."""

import re
from dataclasses import dataclass, field

import pytest

from ..place import NOWHERE, Place
from .session import Batch

MARKERS = (
    "points(number): what the test is worth",
    "hygiene: the test is about shapes, types, errors, warnings, memory or extreme sizes alone",
)
EXPLAINED = ("wrong", "raised", "unusable")
"""The kinds of outcomes that a mistake may explain, and beside which a hint helps."""


@dataclass(frozen=True)
class HiddenTest:
    """What students see of a test, what it is worth, whether it is about hygiene alone, not about
    values, and where it stands."""

    id: str
    part: str
    title: str
    hint: str
    points: float
    is_hygiene: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True)
class Explanation:
    """What the student may read of a failure beside its reason. mistake: the name of the one that
    explains it, or ""; function: the one that it is a mistake of; example: what that mistake gives
    for a small input."""

    hint: str
    mistake: str = ""
    example: str = ""
    function: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a submission did in one test.

    kind: "passed", "wrong", a `StudentFault`'s kind, or "grader" for a fault of the suite itself;
    reason: for the student, "" when passed; hint: what the check that failed advises, or ""; about:
    of which kind that check is, or ""; follows: see `check.Follows`; explanation: where one was
    found; fault: for the author of the test, what it raised and where; asked: what was asked, and
    the replies.
    """

    test: HiddenTest
    kind: str
    reason: str = ""
    hint: str = ""
    about: str = ""
    follows: tuple[str, ...] = ()
    explanation: Explanation | None = None
    fault: str = ""
    asked: tuple[Batch, ...] = field(default=(), repr=False, compare=False)

    @property
    def passed(self) -> bool:
        return self.kind == "passed"

    @property
    def called(self) -> list[str]:
        """The student's functions that the test called, also by the kit's own modules."""
        called = {name for b in self.asked for name in (*(r.name for r in b.requests), *b.noted)}
        return sorted(called)

    @property
    def function(self) -> str:
        """The function that the test is about: the only one that it calls, or of those the only one
        that its title begins with; "" where it is about several, or about a net."""
        if any(batch.noted for batch in self.asked):
            return ""
        words = set(re.findall(r"\w+", self.test.title.partition(":")[0]))
        named = [name for name in self.called if name.rpartition(".")[2] in words]
        return next((names[0] for names in (self.called, named) if len(names) == 1), "")


def hidden_test(item: pytest.Item) -> HiddenTest:
    """The test that pytest collected. Raises `ValueError` where it lacks something."""
    part = item.path.stem.removeprefix("test_")
    place = Place(item.path, (item.location[1] or 0) + 1)
    points = [worth for mark in item.iter_markers("points") for worth in mark.args]
    if not (len(points) == 1 and isinstance(points[0], int | float) and points[0] > 0):
        raise ValueError(f"{place}: a hidden test needs one marker points(number), above zero")
    text = (getattr(item, "function", None).__doc__ or "").strip()
    if not text:
        raise ValueError(f"{place}: a hidden test needs a docstring: its first line is the title")
    title, _, hint = map(str.strip, text.partition("\n"))
    if callspec := getattr(item, "callspec", None):
        title = f"{title.removesuffix('.')} ({callspec.id})."
    name = f"{part}/{item.name.removeprefix('test_')}"
    is_hygiene = item.get_closest_marker("hygiene") is not None
    hint = " ".join(hint.split())
    return HiddenTest(name, part, title, hint, float(points[0]), is_hygiene, place)
