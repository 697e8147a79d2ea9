"""Odd but right initialisers: other draws, orders and generators, the same distributions."""

import numpy as np

from gradflow import initializers as right


def drawn_transposed():
    """Drawn as (n_out, n_in), as other libraries keep weights; transposed views come back."""
    other_way_round = {"fan_in": "fan_out", "fan_out": "fan_in"}

    def xavier_normal(n_in, n_out, rng):
        return right.xavier_normal(n_out, n_in, rng).T

    def xavier_uniform(n_in, n_out, rng):
        return right.xavier_uniform(n_out, n_in, rng).transpose()

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        return right.he_normal(n_out, n_in, rng, other_way_round.get(mode, mode)).T

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        weights = right.he_uniform(n_out, n_in, rng, other_way_round.get(mode, mode))
        return np.swapaxes(weights, 0, 1)


def spawned_generators():
    """rng.spawn: children of the given generator draw, and it does not."""

    def xavier_normal(n_in, n_out, rng):
        return right.xavier_normal(n_in, n_out, *rng.spawn(1))

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        return right.he_uniform(n_in, n_out, *rng.spawn(1), mode)


def standard_library_generator():
    """random.Random, seeded by the given generator. Global generators are seeded at import, and
    then never used."""
    import random

    np.random.seed(42)
    random.seed(42)

    def xavier_normal(n_in, n_out, rng):
        n_in, n_out = right._check_sizes(n_in, n_out)
        dice = random.Random(int(rng.integers(2**63)))
        sigma = (2 / (n_in + n_out)) ** 0.5
        return np.array([dice.gauss(0, sigma) for _ in range(n_in * n_out)]).reshape(n_in, -1)

    def xavier_uniform(n_in, n_out, rng):
        n_in, n_out = right._check_sizes(n_in, n_out)
        dice = random.Random(rng.bytes(16))
        r = (6 / (n_in + n_out)) ** 0.5
        return np.array([[dice.uniform(-r, r) for _ in range(n_out)] for _ in range(n_in)])


def other_generator_on_the_same_bits():
    """New Generator and RandomState objects over the given one's bits."""

    def xavier_normal(n_in, n_out, rng):
        return right.xavier_normal(n_in, n_out, np.random.RandomState(rng.bit_generator))

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        return right.he_uniform(n_in, n_out, np.random.Generator(rng.bit_generator), mode)
