"""What is asked of one submission after another, rehearsed once: hidden tests and figures.

A piece is asked in advance as its script says (see `script`), several pieces at once where they ask
the same whatever is answered. What a piece comes to depends on nothing but the answers: where they
are those of an earlier submission, it is known.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Generic, TypeVar

from .rehearsal import Nudged, Rehearsal, answers_of
from .script import Batch, Call, OffScript, Script, Series, Transcript, write_script
from .student import Student

T = TypeVar("T")
MAX_KNOWN = 300
"""Ends that are kept of one piece."""
MAX_SERIES = 32
"""Series that are kept."""


@dataclass(frozen=True)
class Piece(Generic[T]):
    """What is asked of a student under a name: `play(student)` asks, `end(student, value)` says
    what it comes to. `rounding`: an answer that is the reference's but for rounding counts as the
    reference's."""

    name: str
    play: Callable[[Student], Any]
    end: Callable[[Student, Any], T]
    rounding: bool = False


class Repertoire:
    """Pieces by their names. `opaque`: see `Student`."""

    def __init__(self, reference: ModuleType, opaque: Mapping[str, Sequence[int]]) -> None:
        self._reference = reference
        self._opaque = opaque
        self._scripts: dict[str, Script] = {}
        self._series: dict[tuple[str, ...], tuple[Series, ...]] = {}
        self._known: dict[str, dict[bytes, Any]] = defaultdict(dict)

    def ask_together(self, pieces: Sequence[Piece[Any]], student: Student) -> None:
        """Asks at once what these pieces ask the same whatever is answered. They are performed
        next, each with its answers."""
        names = tuple(piece.name for piece in pieces)
        if names not in self._series:
            if len(self._series) >= MAX_SERIES:
                self._series.clear()
            self._series[names] = tuple(self._series_of(pieces))
        for series in self._series[names]:
            student.ask_together(series)

    def perform(self, piece: Piece[T], student: Student) -> T:
        """What the piece comes to when the student answers it."""
        student.begin_test()
        answers = student.ask_ahead(self._script(piece), piece.rounding)
        known = self._known[piece.name]
        if answers in known:
            return known[answers]
        try:
            value = piece.play(student)
        except OffScript:
            student.begin_test()
            value = piece.play(student)
        result = piece.end(student, value)
        if answers is not None and student.on_script and not student.processes.ended:
            if len(known) >= MAX_KNOWN:
                known.clear()
            known[answers] = result
        return result

    def _series_of(self, pieces: Sequence[Piece[Any]]) -> Iterator[Series]:
        """The pieces that are asked in one batch, together with those that call the same modules.
        What a function says when it refuses is its own affair, and nobody can hope for the
        reference's words: pieces where it refuses are by themselves."""
        alike: dict[Any, list[Batch]] = defaultdict(list)
        for script in map(self._script, pieces):
            if len(script) == 1:
                alike[script[0].modules, script[0].refuses].append(script[0])
        yield from (Series(tuple(batches)) for batches in alike.values() if len(batches) > 1)

    def _script(self, piece: Piece[Any]) -> Script:
        if piece.name not in self._scripts:
            calls = self._rehearsed(piece)
            certain = len(self._asked_whatever_comes(piece, calls)) if len(calls) > 1 else 1
            self._scripts[piece.name] = write_script(calls, certain)
        return self._scripts[piece.name]

    def _rehearsed(self, piece: Piece[Any]) -> list[Call]:
        """What the piece calls when the reference answers. What it comes to then is known from now
        on; as a rule, it comes to an end."""
        rehearsal = Rehearsal(answers_of(self._reference))
        student = Student(rehearsal, self._opaque)
        with contextlib.suppress(Exception):
            value = piece.play(student)
            end = piece.end(student, value)
            self._known[piece.name][_digest_of_references(rehearsal.calls)] = end
        return rehearsal.calls

    def _asked_whatever_comes(self, piece: Piece[Any], calls: Sequence[Call]) -> list[Call]:
        """The first of the calls: those that it also makes when all numbers are others."""
        rehearsal = Nudged(calls)
        with contextlib.suppress(OffScript, Exception):
            piece.play(Student(rehearsal, self._opaque))
        return rehearsal.calls


def _digest_of_references(calls: Sequence[Call]) -> bytes:
    transcript = Transcript()
    for call in calls:
        transcript.add(call.reply, call.reply)
    return transcript.digest()
