"""Submissions in shapes that Otter has to cope with, for its tests with and without Docker."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.engine.assignment import Assignment
from autograder.engine.prove import made_up
from autograder.engine.release.archive import write_archive

Files = dict[str, bytes]

ATTACK = """
import glob
for _path in ("MARKER", "../results/verdict.json", *glob.glob("/tmp/*/autograder/results/*")):
    try:
        open(_path, "w").write('{"score": 1000000, "tests": []}')
    except OSError:
        pass
"""


def notebook(source: str) -> bytes:
    """A notebook with one code cell, as bytes."""
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    cells = [{**cell, "id": "a", "source": source}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


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
        "notebook": {**partial, "lab.ipynb": notebook("raise SystemExit")},
        "scripts": {**partial, "submit.py": b"raise SystemExit", "try.py": b"1 / 0"},
        "two notebooks": {**right, "a.ipynb": notebook("1 / 0"), "b.ipynb": notebook("1 / 0")},
        "impostor": {
            **partial,
            path: partial[path] + attack,
            init: attack,
            **dict.fromkeys(code, mark.encode()),
            **dict.fromkeys(["results/verdict.json", "verdict.json"], forged),
            ".OTTER_LOG": f"cos\nsystem\n(Vtouch '{marker}'\ntR.".encode(),  # which is unpickled
            "lab.ipynb": notebook(mark),
        },
    }


def write_class(folder: Path, made: Mapping[str, Files], names: Iterable[str]) -> None:
    """Writes a zip for each of these names."""
    for name in names:
        write_archive(folder / f"{name}.zip", made[name])
