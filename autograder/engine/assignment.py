"""An assignment as the engine sees it: which package, which parts, where its files are."""

import ast
import hashlib
import importlib.util
import os
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Self

from .errors import KitError

FILE = "assignment.toml"


@dataclass(frozen=True)
class Assignment:
    """The content of an `assignment.toml`, its folders made absolute; demo: the names of the
    mistakes of each student in the demo's class; extras: the files that `build` makes of the
    solution, each with the module to run and its arguments."""

    folder: Path
    title: str
    package: str
    parts: Sequence[str]
    solutions: Path
    handout: Path
    suites: Path
    mistakes: Path
    variants: Path
    given: Sequence[str] = ()
    opaque: dict[str, list[int]] = field(default_factory=dict)
    figures: Path | None = None
    supplied: Path | None = None
    demo: dict[str, list[str]] = field(default_factory=dict)
    extras: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads FOLDER/assignment.toml. Raises `KitError`."""
        folder = folder.resolve()
        try:
            content = tomllib.loads((folder / FILE).read_text("utf-8"))
            optional = {"figures", "supplied"} & content.keys()
            for name in ("solutions", "handout", "suites", "mistakes", "variants", *optional):
                content[name] = (folder / content[name]).resolve()
            content |= {name: str(content[name]) for name in ("title", "package")}
            if unknown := content.keys() - {known.name for known in fields(cls)}:
                raise TypeError(f"unknown {', '.join(sorted(unknown))}")
            for name in {"parts", "given"} & content.keys():
                if not isinstance(content[name], list):
                    raise TypeError(f"{name} must be a list of names")
            made = cls(folder=folder, **content)
        except (OSError, ValueError, KeyError, TypeError) as problem:
            absent = isinstance(problem, KeyError)
            said = f"no {problem}" if absent else getattr(problem, "strerror", problem)
            raise KitError(f"{folder / FILE}: {said}") from None
        if not made.modules:
            package = made.solutions / made.package
            raise KitError(f"{folder / FILE}: no modules of a package in {package}")
        return made

    def refuse_handout(self, out: Path) -> None:
        """Raises `KitError` where what is written to a folder would be handed out."""
        if Path(os.path.realpath(out)).is_relative_to(self.handout):
            raise KitError(f"{out} lies in the handout, which students get: name another -o")

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """The modules that students write."""
        names = sorted(path.stem for path in (self.solutions / self.package).glob("*.py"))
        return tuple(n for n in names if n != "__init__" and n not in self.given)

    @cached_property
    def given_files(self) -> dict[str, bytes]:
        """The given and the supplied modules, as every submission gets them."""
        given = [self.solutions / self.package / f"{name}.py" for name in self.given]
        paths = filter(Path.exists, [*given, *self._supplied_paths])
        return {f"{self.package}/{path.name}": path.read_bytes() for path in paths}

    @cached_property
    def supplied_modules(self) -> tuple[str, ...]:
        """The kit's own modules that run beside the student's, in the same process."""
        return tuple(path.stem for path in self._supplied_paths)

    @property
    def _supplied_paths(self) -> list[Path]:
        return [] if self.supplied is None else sorted(self.supplied.glob("*.py"))

    @cached_property
    def solution_files(self) -> dict[str, bytes]:
        """The reference's modules."""
        return _sources(self.solutions, self.package)

    @cached_property
    def plain_init(self) -> bytes:
        """The reference's `__init__.py` where it is a docstring, which can't fail; else b""."""
        content = self.solution_files.get(f"{self.package}/__init__.py", b"")
        values = [getattr(node, "value", None) for node in ast.parse(content).body]
        return content if all(isinstance(value, ast.Constant) for value in values) else b""

    @cached_property
    def handed_out(self) -> dict[str, bytes]:
        """The package as students get it; empty where the handout is not at hand."""
        return _sources(self.handout, self.package)

    def reference(self) -> ModuleType:
        """The solution as an importable package, with the modules that students write already
        loaded. Raises `KitError`.

        Suites import the given modules that they need; others may need packages that graders lack.
        """
        if str(self.solutions) not in sys.path:
            sys.path.insert(0, str(self.solutions))
        for module in self.modules:
            try:
                importlib.import_module(f"{self.package}.{module}")
            except Exception as problem:
                said = f"{type(problem).__name__}: {problem}"
                raise KitError(f"the solution's {module}.py can't be imported: {said}") from None
        package = importlib.import_module(self.package)
        for path in self._supplied_paths:
            if not hasattr(package, path.stem):
                setattr(package, path.stem, import_file(f"{self.package}.{path.stem}", path))
        return package

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that makes a grade: solution, suites, mistakes, and what runs them."""
        summed = hashlib.sha256()
        engine = Path(__file__).parent
        folders = (self.solutions, self.suites, self.supplied, self.mistakes, engine)
        for folder in filter(None, folders):
            for path in sorted(folder.rglob("*.py")):
                summed.update(path.relative_to(folder).as_posix().encode() + b"\0")
                summed.update(hashlib.sha256(path.read_bytes()).digest())
        summed.update((self.folder / FILE).read_bytes())
        return summed.hexdigest()


def import_file(name: str, path: Path) -> ModuleType:
    """Imports a file under a name, once. Raises `KitError`."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(sys.modules[name])
        except BaseException as problem:
            del sys.modules[name]  # half of it: the next import must fail, too
            if not isinstance(problem, Exception):
                raise
            raise KitError(f"{path}: {type(problem).__name__}: {problem}") from problem
    return sys.modules[name]


def _sources(folder: Path, package: str) -> dict[str, bytes]:
    """The package's Python files, by their paths from the folder."""
    paths = sorted((folder / package).rglob("*.py"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
