"""Mistakes in `leaky_relu` and `leaky_relu_grad`."""

import numpy as np

from autograder.engine.mistakes import mistake

# ---- leaky_relu: the formula ----


@mistake(
    "leaky_relu",
    hint="Your slope for negative z is the default whatever the caller passes.",
)
def leaky_relu_alpha_ignored(z, alpha=0.01):
    return np.where(z >= 0, z, 0.01 * z)


@mistake(
    "leaky_relu",
    hint="The small slope is on the wrong side: which entries should leak?",
)
def leaky_relu_alpha_on_positive_side(z, alpha=0.01):
    return np.where(z > 0, alpha * z, z)


@mistake(
    "leaky_relu",
    hint="Negative z come out positive. A leak is weak, but it keeps the sign.",
)
def leaky_relu_sign_lost(z, alpha=0.01):
    return np.where(z >= 0, z, -alpha * z)


@mistake(
    "leaky_relu",
    hint="All negative z get the same value. A leak must depend on z, or its slope is zero.",
)
def leaky_relu_constant_for_negatives(z, alpha=0.01):
    return np.where(z >= 0, z, alpha)


@mistake(
    "leaky_relu",
    hint="You compare z with the slope itself, so small positive z are wrong as well. "
    "With what should it be compared?",
)
def leaky_relu_maximum_with_alpha(z, alpha=0.01):
    return np.maximum(z, alpha)


@mistake(
    "leaky_relu",
    hint="Nothing leaks: negative z come out as zero.",
)
def leaky_relu_plain_relu(z, alpha=0.01):
    return np.maximum(z, 0.0)


@mistake(
    "leaky_relu",
    hint="You divide by alpha, as the first paper on this unit wrote its slope. "
    "Here alpha is the slope.",
)
def leaky_relu_divides_by_alpha(z, alpha=0.01):
    return np.where(z >= 0, z, z / alpha)


@mistake(
    "leaky_relu",
    hint="Positive z come out a little too large: the leak is added to them as well.",
)
def leaky_relu_leak_added_everywhere(z, alpha=0.01):
    return np.maximum(z, 0.0) + alpha * z


@mistake(
    "leaky_relu",
    hint="Your curve bends for negative z. A leaky unit is straight on both sides.",
)
def leaky_relu_exponential(z, alpha=0.01):
    return np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0.0)))


# ---- leaky_relu: the argument alpha ----


@mistake(
    "leaky_relu",
    hint="An alpha of zero becomes the default. What does `or` do with a number that is zero?",
)
def leaky_relu_zero_alpha_replaced(z, alpha=0.01):
    alpha = alpha or 0.01
    return np.where(z >= 0, z, alpha * z)


@mistake(
    "leaky_relu",
    hint="Your default for alpha is another one than the lecture's; some libraries have it.",
)
def leaky_relu_other_default(z, alpha=0.3):
    return np.where(z >= 0, z, alpha * z)


@mistake(
    "leaky_relu",
    hint="You refuse the two ends of the range of alpha. Both are allowed: one of them is ReLU, "
    "the other the identity.",
)
def leaky_relu_ends_refused(z, alpha=0.01):
    assert 0 < alpha < 1, "alpha must be between 0 and 1"
    return np.where(z >= 0, z, alpha * z)


@mistake(
    "leaky_relu",
    hint="Your function can't be called without alpha. The contract gives it a default.",
)
def leaky_relu_alpha_required(z, alpha):
    return np.where(z >= 0, z, alpha * z)


# ---- leaky_relu: arrays and types ----


@mistake(
    "leaky_relu",
    hint="Your function changes the array that it is given, though you flatten it first: "
    "`ravel` makes a copy only where it must.",
)
def leaky_relu_ravel_is_a_view(z, alpha=0.01):
    flat = z.ravel()
    flat[flat < 0] *= alpha
    return flat.reshape(z.shape)


@mistake(
    "leaky_relu",
    hint="A 0-d array fails: arithmetic turns it into a scalar, "
    "and a scalar can't be assigned to by index.",
)
def leaky_relu_assigns_into_scalar(z, alpha=0.01):
    out = 1.0 * z
    out[z < 0] *= alpha
    return out


@mistake(
    "leaky_relu",
    hint="You decide once for the whole array. Every entry has a sign of its own.",
)
def leaky_relu_decides_for_whole_array(z, alpha=0.01):
    return z.copy() if np.all(z >= 0) else alpha * z


@mistake(
    "leaky_relu",
    hint="Your loop takes z apart row by row, and `if` can't decide about a row. "
    "Compare entry by entry.",
)
def leaky_relu_if_on_rows(z, alpha=0.01):
    rows = range(z.shape[0])
    return np.array([z[i] if z[i] > 0 else alpha * z[i] for i in rows])


@mistake(
    "leaky_relu",
    hint="Your result always has two axes. An elementwise function keeps the shape of z.",
)
def leaky_relu_two_axes(z, alpha=0.01):
    z = np.atleast_2d(z)
    return np.where(z >= 0, z, alpha * z)


