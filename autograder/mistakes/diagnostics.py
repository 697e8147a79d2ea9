"""Mistakes of the diagnostics."""

from autograder.engine.mistakes import mistake, probe

NORMS, SATURATED, DEAD, DIAGNOSE, REMEDY = (
    "gradient_norms",
    "saturated_fraction",
    "dead_fraction",
    "diagnose",
    "choose_remedy",
)

# ---- gradient_norms ----

NORM = "_norm(grad)"
RETURN_NORMS = "return np.array([_norm(grad) for grad in grads], dtype=np.float64)"

mistake(
    NORMS,
    "norms_squared",
    edits={NORM: "np.sum(grad**2)"},
    hint="""Your norms are squared, so that a gradient a thousand times smaller looks a million
    times smaller. One step of the L2 norm is missing.""",
)
mistake(
    NORMS,
    "norms_root_mean_square",
    edits={NORM: "np.sqrt(np.mean(grad**2)) if grad.size else 0.0"},
    hint="""Your norm averages over the entries, so that a wide layer's gradient looks no larger
    than a narrow one's. The L2 norm is the root of a sum, not of a mean.""",
)
mistake(
    NORMS,
    "norms_l1",
    edits={NORM: "np.sum(np.abs(grad))"},
    hint="""Your norm adds up absolute values, which is the L1 norm. For the L2 norm, what happens
    to every entry before the sum, and what to the sum afterwards?""",
)
mistake(
    NORMS,
    "norms_largest_entry",
    edits={NORM: "np.max(np.abs(grad), initial=0.0)"},
    hint="""Your norm is the largest entry alone. Many entries of middling size make a large
    gradient, too, and the L2 norm counts all of them.""",
)
mistake(
    NORMS,
    "norms_spectral",
    edits={NORM: "np.linalg.norm(grad, 2 if grad.ndim == 2 and grad.size else None)"},
    hint="""For a matrix, np.linalg.norm with ord=2 is the largest singular value. The L2 norm takes
    all the entries as one long vector. What does the function do without ord?""",
)
mistake(
    NORMS,
    "norms_joint",
    edits={RETURN_NORMS: "return np.sqrt(sum(_norm(grad) ** 2 for grad in grads))"},
    hint="""One norm for all the arrays together comes back. To see in which layer gradients vanish,
    each array needs a norm of its own.""",
)
mistake(
    NORMS,
    "norms_cumulative",
    edits={
        RETURN_NORMS: "squares = [_norm(grad) ** 2 for grad in grads]\n"
        "return np.sqrt(np.cumsum(squares, dtype=float))"
    },
    hint="""The norm of an array still contains those of the arrays before it, so that later layers
    seem to have larger gradients. Where does your sum begin again at zero?""",
)
mistake(
    NORMS,
    "norms_reversed",
    edits={"in grads]": "in grads[::-1]]"},
    hint="""The norms do not come in the order of the arrays. Whoever reads them takes the last
    layer's for the first one's, and a vanishing gradient for an exploding one.""",
)
mistake(
    NORMS,
    "norms_list",
    edits={RETURN_NORMS: "return [_norm(grad) for grad in grads]"},
    hint="""A list comes back, and the docstring asks for a NumPy array: callers want to divide and
    compare all the norms at once.""",
)
mistake(
    NORMS,
    "norms_float32",
    edits={"dtype=np.float64": "dtype=np.float32"},
    hint="""Your norms are right to about seven digits only: something on the way is float32.
    Vanishing gradients get lost in it. Keep float64.""",
)
mistake(
    NORMS,
    "norms_skip_empty",
    edits={"in grads]": "in grads if grad.size]"},
    hint="""Empty arrays are left out, so that the norms after them stand at the wrong place. Each
    array keeps its place: what is the length of a vector without entries?""",
)
mistake(
    NORMS,
    "norms_zero_gives_nan",
    edits={
        NORM: "np.max(np.abs(grad), initial=0.0)"
        " * np.sqrt(np.sum((grad / np.max(np.abs(grad), initial=0.0)) ** 2))"
    },
    hint="""An array of zeros becomes NaN, since zero is divided by zero. A layer that is dead has
    such gradients, and a norm of zero is what shows it.""",
)
mistake(
    NORMS,
    "norms_square_in_place",
    edits={NORM: "np.sqrt(np.sum(np.square(grad, out=grad)))"},
    hint="""The gradients that were passed in are changed: operators such as `*=` and `out=` write
    into the caller's memory. A diagnosis should leave alone what it looks at.""",
)
probe(NORMS, "norms_mean_absolute", edits={NORM: "np.mean(np.abs(grad)) if grad.size else 0.0"})
probe(NORMS, "norms_signed", edits={NORM: "abs(np.sum(grad))"})
probe(NORMS, "norms_frobenius_of_matrices_only", edits={NORM: 'np.linalg.norm(grad, "fro")'})
probe(NORMS, "norms_skip_vectors", edits={"in grads]": "in grads if grad.ndim > 1]"})
probe(NORMS, "norms_len_of_0d", edits={NORM: "_norm(np.array([*grad]))"})
probe(NORMS, "norms_max_of_empty", edits={NORM: "_norm(grad) + 0 * np.max(grad)"})
probe(NORMS, "norms_stack", edits={"in grads]": "in np.array(grads)]"})
probe(NORMS, "norms_column", edits={NORM: "[_norm(grad)]"})
probe(NORMS, "norms_relative_to_last", edits={NORM: "_norm(grad) / _norm(grads[-1])"})
probe(NORMS, "norms_of_nothing_fail", edits={RETURN_NORMS: "return np.stack([*map(_norm, grads)])"})
probe(NORMS, "norms_never_zero", edits={NORM: "max(_norm(grad), 1e-18)"})
probe(NORMS, "norms_rounded", edits={NORM: "round(_norm(grad), 14)"})

