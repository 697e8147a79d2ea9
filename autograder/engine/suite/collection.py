"""pytest with the hidden suites collected once, which runs one test at a time when it is told to.

So nothing is imported or collected twice, and the fixtures and parameters that a suite has of its
own work as in any pytest suite, as do the hooks of a test's setup, call and teardown. pytest's own
loop would run all tests, report and end: its session is begun and ended here.
"""

import os
import re
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest.config import _prepareconfig

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
    *(f"-pno:{name}" for name in ("unraisableexception", "threadexception", "unittest")),
]
DEFINED = re.compile(r"^[ \t]*(?:async )?def (test\w*)\(", re.MULTILINE)
"""A test's definition, also in a class."""
Fixtures = dict[str, Any]
"""What the kit's own fixtures are for a test, by their names."""


class Collection:
    """The tests of some files, and pytest's plugin with the kit's hooks and fixtures. Raises
    `KitError` where they can't be collected: no submission can be graded."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.items: list[pytest.Item] = []
        self._files = files
        self._root = files[0].anchor  # from "/" no two modules have the same name
        self._problems: list[str] = []
        self._fixtures: Fixtures
        with warnings.catch_warnings():
            if raised := _raised(self._begin):
                self._problems.append(f"{type(raised).__name__}: {raised}")
        if self._problems:
            raise KitError("; ".join(self._problems))

    def run(self, item: pytest.Item, fixtures: Fixtures) -> BaseException | None:
        """Runs a test; what it, or a fixture of it, raised."""
        self._fixtures, hook = fixtures, item.ihook
        with warnings.catch_warnings(action="ignore"):
            raised = _raised(hook.pytest_runtest_setup, item=item)
            raised = raised or _raised(hook.pytest_runtest_call, item=item)
            # Without a next item all fixtures end with the test: nothing is left of it.
            ended = _raised(hook.pytest_runtest_teardown, item=item, nextitem=None)
        item._initrequest()  # type: ignore[attr-defined]  # lets go of what it was given
        return raised or ended

    def close(self) -> None:
        """Ends the session."""
        self._config.hook.pytest_sessionfinish(session=self._session, exitstatus=0)
        self._config._ensure_unconfigure()

    def _begin(self) -> None:
        folder = self._files[0].parent
        # pytest names modules by their path from the root.
        settings = [f"--rootdir={self._root}", f"--confcutdir={folder}", f"-c{os.devnull}"]
        for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
            os.environ.pop(name, None)
        arguments = [*OPTIONS, *settings, *map(str, self._files)]
        self._config = _prepareconfig(arguments, plugins=[self])
        self._config._do_configure()
        self._session = pytest.Session.from_config(self._config)
        self._config.hook.pytest_sessionstart(session=self._session)
        self._config.hook.pytest_collection(session=self._session)
        if not self._problems and (lost := self._lost()):
            text = "hidden tests that pytest leaves out, or that have one name"
            self._problems.append(f"{text}: {', '.join(lost)}")

    def pytest_configure(self, config: pytest.Config) -> None:
        for marker in MARKERS:
            config.addinivalue_line("markers", marker)

    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Dir:
        """A folder of suites; as a package it would be imported again for each test."""
        return pytest.Dir.from_parent(parent, path=path)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Before a hook of the suite's own could leave some out."""
        self.items = list(items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            # pytest's own frames, between the suite's and what was raised, tell the author nothing.
            text = report.longreprtext.strip()[-2000:]
            told = re.findall(r"^(?:.*: in <module>|E .*[^ ^].*)$", text, re.MULTILINE)
            said = " ".join(line.removeprefix("E ") for line in told)
            self._problems.append(f"{Path(self._root, report.nodeid)}: {said or text}")

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

    def _lost(self) -> list[str]:
        """The tests that the files define and that will not run. Where two have one name, the later
        one may stand in the place of the other."""
        named = {(item.path.name, getattr(item, "originalname", item.name)) for item in self.items}
        return [
            f"{file.name}::{name}"
            for file in self._files
            for name, count in Counter(DEFINED.findall(file.read_text("utf-8"))).items()
            if (file.name, name) not in named or count > 1
        ]


def _raised(run: Callable[..., object], **arguments: Any) -> BaseException | None:
    """What a call raises; a SystemExit and pytest's own end, too."""
    try:
        run(**arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:
        return problem
    return None
