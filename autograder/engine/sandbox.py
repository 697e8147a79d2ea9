"""The wall between the grader and a student's code, seen from the grader's side.

A `Sandbox` starts one zygote (`worker/zygote.py`) behind the strongest layers that this machine
allows, tests from inside which of them hold, and hands out workers.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgpack
import numpy as np

from .errors import KitError
from .worker import scratch
from .worker.view import SCRATCH
from .worker.wire import (
    LENGTH,
    MAX_MESSAGE,
    Decoder,
    Encoder,
    Messages,
    WireError,
    write_request,
)

WORKER = Path(__file__).parent / "worker"
DEVICES = ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"]
SYSTEM = ["/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/localtime"]
FIRST_USER = 61_184  # of the range that systemd keeps for short-lived users
USERS = 4_000
USERS_PER_SANDBOX = 16

MEMORY = 2**30
LIMITS = {
    "RLIMIT_AS": MEMORY,
    "RLIMIT_NPROC": 64,
    "RLIMIT_FSIZE": 16 * 2**20,
    "RLIMIT_NOFILE": 64,
    "RLIMIT_CORE": 0,
    "RLIMIT_CPU": 180,
    "RLIMIT_MEMLOCK": 0,
    "RLIMIT_MSGQUEUE": 0,
}
WAYS = [
    ("bubblewrap", True, True),
    ("bubblewrap", False, True),
    ("mounts", True, True),
    ("plain", False, True),
    ("plain", False, False),  # where another user may not even read Python's own files
]
"""Ways to start, the strongest first: how the file system is hidden, whether workers get
namespaces of their own, and whether they become another user (where the grader is root)."""
LAYERS = {
    "bubblewrap": "a view of the file system without the hidden material, by bubblewrap",
    "mounts": "the same view, by the grader's own mounts",
    "namespaces": "processes and network of the student's own",
    "user": "another user than the grader",
    "no-new-privileges": "no program can give rights back",
    "landlock": "the kernel denies all other files",
    "seccomp": "the kernel denies new processes, sockets and signals",
    "limits": "memory, time, files and threads are bounded",
}
START_SECONDS = 60.0
GRACE_SECONDS = 0.5
ROOM = 2**18
MIN_REPLY = 4 * 2**20
"""Bytes that any reply may have; beside these, four times its request's."""


class SandboxError(KitError):
    """No worker can be had, or a layer that the instructor requires is not there."""


class WorkerDied(Exception):
    """The worker ended, or broke the protocol, and has been removed; `.status` is its exit code."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class BadReply(WorkerDied):
    """The worker broke the protocol, and has been removed."""


class WorkerTimeout(Exception):
    """The worker gave no answer in time, and has been removed."""


@dataclass(frozen=True)
class Patience:
    """How long one answer may take: seconds of the worker's CPU, seconds on the clock."""

    cpu: float
    wall: float


LOOK_EVERY = 0.25
"""Seconds between two looks at a worker that does not answer."""
MOMENT = 0.1
"""Seconds that a worker may take for all replies that are hoped for, so that they count as one."""


class _Clock:
    """Waits for a worker's channel, and gives up when its patience is used up.

    How long that is gets asked only about a worker that does not answer at once.
    """

    def __init__(self, worker: Worker, patience: Callable[[], Patience]) -> None:
        self._worker = worker
        self._ask_patience = patience
        self._patience: Patience | None = None
        self._started = time.monotonic()
        self._cpu_before = 0.0

    def wait(self, poll: select.poll) -> None:
        wait = LOOK_EVERY
        while not poll.poll(wait * 1000):
            self._look()
            assert self._patience is not None
            left = self._patience.wall - (time.monotonic() - self._started)
            wait = min(LOOK_EVERY, max(0.01, left))
        if self._patience is not None or time.monotonic() - self._started > LOOK_EVERY:
            self._look()  # at one that drips its answer

    def _look(self) -> None:
        used = self._worker.cpu_seconds()
        if self._patience is None:
            self._patience = self._ask_patience()
            self._cpu_before = max(0.0, used - LOOK_EVERY)
        waited = time.monotonic() - self._started
        if waited > self._patience.wall or used - self._cpu_before > self._patience.cpu:
            raise WorkerTimeout


class _Moment:
    """Waits for a worker's channel as long as all that it sends takes a moment: whose time was
    used is told by replies that are looked at one by one."""

    def __init__(self) -> None:
        self._end = time.monotonic() + MOMENT

    def wait(self, poll: select.poll) -> None:
        left = self._end - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise WorkerTimeout


