"""How tests of hygiene, such as shapes and warnings, treat values, for which other tests charge."""

from collections.abc import Sequence
from typing import Any

from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer
from autograder.engine.suite.calls import ask


def tried(
    student, reference, plain: Sequence[Any], cases: Sequence[Any]
) -> list[tuple[Answer, Any, bool]]:
    """The answers with their cases, and whether the function is right for its plain cases, of
    ordinary inputs. Where it is wrong there, its tests of values charge that.

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
    return [(seen, c, c.name not in wrong) for seen, c in zip(others, cases, strict=True)]


def judged(
    student, reference, plain: Sequence[Any], cases: Sequence[Any]
) -> list[tuple[Answer, Any]]:
    """The answers with their cases; where a function is right for its plain cases, its values must
    be right here, too."""
    found = tried(student, reference, plain, cases)
    for answer, case, is_right in found:
        if is_right:
            case.judge(reference, answer)
    return [(answer, case) for answer, case, _ in found]
