"""Grades the submission in this container: `otter grade` and Gradescope run this file. Under
`otter run` the plugin does, and says what to grade and where to write the verdict."""

import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
KIT = SOURCE / "tests" / "kit"

if __name__ == "__main__":
    sys.path.insert(0, str(KIT))
    from autograder.engine.release.otter.verdict import grade, write_verdict

    if sys.argv[1:]:
        write_verdict(KIT, *map(Path, sys.argv[1:]))
    else:
        grade(SOURCE.parent, KIT)