@mistake(
    "leaky_relu",
    hint="Your values are single precision. The package computes in float64 throughout.",
)
def leaky_relu_float32(z, alpha=0.01):
    return np.where(z >= 0, z, alpha * z).astype(np.float32)


@mistake(
    "leaky_relu",
    hint="A single entry comes back without its axes. The result has exactly the shape of z, also "
    "where that is (1, 1).",
)
def leaky_relu_one_entry_as_scalar(z, alpha=0.01):
    value = np.where(z >= 0, z, alpha * z)
    return value.ravel()[0] if value.size == 1 else value


# ---- leaky_relu_grad: the formula ----


@mistake(
    "leaky_relu_grad",
    hint="Your slope for negative z is the default whatever the caller passes.",
)
def leaky_relu_grad_alpha_ignored(z, alpha=0.01):
    return np.where(z >= 0, 1.0, 0.01)


@mistake(
    "leaky_relu_grad",
    hint="For negative z you return the value of the function, not its slope.",
)
def leaky_relu_grad_value_for_negatives(z, alpha=0.01):
    return np.where(z >= 0, 1.0, alpha * z)


@mistake(
    "leaky_relu_grad",
    hint="Your slope is zero for negative z, so the unit is as dead as a plain ReLU there.",
)
def leaky_relu_grad_of_relu(z, alpha=0.01):
    return np.where(z > 0, 1.0, 0.0)


@mistake(
    "leaky_relu_grad",
    hint="Your slope is negative for negative z. A leaky unit rises everywhere.",
)
def leaky_relu_grad_sign(z, alpha=0.01):
    return np.where(z >= 0, 1.0, -alpha)


@mistake(
    "leaky_relu_grad",
    hint="The two slopes are exchanged.",
)
def leaky_relu_grad_swapped(z, alpha=0.01):
    return np.where(z > 0, alpha, 1.0)


@mistake(
    "leaky_relu_grad",
    hint="Your slope exceeds 1 for positive z: the leak is added there as well.",
)
def leaky_relu_grad_leak_added_everywhere(z, alpha=0.01):
    return np.where(z > 0, 1.0, 0.0) + alpha


@mistake(
    "leaky_relu_grad",
    hint="You use one over alpha as the slope. Here alpha is the slope.",
)
def leaky_relu_grad_inverse_alpha(z, alpha=0.01):
    return np.where(z >= 0, 1.0, 1 / alpha)


@mistake(
    "leaky_relu_grad",
    hint="At z = 0 your slope is below both one-sided ones: none of your cases holds there.",
)
def leaky_relu_grad_zero_at_zero(z, alpha=0.01):
    slope = np.zeros_like(z)
    slope[z > 0] = 1.0
    slope[z < 0] = alpha
    return slope


@mistake(
    "leaky_relu_grad",
    hint="Your slope is 1 everywhere: the second assignment also meets the entries that the first "
    "one has just filled.",
)
def leaky_relu_grad_assignments_in_sequence(z, alpha=0.01):
    slope = z.copy()
    slope[slope <= 0] = alpha
    slope[slope > 0] = 1.0
    return slope


@mistake(
    "leaky_relu_grad",
    hint="You return the value of the function itself, not its slope.",
)
def leaky_relu_grad_returns_value(z, alpha=0.01):
    return np.where(z >= 0, z, alpha * z)


@mistake(
    "leaky_relu_grad",
    hint="For positive z you return z itself. How steep is a straight line through the origin "
    "that maps z to z?",
)
def leaky_relu_grad_z_for_positives(z, alpha=0.01):
    return np.where(z > 0, z, alpha)


# ---- leaky_relu_grad: the argument alpha, arrays and types ----


@mistake(
    "leaky_relu_grad",
    hint="Your default for alpha differs from the one of the function itself.",
)
def leaky_relu_grad_other_default(z, alpha=0.1):
    return np.where(z >= 0, 1.0, alpha)


@mistake(
    "leaky_relu_grad",
    hint="An alpha of zero becomes the default. What is the truth value of zero?",
)
def leaky_relu_grad_zero_alpha_replaced(z, alpha=0.01):
    if not alpha:
        alpha = 0.01
    return np.where(z >= 0, 1.0, alpha)


@mistake(
    "leaky_relu_grad",
    hint="Your function changes the array that it is given. The caller still needs z.",
)
def leaky_relu_grad_in_place(z, alpha=0.01):
    positive = z >= 0
    z[positive] = 1.0
    z[~positive] = alpha
    return z


@mistake(
    "leaky_relu_grad",
    hint="Your slope below zero is cut to a whole number: the array that you fill has an integer "
    "type.",
)
def leaky_relu_grad_integer_array(z, alpha=0.01):
    slope = np.ones(z.shape, dtype=int)
    slope[z < 0] = alpha
    return slope


@mistake(
    "leaky_relu_grad",
    hint="A 0-d array fails: it has no length. An elementwise function needs no loop.",
)
def leaky_relu_grad_loop_over_length(z, alpha=0.01):
    slope = np.ones_like(z)
    for i in range(len(z)):
        slope[i] = np.where(z[i] >= 0, 1.0, alpha)
    return slope
