"""The public tests: what they say of an empty skeleton, of unfinished work, and of known mistakes.

That they pass on finished work, test_submit.py shows.
"""

import csv
import json
import re
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.kit import SOLUTION, copy_of_handout, python, run_python

# Runs in a process of its own: puts one mistake after another into the solution, runs the public tests of its
# module, and prints {mistake: the text of the first check that fails}.
RUNNER = """
import contextlib, io, json, sys
import pytest
sys.path[:0] = [".", "assignment/tests"]
from pathlib import Path
from autograder.engine.assignment import Assignment
from autograder.engine.mistakes import fresh_modules, load_mistakes


class Watch:
    def __init__(self):
        self.texts = []

    def pytest_exception_interact(self, call):
        self.texts.append(str(call.excinfo.value))


def first_text(mistake):
    watch, module = Watch(), sys.modules["gradflow." + mistake.module]
    right = getattr(module, mistake.target)
    setattr(module, mistake.target, getattr(fresh_modules([mistake])[mistake.module], mistake.target))
    tests = f"assignment/tests/test_{mistake.module}.py"
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["-c", "assignment/pytest.ini", tests, "-pno:xdist", "-x"], [watch])
    setattr(module, mistake.target, right)
    return [*watch.texts, ""][0]


mistakes = load_mistakes(Assignment.load(Path("autograder")))
print(json.dumps({m.name: first_text(m) for m in mistakes if m.name in sys.argv}))
"""


def pytest_in(folder: Path, *args: str) -> str:
    """What `pytest` says to a student whose work it finds something in."""
    done = run_python(folder, "-m", "pytest", *args, status=None)
    assert done.returncode != 0 or done.stderr == ""
    assert "Traceback" not in done.stdout
    return done.stdout


@pytest.fixture
def handout(tmp_path):
    """What a student unzips: all TODO."""
    return copy_of_handout(tmp_path / "a folder with spaces")


@pytest.fixture
def finished(handout, kit):
    fill_in(handout, *kit.modules)
    return handout


def fill_in(handout: Path, *modules: str) -> None:
    for name in modules:
        shutil.copy(SOLUTION / f"{name}.py", handout / "gradflow")


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def todo(function: str) -> str:
    return f'# TODO: your code here\n    raise NotImplementedError("TODO: {function}")'


def test_the_skeleton_shows_one_screen_of_todos(handout, kit):
    said = pytest_in(handout)
    assert len(said.splitlines()) < 25
    assert max(map(len, said.splitlines())) <= 100
    assert said.isascii()
    assert not any(word in said for word in ("Error", "FAILED", " failed"))
    for part in kit.parts:
        assert f"\n{part:<14}     0 of " in said
    assert "Next: xavier_normal (README.md, initializers: 12 points)" in said
    assert " todo in " in said


def test_half_done(handout):
    fill_in(handout, "initializers")
    package = handout / "gradflow"
    change(package / "activations.py", todo("sigmoid"), "return 1 / (1 + np.exp(z))")
    change(package / "clipping.py", "def clip_by_norm", "def clip_norm")
    (package / "diagnostics.py").write_text("def diagnose(:\n", "utf-8")
    said = pytest_in(handout, "-v")
    assert "\ninitializers      28 of 28       12   done\n" in said
    assert "activations.sigmoid\n  given     [" in said
    assert "That is 1 minus the value: check the sign of z." in said
    assert "again     pytest tests/test_activations.py -k test_values" in said
    assert "0.7311" not in said  # sigmoid(1): the right value is never shown
    assert "no function clip_by_norm in gradflow/clipping.py" in said
    assert "import of gradflow/diagnostics.py" in said
    assert "SyntaxError" in said
    one = pytest_in(handout, "tests/test_initializers.py")
    assert "All of these pass. Next: pytest, for the other parts." in one


@pytest.mark.parametrize("place", ["tests", ".."])
def test_pytest_works_from_anywhere(finished, place):
    (finished.parent / "conftest.py").write_text("raise_nothing = True\n", "utf-8")
    change(finished / "gradflow" / "clipping.py", "return largest *", "return 2 * largest *")
    said = pytest_in(finished / place, "-q")
    assert said.count(" done\n") == 5
    again = re.findall(r"^  again     pytest (.*) -k", said, re.M)[0]
    assert (finished / place / again.strip('"')).is_file()
    assert "^^^" not in said


