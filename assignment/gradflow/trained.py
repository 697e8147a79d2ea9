"""The lab's experiments on nets that learn handwritten digits. It is given: no TODOs."""

from itertools import product
from typing import Any

import numpy as np

from . import diagnostics
from .colours import BLACK, BLUE, COLOURS, GREEN, MARKERS, ORANGE, PINK, SKY
from .experiments import TRAINED_NETS, Digits, accuracy, load_digits, normal, train
from .figures import Numbers, Result, histogram, label, log_line, panels, percent, whole_numbers
from .network import Network


def digit_net(**options: Any) -> Network:
    """Ten hidden layers of 100 units, for the digits."""
    return Network([64, *[100] * 10, 10], rng=np.random.default_rng(0), **options)


def saturation(*, quick: bool = False) -> Result:
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
            hidden, slopes = net.trace.activations[1:], net.trace.slopes
            moments = [h.mean() for h in hidden], [h.std() for h in hidden]
            saturated = [diagnostics.saturated_fraction(s, tol=0.05) for s in slopes]
            rows.append((step, *moments, saturated, accuracy(net, digits)))
        batch = rng.integers(0, len(digits.x), 10)
        _, grads = net.loss_and_gradients(digits.x[batch], digits.y[batch])
        net.step(grads, 1.0)
    at, means, stds, shares, accuracies = map(np.array, zip(*rows, strict=True))

    figure, axes = panels(1, 3, "(a) Four hidden layers of sigmoids, trained on digits")
    for layer in range(4):
        style: dict[str, Any] = {"color": COLOURS[layer], "lw": 1.8}
        style |= {"label": f"layer {layer + 1}", "ls": ("-", "--", "-.", ":")[layer]}
        axes[0].plot(at, means[:, layer], **style)
        low, high = means[:, layer] - stds[:, layer], means[:, layer] + stds[:, layer]
        axes[0].fill_between(at, low, high, color=COLOURS[layer], alpha=0.12, lw=0)
        axes[1].plot(at, shares[:, layer], **style)
    axes[2].plot(at, accuracies, color=BLACK)
    label(axes[0], "Activations: mean and std", "step", "activation")
    label(axes[1], "Saturated: slope below 0.05", "step", "share of units")
    label(axes[2], "Held-out digits", "step", "accuracy")
    axes[1].legend(fontsize=8, loc="upper right")
    for axis in axes[1:]:
        percent(axis)

    stuck = int(np.argmin(means[:, 3]))
    numbers = {
        "lowest mean of layer 4": float(means[stuck, 3]),
        "mean of layer 4 at step 100": float(np.interp(100, at, means[:, 3])),
        "accuracy there": float(accuracies[stuck]),
        "most saturated, layer 4": float(shares[:, 3].max()),
        "most saturated, layer 1, until then": float(shares[: stuck + 1, 0].max()),
        "accuracy at the end": float(accuracies[-1]),
    }
    return Result(figure, numbers)


