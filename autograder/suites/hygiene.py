"""How tests of hygiene, such as shapes and warnings, treat values, for which other tests charge."""

from collections.abc import Sequence
from typing import Any, Protocol

from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer
from autograder.engine.suite.calls import Call, ask


class Case(Protocol):
    """A function's name and what it is given. computed, judge: raise `Wrong` where nothing was
    computed, or where the values are wrong."""

    name: str

    def call(self, student: Any) -> Call: ...
    def computed(self, answer: Answer) -> None: ...
    def judge(self, reference: Any, answer: Answer) -> None: ...


def answers(
    student: Any, reference: Any, plain: Sequence[Case], cases: Sequence[Case]
) -> list[Answer]:
    """The answers to the cases. Where a function is right for its plain case, of ordinary inputs,
    its values must be right here, too; where it is wrong, its tests of values charge it, and these
    judge the rest alone."""
    given = ask(*(case.call(student) for case in [*plain, *cases]))
    ordinary, others = given[: len(plain)], given[len(plain) :]
    right = set()
    for answer, case in zip(ordinary, plain, strict=True):
        case.computed(answer)
        if check.passes(case.judge, reference, answer):
            right.add(case.name)
    for answer, case in zip(others, cases, strict=True):
        if case.name in right:
            case.judge(reference, answer)
    return others
