"""Every adversarial submission gets what it must: no forged point, no honest point lost."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grading import Grader, Settings
from autograder.engine.report.result import (
    Result,
    from_gradescope,
    graded,
    to_gradescope,
    to_json,
    ungraded,
)
from autograder.engine.submission.read import read_submission
from autograder.engine.suite.hidden_test import HiddenTest, Outcome
from autograder.engine.suite.program import Events, TimeLimits
from tests.attacks import CASES, CLASSES, Case
from tests.attacks.case import MODULES
from tests.kit import ROOT

SECRET = "s3cret-of-the-grader"
PATHS = re.compile(r"/(?:work|root|usr|tmp|home|autograder)/\w|" + re.escape(str(ROOT)))
SAMPLE = 2
QUICK = set(
    """
    patched_numpy_testing channel_flood returns_always_equal zeroes_its_argument call_os_exit_zero
    call_segfault look_hidden_suites exhaust_six_gib encrypted source_null_bytes slip skeleton
""".split()
)
"""One or two of each class, without those that wait for a limit of time."""
LIMITS = TimeLimits(call_cpu=1.5, call_wall=4.0, submission=40.0)
NOTHING_TO_LOSE = replace(LIMITS, submission=15.0)  # where no module is left that may earn a point


class Judge:
    """A warm grader, and what each twin earned.

    It runs the hidden tests of the parts that a case breaks, and some of each other part: all of
    them where the environment has ALL_HIDDEN_TESTS.
    """

    def __init__(self, grader: Grader) -> None:
        self.grader = grader
        self._due: dict[tuple[str, ...], tuple[set[str], set[str]]] = {}

    def tests(self, case: Case) -> list[HiddenTest]:
        about = {name.partition(".")[0] for name in case.broken} or {"diagnostics"}
        chosen, seen = [], Counter[str]()
        for test in self.grader.suite.tests:
            seen[test.part] += 1
            if test.part in about or seen[test.part] <= SAMPLE or "ALL_HIDDEN_TESTS" in os.environ:
                chosen.append(test)
        return chosen

    def grade(self, case: Case, path: Path) -> Result:
        assignment = self.grader.assignment
        submission = read_submission(path, assignment.package, assignment.modules)
        tests = self.tests(case)
        if submission.problem:
            return ungraded(submission, tests, submission.problem, self.grader.record)
        outcomes, events = self.run(case, submission.files)
        return graded(submission, tests, outcomes, events, self.grader.record)

    def run(self, case: Case, files: dict[str, bytes]) -> tuple[list[Outcome], Events]:
        self.grader.settings = Settings(limits=_limits(case))
        tests = [test.id for test in self.tests(case)]
        if case.name in QUICK:
            return self.grader.run(files, tests)
        program = self.grader.program(files)  # of the others no mistakes are named, to save time
        try:
            return self.grader.suite.run(program, 0, tests), program.events
        finally:
            program.end()

    def due(self, case: Case) -> tuple[set[str], set[str]]:
        """The tests that it passes as what it broke had only raised, and those that it may pass
        besides: of hygiene, as what it broke may only give wrong values, and of functions that
        use it."""
        tests = self.tests(case)
        if not case.broken:
            return {test.id for test in tests}, set()
        if case.broken not in self._due:
            outcomes, _ = self.run(case, case.twin)
            parts = {name.partition(".")[0] for name in case.broken}
            self._due[case.broken] = (
                {outcome.test.id for outcome in outcomes if outcome.passed},
                {
                    outcome.test.id
                    for outcome in outcomes
                    if outcome.test.is_hygiene
                    or (
                        outcome.test.part in parts - set(case.broken)
                        and not set(outcome.called) & set(case.broken)
                    )
                },
            )
        return self._due[case.broken]


def _limits(case: Case) -> TimeLimits:
    return NOTHING_TO_LOSE if set(MODULES) <= set(case.broken) else LIMITS


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET", SECRET)
        with Grader(Assignment.load(ROOT / "autograder"), Settings(limits=LIMITS)) as grader:
            yield Judge(grader)


def all_but_a_few_slow() -> Iterator[ParameterSet]:
    for case in CASES:
        marks = () if case.name in QUICK else pytest.mark.slow
        yield pytest.param(case, marks=marks, id=re.sub(r"[^\w]", "_", case.name)[:60])


def test_there_are_many_cases_of_each_class() -> None:
    assert len(CASES) >= 120
    assert min(map(len, CLASSES.values())) >= 20
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", list(all_but_a_few_slow()))
def test_gets_what_it_must(case: Case, judge: Judge, tmp_path: Path) -> None:
    submission = case.write(tmp_path)
    result = judge.grade(case, submission)

    passed = {test.id for test in result.tests if test.earned}
    due, besides = judge.due(case)
    assert passed <= due | besides
    assert case.late or due <= passed
    assert "grader" not in {test.kind for test in result.tests}
    said = [test.reason for test in result.tests] + [result.problem, *result.notes]
    assert any(re.search(case.says, text) for text in said), said
    if case.event:
        assert result.events[case.event]
    _is_presentable(result)


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
