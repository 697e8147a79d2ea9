"""The reference's values against formulas written out in 50 digits, for numbers of all sizes.

The rest (shapes, types, errors, arguments left alone, what is drawn, shares, verdicts, PReLU's slopes
of several units) the public tests and the hidden suites ask of the reference, which must pass them all.
"""

import warnings
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from gradflow import activations, clipping, diagnostics
from gradflow.batchnorm import batchnorm_backward, batchnorm_forward

Formula = Callable[[mpmath.mpf], Any]
ORDINARY = np.linspace(0.05, 40.0, 60)
EXTREMES = 10.0 ** np.array([-300, -100, -20, -8, -3, 0, 2, 2.5, 2.8, 20, 100, 300])
UNDERFLOW = [708.0, 709.9, 745.0, 746.0]
POINTS = np.concatenate([[z, -z] for z in [*ORDINARY, *EXTREMES, *UNDERFLOW]])
"""Not 0, where any slope between the two one-sided ones is right."""


@pytest.fixture(autouse=True)
def exact():
    """50 digits for mpmath; for NumPy, all warnings and exceptions but underflow are errors."""
    with (
        mpmath.workdps(50),
        warnings.catch_warnings(),
        np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"),
    ):
        warnings.simplefilter("error")
        yield


def logistic(z: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + mpmath.exp(-z))


def value(left: Formula) -> Formula:
    return lambda z: z if z > 0 else left(z)


def slope(left: Formula) -> Formula:
    return lambda z: 1 if z > 0 else left(z)


ACTIVATIONS: list[tuple[Callable, dict[str, Any], list[Formula]]] = [
    (activations.sigmoid, {}, [logistic]),
    (activations.sigmoid_grad, {}, [lambda z: logistic(z) * logistic(-z)]),
    (activations.tanh, {}, [mpmath.tanh]),
    (activations.tanh_grad, {}, [lambda z: mpmath.sech(z) ** 2]),
    (activations.relu, {}, [value(lambda z: 0)]),
    (activations.relu_grad, {}, [slope(lambda z: 0)]),
    (activations.leaky_relu, {"alpha": 0.25}, [value(lambda z: z / 4)]),
    (activations.leaky_relu_grad, {"alpha": 0.25}, [slope(lambda z: 0.25)]),
    (activations.prelu, {"alpha": -1.5}, [value(lambda z: -1.5 * z)]),
    (activations.prelu_grad, {"alpha": -1.5}, [slope(lambda z: -1.5), lambda z: min(z, 0)]),
    (
        activations.rrelu,
        {"rng": None, "training": False, "lower": 0.25, "upper": 0.75},
        [value(lambda z: z / 2), slope(lambda z: 0.5)],
    ),
    (activations.elu, {"alpha": 0.25}, [value(lambda z: mpmath.expm1(z) / 4)]),
    (activations.elu, {"alpha": 1e300}, [value(lambda z: mpmath.mpf(1e300) * mpmath.expm1(z))]),
    (activations.elu_grad, {"alpha": 0.25}, [slope(lambda z: mpmath.exp(z) / 4)]),
]


@pytest.mark.parametrize(("function", "options", "formulas"), ACTIVATIONS)
def test_activations(function, options, formulas):
    found = function(POINTS, **options)
    results = found if isinstance(found, tuple) else (found,)
    for result, formula in zip(results, formulas, strict=True):
        assert_right(result, formula)


def assert_right(result: np.ndarray, formula: Formula) -> None:
    """Within five units in the last place; a subnormal result within a few of its own units."""
    for z, got in zip(POINTS, result, strict=True):
        true = formula(mpmath.mpf(float(z)))
        allowed = max(abs(true) * mpmath.mpf(5) / 2**52, mpmath.mpf("1e-322"))
        assert abs(mpmath.mpf(float(got)) - true) <= allowed, f"at z = {z}: {got}, not {true}"


def normalised(
    x: Any, gamma: Any, beta: Any, mean: Any, var: Any, training: bool, eps: float
) -> Any:
    """The definition of batch normalisation, for complex numbers, too."""
    if training:
        mean = sum(x) / len(x)
        var = sum((x - mean) ** 2) / len(x)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("eps", "momentum"), [(1e-5, 0.9), (0.5, 0.6)])