# ---- saturated_fraction ----

FLAT = "np.abs(slopes) < tol"
SHARE = "float(np.mean(np.abs(slopes) < tol))"

mistake(
    SATURATED,
    "saturated_counts_the_others",
    edits={FLAT: "np.abs(slopes) > tol"},
    hint="""You count the units that still learn. A unit is saturated where its curve is flat: is
    the slope large or small there?""",
)
mistake(
    SATURATED,
    "saturated_without_abs",
    edits={FLAT: "slopes < tol"},
    hint="""Slopes far below zero count as saturated, since they are below the tolerance. Such a
    slope is steep, and its unit learns. What matters is how far it is from zero.""",
)
mistake(
    SATURATED,
    "saturated_at_tolerance",
    edits={FLAT: "np.abs(slopes) <= tol"},
    hint="""A slope of exactly the tolerance counts as saturated in your code. The docstring says
    which side the edge belongs to: compare your sign with the one there.""",
)
mistake(
    SATURATED,
    "saturated_zero_slopes_only",
    edits={FLAT: "slopes == 0"},
    hint="""Only slopes of exactly zero count. The slope of a saturated sigmoid is very small, but
    hardly ever zero: where does the tolerance come in?""",
)
mistake(
    SATURATED,
    "saturated_hard_coded_tolerance",
    edits={FLAT: "np.abs(slopes) < 0.01"},
    hint="""Another tolerance makes no difference to your answer, so the caller can't choose which
    slopes count as flat. Look for a number that stands where the argument should stand.""",
)
mistake(
    SATURATED,
    "saturated_near_one_too",
    edits={FLAT: "np.minimum(np.abs(slopes), 1 - np.abs(slopes)) < tol"},
    hint="""Slopes near 1 count as saturated. Outputs of a sigmoid near 0 and 1 would be a sign of
    it, but these are derivatives: what is the slope of a flat curve?""",
)
mistake(
    SATURATED,
    "saturated_count",
    edits={SHARE: "float(np.sum(np.abs(slopes) < tol))"},
    hint="""The number of saturated units comes back. Layers of different widths can only be
    compared by the share, which lies between 0 and 1.""",
)
mistake(
    SATURATED,
    "saturated_per_unit",
    edits={SHARE: "np.mean(np.abs(slopes) < tol, axis=0)"},
    hint="""One share for each unit comes back. Here all the entries count together: over which axes
    does the mean go when you name none?""",
)
mistake(
    SATURATED,
    "saturated_abs_in_place",
    edits={"np.abs(slopes)": "np.abs(slopes, out=slopes)"},
    hint="""The slopes that were passed in are changed: `out=` and assignments to a part of an array
    write into the caller's memory. The backward pass still needs their signs.""",
)
probe(
    SATURATED, "saturated_for_every_example", edits={FLAT: "np.all(np.abs(slopes) < tol, axis=0)"}
)
probe(SATURATED, "saturated_percent", edits={SHARE: "100 * float(np.mean(np.abs(slopes) < tol))"})
probe(
    SATURATED,
    "saturated_per_row",
    edits={SHARE: "float(np.sum(np.abs(slopes) < tol) / len(slopes))"},
)
probe(SATURATED, "saturated_as_array", edits={SHARE: "np.array([np.mean(np.abs(slopes) < tol)])"})
probe(SATURATED, "saturated_needs_two_axes", edits={"(slopes)": "(slopes[:, :])"})
probe(
    SATURATED, "saturated_in_float32", edits={FLAT: "np.float32(np.abs(slopes)) < np.float32(tol)"}
)
probe(SATURATED, "saturated_zero_tolerance_replaced", edits={FLAT: f"{FLAT} or 0.01"})
probe(
    SATURATED,
    "saturated_of_first_examples",
    edits={"(slopes)": "(slopes if slopes.ndim == 0 else slopes[:1000])"},
)

