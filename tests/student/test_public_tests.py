"""The public tests: what they say of an empty skeleton, of the solution, and of known mistakes."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.release.skeleton import write_skeleton
from tests.kit import ROOT

HANDOUT = ROOT / "assignment"
SOLUTION = ROOT / "solutions" / "gradflow"

# Runs in a process of its own: replaces one function after another and runs the public tests of
# its module each time. What it prints last is {mistake: the first failing check's text}.
RUNNER = """
import contextlib, io, json, sys
import pytest
sys.path.insert(0, ".")
from autograder.engine.assignment import Assignment
from autograder.engine.mistakes import fresh_modules, load_mistakes
from collections import Counter
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
    setattr(module, mistake.target, getattr(fresh_modules([mistake])[mistake.module], mistake.target))
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
        timeout=300,
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
    texts: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    controls = [name for name in texts if name.startswith("solution ")]
    assert controls
    # No mistake leaves anything behind that would make the next one look caught.
    assert not any(texts.pop(name) for name in controls)
    return texts


@pytest.fixture
def handout(tmp_path: Path) -> Path:
    """What a student unzips: all TODO."""
    folder = tmp_path / "a folder with spaces"
    shutil.copytree(HANDOUT, folder, ignore=shutil.ignore_patterns("gradflow", "__pycache__"))
    write_skeleton(SOLUTION, folder / "gradflow")
    return folder


def fill_in(handout: Path, *modules: str) -> None:
    for name in modules:
        shutil.copy(SOLUTION / f"{name}.py", handout / "gradflow")


def test_skeleton_shows_one_screen_of_todos(handout: Path) -> None:
    done = pytest_in(handout)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) < 25
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert done.stdout.isascii()
    assert not any(word in done.stdout for word in ("Error", "Traceback", "FAILED", " failed"))
    for part in Assignment.load(ROOT / "autograder").parts:
        assert f"\n{part:<14}     0 of " in done.stdout
    assert "Next: xavier_normal (README.md, initializers: 12 points)" in done.stdout
    assert " todo in " in done.stdout


def test_solution_is_all_green(handout: Path) -> None:
    fill_in(handout, *Assignment.load(ROOT / "autograder").modules)
    done = pytest_in(handout)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(" done\n") == 6
    assert "All public checks pass. Next: python -m gradflow.lab" in done.stdout
    assert not (handout / ".pytest_cache").exists()


def test_half_done(handout: Path) -> None:
    fill_in(handout, "initializers", "clipping")
    activations = handout / "gradflow" / "activations.py"
    text = activations.read_text("utf-8")
    todo = '# TODO: your code here\n    raise NotImplementedError("TODO: sigmoid")'
    assert todo in text
    activations.write_text(text.replace(todo, "return 1 / (1 + np.exp(z))"), "utf-8")
    done = pytest_in(handout)
    assert done.returncode == 1
    assert "\ninitializers      28 of 28       12   done\n" in done.stdout
    assert "activations.sigmoid\n  given     [" in done.stdout
    assert "That is 1 minus the value: check the sign of z." in done.stdout
    assert "Next: activations.sigmoid (4 checks fail, see above), then: pytest" in done.stdout
    assert "again     pytest tests/test_activations.py -k test_values" in done.stdout
    assert "0.7311" not in done.stdout  # sigmoid(1): the right value is never shown
    one = pytest_in(handout, "tests/test_initializers.py")
    assert one.returncode == 0
    assert "All of these pass. Next: pytest, for the other parts." in one.stdout


def test_a_file_that_is_not_python(handout: Path) -> None:
    fill_in(handout, "initializers")
    (handout / "gradflow" / "clipping.py").write_text("def clip_by_value(:\n", "utf-8")
    done = pytest_in(handout)
    assert done.returncode == 1
    assert "import of gradflow/clipping.py" in done.stdout
    assert "SyntaxError" in done.stdout
    assert "Traceback" not in done.stdout
    assert "\ninitializers      28 of 28       12   done\n" in done.stdout


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def finished(handout: Path) -> Path:
    fill_in(handout, *Assignment.load(ROOT / "autograder").modules)
    return handout


@pytest.mark.parametrize("place", [".", "tests", ".."])
def test_pytest_works_from_anywhere(finished: Path, place: str) -> None:
    (finished.parent / "conftest.py").write_text("raise_nothing = True\n", "utf-8")
    done = pytest_in(finished / place, "-q")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(" done\n") == 6
    change(finished / "gradflow" / "clipping.py", "return largest *", "return 2 * largest *")
    done = pytest_in(finished / place, "-q")
    again = re.findall(r"^  again     pytest (.*) -k", done.stdout, re.M)[0]
    assert (finished / place / again.strip('"')).is_file()
    assert "Traceback" not in done.stdout
    assert "^^^" not in done.stdout


def test_two_copies_at_once(finished: Path) -> None:
    shutil.copytree(finished, finished.parent / "odd [2] %41 #")
    done = pytest_in(finished.parent, "-q")
    assert done.stdout.count(" done\n") == 6
    assert done.stdout.count("Not run: a second copy of the assignment, ") == 1


def test_an_endless_loop_is_named_and_the_run_goes_on(finished: Path) -> None:
    change(finished / "tests" / "checks.py", "TIME_LIMIT = 10", "TIME_LIMIT = 1")
    activations = finished / "gradflow" / "activations.py"
    change(activations, "return np.tanh(z)", "while True:\n        pass")
    done = pytest_in(finished)
    assert done.returncode == 1
    assert "activations.tanh\n  came      no result within 1 s: an endless loop?" in done.stdout
    assert done.stdout.count(" done\n") == 4
    assert "activations       65 of 70       22   nothing  (5 wrong)" in done.stdout


