"""Odd but right gradient clipping: other norms, other factors, other ways to check and to copy."""
# Odd code is the point of this file: style rules that such code breaks are off.
# ruff: noqa: B008, B905, C408, C417, C419, E731, F841, FURB136, N806, PERF401, PLC0415
# ruff: noqa: PLC2401, PLR0124, PLR0402, PLW2901, PT018, RUF001, RUF002, RUF059, RUF100
# ruff: noqa: SIM300, T201, UP042

import numpy as np

from autograder.engine.variants import variant


@variant("clip_by_norm", "clip_by_global_norm")
def pytorch_factor():
    """max_norm / (norm + 1e-6), at most 1, as in torch.nn.utils."""

    def safe_l2(flat):
        top = np.abs(flat).max(initial=0.0)
        return 0.0 if top == 0 else float(top * np.sqrt(np.sum(np.square(flat / top))))

    def refuse(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        if not all(np.isfinite(g).all() for g in grads):
            raise ValueError("grads must be finite")

    def clip_by_norm(grads, max_norm):
        refuse(grads, max_norm)
        return [g * min(1.0, max_norm / (safe_l2(g) + 1e-6)) for g in grads]

    def clip_by_global_norm(grads, max_norm):
        refuse(grads, max_norm)
        total = safe_l2(np.array([safe_l2(g) for g in grads]))
        coefficient = max_norm / (total + 1e-6)
        return [g * min(coefficient, 1.0) for g in grads], total


@variant("clip_by_norm", "clip_by_global_norm")
def hypot_reduced():
    """np.hypot.reduce, which neither overflows nor underflows."""

    def clip_by_norm(grads, max_norm):
        max_norm = float(max_norm)
        if np.isnan(max_norm) or max_norm <= 0:
            raise ValueError("max_norm")
        clipped = []
        for g in grads:
            if np.any(np.isnan(g)) or np.any(np.isinf(g)):
                raise ValueError("a gradient is not finite")
            norm = np.hypot.reduce(g, axis=None)
            clipped.append(g * (max_norm / norm) if norm > max_norm else g.copy())
        return clipped

    def clip_by_global_norm(grads, max_norm):
        max_norm = float(max_norm)
        if np.isnan(max_norm) or max_norm <= 0:
            raise ValueError("max_norm")
        norm = np.float64(0.0)
        for g in grads:
            if not np.isfinite(g).all():
                raise ValueError("a gradient is not finite")
            norm = np.hypot(norm, np.hypot.reduce(g.ravel()))
        factor = 1.0 if norm <= max_norm else max_norm / norm
        return [factor * g for g in grads], norm


@variant("clip_by_norm", "clip_by_global_norm")
def math_hypot_of_all_entries():
    """math.hypot and math.dist with every entry as an argument."""
    import math

    def clip_by_norm(grads, max_norm):
        if not (max_norm > 0):
            raise ValueError(f"max_norm = {max_norm}")
        for g in grads:
            if not math.isfinite(math.fsum(map(abs, (g / 2**20).flat))):
                raise ValueError("not finite")
        result = []
        for g in grads:
            norm = math.dist(g.ravel(), [0.0] * g.size)
            scale = min(1, float(max_norm) / norm) if norm else 1
            result.append(g * scale)
        return result

    def clip_by_global_norm(grads, max_norm):
        if not (max_norm > 0):
            raise ValueError(f"max_norm = {max_norm}")
        flat = [float(v) for g in grads for v in g.flat]
        if not all(map(math.isfinite, flat)):
            raise ValueError("not finite")
        norm = math.hypot(*flat)
        return [g.copy() if norm <= max_norm else g / norm * max_norm for g in grads], norm


@variant("clip_by_norm", "clip_by_global_norm")
def exact_sum_after_scaling():
    """math.fsum of squares after division by the largest magnitude."""
    from math import fsum, isfinite, sqrt

    def l2(values):
        largest = max(map(abs, values), default=0.0)
        if largest == 0.0:
            return 0.0
        return largest * sqrt(fsum((v / largest) ** 2 for v in values))

    def numbers(grads):
        values = [v for g in grads for v in g.ravel().tolist()]
        if not all(isfinite(v) for v in values):
            raise ValueError("gradients must be finite")
        return values

    def clip_by_norm(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        norms = [l2(numbers([g])) for g in grads]
        return [g * (max_norm / n) if n > max_norm else +g for g, n in zip(grads, norms)]

    def clip_by_global_norm(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        norm = l2(numbers(grads))
        return [g * (max_norm / norm) if norm > max_norm else +g for g in grads], norm


@variant("clip_by_norm", "clip_by_global_norm")
def linalg_norm_after_scaling():
    """np.linalg.norm of everything divided by a power of two."""

    def exponent_of(flat):
        return int(np.frexp(np.max(np.abs(flat)))[1]) if flat.size and np.any(flat) else 0

    def norm_of(flat):
        e = exponent_of(flat)
        return float(np.ldexp(np.linalg.norm(np.ldexp(flat, -e)), e))

    def checked_limit(max_norm):
        if max_norm != max_norm or max_norm <= 0:
            raise ValueError("max_norm must be positive and not NaN")
        return float(max_norm)

    def clip_by_norm(grads, max_norm):
        limit = checked_limit(max_norm)
        grads = [np.asarray_chkfinite(g) for g in grads]
        norms = map(norm_of, map(np.ravel, grads))
        return [np.copy(g) if n <= limit else g * (limit / n) for g, n in zip(grads, norms)]

    def clip_by_global_norm(grads, max_norm):
        limit = checked_limit(max_norm)
        flat = np.concatenate([np.asarray_chkfinite(g).ravel() for g in grads] + [np.zeros(1)])
        norm = norm_of(flat)
        flat = flat * (limit / norm) if norm > limit else flat
        out, start = [], 0
        for g in grads:
            out.append(flat[start : start + g.size].reshape(g.shape))
            start += g.size
        return out, norm


@variant("clip_by_global_norm")
def split_of_one_flat_copy():
    """All gradients are joined, scaled in place, split again: views of one array come back."""

    def clip_by_global_norm(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        if len(grads) == 0:
            return [], 0.0
        joined = np.concatenate(tuple(g.flatten() for g in grads))
        if not np.isfinite(joined).all():
            raise ValueError("grads must be finite")
        peak = np.max(np.abs(joined), initial=0)
        norm = peak * np.sqrt(np.dot(joined / (peak or 1), joined / (peak or 1)))
        if norm > max_norm:
            joined *= max_norm / norm
        pieces = np.split(joined, np.cumsum([g.size for g in grads])[:-1])
        return [p.reshape(g.shape) for p, g in zip(pieces, grads)], float(norm)


@variant("clip_by_norm", "clip_by_global_norm")
def two_stage_scaling():
    """The norm of the arrays' norms; einsum and vdot on scaled copies; a generator made a list."""

    def scaled_norm(g):
        top = np.abs(g).max() if g.size else 0.0
        if not np.isfinite(top):
            raise ValueError("gradient with NaN or infinity")
        if top == 0:
            return 0.0
        u = g / top
        return float(top) * float(np.sqrt(np.vdot(u, u)))

    def shrunk(g, norm, max_norm):
        # At least 1, so nothing grows; in two steps where the quotient would be infinite.
        if norm * 1e-300 > max_norm:
            return g / norm * max_norm
        return g / max(1.0, norm / max_norm)

    def clip_by_norm(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm")
        generator = (shrunk(g, scaled_norm(g), max_norm) for g in grads)
        return list(generator)

    def clip_by_global_norm(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm")
        norms = np.fromiter(map(scaled_norm, grads), dtype=float)
        total = scaled_norm(norms)
        return list(map(lambda g: shrunk(g, total, max_norm), grads)), total


@variant("clip_by_value")
def value_clip_by_minimum_and_maximum():
    """np.minimum inside np.maximum, the limit as a one-element array."""

    def clip_by_value(grads, threshold):
        if not threshold > 0:
            raise ValueError("threshold must be positive")
        if any(not np.isfinite(g).all() for g in grads):
            raise ValueError("grads holds NaN or infinity")
        limit = np.array(threshold, dtype=float)
        return [np.maximum(np.minimum(g, limit), -limit) for g in grads]


@variant("clip_by_value")
def value_clip_by_sign_and_magnitude():
    """The sign times the smaller of magnitude and limit."""

    def clip_by_value(grads, threshold):
        if threshold <= 0 or threshold != threshold:
            raise ValueError("threshold must be positive")
        for g in grads:
            if not np.isfinite(g).all():
                raise ValueError("grads must be finite")
        return [np.sign(g) * np.minimum(np.abs(g), threshold) for g in grads]


@variant("clip_by_value")
def value_clip_by_copysign():
    """np.where between the entry and the limit with the entry's sign, in Fortran order."""

    def clip_by_value(grads, threshold):
        if not 0 < threshold:
            raise ValueError("threshold must be positive")
        out = []
        for g in grads:
            if not np.isfinite(g).all():
                raise ValueError("grads must be finite")
            clipped = np.where(np.abs(g) > threshold, np.copysign(float(threshold), g), g)
            out.append(np.array(clipped, order="F"))
        return out


@variant("clip_by_value", "clip_by_norm")
def masks_on_copies():
    """Copies, boolean masks, and in-place multiplication of the copy."""

    def clip_by_value(grads, threshold):
        if not threshold > 0:
            raise ValueError("threshold must be positive")
        copies = [np.array(g, dtype=np.float64, copy=True) for g in grads]
        for c in copies:
            if np.isnan(c).any() or np.isinf(c).any():
                raise ValueError("not finite")
            c[c > threshold] = threshold
            c[c < -threshold] = -threshold
        return copies

    def clip_by_norm(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        copies = [g.copy() for g in grads]
        for c in copies:
            if np.isnan(c).any() or np.isinf(c).any():
                raise ValueError("not finite")
            biggest = np.amax(np.absolute(c), initial=0.0)
            if biggest > 0:
                norm = biggest * np.sqrt(((c / biggest) ** 2).sum())
                if norm > max_norm:
                    c /= norm
                    c *= max_norm
        return copies


@variant("clip_by_value", "clip_by_norm")
def entry_loops_with_nditer():
    """np.nditer over deep copies, entry by entry."""
    import copy
    import math

    def clip_by_value(grads, threshold):
        if not threshold > 0:
            raise ValueError("threshold must be positive")
        out = copy.deepcopy(grads)
        for g in out:
            with np.nditer(g, flags=["zerosize_ok"], op_flags=[["readwrite"]]) as entries:
                for entry in entries:
                    if not math.isfinite(entry):
                        raise ValueError("grads must be finite")
                    entry[...] = max(-threshold, min(threshold, float(entry)))
        return out

    def clip_by_norm(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        out = [copy.copy(g) for g in grads]
        for i, g in enumerate(grads):
            norm = 0.0
            for index in np.ndindex(g.shape):
                if not math.isfinite(g[index]):
                    raise ValueError("grads must be finite")
                norm = math.hypot(norm, g[index])
            if norm > max_norm:
                for index in np.ndindex(g.shape):
                    out[i][index] = g[index] / norm * max_norm
        return out


@variant("clip_by_value")
def value_clip_in_place_of_fresh_output():
    """np.clip with out=, its arguments by name, and recursion over the list."""

    def clip_by_value(grads, threshold):
        if not threshold > 0:
            raise ValueError("threshold must be positive")
        match grads:
            case []:
                return []
            case [first, *rest]:
                if not np.isfinite(first).all():
                    raise ValueError("grads must be finite")
                out = np.empty_like(first)
                np.clip(a=first, a_min=-threshold, a_max=+threshold, out=out)
                return [out, *clip_by_value(rest, threshold)]


@variant("clip_by_value")
def value_clip_by_median():
    """The median of the entry and both limits."""

    def clip_by_value(grads, threshold):
        if not threshold > 0:
            raise ValueError("threshold must be positive")
        for number, g in enumerate(grads):
            if not np.isfinite(g).all():
                raise ValueError(f"grads[{number}] is not finite")
        limit = float(threshold)
        triples = [np.stack([np.full_like(g, -limit), g, np.full_like(g, limit)]) for g in grads]
        return [np.sort(t, axis=0)[1, ...] for t in triples]


@variant("clip_by_value")
def value_clip_by_vectorized_function():
    """np.vectorize over a chain of comparisons, int limits turned into float."""
    from math import isfinite

    def clip_entry(v, limit):
        if not isfinite(v):
            raise ValueError("gradients must be finite")
        return limit if v > limit else -limit if v < -limit else v

    def clip_by_value(grads, threshold):
        if not threshold > 0:
            raise ValueError("threshold must be positive")
        f = np.vectorize(clip_entry, otypes=[np.float64])
        return [f(g, float(threshold)) for g in grads]


@variant("clip_by_value")
def value_clip_by_piecewise():
    """np.piecewise with constants, results as transposed views."""

    def clip_by_value(grads, threshold):
        if not threshold > 0:
            raise ValueError("threshold must be positive")
        if not all([np.isfinite(g).all() for g in grads]):
            raise ValueError("grads")
        limit = float(threshold)
        keep = lambda t: t
        return [
            np.piecewise(g.T, [g.T > limit, g.T < -limit], [limit, -limit, keep]).T for g in grads
        ]


@variant("clip_by_value", "clip_by_norm", "clip_by_global_norm")
def custom_error_classes():
    """Errors of the student's own, derived from ValueError over two levels."""

    class ClippingError(ValueError):
        def __init__(self, name, value):
            super().__init__(f"{name} is wrong: {value!r}")
            self.name = name

    class LimitError(ClippingError):
        pass

    class GradientError(ClippingError, ArithmeticError):
        pass

    def inspected(name):
        def decorate(function):
            def wrapper(grads, limit=None, **kwargs):
                limit = float(kwargs.pop(name, limit))
                if not limit > 0:
                    raise LimitError(name, limit)
                for g in grads:
                    if not np.isfinite(g).all():
                        raise GradientError("grads", g)
                return function(grads, limit)

            return wrapper

        return decorate

    def norm_of(*arrays):
        top = max((float(np.max(np.abs(a))) for a in arrays if a.size), default=0.0)
        if top == 0:
            return 0.0
        return top * float(np.sqrt(sum(float(np.sum((a / top) ** 2)) for a in arrays)))

    @inspected("threshold")
    def clip_by_value(grads, threshold):
        return [np.clip(g, -threshold, threshold) for g in grads]

    @inspected("max_norm")
    def clip_by_norm(grads, max_norm):
        return [g * min(1.0, max_norm / (norm_of(g) or max_norm)) for g in grads]

    @inspected("max_norm")
    def clip_by_global_norm(grads, max_norm):
        norm = norm_of(*grads)
        return [g * min(1.0, max_norm / (norm or max_norm)) for g in grads], norm


@variant("clip_by_value", "clip_by_norm", "clip_by_global_norm")
def errors_translated():
    """AssertionError, FloatingPointError and TypeError are caught and raised as ValueError."""

    def examine(grads, limit):
        try:
            assert limit > 0
            with np.errstate(all="raise"):
                for g in grads:
                    np.subtract(g, g, out=np.empty_like(g))
            assert not any(np.isnan(g).any() for g in grads)
        except (AssertionError, FloatingPointError) as problem:
            raise ValueError("limit or gradients are wrong") from problem

    def clip_by_value(grads, threshold):
        examine(grads, threshold)
        return [np.clip(g, a_min=-threshold, a_max=threshold) for g in grads]

    def clip_by_norm(grads, max_norm):
        examine(grads, max_norm)
        return [clip_by_global_norm([g], max_norm)[0][0] for g in grads]

    def clip_by_global_norm(grads, max_norm):
        examine(grads, max_norm)
        scale = float(np.max([np.max(np.abs(g), initial=0.0) for g in grads], initial=0.0))
        if scale == 0.0:
            return [np.zeros_like(g) for g in grads], 0.0
        norm = scale * float(np.sqrt(np.sum([np.sum((g / scale) ** 2) for g in grads])))
        clipped = (g / norm * max_norm for g in grads)
        return ([0.0 + g for g in grads] if norm <= max_norm else [*clipped]), norm


@variant("clip_by_value", "clip_by_norm", "clip_by_global_norm")
def read_only_float_results():
    """Read-only arrays; NumPy scalars for 0-d gradients; the norm an np.float64."""

    def seal(array):
        if isinstance(array, np.ndarray):
            array.setflags(write=False)
        return array

    def inspect_all(grads, limit):
        if not limit > 0:
            raise ValueError("limit must be positive")
        if not np.isfinite([np.max(np.abs(g), initial=0.0) for g in grads]).all():
            raise ValueError("grads must be finite")

    def norm_of(flat):
        size = np.max(np.abs(flat), initial=0.0)
        return size * np.linalg.norm(flat / size) if size > 0 else np.float64(0)

    def clip_by_value(grads, threshold):
        inspect_all(grads, threshold)
        return [seal(np.fmin(np.fmax(g, -threshold), threshold)) for g in grads]

    def clip_by_norm(grads, max_norm):
        inspect_all(grads, max_norm)
        norms = [norm_of(np.ravel(g)) for g in grads]
        factors = [np.float64(max_norm / n if n > max_norm else 1) for n in norms]
        return [seal(g * factor) for g, factor in zip(grads, factors)]

    def clip_by_global_norm(grads, max_norm):
        inspect_all(grads, max_norm)
        norm = norm_of(np.hstack([np.zeros(1), *(g.reshape(-1) for g in grads)]))
        factor = np.float64(max_norm / norm if norm > max_norm else 1)
        return [seal(np.multiply(g, factor)) for g in grads], np.float64(norm)


@variant("clip_by_norm", "clip_by_global_norm")
def squares_after_binary_rescaling():
    """Squares after a shift by the binary exponent, added up by functools.reduce."""
    import operator
    from functools import reduce

    def halves(g):
        return np.frexp(np.max(np.abs(g), initial=0.0))[1]

    def sum_of_squares(g, shift):
        return reduce(operator.add, (float(v) * float(v) for v in np.ldexp(g, -shift).flat), 0.0)

    def joint(grads):
        for g in grads:
            if not np.all(np.isfinite(g)):
                raise ValueError("grads must be finite")
        shift = max((int(halves(g)) for g in grads if np.any(g)), default=0)
        total = reduce(operator.add, [sum_of_squares(g, shift) for g in grads], 0.0)
        return float(np.ldexp(total**0.5, shift))

    def rescaled(g, norm, max_norm):
        if norm <= max_norm:
            return g + 0.0
        return g * (max_norm / norm)

    def clip_by_norm(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        clipped = [None] * len(grads)
        for i in range(len(grads)):
            clipped[i] = rescaled(grads[i], joint([grads[i]]), max_norm)
        return clipped

    def clip_by_global_norm(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        norm = joint(grads)
        clipped = []
        clipped.extend(rescaled(g, norm, max_norm) for g in grads)
        return clipped, norm


@variant("clip_by_value", "clip_by_norm", "clip_by_global_norm")
def clipper_objects():
    """A base class, three subclasses with __call__, and objects under the contract's names."""
    from abc import ABC, abstractmethod

    class Clipper(ABC):
        limit_name = "limit"

        def __call__(self, grads, *limit, **named):
            (value,) = (*limit, *named.values())
            if not value > 0:
                raise ValueError(self.limit_name)
            if not all(bool(np.all(np.isfinite(g))) for g in grads):
                raise ValueError("grads")
            return self.clip(grads, value)

        @abstractmethod
        def clip(self, grads, limit): ...

        @staticmethod
        def norm(grads):
            tops = [np.abs(g).max() for g in grads if g.size]
            top = float(max(tops, default=0.0)) or 1.0
            return top * float(np.sqrt(sum([((g / top) ** 2).sum() for g in grads], 0.0)))

    class ByValue(Clipper):
        limit_name = "threshold"

        def clip(self, grads, limit):
            return [g.clip(-limit, limit) for g in grads]

    class ByNorm(Clipper):
        def clip(self, grads, limit):
            return [ByGlobalNorm().clip([g], limit)[0][0] for g in grads]

    class ByGlobalNorm(Clipper):
        def clip(self, grads, limit):
            norm = self.norm(grads)
            factor = limit / norm if norm > limit else 1.0
            return [np.asarray(g * factor) for g in grads], norm

    clip_by_value, clip_by_norm, clip_by_global_norm = ByValue(), ByNorm(), ByGlobalNorm()


@variant("clip_by_norm", "clip_by_global_norm")
def plain_squares_where_they_fit():
    """The textbook's sum of squares first; a scaled one only where that is zero or too large."""

    def euclid(flat):
        if not flat.size:
            return 0.0
        with np.errstate(over="ignore", under="ignore"):
            plain = float(np.sqrt(np.sum(flat**2)))
        if 1e-100 < plain < 1e150:
            return plain
        largest = float(np.max(np.abs(flat)))
        return largest * euclid(flat / largest) if largest else 0.0

    def clip_by_norm(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        if any(np.isnan(g).any() or np.isinf(g).any() for g in grads):
            raise ValueError("grads must be finite")
        return [np.array(g) if (n := euclid(g)) <= max_norm else max_norm * (g / n) for g in grads]

    def clip_by_global_norm(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        if any(np.isnan(g).any() or np.isinf(g).any() for g in grads):
            raise ValueError("grads must be finite")
        n = euclid(np.array([euclid(g) for g in grads], dtype=float))
        return [np.array(g) if n <= max_norm else max_norm * (g / n) for g in grads], n


@variant("clip_by_global_norm")
def result_is_a_named_tuple():
    """A NamedTuple of the clipped arrays and their joint norm."""
    from typing import NamedTuple

    class Clipped(NamedTuple):
        grads: list[np.ndarray]
        norm: float

    def clip_by_global_norm(grads, max_norm):
        if not max_norm > 0 or not all(np.isfinite(g).all() for g in grads):
            raise ValueError("max_norm must be positive, grads finite")
        top = max((float(np.abs(g).max(initial=0)) for g in grads), default=0.0) or 1.0
        norm = top * float(np.sqrt(sum(np.sum((g / top) ** 2) for g in grads)))
        factor = min(1.0, max_norm / norm) if norm else 1.0
        return Clipped([g * factor for g in grads], norm)
