"""Odd but right diagnostics: loops, sets, other sums, other ways to say the same three words."""
# Odd code is the point of this file: style rules that such code breaks are off.
# ruff: noqa: B008, B905, C408, C417, C419, E731, F841, FURB136, N806, PERF401, PLC0415
# ruff: noqa: PLC2401, PLR0124, PLR0402, PLW2901, PT018, RUF001, RUF002, RUF059, RUF100
# ruff: noqa: SIM300, T201, UP042

import numpy as np

from autograder.engine.variants import variant


@variant("gradient_norms")
def norms_by_plain_squares():
    """The textbook's formula: no guard is asked for here."""

    def gradient_norms(grads):
        norms = np.zeros(len(grads))
        for layer, g in enumerate(grads):
            norms[layer] = np.sum(g**2) ** 0.5
        return norms


@variant("gradient_norms")
def norms_by_hypot():
    """np.hypot.reduce through np.fromiter: another order of the sums."""

    def gradient_norms(grads):
        return np.fromiter((np.hypot.reduce(g, axis=None) for g in grads), np.float64, len(grads))


@variant("saturated_fraction", "dead_fraction")
def shares_by_python_loops():
    """Counters in nested loops: plain floats."""

    def saturated_fraction(slopes, tol=0.01):
        saturated = total = 0
        for slope in slopes.flat:
            total += 1
            if -tol < slope < tol:
                saturated += 1
        return saturated / total

    def dead_fraction(activations):
        dead = 0
        for unit in range(activations.shape[1]):
            for example in range(activations.shape[0]):
                if activations[example, unit] != 0:
                    break
            else:
                dead += 1
        return dead / activations.shape[1]


@variant("saturated_fraction", "dead_fraction")
def shares_by_means_and_numpy_scalars():
    """np.float64 for a float."""

    def saturated_fraction(slopes, tol=0.01):
        return np.mean(np.logical_and(slopes < tol, slopes > -tol))

    def dead_fraction(activations):
        return np.average(activations.max(axis=0) == 0)


@variant("diagnose")
def diagnosis_by_infinite_ratio():
    """All cases become one ratio first, infinity included."""
    import math

    def diagnose(norms, vanishing=1e-3, exploding=1e3):
        first, *_, last = [float(norms[0]), *map(float, norms)]
        if not all(map(math.isfinite, map(float, norms))):
            ratio = math.inf
        elif last == 0:
            return "exploding" if first else "vanishing"
        else:
            ratio = first / last
        return "vanishing" if ratio < vanishing else "exploding" if ratio > exploding else "healthy"


@variant("diagnose")
def diagnosis_by_table_lookup():
    """Python's floats and their ZeroDivisionError."""

    WORDS = ("vanishing", "healthy", "exploding")

    def diagnose(norms, vanishing=1e-3, exploding=1e3):
        numbers = [float(n) for n in norms]
        if any(n != n or n in (float("inf"), float("-inf")) for n in numbers):
            return WORDS[-1]
        try:
            r = numbers[0] / numbers[-1]
        except ZeroDivisionError:
            return WORDS[2 * bool(numbers[0])]
        return WORDS[1 + (r > exploding) - (r < vanishing)]


@variant("diagnose")
def diagnosis_by_numpy_text():
    """A np.str_, which is a str."""

    def diagnose(norms, vanishing=1e-3, exploding=1e3):
        words = np.array(["healthy", "vanishing", "exploding"])
        norms = np.asarray(norms, dtype=float)
        if not np.isfinite(norms).all():
            return words[2]
        if norms[-1] == 0:
            return words[1 + (norms[0] != 0)]
        with np.errstate(over="ignore"):
            ratio = norms[0] / norms[-1]
        return words[(ratio < vanishing) + 2 * (ratio > exploding)]


@variant("choose_remedy")
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
