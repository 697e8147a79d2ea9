"""Mistakes in `rrelu`: the drawn slopes and what is made of them."""

import numpy as np

from autograder.engine.mistakes import mistake

# ---- training: how the slopes are drawn ----


@mistake(
    "rrelu",
    hint="All negative entries share one slope. How many numbers do you draw, and how many "
    "entries are there?",
)
def rrelu_one_slope_for_all(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="All examples of a batch share the slopes of their units. Each entry draws one of its "
    "own.",
)
def rrelu_slope_per_unit(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape[-1:]) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="All units share the slope of their example. Each entry draws one of its own.",
)
def rrelu_slope_per_example(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    one_per_row = z.shape[:1] + (1,) * (z.ndim - 1)
    drawn = rng.uniform(lower, upper, one_per_row) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Your slopes lie anywhere between 0 and 1. The two bounds must come in.",
)
def rrelu_slope_from_unit_interval(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(size=z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Some slopes exceed the upper bound. By what must a number between 0 and 1 be multiplied "
    "to fill the interval, and no more?",
)
def rrelu_interval_too_wide(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = lower + upper * rng.random(z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Some slopes are below the lower bound: your interval starts at zero.",
)
def rrelu_lower_ignored(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(0.0, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Your bounds are the defaults whatever the caller passes.",
)
def rrelu_bounds_ignored(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    lower, upper = 1 / 8, 1 / 3
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="The bounds reach the generator in the wrong order, and it refuses them.",
)
def rrelu_bounds_swapped(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(upper, lower, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Your slopes take only two values, the bounds themselves. A uniform distribution also has "
    "everything between them.",
)
def rrelu_slope_is_a_bound(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.choice([lower, upper], size=z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Your slopes are normally distributed and some lie outside the bounds. "
    "All slopes between the bounds should be equally likely.",
)
def rrelu_normal_slopes(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    middle, spread = (lower + upper) / 2, (upper - lower) / np.sqrt(12)
    drawn = rng.normal(middle, spread, z.shape) if training else middle
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="The inverse of your slope is uniform, as in the paper, which divides by what it draws. "
    "Here the slope itself is uniform.",
)
def rrelu_inverse_is_uniform(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    if training:
        drawn = 1 / rng.uniform(1 / np.float64(upper), 1 / np.float64(lower), z.shape)
    else:
        drawn = (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="You draw no slopes in training but use their mean. "
    "The noise of the draws is what this unit is for.",
)
def rrelu_never_random(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    slope = np.where(z < 0, (lower + upper) / 2, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Every call draws the same slopes: you seed a generator of your own. "
    "Who should decide about the seed?",
)
def rrelu_own_seed(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    rng = np.random.default_rng(0)
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Your slopes don't depend on the generator that was passed in. NumPy's global state is "
    "shared by everybody, so a run can't be repeated.",
)
def rrelu_global_state(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    if training:
        drawn = np.random.uniform(lower, upper, z.shape)  # noqa: NPY002
    else:
        drawn = (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


# ---- training: the value and the slope ----


@mistake(
    "rrelu",
    hint="Positive entries are shrunk by the drawn slopes as well. Only negative entries leak.",
)
def rrelu_slope_on_positives(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    if training:
        slope = rng.uniform(lower, upper, z.shape)
    else:
        slope = np.full(z.shape, (lower + upper) / 2)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="The slope that you return for positive entries isn't the one that made the value: "
    "for them no draw is used.",
)
def rrelu_returns_all_draws(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    if training:
        drawn = rng.uniform(lower, upper, z.shape)
    else:
        drawn = np.full(z.shape, (lower + upper) / 2)
    return np.where(z < 0, drawn * z, z), drawn


@mistake(
    "rrelu",
    hint="Your values are right, but the slope that you return for positive entries is zero. "
    "The slope is also the derivative.",
)
def rrelu_no_slope_for_positives(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 0.0)
    return np.where(z < 0, slope * z, z), slope


@mistake(
    "rrelu",
    hint="At z = 0 your slope is below the lower bound: none of your cases holds there.",
)
def rrelu_slope_zero_at_zero(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = (z > 0) * 1.0 + (z < 0) * drawn
    return slope * z, slope


@mistake(
    "rrelu",
    hint="The slopes that you return aren't those that made the values: you draw twice. "
    "The backward pass needs the same ones.",
)
def rrelu_draws_twice(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    if not training:
        slope = np.where(z < 0, (lower + upper) / 2, 1.0)
        return slope * z, slope
    activation = np.where(z < 0, rng.uniform(lower, upper, z.shape) * z, z)
    return activation, np.where(z < 0, rng.uniform(lower, upper, z.shape), 1.0)


@mistake(
    "rrelu",
    hint="The slopes that you return are the mean ones, not those that made the values. "
    "The backward pass needs the same ones.",
)
def rrelu_returns_mean_slope(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    return np.where(z < 0, drawn * z, z), np.where(z < 0, (lower + upper) / 2, 1.0)


@mistake(
    "rrelu",
    hint="Negative entries come out with their sign turned round. The slopes are positive.",
)
def rrelu_sign_lost(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * np.abs(z), slope


@mistake(
    "rrelu",
    hint="You divide by the slope, as the paper does with the inverse numbers that it draws. "
    "A leak makes negative entries smaller.",
)
def rrelu_divides_by_slope(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return z / slope, slope


@mistake(
    "rrelu",
    hint="With three axes all examples share their slopes. Draw for every entry, whatever the "
    "shape of z.",
)
def rrelu_slopes_of_last_two_axes(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("need 0 <= lower <= upper")
    drawn = rng.uniform(lower, upper, np.shape(z)[-2:]) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Slopes above 1 are cut off. The limits may be any numbers with 0 <= lower <= upper.",
)
def rrelu_slopes_at_most_one(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, np.minimum(drawn, 1.0), 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="An array with one axis gets one slope for all its entries. Each has its own.",
)
def rrelu_one_slope_for_one_axis(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    shape = z.shape if z.ndim != 1 else None
    drawn = rng.uniform(lower, upper, shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Equal entries of z share a slope. Each entry has its own.",
)
def rrelu_slope_per_value(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("limits must satisfy 0 <= lower <= upper")
    drawn = np.full(z.shape, (lower + upper) / 2)
    if training:
        values, which = np.unique(z, return_inverse=True)
        drawn = rng.uniform(lower, upper, values.shape)[which.ravel()].reshape(z.shape)
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="A z with a single entry gets the mean slope in training, too. It is drawn as others are.",
)
def rrelu_single_entry_not_drawn(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("limits must satisfy 0 <= lower <= upper")
    is_drawn = training and z.size > 1
    drawn = rng.uniform(lower, upper, z.shape) if is_drawn else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="An array with four axes has one slope for each image and channel. Every entry "
    "has its own.",
)
def rrelu_slope_per_channel(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("limits must satisfy 0 <= lower <= upper")
    shape = (*z.shape[:2], 1, 1) if z.ndim == 4 else z.shape
    drawn = rng.uniform(lower, upper, shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="You draw from a new generator with one of a few seeds, so that slopes come again. Draw "
    "them from rng itself.",
)
def rrelu_few_seeds(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("limits must satisfy 0 <= lower <= upper")
    drawn = (lower + upper) / 2
    if training:
        drawn = np.random.default_rng(rng.integers(20)).uniform(lower, upper, z.shape)
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="You seed NumPy's global generator and draw from it. Draw from rng: the global one is "
    "somebody else's.",
)
def rrelu_seeds_global_generator(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("limits must satisfy 0 <= lower <= upper")
    drawn = (lower + upper) / 2
    if training:
        np.random.seed(rng.integers(2**32, dtype=np.uint32))  # noqa: NPY002
        drawn = np.random.uniform(lower, upper, z.shape)  # noqa: NPY002
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope
