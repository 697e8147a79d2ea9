"""The lab: experiments on your own functions. It is given: no TODOs.

    python -m gradflow.lab              all figures, into the folder figures/
    python -m gradflow.lab -o FOLDER    into another folder
    python -m gradflow.lab --page       a page to play with instead: gradient_flow.html

In a notebook, `lab.saturation().figure` shows one; `.numbers` holds what was measured. Every
experiment has a seed and gives the same numbers on every run of the same machine. An experiment
whose functions are still TODO is left out, and said so.

The letters are those of lab.ipynb, which asks a question after each experiment.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

try:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter
except ModuleNotFoundError as missing:
    sys.exit(f"{missing.name} is missing: pip install -r requirements.txt")

from . import clipping, diagnostics, page
from .experiments import (
    PATIENTS,
    REMEDIES,
    History,
    Tick,
    accuracy,
    flow,
    load_digits,
    normal,
    patient,
    probe,
    ratio,
    tell,
    train,
)  # fmt: skip
from .experiments import reveal as reveal  # for the notebook
from .network import INITIALIZERS, PAIRING, Gradients, Network

# Okabe and Ito's colours, which colour-blind readers can tell apart. Lines differ in style as well.
BLACK, ORANGE, SKY, GREEN, BLUE, RED, PINK = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
COLOURS = (BLUE, ORANGE, GREEN, RED, PINK, SKY, BLACK)
MARKERS = "osD^vPX"


@dataclass(frozen=True)
class Result:
    """An experiment's figure, and the numbers that were measured for it."""

    figure: Figure
    numbers: dict[str, float]


def saturation(*, quick: bool = False, tick: Tick | None = None) -> Result:
    """(a) A net of sigmoids in training: the last hidden layer saturates, and wakes up again."""
    digits = load_digits()
    steps, every = (60, 20) if quick else (3000, 25)
    rng = np.random.default_rng(0)

    def glorots_standard(n_in: int, n_out: int, rng: np.random.Generator) -> np.ndarray:
        """What was usual before 2010: U(-1/sqrt(n_in), 1/sqrt(n_in))."""
        return rng.uniform(-1, 1, size=(n_in, n_out)) / np.sqrt(n_in)

    net = Network([64, 100, 100, 100, 100, 10], rng=rng, activation="sigmoid",
                  initializer=glorots_standard)  # fmt: skip
    rows = []
    for step in range(steps + 1):
        if step % every == 0:
            net.loss_and_gradients(digits.x[:300], digits.y[:300])
            assert net.trace is not None
            hidden, slopes = net.trace.activations[1:], net.trace.slopes
            rows.append(
                [step, *(h.mean() for h in hidden), *(h.std() for h in hidden)]
                + [diagnostics.saturated_fraction(s, tol=0.05) for s in slopes if s is not None]
                + [accuracy(net, digits.x_test, digits.y_test)]
            )
            tell(tick, step / steps)
        batch = rng.integers(0, len(digits.x), 10)
        _, grads = net.loss_and_gradients(digits.x[batch], digits.y[batch])
        net.step(grads, 1.0)
    table = np.array(rows)
    at, means, stds, shares = table[:, 0], table[:, 1:5], table[:, 5:9], table[:, 9:13]

    figure, axes = _panels(1, 3, "(a) Four hidden layers of sigmoids, trained on digits")
    for layer in range(4):
        style: dict[str, Any] = {"color": COLOURS[layer], "lw": 1.8}
        style |= {"label": f"layer {layer + 1}", "ls": ("-", "--", "-.", ":")[layer]}
        axes[0].plot(at, means[:, layer], **style)
        low, high = means[:, layer] - stds[:, layer], means[:, layer] + stds[:, layer]
        axes[0].fill_between(at, low, high, color=COLOURS[layer], alpha=0.12, lw=0)
        axes[1].plot(at, shares[:, layer], **style)
    axes[2].plot(at, table[:, 13], color=BLACK)
    _label(axes[0], "Activations: mean and std", "step", "activation")
    _label(axes[1], "Saturated: slope below 0.05", "step", "share of units")
    _label(axes[2], "Held-out digits", "step", "accuracy")
    axes[1].legend(fontsize=8, loc="upper right")
    for axis in axes[1:]:
        _percent(axis)
    stuck = int(np.argmin(means[:, 3]))
    numbers = {
        "lowest mean of layer 4": float(means[stuck, 3]),
        "mean of layer 4 at step 100": float(np.interp(100, at, means[:, 3])),
        "accuracy there": float(table[stuck, 13]),
        "most saturated, layer 4": float(shares[:, 3].max()),
        "most saturated, layer 1, until then": float(shares[: stuck + 1, 0].max()),
        "accuracy at the end": float(table[-1, 13]),
    }
    return Result(figure, numbers)


