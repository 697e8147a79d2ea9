"""Odd but right implementations: each must keep every point."""

import ast
from dataclasses import dataclass
from symtable import symtable

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
    found = []
    for file in sorted(assignment.variants.glob("*.py")):
        for node in ast.parse(file.read_bytes()).body:
            if isinstance(node, ast.FunctionDef):
                source, place = "\n".join(map(ast.unparse, node.body)), Place(file, node.lineno)
                symbols = symtable(source, file.name, "exec").get_symbols()
                targets = tuple(symbol.get_name() for symbol in symbols if symbol.is_assigned())
                found.append(Variant(node.name, file.stem, targets, source, place))
    return tuple(found)
