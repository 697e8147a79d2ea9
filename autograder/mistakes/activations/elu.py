"""Mistakes in `elu` and `elu_grad`."""

import numpy as np

from autograder.engine.mistakes import mistake
from gradflow.activations import elu

# ---- elu: the formula ----


@mistake(
    "elu",
    hint="Alpha makes no difference in your function. It stretches the curve for negative z.",
)
def elu_alpha_ignored(z, alpha=1.0):
    return np.where(z >= 0, z, np.expm1(np.minimum(z, 0.0)))


@mistake(
    "elu",
    hint="Your curve jumps at zero. What must be taken from the exponential so that both pieces "
    "meet there?",
)
def elu_missing_minus_one(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * np.exp(np.minimum(z, 0.0)))


@mistake(
    "elu",
    hint="Your two pieces only meet at zero when alpha is 1. Check which terms alpha multiplies.",
)
def elu_one_outside_bracket(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * np.exp(np.minimum(z, 0.0)) - 1)


@mistake(
    "elu",
    hint="For negative z your curve is turned upside down: it should approach a value below zero.",
)
def elu_difference_reversed(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * (1 - np.exp(np.minimum(z, 0.0))))


@mistake(
    "elu",
    hint="Your curve grows without limit for negative z. Look at the sign in the exponent.",
)
def elu_sign_of_exponent(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * (np.exp(-z) - 1))


@mistake(
    "elu",
    hint="Alpha stretches the exponent in your function. It sets how deep the curve goes, "
    "not how fast.",
)
def elu_alpha_in_exponent(z, alpha=1.0):
    return np.where(z >= 0, z, np.expm1(alpha * np.minimum(z, 0.0)))


@mistake(
    "elu",
    hint="You divide z by alpha in the exponent. That is CELU, which is smooth for every alpha; "
    "the two agree only when alpha is 1.",
)
def elu_celu(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0.0) / alpha))


@mistake(
    "elu",
    hint="Positive z are multiplied by alpha as well. That side is the identity.",
)
def elu_alpha_on_both_sides(z, alpha=1.0):
    return alpha * np.where(z >= 0, z, np.expm1(np.minimum(z, 0.0)))


@mistake(
    "elu",
    hint="The whole curve is scaled by a constant just above 1. That belongs to SELU.",
)
def elu_selu_scale(z, alpha=1.0):
    return 1.0507009873554805 * np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0.0)))


@mistake(
    "elu",
    hint="You take the larger one of two curves. The exponential curve is above the straight line "
    "on both sides of zero.",
)
def elu_maximum_of_pieces(z, alpha=1.0):
    return np.maximum(z, alpha * (np.exp(z) - 1))


@mistake(
    "elu",
    hint="For positive z the exponential piece is added to the straight one.",
)
def elu_pieces_added(z, alpha=1.0):
    return np.maximum(z, 0.0) + alpha * (np.exp(z) - 1)


@mistake(
    "elu",
    hint="The two pieces are exchanged: your curve explodes on the right.",
)
def elu_pieces_swapped(z, alpha=1.0):
    return np.where(z > 0, alpha * (np.exp(z) - 1), z)


@mistake(
    "elu",
    hint="Negative z are cut off, as in a plain ReLU. Here they have a value below zero.",
)
def elu_plain_relu(z, alpha=1.0):
    return np.maximum(z, 0.0)


@mistake(
    "elu",
    hint="Your curve is straight for negative z, as in a leaky ReLU. Here it levels off.",
)
def elu_leaky(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * z)


@mistake(
    "elu",
    hint="Your default for alpha is that of the leaky unit.",
)
def elu_other_default(z, alpha=0.01):
    return np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0.0)))


@mistake(
    "elu",
    hint="Your values stop changing where z is still moderate. Limiting z against overflow need "
    "only concern the side on which the exponential isn't wanted.",
)
def elu_clipped_at_minus_ten(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * np.expm1(np.clip(z, -10, 0)))


@mistake(
    "elu",
    hint="Your values depend on the largest entry of the array. Shifting the exponent is a trick "
    "for quotients, as in softmax, where the shift cancels.",
)
def elu_shifted_exponent(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * (np.exp(z - np.max(z)) - 1))


# ---- elu: extreme z ----


@mistake(
    "elu",
    hint="The value is right, but `np.where` computes both branches for every entry, also the "
    "exponential of a large positive z.",
)
def elu_where_both_branches(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * (np.exp(z) - 1))


@mistake(
    "elu",
    hint="For a large positive z you multiply infinity by zero. A mask as a factor can't undo an "
    "overflow.",
)
def elu_mask_as_factor(z, alpha=1.0):
    return (z > 0) * z + (z <= 0) * alpha * (np.exp(z) - 1)


# ---- elu: arrays and types ----


@mistake(
    "elu",
    hint="Your function changes the array that it is given. The caller still needs z, "
    "for the derivative for instance.",
)
def elu_in_place(z, alpha=1.0):
    z[z < 0] = alpha * np.expm1(z[z < 0])
    return z


