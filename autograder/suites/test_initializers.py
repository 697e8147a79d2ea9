"""Hidden tests of `initializers.py`: 16 points.

Samples of 30,000 draws and more tell the formulas apart; the draws themselves are never compared
with given ones, since how they are made is free.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.engine.suite import check
from autograder.engine.suite.calls import ask
from autograder.suites import samples

MODES = ("fan_avg", "fan_in", "fan_out")
NO_MODES = ("fan_sum", "avg", "fan_inout", "FAN_IN", "fan-in", " fan_out", "", None)
WRONG_SIZES = ((0, 5), (5, 0), (-3, 8), (8, -3), (-2, -3))


def _sigma(kind: str, n_in: int, n_out: int, mode: str = "fan_avg") -> float:
    """The standard deviation that the contract names: the trusted side's own formula."""
    fan = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}[mode]
    return float(np.sqrt((2.0 if kind == "he" else 1.0) / fan))


def _sizes(rng: np.random.Generator) -> list[tuple[int, int]]:
    """A wide and a tall layer of about 30,000 weights."""
    large, small = int(rng.integers(290, 311)), int(rng.integers(98, 106))
    return [(large, small), (small, large)]


def _call(name: str, n_in: int, n_out: int, options: dict[str, Any]) -> str:
    said = "".join(f", {key}={value!r}" for key, value in options.items())
    return f"{name}({n_in}, {n_out}, rng{said})"


def _right_spread(
    student: Any,
    rng: np.random.Generator,
    name: str,
    *,
    explicit: bool = True,
    mode: str = "fan_avg",
) -> None:
    """Two large layers by statistics; others, square, thin or long, by their scale beside them."""
    function = getattr(student.initializers, name)
    kind, form = name.split("_")
    options = {"mode": mode} if explicit else {}
    seed = int(rng.integers(2**32))
    others = [(2, 3), (1, 6), (5, 5), (1100, 1)]
    sizes = [*others, *_sizes(rng)]
    answers = ask(*(function.call(*size, np.random.default_rng(seed), **options) for size in sizes))
    drawn = [
        samples.plausible(answer.value, size, _call(name, *size, options))
        for answer, size in zip(answers, sizes, strict=True)
    ]
    sigmas = [_sigma(kind, *size, mode) for size in sizes]
    for weights, size, sigma in list(zip(drawn, sizes, sigmas, strict=True))[len(others) :]:
        what = _call(name, *size, options)
        samples.centred(weights, what)
        if form == "normal":
            samples.normal_spread(weights, sigma, what)
        else:
            samples.uniform_spread(weights, np.sqrt(3.0) * sigma, what)
        samples.shaped(weights, form, what)
    samples.same_scale(list(zip(drawn, sigmas, strict=True)), _call(name, 2, 3, options))


def _right_distribution(student: Any, rng: np.random.Generator, name: str) -> None:
    kind, form = name.split("_")
    n_in = n_out = 400 if form == "normal" else 180
    generator = np.random.default_rng(rng.integers(2**32))
    what = f"{name}({n_in}, {n_out}, rng)"
    given = getattr(student.initializers, name)(n_in, n_out, generator)
    weights = samples.plausible(given, (n_in, n_out), what)
    if form == "normal":
        samples.normal_draws(weights, what)
    else:
        samples.uniform_draws(weights, what)
    samples.not_rescaled(weights, _sigma(kind, n_in, n_out), what)


def _right_randomness(student: Any, rng: np.random.Generator, name: str) -> None:
    function = getattr(student.initializers, name)
    modes = [{}] if name.startswith("xavier") else [{"mode": mode} for mode in MODES]
    draws = [
        (options, generators)
        for options, in_a_row in zip(modes, (6, 2, 2), strict=False)
        for generators in [samples.generators(rng, in_a_row)]
    ]
    answers = iter(ask(*(function.call(7, 5, g, **options) for options, gs in draws for g in gs)))
    for options, generators in draws:
        what = _call(name, 7, 5, options)
        drawn = [samples.plausible(next(answers).value, (7, 5), what) for _ in generators]
        samples.uses_generator(drawn, what)


