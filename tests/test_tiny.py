"""The second assignment goes all the way on the engine as it is: built, handed in, graded by each
way, shown, and proved."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.engine import classroom
from autograder.engine.archive import read_archive
from autograder.engine.assignment import Assignment
from autograder.engine.mistakes import load_mistakes
from autograder.engine.variants import load_variants
from tests.otter_fixtures import otter_run

ROOT = Path(__file__).parent.parent


def kit(folder: Path, *words: object) -> str:
    """The command line on the assignment in a folder; what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "--assignment", str(folder), *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def own(tmp_path: Path) -> Assignment:
    """A copy, so that its handout can be built."""
    left_out = shutil.ignore_patterns("__pycache__", "thermo.egg-info")
    return Assignment.load(
        Path(shutil.copytree(ROOT / "tests" / "tiny", tmp_path / "tiny", ignore=left_out))
    )


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


def test_a_second_assignment_goes_all_the_way(own: Assignment, tmp_path: Path) -> None:
    pytest.importorskip("otter", reason="needs the extra 'otter'")
    dist, handed_in, graded = tmp_path / "dist", tmp_path / "class", tmp_path / "graded"
    kit(own.folder, "build", "-o", dist)
    kit(own.folder, "build", "--check")
    handout = (own.handout / "README.md").read_text("utf-8")
    assert "| scales | `scales.py` | 7 |\n| averages | `averages.py` | 3 |" in handout
    hand_in(own, dist, handed_in)

    kit(own.folder, "grade", handed_in, "-o", graded, "--jobs", 1)
    rows = list(csv.DictReader((graded / "final_grades.csv").open()))
    totals = {row["file"]: float(row["total_points_earned"]) for row in rows[1:]}
    assert totals == {"right.zip": 10, "untouched.zip": 0, "mistaken.zip": 3, "odd.zip": 10}

    otter_run(dist / "autograder.zip", handed_in, tmp_path / "otter")
    for name, total in totals.items():
        results = json.loads((tmp_path / "otter" / Path(name).stem / "results.json").read_text())
        assert sum(test["score"] for test in results["tests"]) == pytest.approx(total)

    page = (graded / "feedback" / "mistaken.html").read_text("utf-8")
    assert "Temperatures" in page
    assert "Do the two steps in the order of the formula." in page
    assert "All tests pass" in (graded / "feedback" / "odd.html").read_text("utf-8")
    assert "feedback/mistaken.html" in (graded / "index.html").read_text("utf-8")

    said = kit(own.folder, "check", "--jobs", 1)
    assert "1 solution, 1 variant, 1 skeleton, 5 mistake" in said
    assert "the material is as it should be" in said
    assert "3 mistake" in kit(own.folder, "check", "scales", "--jobs", 1)
    kit(own.folder, "demo", "-o", tmp_path / "demo", "--jobs", 1)
    assert (tmp_path / "demo" / "graded" / "index.html").exists()


FIGURES = """
from autograder.engine.pages.figure import Chart, Curve, Figure, Section


def draw(student, reference):
    given = [32.0, 50.0, 212.0]
    yours, right = ([float(f(x)) for x in given] for f in (student.scales.celsius,
                                                           reference.scales.celsius))
    chart = Chart("place", "degrees", (Curve("yours", tuple(yours), tuple(right)),))
    return Section("Your thermometer", [Figure("Three places", "Freezing, cool, boiling", chart=chart)])
"""


def test_its_figures_are_drawn_under_its_own_title(own: Assignment, tmp_path: Path) -> None:
    (own.folder / "figures").mkdir()
    (own.folder / "figures" / "__init__.py").write_text(FIGURES)
    file = own.folder / "assignment.toml"
    file.write_text('figures = "figures"\n' + file.read_text())
    classroom.write_zip(tmp_path / "class" / "right.zip", classroom.solution(own))
    kit(own.folder, "grade", tmp_path / "class", "-o", tmp_path / "graded", "--jobs", 1)
    page = (tmp_path / "graded" / "feedback" / "right.html").read_text("utf-8")
    assert "Your thermometer" in page
    assert 'aria-label="degrees by place: Three places' in page
    assert "network" not in page
    assert "layer" not in page


WORDS = ("gradflow", "sigmoid", "relu", "batchnorm", "gradient", "lab.py")


def test_the_engine_names_nothing_of_the_first_assignment(kit: Assignment) -> None:
    engine = ROOT / "autograder" / "engine"
    words = {*WORDS, kit.package, *kit.modules, *kit.given, *kit.parts} - {"network"}
    said = re.compile(rf"\b({'|'.join(map(re.escape, sorted(words)))})\b")
    found = [
        f"{path.relative_to(engine)}: {match[0]}"
        for path in sorted(engine.rglob("*"))
        if path.suffix in (".py", ".html", ".js", ".sh")
        for match in said.finditer(path.read_text("utf-8"))
    ]
    assert found == []
