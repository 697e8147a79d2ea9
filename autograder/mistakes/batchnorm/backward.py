"""Mistakes of the backward pass."""

from autograder.engine.mistakes import Catalogue

LOAD = 'x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]'
DBETA = "dbeta = dout.sum(axis=0)"
DGAMMA = "dgamma = (dout * x_hat).sum(axis=0)"
DX_HAT = "dx_hat = dout * gamma"
MODE = 'if cache["training"]:'
THROUGH_VAR = "through_var = x_hat * (dx_hat * x_hat).mean(axis=0)"
PATHS = "dx_hat = dx_hat - through_mean - through_var"
DX = "dx = dx_hat * inv_std"
RETURN = "return dx, dgamma, dbeta"


def _sums(instead: str) -> dict[str, str]:
    """What stands in place of the sum in both dbeta and dgamma."""
    return {f"{summed}.sum(axis=0)": f"{summed}.{instead}" for summed in ("dout", "x_hat)")}


# In stages what flows to the variance flows on to the mean, which is not 0 here.
STAGES = THROUGH_VAR.replace("x_hat *", "(x_hat - x_hat.mean(axis=0)) *", 1)
NONE = 'if not cache["training"]:\n    cache = None\n    '


class Backward(Catalogue, of="batchnorm_backward"):
    # ---- evaluation ----

    backward_ignores_mode = {MODE: "if True:"}
    backward_stages_in_both_modes = {MODE: "if True:", THROUGH_VAR: STAGES}
    """After a forward pass in evaluation you use the training formula. There the running values are
    constants, which do not depend on x, so no gradient flows through them. Store the mode in the
    cache."""
    eval_cache_none_subscripted = {LOAD: f"{NONE}{LOAD}\n{LOAD}"}
    eval_cache_none_unpacked = {LOAD: f"{NONE}x_hat, inv_std, gamma = cache\n{LOAD}"}
    """In evaluation your forward pass stores nothing: its cache is None, and the backward pass
    fails when it looks for its values there. Gradients are asked for in both modes, so both need a
    cache."""
    eval_dx_without_std = {DX: 'dx = dx_hat * (inv_std if cache["training"] else 1.0)'}
    """In evaluation your dx lacks the division by the running standard deviation. The forward pass
    divides by it, as by any constant; the chain rule keeps such a factor."""
    eval_dx_zero = {DX: 'dx = dx_hat * inv_std * (1.0 if cache["training"] else 0.0)'}
    """In evaluation your dx is zero. Only the running values are constants there; the output still
    changes with x. By how much does it move when x moves a little?"""
    eval_dx_without_gamma = {DX_HAT: 'dx_hat = dout * gamma if cache["training"] else dout'}
    eval_dx_passed_through = {DX: 'dx = dx_hat * inv_std if cache["training"] else dout'}
    """In evaluation your dx lacks gamma, or is dout itself. The layer still scales there, by gamma
    and by one over the running standard deviation, and the chain rule keeps such factors."""
    eval_parameters_frozen = {RETURN: f'dgamma = dgamma * cache["training"]\n{RETURN}'}
    """In evaluation your dgamma is zero. Only the running values are constants there: the output
    still changes with gamma, by which the normalised value is multiplied in both modes."""

    # ---- the parts of dx ----

    statistics_taken_as_constant = {MODE: "if False:"}
    """In training your dx treats mean and variance as constants. They depend on x: each example
    moves the mean and the variance of its unit, and through them all outputs. These two paths are
    missing."""
    mean_path_missing = {PATHS: "dx_hat = dx_hat - through_var"}
    """In your dx the path through the mean is missing. Adding a constant to a whole column leaves
    the output as it is, so each column of dx should sum to zero. Does yours?"""
    variance_path_missing = {PATHS: "dx_hat = dx_hat - through_mean"}
    """In your dx the path through the variance is missing. Stretching a column about its mean
    leaves the output nearly as it is, so the gradient along x_hat should almost vanish. Does
    yours?"""
    mean_path_added = {PATHS: "dx_hat = dx_hat + through_mean - through_var"}
    """In your dx the path through the mean has the wrong sign. The mean is subtracted in the
    forward pass: what does that do to its derivative? Each column of dx should sum to zero."""
    variance_path_added = {PATHS: "dx_hat = dx_hat - through_mean + through_var"}
    """In your dx the path through the variance has the wrong sign. The output gets smaller when the
    variance grows: which sign does the derivative of a power with a negative exponent have?"""
    mean_path_not_averaged = {"dx_hat.mean": "dx_hat.sum"}
    variance_path_not_averaged = {"x_hat).mean": "x_hat).sum"}
    paths_not_averaged = mean_path_not_averaged | variance_path_not_averaged
    """A path through the mean or the variance is too large by the number of examples. One example
    moves either of them by only a share of its own change. Where does N stand in their formulas,
    and where in your derivatives?"""
    paths_over_units = {
        "dx_hat.mean(axis=0)": "dx_hat.mean(axis=1, keepdims=True)",
        "x_hat).mean(axis=0)": "x_hat).mean(axis=1, keepdims=True)",
    }
    """The sums in dx run over the units (axis 1), as in layer normalisation. Here each unit has a
    mean of its own, taken over the examples. Along which axis did the forward pass take it?"""
    paths_over_number_of_units = {
        "dx_hat.mean(axis=0)": "dx_hat.sum(axis=0) / dout.shape[1]",
        "x_hat).mean(axis=0)": "x_hat).sum(axis=0) / dout.shape[1]",
    }
    """The sums in dx are divided by the number of units. Mean and variance are taken over the
    examples: which of the two numbers does `dout.shape[1]` give? A square batch hides the
    difference."""
    dvar_without_half = {THROUGH_VAR: f"{THROUGH_VAR} * 2.0"}
    dvar_without_two = {THROUGH_VAR: f"{THROUGH_VAR} * 0.5"}
    """The path through the variance is twice or half as large as it should be. An exponent comes to
    the front when you take the derivative, that of the root and that of the square. Which factors
    do they give?"""
    dvar_wrong_power = {THROUGH_VAR: f"{THROUGH_VAR} / inv_std**2"}
    """In the path through the variance the exponent is wrong. When you take the derivative of a
    power, the exponent gets smaller by one. What becomes of -1/2?"""

    # ---- the scale of dx ----

    dx_too_large_by_n = {DX: 'dx = dx_hat * inv_std * (len(dout) if cache["training"] else 1)'}
    """Your dx is too large by the number of examples. The short formula has N inside the brackets,
    and a factor in front of them that makes up for it. Check one entry by a central difference."""
    dx_averaged_over_batch = {DX: "dx = dx_hat * inv_std / len(dout)"}
    dx_averaged_in_training = {DX: 'dx = dx_hat * inv_std / len(dout) ** cache["training"]'}
    """Your dx is too small by the number of examples. If the loss is an average, dout already
    contains that factor; dividing in every layer again makes the gradient vanish."""
    dx_without_std = {DX: "dx = dx_hat"}
    dx_without_std_in_training = {DX: 'dx = dx_hat * (1.0 if cache["training"] else inv_std)'}
    """Your dx lacks the division by the standard deviation. The forward pass divides by it, and the
    chain rule keeps that factor. What happens to your dx when x is measured in other units?"""
    backward_forgets_eps = {
        MODE: f"{MODE}\n    inv_std = inv_std / np.sqrt((x_hat**2).mean(axis=0))"
    }
    """The backward pass computes the standard deviation without eps. It has to go back through the
    very root that was computed forward; for units of small spread the difference is large. Store
    that root in the cache."""
    gamma_missing_in_dx = {DX_HAT: "dx_hat = dout"}
    gamma_missing_in_training = {DX_HAT: 'dx_hat = dout if cache["training"] else dout * gamma'}
    """Your dx lacks gamma. The output is gamma times the normalised value, so this factor is the
    first on the way back. With gamma = 1 you would not see it; try others."""

    # ---- dgamma and dbeta ----

    dgamma_without_x_hat = {DGAMMA: "dgamma = dout.sum(axis=0)"}
    """Your dgamma is the sum of dout, which is the gradient of beta. Gamma multiplies something in
    the forward pass, and what it multiplies is its derivative."""
    dgamma_with_gamma = {DGAMMA: "dgamma = (dout * gamma * x_hat).sum(axis=0)"}
    dbeta_with_gamma = {DBETA: "dbeta = (dout * gamma).sum(axis=0)"}
    """A factor gamma stands in your dgamma or dbeta. It belongs to dx alone: on its way to the
    output x meets gamma, and gamma and beta don't. Is dout multiplied by gamma before it is
    summed?"""
    dgamma_from_centred = {DGAMMA: "dgamma = (dout * x_hat / inv_std).sum(axis=0)"}
    """Your dgamma uses x minus its mean, before the division by the standard deviation. What
    exactly does gamma multiply in the forward pass?"""
    dgamma_averaged = {DGAMMA: "dgamma = (dout * x_hat).mean(axis=0)"}
    dbeta_averaged = {DBETA: "dbeta = dout.mean(axis=0)"}
    """Your dgamma or dbeta is divided by the batch size. All examples use the same gamma and beta,
    and their shares add up; if the loss is an average, dout contains that factor already."""
    dgamma_and_dbeta_over_units = _sums("sum(axis=1)")
    """You sum dgamma and dbeta over the units (axis 1), which leaves one number for each example.
    Each unit has its gamma and beta, so one number for each unit should be left."""
    dgamma_and_dbeta_over_everything = _sums("sum()")
    """Your dgamma and dbeta are single numbers, summed over everything. Each unit has its own gamma
    and beta, and needs a gradient of its own. Which axis counts the examples?"""
    dgamma_and_dbeta_not_summed = {DBETA: "dbeta = dout.copy()", DGAMMA: "dgamma = dout * x_hat"}
    """Your dgamma and dbeta have the shape of the batch: the sum over the examples is missing. All
    examples use the same gamma and beta, so their shares of the gradient add up."""
    dgamma_and_dbeta_keepdims = _sums("sum(axis=0, keepdims=True)")
    """Your dgamma and dbeta have two axes, (1, D), as keepdims leaves them. A gradient has the
    shape of its parameter, here (D,), or an update would change the parameter's shape."""

    # ---- results ----

    dgamma_and_dbeta_swapped = {RETURN: "return dx, dbeta, dgamma"}
    dgamma_and_dbeta_swapped_in_training = {
        RETURN: f'if cache["training"]:\n    return dx, dbeta, dgamma\n{RETURN}'
    }
    """Your dgamma and dbeta have changed places in the result, so each parameter would be moved by
    the gradient of the other. Compare the order with the docstring's."""
    dx_returned_last = {RETURN: "return dgamma, dbeta, dx"}
    """Your dx comes last in the result, and should be the first. The layer below would get the
    gradient of a parameter. Compare the order with the docstring's."""
    only_dx_returned = {RETURN: "return dx"}
    """Only dx is returned. Gamma and beta are learned, too, so the caller needs their gradients as
    well. Look at "Returns" in the docstring."""
    dout_changed_in_place = {DX_HAT: "dout *= gamma\ndx_hat = dout"}
    """The caller's dout is changed in place. It may be needed again, for another branch of the
    network. `dout *= gamma` writes into the array, `dout * gamma` makes a new one."""

    backward_float32 = {LOAD: f"{LOAD}\ndout = dout.astype(np.float32)"}
    """Your gradients hold only about seven digits: something on the way is float32. They
    are multiplied layer by layer, and each rounding adds up. Keep dout's dtype, float64."""
    single_example_squeezed = {RETURN: "return np.squeeze(dx), dgamma, dbeta"}


