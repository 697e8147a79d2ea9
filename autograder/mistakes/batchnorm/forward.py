"""Mistakes of the forward pass."""

from autograder.engine.mistakes import mistake, probe

FORWARD = "batchnorm_forward"
MEAN = "mean = x.mean(axis=0)"
VAR = "var = ((x - mean) ** 2).mean(axis=0)"
NEW_MEAN = "running_mean = kept * running_mean + added * mean"
NEW_VAR = "running_var = kept * running_var + added * var"
UPDATE = f"{NEW_MEAN}\n{NEW_VAR}"
GIVEN = "mean, var = running_mean, running_var"
KEPT = "running_mean, running_var = running_mean.copy(), running_var.copy()"
ROOT = "np.sqrt(var + eps)"
INV_STD = f"inv_std = 1.0 / {ROOT}"
X_HAT = "x_hat = (x - mean) * inv_std"
OUT = "out = gamma * x_hat + beta"
RETURN = "return out, cache, running_mean, running_var"

# ---- the batch's mean and variance ----

mistake(
    FORWARD,
    "unbiased_variance",
    edits={VAR: "var = x.var(axis=0, ddof=1)"},
    hint="""Your variance divides by N - 1, the unbiased one. Batch normalisation uses the biased
    variance, also for the running value: it normalises this very batch, and the backward pass is
    derived from that. Which argument of `np.var` decides?""",
)
mistake(
    FORWARD,
    "unbiased_output_only",
    edits={ROOT: "np.sqrt(var * (len(x) / max(len(x) - 1, 1) if training else 1) + eps)"},
    hint="""The output is normalised with the unbiased variance, which divides by N - 1. The
    contract names one variance for both, the output and the running value. Where else does your
    code use the batch's size?""",
)
mistake(
    FORWARD,
    "unbiased_running_variance",
    edits={NEW_VAR: f"{NEW_VAR} * len(x) / max(len(x) - 1, 1)"},
    hint="""The running variance gets the unbiased variance (N - 1), as in PyTorch. Here it gets the
    biased one, the same as the output does, so that training and evaluation scale alike.""",
)
mistake(
    FORWARD,
    "variance_without_division",
    edits={VAR: "var = ((x - mean) ** 2).sum(axis=0)"},
    hint="""Your variance is a sum of squares that is never divided by the number of examples. The
    larger the batch, the smaller your output becomes, and the gradient with it.""",
)
mistake(
    FORWARD,
    "bn_divides_by_units",
    edits={
        MEAN: "mean = x.sum(axis=0) / x.shape[1]",
        VAR: "var = ((x - mean) ** 2).sum(axis=0) / x.shape[1]",
    },
    hint="""Your sums are divided by the number of units. A mean over examples divides by the number
    of examples. Which of the two does `x.shape[1]` give? A square batch hides the difference.""",
)
mistake(
    FORWARD,
    "bn_raw_second_moment",
    edits={VAR: "var = (x**2).mean(axis=0)"},
    hint="""Your variance is the mean of the squares. That is right only for units whose mean is 0;
    for others it is too large, and the output too small. What do you have to do to x before you
    square it?""",
)
mistake(
    FORWARD,
    "bn_layer_norm",
    edits={
        MEAN: "mean = x.mean(axis=1, keepdims=True)",
        VAR: "var = ((x - mean) ** 2).mean(axis=1, keepdims=True)",
    },
    hint="""Each example is normalised over its units (axis 1), which is layer normalisation. Batch
    normalisation takes one unit at a time and looks at it over all examples. Which axis counts the
    examples?""",
)
mistake(
    FORWARD,
    "bn_global_statistics",
    edits={MEAN: "mean = x.mean()", VAR: "var = x.var()"},
    hint="""There is one mean and one variance for the whole batch. Units differ in size: the large
    ones decide, and the others stay far from mean 0 and spread 1. Without an axis, NumPy averages
    over everything.""",
)
mistake(
    FORWARD,
    "running_keepdims",
    edits={
        MEAN: "mean = x.mean(axis=0, keepdims=True)",
        VAR: "var = ((x - mean) ** 2).mean(axis=0, keepdims=True)",
    },
    hint="""The running values come back with two axes, (1, D), because of keepdims. They should
    have the shape (D,) that they came with. Broadcasting against x works without keepdims when the
    mean is over axis 0.""",
)
mistake(
    FORWARD,
    "mean_not_subtracted",
    edits={X_HAT: "x_hat = x * inv_std"},
    hint="""The mean is never subtracted, so units keep their offset, and a sigmoid that follows may
    saturate. Take gamma = 1 and beta = 0: every column of the output should have mean 0.""",
)

