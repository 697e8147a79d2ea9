"""The reference clipping against mpmath, from subnormal entries to 1e300."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from gradflow.clipping import clip_by_global_norm, clip_by_norm, clip_by_value

SCALES = [1e-320, 1e-310, 1e-300, 1e-200, 1e-160, 1e-10, 1.0, 1e10, 1e160, 1e200, 1e300]
LIMITS = [5e-324, 1e-310, 1e-300, 1e-160, 1e-3, 1, 5.0, 1e160, 1e300, 10**400, np.inf]
EVERY = [clip_by_value, clip_by_norm, clip_by_global_norm]


pytestmark = pytest.mark.usefixtures("strict_arithmetic")


def arrays(result: Any) -> list[np.ndarray]:
    """The clipped arrays, whichever function it was."""
    return result[0] if isinstance(result, tuple) else result


def gradients(scale: float, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    shapes: list[tuple[int, ...]] = [(4, 3), (5,), (), (0,), (2, 0), (2, 2, 2), (1,)]
    return [np.asarray(rng.normal(size=shape) * scale) for shape in shapes] + [np.zeros((2, 3))]


def exact_norm(grads: list[np.ndarray]) -> mpmath.mpf:
    return mpmath.sqrt(mpmath.fsum(mpmath.mpf(float(v)) ** 2 for g in grads for v in g.flat))


def assert_scaled(got: np.ndarray, grad: np.ndarray, norm: mpmath.mpf, limit: float) -> None:
    """got = grad * min(1, limit / norm), to a relative 1e-14 of the largest possible entry."""
    assert isinstance(got, np.ndarray)
    assert got.shape == grad.shape
    exact_limit = mpmath.mpf(limit)
    factor = exact_limit / norm if norm > exact_limit else mpmath.mpf(1)
    for mine, value in zip(got.flat, grad.flat, strict=True):
        true = mpmath.mpf(float(value)) * factor
        # A subnormal number has fewer digits, and so does what is made from a subnormal norm.
        allowed = abs(true) * (mpmath.mpf(1e-14) + mpmath.mpf(5e-324) / norm) + 2e-323
        assert abs(mpmath.mpf(float(mine)) - true) <= allowed


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("scale", SCALES)
def test_by_norm(scale: float, limit: float) -> None:
    grads = gradients(scale)
    with mpmath.workdps(50):
        for got, grad in zip(clip_by_norm(grads, limit), grads, strict=True):
            assert_scaled(got, grad, exact_norm([grad]) or mpmath.mpf(1), limit)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("scale", SCALES)
def test_by_global_norm(scale: float, limit: float) -> None:
    grads = gradients(scale)
    clipped, norm = clip_by_global_norm(grads, limit)
    assert type(norm) is float
    with mpmath.workdps(50):
        exact = exact_norm(grads)
        assert abs(mpmath.mpf(norm) - exact) <= exact * 1e-14 + 5e-324
        for got, grad in zip(clipped, grads, strict=True):
            assert_scaled(got, grad, exact, limit)


def test_the_global_norm_of_arrays_of_very_different_sizes() -> None:
    grads = [np.array([3e200]), np.array([1e-200]), np.array([[4e200]])]
    clipped, norm = clip_by_global_norm(grads, 10.0)
    assert norm == pytest.approx(5e200, rel=1e-15)
    np.testing.assert_allclose([c.item() for c in clipped], [6.0, 0.0, 8.0], rtol=1e-15)


def test_each_tiny_array_counts_in_the_global_norm() -> None:
    """Norms of norms would round each to a whole number of the smallest float."""
    grads = [np.full(2, 5e-324)] * 8
    assert clip_by_global_norm(grads, 1.0)[1] == 4 * 5e-324


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("scale", SCALES)
def test_by_value(scale: float, limit: float) -> None:
    grads = gradients(scale)
    for got, grad in zip(clip_by_value(grads, limit), grads, strict=True):
        assert isinstance(got, np.ndarray)
        expected = [min(max(float(v), -limit), limit) for v in grad.flat]
        np.testing.assert_array_equal(got, np.array(expected).reshape(grad.shape))


def test_the_three_differ() -> None:
    """One example by hand: each function does its own thing."""
    grads = [np.array([3.0, -4.0]), np.array([[12.0]]), np.array(0.1)]
    by_value = clip_by_value(grads, 2)
    np.testing.assert_array_equal(by_value[0], [2.0, -2.0])
    np.testing.assert_array_equal(by_value[2], 0.1)
    by_norm = clip_by_norm(grads, 2)
    np.testing.assert_allclose(by_norm[0], [1.2, -1.6], rtol=1e-15)
    np.testing.assert_allclose(by_norm[1], [[2.0]], rtol=1e-15)
    np.testing.assert_array_equal(by_norm[2], 0.1)
    together, norm = clip_by_global_norm(grads[:2], 6.5)
    assert norm == 13.0
    np.testing.assert_allclose(together[0], [1.5, -2.0], rtol=1e-15)
    np.testing.assert_allclose(together[1], [[6.0]], rtol=1e-15)


@pytest.mark.parametrize("clip", EVERY)
def test_a_norm_at_the_limit_is_not_touched(clip: Callable[..., Any]) -> None:
    grad = np.array([3.0, -4.0])
    np.testing.assert_array_equal(arrays(clip([grad], 5.0))[0], grad)


@pytest.mark.parametrize("limit", [1e-3, 1.0, 1e9])
@pytest.mark.parametrize("clip", EVERY)
def test_nothing_is_changed_and_everything_is_new(clip: Callable[..., Any], limit: float) -> None:
    grads = gradients(1.0)
    given, before = list(grads), [g.copy() for g in grads]
    for grad in grads:
        grad.setflags(write=False)
    result = arrays(clip(grads, limit))
    assert type(result) is list
    assert result is not grads
    assert len(grads) == len(given)
    for new, old, copy in zip(result, given, before, strict=True):
        assert not np.may_share_memory(new, old)
        assert new.flags.writeable
        np.testing.assert_array_equal(old, copy)


@pytest.mark.parametrize("clip", EVERY)
def test_the_memory_layout_makes_no_difference(clip: Callable[..., Any]) -> None:
    grad = np.random.default_rng(1).normal(size=(6, 4))
    strided = np.repeat(grad, 2, axis=1)[:, ::2]
    expected = arrays(clip([grad, grad], 0.5))
    for got, wanted in zip(
        arrays(clip([strided, np.asfortranarray(grad)], 0.5)), expected, strict=True
    ):
        np.testing.assert_allclose(got, wanted, rtol=1e-14)


@pytest.mark.parametrize("clip", EVERY)
def test_zeros_and_empty_arrays_stay(clip: Callable[..., Any]) -> None:
    grads = [np.zeros((2, 3)), np.zeros(()), np.zeros((0, 4))]
    for new, old in zip(arrays(clip(grads, 1e-300)), grads, strict=True):
        np.testing.assert_array_equal(new, old)
        assert new.shape == old.shape


def test_the_empty_list() -> None:
    assert clip_by_value([], 1.0) == []
    assert clip_by_norm([], 1.0) == []
    clipped, norm = clip_by_global_norm([], 1.0)
    assert clipped == []
    assert type(norm) is float
    assert norm == 0.0
    assert clip_by_global_norm([np.zeros((0, 2))], 1.0)[1] == 0.0


@pytest.mark.parametrize("clip", EVERY)
@pytest.mark.parametrize("limit", [0, 0.0, -0.0, -1, -1e-300, np.nan, -np.inf, -(10**400)])
@pytest.mark.parametrize("grads", [[], [np.ones(3)]], ids=["empty", "ones"])
def test_the_limit_must_be_positive(
    clip: Callable[..., Any], limit: float, grads: list[np.ndarray]
) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        clip(grads, limit)


@pytest.mark.parametrize("clip", EVERY)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 1])
def test_gradients_must_be_finite(clip: Callable[..., Any], bad: float, place: int) -> None:
    grads = [np.ones((2, 2)), np.asarray(1.0)]
    grads[place] = np.where(np.arange(grads[place].size).reshape(grads[place].shape) == 0, bad, 1.0)
    with pytest.raises(ValueError, match="NaN or infinity"):
        clip(grads, 1.0)


@pytest.mark.parametrize("limit", [2, 2.0, np.float64(2), np.int64(2), np.float32(2)])
@pytest.mark.parametrize("clip", EVERY)
def test_any_kind_of_number_is_a_limit(clip: Callable[..., Any], limit: Any) -> None:
    grads = [np.array([3.0, 4.0]), np.array(12.0)]
    for got, wanted in zip(arrays(clip(grads, limit)), arrays(clip(grads, 2)), strict=True):
        np.testing.assert_array_equal(got, wanted)
        assert got.dtype == np.float64
