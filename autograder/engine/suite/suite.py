"""The hidden suites of an assignment, run for one submission after another."""

from __future__ import annotations

import time
import traceback
import zlib
from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pytest

from ..assignment import Assignment
from ..sandbox.worker import limits
from .answers import StudentFault
from .calls import Package
from .check import Wrong
from .collection import Collection, Fixtures, SuiteError
from .hidden_test import HiddenTest, Outcome, hidden_test
from .program import Program
from .records import Records, run_alone
from .session import Batch, Reading, Session

Problem = BaseException | None


class Suite:
    """The collected tests, ready to be run. Raises `SuiteError`."""

    def __init__(self, assignment: Assignment) -> None:
        self.reference = assignment.reference()
        self._assignment = assignment
        self._collection = Collection(
            [assignment.suites / f"test_{p}.py" for p in assignment.parts]
        )
        try:
            self._tests = {item: hidden_test(item) for item in self._collection.items}
        except (ValueError, TypeError, AttributeError) as problem:
            self.close()
            raise SuiteError(f"{assignment.suites}: {problem}") from None
        self._runs = 0
        self._seed = 0
        self._records = self._new_records()
        self.seconds: dict[str, float] = {}
        """How long each test of the last submission took. No part of its result."""

    @property
    def tests(self) -> tuple[HiddenTest, ...]:
        """All tests, in the order of the parts and of their files."""
        return tuple(self._tests.values())

    def run(
        self,
        program: Program,
        seed: int,
        tests: Sequence[str] | None = None,
    ) -> list[Outcome]:
        """Every test's outcome for a submission, or those of the tests named."""
        if seed != self._seed:
            self._seed = seed
            self._records = self._new_records()
        self._runs += 1
        self.seconds = {}
        reading = Reading(limits.READING)
        chosen = [i for i, test in self._tests.items() if tests is None or test.id in tests]
        parts = [list(group) for _, group in groupby(chosen, lambda i: self._tests[i].part)]
        outcomes = []
        for number, items in enumerate(parts, 1):
            program.begin(len(parts) - number)
            outcomes += [self._timed(item, program, reading) for item in items]
        return outcomes

    def close(self) -> None:
        """Ends pytest."""
        self._collection.close()

    def _new_records(self) -> Records[Problem]:
        return Records(self._assignment)

    def _timed(self, item: pytest.Item, program: Program, reading: Reading) -> Outcome:
        started = time.perf_counter()
        outcome = self._run(item, program, reading)
        self.seconds[outcome.test.id] = time.perf_counter() - started
        return outcome

    def _run(self, item: pytest.Item, program: Program, reading: Reading) -> Outcome:
        def play(session: Session) -> Problem:
            return self._play(item, session)

        if self._runs == 1:  # perhaps there is no second one that would gain by a record
            problem, asked = run_alone(self._records, play, program, reading)
        else:
            problem, asked = self._records.run(item.nodeid, play, program, reading)
        return self._outcome(self._tests[item], problem, asked)

    def _play(self, item: pytest.Item, session: Session) -> Problem:
        """Runs the test; what it raised."""
        number = zlib.crc32(self._tests[item].id.encode())
        rng = np.random.default_rng([self._seed, number])
        return self._collection.run(item, Fixtures(Package(session), self.reference, rng))

    def _outcome(self, test: HiddenTest, problem: Problem, asked: Sequence[Batch]) -> Outcome:
        kind, reason, fault = "passed", "", ""
        if isinstance(problem, Wrong):
            kind, reason = "wrong", str(problem)
        elif isinstance(problem, StudentFault):
            kind, reason = problem.kind, problem.reason
        elif problem is not None:
            fault = "".join(traceback.format_exception(problem))
            kind, reason = "grader", f"the grader could not judge this ({type(problem).__name__})"
        called = {name for batch in asked for name in batch.called}
        return Outcome(test, kind, reason, tuple(sorted(called)), fault=fault, asked=tuple(asked))
