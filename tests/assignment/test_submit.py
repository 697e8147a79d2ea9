"""Handing in: `python submit.py` as a student runs it."""

import ast
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.engine.submission.read import hand_in, read_hand_in
from tests.kit import HANDOUT, SOLUTION, Ended, copy_of_handout, put, run_python


@pytest.fixture
def handout(tmp_path):
    return copy_of_handout(tmp_path / "my work")


def submit(folder: Path, cwd: Path | None = None, status: int = 0) -> Ended:
    return run_python(cwd or folder, folder / "submit.py", status=status)


def test_finished_work(handout, kit):
    mine = handout / "gradflow"
    shutil.copytree(SOLUTION, mine, dirs_exist_ok=True)
    for name in ("helpers/__init__.py", "helpers/__pycache__/a.pyc", ".idea/a.xml", ".DS_Store"):
        put(mine, name, b"")
    done = submit(handout)
    assert "WARNING" not in done.stdout
    assert "Not as handed out" not in done.stdout
    assert done.stdout.count(" done\n") == 6
    assert "All public checks pass. Next: python -m gradflow.lab" in done.stdout
    target = handout / "submission.zip"
    expected = sorted(
        [
            *(f"gradflow/{path.name}" for path in SOLUTION.glob("*.py")),
            *(f"gradflow/data/{path.name}" for path in (SOLUTION / "data").iterdir()),
            "gradflow/helpers/__init__.py",
        ]
    )
    assert f"{len(expected)} files are in {target}" in done.stdout
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == expected
        assert {entry.date_time[0] for entry in archive.infolist()} == {2020}  # same work, same zip
    found = read_hand_in(hand_in(target), kit.package, kit.modules)
    assert (found.problem, found.notes) == ("", ())
    assert found.files == {name: (handout / name).read_bytes() for name in expected}


def test_unfinished_work_may_be_handed_in_from_anywhere(handout, tmp_path):
    (handout / "gradflow" / "clipping.py").unlink()
    (handout / "gradflow" / "diagnostics.py").write_text("def (", "utf-8")
    code = "import os, numpy\nfrom . import clipping\nfrom scipy.special import expit\n"
    (handout / "gradflow" / "batchnorm.py").write_text(code, "utf-8")
    done = submit(handout, cwd=tmp_path)
    assert "WARNING: gradflow/clipping.py is missing" in done.stdout
    assert "WARNING: gradflow/diagnostics.py isn't Python: line 1" in done.stdout
    assert [line for line in done.stdout.splitlines() if "imports" in line] == [
        "WARNING: gradflow/batchnorm.py imports scipy, which is not there to grade it. Its part"
        " gets no points."
    ]
    assert "WARNING: not all public checks pass" in done.stdout
    assert "still TODO" in done.stdout
    with zipfile.ZipFile(handout / "submission.zip") as archive:
        assert "gradflow/clipping.py" not in archive.namelist()
    assert not (tmp_path / "submission.zip").exists()


def test_nothing_to_hand_in(handout):
    shutil.rmtree(handout / "gradflow")
    done = submit(handout, status=2)
    assert "nothing to hand in" in done.stdout
    assert not (handout / "submission.zip").exists()


def test_needs_only_the_standard_library():
    tree = ast.parse((HANDOUT / "submit.py").read_text("utf-8"))
    imported = [
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert {str(name).split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_where_nothing_can_be_written(handout):
    (handout / "submission.zip").mkdir()
    done = submit(handout, status=2)
    assert "submission.zip can't be written: Is a directory." in done.stdout
    assert done.stderr == ""
