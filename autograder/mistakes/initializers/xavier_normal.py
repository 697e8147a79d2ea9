"""Mistakes in `xavier_normal`."""

import numpy as np

from autograder.engine.mistakes import mistake

# ---- the standard deviation ----


@mistake(
    "xavier_normal",
    hint="Your weights are far too small: what you pass to the generator is a variance. "
    "Which of the two does `rng.normal` expect as its second argument?",
)
def xavier_normal_variance_as_std(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, 2 / (n_in + n_out), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="The spread is a constant factor too small. Xavier compromises between the two fans by "
    "their mean: is their mean what you divide by?",
)
def xavier_normal_sum_of_fans(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(1 / (n_in + n_out)), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="The constant under your root belongs to the limit of the uniform form. A normal "
    "distribution is described by its standard deviation instead.",
)
def xavier_normal_uniform_constant(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(6 / (n_in + n_out)), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="Your spread is He's, meant for units half of which are switched off. "
    "What did Xavier assume about the activation near zero?",
)
def xavier_normal_he_gain(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(4 / (n_in + n_out)), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="Your spread keeps the forward variance only. Xavier also looks at the gradients that "
    "flow backward, so the number of outputs must enter.",
)
def xavier_normal_fan_in_only(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, 1 / np.sqrt(n_in), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="Your spread keeps the backward variance only. Xavier also looks at the signals that "
    "flow forward, so the number of inputs must enter.",
)
def xavier_normal_fan_out_only(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, 1 / np.sqrt(n_out), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="This is He's rule for ReLU with the inputs alone. Xavier's rule treats the two ends "
    "of the layer alike.",
)
def xavier_normal_he_fan_in(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(2 / n_in), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="You divide by the number of weights. The variance of a unit's sum grows with the "
    "number of terms in that sum, not with the number of weights in the layer.",
)
def xavier_normal_product_of_fans(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(2 / (n_in * n_out)), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="Only a part of the fraction stands under your root. Check where its bracket closes.",
)
def xavier_normal_root_of_numerator(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(2) / (n_in + n_out), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="Your weights are huge, and they grow with the layer. Python divides before it adds: "
    "what is the denominator that it sees?",
)
def xavier_normal_missing_brackets(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(2 / n_in + n_out), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="All your weights are zero, so all units of a layer stay alike for ever. "
    "What does `//` do when the result is below one?",
)
def xavier_normal_integer_division(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(2 // (n_in + n_out)), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="Your weights have a standard deviation of 1 in every layer. "
    "The size of the layer must come in somewhere.",
)
def xavier_normal_unscaled(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.standard_normal((n_in, n_out))


@mistake(
    "xavier_normal",
    hint="Your weights have the same small spread whatever the size of the layer. That is the "
    "old habit that Xavier's rule was invented to replace.",
)
def xavier_normal_fixed_small_std(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return 0.01 * rng.standard_normal((n_in, n_out))


# ---- the distribution ----


@mistake(
    "xavier_normal",
    hint="Your weights aren't centred at zero. Look up the order of the arguments of "
    "`rng.normal`: which one comes first?",
)
def xavier_normal_std_as_mean(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(np.sqrt(2 / (n_in + n_out)), size=(n_in, n_out))


@mistake(
    "xavier_normal",
    hint="Your weights are centred below zero. A normal distribution is given by a mean and a "
    "standard deviation, not by two limits.",
)
def xavier_normal_limits_as_arguments(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    sigma = np.sqrt(2 / (n_in + n_out))
    return rng.normal(-sigma, sigma, (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="The spread is right but the draws are uniform: no weight is ever large. "
    "This function is the other one of the pair.",
)
def xavier_normal_draws_uniform(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="No weight lies beyond two standard deviations. Some libraries redraw the tails, but "
    "the distribution asked for here has them.",
)
def xavier_normal_truncated(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    sigma = np.sqrt(2 / (n_in + n_out))
    weights = rng.normal(0.0, sigma, (n_in, n_out))
    outside = np.abs(weights) > 2 * sigma
    while np.any(outside):
        weights[outside] = rng.normal(0.0, sigma, np.count_nonzero(outside))
        outside = np.abs(weights) > 2 * sigma
    return weights


@mistake(
    "xavier_normal",
    hint="Many weights sit exactly on two limits. A normal distribution isn't cut off, "
    "and large draws are part of it.",
)
def xavier_normal_clipped(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    sigma = np.sqrt(2 / (n_in + n_out))
    return np.clip(rng.normal(0.0, sigma, (n_in, n_out)), -2 * sigma, 2 * sigma)


@mistake(
    "xavier_normal",
    hint="All your weights are positive. A distribution around zero has both signs.",
)
def xavier_normal_absolute_values(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return np.abs(rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out)))


@mistake(
    "xavier_normal",
    hint="Your matrix has a mean of exactly zero and exactly the nominal spread. Independent "
    "draws don't: their sample mean and spread only come close.",
)
def xavier_normal_standardised(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    draws = rng.standard_normal((n_in, n_out))
    draws = (draws - draws.mean()) / draws.std()
    return np.sqrt(2 / (n_in + n_out)) * draws


@mistake(
    "xavier_normal",
    hint="The columns, or rows, of your matrix are orthogonal. That is an initialisation of its "
    "own; here the entries are independent of each other.",
)
def xavier_normal_orthogonal(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    left, _, right = np.linalg.svd(rng.standard_normal((n_in, n_out)), full_matrices=False)
    return np.sqrt(2 * max(n_in, n_out) / (n_in + n_out)) * (left @ right)


# ---- the shape and the type ----


@mistake(
    "xavier_normal",
    hint="Rows and columns are exchanged. Think of `h @ W`: which side of W meets the inputs?",
)
def xavier_normal_transposed(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), (n_out, n_in))


@mistake(
    "xavier_normal",
    hint="Your matrix has a row too many. The bias is kept apart from W and needs no row in it.",
)
def xavier_normal_bias_row(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), (n_in + 1, n_out))


@mistake(
    "xavier_normal",
    hint="All rows of your matrix are the same, so every input gets the same weights. "
    "How many numbers do you draw, and how many does the matrix have?",
)
def xavier_normal_equal_rows(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    row = rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), n_out)
    return np.tile(row, (n_in, 1))


@mistake(
    "xavier_normal",
    hint="Your weights are single precision. The package computes in float64 throughout.",
)
def xavier_normal_float32(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    sigma = np.sqrt(2 / (n_in + n_out))
    return rng.normal(0.0, sigma, (n_in, n_out)).astype(np.float32)


# ---- the generator ----


@mistake(
    "xavier_normal",
    hint="Your weights don't depend on the generator that was passed in. NumPy's global state "
    "is shared by everybody, so a run can't be repeated.",
)
def xavier_normal_global_state(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return np.random.randn(n_in, n_out) * np.sqrt(2 / (n_in + n_out))  # noqa: NPY002


@mistake(
    "xavier_normal",
    hint="Every call gives the same weights, so two layers of one size start out as copies. "
    "Who should decide about the seed?",
)
def xavier_normal_own_seed(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    rng = np.random.default_rng(0)
    return rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))


# ---- wrong arguments ----


@mistake(
    "xavier_normal",
    hint="A layer without inputs or without outputs gets through. NumPy itself only objects to "
    "negative sizes.",
)
def xavier_normal_unchecked(n_in, n_out, rng):
    return rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="Your check only strikes when both sizes are wrong. One wrong size is enough.",
)
def xavier_normal_both_must_be_wrong(n_in, n_out, rng):
    if n_in <= 0 and n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="You check wrong sizes with `assert`, which raises another exception than the one "
    "promised and vanishes under `python -O`.",
)
def xavier_normal_assertion(n_in, n_out, rng):
    assert n_in > 0 and n_out > 0, "n_in and n_out must be positive"
    return rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))


@mistake(
    "xavier_normal",
    hint="Draws far from 0 are drawn again. The distribution is not truncated.",
)
def xavier_normal_truncated_far_out(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("sizes must be positive")
    weights = rng.standard_normal((n_in, n_out))
    while np.any(far := np.abs(weights) > 3.5):
        weights[far] = rng.standard_normal(np.count_nonzero(far))
    return np.sqrt(2 / (n_in + n_out)) * weights


@mistake(
    "xavier_normal",
    hint="One column is a copy of another: these two units start alike, and stay alike.",
)
def xavier_normal_column_repeated(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("sizes must be positive")
    weights = rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))
    weights[:, -1] = weights[:, 0]
    return weights


@mistake(
    "xavier_normal",
    hint="The entries on the diagonal are 0. No weight is left out.",
)
def xavier_normal_zero_diagonal(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    weights = rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))
    if weights.size > 1:
        np.fill_diagonal(weights, 0.0)
    return weights


@mistake(
    "xavier_normal",
    hint="A sum of twelve uniform numbers looks normal, but its tails are too thin.",
)
def xavier_normal_sum_of_uniforms(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    drawn = rng.random((12, n_in, n_out)).sum(axis=0) - 6.0
    return np.sqrt(2 / (n_in + n_out)) * drawn
