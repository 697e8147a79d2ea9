"""The lab: every figure is made, and what the notebook claims is what it measures."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.engine.grade.archive import write_archive
from gradflow import experiments, figures, lab
from tests.kit import ROOT, SOLUTION, Ended, run_python

NOTEBOOK = ROOT / "assignment" / "lab.ipynb"
CELLS: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
TEXT = "\n".join("".join(cell["source"]) for cell in CELLS)
EXPERIMENTS = "|".join(made.__name__ for made in lab.EXPERIMENTS.values())
TELL = """import json
def told(name):
    result = getattr(lab, name)()
    print("NUMBERS", name, json.dumps(result.numbers))
    return result
"""


def test_no_output_is_handed_out() -> None:
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in CELLS)


def test_a_question_follows_each_experiment() -> None:
    ran = [m.start() for m in re.finditer(rf"\blab\.({EXPERIMENTS})\(", TEXT, re.MULTILINE)]
    asked = [m.start() for m in re.finditer(r"\*\*Question \d+\.", TEXT)]
    assert len(ran) == len(lab.EXPERIMENTS) == len(asked)
    assert all(r < a for r, a in zip(ran, asked, strict=True))
    assert all(a < r for a, r in zip(asked, ran[1:], strict=False))


def set_up_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the notebook's set-up cell where Colab does: in the folder of what was uploaded."""
    monkeypatch.chdir(folder)
    found = re.search(r"^%matplotlib inline\n(.*?)^from gradflow", TEXT, re.M | re.S)
    assert found is not None
    exec(found[1], {})


def test_setting_up_takes_the_students_work_and_never_overwrites(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"no assignment\.zip"):
        set_up_in(tmp_path, monkeypatch)
    stub, mine = {"gradflow/a.py": b"TODO"}, {"gradflow/a.py": b"mine"}
    handed_out = {**stub, "tests/test_a.py": b"given"}
    write_archive(
        tmp_path / "assignment.zip", {f"assignment/{n}": c for n, c in handed_out.items()}
    )
    write_archive(tmp_path / "submission.zip", mine)
    set_up_in(tmp_path, monkeypatch)
    assert Path.cwd() == tmp_path / "assignment"
    assert Path("gradflow/a.py").read_bytes() == b"mine"
    assert Path("tests/test_a.py").read_bytes() == b"given"
    Path("gradflow/a.py").write_bytes(b"tonight's")
    for start in (tmp_path, tmp_path / "assignment"):  # where a restarted kernel begins
        set_up_in(start, monkeypatch)
        assert Path.cwd() == tmp_path / "assignment"
        assert Path("gradflow/a.py").read_bytes() == b"tonight's"


def run_notebook(folder: Path) -> dict[str, dict[str, float]]:
    """All experiments' numbers, from the notebook run top to bottom on the solution."""
    import nbclient
    import nbformat

    shutil.copytree(SOLUTION, folder / "gradflow")
    notebook: Any = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        source, found = re.subn(rf"\blab\.({EXPERIMENTS})\(\)", r"told('\1')", cell.source)
        cell.source = TELL + source if found else source
    there = {"metadata": {"path": folder}}
    client = nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=there)
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 10
    assert not any(output.get("name") == "stderr" for output in outputs)
    printed = "".join(output.get("text", "") for output in outputs)
    told = re.findall(r"^NUMBERS (\w+) (.*)$", printed, re.MULTILINE)
    return {name: json.loads(numbers) for name, numbers in told}


