"""Every adversarial submission gets what it must: no forged point, no honest point lost."""

from __future__ import annotations

import functools
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grading import Grader, Settings
from autograder.engine.result import Result, from_gradescope, to_gradescope, to_json
from autograder.engine.student import TimeLimits
from tests.adversarial import CASES, CLASSES, Case

ROOT = Path(__file__).parent.parent
SECRET = "s3cret-of-the-grader"
PATHS = re.compile(r"/(?:work|root|usr|tmp|home|autograder)\b|" + re.escape(str(ROOT)))
LIMITS = TimeLimits(call_cpu=1.0, call_wall=2.0, submission=40.0)


class Judge:
    """A warm grader, and what each twin earned."""

    def __init__(self, grader: Grader) -> None:
        self.grader = grader
        self.points = Counter[str]()
        for test in grader.suite.tests:
            self.points[test.part] += test.points

    def earned(self, result: Result) -> dict[str, float]:
        return {part: result.part_earned(part) for part in self.points}

    def due(self, case: Case) -> dict[str, float]:
        return dict(self._due(tuple(sorted(case.broken)), case))

    @functools.cache  # noqa: B019 - one judge lives as long as the tests
    def _due(self, broken: tuple[str, ...], case: Case) -> tuple[tuple[str, float], ...]:
        if not broken:
            return tuple(self.points.items())
        outcomes, _ = self.grader.run(case.twin)
        earned = dict.fromkeys(self.points, 0.0)
        for outcome in outcomes:
            earned[outcome.test.part] += outcome.test.points if outcome.passed else 0.0
        return tuple(earned.items())


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET", SECRET)
        with Grader(Assignment.load(ROOT / "autograder"), Settings(limits=LIMITS)) as grader:
            yield Judge(grader)


def test_there_are_many_cases_of_each_class() -> None:
    assert len(CASES) >= 120
    assert min(map(len, CLASSES.values())) >= 20
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"[^\w]", "_", case.name)[:60])
def test_gets_what_it_must(case: Case, judge: Judge, tmp_path: Path) -> None:
    submission = case.write(tmp_path)
    started = time.monotonic()
    result = judge.grader.grade(submission)
    assert time.monotonic() - started < LIMITS.submission + 10

    assert judge.earned(result) == judge.due(case)
    assert len(result.tests) == len(judge.grader.suite.tests)
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
