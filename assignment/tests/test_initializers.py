"""Public tests of initializers.py. Sizes are unequal on purpose: a square layer hides mistakes."""

import math

import numpy as np
import pytest
from checks import Answer, call, refuses

NAMES = ("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")
HE = ("he_normal", "he_uniform")
MODES = ("fan_avg", "fan_in", "fan_out")
SIZES = ((400, 100), (100, 400))


def right_spread(name: str, n_in: int, n_out: int, mode: str = "fan_avg") -> float:
    """The standard deviation of the entries: table in README.md, part initializers."""
    if name.startswith("xavier"):
        return math.sqrt(2 / (n_in + n_out))
    fan = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}[mode]
    return math.sqrt(2 / fan)


def draw(name: str, n_in: int, n_out: int, **options: str) -> Answer:
    return call(f"initializers.{name}", n_in, n_out, np.random.default_rng(7), **options)


def has_spread(name: str, n_in: int, n_out: int, **options: str) -> None:
    answer = draw(name, n_in, n_out, **options)
    spread = float(answer.is_array((n_in, n_out), "W has shape (n_in, n_out).").std())
    right = right_spread(name, n_in, n_out, **options)
    if abs(spread / right - 1) <= 0.03:
        return
    mean = abs(float(answer.value.mean()))
    if mean > 0.3 * spread:
        hint = "Both signs: rng.normal(0, sigma, size), rng.uniform(-r, r, size)."
        hint += " (rand is U(0, 1).)"
        answer.fail("a mean of 0", hint, f"a mean of {answer.value.mean():.4g}")
    root3 = math.sqrt(3)
    family = [(right / root3, "That is the spread of U(-sigma, sigma).")]
    if name.endswith("uniform"):
        family = [
            (right * root3, "The spread is r itself; that of U(-r, r) is r / sqrt(3)."),
            (right / root3, "The limit is sigma itself; the spread of U(-r, r) is r / sqrt(3)."),
        ]
    suspects = [
        (right**2, "That is the variance; rng.normal wants its root."),
        *(
            (right_spread("he_normal", n_in, n_out, mode), f"That is He's spread in mode {mode}.")
            for mode in MODES
        ),
        *family,
        (math.sqrt(2 / (n_in + n_out)), "That is Xavier's spread."),
        (math.sqrt(1 / n_in), "That is sqrt(1 / n_in): count both sides, or the factor 2."),
        (1.0, "The spread must depend on the size of the layer."),
    ]
    told = (tell for suspect, tell in suspects if abs(spread / suspect - 1) < 0.03)
    hint = next(told, "Compute sigma (or r) by hand for these sizes, and print yours.")
    expected = "the standard deviation that the formula gives for these sizes"
    if name.endswith("uniform"):
        expected += " (r / sqrt(3))"
    answer.fail(expected, hint, f"a standard deviation of {spread:.4g}")


@pytest.mark.parametrize("name", NAMES)
def test_spread(name):
    for n_in, n_out in SIZES:
        has_spread(name, n_in, n_out)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", HE)
def test_mode(name, mode):
    for n_in, n_out in SIZES:
        has_spread(name, n_in, n_out, mode=mode)


@pytest.mark.parametrize("name", NAMES)
def test_distribution(name):
    answer = draw(name, 300, 100)
    weights = answer.is_array((300, 100))
    spread = float(weights.std())
    if not spread > 0:
        answer.fail("random numbers", "All entries are equal.", "a spread of 0")
    mean = float(weights.mean())
    if abs(mean) > 0.03 * spread:
        hint = "rng.normal(mean, std, size) and rng.uniform(low, high, size): in this order."
        answer.fail("a mean of 0", hint, f"a mean of {mean:.4g}")
    kurtosis = float(np.mean(((weights - mean) / spread) ** 4))
    right, family = (3.0, "a normal") if name.endswith("normal") else (1.8, "a uniform")
    if abs(kurtosis - right) > 0.15:
        hint = "rng.normal draws a normal distribution, rng.uniform a uniform one."
        if family == "a normal" and 2.0 < kurtosis < 2.85:
            hint = "The tails are missing. Is it truncated?"
        came = f"numbers with a kurtosis of {kurtosis:.2f}"
        answer.fail(f"{family} distribution, with a kurtosis of {right}", hint, came)
    if abs(np.corrcoef(weights[:, 0], weights[:, 1])[0, 1]) > 0.5:
        answer.fail("independent entries", "Columns repeat: draw all entries.", "equal columns")


@pytest.mark.parametrize("name", NAMES)
def test_randomness(name):
    function = f"initializers.{name}"
    rng = np.random.default_rng(7)
    first = call(function, 5, 4, rng)
    second = call(function, 5, 4, rng)
    hint = "Draw from the rng that was given; don't seed, and don't make a generator of your own."
    if np.array_equal(first.is_array((5, 4)), second.is_array((5, 4))):
        second.fail("other numbers on the second call", hint, "the same numbers again")
    again = call(function, 5, 4, np.random.default_rng(7))
    if not np.array_equal(first.value, again.value):
        hint = "np.random.normal is NumPy's global state; use rng.normal."
        again.fail("the same numbers for an rng of the same seed", hint, "other numbers")


@pytest.mark.parametrize("name", NAMES)
def test_small_layers(name):
    for n_in, n_out in ((1, 1), (1, 6), (6, 1)):
        draw(name, n_in, n_out).is_array((n_in, n_out), "W has shape (n_in, n_out).")


@pytest.mark.parametrize("name", NAMES)
def test_refuses_sizes(name):
    for n_in, n_out in ((0, 4), (4, 0), (-2, 4)):
        hint = "Check n_in and n_out, each of them, before you draw: raise ValueError(...)."
        refuses(f"initializers.{name}", n_in, n_out, np.random.default_rng(7), hint=hint)


@pytest.mark.parametrize("name", HE)
def test_refuses_modes(name):
    hint = "Three modes exist. Anything else: raise ValueError(...)."
    refuses(f"initializers.{name}", 3, 4, np.random.default_rng(7), mode="fan_max", hint=hint)
