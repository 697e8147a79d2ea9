"""The handout: its worked numbers are what our code computes, its tables what the suites say."""

import ast
import importlib
import re
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.engine.errors import KitError
from autograder.engine.release.handout import (
    BEGIN,
    END,
    points_table,
    with_points,
    wrong_examples,
    wrong_signatures,
)
from autograder.engine.sandbox.worker import limits
from gradflow.experiments import flow, probe, ratio
from tests.kit import HANDOUT

README = (HANDOUT / "README.md").read_text("utf-8")
NAMES = ("initializers", "activations", "batchnorm", "clipping", "diagnostics")
MODULES = {name: importlib.import_module(f"gradflow.{name}") for name in NAMES}


def test_worked_numbers_are_computed():
    assert list(wrong_examples(README, MODULES)) == []
    others = re.sub(r"(?m)^# (?!#)(?=\S)", "# not ", README)
    assert len(list(wrong_examples(others, MODULES))) > 25


def test_signatures_and_defaults_are_the_solutions():
    assert list(wrong_signatures(README, MODULES)) == []
    for stated in ("alpha=0.01", "lower=1/8", "momentum=0.9", "eps=1e-5", "exploding=1e3"):
        wrong = README.replace(f"{stated}", f"{stated}1")
        told = dict(wrong_signatures(wrong, MODULES))
        assert any(f"{stated}1" in wrong.split("\n")[line - 1] for line in told)
    (told,) = wrong_signatures(README.replace("`relu(z)", "`swish(z)"), MODULES)
    assert told[1] == "there is no function swish"


def test_spreads_in_comments():
    n_in, n_out = 300, 100
    for number, variance in (
        ("0.0707", 2 / (n_in + n_out)),
        ("0.1", 4 / (n_in + n_out)),
        ("0.0816", 2 / n_in),
        ("0.1225", 6 / (n_in + n_out)),
    ):
        assert np.sqrt(variance) == pytest.approx(float(number), abs=5e-5)
        assert number in README


def test_what_the_lecture_says_is_measured():
    """The rows of the handout's table that no figure of the lab is tested for."""

    def first_over_last(depth: int, activation: str, **options: object) -> float:
        return ratio(flow(probe(depth, activation=activation, **options)[1]))

    assert 1 / first_over_last(10, "sigmoid") == pytest.approx(500_000, rel=0.1)
    assert first_over_last(10, "tanh") == pytest.approx(0.3, abs=0.05)
    assert first_over_last(50, "tanh") == pytest.approx(0.1, abs=0.05)
    assert all(1 / 5 < first_over_last(depth, "relu") < 5 for depth in (10, 50))


def test_times_add_up_to_what_is_promised():
    minutes = sum(int(m) for m in re.findall(r"\| (\d+) min \|", README))
    assert minutes == 5.5 * 60
    assert "five and a half hours" in " ".join(README.split())


def test_the_time_of_a_call_is_the_graders():
    assert limits.CALL_CPU == 4.0
    assert "A call may\ntake four seconds" in README


def test_every_function_is_explained_and_counted():
    stubs = [
        ast.parse((HANDOUT / "gradflow" / f"{name}.py").read_text("utf-8")) for name in MODULES
    ]
    functions = [n.name for stub in stubs for n in stub.body if isinstance(n, ast.FunctionDef)]
    assert f"{len(functions)} short functions" in " ".join(README.split())
    assert [n for n in functions if not n.endswith("_grad") and f"`{n}(" not in README] == []


def test_table_from_tests():
    tests = [SimpleNamespace(part=p, points=w) for p, w in (("b", 1), ("a", 0.5), ("b", 2))]
    table = points_table(tests, ["a"])
    assert table.splitlines()[2:] == ["| b | all of them | 3 |", "| a | `a.py` | 0.5 |",
                                      "| **all** | | **3.5** |"]  # fmt: skip
    text = f"before\n{BEGIN}\nold\n{END}\nafter"
    once = with_points(text, table)
    assert once == f"before\n{BEGIN}\n{table}\n{END}\nafter"
    assert with_points(once, table) == once

    for wrong in ("", BEGIN, END + BEGIN, once + once):
        with pytest.raises(KitError, match="once each"):
            with_points(wrong, table)


def test_nothing_of_the_solution_is_handed_out():
    text = "\n".join(
        path.read_text("utf-8")
        for path in HANDOUT.rglob("*")
        if path.suffix in {".py", ".md", ".ipynb", ".yml", ".ini", ".txt"}
    )
    for secret in ("BEGIN SOLUTION", "autograder.engine", "autograder.suites", "expm1",
                   "_he_std", "through_var"):  # fmt: skip
        assert secret not in text, secret
