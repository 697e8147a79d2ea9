"""Mistakes in `tanh` and `tanh_grad`."""

import numpy as np

from autograder.engine.mistakes import mistake

# ---- tanh: the formula ----


@mistake(
    "tanh",
    hint="Your curve falls where it should rise. Check the order of the difference.",
)
def tanh_falling(z):
    return -np.tanh(z)


@mistake(
    "tanh",
    hint="Your values leave the interval from -1 to 1. Python divides before it adds: which "
    "brackets does the fraction need?",
)
def tanh_missing_brackets(z):
    return np.exp(z) - np.exp(-z) / np.exp(z) + np.exp(-z)


@mistake(
    "tanh",
    hint="Your fraction is upside down: it has no value at z = 0 and is never below 1 in size.",
)
def tanh_upside_down(z):
    return (np.exp(z) + np.exp(-z)) / (np.exp(z) - np.exp(-z))


@mistake(
    "tanh",
    hint="You took another function from NumPy: it grows without limit.",
)
def tanh_returns_sinh(z):
    return np.sinh(z)


@mistake(
    "tanh",
    hint="You took the tangent of an angle. The hyperbolic tangent has no poles.",
)
def tanh_returns_tan(z):
    return np.tan(z)


@mistake(
    "tanh",
    hint="Your curve has the right look but other limits: it is the arc tangent.",
)
def tanh_returns_arctan(z):
    return np.arctan(z)


@mistake(
    "tanh",
    hint="Your values run from 0 to 1. The hyperbolic tangent is centred at zero.",
)
def tanh_returns_sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


@mistake(
    "tanh",
    hint="Your curve isn't steep enough at zero. Tanh is a scaled sigmoid, "
    "and the argument is scaled as well.",
)
def tanh_from_sigmoid_of_z(z):
    return np.tanh(z / 2)


@mistake(
    "tanh",
    hint="Your values run from 0 to 2. When you build tanh from the sigmoid, the curve must also "
    "be shifted.",
)
def tanh_unshifted_sigmoid(z):
    return 1 + np.tanh(z)


@mistake(
    "tanh",
    hint="Your curve is made of straight pieces. That is the cheap approximation which some "
    "libraries call hard tanh.",
)
def tanh_hard(z):
    return np.clip(z, -1.0, 1.0)


@mistake(
    "tanh",
    hint="You use LeCun's stretched version with its two constants. The plain function has none.",
)
def tanh_stretched(z):
    return 1.7159 * np.tanh(2 / 3 * z)


@mistake(
    "tanh",
    hint="Your values stop changing where z is still moderate. Limiting z against overflow may "
    "only touch values that are safely beyond any visible change.",
)
def tanh_clipped_at_five(z):
    return np.tanh(np.clip(z, -5, 5))


@mistake(
    "tanh",
    hint="Your values went through single precision on the way, so half of the digits are gone.",
)
def tanh_through_float32(z):
    return np.tanh(z.astype(np.float32)).astype(np.float64)


# ---- tanh: extreme z ----


@mistake(
    "tanh",
    hint="For z of a large size your quotient is infinity by infinity. "
    "Is there a function that does this for you?",
)
def tanh_quotient_of_exponentials(z):
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


@mistake(
    "tanh",
    hint="For a large positive z your quotient is infinity by infinity. "
    "Which sign must the exponent have there?",
)
def tanh_quotient_of_growing(z):
    return (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1)


@mistake(
    "tanh",
    hint="For a very negative z your quotient is infinity by infinity. "
    "Which sign must the exponent have there?",
)
def tanh_quotient_of_decaying(z):
    return (1 - np.exp(-2 * z)) / (1 + np.exp(-2 * z))


@mistake(
    "tanh",
    hint="The value is right, but the exponential overflows on the way for a very negative z. "
    "NumPy's own function does without.",
)
def tanh_from_plain_sigmoid(z):
    return 2 / (1 + np.exp(-2 * z)) - 1


# ---- tanh: arrays and types ----


@mistake(
    "tanh",
    hint="Your function writes its result into the array that it was given. "
    "What does the argument `out` do?",
)
def tanh_in_place(z):
    return np.tanh(z, out=z)


@mistake(
    "tanh",
    hint="Your result is one long row. An elementwise function keeps the shape of z.",
)
def tanh_flattened(z):
    return np.tanh(z).ravel()


@mistake(
    "tanh",
    hint="A 0-d array fails: it has no first axis to run along. "
    "An elementwise function needs no loop.",
)
def tanh_row_by_row(z):
    out = np.zeros_like(z)
    for i in range(len(z)):
        out[i] = np.tanh(z[i])
    return out


@mistake(
    "tanh",
    hint="You return a Python list. The rest of the network computes with NumPy arrays.",
)
def tanh_list(z):
    return np.tanh(z).tolist()


@mistake(
    "tanh",
    hint="A single entry comes back without its axes. The result has exactly the shape of z, also "
    "where that is (1, 1).",
)
def tanh_one_entry_as_scalar(z):
    value = np.tanh(z)
    return value.ravel()[0] if value.size == 1 else value


