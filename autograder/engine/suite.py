"""The hidden suites: ordinary pytest files, collected once, run for one submission after another.

pytest runs in a thread of its own and stays in its run-test loop; each submission is one turn of
that loop over the same collected tests. So nothing is imported or collected twice, and a fixture
named `student` stands for whichever submission is being graded.

A test that takes no other fixtures than the kit's is called directly: pytest's protocol around it
costs more than most tests. What it asks is asked in advance, as its script says; and where the
answers are those of an earlier submission, so is the outcome.
"""

from __future__ import annotations

import inspect
import os
import queue
import threading
import time
import warnings
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby, pairwise
from types import ModuleType
from typing import Any, Literal

import numpy as np
import pytest

from .assignment import Assignment
from .check import Wrong
from .collected import not_collected
from .diagnosis import Diagnosis
from .errors import KitError
from .mistakes import Mistake, load_mistakes
from .repertoire import Piece, Repertoire
from .script import Call, OffScript
from .student import Student, StudentFault

MARKERS = (
    "points(number): what the test is worth",
    "catches(*names): the mistakes that must fail this test",
    "rounding: an answer that differs from the reference's by rounding alone counts as that",
)
FIXTURES = {"student", "reference", "rng"}
OPTIONS = [
    "--disable-plugin-autoload",
    "--assert=plain",
    "--capture=no",
    "--strict-markers",
    "--import-mode=importlib",
    "-Wignore",
    *(f"-pno:{name}" for name in ("cacheprovider", "terminal", "logging", "faulthandler")),
    *(f"-pno:{name}" for name in ("unraisableexception", "threadexception", "junitxml")),
]


class SuiteError(KitError):
    """The hidden suites can't be collected; no submission can be graded."""


@dataclass(frozen=True)
class HiddenTest:
    """A test as it was collected: what students see of it, and what it is worth."""

    id: str
    part: str
    title: str
    hint: str
    points: float
    catches: tuple[str, ...]
    rounding: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a submission did in one test.

    kind: "passed", "wrong", a `StudentFault`'s kind, or "grader" for a fault of the suite itself;
    reason: for the student, "" when passed; mistake: the one that explains the failure; called:
    the student's functions that the test called.
    """

    test: HiddenTest
    kind: str
    reason: str = ""
    mistake: Mistake | None = None
    called: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.kind == "passed"


@dataclass
class _Turn:
    """One submission's turn of the loop."""

    student: Student
    seed: int
    tests: frozenset[str] | None
    done: Future[list[Outcome]]
    outcomes: list[Outcome] = field(default_factory=list)


@dataclass(frozen=True)
class _Plain:
    """A test function, what it takes, and which of that are its own parameters."""

    function: Callable[..., None]
    names: tuple[str, ...]
    parameters: dict[str, Any]


