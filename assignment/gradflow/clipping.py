"""Gradient clipping: by value, by norm, by global norm.

The norm of an array is its L2 norm: the root of the sum of the squares of all its entries. Arrays
are float64. Finite gradients of any size work as long as the norm itself is a finite float64:
entries near 1e200, whose squares overflow, are clipped rightly, without a RuntimeWarning.
"""

import numpy as np


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
    # TODO: your code here
    raise NotImplementedError("TODO: clip_by_value")


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
    # TODO: your code here
    raise NotImplementedError("TODO: clip_by_norm")


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
    # TODO: your code here
    raise NotImplementedError("TODO: clip_by_global_norm")
