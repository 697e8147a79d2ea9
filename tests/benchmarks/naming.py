"""Measures what naming mistakes costs a class: `python tests/benchmarks/naming.py [--size 60]`.

Prints the share of the time, on one core, that the search for causes and the worked examples take,
in a minute or two, and what that is for each submission with a wrong answer.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "solutions")]

from autograder.engine.assignment import Assignment  # noqa: E402
from autograder.engine.grade.grading import Grader, Settings  # noqa: E402
from tests.benchmarks.speed import write_class  # noqa: E402


class Timed:
    """A function, and the seconds that it took."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.seconds = 0.0

    def __call__(self, *args: Any) -> Any:
        started = time.perf_counter()
        try:
            return self._function(*args)
        finally:
            self.seconds += time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=60, help="submissions (default 60)")
    size = parser.parse_args().size
    assignment = Assignment.load(ROOT / "autograder")
    with tempfile.TemporaryDirectory() as folder:
        paths = write_class(assignment, Path(folder), size)
        with Grader(assignment, Settings()) as grader:
            grader.grade(paths[0])  # what is made once belongs to the start
            started = time.perf_counter()
            explained = Timed(grader._diagnosis.explained)
            beside = Timed(grader._examples.beside)
            grader._diagnosis.explained = explained  # type: ignore[method-assign]
            grader._examples.beside = beside  # type: ignore[method-assign]
            results = [grader.grade(path) for path in paths]
            whole = time.perf_counter() - started
    naming = explained.seconds + beside.seconds
    wrong = sum(any(test.kind != "passed" for test in result.tests) for result in results)
    print(f"{size} submissions, {wrong} of them with a wrong answer, in {whole:.1f} s")
    print(f"naming: {100 * naming / whole:.1f} %, {naming / wrong:.2f} s for each of these")


if __name__ == "__main__":
    main()
