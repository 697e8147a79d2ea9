"""The student's package inside the worker: its files laid out, its modules imported on demand."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import sys
import types
import warnings
from typing import Any

import numpy as np

from .serve import DEFAULT_ERRORS, Target


class MissingFunction(Exception):
    """The module has no callable of that name."""


class Package:
    """Finds functions of the student's package.

    Each module is imported when it is first needed, so that one that fails costs only its own
    tests. What a module's import changes for the whole process (NumPy's error state, warning
    filters, the working directory) is put back, and applied again for that module's calls alone:
    the order of imports then makes no difference.
    """

    def __init__(self, folder: str, name: str, files: dict[str, bytes], with_init: bool) -> None:
        self._folder = folder
        self._name = name
        self._with_init = with_init
        self._asked_silence: dict[str, dict[str, Any]] = {}
        for path, content in files.items():
            # A name that no file can have (too long, a null byte) costs only that file.
            with contextlib.suppress(OSError, ValueError):
                target = os.path.join(folder, path)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as file:
                    file.write(content)
        sys.path.append(folder)  # last: a student's random.py shadows nothing

    def find(self, module: str, function: str) -> Target:
        """The student's function; with an empty name the module is imported, and that is all."""
        if module not in self._asked_silence:
            self._asked_silence[module] = self._import(module)
        if not function:
            return Target(_nothing)
        found = getattr(sys.modules[f"{self._name}.{module}"], function, None)
        if not callable(found):
            raise MissingFunction(f"{module}.py has no function {function}")
        return Target(found, **self._asked_silence[module])

    def _import(self, module: str) -> dict[str, Any]:
        self._import_init()
        with warnings.catch_warnings(), np.errstate(**DEFAULT_ERRORS):  # type: ignore[arg-type]
            filters = list(warnings.filters)
            importlib.import_module(f"{self._name}.{module}")
            silenced = tuple(
                _as_arguments(entry)
                for entry in reversed(warnings.filters)
                if entry not in filters and entry[0] == "ignore"
            )
            wanted = np.geterr()
        os.chdir(self._folder)
        state = {**wanted, "under": "ignore"}  # underflow is nobody's fault
        return {"silenced": silenced, "error_state": state}

    def _import_init(self) -> None:
        """Imports the package itself; an `__init__.py` that fails is left out, no more."""
        if self._name in sys.modules:
            return
        try:
            if not self._with_init:
                raise ImportError("left out: it ended the last worker")
            importlib.import_module(self._name)
        except BaseException:
            empty = types.ModuleType(self._name)
            empty.__path__ = [os.path.join(self._folder, self._name)]
            sys.modules[self._name] = empty


def _nothing() -> None:
    """What a request that only imports calls."""


def _as_arguments(entry: Any) -> tuple[str, type[Warning], str]:
    _, message, category, module, _ = entry
    return _pattern(message), category, _pattern(module)


def _pattern(regex: re.Pattern[str] | None) -> str:
    return regex.pattern if regex is not None else ""
