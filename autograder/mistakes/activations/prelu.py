"""Mistakes in `prelu` and `prelu_grad`."""

import numpy as np

from autograder.engine.mistakes import mistake

# ---- prelu: the formula ----


@mistake(
    "prelu",
    hint="Your function swaps its two branches when alpha is above 1. The larger one of z and "
    "alpha times z isn't always the right one; alpha is learned and may go anywhere.",
)
def prelu_maximum_of_lines(z, alpha):
    return np.maximum(z, alpha * z)


@mistake(
    "prelu",
    hint="You limit alpha to the range from 0 to 1. A learned slope may go anywhere.",
)
def prelu_alpha_limited(z, alpha):
    return np.maximum(z, 0.0) + np.clip(alpha, 0.0, 1.0) * np.minimum(z, 0.0)


@mistake(
    "prelu",
    hint="A negative alpha acts like a positive one. A learned slope may go anywhere.",
)
def prelu_alpha_without_sign(z, alpha):
    return np.maximum(z, 0.0) + np.abs(alpha) * np.minimum(z, 0.0)


@mistake(
    "prelu",
    hint="The learned slope is on the wrong side: which entries does it belong to?",
)
def prelu_alpha_on_positive_side(z, alpha):
    return alpha * np.maximum(z, 0.0) + np.minimum(z, 0.0)


@mistake(
    "prelu",
    hint="Negative z come out with the wrong sign. What sign does the negative part of z have "
    "when you take it as a minimum?",
)
def prelu_sign_of_negative_part(z, alpha):
    return np.maximum(z, 0.0) - alpha * np.minimum(z, 0.0)


@mistake(
    "prelu",
    hint="Positive z are wrong as well: the learned slope is added to them, too.",
)
def prelu_slope_added_everywhere(z, alpha):
    return np.maximum(z, 0.0) + alpha * z


@mistake(
    "prelu",
    hint="All negative z of a unit get the same value. The learned number is a slope.",
)
def prelu_constant_for_negatives(z, alpha):
    return np.where(z >= 0, z, alpha)


@mistake(
    "prelu",
    hint="Your slope is a fixed small number. Here it is learned and passed in.",
)
def prelu_fixed_slope(z, alpha):
    return np.where(z >= 0, z, 0.25 * z)


# ---- prelu: alpha per unit, arrays and types ----


@mistake(
    "prelu",
    hint="Your function takes a single number for alpha. Each unit may have a slope of its own.",
)
def prelu_scalar_alpha_only(z, alpha):
    return np.maximum(z, 0.0) + float(alpha) * np.minimum(z, 0.0)


@mistake(
    "prelu",
    hint="All units share the mean of the slopes. Each one should use its own.",
)
def prelu_mean_alpha(z, alpha):
    return np.maximum(z, 0.0) + np.mean(alpha) * np.minimum(z, 0.0)


@mistake(
    "prelu",
    hint="All units use the slope of the first one.",
)
def prelu_first_alpha(z, alpha):
    return np.maximum(z, 0.0) + np.ravel(alpha)[0] * np.minimum(z, 0.0)


@mistake(
    "prelu",
    hint="Your slopes run along the batch instead of along the units. "
    "Which axis of z counts the units?",
)
def prelu_alpha_along_batch(z, alpha):
    if np.ndim(alpha) == 1:
        alpha = alpha[:, np.newaxis]
    return np.maximum(z, 0.0) + alpha * np.minimum(z, 0.0)


@mistake(
    "prelu",
    hint="Only an alpha per unit works: a plain number has no shape. Broadcasting treats both "
    "alike without any help.",
)
def prelu_array_alpha_only(z, alpha):
    return np.maximum(z, 0.0) + alpha.reshape(1, -1) * np.minimum(z, 0.0)


@mistake(
    "prelu",
    hint="Your slopes enter through a matrix product. Each entry is multiplied by the slope of "
    "its own unit only.",
)
def prelu_matrix_product(z, alpha):
    return np.maximum(z, 0.0) + np.dot(np.minimum(z, 0.0), alpha)


@mistake(
    "prelu",
    hint="Your function changes the array that it is given. The caller still needs z, "
    "for the derivatives for instance.",
)
def prelu_in_place(z, alpha):
    negative = np.minimum(z, 0.0)
    np.maximum(z, 0.0, out=z)
    z += alpha * negative
    return z


