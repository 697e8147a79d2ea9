"""A copy of the handout, and Python as a student runs it there."""

import os
import shutil
from pathlib import Path

from autograder.engine.release.skeleton import write_skeleton
from tests.kit import ROOT, Ended, python

HANDOUT = ROOT / "assignment"
SOLUTION = ROOT / "solutions" / "gradflow"


def copy_of_handout(folder: Path) -> Path:
    """What a student unzips, in a new folder: all TODO."""
    shutil.copytree(HANDOUT, folder, ignore=shutil.ignore_patterns("gradflow", "__pycache__"))
    write_skeleton(SOLUTION, folder / "gradflow")
    return folder


def run_python(cwd: Path, *arguments: object) -> Ended:
    """`python ARGUMENTS` in a folder, without what the kit's own tests have in their shell."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV", "PYTHONPATH"))}
    return python(*arguments, cwd=cwd, env=env)
