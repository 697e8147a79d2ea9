"""Makes the students' skeleton out of the solution.

The solution is the single source. Comment lines, at the indentation of the code that they enclose,
mark what students write themselves:

    def area(radius: float) -> float:
        \"\"\"The area of a circle.\"\"\"
        # BEGIN SOLUTION
        return math.pi * radius**2
        # END SOLUTION

A marked region in a function becomes a TODO and a `NotImplementedError`; one outside of functions
(a helper, a constant, an import that only the answer needs) vanishes. A file without markers is
given to students as it is, and so is whatever isn't Python, such as data.
"""

import ast
import re
from pathlib import Path

from ..assignment import Assignment
from ..errors import KitError

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"

_MARKER = re.compile(r"(?i:#[^\w\n]*(BEGIN|END)[^\w\n]*SOLUTION)")
"""A marker, however it is misspelt."""
_REGION = re.compile(
    rf"(?P<before>\n*)^(?P<indent> *){BEGIN}\n(?P<held>(?:(?!.*{_MARKER.pattern}).*\n)*)"
    rf"(?P=indent){END}$(?=(?P<after>\n*))",
    re.MULTILINE,
)
_NOT_MATERIAL = re.compile(r"(^|/)(\.(?!git\w)|__pycache__(/|$))|\.py[co]$")


def skeleton_source(text: str) -> str:
    """The skeleton of one Python source.

    Raises `KitError`: markers are unbalanced, nested, at the wrong place or misspelt; a region
    holds no code.
    """
    nodes = ast.walk(_parsed(text, "the source"))
    functions = [n for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    outside = _REGION.sub(lambda region: "\n" * region[0].count("\n"), text)
    if stray := _MARKER.search(outside):
        line = text.count("\n", 0, stray.start()) + 1
        raise KitError(f"line {line}: {BEGIN} and {END} must be lines in turn, indented alike")
    skeleton = _REGION.sub(lambda region: _stand_in(region, functions), text)
    if skeleton == text:
        return text
    _parsed(skeleton, "what is left of the source")
    return skeleton.strip("\n") + "\n"


def stale_stubs(assignment: Assignment) -> list[str]:
    """The files of the handout's package that are not as in the skeleton, sorted: changed, missing,
    or more."""
    expected, present = stubs(assignment), contents(assignment.handout, assignment.package)
    names = sorted(expected.keys() | present.keys())
    return [name for name in names if expected.get(name) != present.get(name)]


def stubs(assignment: Assignment) -> dict[str, bytes]:
    """The skeleton of the solution's package, by the files' paths. Raises `KitError`."""
    made = contents(assignment.solutions, assignment.package)
    for path, content in made.items():
        if path.endswith(".py"):
            try:
                made[path] = skeleton_source(content.decode("utf-8")).encode("utf-8")
            except (KitError, UnicodeDecodeError) as problem:
                raise KitError(f"{path}: {problem}") from problem
    return made


def contents(root: Path, below: str = "") -> dict[str, bytes]:
    """What is in the files of a folder, or of one below it, by their paths: see `read`."""
    return {path: read(file) for path, file in files(root, below).items()}


def files(root: Path, below: str = "") -> dict[str, Path]:
    """The files of a folder, or of one below it, by their paths, sorted; no compiled ones, and of
    hidden ones only Git's."""
    found = {file.relative_to(root).as_posix(): file for file in sorted((root / below).rglob("*"))}
    return {p: file for p, file in found.items() if file.is_file() and not _NOT_MATERIAL.search(p)}


def read(file: Path) -> bytes:
    """What is in a file: text with Unix line ends, since a checkout may have changed them; data,
    which holds a zero byte, as it is."""
    content = file.read_bytes()
    return content if b"\0" in content else content.replace(b"\r\n", b"\n")


def _parsed(text: str, what: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as problem:
        raise KitError(f"line {problem.lineno}: {what} isn't Python: {problem.msg}") from None


def _stand_in(
    region: re.Match[str], functions: list[ast.FunctionDef | ast.AsyncFunctionDef]
) -> str:
    """What takes a region's place."""
    before, indent, after = region["before"], region["indent"], region["after"]
    line = region.string.count("\n", 0, region.start("indent")) + 1
    code = re.search(r"^ *(?=[^\s#])", region["held"], re.MULTILINE)
    if code is None or code[0] != indent:
        raise KitError(f"line {line}: code must follow, indented as the marker is")
    around = [node for node in functions if node.lineno < line < (node.end_lineno or 0)]
    if not around:
        # The blank lines on both sides meet; the longer of the two runs is enough.
        return before[len(after) :]
    name = max(around, key=lambda node: node.lineno).name
    todo = f'{indent}# TODO: your code here\n{indent}raise NotImplementedError("TODO: {name}")'
    return before + todo