def saturation_and_gradient(*, quick: bool = False, tick: Tick | None = None) -> Result:
    """(a) Ten weight layers of sigmoids before training: does saturation tell what vanishes?"""
    figure, grid = _grid(2, 3, "(a) Ten weight layers of sigmoids before training")
    numbers: dict[str, float] = {}
    cases: list[tuple[str, dict[str, Any]]] = [
        ("N(0, 0.01²)", normal(0.01)),
        ("Xavier", {}),
        ("N(0, 1)", normal(1.0)),
    ]
    for column, (name, options) in enumerate(cases):
        net, grads = probe(10, activation="sigmoid", **options)
        assert net.trace is not None
        hidden = net.trace.activations[1:]
        share = diagnostics.saturated_fraction(np.array(net.trace.slopes), tol=0.05)
        layers = np.arange(1, len(hidden) + 1)
        top, bottom = grid[0][column], grid[1][column]
        for low, high, alpha in ((1, 99, 0.2), (25, 75, 0.45)):
            edges = [np.percentile(h, (low, high)) for h in hidden]
            top.fill_between(layers, *np.transpose(edges), color=BLUE, alpha=alpha, lw=0,
                             label=f"{high - low} % of the units")  # fmt: skip
        top.plot(layers, [np.median(h) for h in hidden], color=BLACK, lw=1.5, label="median")
        top.set_ylim(-0.03, 1.03)
        _label(top, f"{name}: {share:.0%} saturated", "layer", "activation" if not column else "")
        norms = flow(grads)
        bottom.semilogy(np.arange(1, 11), norms, "o-", color=RED)
        bottom.set_ylim(1e-19, 10)
        verdict = f"first / last = {ratio(norms):.1e}: {diagnostics.diagnose(norms)}"
        _label(bottom, verdict, "layer", "gradient norm" if not column else "")
        numbers |= {f"{name}: saturated": share, f"{name}: ratio": ratio(norms)}
        tell(tick, (column + 1) / 3)
    grid[0][0].legend(fontsize=8)
    return Result(figure, numbers)


def gradient_flow(*, quick: bool = False, tick: Tick | None = None) -> Result:
    """(b) Every pairing of activation and initializer, at depths from 2 to 50."""
    depths = (2, 5, 10) if quick else (2, 5, 10, 20, 50)
    starts: dict[str, dict[str, Any]] = {name: {"initializer": name} for name in INITIALIZERS}
    starts |= {"N(0, 0.01²)": normal(0.01), "N(0, 1)": normal(1.0)}
    figure, grid = _grid(2, 4, "(b) First / last gradient norm, by depth")
    axes = [axis for row in grid for axis in row]
    numbers: dict[str, float] = {}
    for index, (activation, axis) in enumerate(zip(PAIRING, axes, strict=False)):
        axis.axhspan(1e-3, 1e3, color=GREEN, alpha=0.12, lw=0)
        for line, (name, options) in enumerate(starts.items()):
            found = [ratio(flow(probe(d, activation=activation, **options)[1])) for d in depths]
            shown = np.clip(np.nan_to_num(found, nan=1e-60), 1e-60, 1e60)
            axis.loglog(depths, shown, marker=MARKERS[line], color=COLOURS[line], ms=4, lw=1.3,
                        label=name, ls="--" if "uniform" in name else "-")  # fmt: skip
            numbers |= {f"{activation}, {name}, {d}": r for d, r in zip(depths, found, strict=True)}
        axis.set_ylim(1e-22, 1e22)
        axis.set_xticks(depths, [str(d) for d in depths])
        axis.minorticks_off()
        left = index % 4 == 0
        _label(axis, activation, "weight layers", "first / last norm" if left else "")
        tell(tick, (index + 1) / 7)
    axes[7].axis("off")
    handles, labels = axes[0].get_legend_handles_labels()
    axes[7].legend(handles, labels, loc="center", title="green band: healthy", frameon=False)
    return Result(figure, numbers)


