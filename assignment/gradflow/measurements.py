"""The lab's experiments as numbers, which figures.py draws. It is given: no TODOs.

The letters are those of lab.ipynb, which asks a question after each experiment. Every experiment
has a seed, and gives the same numbers on every run of the same machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import diagnostics
from .experiments import (
    PATIENTS,
    TRAINED_NETS,
    Digits,
    accuracy,
    flow,
    load_digits,
    normal,
    patient,
    probe,
    ratio,
    train,
)
from .network import INITIALIZERS, PAIRING, Network

Numbers = dict[str, float]


@dataclass(frozen=True)
class Measured:
    """What a figure draws, and the numbers that the notebook speaks of."""

    data: Any
    numbers: Numbers


def digit_net(**options: Any) -> Network:
    """Ten hidden layers of 100 units, for the digits."""
    return Network([64, *[100] * 10, 10], rng=np.random.default_rng(0), **options)


def saturation(*, quick: bool = False) -> Measured:
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
            rows.append(
                [step, *(h.mean() for h in hidden), *(h.std() for h in hidden)]
                + [diagnostics.saturated_fraction(s, tol=0.05) for s in slopes]
                + [accuracy(net, digits.x_test, digits.y_test)]
            )
        batch = rng.integers(0, len(digits.x), 10)
        _, grads = net.loss_and_gradients(digits.x[batch], digits.y[batch])
        net.step(grads, 1.0)
    table = np.array(rows)
    at, means, stds, shares = table[:, 0], table[:, 1:5], table[:, 5:9], table[:, 9:13]
    stuck = int(np.argmin(means[:, 3]))
    numbers = {
        "lowest mean of layer 4": float(means[stuck, 3]),
        "mean of layer 4 at step 100": float(np.interp(100, at, means[:, 3])),
        "accuracy there": float(table[stuck, 13]),
        "most saturated, layer 4": float(shares[:, 3].max()),
        "most saturated, layer 1, until then": float(shares[: stuck + 1, 0].max()),
        "accuracy at the end": float(table[-1, 13]),
    }
    return Measured((at, means, stds, shares, table[:, 13]), numbers)


def saturation_and_gradient(*, quick: bool = False) -> Measured:
    """(a) Ten weight layers of sigmoids before training: does saturation tell what vanishes?"""
    numbers: Numbers = {}
    data = {}
    cases = {"N(0, 0.01²)": normal(0.01), "Xavier": {}, "N(0, 1)": normal(1.0)}
    for name, options in cases.items():
        net, grads = probe(10, activation="sigmoid", **options)
        share = diagnostics.saturated_fraction(np.array(net.trace.slopes), tol=0.05)
        norms = flow(grads)
        data[name] = net.trace.activations[1:], norms, share, diagnostics.diagnose(norms)
        numbers |= {f"{name}: saturated": share, f"{name}: ratio": ratio(norms)}
    return Measured(data, numbers)


def layers(*, quick: bool = False) -> Measured:
    """(b) Ten hidden layers of tanh on digits, before and after training: every layer's
    activations, gradients, and the size of a step beside that of the weights."""
    digits, rate = load_digits(), 0.05
    numbers: Numbers = {}
    data = {}
    cases = {"N(0, 1)": normal(1.0)}
    cases |= {name: {"initializer": f"{name.lower()}_normal"} for name in ("Xavier", "He")}
    for name, options in cases.items():
        net = digit_net(activation="tanh", **options)
        before = _layers(net, digits, rate)
        history = train(net, digits, epochs=1 if quick else 5, learning_rate=rate)
        after = _layers(net, digits, rate)
        data[name] = before, after
        numbers |= {
            f"{name}: saturated": float(np.mean(np.abs(before[0][-1]) > 0.99)),
            f"{name}: first / last gradient": float(before[1][0].std() / before[1][-1].std()),
            f"{name}: first update": float(before[2][0]),
            f"{name}: last update": float(before[2][-1]),
            f"{name}: accuracy": history.accuracies[-1],
        }
    return Measured(data, numbers)


def _layers(
    net: Network, digits: Digits, rate: float
) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Per hidden layer its activations and gradients; per weight layer the size of a step over
    that of the weights."""
    _, grads = net.loss_and_gradients(digits.x[:300], digits.y[:300])
    sizes = diagnostics.gradient_norms(grads.weights) / diagnostics.gradient_norms(net.weights)
    return net.trace.activations[1:], grads.pre_activations[:-1], rate * sizes


