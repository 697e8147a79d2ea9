"""A process with a student's code in it, seen from the grader's side."""

import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from .worker import limits
from .worker.wire import LENGTH, NOTE, Decoder, Encoder, WireError, framed

LOOK_EVERY = 0.25
"""Seconds between two looks at a process that does not answer."""
GRACE = 0.5
"""Seconds that a process whose channel is closed has to end with its own exit code."""
ROOM = 2**18


class ProcessEnded(Exception):
    """The process ended, and has been removed; `.status` is its exit code."""

    def __init__(self, status: int | None) -> None:
        super().__init__("the process ended")
        self.status = status


class OutOfTime(Exception):
    """The process gave no answer in time, and has been removed."""


class TimeAllowed(NamedTuple):
    """How long one answer may take: seconds of the process's CPU, seconds on the clock."""

    cpu: float
    wall: float


class Process:
    """One process: takes requests, and has limited time for replies.

    end_process: ends it, after so many seconds in which it may end by itself, and returns its exit
    code; cpu_seconds: what it has used of its CPU; both None where that is not known; notes: what
    it told since the last request, see `wire.NOTE`.
    """

    def __init__(
        self,
        channel: socket.socket,
        end_process: Callable[[float], int | None],
        cpu_seconds: Callable[[], float | None],
    ) -> None:
        channel.setblocking(False)
        self._channel = channel
        self._end_process = end_process
        self.cpu_seconds = cpu_seconds
        self._poll = select.poll()
        self._poll.register(channel, select.POLLIN)
        self._unsent = memoryview(b"")
        self._arrived = bytearray()  # grows with what arrives: a length alone takes no memory
        self._decoder = Decoder()
        self.notes: list[Any] = []
        self._noted = 0

    def load(
        self, package: str, files: dict[str, bytes], with_init: bool, supplied: Sequence[str]
    ) -> None:
        """The student's files, which go before the first requests; nothing of them is run yet."""
        message = Encoder().encode([package, files, with_init, list(supplied)])
        self._unsent = memoryview(framed(message))

    def ask(
        self, requests: Sequence[bytes], time_allowed: Callable[[], TimeAllowed]
    ) -> Iterator[bytes]:
        """The replies to requests that are sent at once, one by one as they come. `time_allowed` is
        asked how long a reply may take, once that one is waited for.

        Raises `ProcessEnded`, `OutOfTime`, or `WireError` where it breaks the protocol. Then, and
        if the caller leaves replies behind, the process is removed.
        """
        self.notes, self._noted = [], 0
        self._unsent = memoryview(b"".join([self._unsent, *map(framed, requests)]))
        answered = 0
        try:
            while answered < len(requests):
                limit = min(limits.REPLY + 4 * len(requests[answered]), limits.MESSAGE)
                reply = self._reply(limit)  # usually it is there already
                if reply is None:
                    reply = self._awaited(limit, time_allowed())
                if self._arrived and answered == len(requests) - 1:
                    raise WireError("more than one answer came")
                answered += 1
                yield reply
        except (OSError, EOFError):
            # Its channel closes a moment before it has ended; its exit code is to be its own.
            raise ProcessEnded(self.end(GRACE)) from None
        finally:
            if answered < len(requests):
                self.end()

    def is_astray(self) -> bool:
        """Whether it ended, or said something, though no request is under way."""
        return any(event & select.POLLIN for _, event in self._poll.poll(0))

    def end(self, grace: float = 0.0) -> int | None:
        """Removes the process and all that it started; its exit code, negative for a signal."""
        if self._channel.fileno() < 0:  # it has been removed
            return None
        self._channel.close()
        return self._end_process(grace)

    def _reply(self, limit: int) -> bytes | None:
        """The first reply, if all of it has arrived, taken off; notes before it are kept."""
        while len(self._arrived) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(self._arrived)[0]
            if end > limit:
                raise WireError("the answer is too large")
            if len(self._arrived) < end:
                return None
            message = bytes(memoryview(self._arrived)[LENGTH.size : end])
            del self._arrived[:end]
            if message[:1] != NOTE:
                return message
            self._noted += len(message)
            if len(self.notes) >= limits.NOTES or self._noted > limits.NOTED:
                raise WireError("too much was noted")
            said = self._decoder.decode(message[1:])
            if not isinstance(said, list) or not all(isinstance(x, (str, list)) for x in said):
                raise WireError("a note that says nothing")
            self.notes.append(said)
        return None

    def _awaited(self, limit: int, allowed: TimeAllowed) -> bytes:
        """The first reply, in the time that it may take. Raises `OutOfTime`. How much CPU was used
        is asked for only where there is no answer at once."""
        started, waited, cpu_limit = time.monotonic(), 0.0, None
        while (reply := self._reply(limit)) is None:
            # Both at once: the process may read no more before its own replies are read. One that
            # has ended takes nothing, but what it answered before is still there to be read.
            if self._unsent:
                with suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
                    self._unsent = self._unsent[self._channel.send(self._unsent) :]
            events = select.POLLIN | select.POLLOUT if self._unsent else select.POLLIN
            self._poll.modify(self._channel, events)
            wait = min(LOOK_EVERY, max(0.01, allowed.wall - waited))
            ready = self._poll.poll(wait * 1000)
            waited = time.monotonic() - started
            if not ready or waited > LOOK_EVERY:  # also for one that answers byte by byte
                used = self.cpu_seconds() or 0.0
                if cpu_limit is None:
                    cpu_limit = max(0.0, used - LOOK_EVERY) + allowed.cpu
                if waited > allowed.wall or used > cpu_limit:
                    raise OutOfTime
            with suppress(BlockingIOError):
                if not (some := self._channel.recv(ROOM)):
                    raise EOFError
                self._arrived += some
        return reply
