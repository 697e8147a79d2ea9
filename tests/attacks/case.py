"""A case: a submission, and what it must get.

What it must get is told by its *twin*: the solution in which each function that the case names as
`broken` only raises. A case earns in every part exactly what its twin earns, so honest points are
kept to the last half point and forged ones are none.
"""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from autograder.engine.grade.grader import Grader
from autograder.engine.suite.hidden_test import Outcome
from autograder.engine.suite.program import Events
from tests.kit import ROOT, put, zipped

SECRET = "s3cret-of-the-grader"
MODULES = ("activations", "batchnorm", "clipping", "diagnostics", "initializers")
SOLUTION = {
    f"gradflow/{path.name}": path.read_bytes()
    for path in sorted((ROOT / "solutions" / "gradflow").glob("*.py"))
}
FUNCTIONS = {
    module: [
        node.name
        for node in ast.parse(SOLUTION[f"gradflow/{module}.py"]).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    for module in MODULES
}
Files = dict[str, bytes]


@dataclass(frozen=True)
class Case:
    """A submission and what it must get.

    content: of the zip; broken: names of functions ("activations.relu") or modules ("activations")
    that can't earn anything; says: a regular expression that a reason, the problem or a note must
    match; event: the record's list that must name something.
    """

    name: str
    content: bytes
    broken: tuple[str, ...] = ()
    says: str = ""
    event: str = ""

    def write(self, folder: Path) -> Path:
        """Writes the zip into a folder, and returns its path."""
        return put(folder, f"{self.name}.zip", self.content)


def twin(broken: Iterable[str]) -> Files:
    """The solution in which the named functions, or all of the named modules, only raise."""
    files = dict(SOLUTION)
    for name in broken:
        module, _, function = name.partition(".")
        for each in [function] if function else FUNCTIONS[module]:
            stub = f"\ndef {each}(*args, **options):\n    raise RuntimeError('broken')\n"
            files[f"gradflow/{module}.py"] += stub.encode()
    return files


def outcomes_of(
    files: Files, grader: Grader, tests: Sequence[str] | None = None
) -> tuple[list[Outcome], Events]:
    """The outcomes of the tests, without the search for mistakes in them, which takes a while."""
    program = grader.program(files)
    try:
        return grader.suite.run(program, grader.settings.seed, tests), program.events
    finally:
        program.end()


def with_code(module: str, code: str) -> Files:
    """The solution, with code at the end of one module."""
    path = f"gradflow/{module}.py"
    return {**SOLUTION, path: SOLUTION[path] + b"\n\n" + code.encode()}


def wrong(module: str) -> str:
    """Code that makes all functions of a module answer nonsense: what an attack wants paid."""
    names = " = ".join(FUNCTIONS[module])
    return f"def _nonsense(*args, **options):\n    return 42.0\n\n{names} = _nonsense\n"


def everywhere(body: str, modules: Iterable[str] = MODULES) -> Files:
    """The solution, in which all functions of some modules do this in place of answering."""
    files = dict(SOLUTION)
    for module in modules:
        path = f"gradflow/{module}.py"
        files[path] = with_code(module, wrong(module).replace("return 42.0", body))[path]
    return files


def case(name: str, files: Files, *broken: str, **expected: Any) -> Case:
    """A case handed in as a zip of these files."""
    return Case(name, zipped(files), broken, **expected)


def calls(bodies: dict[str, str], **expected: Any) -> list[Case]:
    """Cases whose `dead_fraction(activations)` has this body."""
    head = "def dead_fraction(activations):\n"
    codes = {name: head + indent(dedent(body), "    ") for name, body in bodies.items()}
    return imports(codes, "diagnostics.dead_fraction", **expected)


def imports(codes: dict[str, str], *broken: str, **expected: Any) -> list[Case]:
    """Cases with this code at the end of `diagnostics`."""
    return [
        case(name, with_code("diagnostics", dedent(code)), *broken, **expected)
        for name, code in codes.items()
    ]
