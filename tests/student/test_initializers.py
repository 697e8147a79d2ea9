"""The reference initialisers: distributions, never drawn values."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from gradflow import initializers

SHAPES = [(400, 200), (200, 400)]
"""Not square: in a square layer the three fans are the same."""


def he_std(n_in: int, n_out: int, mode: str) -> float:
    return math.sqrt(2 / {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}[mode])


def xavier_std(n_in: int, n_out: int) -> float:
    return math.sqrt(2 / (n_in + n_out))


Draw = Callable[[int, int, np.random.Generator], np.ndarray]
NORMAL: dict[str, tuple[Draw, Callable[[int, int], float]]] = {
    "xavier": (initializers.xavier_normal, xavier_std),
    "he": (initializers.he_normal, lambda i, o: math.sqrt(2) * xavier_std(i, o)),
}
UNIFORM: dict[str, tuple[Draw, Callable[[int, int], float]]] = {
    "xavier": (initializers.xavier_uniform, xavier_std),
    "he": (initializers.he_uniform, lambda i, o: math.sqrt(2) * xavier_std(i, o)),
}
for _mode in ("fan_avg", "fan_in", "fan_out"):
    NORMAL[f"he {_mode}"] = (
        lambda i, o, rng, mode=_mode: initializers.he_normal(i, o, rng, mode),
        lambda i, o, mode=_mode: he_std(i, o, mode),
    )
    UNIFORM[f"he {_mode}"] = (
        lambda i, o, rng, mode=_mode: initializers.he_uniform(i, o, rng, mode=mode),
        lambda i, o, mode=_mode: he_std(i, o, mode),
    )
ALL = {f"{k} normal": v[0] for k, v in NORMAL.items()} | {
    f"{k} uniform": v[0] for k, v in UNIFORM.items()
}


def distance(cdf_values: np.ndarray) -> float:
    """Kolmogorov and Smirnov's distance between a sample and its distribution, times root n."""
    values = np.sort(cdf_values.ravel())
    ranks = np.arange(values.size + 1) / values.size
    gap = max(np.abs(values - ranks[1:]).max(), np.abs(values - ranks[:-1]).max())
    return float(gap * math.sqrt(values.size))


def normal_cdf(w: np.ndarray, std: float) -> np.ndarray:
    return np.array([0.5 * (1 + math.erf(x / std / math.sqrt(2))) for x in w.ravel()])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", NORMAL)
def test_normal(name: str, shape: tuple[int, int]) -> None:
    draw, std = NORMAL[name]
    w = draw(*shape, np.random.default_rng(1))
    assert w.shape == shape
    assert w.dtype == np.float64
    assert distance(normal_cdf(w, std(*shape))) < 2.0
    # 3 % away is far enough to be seen.
    assert distance(normal_cdf(w, 1.03 * std(*shape))) > 2.0


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", UNIFORM)
def test_uniform(name: str, shape: tuple[int, int]) -> None:
    draw, std = UNIFORM[name]
    w = draw(*shape, np.random.default_rng(2))
    limit = math.sqrt(3) * std(*shape)
    assert w.shape == shape
    assert w.dtype == np.float64
    assert np.abs(w).max() <= limit
    assert np.abs(w).max() > 0.999 * limit
    assert distance((w / limit + 1) / 2) < 2.0


@pytest.mark.parametrize("name", ALL)
def test_entries_are_independent(name: str) -> None:
    w = ALL[name](300, 200, np.random.default_rng(3))
    assert np.unique(w).size == w.size
    w = w / w.std()
    bound = 5 / math.sqrt(w.size)
    assert abs(np.mean(w[1:] * w[:-1])) < bound
    assert abs(np.mean(w[:, 1:] * w[:, :-1])) < bound
    # The rows' and the columns' means spread as those of independent draws do.
    assert 0.8 < w.mean(axis=0).std() * math.sqrt(300) < 1.2
    assert 0.8 < w.mean(axis=1).std() * math.sqrt(200) < 1.2


@pytest.mark.parametrize("name", ALL)
def test_randomness_comes_from_the_generator(name: str) -> None:
    np.random.seed(0)
    state = np.random.get_state()[1].copy()
    rng = np.random.default_rng(4)
    first, second = ALL[name](5, 6, rng), ALL[name](5, 6, rng)
    np.testing.assert_array_equal(first, ALL[name](5, 6, np.random.default_rng(4)))
    assert not np.any(first == second)
    np.testing.assert_array_equal(np.random.get_state()[1], state)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", [int, np.int8, np.int32, np.uint16, np.int64])
def test_sizes_may_be_numpy_integers(name: str, kind: type) -> None:
    """100 + 100 doesn't fit into eight bits."""
    w = ALL[name](kind(100), kind(100), np.random.default_rng(5))
    np.testing.assert_array_equal(w, ALL[name](100, 100, np.random.default_rng(5)))


@pytest.mark.parametrize("name", ALL)
def test_the_smallest_layer(name: str) -> None:
    assert ALL[name](1, 1, np.random.default_rng(6)).shape == (1, 1)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("sizes", [(0, 3), (3, 0), (-1, 3), (3, -4), (-5, -5), (-1, 5)])
def test_sizes_must_be_positive(name: str, sizes: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="n_"):
        ALL[name](*sizes, np.random.default_rng(7))


@pytest.mark.parametrize("draw", [initializers.he_normal, initializers.he_uniform])
@pytest.mark.parametrize("mode", ["", "fan", "FAN_IN", "in", None, 2, ["fan_in"]])
def test_the_mode_must_be_known(draw: Callable[..., np.ndarray], mode: object) -> None:
    with pytest.raises(ValueError, match="mode"):
        draw(3, 4, np.random.default_rng(8), mode)
