"""The command line in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "tiny"


def kit(*words: object, assignment: Path | None = TINY) -> subprocess.CompletedProcess[str]:
    """`python -m autograder` on an assignment; without one, on the kit's."""
    chosen = [] if assignment is None else ["--assignment", str(assignment)]
    return subprocess.run(
        [sys.executable, "-m", "autograder", *chosen, *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
