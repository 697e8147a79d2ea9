"""Named mistakes: wrong implementations that students really write, each with a hint."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from .assignment import Assignment

Implementation = Callable[..., Any]
_registered: list[tuple[Implementation, str, str]] = []


@dataclass(frozen=True)
class Mistake:
    """A wrong implementation of `module.target`."""

    name: str
    module: str
    target: str
    hint: str
    function: Implementation

    def fresh(self) -> ModuleType:
        """The student's module with the mistake in it, new at each call."""
        module = sys.modules[f"gradflow.{self.module}"]
        made = ModuleType(module.__name__)
        made.__dict__.update(__package__=module.__package__, __file__=module.__file__)
        exec(Path(module.__file__).read_text() + "\n\n" + self.source, made.__dict__)
        return made

    @property
    def source(self) -> str:
        """Its code, as a student's module would hold it."""
        return function_source(self.function) + f"\n\n{self.target} = {self.name}\n"


def mistake(target: str, *, hint: str) -> Callable[[Implementation], Implementation]:
    """Enters the decorated function in the catalogue, as a wrong `target`."""

    def register(function: Implementation) -> Implementation:
        _registered.append((function, target, hint))
        return function

    return register


def function_source(function: Implementation) -> str:
    """The function's source, without its decorators."""
    text = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(text).body[0]
    lines = text.splitlines(keepends=True)
    return "".join(lines[definition.lineno - 1 :])


def import_folder(folder: Path) -> Iterator[tuple[str, ModuleType]]:
    """Imports each module of a catalogue; with it comes the student's module that it is about:
    the name of the file, or of the folder, directly below `folder`."""
    for path in sorted(folder.rglob("*.py")):
        about = path.relative_to(folder).with_suffix("").parts[0]
        if path.name == "__init__.py" or about.startswith((".", "_")):
            continue
        name = "_catalogue_" + "_".join(path.with_suffix("").parts[-4:])
        if name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, path)
            assert spec is not None and spec.loader is not None
            sys.modules[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(sys.modules[name])
        yield about, sys.modules[name]


def load_mistakes(assignment: Assignment) -> tuple[Mistake, ...]:
    """The assignment's catalogue. Raises `ValueError` where a name stands twice."""
    assignment.reference()
    about = {module.__name__: name for name, module in import_folder(assignment.mistakes)}
    found = [
        Mistake(function.__name__, about[function.__module__], target, hint, function)
        for function, target, hint in _registered
        if function.__module__ in about
    ]
    names = [mistake.name for mistake in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"mistakes with the same name: {', '.join(sorted(twice))}")
    return tuple(found)


def fresh_modules(mistakes: Sequence[Mistake]) -> dict[str, ModuleType]:
    """The modules with these mistakes in them, new at each call; by their names."""
    return {mistake.module: mistake.fresh() for mistake in reversed(mistakes)}
