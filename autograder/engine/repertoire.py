"""What is asked of one submission after another, rehearsed once: hidden tests and figures.

A piece is asked in advance as its script says (see `script`). What it comes to depends on nothing
but the answers: where they are those of an earlier submission, it is known.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, TypeVar

from .rehearsal import Rehearsal
from .script import Call, OffScript, Script, write_script
from .student import Student

T = TypeVar("T")
Piece = Callable[[Student], Any]
MAX_KNOWN = 300
"""Ends that are kept of one piece."""


class Repertoire:
    """Pieces by their names. `opaque`: see `Student`."""

    def __init__(self, reference: ModuleType, opaque: Mapping[str, Sequence[int]]) -> None:
        self._reference = reference
        self._opaque = opaque
        self._scripts: dict[str, Script] = {}
        self._known: dict[str, dict[bytes, Any]] = defaultdict(dict)

    def perform(
        self,
        name: str,
        student: Student,
        piece: Piece,
        end: Callable[[Any], T],
        rounding: bool = False,
    ) -> T:
        """What `end` makes of what the piece returns when the student answers it. `rounding`: an
        answer that is the reference's but for rounding counts as the reference's."""
        student.begin_test()
        answers = student.ask_ahead(self._script(name, piece), rounding)
        known = self._known[name]
        if answers in known:
            return known[answers]
        try:
            value = piece(student)
        except OffScript:
            student.begin_test()
            value = piece(student)
        result = end(value)
        if answers is not None and student.on_script and not student.processes.ended:
            if len(known) >= MAX_KNOWN:
                known.clear()
            known[answers] = result
        return result

    def _script(self, name: str, piece: Piece) -> Script:
        if name not in self._scripts:
            calls = self._rehearsed(piece)
            certain = len(self._rehearsed(piece, calls)) if len(calls) > 1 else 1
            self._scripts[name] = write_script(calls, certain)
        return self._scripts[name]

    def _rehearsed(self, piece: Piece, earlier: Sequence[Call] | None = None) -> list[Call]:
        """What the piece calls; it may come to another end than with a submission."""
        rehearsal = Rehearsal(self._reference, earlier)
        with contextlib.suppress(OffScript, Exception):
            piece(Student(rehearsal, self._opaque))
        return rehearsal.calls
