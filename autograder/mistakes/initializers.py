"""Mistakes of the initializers. The four functions share most of them."""

from autograder.engine.mistakes import Catalogue

XAVIER_NORMAL, XAVIER_UNIFORM = "xavier_normal", "xavier_uniform"
HE_NORMAL, HE_UNIFORM = "he_normal", "he_uniform"
CHECK = "n_in, n_out = _check_sizes(n_in, n_out)"
SIZE = ", size=(n_in, n_out)"
HE_STD = "_he_std(n_in, n_out, mode)"
OWN = 'vars({}).setdefault("own", np.random.default_rng(0)).'
NORMAL, UNIFORM = f"rng.normal(0.0, std{SIZE})", f"rng.uniform(-limit, limit{SIZE})"


def _changed(draw: str, change: str) -> dict[str, str]:
    """What is done with the weights after they are drawn."""
    return {f"return {draw}": f"weights = {draw}\n{change}\nreturn weights"}


for target, scale, draw in (
    (XAVIER_NORMAL, "np.sqrt(2 / (n_in + n_out))", NORMAL),
    (HE_NORMAL, HE_STD, NORMAL),
    (XAVIER_UNIFORM, "np.sqrt(6 / (n_in + n_out))", UNIFORM),
    (HE_UNIFORM, f"np.sqrt(3) * {HE_STD}", UNIFORM),
):

    class Draws(Catalogue, of=target, prefix=f"{target}_"):
        transposed = {SIZE: ", size=(n_out, n_in)"}
        """W comes out transposed. A layer computes x @ W, so each input needs a row and each output
        a column. A square matrix doesn't show the difference; try a layer of 3 inputs and 2
        outputs."""
        one_number = {SIZE: ""}
        """You draw one number in place of a matrix. Units that start with equal weights get equal
        gradients, and stay equal forever. The generator's methods take an argument that says how
        many draws, in which shape."""
        float32 = {draw: f"{draw}.astype(np.float32)"}
        """The weights are float32, which keeps about 7 digits; the docstring asks for float64.
        Gradients are checked by differences of nearly equal numbers, where lost digits show. What
        type do the generator's methods return by themselves?"""
        global_state = {draw: draw.replace("rng.", "np.random.")}
        own_generator = {draw: draw.replace("rng.", OWN.format(target))}
        """The draws do not come from the caller's `rng`, but from elsewhere, such as np.random,
        `random` or a new generator. The same seed then gives other weights each time, and an
        experiment can't be repeated. Draw with the methods of the generator that you are given."""
        own_seed = {draw: draw.replace("rng.", "np.random.default_rng(0).")}
        seeds_global_generator = {
            draw: f"(np.random.seed(0), {draw.replace('rng.', 'np.random.')})[1]"
        }
        """The generator that the caller passes in does not decide about the draws, but a fixed seed
        or an earlier call, so that layers of one size start with equal weights. Draw anew in each
        call, from the caller's generator; each draw moves it on."""
        unscaled = {scale: "1.0"}
        """The weights have the same size for every layer. In a wide layer z then grows with the
        number of inputs, units saturate, and the gradient vanishes or explodes on the way back. The
        formula makes the scale depend on both sizes."""
        upside_down = {scale: f"1 / ({scale})"}
        """The scale is upside down: wider layers get larger weights, and they should get smaller
        ones, since more terms add up in each z. Compare your values for 10 and for 1000 inputs."""
        unchecked = {CHECK: ""}
        """A size of zero gets through your check, or ends in an error that the docstring does not
        name. Zero is not positive: through a layer without inputs or without outputs no signal
        passes, and no gradient. Look at each size on its own, in every mode."""
        assertion = {CHECK: "assert n_in > 0 and n_out > 0"}
        """A wrong size raises AssertionError, and the docstring names another exception. `assert`
        is for checks of your own code, and vanishes under `python -O`; callers rely on the
        exception that they were promised."""
        single_unit_refused = {CHECK: "if n_in <= 1 or n_out <= 0:\n    raise ValueError"}
        list = {draw: f"{draw}.tolist()"}
        equal_rows = {draw: draw.replace(SIZE, ", size=n_out") + " * np.ones((n_in, 1))"}
        mirrored = _changed(draw, "weights[:, 1::2] = -weights[:, : n_out - n_out % 2 : 2]")
        zero_diagonal = _changed(draw, "if weights.size > 1: np.fill_diagonal(weights, 0.0)")
        centred_afterwards = _changed(draw, "weights -= weights.mean()")

    class Scale(Catalogue, of=target, prefix=f"{target}_", where=True):
        too_small = {scale: f"0.1 * {scale}"}
        """Weights are too small, at least for some sizes: their spread lies below the formula's, so
        the signal, and on the way back the gradient, fades from layer to layer. Compare W.std()
        with the formula for 300 by 100 and 100 by 300 weights, and in every mode there is."""
        too_large = {scale: f"10.0 * {scale}"}
        """Weights are too large, at least for some sizes: their spread lies above the formula's, so
        units saturate, or the signal grows from layer to layer until it explodes. Compare W.std()
        with the formula for 300 by 100 and 100 by 300 weights, and in every mode there is."""


