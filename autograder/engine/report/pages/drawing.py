"""Geometry of the figures: numbers become points of a small SVG, which a template writes down.

Matplotlib needs about 80 ms of CPU for one SVG even when only a line's data changes, more than a
whole page may cost; this needs less than one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .figure import Chart, Histograms

WIDTH, HEIGHT = 420.0, 268.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 14.0, 14.0, 40.0
MAX_DECADE_LABELS = 6
LOWEST, HIGHEST = 1e-30, 1e30
MARKS = ("circle", "square", "diamond")
PLAIN = 4


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: its place, and `label` to the power of `exponent`."""

    at: float
    label: str
    exponent: str = ""


@dataclass(frozen=True)
class DrawnCurve:
    """`pieces` and `reference` are lists of points for polylines, broken at gaps."""

    name: str
    colour: int
    mark: str
    pieces: list[str]
    reference: list[str]
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class DrawnChart:
    """A chart's frame, its axes and its curves."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    x_label: str
    y_label: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    curves: list[DrawnCurve]


def decades(charts: Iterable[Chart]) -> tuple[int, int]:
    """The whole decades that hold the charts' values, at least two of them."""
    curves = [curve for chart in charts for curve in chart.curves]
    values = [value for curve in curves for value in (*curve.yours, *curve.reference)]
    logs = [math.log10(value) for value in values if _is_drawable(value)] or [-0.5]
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    if high - low < 2:
        low, high = low - 1, max(high, low + 1)
    return low, high


def draw_chart(chart: Chart, span: tuple[int, int]) -> DrawnChart:
    """A chart's curves, its ticks at whole decades. span: the first and the last one."""
    count = max(len(curve.yours) for curve in chart.curves)
    low, high = span
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def x(index: int) -> float:
        return round(LEFT + 14 + (right - LEFT - 28) * index / max(1, count - 1), 1)

    def y(value: float) -> float:
        return round(bottom - (bottom - TOP) * (math.log10(value) - low) / (high - low), 1)

    def runs(values: Sequence[float]) -> list[list[tuple[float, float]]]:
        found: list[list[tuple[float, float]]] = [[]]
        for index, value in enumerate(values):
            if _is_drawable(value):
                found[-1].append((x(index), y(value)))
            elif found[-1]:
                found.append([])
        return [run for run in found if run]

    compared = [curve for curve in chart.curves if curve.reference]
    curves = [
        DrawnCurve(
            curve.name,
            compared.index(curve) + 1 if curve.reference else PLAIN,
            MARKS[compared.index(curve) % len(MARKS)] if curve.reference else "triangle",
            [_points(run) for run in runs(curve.yours)],
            [_points(run) for run in runs(curve.reference)],
            [point for run in runs(curve.yours) for point in run],
        )
        for curve in chart.curves
    ]
    step = max(1, math.ceil((high - low) / MAX_DECADE_LABELS))
    y_ticks = [Tick(y(10.0**n), "10", _minus(n)) for n in range(low, high + 1) if n % step == 0]
    x_ticks = [Tick(x(i), f"{i + 1}") for i in range(count)]
    labels = chart.x_label, chart.y_label
    return DrawnChart(WIDTH, HEIGHT, LEFT, right, TOP, bottom, *labels, x_ticks, y_ticks, curves)


def _is_drawable(value: float) -> bool:
    return LOWEST <= value <= HIGHEST


def _minus(number: int) -> str:
    return str(number).replace("-", "\N{MINUS SIGN}")


def _points(run: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in run)


CELL_WIDTH, CELL_HEIGHT, GAP, LABEL = 92.0, 52.0, 10.0, 16.0
COLUMNS = 3


@dataclass(frozen=True)
class DrawnCell:
    """One small histogram: its corner, and its bars and outline as SVG paths."""

    name: str
    x: float
    y: float
    bars: str
    outline: str


@dataclass(frozen=True)
class DrawnHistograms:
    """Small histograms, the size of each, and the limits that all share."""

    title: str
    width: float
    height: float
    cell_width: float
    cell_height: float
    low: str
    high: str
    cells: list[DrawnCell]


def draw_histograms(histograms: Histograms) -> DrawnHistograms:
    """Small multiples, three in a row: bars for the student's, an outline for the reference's.

    Heights are square roots of shares, so that a thin tail can be seen beside a tall peak.
    """
    shares = [s for layer in (*histograms.yours, *histograms.reference) for s in layer]
    tallest = max([*shares, 1e-9])
    cells = []
    for number, name in enumerate(histograms.names):
        row, column = divmod(number, COLUMNS)
        left = column * (CELL_WIDTH + GAP)
        top = LABEL + row * (CELL_HEIGHT + LABEL + GAP)
        cells.append(
            DrawnCell(
                name,
                left,
                top,
                _steps(histograms.yours[number], tallest, left, top) + "Z",
                _steps(histograms.reference[number], tallest, left, top),
            )
        )
    rows = math.ceil(len(cells) / COLUMNS)
    return DrawnHistograms(
        histograms.title,
        COLUMNS * (CELL_WIDTH + GAP) - GAP,
        rows * (CELL_HEIGHT + LABEL + GAP) + 6,
        CELL_WIDTH,
        CELL_HEIGHT,
        f"{histograms.low:g}".replace("-", "\N{MINUS SIGN}"),
        f"{histograms.high:g}",
        cells,
    )


def _steps(shares: Sequence[float], tallest: float, left: float, top: float) -> str:
    """The path over the bars, from the lower left corner to the lower right one."""
    bottom, width = top + CELL_HEIGHT, CELL_WIDTH / max(1, len(shares))
    path = [f"M{left:g} {bottom:g}"]
    for number, share in enumerate(shares):
        height = CELL_HEIGHT * math.sqrt(share / tallest)
        path.append(f"V{bottom - height:.1f}H{left + (number + 1) * width:.1f}")
    return "".join(path) + f"V{bottom:g}"


BAR_CHART_WIDTH, BAR_CHART_HEIGHT = 500.0, 270.0


@dataclass(frozen=True)
class Bar:
    """One bar of the distribution; count: the submissions in it."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


def draw_bars(labels: Sequence[str], counts: Sequence[int]) -> list[Bar]:
    """A bar for each count, its label below, room for its number above."""
    step = BAR_CHART_WIDTH / max(1, len(counts))
    top, bottom = 22.0, BAR_CHART_HEIGHT - 44.0
    highest = max([*counts, 1])
    return [
        Bar(
            round(i * step + 3, 1),
            round(bottom - (bottom - top) * count / highest, 1),
            round(step - 6, 1),
            round((bottom - top) * count / highest, 1),
            label,
            count,
        )
        for i, (label, count) in enumerate(zip(labels, counts, strict=True))
    ]
