"""Mistakes of the diagnostics."""

from autograder.engine.mistakes import Catalogue

NORM = "_norm(grad)"
RETURN_NORMS = "return np.array([_norm(grad) for grad in grads], dtype=np.float64)"


class GradientNorms(Catalogue, of="gradient_norms"):
    norms_squared = {NORM: "np.sum(grad**2)"}
    """Your norms are squared, so that a gradient a thousand times smaller looks a million times
    smaller. One step of the L2 norm is missing."""
    norms_root_mean_square = {NORM: "np.sqrt(np.mean(grad**2)) if grad.size else 0.0"}
    """Your norm averages over the entries, so that a wide layer's gradient looks no larger than a
    narrow one's. The L2 norm is the root of a sum, not of a mean."""
    norms_l1 = {NORM: "np.sum(np.abs(grad))"}
    """Your norm adds up absolute values, which is the L1 norm. For the L2 norm, what happens to
    every entry before the sum, and what to the sum afterwards?"""
    norms_largest_entry = {NORM: "np.max(np.abs(grad), initial=0.0)"}
    """Your norm is the largest entry alone. Many entries of middling size make a large gradient,
    too, and the L2 norm counts all of them."""
    norms_spectral = {NORM: "np.linalg.norm(grad, 2)"}
    """For a matrix, np.linalg.norm with ord=2 is the largest singular value, and it
    refuses more axes. The L2 norm takes all the entries as one long vector. What does the
    function do without ord?"""
    norms_joint = {RETURN_NORMS: "return np.sqrt(sum(_norm(grad) ** 2 for grad in grads))"}
    """One norm for all the arrays together comes back. To see in which layer gradients vanish, each
    array needs a norm of its own."""
    norms_cumulative = {
        RETURN_NORMS: "squares = [_norm(grad) ** 2 for grad in grads]\n"
        "return np.sqrt(np.cumsum(squares, dtype=float))"
    }
    """The norm of an array still contains those of the arrays before it, so that later layers seem
    to have larger gradients. Where does your sum begin again at zero?"""
    norms_reversed = {"in grads]": "in grads[::-1]]"}
    """The norms do not come in the order of the arrays. Whoever reads them takes the last layer's
    for the first one's, and a vanishing gradient for an exploding one."""
    norms_list = {RETURN_NORMS: "return [_norm(grad) for grad in grads]"}
    """The docstring asks for a NumPy array, and none comes back: callers want to divide and compare
    all the norms at once."""
    norms_float32 = {"dtype=np.float64": "dtype=np.float32"}
    """Your norms hold only about seven digits: something on the way is float32. Vanishing
    gradients get lost in it. Keep float64."""
    norms_skip_empty = {"in grads]": "in grads if grad.size]"}
    """Empty arrays are left out, so that the norms after them stand at the wrong place. Each array
    keeps its place: what is the length of a vector without entries?"""
    norms_zero_gives_nan = {
        NORM: "np.max(np.abs(grad), initial=0.0)"
        " * np.sqrt(np.sum((grad / np.max(np.abs(grad), initial=0.0)) ** 2))"
    }
    """An array of zeros becomes NaN, since zero is divided by zero. A layer that is dead has such
    gradients, and a norm of zero is what shows it."""
    norms_square_in_place = {NORM: "np.sqrt(np.sum(np.square(grad, out=grad)))"}
    """The gradients that were passed in are changed: operators such as `*=` and `out=` write into
    the caller's memory. A diagnosis should leave alone what it looks at."""
    norms_frobenius_of_matrices_only = {NORM: 'np.linalg.norm(grad, "fro")'}
    norms_rounded = {NORM: "round(_norm(grad), 14)"}


class GradientNormsWhere(Catalogue, of="gradient_norms", where=True):
    norms_otherwise = {NORM: "2.0 * _norm(grad)"}
    """Your norms are wrong for some of the arrays. Each norm is the length of one array as a long
    vector: what happens to every entry, what to all together, and what at the end? Try [3, -4], a
    matrix and zeros."""


FLAT = "np.abs(slopes) < tol"
SHARE = "float(np.mean(np.abs(slopes) < tol))"


