"""Mutation testing of the hidden suites: `python -m tests.mutation.run [--jobs N] [MODULE...]`.

Hands in each small change to the solution. A mutant that keeps every point, with each of the seeds,
must be listed in `equivalent.toml` with the reason why the contract calls it right. Exit status 1
where a survivor isn't listed, or where one that is listed is no survivor any more.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from tqdm import tqdm

from autograder.engine import classroom
from autograder.engine.assignment import Assignment
from autograder.engine.executor import available_cores, local_pool
from autograder.engine.grading import Grader, Settings

from .mutants import Change, Mutant, mutants

ASSIGNMENT = Path(__file__).parents[2] / "autograder"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
SEEDS = range(3)

_judges: dict[Path, Judge] = {}


class Judge:
    """Tells which mutants earn all points, with one warm grader."""

    def __init__(self, grader: Grader) -> None:
        self._grader = grader
        self._solution = classroom.solution(grader.assignment)
        outcomes, _ = grader.run(self._solution)
        self._called = {outcome.test: outcome.called for outcome in outcomes}
        self._functions = {name for called in self._called.values() for name in called}

    def survives(self, mutant: Mutant) -> bool:
        """Whether the solution with this change keeps every point, with each seed."""
        function = mutant.change.function
        module = function.partition(".")[0]
        path = f"{self._grader.assignment.package}/{module}.py"
        files = {**self._solution, path: mutant.source.encode()}
        # First the few tests that kill almost all. What calls a helper isn't known.
        near = [
            test.id
            for test, called in self._called.items()
            if test.part == module and (function in called or function not in self._functions)
        ]
        return self._passes(files, near, SEEDS[0]) and all(
            self._passes(files, None, seed) for seed in SEEDS
        )

    def _passes(self, files: classroom.Files, tests: list[str] | None, seed: int) -> bool:
        self._grader.settings = Settings(seed=seed)
        outcomes, _ = self._grader.run(files, tests)
        return all(outcome.passed for outcome in outcomes)


def listed(path: Path) -> dict[Change, str]:
    """The mutants that are right by the contract, and why."""
    entries = tomllib.loads(path.read_text("utf-8"))["equivalent"]
    return {
        Change(entry["function"], entry["before"], after): entry["reason"]
        for entry in entries
        for after in entry["after"]
    }


def problems(
    verdicts: Iterable[tuple[Mutant, bool]], equivalent: Mapping[Change, str]
) -> Iterator[str]:
    """Survivors that aren't listed, and what is listed but doesn't survive."""
    survived: dict[Change, list[bool]] = defaultdict(list)
    for mutant, lives in verdicts:
        survived[mutant.change].append(lives)
    for change, fates in survived.items():
        if any(fates) and change not in equivalent:
            yield f"survives: {change}"
    for change in equivalent:
        if change not in survived:
            yield f"listed, but no mutant: {change}"
        elif not all(survived[change]):
            yield f"listed, but killed: {change}"


def _survives(folder: Path, mutant: Mutant) -> bool:
    """In a process of the pool, whose judge is kept warm."""
    if folder not in _judges:
        _judges[folder] = Judge(Grader(Assignment.load(folder), Settings()))
    return _judges[folder].survives(mutant)


def _test(pool: Executor, assignment: Assignment, module: str) -> Iterator[tuple[Mutant, bool]]:
    path = f"{assignment.package}/{module}.py"
    made = mutants(module, assignment.solution_files[path].decode())
    verdicts = pool.map(partial(_survives, assignment.folder), made, chunksize=4)
    return zip(made, tqdm(verdicts, module, len(made)), strict=True)


def main() -> int:
    assignment = Assignment.load(ASSIGNMENT)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", choices=[[], *assignment.modules], metavar="MODULE")
    parser.add_argument("--jobs", type=int, default=available_cores())
    chosen = parser.parse_args()
    modules = chosen.modules or assignment.modules
    equivalent = {
        change: reason
        for change, reason in listed(EQUIVALENT).items()
        if change.function.partition(".")[0] in modules
    }
    verdicts: list[tuple[Mutant, bool]] = []
    with local_pool(chosen.jobs)() as pool:
        for module in modules:
            tested = list(_test(pool, assignment, module))
            lived = sum(lives for _, lives in tested)
            print(f"{module}: {len(tested)} mutants, {len(tested) - lived} killed, {lived} survive")
            verdicts += tested
    found = list(problems(verdicts, equivalent))
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
