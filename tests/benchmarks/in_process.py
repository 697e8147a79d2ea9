"""The hidden suites without isolation: the student's package in the process of the tests.

What one would write without this kit, to see what isolation costs. As a pytest plugin:

    SUBMISSION=FOLDER python -m pytest -p in_process autograder/suites/test_*.py

(with tests/benchmarks, the root and solutions/ on PYTHONPATH).
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "solutions")) if path not in sys.path]

from autograder.engine.script import Script, Series  # noqa: E402
from autograder.engine.student import Observation, StudentFault  # noqa: E402
from autograder.engine.worker import serve  # noqa: E402

from autograder.engine.assignment import Assignment  # noqa: E402
from autograder.engine.suite import MARKERS  # noqa: E402

FOLDER = ROOT / "autograder"


class InProcess:
    """Takes the place of `Student`: the same calls, straight into the student's functions."""

    on_script = False
    all_answered = True
    untouched = frozenset[str]()

    def __init__(self, assignment: Assignment, folder: Path) -> None:
        self.calls: list[Any] = []
        self.modules: set[str] = set()
        self.processes = SimpleNamespace(ended=False, ended_old=False, sharing=lambda _: [])
        self._assignment = assignment
        with _only_in(assignment.package, folder):
            for name in assignment.modules:
                setattr(self, name, _Module(f"{assignment.package}.{name}"))

    def begin_test(self) -> None:
        """Nothing is kept between tests."""

    def ask_together(self, series: Series) -> None:
        """Nor is it with others."""

    def ask_ahead(self, script: Script, rounding: bool) -> None:
        """Nothing is asked in advance: a test calls the functions themselves."""

    def learn(self, called: Collection[str], passed: bool) -> None:
        """So nothing depends on how the tests before went."""


@contextmanager
def _only_in(package: str, folder: Path) -> Iterator[None]:
    """The package is imported from this folder, and the reference, of the same name, kept safe."""
    own = {name: m for name, m in sys.modules.items() if f"{name}.".startswith(f"{package}.")}
    for name in own:
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in [n for n in sys.modules if f"{n}.".startswith(f"{package}.")]:
            del sys.modules[name]
        sys.modules.update(own)


class _Module:
    def __init__(self, name: str) -> None:
        self._name = name
        try:
            self._module: ModuleType | None = importlib.import_module(name)
        except Exception:
            self._module = None

    def __getattr__(self, function: str) -> _Function:
        return _Function(getattr(self._module, function, None), f"{self._name}.{function}")


class _Function:
    def __init__(self, function: Callable[..., Any] | None, name: str) -> None:
        self._function = function
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._function is None:
            raise StudentFault("missing", f"{self.__name__} can't be had")
        try:
            return self._function(*args, **kwargs)
        except NotImplementedError:
            raise StudentFault("todo", f"{self.__name__} is still to do") from None
        except Exception as problem:
            names = [kind.__name__ for kind in type(problem).__mro__]
            raise StudentFault("raised", f"{names[0]}: {problem}", names) from None

    def observe(self, *args: Any, **kwargs: Any) -> Observation:
        """What the worker does for each call, where a test asks for it."""
        given = serve._arrays_in(serve._named(list(args), kwargs, []))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            value = self(*args, **kwargs)
        changed = [one.path for one in given if one.is_changed()]
        said = tuple(f"{w.category.__name__}: {w.message}" for w in caught)
        return Observation(value, tuple(changed), tuple(serve._shared_memory(value, given)), said)


def pytest_configure(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.fixture(scope="session")
def _assignment() -> Assignment:
    return Assignment.load(FOLDER)


@pytest.fixture(scope="session")
def reference(_assignment: Assignment) -> ModuleType:
    """The solution's package."""
    return _assignment.reference()


@pytest.fixture(scope="session")
def student(_assignment: Assignment, reference: ModuleType) -> InProcess:
    """The package in the folder that the environment names."""
    return InProcess(_assignment, Path(os.environ["SUBMISSION"]))


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """The generator that the grader gives this test with seed 0."""
    part = request.node.path.stem.removeprefix("test_")
    name = f"{part}/{request.node.name.removeprefix('test_')}"
    return np.random.default_rng([0, zlib.crc32(name.encode())])
