"""Hidden tests of `initializers.py`.

Samples of 14,000 draws and more tell the formulas apart; the draws themselves are never compared
with given ones, since how they are made is free.
"""

import inspect
from collections.abc import Iterable, Sequence
from itertools import groupby, repeat
from typing import Any

import numpy as np
import pytest

from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer
from autograder.engine.suite.calls import ask
from autograder.suites import samples
from gradflow import initializers

DEFAULT = inspect.signature(initializers.he_normal).parameters["mode"].default
OTHERS = tuple(mode for mode in ("fan_avg", "fan_in", "fan_out") if mode != DEFAULT)
MODES = (DEFAULT, *OTHERS)
NO_MODES = ("fan_sum", "avg", "fan_inout", "FAN_IN", "fan-in", " fan_out", "", None)
WRONG_SIZES = ((0, 5), (5, 0), (-3, 8), (8, -3), (-2, -3))
NAMES = ("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")
Case = tuple[str, tuple[int, int], dict[str, Any]]
"""An initializer, the numbers of inputs and outputs, and the mode, where one is named."""


def _sigma(kind: str, n_in: int, n_out: int, mode: str = DEFAULT) -> float:
    """The standard deviation that the contract names: the trusted side's own formula."""
    fan = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}[mode]
    return float(np.sqrt((2.0 if kind == "he" else 1.0) / fan))


def _shape(size: tuple[int, int]) -> tuple[int, ...]:
    """W's shape, for so many inputs and outputs, in the layout of the course."""
    return initializers.xavier_normal(*size, np.random.default_rng(0)).shape


def _call(name: str, size: tuple[int, int], options: dict[str, Any]) -> str:
    said = "".join(f", {key}={value!r}" for key, value in options.items())
    return f"{name}({size[0]}, {size[1]}, rng{said})"


def _asked(
    student, cases: Sequence[Case], generators: Iterable[np.random.Generator]
) -> list[Answer]:
    return ask(
        *(
            getattr(student.initializers, name).call(*size, generator, **options)
            for (name, size, options), generator in zip(cases, generators, strict=False)
        )
    )


def _weights(answer: Answer, case: Case) -> np.ndarray:
    return samples.plausible(answer.value, _shape(case[1]), _call(*case))


def _either_way(answer: Answer, case: Case) -> np.ndarray:
    """The weights, also transposed, for which tests of their values and type charge."""
    name, size, options = case
    is_turned = getattr(answer.value, "shape", None) == _shape(size[::-1])
    return _weights(answer, (name, size[::-1] if is_turned else size, options))


def _right_spread(student, rng, name: str, *modes: str) -> None:
    """In each mode, or without one, two large layers by statistics; others, square, thin or long,
    by their scale beside them."""
    kind, form = name.split("_")
    large, small = int(rng.integers(195, 206)), int(rng.integers(68, 76))
    sizes = [(2, 3), (1, 6), (5, 5), (700, 1), (large, small), (small, large)]
    given: list[dict[str, Any]] = [{"mode": mode} for mode in modes] or [{}]
    cases = [(name, size, options) for options in given for size in sizes]
    seeds = rng.integers(2**32, size=len(given))
    generators = [np.random.default_rng(seed) for seed in seeds for _ in sizes]
    if kind == "he":
        # A mode holds for one call: what comes after it without one is not changed by it.
        cases.insert(0, (name, (2, 3), {"mode": "fan_in"}))
        generators.insert(0, samples.generator(rng))
    answers = iter(_asked(student, cases, generators)[-len(given) * len(sizes) :])
    for options in given:
        drawn = []
        for size in sizes:
            weights = _weights(next(answers), (name, size, options))
            drawn.append((weights, _sigma(kind, *size, **options)))
        for (weights, sigma), size in zip(drawn[-2:], sizes[-2:], strict=True):
            what = _call(name, size, options)
            samples.centred(weights, what)
            if form == "normal":
                samples.normal_spread(weights, sigma, what)
            else:
                samples.uniform_spread(weights, np.sqrt(3.0) * sigma, what)
        samples.same_scale(drawn, _call(name, (2, 3), options))


def _right_distribution(student, rng, form: str, size: int) -> None:
    """A square layer, and one that is wide, in each mode."""
    cases: list[Case] = []
    for name in (f"xavier_{form}", f"he_{form}"):
        cases += [(name, (size, size), {})]
        cases += [(name, (98, 203), options) for options in _options(name, *OTHERS)]
    answers = _asked(student, cases, [samples.generator(rng) for _ in cases])
    for answer, case in zip(answers, cases, strict=True):
        name, shape, _ = case
        what, weights = _call(*case), samples.moved(_either_way(answer, case))
        if shape == (size, size):
            samples.distributed(weights, form, what)
            samples.not_rescaled(weights, _sigma(name.split("_")[0], *shape), what)
        else:
            samples.shaped(weights, form, what)


def _options(name: str, *modes: str) -> list[dict[str, Any]]:
    """Without a mode, and for He's in these."""
    return [{}, *({"mode": mode} for mode in modes if name.startswith("he"))]


@pytest.mark.points(1)
def test_xavier_normal_spread(student, rng):
    """xavier_normal: the weights have mean 0 and Xavier's standard deviation.

    Measure it: draw a (300, 100) and a (100, 300) matrix and compare `W.std()` with the formula.
    """
    _right_spread(student, rng, "xavier_normal")


