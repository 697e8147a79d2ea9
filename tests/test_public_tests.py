"""The public tests: what they say of an empty skeleton, of the solution, and of known mistakes.

Run as a script, `python tests/test_public_tests.py`, this file hands every named mistake to the
public tests and prints how many of them they flag with a hint.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from autograder.engine.assignment import Assignment
from autograder.engine.mistakes import load_mistakes

ROOT = Path(__file__).resolve().parent.parent
HANDOUT = ROOT / "assignment"
SOLUTION = ROOT / "solutions" / "gradflow"

# Runs in a process of its own: replaces one function after another and runs the public tests of
# its module each time. What it prints last is {mistake: the first failing check's text}.
RUNNER = """
import contextlib, io, json, sys
import pytest
sys.path.insert(0, ".")
from autograder.engine.assignment import Assignment
from autograder.engine.mistakes import load_mistakes
from pathlib import Path

handout, wanted = Path(sys.argv[1]), set(json.load(sys.stdin))
mistakes = load_mistakes(Assignment.load(Path("autograder")))
sys.path[:0] = [str(handout / "tests")]


class Watch:
    def __init__(self):
        self.texts = []

    def pytest_exception_interact(self, call, report):
        self.texts.append(str(call.excinfo.value))


def texts(module):
    watch = Watch()
    test = handout / "tests" / f"test_{module}.py"
    with contextlib.redirect_stdout(io.StringIO()):
        status = pytest.main(["-c", str(handout / "pytest.ini"), str(test), "-pno:xdist"], [watch])
    assert status == bool(watch.texts), status
    return watch.texts


told = {}
for mistake in mistakes:
    if mistake.name not in wanted:
        continue
    module = sys.modules["gradflow." + mistake.module]
    right = getattr(module, mistake.target)
    setattr(module, mistake.target, mistake.function)
    told[mistake.name] = texts(mistake.module)
    setattr(module, mistake.target, right)
# The control: with the solution in its place again, nothing fails.
for name in sorted({mistake.module for mistake in mistakes if mistake.name in wanted}):
    told["solution " + name] = texts(name)
print(json.dumps(told))
"""


def pytest_in(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """`pytest` as a student runs it."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV", "PYTHONPATH"))
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", *args],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        timeout=60,
    )


def said_of(names: list[str]) -> dict[str, list[str]]:
    """What the public tests say of the named mistakes: the texts of all failed checks."""
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, str(HANDOUT)],
        cwd=ROOT,
        input=json.dumps(names),
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def is_hint(text: str) -> bool:
    return "\n  hint " in text


if __name__ == "__main__":
    catalogue = load_mistakes(Assignment.load(ROOT / "autograder"))
    texts = said_of([m.name for m in catalogue])
    found, hinted = Counter(), Counter()
    for entry in catalogue:
        about = f"{entry.module}.{entry.target}"
        found[about] += bool(texts[entry.name])
        hinted[about] += any(map(is_hint, texts[entry.name]))
    for about, number in Counter(f"{m.module}.{m.target}" for m in catalogue).items():
        print(f"{about:36} {number:4} mistakes, {found[about]:4} flagged, {hinted[about]:4} hints")
    print(f"{len(catalogue)} mistakes, {found.total()} flagged, {hinted.total()} with a hint")
    missed = [m.name for m in catalogue if not texts[m.name]]
    print("not flagged:", *missed)
