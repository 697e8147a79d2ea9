"""What is drawn comes from the distribution that is named; drawn values are never compared."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from gradflow import activations, initializers

Shape = tuple[int, int]


def distance(shares: np.ndarray) -> float:
    """Kolmogorov's and Smirnov's: of a sample, given as values of its distribution function, times
    the root of its size. Above 2 once in 1,500 samples."""
    values = np.sort(shares.ravel())
    ranks = np.arange(values.size + 1) / values.size
    gap = max(np.abs(values - ranks[1:]).max(), np.abs(values - ranks[:-1]).max())
    return float(gap * math.sqrt(values.size))


def normal(w: np.ndarray, std: float) -> np.ndarray:
    return np.array([0.5 * (1 + math.erf(x / std / math.sqrt(2))) for x in w.ravel()])


def uniform(w: np.ndarray, std: float) -> np.ndarray:
    return (w / (math.sqrt(3) * std) + 1) / 2


@pytest.mark.parametrize("shape", [(400, 200), (200, 400)])  # in a square one, all fans are equal
@pytest.mark.parametrize(
    ("draw", "mode", "kind"),
    [
        (initializers.xavier_normal, None, normal),
        (initializers.xavier_uniform, None, uniform),
        *((initializers.he_normal, mode, normal) for mode in ("fan_avg", "fan_in", "fan_out")),
        *((initializers.he_uniform, mode, uniform) for mode in ("fan_avg", "fan_in", "fan_out")),
    ],
)
def test_initializers(draw: Callable, mode: str | None, kind: Callable, shape: Shape) -> None:
    n_in, n_out = shape
    rng = np.random.default_rng(1)
    w = draw(n_in, n_out, rng, mode) if mode else draw(n_in, n_out, rng)
    fan = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2, None: n_in + n_out}[
        mode
    ]
    std = math.sqrt(2 / fan)
    assert w.shape == shape
    assert distance(kind(w, std)) < 2.0
    assert distance(kind(w, 1.03 * std)) > 2.0  # 3 % away is far enough to be seen


def test_randomised_relu() -> None:
    z = np.random.default_rng(4).normal(size=(400, 300))
    a, slope = activations.rrelu(z, np.random.default_rng(5), lower=0.2, upper=0.6)
    np.testing.assert_array_equal(slope[z > 0], 1.0)
    np.testing.assert_array_equal(a, slope * z)
    assert distance((slope[z < 0] - 0.2) / 0.4) < 2.0
