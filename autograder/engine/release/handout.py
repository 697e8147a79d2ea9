"""The handout's table of parts and points, derived from the hidden suites."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

BEGIN = "<!-- points -->"
END = "<!-- /points -->"


class Worth(Protocol):
    """A hidden test, as far as the table is concerned."""

    @property
    def part(self) -> str: ...

    @property
    def points(self) -> float: ...


def points_table(tests: Iterable[Worth], files: Iterable[str] = ()) -> str:
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
    """The text with the table between its two markers.

    Raises:
        ValueError: not exactly one pair of markers, in this order.
    """
    before, found, rest = text.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not (found and closed) or text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"the handout must hold {BEGIN} and then {END}, once each")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"