def scale_sweep(*, quick: bool = False, tick: Tick | None = None) -> Result:
    """(b) One ReLU net of ten weight layers, all weights times one factor: which number sees it?"""
    factors = np.logspace(-1, 1, 5 if quick else 21)
    seen: dict[str, list[float]] = {"weights": [], "pre-activations": [], "activations": []}
    for index, factor in enumerate(factors):
        net, grads = probe(10, **normal(float(factor) * np.sqrt(2 / 64)))
        assert net.trace is not None
        seen["weights"].append(ratio(diagnostics.gradient_norms(grads.weights)))
        seen["pre-activations"].append(ratio(flow(grads)))
        first, *_, last = net.trace.activations
        seen["activations"].append(float(last.std() / first.std()))
        tell(tick, (index + 1) / len(factors))
    figure, (axis,) = _panels(1, 1, "(b) Ten weight layers of ReLU: all weights times one factor")
    names = (
        "gradients by the weights: first / last norm",
        "gradients by the pre-activations: first / last norm",
        "activations: last / first std",
    )
    for index, (label, values) in enumerate(zip(names, seen.values(), strict=True)):
        axis.loglog(factors, values, marker=MARKERS[index], color=COLOURS[index], label=label)
    axis.axhspan(1e-3, 1e3, color=GREEN, alpha=0.12, lw=0)
    _label(axis, "", "weights / He's weights", "ratio")
    axis.legend()
    numbers = {
        f"{name}: largest / smallest ratio": max(values) / min(values)
        for name, values in seen.items()
    }
    return Result(figure, numbers)


def dying_relus(*, quick: bool = False, tick: Tick | None = None) -> Result:
    """(c) Two hidden layers whose biases start at -3: which units ever come back?"""
    digits = load_digits()
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("ReLU", "relu", {}),
        ("leaky ReLU, 0.01", "leaky_relu", {"alpha": 0.01}),
        ("leaky ReLU, 0.1", "leaky_relu", {"alpha": 0.1}),
        ("ELU", "elu", {}),
    ]
    epochs = 2 if quick else 20
    figure, axes = _panels(1, 2, "(c) Two hidden layers of 100 units, biases start at -3")
    numbers: dict[str, float] = {}
    for index, (name, activation, options) in enumerate(cases):
        net = Network([64, 100, 100, 10], rng=np.random.default_rng(0), activation=activation,
                      activation_options=options)  # fmt: skip
        net.biases = [bias - 3.0 for bias in net.biases[:-1]] + net.biases[-1:]
        shares, accuracies = [_off(net, digits.x)], [accuracy(net, digits.x_test, digits.y_test)]
        for epoch in range(epochs):
            accuracies += train(net, digits, epochs=1, learning_rate=0.1).accuracies
            shares.append(_off(net, digits.x))
            tell(tick, (index + (epoch + 1) / epochs) / len(cases))
        style = _style(index, label=name)
        axes[0].plot(shares, **style)
        axes[1].plot(accuracies, **style)
        numbers |= {f"{name}: off at the start": shares[0], f"{name}: off": shares[-1]}
        numbers[f"{name}: accuracy"] = accuracies[-1]
    _label(axes[0], "Units that are off for all 1400 examples", "epoch", "share of units")
    _label(axes[1], "Held-out digits", "epoch", "accuracy")
    for axis in axes:
        _percent(axis)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[1].legend(loc="center right", fontsize=8)
    return Result(figure, numbers)


def _off(net: Network, x: np.ndarray) -> float:
    """The share of hidden units whose input is below 0 for every example: `dead_fraction` of ReLU,
    and the comparable number for the others."""
    net.forward(x, training=False)
    assert net.trace is not None
    inputs = net.trace.activation_inputs
    return float(np.mean([diagnostics.dead_fraction(np.where(y > 0, y, 0.0)) for y in inputs]))


