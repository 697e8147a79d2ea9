"""`otter run`: the same points as `grade`, test by test, and no student's code in Otter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grading import Grader
from autograder.engine.prove.demo import demo_class
from tests.engine.release.otter import classes
from tests.engine.release.otter.fixtures import (
    assert_gradescope_format,
    autograder_zip,
    otter_run,
    with_lab,
)

pytestmark = pytest.mark.slow
pytest.importorskip("otter", reason="needs the extra 'otter'")

SECRETS = ("/tmp/", "/home/", "/root/", "site-packages", "Traceback", "check.", "reference.")


def assert_same_points(grader: Grader, submission: Path, out: Path) -> None:
    assert not (out / "problem").exists(), (out / "problem").read_text()
    cases = json.loads((out / "cases.json").read_text())
    result = grader.grade(submission)
    for part in grader.assignment.parts:
        expected = [(test.title, test.earned) for test in result.tests if test.part == part]
        assert [(title, points) for title, points, _ in cases[part]] == expected
    content = json.loads((out / "results.json").read_text())
    assert {test["name"]: test["score"] for test in content["tests"]} == pytest.approx(
        {part: result.part_earned(part) for part in grader.assignment.parts}
    )
    for test in result.tests:
        if test.kind not in ("passed", "timeout"):
            said = next(said for title, _, said in cases[test.part] if title == test.title)
            assert test.reason.rstrip(".") in said
            assert test.hint in said


def assert_fit_for_students(file: Path) -> None:
    text = file.read_text()
    assert len(text) < 1_000_000
    assert_gradescope_format(json.loads(text))
    assert not [secret for secret in SECRETS if secret in text]


def test_otter_run_as_typed_in_another_folder(
    tiny: Assignment, tiny_grader: Grader, tmp_path: Path
) -> None:
    autograder_zip(with_lab(tiny, tmp_path / "tiny"), tmp_path)
    made = {"right": classes.ordinary(tiny)["right"]}
    classes.write_class(tmp_path, made)
    otter = Path(sys.executable).with_name("otter")
    command = [otter, "run", "-a", "autograder.zip", "right.zip"]
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    env |= {"PYTEST_ADDOPTS": "-k mean", "LC_ALL": "C"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    content = json.loads((tmp_path / "results.json").read_text("utf-8"))
    result = tiny_grader.grade(tmp_path / "right.zip")
    assert {test["name"]: test["score"] for test in content["tests"]} == pytest.approx(
        {part: result.part_earned(part) for part in tiny.parts}
    )


@pytest.mark.parametrize("half", [0, 1])  # for two processes
def test_the_demo_class_gets_the_points_that_grade_gives(
    grader: Grader, tmp_path: Path, half: int
) -> None:
    everybody = demo_class(grader.assignment)
    # Others are like these here, and the Docker step has endless ones: each takes seconds.
    names = "okafor martin yilmaz wagner mwangi lopez petrova hoffmann taylor".split()  # noqa: SIM905
    made = {name: classes.zipped(everybody[name]) for name in names[half::2]}
    classes.write_class(tmp_path / "class", made)
    zip_file = autograder_zip(grader.assignment, tmp_path)
    otter_run(zip_file, tmp_path / "class", tmp_path / "out")
    for name in made:
        assert_same_points(grader, tmp_path / "class" / f"{name}.zip", tmp_path / "out" / name)
        assert_fit_for_students(tmp_path / "out" / name / "results.json")


def test_no_layout_and_no_attack_reaches_otter(
    tiny: Assignment, tiny_grader: Grader, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    made = classes.hostile(tiny, marker)
    kept = ("loose", "mac", "with_notebook", "scripts")
    made |= {k: v for k, v in classes.ordinary(tiny).items() if k in kept}
    classes.write_class(tmp_path / "class", made)
    zip_file = autograder_zip(with_lab(tiny, tmp_path / "tiny"), tmp_path)
    otter_run(zip_file, tmp_path / "class", tmp_path / "out")
    assert not marker.exists()
    for name in made:
        assert_same_points(tiny_grader, tmp_path / "class" / f"{name}.zip", tmp_path / "out" / name)


def test_two_notebooks_stop_otter_before_it_runs_one(tiny: Assignment, tmp_path: Path) -> None:
    classes.write_class(tmp_path / "class", classes.notebooks(tiny))
    zip_file = autograder_zip(with_lab(tiny, tmp_path / "tiny"), tmp_path)
    otter_run(zip_file, tmp_path / "class", tmp_path / "out")
    said = (tmp_path / "out" / "two_notebooks" / "problem").read_text()
    assert "More than one .ipynb file" in said


def test_a_grader_that_fails_ends_otter_instead_of_giving_zero(
    tiny: Assignment, tmp_path: Path
) -> None:
    own = with_lab(tiny, tmp_path / "tiny")
    zip_file = autograder_zip(own, tmp_path)
    from autograder.engine.release.archive import read_archive, write_archive

    files = read_archive(zip_file)
    files["tests/kit/autograder/suites/test_scales.py"] = b"raise RuntimeError('broken suite')"
    write_archive(zip_file, files)
    right = {"right": classes.ordinary(tiny)["right"]}
    classes.write_class(tmp_path / "class", right)
    otter_run(zip_file, tmp_path / "class", tmp_path / "out")
    said = (tmp_path / "out" / "right" / "problem").read_text()
    assert "could not be graded" in said
    assert "broken suite" in said
