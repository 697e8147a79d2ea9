"""Your derivative and a numerical one, side by side. It is given: no TODOs.

    python -m gradflow.check sigmoid_grad
    python -m gradflow.check batchnorm_backward

The numerical derivative is (f(z + h) - f(z - h)) / 2h of your own f, entry by entry. Where f itself
is wrong, so is that: look at pytest's checks of f first.
"""

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

STEP = 1e-5
TOLERANCE = 1e-6
ELEMENTWISE = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")
NAMES = (*(f"{n}_grad" for n in ELEMENTWISE), "prelu_grad", "rrelu", "batchnorm_backward")

# Small inputs, away from the kinks at 0.
Z = np.array([[-2.0, -0.5, 0.3], [1.5, -0.1, 3.0]])
ALPHA = np.array([0.25, -0.4, 1.7])
X = np.array([[0.0, 1.0], [2.0, -3.0], [4.0, 0.5], [7.0, -2.0]])
GAMMA, BETA = np.array([2.0, -0.5]), np.array([1.0, -1.0])
DOUT = np.array([[1.0, 0.2], [-0.5, 0.7], [0.3, -1.0], [0.4, 0.6]])
MEAN, VAR = np.array([1.0, -2.0]), np.array([4.0, 0.5])


@dataclass(frozen=True)
class Comparison:
    """One derivative: `ways` are the summands of the numerical one, where it has several."""

    title: str
    own: Any
    numerical: np.ndarray
    ways: dict[str, np.ndarray] = field(default_factory=dict)

    def agrees(self) -> bool:
        """Whether the two have the same shape and the same numbers."""
        return np.shape(self.own) == self.numerical.shape and bool(
            np.allclose(self.own, self.numerical, rtol=TOLERANCE, atol=TOLERANCE)
        )


def numerical(f: Callable[[np.ndarray], Any], x: np.ndarray) -> np.ndarray:
    """The derivative of sum(f(x)) by each entry of x."""
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = STEP
        result[index] = (np.sum(f(x + step)) - np.sum(f(x - step))) / (2 * STEP)
    return result


def elementwise(name: str) -> Iterator[Comparison]:
    """An activation of z alone."""
    f, grad = _find("activations", name), _find("activations", f"{name}_grad")
    yield Comparison(f"{name}_grad(z)", grad(Z.copy()), numerical(f, Z))


def prelu() -> Iterator[Comparison]:
    """PReLU, by z and by its alpha."""
    f = _find("activations", "prelu")
    dz, dalpha = _find("activations", "prelu_grad")(Z.copy(), ALPHA.copy())
    yield Comparison("prelu_grad(z, alpha): dz", dz, numerical(lambda z: f(z, ALPHA.copy()), Z))
    # Row by row, as dalpha is not summed over the examples.
    by_alpha = [numerical(partial(f, row[None]), ALPHA) for row in Z]
    yield Comparison("prelu_grad(z, alpha): dalpha", dalpha, np.array(by_alpha))


def rrelu() -> Iterator[Comparison]:
    """Randomised ReLU: the slope that comes with the value. Equal seeds draw equal slopes."""
    f = _find("activations", "rrelu")
    for training in (True, False):

        def value(z: np.ndarray, training: bool = training) -> Any:
            return f(z.copy(), np.random.default_rng(0), training=training)

        title = f"rrelu(z, rng, training={training}): slope"
        yield Comparison(title, value(Z)[1], numerical(lambda z: value(z)[0], Z))


