"""What the tests of Otter share: the zip, and `otter run` in a process of its own."""

import os
from pathlib import Path
from typing import Any

from autograder.engine.assignment import Assignment
from autograder.engine.release.build import hidden_tests
from autograder.engine.release.otter.package import write_autograder_zip
from tests.kit import python

TOP = {
    *("score", "execution_time", "output", "output_format", "test_output_format"),
    *("test_name_format", "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard"),
}
TEST = {
    *("score", "max_score", "status", "name", "name_format", "number", "output", "output_format"),
    *("tags", "visibility", "extra_data"),
}


def autograder_zip(assignment: Assignment, folder: Path) -> Path:
    """Builds an assignment's autograder.zip in a folder."""
    path = folder / "autograder.zip"
    write_autograder_zip(assignment, hidden_tests(assignment), path)
    return path


def otter_run(autograder: Path, submissions: Path, out: Path) -> None:
    """`otter run` on each submission; see run.py for what it writes. Nothing of the shell counts."""
    env = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    env |= {"PYTEST_ADDOPTS": "-k mean", "LC_ALL": "C"}
    words = [Path(__file__).parent / "run.py", autograder, submissions, out]
    done = python(*words, cwd=out.parent, env=env, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr


def assert_gradescope_format(content: dict[str, Any]) -> None:
    """Against the format that Gradescope documents for results.json."""
    assert content.keys() <= TOP
    for each in [content, *content["tests"]]:
        assert each.get("visibility", "hidden") in ("hidden", "after_published")
    for test in content["tests"]:
        assert test.keys() <= TEST
        assert test.get("status", "passed") in ("passed", "failed")
        assert 0 <= test["score"] <= test["max_score"]
