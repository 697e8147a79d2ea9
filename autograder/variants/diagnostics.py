"""Odd but right diagnostics: loops, sets, other sums, other ways to say the same three words."""
# Odd code is the point of this file: style rules that such code breaks are off.
# ruff: noqa: B008, B905, C408, C417, C419, E731, F841, FURB136, N806, PERF401, PLC0415
# ruff: noqa: PLC2401, PLR0124, PLR0402, PLW2901, PT018, RUF001, RUF002, RUF059, RUF100
# ruff: noqa: SIM300, T201, UP042

import numpy as np

from autograder.engine.variants import variant


@variant("gradient_norms")
def norms_by_linalg():
    """np.linalg.norm of every flattened array, in a list turned into an array."""

    def gradient_norms(grads):
        return np.array([np.linalg.norm(np.ravel(g)) for g in grads], dtype=float)


@variant("gradient_norms")
def norms_by_plain_squares():
    """The root of the sum of squares, written into an array of zeros."""

    def gradient_norms(grads):
        norms = np.zeros(len(grads))
        for layer, g in enumerate(grads):
            norms[layer] = np.sum(g**2) ** 0.5
        return norms


@variant("gradient_norms")
def norms_by_hypot():
    """np.hypot.reduce through np.fromiter."""

    def gradient_norms(grads):
        return np.fromiter((np.hypot.reduce(g, axis=None) for g in grads), np.float64, len(grads))


@variant("gradient_norms")
def norms_by_python_loops():
    """math.hypot of all entries; np.append to an empty array."""
    import math

    def gradient_norms(grads):
        norms = np.array([])
        for g in grads:
            norms = np.append(norms, math.hypot(*g.flatten().tolist()))
        return norms


@variant("gradient_norms")
def norms_by_einsum():
    """einsum, vdot and trace: three ways, chosen by the number of axes; a read-only view."""

    def gradient_norms(grads):
        def squared(g):
            match g.ndim:
                case 0:
                    return g * g
                case 1:
                    return np.einsum("i,i->", g, g)
                case 2:
                    return np.einsum("ij,ij", g, g)
                case _:
                    return np.vdot(g, g)

        table = np.zeros((len(grads), 2))
        for i in range(len(grads)):
            table[i, 1] = np.sqrt(squared(grads[i]))
        table.setflags(write=False)
        return table[:, 1]


@variant("gradient_norms", "saturated_fraction")
def frobenius_and_counts():
    """Norms by map over a lambda, the share by np.count_nonzero."""

    def gradient_norms(grads):
        norms = map(lambda g: np.linalg.norm(g.reshape(-1, 1), "fro"), grads)
        return np.asarray(list(norms), dtype=np.float64).reshape(len(grads))

    def saturated_fraction(slopes, tol=0.01):
        return np.count_nonzero(np.abs(slopes) < tol) / slopes.size


@variant("saturated_fraction", "dead_fraction")
def shares_by_python_loops():
    """Counters in nested loops, early exits."""

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
    """np.float64 from mean and average; a maximum that is zero."""

    def saturated_fraction(slopes, tol=0.01):
        return np.mean(np.logical_and(slopes < tol, slopes > -tol))

    def dead_fraction(activations):
        return np.average(activations.max(axis=0) == 0)


@variant("saturated_fraction", "dead_fraction")
def shares_by_fractions():
    """fractions.Fraction and statistics.mean, cast to float at the end."""
    from fractions import Fraction
    from statistics import mean

    def saturated_fraction(slopes, tol=0.01):
        hits = sum(bool(hit) for hit in np.ravel(np.less(np.fabs(slopes), tol)))
        return float(Fraction(hits, int(np.size(slopes))))

    def dead_fraction(activations):
        return float(mean(Fraction(int(not column.any())) for column in activations.T))


@variant("dead_fraction")
def dead_units_by_sets():
    """Sets of unit numbers: all units minus those found alive."""

    def dead_fraction(activations):
        _, units = np.nonzero(activations)
        everyone = set(range(activations.shape[1]))
        return len(everyone - set(units.tolist())) / len(everyone)


@variant("dead_fraction")
def dead_units_by_sums():
    """Column sums of magnitudes, or one minus the share of living units."""

    def dead_fraction(activations):
        alive = np.sum(np.abs(activations), axis=0) > 0
        return 1 - float(np.sum(alive)) / activations.shape[1]


@variant("dead_fraction")
def dead_units_by_logical_reduction():
    """logical_or.reduce over the batch, np.invert and a bincount."""

    def dead_fraction(activations):
        alive = np.logical_or.reduce(activations > 0, axis=0)
        dead, living = np.bincount(alive.astype(int), minlength=2)
        return float(dead / (dead + living))


