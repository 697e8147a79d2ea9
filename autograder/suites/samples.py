"""Statistics of drawn weights: what a sample of independent draws can't fail by chance.

Every limit lies at least 7 standard errors away, or is as improbable: a right initializer fails one
of them with a probability below 1e-10. Drawn values are never compared with given ones.
"""

import math
from collections.abc import Sequence

import numpy as np

from autograder.engine.suite.check import Wrong, real_array, true

KURTOSIS = {"normal": 3.0, "uniform": 1.8}
"""The fourth moment of each distribution when its standard deviation is 1."""
ERRORS = 7.0
"""Limits in standard errors; a normal variable lies beyond 7 with probability 2.6e-12."""

NORMAL, UNIFORM = np.linspace(-2.8, 2.8, 29), np.linspace(-0.95, 0.95, 39)
SHARES = {
    "normal": (NORMAL, np.array([0.5 * (1 + math.erf(c / math.sqrt(2))) for c in NORMAL])),
    "uniform": (UNIFORM, (UNIFORM + 1) / 2),
}
"""Points, and the shares of all draws below them: in standard deviations, and in limits."""


def plausible(value: object, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The value as an array of draws: of the right shape, finite, and not all alike."""
    weights = real_array(value, shape, what)
    true(np.all(np.abs(weights) < 1e100), f"{what}: some entries are not finite, or enormous")
    if weights.size > 1:
        alike = np.all(weights == weights.flat[0])
        true(not alike, f"{what}: all entries are {weights.flat[0]:.6g}; they should be drawn")
    return weights


def centred(weights: np.ndarray, what: str) -> None:
    """The mean is 0 within its standard error."""
    if not _is_centred(weights):
        shown = f"{weights.mean():.4g}, and should be near 0"
        raise Wrong(f"{what}: the mean of {weights.size} draws is {shown}")


def _is_centred(weights: np.ndarray) -> bool:
    return abs(weights.mean()) <= ERRORS * _rms(weights) / math.sqrt(weights.size)


def moved(weights: np.ndarray) -> np.ndarray:
    """The draws about 0, also where their mean is another, for which tests of the spread charge.
    The median, not the mean, is taken off: a mean of exactly 0 has a test."""
    return weights if _is_centred(weights) else weights - np.median(weights)


def normal_spread(weights: np.ndarray, sigma: float, what: str) -> None:
    """The root mean square is sigma within its standard error, that is 4.2 % for 14,000 draws."""
    found = _rms(weights)
    if not abs(found / sigma - 1.0) <= ERRORS / math.sqrt(2 * weights.size):
        side = "small" if found < sigma else "large"
        raise Wrong(
            f"{what}: the standard deviation of {weights.size} draws is {found:.4g}, too {side}"
        )


def uniform_spread(weights: np.ndarray, limit: float, what: str) -> None:
    """The largest draw is at most `limit` and, but for a chance of e^-24, close below it; so is the
    smallest, with the other sign."""
    tightness = 24.0 / (weights.size / 2)
    for name, largest in (("largest", weights.max()), ("smallest", -weights.min())):
        if not limit * (1 - tightness) <= largest <= limit * (1 + 1e-9):
            shown = largest if name == "largest" else -largest
            side = "small" if largest < limit else "large"
            raise Wrong(
                f"{what}: the {name} of {weights.size} draws is {shown:.4g}: its size is too {side}"
            )
    normal_spread(weights, limit / math.sqrt(3), what)  # a generous limit for uniform draws


def same_scale(draws: Sequence[tuple[np.ndarray, float]], what: str) -> None:
    """Draws from one state of the generator, each with its own right sigma, agree on the scale.

    Most implementations draw standard numbers and multiply them: then the draws of two layers are
    proportional, and the factor is the ratio of their sigmas, to all digits. Where they are not
    proportional there is nothing to compare. This sees errors in small layers, where a sample is
    too small to tell.
    """
    (first, sigma), *others = draws
    for other, other_sigma in others:
        count = min(first.size, other.size)
        for one in (first.ravel(), first.T.ravel()):
            with np.errstate(all="ignore"):
                ratios = np.sort(one[:count]) / np.sort(other.ravel()[:count])
            proportional = ratios[0] > 0 and np.ptp(ratios) <= 1e-9 * ratios[0]
            if proportional and abs(ratios[0] * other_sigma / sigma - 1.0) > 1e-6:
                raise Wrong(
                    f"{what}: the spread for shape {other.shape} doesn't fit that for {first.shape}"
                )


def distributed(weights: np.ndarray, form: str, what: str) -> None:
    """The shape of the distribution: shares below 29 points of a normal one, whose tails aren't
    cut, or below 39 between a uniform one's limits."""
    scaled = weights / _rms(weights)
    in_limits = scaled if form == "normal" else weights / np.max(np.abs(weights))
    _shares(in_limits, *SHARES[form], f"{what}: the draws are not {form}")
    if form == "normal":
        # 62,500 draws: beyond 3.5 sigma lie 29 of them, beyond 8.2 none, but for chances below
        # 1e-10.
        _tails(scaled, 3.5, what)
    shaped(weights, form, what)


def shaped(weights: np.ndarray, form: str, what: str) -> None:
    """The distribution's shape as far as 19,900 draws show it: its fourth moment, and a normal
    one's tails, where 27 lie beyond 3.2 sigma; and whether they are independent."""
    scaled = weights / _rms(weights)
    # Within 7 of a normal sample's standard errors above and 6.4 below, which is 0.125 for 62,500
    # draws: a sum of eight uniform numbers lies 0.15 below.
    squares = scaled * scaled  # a power takes ten times as long
    errors = (float(np.mean(squares * squares)) - KURTOSIS[form]) / math.sqrt(24 / scaled.size)
    true(-6.4 <= errors <= ERRORS, f"{what}: the draws are not {form}")
    if form == "normal":
        _tails(scaled, 3.2, what)
    independent(scaled, KURTOSIS[form], what)


def independent(scaled: np.ndarray, kurtosis: float, what: str) -> None:
    """Entries with root mean square 1 don't repeat, follow or balance one another.

    The sums of squares of k numbers are a chi-square variable over k; its limits are 9 of its
    standard errors above 1 and 0.15: for k = 100 and more both have chances below 1e-11.
    Of 32,400 uniform draws with the 24 bits of a float32 about 60 repeat; of others none does.
    """
    sizes = np.unique(np.abs(scaled))
    true(sizes.size >= 0.99 * scaled.size, f"{what}: entries repeat; each should be its own draw")
    for name, a, b in (
        ("in a row", scaled[:, :-1], scaled[:, 1:]),
        ("in a column", scaled[:-1], scaled[1:]),
    ):
        correlation = float(np.mean(a * b)) * math.sqrt(a.size)
        true(abs(correlation) <= ERRORS, f"{what}: neighbours {name} depend on each other")
    for name, rows in (("rows", scaled), ("columns", scaled.T)):
        count, length = rows.shape
        means = length * np.mean(rows.mean(axis=1) ** 2)
        energies = (rows * rows).mean(axis=1)
        spread = length / (kurtosis - 1) * np.mean((energies - 1.0) ** 2)
        high = 1 + 9 * math.sqrt(2 / count)
        cosines = np.abs(rows @ rows.T) / (length * np.sqrt(np.outer(energies, energies)))
        # Two rows of 100 own draws have a cosine above 0.75 with a probability below 1e-17.
        true(
            np.max(np.triu(cosines, 1)) < 0.75,
            f"{what}: two of the {name} are alike; each entry should be its own draw",
        )
        true(0.15 < means < high, f"{what}: the {name} depend on each other: their means tell")
        true(
            0.15 < spread < 1.5 * high,
            f"{what}: the {name} depend on each other: their norms tell",
        )
    # Rescaling or centring a sample ties its entries together; by chance neither comes out exactly.
    mean = abs(float(scaled.mean())) * math.sqrt(scaled.size)
    true(mean > 1e-11, f"{what}: the mean is exactly 0, which own draws don't give")


def not_rescaled(weights: np.ndarray, sigma: float, what: str) -> None:
    """The sample's own spread isn't exactly sigma."""
    error = abs(_rms(weights) / sigma - 1.0) * math.sqrt(2 * weights.size)
    error_of_std = abs(weights.std() / sigma - 1.0) * math.sqrt(2 * weights.size)
    true(min(error, error_of_std) > 1e-11, f"{what}: the spread is exactly sigma in this sample")


def generator(rng) -> np.random.Generator:
    """A new one, seeded by this one."""
    return np.random.default_rng(rng.integers(2**32))


def generators(rng, in_a_row: int) -> list[np.random.Generator]:
    """What `uses_generator` needs draws from: one generator for so many draws in a row, two in its
    first state, and one in another."""
    seeds = rng.integers(2**32, size=2)
    # Two, so that what every other call has left over from the one before shows.
    again = [np.random.default_rng(seeds[0]) for _ in range(2)]
    return [*[np.random.default_rng(seeds[0])] * in_a_row, *again, np.random.default_rng(seeds[1])]


def uses_generator(drawn: Sequence[np.ndarray], what: str) -> None:
    """Draws from `generators` depend on the generator's state, on nothing else, and move it on."""
    first, *others = drawn[:-3]
    *again, other = drawn[-3:]
    in_a_row = len(drawn) - 3
    same = all(np.array_equal(first, draws) for draws in again)
    true(same, f"{what}: two generators in the same state gave different draws", "draws")
    differ = not np.array_equal(first, other)
    true(differ, f"{what}: generators in different states gave equal draws", "draws")
    differ = len({draws.tobytes() for draws in (first, *others)}) == in_a_row
    true(differ, f"{what}: two calls with one generator gave equal draws", "draws")
    # Even the 24 bits of a float32 give zero twice in one place with a chance of 1e-13 only.
    true(not np.any((first == 0) & (other == 0)), f"{what}: an entry is always 0")


def _shares(scaled: np.ndarray, grid: np.ndarray, shares: np.ndarray, complaint: str) -> None:
    counted = np.array([np.count_nonzero(scaled < point) for point in grid]) / scaled.size
    errors = np.sqrt(shares * (1 - shares) / scaled.size)
    true(np.all(np.abs(counted - shares) <= ERRORS * errors), complaint)
    # The shares between the points: their chi-square, of 28 degrees of freedom or more, is below
    # 2.4 with a probability of 5e-11. Draws that were made to fill the range evenly are.
    drawn, right = (np.diff(each, prepend=0.0, append=1.0) for each in (counted, shares))
    distance = scaled.size * float(np.sum((drawn - right) ** 2 / right))
    true(distance > 2.4, f"{complaint}: they fill their range more evenly than own draws do")


def _tails(scaled: np.ndarray, least: float, what: str) -> None:
    """Normal draws reach further than `least`, and none goes astray."""
    top = float(np.max(np.abs(scaled)))
    true(least < top < 8.2, f"{what}: the largest of {scaled.size} draws is {top:.3g} sigma")


def _rms(weights: np.ndarray) -> float:
    return math.sqrt(float(np.mean(weights * weights)))