@mistake(
    "elu",
    hint="A 0-d array fails: NumPy's functions turn it into a scalar, "
    "and a scalar can't be assigned to by index.",
)
def elu_assigns_into_scalar(z, alpha=1.0):
    out = alpha * np.expm1(np.minimum(z, 0.0))
    out[z > 0] = z[z > 0]
    return out


@mistake(
    "elu",
    hint="You decide once for the whole array. Every entry has a sign of its own.",
)
def elu_decides_for_whole_array(z, alpha=1.0):
    if np.all(z >= 0):
        return z.copy()
    return alpha * np.expm1(np.minimum(z, 0.0))


@mistake(
    "elu",
    hint="`if z >= 0` asks one question about the whole array, which has no single answer. "
    "Compare entry by entry.",
)
def elu_if_on_array(z, alpha=1.0):
    if z >= 0:
        return z
    return alpha * np.expm1(z)


@mistake(
    "elu",
    hint="Your result is nested lists. The rest of the network computes with NumPy arrays.",
)
def elu_list(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0.0))).tolist()


@mistake(
    "elu",
    hint="Axes of length one get lost. The result has exactly the shape of z.",
)
def elu_squeezed(z, alpha=1.0):
    return np.squeeze(np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0.0))))


@mistake(
    "elu",
    hint="A single entry comes back without its axes. The result has exactly the shape of z, also "
    "where that is (1, 1).",
)
def elu_one_entry_as_scalar(z, alpha=1.0):
    value = np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0.0)))
    return value.ravel()[0] if value.size == 1 else value


# ---- elu_grad: the formula ----


@mistake(
    "elu_grad",
    hint="For negative z your slope approaches alpha instead of zero: when the slope is built "
    "from the value, it needs the value with its last term.",
)
def elu_grad_alpha_added_to_exponential(z, alpha=1.0):
    return np.where(z >= 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)) + alpha)


@mistake(
    "elu_grad",
    hint="The rule that gets the slope from the value only holds for negative z. "
    "What is the slope of the straight piece?",
)
def elu_grad_value_plus_alpha_everywhere(z, alpha=1.0):
    return elu(z, alpha) + alpha


@mistake(
    "elu_grad",
    hint="Alpha makes no difference in your slope. A constant factor stays when you differentiate.",
)
def elu_grad_alpha_ignored(z, alpha=1.0):
    return np.where(z >= 0, 1.0, np.exp(np.minimum(z, 0.0)))


@mistake(
    "elu_grad",
    hint="For negative z you return the value of the function, not its slope. "
    "What becomes of a constant when you differentiate?",
)
def elu_grad_value_for_negatives(z, alpha=1.0):
    return np.where(z >= 0, 1.0, alpha * np.expm1(np.minimum(z, 0.0)))


@mistake(
    "elu_grad",
    hint="You return the value of the function itself, not its slope.",
)
def elu_grad_returns_value(z, alpha=1.0):
    return elu(z, alpha)


@mistake(
    "elu_grad",
    hint="You treat the argument as if it were the activation. "
    "The derivative is asked for at the pre-activation z.",
)
def elu_grad_at_activation(z, alpha=1.0):
    return np.where(z >= 0, 1.0, z + alpha)


@mistake(
    "elu_grad",
    hint="The function is applied to z once too often: the slope is taken at the activation, "
    "as if that were z.",
)
def elu_grad_applied_twice(z, alpha=1.0):
    return np.where(z >= 0, 1.0, alpha * np.exp(np.minimum(elu(z, alpha), 0.0)))


@mistake(
    "elu_grad",
    hint="You differentiate the exponential like a power. What is its derivative?",
)
def elu_grad_power_rule(z, alpha=1.0):
    return np.where(z >= 0, 1.0, alpha * z * np.exp(np.minimum(z, 0.0)))


@mistake(
    "elu_grad",
    hint="Your slope grows for negative z. Look at the sign in the exponent.",
)
def elu_grad_sign_of_exponent(z, alpha=1.0):
    return np.where(z >= 0, 1.0, alpha * np.exp(-z))


@mistake(
    "elu_grad",
    hint="Your slope is negative for negative z, though the curve rises everywhere.",
)
def elu_grad_negative(z, alpha=1.0):
    return np.where(z >= 0, 1.0, -alpha * np.exp(np.minimum(z, 0.0)))


@mistake(
    "elu_grad",
    hint="Your slope is constant for negative z, as in a leaky ReLU. Here the curve levels off.",
)
def elu_grad_leaky(z, alpha=1.0):
    return np.where(z >= 0, 1.0, alpha)


@mistake(
    "elu_grad",
    hint="Your slope is zero for negative z, as in a plain ReLU. Here the curve still rises.",
)
def elu_grad_of_relu(z, alpha=1.0):
    return np.where(z >= 0, 1.0, 0.0)


@mistake(
    "elu_grad",
    hint="You use the exponential for positive z as well. What is the slope of the straight piece?",
)
def elu_grad_exponential_everywhere(z, alpha=1.0):
    return alpha * np.exp(z)


