"""A case: a submission, and what it must get.

What it must get is told by its *twin*: the solution in which each function that the case names as
`broken` only raises. A case earns in every part exactly what its twin earns, so honest points are
kept to the last half point and forged ones are none.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.kit import ROOT, zipped

SOLUTION_FOLDER = ROOT / "solutions" / "gradflow"
MODULES = ("activations", "batchnorm", "clipping", "diagnostics", "initializers")
SOLUTION = {
    f"gradflow/{path.name}": path.read_bytes() for path in sorted(SOLUTION_FOLDER.glob("*.py"))
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

    write: writes it below a folder, and returns its path (a zip or a folder); broken: names of
    functions ("activations.relu") or modules ("activations") that can't earn anything; says: a
    regular expression that a reason, the problem or a note must match; event: the record's list
    that must name something; kinds: those of outcome that lost tests may have, any when empty;
    late: it ends its process some time later, which may cost it another test of the part.
    """

    name: str
    write: Callable[[Path], Path]
    broken: tuple[str, ...] = ()
    says: str = ""
    event: str = ""
    kinds: tuple[str, ...] = ()
    late: bool = False

    @property
    def twin(self) -> Files:
        return twin(self.broken)


def twin(broken: Iterable[str]) -> Files:
    """The solution in which the named functions, or all of the named modules, only raise."""
    files = dict(SOLUTION)
    for name in broken:
        module, _, function = name.partition(".")
        for each in [function] if function else FUNCTIONS[module]:
            stub = f"\ndef {each}(*args, **options):\n    raise RuntimeError('broken')\n"
            files[f"gradflow/{module}.py"] += stub.encode()
    return files


def with_code(module: str, code: str, base: Files | None = None) -> Files:
    """The solution, with code at the end of one module."""
    files = dict(base or SOLUTION)
    files[f"gradflow/{module}.py"] += b"\n\n" + code.encode("utf-8", "surrogatepass")
    return files


def case(name: str, files: Files, *broken: str, **expected: Any) -> Case:
    """A case handed in as a zip of these files."""
    return archive_case(name, zipped(files), *broken, **expected)


def calling(name: str, body: str, **expected: Any) -> Case:
    """A case whose `dead_fraction` has this body."""
    source = f"def dead_fraction(activations):\n    {body}\n"
    return case(name, with_code("diagnostics", source), "diagnostics.dead_fraction", **expected)


def importing(name: str, code: str, **expected: Any) -> Case:
    """A case that attacks at the import of a module whose functions all answer nonsense."""
    files = with_code("diagnostics", wrong("diagnostics") + code)
    return case(name, files, "diagnostics", **expected)


def archive_case(name: str, content: bytes, *broken: str, **expected: Any) -> Case:
    """A case handed in as a file of these bytes."""

    def write(folder: Path) -> Path:
        path = folder / f"{name}.zip"
        path.write_bytes(content)
        return path

    return Case(name, write, broken, **expected)


def folder_case(name: str, fill: Callable[[Path], None], *broken: str, **expected: Any) -> Case:
    """A case handed in as a folder that `fill` fills."""

    def write(folder: Path) -> Path:
        path = folder / name
        path.mkdir()
        fill(path)
        return path

    return Case(name, write, broken, **expected)


def save(files: Files, folder: Path) -> None:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def wrong(module: str) -> str:
    """Code that makes all functions of a module answer nonsense: what an attack wants paid."""
    names = FUNCTIONS[module]
    lines = ["def _nonsense(*args, **options):", "    return 42.0", ""]
    return "\n".join([*lines, *(f"{name} = _nonsense" for name in names), ""])


def everywhere(code: str, modules: Iterable[str] = MODULES) -> Files:
    """The solution, in which all functions of some modules do this in place of answering."""
    files = dict(SOLUTION)
    for module in modules:
        files = with_code(module, wrong(module).replace("return 42.0", code), files)
    return files
