"""What still speaks of a function, a part or a convention that the solution no longer has.

Each finding has its place: together they are what is left to edit after a change of the solution.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from ..assignment import Assignment
from ..mistakes import stated_mistakes
from ..place import Place, first_line
from ..release.handout import wrong_examples, wrong_signatures
from ..release.skeleton import stale_stubs

Problem = tuple[Place, str]
READ = {".py", ".md", ".ipynb", ".html", ".toml", ".ini", ".txt", ".yml"}
README = "README.md"
STALE = "is not what the solution makes of it: build it again"


def leftovers(assignment: Assignment) -> list[Problem]:
    """All of them: one for each place, and for each file that has no use any more."""
    gone = _gone(assignment)
    names = {file: file.stem.removeprefix("test_") for file in _files(assignment)}
    useless = {f: f"is about {n}, which is not there" for f, n in names.items() if n in gone}
    found = [*_misfits(assignment, gone), *_names(assignment, gone)]
    if assignment.handed_out:
        found += [(Place(assignment.handout / path, 1), STALE) for path in stale_stubs(assignment)]
        found += [*_examples(assignment), *_public_tests(assignment)]
    others = {place: text for place, text in reversed(found) if place.file not in useless}
    return [*((Place(file, 1), text) for file, text in useless.items()), *others.items()]


def _misfits(assignment: Assignment, gone: set[str]) -> Iterator[Problem]:
    """Mistakes that no longer fit the solution, but for those in a function that is not there: what
    names that is told."""
    for mistake in stated_mistakes(assignment):
        if mistake.target not in gone and (problem := mistake.misfit()):
            yield mistake.place, problem


def _names(assignment: Assignment, gone: set[str]) -> Iterator[Problem]:
    """Where functions, modules and parts are named that are not there."""
    for file in _files(assignment) if gone else ():
        for line, text, what in _statements(file):
            if match := re.search(rf"\b({'|'.join(sorted(gone))})\b", text):
                yield Place(file, line), f"{what}names {match[1]}, which is not there"


def _gone(assignment: Assignment) -> set[str]:
    """Functions, modules and parts that the material is about and the solution does not have."""
    there = {*assignment.modules, *assignment.given, *assignment.supplied_modules}
    there |= {*assignment.parts}
    for module in assignment.modules:  # given ones may have functions of the same names
        content = assignment.solution_files[f"{assignment.package}/{module}.py"]
        there |= {n.name for n in ast.parse(content).body if isinstance(n, ast.FunctionDef)}
    named = {path.stem.removeprefix("test_") for path in assignment.suites.glob("test_*.py")}
    for mistake in stated_mistakes(assignment):
        named |= {mistake.module, mistake.target}
    return {name for name in named - there if not name.startswith("_")}


def _files(assignment: Assignment) -> Iterator[Path]:
    """The material that is written, not built."""
    stubs = assignment.handout / assignment.package
    folders = [assignment.solutions, assignment.handout, assignment.suites, assignment.mistakes]
    folders += [assignment.variants, *([assignment.figures] if assignment.figures else [])]
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.suffix in READ and stubs not in file.parents and file.is_file():
                yield file


def _statements(file: Path) -> Iterator[tuple[int, str, str]]:
    """The line, the text and the name of what is edited as one: a statement of a module's, or a
    line of another file."""
    lines = file.read_text("utf-8").split("\n")
    if file.suffix != ".py":
        yield from ((number, line, "") for number, line in enumerate(lines, start=1))
        return
    for node in ast.parse("\n".join(lines)).body:
        first, name = first_line(node), getattr(node, "name", "")
        yield first, "\n".join(lines[first - 1 : node.end_lineno]), f"{name} " if name else ""


def _examples(assignment: Assignment) -> Iterator[Problem]:
    """What the handout says that the solution does not do."""
    readme = assignment.handout / README
    if readme.exists():
        text, reference = readme.read_text("utf-8"), assignment.reference()
        modules = {name: getattr(reference, name) for name in assignment.modules}
        for line, wrong in [*wrong_examples(text, modules), *wrong_signatures(text, modules)]:
            yield Place(readme, line), wrong


def _public_tests(assignment: Assignment) -> Iterator[Problem]:
    """The public tests that the solution fails."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, report = Path(temporary, assignment.handout.name), Path(temporary, "report.xml")
        left_out = shutil.ignore_patterns(".*", "__pycache__")
        shutil.copytree(assignment.handout, folder, ignore=left_out)
        shutil.rmtree(folder / assignment.package)
        package = assignment.solutions / assignment.package
        shutil.copytree(package, folder / assignment.package, ignore=left_out)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHON"))}
        command = [sys.executable, "-m", "pytest", "-ojunit_family=xunit1", f"--junitxml={report}"]
        subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
        for case in ElementTree.parse(report).iter("testcase"):
            problem = next((e for e in case if e.tag in ("failure", "error")), None)
            if problem is not None:
                file, line = case.get("file", ""), int(case.get("line", 0)) + 1
                place = Place(assignment.handout / file, line)
                said = " ".join(problem.get("message", "").split())[:200]
                yield place, f"the solution fails the public {case.get('name')}: {said}"
