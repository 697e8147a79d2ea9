"""Adversarial submissions as one class, through the real command line."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks import CASES
from tests.attacks.case import MODULES
from tests.kit import ROOT

pytestmark = pytest.mark.slow
SECRET = "s3cret-of-the-grader"
REPRESENTATIVE = set(
    """
    solution patched_numpy_testing conftest channel_flood returns_always_equal zeroes_its_argument
    call_os_exit_zero call_daemon call_kill_everything look_hidden_suites slip bomb_beside
    encrypted giant_directory_zip64 source_null_bytes source_plot folder_with_links_out skeleton
""".split()
)  # noqa: SIM905


def test_a_class_of_them(tmp_path: Path) -> None:
    """One run for all that is asked of it: a class takes a while."""
    out, printed = _graded(tmp_path)
    _has_every_row_and_result(out)
    _keeps_honest_parts(out)
    _shows_nothing_harmful(out, printed)


def _graded(tmp_path: Path) -> tuple[Path, str]:
    """The folder that the command wrote, and what it printed."""
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    for case in CASES:
        if case.name in REPRESENTATIVE or not case.name.isidentifier():
            case.write(folder)
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", str(folder), "-o", str(out), "--jobs", "1"],
        cwd=ROOT,
        env={**os.environ, "SECRET": SECRET},
        capture_output=True,
        timeout=300,
        check=False,
    )
    printed = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, printed
    return out, printed


def _rows(out: Path) -> list[dict[str, str]]:
    with (out / "final_grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _has_every_row_and_result(out: Path) -> None:
    rows = _rows(out)
    expected = [
        case for case in CASES if case.name in REPRESENTATIVE or not case.name.isidentifier()
    ]
    assert len(rows) == len(expected) + 1
    assert len(list((out / "results").glob("*.json"))) == len(expected)
    assert {row["grading_status"] for row in rows[1:]} == {"Completed"}
    assert not {name for name in REPRESENTATIVE if name not in {case.name for case in CASES}}


def _keeps_honest_parts(out: Path) -> None:
    rows = {row["file"]: row for row in _rows(out)}
    full = rows["points-per-question"]
    for case in CASES:
        row = rows.get(f"{case.name}.zip")
        if row is None:
            continue  # a name that had to be changed
        touched = {name.partition(".")[0] for name in case.broken}
        for part in MODULES:
            if part not in touched:
                assert row[part] == full[part], case.name
            elif part in case.broken:
                assert float(row[part]) == 0, case.name
            else:
                assert float(row[part]) < float(full[part]), case.name
        if not case.broken:
            assert row["total_points_earned"] == full["total_points_earned"], case.name


def _shows_nothing_harmful(out: Path, printed: str) -> None:
    assert printed.replace("\n", "").isprintable()
    table = (out / "final_grades.csv").read_text("utf-8")
    assert not any(row["file"].startswith(("=", "+", "-", "@")) for row in _rows(out))
    assert "\x1b" not in table
    assert len(table.splitlines()) == len(_rows(out)) + 1
    for path in out.rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8")
            assert SECRET not in text, path
            assert "\x1b" not in text, path
            assert "<script>alert" not in text or path.suffix != ".html", path
        if path.suffix == ".json":
            json.loads(text)
        if path.suffix in (".html", ".json"):
            assert str(ROOT) not in text, path