def test_two_copies_at_once(finished):
    shutil.copytree(finished, finished.parent / "odd [2] %41 #")
    said = pytest_in(finished.parent, "-q")
    assert said.count(" done\n") == 6
    assert said.count("Not run: a second copy of the assignment, ") == 1


def test_an_endless_loop_is_named_and_the_run_goes_on(finished):
    change(finished / "tests" / "checks.py", "TIME_LIMIT = 20", "TIME_LIMIT = 1")
    change(
        finished / "gradflow" / "activations.py", "return np.tanh(z)", "while True:\n        pass"
    )
    with (finished / "gradflow" / "clipping.py").open("a", encoding="utf-8") as file:
        file.write("while True:\n    pass\n")
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a background job of a shell
    try:
        said = pytest_in(finished, "-v", "tests/test_activations.py", "tests/test_clipping.py")
    finally:
        signal.signal(signal.SIGINT, handler)
    assert "activations.tanh has run for 1 s: an endless loop?" in said
    assert "activations       65 of 70       22   nothing  (5 wrong)" in said
    assert "import of gradflow/clipping.py has run for 1 s" in said
    assert "\nclipping           0 of " in said


@pytest.mark.parametrize(
    "arguments", [["-k", "by_norm"], ["-x"], ["tests/test_clipping.py::test_by_norm"]]
)
def test_what_did_not_run_is_not_done(finished, arguments):
    if arguments == ["-x"]:
        change(finished / "gradflow" / "activations.py", "np.tanh(z)", "np.sinh(z)")
    said = pytest_in(finished, *arguments)
    assert " done\n" not in said
    assert "All " not in said
    if "::" not in arguments[0]:
        assert re.search(r"\nclipping .*nothing  \(\d+ not run\)\n", said)


def test_a_broken_test_file_and_changed_given_ones_are_named(finished):
    network = finished / "gradflow" / "network.py"
    network.write_bytes(network.read_bytes().replace(b"\n", b"\r\n"))  # is no change
    (finished / "gradflow" / "lab.py").unlink()
    change(finished / "tests" / "test_clipping.py", "def grads():", "def grads(:")
    said = pytest_in(finished)
    assert "tests/test_clipping.py can't be read: SyntaxError" in said
    assert "Not as handed out: gradflow/lab.py, tests/test_clipping.py. The orig" in said
    assert said.count(" done\n") == 5
    assert "Next: pytest, for the checks that did not run." in said


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


def test_messages(handout):
    for name, (body, _) in MESSAGES.items():
        change(handout / "gradflow" / "activations.py", todo(name), body)
    whole = pytest_in(handout, "-v", "tests/test_activations.py")
    said = whole.split("\n\n")
    for name, (_, told) in MESSAGES.items():
        about = [text for text in said if text.startswith(f"activations.{name}\n")]
        assert any(told in text for text in about), (name, about)
    assert all("\n  printed   noise" in text for text in said if "relu_grad\n" in text)
    assert "activations.py, line " in whole

    short = pytest_in(handout, "tests/test_activations.py")
    assert len(short.splitlines()) < 45
    assert "more failed checks, often with the same cause. All of them: pytest -v" in short
    name, count = re.findall(r"^Next: (\S+) \((\d+) checks fail, see above\)", short, re.M)[0]
    failed = Counter(re.findall(r"^(activations\.\w+)$", whole, re.M))
    assert failed[name] == int(count) == max(failed.values()) > min(failed.values())
    assert re.findall(r"^(activations\.\w+)$", short, re.M)[0] == name


@pytest.mark.slow
def test_typical_mistakes_are_named_with_their_cause():
    with Path(__file__).with_name("first_screen.csv").open(encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    names = [name for _, name, _ in rows]
    done = python("-c", RUNNER, *names, timeout=900)
    said = json.loads(done.stdout.splitlines()[-1])
    unsaid = {
        name: said[name]
        for function, name, cause in rows
        if not (said[name].startswith(function) and cause in said[name])
    }
    assert unsaid == {}
