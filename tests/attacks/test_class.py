"""Adversarial submissions as one class, through the real command line."""

import csv
import json
import os
from pathlib import Path

import pytest

from tests.attacks import CASES
from tests.attacks.case import SECRET, SOLUTION, case
from tests.kit import ROOT, kit

pytestmark = pytest.mark.slow
NAMES = ["=cmd|' !A1", "\u540d\u524d", "\x1b[31mred", "new\nline", "quote\"'", "n" * 240, "points-per-question", "-rf"]  # fmt: skip
REPRESENTATIVE = set(
    """
    solution patched_numpy_testing conftest channel_flood returns_always_equal zeroes_its_argument
    call_os_exit_zero call_daemon call_kill_everything look_hidden_suites look_environment slip
    bomb_beside names_that_do_harm giant_directory_zip64 text_with_markup source_null_bytes
    habit_plot skeleton <script>alert(1)<
""".split()
)
CLASS = [
    *(each for each in CASES if each.name in REPRESENTATIVE),
    *(case(name, SOLUTION) for name in NAMES),
]


def test_a_class_of_them(tmp_path):
    """One run for all that is asked of it: a class takes a while."""
    assert len(CLASS) == len(REPRESENTATIVE) + len(NAMES)
    folder, out = tmp_path / "class", tmp_path / "out"
    for each in CLASS:
        each.write(folder)
    env = {**os.environ, "SECRET": SECRET}
    done = kit("grade", folder, "-o", out, "--jobs", 1, assignment=None, env=env)
    printed = done.stdout + done.stderr
    table = (out / "final_grades.csv").read_text("utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    assert len(rows) == len(table.splitlines()) - 1 == len(CLASS) + 1
    assert len(list((out / "results").glob("*.json"))) == len(CLASS)
    assert {row["grading_status"] for row in rows[1:]} == {"Completed"}
    unharmed = {f"{each.name}.zip" for each in CLASS if not each.broken}
    full = rows[0]["total_points_earned"]
    assert {row["total_points_earned"] for row in rows if row["file"] in unharmed} == {full}
    assert printed.replace("\n", "").isprintable()
    assert not any(row["file"].startswith(("=", "+", "-", "@")) for row in rows)
    _shows_nothing_harmful(out)


def _shows_nothing_harmful(out: Path) -> None:
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
