"""Mistakes in `he_uniform`."""

import numpy as np

from autograder.engine.mistakes import mistake

# ---- the limit ----


@mistake(
    "he_uniform",
    hint="You use the standard deviation as the limit. What is the variance of a uniform "
    "distribution on (-r, r), in terms of r?",
)
def he_uniform_std_as_limit(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(2 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="The factor between limit and standard deviation is too large. It follows from the "
    "variance, so a root belongs to it.",
)
def he_uniform_three_sigma(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = 3 * np.sqrt(2 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="You divide by the factor between limit and standard deviation. Which of the two must "
    "be the larger one?",
)
def he_uniform_divided_by_root_three(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(2 / fans[mode]) / np.sqrt(3)
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="Your factor between limit and standard deviation is the one for the whole width of the "
    "interval. The limit is only half of it.",
)
def he_uniform_root_twelve(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(12) * np.sqrt(2 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="Your limit is Xavier's. ReLU switches half of the units off, and the variance of the "
    "weights has to make up for it.",
)
def he_uniform_lost_gain(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(3 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="Your weights are far too small: a limit has the unit of a standard deviation, but your "
    "expression has the unit of a variance.",
)
def he_uniform_lost_root(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = 6 / fans[mode]
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="Your limit is the default of PyTorch's linear layer. That is He's formula with the "
    "gain of a very steep leaky ReLU, not with ReLU's.",
)
def he_uniform_linear_layer_default(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = 1 / np.sqrt(fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="In the mode fan_avg you take the larger one of the two fans. "
    "Their average lies between them.",
)
def he_uniform_larger_fan(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": max(n_in, n_out)}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="In the mode fan_avg you average the two variances. Averaging the fans first gives "
    "another number, unless the layer is square.",
)
def he_uniform_mean_of_variances(n_in, n_out, rng, mode="fan_avg"):
    if n_in <= 0 or n_out <= 0 or mode not in ("fan_in", "fan_out", "fan_avg"):
        raise ValueError("wrong size or mode")
    forward, backward = 2 / n_in, 2 / n_out
    variance = {"fan_in": forward, "fan_out": backward, "fan_avg": (forward + backward) / 2}[mode]
    limit = np.sqrt(3 * variance)
    return rng.uniform(-limit, limit, (n_in, n_out))


# ---- the mode ----


@mistake(
    "he_uniform",
    hint="The mode makes no difference: you always take the average of the two fans.",
)
def he_uniform_mode_ignored(n_in, n_out, rng, mode="fan_avg"):
    if n_in <= 0 or n_out <= 0 or mode not in ("fan_in", "fan_out", "fan_avg"):
        raise ValueError("wrong size or mode")
    limit = np.sqrt(12 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="Without a mode you count the inputs only, as libraries do. "
    "The lecture's default is another one.",
)
def he_uniform_default_fan_in(n_in, n_out, rng, mode="fan_in"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="fan_in and fan_out are exchanged. The fan-in of a unit is the number of connections "
    "that lead into it; a square layer doesn't show the difference.",
)
def he_uniform_modes_swapped(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_out, "fan_out": n_in, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="An unknown mode silently counts as fan_out. A typing error in a mode should be "
    "reported, not guessed at.",
)
def he_uniform_unknown_mode_is_fan_out(n_in, n_out, rng, mode="fan_avg"):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    if mode == "fan_avg":
        fan = (n_in + n_out) / 2
    elif mode == "fan_in":
        fan = n_in
    else:
        fan = n_out
    limit = np.sqrt(6 / fan)
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="No mode at all, `None` or an empty string, counts as the default. "
    "Only the three names are modes.",
)
def he_uniform_empty_mode_accepted(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    mode = mode or "fan_avg"
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="An unknown mode ends in an `UnboundLocalError`, because none of your branches sets the "
    "variable. What should happen when no branch is taken?",
)
def he_uniform_no_else_branch(n_in, n_out, rng, mode="fan_avg"):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    if mode == "fan_avg":
        fan = (n_in + n_out) / 2
    elif mode == "fan_in":
        fan = n_in
    elif mode == "fan_out":
        fan = n_out
    limit = np.sqrt(6 / fan)
    return rng.uniform(-limit, limit, (n_in, n_out))


# ---- the distribution ----


@mistake(
    "he_uniform",
    hint="None of your weights is negative. What interval does `rng.random()` draw from, and "
    "where must its middle go?",
)
def he_uniform_positive_half(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return np.sqrt(6 / fans[mode]) * rng.random((n_in, n_out))


@mistake(
    "he_uniform",
    hint="The spread is right but the draws are normal. This function is the other one of the "
    "pair.",
)
def he_uniform_draws_normal(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))


@mistake(
    "he_uniform",
    hint="Every second column repeats its neighbour with the sign turned round. "
    "The draws must be independent, not balanced.",
)
def he_uniform_mirrored(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    weights = rng.uniform(-limit, limit, (n_in, n_out))
    weights[:, 1::2] = -weights[:, : n_out - n_out % 2 : 2]
    return weights


@mistake(
    "he_uniform",
    hint="Your draws pile up in the middle: a sum of two uniform numbers isn't uniform.",
)
def he_uniform_triangular(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return limit * (rng.random((n_in, n_out)) - rng.random((n_in, n_out)))


# ---- shape, type and generator ----


@mistake(
    "he_uniform",
    hint="Rows and columns are exchanged. Think of `h @ W`: which side of W meets the inputs?",
)
def he_uniform_transposed(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return rng.uniform(-limit, limit, (n_out, n_in))


@mistake(
    "he_uniform",
    hint="You return one number per output unit. A unit has a weight for each of its inputs.",
)
def he_uniform_one_per_unit(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return rng.uniform(-limit, limit, n_out)


@mistake(
    "he_uniform",
    hint="All rows of your matrix are the same, so every input gets the same weights. "
    "How many numbers do you draw, and how many does the matrix have?",
)
def he_uniform_equal_rows(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return np.tile(rng.uniform(-limit, limit, n_out), (n_in, 1))


@mistake(
    "he_uniform",
    hint="Your weights are single precision. The package computes in float64 throughout.",
)
def he_uniform_float32(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out)).astype(np.float32)


@mistake(
    "he_uniform",
    hint="Your weights don't depend on the generator that was passed in. NumPy's global state "
    "is shared by everybody, so a run can't be repeated.",
)
def he_uniform_global_state(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return np.random.uniform(-limit, limit, (n_in, n_out))  # noqa: NPY002


# ---- wrong sizes ----


@mistake(
    "he_uniform",
    hint="A layer without inputs or without outputs gets through. Negative sizes aren't the only "
    "wrong ones.",
)
def he_uniform_zero_accepted(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in < 0 or n_out < 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="The sizes are only checked in one of the modes. "
    "A wrong size is wrong before any mode is looked at.",
)
def he_uniform_checked_in_default_mode_only(n_in, n_out, rng, mode="fan_avg"):
    if mode == "fan_avg":
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        fan = (n_in + n_out) / 2
    elif mode in ("fan_in", "fan_out"):
        fan = n_in if mode == "fan_in" else n_out
    else:
        raise ValueError("mode must be fan_in, fan_out or fan_avg")
    limit = np.sqrt(6 / fan)
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_uniform",
    hint="With a single output unit your fan is another than the mode names.",
)
def he_uniform_single_unit_by_inputs(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    fan = n_in if n_out == 1 else fans[mode]
    return rng.uniform(-np.sqrt(6 / fan), np.sqrt(6 / fan), (n_in, n_out))


@mistake(
    "he_uniform",
    hint="A mode stays in force for the calls after it. Each call has its own, or the default.",
)
def he_uniform_mode_remembered(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    last = he_uniform_mode_remembered.__dict__
    if mode != "fan_avg":
        last["mode"] = mode
    fan = fans[last.get("mode", "fan_avg")]
    return rng.uniform(-np.sqrt(6 / fan), np.sqrt(6 / fan), (n_in, n_out))


@mistake(
    "he_uniform",
    hint="With fan_out you seed a generator of your own. The draws come from rng in every mode.",
)
def he_uniform_fan_out_own_seed(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    if mode == "fan_out":
        rng = np.random.default_rng(0)
    limit = np.sqrt(6 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))
