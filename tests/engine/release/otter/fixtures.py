"""What the tests of Otter share: submissions that it has to cope with, the zip, and `otter run`."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from autograder.engine.assignment import Assignment
from autograder.engine.grade.archive import write_archive
from autograder.engine.prove import made_up
from autograder.engine.release.build import hidden_tests
from autograder.engine.release.otter.package import write_autograder_zip
from autograder.engine.release.otter.testfiles import notebook
from tests.kit import python

Files = dict[str, bytes]

ATTACK = """
import glob
for _path in ("MARKER", "../results/verdict.json", *glob.glob("/tmp/*/autograder/results/*")):
    try:
        open(_path, "w").write('{"score": 1000000, "tests": []}')
    except OSError:
        pass
"""


def submissions(assignment: Assignment, marker: Path) -> dict[str, Files]:
    """By their names. The hostile ones leave a marker where they are run by Otter or reach it."""
    package, (first, *_, last) = assignment.package, assignment.modules
    right = made_up.solution(assignment)
    partial = made_up.half_done(assignment, [last])
    path, init = f"{package}/{first}.py", f"{package}/__init__.py"
    attack = ATTACK.replace("MARKER", str(marker)).encode()
    mark = f"open({str(marker)!r}, 'w').close()"
    forged = json.dumps({"score": 100, "tests": []}).encode()
    code = ["ipykernel_launcher.py", "numpy.py", "otter.py", "tests/initializers.py"]
    code += ["tests/kit/autograder/__init__.py", "autograder/__init__.py"]
    return {
        "partial": partial,
        "loose": {name.removeprefix(f"{package}/"): text for name, text in partial.items()},
        "notebook": {**partial, "lab.ipynb": notebook("raise SystemExit").encode()},
        "scripts": {**partial, "submit.py": b"raise SystemExit", "try.py": b"1 / 0"},
        "two notebooks": {**right, **dict.fromkeys(["a.ipynb", "b.ipynb"], notebook().encode())},
        "impostor": {
            **partial,
            path: partial[path] + attack,
            init: attack,
            **dict.fromkeys(code, mark.encode()),
            **dict.fromkeys(["results/verdict.json", "verdict.json"], forged),
            ".OTTER_LOG": f"cos\nsystem\n(Vtouch '{marker}'\ntR.".encode(),  # which is unpickled
            "lab.ipynb": notebook(mark).encode(),
        },
    }


def write_class(folder: Path, made: Mapping[str, Files], names: Iterable[str]) -> None:
    """Writes a zip for each of these names."""
    for name in names:
        write_archive(folder / f"{name}.zip", made[name])


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
    python(*words, cwd=out.parent, env=env, timeout=900)


def assert_gradescope_format(content: dict[str, Any]) -> None:
    """Against the format that Gradescope documents for results.json."""
    assert content.keys() <= TOP
    for each in [content, *content["tests"]]:
        assert each.get("visibility", "hidden") in ("hidden", "after_published")
    for test in content["tests"]:
        assert test.keys() <= TEST
        assert test.get("status", "passed") in ("passed", "failed")
        assert 0 <= test["score"] <= test["max_score"]
