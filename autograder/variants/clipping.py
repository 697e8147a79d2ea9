"""Odd but right gradient clipping: other factors, types, and ways to check."""

import numpy as np

from autograder.engine.variants import variant


@variant("clip_by_norm", "clip_by_global_norm")
def pytorch_factor():
    """PyTorch's factor, max_norm / (norm + 1e-6): an epsilon that the contract allows. The limit
    stays what it is, an int as well."""
    from ._right_clipping import _check_finite, _norm

    def refuse(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        _check_finite(grads)

    def clip_by_norm(grads, max_norm):
        refuse(grads, max_norm)
        return [g * min(1.0, max_norm / (_norm(g) + 1e-6)) for g in grads]

    def clip_by_global_norm(grads, max_norm):
        refuse(grads, max_norm)
        total = _norm(np.array([_norm(g) for g in grads]))
        coefficient = max_norm / (total + 1e-6)
        return [g * min(coefficient, 1.0) for g in grads], total


@variant("clip_by_norm", "clip_by_global_norm")
def hypot_reduced():
    """np.hypot.reduce, which needs no scaling; the norm as an np.float64."""
    from ._right_clipping import _check_finite, _positive

    def clip_by_norm(grads, max_norm):
        max_norm = _positive("max_norm", max_norm)
        _check_finite(grads)
        norms = [np.hypot.reduce(g, axis=None) for g in grads]
        return [g * (max_norm / n) if n > max_norm else g.copy() for g, n in zip(grads, norms)]

    def clip_by_global_norm(grads, max_norm):
        max_norm = _positive("max_norm", max_norm)
        _check_finite(grads)
        norm = np.float64(0.0)
        for g in grads:
            norm = np.hypot(norm, np.hypot.reduce(g.ravel()))
        factor = 1.0 if norm <= max_norm else max_norm / norm
        return [factor * g for g in grads], norm


@variant("clip_by_global_norm")
def split_of_one_flat_copy():
    """Results that are views of one joined array."""
    from ._right_clipping import _check_finite, _norm, _positive

    def clip_by_global_norm(grads, max_norm):
        max_norm = _positive("max_norm", max_norm)
        if len(grads) == 0:
            return [], 0.0
        joined = np.concatenate(tuple(g.flatten() for g in grads))
        _check_finite([joined])
        norm = _norm(joined)
        if norm > max_norm:
            joined *= max_norm / norm
        pieces = np.split(joined, np.cumsum([g.size for g in grads])[:-1])
        return [p.reshape(g.shape) for p, g in zip(pieces, grads)], norm


@variant("clip_by_value")
def errors_translated():
    """Checks by assertions and by floating point errors, raised again as ValueError."""

    def clip_by_value(grads, threshold):
        try:
            assert threshold > 0
            with np.errstate(all="raise"):
                for g in grads:
                    np.subtract(g, g, out=np.empty_like(g))
            assert not any(np.isnan(g).any() for g in grads)
        except (AssertionError, FloatingPointError) as problem:
            raise ValueError("threshold or gradients are wrong") from problem
        return [np.clip(g, a_min=-threshold, a_max=threshold) for g in grads]


@variant("clip_by_value", "clip_by_norm")
def clipper_objects():
    """The functions are objects with __call__, of an abstract base class."""
    from abc import ABC, abstractmethod

    from ._right_clipping import _check_finite, _norm, _positive, _rescale

    class Clipper(ABC):
        def __call__(self, grads, *limit, **named):
            (value,) = (*limit, *named.values())
            value = _positive("limit", value)
            _check_finite(grads)
            return self.clip(grads, value)

        @abstractmethod
        def clip(self, grads, limit): ...

    class ByValue(Clipper):
        def clip(self, grads, limit):
            return [g.clip(-limit, limit) for g in grads]

    class ByNorm(Clipper):
        def clip(self, grads, limit):
            return [_rescale(g, _norm(g), limit) for g in grads]

    clip_by_value, clip_by_norm = ByValue(), ByNorm()


@variant("clip_by_global_norm")
def result_is_a_named_tuple():
    """A NamedTuple is a tuple."""
    from typing import NamedTuple

    from ._right_clipping import _check_finite, _norm, _positive, _rescale

    class Clipped(NamedTuple):
        grads: list[np.ndarray]
        norm: float

    def clip_by_global_norm(grads, max_norm):
        max_norm = _positive("max_norm", max_norm)
        _check_finite(grads)
        norm = _norm(np.array([_norm(g) for g in grads]))
        return Clipped([_rescale(g, norm, max_norm) for g in grads], norm)
