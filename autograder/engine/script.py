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
    function: str
    request: bytes
    reply: bytes

    @property
    def asked(self) -> Request:
        return Request(f"{self.module}.{self.function}", self.request)


@dataclass(frozen=True)
class Batch:
    """Requests to one module that are sent together: certain ones, or one that follows from
    answers with the digest `after`."""

    module: str
    requests: tuple[Request, ...]
    is_certain: bool
    after: bytes


Script = tuple[Batch, ...]


class OffScript(BaseException):
    """The answers make the test ask something else than its script: it is run again without.

    No test may catch it, whatever it expects of the student's code.
    """


class Transcript:
    """A digest of answers, one after another."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, reply: bytes) -> None:
        self._hash.update(len(reply).to_bytes(8, "little"))
        self._hash.update(reply)

    def digest(self) -> bytes:
        return self._hash.copy().digest()


def write_script(calls: Sequence[Call], altered: Sequence[Call]) -> Script:
    """The script from the calls that the reference gets, and those with every number altered."""
    script: list[Batch] = []
    transcript = Transcript()
    is_certain = True
    for number, call in enumerate(calls):
        same = number < len(altered) and altered[number].request == call.request
        is_certain = is_certain and (same or number == 0)
        last = script[-1] if script else None
        if is_certain and last is not None and last.module == call.module:
            script[-1] = Batch(call.module, (*last.requests, call.asked), True, last.after)
        else:
            script.append(Batch(call.module, (call.asked,), is_certain, transcript.digest()))
        transcript.add(call.reply)
    return tuple(script)
