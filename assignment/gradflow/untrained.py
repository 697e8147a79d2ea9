"""The lab's experiments on nets before training. It is given: no TODOs."""

from typing import Any

import numpy as np

from . import diagnostics
from .colours import BLACK, BLUE, COLOURS, MARKERS, ORANGE, RED
from .experiments import PATIENTS, flow, normal, patient, probe, ratio
from .figures import Numbers, Result, healthy, label, log_line, panels, percent
from .network import INITIALIZERS, PAIRING


def saturation_and_gradient(*, quick: bool = False) -> Result:
    """(a) Ten weight layers of sigmoids: does saturation tell what vanishes?"""
    numbers: Numbers = {}
    figure, grid = panels(2, 3, "(a) Ten weight layers of sigmoids before training")
    cases = {"N(0, 0.01²)": normal(0.01), "Xavier": {}, "N(0, 1)": normal(1.0)}
    for column, (name, options) in enumerate(cases.items()):
        net, grads = probe(10, activation="sigmoid", **options)
        hidden, norms = net.trace.activations[1:], flow(grads)
        share = diagnostics.saturated_fraction(np.array(net.trace.slopes))
        numbers |= {f"{name}: saturated": share, f"{name}: ratio": ratio(norms)}

        top, bottom = grid[:, column]
        layers = np.arange(1, len(hidden) + 1)
        for low, high, alpha in ((1, 99, 0.2), (25, 75, 0.45)):
            edges = [np.percentile(h, (low, high)) for h in hidden]
            top.fill_between(layers, *np.transpose(edges), color=BLUE, alpha=alpha, lw=0,
                             label=f"{high - low} % of the units")  # fmt: skip
        top.plot(layers, [np.median(h) for h in hidden], color=BLACK, lw=1.5, label="median")
        top.set_ylim(-0.03, 1.03)
        label(top, f"{name}: {share:.0%} saturated", "layer", "activation" if not column else "")
        log_line(bottom, np.arange(1, len(norms) + 1), norms, color=RED, marker="o")
        bottom.set_ylim(1e-19, 10)
        said = f"first / last = {ratio(norms):.1e}: {diagnostics.diagnose(norms)}"
        label(bottom, said, "layer", "gradient norm" if not column else "")
    grid[0, 0].legend(fontsize=8)
    return Result(figure, numbers)


def gradient_flow(*, quick: bool = False) -> Result:
    """(b) Every pairing of activation and initializer, by depth: a slope is a factor a layer."""
    depths = (2, 5, 10) if quick else (2, 5, 10, 20, 35, 50)
    starts: dict[str, dict[str, Any]] = {name: {"initializer": name} for name in INITIALIZERS}
    starts |= {"N(0, 0.01²)": normal(0.01), "N(0, 1)": normal(1.0)}
    numbers: Numbers = {}
    figure, grid = panels(2, 4, "(b) First / last gradient norm, by depth")
    axes = grid.flat
    for index, activation in enumerate(PAIRING):
        axis = axes[index]
        healthy(axis)
        for line, (name, options) in enumerate(starts.items()):
            found = [ratio(flow(probe(d, activation=activation, **options)[1])) for d in depths]
            numbers |= {f"{activation}, {name}, {d}": r for d, r in zip(depths, found, strict=True)}
            log_line(axis, depths, found, marker=MARKERS[line], color=COLOURS[line], ms=4, lw=1.3,
                     label=name, ls="--" if "uniform" in name else "-")  # fmt: skip
        axis.set_ylim(1e-22, 1e22)
        axis.set_xlim(0, max(depths) + 2)
        label(axis, activation, "weight layers", "" if index % 4 else "first / last norm")
    axes[7].axis("off")
    handles, labels = axes[0].get_legend_handles_labels()
    axes[7].legend(handles, labels, loc="center", title="green band: healthy", frameon=False)
    return Result(figure, numbers)


