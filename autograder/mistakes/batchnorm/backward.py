"""Mistakes of the backward pass."""

from autograder.engine.mistakes import mistake, probe

BACKWARD = "batchnorm_backward"
LOAD = 'x_hat, inv_std, gamma = cache["x_hat"], cache["inv_std"], cache["gamma"]'
DBETA = "dbeta = dout.sum(axis=0)"
DGAMMA = "dgamma = (dout * x_hat).sum(axis=0)"
DX_HAT = "dx_hat = dout * gamma"
MODE = 'if cache["training"]:'
THROUGH_MEAN = "through_mean = dx_hat.mean(axis=0)"
THROUGH_VAR = "through_var = x_hat * (dx_hat * x_hat).mean(axis=0)"
PATHS = "dx_hat = dx_hat - through_mean - through_var"
DX = "dx = dx_hat * inv_std"
RETURN = "return dx, dgamma, dbeta"

# ---- evaluation ----

for name, through_var in (
    ("backward_ignores_mode", THROUGH_VAR),
    # The same in stages: what flows to the variance flows on to the mean, which is not 0 here.
    (
        "backward_stages_in_both_modes",
        THROUGH_VAR.replace("x_hat *", "(x_hat - x_hat.mean(axis=0)) *", 1),
    ),
):
    mistake(
        BACKWARD,
        name,
        edits={MODE: "if True:", THROUGH_VAR: through_var},
        hint="""After a forward pass in evaluation you use the training formula. There the running
        values are constants, which do not depend on x, so no gradient flows through them. Store the
        mode in the cache.""",
    )
for name, lookup in (
    ("none_subscripted", LOAD),
    ("none_unpacked", "x_hat, inv_std, gamma = cache"),
):
    mistake(
        BACKWARD,
        f"eval_cache_{name}",
        edits={LOAD: f'if not cache["training"]:\n    cache = None\n    {lookup}\n{LOAD}'},
        hint="""In evaluation your forward pass stores nothing: its cache is None, and the backward
        pass fails when it looks for its values there. Gradients are asked for in both modes, so
        both need a cache.""",
    )
mistake(
    BACKWARD,
    "eval_dx_without_std",
    edits={DX: 'dx = dx_hat * (inv_std if cache["training"] else 1.0)'},
    hint="""In evaluation your dx lacks the division by the running standard deviation. The forward
    pass divides by it, as by any constant; the chain rule keeps such a factor.""",
)
mistake(
    BACKWARD,
    "eval_dx_zero",
    edits={DX: 'dx = dx_hat * inv_std * (1.0 if cache["training"] else 0.0)'},
    hint="""In evaluation your dx is zero. Only the running values are constants there; the output
    still changes with x. By how much does it move when x moves a little?""",
)

# ---- the parts of dx ----