# ---- dead_fraction ----

SILENT = "np.all(activations == 0, axis=0)"
DEAD_SHARE = f"float(np.mean({SILENT}))"

mistake(
    DEAD,
    "dead_zero_entries",
    edits={SILENT: "activations == 0"},
    hint="""The share of zeros comes back. A healthy ReLU unit gives 0 for many examples, and still
    learns from the others. For how many of them does a dead unit give 0?""",
)
mistake(
    DEAD,
    "dead_examples",
    edits={SILENT: "np.all(activations == 0, axis=1)"},
    hint="""You look for examples that switch off every unit, not for units that no example switches
    on. Which axis of (N, D) counts the examples, and over which axis should "all" go?""",
)
mistake(
    DEAD,
    "dead_if_ever_zero",
    edits={SILENT: "np.any(activations == 0, axis=0)"},
    hint="""A unit counts as dead as soon as one example gives zero. Every healthy ReLU unit has
    such examples. For how many of them must it give 0 to be dead?""",
)
mistake(
    DEAD,
    "dead_alive_fraction",
    edits={SILENT: "np.any(activations != 0, axis=0)"},
    hint="""The share of units that are alive comes back. The function is named after the others:
    what is 1 in your answer for a layer without a dead unit should be 0.""",
)
mistake(
    DEAD,
    "dead_count",
    edits={DEAD_SHARE: f"float(np.sum({SILENT}))"},
    hint="""The number of dead units comes back. Layers of different widths can only be compared by
    the share, which lies between 0 and 1.""",
)
mistake(
    DEAD,
    "dead_small_enough",
    edits={"activations == 0": "activations < 1e-2"},
    hint="""Units that are merely weak count as dead. A weak unit has a gradient and can grow again;
    a dead one gives exactly zero, for every example.""",
)
mistake(
    DEAD,
    "dead_isclose",
    edits={"activations == 0": "np.isclose(activations, 0)"},
    hint="""Units with tiny outputs count as dead, as np.isclose takes them for zero. However weak a
    unit is, it has a gradient; a dead one gives exactly zero, which == can tell.""",
)
mistake(
    DEAD,
    "dead_on_average",
    edits={SILENT: "np.mean(activations, axis=0) < 1e-2"},
    hint="""You ask whether a unit is small on average. One example with a positive output is enough
    to keep a unit alive, since it learns from that one.""",
)
mistake(
    DEAD,
    "dead_per_unit",
    edits={DEAD_SHARE: SILENT},
    hint="""One entry for each unit comes back, which tells whether it is dead. That is the right
    beginning: the docstring asks for their share, a single number.""",
)
for spelling, edit in (
    ("dead_if_constant", "np.ptp(activations, axis=0) == 0"),
    ("dead_if_almost_constant", "np.var(activations, axis=0) < 1e-6"),
):
    mistake(
        DEAD,
        spelling,
        edits={SILENT: edit},
        hint="""Units that give almost the same for every example count as dead. A constant unit may
        well be alive: what has to be true of its value?""",
    )
