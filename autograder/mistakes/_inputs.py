"""The inputs that worked examples are made of: public, fixed, and none of them a hidden test's.

Of a function's inputs the first one that shows a mistake is taken, so the plainest come first.
z = 0 is left out, where the value at a corner is free.
"""

from itertools import product
from typing import Any

import numpy as np

from autograder.engine.explain.example import Entry

NAN, INF = float("nan"), float("inf")
Given = dict[str, Any]


def _z(**options: Any) -> list[Given]:
    """Values of both signs, near and far; other shapes; sizes at which exponentials overflow."""
    ordinary = ([2.0], [-2.0], [-2.0, 0.5], [[-2.0, 0.5], [1.0, -0.5], [3.0, -1.0]])
    arrays = [np.array(z) for z in (*ordinary, -0.5, [], [1000.0], [-1000.0])]
    return [{"z": z, **options} for z in arrays]


PER_UNIT = [{"z": np.array([[-2.0, 0.5], [1.0, -0.5], [3.0, -1.0]]), "alpha": np.array([0.2, 0.5])}]
EVALUATED = [
    {"z": np.array([-2.0, 0.5]), "rng": None, "training": False, **limits}
    for limits in ({"lower": 0.2, "upper": 0.4}, {})
]
REFUSED = [
    {"z": np.array([-2.0, 0.5]), "rng": rng, "training": rng, "lower": lower, "upper": upper}
    for rng, (lower, upper) in product(
        (True, False), ((0.4, 0.2), (-0.2, 0.4), (NAN, 0.4), (0.3, 0.3))
    )
]
ZERO_LOWER = {"z": np.array([-2.0, 0.5]), "rng": None, "training": False, "lower": 0.0}

DRAWN = [
    {"n_in": n_in, "n_out": n_out, "rng": True} for n_in, n_out in ((300, 100), (2, 3), (0, 3))
]
MODES = [DRAWN[0] | {"mode": mode} for mode in ("fan_in", "fan_out", "fan_avg", "fan_sum")]

GRADS = [
    [np.array([3.0, 4.0])],
    [np.array([3.0, 4.0]), np.array([0.0, 12.0])],
    [np.array([0.3, -0.4]), np.array([0.0, 12.0])],
    [np.array([[3.0, -4.0], [0.0, 12.0]])],
    [np.array([0.0, 0.0])],
    [np.array([]), np.array([3.0, 4.0])],
    [],
    [np.array([3e200, 4e200])],
]


def _clipped(limit: str) -> list[Given]:
    tried = [{"grads": grads, limit: size} for grads in GRADS for size in (2.0, 100.0, 0.5)]
    wrong = [{"grads": GRADS[0], limit: size} for size in (0.0, NAN)]
    bad = [{"grads": [np.array([3.0, entry])], limit: 2.0} for entry in (NAN, INF)]
    return tried + wrong + bad


BATCHES = [
    {
        "x": np.array(x),
        "gamma": np.array([2.0, 3.0][:units]),
        "beta": np.array([0.5, -1.0][:units]),
        "running_mean": np.array([1.0, 4.0][:units]),
        "running_var": np.array([4.0, 9.0][:units]),
        "training": training,
        **options,
    }
    for training, options, (units, x) in product(
        (True, False),
        ({}, {"eps": 0.1}, {"momentum": 0.5}),
        (
            (1, [[1.0], [2.0], [6.0]]),
            (2, [[1.0, 4.0], [2.0, 0.0], [6.0, 8.0]]),
            (1, [[0.001], [0.002]]),
        ),
    )
]
"""Batches in training, then in evaluation, of one unit and of two."""
DOUTS = {
    (2, 1): np.array([[1.0], [0.5]]),
    (3, 1): np.array([[1.0], [0.0], [-0.5]]),
    (3, 2): np.array([[1.0, 0.0], [0.0, 2.0], [-0.5, 0.3]]),
}
BACK = [
    {"dout": DOUTS[given["x"].shape], "cache": Entry("batchnorm.batchnorm_forward", given, 1)}
    for given in BATCHES
]

NORMS = [
    ([1.0, 10.0, 100.0], {}),
    ([1e-5, 0.1, 1.0], {}),
    ([1e5, 10.0, 1.0], {}),
    ([1.0, 1e-5, 1.0], {}),
    ([1.0, 2.0, 8.0], {"vanishing": 0.5}),
    ([1.0, 2.0], {"vanishing": 0.5}),
    ([2.0, 1.0], {"exploding": 2.0}),
    ([1.0, 0.0], {}),
    ([1.0, NAN, 1.0], {}),
    ([1.0, INF, 1.0], {}),
]

KINDS = ("", "_grad")
INPUTS: dict[str, list[Given]] = {
    **{f"activations.{name}{kind}": _z() for name in ("sigmoid", "tanh", "relu") for kind in KINDS},
    **{
        f"activations.{name}{kind}": _z(alpha=alpha) + _z()
        for name, alpha in (("leaky_relu", 0.1), ("elu", 0.5))
        for kind in KINDS
    },
    **{f"activations.prelu{kind}": _z(alpha=0.2) + _z(alpha=2.0) + PER_UNIT for kind in KINDS},
    "activations.rrelu": [*EVALUATED, *REFUSED, ZERO_LOWER],
    **{f"initializers.xavier_{form}": DRAWN for form in ("normal", "uniform")},
    **{f"initializers.he_{form}": [*DRAWN, *MODES] for form in ("normal", "uniform")},
    "clipping.clip_by_value": _clipped("threshold"),
    "clipping.clip_by_norm": _clipped("max_norm"),
    "clipping.clip_by_global_norm": _clipped("max_norm"),
    "batchnorm.batchnorm_forward": BATCHES,
    "batchnorm.batchnorm_backward": BACK,
    "diagnostics.gradient_norms": [{"grads": grads} for grads in GRADS],
    "diagnostics.saturated_fraction": [
        {"slopes": np.array(slopes), **options}
        for slopes, options in product(
            ([0.001, 0.2, 1.0], [-1.0, 0.25], [0.01, 0.02, 0.25], [[0.001], [1]]),
            ({}, {"tol": 0.1}),
        )
    ],
    "diagnostics.dead_fraction": [
        {"activations": np.array(activations)}
        for activations in (
            [[0.0, 1.0], [0.0, 0.0], [0.0, 2.0]],
            [[0.0, 0.0, 0.0], [1.0, 2.0, 0.0]],
            [[0.0, 1e-9], [0.0, 1e-9]],
        )
    ],
    "diagnostics.diagnose": [{"norms": np.array(norms), **options} for norms, options in NORMS],
}
"""By function, the arguments of its examples. rng = True stands for a generator."""
