"""A run writes a page for everyone, and keeps them when it goes on after an interruption."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade.run import Run, run_class
from autograder.engine.prove import classroom


@pytest.fixture
def class_folder(tiny: Assignment, tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    classroom.write_zip(folder / "1-ada.zip", classroom.solution(tiny))
    classroom.write_zip(folder / "2-hedy.zip", classroom.skeleton(tiny))
    (folder / "nobody.zip").write_bytes(b"no zip")
    return folder


def test_every_submission_has_a_page_and_a_row(
    tiny: Assignment, class_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = Run(tiny.folder, [class_folder], out, 1, gradebook="moodle", id_pattern=r"^(?P<id>\d+)-")
    run_class(run)
    names = {path.name for path in (out / "feedback").iterdir()}
    assert names == {"1-ada.html", "2-hedy.html", "nobody.html"}
    index = (out / "index.html").read_text("utf-8")
    for name in names:
        assert f'href="feedback/{name}"' in index
    lines = (out / "moodle.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["ID number", "1", "2"]


def test_going_on_keeps_the_pages_and_gives_the_same_class_page(
    tiny: Assignment, class_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run_class(Run(tiny.folder, [class_folder], out, 1))
    first = (out / "index.html").read_bytes()
    ada, hedy = out / "feedback" / "1-ada.html", out / "feedback" / "2-hedy.html"
    ada.write_text("kept", "utf-8")
    hedy.unlink()
    run_class(Run(tiny.folder, [class_folder], out, 1, resume=True))
    assert ada.read_text("utf-8") == "kept"
    assert "2-hedy.zip" in hedy.read_text("utf-8")
    assert (out / "index.html").read_bytes() == first


def test_a_pattern_is_refused_before_anything_is_graded(
    tiny: Assignment, class_folder: Path, tmp_path: Path
) -> None:
    run = Run(tiny.folder, [class_folder], tmp_path / "out", 1, gradebook="canvas", id_pattern="(")
    with pytest.raises(click.UsageError, match="regular expression"):
        run_class(run)
    assert not (tmp_path / "out").exists()