@variant("saturated_fraction")
def saturation_by_sorting():
    """A binary search in the sorted magnitudes."""
    import bisect

    def saturated_fraction(slopes, tol=0.01):
        magnitudes = sorted(abs(s) for s in slopes.ravel().tolist())
        return bisect.bisect_left(magnitudes, tol) / len(magnitudes)


@variant("saturated_fraction")
def saturation_by_histogram():
    """np.digitize against the tolerance, positional and keyword defaults as np.float64."""

    def saturated_fraction(slopes, tol=np.float64(0.01)):
        bins = np.digitize(np.abs(slopes).ravel(), [tol])
        return float((bins == 0).mean(dtype=np.float64))


@variant("diagnose")
def diagnosis_by_early_returns():
    """One return after another, NumPy floats inside errstate."""

    def diagnose(norms, vanishing=1e-3, exploding=1e3):
        norms = np.asarray(norms, dtype=float)
        if np.isnan(norms).any():
            return "exploding"
        if np.isinf(norms).any():
            return "exploding"
        if norms[-1] == 0 and norms[0] == 0:
            return "vanishing"
        with np.errstate(divide="ignore", over="ignore", under="ignore"):
            r = np.divide(norms[0], norms[-1])
        if r < vanishing:
            return "vanishing"
        if r > exploding:
            return "exploding"
        return "healthy"


@variant("diagnose")
def diagnosis_by_infinite_ratio():
    """All cases become one ratio first: NaN and infinity count as infinite, 0 / 0 as 0."""
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
def diagnosis_by_match():
    """A match statement on a tuple of truths."""

    def diagnose(norms, vanishing=1e-3, exploding=1e3):
        finite = bool(np.isfinite(np.array(norms, float)).all())
        first, last = float(norms[0]), float(norms[-1])
        match (finite, first > 0, last > 0):
            case (False, _, _) | (True, True, False):
                return "exploding"
            case (True, False, False):
                return "vanishing"
        match first / last:
            case r if r < vanishing:
                return "vanishing"
            case r if r > exploding:
                return "exploding"
            case _:
                return "healthy"


@variant("diagnose")
def diagnosis_by_table_lookup():
    """Words in a tuple, the position by comparisons added up; errors by try and except."""

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
def diagnosis_by_numpy_select():
    """np.select over conditions; the word is taken out of the array as a Python str."""

    def diagnose(norms, vanishing=1e-3, exploding=1e3):
        norms = np.ravel(np.array(norms, dtype=np.float64))
        bad = not np.isfinite(norms).all()
        first, last = (0.0, 1.0) if bad else (norms[0].item(), norms[-1].item())
        r = first / last if last else 1.0
        conditions = [bad, last == 0 and first == 0, last == 0, r < vanishing, r > exploding]
        words = ["exploding", "vanishing", "exploding", "vanishing", "exploding"]
        return str(np.select(conditions, words, default="healthy"))


@variant("gradient_norms", "saturated_fraction", "dead_fraction", "diagnose")
def measured_by_a_class():
    """A class with static methods, properties and prints; bound methods under the names."""

    class Doctor:
        def __init__(self, verbose=True):
            self.verbose, self.visits = verbose, 0

        def say(self, *words):
            self.visits += 1
            if self.verbose:
                print("Doctor:", *words)

        def norms(self, grads):
            self.say(len(grads), "layers")
            result = np.empty((len(grads),))
            result[:] = [np.sqrt(np.square(g).sum()) for g in grads]
            return result

        def saturated(self, slopes, tol=0.01):
            share = (abs(slopes) < tol).sum() / np.prod(slopes.shape)
            self.say("saturated", share)
            return share

        def dead(self, activations):
            n, d = activations.shape
            self.say("dead of", d)
            return float(sum(np.count_nonzero(activations, axis=0) == 0) / d)

        def verdict(self, norms, vanishing=1e-3, exploding=1e3):
            self.say("norms", norms)
            if not np.isfinite(norms).all():
                return "exploding"
            a, b = float(norms[0]), float(norms[len(norms) - 1])
            if not b:
                return ["vanishing", "exploding"][a != 0]
            if a / b > exploding:
                return "exploding"
            return "healthy" if a / b >= vanishing else "vanishing"

    doctor = Doctor()
    gradient_norms, saturated_fraction = doctor.norms, doctor.saturated
    dead_fraction, diagnose = doctor.dead, doctor.verdict


@variant("diagnose")
def diagnosis_by_numpy_text():
    """An entry of an array of words: a np.str_, which is a str."""

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
