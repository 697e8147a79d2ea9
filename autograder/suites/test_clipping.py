"""Hidden tests of `clipping.py`: 14 points.

Contract's tolerance for the two norms: 1e-5, relative, for gradients with a norm of 1 or more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.engine.suite import check
from autograder.engine.suite.calls import ask
from autograder.suites import inputs

RTOL = 1e-5
PYTORCHS_EPS = 1e-6
"""What PyTorch adds to a norm before it divides by it. Of a small norm it is a larger share."""
ATOL = 1e-30
NAN, INF = float("nan"), float("inf")
RIGHT_LIMITS = (2, 1e-13, INF)
WRONG_LIMITS = (0, -1.5, NAN, -INF)
WRONG_FOR_ZEROS = -1.5
"""The wrong limit that comes with gradients of zeros, for which no limit would be needed."""
Grads = list[np.ndarray]
LOPSIDED = np.array([1e-150, -3e200, -1e100, -2e200])
"""Only its size tells its largest entry, which is neither the first nor the maximum."""
JUST_FINITE = [np.array([1e308, -1e308]), np.array([3e156, 4e156]), np.full(4, 0.9e154)]
"""Their norms are finite, not their squares, nor the sum of the first one's sizes."""
SIZES = ((1e200, 1.5), (3e300, 1e120), (1e-200, 1.5))
"""Of gradients, with limits."""


def _call(name: str, limit: float) -> str:
    return f"{name}(grads, {limit:.4g})"


def _arrays(name: str, value: Any, what: str) -> Any:
    """The clipped arrays in a result."""
    return check.items(value, 2, what)[0] if name == "clip_by_global_norm" else value


def _judge(reference: Any, name: str, value: Any, grads: Grads, limit: float) -> None:
    """The clipped arrays are right."""
    what = _call(name, limit)
    right = _arrays(name, getattr(reference.clipping, name)(grads, limit), what)
    found = check.items(_arrays(name, value, what), len(grads), what, list)
    tolerances = _tolerances(reference, name, grads)
    for index, (array, expected) in enumerate(zip(found, right, strict=True)):
        given, rtol = {"the gradient": grads[index]}, tolerances[index]
        check.close(array, expected, f"{what}, array {index}", atol=ATOL, rtol=rtol, given=given)


def _tolerances(reference: Any, name: str, grads: Grads) -> list[float]:
    """The relative error that each array may have."""
    if name == "clip_by_value":
        return [1e-9] * len(grads)
    if name == "clip_by_norm":
        return [_tolerance(reference, [grad]) for grad in grads]
    return [_tolerance(reference, grads)] * len(grads)


def _tolerance(reference: Any, grads: Grads) -> float:
    """The relative error that the factor may have which shrinks these gradients together."""
    norm = reference.clipping.clip_by_global_norm(grads, 1.0)[1]
    return float(np.clip(PYTORCHS_EPS / norm if norm else 0.0, RTOL, 1e-2))


def _values(student: Any, reference: Any, name: str, cases: list[tuple[Grads, float]]) -> None:
    function = getattr(student.clipping, name)
    for answer, (grads, limit) in zip(function.each(cases), cases, strict=True):
        _judge(reference, name, answer.value, grads, limit)


def _contract(student: Any, reference: Any, rng: np.random.Generator, name: str) -> None:
    """A list of float64 arrays of the gradients' shapes, 0-d and empty ones included."""
    keyword = "threshold" if name == "clip_by_value" else "max_norm"
    cases = [(inputs.gradients(rng), limit) for limit in (1.25, 100.0)]
    cases.append((inputs.gradients(rng)[3:0:-1], 1.25))
    first, second, *_ = _plain(rng)
    cases += [([first, -first], 1.25), ([np.empty((0, 3)), second], 1.25)]
    cases += [([first], 1.25), ([second], 100.0), ([np.array(-2.5)], 1.25)]
    function = getattr(student.clipping, name).watched
    answers = ask(*(function.call(grads, **{keyword: limit}) for grads, limit in cases))
    for seen, (grads, limit) in zip(answers, cases, strict=True):
        value, what = seen.value, _call(name, limit)
        _judge(reference, name, value, grads, limit)
        if name == "clip_by_global_norm":
            norm = check.number(check.items(value, 2, what, exact=True)[1], f"the norm from {what}")
            right = reference.clipping.clip_by_global_norm(grads, limit)[1]
            check.close(norm, right, f"the norm from {what}", atol=0.0, rtol=RTOL)
        arrays = check.items(_arrays(name, value, what), len(grads), what, list, exact=True)
        for index, (array, grad) in enumerate(zip(arrays, grads, strict=True)):
            check.float64_array(array, grad.shape, f"{what}, array {index}")
        check.unchanged(seen, what)


