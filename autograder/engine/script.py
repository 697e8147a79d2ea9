"""What a hidden test is known to ask, so that it can be asked in advance and all at once.

A test is a function of its random generator and of the answers that it gets. The script holds the
requests that it makes when the answers are the reference's. One that stays the same when every
number in the earlier answers is another is certain: it can be sent before these have come. The
others follow only from answers with the reference's numbers. They are guesses: while the answers
have these numbers, so that the next ones may, too, more and more are sent at once; what follows an
answer with another is dropped. A guess may hold what the reference answers to one before it: only
functions are asked so whose tests so far have all passed, as they know these answers themselves.

The script depends on the kit and the seed alone. So what a submission is asked depends on nothing
but its own answers, in whichever order a class is graded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .processes import Questions, Request
from .reply import decoded
from .rounding import same_but_for_rounding
from .worker.wire import Handle, Messages, WireError

FIRST_GUESSES, MOST_GUESSES = 4, 64
"""How many guesses are sent at once; each time that all were right, twice as many as before."""


@dataclass(frozen=True)
class Call:
    """One call of a test, as it crossed."""

    request: Request
    reply: bytes


@dataclass(frozen=True, eq=False)
class Batch:
    """Calls that are made together: certain ones, or guesses, of which only the first follows from
    the answers before it."""

    calls: tuple[Call, ...]
    is_certain: bool

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """Those that are called, in the order of their first calls."""
        return tuple(dict.fromkeys(call.request.module for call in self.calls))

    @cached_property
    def functions(self) -> frozenset[str]:
        """The names of those that are called."""
        return frozenset(call.request.name for call in self.calls)

    @cached_property
    def questions(self) -> Questions:
        """All of them, for one process; the reference's replies are hoped for."""
        requests = tuple(call.request for call in self.calls)
        return Questions(requests, Messages(call.reply for call in self.calls))

    @cached_property
    def refuses(self) -> bool:
        """Whether the reference raises an error in one of them."""
        return any(decoded(call.reply)[0] != "returned" for call in self.calls)


Script = tuple[Batch, ...]


@dataclass(frozen=True, eq=False)
class Series:
    """Batches of several tests, all of them certain."""

    batches: tuple[Batch, ...]

    @cached_property
    def as_one(self) -> Batch:
        """All their calls."""
        return Batch(tuple(call for batch in self.batches for call in batch.calls), True)


class OffScript(BaseException):
    """The answers make the test ask something else than its script: it is run again without.

    No test may catch it, whatever it expects of the student's code.
    """


class Transcript:
    """The answers to a script, told apart from all others by their digest.

    As a rule they are the reference's, and comparing costs less than a digest of the bytes. With
    `rounding`, an answer whose numbers differ from the reference's by rounding alone counts as it.
    """

    def __init__(self, rounding: bool = False) -> None:
        self._rounding = rounding
        self._hash = hashlib.sha256()
        self.has_references_numbers = True

    def add(self, reply: bytes, reference: bytes) -> bytes:
        """Takes the next answer, and the reference's; returns the one that counts."""
        if reply == reference or (
            self._rounding and _both_return(reply, reference, same_but_for_rounding)
        ):
            self._hash.update(b"=")
            return reference
        self._hash.update(hashlib.sha256(reply).digest())
        if self.has_references_numbers:
            self.has_references_numbers = _both_return(reply, reference, _same_numbers)
        return reply

    def add_references(self, count: int) -> None:
        """Takes the next so many answers, all of them the reference's to the bit."""
        self._hash.update(b"=" * count)

    def digest(self) -> bytes:
        return self._hash.digest()


def _both_return(reply: bytes, reference: bytes, alike: Callable[[Any, Any], bool]) -> bool:
    """Whether both are replies with a value, and `alike` finds them so."""
    try:
        one, other = decoded(reply), decoded(reference)
        return bool(one[0] == other[0] == "returned") and alike(one, other)
    except (WireError, ValueError, TypeError, LookupError):
        return False


def _same_numbers(one: Any, other: Any) -> bool:
    """Whether the values have the same numbers: the sign of a zero and the type of an object that
    stays in the worker may be others."""
    return _equal(one[1], other[1])


def _equal(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        # What is computed from an array may depend on its layout.
        alike = one.dtype == other.dtype and one.strides == other.strides
        return alike and np.array_equal(one, other)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, Handle):
        return one.number == other.number
    return bool(one == other)


def write_script(calls: Sequence[Call], certain: int) -> Script:
    """The script from the calls that the reference gets, of which so many are certain."""
    certain = max(certain, 1)
    script = [Batch(tuple(calls[:certain]), True)] if calls else []
    batch: list[Call] = []
    room = FIRST_GUESSES
    for call in calls[certain:]:
        # A generator that a wrong guess has moved on could not be called back.
        if batch and (len(batch) == room or call.request.draws):
            script.append(Batch(tuple(batch), False))
            batch, room = [], min(2 * room, MOST_GUESSES)
        batch.append(call)
    if batch:
        script.append(Batch(tuple(batch), False))
    return tuple(script)