def _right_type(
    student: Any, rng: np.random.Generator, name: str, modes: tuple[str, ...] = ()
) -> None:
    """float64 and (n_in, n_out), also for layers with one unit, and in all modes; arguments by
    name. NumPy's global generator is not touched."""
    function = getattr(student.initializers, name).watched
    generator = np.random.default_rng(rng.integers(2**32))
    sizes = [(1, 1), (1, 4), (6, 1)]
    calls = [function.call(*size, generator) for size in sizes]
    calls.append(function.call(n_in=3, n_out=2, rng=generator))
    calls += [function.call(3, 2, generator, mode=mode) for mode in modes]
    for seen, size in zip(ask(*calls), [*sizes, *[(3, 2)] * (1 + len(modes))], strict=True):
        weights, what = seen.value, f"{name}({size[0]}, {size[1]}, rng)"
        samples.plausible(weights, size, what)
        check.unchanged(seen, what)
        check.float64_array(weights, size, what)
        check.true(np.any(weights != 0), f"{what}: all entries are 0; they should be drawn")


def _right_refusal(
    student: Any, rng: np.random.Generator, name: str, modes: tuple[str, ...]
) -> None:
    """Sizes that are not positive raise ValueError, whichever fan is used; 1 is positive."""
    function = getattr(student.initializers, name)
    generator = np.random.default_rng(rng.integers(2**32))
    cases: list[tuple[int, int, dict[str, Any]]] = [
        *((n_in, n_out, {}) for n_in, n_out in WRONG_SIZES),
        *((n_in, n_out, {"mode": mode}) for mode in modes for n_in, n_out in WRONG_SIZES[:2]),
    ]
    row, column, *wrong = ask(
        function.call(1, 3, generator),
        function.call(3, 1, generator),
        *(function.call(a, b, generator, **options) for a, b, options in cases),
    )
    samples.plausible(row.value, (1, 3), f"{name}(1, 3, rng)")
    samples.plausible(column.value, (3, 1), f"{name}(3, 1, rng)")
    for answer, (n_in, n_out, options) in zip(wrong, cases, strict=True):
        check.refused(answer, ValueError, _call(name, n_in, n_out, options))


def _right_modes(student: Any, rng: np.random.Generator, name: str) -> None:
    """The three modes work, by name and by position; any other raises ValueError."""
    function = getattr(student.initializers, name)
    seed = int(rng.integers(2**32))
    given = [{"mode": mode} for mode in MODES] + [{}]
    answers = ask(
        *(function.call(4, 6, np.random.default_rng(seed), **options) for options in given),
        function.call(4, 6, np.random.default_rng(seed), "fan_in"),
        *(function.call(4, 6, np.random.default_rng(seed), mode=mode) for mode in NO_MODES),
    )
    modes = [*(options.get("mode", "fan_avg") for options in given), "fan_in"]
    right, wrong = answers[: len(modes)], answers[len(modes) :]
    drawn = [samples.plausible(a.value, (4, 6), f"{name}(4, 6, rng, mode)") for a in right]
    sigmas = [_sigma("he", 4, 6, mode) for mode in modes]
    what = f"{name}(4, 6, rng), in the three modes and without one"
    samples.same_scale(list(zip(drawn, sigmas, strict=True)), what)
    for answer, mode in zip(wrong, NO_MODES, strict=True):
        check.refused(answer, ValueError, _call(name, 4, 6, {"mode": mode}))


@pytest.mark.points(1)
@pytest.mark.catches("xavier_normal_absolute_values", "xavier_normal_clipped")
@pytest.mark.catches("xavier_normal_equal_rows", "xavier_normal_fan_in_only")
@pytest.mark.catches("xavier_normal_fan_out_only", "xavier_normal_he_fan_in")
@pytest.mark.catches("xavier_normal_he_gain", "xavier_normal_missing_brackets")
@pytest.mark.catches("xavier_normal_root_of_numerator", "xavier_normal_std_as_mean")
@pytest.mark.catches("xavier_normal_sum_of_fans", "xavier_normal_transposed")
@pytest.mark.catches("xavier_normal_truncated", "xavier_normal_uniform_constant")
@pytest.mark.catches("xavier_normal_unscaled", "xavier_normal_variance_as_std")
def test_xavier_normal_spread(student, rng):
    """xavier_normal: the weights have mean 0 and Xavier's standard deviation.

    Measure it: draw a (300, 100) and a (100, 300) matrix and compare `W.std()` with the formula.
    """
    _right_spread(student, rng, "xavier_normal", explicit=False)