def scale_sweep(*, quick: bool = False) -> Result:
    """(b) One ReLU net of ten weight layers, all weights times one factor: which number sees it?"""
    factors = np.logspace(-1, 1, 5 if quick else 21)
    seen: dict[str, list[float]] = {"weights": [], "pre-activations": [], "activations": []}
    for factor in factors:
        net, grads = probe(10, **normal(float(factor) * np.sqrt(2 / 64)))
        seen["weights"].append(ratio(diagnostics.gradient_norms(grads.weights)))
        seen["pre-activations"].append(ratio(flow(grads)))
        first, *_, last = net.trace.activations
        seen["activations"].append(float(last.std() / first.std()))

    figure, axis = panels(1, 1, "(b) Ten weight layers of ReLU: all weights times one factor")
    names = (
        "gradients by the weights: first / last norm",
        "gradients by the pre-activations: first / last norm",
        "activations: last / first std",
    )
    for index, (name, values) in enumerate(zip(names, seen.values(), strict=True)):
        log_line(axis, factors, values, marker=MARKERS[index], color=COLOURS[index], label=name)
    axis.set_xscale("log")
    healthy(axis)
    label(axis, "", "weights / He's weights", "ratio")
    axis.legend()
    numbers = {f"{name}: largest / smallest ratio": max(v) / min(v) for name, v in seen.items()}
    return Result(figure, numbers)


def batch_normalisation(*, quick: bool = False) -> Result:
    """(d) Batch norm before the activation: a bad scale repaired, the sigmoid revived."""
    scales = np.logspace(-2, 0.5, 4 if quick else 11)
    numbers: Numbers = {}
    figure, axes = panels(1, 2, "(d) Batch norm before the activation, ten weight layers")
    for index, name in enumerate(("without", "with batch norm")):
        batch_norm = name != "without"
        found = [ratio(flow(probe(10, batch_norm=batch_norm, **normal(float(s)))[1]))
                 for s in scales]  # fmt: skip
        sigmoid = flow(probe(10, activation="sigmoid", batch_norm=batch_norm)[1])
        numbers |= {
            f"ReLU, N(0, 0.01²), {name}": found[0],
            f"ReLU, largest weights, {name}": found[-1],
            f"sigmoid, {name}": ratio(sigmoid),
        }
        style: dict[str, Any] = {"ls": "-" if index else "--", "marker": MARKERS[index]}
        log_line(axes[0], scales, found, color=ORANGE, label=name, **style)
        layers = np.arange(1, len(sigmoid) + 1)
        log_line(axes[1], layers, sigmoid, color=BLUE, label=name, **style)
    axes[0].set_xscale("log")
    healthy(axes[0])
    label(axes[0], "ReLU: any scale of the weights", "std of the weights", "first / last norm")
    label(axes[1], "Sigmoid, Xavier", "layer", "gradient norm")
    for axis in axes:
        axis.legend()
    return Result(figure, numbers)


def planted_faults(*, quick: bool = False) -> Result:
    """(g) Seven nets, most with one fault: their gradient norms, and what your functions say."""
    numbers: Numbers = {}
    figure, grid = panels(2, 4, "(g) What ails these nets?")
    axes = grid.flat
    for index, name in enumerate(PATIENTS):
        net, grads = patient(name)
        norms = flow(grads)
        dead = [diagnostics.dead_fraction(h) for h in net.trace.activations[1:]]
        saturated = [diagnostics.saturated_fraction(s) for s in net.trace.slopes]
        numbers |= {
            f"{name}: ratio": ratio(norms),
            f"{name}: dead": float(np.mean(dead)),
            f"{name}: saturated": float(np.mean(saturated)),
        }
        axis = axes[index]
        shares = axis.twinx()
        hidden = np.arange(1, len(dead) + 1)
        shares.bar(hidden - 0.2, dead, 0.4, color=BLACK, alpha=0.35, label="dead")
        shares.bar(hidden + 0.2, saturated, 0.4, color=ORANGE, alpha=0.6, label="slope < 0.01")
        percent(shares)
        shares.spines[["top"]].set_visible(False)
        if index % 4 < 3:
            shares.set_yticks([])
        log_line(axis, np.arange(1, len(norms) + 1), norms, color=BLUE, marker="o", label="norm")
        axis.set_ylim(1e-20, 1e26)
        axis.set_zorder(shares.get_zorder() + 1)  # the norms are drawn over the bars
        axis.patch.set_visible(False)
        title = f"net {name}: {diagnostics.diagnose(norms)}"
        label(axis, title, "layer", "" if index % 4 else "gradient norm")
        axis.grid(False)
    axes[7].axis("off")
    handles = axes[0].get_legend_handles_labels()[0] + list(shares.containers)
    note = "One of the seven is well.\nNo point: the norm is 0."
    labels = ["gradient norm (left)", "units dead (right)", "slopes below 0.01 (right)"]
    axes[7].legend(handles, labels, loc="center", frameon=False, title=note)
    return Result(figure, numbers)
