"""Grading in a container: under `otter grade`, and on Gradescope. Called by run_otter.py."""

import json
import stat
import tempfile
from pathlib import Path
from typing import Any

from ...grade.outputs import write_atomically
from ...report.result import to_gradescope, to_json
from .verdict import CONFIG, judge

METADATA = "submission_metadata.json"


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
    result = judge(kit, _handed_in(submission))
    verdict = results / "verdict.json"
    write_atomically(verdict, to_json(result))
    try:
        _run_otter(autograder, verdict)
    finally:
        # Students see it when Otter would show it to them.
        visibility = "after_published" if config.get("show_hidden") else "hidden"
        text = json.dumps(to_gradescope(result, visibility), indent=1)
        (results / "results.json").write_text(f"{text}\n", "utf-8")


def _handed_in(folder: Path) -> Path:
    """What the student handed in: the one zip that a folder holds, or else the folder."""
    children = list(folder.iterdir())
    is_zip = [c.suffix.lower() == ".zip" and stat.S_ISREG(c.lstat().st_mode) for c in children]
    return children[0] if is_zip == [True] else folder


def _run_otter(autograder: Path, verdict: Path) -> None:
    """Runs Otter in a folder without the submission, which stays where `otter grade` copies it
    from, even where a time limit ends the container first."""
    from otter.run.run_autograder import main as run_autograder

    from .plugin import NAME

    plugins: list[Any] = [{NAME: {"verdict": str(verdict)}}]
    with tempfile.TemporaryDirectory(dir=autograder) as folder:
        own = Path(folder)
        (own / "submission").mkdir()
        for name in ("source", "results"):
            (own / name).symlink_to(autograder / name)
        metadata = _metadata(autograder / METADATA)
        (own / METADATA).write_text(metadata, "utf-8")
        run_autograder(str(own), zips=False, logo=False, plugins=plugins)


def _metadata(file: Path) -> str:
    """`otter grade` leaves an empty file, which Otter can't read when there are plugins."""
    try:
        text = file.read_text("utf-8")
        json.loads(text)
    except (OSError, ValueError):
        return "{}"
    return text