@pytest.mark.points(0.5)
@pytest.mark.catches("xavier_normal_draws_uniform", "xavier_normal_standardised")
@pytest.mark.catches("xavier_normal_sum_of_uniforms", "xavier_normal_truncated_far_out")
def test_xavier_normal_distribution(student, rng):
    """xavier_normal: the weights are independent draws from a normal distribution.

    Plot a histogram of many weights, and look at rows and columns: does anything repeat?
    """
    _right_distribution(student, rng, "xavier_normal")


@pytest.mark.points(0.5)
@pytest.mark.catches("xavier_normal_global_state", "xavier_normal_own_seed")
@pytest.mark.catches("xavier_normal_zero_diagonal")
def test_xavier_normal_randomness(student, rng):
    """xavier_normal: all randomness comes from the generator that is given.

    What happens when you call it twice with one generator, and with two in the same state?
    """
    _right_randomness(student, rng, "xavier_normal")


@pytest.mark.points(0.5)
@pytest.mark.catches("xavier_normal_centred_afterwards", "xavier_normal_float32")
@pytest.mark.catches("xavier_normal_global_state")
def test_xavier_normal_type(student, rng):
    """xavier_normal: W is a float64 array of shape (n_in, n_out), however small.

    Try layers with a single input or output, and the arguments by name.
    """
    _right_type(student, rng, "xavier_normal")


@pytest.mark.points(0.5)
@pytest.mark.catches("xavier_normal_assertion", "xavier_normal_outputs_unchecked")
@pytest.mark.catches("xavier_normal_unchecked")
def test_xavier_normal_wrong_sizes(student, rng):
    """xavier_normal: sizes that are not positive raise ValueError.

    Check both sizes, each on its own; zero is not positive.
    """
    _right_refusal(student, rng, "xavier_normal", ())


@pytest.mark.points(1)
@pytest.mark.catches("xavier_uniform_centred_afterwards", "xavier_uniform_draws_normal")
@pytest.mark.catches("xavier_uniform_fan_in_only", "xavier_uniform_he_fan_in")
@pytest.mark.catches("xavier_uniform_he_gain", "xavier_uniform_limit_as_std", "xavier_uniform_list")
@pytest.mark.catches("xavier_uniform_lost_root", "xavier_uniform_old_heuristic")
@pytest.mark.catches("xavier_uniform_positive_half", "xavier_uniform_root_of_numerator")
@pytest.mark.catches("xavier_uniform_rounded", "xavier_uniform_squeezed")
@pytest.mark.catches("xavier_uniform_std_as_limit", "xavier_uniform_sum_of_fans")
@pytest.mark.catches("xavier_uniform_transposed", "xavier_uniform_unscaled")
@pytest.mark.catches("xavier_uniform_wide_repeats")
def test_xavier_uniform_spread(student, rng):
    """xavier_uniform: the weights lie between Xavier's limits, and reach them.

    Look at `W.min()` and `W.max()` of a large matrix beside the formula for r.
    """
    _right_spread(student, rng, "xavier_uniform", explicit=False)


@pytest.mark.points(0.5)
@pytest.mark.catches("xavier_uniform_centred_afterwards", "xavier_uniform_draws_normal")
@pytest.mark.catches("xavier_uniform_limit_as_std", "xavier_uniform_rounded")
@pytest.mark.catches("xavier_uniform_stratified")
def test_xavier_uniform_distribution(student, rng):
    """xavier_uniform: the weights are independent draws from a uniform distribution.

    Plot a histogram of many weights, and look at rows and columns: does anything repeat?
    """
    _right_distribution(student, rng, "xavier_uniform")


@pytest.mark.points(0.5)
@pytest.mark.catches("xavier_uniform_fresh_generator", "xavier_uniform_own_seed")
@pytest.mark.catches("xavier_uniform_zero_diagonal")
def test_xavier_uniform_randomness(student, rng):
    """xavier_uniform: all randomness comes from the generator that is given.

    What happens when you call it twice with one generator, and with two in the same state?
    """
    _right_randomness(student, rng, "xavier_uniform")


@pytest.mark.points(0.5)
@pytest.mark.catches("xavier_uniform_centred_afterwards", "xavier_uniform_squeezed")
@pytest.mark.catches("xavier_uniform_transposed")
def test_xavier_uniform_type(student, rng):
    """xavier_uniform: W is a float64 array of shape (n_in, n_out), however small.

    Try layers with a single input or output, and the arguments by name.
    """
    _right_type(student, rng, "xavier_uniform")


