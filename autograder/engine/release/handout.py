"""The handout: its table of points is made of the hidden suites, its examples are computed."""

import doctest
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from types import ModuleType

import numpy as np

from ..errors import KitError
from ..suite.hidden_test import HiddenTest

BEGIN = "<!-- points -->"
END = "<!-- /points -->"
NUMBER = re.compile(r"(?<![\w.])-?\d+\.?\d*(?:e[+-]?\d+)?")
SIGNATURE = re.compile(r"^\| `(\w+)\(([^)]*)\)`")


def points_table(tests: Iterable[HiddenTest], files: Iterable[str] = ()) -> str:
    """A Markdown table of the parts, in the order of their first tests, with their points.

    files: names of the modules that students write; a part of that name is linked to its file.
    """
    points: dict[str, float] = {}
    for test in tests:
        points[test.part] = points.get(test.part, 0.0) + test.points
    written = set(files)
    rows = [
        f"| {part} | {f'`{part}.py`' if part in written else 'all of them'} | {worth:g} |"
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


class _Numbers(doctest.OutputChecker):
    """Outputs agree where their numbers do, to the digits that the handout prints."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        wanted, found = NUMBER.findall(want), NUMBER.findall(got)
        if not wanted or len(wanted) != len(found):
            return want == got
        half_a_digit = Decimal("0.505")  # and a little
        return all(
            abs(one - other) <= half_a_digit.scaleb(int(one.as_tuple().exponent))
            for one, other in zip(map(Decimal, wanted), map(Decimal, found), strict=True)
        )


def examples(text: str, modules: Mapping[str, ModuleType]) -> doctest.DocTest:
    """The handout's examples in Python, which know the modules, np and rng."""
    names = {**modules, "np": np, "rng": np.random.default_rng(0)}
    return doctest.DocTestParser().get_doctest(_python(text), names, "handout", None, 0)


def _python(text: str) -> str:
    """The text as doctest reads it, on the same lines: of the blocks of Python the statements, and
    below each its result, which stands there as a comment; nothing else."""
    kept, is_python = [], False
    for line in text.split("\n"):
        if line.startswith("```"):
            is_python = line == "```python"
            line = ""
        elif not line.startswith("# "):
            line = f">>> {line}" if line else ""
        kept.append(line.removeprefix("# ") if is_python else "")
    return "\n".join(kept)


def wrong_examples(text: str, modules: Mapping[str, ModuleType]) -> list[tuple[int, str]]:
    """The lines of the handout's examples that the modules do not compute, and what they do."""
    told: list[str] = []
    runner = doctest.DocTestRunner(_Numbers(), verbose=False)
    runner.run(examples(text, modules), out=told.append)
    found = []
    for one in told:
        _, _, where = one.partition("Line ")
        line, _, failure = where.partition(", in handout\nFailed example:")
        source, raised, traceback = failure.partition("Exception raised:")
        if raised:
            failure = f"{source} raises {traceback.strip().splitlines()[-1]}"
        found.append((int(line), " ".join(failure.split())))
    return found


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