def _new_arrays(student: Any, reference: Any, rng: np.random.Generator, name: str) -> None:
    """What is given stays as it is, and no result shares memory with it, clipped or not."""
    function = getattr(student.clipping, name).watched
    cases = [(_plain(rng), limit) for limit in (1.25, 3.0, 100.0)]
    if name == "clip_by_value":  # for the norms, which divide, zeros have a test of their own
        cases[0][0].append(np.zeros((2, 2)))
    for seen, (grads, limit) in zip(function.each(cases), cases, strict=True):
        _judge(reference, name, seen.value, grads, limit)
        check.unchanged(seen, _call(name, limit))
        check.fresh(seen, _call(name, limit))


def _wrong_limits(student: Any, reference: Any, rng: np.random.Generator, name: str) -> None:
    """Limits that are not positive raise ValueError; whole numbers are as good as others."""
    function, grads = getattr(student.clipping, name), _plain(rng)
    zeros = [np.zeros_like(grad) for grad in grads]
    limits = (*RIGHT_LIMITS, *WRONG_LIMITS)
    cases = [(zeros if limit == WRONG_FOR_ZEROS else grads, limit) for limit in limits]
    for answer, (given, limit) in zip(function.each(cases), cases, strict=True):
        if limit in RIGHT_LIMITS:
            _judge(reference, name, answer.value, given, limit)
        else:
            check.refused(answer, ValueError, f"{name}(grads, {limit})")


def _wrong_gradients(student: Any, reference: Any, rng: np.random.Generator, name: str) -> None:
    """NaN and infinity of either sign raise ValueError, wherever in whichever array they are."""
    function, grads = getattr(student.clipping, name), inputs.gradients(rng)
    places = [(0, 0.5, NAN), (-1, 1.0, NAN), (0, 1.0, INF), (-1, 0.5, -INF), (3, 0.0, NAN)]
    places += [(5, 0.5, INF), (0, 0.0, NAN), (-1, 0.7, NAN)]
    spoilt = [(_spoil(grads, *place), place[-1], 1.5) for place in places]
    spoilt.append(([np.array([1.0, INF, -INF])], INF, 1.5))
    spoilt.append((_spoil(grads[2:3], 0, 1.0, NAN), NAN, 100.0))
    plain = _plain(rng)
    cases = [(plain, 1.5), *((given, limit) for given, _, limit in spoilt)]
    right, *wrong = function.each(cases)
    _judge(reference, name, right.value, plain, 1.5)
    for answer, (_, bad, _) in zip(wrong, spoilt, strict=True):
        check.refused(answer, ValueError, f"{name} of gradients with an entry {bad}")


PLAIN: tuple[tuple[int, ...], ...] = ((4, 3), (5,), (2, 1, 3, 2), (3, 3))


def _plain(rng: np.random.Generator, size: float = 1.0) -> Grads:
    """Gradients without 0-d and empty ones."""
    return [size * rng.uniform(0.2, 2.0, s) * rng.choice([-1.0, 1.0], s) for s in PLAIN]


def _with_norms(rng: np.random.Generator, norms: tuple[float, ...]) -> Grads:
    """Gradients of the shapes in PLAIN, again and again, that have these norms."""
    grads = [grad for _ in range(2) for grad in _plain(rng)][: len(norms)]
    return [norm / np.linalg.norm(grad) * grad for grad, norm in zip(grads, norms, strict=True)]


def _spoil(grads: Grads, index: int, where: float, bad: float) -> Grads:
    """The gradients with a bad entry in one of them, from the first (where = 0) to the last (1)."""
    spoilt = [grad.copy() for grad in grads]
    spoilt[index].flat[int(where * (spoilt[index].size - 1))] = bad
    return spoilt


