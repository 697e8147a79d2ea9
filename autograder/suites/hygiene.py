"""How tests of hygiene, such as shapes and warnings, treat values, for which other tests charge."""

from collections.abc import Sequence
from typing import Any

from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer
from autograder.engine.suite.calls import ask


def answers(student, reference, plain: Sequence[Any], cases: Sequence[Any]) -> list[Answer]:
    """The answers to the cases. Where a function is right for its plain cases, of ordinary inputs,
    its values must be right here, too; where it is wrong, its tests of values charge it, and these
    judge the rest alone.

    A case has the name of its function, and says how it is called; `computed` and `judge` raise
    `Wrong` where nothing was computed, or where the values are wrong.
    """
    given = ask(*(case.call(student) for case in [*plain, *cases]))
    ordinary, others = given[: len(plain)], given[len(plain) :]
    wrong = set()
    for answer, case in zip(ordinary, plain, strict=True):
        case.computed(answer)
        if not check.passes(case.judge, reference, answer):
            wrong.add(case.name)
    for answer, case in zip(others, cases, strict=True):
        if case.name not in wrong:
            case.judge(reference, answer)
    return others