# ---- the scale ----

mistake(
    FORWARD,
    "divides_by_variance",
    edits={ROOT: "(var + eps)"},
    hint="""You divide by the variance. It has the unit of x squared, so the output's spread would
    depend on the unit of x. What has to happen to a variance to become a standard deviation?""",
)
mistake(
    FORWARD,
    "eps_outside_root",
    edits={ROOT: "(np.sqrt(var) + eps)"},
    hint="""You add eps to the standard deviation, outside the root. The formula has it under the
    root, beside the variance. For units of small spread that makes a difference, and the backward
    formulas rely on it.""",
)
mistake(
    FORWARD,
    "eps_forgotten",
    edits={ROOT: "np.sqrt(var)"},
    hint="""The formula is computed without eps. Where all examples of a unit are equal, the
    variance is 0, and you divide by it: the output becomes NaN, and so does every gradient
    below.""",
)
mistake(
    FORWARD,
    "eps_squared",
    edits={ROOT: "np.sqrt(var + eps**2)"},
    hint="""You add the square of eps to the variance. The formula has eps itself there. As eps is
    small, its square is almost nothing, and units of small spread come out too large.""",
)
mistake(
    FORWARD,
    "eps_as_floor",
    edits={ROOT: "np.sqrt(np.maximum(var, eps))"},
    hint="""You use eps as a lower limit of the variance. The formula adds it always, whatever the
    size. A limit has a kink, which the backward formulas do not know of.""",
)
for name, value in (
    ("eps_hard_coded", "1e-5"),
    ("eps_always_1e_6", "1e-6"),
    ("eps_always_1e_7", "1e-7"),
    ("eps_always_1e_8", "1e-8"),
    ("eps_always_1e_12", "1e-12"),
):
    mistake(
        FORWARD,
        name,
        edits={ROOT: f"np.sqrt(var + {value})"},
        hint=f"""The value of eps is written into the formula as {value}, and the argument eps is
        ignored. A caller whose units have a small spread could not choose one that fits. Use the
        argument wherever the formula says eps.""",
    )
for name, value in (("1e_3", "1e-3"), ("1e_6", "1e-6"), ("1e_7", "1e-7"), ("1e_8", "1e-8")):
    mistake(
        FORWARD,
        f"eps_default_{name}",
        edits={"eps: float = 1e-5": f"eps: float = {value}"},
        hint=f"""Your default for eps is {value}; the docstring has another one. The difference
        shows where a unit's variance is about as small as eps. Compare your signature with the one
        that you were given.""",
    )

# ---- gamma and beta ----

mistake(
    FORWARD,
    "gamma_and_beta_swapped",
    edits={OUT: "out = beta * x_hat + gamma"},
    hint="""Gamma and beta have changed places. Gamma is the scale, beta the shift. With gamma = 1
    and beta = 0 the output should be the normalised batch, and yours is 1 everywhere.""",
)
mistake(
    FORWARD,
    "gamma_ignored",
    edits={OUT: "out = x_hat + beta"},
    hint="""Gamma has no effect on your output. Without a scale that is learned, each unit keeps
    spread 1, which would confine a sigmoid to its nearly straight part.""",
)
mistake(
    FORWARD,
    "beta_ignored",
    edits={OUT: "out = gamma * x_hat"},
    hint="""Beta has no effect on your output. Subtracting the mean also removes the bias of the
    layer before, so without beta no unit could move its mean. Look at the last step of the forward
    formula.""",
)
mistake(
    FORWARD,
    "scale_and_shift_forgotten",
    edits={OUT: "out = x_hat"},
    hint="""You return the normalised batch itself, without gamma and beta. The layer must be able
    to learn another scale and shift, or even to undo what it did.""",
)
mistake(
    FORWARD,
    "eval_without_scale_and_shift",
    edits={OUT: "out = gamma * x_hat + beta if training else x_hat"},
    hint="""In evaluation gamma and beta are missing. The layers above have learned with them, so
    they belong to both modes; only the source of mean and variance differs.""",
)