# ---- by value ----


@pytest.mark.points(1.5)
@pytest.mark.catches("clip_value_above_only", "clip_value_below_only", "clip_value_by_norm")
@pytest.mark.catches("clip_value_float32", "clip_value_generator")
@pytest.mark.catches("clip_value_hard_coded_limit", "clip_value_large_negative_to_plus")
@pytest.mark.catches("clip_value_loses_sign", "clip_value_rescales")
@pytest.mark.catches("clip_value_returns_inside_loop", "clip_value_stacks")
@pytest.mark.catches("clip_value_zeroes_large", "clip_value_zeroes_negatives")
@pytest.mark.catches("clip_value_drops_small_entries")
@pytest.mark.catches("clip_value_limit_at_most_thousand")
@pytest.mark.catches("clip_value_checks_sum")
def test_value_entries(student, reference, rng):
    """clip_by_value: entries beyond the limits become the limits, all others stay.

    Look at one entry above, one below and one inside, with a limit other than 1.
    """
    limits: list[float] = [float(rng.uniform(0.5, 0.9)), float(rng.uniform(1.1, 1.6)), 1, 5.0]
    cases = [(_plain(rng), limit) for limit in limits]
    edge = [np.array([limits[0], -limits[0], 0.0, 3.0, -3.0]), np.array([[1e200, -1e-200, -1e300]])]
    edge += [np.array([5e-9, -5e-9]), np.array([1e308, 1e308])]
    cases[-1] = [grad * 1e12 for grad in _plain(rng)], 8e11
    _values(student, reference, "clip_by_value", [*cases, (edge, limits[0]), (edge, 1e150)])


@pytest.mark.points(0.5)
@pytest.mark.catches("clip_value_0d_becomes_1d", "clip_value_drops_empty", "clip_value_flat_view")
@pytest.mark.catches("clip_value_max_of_empty")
@pytest.mark.catches("clip_value_needs_an_array")
@pytest.mark.catches("clip_value_stacks_equal_shapes", "clip_value_unpacks_single_array")
def test_value_contract(student, reference, rng):
    """clip_by_value: a list of float64 arrays, in order, each with its own shape.

    Gradients may be 0-d or empty, and the list itself may be empty.
    """
    _contract(student, reference, rng, "clip_by_value")
    nothing = student.clipping.clip_by_value([], 1.0)
    check.items(nothing, 0, "clip_by_value([], 1.0)", list, exact=True)


@pytest.mark.points(0.5)
@pytest.mark.catches("clip_value_hands_back_given_arrays", "clip_value_in_place")
@pytest.mark.catches("clip_value_into_given_list")
def test_value_new_arrays(student, reference, rng):
    """clip_by_value: the result is made of new arrays, and nothing given is changed.

    Where nothing is to be clipped the arrays should be new, too.
    """
    _new_arrays(student, reference, rng, "clip_by_value")


@pytest.mark.points(0.5)
@pytest.mark.catches("clip_value_any_limit", "clip_value_asserts", "clip_value_limit_nan")
@pytest.mark.catches("clip_value_limit_zero")
@pytest.mark.catches("clip_value_infinite_limit_refused")
def test_value_wrong_limit(student, reference, rng):
    """clip_by_value: a limit that is not positive raises ValueError.

    Zero and NaN are not positive. Every comparison with NaN is false.
    """
    _wrong_limits(student, reference, rng, "clip_by_value")


@pytest.mark.points(0.5)
@pytest.mark.catches("clip_value_any_gradient", "clip_value_infinity_accepted")
@pytest.mark.catches("clip_value_minus_infinity_accepted", "clip_value_repairs_gradients")
@pytest.mark.catches("clip_value_last_unchecked")
def test_value_wrong_gradients(student, reference, rng):
    """clip_by_value: a gradient with NaN or infinity raises ValueError.

    Look at every array, and at infinity of either sign.
    """
    _wrong_gradients(student, reference, rng, "clip_by_value")


# ---- by norm ----


