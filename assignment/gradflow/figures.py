"""The lab's figures, drawn of what measurements.py measures. It is given: no TODOs.

What is not a positive, finite number has no place on a logarithmic axis: it is not drawn, and a
cross stands where a line ends for that reason.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from .measurements import Measured

try:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter
except ModuleNotFoundError as missing:
    sys.exit(f"{missing.name} is missing: pip install -r requirements.txt")

# Okabe and Ito's colours, which colour-blind readers can tell apart. Lines differ in style as well.
BLACK, ORANGE, SKY, GREEN, BLUE, RED, PINK = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
COLOURS = (BLUE, ORANGE, GREEN, RED, PINK, SKY, BLACK)
MARKERS = "osD^vPX"


def saturation(measured: Measured) -> Figure:
    """(a) Mean and spread of each layer, the share that is saturated, the accuracy."""
    at, means, stds, shares, accuracies = measured.data
    figure, axes = _panels(1, 3, "(a) Four hidden layers of sigmoids, trained on digits")
    for layer in range(4):
        style: dict[str, Any] = {"color": COLOURS[layer], "lw": 1.8}
        style |= {"label": f"layer {layer + 1}", "ls": ("-", "--", "-.", ":")[layer]}
        axes[0].plot(at, means[:, layer], **style)
        low, high = means[:, layer] - stds[:, layer], means[:, layer] + stds[:, layer]
        axes[0].fill_between(at, low, high, color=COLOURS[layer], alpha=0.12, lw=0)
        axes[1].plot(at, shares[:, layer], **style)
    axes[2].plot(at, accuracies, color=BLACK)
    _label(axes[0], "Activations: mean and std", "step", "activation")
    _label(axes[1], "Saturated: slope below 0.05", "step", "share of units")
    _label(axes[2], "Held-out digits", "step", "accuracy")
    axes[1].legend(fontsize=8, loc="upper right")
    for axis in axes[1:]:
        _percent(axis)
    return figure


def saturation_and_gradient(measured: Measured) -> Figure:
    """(a) Activations above, gradient norms below, for three kinds of first weights."""
    figure, grid = _panels(2, 3, "(a) Ten weight layers of sigmoids before training")
    for column, (name, (hidden, norms, share, verdict)) in enumerate(measured.data.items()):
        top, bottom = grid[:, column]
        numbers = np.arange(1, len(hidden) + 1)
        for low, high, alpha in ((1, 99, 0.2), (25, 75, 0.45)):
            edges = [np.percentile(h, (low, high)) for h in hidden]
            top.fill_between(numbers, *np.transpose(edges), color=BLUE, alpha=alpha, lw=0,
                             label=f"{high - low} % of the units")  # fmt: skip
        top.plot(numbers, [np.median(h) for h in hidden], color=BLACK, lw=1.5, label="median")
        top.set_ylim(-0.03, 1.03)
        _label(top, f"{name}: {share:.0%} saturated", "layer", "activation" if not column else "")
        _log(bottom, np.arange(1, len(norms) + 1), norms, color=RED, marker="o")
        bottom.set_ylim(1e-19, 10)
        said = f"first / last = {measured.numbers[f'{name}: ratio']:.1e}: {verdict}"
        _label(bottom, said, "layer", "gradient norm" if not column else "")
    grid[0, 0].legend(fontsize=8)
    return figure


def layers(measured: Measured) -> Figure:
    """(b) Histograms of each layer, and the size of its step, before and after training."""
    figure, grid = _panels(5, 3, "(b) Ten hidden layers of tanh on digits", height=2.0)
    whole, decades = np.linspace(-1, 1, 41), np.linspace(-11, 1, 61)
    shown = {1: SKY, 4: BLUE, 7: PINK, 10: BLACK}
    for column, (name, states) in enumerate(measured.data.items()):
        for state, (when, (hidden, gradients, _)) in enumerate(
            zip(("before", "after"), states, strict=True)
        ):
            values, slopes = grid[state, column], grid[2 + state, column]
            for layer, colour in shown.items():
                _histogram(values, hidden[layer - 1], whole, colour, f"layer {layer}")
                sizes = np.abs(gradients[layer - 1])
                _histogram(slopes, np.log10(sizes[sizes > 0]), decades, colour, f"layer {layer}")
            first = "" if column else "share"
            _label(values, f"{name}, {when} training", "activation", first)
            _label(slopes, f"{name}, {when} training", "log10 |gradient by z|", first)
        steps = grid[4, column]
        numbers = np.arange(1, len(states[0][2]) + 1)
        for state, when in enumerate(("before", "after")):
            style = {"ls": "-" if state else "--", "marker": MARKERS[state], "label": when}
            _log(steps, numbers, states[state][2], color=GREEN, **style)
        steps.axhline(1e-3, color=BLACK, lw=0.8, ls=":")
        steps.set_ylim(1e-5, 10)
        _label(steps, f"{name}: a step", "layer", "" if column else "update / weights")
    grid[0, 1].legend(fontsize=7)
    grid[4, 0].legend(fontsize=7)
    return figure


def _histogram(axis: Axes, values: np.ndarray, edges: np.ndarray, colour: str, label: str) -> None:
    """The shares of the values in each bin; those beyond the edges are in the outermost ones."""
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), bins=edges)
    axis.stairs(counts / max(values.size, 1), edges, color=colour, lw=1.3, label=label)


def gradient_flow(measured: Measured) -> Figure:
    """(b) A panel for each activation, a line for each initializer: a slope is a factor a layer."""
    depths, data = measured.data
    figure, grid = _panels(2, 4, "(b) First / last gradient norm, by depth")
    axes = grid.flat
    for index, (activation, lines) in enumerate(data.items()):
        axis = axes[index]
        _healthy(axis)
        for line, (name, found) in enumerate(lines.items()):
            _log(axis, depths, found, marker=MARKERS[line], color=COLOURS[line], ms=4, lw=1.3,
                 label=name, ls="--" if "uniform" in name else "-")  # fmt: skip
        axis.set_ylim(1e-22, 1e22)
        axis.set_xlim(0, max(depths) + 2)
        _label(axis, activation, "weight layers", "" if index % 4 else "first / last norm")
    axes[7].axis("off")
    handles, labels = axes[0].get_legend_handles_labels()
    axes[7].legend(handles, labels, loc="center", title="green band: healthy", frameon=False)
    return figure


def scale_sweep(measured: Measured) -> Figure:
    """(b) Three ratios over the scale of the weights."""
    factors, seen = measured.data
    figure, axis = _panels(1, 1, "(b) Ten weight layers of ReLU: all weights times one factor")
    names = (
        "gradients by the weights: first / last norm",
        "gradients by the pre-activations: first / last norm",
        "activations: last / first std",
    )
    for index, (label, values) in enumerate(zip(names, seen.values(), strict=True)):
        _log(axis, factors, values, marker=MARKERS[index], color=COLOURS[index], label=label)
    axis.set_xscale("log")
    _healthy(axis)
    _label(axis, "", "weights / He's weights", "ratio")
    axis.legend()
    return figure


def dying_relus(measured: Measured) -> Figure:
    """(c) The units that are off, layer by layer, and the accuracy."""
    figure, axes = _panels(1, 3, "(c) Two hidden layers, a third or more of each off at the start")
    for index, (name, (off, accuracies)) in enumerate(measured.data.items()):
        style = {"color": COLOURS[index], "marker": MARKERS[index], "label": name}
        # The first is broad, as others may lie on it.
        style |= {"lw": 1.5, "ms": 4} if index else {"lw": 4.0, "ms": 9}
        axes[0].plot(off[:, 0], **style)
        axes[1].plot(off[:, 1], **style)
        axes[2].plot(accuracies, **style)
    _label(axes[0], "Layer 1: off for all 1400 digits", "epoch", "share of units")
    _label(axes[1], "Layer 2: off for all 1400 digits", "epoch", "share of units")
    _label(axes[2], "Held-out digits", "epoch", "accuracy")
    for axis in axes:
        _percent(axis)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[1].legend(fontsize=8)
    return figure


def batch_normalisation(measured: Measured) -> Figure:
    """(d) ReLU over the scale of its weights, sigmoid layer by layer: dashed sick, solid healed."""
    scales, data = measured.data
    figure, axes = _panels(1, 2, "(d) Batch norm before the activation, ten weight layers")
    for index, (name, (found, sigmoid)) in enumerate(data.items()):
        style: dict[str, Any] = {"ls": "-" if index else "--", "marker": MARKERS[index]}
        _log(axes[0], scales, found, color=ORANGE, label=name, **style)
        numbers = np.arange(1, len(sigmoid) + 1)
        _log(axes[1], numbers, sigmoid, color=BLUE, label=name, **style)
    axes[0].set_xscale("log")
    _healthy(axes[0])
    _label(axes[0], "ReLU: any scale of the weights", "std of the weights", "first / last norm")
    _label(axes[1], "Sigmoid, Xavier", "layer", "gradient norm")
    for axis in axes:
        axis.legend()
    return figure


def exploding(measured: Measured) -> Figure:
    """(e) Loss, norm and accuracy of each net: dashed as it is, solid clipped."""
    figure, axes = _panels(1, 3, "(e) Ten hidden layers: exploding gradients, clipped to norm 1")
    for name, (history, norms, is_clipped) in measured.data.items():
        colour = GREEN if name.startswith("ELU") else ORANGE
        style: dict[str, Any] = {"color": colour, "label": name}
        style |= {"ls": "-", "lw": 1.2} if is_clipped else {"ls": "--", "lw": 2.5, "zorder": 3}
        steps = np.arange(1, len(history.losses) + 1)
        _log(axes[0], steps, history.losses, **style)
        _log(axes[1], np.arange(1, len(norms) + 1), norms, **style)
        epochs = range(1, len(history.accuracies) + 1)
        axes[2].plot(epochs, history.accuracies, marker="o" if is_clipped else "X", **style)
    _label(axes[0], "Loss", "step", "loss")
    _label(axes[1], "Global norm before clipping", "step", "norm")
    _label(axes[2], "Held-out digits", "epoch", "accuracy")
    for axis in axes[:2]:
        axis.set_ylim(1e-6, 1e9)
    axes[0].legend(fontsize=7)
    axes[2].xaxis.set_major_locator(MaxNLocator(integer=True))
    _percent(axes[2])
    return figure


SICK = {"Sigmoids": ("sigmoid", "tanh"), "ReLUs": ("relu", "leaky_relu"), "ELUs": ("elu",)}
"""The columns of (f), each with the activations of the disease and of its remedies."""


def handwritten_digits(measured: Measured) -> Figure:
    """(f) A column and a colour for each disease: the sick net dashed, the healed ones solid."""
    figure, grid = _panels(2, 3, "(f) Ten hidden layers of 100 units learn handwritten digits")
    lines = [0, 0, 0]
    for name, (kind, options, history, per_epoch) in measured.data.items():
        activation = options.get("activation", "relu")
        column = next(i for i, family in enumerate(SICK.values()) if activation in family)
        style: dict[str, Any] = {"color": COLOURS[column], "marker": "X", "ls": "--", "lw": 2.5}
        if kind == "remedy":
            style |= {"marker": MARKERS[lines[column]], "ls": "-", "lw": 1.3, "ms": 4}
            lines[column] += 1
        batches = range(0, len(history.losses), per_epoch)
        losses = [float(np.mean(history.losses[i : i + per_epoch])) for i in batches]
        _log(grid[0, column], range(1, len(losses) + 1), losses, **style)
        epochs = range(1, len(history.accuracies) + 1)
        label = name if np.isfinite(history.losses[-1]) else f"{name}: overflows"
        grid[1, column].plot(epochs, history.accuracies, label=label, **style)
    for column, title in enumerate(SICK):
        loss, accuracy = grid[:, column]
        _label(loss, title, "", "" if column else "training loss")
        loss.set_ylim(1e-4, 10)
        _label(accuracy, "", "epoch", "" if column else "held-out accuracy")
        accuracy.axhline(0.95, color=BLACK, lw=0.8, ls=":")
        accuracy.legend(fontsize=7, loc="center right")
        _percent(accuracy)
        for axis in (loss, accuracy):
            axis.set_xlim(0.5, max(len(d[2].accuracies) for d in measured.data.values()) + 0.5)
    return figure


def planted_faults(measured: Measured) -> Figure:
    """(g) Per net its gradient norms, and each layer's share of dead and saturated units."""
    figure, grid = _panels(2, 4, "(g) What ails these nets?")
    axes = grid.flat
    for index, (name, (norms, dead, saturated, verdict)) in enumerate(measured.data.items()):
        axis = axes[index]
        shares = axis.twinx()
        hidden = np.arange(1, len(dead) + 1)
        shares.bar(hidden - 0.2, dead, 0.4, color=BLACK, alpha=0.35, label="dead")
        shares.bar(hidden + 0.2, saturated, 0.4, color=ORANGE, alpha=0.6, label="slope < 0.01")
        _percent(shares)
        shares.spines[["top"]].set_visible(False)
        if index % 4 < 3:
            shares.set_yticks([])
        _log(axis, np.arange(1, len(norms) + 1), norms, color=BLUE, marker="o", label="norm")
        axis.set_ylim(1e-20, 1e26)
        axis.set_zorder(shares.get_zorder() + 1)  # the norms are drawn over the bars
        axis.patch.set_visible(False)
        _label(axis, f"net {name}: {verdict}", "layer", "" if index % 4 else "gradient norm")
        axis.grid(False)
    axes[7].axis("off")
    handles = axes[0].get_legend_handles_labels()[0] + list(shares.containers)
    note = "One of the seven is well.\nNo point: the norm is 0."
    labels = ["gradient norm (left)", "units dead (right)", "slopes below 0.01 (right)"]
    axes[7].legend(handles, labels, loc="center", frameon=False, title=note)
    return figure


