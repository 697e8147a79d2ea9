"""What pytest collects of the hidden suites: all that stands in their files, or nothing counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

DEFINED = re.compile(r"^def (test\w*)\(", re.MULTILINE)


def not_collected(
    files: Sequence[Path], items: Sequence[pytest.Item], seen: Sequence[pytest.Item]
) -> list[str]:
    """The tests that will not run: of those that pytest has seen, and of those that the files
    define. A function that another of its name replaces is one."""
    running = {item.nodeid for item in items}
    lost = [item.nodeid.rpartition("/")[2] for item in seen if item.nodeid not in running]
    named = {(item.path.name, getattr(item, "originalname", item.name)) for item in items}
    for file in files:
        names = DEFINED.findall(file.read_text("utf-8"))
        lost += [
            f"{file.name}::{name}"
            for name in dict.fromkeys(names)
            if (file.name, name) not in named or names.count(name) > 1
        ]
    return list(dict.fromkeys(lost))
