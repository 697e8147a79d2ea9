"""Hands out processes for students' code.

A `Sandbox` starts one zygote (`worker/zygote.py`) behind the strongest layers that this machine
allows, tests from inside which of them hold, and has it fork a process whenever one is needed.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from .layers import LAYERS, WAYS, SandboxError, command_line, readable_folders
from .process import OutOfTime, Process, ProcessEnded, TimeAllowed
from .worker import scratch
from .worker.view import SCRATCH
from .worker.wire import FIRST, Decoder, Encoder, WireError

PROBE = Path(__file__).parent / "probe.py"
START_SECONDS = 60.0
STOP_SECONDS = 5.0
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "USER": "student",
    "LOGNAME": "student",
    "MPLBACKEND": "Agg",
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # What a call frees is kept for the next one, which else has to touch new memory, page by page.
    "MALLOC_MMAP_THRESHOLD_": str(2**26),
    "MALLOC_TRIM_THRESHOLD_": str(2**28),
    # New memory holds the same bytes each time, as `np.empty` shows them: not what earlier calls or
    # other submissions have left there.
    "MALLOC_PERTURB_": "128",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
}

USERS = range(61_184, 65_184)
"""Those that workers become; of the range that systemd keeps for short-lived users."""


def reserve_user(until: contextlib.ExitStack) -> int:
    """A user's id, which no other grader on this machine uses until that is closed."""
    reservation = until.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    for number in USERS:
        with contextlib.suppress(OSError):
            # A name in the abstract namespace is unique, and is freed when its process ends.
            reservation.bind(f"\0grader-user-{number}")
            return number
    raise OSError("all users for students' code are taken by other graders")


class Sandbox:
    """A zygote and its processes. `hidden` is the folder that no student's code may see.

    `layers` names what holds, as a submission that tried to get out reported it. Raises
    `SandboxError` where a layer of `require` is not among them.
    """

    def __init__(self, hidden: Path, require: tuple[str, ...] = ()) -> None:
        self._hidden = hidden.resolve()
        self._zygote: subprocess.Popen[bytes] | None = None
        self._way = WAYS[0]
        self._reserved = contextlib.ExitStack()
        self._user = reserve_user(self._reserved) if os.geteuid() == 0 else None
        self._folder = ""
        self.layers: tuple[str, ...] = ()
        try:
            self._start_strongest()
            missing = [layer for layer in require if layer not in self.layers]
            if missing:
                raise SandboxError(
                    f"required protection is not to be had here: {', '.join(missing)}"
                    f" (active: {', '.join(self.layers)})"
                )
        except BaseException:
            self.close()
            raise

    def spawn(self) -> Process:
        """A fresh process. Raises `SandboxError` where the zygote can't make one any more."""
        try:
            with contextlib.suppress(OSError, SandboxError):
                return self._spawn()
            self._stop()
            self._start()
            return self._spawn()
        except (OSError, SandboxError) as problem:
            raise SandboxError(f"no worker could be started: {problem}") from None

    def close(self) -> None:
        """Ends the zygote and its processes."""
        self._stop()
        self._reserved.close()

    def _spawn(self) -> Process:
        ours, theirs = socket.socketpair()
        with theirs:
            number = self._command("spawn", channel=theirs.fileno())
        if not isinstance(number, int):
            ours.close()
            raise SandboxError(number or "the zygote ended")
        command = self._command
        return Process(ours, partial(command, "end", number), partial(command, "cpu", number))

    def _command(self, *command: object, channel: int | None = None) -> Any:
        """The zygote's answer, or None where it ended: then no process of it lives on, and the
        next spawn starts a new one."""
        text = json.dumps(command).encode()
        try:
            if channel is None:
                self._control.send(text)
            else:
                socket.send_fds(self._control, [text], [channel])
            return json.loads(self._control.recv(65_536))
        except (OSError, ValueError):  # it said nothing
            self._stop()
            return None

    def _start_strongest(self) -> None:
        problems = []
        for self._way in WAYS if sys.platform == "linux" else WAYS[-1:]:
            try:
                self._start()
                self._test()
                return
            except (SandboxError, OSError, ProcessEnded, OutOfTime, WireError) as problem:
                problems.append(f"{self._way.view}: {problem}")
                self._stop()
        raise SandboxError("no worker could be started: " + "; ".join(problems))

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(START_SECONDS)
        readable = readable_folders(self._hidden)
        if self._way.view == "plain":  # for processes' scratch folders; the zygote removes it
            self._folder = tempfile.mkdtemp(prefix="grader-")
            os.chmod(self._folder, 0o711)
        settings = {
            "make_view": self._way.view == "mounts",
            "scratch": self._folder or SCRATCH,
            "jail": {
                "user": self._user if self._way.other_user else None,
                "readable": readable,
                "namespaces": self._way.namespaces,
            },
        }
        with theirs:
            self._zygote = subprocess.Popen(
                command_line(self._way.view, readable, settings),
                env=ENVIRONMENT,
                cwd="/",
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        self._control = ours
        if not ours.recv(65_536):
            said = self._zygote.communicate()[1].decode(errors="replace").strip().splitlines()
            raise SandboxError(said[-1] if said else "the zygote did not start")

    def _stop(self) -> None:
        if self._zygote is None:
            return
        self._control.close()
        with self._zygote:  # its end closes what is open, and waits
            try:
                self._zygote.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._zygote.kill()
        self._zygote = None
        if os.path.isdir(self._folder):  # of a zygote that was killed
            scratch.remove(self._folder)

    def _test(self) -> None:
        """Sends a submission that tries to get out, and keeps what it could not do."""
        process = self._spawn()
        try:
            process.load("probe", {"probe/attempts.py": PROBE.read_bytes()}, True, [])
            call = ["attempts", "attempt", [str(self._hidden), os.geteuid()], {}, [], False]
            request = FIRST + Encoder().encode(call)
            (reply,) = process.ask([request], lambda: TimeAllowed(20, 30))
            answer = Decoder().decode(reply)
        finally:
            process.end()
        if answer[0] != "returned":
            raise SandboxError(f"the self-test failed: {answer[2]}")
        held = answer[1]
        held[self._way.view] = held["hidden"]
        self.layers = tuple(layer for layer in LAYERS if held.get(layer))
