"""The command `autograder`, or `python -m autograder`: what has to hold before it can run.

Old Pythons can read this file, and are told that they are too old.
"""

import os
import sys

OLDEST = (3, 11)
PACKAGE = os.path.dirname(os.path.abspath(__file__))
KIT = os.path.dirname(PACKAGE)
STEERING = ("PYTHON", "PYTEST_", "NPY_", "OPENBLAS_", "OMP_", "MKL_")
# One thread of linear algebra for each process: these are as many as there are cores.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
MAX_TMPDIR = 60  # the path of a Unix socket in it may have some hundred bytes


def main() -> None:
    """Runs the command line. Where something is missing: one line, and exit status 2."""
    if sys.version_info < OLDEST:
        needed, found = (".".join(map(str, v[:2])) for v in (OLDEST, sys.version_info))
        refuse(f"the kit needs Python {needed} or later, this is {found}")
    if not os.path.exists(os.path.join(PACKAGE, "assignment.toml")):
        refuse(
            "the suites and the solution can't be found: the kit is used from its checkout,"
            " where `pip install -e .` installs it"
        )
    leave_the_shell()
    try:
        from .cli import main as command_line

        command_line(prog_name="autograder")
    except ModuleNotFoundError as missing:
        refuse(f"{missing}: `pip install -e .` in {KIT} installs what the kit needs")


def leave_the_shell() -> None:
    """Starts Python anew where the shell's environment could reach a grade.

    Python and all that it starts then import from the kit and what is installed, not from the
    current folder, in which a student's work may lie.
    """
    kept = {name: text for name, text in os.environ.items() if not name.startswith(STEERING)}
    if len(os.fsencode(kept.get("TMPDIR", ""))) > MAX_TMPDIR:
        del kept["TMPDIR"]
    kept.update(PYTHONPATH=KIT, PYTHONSAFEPATH="1", PYTHONUTF8="1", **ONE_THREAD)
    if os.name == "posix" and kept != dict(os.environ):
        os.execve(sys.executable, [sys.executable, "-m", "autograder", *sys.argv[1:]], kept)


def refuse(problem: str) -> None:
    """Ends with one line."""
    sys.stderr.write("error: " + problem + "\n")
    sys.exit(2)


if __name__ == "__main__":
    main()
