"""How tests of hygiene, such as shapes and warnings, treat values, for which other tests charge."""

from collections.abc import Callable, Sequence
from typing import Any

from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer
from autograder.engine.suite.calls import Call, ask

Case = tuple[Any, ...]
"""A function's name, and what it is given."""


def answers(
    plain: Sequence[Case],
    cases: Sequence[Case],
    call: Callable[..., Call],
    computed: Callable[..., None],
    judge: Callable[..., None],
) -> list[Answer]:
    """The answers to the cases. Where a function is right for its plain case, of ordinary inputs,
    its values must be right here, too; where it is wrong, its tests of values charge it, and these
    judge the rest alone.

    call: makes a case a call; computed, judge: are told an answer and its case, and raise `Wrong`
    where nothing was computed, or where the values are wrong.
    """
    given = ask(*(call(*case) for case in [*plain, *cases]))
    ordinary, others = given[: len(plain)], given[len(plain) :]
    right = set()
    for answer, case in zip(ordinary, plain, strict=True):
        computed(answer, *case)
        if check.passes(judge, answer, *case):
            right.add(case[0])
    for answer, case in zip(others, cases, strict=True):
        if case[0] in right:
            judge(answer, *case)
    return others
