"""The student's page: the score, what to do next, every test with its reason, and their figures."""

from dataclasses import dataclass

from ...assignment import Assignment
from ..result import Result, TestResult, by_part
from . import drawing
from .figure import Section
from .render import render

UNWRITTEN = ("missing", "todo")
ADVICE = {
    "import": "This file can't be imported, so none of its tests can pass. Repair it first.",
    "crash": "This ends the whole Python process. Repair it first.",
    "timeout": "This doesn't come to an end in time. Look for a loop that can't stop.",
    "missing": "This is not in what you handed in.",
    "todo": "This is where your work goes on.",
}


@dataclass(frozen=True)
class Group:
    """The tests of one function, or what a part's tests have in common; function: "" where they are
    about several, or about a net."""

    function: str
    tests: list[TestResult]

    @property
    def failed(self) -> list[TestResult]:
        return [test for test in self.tests if test.kind != "passed"]

    @property
    def waits_for(self) -> str:
        """The reason that all of them fail for, where nothing could be judged; else ""."""
        reasons = {(test.kind, test.reason) for test in self.tests}
        kind, reason = next(iter(reasons))
        return reason if len(reasons) == 1 and kind in ADVICE else ""


@dataclass(frozen=True)
class Part:
    """One part's tests, also by function; those of several functions are the last."""

    name: str
    tests: list[TestResult]
    groups: list[Group]

    @property
    def repeated(self) -> dict[str, str]:
        """The failed tests whose hint stands above already, by their ids, with that test's."""
        first: dict[str, str] = {}
        hinted = [test for group in self.groups for test in group.failed if test.hint]
        where = {t.id: first.setdefault(t.mistake or t.hint, t.id) for t in hinted}
        return {this: other for this, other in where.items() if this != other}


@dataclass(frozen=True)
class Step:
    """What to do first: the tests that fail for it, the one to look at, and the function that it is
    about or ""."""

    tests: list[TestResult]
    test: TestResult
    function: str
    advice: str


def student_page(result: Result, section: Section | None, assignment: Assignment) -> str:
    """The text of OUT/feedback/NAME.html, one file that needs no other."""
    return render(
        "student.html",
        title=assignment.title,
        package=assignment.package,
        result=result,
        parts=[Part(name, found, _groups(found)) for name, found in by_part(result.tests).items()],
        step=next_step(result),
        section=section,
        drawing=drawing,
    )


def next_step(result: Result) -> Step | None:
    """What to do first: what keeps a file from being imported, then the function that costs most,
    with the tests of several functions that fail for the same mistake. Of the functions that are
    not written yet only the first counts. None where all passed, or nothing could be graded."""
    failed = [test for test in result.tests if test.kind != "passed"]
    if not failed or result.problem:
        return None
    owner = {test.mistake: test.function for test in failed if test.mistake and test.function}
    causes: dict[str, list[TestResult]] = {}
    for test in failed:
        cause = test.reason if test.kind == "import" else test.function or owner.get(test.mistake)
        causes.setdefault(cause or test.id, []).append(test)
    unwritten = [tests for tests in causes.values() if tests[0].kind in UNWRITTEN]
    candidates = [tests for tests in causes.values() if tests not in unwritten[1:]]
    tests = max(
        candidates, key=lambda tests: (tests[0].kind == "import", sum(t.points for t in tests))
    )
    first = next((test for test in tests if test.function), tests[0])
    function = "" if first.kind == "import" else first.function
    advice = first.hint or ADVICE.get(first.kind, "")
    return Step(tests, first, function, advice)


def _groups(tests: list[TestResult]) -> list[Group]:
    """The tests of each function; what waits for one import stands together."""
    by_key: dict[tuple[str, str], list[TestResult]] = {}
    for test in tests:
        key = (test.reason, "") if test.kind == "import" else ("", test.function)
        by_key.setdefault(key, []).append(test)
    groups = [Group(function, found) for (_, function), found in by_key.items()]
    return sorted(groups, key=lambda group: not group.function)
