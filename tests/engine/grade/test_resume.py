"""Repeatable, and stoppable at any moment: the real command line, twice, interrupted, gone on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.attacks.case import SOLUTION, with_code, zipped
from tests.kit import ROOT

pytestmark = pytest.mark.slow
COUNT = 8


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class: honest, wrong, slow, and unreadable submissions, two with one name."""
    folder = tmp_path_factory.mktemp("class")
    nap = "import time\n_d = dead_fraction\ndef dead_fraction(a):\n    time.sleep(0.1)\n    return _d(a)\n"
    for number in range(COUNT - 4):
        (folder / f"s{number}.zip").write_bytes(zipped(with_code("diagnostics", nap)))
    (folder / "wrong.zip").write_bytes(
        zipped(with_code("diagnostics", "def dead_fraction(a): return 9"))
    )
    (folder / "broken.zip").write_bytes(b"no zip")
    (folder / "same.zip").write_bytes(zipped(SOLUTION))
    for path, content in SOLUTION.items():
        target = folder / "same" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def command(school: Path, out: Path, *options: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "autograder",
        "grade",
        str(school),
        "-o",
        str(out),
        "--jobs",
        "1",
        *options,
    ]


def grade(school: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(school, out, *options),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )


def content(out: Path) -> dict[str, bytes]:
    """All that was written, but for the pages."""
    paths = [out / "final_grades.csv", *sorted((out / "results").glob("*"))]
    return {path.name: path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def whole(school: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an uninterrupted run writes."""
    out = tmp_path_factory.mktemp("whole")
    grade(school, out)
    return content(out)


def test_every_submission_has_its_row(whole: dict[str, bytes]) -> None:
    rows = whole["final_grades.csv"].decode().splitlines()
    assert len(rows) == COUNT + 2
    assert {row.split(",")[0] for row in rows} > {"same.zip", "same (folder).zip"}
    assert len(whole) == COUNT + 1


def test_the_same_class_gives_the_same_bytes(
    school: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    grade(school, tmp_path)
    assert content(tmp_path) == whole


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_and_resumed_it_ends_complete(
    school: Path, whole: dict[str, bytes], tmp_path: Path, how: signal.Signals
) -> None:
    run = subprocess.Popen(
        command(school, tmp_path),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    results = tmp_path / "results"
    deadline = time.monotonic() + 120
    while len(list(results.glob("*.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    if how == signal.SIGINT:
        os.killpg(run.pid, how)  # as a terminal does
    else:
        run.send_signal(how)
    run.wait(300)
    done = {
        path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in results.glob("*.json")
    }
    assert len(done) >= 2
    for name, (_, text) in done.items():
        json.loads(text)
        assert text == whole[name]
    _no_process_is_left(run.pid)

    (results / "wrong.json").unlink(missing_ok=True)
    (results / "broken.json").write_text('{"score": 100, "tests": [')  # half a file
    grade(school, tmp_path, "--resume")
    assert content(tmp_path) == whole
    again = [
        name
        for name, (written, _) in done.items()
        if name not in ("wrong.json", "broken.json")
        and (results / name).stat().st_mtime_ns != written
    ]
    assert again == []


def _no_process_is_left(session: int) -> None:
    """Everything that the command started has its session, or is a child of what has."""
    deadline = time.monotonic() + 60
    while left := _of_session(session):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def _of_session(session: int) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir() if sys.platform == "linux" else ():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append((entry / "cmdline").read_text().replace("\0", " ")[:80])
    return found


def test_another_seed_or_another_content_is_graded_again(school: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    path.write_bytes(zipped(SOLUTION))
    out = tmp_path / "out"
    grade(path, out)
    first = (out / "results" / "one.json").read_bytes()
    path.write_bytes(zipped(with_code("diagnostics", "def dead_fraction(a): return 9")))
    grade(path, out, "--resume")
    second = json.loads((out / "results" / "one.json").read_text())
    assert second["score"] < json.loads(first)["score"]
    path.write_bytes(zipped(SOLUTION))
    grade(path, out, "--resume", "--seed", "7")
    assert (
        json.loads((out / "results" / "one.json").read_text())["extra_data"]["grader"]["seed"] == 7
    )