@mistake(
    "elu_grad",
    hint="Your slope for positive z is alpha. That side is the identity.",
)
def elu_grad_alpha_for_positives(z, alpha=1.0):
    return alpha * np.exp(np.minimum(z, 0.0))


@mistake(
    "elu_grad",
    hint="For positive z you return z itself. How steep is a straight line through the origin "
    "that maps z to z?",
)
def elu_grad_z_for_positives(z, alpha=1.0):
    return np.where(z > 0, z, alpha * np.exp(np.minimum(z, 0.0)))


@mistake(
    "elu_grad",
    hint="You cut the slope off at 1. With alpha above 1 the curve is steeper than that just left "
    "of zero.",
)
def elu_grad_at_most_one(z, alpha=1.0):
    return np.where(z >= 0, 1.0, np.minimum(1.0, alpha * np.exp(np.minimum(z, 0.0))))


@mistake(
    "elu_grad",
    hint="Alpha stretches the exponent in your slope. It sets how deep the curve goes, "
    "not how fast.",
)
def elu_grad_alpha_in_exponent(z, alpha=1.0):
    return np.where(z >= 0, 1.0, alpha * np.exp(alpha * np.minimum(z, 0.0)))


@mistake(
    "elu_grad",
    hint="This is the slope of CELU, which divides z by alpha in the exponent.",
)
def elu_grad_celu(z, alpha=1.0):
    return np.where(z >= 0, 1.0, np.exp(np.minimum(z, 0.0) / alpha))


@mistake(
    "elu_grad",
    hint="At z = 0 your slope is below both one-sided ones: none of your cases holds there.",
)
def elu_grad_zero_at_zero(z, alpha=1.0):
    return (z > 0) * 1.0 + (z < 0) * alpha * np.exp(np.minimum(z, 0.0))


@mistake(
    "elu_grad",
    hint="Your slope is 1 everywhere: the second assignment also meets the entries that the first "
    "one has just filled.",
)
def elu_grad_assignments_in_sequence(z, alpha=1.0):
    slope = z.copy()
    slope[slope <= 0] = alpha * np.exp(slope[slope <= 0])
    slope[slope > 0] = 1.0
    return slope


@mistake(
    "elu_grad",
    hint="Your default for alpha differs from the one of the function itself.",
)
def elu_grad_other_default(z, alpha=0.01):
    return np.where(z >= 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))


# ---- elu_grad: extreme z, arrays and types ----


@mistake(
    "elu_grad",
    hint="The value is right, but `np.where` computes both branches for every entry, also the "
    "exponential of a large positive z.",
)
def elu_grad_where_both_branches(z, alpha=1.0):
    return np.where(z >= 0, 1.0, alpha * np.exp(z))


@mistake(
    "elu_grad",
    hint="For a large positive z you multiply infinity by zero. A mask as a factor can't undo an "
    "overflow.",
)
def elu_grad_mask_as_factor(z, alpha=1.0):
    return (z > 0) * 1.0 + (z <= 0) * alpha * np.exp(z)


@mistake(
    "elu_grad",
    hint="Your function changes the array that it is given. The caller still needs z.",
)
def elu_grad_in_place(z, alpha=1.0):
    np.minimum(z, 0.0, out=z)
    return np.where(z == 0, 1.0, alpha * np.exp(z))


@mistake(
    "elu_grad",
    hint="A 0-d array fails: NumPy's functions turn it into a scalar, "
    "and a scalar can't be assigned to by index.",
)
def elu_grad_assigns_into_scalar(z, alpha=1.0):
    slope = alpha * np.exp(np.minimum(z, 0.0))
    slope[z > 0] = 1.0
    return slope


@mistake(
    "elu_grad",
    hint="An empty array fails: it has no smallest entry. "
    "An elementwise function needs no look at the whole array.",
)
def elu_grad_asks_for_smallest(z, alpha=1.0):
    if np.min(z) >= 0:
        return np.ones_like(z)
    return np.where(z >= 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))


@mistake(
    "elu_grad",
    hint="Your values are single precision. The package computes in float64 throughout.",
)
def elu_grad_float32(z, alpha=1.0):
    return np.where(z >= 0, 1.0, alpha * np.exp(np.minimum(z, 0.0))).astype(np.float32)


@mistake(
    "elu",
    hint="An alpha of 0 is replaced by the default: `or` takes 0 for missing.",
)
def elu_zero_alpha_replaced(z, alpha=1.0):
    return np.where(z >= 0, z, (alpha or 1.0) * np.expm1(np.minimum(z, 0.0)))


@mistake(
    "elu_grad",
    hint="An alpha of 0 is replaced by the default: `or` takes 0 for missing.",
)
def elu_grad_zero_alpha_replaced(z, alpha=1.0):
    return np.where(z >= 0, 1.0, (alpha or 1.0) * np.exp(np.minimum(z, 0.0)))


@mistake(
    "elu",
    hint="For small negative z you take the first two terms of a series. They are too few.",
)
def elu_series_near_zero(z, alpha=1.0):
    below = np.minimum(z, 0.0)
    curve = np.where(below > -0.01, below + below * below / 2, np.expm1(below))
    return np.where(z >= 0, z, alpha * curve)
