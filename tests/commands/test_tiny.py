"""A second assignment on the engine as it is: it may have figures of its own, and none of the first
one's words. The docs' tests take another all the way."""

import re
from pathlib import Path

from autograder.engine.assignment import Assignment
from autograder.engine.grade.archive import write_archive
from autograder.engine.prove import made_up
from tests.kit import ROOT, kit, put

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
    put(own.folder, "figures/__init__.py", figures.encode())
    file = own.folder / "assignment.toml"
    file.write_text('figures = "figures"\n' + file.read_text())
    write_archive(tmp_path / "class" / "right.zip", made_up.solution(own))
    words = ["grade", tmp_path / "class", "-o", tmp_path / "graded", "--jobs", 1]
    kit(*words, assignment=own.folder)
    return (tmp_path / "graded" / "feedback" / "right.html").read_text("utf-8")


def test_its_figures_are_drawn_under_its_own_title(own, tmp_path):
    page = page_with_figures(own, tmp_path, FIGURES)
    assert "Your thermometer" in page
    assert 'aria-label="degrees by place: Three places' in page
    assert "network" not in page
    assert "layer" not in page


def test_figures_that_can_not_be_imported_cost_no_grade(own, tmp_path):
    page = page_with_figures(own, tmp_path, "1 / 0\n")
    assert "All tests pass" in page
    assert "Could not be drawn (ZeroDivisionError)" in page


WORDS = ("gradflow", "sigmoid", "relu", "batchnorm", "gradient", "lab.py")


def test_the_engine_names_nothing_of_the_first_assignment():
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
