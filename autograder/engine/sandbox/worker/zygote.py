"""The zygote: a process with NumPy loaded that forks a worker for each part of a submission.

A fork of it costs milliseconds where a new Python costs a tenth of a second. It starts from
nothing (no import of the kit, a fixed environment), so that no hidden test, expected value or
score has ever been in the memory that its workers inherit, and it runs none of a student's code.

The sandbox talks to it over a socket, one JSON text a message:
  ["spawn"] and the worker's end of a channel -> the worker's number, or a text that says why not
  ["cpu", NUMBER] -> its CPU seconds
  ["end", NUMBER, SECONDS OF GRACE] -> its exit code, after killing what still runs then
"""

import contextlib
import gc
import json
import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, BinaryIO

import msgpack
import numpy as np

from . import limits, view
from . import scratch as scratch_folder
from .jail import Jail
from .package import Package
from .seccomp import filter_program
from .serve import Responder
from .wire import LENGTH, NOTE, Decoder, framed

SWITCH_INTERVAL = 1e-4
"""Seconds that a thread which one call has left running keeps a later call waiting; Python's own
5e-3, times the threads, would use up an honest function's time."""


class Zygote:
    """Makes workers and ends them, at the sandbox's command."""

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self._control = control
        self._jail = Jail(**settings["jail"])
        self._program = filter_program()
        self._scratch: str = settings["scratch"]
        self._workers: dict[int, str] = {}
        """The workers' scratch folders, by their process ids."""

    def serve(self) -> None:
        """Answers commands until the sandbox closes its end, or is gone without a word; then ends
        all workers."""
        commands = {"spawn": self._spawn, "cpu": self._cpu_seconds, "end": self._end}
        try:
            while (received := socket.recv_fds(self._control, 65_536, 1))[0]:
                text, channels, *_ = received
                name, *arguments = json.loads(text)
                self._control.send(json.dumps(commands[name](*channels, *arguments)).encode())
        finally:
            for worker in list(self._workers):
                self._end(worker)
            if not self._jail.namespaces:
                scratch_folder.remove(self._scratch)

    def _spawn(self, channel: int) -> int | str:
        scratch = self._make_scratch()
        try:
            worker = self._jail.fork()
            if worker == 0:
                _never_return(self._be_worker, channel, scratch)
        except OSError as problem:
            return f"no process could be forked: {problem}"
        finally:
            os.close(channel)
        self._workers[worker] = scratch
        return worker

    def _make_scratch(self) -> str:
        """A folder for one worker: its own file system is mounted there, if it can have one."""
        if self._jail.namespaces:
            return self._scratch
        folder = tempfile.mkdtemp(dir=self._scratch)
        if self._jail.user is not None:
            os.chown(folder, self._jail.user, self._jail.user)
        return folder

    def _be_worker(self, channel: int, scratch: str) -> None:
        self._control.close()
        self._jail.mount_scratch(scratch)
        os.chdir(scratch)
        os.environ["HOME"] = os.environ["TMPDIR"] = os.environ["MPLCONFIGDIR"] = scratch
        # Opened anew: flags set on what the zygote has open would be seen by each worker to come.
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(nowhere, standard)
        os.dup2(channel, 3)
        os.closerange(4, 4096)
        self._jail.close(scratch, self._program)
        _serve_channel(3, scratch)

    def _cpu_seconds(self, worker: int) -> float:
        scratch = self._workers[worker]
        if not self._jail.namespaces and scratch_folder.is_larger(scratch, limits.SCRATCH):
            os.kill(worker, signal.SIGKILL)  # a file system of its own would have been full
        try:
            return time.clock_gettime((~worker << 3) | 2)  # the CPU clock of that process
        except OSError:
            return 0.0

    def _end(self, worker: int, grace: float = 0.0) -> int:
        """Its exit code; one that is ending has `grace` seconds to do so with its own."""
        scratch = self._workers.pop(worker)
        deadline = time.monotonic() + grace
        while not (found := os.waitpid(worker, os.WNOHANG))[0] and time.monotonic() < deadline:
            time.sleep(0.002)
        if not found[0]:
            os.kill(worker, signal.SIGKILL)  # with the first of a namespace all others end
            found = os.waitpid(worker, 0)
        if not self._jail.namespaces:
            self._sweep(worker)
            scratch_folder.remove(scratch)
        return os.waitstatus_to_exitcode(found[1])

    def _sweep(self, group: int) -> None:
        """Without a process namespace: kills what is left of the worker's group and user."""
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)
        if self._jail.user is not None:
            sweeper = os.fork()
            if sweeper == 0:
                _never_return(_kill_all_of, self._jail.user)
            os.waitpid(sweeper, 0)


def _kill_all_of(user: int) -> None:
    os.setresuid(user, user, user)
    os.kill(-1, signal.SIGKILL)


def _never_return(run: Any, *arguments: Any) -> None:
    """Runs in a child of fork; whatever happens, the child does not go on as its parent."""
    try:
        run(*arguments)
    finally:
        os._exit(1)


def _serve_channel(channel: int, scratch: str) -> None:
    """The worker's loop. Plain `read` and `write`: the jail denies the socket calls."""
    with open(channel, "rb") as requests:
        name, files, with_init, supplied = Decoder().decode(_read_message(requests))

        def tell(*content: Any) -> None:
            _send(channel, NOTE + msgpack.packb(content))

        package = Package(scratch, name, files, with_init, supplied, tell)
        # Whatever it is, it costs a student no more than an error.
        responder = Responder(package.find, scratch, (BaseException,))
        while True:
            _send(channel, responder.answer(_read_message(requests)))


def _read_message(requests: BinaryIO) -> bytes:
    head = requests.read(LENGTH.size)
    if not head:
        os._exit(0)  # the grader is done
    return requests.read(LENGTH.unpack(head)[0])


def _send(channel: int, message: bytes) -> None:
    rest = memoryview(framed(message))
    while rest:
        rest = rest[os.write(channel, rest) :]


def main() -> None:
    """Starts the zygote; the last argument is its settings, as JSON."""
    settings = json.loads(sys.argv.pop())
    sys.orig_argv.clear()
    control = socket.socket(fileno=0)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # the first to go when memory ends
    os.umask(0o022)
    if settings["jail"]["namespaces"] and os.geteuid() != 0:
        view.enter_user_namespace()
    if settings["make_view"]:
        view.enter(settings["jail"]["readable"])
    np.random.default_rng(0).normal()  # loads what the first draw would load
    np.random.seed(0)  # who draws from the global generator gets the same result each time
    sys.setswitchinterval(SWITCH_INTERVAL)
    os.dup2(1, 2)  # as stdout, stderr leads nowhere from here on
    control.send(b"ready")
    gc.freeze()  # what is there now is never garbage: looking through it would copy its pages
    Zygote(control, settings).serve()