def batch_norm() -> Iterator[Comparison]:
    """Batch norm, for the loss sum(dout * out): in training with the three ways of dx."""
    forward, backward = _find("batchnorm", "batchnorm_forward"), _find("batchnorm", NAMES[-1])

    def out(training: bool = False, **changed: np.ndarray) -> Any:
        inputs = {"x": X, "gamma": GAMMA, "beta": BETA, "mean": MEAN, "var": VAR} | changed
        return forward(*(array.copy() for array in inputs.values()), training=training)

    def loss(**inputs: Any) -> float:
        return float(np.sum(DOUT * out(**inputs)[0]))

    mean, var = X.mean(axis=0), X.var(axis=0)
    # Evaluation with the batch's own statistics: each of the three can change without the others.
    ways = {
        "directly": numerical(lambda x: loss(x=x, mean=mean, var=var), X),
        "by the mean": numerical(lambda x: loss(mean=x.mean(axis=0), var=var), X),
        "by the variance": numerical(lambda x: loss(mean=mean, var=x.var(axis=0)), X),
    }
    for training in (True, False):
        dx, dgamma, dbeta = backward(DOUT.copy(), out(training=training)[1])
        title = f"{NAMES[-1]}, {'training' if training else 'evaluation'}"

        def by(name: str, array: np.ndarray, training: bool = training) -> np.ndarray:
            return numerical(lambda v: loss(**{name: v}, training=training), array)

        yield Comparison(f"{title}: dx", dx, by("x", X), ways if training else {})
        yield Comparison(f"{title}: dgamma", dgamma, by("gamma", GAMMA))
        yield Comparison(f"{title}: dbeta", dbeta, by("beta", BETA))


def table(found: Comparison) -> str:
    """The two entry by entry, the largest difference marked."""
    if np.shape(found.own) != found.numerical.shape:
        wanted = f"an array of shape {found.numerical.shape}"
        return f"{found.title}\n  yours has shape {np.shape(found.own)}, and should be {wanted}\n"
    difference = np.abs(found.own - found.numerical)
    worst = np.unravel_index(np.argmax(difference), difference.shape)  # the first NaN, if any
    heads = ["yours", "numerical", "difference", *found.ways]
    lines = [found.title, "  entry " + "".join(f"{head:>16}" for head in heads)]
    for index in np.ndindex(difference.shape):
        numbers = [found.own[index], found.numerical[index], difference[index]]
        numbers += [way[index] for way in found.ways.values()]
        row = "".join(f"{number:16.6g}" for number in numbers)
        mark = "  <- largest" if index == worst and not found.agrees() else ""
        lines.append(f"  {list(index)!s:<6}{row}{mark}")
    lines.append("  The two agree." if found.agrees() else f"  They differ.{_missing_way(found)}")
    return "\n".join(lines) + "\n"


def _missing_way(found: Comparison) -> str:
    """What the difference is, where it is one of the ways, or two of them."""
    lacking = found.numerical - found.own
    ways = list(found.ways.items())
    pairs = [(f"{a} and {b}", v + w) for i, (a, v) in enumerate(ways) for b, w in ways[i + 1 :]]
    for name, way in [*ways, *pairs]:
        if np.allclose(lacking, way, atol=TOLERANCE):
            return f" Yours lacks what comes {name}."
    return ""


def _find(module: str, name: str) -> Callable[..., Any]:
    return getattr(importlib.import_module(f"{__package__}.{module}"), name)


def comparisons(name: str) -> Iterator[Comparison]:
    """All derivatives of one function, by its name or that of its derivative."""
    plain = name.rpartition(".")[2].removesuffix("_grad")
    if plain in ELEMENTWISE:
        return elementwise(plain)
    others = {"prelu": prelu, "rrelu": rrelu}
    others |= dict.fromkeys(("batchnorm_backward", "batchnorm_forward"), batch_norm)
    return others[plain]()


def main(arguments: Sequence[str]) -> int:
    """Shows the derivatives of one function; 1 where one is wrong or still TODO."""
    try:
        (name,) = arguments
        found = comparisons(name)
    except (ValueError, KeyError):
        print(f"Which function? One of {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    agree = True
    try:
        for each in found:
            print(table(each))
            agree &= each.agrees()
    except NotImplementedError as todo:
        print(f"Still to be written: {str(todo).replace('TODO: ', '')}")
        return 1
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