class Worker:
    """One process with one submission in it: takes requests, and has limited time for replies."""

    def __init__(self, sandbox: Sandbox, number: int, channel: socket.socket) -> None:
        self._sandbox = sandbox
        self._number = number
        self._channel = channel
        self._poll = select.poll()
        self._poll.register(channel, select.POLLIN)
        self._ended = False

    def load(self, package: str, files: dict[str, bytes], with_init: bool) -> None:
        """Hands over the student's files; nothing of them is run yet."""
        self._send(_encoder.encode([package, files, with_init]), Patience(10, 30))

    def ask(
        self,
        requests: Messages,
        patience: Callable[[int], Patience],
        hoped_for: Messages | None = None,
    ) -> Iterator[Sequence[bytes]]:
        """The replies to requests that are sent at once, as they come: one by one, or all of those
        hoped for, where nothing else comes. The reply to request NUMBER may take
        `patience(NUMBER)`.

        Raises `WorkerDied` or `WorkerTimeout`, the worker gone. So it is when a caller leaves
        replies behind.
        """
        arrived = bytearray()  # grows with what arrives: a length alone takes no memory
        answered = 0
        try:
            unsent = self._sent(memoryview(requests.joined))
            if hoped_for is not None:
                unsent = self._hope(hoped_for.joined, unsent, arrived)
                if arrived == hoped_for.joined:
                    answered = len(requests.parts)
                    yield hoped_for.parts
                    return
            for number, request in enumerate(requests.parts):
                limit = min(MIN_REPLY + 4 * len(request), MAX_MESSAGE)
                clock = None  # as a rule, it is there already
                while (end := _end_of_reply(arrived, limit)) is None:
                    clock = clock or _Clock(self, partial(patience, number))
                    unsent = self._exchange(unsent, arrived, clock)
                reply = bytes(memoryview(arrived)[LENGTH.size : end])
                del arrived[:end]
                if arrived and number + 1 == len(requests.parts):
                    raise WireError("more than one answer came")
                answered += 1
                yield (reply,)
        except WireError as problem:
            raise BadReply(str(problem), self.end()) from None
        except (OSError, EOFError):
            # Its channel closes a moment before it has ended; its exit code is to be its own.
            raise WorkerDied("the process ended", self.end(GRACE_SECONDS)) from None
        finally:
            if answered < len(requests.parts):
                self.end()

    def is_astray(self) -> bool:
        """Whether it ended, or said something, though no request is under way."""
        return any(event & select.POLLIN for _, event in self._poll.poll(0))

    def is_idle(self) -> bool:
        """Whether it uses no CPU while nothing is asked of it: no thread was left at work."""
        before = self.cpu_seconds()
        time.sleep(0.05)
        return self.cpu_seconds() - before < 0.005

    def end(self, grace: float = 0.0) -> int | None:
        """Removes the worker and all that it started; its exit code, negative for a signal."""
        if self._ended:
            return None
        self._ended = True
        self._channel.close()
        return self._sandbox.end_worker(self._number, grace)

    def cpu_seconds(self) -> float:
        return self._sandbox.worker_cpu(self._number)

    def _send(self, message: bytes, patience: Patience) -> None:
        clock = _Clock(self, lambda: patience)
        rest = self._sent(memoryview(LENGTH.pack(len(message)) + message))
        self._poll.modify(self._channel, select.POLLOUT)
        while rest:
            clock.wait(self._poll)
            rest = self._sent(rest)
        self._poll.modify(self._channel, select.POLLIN)

    def _sent(self, data: memoryview) -> memoryview:
        """Sends what the channel takes; what is left."""
        try:
            return data[self._channel.send(data) :] if data else data
        except BlockingIOError:
            return data

    def _hope(self, hoped_for: bytes, unsent: memoryview, arrived: bytearray) -> memoryview:
        """Exchanges as long as what is hoped for arrives, and soon; what is still unsent. What
        fails here fails again where the replies are looked at one by one."""
        moment = _Moment()
        with contextlib.suppress(OSError, EOFError, WorkerTimeout):
            seen = 0
            while len(arrived) < len(hoped_for) and hoped_for.startswith(arrived[seen:], seen):
                seen = len(arrived)
                unsent = self._exchange(unsent, arrived, moment)
        return unsent

    def _exchange(
        self, unsent: memoryview, arrived: bytearray, clock: _Clock | _Moment
    ) -> memoryview:
        """Waits, adds what has arrived and sends what can be sent; what is still unsent. Both at
        once: the worker may read no more before its own replies are read."""
        if unsent:
            self._poll.modify(self._channel, select.POLLIN | select.POLLOUT)
        clock.wait(self._poll)
        if unsent:
            unsent = self._sent(unsent)
            self._poll.modify(self._channel, select.POLLIN)
        try:
            size = self._channel.recv_into(self._sandbox.room)
        except BlockingIOError:
            return unsent
        if not size:
            raise EOFError
        arrived += self._sandbox.room[:size]
        return unsent