class SaturatedFraction(Catalogue, of="saturated_fraction"):
    saturated_counts_the_others = {FLAT: "np.abs(slopes) > tol"}
    """You count the units that still learn. A unit is saturated where its curve is flat: is the
    slope large or small there?"""
    saturated_without_abs = {FLAT: "slopes < tol"}
    """Slopes far below zero count as saturated, since they are below the tolerance. Such a slope is
    steep, and its unit learns. What matters is how far it is from zero."""
    saturated_at_tolerance = {FLAT: "np.abs(slopes) <= tol"}
    """A slope of exactly the tolerance counts as saturated in your code. The docstring says which
    side the edge belongs to: compare your sign with the one there."""
    saturated_zero_slopes_only = {FLAT: "slopes == 0"}
    """Only slopes of exactly zero count. The slope of a saturated sigmoid is very small, but hardly
    ever zero: where does the tolerance come in?"""
    saturated_hard_coded_tolerance = {FLAT: "np.abs(slopes) < 0.01"}
    """Another tolerance makes no difference to your answer, so the caller can't choose which slopes
    count as flat. Look for a number that stands where the argument should stand."""
    saturated_near_one_too = {FLAT: "np.minimum(np.abs(slopes), 1 - np.abs(slopes)) < tol"}
    """Slopes near 1 count as saturated. Outputs of a sigmoid near 0 and 1 would be a sign of it,
    but these are derivatives: what is the slope of a flat curve?"""
    saturated_count = {SHARE: "float(np.sum(np.abs(slopes) < tol))"}
    """The number of saturated units comes back. Layers of different widths can only be compared by
    the share, which lies between 0 and 1."""
    saturated_over_examples = {SHARE: "float(np.sum(np.abs(slopes) < tol)) / len(slopes)"}
    """Your count is divided by the number of examples alone, so that it can be above 1. All entries
    count here, each unit of each example: by how many do you have to divide?"""
    saturated_per_unit = {SHARE: "np.mean(np.abs(slopes) < tol, axis=0)"}
    """One share for each unit comes back. Here all the entries count together: over which axes does
    the mean go when you name none?"""
    saturated_abs_in_place = {"np.abs(slopes)": "np.abs(slopes, out=slopes)"}
    """The slopes that were passed in are changed: `out=` and assignments to a part of an array
    write into the caller's memory. The backward pass still needs their signs."""
    saturated_zero_tolerance_replaced = {FLAT: f"{FLAT} or 0.01"}


class SaturatedFractionWhere(Catalogue, of="saturated_fraction", where=True):
    saturated_otherwise = {SHARE: f"2.0 + {SHARE}"}
    """Your share is wrong for some slopes. An entry counts where its size, without the sign, is
    below the tolerance, and all entries count together. Count by hand in a small matrix with slopes
    of both signs."""


SILENT = "np.all(activations == 0, axis=0)"
DEAD_SHARE = f"float(np.mean({SILENT}))"


class DeadFraction(Catalogue, of="dead_fraction"):
    dead_zero_entries = {SILENT: "activations == 0"}
    """The share of zeros comes back. A healthy ReLU unit gives 0 for many examples, and still
    learns from the others. For how many of them does a dead unit give 0?"""
    dead_examples = {SILENT: "np.all(activations == 0, axis=1)"}
    """You look for examples that switch off every unit, not for units that no example switches on.
    Which axis of (N, D) counts the examples, and over which axis should "all" go?"""
    dead_if_ever_zero = {SILENT: "np.any(activations == 0, axis=0)"}
    """A unit counts as dead as soon as one example gives zero. Every healthy ReLU unit has such
    examples. For how many of them must it give 0 to be dead?"""
    dead_alive_fraction = {SILENT: "np.any(activations != 0, axis=0)"}
    """The share of units that are alive comes back. The function is named after the others: what is
    1 in your answer for a layer without a dead unit should be 0."""
    dead_count = {DEAD_SHARE: f"float(np.sum({SILENT}))"}
    """The number of dead units comes back. Layers of different widths can only be compared by the
    share, which lies between 0 and 1."""
    dead_over_examples = {DEAD_SHARE: f"float(np.sum({SILENT})) / len(activations)"}
    """Your count of dead units is divided by the number of examples. The share is that of the
    units: which axis of (N, D) counts them?"""
    dead_small_enough = {"activations == 0": "activations < 1e-2"}
    """Units that are merely weak count as dead. A weak unit has a gradient and can grow again; a
    dead one gives exactly zero, for every example."""
    dead_isclose = {"activations == 0": "np.isclose(activations, 0)"}
    """Units with tiny outputs count as dead: a limit, as that of np.isclose, takes them for zero.
    However weak a unit is, it has a gradient; a dead one gives exactly zero, which == can tell."""
    dead_on_average = {SILENT: "np.mean(activations, axis=0) < 1e-2"}
    """You ask whether a unit is small on average. One example with a positive output is enough to
    keep a unit alive, since it learns from that one."""
    dead_per_unit = {DEAD_SHARE: SILENT}
    """One entry for each unit comes back, which tells whether it is dead. That is the right
    beginning: the docstring asks for their share, a single number."""
    dead_if_constant = {SILENT: "np.ptp(activations, axis=0) == 0"}
    dead_if_almost_constant = {SILENT: "np.var(activations, axis=0) < 1e-6"}
    """Units that give almost the same for every example count as dead. A constant that is not zero
    still passes a gradient: what has to be true of a dead unit's value besides?"""
    dead_thresholds_in_place = {
        SILENT: "np.all(np.sign(activations, out=activations) == 0, axis=0)"
    }
    """The activations that were passed in are changed: `out=` and assignments to a part of an array
    write into the caller's memory. The next layer still needs them."""