@pytest.mark.points(0.5)
@pytest.mark.catches("xavier_uniform_assertion", "xavier_uniform_outputs_unchecked")
def test_xavier_uniform_wrong_sizes(student, rng):
    """xavier_uniform: sizes that are not positive raise ValueError.

    Check both sizes, each on its own; zero is not positive.
    """
    _right_refusal(student, rng, "xavier_uniform", ())


@pytest.mark.points(1)
@pytest.mark.catches("he_normal_always_fan_in", "he_normal_single_unit_by_inputs")
@pytest.mark.catches("he_normal_std_as_mean", "he_normal_sum_for_average", "he_normal_transposed")
@pytest.mark.catches("he_normal_uniform_constant", "he_normal_unscaled")
@pytest.mark.catches("he_normal_variance_as_std")
def test_he_normal_average_spread(student, rng):
    """he_normal: without a mode, the standard deviation is the lecture's formula.

    Measure it: draw a (300, 100) and a (100, 300) matrix and compare `W.std()` with the formula.
    """
    _right_spread(student, rng, "he_normal", explicit=False)


@pytest.mark.points(0.5)
@pytest.mark.catches("he_normal_fan_in_repeats", "he_normal_mode_ignored")
@pytest.mark.catches("he_normal_modes_swapped", "he_normal_std_as_mean", "he_normal_transposed")
@pytest.mark.catches("he_normal_uniform_constant", "he_normal_unscaled")
@pytest.mark.catches("he_normal_variance_as_std")
def test_he_normal_fan_in_spread(student, rng):
    """he_normal: with mode="fan_in", the standard deviation depends on the inputs alone.

    A square matrix can't tell the modes apart. Measure `W.std()` on (300, 100) and (100, 300).
    """
    _right_spread(student, rng, "he_normal", mode="fan_in")


@pytest.mark.points(0.5)
@pytest.mark.catches("he_normal_always_fan_in", "he_normal_mode_ignored", "he_normal_modes_swapped")
def test_he_normal_fan_out_spread(student, rng):
    """he_normal: with mode="fan_out", the standard deviation depends on the outputs alone.

    A square matrix can't tell the modes apart. Measure `W.std()` on (300, 100) and (100, 300).
    """
    _right_spread(student, rng, "he_normal", mode="fan_out")


@pytest.mark.points(1)
@pytest.mark.catches("he_normal_draws_uniform", "he_normal_sum_of_uniforms", "he_normal_truncated")
def test_he_normal_distribution(student, rng):
    """he_normal: the weights are independent draws from a normal distribution.

    Plot a histogram of many weights, and look at rows and columns: does anything repeat?
    """
    _right_distribution(student, rng, "he_normal")


@pytest.mark.points(0.5)
@pytest.mark.catches("he_normal_fan_in_own_seed", "he_normal_fan_out_own_seed")
@pytest.mark.catches("he_normal_fresh_generator")
def test_he_normal_randomness(student, rng):
    """he_normal: all randomness comes from the generator that is given.

    What happens when you call it twice with one generator, and with two in the same state?
    """
    _right_randomness(student, rng, "he_normal")


@pytest.mark.points(0.5)
@pytest.mark.catches("he_normal_centred_afterwards", "he_normal_float32", "he_normal_global_state")
def test_he_normal_type(student, rng):
    """he_normal: W is a float64 array of shape (n_in, n_out), however small.

    Try layers with a single input or output, and the arguments by name.
    """
    _right_type(student, rng, "he_normal", MODES)


@pytest.mark.points(0.5)
@pytest.mark.catches("he_normal_assertion", "he_normal_checked_in_default_mode_only")
@pytest.mark.catches("he_normal_only_used_fan_checked")
def test_he_normal_wrong_sizes(student, rng):
    """he_normal: sizes that are not positive raise ValueError in every mode.

    Check both sizes, also the one that the mode does not use.
    """
    _right_refusal(student, rng, "he_normal", MODES[1:])


@pytest.mark.points(0.5)
@pytest.mark.catches("he_normal_hyphen_for_underscore", "he_normal_mode_remembered")
@pytest.mark.catches("he_normal_mode_tidied", "he_normal_unknown_mode_is_average")
@pytest.mark.catches("he_normal_unknown_mode_is_key_error")
def test_he_normal_modes(student, rng):
    """he_normal: there are three modes; any other raises ValueError.

    Compare whole names, and think about what happens to a name that none of your cases fits.
    """
    _right_modes(student, rng, "he_normal")


