"""Mistakes in randomised ReLU."""

from autograder.engine.mistakes import Catalogue

WRONG = "not 0 <= lower <= upper"
MODE = "if training:"
ASSERT = 'assert rng is not None, "training draws the slopes, so it needs a generator"'
DRAW = "rng.uniform(lower, upper, size=np.shape(z))"
DRAWN = f"negative_slope = {DRAW}"
MIDDLE = "(lower + upper) / 2"
SLOPE = "np.where(z < 0, negative_slope, 1.0)"
RETURN = "return slope * z, slope"


class RandomisedRelu(Catalogue, of="rrelu", prefix="rrelu_"):
    # ---- the limits ----

    bounds_unchecked = {WRONG: "False"}
    bounds_checked_in_training_only = {WRONG: f"training and {WRONG}"}
    """Wrong limits get through, at least in evaluation, where no generator refuses them. A negative
    slope would change the sign of the gradient. Do both modes meet your check, and does one wrong
    limit suffice for it?"""
    negative_lower_accepted = {WRONG: "not lower <= upper"}
    """A negative lower limit gets through when the order is right. Negative slopes change the sign
    of the gradient. The docstring asks for two things: does your condition ask for both?"""
    nan_accepted = {WRONG: "lower < 0 or upper < lower"}
    """NaN gets through as a limit. Every comparison with NaN is false, so asking for what is wrong
    never finds it. Ask whether what must hold does hold."""
    bounds_sorted = {
        f"if {WRONG}": f"lower, upper = min(lower, upper), max(lower, upper)\nif {WRONG}"
    }
    """Limits in the wrong order are exchanged silently. Nobody knows which of the two the caller
    got wrong, so the docstring asks for an exception."""
    equal_bounds_refused = {WRONG: "not 0 <= lower < upper"}
    equal_and_zero_refused = {WRONG: "not 0 < lower < upper"}
    zero_lower_refused = {WRONG: "not 0 < lower <= upper"}
    """Limits at the edge of what is allowed are refused: a lower limit of zero, or two equal ones,
    which give a fixed slope. Look at each comparison: should it hold for equal numbers?"""
    assertion = {"raise ValueError(f": "raise AssertionError(f"}
    """Wrong limits raise a different exception from the one in the docstring. `assert` is for
    checks of your own code and vanishes under `python -O`; a caller's wrong argument needs the one
    promised."""

    # ---- how slopes are drawn in training ----

    one_slope_for_all = {DRAW: "rng.uniform(lower, upper)"}
    slope_per_unit = {DRAW: "rng.uniform(lower, upper, size=np.shape(z)[-1:])"}
    slope_per_example = {DRAW: "rng.uniform(lower, upper, size=z.shape[:1] + (1,) * (z.ndim - 1))"}
    """Negative entries share their slopes. The noise makes units and examples less alike only if
    every entry has a draw of its own. How many numbers do you draw, and how many are needed?"""
    slope_from_unit_interval = {DRAW: "rng.random(np.shape(z))"}
    interval_too_wide = {DRAW: "lower + upper * rng.random(np.shape(z))"}
    lower_ignored = {DRAW: "rng.uniform(0.0, upper, size=np.shape(z))"}
    """Some slopes lie outside the limits. A number between 0 and 1 must be stretched and moved to
    fill an interval: where does it begin, and how wide is it? Or tell the generator both
    limits."""
    bounds_ignored = {MODE: f"lower, upper = 1 / 8, 1 / 3\n{MODE}"}
    """The slopes lie between the default limits, whatever the caller passes. Look for numbers that
    stand where the arguments should stand."""
    slope_is_a_bound = {DRAW: "rng.choice([lower, upper], size=np.shape(z))"}
    normal_slopes = {
        DRAW: "rng.normal((lower + upper) / 2, (upper - lower) / np.sqrt(12), np.shape(z))"
    }
    inverse_is_uniform = {
        DRAW: "1 / rng.uniform(1 / np.float64(upper), 1 / np.float64(lower), z.shape)"
    }
    """Not all slopes between the limits are equally likely: the docstring asks for a uniform
    distribution of the slope itself. Plot a histogram of many slopes; it should be flat."""
    never_random = {DRAWN: f"negative_slope = np.full(np.shape(z), {MIDDLE})"}
    """No slope is drawn in training; the middle of the limits stands there as in evaluation. The
    noise is what this unit is for: it keeps the network from relying on single entries."""
    own_seed = {DRAW: "np.random.default_rng(0).uniform(lower, upper, size=np.shape(z))"}
    own_generator = {DRAW: f'vars(rrelu).setdefault("own", np.random.default_rng(0)){DRAW[3:]}'}
    global_state = {DRAW: "np.random.uniform(lower, upper, np.shape(z))"}
    """The slopes do not come from the generator that is passed in. A fixed seed repeats the same
    noise, and NumPy's global state is shared by all code, so that a run cannot be repeated."""

    # ---- the value and the slope ----

    slope_on_positives = {SLOPE: "negative_slope"}
    evaluation_shrinks_positives = {
        SLOPE: "np.where((z < 0) | (not training), negative_slope, 1.0)"
    }
    """Positive entries are multiplied by slopes as well, so all signals shrink in each layer. Only
    negative entries leak, in both modes; positive ones keep their value."""
    returns_all_draws = {RETURN: "return slope * z, negative_slope"}
    no_slope_for_positives = {RETURN: "return slope * z, np.where(z < 0, slope, 0.0)"}
    """The slope that comes back for positive entries is not the one that leads to a right value
    there. It is also the derivative for the backward pass. What is it for positive z?"""
    slope_zero_at_zero = {SLOPE: "(z > 0) * 1.0 + (z < 0) * negative_slope"}
    """At z = 0 your slope is zero, below the lower limit: neither `>` nor `<` holds there. Let one
    of the two cases take zero in."""
    draws_twice = {RETURN: f"return slope * z, np.where(z < 0, {DRAW} if training else slope, 1.0)"}
    returns_mean_slope = {RETURN: f"return slope * z, np.where(z < 0, {MIDDLE}, 1.0)"}
    returns_value_as_slope = {RETURN: "return slope * z, np.where(z < 0, slope * z, 1.0)"}
    returns_slope_of_relu = {RETURN: "return slope * z, (z > 0) * 1.0"}
    """The slopes that come back are not those that made the values: they are drawn anew, are the
    mean or the values, or a plain ReLU's. The backward pass needs the very slopes of the forward
    pass. Keep them under a name."""
    divides_by_slope = {RETURN: "return z / slope, slope"}
    """Negative entries become larger, as z is divided by the slope. The paper divides, since it
    draws the inverse. Here what is drawn is the slope, which makes negative entries smaller."""
    value_only = {RETURN: "return slope * z"}
    order_swapped = {RETURN: "return slope, slope * z"}
    """Two results are asked for, in this order: the value and then the slope. The backward pass
    needs the slopes that were drawn, and the next layer the values. Compare with the docstring."""
    in_place = {RETURN: "z *= slope\nreturn z, slope"}
    """The array z that was passed in is changed: `*=` makes no new array. The backward pass may
    still need the pre-activations. Which operator makes a new one?"""
    float32 = {RETURN: "return np.float32(slope * z), np.float32(slope)"}
    """Your numbers hold only about seven digits: something on the way is float32. Small
    gradients are multiplied layer by layer, and each rounding adds up. Keep float64."""

    # ---- evaluation, and the defaults ----

    always_random = {MODE: "if True:", ASSERT: ""}
    modes_swapped = {MODE: "if not training:", ASSERT: ""}
    """Slopes are drawn in evaluation. A trained network should answer the same every time, also
    when there is no generator; the noise belongs to training. Look at the condition."""
    draws_before_mode = {DRAW: "drawn", MODE: f"drawn = {DRAW}\n{MODE}", ASSERT: ""}
    """Evaluation fails without a generator, since numbers are drawn before the mode is looked at.
    In evaluation nothing is random. Draw only where the draw is used."""
    evaluation_uses_lower = {MIDDLE: "lower"}
    evaluation_uses_upper = {MIDDLE: "upper"}
    evaluation_uses_half_width = {MIDDLE: "(upper - lower) / 2"}
    evaluation_uses_sum = {MIDDLE: "lower + upper"}
    evaluation_inverts_mean = {MIDDLE: "2 / np.float64(lower + upper)"}
    evaluation_geometric_mean = {MIDDLE: "np.sqrt(lower * upper)"}
    evaluation_is_relu = {MIDDLE: "0.0"}
    """In evaluation one fixed slope stands for all that were drawn in training, so that the signals
    keep their size on average. Yours is a different one. What is the mean of a uniform distribution
    between the two limits?"""
    evaluation_returns_one_slope = {RETURN: f"return slope * z, slope if training else {MIDDLE}"}
    """In evaluation the slope comes back as one number. Positive and negative entries have
    different slopes, and the backward pass multiplies entry by entry, so it needs z's shape."""
    rounded_default_bound = {"1 / 3": "0.33"}
    default_is_evaluation = {"training: bool = True": "training: bool = False"}
    inverse_default_bounds = {
        "lower: float = 1 / 8,\nupper: float = 1 / 3,": "lower: float = 3.0,\nupper: float = 8.0,"
    }
    """Without limits or a mode your function uses defaults that are not the docstring's. (The
    paper's 3 and 8 are inverse slopes.) A caller who relies on them gets other noise, or none.
    Compare the two signatures."""
    few_seeds = {DRAW: "np.random.default_rng(rng.integers(20)).uniform(lower, upper, z.shape)"}
    single_entry_not_drawn = {MODE: "if training and z.size > 1:"}
    matrix_only = {MODE: f"rows, columns = z.shape\n{MODE}"}


class Where(Catalogue, of="rrelu", prefix="rrelu_", where=True):
    evaluation_otherwise = {MIDDLE: f"{MIDDLE} + 1.0"}
    """In evaluation the slope of negative entries, or what it makes of them, is wrong. Nothing is
    drawn there: one fixed slope, the middle of the limits, stands for all that training may draw,
    so that a trained network answers the same every time."""