mistake(
    DEAD,
    "dead_thresholds_in_place",
    edits={SILENT: "np.all(np.sign(activations, out=activations) == 0, axis=0)"},
    hint="""The activations that were passed in are changed: `out=` and assignments to a part of an
    array write into the caller's memory. The next layer still needs them.""",
)
probe(DEAD, "dead_over_examples", edits={DEAD_SHARE: f"float(np.sum({SILENT}) / len(activations))"})
probe(DEAD, "dead_first_example", edits={SILENT: "activations[0] == 0"})
probe(DEAD, "dead_almost_always", edits={SILENT: "np.mean(activations == 0, axis=0) >= 0.99"})
probe(DEAD, "dead_of_first_examples", edits={"activations == 0": "activations[:1000] == 0"})
probe(DEAD, "dead_squeezes", edits={"activations == 0": "np.squeeze(activations) == 0"})
probe(DEAD, "dead_needs_two_examples", edits={DEAD_SHARE: f"{DEAD_SHARE} * (len(activations) > 1)"})

# ---- diagnose ----

CHECK = 'if not np.all(np.isfinite(norms)):\n    return "exploding"'
FINITE = "not np.all(np.isfinite(norms))"
ENDS = "first, last = float(norms[0]), float(norms[-1])"
LAST_ZERO = 'return "exploding" if first != 0.0 else "vanishing"'
RATIO = "ratio = first / last"
BELOW, ABOVE = "if ratio < vanishing:", "if ratio > exploding:"