@pytest.mark.points(1.5)
@pytest.mark.catches("clip_norm_always_rescales", "clip_norm_by_value")
@pytest.mark.catches("clip_norm_checks_entries", "clip_norm_condition_inverted")
@pytest.mark.catches("clip_norm_factor_upside_down", "clip_norm_float_limit_only")
@pytest.mark.catches("clip_norm_joint", "clip_norm_l1", "clip_norm_large_eps")
@pytest.mark.catches("clip_norm_largest_entry", "clip_norm_order_two")
@pytest.mark.catches("clip_norm_per_row", "clip_norm_returns_norms", "clip_norm_root_mean_square")
@pytest.mark.catches("clip_norm_squared", "clip_norm_to_unit")
@pytest.mark.catches("clip_norm_one_percent_late")
@pytest.mark.catches("clip_norm_leaves_small_norms")
def test_norm_arrays(student, reference, rng):
    """clip_by_norm: an array with too large a norm is shrunk to the limit, others stay.

    Each array on its own. Compute the norms of what comes back.
    """
    shares = (4.0, 0.3, 1.00004, 0.8, 0.9998, 1.3, 9.0, 0.6)
    limits: list[float] = [float(rng.uniform(1.3, 1.9)), float(rng.uniform(2.2, 3.0)), 2]
    cases = [(_with_norms(rng, tuple(limit * s for s in shares)), limit) for limit in limits]
    cases.append((_with_norms(rng, (0.4, 5e-4, 5e-5, 3e-4)), 1e-4))
    _values(student, reference, "clip_by_norm", cases)


@pytest.mark.points(1)
@pytest.mark.catches("clip_norm_overflows", "clip_norm_zero_division", "clip_norm_zero_gives_nan")
@pytest.mark.catches("clip_norm_multiplies_first")
def test_norm_extremes(student, reference, rng):
    """clip_by_norm: entries of any size work, as long as the norm is a finite number.

    The square of 1e200 is not finite. Can the array be made smaller before it is squared?
    """
    cases = [(_plain(rng, size), limit) for size, limit in SIZES]
    mixed = [*_plain(rng, 1e200)[:2], *_plain(rng)[2:], np.zeros((2, 2)), LOPSIDED, *JUST_FINITE]
    _values(student, reference, "clip_by_norm", [*cases, (mixed, 1.2)])


@pytest.mark.points(0.5)
@pytest.mark.catches("clip_norm_needs_an_array", "clip_norm_zero_division")
@pytest.mark.catches("clip_norm_zero_gives_nan")
def test_norm_zero(student, reference, rng):
    """clip_by_norm: arrays of zeros stay zero, and the empty list stays empty.

    What do you divide by when the norm is zero?
    """
    grads = [np.zeros((3, 2)), _plain(rng)[0], np.zeros(4)]
    seen, nothing = student.clipping.clip_by_norm.watched.each([(grads, 1.5), ([], 1.5)])
    _judge(reference, "clip_by_norm", seen.value, grads, 1.5)
    check.fresh(seen, "clip_by_norm of zeros")
    check.items(nothing.value, 0, "clip_by_norm([], 1.5)", list)


@pytest.mark.points(0.5)
@pytest.mark.catches("clip_norm_0d_becomes_1d", "clip_norm_drops_empty", "clip_norm_float32")
@pytest.mark.catches("clip_norm_len_of_0d", "clip_norm_max_of_empty", "clip_norm_tuple")
@pytest.mark.catches("clip_norm_squeezes", "clip_norm_unpacks_single_array")
@pytest.mark.catches("clip_norm_single_grows")
def test_norm_contract(student, reference, rng):
    """clip_by_norm: a list of float64 arrays, in order, each with its own shape.

    Gradients may be 0-d or empty. What are their norms?
    """
    _contract(student, reference, rng, "clip_by_norm")


@pytest.mark.points(0.5)
@pytest.mark.catches("clip_norm_hands_back_given_arrays", "clip_norm_in_place")
def test_norm_new_arrays(student, reference, rng):
    """clip_by_norm: the result is made of new arrays, and nothing given is changed.

    Where nothing is to be clipped the arrays should be new, too.
    """
    _new_arrays(student, reference, rng, "clip_by_norm")


@pytest.mark.points(0.5)
@pytest.mark.catches("clip_norm_any_limit", "clip_norm_limit_nan", "clip_norm_limit_zero")
def test_norm_wrong_limit(student, reference, rng):
    """clip_by_norm: a limit that is not positive raises ValueError.

    Zero and NaN are not positive. Every comparison with NaN is false.
    """
    _wrong_limits(student, reference, rng, "clip_by_norm")