# ---- running values ----

mistake(
    FORWARD,
    "momentum_swapped",
    edits={
        NEW_MEAN: "running_mean = added * running_mean + kept * mean",
        NEW_VAR: "running_var = added * running_var + kept * var",
    },
    hint="""The shares of old and new have changed places. Libraries differ in what they call
    momentum: compare with the docstring. With the default the running values should move slowly and
    average over many batches.""",
)
mistake(
    FORWARD,
    "momentum_of_other_libraries",
    edits={
        "momentum: float = ": "momentum: float = 1 - ",
        NEW_MEAN: "running_mean = added * running_mean + kept * mean",
        NEW_VAR: "running_var = added * running_var + kept * var",
    },
    hint="""Your momentum is the other share, and its default fits that, as in another library. Only
    callers who name a momentum notice: for them old and new change places. Which share does the
    docstring call momentum, and with which default?""",
)
mistake(
    FORWARD,
    "momentum_hard_coded",
    edits={"if training:": "momentum = 0.9\nif training:"},
    hint="""The share is 0.9, whatever the caller's momentum says. Try momentum = 0: nothing of the
    old value should be left. Use the argument.""",
)
mistake(
    FORWARD,
    "momentum_only_on_old",
    edits={
        NEW_MEAN: "running_mean = kept * running_mean + mean",
        NEW_VAR: "running_var = kept * running_var + var",
    },
    hint="""The batch's values come in with full weight. The two shares should add up to 1, or the
    running values grow to a multiple of the true ones, batch after batch.""",
)
mistake(
    FORWARD,
    "momentum_only_on_batch",
    edits={
        NEW_MEAN: "running_mean = running_mean + added * mean",
        NEW_VAR: "running_var = running_var + added * var",
    },
    hint="""The old value is kept in full, and a share of the batch is added. The running values
    then grow without end. The two shares should add up to 1.""",
)
mistake(
    FORWARD,
    "running_replaced_by_batch",
    edits={NEW_MEAN: "running_mean = mean", NEW_VAR: "running_var = var"},
    hint="""The batch's mean and variance replace the running values, and what came before is lost.
    Evaluation would depend on the last batch alone, which may be an odd one. Blend old and new by
    momentum.""",
)
mistake(
    FORWARD,
    "running_not_updated",
    edits={UPDATE: KEPT},
    hint="""In training the running values come back unchanged. They would stay where they began,
    usually at 0 and 1, and evaluation would normalise with numbers that have nothing to do with the
    data.""",
)
mistake(
    FORWARD,
    "running_std",
    edits={NEW_VAR: "running_var = kept * running_var + added * np.sqrt(var)"},
    hint="""The running variance is updated with the standard deviation. Evaluation takes the root
    once more, and units come out at a different scale than in training. Which of the two does the
    parameter's name promise?""",
)
mistake(
    FORWARD,
    "running_in_place",
    edits={
        UPDATE: """
            running_mean *= kept
            running_mean += added * mean
            running_var *= kept
            running_var += added * var
        """
    },
    hint="""The running values that were given are changed in place. The caller may still need the
    old ones. `a *= b` writes into the array, `a = a * b` makes a new one.""",
)
mistake(
    FORWARD,
    "running_updated_in_eval",
    edits={KEPT: f"{MEAN}\n{VAR}\n{UPDATE}\n{GIVEN}"},
    hint="""In evaluation the running values move as well. Then the test data change the model, and
    an example's output depends on what was asked before. Update them in training only.""",
)
mistake(
    FORWARD,
    "eval_uses_batch_statistics",
    edits={GIVEN: f"{MEAN}\n{VAR}"},
    hint="""In evaluation you normalise with the batch. An example's output then depends on the rest
    of the batch, and a single example always gives beta. Use the running values that are given.""",
)
mistake(
    FORWARD,
    "bn_training_flag_ignored",
    edits={"if training:": "if True:"},
    hint="""The flag `training` makes no difference: in evaluation, too, you normalise with the
    batch and move the running values. There, an example's output should depend neither on the other
    examples nor on what was asked before.""",
)
mistake(
    FORWARD,
    "training_uses_given_running",
    edits={UPDATE: f"old = running_mean, running_var\n{UPDATE}\nmean, var = old"},
    hint="""In training you normalise with the running values that were given. At the start they
    know nothing of the data. In training mean and variance are those of the batch.""",
)

