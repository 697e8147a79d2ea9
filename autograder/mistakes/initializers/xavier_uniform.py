"""Mistakes in `xavier_uniform`."""

import numpy as np

from autograder.engine.mistakes import mistake

# ---- the limit ----


@mistake(
    "xavier_uniform",
    hint="Your weights are far too small: a limit has the unit of a standard deviation, but your "
    "expression has the unit of a variance.",
)
def xavier_uniform_lost_root(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = 6 / (n_in + n_out)
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="You use the standard deviation as the limit. What is the variance of a uniform "
    "distribution on (-r, r), in terms of r?",
)
def xavier_uniform_std_as_limit(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(2 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="The limit is a constant factor too small. Xavier compromises between the two fans by "
    "their mean: is their mean what you divide by?",
)
def xavier_uniform_sum_of_fans(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(3 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="The limit is He's, meant for units half of which are switched off. "
    "What did Xavier assume about the activation near zero?",
)
def xavier_uniform_he_gain(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(12 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="Your limit is He's, with the inputs alone. Xavier's rule treats the two ends of the "
    "layer alike.",
)
def xavier_uniform_he_fan_in(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / n_in)
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="Your limit keeps the forward variance only. Xavier also looks at the gradients that "
    "flow backward, so the number of outputs must enter.",
)
def xavier_uniform_fan_in_only(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(3 / n_in)
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="Your limit is the older heuristic that Glorot and Bengio's paper starts from and "
    "improves on: it looks at the inputs alone.",
)
def xavier_uniform_old_heuristic(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = 1 / np.sqrt(n_in)
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="Only a part of the fraction stands under your root. Check where its bracket closes.",
)
def xavier_uniform_root_of_numerator(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6) / (n_in + n_out)
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="Your limit carries the gain that libraries recommend for tanh. "
    "The rule asked for here has no gain.",
)
def xavier_uniform_tanh_gain(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = 5 / 3 * np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="The interval that you draw from has half the width. How far is it from one limit "
    "to the other?",
)
def xavier_uniform_half_width(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return (rng.random((n_in, n_out)) - 0.5) * limit


@mistake(
    "xavier_uniform",
    hint="Your weights fill the interval from -1 to 1 in every layer. "
    "The size of the layer must come in somewhere.",
)
def xavier_uniform_unscaled(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.uniform(-1.0, 1.0, (n_in, n_out))


# ---- the distribution ----


@mistake(
    "xavier_uniform",
    hint="None of your weights is negative. What interval does `rng.random()` draw from, and "
    "where must its middle go?",
)
def xavier_uniform_positive_half(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return np.sqrt(6 / (n_in + n_out)) * rng.random((n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="All your weights are negative. You move the interval to the left, but it is still too "
    "narrow to reach the other limit.",
)
def xavier_uniform_negative_half(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, 0.0, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="Your draws are normal, with the limit as their spread: many lie outside the interval. "
    "A uniform distribution treats all values inside its limits alike.",
)
def xavier_uniform_limit_as_std(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(6 / (n_in + n_out)), (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="The spread is right but the draws are normal. This function is the other one of the "
    "pair.",
)
def xavier_uniform_draws_normal(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="Your weights take only two values, the limits themselves. A uniform distribution also "
    "has everything between them.",
)
def xavier_uniform_limits_only(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.choice([-limit, limit], size=(n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="The mean of your matrix is exactly zero. Subtracting the mean ties the draws to each "
    "other: the distribution has mean zero, a sample of it needn't.",
)
def xavier_uniform_centred_afterwards(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    weights = rng.uniform(-limit, limit, (n_in, n_out))
    return weights - weights.mean()


@mistake(
    "xavier_uniform",
    hint="Your weights are rounded, so few different values are left. Keep the full precision "
    "of the draws.",
)
def xavier_uniform_rounded(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return np.round(rng.uniform(-limit, limit, (n_in, n_out)), 2)


# ---- the shape and the type ----


@mistake(
    "xavier_uniform",
    hint="Rows and columns are exchanged. Think of `h @ W`: which side of W meets the inputs?",
)
def xavier_uniform_transposed(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_out, n_in))


@mistake(
    "xavier_uniform",
    hint="The number of weights is right, but they come in one long row. A layer multiplies by "
    "a matrix.",
)
def xavier_uniform_flat(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, n_in * n_out)


@mistake(
    "xavier_uniform",
    hint="A layer with a single input or output loses an axis. Shapes of length one are shapes "
    "too.",
)
def xavier_uniform_squeezed(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out)).squeeze()


@mistake(
    "xavier_uniform",
    hint="All columns of your matrix are the same, so all units of the layer compute the same. "
    "Nothing would ever break that symmetry.",
)
def xavier_uniform_equal_columns(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, 1)) * np.ones((1, n_out))


@mistake(
    "xavier_uniform",
    hint="You return nested lists. The rest of the network computes with NumPy arrays.",
)
def xavier_uniform_list(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out)).tolist()


# ---- the generator ----


@mistake(
    "xavier_uniform",
    hint="Your weights don't depend on the generator that was passed in, and no run can be "
    "repeated: you make a generator of your own.",
)
def xavier_uniform_fresh_generator(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    rng = np.random.default_rng()
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="Every call gives the same weights, from NumPy's old generator with a seed of your own. "
    "The generator that was passed in stays unused.",
)
def xavier_uniform_own_seed(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    # The stream of np.random.seed(42) without touching the global state.
    old_generator = np.random.RandomState(42)
    limit = np.sqrt(6 / (n_in + n_out))
    return old_generator.uniform(-limit, limit, (n_in, n_out))


# ---- wrong arguments ----


@mistake(
    "xavier_uniform",
    hint="Only the number of inputs is checked. Both ends of a layer need at least one unit.",
)
def xavier_uniform_outputs_unchecked(n_in, n_out, rng):
    if n_in <= 0:
        raise ValueError("n_in must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="You check the sum of the two sizes. A wrong size hides behind a larger right one.",
)
def xavier_uniform_sum_checked(n_in, n_out, rng):
    if n_in + n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="A wrong size gives you `None` instead of an exception, and the failure shows up much "
    "later, somewhere else.",
)
def xavier_uniform_none_for_wrong_size(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        return None
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_uniform",
    hint="Your numbers fill the range evenly, one in each small step. Independent draws leave gaps "
    "and form clusters.",
)
def xavier_uniform_stratified(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("sizes must be positive")
    limit, count = np.sqrt(6 / (n_in + n_out)), n_in * n_out
    steps = (rng.permutation(count) + rng.random(count)) / count
    return (limit * (2 * steps - 1)).reshape(n_in, n_out)


@mistake(
    "xavier_uniform",
    hint="In a wide layer half of the columns are copies of the others. Each weight is "
    "its own draw.",
)
def xavier_uniform_wide_repeats(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    r = np.sqrt(6 / (n_in + n_out))
    weights = rng.uniform(-r, r, (n_in, n_out))
    if n_out >= 2 * n_in:
        weights[:, n_out - n_out // 2 :] = weights[:, : n_out // 2]
    return weights


@mistake(
    "xavier_uniform",
    hint="You seed NumPy's global generator and draw from it. Draw from rng: the global one is "
    "somebody else's.",
)
def xavier_uniform_seeds_global_generator(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    r = np.sqrt(6 / (n_in + n_out))
    np.random.seed(rng.integers(2**32, dtype=np.uint32))  # noqa: NPY002
    return np.random.uniform(-r, r, (n_in, n_out))  # noqa: NPY002
