"""The second assignment goes all the way on the engine as it is: built, handed in, graded by each
way, shown, and proved."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.mistakes import load_mistakes
from autograder.engine.prove import classroom
from autograder.engine.release.archive import read_archive
from autograder.engine.variants import load_variants
from tests.engine.release.otter.fixtures import otter_run
from tests.kit import ROOT, TINY, kit


def done(own: Assignment, *words: object) -> str:
    """What the command line said, which did well."""
    ended = kit(*words, assignment=own.folder)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture
def own(tmp_path: Path) -> Assignment:
    """A copy, so that its handout can be built."""
    left_out = shutil.ignore_patterns("__pycache__")
    return Assignment.load(Path(shutil.copytree(TINY, tmp_path / "tiny", ignore=left_out)))


def hand_in(own: Assignment, dist: Path, folder: Path) -> None:
    """A class: right, untouched as it was handed out, with a mistake, written in another way."""
    handed_out = read_archive(dist / "assignment.zip")
    (mistake,) = [m for m in load_mistakes(own) if m.name == "multiplied_first"]
    (variant,) = load_variants(own)
    made = {
        "right": classroom.solution(own),
        "untouched": {name.partition("/")[2]: text for name, text in handed_out.items()},
        "mistaken": classroom.with_mistakes(own, [mistake]),
        "odd": classroom.with_variant(own, variant),
    }
    for name, files in made.items():
        classroom.write_zip(folder / f"{name}.zip", files)


@pytest.mark.slow
def test_a_second_assignment_goes_all_the_way(own: Assignment, tmp_path: Path) -> None:
    pytest.importorskip("otter", reason="needs the extra 'otter'")
    dist, handed_in, graded = tmp_path / "dist", tmp_path / "class", tmp_path / "graded"
    done(own, "build", "-o", dist)
    done(own, "build", "--check")
    handout = (own.handout / "README.md").read_text("utf-8")
    assert "| scales | `scales.py` | 7 |\n| averages | `averages.py` | 3 |" in handout
    hand_in(own, dist, handed_in)

    done(own, "grade", handed_in, "-o", graded, "--jobs", 1)
    rows = list(csv.DictReader((graded / "final_grades.csv").open()))
    totals = {row["file"]: float(row["total_points_earned"]) for row in rows[1:]}
    assert totals == {"right.zip": 10, "untouched.zip": 0, "mistaken.zip": 3, "odd.zip": 10}

    for name in ("right.zip", "untouched.zip"):
        (handed_in / name).unlink()
    otter_run(dist / "autograder.zip", handed_in, tmp_path / "otter")
    for name in ("mistaken", "odd"):
        results = json.loads((tmp_path / "otter" / name / "results.json").read_text())
        earned = sum(test["score"] for test in results["tests"])
        assert earned == pytest.approx(totals[f"{name}.zip"])

    page = (graded / "feedback" / "mistaken.html").read_text("utf-8")
    assert "Temperatures" in page
    assert "Do the two steps in the order of the formula." in page
    assert "All tests pass" in (graded / "feedback" / "odd.html").read_text("utf-8")
    assert "feedback/mistaken.html" in (graded / "index.html").read_text("utf-8")

    said = done(own, "check", "--jobs", 1)
    assert "5 of 5 mistakes named right" in said
    assert "1 solution, 1 variant, 1 skeleton, 5 mistake, 1 probe" in said
    assert "the material is as it should be" in said
    assert "3 mistake" in done(own, "check", "scales", "--jobs", 1)


FIGURES = """
from autograder.engine.report.pages.figure import Chart, Curve, Figure, Section


SECTION = Section("Your thermometer")


def three_places(student, reference):
    given = [32.0, 50.0, 212.0]
    yours, right = ([float(f(x)) for x in given] for f in (student.scales.celsius,
                                                           reference.scales.celsius))
    chart = Chart("place", "degrees", (Curve("yours", tuple(yours), tuple(right)),))
    return Figure("Three places", "Freezing, cool, boiling", chart=chart)


FIGURES = [three_places]
"""


def page_with_figures(own: Assignment, tmp_path: Path, figures: str) -> str:
    """The page of right work when the assignment's figures are this code."""
    (own.folder / "figures").mkdir()
    (own.folder / "figures" / "__init__.py").write_text(figures)
    file = own.folder / "assignment.toml"
    file.write_text('figures = "figures"\n' + file.read_text())
    classroom.write_zip(tmp_path / "class" / "right.zip", classroom.solution(own))
    done(own, "grade", tmp_path / "class", "-o", tmp_path / "graded", "--jobs", 1)
    return (tmp_path / "graded" / "feedback" / "right.html").read_text("utf-8")


def test_its_figures_are_drawn_under_its_own_title(own: Assignment, tmp_path: Path) -> None:
    page = page_with_figures(own, tmp_path, FIGURES)
    assert "Your thermometer" in page
    assert 'aria-label="degrees by place: Three places' in page
    assert "network" not in page
    assert "layer" not in page


def test_figures_that_can_not_be_imported_cost_no_grade(own: Assignment, tmp_path: Path) -> None:
    page = page_with_figures(own, tmp_path, "1 / 0\n")
    assert "All tests pass" in page
    assert "Could not be drawn (ZeroDivisionError)" in page


WORDS = ("gradflow", "sigmoid", "relu", "batchnorm", "gradient", "lab.py")


def test_the_engine_names_nothing_of_the_first_assignment() -> None:
    engine = ROOT / "autograder" / "engine"
    first = Assignment.load(ROOT / "autograder")
    plain = {"network", "page", "check", "figures", "measurements"}  # mean other things as well
    words = {*WORDS, first.package, *first.modules, *first.given, *first.parts} - plain
    said = re.compile(rf"\b({'|'.join(map(re.escape, sorted(words)))})\b")
    found = [
        f"{path.relative_to(engine)}: {match[0]}"
        for path in sorted(engine.rglob("*"))
        if path.suffix in (".py", ".html", ".js", ".sh")
        for match in said.finditer(path.read_text("utf-8"))
    ]
    assert found == []
