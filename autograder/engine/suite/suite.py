"""The hidden suites of an assignment, run for one submission after another."""

import traceback
import zlib
from collections.abc import Sequence
from functools import partial
from itertools import groupby

import numpy as np
import pytest

from ..assignment import Assignment
from ..errors import KitError
from .answers import StudentFault
from .calls import Package
from .check import Follows, Wrong
from .collection import Collection
from .hidden_test import Outcome, hidden_test
from .program import Program
from .records import Records
from .session import Batch, Session

Problem = BaseException | None


class Suite:
    """The collected tests, ready to be run. Raises `KitError`. with_records: see `records`."""

    def __init__(self, assignment: Assignment, with_records: bool = True) -> None:
        self.reference = assignment.reference()
        self._assignment = assignment
        self._collection = Collection(
            [assignment.suites / f"test_{p}.py" for p in assignment.parts]
        )
        try:
            self._tests = {item: hidden_test(item) for item in self._collection.items}
        except ValueError as problem:
            self.close()
            raise KitError(str(problem)) from None
        self.tests = tuple(self._tests.values())  # in the order of the parts and of their files
        self._seed = 0
        self._records: Records[Problem] = Records(assignment, with_records)

    def run(self, program: Program, seed: int, tests: Sequence[str] | None = None) -> list[Outcome]:
        """Every test's outcome for a submission, or those of the tests named. One that asks again
        asks the last part's process: the others have ended."""
        self._begin(seed)
        chosen = [i for i, test in self._tests.items() if tests is None or test.id in tests]
        parts = [list(group) for _, group in groupby(chosen, lambda i: self._tests[i].part)]
        judges = []
        for number, items in enumerate(parts, 1):
            program.begin(len(parts) - number)
            for item in items:
                ask = partial(self._raised, item)
                judges.append(self._records.run(item.nodeid, ask, program))
        found = [self._outcome(item, *judge()) for item, judge in zip(chosen, judges, strict=True)]
        charged = {o.test.id for o in found if not (o.passed or o.follows)}
        return [_passed(o) if charged.intersection(o.follows) else o for o in found]

    def make_records(self, seed: int) -> None:
        """Makes the records of all tests, where they are kept."""
        self._begin(seed)
        for item in self._tests:
            self._records.kept(item.nodeid, partial(self._raised, item))

    def close(self) -> None:
        """Ends pytest."""
        self._collection.close()

    def _begin(self, seed: int) -> None:
        if seed != self._seed:
            self._seed = seed
            self._records = Records(self._assignment, self._records.are_kept)

    def _outcome(self, item: pytest.Item, problem: Problem, asked: Sequence[Batch]) -> Outcome:
        outcome = partial(Outcome, self._tests[item], asked=tuple(asked))
        if problem is None:
            return outcome("passed")
        if isinstance(problem, Wrong):
            return outcome("wrong", str(problem), problem.hint, about=problem.about)
        if isinstance(problem, Follows):
            return outcome("wrong", str(problem), follows=problem.tests)
        if isinstance(problem, StudentFault):
            return outcome(problem.kind, problem.reason, problem.hint)
        if isinstance(problem, AssertionError):  # whose text may hold what is right
            return outcome("wrong", "this is not what the test expects")
        name, frames = type(problem).__name__, traceback.extract_tb(problem.__traceback__)
        # The suite's own line, if one took part.
        own = [f for f in frames if f.filename.startswith(str(self._assignment.suites))] or frames
        fault = f"{name}: {problem} ({own[-1].filename}, line {own[-1].lineno})"
        return outcome("grader", f"the grader could not judge this ({name})", fault=fault)

    def _raised(self, item: pytest.Item, session: Session) -> Problem:
        """What the test raises when it asks by this session."""
        number = zlib.crc32(self._tests[item].id.encode())
        rng = np.random.default_rng([self._seed, number])
        fixtures = {"student": Package(session), "reference": self.reference, "rng": rng}
        return self._collection.run(item, fixtures)


def _passed(outcome: Outcome) -> Outcome:
    return Outcome(outcome.test, "passed", asked=outcome.asked)