@pytest.mark.points(0.5)
@pytest.mark.catches("clip_norm_any_gradient", "clip_norm_checks_last_array")
@pytest.mark.catches("clip_norm_infinity_accepted")
@pytest.mark.catches("clip_norm_last_unchecked")
@pytest.mark.catches("clip_norm_vectors_unchecked")
@pytest.mark.catches("clip_norm_ends_checked")
def test_norm_wrong_gradients(student, reference, rng):
    """clip_by_norm: a gradient with NaN or infinity raises ValueError.

    Look at every array, and at infinity of either sign.
    """
    _wrong_gradients(student, reference, rng, "clip_by_norm")


# ---- by global norm ----


def _joint(rng: np.random.Generator) -> list[tuple[Grads, float]]:
    """Gradients whose joint norm is above the limit, and some whose norm is below; in both, single
    arrays lie far inside it."""
    norms = (2.0, 0.3, 3.0, 0.05)
    joint = float(np.linalg.norm(norms))
    limits: list[float] = [float(rng.uniform(1.1, 1.9)), joint / 1.00004, joint * 1.0002, 2]
    cases = [(_with_norms(rng, norms), limit) for limit in limits]
    return [*cases, (_with_norms(rng, (2e-4, 3e-4)), 1e-4)]


@pytest.mark.points(1.5)
@pytest.mark.catches("global_norm_always_rescales", "global_norm_by_value")
@pytest.mark.catches("global_norm_condition_inverted", "global_norm_flattens")
@pytest.mark.catches("global_norm_float_limit_only", "global_norm_l1", "global_norm_largest_norm")
@pytest.mark.catches("global_norm_last_array", "global_norm_not_returned", "global_norm_per_array")
@pytest.mark.catches("global_norm_returned_first", "global_norm_reversed")
@pytest.mark.catches("global_norm_scales_large_arrays_only", "global_norm_skips_vectors")
@pytest.mark.catches("global_norm_squared", "global_norm_sum_of_norms")
@pytest.mark.catches("global_norm_to_unit")
@pytest.mark.catches("global_norm_leaves_small_norms")
def test_global_arrays(student, reference, rng):
    """clip_by_global_norm: one factor shrinks all arrays, if their joint norm is too large.

    The joint norm of what comes back is at most the limit, and all arrays keep their proportions.
    """
    _values(student, reference, "clip_by_global_norm", _joint(rng))


@pytest.mark.points(1)
@pytest.mark.catches("global_norm_after_clipping", "global_norm_float_limit_only", "global_norm_l1")
@pytest.mark.catches("global_norm_largest_norm", "global_norm_last_array")
@pytest.mark.catches("global_norm_not_returned", "global_norm_returned_first")
@pytest.mark.catches("global_norm_returns_array")
@pytest.mark.catches("global_norm_skips_vectors")
@pytest.mark.catches("global_norm_squared", "global_norm_sum_of_norms")
def test_global_norm_value(student, reference, rng):
    """clip_by_global_norm: the number beside the arrays is their joint norm before clipping.

    It is there for the user to see whether something explodes: as a plain number.
    """
    cases = _joint(rng)
    answers = student.clipping.clip_by_global_norm.each(cases)
    for answer, (grads, limit) in zip(answers, cases, strict=True):
        what = f"the norm from {_call('clip_by_global_norm', limit)}"
        norm = check.number(check.items(answer.value, 2, what)[1], what)
        right = reference.clipping.clip_by_global_norm(grads, limit)[1]
        check.close(norm, right, what, atol=0.0, rtol=RTOL)


