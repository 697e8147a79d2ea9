"""Odd but right diagnostics: other sums, types and clues."""

import numpy as np

from gradflow import diagnostics as right


def norms_by_plain_squares():
    """The textbook's formula: no guard is asked for here."""

    def gradient_norms(grads):
        norms = np.zeros(len(grads))
        for layer, g in enumerate(grads):
            norms[layer] = np.sum(g**2) ** 0.5
        return norms


def shares_as_numpy_numbers():
    """np.float64 for a float."""

    def saturated_fraction(slopes, tol=0.01):
        return np.mean(np.logical_and(slopes < tol, slopes > -tol))

    def dead_fraction(activations):
        return np.average(activations.max(axis=0) == 0)


def dead_of_relu_alone():
    """What the contract promises to be outputs of ReLU is taken for it, and asked whether it is."""

    def dead_fraction(activations):
        if (activations < 0).any():
            raise ValueError("activations must be outputs of ReLU")
        return float((activations.sum(axis=0) <= 0).mean())


def diagnosis_by_fractions():
    """A ratio without rounding."""
    from fractions import Fraction

    def diagnose(norms, vanishing=1e-3, exploding=1e3):
        first, last = float(norms[0]), float(norms[-1])
        if not np.all(np.isfinite(norms)) or last == 0:
            return right.diagnose(norms)
        ratio = Fraction(first) / Fraction(last)
        return "vanishing" if ratio < vanishing else "exploding" if ratio > exploding else "healthy"


def remedy_by_spreads_first():
    """Another order of looking, and other clues: how the spreads go from layer to layer."""

    def choose_remedy(measurements, choices):
        if len(choices) == 0:
            raise ValueError("no choices")
        m = measurements
        smooth = m["activation"] in ("sigmoid", "tanh")
        first, last = m["gradient_norms"][0], m["gradient_norms"][-1]
        if any(share > 0.9 for share in m["dead"]):
            heals = {"activation", "batch_norm"}
        elif m["spreads"][-1] < m["spreads"][0] / 200 or not first < 2000 * last:
            heals = {"initializer", "batch_norm"}
        elif smooth and sorted(m["saturated"])[-1] > 0.45:
            heals = {"batch_norm"}
        elif first < last / 500:
            heals = {"activation", "batch_norm"}
        elif m["parameter_norm"] > 1000:
            heals = {"clipping", "initializer", "batch_norm"}
        else:
            heals = {"none"}
        (remedy,) = heals.intersection(choices)
        return remedy
