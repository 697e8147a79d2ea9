"""The reference diagnostics."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradflow.diagnostics import dead_fraction, diagnose, gradient_norms, saturated_fraction

pytestmark = pytest.mark.usefixtures("strict_arithmetic")


def test_norms_in_order() -> None:
    grads = [np.array([[3.0, 0.0], [0.0, -4.0]]), np.array([5.0, -12.0]), np.array(-2.0)]
    norms = gradient_norms(grads)
    assert norms.dtype == np.float64
    np.testing.assert_allclose(norms, [5.0, 13.0, 2.0], rtol=1e-15)


@pytest.mark.parametrize("scale", [1e-310, 1e-200, 1e-3, 1.0, 1e200, 1e300])
def test_norms_of_any_size(scale: float) -> None:
    grad = np.random.default_rng(0).normal(size=(7, 5)) * scale
    grad_before = grad.copy()
    exact = math.hypot(*grad.flat)  # scales by itself
    np.testing.assert_allclose(gradient_norms([grad]), [exact], rtol=1e-12)
    np.testing.assert_array_equal(grad, grad_before)


def test_norms_of_nothing() -> None:
    assert gradient_norms([]).shape == (0,)
    assert gradient_norms([]).dtype == np.float64
    np.testing.assert_array_equal(gradient_norms([np.zeros((0, 3)), np.zeros(4)]), [0.0, 0.0])


def test_norms_that_are_not_finite() -> None:
    """`diagnose` needs to see them."""
    norms = gradient_norms([np.array([1.0, np.nan]), np.array([-np.inf, 1.0]), np.full(9, 1.5e308)])
    assert math.isnan(norms[0])
    assert norms[1] == norms[2] == np.inf


def test_saturated_fraction() -> None:
    slopes = np.array([[0.25, 0.009, -0.009], [0.01, -0.01, 0.0]])
    assert saturated_fraction(slopes) == 0.5
    assert saturated_fraction(slopes, tol=0.02) == pytest.approx(5 / 6)
    assert saturated_fraction(slopes, 0.0) == 0.0
    assert saturated_fraction(np.array(0.001)) == 1.0
    assert type(saturated_fraction(slopes)) is float


def test_dead_fraction() -> None:
    h = np.array([[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 2.0], [0.0, 3.0, 0.0, 0.0]])
    assert dead_fraction(h) == 0.5
    assert dead_fraction(h[:1]) == 0.75
    assert dead_fraction(-0.0 * h) == 1.0
    assert dead_fraction(h + 1e-300) == 0.0
    # Zero on average is not zero for every example.
    assert dead_fraction(np.array([[-1.0], [1.0]])) == 0.0
    assert type(dead_fraction(h)) is float


@pytest.mark.parametrize(
    ("norms", "verdict"),
    [
        ([1.0, 1.0], "healthy"),
        ([1.0], "healthy"),
        ([9e-4, 5.0, 1.0], "vanishing"),
        ([1.1e-3, 1e9, 1.0], "healthy"),
        ([1e-3, 1.0], "healthy"),
        ([1e3, 1.0], "healthy"),
        ([1001.0, 0.0, 1.0], "exploding"),
        ([999.0, 1.0], "healthy"),
        ([1e300, 1e-300], "exploding"),
        ([1e-300, 1e300], "vanishing"),
        ([1e-300, 1e-300], "healthy"),
        ([0.0, 1.0], "vanishing"),
        ([0.0, 0.0], "vanishing"),
        ([0.0], "vanishing"),
        ([0.0, 3.0, 0.0], "vanishing"),
        ([1e-300, 0.0], "exploding"),
        ([1.0, np.nan, 1.0], "exploding"),
        ([0.0, np.inf, 1.0], "exploding"),
        ([np.inf, np.inf], "exploding"),
        ([1.0, np.inf], "exploding"),
        ([np.nan, 0.0], "exploding"),
        ([0.0, np.inf, 0.0], "exploding"),
        ([2, 1], "healthy"),
    ],
)
@pytest.mark.parametrize("kind", [list, np.array])
def test_diagnose(norms: list[float], verdict: str, kind: type) -> None:
    assert diagnose(kind(norms)) == verdict


def test_diagnose_takes_its_limits() -> None:
    assert diagnose([0.05, 1.0], vanishing=0.1) == "vanishing"
    assert diagnose([0.05, 1.0], 0.05, 10.0) == "healthy"
    assert diagnose([11.0, 1.0], 0.05, 10.0) == "exploding"
    assert diagnose([11.0, 1.0], exploding=11.0) == "healthy"
    # The rules count in their order.
    assert diagnose([1.0, 1.0], vanishing=2.0, exploding=0.5) == "vanishing"
