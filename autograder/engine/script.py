"""What a hidden test is known to ask, so that it can be asked in advance and all at once.

A test is a function of its random generator and of the answers that it gets. The script holds the
requests that it makes when the answers are the reference's. One that stays the same when every
number in the earlier answers is another is certain: it can be sent before these have come. The
others follow only from answers that are the reference's to the bit. They are guesses: while the
answers are the reference's, so that the next ones may be, too, more and more are sent at once; what
follows an answer that is another is dropped.

The script depends on the kit and the seed alone. So what a submission is asked depends on nothing
but its own answers, in whichever order a class is graded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from .processes import Request

FIRST_GUESSES, MOST_GUESSES = 4, 64
"""How many guesses are sent at once; each time that all were right, twice as many as before."""


@dataclass(frozen=True)
class Call:
    """One call of a test, as it crossed."""

    request: Request
    reply: bytes


@dataclass(frozen=True)
class Batch:
    """Calls that are made together: certain ones, or guesses, of which only the first follows from
    the answers before it."""

    calls: tuple[Call, ...]
    is_certain: bool


Script = tuple[Batch, ...]


class OffScript(BaseException):
    """The answers make the test ask something else than its script: it is run again without.

    No test may catch it, whatever it expects of the student's code.
    """


class Transcript:
    """The answers to a script, told apart from all others by their digest.

    As a rule they are the reference's, and comparing costs less than a digest of the bytes.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.is_references = True

    def add(self, reply: bytes, reference: bytes) -> None:
        """The next answer, and the reference's."""
        same = reply == reference
        self.is_references &= same
        self._hash.update(b"=" if same else hashlib.sha256(reply).digest())

    def digest(self) -> bytes:
        return self._hash.digest()


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
