"""Grading with all that is shown of it: the result, the student's page, the fingerprints.

The figures are drawn by the submission's own worker when the result is already made, so that
nothing that happens then changes a grade.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from .assignment import Assignment
from .grading import Grader
from .lookalikes import Fingerprinter
from .pages.figure import Draw, Figure, Section
from .pages.student import student_page
from .repertoire import Piece, Repertoire
from .result import Result
from .student import Student
from .submission import Submission

FIGURE_SECONDS = 10.0


@dataclass(frozen=True)
class Report:
    """What a grader's process sends back; prints: see `lookalikes`; seconds: of each test."""

    result: Result
    page: str
    prints: bytes
    seconds: dict[str, float] = field(default_factory=dict)


class Reporter:
    """Makes the reports of an assignment's submissions; what that takes is loaded on first use."""

    def __init__(self, assignment: Assignment, with_figures: bool = True) -> None:
        self.assignment = assignment
        self.with_figures = with_figures and assignment.figures is not None

    def grade(self, grader: Grader, submission: Submission) -> Report:
        """Grades a submission and reports on it."""
        drawn: list[Section] = []

        def draw(student: Student) -> None:
            drawn.append(self.figures(student))

        result = grader.grade_submission(submission, draw if self.with_figures else None)
        seconds = {} if submission.problem else grader.suite.seconds
        section = drawn[0] if drawn else None
        return replace(self.report(result, submission, section), seconds=seconds)

    def report(
        self, result: Result, submission: Submission, section: Section | None = None
    ) -> Report:
        """The report on a result that there is already."""
        return Report(result, self._page(result, section), self.prints(submission))

    def _page(self, result: Result, section: Section | None) -> str:
        """The student's page; without figures, or empty, where it fails: grades come first."""
        for shown in (section, None):
            with contextlib.suppress(Exception):
                return student_page(result, shown, self.assignment)
        return ""

    def figures(self, student: Student) -> Section:
        """The assignment's figures of this student's work; a failure of theirs is said in words."""
        student.processes.hurry(FIGURE_SECONDS)
        try:
            section, drawing = self._drawing
        except Exception as problem:  # a package that can't be imported costs no grade
            return Section("Figures", [_not_drawn("All of them", problem)])
        figures = [self._figure(number, draw, student) for number, draw in enumerate(drawing, 1)]
        return replace(section, figures=figures)

    def _figure(self, number: int, draw: Draw, student: Student) -> Figure:
        title = f"Figure {number}"
        reference = self.assignment.reference()
        try:
            piece = Piece(
                title,
                lambda answering: draw(answering, reference),
                lambda _, figure: figure,
                rounding=True,  # which no figure shows
            )
            return self._repertoire.perform(piece, student)
        except Exception as problem:
            return _not_drawn(title, problem)

    def prints(self, submission: Submission) -> bytes:
        """The submission's fingerprints; none where they can't be made."""
        try:
            return self._fingerprinter.fingerprint(submission.files)
        except (ValueError, RecursionError, MemoryError):
            return b""

    @cached_property
    def _repertoire(self) -> Repertoire:
        return Repertoire(self.assignment.reference(), self.assignment.opaque)

    @cached_property
    def _fingerprinter(self) -> Fingerprinter:
        assignment = self.assignment
        return Fingerprinter(assignment.handed_out.values(), assignment.solution_files.values())

    @cached_property
    def _drawing(self) -> tuple[Section, Sequence[Draw]]:
        """What the assignment's figures are, and what draws them: imported like any package."""
        folder = self.assignment.figures
        assert folder is not None
        name = f"_figures_{self.assignment.package}"
        if name not in sys.modules:
            spec = importlib.util.spec_from_file_location(
                name, folder / "__init__.py", submodule_search_locations=[str(folder)]
            )
            assert spec is not None and spec.loader is not None
            sys.modules[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(sys.modules[name])
        return sys.modules[name].SECTION, sys.modules[name].FIGURES


def _not_drawn(title: str, problem: Exception) -> Figure:
    return Figure(title, "", missing=f"could not be drawn ({type(problem).__name__})")
