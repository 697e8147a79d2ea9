"""What the lab's figures have in common. It is given: no TODOs.

What is not a positive, finite number has no place on a logarithmic axis: it is not drawn, and a
cross stands where a line ends for that reason.
"""

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

try:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter
except ModuleNotFoundError as missing:
    sys.exit(f"{missing.name} is missing: pip install -r requirements.txt")

from .colours import GREEN

Numbers = dict[str, float]


@dataclass(frozen=True)
class Result:
    """An experiment's figure, and the numbers measured for it that the notebook speaks of."""

    figure: Figure
    numbers: Numbers


def panels(rows: int, columns: int, title: str, height: float = 3.1) -> tuple[Figure, Any]:
    """A figure and its axes: one, an array of them, or an array (rows, columns)."""
    wide = {1: 6.4, 2: 9.6}.get(columns, 3.6 * columns - 0.4)
    # Without pyplot: no window, no global state; a notebook shows the figure all the same.
    high = height * rows + (1.2 if rows * columns == 1 else 0.5)
    figure = Figure(figsize=(wide, high), layout="constrained")
    figure.suptitle(title, fontsize=12)
    return figure, figure.subplots(rows, columns)


def label(axis: Axes, title: str, x: str, y: str) -> None:
    """The title, the axes' names, a light grid."""
    axis.set_title(title, fontsize=10)
    axis.set(xlabel=x, ylabel=y)
    axis.grid(True, color="#DDDDDD", lw=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)


def log_line(axis: Axes, at: ArrayLike, values: ArrayLike, **style: Any) -> None:
    """A line on a logarithmic axis, without what has no place there."""
    values = np.asarray(values, dtype=float)
    fits = np.isfinite(values) & (values > 0)
    axis.semilogy(at, np.where(fits, values, np.nan), **style)
    last = np.flatnonzero(fits)[-1:]
    if not fits.all() and last.size:
        axis.semilogy(np.asarray(at)[last], values[last], "x", color=style["color"], ms=9, mew=2)


def histogram(axis: Axes, values: np.ndarray, edges: np.ndarray, **style: Any) -> None:
    """The shares of the values in each bin; those beyond the edges are in the outermost ones."""
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), bins=edges)
    axis.stairs(counts / max(values.size, 1), edges, lw=1.3, **style)


def healthy(axis: Axes) -> None:
    """A band where first / last is healthy."""
    axis.axhspan(1e-3, 1e3, color=GREEN, alpha=0.12, lw=0)


def percent(axis: Axes) -> None:
    """The vertical axis goes from 0 % to 100 %."""
    axis.set_ylim(-0.03, 1.03)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0))


def whole_numbers(axis: Axes) -> None:
    """The horizontal axis counts: no half epochs."""
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
