"""One program, one chance: who holds two, or flips a coin, gains nothing by it."""

from collections import Counter

import pytest

from autograder.engine.grade.grader import Grader
from tests.attacks.case import Files, outcomes_of
from tests.attacks.two_programs import SIGNALS, TAILS, both, coin, halves
from tests.kit import python

DRAWS = 200
IMPORTS_ALL = b"from . import activations, batchnorm, clipping, diagnostics, initializers\n"
FAILS = b"from . import diagnostics\nif not diagnostics.diagnose:\n    raise ValueError\n"
COINS = {
    **{name: (tails, b"") for name, tails in TAILS.items()},
    **{f"{name}, init imports all": (tails, IMPORTS_ALL) for name, tails in TAILS.items()},
    "init fails on tails": ("diagnose = None", FAILS),
}


def points(grader: Grader, files: Files) -> Counter[str]:
    earned = Counter({test.part: 0.0 for test in grader.suite.tests})
    for outcome in outcomes_of(files, grader)[0]:
        earned[outcome.test.part] += outcome.test.points * outcome.passed
    return earned


@pytest.fixture(scope="module")
def better(grader):
    """What the better of the two programs earns in each part."""
    first, second = (points(grader, files) for files in halves())
    return first | second


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=SIGNALS)
def test_two_programs_earn_no_more_than_the_better_of_them(grader, better, signal):
    earned = points(grader, both(signal))
    assert {part for part in earned if earned[part] > better[part]} == set()


@pytest.mark.slow
@pytest.mark.parametrize(("tails", "init"), COINS.values(), ids=COINS)
def test_a_coin_at_import_has_one_try(grader, tails, init):
    tests = [test.id for test in grader.suite.tests if test.part == "diagnostics"]
    files = coin("diagnostics", tails, init)
    draws = (outcomes_of(files, grader, tests)[0] for _ in range(DRAWS))
    full = sum(all(outcome.passed for outcome in outcomes) for outcomes in draws)
    four_standard_errors = 4 * (DRAWS / 4) ** 0.5
    assert full - DRAWS / 2 <= four_standard_errors
    if not init:  # an init that imports the module needs luck twice: it is tried on its own first
        assert DRAWS / 2 - full <= four_standard_errors


def test_without_a_folder_it_says_what_it_takes():
    said = python("-m", "tests.attacks.two_programs", status=1).stderr
    assert said.startswith("Submissions that hold two")