def _end_of_reply(arrived: bytearray, limit: int) -> int | None:
    """Where the first reply ends, if all of it has arrived."""
    if len(arrived) < LENGTH.size:
        return None
    end = LENGTH.size + LENGTH.unpack_from(arrived)[0]
    if end > limit:
        raise WireError("the answer is too large")
    return end if len(arrived) >= end else None


_encoder = Encoder()


class Sandbox:
    """A zygote and its workers. `hidden` is the folder that no student's code may see.

    `layers` names what holds, as a submission that tried to get out reported it; `hides` tells
    whether it found the hidden folder closed. Raises
    `SandboxError` where a layer of `require` is not among them.
    """

    def __init__(self, hidden: Path, require: tuple[str, ...] = ()) -> None:
        self._hidden = hidden.resolve()
        self._process: subprocess.Popen[bytes] | None = None
        self.layers: tuple[str, ...] = ()
        self.hides = False
        self._view = ""
        self.room = memoryview(bytearray(ROOM))
        """Where what a worker sends is put first: a buffer for each piece would cost more."""
        self._folder = ""
        try:
            self._start_strongest()
        except BaseException:
            self.close()
            raise
        missing = [layer for layer in require if layer not in self.layers]
        if missing:
            self.close()
            raise SandboxError(
                f"required protection is not to be had here: {', '.join(missing)}"
                f" (active: {', '.join(self.layers)})"
            )

    def _start_strongest(self) -> None:
        problems = []
        ways = WAYS if sys.platform == "linux" else WAYS[-1:]
        for self._view, self._namespaces, self._other_user in ways:
            try:
                self._start()
                self.layers = self._tested_layers()
                return
            except (SandboxError, OSError, WorkerDied, WorkerTimeout) as problem:
                problems.append(f"{self._view}: {problem}")
                self._stop()
        raise SandboxError("no worker could be started: " + "; ".join(problems))

    def spawn(self) -> Worker:
        """A fresh worker. Raises `SandboxError` where the zygote can't make one any more."""
        for attempt in (1, 2):
            try:
                return self._spawn()
            except (OSError, EOFError, SandboxError) as problem:
                if attempt == 2:
                    raise SandboxError(f"no worker could be started: {problem}") from None
                self._stop()
                self._start()
        raise AssertionError("unreachable")

    def _spawn(self) -> Worker:
        ours, theirs = socket.socketpair()
        try:
            answer = self._command({"do": "spawn"}, theirs.fileno())
        finally:
            theirs.close()
        if "error" in answer:
            ours.close()
            raise SandboxError(answer["error"])
        ours.setblocking(False)
        return Worker(self, answer["worker"], ours)

    def end_worker(self, number: int, grace: float = 0.0) -> int | None:
        try:
            return self._command({"do": "end", "worker": number, "grace": grace})["status"]
        except (OSError, EOFError):
            self._stop()  # without its zygote no worker lives on; the next spawn starts a new one
            return None

    def worker_cpu(self, number: int) -> float:
        try:
            return self._command({"do": "cpu", "worker": number})["seconds"]
        except (OSError, EOFError):
            return 0.0

    def close(self) -> None:
        """Ends the zygote and its workers."""
        self._stop()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _command(self, command: dict[str, object], *channels: int) -> dict:
        text = json.dumps(command).encode()
        if channels:
            socket.send_fds(self._control, [text], list(channels))
        else:
            self._control.send(text)
        answer = self._control.recv(65_536)
        if not answer:
            raise EOFError("the zygote ended")
        return json.loads(answer)

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(START_SECONDS)
        settings = {
            "control": theirs.fileno(),
            "make_view": self._view == "mounts",
            "scratch": self._scratch_base(),
            "jail": {
                "user": self._user(),
                "readable": self._readable(),
                "devices": DEVICES,
                "limits": LIMITS,
                "namespaces": self._namespaces,
            },
        }
        paths = [str(path) for path in (*_library_folders(), WORKER.parent)]
        boot = (
            f"import sys; sys.path += {paths!r}; from worker.zygote import main;"
            " sys.path.pop(); main()"
        )
        python = os.path.realpath(sys.executable)
        command = [python, "-I", "-S", "-B", "-c", boot, json.dumps(settings)]
        if self._view == "bubblewrap":
            command = [*self._bubblewrap(), "--", *command]
        with contextlib.ExitStack() as cleanup:
            cleanup.callback(theirs.close)
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env=_ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        self._control = ours
        try:
            ready = ours.recv(65_536)
        except TimeoutError:
            raise SandboxError("the zygote did not start in time") from None
        except OSError:
            ready = b""
        if not ready:
            assert self._process.stderr is not None
            self._process.wait()
            said = self._process.stderr.read().decode(errors="replace").strip().splitlines()
            raise SandboxError(said[-1] if said else "the zygote did not start")

    def _stop(self) -> None:
        if self._process is None:
            return
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._process = None
        if os.path.isdir(self._folder):  # of a zygote that was killed
            scratch.remove(self._folder)

    def _user(self) -> int | None:
        if os.geteuid() != 0 or not self._other_user:
            return None
        return FIRST_USER + os.getpid() * USERS_PER_SANDBOX % USERS

    def _scratch_base(self) -> str:
        """Where workers' scratch folders go; the zygote removes what it made there."""
        if self._view != "plain":
            return SCRATCH
        self._folder = tempfile.mkdtemp(prefix="grader-")
        os.chmod(self._folder, 0o711)
        return self._folder

    def _readable(self) -> list[str]:
        folders = [*SYSTEM, os.path.realpath(sys.base_prefix), *map(str, _library_folders())]
        readable = [path for path in dict.fromkeys(folders) if os.path.lexists(path)]
        for path in readable:
            if self._hidden.is_relative_to(os.path.realpath(path)):
                raise SandboxError(
                    f"the kit lies in {path}, which students' code can read:"
                    " move it to a folder outside of Python's own"
                )
        return readable

    def _bubblewrap(self) -> list[str]:
        program = shutil.which("bwrap")
        if program is None:
            raise SandboxError("bwrap is not installed")
        command = [program, "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-pid"]
        command += ["--die-with-parent", "--tmpfs", SCRATCH, "--proc", "/proc", "--dir", "/dev"]
        if os.geteuid() == 0:
            for capability in ("SYS_ADMIN", "SETUID", "SETGID", "KILL", "DAC_OVERRIDE", "CHOWN"):
                command += ["--cap-add", f"CAP_{capability}"]
        for path in [*self._readable(), str(WORKER)]:
            for parent in reversed(Path(path).parents[:-1]):
                command += ["--dir", str(parent)]  # else it makes them for its own user alone
            if os.path.islink(path):
                command += ["--symlink", os.readlink(path), path]
            else:
                command += ["--ro-bind", path, path]
        for device in DEVICES:
            command += ["--dev-bind", device, device]
        return command

    def _tested_layers(self) -> tuple[str, ...]:
        """Sends a submission that tries to get out, and reports what it could not do."""
        worker = self.spawn()
        secret = str(self._hidden)
        try:
            worker.load("probe", {"probe/attempts.py": _PROBE.read_bytes()}, True)
            content = _encoder.encode(["attempt", [secret, os.geteuid()], {}, [], False])
            request = write_request(True, "attempts", content)
            ((reply,),) = worker.ask(Messages([request]), lambda _: Patience(20, 30))
            answer = Decoder().decode(reply)
        finally:
            worker.end()
        if answer[0] != "returned":
            raise SandboxError(f"the self-test failed: {answer[2]}")
        held = answer[1]
        self.hides = held["hidden"]
        if self._view in ("bubblewrap", "mounts"):
            held[self._view] = held["hidden"]
        if self._view == "plain" and not held["hidden"] and sys.platform == "linux":
            held["landlock"] = False
        return tuple(layer for layer in LAYERS if held.get(layer))


_PROBE = Path(__file__).parent / "probe.py"
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "USER": "student",
    "LOGNAME": "student",
    "MPLBACKEND": "Agg",
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def _library_folders() -> list[Path]:
    """Where NumPy, MessagePack and their like are installed."""
    places = [np.__file__, msgpack.__file__, sysconfig.get_path("platlib") + "/x/y"]
    return list(dict.fromkeys(Path(place).resolve().parent.parent for place in places))