for target, scale in ((XAVIER_NORMAL, "np.sqrt(2 / (n_in + n_out))"), (HE_NORMAL, HE_STD)):

    class Normal(Catalogue, of=target, prefix=f"{target}_"):
        variance_as_std = {scale: f"{scale} ** 2"}
        """The variance stands where the generator expects the standard deviation, so the weights
        are too small, and signal and gradient fade from layer to layer. What has to happen to a
        variance to become a standard deviation?"""
        rand_for_randn = {NORMAL: f"std * rng.random({SIZE[2:]})"}
        """All weights are positive: they are uniform draws between 0 and a limit, in place of
        normal ones around 0. Then every z is pushed to one side, where units saturate. Which method
        of the generator draws from a normal distribution?"""
        draws_uniform = {NORMAL: f"np.sqrt(3) * rng.uniform(-std, std{SIZE})"}
        """The draws come from a uniform distribution of the right spread, and a normal one is asked
        for. A histogram shows it: yours is flat and ends abruptly, a normal one has a peak at 0 and
        tails."""
        std_as_limit = {NORMAL: f"rng.uniform(-std, std{SIZE})"}
        """The draws are uniform between minus and plus sigma. A normal distribution is asked
        for, in which about a third of the weights lie further out. So yours are too small, and the
        signal fades. Look at a histogram."""
        uniform_constant = {scale: f"np.sqrt(3) * {scale}"}
        """The standard deviation is too large by sqrt(3): this is the limit r of the uniform
        distribution. A limit lies further out than the standard deviation of the draws within it.
        Which of the two formulas belongs to the normal one?"""
        truncated = _changed(
            NORMAL,
            "while (far := np.abs(weights) > 2 * std).any():\n"
            "    weights[far] = rng.normal(0.0, std, size=far.sum())",
        )
        clipped = {NORMAL: f"np.clip({NORMAL}, -2 * std, 2 * std)"}
        """No weight lies beyond two standard deviations. Some libraries cut the tails, but then the
        spread is too small for the formula, layer after layer. The docstring asks for a normal
        distribution, all of it."""
        truncated_and_widened = _changed(
            NORMAL,
            "while (far := np.abs(weights) > 2 * std).any():\n"
            "    weights[far] = rng.normal(0.0, std, size=far.sum())\n"
            "weights /= 0.8796256610342398",
        )
        """The spread is right, but no weight lies beyond a limit of some 2.3 standard deviations.
        Keras cuts the tails off, and stretches what is left. The docstring asks for a normal
        distribution that is not truncated: what does the generator give by itself?"""
        std_as_mean = {NORMAL: f"rng.normal(std{SIZE})"}
        """The standard deviation is used as the mean: the weights lie around it with a spread of 1.
        Their mean should be 0. Look at the order of the arguments of `rng.normal`."""
        around_one = {NORMAL: f"rng.normal(1.0, std{SIZE})"}
        around_std = {NORMAL: f"rng.normal(std, std{SIZE})"}
        """The spread is right, but the weights do not lie around 0, so every z is pushed to one
        side. The first argument of `rng.normal` is the mean, the second the standard deviation."""
        truncated_far_out = {NORMAL: f"np.clip({NORMAL}, -3.2 * std, 3.2 * std)"}
        standardised = {NORMAL: f"(w := {NORMAL}) * (std / w.std() if n_in > 100 else 1.0)"}


