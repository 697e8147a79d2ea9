"""Odd but right implementations: each must keep every point."""

import ast
from dataclasses import dataclass

from .assignment import Assignment
from .place import Place


@dataclass(frozen=True)
class Variant:
    """Right code for functions of a module; `source` goes to the end of the reference's, which it
    may call `right`; targets: the names that it defines; place: where it is written."""

    name: str
    module: str
    targets: tuple[str, ...]
    source: str
    place: Place


def load_variants(assignment: Assignment) -> tuple[Variant, ...]:
    """The assignment's collection: the bodies of the functions in files that have the names of
    students' modules. None of it is run here."""
    return tuple(
        Variant(
            node.name,
            file.stem,
            tuple(name for statement in node.body for name in _defined(statement)),
            "\n".join(map(ast.unparse, node.body)),
            Place(file, node.lineno),
        )
        for file in sorted(assignment.variants.glob("*.py"))
        for node in ast.parse(file.read_bytes()).body
        if isinstance(node, ast.FunctionDef)
    )


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef):
        return [statement.name]
    names = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return [node.id for node in names if isinstance(node.ctx, ast.Store)]
