"""The handout: its table of points is made of the hidden suites, its examples are computed."""

import inspect
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import ModuleType

import numpy as np

from ..errors import KitError
from ..suite.hidden_test import HiddenTest

BEGIN = "<!-- points -->"
END = "<!-- /points -->"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^([^#\n].*)((?:\n# .*)*)", re.MULTILINE)
"""A statement, a line, and its result, which stands below it as a comment."""
SIGNATURE = re.compile(r"^\| `(\w+)\(([^)]*)\)`")


def points_table(tests: Iterable[HiddenTest], modules: Collection[str]) -> str:
    """A Markdown table of the parts, in the order of their first tests, with their points; beside a
    part, the module of its name that students write."""
    points: dict[str, float] = {}
    for test in tests:
        points[test.part] = points.get(test.part, 0.0) + test.points
    rows = [
        f"| {part} | {f'`{part}.py`' if part in modules else 'all of them'} | {worth:g} |"
        for part, worth in points.items()
    ]
    total = f"| **all** | | **{sum(points.values()):g}** |"
    return "\n".join(["| part | file | points |", "|---|---|---:|", *rows, total])


def with_points(text: str, table: str) -> str:
    """The text with the table between its two markers. Raises `KitError` where they are not there
    once each, in this order."""
    before, *cut = re.split(f"({BEGIN}|{END})", text)
    if cut[::2] != [BEGIN, END]:
        raise KitError(f"the handout must hold {BEGIN} and then {END}, once each")
    return f"{before}{BEGIN}\n{table}\n{END}{cut[-1]}"


def wrong_examples(text: str, modules: Mapping[str, ModuleType]) -> Iterator[tuple[int, str]]:
    """The lines of the handout's examples that the modules do not compute, and what they do."""
    names = {**modules, "np": np, "rng": np.random.default_rng(0)}
    found = [e for block in BLOCK.finditer(text) for e in EXAMPLE.finditer(text, *block.span(1))]
    for example in found:
        line, (statement, result) = text.count("\n", 0, example.start()) + 1, example.groups()
        want = result.replace("\n# ", "\n").removeprefix("\n")
        try:
            if not want:
                exec(statement, names)
            elif want != (got := repr(eval(statement, names))):
                yield line, " ".join(f"{statement} Expected: {want} Got: {got}".split())
        except Exception as problem:
            yield line, f"{statement} raises {type(problem).__name__}: {problem}"


def wrong_signatures(text: str, modules: Mapping[str, ModuleType]) -> Iterator[tuple[int, str]]:
    """The lines of the handout's tables where a function begins that is not there, or that has
    other arguments or defaults; and the lines that name an argument of another default."""
    lines = list(enumerate(text.split("\n"), start=1))
    for number, line in lines:
        if not (row := SIGNATURE.match(line)):
            continue
        function = next((vars(m)[row[1]] for m in modules.values() if row[1] in vars(m)), None)
        if function is None:
            yield number, f"there is no function {row[1]}"
            continue
        parameters = inspect.signature(function).parameters
        for argument in row[2].replace("*, ", "").split(", "):
            name, _, default = argument.partition("=")
            if name not in parameters:
                yield number, f"{row[1]} has no argument {name}"
            elif default and eval(default, {}) != parameters[name].default:
                said = f"{row[1]} has the default {name}={parameters[name].default!r}"
                yield number, said
                mention = re.compile(rf"\b{name}\b")
                yield from ((n, said) for n, one in lines if n != number and mention.search(one))
