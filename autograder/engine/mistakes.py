"""Named mistakes: what students really get wrong, as edits of the solution, each with a hint.

A mistake is named to the student whose answers it explains. A probe only proves that a hidden test
is needed: it has no hint and is never named.
"""

import ast
import contextlib
import re
import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from types import CodeType, ModuleType

from .assignment import Assignment, import_file
from .errors import KitError
from .place import Place

CUT = "\0\n"
"""What stands in a docstring's place while a function's code is edited."""
_stated: dict[Path, list[Callable[..., "Mistake"]]] = defaultdict(list)
"""What the catalogues state, by their files: mistakes, but for the module and its text."""


class Catalogue:
    """Mistakes, stated as the attributes of a class:

        class Areas(Catalogue, of="area"):
            area_of_square = {"math.pi": "4.0"}
            "You compute the area of a square. What does pi stand for?"

    An attribute is a mistake's name. Its value is the code: edits, texts of the function's code in
    the solution, each with what stands there instead (a text may take several lines, whose
    indentation is relative, and stands there exactly once); or a body, all that follows the
    docstring, where a single line is what the function returns. The string below it, or below
    several in a row, is their hint. The last ones, with none below, are probes.

    of: the function; or several, and a mistake's name begins with that of its function.
    prefix: begins each name.
    where: whether the hints speak only of where answers are wrong, so that they are right whatever
        stands there; one is shown where no other hint explains them.
    """

    def __init_subclass__(
        cls, of: str | Sequence[str], prefix: str = "", where: bool = False
    ) -> None:
        frame = sys._getframe(1)  # where the catalogue states the class
        file, first = Path(frame.f_code.co_filename), frame.f_lineno
        for name, hint, line in _attributes(file, first):
            functions = [of] if isinstance(of, str) else filter(name.startswith, of)
            target, place = max(functions, key=len, default=name), Place(file, line)
            stated = partial(Mistake, prefix + name, target, hint, vars(cls)[name], place, where)
            _stated[file].append(stated)


def _attributes(file: Path, first: int) -> list[tuple[str, str, int]]:
    """The names that the class in this line sets, each with the string below it and its line."""
    found: list[tuple[str, str, int]] = []
    for node in _classes(file.read_text("utf-8"))[first].body:
        if isinstance(node, ast.Assign):
            found.append((ast.unparse(node.targets[0]), "", node.lineno))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            hint = " ".join(str(node.value.value).split())
            found = [(name, own or hint, line) for name, own, line in found]
    return found


@lru_cache(maxsize=1)
def _classes(source: str) -> dict[int, ast.ClassDef]:
    """A file's classes by their lines."""
    nodes = ast.walk(ast.parse(source))
    return {node.lineno: node for node in nodes if isinstance(node, ast.ClassDef)}


@dataclass(frozen=True, eq=False)
class Mistake:
    """A way to get `module.target` wrong. hint: "" for a probe; code: see `Catalogue`; solution:
    the module's source; place: where it is stated."""

    name: str
    target: str
    hint: str
    code: Mapping[str, str] | str
    place: Place
    where: bool
    module: str
    package: str
    solution: str

    @property
    def is_probe(self) -> bool:
        """Whether it is never named."""
        return not self.hint

    def edited(self, source: str) -> str:
        """The solution module's text with the mistake in it.

        Raises `ValueError` where a text that it replaces doesn't stand there exactly once.
        """
        return "".join(self.parts(source))

    def parts(self, source: str) -> tuple[str, str, str]:
        """The same, cut around its function. Raises `ValueError`."""
        if self.target not in (functions := _functions(source)):
            raise ValueError(f"{self.name}: {self.module} has no function {self.target}")
        before, head, docstring, body, after = functions[self.target]
        if isinstance(self.code, str):
            stated = self.code if "\n" in self.code else f"return {self.code}"
            return before, head + docstring + textwrap.indent(_plain(stated), "    ") + "\n", after
        code = head + CUT + body
        for number, (text, instead) in enumerate(self.code.items(), start=1):
            code = self._replaced(code, _plain(text), _plain(instead), number)
        return before, code.replace(CUT, docstring), after

    def misfit(self) -> str:
        """Why it no longer fits the solution; "" where it does."""
        try:
            _compiled((self,))
        except ValueError as problem:
            return str(problem)
        except SyntaxError as problem:
            return f"{self.name}: its code has a syntax error: {problem.msg}"
        return ""

    def _replaced(self, code: str, text: str, instead: str, number: int) -> str:
        """The function's code with the text replaced in it, of which several lines may all be
        indented further."""
        first, *others = map(re.escape, text.split("\n"))
        pattern = rf"(?m:^(?P<indent> *)){first}" if others else f"(?P<indent>){first}"
        pattern += "".join(rf"\n(?P=indent){line}" if line else r"\n" for line in others)
        places = [*re.finditer(pattern, code)]
        if len(places) != 1:
            stands = f"{text!r} stands {len(places)} times in {self.target}, not once"
            raise ValueError(f"{self.name}: edit {number} no longer applies: {stands}")
        start, end = places[0].end("indent"), places[0].end()
        line = code[code.rfind("\n", 0, start) + 1 :]
        indent = line[: len(line) - len(line.lstrip(" "))]
        return code[:start] + instead.replace("\n", f"\n{indent}") + code[end:]