@pytest.mark.points(1)
def test_xavier_uniform_spread(student, rng):
    """xavier_uniform: the weights lie between Xavier's limits, and reach them.

    Look at `W.min()` and `W.max()` of a large matrix beside the formula for r.
    """
    _right_spread(student, rng, "xavier_uniform")


@pytest.mark.points(1)
def test_he_normal_spread(student, rng):
    """he_normal: without a mode, the standard deviation is the lecture's formula.

    Measure it: draw a (300, 100) and a (100, 300) matrix and compare `W.std()` with the formula.
    """
    _right_spread(student, rng, "he_normal")


@pytest.mark.points(1)
def test_he_uniform_spread(student, rng):
    """he_uniform: without a mode, the limits follow from the lecture's formula for sigma.

    Look at `W.min()` and `W.max()` of a large matrix beside the formula for r.
    """
    _right_spread(student, rng, "he_uniform")


@pytest.mark.points(1)
def test_he_normal_fans(student, rng):
    """he_normal: fan_in scales by the inputs alone, fan_out by the outputs alone.

    A square matrix can't tell the modes apart. Measure `W.std()` on (300, 100) and (100, 300).
    """
    _right_spread(student, rng, "he_normal", *OTHERS)


@pytest.mark.points(1)
def test_he_uniform_fans(student, rng):
    """he_uniform: fan_in scales by the inputs alone, fan_out by the outputs alone.

    A square matrix can't tell the modes apart. Look at `W.max()` on (300, 100) and (100, 300).
    """
    _right_spread(student, rng, "he_uniform", *OTHERS)


@pytest.mark.points(1)
def test_normal_distribution(student, rng):
    """xavier_normal, he_normal: the weights are independent draws from a normal distribution.

    Plot a histogram of many weights, and look at rows and columns: does anything repeat?
    """
    _right_distribution(student, rng, "normal", size=250)


@pytest.mark.points(1)
def test_uniform_distribution(student, rng):
    """xavier_uniform, he_uniform: the weights are independent draws from a uniform distribution.

    Plot a histogram of many weights, and look at rows and columns: does anything repeat?
    """
    _right_distribution(student, rng, "uniform", size=180)


@pytest.mark.points(0.5)
def test_randomness(student, rng):
    """xavier_normal, xavier_uniform, he_normal, he_uniform: all draws come from the given rng.

    What happens when you call it twice with one generator, and with two in the same state?
    """
    draws = [
        ((name, (7, 5), options), generator)
        for name in NAMES
        for options in _options(name, *OTHERS)
        for generator in samples.generators(rng, 2 if options else 6)
    ]
    answers = _asked(student, *zip(*draws, strict=True))
    pairs = zip(answers, (case for case, _ in draws), strict=True)
    for case, group in groupby(pairs, key=lambda pair: pair[1]):
        samples.uses_generator([_either_way(*pair) for pair in group], _call(*case))


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_type(student, rng):
    """xavier_normal, xavier_uniform, he_normal, he_uniform: W is float64, (n_in, n_out).

    Try layers with a single input or output, and the arguments by name.
    """
    generator = samples.generator(rng)
    cases: list[Case] = []
    for name in NAMES:
        cases += [(name, size, {}) for size in ((1, 1), (1, 4), (np.int64(6), np.int64(1)))]
        cases += [(name, (3, 2), options) for options in _options(name, *MODES)]
    answers = ask(
        *(
            getattr(student.initializers, name).watched.call(
                n_in=n_in, n_out=n_out, rng=generator, **options
            )
            for name, (n_in, n_out), options in cases
        )
    )
    for seen, case in zip(answers, cases, strict=True):
        what = _call(*case)
        weights = check.float64_array(seen.value, _shape(case[1]), what)
        check.true(np.any(np.abs(weights) > 0), f"{what}: all entries are 0; they should be drawn")
        check.unchanged(seen, what)


@pytest.mark.points(1.5)
@pytest.mark.hygiene
def test_wrong_sizes(student, rng):
    """xavier_normal, xavier_uniform, he_normal, he_uniform: wrong sizes raise ValueError.

    Check both sizes, also the one that the mode does not use; zero is not positive.
    """
    cases: list[Case] = []
    for name in NAMES:
        cases += [(name, size, {}) for size in ((4, 6), *WRONG_SIZES)]
        modes = _options(name, *OTHERS)[1:]
        cases += [(name, size, options) for options in modes for size in WRONG_SIZES[:2]]
    answers = _asked(student, cases, repeat(samples.generator(rng)))
    for answer, case in zip(answers, cases, strict=True):
        if case[1] in WRONG_SIZES:
            check.refused(answer, ValueError, _call(*case))
        else:
            _ = answer.value  # refused, it raises


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_wrong_modes(student, rng):
    """he_normal, he_uniform: any mode but the three raises ValueError.

    Compare whole names, and think about what happens to a name that none of your cases fits.
    """
    modes = [{"mode": mode} for mode in (*MODES, *NO_MODES)]
    cases = [(name, (4, 6), options) for name in ("he_normal", "he_uniform") for options in modes]
    answers = _asked(student, cases, repeat(samples.generator(rng)))
    for answer, case in zip(answers, cases, strict=True):
        if case[2]["mode"] in MODES:
            _ = answer.value  # refused, it raises
        else:
            check.refused(answer, ValueError, _call(*case))
