"""Whether two answers are the same: to rounding, or but for what the contract leaves free."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..sandbox.worker.wire import Handle

ORDINARY = 1e3
"""Inputs beyond this size, and results that are not finite, are extremes: a guard may treat them as
it likes."""
RTOL_FREE = 3e-6
"""Relative: what a small number added to a norm changes."""


def same(one: Any, other: Any, rtol: float = 1e-9, atol: float = 1e-12) -> bool:
    """Whether both are of the same types and shapes, and their numbers differ by rounding alone.
    atol: a share of the largest entry."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Handle):
        return True
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(
            same(a, b, rtol, atol) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k], rtol, atol) for k in one)
    if isinstance(one, (np.ndarray, np.generic)):
        if one.dtype != other.dtype or one.shape != other.shape:
            return False
        return bool(np.all(_near(one, other, rtol, atol)))
    if isinstance(one, float):
        return bool(_near(np.asarray(one), np.asarray(other), rtol, atol))
    return bool(one == other)


def free(one: Any, other: Any, inputs: list[Any], draws: bool) -> bool:
    """Whether both are the same but for what a contract leaves free: a number's type, the value at
    an input of exactly 0, extremes, a small number beside a norm, the order of draws."""
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(
            free(a, b, inputs, draws) for a, b in zip(one, other, strict=True)
        )
    if not (_is_real(one) and _is_real(other)):
        return same(one, other)
    one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
    if one.shape != other.shape:
        return False
    if draws and one.size > 1 and bool(np.all(_near(np.sort(one, None), np.sort(other, None)))):
        return True
    counts = _counts(one, other, inputs)
    return bool(np.all(_near(one, other, RTOL_FREE) | ~counts))


def same_exception(one: Any, other: Any) -> bool:
    """Whether both are of one class, with the same message but for numbers and quoted names."""
    (kind, message), (other_kind, other_message) = one, other
    return bool(kind == other_kind and _words(message) == _words(other_message))


def _words(message: str) -> str:
    return re.sub(r"'[^']*'|[\d.e+-]+", "#", message)


def _is_real(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind in "biuf")
    return isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating))


def _counts(one: np.ndarray, other: np.ndarray, inputs: list[Any]) -> np.ndarray:
    """Which entries are compared."""
    with np.errstate(all="ignore"):
        counts = np.isfinite(one) & np.isfinite(other) & (np.abs(one) < 1e100)
        for given in inputs:
            if given.shape == one.shape and given.dtype.kind == "f":
                counts &= (given != 0) & (np.abs(given) < ORDINARY)
    return counts


def _near(one: Any, other: Any, rtol: float = 1e-9, atol: float = 1e-12) -> Any:
    """Which entries are equal but for rounding; numbers near 1e-200 are told apart, too."""
    if one.dtype.kind not in "fc":
        return one == other
    with np.errstate(all="ignore"):
        size = np.abs(other)
        scale = np.max(size, initial=0.0, where=np.isfinite(size))
        near = np.abs(one - other) <= atol * scale + rtol * size
        return near | (one == other) | (np.isnan(one) & np.isnan(other))
