"""The command line. Each command imports what it needs when it runs: `--help` stays fast."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from . import __version__
from .engine.errors import KitError
from .engine.text import printable

ASSIGNMENT = Path(__file__).parent
MACHINE = 1
USAGE = 2
MAX_SAID = 1000


class OneLine(click.Group):
    """Commands whose errors are one line on stderr: exit status 2, or 1 where the machine fails."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        self.kept = ""
        try:
            kwargs["standalone_mode"] = False
            return super().main(*args, **kwargs)
        except click.exceptions.NoArgsIsHelpError as shown:
            click.echo(shown.format_message())
        except click.ClickException as problem:
            _say(problem.format_message())
        except KitError as problem:
            _say(str(problem))
        except click.Abort:
            click.echo(f"stopped{self.kept}", err=True)
            sys.exit(130)
        except OSError as problem:
            _say(f"{problem}{self.kept}")
            sys.exit(MACHINE)
        sys.exit(USAGE)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name, *rest = super().resolve_command(ctx, args)
        self.kept = "; what was graded is kept: go on with --resume" if name == "grade" else ""
        return name, *rest


class PathArgument(click.Path):
    """A path, never an empty one, which an unset variable of the shell leaves: to Python it is the
    current folder."""

    def __init__(self, **options: Any) -> None:
        super().__init__(path_type=Path, **options)

    def convert(self, value: Any, *where: Any) -> Any:
        return super().convert(value, *where) if str(value) else self.fail("an empty path", *where)


def _say(problem: str) -> None:
    click.echo(f"error: {printable(problem, MAX_SAID)}", err=True)


@click.group(cls=OneLine)
@click.version_option(__version__)
@click.option(
    "--assignment", type=PathArgument(exists=True, file_okay=False), default=ASSIGNMENT,
    help="Folder with the assignment.toml of another assignment.",
)  # fmt: skip
@click.pass_context
def main(context: click.Context, assignment: Path) -> None:
    """Build, grade and check an assignment: this kit's, or another that --assignment names."""
    context.obj = assignment


def out_option(default: str, help: str) -> Callable[[Any], Any]:
    """The option for the folder that a command writes."""
    kind = PathArgument(file_okay=False)
    return click.option("-o", "--out", type=kind, default=default, show_default=True, help=help)


seed_option = click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=0, help="Decides the tests' inputs."
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(1, 1024), default=None, help="Processes; default: the cores."
)


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=PathArgument())
@out_option("graded", "Folder for the grades and pages.")
@jobs_option
@seed_option
@click.option("--scheduler", metavar="ADDRESS", help="Grade on this Dask cluster.")
@click.option("--resume", is_flag=True, help="Keep the results of an interrupted run.")
@click.option(
    "--require", multiple=True, metavar="LAYER", help="Refuse to run without this protection."
)
@click.option("--no-figures", is_flag=True, help="Student pages without figures: a little faster.")
@click.option(
    "--gradebook", type=click.Choice(["canvas", "moodle"]), help="Also write a CSV to import there."
)
@click.option(
    "--id-pattern", metavar="REGEX",
    help="Finds the student in a file's name, by named groups: (?P<id>...), (?P<name>...), ...",
)  # fmt: skip
@click.option(
    "--worksheet", metavar="FILE", type=PathArgument(exists=True, dir_okay=False),
    help="Fill in the grading worksheet of a Moodle assignment.",
)  # fmt: skip
@click.option(
    "--known", multiple=True, metavar="FOLDER", type=PathArgument(exists=True),
    help="Compare with this work, too: published solutions, last year's class.",
)  # fmt: skip
@click.option("--feedback-zip", is_flag=True, help="Pack the pages for Canvas or Moodle.")
@click.pass_obj
def grade(assignment: Path, /, no_figures: bool, **arguments: Any) -> None:
    """Grade submissions: zips or folders with the package, or a class of them, as exported."""
    from .engine.grade.run import Run, run_class

    run_class(Run(assignment, figures=not no_figures, **arguments))


@main.command()
@out_option("demo", "Folder for the class and its grades.")
@jobs_option
@click.pass_obj
def demo(assignment: Path, out: Path, jobs: int | None) -> None:
    """Make a small class, grade it, and say where to look."""
    from .engine.prove.demo import run_demo

    run_demo(assignment, out, jobs)


@main.command()
@out_option("dist", "Folder for the zips.")
@click.option("--check", is_flag=True, help="Only say whether the handout is stale.")
@click.pass_obj
def build(assignment: Path, out: Path, check: bool) -> None:
    """Make the handout's stubs from the solution, assignment.zip, autograder.zip and extras.

    autograder.zip needs Otter-Grader: without it, the exit status is 2.
    """
    from .engine.release.build import build_all, check_handout

    if check:
        check_handout(assignment)
    else:
        build_all(assignment, out)


@main.command()
@click.argument("modules", nargs=-1, metavar="[MODULE...]")
@jobs_option
@seed_option
@click.option(
    "--seeds", type=click.IntRange(1, 10_000), default=1, help="How many, from --seed on."
)
@click.option("--variants-only", is_flag=True, help="Only the odd but right implementations.")
@click.pass_obj
def check(assignment: Path, /, seed: int, seeds: int, **arguments: Any) -> None:
    """Prove the material: solution, skeleton, every mistake, every odd but right variant.

    With MODULEs: only their mistakes, variants and parts, which is sooner done.
    """
    from .engine.prove.material import run_check

    run_check(assignment, seeds=range(seed, seed + seeds), **arguments)
