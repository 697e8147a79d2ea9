"""Submissions in shapes that Otter has to cope with, for its tests with and without Docker."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterable, Mapping
from pathlib import Path

from autograder.engine.assignment import Assignment
from autograder.engine.prove import classroom

Files = dict[str, bytes]

ATTACK = """
import glob, json, os, subprocess, sys


def _try(action, *given):
    try:
        return action(*given)
    except BaseException:
        return None


_places = [MARKER, "../results/verdict.json", *glob.glob("/tmp/*/autograder/results/*")]
_places += ["/autograder/source/tests/initializers.py"]
_places += [f"/autograder/results/{n}" for n in ("results.json", "results.pkl", "verdict.json")]
for _place in _places:
    _try(lambda: open(_place, "w").write(json.dumps({"score": 10**6, "tests": []})))
_try(os.chmod, "/autograder", 0o777)
_try(os.setuid, 0)
_try(subprocess.Popen, [sys.executable, "-c", "import time; time.sleep(60)"])
_try(os.kill, -1, 9)
_try(os.kill, os.getppid(), 9)
"""


class Bomb:
    """Runs a shell command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (self.command,)


def notebook(source: str) -> bytes:
    """A notebook with one code cell, as bytes."""
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    cells = [{**cell, "id": "a", "source": source}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def submissions(assignment: Assignment, marker: Path) -> dict[str, Files]:
    """By their names. The hostile ones leave a marker where they are run by Otter or reach it."""
    package, (first, *_, last) = assignment.package, assignment.modules
    right = classroom.solution(assignment)
    partial = classroom.half_done(assignment, [last])
    path, init = f"{package}/{first}.py", f"{package}/__init__.py"
    attack = ATTACK.replace("MARKER", repr(str(marker))).encode()
    mark = f"open({str(marker)!r}, 'w').close()"
    forged = json.dumps({"score": 100, "tests": []}).encode()
    code = ["ipykernel_launcher.py", "numpy.py", "otter.py", "tests/initializers.py"]
    code += ["tests/kit/autograder/__init__.py", "autograder/__init__.py"]
    return {
        "right": right,
        "partial": partial,
        "endless": {**right, path: right[path] + b"\n\nwhile True: pass\n"},
        "loose": {name.removeprefix(f"{package}/"): text for name, text in partial.items()},
        "notebook": {**partial, "lab.ipynb": notebook("raise SystemExit")},
        "scripts": {**partial, "submit.py": b"raise SystemExit", "try.py": b"1 / 0"},
        "two notebooks": {**right, "a.ipynb": notebook("1 / 0"), "b.ipynb": notebook("1 / 0")},
        "attacker": {**partial, path: partial[path] + attack, init: attack},
        "impostor": {
            **partial,
            **dict.fromkeys(code, mark.encode()),
            **dict.fromkeys(["results/verdict.json", "verdict.json"], forged),
            ".OTTER_LOG": pickle.dumps(Bomb(f"touch '{marker}'")),
            "lab.ipynb": notebook(mark),
        },
    }


def write_class(folder: Path, made: Mapping[str, Files], names: Iterable[str]) -> None:
    """Writes a zip for each of these names."""
    for name in names:
        classroom.write_zip(folder / f"{name}.zip", made[name])