mistake(
    DIAGNOSE,
    "diagnose_from_output_side",
    edits={ENDS: "last, first = float(norms[0]), float(norms[-1])"},
    hint="""Your ratio is the wrong way round. The norms come input side first, and gradients flow
    from the output to the input: which end of the list is small when they vanish?""",
)
mistake(
    DIAGNOSE,
    "diagnose_smallest_over_largest",
    edits={ENDS: "first, last = float(np.min(norms)), float(np.max(norms))"},
    hint="""You compare the smallest norm with the largest, wherever they are, so that nothing ever
    explodes. The question is what happens from the last layer to the first.""",
)
mistake(
    DIAGNOSE,
    "diagnose_first_two_layers",
    edits={"norms[-1]": "norms[1]"},
    hint="""You compare neighbouring layers. A gradient may shrink by little at each step and yet be
    gone in a deep net: the ratio spans all the layers.""",
)
mistake(
    DIAGNOSE,
    "diagnose_ratio_per_layer",
    edits={RATIO: "ratio = (first / last) ** (1 / max(1, len(norms) - 1))"},
    hint="""You take the mean change from one layer to the next. The thresholds are meant for the
    whole way through the net, on which small changes multiply.""",
)
mistake(
    DIAGNOSE,
    "diagnose_any_neighbours",
    edits={
        RATIO: "steps = [a / (b or 1e-300) for a, b in zip(norms, norms[1:])] or [1.0]\n"
        "ratio = min(steps) if min(steps) < vanishing else max(steps)"
    },
    hint="""A single step between two layers decides in your code. What comes after may make up for
    it: only the first and the last norm tell what is left of the gradient.""",
)
mistake(
    DIAGNOSE,
    "diagnose_eps_in_ratio",
    edits={RATIO: "ratio = first / (last + 1e-8)"},
    hint="""What you add to the last norm against division by zero can be larger than the norm. Very
    small gradients may still be in proportion; a last norm of zero has a rule of its own.""",
)
mistake(
    DIAGNOSE,
    "diagnose_labels_swapped",
    edits={
        f'{BELOW}\n    return "vanishing"': f'{BELOW}\n    return "exploding"',
        f'{ABOVE}\n    return "exploding"': f'{ABOVE}\n    return "vanishing"',
    },
    hint="""The two words have changed places. A small ratio says that the first layer's gradient is
    much smaller than the last one's: what has happened to it on its way back?""",
)
mistake(
    DIAGNOSE,
    "diagnose_hard_coded_thresholds",
    edits={"ratio < vanishing": "ratio < 1e-3", "ratio > exploding": "ratio > 1e3"},
    hint="""Other thresholds make no difference to your answer, so the caller can't choose what is
    healthy. Look for numbers that stand where the arguments should stand.""",
)
mistake(
    DIAGNOSE,
    "diagnose_at_vanishing_threshold",
    edits={"ratio < vanishing": "ratio <= vanishing"},
    hint="""A ratio of exactly `vanishing` counts as vanishing in your code. The docstring calls it
    the smallest healthy ratio: compare your sign with the one there.""",
)
mistake(
    DIAGNOSE,
    "diagnose_at_exploding_threshold",
    edits={"ratio > exploding": "ratio >= exploding"},
    hint="""A ratio of exactly `exploding` counts as exploding in your code. The docstring calls it
    the largest healthy ratio: compare your sign with the one there.""",
)
mistake(
    DIAGNOSE,
    "diagnose_nan_is_healthy",
    edits={CHECK: ""},
    hint="""Norms that are NaN or infinite are compared like others. Every comparison with NaN is
    false, so that a net that has already exploded passes for healthy. Look at all the norms
    first.""",
)
mistake(
    DIAGNOSE,
    "diagnose_ends_finite_only",
    edits={FINITE: "not np.isfinite(norms[0]) or not np.isfinite(norms[-1])"},
    hint="""NaN or infinity in the middle of the net goes unnoticed. One such layer is enough for
    "exploding", whatever the first and the last norm are.""",
)
mistake(
    DIAGNOSE,
    "diagnose_ratio_finite_only",
    edits={CHECK: "", RATIO: f'{RATIO}\nif not np.isfinite(ratio):\n    return "exploding"'},
    hint="""You test the ratio for NaN and infinity. An infinite norm can hide in a ratio of zero,
    or in a layer between, and finite norms can have an infinite ratio. Test the norms.""",
)
mistake(
    DIAGNOSE,
    "diagnose_infinity_missed",
    edits={FINITE: "np.any(np.isnan(norms))"},
    hint="""NaN is noticed, infinity is not: an infinite norm in the last layer gives a ratio of
    zero, and one between gives no sign at all. NumPy has a function that asks for both.""",
)
mistake(
    DIAGNOSE,
    "diagnose_not_finite_raises",
    edits={CHECK: f"if {FINITE}:\n    raise ValueError"},
    hint="""A norm that is not finite ends in an exception. It is what the diagnosis is there to
    report: which of the three words does the docstring give it?""",
)
mistake(
    DIAGNOSE,
    "diagnose_zero_division",
    edits={f"if last == 0.0:\n    {LAST_ZERO}": ""},
    hint="""A last norm of zero makes you divide by zero. It comes from a network whose output no
    longer depends on its last layers; the docstring tells which word it gets.""",
)
mistake(
    DIAGNOSE,
    "diagnose_last_zero_healthy",
    edits={LAST_ZERO: 'return "healthy"'},
    hint="""A last norm of zero is called healthy. No network learns from a gradient of zero. The
    docstring tells two cases apart: look at the first norm as well.""",
)
mistake(
    DIAGNOSE,
    "diagnose_last_zero_vanishing",
    edits={LAST_ZERO: 'return "vanishing"'},
    hint="""A last norm of zero is always called vanishing. Where the first norm is not zero, the
    gradient has grown from nothing on its way back: look at the first norm as well.""",
)
mistake(
    DIAGNOSE,
    "diagnose_sorts_in_place",
    edits={ENDS: f"{ENDS}\nnorms.sort()"},
    hint="""The norms that were passed in change: sorting and reversing in place write into the
    caller's array. Their order tells which layer they belong to.""",
)
probe(DIAGNOSE, "diagnose_last_zero_exploding", edits={LAST_ZERO: 'return "exploding"'})
probe(
    DIAGNOSE,
    "diagnose_single_layer_healthy",
    edits={CHECK: f'if len(norms) < 2:\n    return "healthy"\n{CHECK}'},
)
probe(
    DIAGNOSE,
    "diagnose_needs_two_layers",
    edits={CHECK: f"if len(norms) < 2:\n    raise ValueError\n{CHECK}"},
)
probe(DIAGNOSE, "diagnose_arrays_only", edits={"norms[-1]": "norms[norms.size - 1]"})
probe(DIAGNOSE, "diagnose_nan_missed", edits={FINITE: "np.any(np.isinf(norms))"})
probe(DIAGNOSE, "diagnose_first_norm_alone", edits={RATIO: "ratio = first"})
probe(DIAGNOSE, "diagnose_mean_of_last_two", edits={"norms[-1]": "np.mean(norms[-2:])"})
probe(
    DIAGNOSE,
    "diagnose_averages_ends",
    edits={ENDS: "first, last = float(np.mean(norms[: 1 + len(norms) // 30])), float(norms[-1])"},
)
probe(DIAGNOSE, "diagnose_hard_coded_exploding", edits={"ratio > exploding": "ratio > 1e3"})
probe(DIAGNOSE, "diagnose_hard_coded_vanishing", edits={"ratio < vanishing": "ratio < 1e-3"})
probe(
    DIAGNOSE,
    "diagnose_zero_threshold_replaced",
    edits={"ratio < vanishing": "ratio < (vanishing or 1e-3)"},
)
probe(
    DIAGNOSE,
    "diagnose_thresholds_in_other_order",
    edits={
        "vanishing: float = 1e-3, exploding: float = 1e3": (
            "exploding: float = 1e3, vanishing: float = 1e-3"
        )
    },
)
probe(DIAGNOSE, "diagnose_split_at_one", edits={"ratio < vanishing": "ratio < min(1, vanishing)"})
probe(
    DIAGNOSE,
    "diagnose_ratio_before_finite",
    edits={
        CHECK: f'if norms[0] < vanishing * norms[-1] < np.inf:\n    return "vanishing"\n{CHECK}'
    },
)
probe(DIAGNOSE, "diagnose_checks_sum", edits={"np.isfinite(norms)": "np.isfinite(np.sum(norms))"})
probe(DIAGNOSE, "diagnose_small_first_is_zero", edits={"first != 0.0": "first > 1e-8"})
probe(
    DIAGNOSE, "diagnose_lists_only", edits={CHECK: f'if not norms:\n    return "healthy"\n{CHECK}'}
)
probe(DIAGNOSE, "diagnose_single_layer_by_size", edits={RATIO: f"{RATIO} if norms[1:] else first"})
probe(DIAGNOSE, "diagnose_healthy_is_none", edits={'return "healthy"': "return None"})
probe(DIAGNOSE, "diagnose_returns_ratio_too", edits={'return "healthy"': 'return "healthy", ratio'})
probe(DIAGNOSE, "diagnose_capitalised", edits={'return "healthy"': 'return "Healthy"'})

