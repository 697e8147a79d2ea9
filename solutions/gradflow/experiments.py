"""What the lab measures: nets of your functions, trained or probed. It is given: no TODOs."""

import base64
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import clipping, diagnostics
from .network import Gradients, Network, mean_squared_error


@dataclass(frozen=True)
class Digits:
    """Handwritten digits, split for training and for testing: x (N, 64) and labels y (N,)."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def load_digits() -> Digits:
    """1797 digits of 8x8 pixels (UCI, CC BY 4.0), centred and scaled; 397 of them held out."""
    table = np.loadtxt(Path(__file__).parent / "data" / "digits.csv.gz", delimiter=",")
    table = np.random.default_rng(0).permutation(table)
    x, y = table[:, :64], table[:, 64].astype(int)
    x = x - x[:1400].mean(axis=0)
    x = x / x[:1400].std()
    return Digits(x[:1400], y[:1400], x[1400:], y[1400:])


def accuracy(net: Network, digits: Digits) -> float:
    """The share of the held-out digits for which the right class has the largest output."""
    output = net.forward(digits.x_test, training=False)
    return float(np.mean(output.argmax(axis=1) == digits.y_test))


def train(
    net: Network,
    digits: Digits,
    *,
    epochs: int,
    learning_rate: float,
    clip: tuple[str, float] | None = None,
    norms: list[float] | None = None,
) -> tuple[list[float], list[float]]:
    """Plain gradient descent on batches of 50: the loss of every step, the held-out accuracy after
    every epoch. Ends early where the loss is not finite any more.

    `clip` is what `Network.clip` gets: by what, and the limit. To `norms`, where it is given, each
    step adds the global norm of its gradients before clipping.
    """
    rng = np.random.default_rng(1)
    losses: list[float] = []
    accuracies: list[float] = []
    with np.errstate(all="ignore"):  # an exploding net overflows: that is the experiment
        for _ in range(epochs):
            for batch in np.split(rng.permutation(len(digits.x)), len(digits.x) // 50):
                loss, grads = net.loss_and_gradients(digits.x[batch], digits.y[batch])
                losses.append(loss)
                if not np.isfinite(loss):
                    return losses, [*accuracies, accuracy(net, digits)]
                if norms is not None:
                    norms.append(global_norm(grads))
                net.step(net.clip(grads, *clip) if clip else grads, learning_rate)
            accuracies.append(accuracy(net, digits))
    return losses, accuracies


def global_norm(grads: Gradients) -> float:
    """The joint norm of all parameters' gradients, by `clip_by_global_norm`; infinity where they
    aren't finite."""
    try:
        return clipping.clip_by_global_norm(grads.parameters(), 1.0)[1]
    except ValueError:
        return np.inf


def probe(
    depth: int, *, bias: float = 0.0, weakened: int | None = None, **options: Any
) -> tuple[Network, Gradients]:
    """A net of `depth` weight layers with 64 units each, after one pass on random data.

    `bias` is where the hidden layers' biases start; `weakened` is the index of a layer whose
    weights are made 10,000 times smaller. The other options are those of `Network`.
    """
    rng = np.random.default_rng(3)
    x, target = rng.normal(size=(64, 64)), rng.normal(size=(64, 64))
    net = Network([64] * (depth + 1), rng=rng, **options)
    net.biases = [b + bias for b in net.biases[:-1]] + net.biases[-1:]
    if weakened is not None:
        net.weights[weakened] = net.weights[weakened] * 1e-4
    with np.errstate(all="ignore"):
        _, grads = net.loss_and_gradients(x, target, loss=mean_squared_error)
    return net, grads


def normal(std: float) -> dict[str, Any]:
    """Options of a net whose weights are drawn from N(0, std^2), whatever the layer's size."""
    return {"initializer": "normal", "init_options": {"std": std}}


def flow(grads: Gradients) -> np.ndarray:
    """Per layer, input side first: the norm of the gradient with respect to the pre-activations."""
    return diagnostics.gradient_norms(grads.pre_activations)


def ratio(norms: np.ndarray) -> float:
    """The first layer's norm over the last one's."""
    with np.errstate(all="ignore"):
        return float(norms[0] / norms[-1])


TRAINED_NETS: dict[str, tuple[str, dict[str, Any], float, tuple[str, float] | None]] = {
    "sigmoid, Xavier": ("disease", {"activation": "sigmoid"}, 0.05, None),
    "ReLU, N(0, 0.01²)": ("disease", normal(0.01), 0.05, None),
    "ELU, He, rate 0.2": ("disease", {"activation": "elu"}, 0.2, None),
    "activation: tanh, Xavier": ("remedy", {"activation": "tanh"}, 0.05, None),
    "initializer: ReLU, He": ("remedy", {}, 0.05, None),
    "leaky ReLU, He": ("remedy", {"activation": "leaky_relu"}, 0.05, None),
    "batch norm: sigmoid": ("remedy", {"activation": "sigmoid", "batch_norm": True}, 0.05, None),
    "batch norm: ReLU, N(0, 0.01²)": ("remedy", {"batch_norm": True, **normal(0.01)}, 0.05, None),
    "clipping: ELU, He, rate 0.2": ("remedy", {"activation": "elu"}, 0.2, ("global_norm", 1.0)),
}
"""The nets of experiment (f): disease or remedy, options, learning rate, clipping."""

_PACKED = (
    "eNqrVnJUslKoVsrMyyzJTMzJrEotAvKV8vKLchNzlHQUwBLx+QUlmfl5xWCVxSUpQNpAz8CwthYo7wQWTEwuySxL"
    "BCkC6S7OTM/Nz0yBaSfFXEM9A7CxzmS5CqbbBSyWlJkIktQ1AooCBV1BgiCGGx4ng+TdwfLlqYnZqXmpIGNNamsB"
    "TKxb2w=="
)
_PATIENTS: dict[str, dict[str, Any]] = json.loads(zlib.decompress(base64.b64decode(_PACKED)))
"""The nets of experiment (g): options of `probe`, packed so that reading this tells nothing."""

PATIENTS = tuple(_PATIENTS)


def patient(name: str) -> tuple[Network, Gradients]:
    """(g) One of the nets "A" to "G", each with a fault or none, after one pass on random data."""
    return probe(10, **_PATIENTS[name])