def batch_normalisation(*, quick: bool = False, tick: Tick | None = None) -> Result:
    """(d) Batch norm before the activation: a bad scale repaired, the sigmoid revived."""
    scales = np.logspace(-2, 0.5, 4 if quick else 11)
    figure, axes = _panels(1, 2, "(d) Batch norm before the activation, ten weight layers")
    numbers: dict[str, float] = {}
    for index, batch_norm in enumerate((False, True)):
        name = "with batch norm" if batch_norm else "without"
        style: dict[str, Any] = {
            "color": (RED, BLUE)[index],
            "marker": MARKERS[index],
            "label": name,
        }
        found = [ratio(flow(probe(10, batch_norm=batch_norm, **normal(float(s)))[1]))
                 for s in scales]  # fmt: skip
        axes[0].loglog(scales, found, **style)
        sigmoid = flow(probe(10, activation="sigmoid", batch_norm=batch_norm)[1])
        axes[1].semilogy(np.arange(1, 11), sigmoid, **style)
        numbers |= {
            f"ReLU, N(0, 0.01²), {name}": found[0],
            f"ReLU, largest weights, {name}": found[-1],
            f"sigmoid, {name}": ratio(sigmoid),
        }
        tell(tick, (index + 1) / 2)
    axes[0].axhspan(1e-3, 1e3, color=GREEN, alpha=0.12, lw=0)
    _label(axes[0], "ReLU: any scale of the weights", "std of the weights", "first / last norm")
    _label(axes[1], "Sigmoid, Xavier", "layer", "gradient norm")
    for axis in axes:
        axis.legend()
    return Result(figure, numbers)


def exploding(*, quick: bool = False, tick: Tick | None = None) -> Result:
    """(e) Two nets that explode, with clipping and without: one is cured, one is only held."""
    digits = load_digits()
    elu: dict[str, Any] = {"activation": "elu"}
    limit = ("global_norm", 1.0)
    cases: list[tuple[str, dict[str, Any], float, tuple[str, float] | None]] = [
        ("ELU, He", elu, 0.2, None),
        ("ELU, He, clipped", elu, 0.2, limit),
        ("ReLU, N(0, 0.3²)", normal(0.3), 0.05, None),
        ("ReLU, N(0, 0.3²), clipped", normal(0.3), 0.05, limit),
    ]
    figure, axes = _panels(1, 3, "(e) Ten hidden layers: exploding gradients, clipped to norm 1")
    numbers: dict[str, float] = {}
    for index, (name, options, rate, clip) in enumerate(cases):
        net = Network([64, *[100] * 10, 10], rng=np.random.default_rng(0), **options)
        norms: list[float] = []

        def watch(_: Network, grads: Gradients, norms: list[float] = norms) -> None:
            finite = all(np.isfinite(g).all() for g in grads.parameters())
            parameters = grads.parameters() if finite else []
            norm = clipping.clip_by_global_norm(parameters, 1.0)[1] if finite else np.inf
            norms.append(norm)

        def part(done: float, index: int = index) -> None:
            tell(tick, (index + done) / len(cases))

        epochs = 2 if quick else 10
        try:
            history = train(net, digits, epochs=epochs, learning_rate=rate, clip=clip,
                            watch=watch, tick=part)  # fmt: skip
        except ValueError:  # clipping refuses gradients that aren't finite: nothing is left
            history = History([np.nan], [accuracy(net, digits.x_test, digits.y_test)])
        style: dict[str, Any] = {"color": (RED, BLUE, ORANGE, GREEN)[index]}
        style |= {"ls": "--", "zorder": 3} if clip is None else {"ls": "-"}
        wide = 3.0 if index == 0 else 1.2
        axes[0].semilogy(_capped(history.losses), label=name, lw=wide, **style)
        axes[1].semilogy(_capped(norms), lw=wide, **style)
        axes[2].plot(range(1, len(history.accuracies) + 1), history.accuracies,
                     marker=MARKERS[index], ms=10 if index == 0 else 5, **style)  # fmt: skip
        numbers |= {
            f"{name}: accuracy": history.accuracies[-1],
            f"{name}: steps": float(len(history.losses)),
            f"{name}: first norm": norms[0] if norms else np.inf,
        }
    _label(axes[0], "Loss", "step", "loss")
    _label(axes[1], "Global norm before clipping", "step", "norm")
    _label(axes[2], "Held-out digits", "epoch", "accuracy")
    axes[0].legend(fontsize=7)
    axes[2].xaxis.set_major_locator(MaxNLocator(integer=True))
    _percent(axes[2])
    return Result(figure, numbers)