# ---- results ----

mistake(
    FORWARD,
    "running_returns_swapped",
    edits={RETURN: "return out, cache, running_var, running_mean"},
    hint="""The running variance comes back in the place of the running mean. The caller hands both
    to the next call, so they would change places every time. Compare the order with the
    docstring's.""",
)
mistake(
    FORWARD,
    "returns_cache_last",
    edits={RETURN: "return out, running_mean, running_var, cache"},
    hint="""The cache comes last in your result, and should be the second. The caller takes the
    results by their place. Compare the order with the docstring's.""",
)
mistake(
    FORWARD,
    "returns_no_running_values",
    edits={RETURN: "return out, cache"},
    hint="""The running values are not among your results. They are new arrays, so the caller learns
    of them only when they are returned. Look at "Returns" in the docstring.""",
)
mistake(
    FORWARD,
    "bn_centres_in_place",
    edits={X_HAT: "x -= mean\nx_hat = x * inv_std"},
    hint="""You subtract the mean from x itself, so the caller's batch is changed. Other layers may
    still need it. `x -= mean` writes into the array, `x - mean` makes a new one.""",
)

# ---- what else the hidden tests rule out ----

for name, text, instead in (
    ("bn_squeezes_batch", "if training:", "x = np.squeeze(x)\nif training:"),
    ("statistics_of_first_examples", MEAN, f"{MEAN.replace('x.', 'x[:64].')}"),
    (
        "zero_examples_left_out",
        MEAN,
        "mean = x.sum(axis=0) / max(np.count_nonzero(x.any(axis=1)), 1)",
    ),
    ("equal_examples_raise", VAR, f"{VAR}\nif len(x) > 1 and not var.all():\n    raise ValueError"),
    ("bn_rejects_single_example", VAR, f"{VAR}\nif len(x) == 1:\n    raise ValueError"),
    ("normalised_is_clipped", X_HAT, "x_hat = np.clip((x - mean) * inv_std, -10, 10)"),
    ("gamma_is_clipped", OUT, "out = np.clip(gamma, -50, 50) * x_hat + beta"),
    ("beta_is_clipped", OUT, "out = gamma * x_hat + np.clip(beta, -50, 50)"),
    ("gamma_zero_replaced", OUT, "out = np.where(gamma == 0, 1.0, gamma) * x_hat + beta"),
    ("gamma_applied_twice", OUT, "out = gamma * (gamma * x_hat + beta)"),
    ("first_gamma_for_all", OUT, "out = gamma[0] * x_hat + beta[0]"),
    ("gamma_per_example", OUT, "out = gamma[:, None] * x_hat + beta[:, None]"),
    ("bn_float32", OUT, "out = (gamma * x_hat + beta).astype(np.float32)"),
    ("bn_whole_blocks_of_units_only", OUT, f"{OUT}\nout[:, x.shape[1] // 64 * 64 or 64 :] = 0"),
    ("bn_whole_blocks_of_examples_only", OUT, f"{OUT}\nout[len(x) // 64 * 64 or 64 :] = 0"),
    ("momentum_one_means_evaluation", "if training:", "if training and momentum < 1:"),
    ("momentum_zero_means_default", "if training:", "momentum = momentum or 0.9\nif training:"),
    (
        "first_batch_initialises_running",
        NEW_MEAN,
        "kept, added = (kept, added) if running_mean.any() else (0, 1)\n" + NEW_MEAN,
    ),
    (
        "single_unit_keeps_running",
        NEW_MEAN,
        f"kept, added = (kept, added) if x.shape[1] > 1 else (1, 0)\n{NEW_MEAN}",
    ),
    (
        "single_example_keeps_running",
        NEW_MEAN,
        f"kept, added = (kept, added) if len(x) > 1 else (1, 0)\n{NEW_MEAN}",
    ),
    ("running_mean_limited", NEW_MEAN, NEW_MEAN.replace("* mean", "* np.clip(mean, -100, 100)")),
    ("running_from_normalised", NEW_MEAN, f"{NEW_MEAN} / np.sqrt(var + eps)"),
    ("running_variance_has_floor", NEW_VAR, NEW_VAR.replace("* var", "* np.maximum(var, 1e-3)")),
    ("running_variance_limited", NEW_VAR, NEW_VAR.replace("* var", "* np.minimum(var, 1e5)")),
    (
        "zero_running_variance_replaced",
        NEW_VAR,
        NEW_VAR.replace("running_var + ", "np.where(running_var == 0, var, running_var) + "),
    ),
    (
        "running_in_float32",
        RETURN,
        "return out, cache, running_mean.astype(np.float32), running_var",
    ),
    ("eval_uses_batch_variance", GIVEN, "mean, var = running_mean, x.var(axis=0)"),
    (
        "eval_of_new_layer_uses_batch",
        GIVEN,
        f"{GIVEN}\nif np.all(var == 1) and not mean.any():\n    {MEAN}\n    {VAR}",
    ),
    (
        "eval_without_running_mean_uses_batch",
        GIVEN,
        f"{GIVEN}\nif not mean.any():\n    {MEAN}\n    {VAR}",
    ),
    (
        "single_example_skips_normalisation",
        OUT,
        f"{OUT}\nif len(x) == 1 and not training:\n    out = gamma * x + beta",
    ),
    (
        "eval_returns_first_unit_only",
        KEPT,
        "running_mean = running_mean[:1]\nrunning_var = running_var[:1]",
    ),
    ("cache_keeps_output", '"x_hat": x_hat', '"x_hat": out'),
    (
        "cache_keeps_running_scale",
        '"inv_std": inv_std',
        '"inv_std": 1.0 / np.sqrt(running_var + eps)',
    ),
    ("mode_guessed_from_mean", "bool(training)", "np.allclose(x_hat.mean(axis=0), 0.0, atol=1e-3)"),
    ("backward_mode_from_momentum", "bool(training)", "training and momentum < 1"),
    ("variance_about_running_mean", VAR, "var = ((x - running_mean) ** 2).mean(axis=0)"),
    ("running_variance_not_updated", NEW_VAR, ""),
    ("eps_in_running_variance", NEW_VAR, NEW_VAR.replace("* var", "* (var + eps)")),
    ("eval_without_eps", ROOT, "np.sqrt(var + (eps if training else 0.0))"),
    ("eval_divides_by_variance", ROOT, "(np.sqrt(var + eps) if training else var + eps)"),
    ("multiplies_by_std", INV_STD, f"inv_std = {ROOT}"),
    ("shift_before_scale", OUT, "out = gamma * (x_hat + beta)"),
    ("training_uses_updated_running", INV_STD, f"{GIVEN}\n{INV_STD}"),
    (
        "one_cache_for_all_calls",
        RETURN,
        f"kept = {FORWARD}.__dict__\nkept.update(cache)\n{RETURN.replace('cache', 'kept')}",
    ),
):
    probe(FORWARD, name, edits={text: instead})
