"""Mistakes in the formulas of ReLU, leaky ReLU, parametric ReLU and their derivatives."""

from autograder.engine.mistakes import Catalogue

RECTIFIERS = ("relu", "relu_grad", "leaky_relu", "leaky_relu_grad", "prelu", "prelu_grad")
DALPHA = "dalpha = np.minimum(z, 0.0)"


class Rectifiers(Catalogue, of=RECTIFIERS):
    relu_negative_part = "np.minimum(z, 0.0)"
    relu_absolute_value = "np.abs(z)"
    """Negative entries do not come out as zero. A rectified unit is off there, and no gradient
    passes; the positive part comes through unchanged. Compare the signs of a few entries before and
    after."""
    relu_capped_at_one = "np.clip(z, 0.0, 1.0)"
    relu_capped_at_six = "np.clip(z, 0.0, 6.0)"
    """Large entries stop growing at a limit, so the unit is flat there and its gradient vanishes.
    ReLU has no upper limit, which is why it does not saturate for large z."""
    relu_leaks = "np.where(z > 0, z, 0.01 * z)"
    relu_grad_leaks = "np.where(z > 0, 1.0, 0.01)"
    """Negative entries come through with a small slope. That is leaky ReLU, which is a function of
    its own here. What does the docstring ask for when z is negative?"""
    relu_softplus = "np.logaddexp(0.0, z)"
    relu_grad_of_softplus = "sigmoid(z)"
    """Your curve is smooth: it is softplus or its slope, which changes from 0 to 1 little by
    little. ReLU has two straight pieces and a corner at zero. What holds on each side?"""
    relu_max_for_maximum = "np.max(z, 0)"
    relu_max_with_z_as_axis = "np.max(0, z)"
    """`np.max` looks for the largest entry along an axis, and takes its second argument as that
    axis. NumPy has a function of a similar name that compares two arrays entry by entry."""

    relu_grad_wrong_side = "np.where(z < 0, 1.0, 0.0)"
    leaky_relu_alpha_on_positive_side = "np.where(z > 0, alpha * z, z)"
    leaky_relu_grad_swapped = "np.where(z > 0, alpha, 1.0)"
    prelu_alpha_on_positive_side = "alpha * np.maximum(z, 0.0) + np.minimum(z, 0.0)"
    prelu_grad_dz_swapped = "np.where(z > 0, alpha, 1.0), np.minimum(z, 0.0)"
    """The two sides are exchanged, so gradients pass where they should be small or zero. On which
    side of zero is the curve the line of z itself?"""
    relu_grad_sign = "np.sign(z)"
    """Your slope is -1 for negative z, so gradients come back there with their sign changed. ReLU
    does not fall for negative z: how steep is a curve that is constant?"""
    relu_grad_at_activation = "np.where(relu(z) >= 0, 1.0, 0.0)"
    """Your slope is 1 for every entry. The values of ReLU are never negative, so a comparison that
    lets zero pass is always true. Ask about z itself, or compare more strictly."""
    relu_grad_divides_by_z = "np.maximum(z, 0.0) / z"
    """At z = 0 you divide zero by zero, which gives NaN and a warning, and one NaN spoils the
    gradients of all the layers before. The slope depends on the sign alone."""
    relu_grad_truth_values = "z > 0"
    """You return truth values, True and False. They behave like 1 and 0 in a product, but NumPy
    does not subtract them, and the docstring asks for float64. How can they become numbers?"""

    leaky_relu_sign_lost = "np.where(z >= 0, z, -alpha * z)"
    prelu_sign_of_negative_part = "np.maximum(z, 0.0) - alpha * np.minimum(z, 0.0)"
    """Negative entries come out positive. The slope is weak, but it keeps the sign. Which sign does
    the negative part of z have already? Put z = -2 into your formula, step by step."""
    leaky_relu_constant_for_negatives = "np.where(z >= 0, z, alpha)"
    prelu_constant_for_negatives = "np.where(z >= 0, z, alpha)"
    leaky_relu_maximum_with_alpha = "np.maximum(z, alpha)"
    """All negative entries get the same value, alpha. Such a piece is flat, so no gradient passes,
    and the unit is as dead as a plain ReLU. Alpha is a slope: what does it multiply?"""
    leaky_relu_leak_added_everywhere = "np.maximum(z, 0.0) + alpha * z"
    leaky_relu_grad_leak_added_everywhere = "np.where(z > 0, 1.0, 0.0) + alpha"
    prelu_slope_added_everywhere = "np.maximum(z, 0.0) + alpha * z"
    """Positive entries are wrong as well: the leak is added to them, so their slope is 1 + alpha,
    and gradients grow in each layer. Which part of z should alpha meet?"""
    leaky_relu_plain_relu = "np.maximum(z, 0.0)"
    """Negative entries come out as zero, as in a plain ReLU, and such a unit may never learn again.
    A leaky unit keeps a small part of them. Where does alpha come in?"""
    leaky_relu_divides_by_alpha = "np.where(z >= 0, z, z / alpha)"
    leaky_relu_grad_inverse_alpha = "np.where(z >= 0, 1.0, 1 / alpha)"
    """You divide by alpha, so negative entries or their slopes become large. Some papers write the
    slope as one over a number above 1; here alpha is the slope itself, and may be zero."""
    prelu_maximum_of_lines = "np.maximum(z, alpha * z)"
    prelu_grad_dz_of_maximum = "np.where(z >= alpha * z, 1.0, alpha), np.minimum(z, 0.0)"
    """The larger one of z and alpha * z is right while alpha is below 1. Alpha is learned and may
    exceed 1, and then the two sides are exchanged. Let the sign of z decide."""
    prelu_slope_of_leaky_relu = "np.where(z >= 0, z, 0.01 * z)"
    prelu_slope_at_start = "np.where(z >= 0, z, 0.25 * z)"
    """Negative entries are always multiplied by the same small number, whatever alpha is. In a
    parametric unit the slope is learned and passed in: a fixed one cannot learn."""

    # ---- one alpha for each unit ----

    prelu_scalar_alpha_only = "np.maximum(z, 0.0) + float(alpha) * np.minimum(z, 0.0)"
    prelu_grad_scalar_alpha_only = "np.where(z >= 0, 1.0, float(alpha)), np.minimum(z, 0.0)"
    """Several slopes cannot become one float. Alpha may be a single number or a row with one slope
    for each unit. NumPy's arithmetic takes both without any conversion."""
    prelu_mask_takes_one_alpha = "out = np.array(z)\nout[z < 0] *= alpha\nreturn out"
    prelu_grad_mask_takes_one_alpha = """
        dz = np.ones_like(z)
        dz[z < 0] = alpha
        return dz, np.minimum(z, 0.0)
        """
    """The chosen entries of z form one long row, which no longer knows its units, so a row of
    slopes does not fit it. Each entry needs the slope of its own column. What keeps the
    columns?"""
    prelu_mean_alpha = "np.maximum(z, 0.0) + np.mean(alpha) * np.minimum(z, 0.0)"
    prelu_first_alpha = "np.maximum(z, 0.0) + np.ravel(alpha)[0] * np.minimum(z, 0.0)"
    prelu_grad_mean_alpha = "np.where(z >= 0, 1.0, np.mean(alpha)), np.minimum(z, 0.0)"
    """All units share one slope, the mean or the first. Each unit has learned one of its own, and
    its column of z should meet that one. Broadcasting lines them up."""
    prelu_alpha_along_batch = """
        alpha = alpha[:, np.newaxis] if np.ndim(alpha) else alpha
        return np.where(z >= 0, z, alpha * z)
        """
    prelu_grad_alpha_along_batch = """
        alpha = alpha[:, np.newaxis] if np.ndim(alpha) else alpha
        return np.where(z >= 0, 1.0, alpha), np.minimum(z, 0.0)
        """
    """Your slopes run along the batch instead of along the units: each example gets one slope for
    all its units. Which axis of z counts the units?"""

    prelu_grad_dz_only = "np.where(z >= 0, 1.0, alpha)"
    prelu_grad_dz_only_by_mask = "dz = np.ones_like(z)\ndz[z < 0] = alpha\nreturn dz"
    """Only the derivative with respect to z comes back. Here the slope is learned as well, so
    training also needs the derivative with respect to alpha. The docstring asks for both in a
    tuple."""
    prelu_grad_order_swapped = "np.minimum(z, 0.0), np.where(z >= 0, 1.0, alpha)"
    """The two derivatives come in the wrong order, so the network would pass back the one that
    belongs to the update of alpha. Compare with the docstring."""


