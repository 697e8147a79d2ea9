"""Mistakes in `rrelu`: wrong arguments, and what is returned."""

import numpy as np

from autograder.engine.mistakes import mistake

# ---- wrong arguments ----


@mistake(
    "rrelu",
    hint="Wrong bounds get through. The generator only refuses some of them, and in evaluation "
    "none.",
)
def rrelu_bounds_unchecked(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="The bounds are checked in training only. A wrong argument is wrong in both modes.",
)
def rrelu_bounds_checked_in_training_only(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if training:
        if not 0 <= lower <= upper:
            raise ValueError("0 <= lower <= upper must hold")
        drawn = rng.uniform(lower, upper, z.shape)
    else:
        drawn = (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="A negative lower bound gets through, though the bounds are in the right order.",
)
def rrelu_negative_lower_accepted(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not lower <= upper:
        raise ValueError("lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="NaN as a bound gets through: every comparison with it is false, "
    "so ask what must hold instead of what must not.",
)
def rrelu_nan_accepted(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if lower < 0 or upper < lower:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Bounds in the wrong order are silently exchanged. They should be reported: "
    "who knows which of the two the caller got wrong?",
)
def rrelu_bounds_sorted(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    lower, upper = min(lower, upper), max(lower, upper)
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="You refuse two equal bounds. They are allowed and give an ordinary leaky unit.",
)
def rrelu_equal_bounds_refused(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower < upper:
        raise ValueError("0 <= lower < upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="You refuse a lower bound of zero, which is allowed.",
)
def rrelu_zero_lower_refused(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 < lower <= upper:
        raise ValueError("0 < lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="You check the bounds with `assert`, which raises another exception than the one "
    "promised and vanishes under `python -O`.",
)
def rrelu_assertion(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    assert 0 <= lower <= upper, "0 <= lower <= upper must hold"
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


# ---- what is returned, arrays and types ----


@mistake(
    "rrelu",
    hint="You return the values alone. Without the slopes that were drawn the backward pass has "
    "no derivative.",
)
def rrelu_value_only(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    return np.where(z < 0, drawn, 1.0) * z


@mistake(
    "rrelu",
    hint="The value and the slope come in the wrong order.",
)
def rrelu_order_swapped(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope, slope * z


@mistake(
    "rrelu",
    hint="Your function changes the array that it is given: `*=` doesn't make a new array.",
)
def rrelu_in_place(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    z *= slope
    return z, slope


@mistake(
    "rrelu",
    hint="Your function only works on matrices: it unpacks exactly two sizes. "
    "z may have any shape.",
)
def rrelu_matrix_only(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    rows, columns = z.shape
    drawn = rng.uniform(lower, upper, (rows, columns)) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Your values and slopes are single precision. The package computes in float64 throughout.",
)
def rrelu_float32(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0).astype(np.float32)
    return (slope * z).astype(np.float32), slope


@mistake(
    "rrelu",
    hint="The limits are checked only where some entry is negative. Wrong limits are wrong for any "
    "z.",
)
def rrelu_bounds_checked_for_negatives(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not np.any(z < 0):
        return z * 1.0, np.ones(np.shape(z))
    if not 0 <= lower <= upper:
        raise ValueError("need 0 <= lower <= upper")
    drawn = rng.uniform(lower, upper, np.shape(z)) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Your function changes the array that it is given, where entries are extreme: `out=` "
    "writes into the caller's memory.",
)
def rrelu_clipped_in_place(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    value = slope * z
    np.clip(z, -1e6, 1e6, out=z)
    return value, slope


@mistake(
    "rrelu",
    hint="The limits are not checked in evaluation when a generator is given. They count in every "
    "call.",
)
def rrelu_bounds_unchecked_beside_generator(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not training and rng is not None:
        slope = np.where(z < 0, (lower + upper) / 2, 1.0)
        return slope * z, slope
    if not 0 <= lower <= upper:
        raise ValueError("limits must satisfy 0 <= lower <= upper")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="For an empty z the limits are not checked. They count in every call.",
)
def rrelu_bounds_unchecked_for_nothing(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if z.size == 0:
        return z.copy(), np.ones(z.shape)
    if not 0 <= lower <= upper:
        raise ValueError("limits must satisfy 0 <= lower <= upper")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope
