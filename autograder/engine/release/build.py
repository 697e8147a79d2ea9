"""`build`: the students' stubs and table of points; a release: two zips, and the extras."""

import hashlib
import os
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import click

from ..assignment import Assignment
from ..errors import KitError
from ..grade.archive import write_archive
from ..grade.outputs import write_atomically
from ..suite.hidden_test import HiddenTest
from ..suite.suite import Suite
from .handout import points_table, with_points
from .otter.package import write_autograder_zip
from .skeleton import files, read, stale_stubs, stubs

README = "README.md"
GIVEN = "tests/given.sha256"
"""The digests of what students get complete, so that their tests can name what has changed."""


def build_all(assignment_folder: Path, out: Path) -> None:
    """Brings the handout up to date and writes the zips to a folder.

    Raises `KitError`: the folder is in the handout; an extra fails; without Otter, when all else
    is written.
    """
    assignment = Assignment.load(assignment_folder)
    assignment.refuse_handout(out)
    tests = hidden_tests(assignment)
    for name, content in (stubs(assignment) | _made(assignment, tests)).items():
        write_atomically(assignment.handout / name, content)
    root = assignment.handout.name
    given = {f"{root}/{n}": file.read_bytes() for n, file in handout_files(assignment).items()}
    write_archive(out / "assignment.zip", given)
    click.echo(out / "assignment.zip")
    for name, command in assignment.extras.items():
        _write_extra(assignment, command, out / name)
    write_autograder_zip(assignment, tests, out / "autograder.zip")
    click.echo(out / "autograder.zip")


def _write_extra(assignment: Assignment, command: list[str], file: Path) -> None:
    # Without -P, Python looks in the current folder first, which may be the handout.
    arguments = [sys.executable, "-P", "-m", *command, str(file)]
    path = {"PYTHONPATH": str(assignment.solutions)}
    if subprocess.run(arguments, env=os.environ | path, check=False).returncode:
        raise KitError(f"{file.name} could not be made of the solution")
    click.echo(file)


def check_handout(assignment_folder: Path) -> None:
    """Raises `KitError` where `build_all` would change the handout."""
    assignment = Assignment.load(assignment_folder)
    present, made = files(assignment.handout), _made(assignment, hidden_tests(assignment))
    others = [n for n, text in made.items() if n not in present or read(present[n]) != text]
    if stale := [*stale_stubs(assignment), *others]:
        raise KitError(f"the handout is stale, build it again: {', '.join(stale)}")
    click.echo("the handout is up to date")


def hidden_tests(assignment: Assignment) -> tuple[HiddenTest, ...]:
    """All hidden tests, in the order of the parts."""
    suite = Suite(assignment)
    suite.close()
    return suite.tests


def handout_files(assignment: Assignment) -> dict[str, Path]:
    """What students download: all but what the handout's own .gitignore names, which comes from
    running things there."""
    found = files(assignment.handout)
    text = found[".gitignore"].read_text("utf-8") if ".gitignore" in found else ""
    ignored = [name.strip("/") for name in text.split()]
    return {
        name: file
        for name, file in found.items()
        if not any(fnmatch(part, pattern) for part in name.split("/") for pattern in ignored)
    }


def given_digests(assignment: Assignment) -> bytes:
    """The SHA-256 of each given .py and .ini file, as `sha256sum` has it."""
    written = {f"{assignment.package}/{name}.py" for name in ("__init__", *assignment.modules)}
    texts = {n: read(file) for n, file in handout_files(assignment).items()} | stubs(assignment)
    given = {name for name in texts if name.endswith((".py", ".ini"))} - written
    lines = [f"{hashlib.sha256(texts[name]).hexdigest()}  {name}\n" for name in sorted(given)]
    return "".join(lines).encode()


def _made(assignment: Assignment, tests: tuple[HiddenTest, ...]) -> dict[str, bytes]:
    """What the handout holds that is made, beside the stubs; only what it has a place for."""
    made, readme = {}, assignment.handout / README
    if readme.exists():
        table = points_table(tests, assignment.modules)
        made[README] = with_points(readme.read_text("utf-8"), table).encode()
    if (assignment.handout / GIVEN).parent.is_dir():
        made[GIVEN] = given_digests(assignment)
    return made
