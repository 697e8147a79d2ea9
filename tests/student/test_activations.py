"""The reference activations against mpmath, from 1e-300 to 1e300."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import numpy as np
import pytest

from gradflow import activations

EXTREMES = [10.0**k for k in (-300, -200, -100, -20, -8, -3, 0, 1, 2, 2.5, 2.8, 3, 8, 20, 100, 300)]
ORDINARY = np.linspace(0.05, 40.0, 60).tolist()
POSITIVE = [*EXTREMES, *ORDINARY, 708.0, 709.9, 745.0, 746.0]
POINTS = np.array([sign * z for z in POSITIVE for sign in (1.0, -1.0)])
"""Zero, where derivatives have a kink, has tests of its own."""


def logistic(z: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + mpmath.exp(-z))


def leaky(alpha: float) -> Callable[[mpmath.mpf], mpmath.mpf]:
    return lambda z: z if z >= 0 else mpmath.mpf(alpha) * z


def step(alpha: float) -> Callable[[mpmath.mpf], mpmath.mpf]:
    return lambda z: mpmath.mpf(1) if z >= 0 else mpmath.mpf(alpha)


CASES = {
    "sigmoid": (activations.sigmoid, logistic),
    "sigmoid_grad": (activations.sigmoid_grad, lambda z: logistic(z) * logistic(-z)),
    "tanh": (activations.tanh, mpmath.tanh),
    "tanh_grad": (activations.tanh_grad, lambda z: mpmath.sech(z) ** 2),
    "relu": (activations.relu, leaky(0)),
    "relu_grad": (activations.relu_grad, step(0)),
    "leaky_relu": (activations.leaky_relu, leaky(0.01)),
    "leaky_relu_grad": (activations.leaky_relu_grad, step(0.01)),
    "leaky_relu 0": (lambda z: activations.leaky_relu(z, 0.0), leaky(0)),
    "leaky_relu 1": (lambda z: activations.leaky_relu(z, 1.0), leaky(1)),
    "leaky_relu alpha": (lambda z: activations.leaky_relu(z, alpha=0.3), leaky(0.3)),
    "leaky_relu_grad alpha": (lambda z: activations.leaky_relu_grad(z, alpha=0.3), step(0.3)),
    "prelu": (lambda z: activations.prelu(z, 0.25), leaky(0.25)),
    "prelu negative": (lambda z: activations.prelu(z, -1.5), leaky(-1.5)),
    "prelu dz": (lambda z: activations.prelu_grad(z, -1.5)[0], step(-1.5)),
    "prelu dalpha": (
        lambda z: activations.prelu_grad(z, -1.5)[1],
        lambda z: z if z < 0 else mpmath.mpf(0),
    ),
    "rrelu evaluation": (
        lambda z: activations.rrelu(z, None, training=False)[0],
        leaky((1 / 8 + 1 / 3) / 2),
    ),
    "elu": (activations.elu, lambda z: z if z >= 0 else mpmath.expm1(z)),
    "elu_grad": (activations.elu_grad, lambda z: mpmath.mpf(1) if z >= 0 else mpmath.exp(z)),
    "elu alpha": (
        lambda z: activations.elu(z, alpha=0.3),
        lambda z: z if z >= 0 else mpmath.mpf(0.3) * mpmath.expm1(z),
    ),
    "elu huge alpha": (
        lambda z: activations.elu(z, 1e300),
        lambda z: z if z >= 0 else mpmath.mpf(1e300) * mpmath.expm1(z),
    ),
    "elu_grad alpha": (
        lambda z: activations.elu_grad(z, alpha=0.3),
        lambda z: mpmath.mpf(1) if z >= 0 else mpmath.mpf(0.3) * mpmath.exp(z),
    ),
}


pytestmark = pytest.mark.usefixtures("strict_arithmetic")


def assert_close(got: np.ndarray, exact: list[mpmath.mpf]) -> None:
    """Within five units in the last place; a subnormal result within a few of its own units."""
    for z, mine, true in zip(POINTS, got, exact, strict=True):
        allowed = max(abs(true) * mpmath.mpf(5) / 2**52, mpmath.mpf("1e-322"))
        assert abs(mpmath.mpf(float(mine)) - true) <= allowed, f"at z = {z}: {mine}, exact {true}"


@pytest.mark.parametrize("case", CASES)
def test_every_value_is_right_to_the_last_places(case: str) -> None:
    function, oracle = CASES[case]
    with mpmath.workdps(60):
        assert_close(function(POINTS), [oracle(mpmath.mpf(float(z))) for z in POINTS])


def test_the_oracle_notices_a_plain_formula() -> None:
    """1 - tanh^2 is right to 1e-16, but its tail has no digits left: the oracle must see that."""
    with mpmath.workdps(60):
        exact = [CASES["tanh_grad"][1](mpmath.mpf(float(z))) for z in POINTS]
        with pytest.raises(AssertionError):
            assert_close(1 - np.tanh(POINTS) ** 2, exact)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("shape", [(), (1,), (0,), (0, 3), (7,), (4, 3), (2, 3, 4)])
def test_the_shape_is_kept(case: str, shape: tuple[int, ...]) -> None:
    z = np.random.default_rng(1).normal(size=shape)
    z = np.asarray(z)
    result = CASES[case][0](z)
    assert result.shape == shape
    assert result.dtype == np.float64


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_changed_and_the_result_is_fresh(case: str) -> None:
    z = np.random.default_rng(2).normal(size=(6, 4))
    before = z.copy()
    result = CASES[case][0](z)
    assert not np.may_share_memory(result, z)
    result += 1.0
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize("case", CASES)
def test_the_memory_layout_makes_no_difference(case: str) -> None:
    function = CASES[case][0]
    z = np.random.default_rng(3).normal(size=(6, 4))
    strided = np.repeat(np.repeat(z, 2, axis=0), 3, axis=1)[::2, ::3]
    assert not strided.flags.contiguous
    frozen = np.asfortranarray(z)
    frozen.setflags(write=False)
    np.testing.assert_array_equal(function(strided), function(z))
    np.testing.assert_array_equal(function(frozen), function(z))


@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize(
    ("function", "value"),
    [("sigmoid", 0.5), ("tanh", 0.0), ("relu", 0.0), ("leaky_relu", 0.0), ("elu", 0.0)],
)
def test_values_at_zero(function: str, value: float, zero: float) -> None:
    assert getattr(activations, function)(np.array([zero])) == value


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_derivatives_at_zero_lie_between_the_one_sided_ones(zero: float) -> None:
    z = np.array([zero])
    assert activations.sigmoid_grad(z) == 0.25
    assert activations.tanh_grad(z) == 1.0
    assert 0.0 <= activations.relu_grad(z)[0] <= 1.0
    assert 0.01 <= activations.leaky_relu_grad(z)[0] <= 1.0
    assert activations.elu_grad(z)[0] == 1.0
    assert 0.3 <= activations.elu_grad(z, 0.3)[0] <= 1.0
    dz, dalpha = activations.prelu_grad(z, -0.5)
    assert -0.5 <= dz[0] <= 1.0
    assert dalpha[0] == 0.0
    a, slope = activations.rrelu(z, np.random.default_rng(0))
    assert a[0] == 0.0
    assert 1 / 8 <= slope[0] <= 1.0


@pytest.mark.parametrize("alpha", [0.25, -2.0, 1e200, np.array(0.25), np.float64(3.0), 2])
def test_prelu_takes_any_scalar(alpha: float | np.ndarray) -> None:
    z = np.array([[-2.0, 3.0], [1e300, -1e-3]])
    expected = [[-2.0 * float(alpha), 3.0], [1e300, -1e-3 * float(alpha)]]
    np.testing.assert_array_equal(activations.prelu(z, alpha), expected)
    dz, dalpha = activations.prelu_grad(z, alpha)
    np.testing.assert_array_equal(dz, np.where(z < 0, float(alpha), 1.0))
    np.testing.assert_array_equal(dalpha, [[-2.0, 0.0], [0.0, -1e-3]])


def test_prelu_has_one_slope_per_unit() -> None:
    z = np.array([[-1.0, -1.0, -1.0], [2.0, 2.0, -2.0]])
    alpha = np.array([0.5, -3.0, 4.0])
    before = alpha.copy()
    np.testing.assert_array_equal(
        activations.prelu(z, alpha), [[-0.5, 3.0, -4.0], [2.0, 2.0, -8.0]]
    )
    dz, dalpha = activations.prelu_grad(z, alpha)
    np.testing.assert_array_equal(dz, [[0.5, -3.0, 4.0], [1.0, 1.0, 4.0]])
    np.testing.assert_array_equal(dalpha, [[-1.0, -1.0, -1.0], [0.0, 0.0, -2.0]])
    np.testing.assert_array_equal(alpha, before)
    assert not np.may_share_memory(dz, alpha)


def test_prelu_does_not_overflow_where_the_value_is_finite() -> None:
    z = np.array([1e300, -1e-10])
    np.testing.assert_allclose(activations.prelu(z, 1e300), [1e300, -1e290], rtol=1e-15)
    np.testing.assert_array_equal(activations.prelu(np.array([1e300]), -1e300), [1e300])


def test_rrelu_draws_every_slope_on_its_own() -> None:
    z = np.random.default_rng(4).normal(size=(400, 300))
    a, slope = activations.rrelu(z, np.random.default_rng(5), lower=0.2, upper=0.6)
    drawn = slope[z < 0]
    np.testing.assert_array_equal(slope[z > 0], 1.0)
    np.testing.assert_array_equal(a, slope * z)
    assert len(np.unique(drawn)) == drawn.size
    assert drawn.min() >= 0.2
    assert drawn.max() <= 0.6
    # Kolmogorov and Smirnov's distance from U(0.2, 0.6).
    steps = np.arange(1, drawn.size + 1) / drawn.size
    assert np.abs(np.sort(drawn) - (0.2 + 0.4 * steps)).max() / 0.4 < 2 / np.sqrt(drawn.size)


def test_rrelu_takes_its_randomness_from_the_generator() -> None:
    z = -np.ones((5, 5))
    np.random.seed(0)
    state = np.random.get_state()[1].copy()
    rng = np.random.default_rng(6)
    first, second = activations.rrelu(z, rng)[1], activations.rrelu(z, rng)[1]
    again = activations.rrelu(z, np.random.default_rng(6))[1]
    np.testing.assert_array_equal(first, again)
    assert not np.any(first == second)
    np.testing.assert_array_equal(np.random.get_state()[1], state)


def test_rrelu_evaluates_with_the_mean_slope() -> None:
    z = np.array([-2.0, 3.0, -1e300])
    a, slope = activations.rrelu(z, None, 0.2, 0.5, training=False)
    np.testing.assert_allclose(slope, [0.35, 1.0, 0.35], rtol=1e-15)
    np.testing.assert_allclose(a, [-0.7, 3.0, -0.35e300], rtol=1e-15)


def test_rrelu_accepts_equal_limits_and_zero() -> None:
    z = np.array([-2.0, 3.0])
    for lower, upper in ((0.0, 0.0), (0.25, 0.25), (0, 1), (0.5, 4.0)):
        _, slope = activations.rrelu(z, np.random.default_rng(0), lower, upper)
        assert lower <= slope[0] <= upper


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    ("lower", "upper"),
    [(0.5, 0.1), (-0.1, 0.1), (-0.2, -0.1), (np.nan, 0.3), (0.1, np.nan), (np.nan, np.nan)],
)
def test_rrelu_refuses_wrong_limits(lower: float, upper: float, training: bool) -> None:
    with pytest.raises(ValueError, match="lower"):
        activations.rrelu(np.ones(2), np.random.default_rng(0), lower, upper, training)
