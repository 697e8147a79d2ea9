"""Repeatable, and stoppable at any moment: the real command line, interrupted and gone on with."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from autograder.engine.grade.archive import write_archive
from autograder.engine.prove import made_up
from tests.kit import await_that, kit, processes, started

pytestmark = pytest.mark.slow
SLOW = """
import time
_right = celsius
def celsius(f):
    time.sleep(0.2)
    return _right(f)
"""


@pytest.fixture(scope="module")
def school(tiny, tmp_path_factory):
    """A class of slow submissions, and of a wrong and an unreadable one that come first."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "broken.zip").write_bytes(b"no zip")
    wrong = "def celsius(f):\n    return 9\n"
    write_archive(folder / "d_wrong.zip", made_up.with_code(tiny, "scales", wrong))
    for number in range(5):
        slow = made_up.with_code(tiny, "scales", SLOW)
        write_archive(folder / f"s{number}.zip", slow)
    return folder


def grade(school: Path, out: Path, *options: str) -> dict[str, bytes]:
    """All that the command writes, but for the pages."""
    kit("grade", school, "-o", out, "--jobs", 1, *options)
    paths = [out / "final_grades.csv", *sorted((out / "results").glob("*"))]
    return {path.name: path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def whole(school, tmp_path_factory):
    """What an uninterrupted run writes."""
    return grade(school, tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_and_resumed_it_ends_complete(school, whole, tmp_path, how):
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = ["grade", school, "-o", tmp_path, "--jobs", 1]
    run = started(*words, start_new_session=True, **silent)
    results = tmp_path / "results"
    await_that(lambda: len(list(results.glob("*.json"))) >= 3)
    if how == signal.SIGINT:
        os.killpg(run.pid, how)  # as a terminal does
    else:
        run.send_signal(how)
    run.wait(300)
    done = {path: path.stat().st_mtime_ns for path in results.glob("*.json")}
    assert len(done) >= 3
    assert all(path.read_bytes() == whole[path.name] for path in done)
    await_that(
        lambda: not [s for s, _, session in processes().values() if session == run.pid and s != "Z"]
    )

    (results / "d_wrong.json").unlink()
    (results / "broken.json").write_text('{"score": 100, "tests": [')  # half a file
    assert grade(school, tmp_path, "--resume") == whole
    again = {path.stem for path, written in done.items() if path.stat().st_mtime_ns != written}
    assert again == {"broken", "d_wrong"}
