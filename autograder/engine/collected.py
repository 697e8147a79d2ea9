"""What pytest collects of the hidden suites: all that stands in their files, or nothing counts."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

import pytest

from .assignment import Assignment


def not_collected(
    assignment: Assignment, items: Sequence[pytest.Item], seen: Collection[str]
) -> list[str]:
    """The tests that will not run: of those that pytest has seen, by their ids, and of those that
    the files define. A function that another of its name replaces is one."""
    running = {item.nodeid for item in items}
    lost = [nodeid.rpartition("/")[2] for nodeid in seen if nodeid not in running]
    named = {(item.path.name, getattr(item, "originalname", item.name)) for item in items}
    for part in assignment.parts:
        file = assignment.suites / f"test_{part}.py"
        names = list(_defined(ast.parse(file.read_bytes()).body))
        lost += [
            f"{file.name}::{name}"
            for name in dict.fromkeys(names)
            if (file.name, name) not in named or names.count(name) > 1
        ]
    return list(dict.fromkeys(lost))


def _defined(body: Sequence[ast.stmt]) -> Iterator[str]:
    """The names of the test functions."""
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield node.name
