"""Mistakes of the forward pass."""

from autograder.engine.mistakes import Catalogue

MEAN = "mean = x.mean(axis=0)"
VAR = "var = ((x - mean) ** 2).mean(axis=0)"
NEW_MEAN = "running_mean = kept * running_mean + added * mean"
NEW_VAR = "running_var = kept * running_var + added * var"
UPDATE = f"{NEW_MEAN}\n{NEW_VAR}"
GIVEN = "mean, var = running_mean, running_var"
KEPT = "running_mean, running_var = running_mean.copy(), running_var.copy()"
ROOT = "np.sqrt(var + eps)"
X_HAT = "x_hat = (x - mean) * inv_std"
OUT = "out = gamma * x_hat + beta"
RETURN = "return out, cache, running_mean, running_var"
SWAPPED = f"kept, added = added, kept\n{NEW_MEAN}"


def _averages(instead: str) -> dict[str, str]:
    """What stands in place of the mean over the examples, of x and of the squares."""
    return {f"{what}.mean(axis=0)": f"{what}.{instead}" for what in ("= x", "** 2)")}


class Forward(Catalogue, of="batchnorm_forward"):
    # ---- the batch's mean and variance ----

    unbiased_variance = {VAR: "var = x.var(axis=0, ddof=1)"}
    unbiased_but_of_one = {VAR: "var = x.var(axis=0) * len(x) / max(len(x) - 1, 1)"}
    """Your variance divides by N - 1, the unbiased one. Batch normalisation uses the biased
    variance, also for the running value: it normalises this very batch, and the backward pass is
    derived from that. Which argument of `np.var` decides?"""
    unbiased_output_only = {
        ROOT: "np.sqrt(var * (len(x) / max(len(x) - 1, 1) if training else 1) + eps)"
    }
    """The output is normalised with the unbiased variance, which divides by N - 1. The contract
    names one variance for both, the output and the running value. Where else does your code use the
    batch's size?"""
    unbiased_running_variance = {NEW_VAR: f"{NEW_VAR} * len(x) / max(len(x) - 1, 1)"}
    """The running variance gets the unbiased variance (N - 1), as in PyTorch. Here it gets the
    biased one, the same as the output does, so that training and evaluation scale alike."""
    variance_without_division = {VAR: "var = ((x - mean) ** 2).sum(axis=0)"}
    """Your variance is a sum of squares that is never divided by the number of examples. The larger
    the batch, the smaller your output becomes, and the gradient with it."""
    bn_divides_by_units = _averages("sum(axis=0) / x.shape[1]")
    """Your sums are divided by the number of units. A mean over examples divides by the number of
    examples. Which of the two does `x.shape[1]` give? A square batch hides the difference."""
    bn_raw_second_moment = {VAR: "var = (x**2).mean(axis=0)"}
    """Your variance is the mean of the squares. That is right only for units whose mean is 0;
    for others it is too large, and the output too small. What do you have to do to x before you
    square it?"""
    bn_layer_norm = _averages("mean(axis=1, keepdims=True)")
    bn_statistics_of_examples = {MEAN: "mean = x.mean(axis=1)", VAR: "var = x.var(axis=1)"}
    bn_minus_mean_of_examples = {MEAN: "x - (mean := x.mean(axis=1))", VAR: "var = x.var(axis=1)"}
    """Each example is normalised over its units (axis 1), which is layer normalisation. Batch
    normalisation takes one unit at a time and looks at it over all examples. Which axis counts the
    examples?"""
    bn_global_statistics = {MEAN: "mean = x.mean()", VAR: "var = x.var()"}
    """All units together have one number where each needs its own, from its column of the batch.
    Units differ in size: the large ones decide for the others. Without an axis, NumPy averages over
    everything."""
    running_keepdims = _averages("mean(axis=0, keepdims=True)")
    """The running values come back with two axes, (1, D), as keepdims leaves them. They should have
    the shape (D,) that they came with, which broadcasts against x as well."""
    mean_not_subtracted = {X_HAT: "x_hat = x * inv_std"}
    """The mean is never subtracted, so units keep their offset, and a sigmoid that follows may
    saturate. Take gamma = 1 and beta = 0: every column of the output should have mean 0."""

    std_not_divided = {X_HAT: "x_hat = x - mean"}
    """The mean is subtracted, but nothing is divided by the standard deviation. Take gamma = 1 and
    beta = 0: every column of the output should have mean 0 and spread 1."""
    bn_bracket_missing = {X_HAT: "x_hat = x - mean * inv_std"}
    """Only the mean is divided by the standard deviation: a division comes before a difference.
    Take gamma = 1 and beta = 0: every column of the output should have spread 1. Which difference
    needs a bracket?"""

    # ---- the scale ----

    divides_by_variance = {ROOT: "(var + eps)"}
    divides_by_variance_in_training = {ROOT: "(var + eps if training else np.sqrt(var + eps))"}
    """You divide by the variance. It has the unit of x squared, so the output's spread would depend
    on the unit of x. What has to happen to a variance to become a standard deviation?"""
    eps_outside_root = {ROOT: "(np.sqrt(var) + eps)"}
    eps_outside_root_in_training = {ROOT: "(np.sqrt(var + eps * (not training)) + eps * training)"}
    eps_outside_root_in_evaluation = {
        ROOT: "(np.sqrt(var + eps * training) + eps * (not training))"
    }
    """You add eps to the standard deviation, outside the root. The formula has it under the root,
    beside the variance. For units of small spread that makes a difference, and the backward
    formulas rely on it."""
    eps_forgotten = {ROOT: "np.sqrt(var)"}
    eps_forgotten_in_training = {ROOT: "np.sqrt(var + (0.0 if training else eps))"}
    """The variance stands under the root without eps. Where all examples of a unit are equal, it is
    0, and a division by its root gives NaN, in the output and in every gradient below."""
    eps_squared = {ROOT: "np.sqrt(var + eps**2)"}
    """You add the square of eps to the variance. The formula has eps itself there. As eps is small,
    its square is almost nothing, and units of small spread come out too large."""
    eps_as_floor = {ROOT: "np.sqrt(np.maximum(var, eps))"}
    """You use eps as a lower limit of the variance. The formula adds it always, whatever the size.
    A limit has a kink, which the backward formulas do not know of."""
    eval_without_eps = {ROOT: "np.sqrt(var + (eps if training else 0.0))"}
    """In evaluation the formula is computed without eps, in training with it. A unit whose running
    variance is 0 divides by zero, and the two modes scale alike only if both add eps to the
    variance."""

    # ---- gamma and beta ----

    gamma_and_beta_swapped = {OUT: "out = beta * x_hat + gamma"}
    gamma_and_beta_swapped_in_training = {
        OUT: "out = beta * x_hat + gamma if training else gamma * x_hat + beta"
    }
    """Gamma and beta have changed places. Gamma is the scale, beta the shift. With gamma = 1 and
    beta = 0 the output should be the normalised batch, and yours is 1 everywhere."""
    gamma_ignored = {OUT: "out = x_hat + beta"}
    """Gamma has no effect on your output. Without a scale that is learned, each unit keeps spread
    1, which would confine a sigmoid to its nearly straight part."""
    beta_ignored = {OUT: "out = gamma * x_hat"}
    """Beta has no effect on your output. Subtracting the mean also removes the bias of the layer
    before, so without beta no unit could move its mean. Look at the last step of the forward
    formula."""
    scale_and_shift_forgotten = {OUT: "out = x_hat"}
    """You return the normalised batch itself, without gamma and beta. The layer must be able to
    learn another scale and shift, or even to undo what it did."""
    eval_without_scale_and_shift = {OUT: "out = gamma * x_hat + beta if training else x_hat"}
    """In evaluation gamma and beta are missing. The layers above have learned with them, so they
    belong to both modes; only the source of mean and variance differs."""

    bn_x_float32 = {"if training:": "x = x.astype(np.float32)\nif training:"}
    bn_all_float32 = {
        "if training:": "x, gamma, beta = map(np.float32, (x, gamma, beta))\nif training:"
    }
    bn_float32 = {OUT: "out = (gamma * x_hat + beta).astype(np.float32)"}
    """Your numbers hold only about seven digits: something on the way is float32. Rounding
    errors grow from layer to layer, in the backward pass as well. Where does x lose its dtype,
    float64?"""

    # ---- running values ----

    momentum_swapped = {NEW_MEAN: SWAPPED}
    momentum_swapped_for_mean = {NEW_MEAN: "running_mean = added * running_mean + kept * mean"}
    momentum_swapped_for_variance = {NEW_VAR: "running_var = added * running_var + kept * var"}
    """The shares of old and new have changed places. Libraries differ in what they call momentum:
    compare with the docstring. With the default the running values should move slowly and average
    over many batches."""
    momentum_of_other_libraries = {
        "momentum: float = ": "momentum: float = 1 - ",
        NEW_MEAN: SWAPPED,
    }
    """Your momentum is the other share, and its default fits that, as in another library. Only
    callers who name a momentum notice: for them old and new change places. Which share does the
    docstring call momentum, and with which default?"""
    momentum_bracket_missing = {
        NEW_MEAN: "running_mean = kept * running_mean + 1 - kept * mean",
        NEW_VAR: "running_var = kept * running_var + 1 - kept * var",
    }
    """A bracket is missing around 1 - momentum: a product comes before a difference, so the batch's
    values are subtracted. Try momentum = 0: what is left should be the batch's values."""
    momentum_hard_coded = {"if training:": "momentum = 0.9\nif training:"}
    """The share is 0.9, whatever the caller's momentum says. Try momentum = 0: nothing of the old
    value should be left. Use the argument."""
    momentum_only_on_old = {NEW_MEAN: f"added = 1.0\n{NEW_MEAN}"}
    """The batch's values come in with full weight. The two shares should add up to 1, or the
    running values grow to a multiple of the true ones, batch after batch."""
    momentum_only_on_batch = {NEW_MEAN: f"kept = 1.0\n{NEW_MEAN}"}
    """The old value is kept in full, and a share of the batch is added. The running values then
    grow without end. The two shares should add up to 1."""
    running_replaced_by_batch = {NEW_MEAN: "running_mean = mean", NEW_VAR: "running_var = var"}
    """The batch's mean and variance replace the running values, and what came before is lost.
    Evaluation would depend on the last batch alone, which may be an odd one. Blend old and new by
    momentum."""
    running_not_updated = {UPDATE: KEPT}
    """In training the running values come back unchanged. They would stay where they began, usually
    at 0 and 1, and evaluation would normalise with numbers that have nothing to do with the
    data."""
    running_std = {NEW_VAR: "running_var = kept * running_var + added * np.sqrt(var)"}
    """The running variance is updated with the standard deviation. Evaluation takes the root once
    more, and units come out at a different scale than in training. Which of the two does the
    parameter's name promise?"""
    running_variance_with_eps = {NEW_VAR: "running_var = kept * running_var + added * (var + eps)"}
    """The running variance that comes back contains eps. It should be a variance alone: evaluation
    adds eps to it under the root, and would have it twice. Where does your code add it, and what is
    done with the sum?"""
    running_in_place = {
        UPDATE: """
            running_mean *= kept
            running_mean += added * mean
            running_var *= kept
            running_var += added * var
        """
    }
    """The running values that were given are changed in place. The caller may still need the old
    ones. `a *= b` writes into the array, `a = a * b` makes a new one."""
    running_updated_in_eval = {
        "if training:": "given = running_mean, running_var\nif True:",
        UPDATE: f"{UPDATE}\nif not training:\n    mean, var = given",
    }
    running_updated_before_eval = {
        "if training:": "if True:",
        UPDATE: f"{UPDATE}\nif not training:\n    {GIVEN}",
    }
    """In evaluation the running values move as well. Then the test data change the model, and an
    example's output depends on what was asked before. Update them in training only."""
    eval_uses_batch_statistics = {GIVEN: f"{MEAN}\n{VAR}"}
    """In evaluation you normalise with the batch. An example's output then depends on the rest of
    the batch, and a single example always gives beta. Use the running values that are given."""
    bn_training_flag_ignored = {"if training:": "if True:"}
    """The flag `training` makes no difference: in evaluation, too, you normalise with the batch and
    move the running values. There, an example's output should depend neither on the other examples
    nor on what was asked before."""
    bn_modes_exchanged = {"if training:": "if not training:"}
    """The two modes have changed places: in training you normalise with the running values, in
    evaluation with the batch. While the net learns, mean and variance are the batch's; afterwards,
    they are the running values. Which branch of your `if` is for which?"""
    training_uses_moved_running = {UPDATE: f"{UPDATE}\nmean, var = running_mean, running_var"}
    """In training you normalise with the running values, after they have moved. Most of each
    comes from the batches before, so your output lacks the mean 0 and the spread 1 that the next
    layer needs. In training mean and variance are those of this batch alone."""
    training_uses_given_running = {
        UPDATE: f"old = running_mean, running_var\n{UPDATE}\nmean, var = old"
    }
    """In training you normalise with the running values that were given. At the start they know
    nothing of the data. In training mean and variance are those of the batch."""

    # ---- results ----

    running_returns_swapped = {RETURN: "return out, cache, running_var, running_mean"}
    running_returns_swapped_in_training = {
        RETURN: f"if training:\n    return out, cache, running_var, running_mean\n{RETURN}"
    }
    """The running variance comes back in the place of the running mean. The caller hands both to
    the next call, so they would change places every time. Compare the order with the
    docstring's."""
    returns_cache_last = {RETURN: "return out, running_mean, running_var, cache"}
    """The cache comes last in your result, and should be the second. The caller takes the results
    by their place. Compare the order with the docstring's."""
    returns_no_running_values = {RETURN: "return out, cache"}
    """The running values are not among your results. They are new arrays, so the caller learns of
    them only when they are returned. Look at "Returns" in the docstring."""
    bn_centres_in_place = {X_HAT: "x -= mean\nx_hat = x * inv_std"}
    """You subtract the mean from x itself, so the caller's batch is changed. Other layers may still
    need it. `x -= mean` writes into the array, `x - mean` makes a new one."""
    eval_divides_by_variance = {ROOT: "(np.sqrt(var + eps) if training else var + eps)"}
    eval_divides_by_running = {ROOT: "(np.sqrt(var + eps) if training else var)"}
    """In evaluation you divide by the running value itself, as if it were a standard deviation. It
    is a variance, as in training: what has to happen to it before you divide, and where does eps
    go?"""
    bn_squeezes_batch = {"if training:": "x = np.squeeze(x)\nif training:"}
    gamma_per_example = {OUT: "out = gamma[:, None] * x_hat + beta[:, None]"}
    momentum_one_means_evaluation = {"if training:": "if training and momentum < 1:"}
    running_in_float32 = {RETURN: f"running_mean = running_mean.astype(np.float32)\n{RETURN}"}
    eval_returns_first_unit_only = {KEPT: KEPT.replace(".copy()", "[:1]")}
    cache_keeps_output = {'"x_hat": x_hat': '"x_hat": out'}
    cache_keeps_running_scale = {": inv_std": ": 1.0 / np.sqrt(running_var + eps)"}
    cache_forgets_eps_in_evaluation = {
        ": inv_std": ": inv_std if training else 1.0 / np.sqrt(running_var)"
    }


