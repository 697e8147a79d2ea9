"""Grading one submission: read it, put a worker around it, run the suites, make the result."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .. import __version__
from .assignment import Assignment
from .processes import Events, Processes, TimeLimits
from .result import Result, graded, ungraded
from .sandbox import LIMITS, Sandbox
from .student import Student
from .submission import Submission, read_submission
from .suite import Suite


@dataclass(frozen=True)
class Settings:
    """What decides a grade, beside the submission and the kit itself."""

    seed: int = 0
    limits: TimeLimits = field(default_factory=TimeLimits)
    require: tuple[str, ...] = ()


class Grader:
    """Grades one submission after another, with one suite and one sandbox for all of them."""

    def __init__(self, assignment: Assignment, settings: Settings) -> None:
        self.assignment = assignment
        self.settings = settings
        self.suite = Suite(assignment)
        self.sandbox = Sandbox(assignment.folder, settings.require)
        self.record = self._record()

    def grade(self, path: Path) -> Result:
        """The result of the submission at a path, whatever is there."""
        modules = self.assignment.modules
        return self.grade_submission(read_submission(path, self.assignment.package, modules))

    def grade_submission(
        self, submission: Submission, afterwards: Callable[[Student], None] | None = None
    ) -> Result:
        """The result of a submission that was read. `afterwards` gets the student's package when
        the result is made, and can't change it any more."""
        if submission.problem:
            return ungraded(submission, self.suite.tests, submission.problem, self.record)
        student = self.student(submission.files)
        try:
            outcomes = self.suite.run(student, self.settings.seed)
            result = graded(submission, self.suite.tests, outcomes, student.events, self.record)
            if afterwards is not None:
                afterwards(student)
            return result
        finally:
            student.close()

    def run(self, files: dict[str, bytes], tests: list[str] | None = None) -> tuple[list, Events]:
        """The outcomes of the tests, and what happened, for a package's files."""
        student = self.student(files)
        try:
            return self.suite.run(student, self.settings.seed, tests), student.events
        finally:
            student.close()

    def student(self, files: dict[str, bytes]) -> Student:
        """A package in workers of its own, with the kit's copies of the given modules."""
        given = {**files, **self.assignment.given_files}
        package, limits = self.assignment.package, self.settings.limits
        processes = Processes(self.sandbox, package, given, limits)
        untouched = [
            module
            for module in self.assignment.modules
            if (path := f"{package}/{module}.py") in self.assignment.handed_out
            and given.get(path) == self.assignment.handed_out[path]
        ]
        return Student(processes, self.assignment.opaque, untouched)

    def close(self) -> None:
        self.sandbox.close()
        self.suite.close()

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _record(self) -> dict[str, Any]:
        return {
            "kit": __version__,
            "digest": self.assignment.digest,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pytest": pytest.__version__,
            "platform": f"{platform.system()} {platform.machine()}",
            "seed": self.settings.seed,
            "limits": {**asdict(self.settings.limits), **LIMITS},
            "layers": list(self.sandbox.layers),
        }
