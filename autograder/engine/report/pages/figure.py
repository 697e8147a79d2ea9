"""What an assignment may show of a student's work on the student's page: plain numbers and words.

The package that an assignment names as its figures has `FIGURES`, functions that each draw one of
them, and `SECTION`, what stands above them; how they look is decided in `drawing.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType

from ...suite.calls import Package


@dataclass(frozen=True)
class Curve:
    """Numbers, the student's and the reference's: one for each place on the x axis of a chart, or a
    share of the entries for each bin of a histogram."""

    name: str
    yours: tuple[float, ...]
    reference: tuple[float, ...]


@dataclass(frozen=True)
class Chart:
    """Curves over 1, 2, 3, ..., log scale. Numbers that are not finite, or zero, leave a gap."""

    x_label: str
    y_label: str
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Histograms:
    """Small histograms, with bins from `low` to `high`."""

    title: str
    low: float
    high: float
    layers: tuple[Curve, ...]


@dataclass(frozen=True)
class Figure:
    """A drawing with what it means in words; or, in its place, what does not work yet.

    about: what was built, for every reader; meaning: what this student's shape says; missing: why
    there is nothing to draw, "" where there is; table: the same in numbers, the first row its head.
    """

    title: str
    about: str
    meaning: str = ""
    missing: str = ""
    chart: Chart | None = None
    histograms: Histograms | None = None
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Section:
    """All figures of a student's work, under a title of the assignment's.

    lead: what they show; beside: what the reference's curves are; question: for a student whose
    tests all pass.
    """

    title: str
    figures: Sequence[Figure] = ()
    lead: str = ""
    beside: str = "the reference"
    question: str = ""


Draw = Callable[[Package, ModuleType], Figure]
"""Draws a figure of a student's package, with the reference's beside it."""
