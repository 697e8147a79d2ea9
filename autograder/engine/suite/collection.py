"""pytest with the hidden suites collected once, which runs one test at a time when it is told to.

pytest runs in a thread of its own and stays in its run-test loop, which waits for the next test to
run. So nothing is imported or collected twice, and the fixtures, parameters and hooks that a suite
has of its own work as in any pytest suite.
"""

from __future__ import annotations

import os
import queue
import re
import threading
import warnings
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np
import pytest

from ..errors import KitError
from .calls import Package
from .hidden_test import MARKERS

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

DEFINED = re.compile(r"^def (test\w*)\(", re.MULTILINE)
"""A test's definition."""


class SuiteError(KitError):
    """The hidden suites can't be collected; no submission can be graded."""


@dataclass(frozen=True)
class Fixtures:
    """What the kit's own fixtures are for a test."""

    student: Package
    reference: ModuleType
    rng: np.random.Generator


@dataclass(frozen=True)
class _Wanted:
    """A test that is to be run; problem: what it, or a fixture of it, raises."""

    item: pytest.Item
    fixtures: Fixtures
    problem: Future[BaseException | None]


class Collection:
    """The tests of some files. Raises `SuiteError`."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.items: list[pytest.Item] = []
        self._files = files
        self._wanted: queue.SimpleQueue[_Wanted | None] = queue.SimpleQueue()
        self._plugin = _Plugin(self)
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._main, daemon=True, name="hidden suites")
        self._thread.start()
        self._ready.result()

    def run(self, item: pytest.Item, fixtures: Fixtures) -> BaseException | None:
        """Runs a test; what it, or a fixture of it, raised."""
        wanted = _Wanted(item, fixtures, Future())
        self._wanted.put(wanted)
        return wanted.problem.result()

    def close(self) -> None:
        """Ends the thread."""
        self._wanted.put(None)
        self._thread.join()

    def _main(self) -> None:
        folder = self._files[0].parent
        # pytest names modules by their path from the root: from "/" no two are the same.
        settings = [f"--rootdir={folder.anchor}", f"--confcutdir={folder}", f"-c{os.devnull}"]
        for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
            os.environ.pop(name, None)
        try:
            files = map(str, self._files)
            status = pytest.main([*OPTIONS, *settings, *files], plugins=[self._plugin])
            problem = "; ".join(self._plugin.problems) or f"pytest ended with {status!r}"
        except BaseException as raised:
            problem = f"{type(raised).__name__}: {raised}"
        if not self._ready.done():
            self._ready.set_exception(SuiteError(problem))

    def loop(self, items: list[pytest.Item]) -> None:
        """Runs what it is told to, until it is told to end. In pytest's thread."""
        if lost := _not_collected(self._files, items, self._plugin.seen):
            self._plugin.problems.append(f"hidden tests that pytest leaves out: {', '.join(lost)}")
            return
        self.items = items
        self._ready.set_result(None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            while (wanted := self._wanted.get()) is not None:
                self._plugin.fixtures, self._plugin.raised = wanted.fixtures, None
                try:
                    # Without a next item all fixtures end with the test: nothing is left of it.
                    wanted.item.config.hook.pytest_runtest_protocol(item=wanted.item, nextitem=None)
                    wanted.problem.set_result(self._plugin.raised)
                except BaseException as problem:
                    wanted.problem.set_result(problem)


class _Plugin:
    """The kit's hooks and fixtures."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self.problems: list[str] = []
        self.seen: list[pytest.Item] = []
        self.fixtures: Fixtures | None = None
        self.raised: BaseException | None = None

    def pytest_configure(self, config: pytest.Config) -> None:
        for marker in MARKERS:
            config.addinivalue_line("markers", marker)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.seen = list(items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(f"{report.nodeid}: {report.longreprtext.strip()[-2000:]}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not self.problems:
            self._collection.loop(session.items)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> pytest.TestReport:
        """A report without pytest's own text of a failure, which nobody would read."""
        problem = call.excinfo.value if call.excinfo is not None else None
        self.raised = self.raised or problem
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
    def student(self) -> Package:
        """The submission's package, as proxies."""
        assert self.fixtures is not None
        return self.fixtures.student

    @pytest.fixture
    def reference(self) -> ModuleType:
        """The solution's package, on the trusted side."""
        assert self.fixtures is not None
        return self.fixtures.reference

    @pytest.fixture
    def rng(self) -> np.random.Generator:
        """The test's random generator; the run's seed decides its draws."""
        assert self.fixtures is not None
        return self.fixtures.rng


def _not_collected(
    files: Sequence[Path], items: Sequence[pytest.Item], seen: Sequence[pytest.Item]
) -> list[str]:
    """The tests that will not run, of those that pytest has seen and those that the files define. A
    function that is defined again further down is one of them."""
    running = {item.nodeid for item in items}
    lost = [item.nodeid.rpartition("/")[2] for item in seen if item.nodeid not in running]
    named = {(item.path.name, getattr(item, "originalname", item.name)) for item in items}
    for file in files:
        names = DEFINED.findall(file.read_text("utf-8"))
        lost += [
            f"{file.name}::{name}"
            for name in dict.fromkeys(names)
            if (file.name, name) not in named or names.count(name) > 1
        ]
    return list(dict.fromkeys(lost))
