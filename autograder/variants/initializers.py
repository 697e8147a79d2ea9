"""Odd but right initialisers: other draws, other orders, other formulas, the same distributions."""
# Odd code is the point of this file: style rules that such code breaks are off.
# ruff: noqa: B008, B905, C408, C417, C419, E731, F841, FURB136, N806, PERF401, PLC0415
# ruff: noqa: PLC2401, PLR0124, PLR0402, PLW2901, PT018, RUF001, RUF002, RUF059, RUF100
# ruff: noqa: SIM300, T201, UP042

import numpy as np

from autograder.engine.variants import variant


@variant("xavier_uniform", "he_normal")
def entry_by_entry():
    """One number per draw, in another order than the array's."""

    def xavier_uniform(n_in, n_out, rng):
        if not (n_in > 0 and n_out > 0):
            raise ValueError("sizes must be positive")
        limit = (6 / (n_in + n_out)) ** 0.5
        weights = np.zeros((n_in, n_out))
        for i in range(n_in):
            for j in range(n_out):
                weights[i][j] = (2 * rng.random() - 1) * limit
        return weights

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if not (n_in > 0 and n_out > 0):
            raise ValueError("sizes must be positive")
        if mode not in ("fan_avg", "fan_in", "fan_out"):
            raise ValueError("mode is unknown")
        sigma = float(np.sqrt(2) * np.sqrt(2 / (n_in + n_out)))
        if mode == "fan_in":
            sigma = float(np.sqrt(2 / n_in))
        if mode == "fan_out":
            sigma = float(np.sqrt(2 / n_out))
        draw = rng.standard_normal
        weights = np.empty((n_in, n_out))
        for j in reversed(range(n_out)):
            for i in range(n_in):
                weights[i, j] = sigma * draw()
        return weights


@variant("xavier_normal", "he_normal")
def box_muller_pairs():
    """Normal numbers made of uniform ones."""

    def two_halves(count, rng):
        half = (count + 1) // 2
        radius = np.sqrt(-2.0 * np.log1p(-rng.random(half)))
        angle = 2.0 * np.pi * rng.random(half)
        return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count]

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in, n_out must be positive")
        return np.sqrt(2 / (n_in + n_out)) * two_halves(n_in * n_out, rng).reshape(n_in, n_out)

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in, n_out must be positive")
        try:
            fan = {"fan_avg": 0.5 * (n_in + n_out), "fan_in": n_in, "fan_out": n_out}[mode]
        except KeyError as error:
            raise ValueError(f"unknown mode {mode!r}") from error
        return two_halves(n_in * n_out, rng).reshape((n_in, n_out)) * np.sqrt(2 / fan)


@variant("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")
def drawn_transposed():
    """Drawn as (n_out, n_in); helpers of the student's own; transposed views come back."""

    def he_variance(n_in, n_out, mode):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        fans = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}
        if mode not in fans:
            raise ValueError("mode must be fan_avg, fan_in or fan_out")
        return 2 / fans[mode]

    def xavier_normal(n_in, n_out, rng):
        variance = he_variance(n_in, n_out, "fan_avg") / 2
        return rng.normal(scale=np.sqrt(variance), size=(n_out, n_in)).T

    def xavier_uniform(n_in, n_out, rng):
        r = np.sqrt(1.5 * he_variance(n_in, n_out, "fan_avg"))
        return rng.uniform(-r, r, size=(n_out, n_in)).transpose()

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        return rng.normal(0, np.sqrt(he_variance(n_in, n_out, mode)), (n_out, n_in)).T

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        r = np.sqrt(3 * he_variance(n_in, n_out, mode))
        return np.swapaxes(rng.uniform(low=-r, high=r, size=(n_out, n_in)), 0, 1)


@variant("xavier_normal", "he_uniform")
def spawned_generators():
    """rng.spawn: children of the given generator draw, and it does not."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        (child,) = rng.spawn(1)
        return child.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode not in ("fan_avg", "fan_in", "fan_out"):
            raise ValueError("mode")
        fan = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}[mode]
        r = np.sqrt(6 / fan)
        return np.array([child.uniform(-r, r, n_out) for child in rng.spawn(n_in)])


@variant("xavier_normal", "xavier_uniform")
def standard_library_generator():
    """random.Random, seeded by the given generator."""
    import random

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        dice = random.Random(int(rng.integers(2**63)))
        sigma = (2 / (n_in + n_out)) ** 0.5
        return np.array([dice.gauss(0, sigma) for _ in range(n_in * n_out)]).reshape(n_in, -1)

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        dice = random.Random(rng.bytes(16))
        r = (6 / (n_in + n_out)) ** 0.5
        return np.array([[dice.uniform(-r, r) for _ in range(n_out)] for _ in range(n_in)])


@variant("xavier_normal", "he_uniform")
def other_generator_on_the_same_bits():
    """New Generator and RandomState objects over the given one's bits."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        legacy = np.random.RandomState(rng.bit_generator)
        return legacy.randn(n_in, n_out) * np.sqrt(2 / (n_in + n_out))

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode not in ("fan_avg", "fan_in", "fan_out"):
            raise ValueError("mode")
        fan = n_in if mode == "fan_in" else n_out if mode == "fan_out" else (n_in + n_out) / 2
        again = np.random.Generator(rng.bit_generator)
        return again.uniform(-np.sqrt(6 / fan), np.sqrt(6 / fan), (n_in, n_out))


@variant("xavier_uniform", "he_uniform")
def uniform_by_other_laws():
    """Beta numbers, and a sign times a magnitude: the same distribution."""

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        return np.sqrt(6 / (n_in + n_out)) * (2 * rng.beta(1, 1, (n_in, n_out)) - 1)

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode == "fan_avg":
            r = np.sqrt(12 / (n_in + n_out))
        elif mode == "fan_in":
            r = np.sqrt(6 / n_in)
        elif mode == "fan_out":
            r = np.sqrt(6 / n_out)
        else:
            raise ValueError("mode")
        magnitude = rng.uniform(0, r, (n_in, n_out))
        return np.copysign(magnitude, rng.choice([-1, 1], size=(n_in, n_out)))


@variant("xavier_normal")
def global_seed_at_import():
    """Global generators are seeded at import, and then never used."""
    import random

    np.random.seed(42)
    random.seed(42)

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        return rng.normal(loc=0, scale=np.sqrt(2 / (n_in + n_out)), size=(n_in, n_out))


@variant("xavier_normal", "xavier_uniform")
def warm_up_draws():
    """Numbers that are drawn and thrown away."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        _ = rng.random(100)
        return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        r = np.sqrt(6 / (n_in + n_out))
        return rng.uniform(-r, r, 100 + n_in * n_out)[100:].reshape(n_in, n_out)
