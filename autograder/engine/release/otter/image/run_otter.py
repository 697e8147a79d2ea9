"""Grades the submission in this container: `otter grade` and Gradescope run this file."""

import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
KIT = SOURCE / "tests" / "kit"

if __name__ == "__main__":
    sys.path.insert(0, str(KIT))
    from autograder.engine.release.otter.container import grade

    grade(SOURCE.parent, KIT)