mistake(
    BACKWARD,
    "statistics_taken_as_constant",
    edits={MODE: "if False:"},
    hint="""In training your dx treats mean and variance as constants. They depend on x: each
    example moves the mean and the variance of its unit, and through them all outputs. These two
    paths are missing.""",
)
mistake(
    BACKWARD,
    "mean_path_missing",
    edits={PATHS: "dx_hat = dx_hat - through_var"},
    hint="""In your dx the path through the mean is missing. Adding a constant to a whole column
    leaves the output as it is, so each column of dx should sum to zero. Does yours?""",
)
mistake(
    BACKWARD,
    "variance_path_missing",
    edits={PATHS: "dx_hat = dx_hat - through_mean"},
    hint="""In your dx the path through the variance is missing. Stretching a column about its mean
    leaves the output nearly as it is, so the gradient along x_hat should almost vanish. Does
    yours?""",
)
mistake(
    BACKWARD,
    "mean_path_added",
    edits={PATHS: "dx_hat = dx_hat + through_mean - through_var"},
    hint="""In your dx the path through the mean has the wrong sign. The mean is subtracted in the
    forward pass: what does that do to its derivative? Each column of dx should sum to zero.""",
)
mistake(
    BACKWARD,
    "variance_path_added",
    edits={PATHS: "dx_hat = dx_hat - through_mean + through_var"},
    hint="""In your dx the path through the variance has the wrong sign. The output gets smaller
    when the variance grows: which sign does the derivative of a power with a negative exponent
    have?""",
)
mistake(
    BACKWARD,
    "paths_not_averaged",
    edits={
        THROUGH_MEAN: "through_mean = dx_hat.sum(axis=0)",
        THROUGH_VAR: "through_var = x_hat * (dx_hat * x_hat).sum(axis=0)",
    },
    hint="""The two paths through mean and variance are too large by the number of examples. One
    example moves the mean by only a share of its own change. Where does N stand in the formula of
    the mean?""",
)
mistake(
    BACKWARD,
    "paths_over_units",
    edits={
        THROUGH_MEAN: "through_mean = dx_hat.mean(axis=1, keepdims=True)",
        THROUGH_VAR: "through_var = x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)",
    },
    hint="""The sums in dx run over the units (axis 1), as in layer normalisation. Here each unit
    has a mean of its own, taken over the examples. Along which axis did the forward pass take
    it?""",
)
mistake(
    BACKWARD,
    "dvar_without_half",
    edits={THROUGH_VAR: f"{THROUGH_VAR} * 2.0"},
    hint="""The path through the variance is twice as large as it should be. The exponent of the
    root comes to the front when you take the derivative. Which factor does that give?""",
)
mistake(
    BACKWARD,
    "dvar_wrong_power",
    edits={THROUGH_VAR: f"{THROUGH_VAR} / inv_std**2"},
    hint="""In the path through the variance the exponent is wrong. When you take the derivative of
    a power, the exponent gets smaller by one. What becomes of -1/2?""",
)

# ---- the scale of dx ----

mistake(
    BACKWARD,
    "dx_too_large_by_n",
    edits={DX: 'dx = dx_hat * inv_std * (len(dout) if cache["training"] else 1)'},
    hint="""Your dx is too large by the number of examples. The short formula has N inside the
    brackets, and a factor in front of them that makes up for it. Check one entry by a central
    difference.""",
)
mistake(
    BACKWARD,
    "dx_averaged_over_batch",
    edits={DX: "dx = dx_hat * inv_std / len(dout)"},
    hint="""Your dx is too small by the number of examples. If the loss is an average, dout already
    contains that factor; dividing in every layer again makes the gradient vanish.""",
)
mistake(
    BACKWARD,
    "dx_without_std",
    edits={DX: "dx = dx_hat"},
    hint="""Your dx lacks the division by the standard deviation. The forward pass divides by it,
    and the chain rule keeps that factor. What happens to your dx when x is measured in other
    units?""",
)
mistake(
    BACKWARD,
    "backward_forgets_eps",
    edits={
        LOAD: f"""
            {LOAD}
            if cache["training"]:
                inv_std = inv_std / np.sqrt((x_hat**2).mean(axis=0))
        """
    },
    hint="""The backward pass computes the standard deviation without eps. It has to go back through
    the very root that was computed forward; for units of small spread the difference is large.
    Store that root in the cache.""",
)
mistake(
    BACKWARD,
    "gamma_missing_in_dx",
    edits={DX_HAT: "dx_hat = dout"},
    hint="""Your dx lacks gamma. The output is gamma times the normalised value, so this factor is
    the first on the way back. With gamma = 1 you would not see it; try others.""",
)

# ---- dgamma and dbeta ----

