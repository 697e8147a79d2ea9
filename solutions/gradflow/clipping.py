"""Gradient clipping: by value, by norm, by global norm.

The norm of an array is its L2 norm: the root of the sum of the squares of all its entries. Arrays
are float64. Finite gradients of any size work as long as the norm itself is a finite float64:
entries near 1e200, whose squares overflow, are clipped rightly, without a RuntimeWarning.
"""

import numpy as np

# BEGIN SOLUTION


def _positive(name: str, limit: float) -> float:
    """The limit as a float; ValueError where it isn't positive."""
    if not limit > 0:  # written so that NaN is refused too
        raise ValueError(f"{name} must be positive, got {limit!r}")
    try:
        return float(limit)
    except OverflowError:  # an int beyond all floats, which limits nothing
        return np.inf


def _check_finite(grads: list[np.ndarray]) -> None:
    """ValueError where a gradient isn't finite."""
    for index, grad in enumerate(grads):
        if not np.all(np.isfinite(grad)):
            raise ValueError(f"grads[{index}] holds NaN or infinity")


def _norm(grad: np.ndarray) -> float:
    """The L2 norm. Divides by the largest entry first: no square over- or underflows."""
    largest = float(np.max(np.abs(grad), initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.sum((grad / largest) ** 2)))


def _rescale(grad: np.ndarray, norm: float, max_norm: float) -> np.ndarray:
    """A new array: grad times min(1, max_norm / norm)."""
    if norm > max_norm:
        # Divide first: the factor of a tiny max_norm and a huge norm could underflow to 0.
        return np.array(grad / norm * max_norm)
    return np.array(grad)


# END SOLUTION


def clip_by_value(grads: list[np.ndarray], threshold: float) -> list[np.ndarray]:
    """Clip every entry to the range from -threshold to threshold.

    Entries above threshold become threshold, entries below -threshold become -threshold, all others
    stay as they are. The gradient's direction may change.

    Args:
        grads: list of arrays of any shapes, 0-d and empty ones included; never changed.
        threshold: the largest absolute value of an entry, a positive int or float.

    Returns:
        List of new arrays, in the same order and of the same shapes; [] for an empty list.

    Raises:
        ValueError: threshold is not positive (NaN included), or a gradient holds NaN or infinity.

    Source: Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", section
    3.2, who name it as Mikolov's.
    """
    # BEGIN SOLUTION
    threshold = _positive("threshold", threshold)
    _check_finite(grads)
    return [np.array(np.clip(grad, -threshold, threshold)) for grad in grads]
    # END SOLUTION


def clip_by_norm(grads: list[np.ndarray], max_norm: float) -> list[np.ndarray]:
    """Clip the norm of every array on its own.

        clipped = grad * min(1, max_norm / norm(grad))

    An array keeps its direction, but the arrays' sizes relative to one another may change.

    Args:
        grads: list of arrays of any shapes, 0-d and empty ones included; never changed. Entries may
            be as large as 1e200 and more, as long as the norm is a finite float64.
        max_norm: the largest L2 norm of an array, a positive int or float.

    Returns:
        List of new arrays, in the same order and of the same shapes; [] for an empty list. Arrays
        of zeros stay zero.

    Raises:
        ValueError: max_norm is not positive (NaN included), or a gradient holds NaN or infinity.

    Source: Pascanu et al. 2013, algorithm 1.
    """
    # BEGIN SOLUTION
    max_norm = _positive("max_norm", max_norm)
    _check_finite(grads)
    return [_rescale(grad, _norm(grad), max_norm) for grad in grads]
    # END SOLUTION


def clip_by_global_norm(grads: list[np.ndarray], max_norm: float) -> tuple[list[np.ndarray], float]:
    """Clip the joint norm of all arrays, by one common factor.

        clipped = grad * min(1, max_norm / global_norm)

    where global_norm is the L2 norm of all entries of all arrays together. The step as a whole
    keeps its direction.

    Args:
        grads: list of arrays of any shapes, 0-d and empty ones included; never changed. Entries may
            be as large as 1e200 and more, as long as the norm is a finite float64.
        max_norm: the largest joint L2 norm, a positive int or float.

    Returns:
        (clipped, global_norm): a list of new arrays, in the same order and of the same shapes, and
        the joint norm **before** clipping, a float. ([], 0.0) for an empty list. Arrays of zeros
        stay zero.

    Raises:
        ValueError: max_norm is not positive (NaN included), or a gradient holds NaN or infinity.

    Source: Pascanu et al. 2013, algorithm 1, on the gradient of all parameters.
    """
    # BEGIN SOLUTION
    max_norm = _positive("max_norm", max_norm)
    _check_finite(grads)
    if not grads:
        return [], 0.0
    everything = np.concatenate([np.ravel(grad) for grad in grads])
    global_norm = _norm(everything)
    return [_rescale(grad, global_norm, max_norm) for grad in grads], global_norm
    # END SOLUTION