def gradient_flow(*, quick: bool = False) -> Measured:
    """(b) Every pairing of activation and initializer, at depths from 2 to 50."""
    depths = (2, 5, 10) if quick else (2, 5, 10, 20, 35, 50)
    starts: dict[str, dict[str, Any]] = {name: {"initializer": name} for name in INITIALIZERS}
    starts |= {"N(0, 0.01²)": normal(0.01), "N(0, 1)": normal(1.0)}
    data: dict[str, dict[str, list[float]]] = {}
    for activation in PAIRING:
        data[activation] = {
            name: [ratio(flow(probe(d, activation=activation, **options)[1])) for d in depths]
            for name, options in starts.items()
        }
    numbers = {
        f"{activation}, {name}, {depth}": found
        for activation, lines in data.items()
        for name, line in lines.items()
        for depth, found in zip(depths, line, strict=True)
    }
    return Measured((depths, data), numbers)


def scale_sweep(*, quick: bool = False) -> Measured:
    """(b) One ReLU net of ten weight layers, all weights times one factor: which number sees it?"""
    factors = np.logspace(-1, 1, 5 if quick else 21)
    seen: dict[str, list[float]] = {"weights": [], "pre-activations": [], "activations": []}
    for factor in factors:
        net, grads = probe(10, **normal(float(factor) * np.sqrt(2 / 64)))
        seen["weights"].append(ratio(diagnostics.gradient_norms(grads.weights)))
        seen["pre-activations"].append(ratio(flow(grads)))
        first, *_, last = net.trace.activations
        seen["activations"].append(float(last.std() / first.std()))
    numbers = {f"{name}: largest / smallest ratio": max(v) / min(v) for name, v in seen.items()}
    return Measured((factors, seen), numbers)


OFF_BIASES = (-3.5, -0.3)
"""Where the hidden biases of (c) start: a third or more of each layer's units are off."""


def dying_relus(*, quick: bool = False) -> Measured:
    """(c) Two hidden layers, a third or more of each off for every digit: which ever come back?"""
    digits = load_digits()
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("ReLU", "relu", {}),
        ("leaky ReLU, 0.01", "leaky_relu", {"alpha": 0.01}),
        ("leaky ReLU, 0.1", "leaky_relu", {"alpha": 0.1}),
        ("ELU", "elu", {}),
    ]
    epochs = 2 if quick else 20
    data = {}
    numbers: Numbers = {}
    for name, activation, options in cases:
        net = Network([64, 100, 100, 10], rng=np.random.default_rng(0), activation=activation,
                      activation_options=options)  # fmt: skip
        starts = zip(net.biases, (*OFF_BIASES, 0.0), strict=True)
        net.biases = [bias + start for bias, start in starts]
        off, accuracies = [_off(net, digits.x)], [accuracy(net, digits.x_test, digits.y_test)]
        for _ in range(epochs):
            accuracies += train(net, digits, epochs=1, learning_rate=0.1).accuracies
            off.append(_off(net, digits.x))
        data[name] = np.array(off), accuracies
        for layer in (0, 1):
            numbers[f"{name}: off at the start, layer {layer + 1}"] = off[0][layer]
            numbers[f"{name}: off, layer {layer + 1}"] = off[-1][layer]
        numbers[f"{name}: accuracy"] = accuracies[-1]
    return Measured(data, numbers)