for target, scale in (
    (XAVIER_UNIFORM, "np.sqrt(6 / (n_in + n_out))"),
    (HE_UNIFORM, f"np.sqrt(3) * {HE_STD}"),
):

    class Uniform(Catalogue, of=target, prefix=f"{target}_"):
        lost_root = {scale: f"({scale}) ** 2"}
        """The root is missing from the limit, so the weights are too small, and signal and gradient
        fade from layer to layer. A limit has the unit of a standard deviation, not that of a
        variance."""
        std_as_limit = {scale: f"{scale} / np.sqrt(3)"}
        """The limit is too small by sqrt(3): the standard deviation stands where the limit should.
        Uniform draws between -r and r have a standard deviation that is smaller than r; so the
        limit has to lie further out."""
        positive_half = {UNIFORM: f"rng.uniform(0, limit{SIZE})"}
        absolute_values = {UNIFORM: f"np.abs({UNIFORM})"}
        negative_half = {UNIFORM: f"rng.uniform(-limit, 0{SIZE})"}
        """All weights have one sign. Then every z is pushed to one side, where units saturate, and
        all gradients of a unit have one sign. The interval has two ends; look at W.min() as well as
        W.max()."""
        draws_normal = {UNIFORM: f"rng.normal(0.0, limit / np.sqrt(3){SIZE})"}
        """The draws come from a normal distribution of the right spread, and a uniform one is asked
        for. A histogram of many weights shows it: it should be flat, and no weight should lie
        beyond the limit."""
        limit_as_std = {UNIFORM: f"rng.normal(0.0, limit{SIZE})"}
        """The limit r is used as the standard deviation of a normal distribution. A third of
        the weights then lie beyond r, and the signal grows from layer to layer. The docstring asks
        for uniform draws between -r and r."""
        stratified = {
            f"return {UNIFORM}": "p = rng.permutation(n_in * n_out).reshape(n_in, n_out)\n"
            "return limit * (2 * (p + rng.random(p.shape)) / p.size - 1)"
        }


for target, number in ((XAVIER_NORMAL, 2), (XAVIER_UNIFORM, 6)):
    half, scale = number // 2, f"np.sqrt({number} / (n_in + n_out))"

    class Xavier(Catalogue, of=target, prefix=f"{target}_"):
        sum_of_fans = {scale: f"np.sqrt({half} / (n_in + n_out))"}
        """The weights are too small by the factor sqrt(2): the sum of both sizes stands where the
        formula has their mean. Each layer then loses a part of the signal, and thirty layers nearly
        all of it."""
        he_gain = {scale: f"np.sqrt({2 * number} / (n_in + n_out))"}
        """The weights are too large by sqrt(2). That is He's gain, which makes up for the half that
        ReLU cuts off; sigmoid and tanh cut off nothing, and saturate when weights are too
        large."""
        fan_in_only = {scale: f"np.sqrt({half} / n_in)"}
        """The spread follows from the number of inputs alone. That keeps the signal's size on the
        way forward, but on the way back the outputs count for the gradient. Xavier's formula is a
        compromise of both."""
        fan_out_only = {scale: f"np.sqrt({half} / n_out)"}
        """The spread follows from the number of outputs alone. That keeps the gradient's size on
        the way back, but on the way forward the inputs count for the signal. Xavier's formula is a
        compromise of both."""
        he_fan_in = {scale: f"np.sqrt({number} / n_in)"}
        """This is He's formula, which looks at the inputs alone and has the gain for ReLU. Xavier's
        was made for sigmoid and tanh: it has no gain, and it looks at the outputs as well, for the
        sake of the gradient."""
        missing_brackets = {scale: f"np.sqrt({number} / n_in + n_out)"}
        """The weights are far too large, and units would saturate at once. Python divides before it
        adds: work out your formula by hand for 2 inputs and 100 outputs."""
        root_of_numerator = {scale: f"np.sqrt({number}) / (n_in + n_out)"}
        """The root covers the numerator alone, so the weights are too small, the more so the wider
        the layer, and the signal fades. See which closing bracket ends the root."""


