"""Mistakes in `rrelu`: evaluation, and the defaults."""

import numpy as np

from autograder.engine.mistakes import mistake

# ---- evaluation ----


@mistake(
    "rrelu",
    hint="Your function draws in evaluation, too. A trained network should give the same answer "
    "every time, and without a generator.",
)
def rrelu_always_random(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    slope = np.where(z < 0, rng.uniform(lower, upper, z.shape), 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="The two modes are exchanged: you draw in evaluation and not in training.",
)
def rrelu_modes_swapped(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = (lower + upper) / 2 if training else rng.uniform(lower, upper, z.shape)
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Without a generator evaluation fails, because you use it before you look at the mode.",
)
def rrelu_draws_before_mode(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape)
    if not training:
        drawn = (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="In evaluation you use the lower bound. Which single slope stands for all those drawn in "
    "training?",
)
def rrelu_evaluation_uses_lower(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else lower
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="In evaluation you use half the width of the interval. Where is its middle?",
)
def rrelu_evaluation_uses_half_width(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (upper - lower) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="In evaluation you use the sum of the bounds. A mean lies between them.",
)
def rrelu_evaluation_uses_sum(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else lower + upper
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="In evaluation your slope is the inverse of the mean, as the paper writes it for its "
    "inverse bounds. Here the bounds are slopes themselves.",
)
def rrelu_evaluation_inverts_mean(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else 2 / (lower + upper)
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="In evaluation you take the geometric mean of the bounds. "
    "Which mean does a uniform distribution have?",
)
def rrelu_evaluation_geometric_mean(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else np.sqrt(lower * upper)
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="In evaluation nothing leaks: you treat the random slopes like dropout and switch them "
    "off. Training and evaluation should agree on average.",
)
def rrelu_evaluation_is_relu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else 0.0
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="In evaluation the slope that you return is one number. Positive and negative entries "
    "have different slopes, so it needs the shape of z.",
)
def rrelu_evaluation_returns_one_slope(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    if not training:
        middle = (lower + upper) / 2
        return np.where(z < 0, middle * z, z), middle
    slope = np.where(z < 0, rng.uniform(lower, upper, z.shape), 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="In evaluation positive entries are shrunk as well. Only negative entries leak, "
    "in both modes.",
)
def rrelu_evaluation_shrinks_positives(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    if training:
        slope = np.where(z < 0, rng.uniform(lower, upper, z.shape), 1.0)
    else:
        slope = np.full(z.shape, (lower + upper) / 2)
    return slope * z, slope


# ---- defaults ----


@mistake(
    "rrelu",
    hint="Your default bounds are the inverse ones, as the paper gives them. "
    "A slope above 1 isn't a leak.",
)
def rrelu_inverse_default_bounds(z, rng, lower=3.0, upper=8.0, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="One of your default bounds is rounded. A fraction may stand in a default as it is.",
)
def rrelu_rounded_default_bound(z, rng, lower=0.125, upper=0.33, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Without a mode your function evaluates. The contract's default is the other mode.",
)
def rrelu_default_is_evaluation(z, rng, lower=1 / 8, upper=1 / 3, training=False):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="An upper limit of zero is replaced by the default: `or` takes 0 for nothing. Both limits "
    "may be zero.",
)
def rrelu_zero_upper_replaced(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    upper = upper or 1 / 3
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="In evaluation slopes above 1 are cut off. The limits may be any numbers with 0 <= lower "
    "<= upper.",
)
def rrelu_evaluation_at_most_one(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    drawn = rng.uniform(lower, upper, z.shape) if training else min((lower + upper) / 2, 1.0)
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope


@mistake(
    "rrelu",
    hint="Evaluation uses the upper limit of the last call in training. Each call has its own "
    "limits.",
)
def rrelu_evaluation_remembers_upper(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    if not 0 <= lower <= upper:
        raise ValueError("0 <= lower <= upper must hold")
    last = rrelu_evaluation_remembers_upper.__dict__
    if training:
        last["upper"] = upper
        drawn = rng.uniform(lower, upper, z.shape)
    else:
        drawn = (lower + last.get("upper", upper)) / 2
    slope = np.where(z < 0, drawn, 1.0)
    return slope * z, slope