def fresh_modules(mistakes: Sequence[Mistake]) -> dict[str, ModuleType]:
    """The students' modules with these mistakes in them, by name: new at each call, so that what
    one call keeps does not reach the next."""
    made = {}
    for name in dict.fromkeys(mistake.module for mistake in mistakes):
        own = tuple(mistake for mistake in mistakes if mistake.module == name)
        module = ModuleType(f"{own[0].package}.{name}")
        module.__package__ = own[0].package
        for code in _compiled(own):
            exec(code, module.__dict__)
        made[name] = module
    return made


@lru_cache(maxsize=1000)
def compatible(mistakes: tuple[Mistake, ...]) -> tuple[Mistake, ...]:
    """Those of the mistakes that can be made together, the first ones first: others replace a text
    that is not, or no longer, there, or can't be compiled."""
    kept: tuple[Mistake, ...] = ()
    for mistake in mistakes:
        with contextlib.suppress(ValueError, SyntaxError):
            _compiled((*(m for m in kept if m.module == mistake.module), mistake))
            kept += (mistake,)
    return kept


@lru_cache(maxsize=1000)
def _compiled(mistakes: tuple[Mistake, ...]) -> list[CodeType]:
    """The solution's module, and the function of each of these mistakes in it, to be run after it:
    compiling the module anew for each mistake would take most of a search's time."""
    source = mistakes[0].solution
    codes = [_code(source)]
    for mistake in mistakes:
        before, function, after = mistake.parts(source)
        codes.append(_code(function))
        source = before + function + after
    return codes


@lru_cache(maxsize=1000)
def _code(source: str) -> CodeType:
    return compile(source, "<mistake>", "exec")


@lru_cache(maxsize=64)
def _functions(source: str) -> dict[str, list[str]]:
    """The module's functions by name: its text, cut around the signature, docstring and body."""
    lines, found = source.splitlines(keepends=True), {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            head_end = doc_end = node.body[0].lineno - 1
            if ast.get_docstring(node) is not None:
                doc_end = node.body[0].end_lineno or doc_end
            ends = (0, node.lineno - 1, head_end, doc_end, node.end_lineno, len(lines))
            found[node.name] = ["".join(lines[start:end]) for start, end in pairwise(ends)]
    return found


def results(source: str, function: str) -> tuple[str, ...]:
    """The names that the docstring's "Returns:" gives the entries of a tuple."""
    _, _, docstring, *_ = _functions(source)[function]
    found = re.search(r"Returns:\s+\(([\w, ]+)\)", docstring)
    return tuple(found[1].split(", ")) if found else ()


def _plain(text: str) -> str:
    """A text of several lines without its common indentation and the empty lines around it."""
    return textwrap.dedent(text).strip("\n") if "\n" in text else text


def load_mistakes(assignment: Assignment) -> tuple[Mistake, ...]:
    """The assignment's catalogue, probes included, as far as it fits the solution.

    Raises `KitError` where a name stands twice, or a file can't be imported.
    """
    return tuple(mistake for mistake in stated_mistakes(assignment) if not mistake.misfit())


def stated_mistakes(assignment: Assignment) -> tuple[Mistake, ...]:
    """All that the catalogue states: the file, or the folder, directly below the catalogue's has
    the name of the student's module. Raises `KitError`."""
    assignment.reference()
    package, found = assignment.package, []
    for path in sorted(assignment.mistakes.rglob("*.py")):
        module = path.relative_to(assignment.mistakes).with_suffix("").parts[0]
        if not module.startswith((".", "_")):
            import_file(f"_{path}", path)
            source = assignment.solution_files.get(f"{package}/{module}.py", b"").decode()
            found += [stated(module, package, source) for stated in _stated[path]]
    names = Counter(mistake.name for mistake in found)
    if twice := {name for name, count in names.items() if count > 1}:
        raise KitError(f"mistakes with the same name: {', '.join(sorted(twice))}")
    return tuple(found)
