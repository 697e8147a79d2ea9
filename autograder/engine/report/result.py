"""The result of a submission, and its form for Gradescope: points, reasons, and a record.

Nothing in it depends on the clock or the machine's speed, so that grading again with the same seed
gives the same bytes.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..submission.read import MAX_NAME, Submission
from ..suite.hidden_test import EXPLAINED, Explanation, HiddenTest, Outcome
from ..suite.program import Events
from ..text import presentable, printable, visible

MAX_REASON = 400
NOT_RUN = "this test did not run"


@dataclass(frozen=True)
class TestResult:
    """One test of one submission, as plain data; what explains a failure is "" when passed.

    function: the one that the test is about, or "".
    """

    id: str
    part: str
    title: str
    points: float
    earned: float
    kind: str
    reason: str = ""
    hint: str = ""
    mistake: str = ""
    example: str = ""
    function: str = ""


@dataclass(frozen=True)
class Result:
    """What a submission earned, and the record from which that can be derived again.

    name: as given, with ".zip"; problem: why nothing could be graded, or ""; grader: versions,
    digests, seed, limits and active layers of the run; events: what to look at; students, back: as
    in `HandIn`.
    """

    name: str
    sha256: str
    tests: tuple[TestResult, ...]
    problem: str
    notes: tuple[str, ...]
    events: dict[str, list[str]]
    grader: dict[str, Any]
    students: tuple[Mapping[str, str], ...] = ()
    back: str = ""

    @property
    def points(self) -> float:
        return total(test.points for test in self.tests)

    @property
    def earned(self) -> float:
        return total(test.earned for test in self.tests)

    def part_earned(self, part: str) -> float:
        return total(test.earned for test in self.tests if test.part == part)


def by_part(tests: Iterable[TestResult]) -> dict[str, list[TestResult]]:
    """The tests of each part."""
    parts: dict[str, list[TestResult]] = {}
    for test in tests:
        parts.setdefault(test.part, []).append(test)
    return parts


def total(points: Iterable[float]) -> float:
    """The sum of points, which are decimals: three times 1.2 is 3.6."""
    return round(math.fsum(points), 4)


def graded(
    submission: Submission,
    tests: Sequence[HiddenTest],
    outcomes: Sequence[Outcome],
    events: Events,
    grader: dict[str, Any],
) -> Result:
    """The result from the outcomes, of which a submission that can't be run has none. The tests
    decide what there is to earn: one without an outcome counts as failed, whatever the run
    reported."""
    by_id = {outcome.test.id: outcome for outcome in outcomes}
    lost = ("missing", submission.problem) if submission.problem else ("grader", NOT_RUN)
    return Result(
        name=visible(submission.name, MAX_NAME),
        sha256=submission.sha256,
        tests=tuple(_test_result(by_id.get(test.id) or Outcome(test, *lost)) for test in tests),
        problem=printable(submission.problem, MAX_REASON),
        notes=tuple(printable(note, 200) for note in submission.notes),
        events={
            kind: [printable(event, 100) for event in list(happened)[:50]]
            for kind, happened in vars(events).items()
        },
        grader=grader,
        students=submission.students,
        back=submission.back,
    )


def _test_result(outcome: Outcome) -> TestResult:
    test, told = outcome.test, Explanation("")
    if outcome.kind in EXPLAINED:
        hint = outcome.hint or (test.hint if outcome.kind == "wrong" else "")
        told = outcome.explanation or Explanation(hint)
    return TestResult(
        test.id,
        test.part,
        test.title,
        test.points,
        test.points if outcome.passed else 0.0,
        outcome.kind,
        presentable(outcome.reason, MAX_REASON),
        told.hint,
        told.mistake,
        told.example,
        outcome.function,
    )


def to_gradescope(result: Result, visibility: str = "visible") -> dict[str, Any]:
    """The result in the results.json format of Gradescope's autograder documentation."""
    record = vars(result).copy()
    del record["tests"]
    return {
        "score": result.earned,
        "output": _summary(result),
        "output_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "tests": [_gradescope_test(*each) for each in enumerate(result.tests, 1)],
        "extra_data": {"file": record.pop("name"), **record},
    }


def _summary(result: Result) -> str:
    if result.problem:
        return f"Nothing could be graded: {result.problem}."
    passed = sum(test.kind == "passed" for test in result.tests)
    return f"{passed} of {len(result.tests)} tests passed."


def _gradescope_test(number: int, test: TestResult) -> dict[str, Any]:
    reason = test.reason if test.reason[-1:] in ".?!…" else f"{test.reason}."
    hint = test.hint and f"Hint: {test.hint}"
    fields = vars(test).copy()
    return {
        "number": f"{number}",
        "name": f"{test.part}: {test.title}",
        "score": fields.pop("earned"),
        "max_score": fields.pop("points"),
        "status": "passed" if test.kind == "passed" else "failed",
        "output": "\n".join(filter(None, (reason, hint, test.example))),
        "output_format": "text",
        "extra_data": fields,
    }


def from_gradescope(content: dict[str, Any]) -> Result:
    """The result that `to_gradescope` wrote. Raises `KeyError` or `TypeError` for other content."""
    record = dict(content["extra_data"])
    tests = tuple(
        TestResult(points=test["max_score"], earned=test["score"], **test["extra_data"])
        for test in content["tests"]
    )
    for name in ("notes", "students"):
        record[name] = tuple(record[name])
    return Result(name=record.pop("file"), tests=tests, **record)


def to_json(result: Result, visibility: str = "visible") -> str:
    """The text of results/NAME.json, or of Gradescope's results.json."""
    return json.dumps(to_gradescope(result, visibility), indent=1) + "\n"