@pytest.mark.parametrize(
    "arguments", [["-k", "by_norm"], ["-x"], ["tests/test_clipping.py::test_by_norm"], ["stop"]]
)
def test_what_did_not_run_is_not_done(finished: Path, arguments: list[str]) -> None:
    if "-x" in arguments:
        change(finished / "gradflow" / "activations.py", "np.tanh(z)", "np.sinh(z)")
    if arguments == ["stop"]:
        change(
            finished / "gradflow" / "batchnorm.py",
            "import numpy",
            "raise KeyboardInterrupt\nimport numpy",
        )
    done = pytest_in(finished, *(a for a in arguments if a != "stop"))
    assert " done\n" not in done.stdout.replace("activations       70 of 70       22   done\n", "")
    assert "All " not in done.stdout
    if "::" not in arguments[0]:
        assert re.search(r"\nclipping .*nothing  \(\d+ not run\)\n", done.stdout)


def test_a_broken_test_file_and_changed_given_ones_are_named(finished: Path) -> None:
    assert "Not as handed out" not in pytest_in(finished).stdout
    network = finished / "gradflow" / "network.py"
    network.write_bytes(network.read_bytes().replace(b"\n", b"\r\n"))
    (finished / "gradflow" / "lab.py").unlink()
    change(finished / "tests" / "test_clipping.py", "def grads():", "def grads(:")
    done = pytest_in(finished)
    assert "tests/test_clipping.py can't be read: SyntaxError" in done.stdout
    assert "Not as handed out: gradflow/lab.py, tests/test_clipping.py. The orig" in done.stdout
    assert done.stdout.count(" done\n") == 5
    assert "Next: pytest, for the checks that did not run." in done.stdout


MESSAGES = {
    "sigmoid": ("return None", "None (is a return missing?)"),
    "tanh": ("return list(z)", "a list of 8"),
    "relu": ("return z.undefined", "AttributeError"),
    "leaky_relu": ("return z if z > 0 else alpha * z", "'if' asks one question"),
    "sigmoid_grad": (
        "z *= -1\n    return np.exp(z) / (1 + np.exp(z)) ** 2",
        "the array given is changed to",
    ),
    "tanh_grad": ("return (1 - np.tanh(z) ** 2).astype('float32')", "dtype float32"),
    "relu_grad": ("print('noise')\n    return z * np.nan", "There is NaN or infinity in it."),
}
"""A wrong body of each function, and what is said of it."""


def test_messages(handout: Path) -> None:
    path = handout / "gradflow" / "activations.py"
    text = path.read_text("utf-8")
    for name, (body, _) in MESSAGES.items():
        todo = f'# TODO: your code here\n    raise NotImplementedError("TODO: {name}")'
        assert todo in text
        text = text.replace(todo, body)
    path.write_text(text, "utf-8")
    done = pytest_in(handout, "-v", "tests/test_activations.py")
    assert done.returncode == 1
    said = done.stdout.split("\n\n")
    for name, (_, told) in MESSAGES.items():
        about = [text for text in said if text.startswith(f"activations.{name}\n")]
        assert any(told in text for text in about), (name, about)
    assert all("\n  printed   noise" in text for text in said if "relu_grad\n" in text)
    assert "\n  printed   noise" in done.stdout
    assert "activations.py, line " in done.stdout
    short = pytest_in(handout, "tests/test_activations.py")
    assert len(short.stdout.splitlines()) < 45
    assert "more failed checks, often of the same cause. All of them: pytest -v" in short.stdout


def test_a_renamed_function(handout: Path) -> None:
    path = handout / "gradflow" / "clipping.py"
    path.write_text(path.read_text("utf-8").replace("def clip_by_norm", "def clip_norm"), "utf-8")
    done = pytest_in(handout, "tests/test_clipping.py")
    assert "no function clip_by_norm in gradflow/clipping.py" in done.stdout


@pytest.mark.slow
def test_typical_mistakes_are_named_with_their_cause() -> None:
    with (ROOT / "autograder" / "docs" / "first-screen.csv").open(encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    said = said_of([name for _, name, _ in rows])
    firsts = {name: said[name][0] if said[name] else "" for _, name, _ in rows}
    unsaid = {
        name: firsts[name]
        for function, name, cause in rows
        if not (firsts[name].startswith(function) and cause in firsts[name])
    }
    assert len(rows) >= 60
    assert unsaid == {}


def test_next_is_the_function_with_the_most_failures(handout: Path) -> None:
    fill_in(handout, *Assignment.load(ROOT / "autograder").modules)
    path = handout / "gradflow" / "activations.py"
    text = path.read_text("utf-8")
    for right, wrong in (
        (
            "return np.where(z >= 0, 1.0, e) / (1.0 + e)",
            "return np.where(z == 2.5, 0.5, 1 / (1 + e))",
        ),
        ("return np.maximum(z, 0.0)\n", "return None\n"),
    ):
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    path.write_text(text, "utf-8")
    said = pytest_in(handout, "tests/test_activations.py").stdout
    name, count = re.findall(r"^Next: (\S+) \((\d+) checks fail, see above\)", said, re.M)[0]
    verbose = pytest_in(handout, "-v", "tests/test_activations.py").stdout
    failed = Counter(re.findall(r"^(activations\.\w+)$", verbose, re.M))
    assert (name, int(count)) == failed.most_common(1)[0]
    assert len(set(failed.values())) > 1
    shown = re.findall(r"^(activations\.\w+)$", said, re.M)
    assert shown[0] == name
