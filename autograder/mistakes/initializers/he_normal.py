"""Mistakes in `he_normal`."""

import numpy as np

from autograder.engine.mistakes import mistake

# ---- the standard deviation ----


@mistake(
    "he_normal",
    hint="Your weights are far too small: what you pass to the generator is a variance. "
    "Which of the two does `rng.normal` expect as its second argument?",
)
def he_normal_variance_as_std(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, 2 / fans[mode], (n_in, n_out))


@mistake(
    "he_normal",
    hint="In the mode fan_avg your spread is Xavier's. The average of two numbers is half of "
    "their sum; where has the half gone?",
)
def he_normal_sum_for_average(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": n_in + n_out}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))


@mistake(
    "he_normal",
    hint="In the mode fan_avg the factor in front of your root is a factor of the variance, "
    "not of the standard deviation.",
)
def he_normal_factor_without_root(n_in, n_out, rng, mode="fan_avg"):
    sigmas = {
        "fan_in": lambda: np.sqrt(2 / n_in),
        "fan_out": lambda: np.sqrt(2 / n_out),
        "fan_avg": lambda: 2 * np.sqrt(2 / (n_in + n_out)),
    }
    if n_in <= 0 or n_out <= 0 or mode not in sigmas:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, sigmas[mode](), (n_in, n_out))


@mistake(
    "he_normal",
    hint="You put a single fan into the lecture's formula, which is written for the sum of both. "
    "One of its two factors of 2 turns that sum into an average.",
)
def he_normal_single_fan_in_formula_for_sum(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": n_in + n_out}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(2) * np.sqrt(2 / fans[mode]), (n_in, n_out))


@mistake(
    "he_normal",
    hint="Only a part of the fraction stands under your root. Check where its bracket closes.",
)
def he_normal_root_of_numerator(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(2) / fans[mode], (n_in, n_out))


@mistake(
    "he_normal",
    hint="The constant under your root belongs to the limit of the uniform form. A normal "
    "distribution is described by its standard deviation instead.",
)
def he_normal_uniform_constant(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(6 / fans[mode]), (n_in, n_out))


@mistake(
    "he_normal",
    hint="In the mode fan_avg you take the geometric mean of the fans. "
    "It agrees with the ordinary mean only where the layer is square.",
)
def he_normal_geometric_mean(n_in, n_out, rng, mode="fan_avg"):
    if n_in <= 0 or n_out <= 0 or mode not in ("fan_in", "fan_out", "fan_avg"):
        raise ValueError("wrong size or mode")
    fan = {"fan_in": n_in, "fan_out": n_out, "fan_avg": np.sqrt(n_in * n_out)}[mode]
    return rng.normal(0.0, np.sqrt(2 / fan), (n_in, n_out))


@mistake(
    "he_normal",
    hint="In the mode fan_avg you average the two standard deviations. Averaging the fans first "
    "gives another number, unless the layer is square.",
)
def he_normal_mean_of_stds(n_in, n_out, rng, mode="fan_avg"):
    if n_in <= 0 or n_out <= 0 or mode not in ("fan_in", "fan_out", "fan_avg"):
        raise ValueError("wrong size or mode")
    forward, backward = np.sqrt(2 / n_in), np.sqrt(2 / n_out)
    sigma = {"fan_in": forward, "fan_out": backward, "fan_avg": (forward + backward) / 2}[mode]
    return rng.normal(0.0, sigma, (n_in, n_out))


@mistake(
    "he_normal",
    hint="Your weights have a standard deviation of 1 in every layer. "
    "The size of the layer must come in somewhere.",
)
def he_normal_unscaled(n_in, n_out, rng, mode="fan_avg"):
    if n_in <= 0 or n_out <= 0 or mode not in ("fan_in", "fan_out", "fan_avg"):
        raise ValueError("wrong size or mode")
    return rng.standard_normal((n_in, n_out))


# ---- the mode ----


@mistake(
    "he_normal",
    hint="The mode makes no difference: you always take the average of the two fans.",
)
def he_normal_mode_ignored(n_in, n_out, rng, mode="fan_avg"):
    if n_in <= 0 or n_out <= 0 or mode not in ("fan_in", "fan_out", "fan_avg"):
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(4 / (n_in + n_out)), (n_in, n_out))


