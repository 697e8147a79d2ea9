"""Odd but right gradient clipping: other norms, other factors, other ways to check and to copy."""
# Odd code is the point of this file: style rules that such code breaks are off.
# ruff: noqa: B008, B905, C408, C417, C419, E731, F841, FURB136, N806, PERF401, PLC0415
# ruff: noqa: PLC2401, PLR0124, PLR0402, PLW2901, PT018, RUF001, RUF002, RUF059, RUF100
# ruff: noqa: SIM300, T201, UP042

import numpy as np

from autograder.engine.variants import variant


@variant("clip_by_norm", "clip_by_global_norm")
def pytorch_factor():
    """PyTorch's factor, max_norm / (norm + 1e-6): an epsilon that the contract allows."""

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
    """np.hypot.reduce, which needs no scaling; the norm as an np.float64."""

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


@variant("clip_by_global_norm")
def split_of_one_flat_copy():
    """Results that are views of one joined array."""

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


@variant("clip_by_value", "clip_by_norm")
def masks_on_copies():
    """In-place work on own copies."""

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


@variant("clip_by_value")
def value_clip_in_place_of_fresh_output():
    """out= into fresh arrays, and recursion over the list."""

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


@variant("clip_by_value", "clip_by_norm", "clip_by_global_norm")
def errors_translated():
    """Checks by assertions and by floating point errors, raised again as ValueError."""

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
def clipper_objects():
    """The functions are objects with __call__, of an abstract base class."""
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
    """Two ways to the norm, by its size."""

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
    """A NamedTuple is a tuple."""
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
