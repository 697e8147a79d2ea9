"""Builds and runs a deep net over the student's functions, in the student's process.

One call is one net. What the functions are given is copied before each call of them, and what they
return is checked and copied after it, so that a slip costs the tests that are about it and not the
nets. x, the upstream gradient and the weights come from the trusted side, which judges all that is
returned here. Weights that a student's initializer draws are told there before x is known here:
otherwise they could be chosen so that x passes wrong functions unchanged.
"""

import importlib
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from . import network

STEP = 0.01
"""The share of the loss that a step against the gradient is made to take off, to first order."""

CACHE = 1
"""Its place in what batchnorm_forward returns and batchnorm_backward is given."""


class MissingFunction(Exception):
    """The module has no function of that name."""


def note(function: str) -> None:
    """In a worker, tells the grader which function is called next: it may never return."""


class Guarded:
    """A module of the student's, whose functions share no array with the net. noted: the function
    that was told last for this net, which is not told again."""

    noted = ""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, function: str) -> Callable[..., Any]:
        name = f"{self._name}.{function}"
        module = importlib.import_module(f"{__package__}.{self._name}")
        found = getattr(module, function, None)
        if not callable(found):
            raise MissingFunction(f"{self._name}.py has no function {function}")

        def guarded(*args: Any, **kwargs: Any) -> Any:
            if name != Guarded.noted:
                note(name)
                Guarded.noted = name
            try:
                given = copied(args, CACHE if function == "batchnorm_backward" else None)
                result = found(*given, **kwargs)
                return copied(result, CACHE if function == "batchnorm_forward" else None)
            except BaseException as problem:
                problem.raised_by = name  # type: ignore[attr-defined]
                raise

        return guarded


FUNCTIONS = SimpleNamespace(
    **{name: Guarded(name) for name in ("activations", "initializers", "batchnorm")}
)
"""The student's package, as `Network` takes it."""


def copied(value: Any, cache: int | None = None) -> Any:
    """The value, its arrays and those in it copied; a cache, at this place, is the student's own
    affair: what comes back is the very object."""
    if type(value) is np.ndarray:
        return value.copy()
    if type(value) in (tuple, list):
        return type(value)(
            x.copy() if type(x) is np.ndarray and place != cache else x
            for place, x in enumerate(value)
        )
    return value


def draw(rng: np.random.Generator, **options: Any) -> tuple[dict[str, Any], list[np.ndarray]]:
    """The "weights" that the student's initializer draws for a net of these options of `Network`,
    input side first, and once more, to stay here for `run`; a result that the net can't use is told
    under "refused"."""
    Guarded.noted = ""
    try:
        weights = network.Network(rng=rng, package=FUNCTIONS, **options).weights
    except network.UnusableResult as refusal:
        return {"refused": str(refusal)}, []
    return {"weights": weights}, weights


def run(
    x: np.ndarray,
    doutput: np.ndarray,
    rng: np.random.Generator,
    *,
    weights: Sequence[np.ndarray] = (),
    biases: Sequence[np.ndarray] = (),
    evaluated: np.ndarray | None = None,
    size: float = 0.0,
    **options: Any,
) -> dict[str, Any]:
    """A forward and a backward pass, and what came of them: arrays, input side first.

    x: the batch (N, sizes[0]); doutput: the gradient at the output (N, sizes[-1]); weights: where
    no initializer draws them; biases: where they are not 0; evaluated: a batch to evaluate
    afterwards; size: where it is above 0, a step is made that lowers the loss sum(output * doutput)
    by STEP of this; options: those of `Network`.
    A function whose result the net can't use is told under "refused".
    """
    Guarded.noted = ""
    given = iter(weights)
    options = {"initializer": lambda *_: next(given).copy()} | options
    try:
        with np.errstate(all="ignore"):
            net = network.Network(rng=rng, package=FUNCTIONS, **options)
            net.biases = list(biases) or net.biases
            told: dict[str, Any] = {"output": net.forward(x)}
            gradients = net.backward(doutput)
            told["activations"] = net.trace.activations[1:]
            for kind in ("gamma", "beta", "alpha", "pre_activations"):
                told[f"d_{kind}"] = getattr(gradients, kind)
            told["running_var"] = net.running_var
            if evaluated is not None:
                told["evaluated"] = net.forward(evaluated, training=False)
            if size:
                net.step(gradients, step_rate(gradients, size))
                told["alpha"] = net.alpha
                told["output_after"] = net.forward(x)
            return told
    except network.UnusableResult as refusal:
        return {"refused": str(refusal)}


def step_rate(gradients: Any, size: float) -> float:
    """The learning rate with which a step lowers the loss by STEP of `size`, to first order."""
    squares = sum(float(np.sum(g * g)) for g in gradients.parameters())
    return STEP * size / squares
