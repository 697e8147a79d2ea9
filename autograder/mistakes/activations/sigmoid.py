"""Mistakes in `sigmoid` and `sigmoid_grad`."""

import numpy as np

from autograder.engine.mistakes import mistake
from gradflow.activations import sigmoid

# ---- sigmoid: the formula ----


@mistake(
    "sigmoid",
    hint="Your curve falls where it should rise. Look at the sign in the exponent.",
)
def sigmoid_sign_of_exponent(z):
    return 1 / (1 + np.exp(z))


@mistake(
    "sigmoid",
    hint="Your denominator vanishes at z = 0, where the sigmoid is one half. "
    "Look at the signs in it.",
)
def sigmoid_minus_in_denominator(z):
    return 1 / (1 - np.exp(-z))


@mistake(
    "sigmoid",
    hint="Your values are 1 and more. Python divides before it adds: what is divided by what?",
)
def sigmoid_missing_brackets(z):
    return 1 / 1 + np.exp(-z)


@mistake(
    "sigmoid",
    hint="Your curve is too steep. Sigmoid and tanh are scaled copies of each other, "
    "and the argument is scaled as well.",
)
def sigmoid_from_tanh_of_z(z):
    return 0.5 * (1 + np.tanh(z))


@mistake(
    "sigmoid",
    hint="Your values run from -1 to 1. A sigmoid can be read as a probability.",
)
def sigmoid_returns_tanh(z):
    return np.tanh(z)


@mistake(
    "sigmoid",
    hint="You centred the sigmoid at zero. That would help the next layer, "
    "but it is another function.",
)
def sigmoid_centred(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e) - 0.5


@mistake(
    "sigmoid",
    hint="Your curve is made of three straight pieces. That is the cheap approximation which "
    "some libraries call hard sigmoid.",
)
def sigmoid_hard(z):
    return np.clip(0.2 * z + 0.5, 0.0, 1.0)


@mistake(
    "sigmoid",
    hint="Your entries depend on each other and add up to 1. That is softmax; "
    "an elementwise function looks at one entry at a time.",
)
def sigmoid_softmax(z):
    e = np.exp(z)
    return e / np.sum(e)


@mistake(
    "sigmoid",
    hint="Your values for negative z mirror those for positive z. The form that is safe against "
    "overflow needs another numerator on one of the sides.",
)
def sigmoid_of_absolute_value(z):
    return 1 / (1 + np.exp(-np.abs(z)))


@mistake(
    "sigmoid",
    hint="Your values are a tiny bit off. A small number in the denominator isn't needed here, "
    "since the denominator is never below 1.",
)
def sigmoid_epsilon_in_denominator(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e + 1e-8)


@mistake(
    "sigmoid",
    hint="Your values stop changing where z is still moderate. Limiting z against overflow may "
    "only touch values that are safely beyond any visible change.",
)
def sigmoid_clipped_at_ten(z):
    return 1 / (1 + np.exp(-np.clip(z, -10, 10)))


@mistake(
    "sigmoid",
    hint="Your values are rounded. Later layers and gradients need all the digits.",
)
def sigmoid_rounded(z):
    e = np.exp(-np.abs(z))
    return np.round(np.where(z >= 0, 1.0, e) / (1.0 + e), 4)


@mistake(
    "sigmoid",
    hint="Your values are slightly off, the more so the larger z is. NumPy knows Euler's number "
    "to more digits than you typed.",
)
def sigmoid_short_e(z):
    return 1 / (1 + 2.718**-z)


# ---- sigmoid: extreme z ----


@mistake(
    "sigmoid",
    hint="The value is right, but for a very negative z the exponential overflows on the way. "
    "Can you write the same fraction with an exponent that is never positive?",
)
def sigmoid_plain_formula(z):
    return 1 / (1 + np.exp(-z))


@mistake(
    "sigmoid",
    hint="For a large z both numerator and denominator overflow, and their quotient isn't a "
    "number. Which form of the fraction suits positive z?",
)
def sigmoid_of_growing_exponential(z):
    return np.exp(z) / (1 + np.exp(z))


@mistake(
    "sigmoid",
    hint="The value is right, but `np.where` computes both branches for every entry, "
    "also the one that overflows there.",
)
def sigmoid_where_both_branches(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


@mistake(
    "sigmoid",
    hint="You choose one form for the whole array, by its smallest entry. Positive and negative "
    "entries can stand side by side, and an empty array has no smallest entry.",
)
def sigmoid_branch_by_smallest(z):
    if np.min(z) >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))


# ---- sigmoid: arrays and types ----


@mistake(
    "sigmoid",
    hint="Your function changes the array that it is given. `z *= -1` doesn't make a new array.",
)
def sigmoid_negates_in_place(z):
    z *= -1
    return 1 / (1 + np.exp(z))


@mistake(
    "sigmoid",
    hint="Your function changes extreme entries of the array that it is given. "
    "What does the argument `out` do?",
)
def sigmoid_limits_in_place(z):
    np.clip(z, -500, 500, out=z)
    return 1 / (1 + np.exp(-z))


@mistake(
    "sigmoid",
    hint="A 0-d array fails: NumPy's functions turn it into a scalar, "
    "and a scalar can't be assigned to by index.",
)
def sigmoid_assigns_into_scalar(z):
    e = np.exp(-np.abs(z))
    out = 1 / (1 + e)
    out[z < 0] = (e / (1 + e))[z < 0]
    return out


@mistake(
    "sigmoid",
    hint="`math.exp` takes one number at a time. NumPy has a function of the same name for whole "
    "arrays.",
)
def sigmoid_math_exp(z):
    import math

    return np.float64(1 / (1 + math.exp(-z)))


