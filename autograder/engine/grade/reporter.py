"""Grading with all that is shown of it: the result, the student's page, the fingerprints.

The figures are drawn by the last part's process when the result is already made, so that nothing
that happens then changes a grade.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..assignment import Assignment, import_file
from ..report.lookalikes import Fingerprinter
from ..report.pages.figure import Draw, Figure, Section
from ..report.pages.student import student_page
from ..report.result import Result
from ..sandbox.worker import limits
from ..submission.read import Submission
from ..suite.calls import Package
from ..suite.program import Program
from ..suite.records import Records
from ..suite.session import Session
from .grader import Grader


@dataclass(frozen=True)
class Report:
    """What a grader's process sends back; prints: see `lookalikes`."""

    result: Result
    page: str
    prints: bytes


class Reporter:
    """Makes the reports of an assignment's submissions; what that takes is loaded on first use."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment

    def grade(self, grader: Grader, submission: Submission) -> Report:
        """Grades a submission and reports on it."""
        sections: list[Section] = []

        def draw(program: Program) -> None:
            sections.append(self.figures(program))

        are_drawn = self.assignment.figures and grader.settings.figures
        result = grader.grade_submission(submission, draw if are_drawn else None)
        return self.report(result, submission, *sections)

    def report(
        self, result: Result, submission: Submission, section: Section | None = None
    ) -> Report:
        """The report on a result that there is already."""
        prints = self.fingerprinter.fingerprint(submission.files)
        return Report(result, self._page(result, section), prints)

    def _page(self, result: Result, section: Section | None) -> str:
        """The student's page; without figures, or empty, where it fails: grades come first."""
        for shown in (section, None):
            with contextlib.suppress(Exception):
                return student_page(result, shown, self.assignment)
        return ""

    def figures(self, program: Program) -> Section:
        """The assignment's figures of this work; a sentence in place of one that fails."""
        try:
            section, drawing = self._drawing
        except Exception as problem:  # a package that can't be imported costs no grade
            return Section("Figures", [_not_drawn("All of them", problem.__cause__ or problem)])
        program.limit(limits.FIGURES)
        program.reading_left = limits.READING
        figures = [
            self._figure(f"Figure {number}", draw, program)
            for number, draw in enumerate(drawing, 1)
        ]
        return replace(section, figures=figures)

    def _figure(self, title: str, draw: Draw, program: Program) -> Figure:
        def ask(session: Session) -> Figure:
            return draw(Package(session), self.assignment.reference())

        try:
            return self._records.run(title, ask, program)()[0]
        except Exception as problem:
            return _not_drawn(title, problem)

    @cached_property
    def _records(self) -> Records[Figure]:
        return Records(self.assignment)

    @cached_property
    def fingerprinter(self) -> Fingerprinter:
        """Makes the fingerprints of this assignment's submissions."""
        return Fingerprinter(self.assignment.handed_out, self.assignment.solution_files)

    @cached_property
    def _drawing(self) -> tuple[Section, Sequence[Draw]]:
        """What the assignment's figures are, and what draws them: imported like any package."""
        folder = self.assignment.figures
        assert folder is not None
        made = import_file(f"_figures_{self.assignment.package}", folder / "__init__.py")
        return made.SECTION, made.FIGURES


def _not_drawn(title: str, problem: BaseException) -> Figure:
    return Figure(title, "", missing=f"could not be drawn ({type(problem).__name__})")