@pytest.mark.parametrize("shape", [(16, 5), (2, 4), (1, 3)])
def test_batchnorm(shape, eps, momentum, training):
    rng = np.random.default_rng(0)
    d = shape[1]
    x = rng.normal(size=shape) * rng.uniform(0.3, 3.0, d) + 3 * rng.normal(size=d)
    gamma, (beta, mean) = rng.normal(size=d) + 2, rng.normal(size=(2, d))
    dout = rng.normal(size=shape)
    given = [x, gamma, beta, mean, rng.uniform(0.2, 3.0, d)]

    held = [array.copy() for array in given]
    out, cache, *running = batchnorm_forward(*held, training=training, momentum=momentum, eps=eps)
    np.testing.assert_allclose(out, normalised(*given, training, eps), rtol=1e-12, atol=1e-12)
    batch = [x.mean(axis=0), ((x - x.mean(axis=0)) ** 2).sum(axis=0) / len(x)]
    for new, old, seen in zip(running, given[3:], batch, strict=True):
        np.testing.assert_allclose(new, momentum * old + (1 - momentum) * seen if training else old)

    for array in held:  # as a step in place may, before the backward pass
        array[...] = 7.0
    gradients = batchnorm_backward(dout, cache)
    for place, gradient in enumerate(gradients):
        numbers = [array.astype(complex) for array in given]
        for index in np.ndindex(gradient.shape):
            numbers[place][index] += 1e-30j  # a complex step: a difference without cancellation
            slope = np.sum(dout * normalised(*numbers, training, eps)).imag / 1e-30
            numbers[place][index] = given[place][index]
            assert gradient[index] == pytest.approx(slope, rel=1e-10, abs=1e-11)


SCALES = [1e-320, 1e-310, 1e-300, 1e-160, 1e-10, 1.0, 1e160, 1e300]
LIMITS = [5e-324, 1e-310, 1e-160, 1e-3, 1, 5.0, 1e160, 10**400, np.inf]


def gradients_of(scale: float) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    shapes: list[tuple[int, ...]] = [(4, 3), (5,), (), (0,), (2, 0), (2, 2, 2), (1,)]
    return [np.asarray(rng.normal(size=shape) * scale) for shape in shapes] + [np.zeros((2, 3))]


def norm_of(*arrays: np.ndarray) -> mpmath.mpf:
    return mpmath.sqrt(mpmath.fsum(mpmath.mpf(float(v)) ** 2 for a in arrays for v in a.flat))


def assert_scaled(got: np.ndarray, grad: np.ndarray, norm: mpmath.mpf, limit: float) -> None:
    """got = grad * min(1, limit / norm), to a relative 1e-14."""
    assert got.shape == grad.shape
    factor = mpmath.mpf(limit) / norm if norm > limit else 1
    for mine, old in zip(got.flat, grad.flat, strict=True):
        true = mpmath.mpf(float(old)) * factor
        # A subnormal number has fewer digits, and so does what is made from a subnormal norm.
        allowed = abs(true) * (mpmath.mpf(1e-14) + mpmath.mpf(5e-324) / norm) + 2e-323
        assert abs(mpmath.mpf(float(mine)) - true) <= allowed


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("scale", SCALES)
def test_clipping(scale, limit):
    grads = gradients_of(scale)
    for got, grad in zip(clipping.clip_by_value(grads, limit), grads, strict=True):
        expected = [min(max(float(entry), -limit), limit) for entry in grad.flat]
        np.testing.assert_array_equal(got, np.array(expected).reshape(grad.shape))
    for got, grad in zip(clipping.clip_by_norm(grads, limit), grads, strict=True):
        assert_scaled(got, grad, norm_of(grad) or mpmath.mpf(1), limit)
    clipped, norm = clipping.clip_by_global_norm(grads, limit)
    joint = norm_of(*grads)
    assert abs(mpmath.mpf(norm) - joint) <= joint * 1e-14 + 5e-324
    for got, grad in zip(clipped, grads, strict=True):
        assert_scaled(got, grad, joint, limit)


def test_each_tiny_array_counts_in_the_global_norm():
    """Norms of norms would round each to a whole number of the smallest float."""
    grads = [np.full(2, 5e-324)] * 8
    assert clipping.clip_by_global_norm(grads, 1.0)[1] == 4 * 5e-324


@pytest.mark.parametrize("scale", SCALES)
def test_gradient_norms(scale):
    grads = gradients_of(scale)
    norms = [float(norm_of(grad)) for grad in grads]
    np.testing.assert_allclose(diagnostics.gradient_norms(grads), norms, rtol=1e-12, atol=1e-323)


def test_norms_that_are_not_finite():
    """`diagnose` needs to see them."""
    grads = [np.array([1.0, np.nan]), np.array([-np.inf, 1.0]), np.full(9, 1.5e308)]
    np.testing.assert_array_equal(diagnostics.gradient_norms(grads), [np.nan, np.inf, np.inf])


def test_a_unit_whose_outputs_cancel_is_alive():
    h = np.array([[0.0, 1.0, 0.0, -1.0], [0.0, 0.0, 0.0, 1.0]])
    assert diagnostics.dead_fraction(h) == 0.5