@mistake(
    "he_normal",
    hint="The mode makes no difference: you always count the inputs only.",
)
def he_normal_always_fan_in(n_in, n_out, rng, mode="fan_avg"):
    if n_in <= 0 or n_out <= 0 or mode not in ("fan_in", "fan_out", "fan_avg"):
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(2 / n_in), (n_in, n_out))


@mistake(
    "he_normal",
    hint="fan_in and fan_out are exchanged. The fan-in of a unit is the number of connections "
    "that lead into it; a square layer doesn't show the difference.",
)
def he_normal_modes_swapped(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_out, "fan_out": n_in, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))


@mistake(
    "he_normal",
    hint="An unknown mode silently counts as the average. A typing error in a mode should be "
    "reported, not guessed at.",
)
def he_normal_unknown_mode_is_average(n_in, n_out, rng, mode="fan_avg"):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    if mode == "fan_in":
        fan = n_in
    elif mode == "fan_out":
        fan = n_out
    else:
        fan = (n_in + n_out) / 2
    return rng.normal(0.0, np.sqrt(2 / fan), (n_in, n_out))


@mistake(
    "he_normal",
    hint="An unknown mode fails with the exception of your dictionary. The contract promises "
    "another one.",
)
def he_normal_unknown_mode_is_key_error(n_in, n_out, rng, mode="fan_avg"):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("n_in and n_out must be positive")
    fan = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}[mode]
    return rng.normal(0.0, np.sqrt(2 / fan), (n_in, n_out))


@mistake(
    "he_normal",
    hint="A mode in capitals, or with blanks around it, gets through. "
    "Only the three names themselves are modes.",
)
def he_normal_mode_tidied(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    mode = str(mode).strip().lower()
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))


# ---- the distribution ----


@mistake(
    "he_normal",
    hint="Your tails are cut off and the spread is corrected for it, as some libraries do. "
    "The distribution asked for here is the plain normal one.",
)
def he_normal_truncated(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    sigma = np.sqrt(2 / fans[mode]) / 0.87962566103423978
    weights = rng.normal(0.0, sigma, (n_in, n_out))
    outside = np.abs(weights) > 2 * sigma
    while np.any(outside):
        weights[outside] = rng.normal(0.0, sigma, np.count_nonzero(outside))
        outside = np.abs(weights) > 2 * sigma
    return weights


@mistake(
    "he_normal",
    hint="The spread is right but the draws are uniform: no weight is ever large. "
    "This function is the other one of the pair.",
)
def he_normal_draws_uniform(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    limit = np.sqrt(6 / fans[mode])
    return rng.uniform(-limit, limit, (n_in, n_out))


@mistake(
    "he_normal",
    hint="Your weights aren't centred at zero. Look up the order of the arguments of "
    "`rng.normal`: which one comes first?",
)
def he_normal_std_as_mean(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(np.sqrt(2 / fans[mode]), size=(n_in, n_out))


@mistake(
    "he_normal",
    hint="The columns of your matrix all have mean zero exactly. Subtracting means ties the "
    "draws of a unit to each other, and with a single input nothing is left.",
)
def he_normal_columns_centred(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    weights = rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))
    return weights - weights.mean(axis=0)


# ---- shape, type and generator ----


@mistake(
    "he_normal",
    hint="Rows and columns are exchanged. Think of `h @ W`: which side of W meets the inputs?",
)
def he_normal_transposed(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_out, n_in))


@mistake(
    "he_normal",
    hint="All columns of your matrix are the same, so all units of the layer compute the same. "
    "Nothing would ever break that symmetry.",
)
def he_normal_equal_columns(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, 1)) * np.ones((1, n_out))


@mistake(
    "he_normal",
    hint="Your weights are single precision. The package computes in float64 throughout.",
)
def he_normal_float32(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out)).astype(np.float32)


@mistake(
    "he_normal",
    hint="Two calls with one generator give the same weights: your seed only depends on the size "
    "of the layer.",
)
def he_normal_seed_from_size(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    rng = np.random.default_rng(n_in + n_out)
    return rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))