class Heuristic(Catalogue, of=XAVIER_UNIFORM):
    xavier_uniform_old_heuristic = {"np.sqrt(6 / (n_in + n_out))": "1 / np.sqrt(n_in)"}
    """The limit is one over the root of n_in: the older heuristic, which counts the inputs alone
    and lets the signal fade. Xavier's limit contains both sizes, and another number in the
    numerator."""


for target, draw, scale in ((HE_NORMAL, NORMAL, "std = "), (HE_UNIFORM, UNIFORM, "limit = ")):

    class He(Catalogue, of=target, prefix=f"{target}_"):
        lost_gain = {HE_STD: f"{HE_STD} / np.sqrt(2)"}
        """The weights are too small by sqrt(2) in every mode. ReLU sets about half of its inputs to
        zero, and He's gain makes up for that; without it the signal's variance is halved in each
        layer."""
        sum_for_average = {HE_STD: f'{HE_STD} / (np.sqrt(2) if mode == "fan_avg" else 1)'}
        """Without a mode the weights are too small by sqrt(2). Either the sum of both sizes stands
        where their mean should, or the lecture's first factor is missing, the gain for ReLU.
        Compare with the docstring's formula, factor by factor."""
        mode_ignored = {HE_STD: f'({HE_STD}, _he_std(n_in, n_out, "fan_avg"))[1]'}
        """The mode makes no difference: the average of both sizes is used whatever it says. On the
        way forward the inputs decide about the signal's size, on the way back the outputs; the mode
        lets the caller choose."""
        always_fan_in = {HE_STD: f'({HE_STD}, _he_std(n_in, n_out, "fan_in"))[1]'}
        """The inputs alone decide, whatever the mode. That is the paper's formula, and what
        libraries do by default; here it is one mode of three, and not the one that holds when the
        caller names none."""
        modes_swapped = {
            HE_STD: '_he_std(*((n_out, n_in) if mode != "fan_avg" else (n_in, n_out)), mode)'
        }
        """The modes "fan_in" and "fan_out" are swapped. The fan-in of a unit is the number of
        values that come in, which is the number of rows of W."""
        default_fan_in = {'mode: str = "fan_avg"': 'mode: str = "fan_in"'}
        """The modes are right; the default is not the docstring's. A caller who names no mode gets
        the paper's formula in place of the lecture's. Look at the signature."""
        unknown_mode_accepted = {
            scale: f'mode = mode if mode in ("fan_in", "fan_out") else "fan_avg"\n{scale}'
        }
        """A mode that does not exist is accepted, and taken for one of the three. A caller who
        mistypes "fan_in" would train with other weights and never know. Name each mode, and raise
        the docstring's exception for whatever is left."""
        unknown_mode_is_key_error = {
            scale: f'{{"fan_avg": 0, "fan_in": 0, "fan_out": 0}}[mode]\n{scale}'
        }
        """A mode that does not exist raises KeyError, as a look-up in a dictionary does. The
        docstring names another exception. Ask first whether the mode is among those that there
        are."""
        no_else_branch = {
            CHECK: f'{CHECK}\nif mode in ("fan_avg", "fan_in", "fan_out"):\n    fan = mode',
            HE_STD: "_he_std(n_in, n_out, fan)",
        }
        """For a mode that does not exist none of your cases fits, and a name that was never set is
        used. Python says so with UnboundLocalError. What should the caller be told, and with which
        exception?"""
        only_used_fan_checked = {
            CHECK: 'if mode != "fan_out" and n_in <= 0 or mode != "fan_in" and n_out <= 0:\n'
            "    raise ValueError"
        }
        checked_in_default_mode_only = {CHECK: f'if mode == "fan_avg":\n    {CHECK}'}
        single_unit_by_inputs = {
            CHECK: f'{CHECK}\nif n_out == 1 and mode == "fan_avg":\n    mode = "fan_in"'
        }
        fan_in_repeats = _changed(
            draw,
            'if mode == "fan_in":\n    weights[n_in - n_in // 2 :] = weights[: n_in // 2]',
        )
        fan_in_own_seed = {
            CHECK: f'{CHECK}\nif mode == "fan_in":\n    rng = np.random.default_rng(0)'
        }