def _off(net: Network, x: np.ndarray) -> list[float]:
    """Per hidden layer the share of units whose input is below 0 for every example:
    `dead_fraction` of ReLU, and the comparable number for the others."""
    net.forward(x, training=False)
    inputs = net.trace.activation_inputs
    return [diagnostics.dead_fraction(np.where(y > 0, y, 0.0)) for y in inputs]


def batch_normalisation(*, quick: bool = False) -> Measured:
    """(d) Batch norm before the activation: a bad scale repaired, the sigmoid revived."""
    scales = np.logspace(-2, 0.5, 4 if quick else 11)
    numbers: Numbers = {}
    data = {}
    for batch_norm in (False, True):
        name = "with batch norm" if batch_norm else "without"
        found = [ratio(flow(probe(10, batch_norm=batch_norm, **normal(float(s)))[1]))
                 for s in scales]  # fmt: skip
        sigmoid = flow(probe(10, activation="sigmoid", batch_norm=batch_norm)[1])
        data[name] = found, sigmoid
        numbers |= {
            f"ReLU, N(0, 0.01²), {name}": found[0],
            f"ReLU, largest weights, {name}": found[-1],
            f"sigmoid, {name}": ratio(sigmoid),
        }
    return Measured((scales, data), numbers)


def exploding(*, quick: bool = False) -> Measured:
    """(e) Two nets that explode, with clipping and without: one is cured, one is only held."""
    digits = load_digits()
    limit = ("global_norm", 1.0)
    cases: list[tuple[str, dict[str, Any], float, tuple[str, float] | None]] = [
        ("ELU, He", {"activation": "elu"}, 0.2, None),
        ("ELU, He, clipped", {"activation": "elu"}, 0.2, limit),
        ("ReLU, N(0, 0.3²)", normal(0.3), 0.05, None),
        ("ReLU, N(0, 0.3²), clipped", normal(0.3), 0.05, limit),
    ]
    numbers: Numbers = {}
    data = {}
    for name, options, rate, clip in cases:
        norms: list[float] = []
        history = train(digit_net(**options), digits, epochs=2 if quick else 10,
                        learning_rate=rate, clip=clip, norms=norms)  # fmt: skip
        data[name] = history, norms, clip is not None
        numbers |= {
            f"{name}: accuracy": history.accuracies[-1],
            f"{name}: steps": float(len(history.losses)),
            f"{name}: first norm": norms[0],
        }
    return Measured(data, numbers)


def handwritten_digits(*, quick: bool = False) -> Measured:
    """(f) Real data: ten hidden layers of 100 units with the disease, and with each remedy."""
    digits = load_digits()
    numbers: Numbers = {}
    data = {}
    for name, (kind, options, rate, clip) in TRAINED_NETS.items():
        history = train(digit_net(**options), digits, epochs=2 if quick else 15,
                        learning_rate=rate, clip=clip)  # fmt: skip
        data[name] = kind, options, history, len(digits.x) // 50
        numbers[f"{kind}: {name}"] = history.accuracies[-1]
    return Measured(data, numbers)


def planted_faults(*, quick: bool = False) -> Measured:
    """(g) Seven nets, most with one fault: their gradient norms, and what your functions say."""
    numbers: Numbers = {}
    data = {}
    for name in PATIENTS:
        net, grads = patient(name)
        norms = flow(grads)
        dead = [diagnostics.dead_fraction(h) for h in net.trace.activations[1:]]
        slopes = [diagnostics.saturated_fraction(s) for s in net.trace.slopes]
        data[name] = norms, dead, slopes, diagnostics.diagnose(norms)
        numbers |= {
            f"{name}: ratio": ratio(norms),
            f"{name}: dead": float(np.mean(dead)),
            f"{name}: saturated": float(np.mean(slopes)),
        }
    return Measured(data, numbers)