def layers(*, quick: bool = False) -> Result:
    """(b) Ten hidden layers of tanh, before and after training: every layer's activations and
    gradients as histograms, and the size of a step beside that of the weights."""
    digits, rate = load_digits(), 0.05
    numbers: Numbers = {}
    figure, grid = panels(5, 3, "(b) Ten hidden layers of tanh on digits", height=2.0)
    cases = {"N(0, 1)": normal(1.0)}
    cases |= {name: {"initializer": f"{name.lower()}_normal"} for name in ("Xavier", "He")}
    for column, (name, options) in enumerate(cases.items()):
        net = digit_net(activation="tanh", **options)
        before = _layers(net, digits, rate)
        _, accuracies = train(net, digits, epochs=1 if quick else 5, learning_rate=rate)
        hidden, gradients, updates = before
        numbers |= {
            f"{name}: saturated": float(np.mean(np.abs(hidden[-1]) > 0.99)),
            f"{name}: first / last gradient": float(gradients[0].std() / gradients[-1].std()),
            f"{name}: first update": float(updates[0]),
            f"{name}: last update": float(updates[-1]),
            f"{name}: accuracy": accuracies[-1],
        }
        steps, first = grid[4, column], "" if column else "share"
        states = {"before": before, "after": _layers(net, digits, rate)}
        for row, (when, (hidden, gradients, updates)) in enumerate(states.items()):
            values, slopes = grid[row, column], grid[2 + row, column]
            for layer, colour in {1: SKY, 4: BLUE, 7: PINK, 10: BLACK}.items():
                style = {"color": colour, "label": f"layer {layer}"}
                histogram(values, hidden[layer - 1], np.linspace(-1, 1, 41), **style)
                sizes = np.abs(gradients[layer - 1])
                decades = np.linspace(-11, 1, 61)
                histogram(slopes, np.log10(sizes[sizes > 0]), decades, **style)
            label(values, f"{name}, {when} training", "activation", first)
            label(slopes, f"{name}, {when} training", "log10 |gradient by z|", first)
            style = {"ls": "-" if row else "--", "marker": MARKERS[row], "label": when}
            log_line(steps, np.arange(1, len(updates) + 1), updates, color=GREEN, **style)
        steps.axhline(1e-3, color=BLACK, lw=0.8, ls=":")
        steps.set_ylim(1e-5, 10)
        label(steps, f"{name}: a step", "layer", "" if column else "update / weights")
    grid[0, 1].legend(fontsize=7)
    grid[4, 0].legend(fontsize=7)
    return Result(figure, numbers)