class Suite:
    """The collected suites of an assignment, ready to be run."""

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._reference: ModuleType = assignment.reference()
        self.mistakes = load_mistakes(assignment)
        self._diagnosis = Diagnosis(self._reference, self.mistakes)
        self._turns: queue.SimpleQueue[_Turn | None] = queue.SimpleQueue()
        self._turn: _Turn | None = None
        self._tests: dict[str, HiddenTest] = {}
        self._pieces: dict[str, Piece[Outcome]] = {}
        self._seed: int | None = None
        self._repertoire = Repertoire(self._reference, assignment.opaque)
        self.seconds: dict[str, float] = {}
        """How long each test of the last submission took. No part of its result."""
        self._problems: list[str] = []
        self._collected = threading.Event()
        self._thread = threading.Thread(target=self._run_pytest, daemon=True, name="hidden suites")
        self._thread.start()
        self._collected.wait()
        if self._problems:
            raise SuiteError("; ".join(self._problems))

    @property
    def tests(self) -> tuple[HiddenTest, ...]:
        """All tests, in the order of the parts and of their files."""
        return tuple(self._tests.values())

    def run(self, student: Student, seed: int, tests: Sequence[str] | None = None) -> list[Outcome]:
        """Every test's outcome for a submission, or those of the tests named."""
        chosen = None if tests is None else frozenset(tests)
        turn = _Turn(student, seed, chosen, Future())
        self._turns.put(turn)
        return turn.done.result()

    def close(self) -> None:
        """Ends the thread."""
        self._turns.put(None)
        self._thread.join()

    def _run_pytest(self) -> None:
        files = [str(self._assignment.suites / f"test_{p}.py") for p in self._assignment.parts]
        # pytest names modules by their path from the root: from "/" no two are the same.
        folder = self._assignment.suites
        settings = [f"--rootdir={folder.anchor}", f"--confcutdir={folder}", f"-c{os.devnull}"]
        for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
            os.environ.pop(name, None)
        try:
            status = pytest.main([*OPTIONS, *settings, *files], plugins=[_Plugin(self)])
            if not self._collected.is_set():
                self._problems.append(f"pytest ended with {status!r} before the first test")
        except BaseException as problem:
            self._problems.append(f"{type(problem).__name__}: {problem}")
        finally:
            self._collected.set()

    # What follows runs in the thread, called by the plugin.

    def take_items(self, items: list[pytest.Item]) -> None:
        for item in items:
            try:
                test = _hidden_test(item)
            except (ValueError, TypeError, AttributeError) as problem:
                self._problems.append(f"{item.nodeid}: {problem}")
            else:
                self._tests[item.nodeid] = test
                if (plain := _plain(item)) is not None:
                    self._pieces[item.nodeid] = Piece(
                        item.nodeid,
                        partial(self._call, item.nodeid, plain),
                        partial(self._outcome, item.nodeid),
                        test.rounding,
                    )

    def loop(self, session: pytest.Session) -> None:
        if lost := not_collected(self._assignment, session.items, self._tests):
            self._problems.append(f"hidden tests that pytest leaves out: {', '.join(lost)}")
        self._collected.set()
        if self._problems:
            return
        while (turn := self._turns.get()) is not None:
            self._turn = turn
            self._begin(turn.seed)
            try:
                chosen = [
                    item
                    for item in session.items
                    if turn.tests is None or self._tests[item.nodeid].id in turn.tests
                ]
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    self._run_all(chosen)
                turn.done.set_result(turn.outcomes)
            except BaseException as problem:
                turn.done.set_exception(problem)
            self._turn = None

    def _run_all(self, items: list[pytest.Item]) -> None:
        by_pytest = [item for item in items if item.nodeid not in self._pieces]
        following = dict(pairwise(by_pytest))
        self.seconds = {}
        for _, group in groupby(items, lambda item: self._tests[item.nodeid].part):
            part = list(group)
            self._ask_together(part)
            for item in part:
                self._run_timed(item, following.get(item))

    def _ask_together(self, items: list[pytest.Item]) -> None:
        """Asks in one go what the tests of a part can be asked in advance; each gets its share of
        the time."""
        started = time.perf_counter()
        pieces = [self._pieces[item.nodeid] for item in items if item.nodeid in self._pieces]
        self._repertoire.ask_together(pieces, self.turn.student)
        share = (time.perf_counter() - started) / len(items)
        self.seconds |= {self._tests[item.nodeid].id: share for item in items}

    def _run_timed(self, item: pytest.Item, following: pytest.Item | None) -> None:
        started = time.perf_counter()
        self._run(item, following)
        while self._may_be_anothers_fault():
            self.turn.outcomes.pop()
            self._run(item, following)
        if self.turn.outcomes:
            outcome = self.turn.outcomes[-1]
            self.turn.student.learn(outcome.called, outcome.passed)
        self.seconds[self._tests[item.nodeid].id] += time.perf_counter() - started

    def _begin(self, seed: int) -> None:
        """What is known of the tests is known for one seed."""
        if seed != self._seed:
            self._seed = seed
            self._repertoire = Repertoire(self._reference, self._assignment.opaque)

    def _run(self, item: pytest.Item, following: pytest.Item | None) -> None:
        piece = self._pieces.get(item.nodeid)
        if piece is None:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        else:
            self.turn.outcomes.append(self._repertoire.perform(piece, self.turn.student))

    def _call(self, nodeid: str, plain: _Plain, student: Student) -> BaseException | None:
        """Calls the test function; what it raised."""
        values = {"student": student, "reference": self._reference, "rng": self.rng(nodeid)}
        values |= plain.parameters
        try:
            plain.function(**{name: values[name] for name in plain.names})
        except OffScript:
            raise
        except BaseException as problem:
            return problem
        return None

    def _may_be_anothers_fault(self) -> bool:
        """Whether the test is to be repeated: because its modules shared a process with others, and
        have processes of their own now; or because a process that ran other tests, too, was ended
        in this one: what they left behind (a thread, a timer, full memory) may have done it."""
        outcome = self.turn.outcomes[-1] if self.turn.outcomes else None
        if outcome is None or outcome.kind in ("passed", "grader"):
            return False
        processes = self.turn.student.processes
        if in_doubt := self._in_doubt(outcome):
            processes.set_apart(in_doubt)
            return True
        # A process that is another than it was knows nothing of what was handed to the one before.
        return processes.ended_old and outcome.kind in ("crash", "timeout", "raised", "import")

    def _in_doubt(self, outcome: Outcome) -> list[str]:
        """The test's modules that may do better in a process of their own: not those that are still
        as they were handed out, nor those whose answers were all right, unless there is nobody else
        to blame: small differences count as right, and may be too large for the test."""
        student = self.turn.student
        sharing = student.processes.sharing(student.modules)
        if outcome.kind == "todo":
            sharing = [module for module in sharing if module not in student.untouched]
        if not sharing or not student.all_answered:
            return sharing
        wrong = [module for module in student.modules if not self._answers_right(module)]
        return [module for module in sharing if module in wrong or not wrong]

    def _answers_right(self, module: str) -> bool:
        """Whether the module gave the reference's answers in this test."""
        calls = [call for call in self.turn.student.answered if call.request.module == module]
        try:
            return bool(calls) and self._diagnosis.are_right(calls)
        except Exception:  # replies that the diagnosis trips over
            return False

    @property
    def turn(self) -> _Turn:
        assert self._turn is not None
        return self._turn

    def rng(self, nodeid: str) -> np.random.Generator:
        """A test's own random generator, the same in every run with the same seed."""
        return np.random.default_rng([self.turn.seed, zlib.crc32(self._tests[nodeid].id.encode())])

    def take_outcome(self, nodeid: str, problem: BaseException | None) -> None:
        self.turn.outcomes.append(self._outcome(nodeid, self.turn.student, problem))

    def _outcome(self, nodeid: str, student: Student, problem: BaseException | None) -> Outcome:
        test = self._tests[nodeid]
        calls = student.calls
        called = tuple(sorted({call.request.name for call in calls}))
        if problem is None:
            return Outcome(test, "passed", called=called)
        if isinstance(problem, Wrong):
            return Outcome(test, "wrong", str(problem), self._explain(calls), called)
        if isinstance(problem, StudentFault):
            mistake = self._explain(calls) if problem.kind in ("raised", "unusable") else None
            return Outcome(test, problem.kind, problem.reason, mistake, called)
        reason = f"the grader could not judge this ({type(problem).__name__})"
        return Outcome(test, "grader", reason, None, called)

    def _explain(self, calls: Sequence[Call]) -> Mistake | None:
        """A hint is a courtesy: replies that the diagnosis trips over cost the hint alone."""
        try:
            return self._diagnosis.explain(calls)
        except Exception:
            return None

    @property
    def reference(self) -> ModuleType:
        return self._reference


