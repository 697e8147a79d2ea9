"""Submissions in every shape that Otter has to cope with, for its tests with and without Docker."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

from autograder.engine.assignment import Assignment
from autograder.engine.prove import classroom
from tests.kit import zipped

Files = dict[str, bytes]

HOSTILE = """
import glob as _glob, json as _json, os as _os, subprocess as _subprocess, sys as _sys


def _try(action, *given):
    try:
        return action(*given)
    except BaseException:
        return None


def _write(path, text):
    with open(path, "w") as file:
        file.write(text)


def _escape():
    results = _json.dumps({"score": 10**6, "tests": [], "output": "ESCAPED"})
    places = [MARKER, "/autograder/results/results.json", "/autograder/results/results.pkl"]
    places += ["/autograder/results/verdict.json", "results/verdict.json", "verdict.json"]
    places += ["/autograder/source/tests/initializers.py", "../results/verdict.json"]
    for place in places + _glob.glob("/tmp/*/autograder/results/*"):
        _try(_write, place, results)
    _try(_os.chmod, "/autograder", 0o777)
    _try(_os.setuid, 0)
    _try(_subprocess.Popen, [_sys.executable, "-c", "import time; time.sleep(60)"])
    _try(_os.kill, -1, 9)
    _try(_os.kill, _os.getppid(), 9)


_escape()
"""


def notebook(source: str) -> bytes:
    """A notebook with one code cell, as bytes."""
    cell = {
        "cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [],
        "source": source,
    }  # fmt: skip
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content).encode()


class Bomb:
    """Runs a shell command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, ...]:
        import os

        return os.system, (self.command,)


def broken_with(assignment: Assignment, module: str, code: str) -> Files:
    files = classroom.solution(assignment)
    files[f"{assignment.package}/{module}.py"] += f"\n\n{code}\n".encode()
    return files


def every_function(assignment: Assignment, module: str, body: str) -> str:
    """Code that gives all public functions of a module another body."""
    return (
        "import types as _types\n"
        f"def _body(*given, **named):\n    {body}\n"
        "for _name, _value in list(globals().items()):\n"
        "    if isinstance(_value, _types.FunctionType) and not _name.startswith('_'):\n"
        "        globals()[_name] = _body"
    )


def ordinary(assignment: Assignment) -> dict[str, bytes]:
    """Right, half-done, wrong and broken ones, in the layouts that students hand in."""
    package, modules = assignment.package, assignment.modules
    right, first = classroom.solution(assignment), modules[0]
    lacking = {k: v for k, v in right.items() if k != f"{package}/{modules[-1]}.py"}
    loop = every_function(assignment, first, "while True: pass")
    leave = every_function(assignment, first, "import os; os._exit(0)")
    return {
        "right": zipped(right),
        "partial": zipped(classroom.half_done(assignment, modules[:2])),
        "stubs": zipped(classroom.skeleton(assignment)),
        "lacking": zipped(lacking),
        "syntax error": zipped(broken_with(assignment, first, "def unfinished(:")),
        "endless": zipped(broken_with(assignment, first, loop)),
        "exits": zipped(broken_with(assignment, first, leave)),
        "nothing": zipped({}),
        "nested": zipped({f"work/week 3/{k}": v for k, v in right.items()}),
        "loose": zipped({k.removeprefix(f"{package}/"): v for k, v in lacking.items()}),
        "mac": zipped(right | {f"__MACOSX/{package}/._{m}.py": b"\0\5\x16\7" for m in modules}),
        "with_notebook": zipped(lacking | {"lab.ipynb": notebook("raise SystemExit")}),
        "scripts": zipped(lacking | {"submit.py": b"raise SystemExit", "try.py": b"1 / 0"}),
    }


def hostile(assignment: Assignment, marker: Path) -> dict[str, bytes]:
    """What tries to be run by Otter, to change the grade, or to leave a marker."""
    package, first = assignment.package, assignment.modules[0]
    stubs = classroom.skeleton(assignment)
    leave_mark = f"open({str(marker)!r}, 'w').close()"
    attack = HOSTILE.replace("MARKER", repr(str(marker)))
    forged = json.dumps({"score": 100, "tests": []}).encode()
    attacked = dict(stubs)
    attacked[f"{package}/{first}.py"] += attack.encode()
    at_import = {f"{package}/__init__.py": attack.encode()}
    log = pickle.dumps(Bomb(f"touch '{marker}'"))
    return {
        "attacker": zipped(attacked | at_import),
        "impostor": zipped(
            stubs
            | {
                f"{name}.py": leave_mark.encode()
                for name in ("ipykernel_launcher", "numpy", "otter")
            }
            | {"tests/initializers.py": leave_mark.encode(), "results/verdict.json": forged}
            | {"verdict.json": forged, "tests/kit/autograder/__init__.py": leave_mark.encode()}
            | {"autograder/__init__.py": leave_mark.encode(), ".OTTER_LOG": log}
            | {"lab.ipynb": notebook(leave_mark)}
        ),
    }


def notebooks(assignment: Assignment) -> dict[str, bytes]:
    """With two notebooks of any name, where `otter run` stops before it asks anybody."""
    right = classroom.solution(assignment)
    extra = {f"{name}.ipynb": notebook("raise SystemExit") for name in ("lab", "lab (1)")}
    return {"two_notebooks": zipped(right | extra | {"a.py": b"1 / 0", "b.py": b"1 / 0"})}


def write_class(folder: Path, submissions: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in submissions.items():
        (folder / f"{name}.zip").write_bytes(content)