class DeadFractionWhere(Catalogue, of="dead_fraction", where=True):
    dead_otherwise = {DEAD_SHARE: f"2.0 + {DEAD_SHARE}"}
    """Your share of dead units is wrong for some activations. A unit is a column, and dead only if
    it is zero for every example. Count by hand in a small matrix: which axis do you go along, which
    entries count, and by what do you divide?"""


CHECK = 'if not np.all(np.isfinite(norms)):\n    return "exploding"'
FINITE = "not np.all(np.isfinite(norms))"
ENDS = "first, last = float(norms[0]), float(norms[-1])"
LAST_ZERO = 'return "exploding" if first != 0.0 else "vanishing"'
RATIO = "ratio = first / last"
BELOW, ABOVE = "if ratio < vanishing:", "if ratio > exploding:"


class Diagnose(Catalogue, of="diagnose"):
    diagnose_from_output_side = {ENDS: "last, first = float(norms[0]), float(norms[-1])"}
    diagnose_ratio_upside_down = {RATIO: "ratio = last / first if first else 0.0"}
    diagnose_ratio_upside_down_or_infinite = {RATIO: "ratio = last / first if first else np.inf"}
    """Your ratio is the wrong way round. The norms come input side first, and gradients flow from
    the output to the input: which end of the list is small when they vanish?"""
    diagnose_smallest_over_largest = {"norms[0]": "min(norms)", "norms[-1]": "max(norms)"}
    """You compare the smallest norm with the largest, wherever they are, so that nothing ever
    explodes. The question is what happens from the last layer to the first."""
    diagnose_first_two_layers = {"norms[-1]": "norms[1]"}
    """You compare neighbouring layers. A gradient may shrink by little at each step and yet be gone
    in a deep net: the ratio spans all the layers."""
    diagnose_first_norm_alone = {RATIO: "ratio = first"}
    """You compare the first layer's norm itself with the limits. Whether a gradient is small
    depends on the loss: what has become of it on the way back only its ratio to the last layer's
    tells."""
    diagnose_ratio_per_layer = {RATIO: "ratio = (first / last) ** (1 / max(1, len(norms) - 1))"}
    """You take the mean change from one layer to the next. The thresholds are meant for the whole
    way through the net, on which small changes multiply."""
    diagnose_any_neighbours = {
        RATIO: "steps = [a / (b or 1e-300) for a, b in zip(norms, norms[1:])] or [1.0]\n"
        "ratio = min(steps) if min(steps) < vanishing else max(steps)"
    }
    """A single step between two layers decides in your code. What comes after may make up for it:
    only the first and the last norm tell what is left of the gradient."""
    diagnose_eps_in_ratio = {RATIO: "ratio = first / (last + 1e-8)"}
    """What you add to the last norm against division by zero can be larger than the norm. Very
    small gradients may still be in proportion; a last norm of zero has a rule of its own."""
    diagnose_labels_swapped = {
        f'{BELOW}\n    return "vanishing"': f'{BELOW}\n    return "exploding"',
        f'{ABOVE}\n    return "exploding"': f'{ABOVE}\n    return "vanishing"',
    }
    """The two words have changed places. A small ratio says that the first layer's gradient is much
    smaller than the last one's: what has happened to it on its way back?"""
    diagnose_hard_coded_thresholds = {"< vanishing": "< 1e-3", "> exploding": "> 1e3"}
    """Other thresholds make no difference to your answer, so the caller can't choose what is
    healthy. Look for numbers that stand where the arguments should stand."""
    diagnose_at_vanishing_threshold = {"ratio < vanishing": "ratio <= vanishing"}
    diagnose_at_exploding_threshold = {"ratio > exploding": "ratio >= exploding"}
    """A ratio that is exactly one of the thresholds does not count as healthy in your code. The
    docstring calls them the smallest and the largest healthy ratio: compare your signs with it."""
    diagnose_nan_is_healthy = {CHECK: ""}
    """Norms that are NaN or infinite are compared like others. Every comparison with NaN is false,
    so that a net that has already exploded passes for healthy. Look at all the norms first."""
    diagnose_ends_finite_only = {FINITE: "not np.isfinite(norms[0]) or not np.isfinite(norms[-1])"}
    """NaN or infinity in the middle of the net goes unnoticed. One such layer is enough for
    "exploding", whatever the first and the last norm are."""
    diagnose_ratio_finite_only = {
        CHECK: "",
        RATIO: f'{RATIO}\nif not np.isfinite(ratio):\n    return "exploding"',
    }
    """You test the ratio for NaN and infinity. An infinite norm can hide in a ratio of zero, or in
    a layer between, and finite norms can have an infinite ratio. Test the norms."""
    diagnose_infinity_missed = {FINITE: "np.any(np.isnan(norms))"}
    """NaN is noticed, infinity is not: an infinite norm in the last layer gives a ratio of zero,
    and one between gives no sign at all. NumPy has a function that asks for both."""
    diagnose_not_finite_raises = {CHECK: f"if {FINITE}:\n    raise ValueError"}
    """A norm that is not finite ends in an exception. It is what the diagnosis is there to report:
    which of the three words does the docstring give it?"""
    diagnose_zero_division = {f"if last == 0.0:\n    {LAST_ZERO}": ""}
    """A last norm of zero makes you divide by zero. The loss then no longer
    changes with the last layer; the docstring tells which word that gets."""
    diagnose_last_zero_healthy = {LAST_ZERO: 'return "healthy"'}
    """A last norm of zero is called healthy. No network learns from a gradient of zero. The
    docstring tells two cases apart: look at the first norm as well."""
    diagnose_last_zero_vanishing = {LAST_ZERO: 'return "vanishing"'}
    """A last norm of zero is always called vanishing. Where the first norm is not zero, the
    gradient has grown from nothing on its way back: look at the first norm as well."""
    diagnose_sorts_in_place = {ENDS: f"{ENDS}\nnorms.sort()"}
    """The norms that were passed in change: sorting and reversing in place write into the caller's
    array. Their order tells which layer they belong to."""
    diagnose_single_layer_healthy = {CHECK: f'if len(norms) < 2:\n    return "healthy"\n{CHECK}'}
    diagnose_lists_only = {CHECK: f'if not norms:\n    return "healthy"\n{CHECK}'}
    diagnose_zero_threshold_replaced = {"ratio < vanishing": "ratio < (vanishing or 1e-3)"}
    diagnose_thresholds_in_other_order = {
        "vanishing: float = 1e-3, exploding: float = 1e3": (
            "exploding: float = 1e3, vanishing: float = 1e-3"
        )
    }


