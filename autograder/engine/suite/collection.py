"""pytest with the hidden suites collected once, which runs one test at a time when it is told to.

pytest runs in a thread of its own and stays in its run-test loop, which waits for the next test to
run. So nothing is imported or collected twice, and the fixtures, parameters and hooks that a suite
has of its own work as in any pytest suite.
"""

import os
import queue
import re
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from ..errors import KitError
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
Fixtures = dict[str, Any]
"""What the kit's own fixtures are for a test, by their names."""


class SuiteError(KitError):
    """The hidden suites can't be collected; no submission can be graded."""


class Collection:
    """The tests of some files, and pytest's plugin with the kit's hooks and fixtures. Raises
    `SuiteError`."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.items: list[pytest.Item] = []
        self._files = files
        self._seen: list[pytest.Item] = []
        self._problems: list[str] = []
        self._fixtures: Fixtures
        self._raised: BaseException | None = None
        self._wanted: queue.SimpleQueue[tuple[pytest.Item, Fixtures] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        """Why nothing was collected, or None; then what each test that was wanted raised."""
        self._thread = threading.Thread(target=self._main, daemon=True, name="hidden suites")
        self._thread.start()
        if problem := self._results.get():
            raise problem

    def run(self, item: pytest.Item, fixtures: Fixtures) -> BaseException | None:
        """Runs a test; what it, or a fixture of it, raised."""
        self._wanted.put((item, fixtures))
        return self._results.get()

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
            status = pytest.main([*OPTIONS, *settings, *map(str, self._files)], plugins=[self])
            problem = "; ".join(self._problems) or f"pytest ended with {status!r}"
        except BaseException as raised:
            problem = f"{type(raised).__name__}: {raised}"
        self._results.put(SuiteError(problem))  # read only where no test could be run

    def pytest_configure(self, config: pytest.Config) -> None:
        for marker in MARKERS:
            config.addinivalue_line("markers", marker)

    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Dir:
        """A folder of suites; as a package it would be imported again for each test."""
        return pytest.Dir.from_parent(parent, path=path)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self._seen = list(items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._problems.append(f"{report.nodeid}: {report.longreprtext.strip()[-2000:]}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Runs the tests that are wanted, until it is told to end."""
        if not self._problems and (lost := self._lost(session.items)):
            self._problems.append(f"hidden tests that pytest leaves out: {', '.join(lost)}")
        if self._problems:
            return True
        self.items = session.items
        self._results.put(None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            while wanted := self._wanted.get():
                item, self._fixtures = wanted
                self._raised = None
                try:
                    # Without a next item all fixtures end with the test: nothing is left of it.
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
                except BaseException as problem:
                    self._raised = problem
                self._results.put(self._raised)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> pytest.TestReport:
        """A report without pytest's own text of a failure, which nobody would read."""
        problem = call.excinfo.value if call.excinfo is not None else None
        self._raised = self._raised or problem
        outcome: Literal["passed", "failed"] = "passed" if problem is None else "failed"
        about = (item.nodeid, item.location, item.keywords)
        return pytest.TestReport(*about, outcome, None, call.when)  # type: ignore[arg-type]

    @pytest.fixture
    def student(self) -> Any:
        """The submission's package, as proxies."""
        return self._fixtures["student"]

    @pytest.fixture
    def reference(self) -> Any:
        """The solution's package, on the trusted side."""
        return self._fixtures["reference"]

    @pytest.fixture
    def rng(self) -> Any:
        """The test's random generator; the run's seed decides its draws."""
        return self._fixtures["rng"]

    def _lost(self, items: Sequence[pytest.Item]) -> list[str]:
        """The tests that will not run, of those that pytest has seen and those that the files
        define. A function that is defined again further down is one of them."""
        running = {item.nodeid for item in items}
        lost = [item.nodeid.rpartition("/")[2] for item in self._seen if item.nodeid not in running]
        named = {(item.path.name, getattr(item, "originalname", item.name)) for item in items}
        for file in self._files:
            names = DEFINED.findall(file.read_text("utf-8"))
            lost += [
                f"{file.name}::{name}"
                for name in dict.fromkeys(names)
                if (file.name, name) not in named or names.count(name) > 1
            ]
        return list(dict.fromkeys(lost))
