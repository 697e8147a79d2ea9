"""Mistakes in the formulas of sigmoid, tanh, the exponential linear unit and their derivatives."""

from autograder.engine.mistakes import Catalogue

SMOOTH = ("sigmoid", "sigmoid_grad", "tanh", "tanh_grad", "elu", "elu_grad")
EXP, EXPM1 = "np.exp(np.minimum(z, 0.0))", "np.expm1(np.minimum(z, 0.0))"
CURVE, SLOPE = f"alpha * {EXPM1}", f"alpha * {EXP}"


class Smooth(Catalogue, of=SMOOTH):
    sigmoid_sign_of_exponent = "1 / (1 + np.exp(z))"
    tanh_falling = "-np.tanh(z)"
    """Your curve falls where it should rise, so every gradient through it would change its sign.
    Put a large positive z into your formula: what does each exponential do there?"""
    tanh_of_absolute_value = "np.tanh(np.abs(z))"
    """Your values for negative z are those for positive z. The curve runs from -1 to 1: what is its
    sign for a negative z? A form with `abs(z)` in it has to give it back."""
    sigmoid_minus_in_denominator = "1 / (1 - np.exp(-z))"
    """Your denominator becomes zero at z = 0, where the sigmoid is one half, and your values leave
    the range from 0 to 1. Look at the sign between its two terms."""
    sigmoid_missing_brackets = "1 / 1 + np.exp(-z)"
    tanh_missing_brackets = "np.exp(z) - np.exp(-z) / np.exp(z) + np.exp(-z)"
    tanh_brackets_above_only = "(np.exp(z) - np.exp(-z)) / np.exp(z) + np.exp(-z)"
    """Your values leave the range of the function. Python divides before it adds or subtracts, so
    only one term stands below the fraction bar. Which brackets does the fraction need?"""
    sigmoid_from_tanh_of_z = "0.5 * (1 + np.tanh(z))"
    tanh_from_sigmoid_of_z = "np.tanh(z / 2)"
    """Your curve has the right limits, but its slope at zero is off by a factor of two, and so are
    the gradients. Sigmoid and tanh have the same form, but their arguments differ. Compare both at
    z = 1."""
    sigmoid_returns_tanh = "np.tanh(z)"
    tanh_returns_sigmoid = "0.5 * (1 + np.tanh(z / 2))"
    """This is the other of two curves that look alike: the sigmoid runs from 0 to 1 and is one half
    at 0, tanh runs from -1 to 1 and is zero there. Which one is asked for?"""
    sigmoid_of_absolute_value = "1 / (1 + np.exp(-np.abs(z)))"
    """Your values for negative z are those for positive z, so the curve never falls below one half.
    A form with `abs(z)` in it is safe from overflow, but the two signs need two numerators."""
    sigmoid_softmax = "np.exp(z) / np.sum(np.exp(z))"
    sigmoid_softmax_of_rows = "np.exp(z) / np.sum(np.exp(z), axis=-1, keepdims=True)"
    """Your entries depend on each other and add up to 1: that is softmax, for a choice among
    classes. An activation looks at one entry at a time. What is its denominator then?"""
    sigmoid_plain_formula = "1 / (1 + np.exp(-z))"
    sigmoid_grad_plain_formula = "1 / (1 + np.exp(-z)) * (1 - 1 / (1 + np.exp(-z)))"
    """The result is right, but for a very negative z an exponential overflows on the way, and NumPy
    warns. Multiply top and bottom of the fraction by another exponential: when is each form safe?
    (`np.where` would compute both of them for all entries.)"""
    sigmoid_of_growing_exponential = "np.exp(z) / (1 + np.exp(z))"
    sigmoid_grad_quotient_of_decaying = "np.exp(-z) / (1 + np.exp(-z)) ** 2"
    sigmoid_grad_quotient_of_growing = "np.exp(z) / (1 + np.exp(z)) ** 2"
    tanh_quotient_of_exponentials = "(np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))"
    tanh_quotient_of_growing = "(np.exp(2 * z) - 1) / (np.exp(2 * z) + 1)"
    tanh_quotient_of_decaying = "(1 - np.exp(-2 * z)) / (1 + np.exp(-2 * z))"
    tanh_grad_quotient_of_exponentials = (
        "1 - ((np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))) ** 2"
    )
    """For z far from zero your quotient is infinity over infinity. That is NaN, and one NaN spreads
    through the whole network. Which exponent never overflows, whatever the sign of z?"""

    sigmoid_grad_one_factor = "1 - sigmoid(z)"
    """Your slope goes to 1 for very negative z, where the curve is flat. One factor of the product
    is missing; with it the slope goes to zero on both sides."""
    sigmoid_grad_plus_in_bracket = "sigmoid(z) * (1 + sigmoid(z))"
    tanh_grad_plus = "1 + np.tanh(z) ** 2"
    """Your slope grows where the curve becomes flat, and ends at 2. Such a slope would double the
    gradients in every saturated layer, until they explode. Look at the sign."""
    sigmoid_grad_rule_of_tanh = "1 - sigmoid(z) ** 2"
    tanh_grad_rule_of_sigmoid = "np.tanh(z) * (1 - np.tanh(z))"
    """This is how the slope of another activation follows from its value. Sigmoid and tanh have
    different rules. Compare your slope at z = 0 with a difference quotient, or with the
    docstring."""
    sigmoid_grad_mixed_variables = "sigmoid(z) * (1 - z)"
    """One factor uses the activation, the other z itself, so the slope grows without limit for
    negative z. Both factors are made of the same value. Store it under a name of its own."""

    tanh_upside_down = "(np.exp(z) + np.exp(-z)) / (np.exp(z) - np.exp(-z))"
    tanh_upside_down_for_positives = """
        e = np.exp(-2 * np.abs(z))
        return np.where(z > 0, (1 + e) / (1 - e), (e - 1) / (e + 1))
        """
    """A fraction is upside down: near z = 0 your values are huge, and their size is never below 1.
    Which of the two, sum or difference, is zero at zero, and where must it stand?"""
    tanh_returns_sinh = "np.sinh(z)"
    tanh_returns_tan = "np.tan(z)"
    tanh_returns_arctan = "np.arctan(z)"
    tanh_hard = "np.clip(z, -1.0, 1.0)"
    tanh_stretched = "1.7159 * np.tanh(2 / 3 * z)"
    """This is another curve. The hyperbolic tangent is smooth, rises from -1 to 1, and is as steep
    as the line of z itself at zero. Compare a few values with the formula."""
    tanh_unshifted = "1.0 + np.tanh(z)"
    """Your values lie between 0 and 2, as sigmoid's lie between 0 and 1. The hyperbolic tangent
    lies between -1 and 1, and is 0 at 0: a subtraction is missing."""
    tanh_from_plain_sigmoid = "2 / (1 + np.exp(-2 * z)) - 1"
    tanh_grad_by_cosh = "1 / np.cosh(z) ** 2"
    """The result is right, but an exponential or a cosine overflows on the way for z far from zero,
    and NumPy warns. Which function of z stays between -1 and 1, whatever z is?"""

    tanh_grad_missing_square = "1 - np.tanh(z)"
    tanh_grad_square_of_difference = "(1 - np.tanh(z)) ** 2"
    """Your slope is not the same for z and -z, and more than 1 on the left, so gradients would
    explode. The curve is flat on both sides. What exactly is squared in the rule?"""
    tanh_grad_lost_power_of_secant = "e = np.exp(-np.abs(z))\nreturn 2 * e / (1 + e * e)"
    """Your slope falls too slowly as z grows: one over the hyperbolic cosine is there, but its
    power is not. Compare at z = 1 with a difference quotient."""
    tanh_grad_lost_factor_of_sigmoid = "sigmoid(2 * z) * sigmoid(-2 * z)"
    """Your slope has the right form, but is a quarter of what it should be at every z. When tanh is
    written by a sigmoid, both the stretched curve and the scaled argument add a factor."""
    tanh_grad_caret_for_power = "1 - np.tanh(z) ^ 2"
    """`^` does not raise to a power in Python: it compares the bits of whole numbers, so floats
    are refused. Which operator stands for a power?"""
    tanh_grad_of_relu = "1 - np.maximum(z, 0.0) ** 2"
    tanh_grad_of_sigmoid = "1 - sigmoid(z) ** 2"
    tanh_grad_of_half = "1 - np.tanh(z / 2) ** 2"
    """The rule from value to slope is that of tanh, but what goes into it is not tanh of z: it is
    another activation's value, ReLU's or the sigmoid's, or tanh of another argument."""
    tanh_grad_of_upside_down = """
        e = np.exp(-2 * np.abs(z))
        return 1 - np.where(z > 0, (1 + e) / (1 - e), (e - 1) / (e + 1)) ** 2
        """
    """The rule from value to slope is that of tanh, but the value that goes into it is not, so the
    slope may even be hugely negative. Look at that value at z = 2: what should tanh be there?"""

    elu_missing_minus_one = f"np.where(z >= 0, z, alpha * {EXP})"
    elu_minus_one_twice = f"np.where(z >= 0, z, alpha * ({EXPM1} - 1))"
    """Your curve jumps at zero: the two pieces do not meet there, so a small step of z makes a
    large one of the activation. What must be taken from the exponential, and how often?"""
    elu_one_outside_bracket = f"np.where(z >= 0, z, alpha * {EXP} - 1)"
    """Your two pieces meet at zero only when alpha is 1, and for very negative z your curve ends at
    -1, whatever alpha is. Check which terms alpha multiplies."""
    elu_difference_reversed = f"np.where(z >= 0, z, alpha * (1 - {EXP}))"
    """Negative entries come out positive: your curve is upside down there. It should go to -alpha
    for very negative z. Look at the order of the difference."""
    elu_sign_of_exponent = "np.where(z >= 0, z, alpha * (np.exp(-z) - 1))"
    elu_grad_sign_of_exponent = "np.where(z >= 0, 1.0, alpha * np.exp(-z))"
    """For negative z your result grows without limit, so values or gradients explode there. The
    curve should level off. Put z = -10 into your formula and look at the exponent."""
    elu_alpha_in_exponent = "np.where(z >= 0, z, np.expm1(alpha * np.minimum(z, 0.0)))"
    elu_celu = "np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0.0) / alpha))"
    elu_grad_alpha_in_exponent = "np.where(z >= 0, 1.0, alpha * np.exp(alpha * np.minimum(z, 0.0)))"
    elu_grad_celu = "np.where(z >= 0, 1.0, np.exp(np.minimum(z, 0.0) / alpha))"
    """Alpha stands in the exponent, where it changes how fast the curve bends. (Divided by alpha,
    it is the curve named CELU.) In ELU alpha sets how deep the curve goes, and nothing else."""
    elu_alpha_on_both_sides = f"alpha * np.where(z >= 0, z, {EXPM1})"
    elu_grad_alpha_for_positives = SLOPE
    """For positive z alpha plays a part as well. That side is z itself, with slope 1, so that
    gradients pass unchanged. With alpha = 1 nobody would notice; try another one."""
    elu_selu_scale = f"1.0507009873554805 * np.where(z >= 0, z, {CURVE})"
    """The whole curve is multiplied by a constant of about 1.05. That belongs to SELU, which
    chooses it so that activations keep their variance. ELU has no such factor."""
    elu_maximum_of_pieces = "np.maximum(z, alpha * (np.exp(z) - 1))"
    elu_pieces_added = "np.maximum(z, 0.0) + alpha * (np.exp(z) - 1)"
    elu_pieces_swapped = "np.where(z > 0, alpha * (np.exp(z) - 1), z)"
    elu_grad_exponential_everywhere = "alpha * np.exp(z)"
    """For positive z the exponential comes in, so your curve explodes there. Each z belongs to one
    piece only, and its sign decides to which. What holds for positive z?"""
    elu_plain_relu = "np.maximum(z, 0.0)"
    """Negative entries come out as zero, as in a plain ReLU, so units can stop learning. In ELU
    they have values below zero, which level off at -alpha."""
    elu_leaky = "np.where(z >= 0, z, alpha * z)"
    elu_grad_leaky = "np.where(z >= 0, 1.0, alpha)"
    """For negative z your curve is straight, as in a leaky ReLU. Here it bends and levels off, so
    that very negative z give no large activations. What does alpha multiply?"""
    elu_where_both_branches = "np.where(z >= 0, z, alpha * (np.exp(z) - 1))"
    elu_grad_where_both_branches = "np.where(z >= 0, 1.0, alpha * np.exp(z))"
    """The exponential also sees large positive z and overflows, with a warning: `np.where`, for
    one, computes both branches for all entries and chooses afterwards. What could it be given
    instead?"""
    elu_mask_as_factor = "(z > 0) * z + (z <= 0) * alpha * (np.exp(z) - 1)"
    elu_grad_mask_as_factor = "(z > 0) * 1.0 + (z <= 0) * alpha * np.exp(z)"
    """For a large positive z the exponential is infinite, and infinity times zero is NaN: a mask as
    a factor cannot undo an overflow. Choose the entries before the exponential, not after."""

    elu_grad_value_plus_one = f"np.where(z >= 0, 1.0, {CURVE} + 1.0)"
    """For negative z your slope is the value of ELU plus one. That is right for alpha = 1 alone:
    try alpha = 0.5, and look at your slope for very negative z, where the curve is flat."""
    elu_grad_value_plus_alpha_everywhere = "elu(z, alpha) + alpha"
    """The rule that turns the value of ELU into its slope holds for negative z only. For positive z
    your slope grows with z. What is the slope of the straight piece?"""
    elu_grad_power_rule = f"np.where(z >= 0, 1.0, alpha * z * {EXP})"
    """For negative z your slope has a factor z, and so the wrong sign. The exponential is
    differentiated like a power. What is the derivative of e^z?"""