class _Plugin:
    """The hooks and fixtures; pytest sees this, the rest of the kit sees `Suite`."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite

    def pytest_configure(self, config: pytest.Config) -> None:
        for marker in MARKERS:
            config.addinivalue_line("markers", marker)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self._suite.take_items(items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._suite._problems.append(f"{report.nodeid}: {report.longreprtext.strip()[-2000:]}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._suite.loop(session)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> pytest.TestReport:
        """A report without pytest's own text of a failure, which nobody would read."""
        problem = call.excinfo.value if call.excinfo is not None else None
        if call.when == "call" or (call.when == "setup" and problem is not None):
            self._suite.take_outcome(item.nodeid, problem)
        outcome: Literal["passed", "failed"] = "passed" if problem is None else "failed"
        return pytest.TestReport(
            item.nodeid,
            item.location,
            item.keywords,
            outcome,
            None,
            call.when,  # type: ignore[arg-type]
        )

    @pytest.fixture
    def student(self) -> Student:
        """The submission's package, as proxies."""
        student = self._suite.turn.student
        student.begin_test()
        return student

    @pytest.fixture
    def reference(self) -> ModuleType:
        """The solution's package, on the trusted side."""
        return self._suite.reference

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """The test's random generator; the run's seed decides its draws."""
        return self._suite.rng(request.node.nodeid)


def _plain(item: pytest.Item) -> _Plain | None:
    """The test, if it needs nothing of pytest but to be called."""
    if not isinstance(item, pytest.Function) or item.cls is not None:
        return None
    marks = list(item.iter_markers())
    known = {"points", "catches", "rounding", "parametrize"}
    if any(mark.name not in known or mark.kwargs.get("indirect") for mark in marks):
        return None
    parameters = dict(item.callspec.params) if hasattr(item, "callspec") else {}
    names = tuple(inspect.signature(item.obj).parameters)
    own = FIXTURES | parameters.keys()
    if not set(names) <= own or not set(item.fixturenames) <= own | {"request"}:
        return None
    defined = item._fixtureinfo.name2fixturedefs
    if any(len(defined[name]) > 1 for name in FIXTURES.intersection(defined)):
        return None  # a conftest.py has put another in the place of the kit's
    return _Plain(item.obj, names, parameters)


def _hidden_test(item: pytest.Item) -> HiddenTest:
    part = item.path.stem.removeprefix("test_")
    points = [mark.args[0] for mark in item.iter_markers("points")]
    if len(points) != 1 or not points[0] > 0:
        raise ValueError("a hidden test needs one marker points(number), above zero")
    text = (getattr(item, "function", None).__doc__ or "").strip()
    if not text:
        raise ValueError("a hidden test needs a docstring: its first line is the title")
    title, _, hint = text.partition("\n")
    callspec = getattr(item, "callspec", None)
    if callspec is not None:
        title = title.strip().removesuffix(".") + f" ({callspec.id})."
    catches = tuple(name for mark in item.iter_markers("catches") for name in mark.args)
    return HiddenTest(
        f"{part}/{item.name.removeprefix('test_')}",
        part,
        title.strip(),
        " ".join(hint.split()),
        float(points[0]),
        catches,
        rounding=item.get_closest_marker("rounding") is not None,
    )