@pytest.mark.slow
def test_notebook_runs_and_its_claims_are_true(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    measured = run_notebook(tmp_path)  # takes most of the time: one test for all claims

    training = measured["saturation"]
    assert training["lowest mean of layer 4"] < 0.05  # "falls to almost 0"
    assert training["mean of layer 4 at step 100"] < 0.05  # "within a hundred steps"
    assert training["most saturated, layer 4"] == 1
    assert training["most saturated, layer 1, until then"] < 0.01
    assert training["accuracy there"] < 0.2
    assert training["accuracy at the end"] > 0.9
    start = measured["saturation_and_gradient"]
    assert start["N(0, 1): saturated"] > 1 / 3
    assert start["Xavier: saturated"] < 0.01
    assert start["N(0, 1): ratio"] > 0.1
    assert start["Xavier: ratio"] < 1e-5
    assert start["N(0, 0.01²): ratio"] < 1e-14

    flow = measured["gradient_flow"]
    assert len(flow) == 7 * 6 * 6
    assert 1e-3 < flow["relu, xavier_normal, 10"] < 1e3
    assert flow["relu, xavier_normal, 50"] < 1e-6
    assert 0.1 < flow["relu, he_normal, 50"] < 10

    sweep = measured["scale_sweep"]
    assert sweep["weights: largest / smallest ratio"] < 2
    assert sweep["pre-activations: largest / smallest ratio"] > 1e15
    assert sweep["activations: largest / smallest ratio"] > 1e15

    layers = measured["layers"]
    assert layers["N(0, 1): saturated"] > 0.7
    assert layers["N(0, 1): first update"] > 1
    assert layers["N(0, 1): last update"] < 2 * layers["N(0, 1): first update"] / 1000
    assert layers["N(0, 1): accuracy"] < 0.5
    assert 0.1 < layers["Xavier: first / last gradient"] < 0.5
    for name in ("Xavier", "He"):
        assert 1e-3 < layers[f"{name}: first update"] < 1e-2
        assert layers[f"{name}: accuracy"] > 0.95

    dying = measured["dying_relus"]
    for name in ("ReLU", "leaky ReLU, 0.01", "leaky ReLU, 0.1", "ELU"):
        for layer in (1, 2):
            assert 0.3 <= dying[f"{name}: off at the start, layer {layer}"] < 0.5
        assert dying[f"{name}: off, layer 2"] < 0.1
    for name in ("ReLU", "leaky ReLU, 0.01"):
        assert (
            abs(dying[f"{name}: off, layer 1"] - dying[f"{name}: off at the start, layer 1"]) < 0.03
        )
        assert dying[f"{name}: accuracy"] < 0.6
    assert dying["leaky ReLU, 0.1: off, layer 1"] < 0.25
    assert 0.25 < dying["ELU: off, layer 1"] < 0.35
    for name in ("leaky ReLU, 0.1", "ELU"):
        assert dying[f"{name}: accuracy"] > 0.95

    repaired = measured["batch_normalisation"]
    assert repaired["ReLU, N(0, 0.01²), without"] < 1e-10
    assert repaired["ReLU, largest weights, without"] > 1e10
    with_it = [repaired[f"ReLU, {w}, with batch norm"] for w in ("N(0, 0.01²)", "largest weights")]
    assert np.ptp(np.log(with_it)) < 0.2
    assert repaired["sigmoid, without"] < 1e-5
    assert repaired["sigmoid, with batch norm"] > 0.1

    clipped = measured["exploding"]
    for name in ("ELU, He", "ReLU, N(0, 0.3²)"):
        assert clipped[f"{name}: steps"] < 28  # gone within the first epoch
        assert clipped[f"{name}: accuracy"] < 0.2
        assert clipped[f"{name}, clipped: steps"] == 280
    assert clipped["ELU, He, clipped: accuracy"] > 0.95
    assert 0.5 < clipped["ReLU, N(0, 0.3²), clipped: accuracy"] < 0.9
    assert clipped["ReLU, N(0, 0.3²): first norm"] > 1000

    accuracies = measured["handwritten_digits"]
    assert len(accuracies) == 9
    for name, accuracy in accuracies.items():
        if name.startswith("remedy"):
            assert accuracy >= 0.95, name
        else:
            assert accuracy < 0.2, name

    found = measured["planted_faults"]
    ratios = {name: found[f"{name}: ratio"] for name in "ABCDEFG"}
    assert {name for name, r in ratios.items() if r < 1e-3} == set("ADFG")
    assert {name for name, r in ratios.items() if r > 1e3} == {"C"}
    assert found["D: dead"] > 0.5 > 0.2 > max(found[f"{n}: dead"] for n in "ABCEFG")
    assert found["B: saturated"] > 0.3
    assert found["F: saturated"] == 0


def test_digits_are_those_of_uci():
    digits = experiments.load_digits()
    assert digits.x.shape == (1400, 64)
    assert digits.x_test.shape == (397, 64)
    labels = np.bincount(np.concatenate([digits.y, digits.y_test]))
    # The class sizes that optdigits.names gives for the test set.
    assert labels.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert "Creative Commons Attribution 4.0" in (SOLUTION / "data" / "README.txt").read_text()


def run_lab(folder: Path, out: Path, status: int = 0) -> Ended:
    return run_python(folder, "-m", "gradflow.lab", "--quick", "-o", out, status=status)


def test_all_figures_are_written(tmp_path):
    done = run_lab(SOLUTION.parent, tmp_path / "to" / "figures")
    files = sorted((tmp_path / "to" / "figures").iterdir())
    assert [file.stem for file in files] == sorted(lab.EXPERIMENTS)
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)
    assert all(f"{n}/{len(files)} " in done.stderr for n in range(1, len(files) + 1))
    assert "Warning" not in done.stderr


def test_skeleton_says_what_is_missing(tmp_path):
    done = run_lab(ROOT / "assignment", tmp_path, status=1)
    assert "left out, it needs: sigmoid" in done.stderr
    assert "Traceback" not in done.stderr
    assert "10 of 10 files are left out" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_what_the_machine_lacks_is_one_line():
    lacking = "import sys; sys.modules['matplotlib'] = None; import gradflow.lab"
    done = run_python(SOLUTION.parent, "-c", lacking, status=1)
    assert re.fullmatch(r"matplotlib\S* is missing: pip install -r requirements.txt\n", done.stderr)
    done = run_lab(SOLUTION.parent, Path(__file__), status=2)
    assert f"{__file__}: File exists; name another folder with -o" in done.stderr


def test_answers_are_with_the_instructor_alone():
    """What ails the nets of (g) stands in the docs, and is no text in what students get."""
    told = (ROOT / "autograder" / "docs" / "instructors.md").read_text("utf-8")
    answers = told[told.index("In (g), ") :]
    assert re.findall(r"\b([A-Z])\s[a-z]", answers) == list(experiments.PATIENTS)
    for file in (ROOT / "assignment").rglob("*.*"):
        if file.suffix in {".py", ".ipynb", ".md"}:
            assert '"weakened": ' not in file.read_text("utf-8"), file
            assert "bias=-2" not in file.read_text("utf-8"), file


def test_nothing_is_drawn_of_what_is_not_a_positive_number():
    _, axis = figures.panels(1, 1, "")
    figures.log_line(axis, range(5), [1.0, 2.0, np.inf, np.nan, 0.0], color="black")
    line, cross = axis.lines
    np.testing.assert_array_equal(line.get_ydata(), [1.0, 2.0, np.nan, np.nan, np.nan])
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (1, 2.0)
