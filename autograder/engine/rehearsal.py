"""A rehearsal of a hidden test: the reference's functions answer it, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from .processes import Events, Request
from .reply import Observation, read_reply
from .worker.serve import Servants, Target
from .worker.wire import Decoder, Encoder, Handle, WireError

NUDGE = 1 + 2.0**-40
"""Far less than any tolerance, and another number all the same."""


class Rehearsal:
    """Answers as a submission's `Processes` do; `change` is made of every reply."""

    def __init__(
        self, package: ModuleType, change: Callable[[bytes], bytes] = lambda reply: reply
    ) -> None:
        self._servants = Servants(lambda m, f: Target(getattr(getattr(package, m), f)))
        self._change = change

    events = Events()
    ended = ended_old = False

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

    def ask(self, process: Servants, module: str, requests: Sequence[Request]) -> Iterator[bytes]:
        for request in requests:
            yield self._change(process.answer(request.content))

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


def _refuse(value: object) -> Handle:
    raise WireError(f"a {type(value).__name__} can't be sent")


_encoder = Encoder(_refuse)