class DerivativeByAlpha(Catalogue, of="prelu_grad", prefix="prelu_grad_dalpha_"):
    summed = {DALPHA: "dalpha = np.sum(np.minimum(z, 0.0))"}
    summed_over_batch = {DALPHA: "dalpha = np.sum(np.minimum(z, 0.0), axis=0)"}
    summed_over_units = {DALPHA: "dalpha = np.sum(np.minimum(z, 0.0), axis=-1)"}
    summed_keepdims = {DALPHA: "dalpha = np.sum(np.minimum(z, 0.0), axis=-1, keepdims=True)"}
    """Your dalpha is summed already. Each entry must still be multiplied by its own upstream
    gradient, and the sum comes after that. What is the derivative for a single entry?"""
    sign = {DALPHA: "dalpha = np.maximum(-z, 0.0)"}
    """Your dalpha has the wrong sign, so alpha would learn the wrong way. When alpha grows a
    little, does the output for a negative z rise or fall?"""
    everywhere = {DALPHA: "dalpha = np.array(z)"}
    wrong_side = {DALPHA: "dalpha = np.maximum(z, 0.0)"}
    """Your dalpha is not zero for positive z, but the output is z there, whatever alpha is. For
    which entries does a change of alpha change the output?"""
    is_output = {DALPHA: "dalpha = alpha * np.minimum(z, 0.0)"}
    is_mask = {DALPHA: "dalpha = np.where(z < 0, 1.0, 0.0)"}
    is_alpha = {DALPHA: "dalpha = np.where(z >= 0, 0.0, alpha)"}
    """For negative z the output is a product of two factors, and your dalpha is not what is left of
    it. Differentiate it with respect to alpha, and hold the other factor fixed."""
    zero = {DALPHA: "dalpha = np.zeros_like(z)"}
    """Your dalpha is zero everywhere, so alpha would keep its first value forever. The slope is
    learned: how does the output for a negative z change with alpha?"""


class Where(Catalogue, of="prelu_grad", prefix="prelu_grad_", where=True):
    shape = {
        "1.0, alpha)": "1.0, alpha)[..., None, None]",
        DALPHA: f"{DALPHA}[..., None, None]",
    }
    """One of your two results does not have z's shape. Each entry has a derivative of its own,
    which meets its own upstream gradient, and only then are shares added up. Where does an axis
    disappear, or come in?"""
    negatives = {
        "1.0, alpha)": "1.0, alpha + 1.0)",
        "np.minimum(z, 0.0)": "np.where(z < 0, z + 1.0, 0.0)",
    }
    """For negative z one of your two results is wrong. The output there is a product of alpha and
    z. Differentiate it first with respect to z, and then with respect to alpha: what is left each
    time?"""
    positives = {"1.0, alpha)": "2.0, alpha)", "np.minimum(z, 0.0)": "np.where(z < 0, z, 1.0)"}
    """For positive z one of your two results is wrong. The output there is z itself, whatever alpha
    is: how does it change with z, and how with alpha?"""
