"""`otter run`: the same points as `grade`, test by test, and no student's code in Otter."""

import json
from pathlib import Path

import pytest

from autograder.engine.grade.archive import read_archive, write_archive
from autograder.engine.grade.grader import Grader
from autograder.engine.prove import made_up
from autograder.engine.prove.demo import demo_class
from tests.engine.release.otter.fixtures import (
    assert_gradescope_format,
    autograder_zip,
    otter_run,
    submissions,
    write_class,
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
    text = (out / "results.json").read_text()
    content = json.loads(text)
    assert {test["name"]: test["score"] for test in content["tests"]} == pytest.approx(
        {part: result.part_earned(part) for part in grader.assignment.parts}
    )
    assert_gradescope_format(content)
    assert not [secret for secret in SECRETS if secret in text]
    for test in result.tests:
        if test.kind not in ("passed", "timeout"):
            said = next(said for title, _, said in cases[test.part] if title == test.title)
            assert test.reason.rstrip(".") in said
            assert test.hint in said


def test_students_get_the_points_that_grade_gives(grader, tmp_path):
    everybody, names = demo_class(grader.assignment), ("hoffmann", "lopez", "petrova")
    write_class(tmp_path / "class", everybody, names)
    zip_file = autograder_zip(grader.assignment, tmp_path)
    otter_run(zip_file, tmp_path / "class", tmp_path / "out")
    for name in names:
        assert_same_points(grader, tmp_path / "class" / f"{name}.zip", tmp_path / "out" / name)


def test_no_layout_and_no_attack_reaches_otter(own, tiny_grader, tmp_path):
    marker = tmp_path / "marker"
    names = ("loose", "notebook", "scripts", "impostor")
    write_class(tmp_path / "class", submissions(own, marker), (*names, "two notebooks"))
    zip_file = autograder_zip(own, tmp_path)
    otter_run(zip_file, tmp_path / "class", tmp_path / "out")
    assert not marker.exists()
    for name in names:
        assert_same_points(tiny_grader, tmp_path / "class" / f"{name}.zip", tmp_path / "out" / name)
    said = (tmp_path / "out" / "two notebooks" / "problem").read_text()
    assert "More than one .ipynb file" in said  # where Otter stops before it asks anybody


def test_a_grader_that_fails_ends_otter_instead_of_giving_zero(own, tmp_path):
    zip_file = autograder_zip(own, tmp_path)
    files = read_archive(zip_file)
    files["tests/kit/autograder/suites/test_scales.py"] = b"raise RuntimeError('broken suite')"
    write_archive(zip_file, files)
    write_archive(tmp_path / "class" / "right.zip", made_up.solution(own))
    otter_run(zip_file, tmp_path / "class", tmp_path / "out")
    said = (tmp_path / "out" / "right" / "problem").read_text()
    assert "could not be graded" in said
    assert "broken suite" in said
