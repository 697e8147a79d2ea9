"""The class page: how the class did, what to teach again, what to look at, who earned what."""

import itertools
from collections import Counter
from collections.abc import Sequence

import numpy as np

from ...assignment import Assignment
from ...sandbox.layers import LAYERS
from ..lookalikes import Group
from ..result import total
from .class_record import ClassRecord, Look, Row
from .render import render

BINS = 10


def class_page(book: ClassRecord, groups: Sequence[Group], assignment: Assignment) -> str:
    """The text of OUT/index.html."""
    rows = sorted(book.rows, key=lambda row: row.file.casefold())
    totals = np.array([row.earned for row in rows])
    possible = total(book.parts.values())
    counts, edges = np.histogram(totals, BINS, (0.0, possible))  # full marks are in the last bin
    labels = [f"{a:.0f}\N{EN DASH}{b:.0f}" for a, b in itertools.pairwise(edges)]
    passed = np.array([[*row.passed] for row in rows], dtype=np.float64)
    separates = discrimination(passed, np.array([test.points for test in book.tests]))
    earned = np.array([[*row.parts.values()] for row in rows])
    return render(
        "class.html",
        title=assignment.title,
        book=book,
        rows=rows,
        parts=[*zip(book.parts, book.parts.values(), earned.T, strict=True)],
        possible=possible,
        totals=totals,
        median=float(np.median(totals)),
        bins=[*zip(labels, counts, strict=True)],
        items=[*zip(book.tests, passed.mean(axis=0).tolist(), separates, strict=True)],
        makers=Counter(mistake for row in rows for mistake in row.mistakes),
        looks=_looks(rows),
        groups=[(group, [book.rows[place] for place in group.members]) for group in groups],
        layers=LAYERS,
    )


def discrimination(passed: np.ndarray, worth: np.ndarray) -> list[float | None]:
    """How well each test separates strong from weak submissions.

    The corrected point-biserial correlation: between passing the test, 0 or 1, and the points
    earned in all other tests. passed (submissions, tests), worth (tests,). None where all pass, or
    none does, or where the others' points are all the same.
    """
    rest = (passed @ worth)[:, None] - passed * worth
    differ = (np.ptp(passed, axis=0) > 0) & (np.ptp(rest, axis=0) >= 1e-9)
    pairs = zip(differ, passed.T, rest.T, strict=True)
    return [float(np.corrcoef(mine, others)[0, 1]) if d else None for d, mine, others in pairs]


def _looks(rows: Sequence[Row]) -> list[tuple[Look, list[Row]]]:
    """What there is to look at, the gravest first, each with all who have it."""
    found: dict[Look, list[Row]] = {}
    for row in rows:
        for look in row.looks:
            found.setdefault(look, []).append(row)
    return sorted(found.items(), key=lambda each: each[0].weight)
