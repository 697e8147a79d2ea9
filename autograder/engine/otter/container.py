"""Grading in a container: under `otter grade`, and on Gradescope. Called by run_otter.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .submission_folder import handed_in, put_back, set_aside
from .verdict import CONFIG, judge, results_json, write_verdict


def grade(autograder: Path, kit: Path) -> None:
    """Grades autograder/submission; the student's code is over and gone when Otter starts.

    Writes results/results.json for Gradescope, test by test, and leaves results/results.pkl, which
    `otter grade` reads on its host, to Otter.
    """
    autograder.chmod(0o700)
    results = autograder / "results"
    results.mkdir(exist_ok=True)
    submission = autograder / "submission"
    config = json.loads((autograder / "source" / CONFIG).read_text("utf-8"))
    result = judge(kit, handed_in(submission))
    verdict = results / "verdict.json"
    write_verdict(result, verdict)
    try:
        with _empty(submission, autograder / "handed_in"):
            _run_otter(autograder, verdict)
    finally:
        (results / "results.json").write_text(results_json(result, config), "utf-8")


@contextmanager
def _empty(folder: Path, aside: Path) -> Iterator[None]:
    """A folder without its content, which is put back in the end: `otter grade` copies it out."""
    set_aside(folder, aside)
    try:
        yield
    finally:
        put_back(aside, folder)


def _run_otter(autograder: Path, verdict: Path) -> None:
    from otter.run.run_autograder import main as run_autograder

    from .plugin import NAME

    _write_metadata(autograder / "submission_metadata.json")
    plugins: list[Any] = [{NAME: {"verdict": str(verdict)}}]
    run_autograder(str(autograder), zips=False, logo=False, plugins=plugins)


def _write_metadata(file: Path) -> None:
    """`otter grade` leaves an empty file, which Otter can't read when there are plugins."""
    try:
        json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        file.write_text("{}", "utf-8")