@mistake(
    "he_normal",
    hint="Every call returns one and the same array: all layers of a size get the weights that "
    "were drawn last. Return a new array each time.",
)
def he_normal_into_one_array(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    kept = he_normal_into_one_array.__dict__  # what stays between calls
    weights = kept.setdefault(f"{n_in} {n_out}", np.empty((n_in, n_out)))
    weights[...] = rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))
    return weights


# ---- wrong sizes ----


@mistake(
    "he_normal",
    hint="You only check the fan that the mode asks for. A layer needs both ends in every mode.",
)
def he_normal_only_used_fan_checked(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if mode not in fans:
        raise ValueError("mode must be fan_in, fan_out or fan_avg")
    if fans[mode] <= 0:
        raise ValueError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))


@mistake(
    "he_normal",
    hint="Wrong sizes raise `TypeError` in your code. The type of the argument is fine; it is "
    "something else about it that is wrong.",
)
def he_normal_type_error(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if mode not in fans:
        raise ValueError("mode must be fan_in, fan_out or fan_avg")
    if n_in <= 0 or n_out <= 0:
        raise TypeError("n_in and n_out must be positive")
    return rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))


@mistake(
    "he_normal",
    hint="Other spellings of a mode are accepted. Only the contract's three names are modes.",
)
def he_normal_hyphen_for_underscore(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    mode = str(mode).replace("-", "_")
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    return rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))


@mistake(
    "he_normal",
    hint="With a single output unit your fan is another than the mode names.",
)
def he_normal_single_unit_by_inputs(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    fan = n_in if n_out == 1 else fans[mode]
    return rng.normal(0.0, np.sqrt(2 / fan), (n_in, n_out))


@mistake(
    "he_normal",
    hint="A mode stays in force for the calls after it. Each call has its own, or the default.",
)
def he_normal_mode_remembered(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    last = he_normal_mode_remembered.__dict__
    if mode != "fan_avg":
        last["mode"] = mode
    fan = fans[last.get("mode", "fan_avg")]
    return rng.normal(0.0, np.sqrt(2 / fan), (n_in, n_out))


@mistake(
    "he_normal",
    hint="A sum of twelve uniform numbers looks normal, but its tails are too thin.",
)
def he_normal_sum_of_uniforms(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    drawn = rng.random((12, n_in, n_out)).sum(axis=0) - 6.0
    return np.sqrt(2 / fans[mode]) * drawn


@mistake(
    "he_normal",
    hint="With fan_in the draws are truncated, as some libraries do it. The contract's normal "
    "distribution is not.",
)
def he_normal_fan_in_truncated(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    drawn = rng.standard_normal((n_in, n_out))
    if mode == "fan_in":
        while (beyond := np.abs(drawn) > 2).any():
            drawn[beyond] = rng.standard_normal(np.count_nonzero(beyond))
        drawn /= 0.87962566
    return np.sqrt(2 / fans[mode]) * drawn


@mistake(
    "he_normal",
    hint="With fan_in the draws come from NumPy's global state. They come from rng in every mode.",
)
def he_normal_fan_in_global_state(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    source = np.random if mode == "fan_in" else rng
    return source.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))


@mistake(
    "he_normal",
    hint='With mode="fan_out" the weights are float32. Every mode gives float64.',
)
def he_normal_fan_out_float32(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    weights = rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))
    return weights.astype(np.float32) if mode == "fan_out" else weights


@mistake(
    "he_normal",
    hint='With mode="fan_in" the lower half of the weights repeats the upper half. Each is its own '
    "draw.",
)
def he_normal_fan_in_repeats(n_in, n_out, rng, mode="fan_avg"):
    fans = {"fan_in": n_in, "fan_out": n_out, "fan_avg": (n_in + n_out) / 2}
    if n_in <= 0 or n_out <= 0 or mode not in fans:
        raise ValueError("wrong size or mode")
    weights = rng.normal(0.0, np.sqrt(2 / fans[mode]), (n_in, n_out))
    if mode == "fan_in":
        weights[n_in - n_in // 2 :] = weights[: n_in // 2]
    return weights