@mistake(
    "prelu",
    hint="Your function only works on matrices: it unpacks exactly two sizes. With one slope for "
    "all, z may have any shape.",
)
def prelu_matrix_only(z, alpha):
    _, units = z.shape
    return np.maximum(z, 0.0) + np.broadcast_to(alpha, (units,)) * np.minimum(z, 0.0)


@mistake(
    "prelu",
    hint="A single entry comes back without its axes. The result has exactly the shape of z, also "
    "where that is (1, 1).",
)
def prelu_one_entry_as_scalar(z, alpha):
    value = np.where(z >= 0, z, alpha * z)
    return value.ravel()[0] if value.size == 1 else value


# ---- prelu_grad: dz ----


@mistake(
    "prelu_grad",
    hint="For negative z your dz is the value of the function, not its slope.",
)
def prelu_grad_value_for_dz(z, alpha):
    return np.where(z >= 0, 1.0, alpha * np.minimum(z, 0.0)), np.minimum(z, 0.0)


@mistake(
    "prelu_grad",
    hint="Your dz is zero for negative z, so nothing flows back through a unit that leaks.",
)
def prelu_grad_dz_of_relu(z, alpha):
    return np.where(z > 0, 1.0, 0.0), np.minimum(z, 0.0)


@mistake(
    "prelu_grad",
    hint="The two cases of your dz are exchanged.",
)
def prelu_grad_dz_swapped(z, alpha):
    return np.where(z > 0, alpha, 1.0), np.minimum(z, 0.0)


@mistake(
    "prelu_grad",
    hint="At z = 0 your dz is outside the two one-sided slopes: none of your cases holds there.",
)
def prelu_grad_dz_zero_at_zero(z, alpha):
    return 1.0 * (z > 0) + alpha * (z < 0), np.minimum(z, 0.0)


@mistake(
    "prelu_grad",
    hint="Your dz is never below alpha or never below 1: it follows the larger one of the two "
    "lines. Which line holds is decided by the sign of z alone.",
)
def prelu_grad_dz_of_maximum(z, alpha):
    return np.where(z >= alpha * z, 1.0, alpha), np.minimum(z, 0.0)


@mistake(
    "prelu_grad",
    hint="All units share the mean of the slopes in dz. Each one should use its own.",
)
def prelu_grad_mean_alpha(z, alpha):
    return np.where(z >= 0, 1.0, np.mean(alpha)), np.minimum(z, 0.0)


@mistake(
    "prelu_grad",
    hint="Your slopes run along the batch instead of along the units. "
    "Which axis of z counts the units?",
)
def prelu_grad_alpha_along_batch(z, alpha):
    if np.ndim(alpha) == 1:
        alpha = alpha[:, np.newaxis]
    return np.where(z >= 0, 1.0, alpha), np.minimum(z, 0.0)


@mistake(
    "prelu_grad",
    hint="You limit alpha to the range from 0 to 1 in dz. A learned slope may go anywhere.",
)
def prelu_grad_alpha_limited(z, alpha):
    return np.where(z >= 0, 1.0, np.clip(alpha, 0.0, 1.0)), np.minimum(z, 0.0)


# ---- prelu_grad: dalpha ----


@mistake(
    "prelu_grad",
    hint="Your dalpha is one number. Here it is asked for entry by entry; "
    "the sum over the batch comes later, together with the upstream gradient.",
)
def prelu_grad_dalpha_summed(z, alpha):
    return np.where(z >= 0, 1.0, alpha), np.sum(np.minimum(z, 0.0))


@mistake(
    "prelu_grad",
    hint="Your dalpha is already summed over the batch. Each entry still has to be multiplied by "
    "an upstream gradient of its own.",
)
def prelu_grad_dalpha_summed_over_batch(z, alpha):
    return np.where(z >= 0, 1.0, alpha), np.sum(np.minimum(z, 0.0), axis=0)


@mistake(
    "prelu_grad",
    hint="Your dalpha has the wrong sign. When alpha grows, does the output for a negative z "
    "rise or fall?",
)
def prelu_grad_dalpha_sign(z, alpha):
    return np.where(z >= 0, 1.0, alpha), np.maximum(-z, 0.0)


@mistake(
    "prelu_grad",
    hint="Your dalpha isn't zero for positive z, but the output doesn't depend on alpha there.",
)
def prelu_grad_dalpha_everywhere(z, alpha):
    return np.where(z >= 0, 1.0, alpha), z.copy()


