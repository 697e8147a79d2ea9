"""What a command costs, with all processes that it starts: time, CPU, memory.

Its processes may outlive their parents (bubblewrap does not wait for what it started), so that
their CPU would be lost. Linux hands them to this process, which waits for every one of them.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
LINGER = 20.0
"""Seconds that processes may go on after the command itself has ended; then they are killed."""
HWM_EVERY, TREE_EVERY = 0.2, 1.0


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock and of CPU (user and system, all processes); the peak memory in MiB of
    the command's own process, and of all processes together, shared pages counted once."""

    wall: float
    cpu: float
    parent: float
    tree: float
    status: int
    output: str

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.wall + other.wall,
            self.cpu + other.cpu,
            max(self.parent, other.parent),
            max(self.tree, other.tree),
            self.status or other.status,
            self.output + other.output,
        )


def cost_of(
    *commands: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Cost:
    """Runs commands at the same time, to the end of all that they started."""
    _take_in_orphans(True)
    ours = set(_tree().get(os.getpid(), ()))
    before, started = _children_cpu(), time.monotonic()
    running = [
        subprocess.Popen(
            [str(word) for word in command],
            env={**os.environ, **(env or {})},
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in commands
    ]
    watch = _Watch(running[0].pid)
    output = "".join(process.communicate()[0] for process in running)
    wall = time.monotonic() - started
    watch.stop()
    _wait_for_the_rest(ours)
    _take_in_orphans(False)
    status = next((p.returncode for p in running if p.returncode), 0)
    return Cost(wall, _children_cpu() - before, watch.parent, watch.tree, status, output)


def _take_in_orphans(yes: bool) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, int(yes), 0, 0, 0)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait_for_the_rest(ours: set[int]) -> None:
    """Waits for what the command left behind; `ours` are children of another origin."""
    deadline = time.monotonic() + LINGER
    while rest := set(_tree().get(os.getpid(), ())) - ours:
        for process in rest:
            if time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process, os.WNOHANG)
        time.sleep(0.01)


class _Watch:
    """Looks at the memory of a running command now and then."""

    def __init__(self, process: int) -> None:
        self.parent = self.tree = 0.0
        self._process = process
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        next_tree = time.monotonic() + TREE_EVERY
        while not self._over.wait(HWM_EVERY):
            self.parent = max(self.parent, _kilobytes(self._process, "status", "VmHWM:") / 1024)
            if time.monotonic() > next_tree:
                tree = [self._process, *_descendants(self._process)]
                total = sum(_kilobytes(process, "smaps_rollup", "Pss:") for process in tree)
                self.tree = max(self.tree, total / 1024)
                next_tree = time.monotonic() + TREE_EVERY


def _kilobytes(process: int, file: str, name: str) -> int:
    try:
        lines = Path(f"/proc/{process}/{file}").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def _descendants(process: int) -> list[int]:
    children = _tree()
    found = [process]
    for known in found:
        found += children.get(known, [])
    return found[1:]


def _tree() -> dict[int, list[int]]:
    """The children of each process that has some."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
        children.setdefault(parent, []).append(int(folder.name))
    return children
