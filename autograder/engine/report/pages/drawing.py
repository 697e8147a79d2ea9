"""Geometry of the figures: where numbers stand in the small SVGs that the templates write.

Matplotlib needs about 80 ms of CPU for one SVG even when only a line's data changes, more than a
whole page may cost; this needs less than one.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from .figure import Chart, Curve, Histograms

MAX_DECADE_LABELS = 6
LOWEST, HIGHEST = 1e-30, 1e30
MARKS = ("m-4 0a4 4 0 0 1 8 0a4 4 0 0 1-8 0z", "m-3.5-3.5h7v7h-7z", "m0-5 5 5-5 5-5-5z")
"""Paths around a point: a circle, a square, a diamond;"""
PLAIN, TRIANGLE = 4, "m0-4.5 5 8.5h-10z"
"""and the colour and mark of a curve without a reference."""


@dataclass(frozen=True)
class Axes:
    """A chart's frame. `count` values stand beside each other, the decades from `low` to `high`
    below each other."""

    width: ClassVar = 420.0
    height: ClassVar = 268.0
    left: ClassVar = 58.0
    right: ClassVar = width - 14.0
    top: ClassVar = 14.0
    bottom: ClassVar = height - 40.0

    count: int
    low: int
    high: int

    def x(self, index: int) -> float:
        """Where a value stands, by its index."""
        step = (self.right - self.left - 28) / max(1, self.count - 1)
        return round(self.left + 14 + step * index, 1)

    def y(self, value: float) -> float:
        """Where a value above zero stands."""
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return round(self.bottom - (self.bottom - self.top) * share, 1)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Where powers of ten stand, and their exponents."""
        step = max(1, math.ceil((self.high - self.low) / MAX_DECADE_LABELS))
        exponents = [n for n in range(self.low, self.high + 1) if n % step == 0]
        return [(self.y(10.0**n), f"{n}".replace("-", "\N{MINUS SIGN}")) for n in exponents]

    def line(self, values: Sequence[float]) -> str:
        """The path through the points of a curve: what can't be drawn leaves a gap."""
        path, pen = "", "M"
        for index, value in enumerate(values):
            is_there = _is_drawable(value)
            path += f"{pen}{self.x(index)} {self.y(value)}" if is_there else ""
            pen = "L" if is_there else "M"
        return path

    def marks(self, values: Sequence[float], mark: str) -> str:
        """The path of a mark at each point of a curve."""
        points = [(self.x(index), value) for index, value in enumerate(values)]
        return "".join(f"M{x} {self.y(value)}{mark}" for x, value in points if _is_drawable(value))


def axes(chart: Chart, all_charts: Iterable[Chart]) -> Axes:
    """The axes of a chart. Charts of the same quantity have the same decades, at least two, so that
    nets can be compared."""
    count = max(len(curve.yours) for curve in chart.curves)
    curves = [curve for c in all_charts if c.y_label == chart.y_label for curve in c.curves]
    values = [value for curve in curves for value in (*curve.yours, *curve.reference)]
    logs = [math.log10(value) for value in values if _is_drawable(value)] or [-0.5]
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    if high - low < 2:
        low, high = low - 1, max(high, low + 1)
    return Axes(count, low, high)


def _is_drawable(value: float) -> bool:
    return LOWEST <= value <= HIGHEST


def styled(chart: Chart) -> list[tuple[Curve, int, str]]:
    """The curves, each with the number of its colour and its mark, by which those with a reference
    are told apart."""
    compared = [curve for curve in chart.curves if curve.reference]
    styles = {curve: (n, MARKS[(n - 1) % len(MARKS)]) for n, curve in enumerate(compared, 1)}
    return [(curve, *styles.get(curve, (PLAIN, TRIANGLE))) for curve in chart.curves]


CELL_WIDTH, CELL_HEIGHT = 92.0, 52.0


def outlines(histograms: Histograms) -> list[tuple[str, str, str]]:
    """The name of each small histogram, and the paths over the student's bars and the reference's.

    Heights are square roots of shares, so that a thin tail can be seen beside a tall peak.
    """
    shares = [s for layer in (*histograms.yours, *histograms.reference) for s in layer]
    tallest = max([*shares, 1e-9])
    pairs = zip(histograms.names, histograms.yours, histograms.reference, strict=True)
    return [(name, _steps(yours, tallest), _steps(right, tallest)) for name, yours, right in pairs]


def _steps(shares: Sequence[float], tallest: float) -> str:
    """The path over the bars, from the lower left corner to the lower right one."""
    path = f"M0 {CELL_HEIGHT:g}"
    for number, share in enumerate(shares, 1):
        height = CELL_HEIGHT * math.sqrt(share / tallest)
        path += f"V{CELL_HEIGHT - height:.1f}H{number * CELL_WIDTH / len(shares):.1f}"
    return f"{path}V{CELL_HEIGHT:g}"
