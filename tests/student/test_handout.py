"""The handout: its worked numbers are what our code computes, its tables what the suites say."""

from __future__ import annotations

import ast
import gzip
import importlib
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grading import Grader
from autograder.engine.release.handout import (
    BEGIN,
    END,
    examples,
    points_table,
    with_points,
    wrong_examples,
    wrong_signatures,
)
from autograder.engine.release.skeleton import stale_files, write_skeleton
from gradflow.diagnostics import saturated_fraction
from gradflow.experiments import flow, normal, probe, ratio
from tests.kit import ROOT

HANDOUT = ROOT / "assignment"
README = (HANDOUT / "README.md").read_text("utf-8")
MODULES = ("initializers", "activations", "batchnorm", "clipping", "diagnostics")


@pytest.fixture(scope="module")
def modules() -> dict[str, ModuleType]:
    return {name: importlib.import_module(f"gradflow.{name}") for name in MODULES}


def test_worked_numbers_are_computed(modules: dict[str, ModuleType]) -> None:
    assert wrong_examples(README, modules) == []
    assert len(examples(README, modules).examples) > 30


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("0.41997434", "0.41997435"), ("array([ 5., 13.])", "array([ 5., 12.])")],
)
def test_a_wrong_number_is_told_with_its_line(
    modules: dict[str, ModuleType], right: str, wrong: str
) -> None:
    ((line, told),) = wrong_examples(README.replace(right, wrong), modules)
    assert wrong in README.replace(right, wrong).split("\n")[line]  # below what is typed
    assert told.startswith(" ".join(README.split("\n")[line - 1].split()))


def test_signatures_and_defaults_are_the_solutions(modules: dict[str, ModuleType]) -> None:
    assert list(wrong_signatures(README, modules)) == []
    for stated in ("alpha=0.01", "lower=1/8", "momentum=0.9", "eps=1e-5", "exploding=1e3"):
        wrong = README.replace(f"{stated}", f"{stated}1")
        told = dict(wrong_signatures(wrong, modules))
        assert any(f"{stated}1" in wrong.split("\n")[line - 1] for line in told)
    (told,) = wrong_signatures(README.replace("`relu(z)", "`swish(z)"), modules)
    assert told[1] == "there is no function swish"


@pytest.mark.parametrize("number", ["0.0707", "0.1", "0.0816", "0.1225"])
def test_spreads_in_comments(number: str) -> None:
    n_in, n_out = 300, 100
    computed = {
        "0.0707": np.sqrt(2 / (n_in + n_out)),
        "0.1": np.sqrt(4 / (n_in + n_out)),
        "0.0816": np.sqrt(2 / n_in),
        "0.1225": np.sqrt(6 / (n_in + n_out)),
    }[number]
    assert computed == pytest.approx(float(number), abs=5e-5)
    assert number in README


def test_what_the_lecture_says_is_measured() -> None:
    """The rows of the handout's table that no figure of the lab is tested for."""

    def first_over_last(depth: int, activation: str, **options: object) -> float:
        return ratio(flow(probe(depth, activation=activation, **options)[1]))

    assert 1 / first_over_last(10, "sigmoid") == pytest.approx(500_000, rel=0.1)
    assert first_over_last(10, "tanh") == pytest.approx(0.3, abs=0.05)
    assert first_over_last(50, "tanh") == pytest.approx(0.1, abs=0.05)
    assert all(1 / 5 < first_over_last(depth, "relu") < 5 for depth in (10, 50))
    net, grads = probe(10, activation="sigmoid", **normal(1.0))
    assert saturated_fraction(np.array(net.trace.slopes)) > 1 / 3
    assert ratio(flow(grads)) > 0.1


def test_every_function_is_explained() -> None:
    for module in MODULES:
        for node in ast.parse((HANDOUT / "gradflow" / f"{module}.py").read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.endswith("_grad"):
                assert f"`{node.name}(" in README, node.name


def test_times_add_up_to_what_is_promised() -> None:
    minutes = sum(int(m) for m in re.findall(r"\| (\d+) min \|", README))
    assert minutes == 5.5 * 60
    assert "five and a half hours" in " ".join(README.split())
    functions = [
        node.name
        for module in MODULES
        for node in ast.parse((HANDOUT / "gradflow" / f"{module}.py").read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    ]
    assert f"{len(functions)} short functions" in " ".join(README.split())


def test_parts_in_the_table(grader: Grader) -> None:
    parts = Assignment.load(ROOT / "autograder").parts
    table = README.partition(BEGIN)[2].partition(END)[0]
    rows = re.findall(r"^\| (\w+) \|.*\| ([\d.]+) \|$", table, re.MULTILINE)
    assert [name for name, _ in rows] == list(parts)
    assert sum(float(points) for _, points in rows) == sum(t.points for t in grader.suite.tests)


def test_table_from_tests() -> None:
    tests = [SimpleNamespace(part=p, points=w) for p, w in (("b", 1), ("a", 0.5), ("b", 2))]
    table = points_table(tests, ["a"])
    assert table.splitlines()[2:] == ["| b | all of them | 3 |", "| a | `a.py` | 0.5 |",
                                      "| **all** | | **3.5** |"]  # fmt: skip
    text = f"before\n{BEGIN}\nold\n{END}\nafter"
    once = with_points(text, table)
    assert once == f"before\n{BEGIN}\n{table}\n{END}\nafter"
    assert with_points(once, table) == once


@pytest.mark.parametrize("text", ["", BEGIN, END + BEGIN, BEGIN + END + BEGIN + END])
def test_table_needs_its_markers(text: str) -> None:
    with pytest.raises(ValueError, match="once each"):
        with_points(text, "table")


def test_skeleton_is_up_to_date() -> None:
    assert stale_files(ROOT / "solutions" / "gradflow", HANDOUT / "gradflow") == []


def test_data_files_are_copied_byte_for_byte(tmp_path: Path) -> None:
    solution, out = tmp_path / "solution", tmp_path / "out"
    solution.mkdir()
    binary = gzip.compress(b"\r\n" * 9) + b"\0\r\n"
    (solution / "table.csv.gz").write_bytes(binary)
    (solution / "note.txt").write_bytes(b"a\r\nb\n")
    write_skeleton(solution, out)
    assert (out / "table.csv.gz").read_bytes() == binary
    assert (out / "note.txt").read_bytes() == b"a\nb\n"
    assert stale_files(solution, out) == []
    (out / "table.csv.gz").write_bytes(binary.replace(b"\r\n", b"\n"))
    assert stale_files(solution, out) == ["table.csv.gz"]


def test_nothing_of_the_solution_is_handed_out() -> None:
    text = "\n".join(
        path.read_text("utf-8")
        for path in HANDOUT.rglob("*")
        if path.suffix in {".py", ".md", ".ipynb", ".yml", ".ini", ".txt"}
    )
    for secret in ("BEGIN SOLUTION", "autograder.engine", "autograder.suites", "expm1",
                   "_he_std", "through_var"):  # fmt: skip
        assert secret not in text, secret