mistake(
    BACKWARD,
    "dgamma_without_x_hat",
    edits={DGAMMA: "dgamma = dout.sum(axis=0)"},
    hint="""Your dgamma is the sum of dout, which is the gradient of beta. Gamma multiplies
    something in the forward pass, and what it multiplies is its derivative.""",
)
mistake(
    BACKWARD,
    "dgamma_from_centred",
    edits={DGAMMA: "dgamma = (dout * x_hat / inv_std).sum(axis=0)"},
    hint="""Your dgamma uses x minus its mean, before the division by the standard deviation. What
    exactly does gamma multiply in the forward pass?""",
)
mistake(
    BACKWARD,
    "dgamma_averaged",
    edits={DGAMMA: "dgamma = (dout * x_hat).mean(axis=0)"},
    hint="""Your dgamma is divided by the batch size. All examples use the same gamma, and their
    shares add up; if the loss is an average, dout contains that factor already.""",
)
mistake(
    BACKWARD,
    "dbeta_averaged",
    edits={DBETA: "dbeta = dout.mean(axis=0)"},
    hint="""Your dbeta is divided by the batch size. All examples use the same beta, and their
    shares add up; if the loss is an average, dout contains that factor already.""",
)
mistake(
    BACKWARD,
    "dgamma_and_dbeta_averaged",
    edits={
        DBETA: "dbeta = dout.mean(axis=0)",
        DGAMMA: "dgamma = (dout * x_hat).mean(axis=0)",
    },
    hint="""Your dgamma and dbeta are divided by the batch size. All examples share both parameters,
    and their shares add up; if the loss is an average, dout contains that factor already.""",
)
mistake(
    BACKWARD,
    "dgamma_and_dbeta_over_units",
    edits={
        DBETA: "dbeta = dout.sum(axis=1)",
        DGAMMA: "dgamma = (dout * x_hat).sum(axis=1)",
    },
    hint="""You sum dgamma and dbeta over the units (axis 1), which leaves one number for each
    example. Each unit has its gamma and beta, so one number for each unit should be left.""",
)
mistake(
    BACKWARD,
    "dgamma_and_dbeta_over_everything",
    edits={DBETA: "dbeta = dout.sum()", DGAMMA: "dgamma = (dout * x_hat).sum()"},
    hint="""Your dgamma and dbeta are single numbers, summed over everything. Each unit has its own
    gamma and beta, and needs a gradient of its own. Which axis counts the examples?""",
)
mistake(
    BACKWARD,
    "dgamma_and_dbeta_not_summed",
    edits={DBETA: "dbeta = dout.copy()", DGAMMA: "dgamma = dout * x_hat"},
    hint="""Your dgamma and dbeta have the shape of the batch: the sum over the examples is missing.
    All examples use the same gamma and beta, so their shares of the gradient add up.""",
)
mistake(
    BACKWARD,
    "dgamma_and_dbeta_keepdims",
    edits={
        DBETA: "dbeta = dout.sum(axis=0, keepdims=True)",
        DGAMMA: "dgamma = (dout * x_hat).sum(axis=0, keepdims=True)",
    },
    hint="""Your dgamma and dbeta have two axes, (1, D), because of keepdims. A gradient has the
    shape of its parameter, here (D,), or an update would change the parameter's shape.""",
)

# ---- results ----

mistake(
    BACKWARD,
    "dgamma_and_dbeta_swapped",
    edits={RETURN: "return dx, dbeta, dgamma"},
    hint="""Your dgamma and dbeta have changed places in the result, so each parameter would be
    moved by the gradient of the other. Compare the order with the docstring's.""",
)
mistake(
    BACKWARD,
    "dx_returned_last",
    edits={RETURN: "return dgamma, dbeta, dx"},
    hint="""Your dx comes last in the result, and should be the first. The layer below would get the
    gradient of a parameter. Compare the order with the docstring's.""",
)
mistake(
    BACKWARD,
    "only_dx_returned",
    edits={RETURN: "return dx"},
    hint="""Only dx is returned. Gamma and beta are learned, too, so the caller needs their
    gradients as well. Look at "Returns" in the docstring.""",
)
mistake(
    BACKWARD,
    "dout_changed_in_place",
    edits={DX_HAT: "dout *= gamma\ndx_hat = dout"},
    hint="""The caller's dout is changed in place. It may be needed again, for another branch of the
    network. `dout *= gamma` writes into the array, `dout * gamma` makes a new one.""",
)

