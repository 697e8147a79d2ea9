"""The student's package inside the worker: its files laid out, its modules imported on demand."""

import contextlib
import importlib
import os
import sys
import types
import warnings
from collections.abc import Callable, Collection, Sequence
from functools import partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

import numpy as np

from .serve import DEFAULT_ERRORS, Target, describe


class MissingFunction(Exception):
    """The module has no callable of that name."""


class Package(MetaPathFinder):
    """Finds functions of the student's package.

    Each module is imported when it is first needed, so that one that fails costs only its own
    tests. What a module's import changes for the whole process (NumPy's error state, warning
    filters, the working directory) is put back, and applied again for that module's calls alone:
    the order of imports then makes no difference. The grader is told which one is being imported,
    and which failed.

    with_init: whether the package's own `__init__.py` is imported, as Python does, or left out;
    supplied: the kit's modules in the package, whose `note` tells the grader what they call; tell:
    sends a note, see `wire.NOTE`.
    """

    def __init__(
        self,
        folder: str,
        name: str,
        files: dict[str, bytes],
        with_init: bool,
        supplied: Collection[str],
        tell: Callable[..., None],
    ) -> None:
        self._folder = folder
        self._name = name
        self._supplied = supplied
        self._tell = tell
        self._under_way: list[str] = []
        self._imported: dict[str, tuple[types.ModuleType, dict[str, Any]]] = {}
        """The modules, each with what its import changed for the whole process."""
        for path, content in files.items():
            # A name that no file can have (too long, a null byte) costs only that file.
            with contextlib.suppress(OSError, ValueError):
                target = os.path.join(folder, path)
                if not os.path.isdir(parent := os.path.dirname(target)):
                    os.makedirs(parent)
                with open(target, "wb", buffering=0) as file:
                    file.write(content)
        sys.path.append(folder)  # last: a student's random.py shadows nothing
        sys.meta_path.insert(0, self)
        if not with_init:
            empty = types.ModuleType(name)
            empty.__path__ = [os.path.join(folder, name)]
            sys.modules[name] = empty

    def find(self, module: str, function: str) -> Target:
        """The student's function. Without a function's name the module is imported, and that is
        all; without a module's, the package."""
        if module not in self._imported:
            self._imported[module] = self._import(module)
        if not function:
            return Target(lambda: None)
        imported, changed = self._imported[module]
        found = getattr(imported, function, None)
        if not callable(found):
            raise MissingFunction(f"{module}.py has no function {function}")
        return Target(found, **changed)

    def _import(self, module: str) -> tuple[types.ModuleType, dict[str, Any]]:
        with warnings.catch_warnings(), np.errstate(**DEFAULT_ERRORS):  # type: ignore[arg-type]
            filters = list(warnings.filters)
            imported = importlib.import_module(f"{self._name}.{module}".removesuffix("."))
            silenced = [
                entry for entry in warnings.filters if entry not in filters and entry[0] == "ignore"
            ]
            wanted = {**np.geterr(), "call": np.geterrcall()}
        os.chdir(self._folder)
        if module in self._supplied:
            vars(imported)["note"] = lambda function: self._tell("at", function)
        state = {**wanted, "under": "ignore"}  # underflow is no mistake
        return imported, {"silenced": silenced, "error_state": state}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(f"{self._name}."):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            run = partial(self._run, spec.loader.exec_module)
            spec.loader.exec_module = run  # type: ignore[method-assign]
        return spec

    def _run(self, execute: Callable[[types.ModuleType], None], module: types.ModuleType) -> None:
        name = module.__name__.removeprefix(f"{self._name}.")
        self._under_way.append(name)
        self._tell("at", name)
        try:
            execute(module)
        except BaseException as problem:
            self._tell("failed", name, *describe(problem, self._folder))
            raise
        finally:
            self._under_way.remove(name)
            self._tell("at", self._under_way[-1] if self._under_way else "")