@pytest.mark.points(0.5)
@pytest.mark.catches("global_norm_overflows")
@pytest.mark.catches("global_norm_scaled_by_signed_maximum")
@pytest.mark.catches("global_norm_multiplies_first")
def test_global_extremes(student, reference, rng):
    """clip_by_global_norm: entries of any size work, as long as the norm is a finite number.

    The square of 1e200 is not finite. Can the arrays be made smaller before they are squared?
    """
    cases = [(_plain(rng, size), limit) for size, limit in SIZES]
    mixed = [*_plain(rng)[2:], *_plain(rng, 1e200)[:2], np.zeros((2, 2)), LOPSIDED]
    cases += [(mixed, 1.2), *(([grad], 1.2) for grad in JUST_FINITE)]
    cases[0] = [LOPSIDED, *(-np.abs(grad) for grad in _plain(rng, 1e200))], 1.5
    name = "clip_by_global_norm"
    answers = student.clipping.clip_by_global_norm.each(cases)
    for answer, (grads, limit) in zip(answers, cases, strict=True):
        value = answer.value
        _judge(reference, name, value, grads, limit)
        right = reference.clipping.clip_by_global_norm(grads, limit)[1]
        check.close(value[1], right, f"the norm from {_call(name, limit)}", atol=ATOL, rtol=RTOL)


@pytest.mark.points(0.5)
@pytest.mark.catches("global_norm_of_nothing_fails", "global_norm_of_nothing_not_returned")
@pytest.mark.catches("global_norm_zero_division", "global_norm_zero_gives_nan")
def test_global_zero(student, reference, rng):
    """clip_by_global_norm: zeros stay zero and have norm 0; so has the empty list.

    What do you divide by when the norm is zero?
    """
    function = student.clipping.clip_by_global_norm.watched
    zeros = [np.zeros((3, 2)), np.zeros(4)]
    lists: list[Grads] = [zeros, [], [*zeros, _plain(rng)[0]], [np.empty((0, 3))]]
    cases = [(grads, 1.5) for grads in lists]
    for seen, (grads, limit) in zip(function.each(cases), cases, strict=True):
        what = f"clip_by_global_norm of {len(grads)} arrays, zeros among them"
        clipped, norm = check.items(seen.value, 2, what)
        _judge(reference, "clip_by_global_norm", (clipped, norm), grads, limit)
        right = reference.clipping.clip_by_global_norm(grads, limit)[1]
        check.close(check.number(norm, f"the norm from {what}"), right, what, atol=ATOL, rtol=RTOL)
        check.fresh(seen, what)


@pytest.mark.points(0.5)
@pytest.mark.catches("global_norm_0d_becomes_1d", "global_norm_len_of_0d")
@pytest.mark.catches("global_norm_max_of_empty", "global_norm_unpacks_single_array")
@pytest.mark.catches("global_norm_single_grows")
@pytest.mark.catches("global_norm_of_different_norms")
def test_global_contract(student, reference, rng):
    """clip_by_global_norm: a tuple of a list of float64 arrays, in order, and a number.

    Gradients may be 0-d or empty, and each comes back in its own shape.
    """
    _contract(student, reference, rng, "clip_by_global_norm")


@pytest.mark.points(0.5)
@pytest.mark.catches("global_norm_hands_back_given_arrays", "global_norm_in_place")
def test_global_new_arrays(student, reference, rng):
    """clip_by_global_norm: the result is made of new arrays, and nothing given is changed.

    Where nothing is to be clipped the arrays should be new, too.
    """
    _new_arrays(student, reference, rng, "clip_by_global_norm")


@pytest.mark.points(0.5)
@pytest.mark.catches("global_norm_any_limit", "global_norm_asserts", "global_norm_limit_nan")
@pytest.mark.catches("global_norm_limit_zero")
@pytest.mark.catches("global_norm_limit_unchecked_for_zeros")
def test_global_wrong_limit(student, reference, rng):
    """clip_by_global_norm: a limit that is not positive raises ValueError.

    Zero and NaN are not positive. Every comparison with NaN is false.
    """
    _wrong_limits(student, reference, rng, "clip_by_global_norm")


@pytest.mark.points(0.5)
@pytest.mark.catches("global_norm_any_gradient")
@pytest.mark.catches("global_norm_infinity_accepted")
@pytest.mark.catches("global_norm_last_unchecked")
@pytest.mark.catches("global_norm_checks_large_only")
def test_global_wrong_gradients(student, reference, rng):
    """clip_by_global_norm: a gradient with NaN or infinity raises ValueError.

    Look at every array, and at infinity of either sign.
    """
    _wrong_gradients(student, reference, rng, "clip_by_global_norm")