# ---- choose_remedy ----

NO_CHOICE = "if not choices:"
IS_DEAD = 'np.max(measurements["dead"]) > 0.5'
IS_SATURATED = 'saturates and np.max(measurements["saturated"]) > 0.5'
IS_FLAT = 'verdict == "vanishing" and activation == "sigmoid"'
IS_SICK = 'elif verdict != "healthy":'
IS_LONG = 'measurements["parameter_norm"] > 500.0'
CHOICE = "return next(remedy for remedy in healing if remedy in choices)"
OR_FIRST = {CHOICE: "return next((r for r in healing if r in choices), choices[0])"}

mistake(
    REMEDY,
    "remedy_by_ratio_alone",
    edits={IS_DEAD: "False", IS_SATURATED: "False", IS_FLAT: "False", IS_LONG: "False", **OR_FIRST},
    hint="""Your rule looks at the gradient norms alone. Small weights, the slope of sigmoid and
    dead units all make gradients vanish, and each needs another remedy: compare the spreads, the
    dead shares and the activation, too.""",
)
mistake(
    REMEDY,
    "remedy_dead_units_missed",
    edits={IS_DEAD: "False", **OR_FIRST},
    hint="""Your rule treats a net of dead ReLUs like one whose weights are too small. A layer
    whose biases keep all its units at zero stays dead when its weights are drawn anew. What lets a
    gradient through where z is negative?""",
)
mistake(
    REMEDY,
    "remedy_saturation_missed",
    edits={IS_SATURATED: "False", **OR_FIRST},
    hint="""Your rule takes a saturated net for a well one, since its gradient norms look healthy.
    Where more than half of a sigmoid layer's slopes are almost zero, most units don't learn. Look
    at the saturated shares of every layer.""",
)
mistake(
    REMEDY,
    "remedy_relu_saturates",
    edits={"saturates and ": ""},
    hint="""Your rule counts ReLU's zero slopes as saturation. Half of ReLU's slopes are zero in a
    net that is well: saturation is a sickness of sigmoid and tanh. For ReLU, look at the share of
    dead units.""",
)
mistake(
    REMEDY,
    "remedy_sigmoid_gets_initializer",
    edits={IS_FLAT: "False"},
    hint="""Your rule draws new weights for a sigmoid net whose gradients vanish. With Xavier's
    weights they vanish all the same: sigmoid's slope is at most 1/4, once per layer. What would
    change that slope?""",
)
mistake(
    REMEDY,
    "remedy_activation_for_vanishing",
    edits={' and activation == "sigmoid"': "", **OR_FIRST},
    hint="""Your rule exchanges the activation whenever gradients vanish. With weights that are too
    small, the signal shrinks in every layer whatever the activation is. The spreads of the
    activations show it: how do they go from layer to layer?""",
)
mistake(
    REMEDY,
    "remedy_clipping_for_exploding",
    edits={
        IS_SICK: f"""elif verdict == "exploding":
    healing = ["clipping", "initializer", "batch_norm"]
{IS_SICK}"""
    },
    hint="""Your rule clips wherever gradients explode. Clipping shortens the step, but the next
    backward pass explodes as before, since the weights are as large as they were. What removes the
    cause?""",
)
mistake(
    REMEDY,
    "remedy_none_when_healthy",
    edits={IS_LONG: "False", **OR_FIRST},
    hint="""Your rule leaves a net alone because its gradients keep their size from layer to layer.
    They may all be so large that a single step overshoots. Which measurement tells how large the
    step is?""",
)
mistake(
    REMEDY,
    "remedy_ignores_choices",
    edits={CHOICE: "return healing[0]"},
    hint="""Your rule names a remedy that heals, but not always one of the choices. Several may
    heal one and the same net; only one of these is offered each time. Where do you look at
    choices?""",
)
mistake(
    REMEDY,
    "remedy_changes_measurements",
    edits={'measurements["activation"]': 'measurements.pop("activation")'},
    hint="""The dictionary of measurements changes: pop takes the entry out of the caller's own
    dictionary, who goes on to use it. Read an entry with square brackets.""",
)
mistake(
    REMEDY,
    "remedy_of_nothing",
    edits={NO_CHOICE: "if choices is None:"},
    hint="""Without any choice nothing can be right, and the contract asks for a ValueError. An
    empty tuple is not None: test whether it has an entry before you measure anything.""",
)
probe(REMEDY, "remedy_first_choice", edits={CHOICE: "return choices[0]"})
