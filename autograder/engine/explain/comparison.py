"""What a call returned, compared with what another one did: the same but for the last digits?"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sandbox.worker.wire import Handle


def same_but_for_rounding(one: Any, other: Any) -> bool:
    """Whether both are of the same types and shapes, and their numbers differ by no more than a
    billionth: far more than rounding does, far less than any test tolerates."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Handle):
        return (one.call, one.position) == (other.call, other.position)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same_but_for_rounding, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(
            same_but_for_rounding(one[key], other[key]) for key in one
        )
    if isinstance(one, (np.ndarray, np.generic)):
        return one.dtype == other.dtype and one.shape == other.shape and _close(one, other)
    if isinstance(one, float):
        return _close(np.asarray(one), np.asarray(other))
    return bool(one == other)


def _close(one: Any, other: Any) -> bool:
    """Equal but for the last digits; numbers near 1e-200 are told apart as well as those near 1."""
    if np.array_equal(one, other):
        return True
    if other.dtype.kind not in "fc":
        return False
    # `np.allclose` says the same in twice the time.
    with np.errstate(all="ignore"):
        size, both_finite = np.abs(other), np.isfinite(other) & np.isfinite(one)
        scale = np.max(size, initial=0.0, where=np.isfinite(size))
        near = both_finite & (np.abs(one - other) <= 1e-12 * scale + 1e-9 * size)
        equal = (one == other) | (np.isnan(one) & np.isnan(other))
    return bool(np.all(near | equal))
