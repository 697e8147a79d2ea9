"""Grading one submission: read it, put a worker around it, run the suites, make the result."""

import contextlib
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ... import __version__
from ..assignment import Assignment
from ..explain.diagnosis import Diagnosis
from ..explain.example import Examples
from ..mistakes import Mistake, stated_mistakes
from ..report.result import Result, graded
from ..sandbox.sandbox import Sandbox
from ..sandbox.worker import limits
from ..submission.read import HandIn, Submission, hand_in, read_hand_in
from ..suite.hidden_test import Outcome
from ..suite.program import Events, Program, TimeLimits
from ..suite.suite import Suite


@dataclass(frozen=True)
class Settings:
    """What decides a grade, beside the submission and the kit itself. What decides none: figures,
    whether pages have some; alone: whether there is one submission, for which records of what the
    reference answers would cost more than they save."""

    seed: int = 0
    limits: TimeLimits = field(default_factory=TimeLimits)
    require: tuple[str, ...] = ()
    figures: bool = True
    alone: bool = False


def read(given: HandIn, assignment: Assignment) -> Submission:
    """Reads a hand-in to an assignment."""
    handed_out = assignment.handed_out.values()
    return read_hand_in(given, assignment.package, assignment.modules, handed_out)


class Grader(contextlib.AbstractContextManager["Grader"]):
    """Grades one submission after another, with one suite and one sandbox for all of them.

    Each is made when it is first needed: processes that are forked after the suite share it.
    """

    def __init__(self, assignment: Assignment, settings: Settings) -> None:
        self.assignment = assignment
        self.settings = settings

    @cached_property
    def suite(self) -> Suite:
        """The hidden tests. Raises `KitError`."""
        return Suite(self.assignment, not self.settings.alone)

    @cached_property
    def mistakes(self) -> Sequence[Mistake]:
        """What it knows by name; one that does not fit the solution explains nothing."""
        return stated_mistakes(self.assignment)

    @cached_property
    def _diagnosis(self) -> Diagnosis:
        return Diagnosis(self.suite.reference, self.mistakes)

    @cached_property
    def _examples(self) -> Examples:
        return Examples(self.assignment, self.suite.reference, self.mistakes)

    @cached_property
    def sandbox(self) -> Sandbox:
        """Makes the processes for students' code. Raises `SandboxError`."""
        return Sandbox(self.assignment.folder, self.settings.require)

    @cached_property
    def record(self) -> dict[str, Any]:
        """What a result tells of how it was made."""
        return {
            "kit": __version__,
            "digest": self.assignment.digest,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pytest": pytest.__version__,
            "platform": f"{platform.system()} {platform.machine()}",
            "seed": self.settings.seed,
            "limits": {**asdict(self.settings.limits), **limits.PROCESS},
            "layers": list(self.sandbox.layers),
        }

    def grade(self, path: Path) -> Result:
        """The result of the submission at a path, whatever is there."""
        return self.grade_submission(read(hand_in(path), self.assignment))

    def grade_submission(
        self, submission: Submission, afterwards: Callable[[Program], None] | None = None
    ) -> Result:
        """The result of a submission that was read. `afterwards` gets the program when the result
        is made, and can't change it any more."""
        if submission.problem:
            return graded(submission, self.suite.tests, [], Events(), self.record)
        program = self.program(submission.files)
        try:
            outcomes = self._examples.beside(self._outcomes(program))
            result = graded(submission, self.suite.tests, outcomes, program.events, self.record)
            if afterwards is not None:
                afterwards(program)
            return result
        finally:
            program.end()

    def run(
        self, files: dict[str, bytes], tests: Sequence[str] | None = None
    ) -> tuple[list[Outcome], Events]:
        """The outcomes of the tests, and what happened, for a package's files."""
        program = self.program(files)
        try:
            return self._outcomes(program, tests), program.events
        finally:
            program.end()

    def _outcomes(self, program: Program, tests: Sequence[str] | None = None) -> list[Outcome]:
        outcomes = self.suite.run(program, self.settings.seed, tests)
        diagnosis = self._diagnosis
        # A hint is a courtesy: replies that the diagnosis trips over cost the hints alone.
        with contextlib.suppress(Exception):
            return diagnosis.explained(outcomes)
        return outcomes

    def program(self, files: dict[str, bytes]) -> Program:
        """A package as a program, with the kit's copies of the given modules, and without folders
        of their names: Python would import such a folder in a module's place."""
        kits = {*self.assignment.given, *self.assignment.supplied_modules}
        own = {path: text for path, text in files.items() if kits.isdisjoint(path.split("/")[1:2])}
        every = {**own, **self.assignment.given_files}
        return Program(self.sandbox, self.assignment, every, self.settings.limits)

    def get_ready(self) -> None:
        """Makes all that it needs but the sandbox."""
        assert self._diagnosis and self._examples
        self.suite.make_records(self.settings.seed)

    def close(self) -> None:
        for name in {"sandbox", "suite"} & vars(self).keys():
            getattr(self, name).close()

    def __exit__(self, *_: object) -> None:
        self.close()
