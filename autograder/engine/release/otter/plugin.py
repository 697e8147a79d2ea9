"""The plugin for `otter run`, which knows nothing of run_otter.py: has the verdict made by the kit
in the zip, before Otter executes the notebook of ours that only reads it."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from otter.plugins import AbstractOtterPlugin

NAME = f"{__name__}.ReadVerdict"
ALONE = ("-E", "-P", "-B", "-X", "utf8")
"""Python without what the shell or the current folder would have it do."""


class ReadVerdict(AbstractOtterPlugin):  # type: ignore[misc]
    """Needs no configuration."""

    def before_grading(self, config: Any) -> None:
        """In the submission's folder, before Otter reads anything in it but our notebook."""
        folder = Path.cwd()
        source, aside = folder.with_name("source"), folder.with_name("handed_in")
        _set_aside(folder, aside, {"tests", *(file.name for file in (source / "files").iterdir())})
        words = [source / "run_otter.py", aside, folder.with_name("results") / "verdict.json"]
        judge = subprocess.run(
            [sys.executable, *ALONE, *map(str, words)],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if judge.returncode != 0:
            said = judge.stderr.strip().splitlines() or [f"exit status {judge.returncode}"]
            raise RuntimeError(f"the submission could not be graded: {said[-1]}")


def _set_aside(folder: Path, aside: Path, ours: set[str]) -> None:
    """Moves what was handed in into another, new folder that nobody else may enter; what Otter put
    beside it stays.

    A kernel starts in the submission's folder, and so may import a student's
    `ipykernel_launcher.py`; Otter unpickles an `.OTTER_LOG` that it finds.
    """
    aside.mkdir(mode=0o700)
    for child in list(folder.iterdir()):
        is_otters = child.name == "__init__.py" and child.stat().st_size == 0
        if child.name not in ours and not is_otters:
            shutil.move(child, aside / child.name)