def _panels(rows: int, columns: int, title: str, height: float = 3.1) -> tuple[Figure, Any]:
    """A figure and its axes: one, an array of them, or an array (rows, columns)."""
    wide = {1: 6.4, 2: 9.6}.get(columns, 3.6 * columns - 0.4)
    # Without pyplot: no window, no global state; a notebook shows the figure all the same.
    figure = Figure(figsize=(wide, height * rows + (1.2 if rows * columns == 1 else 0.5)))
    figure.set_layout_engine("constrained")
    figure.suptitle(title, fontsize=12)
    return figure, figure.subplots(rows, columns)


def _label(axis: Axes, title: str, x: str, y: str) -> None:
    axis.set_title(title, fontsize=10)
    axis.set_xlabel(x)
    axis.set_ylabel(y)
    axis.grid(True, color="#DDDDDD", lw=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)


def _log(axis: Axes, at: Sequence[float] | np.ndarray | range, values: Any, **style: Any) -> None:
    """A line on a logarithmic axis, without what has no place there."""
    values = np.asarray(values, dtype=float)
    fits = np.isfinite(values) & (values > 0)
    axis.semilogy(at, np.where(fits, values, np.nan), **style)
    last = np.flatnonzero(fits)[-1:]
    if not fits.all() and last.size:
        axis.semilogy(np.asarray(at)[last], values[last], "x", color=style["color"], ms=9, mew=2)


def _healthy(axis: Axes) -> None:
    axis.axhspan(1e-3, 1e3, color=GREEN, alpha=0.12, lw=0)


def _percent(axis: Axes) -> None:
    axis.set_ylim(-0.03, 1.03)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0))