@mistake(
    "prelu_grad",
    hint="Your dalpha is on the wrong side: for which z does the output depend on alpha?",
)
def prelu_grad_dalpha_wrong_side(z, alpha):
    return np.where(z >= 0, 1.0, alpha), np.maximum(z, 0.0)


@mistake(
    "prelu_grad",
    hint="Your dalpha is the output itself for negative z. When you differentiate by alpha, what "
    "becomes of the factor alpha?",
)
def prelu_grad_dalpha_is_output(z, alpha):
    return np.where(z >= 0, 1.0, alpha), alpha * np.minimum(z, 0.0)


@mistake(
    "prelu_grad",
    hint="Your dalpha only tells where alpha matters, not how much. "
    "The output there is a product with two factors.",
)
def prelu_grad_dalpha_is_mask(z, alpha):
    return np.where(z >= 0, 1.0, alpha), np.where(z < 0, 1.0, 0.0)


@mistake(
    "prelu_grad",
    hint="Your dalpha is zero everywhere, so alpha would never learn anything.",
)
def prelu_grad_dalpha_zero(z, alpha):
    return np.where(z >= 0, 1.0, alpha), np.zeros_like(z)


@mistake(
    "prelu_grad",
    hint="Your dalpha repeats alpha for negative z. Differentiate the output by alpha, not by z.",
)
def prelu_grad_dalpha_is_alpha(z, alpha):
    return np.where(z >= 0, 1.0, alpha), np.where(z >= 0, 0.0, alpha)


# ---- prelu_grad: what is returned ----


@mistake(
    "prelu_grad",
    hint="You return one derivative. The slope is learned, so a second one is needed.",
)
def prelu_grad_dz_only(z, alpha):
    return np.where(z >= 0, 1.0, alpha)


@mistake(
    "prelu_grad",
    hint="The two derivatives come in the wrong order.",
)
def prelu_grad_order_swapped(z, alpha):
    return np.minimum(z, 0.0), np.where(z >= 0, 1.0, alpha)


@mistake(
    "prelu_grad",
    hint="Your function changes the array that it is given. The caller still needs z.",
)
def prelu_grad_in_place(z, alpha):
    dz = np.where(z >= 0, 1.0, alpha)
    z[z > 0] = 0.0
    return dz, z


@mistake(
    "prelu_grad",
    hint="Your function takes a single number for alpha. Each unit may have a slope of its own.",
)
def prelu_grad_scalar_alpha_only(z, alpha):
    return np.where(z >= 0, 1.0, float(alpha)), np.minimum(z, 0.0)


@mistake(
    "prelu_grad",
    hint="A plain number for alpha fails. Broadcasting treats a number and a row of slopes alike "
    "without any help.",
)
def prelu_grad_array_alpha_only(z, alpha):
    return np.where(z >= 0, 1.0, alpha.reshape(1, -1)), np.minimum(z, 0.0)


@mistake(
    "prelu_grad",
    hint="A 0-d array fails: arithmetic turns it into a scalar, "
    "and a scalar can't be assigned to by index.",
)
def prelu_grad_assigns_into_scalar(z, alpha):
    dalpha = 1.0 * z
    dalpha[z > 0] = 0.0
    return np.where(z >= 0, 1.0, alpha), dalpha


@mistake(
    "prelu_grad",
    hint="Your derivatives are single precision. The package computes in float64 throughout.",
)
def prelu_grad_float32(z, alpha):
    dz = np.where(z >= 0, 1.0, alpha).astype(np.float32)
    return dz, np.minimum(z, 0.0).astype(np.float32)


@mistake(
    "prelu",
    hint="Of two units both get the first one's alpha. Each has its own.",
)
def prelu_two_units_share(z, alpha):
    if np.shape(alpha) == (2,):
        alpha = alpha[0]
    return np.maximum(z, 0.0) + alpha * np.minimum(z, 0.0)


@mistake(
    "prelu",
    hint="Alpha is spread over the second axis, also where it is a single number and z has more "
    "than two axes.",
)
def prelu_alpha_along_second_axis(z, alpha):
    if np.ndim(z) > 1:
        alpha = np.broadcast_to(alpha, np.shape(z)[1:2])
    return np.maximum(z, 0.0) + alpha * np.minimum(z, 0.0)