def handwritten_digits(*, quick: bool = False, tick: Tick | None = None) -> Result:
    """(f) Real data: ten hidden layers of 100 units with the disease, and with each remedy."""
    digits = load_digits()
    epochs = 2 if quick else 15
    figure, grid = _grid(2, 2, "(f) Ten hidden layers of 100 units learn handwritten digits")
    numbers: dict[str, float] = {}
    lines = {"disease": 0, "remedy": 0}
    for index, (name, (kind, options, rate, clip)) in enumerate(REMEDIES.items()):
        net = Network([64, *[100] * 10, 10], rng=np.random.default_rng(0), **options)

        def part(done: float, index: int = index) -> None:
            tell(tick, (index + done) / len(REMEDIES))

        history = train(net, digits, epochs=epochs, learning_rate=rate, clip=clip, tick=part)
        row, line = ("disease", "remedy").index(kind), lines[kind]
        lines[kind] += 1
        style = _style(line)
        per_epoch = len(digits.x) // 50
        losses = [float(np.mean(history.losses[i : i + per_epoch]))
                  for i in range(0, len(history.losses), per_epoch)]  # fmt: skip
        finite = np.isfinite(history.losses[-1])
        label = name if finite else f"{name}: overflows in epoch {len(losses)}"
        grid[row][0].semilogy(range(1, len(losses) + 1), _capped(losses), **style)
        grid[row][1].plot(range(1, len(history.accuracies) + 1), history.accuracies,
                          label=label, **style)  # fmt: skip
        numbers[f"{kind}: {name}"] = history.accuracies[-1]
    for row, kind in enumerate(("Disease", "Remedy")):
        _label(grid[row][0], f"{kind}: loss", "epoch" if row else "", "training loss")
        _label(grid[row][1], f"{kind}: held-out digits", "epoch" if row else "", "accuracy")
        grid[row][1].legend(fontsize=8, loc="center right")
        grid[row][1].axhline(0.95, color=BLACK, lw=0.8, ls=":")
        _percent(grid[row][1])
        for axis in grid[row]:
            axis.set_xlim(0.5, epochs + 0.5)
    return Result(figure, numbers)


def planted_faults(*, quick: bool = False, tick: Tick | None = None) -> Result:
    """(g) Seven nets, most with one fault: their gradient norms, and what your functions say."""
    figure, grid = _grid(2, 4, "(g) What ails these nets?")
    axes = [axis for row in grid for axis in row]
    numbers: dict[str, float] = {}
    for index, (name, axis) in enumerate(zip(PATIENTS, axes, strict=False)):
        net, grads = patient(name)
        assert net.trace is not None
        norms = flow(grads)
        dead = [diagnostics.dead_fraction(h) for h in net.trace.activations[1:]]
        slopes = [diagnostics.saturated_fraction(s) for s in net.trace.slopes if s is not None]
        axis.semilogy(np.arange(1, len(norms) + 1), np.maximum(norms, 1e-19), "o-", color=BLUE)
        axis.set_ylim(1e-20, 1e26)
        text = f"{diagnostics.diagnose(norms)}\ndead {np.mean(dead):.0%}\n"
        text += f"slope < 0.01: {np.mean(slopes):.0%}"
        axis.text(0.04, 0.96, text, transform=axis.transAxes, va="top", fontsize=8)
        _label(axis, f"net {name}", "layer", "gradient norm" if index % 4 == 0 else "")
        numbers |= {
            f"{name}: ratio": ratio(norms),
            f"{name}: dead": float(np.mean(dead)),
            f"{name}: saturated": float(np.mean(slopes)),
        }
        tell(tick, (index + 1) / len(PATIENTS))
    axes[7].axis("off")
    note = "Seven nets of ten weight layers.\nOne has no fault.\nA norm of 0 is drawn at 1e-19.\n\n"
    note += "lab.reveal('A') tells,\nafter your guess."
    axes[7].text(0.5, 0.5, note, ha="center", va="center")
    return Result(figure, numbers)