def _layers(
    net: Network, digits: Digits, rate: float
) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Per hidden layer its activations and gradients; per weight layer the size of a step over
    that of the weights."""
    _, grads = net.loss_and_gradients(digits.x[:300], digits.y[:300])
    sizes = diagnostics.gradient_norms(grads.weights) / diagnostics.gradient_norms(net.weights)
    return net.trace.activations[1:], grads.pre_activations[:-1], rate * sizes


def dying_relus(*, quick: bool = False) -> Result:
    """(c) Two hidden layers, many units of each off for every digit: which ever come back?"""
    digits = load_digits()
    cases: dict[str, dict[str, Any]] = {
        "ReLU": {},
        "leaky ReLU, 0.01": {"activation": "leaky_relu"},
        "leaky ReLU, 0.1": {"activation": "leaky_relu", "activation_options": {"alpha": 0.1}},
        "ELU": {"activation": "elu"},
    }
    numbers: Numbers = {}
    figure, axes = panels(1, 3, "(c) Two hidden layers, many units of each off at the start")
    for index, (name, options) in enumerate(cases.items()):
        net = Network([64, 100, 100, 10], rng=np.random.default_rng(0), **options)
        net.biases[0] = net.biases[0] - 3.5
        net.biases[1] = net.biases[1] - 0.3
        off, accuracies = [_off(net, digits.x)], [accuracy(net, digits)]
        for _ in range(2 if quick else 20):
            accuracies += train(net, digits, epochs=1, learning_rate=0.1)[1]
            off.append(_off(net, digits.x))
        style: dict[str, Any] = {"color": COLOURS[index], "marker": MARKERS[index], "label": name}
        # The first is broad, as others may lie on it.
        style |= {"lw": 1.5, "ms": 4} if index else {"lw": 4.0, "ms": 9}
        for layer in (0, 1):
            numbers[f"{name}: off at the start, layer {layer + 1}"] = off[0][layer]
            numbers[f"{name}: off, layer {layer + 1}"] = off[-1][layer]
            axes[layer].plot([shares[layer] for shares in off], **style)
        numbers[f"{name}: accuracy"] = accuracies[-1]
        axes[2].plot(accuracies, **style)
    label(axes[0], "Layer 1: off for all 1400 digits", "epoch", "share of units")
    label(axes[1], "Layer 2: off for all 1400 digits", "epoch", "share of units")
    label(axes[2], "Held-out digits", "epoch", "accuracy")
    for axis in axes:
        percent(axis)
        whole_numbers(axis)
    axes[1].legend(fontsize=8)
    return Result(figure, numbers)


def _off(net: Network, x: np.ndarray) -> list[float]:
    """Per hidden layer the share of units whose input is below 0 for every example:
    `dead_fraction` of ReLU, and the comparable number for the others."""
    net.forward(x, training=False)
    inputs = net.trace.activation_inputs
    return [diagnostics.dead_fraction(np.where(y > 0, y, 0.0)) for y in inputs]


def exploding(*, quick: bool = False) -> Result:
    """(e) Two nets that explode, with clipping and without: one is cured, one is only held."""
    digits = load_digits()
    nets: list[tuple[str, str, dict[str, Any], float]] = [
        ("ELU, He", GREEN, {"activation": "elu"}, 0.2),
        ("ReLU, N(0, 0.3²)", ORANGE, normal(0.3), 0.05),
    ]
    numbers: Numbers = {}
    figure, axes = panels(1, 3, "(e) Ten hidden layers: exploding gradients, clipped to norm 1")
    for (name, colour, options, rate), clip in product(nets, (None, ("global_norm", 1.0))):
        name += ", clipped" if clip else ""
        norms: list[float] = []
        losses, accuracies = train(digit_net(**options), digits, epochs=2 if quick else 10,
                                   learning_rate=rate, clip=clip, norms=norms)  # fmt: skip
        numbers |= {
            f"{name}: accuracy": accuracies[-1],
            f"{name}: steps": float(len(losses)),
            f"{name}: first norm": norms[0],
        }
        style: dict[str, Any] = {"color": colour, "label": name}
        style |= {"ls": "-", "lw": 1.2} if clip else {"ls": "--", "lw": 2.5, "zorder": 3}
        log_line(axes[0], np.arange(1, len(losses) + 1), losses, **style)
        log_line(axes[1], np.arange(1, len(norms) + 1), norms, **style)
        epochs = range(1, len(accuracies) + 1)
        axes[2].plot(epochs, accuracies, marker="o" if clip else "X", **style)
    label(axes[0], "Loss", "step", "loss")
    label(axes[1], "Global norm before clipping", "step", "norm")
    label(axes[2], "Held-out digits", "epoch", "accuracy")
    for axis in axes[:2]:
        axis.set_ylim(1e-6, 1e9)
    axes[0].legend(fontsize=7)
    whole_numbers(axes[2])
    percent(axes[2])
    return Result(figure, numbers)


def handwritten_digits(*, quick: bool = False) -> Result:
    """(f) Ten hidden layers of 100 units with each disease, dashed, and with each remedy, solid."""
    digits, epochs = load_digits(), 2 if quick else 15
    families = {"Sigmoids": ("sigmoid", "tanh"), "ReLUs": ("relu", "leaky_relu"), "ELUs": ("elu",)}
    numbers: Numbers = {}
    figure, grid = panels(2, 3, "(f) Ten hidden layers of 100 units learn handwritten digits")
    lines = [0, 0, 0]
    for name, (kind, options, rate, clip) in TRAINED_NETS.items():
        net = digit_net(**options)
        losses, accuracies = train(net, digits, epochs=epochs, learning_rate=rate, clip=clip)
        numbers[f"{kind}: {name}"] = accuracies[-1]

        column = next(i for i, family in enumerate(families.values()) if net.activation in family)
        style: dict[str, Any] = {"color": COLOURS[column], "marker": "X", "ls": "--", "lw": 2.5}
        if kind == "remedy":
            style |= {"marker": MARKERS[lines[column]], "ls": "-", "lw": 1.3, "ms": 4}
            lines[column] += 1
        per_epoch = len(digits.x) // 50
        starts = range(0, len(losses), per_epoch)
        means = [float(np.mean(losses[i : i + per_epoch])) for i in starts]
        at = range(1, len(accuracies) + 1)
        log_line(grid[0, column], at, means, **style)
        if not np.isfinite(losses[-1]):
            name = f"{name}: overflows"
        grid[1, column].plot(at, accuracies, label=name, **style)
    for column, title in enumerate(families):
        above, below = grid[:, column]
        label(above, title, "", "" if column else "training loss")
        above.set_ylim(1e-4, 10)
        label(below, "", "epoch", "" if column else "held-out accuracy")
        below.axhline(0.95, color=BLACK, lw=0.8, ls=":")
        below.legend(fontsize=7, loc="center right")
        percent(below)
        for axis in (above, below):
            axis.set_xlim(0.5, epochs + 0.5)
            whole_numbers(axis)
    return Result(figure, numbers)