# ---- tanh_grad: the formula ----


@mistake(
    "tanh_grad",
    hint="You treat the argument as if it were the activation. "
    "The derivative is asked for at the pre-activation z.",
)
def tanh_grad_at_activation(z):
    return 1 - z * z


@mistake(
    "tanh_grad",
    hint="The tanh is applied twice: it looks as if z were replaced by the activation first.",
)
def tanh_grad_applied_twice(z):
    return 1 - np.tanh(np.tanh(z)) ** 2


@mistake(
    "tanh_grad",
    hint="Your slope isn't even in z, though the curve is as steep on the left as on the right. "
    "A power is missing.",
)
def tanh_grad_missing_square(z):
    return 1 - np.tanh(z)


@mistake(
    "tanh_grad",
    hint="Your slope isn't even in z, though the curve is as steep on the left as on the right. "
    "What exactly is squared?",
)
def tanh_grad_square_of_difference(z):
    return (1 - np.tanh(z)) ** 2


@mistake(
    "tanh_grad",
    hint="You square the argument instead of the function's value.",
)
def tanh_grad_square_of_argument(z):
    return 1 - np.tanh(z**2)


@mistake(
    "tanh_grad",
    hint="Your slope is at least 1 everywhere, though tanh flattens out. Check the sign.",
)
def tanh_grad_plus(z):
    return 1 + np.tanh(z) ** 2


@mistake(
    "tanh_grad",
    hint="Your slope is negative, though tanh rises everywhere. Check the order of the difference.",
)
def tanh_grad_negative(z):
    return np.tanh(z) ** 2 - 1


@mistake(
    "tanh_grad",
    hint="This is how the slope of the sigmoid follows from its value. Tanh has a rule of its own.",
)
def tanh_grad_rule_of_sigmoid(z):
    t = np.tanh(z)
    return t * (1 - t)


@mistake(
    "tanh_grad",
    hint="You return the value of the function itself, not its slope.",
)
def tanh_grad_returns_value(z):
    return np.tanh(z)


@mistake(
    "tanh_grad",
    hint="Your slope falls too slowly: the hyperbolic secant is there, but not its power.",
)
def tanh_grad_lost_power_of_secant(z):
    e = np.exp(-np.abs(z))
    return 2 * e / (1 + e * e)


@mistake(
    "tanh_grad",
    hint="Your slope is nearly right: it looks like a one-sided difference quotient. "
    "There is an exact formula.",
)
def tanh_grad_forward_difference(z):
    h = 1e-5
    return (np.tanh(z + h) - np.tanh(z)) / h


@mistake(
    "tanh_grad",
    hint="`^` isn't a power in Python: it works on the bits of integers.",
)
def tanh_grad_caret_for_power(z):
    return 1 - np.tanh(z) ^ 2


# ---- tanh_grad: extreme z, arrays and types ----


@mistake(
    "tanh_grad",
    hint="The value is right, but the hyperbolic cosine overflows on the way for z of a large "
    "size. Which function of z stays between -1 and 1?",
)
def tanh_grad_by_cosh(z):
    return 1 / np.cosh(z) ** 2


@mistake(
    "tanh_grad",
    hint="For z of a large size your quotient is infinity by infinity. "
    "NumPy's own tanh does without.",
)
def tanh_grad_quotient_of_exponentials(z):
    t = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    return 1 - t**2


@mistake(
    "tanh_grad",
    hint="You multiply as matrices. A derivative of an elementwise function takes the square "
    "entry by entry.",
)
def tanh_grad_matrix_product(z):
    t = np.tanh(z)
    return 1 - np.dot(t, t)


@mistake(
    "tanh_grad",
    hint="Your function writes its result into the array that it was given. The caller still "
    "needs it.",
)
def tanh_grad_in_place(z):
    np.tanh(z, out=z)
    np.multiply(z, z, out=z)
    return np.subtract(1.0, z, out=z)


@mistake(
    "tanh_grad",
    hint="Your function only works where there are rows and columns: it indexes with two numbers. "
    "An elementwise function needs no loop.",
)
def tanh_grad_two_loops(z):
    out = np.empty(z.shape)
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            out[i, j] = 1 - np.tanh(z[i, j]) ** 2
    return out


@mistake(
    "tanh_grad",
    hint="You average over the first axis. The derivative has one entry for every entry of z.",
)
def tanh_grad_averaged_over_batch(z):
    return np.mean(1 - np.tanh(z) ** 2, axis=0)


@mistake(
    "tanh_grad",
    hint="Your values are single precision. The package computes in float64 throughout.",
)
def tanh_grad_float32(z):
    return (1 - np.tanh(z) ** 2).astype(np.float32)


@mistake(
    "tanh",
    hint="Small z are taken for their own tanh. That is an approximation, and too rough a one.",
)
def tanh_linear_near_zero(z):
    return np.where(np.abs(z) < 5e-3, z, np.tanh(z))
