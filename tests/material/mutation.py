"""Mutation testing of the hidden suites: `python -m tests.material.mutation [MODULE...]`.

Hands in the solution with each small change that cosmic-ray knows (another operator or comparison, a
number off by one, a condition negated, ...), and prints those that keep every point with seeds 0 to 2.
Most of these are right by the contract, such as `z > 0` for `z >= 0` where both branches are 0; each
of the others asks for a hidden test. All modules take some ten minutes.
"""

import ast
import contextlib
import difflib
import itertools
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grader import Grader, Settings
from tests.kit import ROOT

FOLDER = ROOT / "autograder"
SEEDS = range(3)


def mutants(text: str) -> set[str]:
    """Each change of a source, made alone; what differs in comments and docstrings is the same."""
    right = plain(text)
    found = set()
    for operator in map(get_operator, operator_names()):
        if not operator.arguments():
            changed = (mutate_code(right, operator(), n) for n in itertools.count())
            for source in itertools.takewhile(bool, changed):
                with contextlib.suppress(SyntaxError):  # of an asterisk between parameters
                    found.add(plain(source))
    return found - {right}


def plain(source: str) -> str:
    """The source without comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return ast.unparse(tree) + "\n"


@cache
def grader() -> Grader:
    """One a process."""
    return Grader(Assignment.load(FOLDER), Settings())


def survives(module: str, mutant: str) -> bool:
    """Whether the solution with this text of a module keeps every point."""
    assignment, tests = grader().assignment, grader().suite.tests
    files = {**assignment.solution_files, f"{assignment.package}/{module}.py": mutant.encode()}
    near = [test.id for test in tests if test.part == module]  # they kill almost all
    return keeps_all(files, near, 0) and all(keeps_all(files, None, seed) for seed in SEEDS)


def keeps_all(files: dict[str, bytes], tests: list[str] | None, seed: int) -> bool:
    grader().settings = Settings(seed=seed)
    outcomes, _ = grader().run(files, tests)
    return all(outcome.passed for outcome in outcomes)


def main() -> None:
    assignment = Assignment.load(FOLDER)
    modules = sys.argv[1:] or assignment.modules
    with ProcessPoolExecutor() as pool:
        for module in modules:
            source = assignment.solution_files[f"{assignment.package}/{module}.py"].decode()
            made = sorted(mutants(source))
            lives = pool.map(survives, itertools.repeat(module), made, chunksize=4)
            survivors = list(itertools.compress(made, lives))
            print(f"{module}: {len(made)} mutants, {len(survivors)} survive", flush=True)
            for survivor in survivors:
                lines = (text.splitlines() for text in (plain(source), survivor))
                print(*difflib.unified_diff(*lines, module, "survivor", lineterm=""), sep="\n")


if __name__ == "__main__":
    main()
