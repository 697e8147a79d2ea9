"""A rehearsal of a hidden test: the reference's functions answer it, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from .processes import Events, Questions, Request
from .reply import Observation, read_reply
from .script import Call, OffScript
from .worker.serve import Servants, Target

Answer = Callable[[Request], bytes]
NUDGE = 1 + 2.0**-40
"""Far less than any tolerance, and another number all the same."""


class Rehearsal:
    """Answers as a submission's `Processes` do, and keeps what was asked."""

    events = Events()
    ended = ended_old = False

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.calls: list[Call] = []

    def begin_test(self) -> None:
        """There is nothing to forget: a test's first request to a module says so."""

    def sharing(self, modules: Iterable[str]) -> list[str]:
        """No answer is in doubt."""
        return []

    def set_apart(self, modules: Iterable[str]) -> None:
        """There are no processes."""

    def hurry(self, seconds: float) -> None:
        """It takes the time that it takes."""

    def close(self) -> None:
        """There is nothing to end."""

    def running(self, module: str) -> Rehearsal:
        return self

    def ask(self, process: Rehearsal, questions: Questions) -> Iterator[Sequence[bytes]]:
        for request in questions.requests:
            self.calls.append(Call(request, self._answer(request)))
            yield (self.calls[-1].reply,)

    def read(self, module: str, reply: bytes, name: str) -> Observation:
        return read_reply(reply, name)


def answers_of(package: ModuleType) -> Answer:
    """Answers with the package's own functions."""
    servants = Servants(lambda m, f: Target(getattr(getattr(package, m), f)))
    return lambda request: servants.answer(request.content)


class Nudged(Rehearsal):
    """Answers as in an earlier rehearsal, every real number a little larger. Stops a test where it
    asks something else than in that one."""

    def __init__(self, earlier: Iterable[Call]) -> None:
        calls = iter(earlier)

        def answer(request: Request) -> bytes:
            call = next(calls, None)
            if call is None or call.request != request:
                raise OffScript
            return call.reply

        super().__init__(answer)

    def read(self, module: str, reply: bytes, name: str) -> Observation:
        observed = super().read(module, reply, name)
        return replace(observed, value=_nudged(observed.value))


def _nudged(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.floating)) and value.dtype.kind == "f":
        return value * value.dtype.type(NUDGE)
    if isinstance(value, float):
        return value * NUDGE
    if isinstance(value, (list, tuple)):
        return type(value)(map(_nudged, value))
    return value