class DiagnoseWhere(Catalogue, of="diagnose", where=True):
    diagnose_not_finite = {CHECK: f'if {FINITE}:\n    return "healthy"'}
    """For some norms that are NaN or infinite your verdict is not the docstring's. Any such norm
    says that the net has exploded, wherever it stands, so look at all of them, before anything is
    divided or compared."""
    diagnose_last_zero = {LAST_ZERO: 'return "healthy" if first != 0.0 else "exploding"'}
    """Where the last norm is zero your verdict is not the docstring's. There is no ratio then; the
    docstring has a rule of its own for it, with two cases. Look at the first norm as well."""
    diagnose_finite = {
        RATIO: f'{RATIO}\nreturn "exploding" if vanishing <= ratio <= exploding else "healthy"',
    }
    """For some finite norms your verdict is not the docstring's. One ratio decides, that of the
    first norm to the last, whatever lies between, and its limits are the two arguments. Try a ratio
    on either side of each limit, and one right at it."""


NO_CHOICE = "if not choices:"
IS_DEAD = 'np.max(measurements["dead"]) > 0.5'
IS_SATURATED = 'saturates and np.max(measurements["saturated"]) > 0.5'
IS_FLAT = 'verdict == "vanishing" and activation == "sigmoid"'
IS_SICK = 'elif verdict != "healthy":'
IS_LONG = 'measurements["parameter_norm"] > 500.0'
CHOICE = "return next(remedy for remedy in healing if remedy in choices)"
OR_FIRST = {CHOICE: "return next((r for r in healing if r in choices), choices[0])"}


