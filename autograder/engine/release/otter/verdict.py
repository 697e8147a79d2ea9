"""The verdict on one submission, made before Otter looks at it.

    python -P -c BOOT KIT SUBMISSION FILE

is how the plugin has it made in a process of its own; `BOOT` puts the kit on the path.
"""

import os
import sys
from pathlib import Path

from ...assignment import Assignment
from ...grade.grader import Grader, Settings
from ...grade.outputs import write_atomically
from ...report.result import Result, to_json

ASSIGNMENT = "autograder"  # the assignment's folder in the kit that autograder.zip carries
CONFIG = "otter_config.json"
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    " from autograder.engine.release.otter.verdict import main; main()"
)


def judge(kit: Path, submission: Path) -> Result:
    """The result of a submission. As root, only with another user for the student's code."""
    require = ("user",) if os.geteuid() == 0 else ()
    with Grader(Assignment.load(kit / ASSIGNMENT), Settings(require=require, alone=True)) as grader:
        return grader.grade(submission)


def main() -> None:
    """Judges one submission, and writes the file that Otter's test files wait for."""
    kit, submission, file = map(Path, sys.argv[1:])
    write_atomically(file, to_json(judge(kit, submission)))
