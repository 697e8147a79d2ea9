"""`grade --scheduler`: a Dask scheduler and two workers, of which one is killed at work."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from autograder.engine import classroom
from autograder.engine.assignment import Assignment

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "tiny"
SIZE = 20
SLOW = "\n\nimport time\n_right = celsius\n\ndef celsius(f):\n    time.sleep(0.05)\n    return _right(f)\n"


@contextmanager
def _running(*words: object, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dask's, which is killed in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _await(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def _scheduler(folder: Path, allowed_failures: int) -> tuple[str, ExitStack]:
    """The address of a scheduler on a free port of the loopback, and what ends it."""
    running, file = ExitStack(), folder / "scheduler.json"
    words = ["scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard"]
    env = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures)}
    running.enter_context(_running(*words, "--scheduler-file", file, **env))
    _await(lambda: file.exists() and file.read_text().endswith("}"), "no scheduler came up")
    return json.loads(file.read_text())["address"], running


def _worker(address: str, folder: Path) -> subprocess.Popen[bytes]:
    words = ["worker", address, "--nthreads", 1, "--no-nanny", "--no-dashboard"]
    return _running(*words, "--host", "127.0.0.1", "--local-directory", folder)


def _grade(address: str, submissions: Path, out: Path) -> subprocess.Popen[str]:
    words = ["--assignment", TINY, "grade", submissions, "-o", out, "--scheduler", address]
    return subprocess.Popen(
        [sys.executable, "-m", "autograder", *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _slow_class(tiny: Assignment, folder: Path) -> Path:
    files = classroom.solution(tiny)
    files["thermo/scales.py"] += SLOW.encode()
    for number in range(SIZE - 1):
        classroom.write_zip(folder / f"student{number}.zip", files)
    (folder / "damaged.zip").write_bytes(b"PK\x03\x04")
    return folder


@pytest.mark.parametrize(
    "allowed_failures",
    [pytest.param(3, id="Dask tries again"), pytest.param(0, id="the kit tries again")],
)
def test_every_submission_has_one_row_though_a_worker_is_killed(
    tiny: Assignment, tmp_path: Path, allowed_failures: int
) -> None:
    submissions, out = _slow_class(tiny, tmp_path / "class"), tmp_path / "out"
    address, scheduler = _scheduler(tmp_path, allowed_failures)
    with scheduler, ExitStack() as workers:
        first, _ = (workers.enter_context(_worker(address, tmp_path / n)) for n in ("a", "b"))
        command = _grade(address, submissions, out)
        _await(lambda: len(list(out.glob("results/*.json"))) >= 2, "nothing was graded")
        first.send_signal(signal.SIGKILL)
        done_before = len(list(out.glob("results/*.json")))
        said, _ = command.communicate(timeout=120)
    assert done_before < SIZE
    assert command.returncode == 0, said
    rows = list(csv.DictReader((out / "final_grades.csv").open()))[1:]
    expected = {f"student{number}.zip": 10.0 for number in range(SIZE - 1)} | {"damaged.zip": 0.0}
    assert [row["file"] for row in rows] == sorted(expected)
    assert {row["file"]: float(row["total_points_earned"]) for row in rows} == expected
    assert len(list(out.glob("results/*.json"))) == SIZE


def test_without_a_scheduler_there_is_one_clear_line(tmp_path: Path) -> None:
    command = _grade("tcp://127.0.0.1:1", TINY / "solutions", tmp_path / "out")
    said, _ = command.communicate(timeout=60)
    assert command.returncode == 2
    assert "no Dask scheduler at tcp://127.0.0.1:1" in said
    assert "Traceback" not in said
