"""Every adversarial submission gets what it must: no forged point, no honest point lost."""

import json
import re
from collections import Counter
from functools import cache

import pytest

from autograder.engine.grade.grader import Grader, Settings
from autograder.engine.report.result import Result, from_gradescope, graded, to_gradescope, to_json
from autograder.engine.submission.read import hand_in, read_hand_in
from autograder.engine.suite.hidden_test import Outcome
from autograder.engine.suite.program import TimeLimits
from tests.attacks import GRADED
from tests.attacks.case import SECRET, everywhere, outcomes_of, twin
from tests.kit import ROOT

PATHS = re.compile(r"/(?:work|root|usr|tmp|home|autograder)/\w|" + re.escape(str(ROOT)))
SAMPLE = 2
QUICK = set(
    """
    patched_numpy_testing channel_flood returns_always_equal zeroes_its_argument call_os_exit_zero
    call_segfault look_hidden_suites exhaust_six_gib source_null_bytes text_with_markup skeleton
""".split()
)
"""One or two of each kind, without those that wait for a limit of time."""
LIMITS = TimeLimits(call_cpu=1.5, call_wall=4.0, submission=40.0)


class Judge:
    """A warm grader, and what each twin earned: in all tests of the parts that a case breaks, and
    some of each other part."""

    def __init__(self, grader: Grader) -> None:
        self.grader = grader
        self.due = cache(self._due)

    def tests(self, broken: tuple[str, ...]) -> list[str]:
        """The tests that a case is judged by."""
        about = {name.partition(".")[0] for name in broken} or {"diagnostics"}
        seen = Counter[str]()
        chosen = []
        for test in self.grader.suite.tests:
            seen[test.part] += 1
            if test.part in about or seen[test.part] <= SAMPLE:
                chosen.append(test.id)
        return chosen

    def _due(self, broken: tuple[str, ...]) -> tuple[set[str], set[str]]:
        """The tests that a case must pass, as its twin does, and those that it may pass besides: of
        hygiene, as what it broke may only give wrong values, and of functions that use it."""
        outcomes, _ = outcomes_of(twin(broken), self.grader, self.tests(broken))
        parts = {name.partition(".")[0] for name in broken if "." in name}
        must = {outcome.test.id for outcome in outcomes if outcome.passed}
        may = {
            outcome.test.id
            for outcome in outcomes
            if outcome.test.is_hygiene
            or (outcome.test.part in parts and not set(broken).intersection(_about(outcome)))
        }
        return must, may


def _about(outcome: Outcome) -> list[str]:
    """The function that the test is about, or all that it calls."""
    return [outcome.function] if outcome.function else outcome.called


@pytest.fixture(scope="module")
def judge(kit):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET", SECRET)
        with Grader(kit, Settings(limits=LIMITS)) as grader:
            yield Judge(grader)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=() if case.name in QUICK else pytest.mark.slow)
        for case in GRADED
    ],
)
def test_gets_what_it_must(case, judge, tmp_path):
    assignment = judge.grader.assignment
    given = hand_in(case.write(tmp_path))
    submission = read_hand_in(given, assignment.package, assignment.modules)
    outcomes, events = outcomes_of(submission.files, judge.grader, judge.tests(case.broken))
    tests = [outcome.test for outcome in outcomes]
    result = graded(submission, tests, outcomes, events, judge.grader.record)

    must, may = judge.due(case.broken)
    passed = {test.id for test in result.tests if test.earned}
    assert must <= passed <= must | may
    assert "grader" not in {test.kind for test in result.tests}
    said = [test.reason for test in result.tests] + [*result.notes]
    assert any(re.search(case.says, text) for text in said), said
    if case.event:
        assert result.events[case.event]
    _is_presentable(result)


def test_who_refuses_everything_earns_nothing(judge):
    outcomes, _ = outcomes_of(everywhere("raise ValueError"), judge.grader)
    assert [outcome.test.id for outcome in outcomes if outcome.passed] == []


def _is_presentable(result: Result) -> None:
    """Short, harmless on a terminal, without secrets and paths; and it can be read back."""
    for test in result.tests:
        assert len(test.reason) <= 400
        assert test.reason == "" or test.reason.isprintable()
        assert not PATHS.search(test.reason), test.reason
    text = to_json(result)
    assert len(text) < 500_000
    assert SECRET not in text
    assert from_gradescope(json.loads(text)) == result
    assert to_gradescope(result)["score"] == sum(test.earned for test in result.tests)