class Where(Catalogue, of="batchnorm_backward", where=True):
    eval_dx_otherwise = {DX: 'dx = dx_hat * inv_std + (0.0 if cache["training"] else 1.0)'}
    """In evaluation your dx is wrong. There the running values are constants, which do not depend
    on x, so no gradient flows through them. Does your code know the mode of the forward pass, and
    the very numbers that it subtracted and divided by?"""
    training_dx_otherwise = {DX: 'dx = dx_hat * inv_std + (1.0 if cache["training"] else 0.0)'}
    """In training your dx is wrong. Three paths lead from x to the output: straight, through the
    mean of its unit, and through the variance. Compare each with a central difference: which factor
    stands in front, along which axis do its sums go, and does `out *= gamma` change the cache?"""
    dgamma_otherwise = {DGAMMA: f"{DGAMMA} + 1.0"}
    """Your dgamma is wrong. Gamma multiplies something in the forward pass, in every example: which
    array is that, does your cache still hold it, and what becomes of the examples' shares? Compare
    one entry with a central difference in gamma."""
    dbeta_otherwise = {DBETA: f"{DBETA} + 1.0"}
    """Your dbeta is wrong. Beta is added to the output of every example, so the loss moves with it
    through all of them. Compare one entry with a central difference in beta."""
    parameters_shape = _sums("sum(axis=0)[None, None]")
    """A gradient of gamma or beta does not have the shape of its parameter, (D,): one number for
    each unit, to which all examples contribute. Which axis counts the examples, and does it
    disappear in your sum?"""
