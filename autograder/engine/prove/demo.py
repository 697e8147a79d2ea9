"""`demo`: a small class made of the solution, common mistakes and broken submissions."""

import shutil
from pathlib import Path

import click

from ..assignment import FILE, Assignment
from ..errors import KitError
from ..grade.archive import write_archive
from ..grade.run import Run, run_class
from ..mistakes import Mistake, load_mistakes
from . import made_up
from .made_up import Files

LOOP = "def {}(*given, **named):\n    while True:\n        pass\n"
EXIT = "def {}(*given, **named):\n    import os\n\n    os._exit(0)\n"
MEMORY = "def {}(*given, **named):\n    return np.ones(6 * 2**30 // 8)\n"


def demo_class(assignment: Assignment) -> dict[str, Files]:
    """Submissions by name, as a real class hands them in: right, half-done, broken and endless;
    and wrong, by the assignment's `demo`. Raises `KitError` where that names no mistake."""
    mistakes = load_mistakes(assignment)
    modules = assignment.modules
    first, last = modules[0], modules[-1]
    syntax_error = made_up.solution(assignment)
    syntax_error[f"{assignment.package}/{first}.py"] += b"\n\ndef unfinished(:\n"
    lacking = made_up.solution(assignment)
    del lacking[f"{assignment.package}/{last}.py"]
    functions = list({mistake.module: mistake.target for mistake in mistakes}.items())
    return {
        "okafor": made_up.solution(assignment),
        "fischer": {f"work/handin/{p}": c for p, c in made_up.solution(assignment).items()},
        "martin": made_up.half_done(assignment, modules[:1]),
        "kim": made_up.half_done(assignment, modules[: len(modules) // 2 + 1]),
        "yilmaz": made_up.skeleton(assignment),
        "wagner": syntax_error,
        "mwangi": lacking,
        "silva": made_up.with_code(assignment, functions[0][0], LOOP.format(functions[0][1])),
        "lopez": made_up.with_code(assignment, functions[-1][0], EXIT.format(functions[-1][1])),
        "nowak": made_up.with_code(assignment, functions[0][0], MEMORY.format(functions[0][1])),
        "petrova": {},
        **_mistaken(assignment, mistakes),
    }


def run_demo(folder: Path, out: Path, jobs: int | None) -> None:
    """Writes the class to OUT/submissions, grades it into OUT/graded, prints the grades. Raises
    `KitError` where the work of others lies there, or students would get it."""
    assignment = Assignment.load(folder)
    assignment.refuse_handout(out)
    submissions, graded = out / "submissions", out / "graded"
    students = demo_class(assignment)
    for made in (submissions, graded / "results"):
        if {path.stem for path in made.glob("[!.]*")} - students.keys():
            raise KitError(f"{made} is not of a demo, which would replace it: name another -o")
    for made in (submissions, graded):
        shutil.rmtree(made, ignore_errors=True)
    for name, files in students.items():
        write_archive(submissions / f"{name}.zip", files)
    book = run_class(Run(folder, [submissions], graded, jobs))
    click.echo()
    parts = list(book.parts)
    click.echo("  ".join([f"{'submission':14}", *(f"{p:>13}" for p in parts), f"{'total':>7}"]))
    for row in book.rows:
        cells = [f"{row.parts[part]:13.1f}" for part in parts]
        click.echo("  ".join([f"{row.file:14}", *cells, f"{row.earned:7.1f}"]))
    click.echo(f"\nThe grades are in {graded / 'final_grades.csv'}, the class in {submissions}.")
    click.echo(f"Open {graded / 'index.html'} in a browser: it links to each student's page.")


def _mistaken(assignment: Assignment, mistakes: tuple[Mistake, ...]) -> dict[str, Files]:
    """The students with the mistakes that the assignment gives them."""
    known = {mistake.name: mistake for mistake in mistakes}
    made = {}
    for student, names in assignment.demo.items():
        if unknown := [name for name in names if name not in known]:
            raise KitError(
                f"{assignment.folder / FILE}: [demo] {student}: no mistake is named {unknown[0]}"
            )
        made[student] = made_up.with_mistakes(assignment, [known[name] for name in names])
    return made
