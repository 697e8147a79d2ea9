"""Whether two answers are the same: up to rounding, or up to what the contract leaves free."""

from typing import Any

import numpy as np

from ..sandbox.worker.wire import Handle

ORDINARY = 1e3
"""Larger inputs, and results that are not finite, are extremes: code may guard against them in any
way."""
RTOL_FREE = 3e-6
"""The relative tolerance; a small number added to a norm changes less."""
ERRORS = 5.0
"""How many standard errors two samples of one distribution may lie apart."""
FEW_DRAWS = 100
"""Fewer tell nothing of their distribution."""
FAR = 0.02
"""How far, on a logarithmic scale, a standard deviation that is too large or too small is from the
right one."""
FEW = 0.1
"""The share of entries in which two wrong arrays may be wrong in different places."""


def form(value: Any, is_free: bool = False) -> Any:
    """The dtype and shape of a value, and of the entries of a list or tuple, to compare; NumPy's
    numbers are arrays without an axis. is_free: without lists' and numbers' types."""
    if isinstance(value, (list, tuple)):
        entries = [form(entry, is_free) for entry in value]
        return entries if is_free else (type(value), entries)
    if is_free and _is_real(value):
        return np.shape(value)
    is_array = isinstance(value, (np.ndarray, np.generic))
    return (value.dtype, value.shape) if is_array else type(value)


def same(one: Any, other: Any) -> bool:
    """Whether both are of one form, with the same numbers."""
    return form(one) == form(other) and same_numbers(one, other)


def same_numbers(one: Any, other: Any) -> bool:
    """Whether both hold the same numbers in the same order, up to rounding, whatever the types and
    shapes of arrays; anything else must be equal."""
    entries = _entries(one, other)
    if entries is not None:
        return all(same_numbers(a, b) for a, b in entries)
    a, b = _row(one), _row(other)
    if a is None or b is None:
        return type(one) is type(other) and (isinstance(one, Handle) or np.array_equal(one, other))
    return a.shape == b.shape and bool(np.all(_near(a, b)))


def free(one: Any, other: Any, inputs: list[Any], draws: bool) -> bool:
    """Whether both are the same up to what a contract leaves free: the types of numbers, the value
    at an input of exactly 0, extremes, a small number added to a norm, and the order and source of
    draws. inputs: the arrays that were passed; draws: whether a generator was."""
    entries = _entries(one, other)
    if entries is not None:
        return all(free(a, b, inputs, draws) for a, b in entries)
    a, b = _row(one), _row(other)
    if a is None or b is None or a.shape != b.shape:
        return same_numbers(one, other)
    if draws:
        # Where arrays were passed, too, only a part of the answer is drawn.
        alike = bool(np.all(_near(np.sort(a), np.sort(b)))) if inputs else same_distribution(a, b)
        if alike or not inputs:
            return alike
    alongside = [given for given in inputs if np.shape(given) == np.shape(one)]
    if any(_is_extreme(given) for given in inputs if np.shape(given) != np.shape(one)):
        return True
    with np.errstate(all="ignore"):
        counts = np.isfinite(a) & np.isfinite(b) & (np.abs(a) < 1e100)
        for given in alongside:
            if given.dtype.kind == "f":
                counts &= (given.ravel() != 0) & (np.abs(given.ravel()) < ORDINARY)
    return bool(np.all(_near(a, b, RTOL_FREE) | ~counts))


def equal_entries(one: Any, other: Any, right: Any) -> np.ndarray | None:
    """A mask of the entries of `one` that equal those of `other`, or are right. None where `other`
    does not fit: an entry of it is neither equal to that of `one`, nor right where that is wrong;
    or the two share no wrong entry."""
    a, b, c = _row(one), _row(other), _row(right)
    if a is None or b is None or c is None or not a.shape == b.shape == c.shape:
        return None
    equal, is_right = _near(a, b), _near(a, c)
    if not np.all(equal | (_near(b, c) & ~is_right)) or not np.any(equal & ~is_right):
        return None
    return np.asarray(equal | is_right)