@mistake(
    "sigmoid",
    hint="Your values are single precision. The package computes in float64 throughout.",
)
def sigmoid_float32(z):
    e = np.exp(-np.abs(z))
    return (np.where(z >= 0, 1.0, e) / (1.0 + e)).astype(np.float32)


@mistake(
    "sigmoid",
    hint="Your function only works on matrices: it unpacks exactly two sizes. "
    "An elementwise function needs no loop and no shape.",
)
def sigmoid_matrix_only(z):
    rows, columns = z.shape
    e = np.exp(-np.abs(z))
    return (np.where(z >= 0, 1.0, e) / (1.0 + e)).reshape(rows, columns)


@mistake(
    "sigmoid",
    hint="A single entry comes back without its axes. The result has exactly the shape of z, also "
    "where that is (1, 1).",
)
def sigmoid_one_entry_as_scalar(z):
    value = 0.5 * (1 + np.tanh(0.5 * z))
    return value.ravel()[0] if value.size == 1 else value


# ---- sigmoid_grad: the formula ----


@mistake(
    "sigmoid_grad",
    hint="You treat the argument as if it were the activation. "
    "The derivative is asked for at the pre-activation z.",
)
def sigmoid_grad_at_activation(z):
    return z * (1 - z)


@mistake(
    "sigmoid_grad",
    hint="The sigmoid is applied twice: it looks as if z were replaced by the activation first.",
)
def sigmoid_grad_applied_twice(z):
    s = sigmoid(sigmoid(z))
    return s * (1 - s)


@mistake(
    "sigmoid_grad",
    hint="You return the value of the function itself, not its slope.",
)
def sigmoid_grad_returns_value(z):
    return sigmoid(z)


@mistake(
    "sigmoid_grad",
    hint="One factor of the product is missing. The slope must go to zero on both sides.",
)
def sigmoid_grad_one_factor(z):
    return 1 - sigmoid(z)


@mistake(
    "sigmoid_grad",
    hint="Your slope never falls, and is 2 for large z. Check the sign inside the bracket.",
)
def sigmoid_grad_plus_in_bracket(z):
    s = sigmoid(z)
    return s * (1 + s)


@mistake(
    "sigmoid_grad",
    hint="Your slope is negative, though the sigmoid rises everywhere. Check the order of the "
    "difference.",
)
def sigmoid_grad_negative(z):
    s = sigmoid(z)
    return s * (s - 1)


@mistake(
    "sigmoid_grad",
    hint="This is how the slope of tanh follows from its value. The sigmoid has a rule of its own.",
)
def sigmoid_grad_rule_of_tanh(z):
    return 1 - sigmoid(z) ** 2


@mistake(
    "sigmoid_grad",
    hint="You mix the two variables: one factor uses the activation, the other one z itself.",
)
def sigmoid_grad_mixed_variables(z):
    return sigmoid(z) * (1 - z)


@mistake(
    "sigmoid_grad",
    hint="A factor is there once too often. At z = 0 the sigmoid is one half; how steep is it "
    "there?",
)
def sigmoid_grad_squared_factor(z):
    s = sigmoid(z)
    return s * (1 - s) ** 2


@mistake(
    "sigmoid_grad",
    hint="Your slope is nearly right: it looks like a one-sided difference quotient. "
    "There is an exact formula.",
)
def sigmoid_grad_forward_difference(z):
    h = 1e-6
    return (sigmoid(z + h) - sigmoid(z)) / h


# ---- sigmoid_grad: extreme z, arrays and types ----


@mistake(
    "sigmoid_grad",
    hint="For a very negative z your quotient is infinity by infinity. "
    "Write the slope in terms of the sigmoid's value instead.",
)
def sigmoid_grad_quotient_of_decaying(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


@mistake(
    "sigmoid_grad",
    hint="For a large z your quotient is infinity by infinity. "
    "Write the slope in terms of the sigmoid's value instead.",
)
def sigmoid_grad_quotient_of_growing(z):
    return np.exp(z) / (1 + np.exp(z)) ** 2


@mistake(
    "sigmoid_grad",
    hint="The value is right, but for a very negative z the exponential overflows on the way. "
    "A sigmoid that is safe makes its slope safe, too.",
)
def sigmoid_grad_plain_formula(z):
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


@mistake(
    "sigmoid_grad",
    hint="You multiply as matrices. A derivative of an elementwise function takes the product "
    "entry by entry.",
)
def sigmoid_grad_matrix_product(z):
    s = sigmoid(z)
    return np.dot(s, 1 - s)


@mistake(
    "sigmoid_grad",
    hint="Your function replaces z by its activation in the array that it was given. "
    "The caller still needs it.",
)
def sigmoid_grad_overwrites_z(z):
    z[...] = sigmoid(z)
    return z * (1 - z)


@mistake(
    "sigmoid_grad",
    hint="You return the Jacobian, most of which is zero. For an elementwise function only its "
    "diagonal is kept, in the shape of z.",
)
def sigmoid_grad_jacobian(z):
    s = sigmoid(z)
    return np.diag(np.ravel(s * (1 - s)))


@mistake(
    "sigmoid_grad",
    hint="An empty array fails: `np.vectorize` calls your function once to learn the type of its "
    "result. NumPy's own arithmetic works on arrays of any size.",
)
def sigmoid_grad_vectorize(z):
    @np.vectorize
    def slope(value):
        e = np.exp(-np.abs(value))
        return e / (1 + e) ** 2

    return slope(z)