@pytest.mark.points(1)
@pytest.mark.catches("he_uniform_default_fan_in", "he_uniform_draws_normal")
@pytest.mark.catches("he_uniform_equal_rows", "he_uniform_lost_gain", "he_uniform_lost_root")
@pytest.mark.catches("he_uniform_positive_half", "he_uniform_single_unit_by_inputs")
@pytest.mark.catches("he_uniform_std_as_limit", "he_uniform_transposed", "he_uniform_triangular")
def test_he_uniform_average_spread(student, rng):
    """he_uniform: without a mode, the limits follow from the lecture's formula for sigma.

    Look at `W.min()` and `W.max()` of a large matrix beside the formula for r.
    """
    _right_spread(student, rng, "he_uniform", explicit=False)


@pytest.mark.points(0.5)
@pytest.mark.catches("he_uniform_draws_normal", "he_uniform_equal_rows", "he_uniform_lost_gain")
@pytest.mark.catches("he_uniform_lost_root", "he_uniform_mode_ignored", "he_uniform_modes_swapped")
@pytest.mark.catches("he_uniform_positive_half", "he_uniform_std_as_limit", "he_uniform_transposed")
@pytest.mark.catches("he_uniform_triangular")
def test_he_uniform_fan_in_spread(student, rng):
    """he_uniform: with mode="fan_in", the limits depend on the inputs alone.

    A square matrix can't tell the modes apart. Look at `W.max()` on (300, 100) and (100, 300).
    """
    _right_spread(student, rng, "he_uniform", mode="fan_in")


@pytest.mark.points(0.5)
@pytest.mark.catches("he_uniform_fan_out_repeats", "he_uniform_mode_ignored")
@pytest.mark.catches("he_uniform_modes_swapped")
def test_he_uniform_fan_out_spread(student, rng):
    """he_uniform: with mode="fan_out", the limits depend on the outputs alone.

    A square matrix can't tell the modes apart. Look at `W.max()` on (300, 100) and (100, 300).
    """
    _right_spread(student, rng, "he_uniform", mode="fan_out")


@pytest.mark.points(1)
@pytest.mark.catches("he_uniform_draws_normal", "he_uniform_mirrored", "he_uniform_stratified")
def test_he_uniform_distribution(student, rng):
    """he_uniform: the weights are independent draws from a uniform distribution.

    Plot a histogram of many weights, and look at rows and columns: does anything repeat?
    """
    _right_distribution(student, rng, "he_uniform")


@pytest.mark.points(0.5)
@pytest.mark.catches("he_uniform_fan_in_own_seed", "he_uniform_fan_out_own_seed")
@pytest.mark.catches("he_uniform_global_state")
def test_he_uniform_randomness(student, rng):
    """he_uniform: all randomness comes from the generator that is given.

    What happens when you call it twice with one generator, and with two in the same state?
    """
    _right_randomness(student, rng, "he_uniform")


@pytest.mark.points(0.5)
@pytest.mark.catches("he_uniform_centred_afterwards", "he_uniform_float32")
@pytest.mark.catches("he_uniform_global_state")
def test_he_uniform_type(student, rng):
    """he_uniform: W is a float64 array of shape (n_in, n_out), however small.

    Try layers with a single input or output, and the arguments by name.
    """
    _right_type(student, rng, "he_uniform", MODES)


@pytest.mark.points(0.5)
@pytest.mark.catches("he_uniform_assertion", "he_uniform_checked_in_default_mode_only")
@pytest.mark.catches("he_uniform_only_used_fan_checked")
def test_he_uniform_wrong_sizes(student, rng):
    """he_uniform: sizes that are not positive raise ValueError in every mode.

    Check both sizes, also the one that the mode does not use.
    """
    _right_refusal(student, rng, "he_uniform", MODES[1:])


@pytest.mark.points(0.5)
@pytest.mark.catches("he_uniform_empty_mode_accepted", "he_uniform_mode_remembered")
@pytest.mark.catches("he_uniform_no_else_branch", "he_uniform_unknown_mode_is_fan_out")
def test_he_uniform_modes(student, rng):
    """he_uniform: there are three modes; any other raises ValueError.

    Compare whole names, and think about what happens to a name that none of your cases fits.
    """
    _right_modes(student, rng, "he_uniform")