class Where(Catalogue, of="batchnorm_forward", where=True):
    training_output_otherwise = {OUT: f"{OUT} + (1.0 if training else 0.0)"}
    """In training your output is wrong. Take a batch of three examples and one unit and compute by
    hand: the mean over the examples, the variance about it, eps beside it under the root, and last
    gamma and beta. At which of the steps do you differ?"""
    evaluation_output_otherwise = {OUT: f"{OUT} + (0.0 if training else 1.0)"}
    """In evaluation your output is wrong. The given running values take the place of the batch's
    mean and variance; all else, from eps under the root to gamma and beta, is as in training.
    Compute one entry by hand: at which of the steps do you differ?"""
    running_mean_otherwise = {RETURN: "return out, cache, running_mean + 1.0, running_var"}
    """The running mean that comes back is wrong. It is a share of the old value and a share of the
    batch's mean, which add up to one, for each unit; in evaluation it stays as it was. Try momentum
    = 0 and 1."""
    running_variance_otherwise = {RETURN: "return out, cache, running_mean, running_var + 1.0"}
    """The running variance that comes back is wrong. It is a share of the old value and a share of
    the very variance that the output is normalised with; in evaluation it stays as it was. Try
    momentum = 0 and 1."""


for value in ("1e-5", "1e-6", "1e-7", "1e-8", "1e-12"):

    class Fixed(Catalogue, of="batchnorm_forward", prefix=f"eps_{value.replace('-', '_')}_"):
        hard_coded = {ROOT: f"np.sqrt(var + {value})"}
        """The value of eps is written into the formula as a number, and the argument eps is
        ignored. A caller whose units have a small spread could not choose one that fits. Use the
        argument wherever the formula says eps."""


# Whatever the solution's own default is.
for name, before in (("swapped", "1 - "), ("0_99", "0.99 or ")):

    class Momentum(Catalogue, of="batchnorm_forward", prefix=f"momentum_{name}_"):
        by_default = {"momentum: float = ": f"momentum: float = {before}"}
        """Your default for momentum is not the docstring's, as in another library: whoever names
        none keeps another share of the old running values. Compare your signature with the one that
        you were given."""


for value in ("1e-3", "1e-6", "1e-7", "1e-8"):

    class Default(Catalogue, of="batchnorm_forward", prefix=f"eps_{value.replace('-', '_')}_"):
        by_default = {"eps: float = 1e-5": f"eps: float = {value}"}
        """Your default for eps is not the docstring's. The difference shows where a unit's variance
        is about as small as eps. Compare your signature with the one that you were given."""
