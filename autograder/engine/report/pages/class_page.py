"""The class page: how the class did, what to teach again, what to look at, who earned what."""

import itertools
import statistics
from collections import Counter
from collections.abc import Sequence

import numpy as np

from ...assignment import Assignment
from ...sandbox.layers import LAYERS
from ..lookalikes import Group
from ..result import TestResult
from .class_record import ClassRecord, Look, Row
from .render import render

BINS = 10
MAX_MISTAKES = 30
MAX_LOOKS = 200
WEAK = 0.2
ENOUGH = 10
"""With fewer submissions a correlation is mostly noise."""


def class_page(book: ClassRecord, groups: Sequence[Group], assignment: Assignment) -> str:
    """The text of OUT/index.html."""
    rows = sorted(book.rows, key=lambda row: row.file.casefold())
    totals = [row.earned for row in rows]
    possible = sum(book.parts.values())
    odd = _odd(rows)
    mistakes = _mistakes(book)
    return render(
        "class.html",
        title=assignment.title,
        book=book,
        rows=rows,
        parts=_parts(book),
        possible=possible,
        mean=statistics.fmean(totals) if totals else 0.0,
        median=statistics.median(totals) if totals else 0.0,
        spread=statistics.pstdev(totals) if totals else 0.0,
        full=sum(total >= possible for total in totals),
        bins=_distribution(totals, possible),
        items=_items(book),
        weak=WEAK,
        enough=ENOUGH,
        mistakes=mistakes[:MAX_MISTAKES],
        more_mistakes=max(0, len(mistakes) - MAX_MISTAKES),
        odd=odd[:MAX_LOOKS],
        more_odd=max(0, len(odd) - MAX_LOOKS),
        groups=[(group, [book.rows[place] for place in group.members]) for group in groups],
        layers=LAYERS,
    )


def discrimination(passed: np.ndarray, worth: np.ndarray) -> list[float | None]:
    """How well each test separates strong from weak submissions.

    The corrected point-biserial correlation: between passing the test, 0 or 1, and the points
    earned in all other tests. passed (submissions, tests), worth (tests,). None where all pass, or
    none does, or where the others' points are all the same.
    """
    found: list[float | None] = []
    totals = passed @ worth
    for mine, points in zip(passed.T, worth, strict=True):
        rest = totals - mine * points
        differ = np.ptp(mine) > 0 and np.ptp(rest) >= 1e-9
        found.append(float(np.corrcoef(mine, rest)[0, 1]) if differ else None)
    return found


def _items(book: ClassRecord) -> list[tuple[TestResult, float, float | None]]:
    """The tests, each with the share of the class that passed and how well it separates."""
    passed = np.array([list(row.passed) for row in book.rows], dtype=np.float64)
    passed = passed.reshape(len(book.rows), len(book.tests))
    worth = np.array([test.points for test in book.tests])
    shares = passed.mean(axis=0) if len(passed) else np.zeros(len(book.tests))
    return list(zip(book.tests, shares.tolist(), discrimination(passed, worth), strict=True))


def _parts(book: ClassRecord) -> list[tuple[str, float, float, int]]:
    """The parts, each with its points, the mean that was earned, and how many earned all."""
    lines = []
    for name, possible in book.parts.items():
        earned = [row.parts[name] for row in book.rows]
        mean = statistics.fmean(earned) if earned else 0.0
        lines.append((name, possible, mean, sum(value >= possible for value in earned)))
    return lines


def _mistakes(book: ClassRecord) -> list[tuple[str, int, list[str]]]:
    """The mistakes, the costliest first, each with how many made it and in which parts it shows."""
    counts = Counter(mistake for row in book.rows for mistake in row.mistakes)
    costliest = sorted(counts, key=lambda name: (-book.lost[name], name))
    shown_in = {name: [p for p in book.parts if p in book.failing[name]] for name in costliest}
    return [(name, counts[name], shown_in[name]) for name in costliest]


def _distribution(totals: Sequence[float], possible: float) -> list[tuple[str, int]]:
    """How many scores lie in each of ten bins; full marks count in the last."""
    counts, edges = np.histogram(totals, BINS, (0.0, possible or 1.0))
    labels = [f"{a:.0f}\N{EN DASH}{b:.0f}" for a, b in itertools.pairwise(edges)]
    return list(zip(labels, counts.tolist(), strict=True))


def _odd(rows: Sequence[Row]) -> list[tuple[Look, list[Row]]]:
    """What there is to look at, the gravest first, each with all who have it."""
    found: dict[Look, list[Row]] = {}
    for row in rows:
        for look in row.looks:
            found.setdefault(look, []).append(row)
    return sorted(found.items(), key=lambda each: each[0].weight)
