"""What a hidden test is known to ask, so that it can be asked in advance and all at once.

A test is a function of its random generator and of the answers that it gets. The script holds the
requests that it makes when the answers are the reference's. One that stays the same when every
number in the earlier answers is another is certain: it can be sent before these have come. The
others follow only from answers that are the reference's to the bit.

The script depends on the kit and the seed alone. So what a submission is asked depends on nothing
but its own answers, in whichever order a class is graded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from .processes import Request


@dataclass(frozen=True)
class Call:
    """One call of a test, as it crossed."""

    module: str
    request: Request
    reply: bytes


@dataclass(frozen=True)
class Batch:
    """Calls to one module that are made together: certain ones, or one that follows from answers
    that are all the reference's."""

    calls: tuple[Call, ...]
    is_certain: bool

    @property
    def module(self) -> str:
        return self.calls[0].module


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
    batches: list[list[Call]] = []
    for number, call in enumerate(calls):
        if 0 < number < certain and batches[-1][0].module == call.module:
            batches[-1].append(call)
        else:
            batches.append([call])
    script, before = [], 0
    for batch in batches:
        script.append(Batch(tuple(batch), before < max(certain, 1)))
        before += len(batch)
    return tuple(script)
