"""The verdict on one submission, made before Otter counts.

run_otter.py calls this in a process of its own: in a container, under `otter grade` and on
Gradescope, and for the plugin of `otter run`.
"""

import json
import os
import pickle
import stat
from pathlib import Path
from typing import Any

from ...assignment import Assignment
from ...grade.grader import Grader, Settings
from ...grade.outputs import write_atomically
from ...report.result import Result, to_gradescope, to_json

ASSIGNMENT = "autograder"  # the assignment's folder in the kit that autograder.zip carries
CONFIG = "otter_config.json"


def grade(autograder: Path, kit: Path) -> None:
    """Grades autograder/submission in a container.

    Writes results/results.json for Gradescope, test by test, and results/results.pkl, which
    `otter grade` reads on its host: there Otter's test files have counted.
    """
    autograder.chmod(0o700)
    source, results = autograder / "source", autograder / "results"
    results.mkdir(exist_ok=True)
    config = json.loads((source / CONFIG).read_text("utf-8"))
    result = _judged(kit, _handed_in(autograder / "submission"))
    # Students see it when Otter would show it to them.
    visibility = "after_published" if config.get("show_hidden") else "hidden"
    (results / "results.json").write_text(to_json(result, visibility), "utf-8")
    (results / "results.pkl").write_bytes(pickle.dumps(_counted(source / "tests", result)))


def write_verdict(kit: Path, submission: Path, file: Path) -> None:
    """Writes what the test files read."""
    write_atomically(file, json.dumps(_told(_judged(kit, submission))))


def _judged(kit: Path, submission: Path) -> Result:
    """The result of a submission. As root, only with another user for the student's code."""
    require = ("user",) if os.geteuid() == 0 else ()
    with Grader(Assignment.load(kit / ASSIGNMENT), Settings(require=require, alone=True)) as grader:
        return grader.grade(submission)


def _handed_in(folder: Path) -> Path:
    """What the student handed in: the one zip that a folder holds, or else the folder."""
    children = list(folder.iterdir())
    is_zip = [c.suffix.lower() == ".zip" and stat.S_ISREG(c.lstat().st_mode) for c in children]
    return children[0] if is_zip == [True] else folder


def _told(result: Result) -> dict[str, str]:
    """Each test's id, with "" where it passed, else with what is said of it."""
    return {
        test["extra_data"]["id"]: "" if test["status"] == "passed" else test["output"] or "wrong"
        for test in to_gradescope(result)["tests"]
    }


def _counted(tests: Path, result: Result) -> Any:
    """What Otter makes of its test files and the verdict."""
    from otter.test_files import GradingResults, create_test_file

    files = [create_test_file(str(path), None) for path in sorted(tests.glob("*.py"))]
    for file in files:
        file.run({"verdict": _told(result)})
    return GradingResults(files)