def same_distribution(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two samples may be draws from one distribution."""
    if one.size < FEW_DRAWS:
        return True
    error = ERRORS / np.sqrt(one.size)
    with np.errstate(all="ignore"):
        spreads = float(np.std(one)), float(np.std(other))
        if not abs(np.log(spreads[0] / spreads[1])) <= error:
            return False
        if not abs(float(np.mean(one) - np.mean(other))) <= 1.5 * error * max(spreads):
            return False
    points = np.concatenate([one, other])
    shares = [
        np.searchsorted(np.sort(each), points, side="right") / one.size for each in (one, other)
    ]
    apart, middle = np.abs(shares[0] - shares[1]), (shares[0] + shares[1]) / 2
    # The second limit is the narrower one near the ends, where one of two may have no draws at all.
    ends = 1.2 * error * np.sqrt(2 * middle * (1 - middle))
    return bool(np.all(apart <= np.minimum(0.6 * error, ends)))


def as_wrong(one: Any, other: Any, right: Any, inputs: list[Any], draws: bool) -> bool:
    """Whether both are wrong in the same way: an array in nearly the same entries, draws about the
    right mean both with too small or both with too large a standard deviation. See `free` for
    inputs and draws."""
    if free(one, right, inputs, draws) or free(other, right, inputs, draws):
        return False
    a, b, c = _row(one), _row(other), _row(right)
    if a is None or b is None or c is None:
        return type(one) is type(other)
    if not a.shape == b.shape == c.shape:
        return False
    if draws:
        if a.size < FEW_DRAWS or any(np.unique(each).size < 0.9 * each.size for each in (a, b)):
            return False  # repeated numbers have a spread of their own
        with np.errstate(all="ignore"):
            error = ERRORS * max(np.std(a), np.std(c)) / np.sqrt(a.size)
            if abs(np.mean(a) - np.mean(c)) > error:
                return False
            sides = [np.log(np.std(each) / np.std(c)) for each in (a, b)]
        return bool(np.min(np.abs(sides)) > FAR and sides[0] * sides[1] > 0)
    if np.all(_near(np.sort(a), np.sort(c))):
        return False  # the right numbers, in other places
    places = [_near(each, c, RTOL_FREE) for each in (a, b)]
    return bool(np.mean(places[0] != places[1]) <= FEW)


def _is_real(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind in "biuf")
    return isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating))


def _entries(one: Any, other: Any) -> list[tuple[Any, Any]] | None:
    """The entries of two lists or tuples of one length, or of two dicts with the same keys, in
    pairs; None for anything else."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [(one[key], other[key]) for key in one]
    sequences = (list, tuple)
    if isinstance(one, sequences) and isinstance(other, sequences) and len(one) == len(other):
        return list(zip(one, other, strict=True))
    return None


def _row(value: Any) -> np.ndarray | None:
    """A value's numbers as float64, shape (n,); None where something else is among them."""
    if _is_real(value):
        return np.asarray(value, np.float64).ravel()
    if not isinstance(value, (list, tuple)):
        return None
    rows = [_row(entry) for entry in value]
    found = [row for row in rows if row is not None]
    return np.concatenate([np.empty(0), *found]) if len(found) == len(rows) else None


def _is_extreme(given: np.ndarray) -> bool:
    """Whether the square of an entry overflows or underflows."""
    if given.dtype.kind != "f" or not given.size:
        return False
    sizes = np.abs(given[given != 0])
    return bool(np.any(sizes > 1e100) | np.any(sizes < 1e-100))


def _near(one: Any, other: Any, rtol: float = 1e-9) -> Any:
    """Which entries are equal up to rounding, also for numbers near 1e-200."""
    with np.errstate(all="ignore"):
        size = np.abs(other)
        scale = np.maximum.reduce(size, initial=0.0, where=np.isfinite(size))
        near = np.abs(one - other) <= 1e-12 * scale + rtol * size
        return near | (one == other) | (np.isnan(one) & np.isnan(other))
