"""A rehearsal of a hidden test: the reference's functions answer it, in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from .processes import Events, Request
from .reply import Observation, read_reply
from .script import Call, OffScript
from .worker.serve import Servants, Target
from .worker.wire import Decoder, Encoder

NUDGE = 1 + 2.0**-40
"""Far less than any tolerance, and another number all the same."""


class Rehearsal:
    """Answers as a submission's `Processes` do, and keeps what was asked.

    With `earlier`, what another rehearsal was asked, every number in the answers is nudged, and the
    test is stopped where it asks something else than in that one.
    """

    events = Events()
    ended = ended_old = False

    def __init__(self, package: ModuleType, earlier: Sequence[Call] | None = None) -> None:
        self._servants = Servants(lambda m, f: Target(getattr(getattr(package, m), f)))
        self._earlier = earlier
        self.calls: list[Call] = []

    def begin_test(self) -> None:
        """There is nothing to forget: a test's first request to a module says so."""

    def set_apart(self, modules: Iterable[str]) -> bool:
        return False

    def hurry(self, seconds: float) -> None:
        """It takes the time that it takes."""

    def close(self) -> None:
        """There is nothing to end."""

    def running(self, module: str) -> Servants:
        return self._servants

    def ask(self, process: Servants, requests: Sequence[Request]) -> Iterator[bytes]:
        for request in requests:
            if self._earlier is not None and not self._asked_before(request):
                raise OffScript
            reply = process.answer(request.content)
            self.calls.append(Call(request, reply))
            yield reply if self._earlier is None else nudged(reply)

    def _asked_before(self, request: Request) -> bool:
        assert self._earlier is not None
        number = len(self.calls)
        return number < len(self._earlier) and self._earlier[number].request == request

    def read(self, module: str, reply: bytes, name: str) -> Observation:
        return read_reply(reply, name)


def nudged(reply: bytes) -> bytes:
    """The reply with every real number in it a little larger."""
    content = Decoder(handle=lambda handle: handle).decode(reply)
    if content[0] == "returned":
        content[1] = _nudged(content[1])
    return _encoder.encode(content)


def _nudged(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.floating)) and value.dtype.kind == "f":
        return value * value.dtype.type(NUDGE)
    if isinstance(value, float):
        return value * NUDGE
    if isinstance(value, (list, tuple)):
        return type(value)(map(_nudged, value))
    return value


_encoder = Encoder()