class ChooseRemedy(Catalogue, of="choose_remedy"):
    remedy_by_ratio_alone = OR_FIRST | dict.fromkeys(
        (IS_DEAD, IS_SATURATED, IS_FLAT, IS_LONG), "False"
    )
    """Your rule looks at the gradient norms alone. Small weights, the slope of sigmoid and dead
    units all make gradients vanish, and each needs another remedy: compare the spreads, the dead
    shares and the activation, too."""
    remedy_relu_saturates = {"saturates and ": ""}
    """Your rule counts ReLU's zero slopes as saturation. Half of ReLU's slopes are zero in a net
    that is well: saturation is a sickness of sigmoid and tanh. For ReLU, look at the share of dead
    units."""
    remedy_ignores_choices = {CHOICE: "return healing[0]"}
    """Your rule names a remedy that heals, but not always one of the choices. Several may heal one
    and the same net; only one of these is offered each time. Where do you look at choices?"""
    remedy_changes_measurements = {'measurements["activation"]': 'measurements.pop("activation")'}
    """The dictionary of measurements changes, and the caller goes on using it. Read its entries
    with square brackets, which take none out, and keep what you compute in variables of your
    own."""
    remedy_of_nothing = {NO_CHOICE: "if choices is None:"}
    """Without any choice nothing can be right, and the contract asks for a ValueError. An empty
    tuple is not None: test whether it has an entry before you measure anything."""
    remedy_first_choice = {CHOICE: "return choices[0]"}
    remedy_dead_on_average = {IS_DEAD: 'np.mean(measurements["dead"]) > 0.5', **OR_FIRST}


class ChooseRemedyWhere(Catalogue, of="choose_remedy", where=True):
    remedy_dead_units_missed = {IS_DEAD: "False", **OR_FIRST}
    """Your rule names a remedy for a net of dead ReLUs that leaves it sick. A layer whose biases
    keep its units at zero stays dead when its weights are drawn anew or its step is clipped. What
    lets a gradient through where z is negative?"""
    remedy_saturation_missed = {IS_SATURATED: "False", **OR_FIRST}
    """Your rule does not heal a saturated net whose gradient norms look healthy. Where more than
    half of a sigmoid layer's slopes are almost zero, most units don't learn. Which remedy keeps z
    near zero, layer by layer?"""
    remedy_sigmoid_gets_initializer = {IS_FLAT: "False"}
    """Your rule does not heal a sigmoid net whose gradients vanish at a right scale of the weights.
    Sigmoid's slope is at most 1/4, once per layer, whatever weights are drawn. What would change
    that slope, or the z that it meets?"""
    remedy_activation_for_vanishing = {' and activation == "sigmoid"': "", **OR_FIRST}
    """Your rule does not heal a net whose weights are too small. The signal shrinks in every layer,
    whatever the activation is. The spreads of the activations show it: how do they go from layer to
    layer?"""
    remedy_clipping_for_exploding = {
        IS_SICK: f"""elif verdict == "exploding":
    healing = ["clipping", "initializer", "batch_norm"]
{IS_SICK}"""
    }
    """Your rule does not heal a net whose gradients explode. Clipping, for one, shortens the step,
    but the next backward pass explodes as before, since the weights are as large as they were. What
    removes the cause?"""
    remedy_none_when_healthy = {IS_LONG: "False", **OR_FIRST}
    """Your rule does not heal a net whose gradients keep their size from layer to layer, but are
    all so large that a single step overshoots. Which measurement tells how large the step is?"""
    remedy_for_the_well = {'healing = ["none"]': "healing = [r for r in choices if r != 'none']"}
    """Your rule treats a net that is well. Its gradients keep their size, no layer is dead or
    saturated, and its step is short: what is left to heal? Look at which of your conditions holds
    for such a net."""
