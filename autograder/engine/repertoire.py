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

from .rehearsal import Nudged, Rehearsal, answers_of
from .script import Call, OffScript, Script, Transcript, write_script
from .student import Student

T = TypeVar("T")
Piece = Callable[[Student], Any]
End = Callable[[Student, Any], T]
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
        end: End[T],
        rounding: bool = False,
    ) -> T:
        """What `end(student, value)` makes of what the piece returns when the student answers it.
        `rounding`: an answer that is the reference's but for rounding counts as the reference's."""
        student.begin_test()
        answers = student.ask_ahead(self._script(name, piece, end), rounding)
        known = self._known[name]
        if answers in known:
            return known[answers]
        try:
            value = piece(student)
        except OffScript:
            student.begin_test()
            value = piece(student)
        result = end(student, value)
        if answers is not None and student.on_script and not student.processes.ended:
            if len(known) >= MAX_KNOWN:
                known.clear()
            known[answers] = result
        return result

    def _script(self, name: str, piece: Piece, end: End[Any]) -> Script:
        if name not in self._scripts:
            calls = self._rehearsed(name, piece, end)
            certain = len(self._asked_whatever_comes(piece, calls)) if len(calls) > 1 else 1
            self._scripts[name] = write_script(calls, certain)
        return self._scripts[name]

    def _rehearsed(self, name: str, piece: Piece, end: End[Any]) -> list[Call]:
        """What the piece calls when the reference answers. What it comes to then is known from now
        on; as a rule, it comes to an end."""
        rehearsal = Rehearsal(answers_of(self._reference))
        student = Student(rehearsal, self._opaque)
        with contextlib.suppress(Exception):
            value = piece(student)
            self._known[name][_digest_of_references(rehearsal.calls)] = end(student, value)
        return rehearsal.calls

    def _asked_whatever_comes(self, piece: Piece, calls: Sequence[Call]) -> list[Call]:
        """The first of the calls: those that it also makes when all numbers are others."""
        rehearsal = Nudged(calls)
        with contextlib.suppress(OffScript, Exception):
            piece(Student(rehearsal, self._opaque))
        return rehearsal.calls


def _digest_of_references(calls: Sequence[Call]) -> bytes:
    transcript = Transcript()
    for call in calls:
        transcript.add(call.reply, call.reply)
    return transcript.digest()
