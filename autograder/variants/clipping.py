"""Odd but right gradient clipping: other factors, types, and ways to check."""

import numpy as np

from gradflow import clipping as right


def pytorch_factor():
    """PyTorch's factor, max_norm / (norm + 1e-6): an epsilon that the contract allows. The limit
    stays what it is, an int as well."""

    def refuse(grads, max_norm):
        if not max_norm > 0:
            raise ValueError("max_norm must be positive")
        right._check_finite(grads)

    def clip_by_norm(grads, max_norm):
        refuse(grads, max_norm)
        return [g * min(1.0, max_norm / (right._norm(g) + 1e-6)) for g in grads]

    def clip_by_global_norm(grads, max_norm):
        refuse(grads, max_norm)
        total = right._norm(np.array([right._norm(g) for g in grads]))
        coefficient = max_norm / (total + 1e-6)
        return [g * min(coefficient, 1.0) for g in grads], total


def split_of_one_flat_copy():
    """Results that are views of one joined array; the norm as an np.float64."""

    def clip_by_global_norm(grads, max_norm):
        clipped, norm = right.clip_by_global_norm(grads, max_norm)
        joined = np.concatenate([[], *(g.ravel() for g in clipped)])
        pieces = np.split(joined, np.cumsum([g.size for g in grads]))[:-1]
        return [p.reshape(g.shape) for p, g in zip(pieces, grads)], np.float64(norm)


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


def clipper_objects():
    """The functions are objects with __call__."""

    class Clipper:
        def __init__(self, function):
            self.function = function

        def __call__(self, grads, *limit, **named):
            return self.function(grads, *limit, *named.values())

    clip_by_value, clip_by_norm = Clipper(right.clip_by_value), Clipper(right.clip_by_norm)
