"""Geometry of the figures: where numbers stand in the small SVGs that the templates write.

Matplotlib needs about 80 ms of CPU for one SVG even when only a line's data changes, more than a
whole page may cost; this needs less than one.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from .figure import Chart, Histograms

MAX_DECADE_LABELS = 6
LOWEST, HIGHEST = 1e-30, 1e30
WIDTH, HEIGHT = 348.0, 214.0
CELL_WIDTH, CELL_HEIGHT = 92.0, 52.0
"""Of the plot in a chart, from its upper left corner, and of a histogram."""
MARKS = (
    "m-4 0a4 4 0 0 1 8 0a4 4 0 0 1-8 0z", "m-3.5-3.5h7v7h-7z",
    "m0-5 5 5-5 5-5-5z", "m0-4.5 5 8.5h-10z",
)  # fmt: skip
"""Paths around a point, by which a chart's curves are told apart."""


class Axes:
    """A chart's frame: values stand beside each other, decades below each other. Charts of the same
    quantity have the same decades, at least two, so that nets can be compared."""

    def __init__(self, chart: Chart, all_charts: Iterable[Chart]) -> None:
        self.count = max(len(curve.yours) for curve in chart.curves)
        curves = [curve for c in all_charts if c.y_label == chart.y_label for curve in c.curves]
        values = [value for curve in curves for value in (*curve.yours, *curve.reference)]
        logs = [math.log10(value) for value in values if _is_drawable(value)] or [-0.5]
        self.low, self.high = math.floor(min(logs)), math.ceil(max(logs))
        if self.high - self.low < 2:
            self.low, self.high = self.low - 1, max(self.high, self.low + 1)

    def x(self, index: int) -> float:
        """Where a value stands, by its index."""
        return round(14 + (WIDTH - 28) / max(1, self.count - 1) * index, 1)

    def y(self, value: float) -> float:
        """Where a value above zero stands."""
        return round(HEIGHT * (self.high - math.log10(value)) / (self.high - self.low), 1)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Where powers of ten stand, and their exponents."""
        step = max(1, math.ceil((self.high - self.low) / MAX_DECADE_LABELS))
        exponents = [n for n in range(self.low, self.high + 1) if n % step == 0]
        return [(self.y(10.0**n), f"{n}".replace("-", "\N{MINUS SIGN}")) for n in exponents]

    def points(self, values: Sequence[float]) -> list[str]:
        """Where the points of a curve are; "" for what can't be drawn."""
        return [f"{self.x(n)} {self.y(v)}" if _is_drawable(v) else "" for n, v in enumerate(values)]

    def line(self, values: Sequence[float]) -> str:
        """The path through the points of a curve: what can't be drawn leaves a gap."""
        steps = pairwise(["", *self.points(values)])
        return "".join(("L" if before else "M") + point for before, point in steps if point)


def _is_drawable(value: float) -> bool:
    return LOWEST <= value <= HIGHEST


def marks(points: Iterable[str], number: int) -> str:
    """The path of the marks at the points of a curve, by its number in the chart."""
    return "".join(f"M{point}{MARKS[number % len(MARKS)]}" for point in points if point)


def outlines(histograms: Histograms) -> list[tuple[str, str, str]]:
    """The name of each small histogram, and the paths over the student's bars and the reference's.

    Heights are square roots of shares, so that a thin tail can be seen beside a tall peak.
    """
    layers = histograms.layers
    tallest = max(share for layer in layers for share in (*layer.yours, *layer.reference, 1e-9))
    return [(at.name, _steps(at.yours, tallest), _steps(at.reference, tallest)) for at in layers]


def _steps(shares: Sequence[float], tallest: float) -> str:
    """The path over the bars, from the lower left corner to the lower right one."""
    path = f"M0 {CELL_HEIGHT:g}"
    for number, share in enumerate(shares, 1):
        height = CELL_HEIGHT * math.sqrt(share / tallest)
        path += f"V{CELL_HEIGHT - height:.1f}H{number * CELL_WIDTH / len(shares):.1f}"
    return f"{path}V{CELL_HEIGHT:g}"
