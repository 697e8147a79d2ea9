"""What the tests of Otter share: the zip, and `otter run` in a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from autograder.engine.assignment import Assignment
from autograder.engine.release.build import hidden_tests
from autograder.engine.release.otter.package import write_autograder_zip
from tests.engine.release.otter import classes

VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")
FORMATS = ("text", "html", "simple_format", "md", "ansi")
TOP = {
    "score": (int, float), "execution_time": int, "output": str, "output_format": FORMATS,
    "test_output_format": FORMATS, "test_name_format": FORMATS, "visibility": VISIBILITIES,
    "stdout_visibility": VISIBILITIES, "extra_data": dict, "tests": list, "leaderboard": list,
}  # fmt: skip
TEST = {
    "score": (int, float), "max_score": (int, float), "status": ("passed", "failed"), "name": str,
    "name_format": FORMATS, "number": str, "output": str, "output_format": FORMATS, "tags": list,
    "visibility": VISIBILITIES, "extra_data": dict,
}  # fmt: skip


def with_lab(assignment: Assignment, folder: Path) -> Assignment:
    """The assignment with a handout that has a notebook named lab.ipynb."""
    shutil.copytree(assignment.folder, folder, dirs_exist_ok=True)
    made = Assignment.load(folder)
    made.handout.mkdir(exist_ok=True)
    (made.handout / "lab.ipynb").write_bytes(classes.notebook("1"))
    return made


def autograder_zip(assignment: Assignment, folder: Path) -> Path:
    """Builds an assignment's autograder.zip in a folder."""
    path = folder / "autograder.zip"
    write_autograder_zip(assignment, hidden_tests(assignment), path)
    return path


def otter_run(autograder: Path, submissions: Path, out: Path) -> str:
    """`otter run` on each submission; what was printed."""
    done = subprocess.run(
        [sys.executable, Path(__file__).parent / "run.py", autograder, submissions, out],
        cwd=out.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def assert_gradescope_format(content: dict[str, Any]) -> None:
    """Against the format that Gradescope documents for results.json."""
    _assert_fields(content, TOP)
    assert "tests" in content or "score" in content
    for test in content["tests"]:
        _assert_fields(test, TEST)


def _assert_fields(content: dict[str, Any], known: dict[str, Any]) -> None:
    for name, value in content.items():
        assert name in known, f"Gradescope knows no {name}"
        allowed = known[name]
        if isinstance(allowed, tuple) and isinstance(allowed[0], str):
            assert value in allowed, f"{name}: {value}"
        else:
            assert isinstance(value, allowed), f"{name}: {value}"
