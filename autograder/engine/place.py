"""Where something of the material stands."""

import ast
import os
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """A line of a file, counted from 1."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{os.path.relpath(self.file)}:{self.line}"


NOWHERE = Place(Path(), 0)


def first_line(node: ast.stmt) -> int:
    """Where a statement begins: with its first decorator, where it has one."""
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