EXPERIMENTS: dict[str, Callable[..., Result]] = {
    "a_saturation": saturation,
    "a_saturation_and_gradient": saturation_and_gradient,
    "b_gradient_flow": gradient_flow,
    "b_scale_sweep": scale_sweep,
    "c_dying_relus": dying_relus,
    "d_batch_normalisation": batch_normalisation,
    "e_exploding": exploding,
    "f_handwritten_digits": handwritten_digits,
    "g_planted_faults": planted_faults,
}
"""All experiments, by the names of their figures."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes all figures, or the page. Exit status 1 where they need what is still TODO."""
    parser = argparse.ArgumentParser(
        prog="python -m gradflow.lab", description="Run the lab's experiments on your functions."
    )
    parser.add_argument(
        "-o", "--out", type=Path, default=Path("figures"), help="folder to write to"
    )
    parser.add_argument(
        "--page", type=Path, nargs="?", const=Path("gradient_flow.html"), metavar="FILE",
        help="write a page to play with instead: gradient_flow.html, or FILE",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="short runs, to see whether it works")
    chosen = parser.parse_args(arguments)
    tasks: dict[str, Callable[[_Bar], Path]]
    if chosen.page is None:
        folder, quick = chosen.out, chosen.quick
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            parser.error(f"{folder}: {problem.strerror}; name another folder with -o")
        tasks = {name: partial(_draw, name, folder, quick) for name in EXPERIMENTS}
    else:
        tasks = {"page": partial(_write_page, chosen.page)}
    failed = 0
    for number, (name, write) in enumerate(tasks.items()):
        bar = _Bar(f"{number + 1}/{len(tasks)} {name:<27}")
        try:
            bar.end(str(write(bar)))
        except NotImplementedError as todo:
            bar.end(f"left out, it needs: {str(todo).replace('TODO: ', '')}")
            failed += 1
        except Exception as problem:
            bar.end(f"failed: {type(problem).__name__}: {problem}")
            failed += 1
    if failed:
        print(f"{failed} of {len(tasks)} files are left out. `pytest` says what to do.")
    return 1 if failed else 0


def _draw(name: str, folder: Path, quick: bool, bar: _Bar) -> Path:
    file = folder / f"{name}.png"
    EXPERIMENTS[name](quick=quick, tick=bar).figure.savefig(file, dpi=110)
    return file


def _write_page(file: Path, bar: _Bar) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page.made(tick=bar), "utf-8", newline="\n")
    return file


class _Bar:
    """A progress bar on stderr, drawn anew in its line where stderr is a terminal."""

    def __init__(self, head: str) -> None:
        self._head = head
        self._started = self._drawn = time.monotonic()
        self._live = sys.stderr.isatty()
        self(0.0)

    def __call__(self, done: float) -> None:
        now = time.monotonic()
        if self._live and (done == 0 or now - self._drawn > 0.1):
            self._drawn = now
            filled = round(20 * min(done, 1.0))
            bar = "#" * filled + "." * (20 - filled)
            print(f"\r{self._head} [{bar}] {now - self._started:3.0f} s", end="", file=sys.stderr)

    def end(self, text: str) -> None:
        took = time.monotonic() - self._started
        start = "\r" if self._live else ""
        print(f"{start}{self._head} {took:5.1f} s  {text:<40}", file=sys.stderr, flush=True)


def _panels(rows: int, columns: int, title: str) -> tuple[Figure, list[Axes]]:
    figure, grid = _grid(rows, columns, title)
    return figure, [axis for row in grid for axis in row]


def _grid(rows: int, columns: int, title: str) -> tuple[Figure, list[list[Axes]]]:
    wide = {1: 6.4, 2: 9.6}.get(columns, 3.6 * columns - 0.4)
    # Without pyplot: no window, no global state; a notebook shows the figure all the same.
    figure = Figure(figsize=(wide, 3.1 * rows + (1.2 if rows * columns == 1 else 0.5)))
    figure.set_layout_engine("constrained")
    figure.suptitle(title, fontsize=12)
    axes = figure.subplots(rows, columns, squeeze=False)
    return figure, [list(row) for row in axes]


def _label(axis: Axes, title: str, x: str, y: str) -> None:
    axis.set_title(title, fontsize=10)
    axis.set_xlabel(x)
    axis.set_ylabel(y)
    axis.grid(True, color="#DDDDDD", lw=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)


def _percent(axis: Axes) -> None:
    axis.set_ylim(-0.03, 1.03)
    axis.yaxis.set_major_formatter(PercentFormatter(1.0))


def _style(line: int, **more: Any) -> dict[str, Any]:
    """How a figure's lines are told apart; the first is broad, as others may lie on it."""
    broad = {"lw": 4.0, "ms": 9} if line == 0 else {"lw": 1.5, "ms": 4}
    return {"color": COLOURS[line], "marker": MARKERS[line], **broad, **more}


def _capped(values: Sequence[float]) -> np.ndarray:
    """Values for a logarithmic axis: what is not finite shows as its upper end."""
    return np.clip(np.nan_to_num(values, nan=1e9, posinf=1e9), 1e-6, 1e9)


if __name__ == "__main__":
    sys.exit(main())
