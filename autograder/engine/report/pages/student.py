"""The student's page: the score, what to do next, every test with its reason, and their figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from ...assignment import Assignment
from ..result import Result, TestResult
from . import drawing
from .figure import Figure, Section
from .render import render

URGENCY = ("import", "crash", "timeout", "unusable", "grader", "wrong", "raised", "missing", "todo")
WAITING = ("import", "missing", "todo", "crash", "timeout")
ADVICE = {
    "import": "This file can't be imported, so that none of its tests can pass. Repair it first.",
    "crash": "This ends the whole Python process. Repair it first.",
    "timeout": "This doesn't come to an end in time. Look for a loop that can't stop.",
    "missing": "This is not in what you handed in.",
    "todo": "This is where your work goes on.",
}


@dataclass(frozen=True)
class Group:
    """Failed tests with one and the same reason, often a single one."""

    tests: tuple[TestResult, ...]

    @property
    def first(self) -> TestResult:
        return self.tests[0]

    @property
    def points(self) -> float:
        return sum(test.points for test in self.tests)


@dataclass(frozen=True)
class Part:
    """One part's tests, and what they earned."""

    name: str
    earned: float
    points: float
    tests: tuple[TestResult, ...]

    @property
    def share(self) -> float:
        return self.earned / self.points if self.points else 0.0

    @property
    def passed(self) -> list[TestResult]:
        return [test for test in self.tests if test.kind == "passed"]

    @property
    def failed(self) -> list[Group]:
        """The failed tests; those that wait for the same thing stand together."""
        groups: dict[tuple[str, ...], list[TestResult]] = {}
        for test in self.tests:
            if test.kind in WAITING:
                groups.setdefault((test.kind, test.reason), []).append(test)
            elif test.kind != "passed":
                groups[test.kind, test.reason, test.id] = [test]
        return [Group(tuple(tests)) for tests in groups.values()]


@dataclass(frozen=True)
class Step:
    """The test to look at first; `points` is what its failure, or its cause, costs."""

    test: TestResult
    points: float
    advice: str


@dataclass(frozen=True)
class DrawnFigure:
    """A figure with its chart and histograms as geometry."""

    figure: Figure
    chart: drawing.DrawnChart | None
    histograms: drawing.DrawnHistograms | None


def student_page(result: Result, section: Section | None, assignment: Assignment) -> str:
    """The text of OUT/feedback/NAME.html, one file that needs no other."""
    return render(
        "student.html",
        title=assignment.title,
        package=assignment.package,
        result=result,
        parts=_parts(result),
        line=_line,
        step=next_step(result),
        question=section.question if section else "",
        figures=_figures(section) if section and section.figures else "",
    )


# Most of a class has most of these in common.


@lru_cache(maxsize=4096)
def _line(test: TestResult) -> Markup:
    """A test and what came of it."""
    return Markup(render("test.html", test=test))


@lru_cache(maxsize=1024)
def _figure(figure: Figure, number: int) -> Markup:
    """A figure that is drawn."""
    return Markup(render("figure.html", drawn=_drawn(figure), number=number))


def _figures(section: Section) -> Markup:
    """The section with all figures."""
    drawn = [figure for figure in section.figures if not figure.missing]
    gaps = [figure for figure in section.figures if figure.missing]
    figures = [_figure(figure, number) for number, figure in enumerate(drawn, 1)]
    return Markup(render("section.html", section=section, figures=figures, gaps=gaps))


def next_step(result: Result) -> Step | None:
    """What to do first: what keeps most else from working, then a mistake that has a name, then the
    first wrong answer, then the first gap. None where all passed, or nothing could be graded."""
    failed = [test for test in result.tests if test.kind != "passed"]
    if not failed or result.problem:
        return None

    def urgency(test: TestResult) -> tuple[int, bool]:
        kind = test.kind if test.kind in URGENCY else "wrong"
        return URGENCY.index(kind.replace("raised", "wrong")), not test.mistake

    first = min(failed, key=urgency)
    alike = [test for test in failed if _cause(test) == _cause(first)]
    advice = first.hint or ADVICE.get(first.kind, "")
    return Step(first, sum(test.points for test in alike), advice)


def _cause(test: TestResult) -> tuple[str, ...]:
    return (test.mistake,) if test.mistake else (test.kind, test.reason)


def _parts(result: Result) -> list[Part]:
    names = list(dict.fromkeys(test.part for test in result.tests))
    return [
        Part(
            name,
            result.part_earned(name),
            result.part_points(name),
            tuple(test for test in result.tests if test.part == name),
        )
        for name in names
    ]


def _drawn(figure: Figure) -> DrawnFigure:
    return DrawnFigure(
        figure,
        None if figure.chart is None else drawing.draw_chart(figure.chart),
        None if figure.histograms is None else drawing.draw_histograms(figure.histograms),
    )
