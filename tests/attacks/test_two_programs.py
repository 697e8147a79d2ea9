"""One program, one chance: who holds two, or flips a coin, gains nothing by it."""

from __future__ import annotations

from collections import Counter

import pytest

from autograder.engine.grade.grading import Grader
from tests.attacks.case import Files
from tests.attacks.two_programs import SIGNALS, TAILS, both, coin, halves

DRAWS = 200
INITS = [b"", b"from . import activations, batchnorm, clipping, diagnostics, initializers\n"]


def points(grader: Grader, files: Files) -> Counter[str]:
    earned = Counter({test.part: 0.0 for test in grader.suite.tests})
    for outcome in grader.run(files)[0]:
        earned[outcome.test.part] += outcome.test.points * outcome.passed
    return earned


@pytest.fixture(scope="module")
def better(grader: Grader) -> dict[str, float]:
    """What the better of the two programs earns in each part."""
    first, second = (points(grader, files) for files in halves())
    return {part: max(first[part], second[part]) for part in first}


@pytest.mark.parametrize(
    "signal",
    [
        pytest.param(code, id=name, marks=pytest.mark.slow if number > 2 else ())
        for number, (name, code) in enumerate(SIGNALS.items())
    ],
)
def test_two_programs_earn_no_more_than_the_better_of_them(
    grader: Grader, better: dict[str, float], signal: str
) -> None:
    earned = points(grader, both(signal))
    assert {part for part in earned if earned[part] > better[part]} == set()


@pytest.mark.slow
@pytest.mark.parametrize("init", INITS, ids=["no init", "init imports all"])
@pytest.mark.parametrize("tails", TAILS.values(), ids=TAILS)
def test_a_coin_at_import_has_one_try(grader: Grader, tails: str, init: bytes) -> None:
    tests = [test.id for test in grader.suite.tests if test.part == "diagnostics"]
    files = coin("diagnostics", tails, init)
    full = sum(all(o.passed for o in grader.run(files, tests)[0]) for _ in range(DRAWS))
    four_standard_errors = 4 * (DRAWS / 4) ** 0.5
    assert abs(full - DRAWS / 2) <= four_standard_errors
