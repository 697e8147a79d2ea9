"""Graders that stay, and are told in turn to take the next submission: so all of them meet the same
machine, whatever else it does, and no start is counted.

    python tests/benchmarks/warm.py grade|plain

reads the folder of a submission on each line, and answers with the seconds that it took. `plain` is
the least that the hidden suites can cost: in one process, without isolation. It trusts the
submissions: one that exits or never ends takes the run with it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
sys.path[:0] = [path for path in (str(ROOT), str(Path(__file__).parent)) if path not in sys.path]

from autograder.engine.repertoire import Repertoire  # noqa: E402
from in_process import InProcess  # noqa: E402

from autograder.engine.assignment import Assignment  # noqa: E402
from autograder.engine.executor import let_workers_finish  # noqa: E402
from autograder.engine.grading import Grader, Settings  # noqa: E402
from autograder.engine.suite import Suite  # noqa: E402

FOLDER = ROOT / "autograder"
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
Take = Callable[[Path], None]


class Warm:
    """Such a grader, seen from outside."""

    def __init__(self, way: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, way],
            env={**os.environ, **ONE_THREAD},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def take(self, folder: Path) -> float:
        """The seconds that the submission in this folder took."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(folder, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


@contextmanager
def grade() -> Iterator[Take]:
    """As a job of `grade` does."""
    let_workers_finish()
    with Grader(Assignment.load(FOLDER), Settings()) as grader:
        yield grader.grade


@contextmanager
def plain() -> Iterator[Take]:
    """The suites, straight on the submission's functions."""
    assignment = Assignment.load(FOLDER)
    Repertoire._script = lambda *_: ()  # type: ignore[method-assign]
    suite = Suite(assignment)

    def take(folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            suite.run(InProcess(assignment, folder), 0)  # type: ignore[arg-type]

    yield take
    suite.close()


def answer(take: Take, answers: IO[str]) -> None:
    """Takes one submission after another, until nothing comes."""
    for line in sys.stdin:
        started = time.perf_counter()
        take(Path(line.rstrip("\n")))
        print(time.perf_counter() - started, file=answers, flush=True)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # where submissions print to
    with {"grade": grade, "plain": plain}[sys.argv[1]]() as take:
        answer(take, answers)
    answers.close()


if __name__ == "__main__":
    main()
