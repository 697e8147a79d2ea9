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
import io
import itertools
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from ..errors import KitError

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"

_LIKE_A_MARKER = re.compile(r"#\W*(BEGIN|END)\W*SOLUTION", re.IGNORECASE)
_NOT_MATERIAL = re.compile(r"(^|/)(\.|__pycache__(/|$))|\.py[co]$")


def skeleton_source(text: str) -> str:
    """The skeleton of one Python source.

    Raises:
        KitError: markers are unbalanced, nested, at the wrong place or misspelt; a region holds no
            code; an import is left over that only the solution needed. `# noqa: F401` at the end of
            that import's line keeps it.
    """
    text = text.replace("\r\n", "\n")
    tree = _parsed(text, "the source")
    regions = list(_regions(text))
    if not regions:
        return text
    lines = text.split("\n")
    # From the last to the first, so that the line numbers of those before stay right.
    for begin, end, indent in reversed(regions):
        _replace(lines, begin, end, _stand_in(tree, begin, end, indent))
    skeleton = "\n".join(lines).strip("\n") + "\n"
    kept = _parsed(skeleton, "what is left of the source")
    _refuse_leftover_imports(tree, kept, skeleton.split("\n"))
    return skeleton


def write_skeleton(solution_dir: Path, out_dir: Path) -> list[str]:
    """Write the skeleton of a whole folder; the names of all files, relative to out_dir, sorted.

    Files that are in out_dir without a counterpart are left alone; `stale_files` names them. Raises
    `KitError`, and writes nothing then.
    """
    made = skeletons(solution_dir)
    for name, content in made.items():
        target = out_dir / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return list(made)


def stale_files(solution_dir: Path, out_dir: Path) -> list[str]:
    """The files that `write_skeleton` would change in out_dir, or has no use for there, sorted."""
    expected, present = skeletons(solution_dir), contents(out_dir)
    names = sorted(expected.keys() | present.keys())
    return [name for name in names if expected.get(name) != present.get(name)]


def skeletons(folder: Path) -> dict[str, bytes]:
    """The skeleton of a whole folder: contents by name. Raises `KitError`."""
    made = contents(folder)
    for name, content in made.items():
        if name.endswith(".py"):
            try:
                made[name] = skeleton_source(content.decode("utf-8")).encode("utf-8")
            except (KitError, UnicodeDecodeError) as problem:
                raise KitError(f"{name}: {problem}") from problem
    return made


def unix(content: bytes) -> bytes:
    """Text with Unix line ends, since a checkout may have changed them; data, which holds a zero
    byte, as it is."""
    return content if b"\0" in content else content.replace(b"\r\n", b"\n")


def contents(folder: Path) -> dict[str, bytes]:
    """The folder's files without hidden and compiled ones, by name, sorted."""
    names = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    files = {n: p for n, p in names.items() if p.is_file() and not _NOT_MATERIAL.search(n)}
    return {name: unix(path.read_bytes()) for name, path in files.items()}


def _parsed(text: str, what: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as problem:
        raise KitError(f"line {problem.lineno}: {what} isn't Python: {problem.msg}") from None


def _regions(text: str) -> Iterator[tuple[int, int, int]]:
    """The marked regions: the 1-based lines of their two markers, and their indentation."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    markers = [token for token in comments if _LIKE_A_MARKER.match(token.string)]
    for token in markers:
        line, indent = token.start
        if token.string not in (BEGIN, END) or token.line[:indent].strip():
            said = f"a marker is a line with nothing but {BEGIN} or {END}"
            raise KitError(f"line {line}: {said}")
    for begin, end in itertools.zip_longest(markers[::2], markers[1::2]):
        first, indent = begin.start
        if begin.string == END:
            raise KitError(f"line {first}: END without BEGIN")
        if end is None:
            raise KitError(f"line {first}: BEGIN without END")
        if end.string == BEGIN:
            raise KitError(f"line {end.start[0]}: BEGIN within the region of line {first}")
        if end.start[1] != indent:
            raise KitError(f"line {end.start[0]}: END is indented unlike its BEGIN")
        yield first, end.start[0], indent


def _stand_in(tree: ast.Module, begin: int, end: int, indent: int) -> list[str]:
    """The lines that take a region's place."""
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    held = [node for node in statements if begin < node.lineno < end]
    if not held:
        raise KitError(f"line {begin}: the region holds no code")
    first = min(held, key=lambda node: node.lineno)
    if first.col_offset != indent:
        raise KitError(f"line {begin}: the marker is indented unlike the code after it")
    if any((node.end_lineno or 0) > end for node in held):
        raise KitError(f"line {end}: the region ends within a statement")
    functions = [n for n in statements if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    before = [node for node in functions if node.lineno < begin]
    around = [node for node in before if first.lineno <= (node.end_lineno or 0)]
    if not around:
        return []
    name = max(around, key=lambda node: node.lineno).name
    space = " " * indent
    return [f"{space}# TODO: your code here", f'{space}raise NotImplementedError("TODO: {name}")']


def _replace(lines: list[str], begin: int, end: int, stand_in: list[str]) -> None:
    before, after = begin - 1, end
    if not stand_in:
        # The blank lines on both sides meet; the longer of the two runs is enough.
        while before > 0 and not lines[before - 1].strip():
            before -= 1
        while after < len(lines) and not lines[after].strip():
            after += 1
        stand_in = [""] * max(begin - 1 - before, after - end)
    lines[before:after] = stand_in


def _refuse_leftover_imports(solution: ast.Module, skeleton: ast.Module, lines: list[str]) -> None:
    """An import that nothing in the skeleton uses would tell what the solution is made of."""
    lost = _used(solution) - _used(skeleton)
    for node in ast.walk(skeleton):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for alias in node.names if "noqa: F401" not in lines[(node.end_lineno or 0) - 1] else ():
            name = (alias.asname or alias.name).split(".")[0]
            if name in lost:
                raise KitError(
                    f"line {node.lineno} of the skeleton: only the solution uses {name!r};"
                    " move its import between markers too"
                )


def _used(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
