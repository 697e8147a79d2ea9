"""Odd but right implementations: each must keep every point."""

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .assignment import Assignment
from .mistakes import import_folder
from .place import Place

right: Any = None
"""The name of the solution's module in a variant's code, which is not run here."""
_registered: list[tuple[Callable[[], None], tuple[str, ...]]] = []


@dataclass(frozen=True)
class Variant:
    """Right code for functions of a module; `source` goes to the end of the reference's; place:
    where it is written."""

    name: str
    module: str
    targets: tuple[str, ...]
    source: str
    place: Place


def variant(*targets: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Enters the decorated function's body in the collection, as another way to write `targets`."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        _registered.append((function, targets))
        return function

    return register


def load_variants(assignment: Assignment) -> tuple[Variant, ...]:
    """The assignment's collection."""
    assignment.reference()
    about = {module.__name__: name for name, module in import_folder(assignment.variants)}
    return tuple(
        Variant(
            function.__name__,
            about[function.__module__],
            targets,
            _body(function),
            Place(Path(function.__code__.co_filename), function.__code__.co_firstlineno),
        )
        for function, targets in _registered
        if function.__module__ in about
    )


def _body(function: Callable[[], None]) -> str:
    definition = ast.parse(inspect.getsource(function)).body[0]
    assert isinstance(definition, ast.FunctionDef)
    return "\n".join(map(ast.unparse, definition.body))