# ---- what else the hidden tests rule out ----

for name, text, instead in (
    (
        "variance_path_not_averaged",
        THROUGH_VAR,
        "through_var = x_hat * (dx_hat * x_hat).sum(axis=0)",
    ),
    (
        "backward_n_minus_one",
        THROUGH_MEAN,
        "through_mean = dx_hat.sum(axis=0) / max(len(dout) - 1, 1)",
    ),
    (
        "backward_unbiased_variance",
        THROUGH_VAR,
        f"{THROUGH_VAR} * len(dout) / max(len(dout) - 1, 1)",
    ),
    ("gamma_twice_in_dx", DX, "dx = gamma * dx_hat * inv_std"),
    ("gamma_missing_in_paths", PATHS, "dx_hat = dx_hat - (through_mean + through_var) / gamma"),
    ("backward_first_gamma", DX_HAT, "dx_hat = dout * gamma[0]"),
    ("two_examples_without_variance_path", MODE, f"{MODE[:-1]} and len(dout) != 2:"),
    (
        "zero_gradients_not_counted",
        THROUGH_MEAN,
        "through_mean = dx_hat.sum(axis=0) / max(np.count_nonzero(dout.any(axis=1)), 1)",
    ),
    ("small_gradients_zeroed", DX, "dx = np.where(np.abs(dx_hat) < 1e-7, 0.0, dx_hat) * inv_std"),
    ("zero_gamma_has_no_gradient", DGAMMA, f"{DGAMMA} * (gamma != 0)"),
    (
        "zero_dout_gives_scalars",
        RETURN,
        f"if not dout.any():\n    return np.zeros_like(dout), 0.0, 0.0\n{RETURN}",
    ),
    ("dout_ignored", LOAD, f"{LOAD}\ndout = np.ones_like(dout)"),
    ("backward_float32", LOAD, f"{LOAD}\ndout = dout.astype(np.float32)"),
    ("dx_in_float32", DX, "dx = (dx_hat * inv_std).astype(np.float32)"),
    ("single_example_squeezed", RETURN, "return np.squeeze(dx), dgamma, dbeta"),
    ("gradients_limited", DX, "dx = np.clip(dx_hat * inv_std, -10, 10)"),
    ("eval_dx_without_gamma", DX_HAT, 'dx_hat = dout * gamma if cache["training"] else dout'),
    ("eval_parameters_frozen", RETURN, f'dgamma = dgamma * cache["training"]\n{RETURN}'),
    ("variance_path_not_summed", THROUGH_VAR, "through_var = x_hat * dx_hat * x_hat"),
    ("variance_path_without_x_hat", THROUGH_VAR, "through_var = (dx_hat * x_hat).mean(axis=0)"),
    ("dmean_without_std", THROUGH_MEAN, f"{THROUGH_MEAN} / inv_std"),
    ("dgamma_times_gamma", DGAMMA, "dgamma = (dout * gamma * x_hat).sum(axis=0)"),
    ("dbeta_times_gamma", DBETA, "dbeta = (dout * gamma).sum(axis=0)"),
    ("mean_path_over_everything", THROUGH_MEAN, "through_mean = dx_hat.mean()"),
    ("dx_divided_by_variance", DX, "dx = dx_hat * inv_std**2"),
    ("eval_dx_passed_through", DX, 'dx = dx_hat * inv_std if cache["training"] else dout'),
    ("dvar_without_two", THROUGH_VAR, f"{THROUGH_VAR} * 0.5"),
):
    probe(BACKWARD, name, edits={text: instead})
