"""The handout: its worked numbers are what our code computes, its tables what the suites say."""

from __future__ import annotations

import ast
import doctest
import gzip
import importlib
import inspect
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grading import Grader
from autograder.engine.release.handout import BEGIN, END, points_table, with_points
from autograder.engine.release.skeleton import stale_files, write_skeleton
from gradflow.diagnostics import saturated_fraction
from gradflow.experiments import flow, normal, probe, ratio

ROOT = Path(__file__).resolve().parent.parent
HANDOUT = ROOT / "assignment"
README = (HANDOUT / "README.md").read_text("utf-8")
MODULES = ("initializers", "activations", "batchnorm", "clipping", "diagnostics")
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


class Numbers(doctest.OutputChecker):
    """Outputs agree where their numbers do, to the digits that the handout prints."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        wanted, found = NUMBER.findall(want), NUMBER.findall(got)
        if not wanted:
            return want == got
        return len(wanted) == len(found) and all(
            abs(float(one) - float(other)) <= half_a_digit(one) * 1.01
            for one, other in zip(wanted, found, strict=True)
        )


def half_a_digit(text: str) -> float:
    return 0.5 * 10.0 ** int(Decimal(text).as_tuple().exponent)


def worked_numbers(text: str) -> doctest.DocTest:
    """The examples as a student pastes them: statements, and each result as a comment below."""
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    lines = (line[2:] if line.startswith("# ") else f">>> {line}" for line in code.splitlines())
    return doctest.DocTestParser().get_doctest("\n".join(lines), {}, "README.md", "README.md", 0)


def failures(text: str) -> tuple[int, str]:
    told: list[str] = []
    runner = doctest.DocTestRunner(Numbers(), verbose=False)
    runner.run(worked_numbers(text), out=told.append)
    return runner.failures, "".join(told)


def test_worked_numbers_are_computed() -> None:
    assert failures(README) == (0, "")
    assert len(worked_numbers(README).examples) > 30


def test_a_wrong_number_would_be_noticed() -> None:
    assert failures(README.replace("0.41997434", "0.41997435"))[0] == 1
    assert failures(README.replace("array([ 5., 13.])", "array([ 5., 12.])"))[0] == 1


@pytest.mark.parametrize(
    ("module", "name", "stated"),
    [
        ("initializers", "he_normal", {"mode": "fan_avg"}),
        ("activations", "leaky_relu", {"alpha": 0.01}),
        ("activations", "rrelu", {"lower": 1 / 8, "upper": 1 / 3}),
        ("activations", "elu", {"alpha": 1.0}),
        ("batchnorm", "batchnorm_forward", {"momentum": 0.9, "eps": 1e-5}),
        ("diagnostics", "saturated_fraction", {"tol": 0.01}),
        ("diagnostics", "diagnose", {"vanishing": 1e-3, "exploding": 1e3}),
    ],
)
def test_stated_defaults(module: str, name: str, stated: dict[str, object]) -> None:
    function = getattr(importlib.import_module(f"gradflow.{module}"), name)
    parameters = inspect.signature(function).parameters
    assert {key: parameters[key].default for key in stated} == stated
    for value in stated.values():
        said = {1 / 8: "1/8", 1 / 3: "1/3", 1e-5: "1e-5", 1e-3: "1e-3", 1e3: "1e3"}
        assert said.get(value, str(value)) in README


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
    assert net.trace is not None
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
