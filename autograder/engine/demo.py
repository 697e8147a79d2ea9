"""`demo`: a small class made of the solution, the mistakes and a few broken submissions."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import numpy as np

from . import classroom
from .assignment import Assignment
from .classroom import Files
from .mistakes import Mistake, load_mistakes
from .run import Run, run_class

LOOP = "def {name}(*given, **named):\n    while True:\n        pass\n"
EXIT = "def {name}(*given, **named):\n    import os\n\n    os._exit(0)\n"
MEMORY = "def {name}(*given, **named):\n    return np.ones(6 * 2**30 // 8)\n"


def demo_class(assignment: Assignment) -> dict[str, Files]:
    """Submissions by name, as a real class hands them in: right, half-done, wrong and broken."""
    mistakes = tuple(m for m in load_mistakes(assignment) if not m.is_probe)
    modules = assignment.modules
    first, last = modules[0], modules[-1]
    syntax_error = classroom.solution(assignment)
    syntax_error[f"{assignment.package}/{first}.py"] += b"\n\ndef unfinished(:\n"
    lacking = classroom.solution(assignment)
    del lacking[f"{assignment.package}/{last}.py"]
    functions = _one_function_a_module(mistakes)
    chosen = _some(mistakes, 8)
    return {
        "ada": classroom.solution(assignment),
        "barbara": {f"work/handin/{p}": c for p, c in classroom.solution(assignment).items()},
        "claude": classroom.half_done(assignment, modules[:1]),
        "dorothy": classroom.half_done(assignment, modules[: len(modules) // 2 + 1]),
        "edsger": classroom.with_mistakes(assignment, chosen[:1]),
        "frances": classroom.with_mistakes(assignment, chosen[1:3]),
        "grace": classroom.with_mistakes(assignment, chosen[3:8]),
        "hedy": classroom.skeleton(assignment),
        "ivan": syntax_error,
        "joan": lacking,
        "kurt": classroom.with_code(assignment, *_broken(functions[0], LOOP)),
        "lovelace": classroom.with_code(assignment, *_broken(functions[-1], EXIT)),
        "maria": _in_turn(assignment, functions),
        "niklaus": {},
    }


def run_demo(folder: Path, out: Path, jobs: int | None) -> None:
    """Writes the class to OUT/submissions, grades it into OUT/graded, prints the grades."""
    assignment = Assignment.load(folder)
    submissions, graded = out / "submissions", out / "graded"
    for made in (submissions, graded):
        shutil.rmtree(made, ignore_errors=True)
    for name, files in demo_class(assignment).items():
        classroom.write_zip(submissions / f"{name}.zip", files)
    tally = run_class(Run(folder, [submissions], graded, jobs))
    click.echo()
    parts = list(assignment.parts)
    click.echo("  ".join([f"{'submission':14}", *(f"{p:>13}" for p in parts), f"{'total':>7}"]))
    for row in sorted(tally.rows, key=lambda row: row.file):
        cells = [f"{row.parts[part]:13.1f}" for part in parts]
        click.echo("  ".join([f"{row.file:14}", *cells, f"{sum(row.parts.values()):7.1f}"]))
    click.echo(f"\nThe grades are in {graded / 'final_grades.csv'}, the class in {submissions}.")
    if (page := graded / "index.html").exists():
        click.echo(f"Open {page} in a browser: it links to each student's page.")


def _some(mistakes: tuple[Mistake, ...], count: int) -> list[Mistake]:
    """Mistakes in different functions."""
    by_target = {(mistake.module, mistake.target): mistake for mistake in mistakes}
    order = np.random.default_rng(0).permutation(len(by_target))
    return [list(by_target.values())[i] for i in order[:count]]


def _one_function_a_module(mistakes: tuple[Mistake, ...]) -> list[tuple[str, str]]:
    return list({mistake.module: (mistake.module, mistake.target) for mistake in mistakes}.values())


def _broken(function: tuple[str, str], source: str) -> tuple[str, str]:
    module, name = function
    return module, source.format(name=name)


def _in_turn(assignment: Assignment, functions: list[tuple[str, str]]) -> Files:
    """One submission with a loop in one module, an exit in another, too much memory in a third."""
    files = classroom.solution(assignment)
    for function, source in zip(functions, (LOOP, EXIT, MEMORY), strict=False):
        module, code = _broken(function, source)
        files[f"{assignment.package}/{module}.py"] += f"\n\n{code}".encode()
    return files
