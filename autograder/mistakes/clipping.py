"""Mistakes of gradient clipping. The three functions share many of them."""

from autograder.engine.mistakes import Catalogue

VALUE, NORM, JOINT = "clip_by_value", "clip_by_norm", "clip_by_global_norm"
FINITE = "_check_finite(grads)"
LIMIT = 'max_norm = _positive("max_norm", max_norm)'
CLIP = "np.clip(grad, -threshold, threshold)"
RESCALE = "_rescale(grad, _norm(grad), max_norm)"
RESCALE_ALL = "_rescale(grad, global_norm, max_norm)"

for target, prefix, limit, right, clips, end in (
    (VALUE, "clip_value", "threshold", f"np.array({CLIP})", "np.any(abs(grad) > threshold)", ""),
    (NORM, "clip_norm", "max_norm", RESCALE, "_norm(grad) > max_norm", ""),
    (JOINT, "global_norm", "max_norm", RESCALE_ALL, "global_norm > max_norm", ", global_norm"),
):
    POSITIVE = f'{limit} = _positive("{limit}", {limit})'

    class Each(Catalogue, of=target, prefix=f"{prefix}_"):
        any_limit = {POSITIVE: ""}
        """A limit that is not positive gets through. With zero no gradient would be left, and with
        a negative limit the step would go uphill. Raise the exception that the docstring names,
        before anything is clipped."""
        limit_zero = {POSITIVE: f"if not {limit} >= 0:\n    raise ValueError"}
        """A limit of zero is let through, yet zero is not positive: every gradient would shrink to
        nothing, and the network could not learn. Look at the edge of your comparison."""
        limit_nan = {POSITIVE: f"if {limit} <= 0:\n    raise ValueError"}
        """NaN gets through as a limit. Every comparison with NaN is false, so "not positive" and
        "less than or equal to zero" are two different questions. Which of them does your condition
        ask?"""
        asserts = {POSITIVE: f"assert {limit} > 0"}
        """A wrong limit raises a different exception from the one in the docstring. `assert` is for
        checks of your own code, and vanishes under `python -O`; callers need the exception that
        they were promised."""
        any_gradient = {FINITE: ""}
        """Gradients that hold NaN or infinity get through. Such a step would spoil every weight
        that it touches, and no clipping can repair it. Look at all the entries before you clip, and
        raise what the docstring names."""
        infinity_accepted = {
            FINITE: "if any(np.isnan(grad).any() for grad in grads):\n    raise ValueError"
        }
        """NaN is noticed in a gradient, but infinity is not. An infinite entry says that the
        gradient has overflowed, which clipping would hide. NumPy has a function that asks for both
        at once."""
        repairs_gradients = {
            FINITE: "grads = [np.nan_to_num(g, posinf=0.0, neginf=0.0) for g in grads]"
        }
        """NaN and infinity are replaced by ordinary numbers. The training would go on with a step
        that means nothing, and nobody would notice. The docstring asks for an exception."""
        hands_back_given_arrays = {right: f"{right} if {clips} else grad"}
        """Where nothing is to be clipped, the very arrays that were passed in come back. Whoever
        changes the result later changes the caller's gradients, too. Return a copy in this case as
        well."""
        nothing_clipped = {right: "np.array(grad)"}
        """Nothing is clipped: the arrays come back with the values that they had. An assignment to
        the variable of a loop changes neither the list nor its arrays. Where do the clipped ones
        go?"""
        in_place = {right: f"np.copyto(grad, {right}) or grad"}
        """The arrays that were passed in are changed: operators such as `*=`, `out=` and
        assignments to a part of an array write into the caller's memory. The caller may still need
        the unclipped gradients, so make new arrays."""
        float32 = {right: f"np.float32({right})"}
        """Your numbers hold only about seven digits: something on the way is float32.
        Rounding errors add up over a long training, so keep the gradients in float64."""
        returns_inside_loop = {f"in grads]{end}": f"in grads[:1]]{end}"}
        """The list ends after the first array, so that the other layers get no gradient. At which
        indentation does your `return` stand: in the loop or after it?"""
        max_of_empty = {right: f"{right} + 0 * np.max(grad)"}
        """An empty array has no largest entry, so that NumPy raises an exception when asked
        for it. Empty gradients are allowed. Can `np.max` be told what to begin with?"""
        unpacks_single_array = {
            f"in grads]{end}": f"in grads][slice(None) if len(grads) != 1 else 0]{end}"
        }
        becomes_1d = {right: f"np.atleast_1d({right})"}
        squeezes = {right: f"np.squeeze({right})"}
        float_limit_only = {POSITIVE: f"assert isinstance({limit}, float)\n{POSITIVE}"}


for target, prefix, norm, value, vector, rescale in (
    (NORM, "clip_norm", "_norm(grad)", "_norm(grad)", "grad", RESCALE),
    (JOINT, "global_norm", "_norm(everything)", "global_norm", "everything", RESCALE_ALL),
):

    class Norms(Catalogue, of=target, prefix=f"{prefix}_"):
        zero_means_off = {
            LIMIT: "if not max_norm >= 0:\n    raise ValueError\nmax_norm = max_norm or np.inf"
        }
        """A limit of zero leaves the gradients as they are, as if clipping were switched off. Zero
        is not positive, so the docstring asks for an exception: a caller who mistypes a limit
        should notice."""
        l1 = {norm: f"float(np.sum(np.abs({vector})))"}
        """Your norm adds up absolute values, which is the L1 norm. The length of the step is the L2
        norm: what happens to every entry before the sum, and what to the sum afterwards?"""
        squared = {norm: f"{norm} * {norm}"}
        """You compare with the squared norm, and divide by it. It exceeds the limit for different
        gradients than the norm does, and shrinks them by the wrong factor. One step of the L2 norm
        is missing."""
        overflows = {norm: f"float(np.sqrt(np.sum({vector} ** 2)))"}
        """The squares of entries near 1e200 are infinite, and those of entries near 1e-200 are
        zero, although the norm itself is an ordinary float. Bring the entries to a size near 1
        before you square them, and undo that after the root."""
        always_rescales = {rescale: f"np.array(grad / ({value} or 1.0) * max_norm)"}
        """Gradients are brought to the limit even where they are smaller. Clipping only ever
        shrinks: a small gradient says that a minimum is near, and should give a small step."""
        condition_inverted = {
            rescale: f"np.array(grad * max(1.0, max_norm / ({value} or max_norm)))"
        }
        """Gradients below the limit are scaled up to it, and large ones stay as they are. That is
        clipping the wrong way round: look at your comparison, or at which of `min` and `max` you
        take."""
        to_unit = {rescale: f"np.array(grad / {value} if {value} > max_norm else grad)"}
        """What is clipped comes out with a norm of 1, whatever the limit, so that the caller can't
        choose how long a step may be. Dividing by the norm is the first half. What should the norm
        be afterwards?"""
        by_value = {rescale: "np.array(np.clip(grad, -max_norm, max_norm))"}
        """You clip entry by entry, which turns the direction of the step. Clipping by a norm
        multiplies all the entries by one factor, so that only the length changes."""
        large_eps = {rescale: f"np.array(grad * min(1.0, max_norm / ({value} + 1e-3)))"}
        """What you add to the norm against division by zero is so large that it shows in the
        result: the gradient shrinks too far. With a comparison before the division you need no such
        number."""
        zero_gives_nan = {rescale: f"np.array(grad / {value} * min({value}, max_norm))"}
        """Gradients of zero become NaN, since zero is divided by zero. A layer whose units are all
        dead has such gradients, and they should stay zero: what do you do when the norm is
        zero?"""
        zero_division = {rescale: f"np.array(grad * min(1.0, max_norm / {value}))"}
        """Gradients of zero end in a ZeroDivisionError, as you divide by their norm. A layer whose
        units are all dead has such gradients. Look at the norm before you divide by it."""
        multiplies_first = {
            rescale: f"np.array(grad * max_norm / {value} if {value} > max_norm else grad)",
        }
        """You multiply by the limit before you divide by the norm, and the product of two huge
        numbers overflows. A gradient over its norm is never larger than 1: in which order is it
        safe?"""

    class NormsWhere(Catalogue, of=target, prefix=f"{prefix}_", where=True):
        above_the_limit = {rescale: f"{rescale} * (0.5 if {value} > max_norm else 1.0)"}
        """Gradients above the limit come out wrong. They keep their direction, and their norm comes
        down to the limit: all entries meet one factor. Work it through by hand for [3, 4] and a
        limit of 1: what is the norm, and the factor?"""
        within_the_limit = {rescale: f"{rescale} * (2.0 if {value} <= max_norm else 1.0)"}
        """Gradients within the limit don't come back as they are. Clipping only ever shrinks what
        is too long; a short step is short for a reason. What is your factor for [3, 4] and a limit
        of 10?"""


class ByValue(Catalogue, of=VALUE):
    clip_value_above_only = {CLIP: "np.minimum(grad, threshold)"}
    """Entries far below zero are not clipped. A huge negative entry moves the weights as far as a
    positive one does, only the other way. The limit holds on both sides."""
    clip_value_below_only = {CLIP: "np.maximum(grad, -threshold)"}
    """Entries far above zero are not clipped, those far below are. A huge step is harmful in either
    direction. Try an array with a large entry of either sign."""
    clip_value_zeroes_negatives = {CLIP: "np.clip(grad, 0, threshold)"}
    """Negative entries become zero, so that these weights would never grow again. The sign of an
    entry tells the direction. It should stay, with a size up to the limit."""
    clip_value_zeroes_large = {CLIP: "np.where(np.abs(grad) > threshold, 0.0, grad)"}
    """Entries beyond the limit become zero, so that the weights with the steepest slopes stop
    learning. They should become as large as is allowed, with their sign."""
    clip_value_loses_sign = {CLIP: "np.minimum(np.abs(grad), threshold)"}
    """All entries come out positive, so that many weights would move the wrong way. Clipping limits
    the size of an entry and keeps its sign."""
    clip_value_large_negative_to_plus = {
        CLIP: "np.where(np.abs(grad) > threshold, threshold, grad)"
    }
    """Large negative entries come out as large positive ones, and the step goes the wrong way
    there. Which of the two limits lies on their side of zero?"""
    clip_value_all_below = {
        CLIP: "np.where(grad > threshold, threshold, np.where(grad < threshold, -threshold, grad))"
    }
    """All entries below the upper limit become the lower one, small and positive ones, too, and the
    step loses nearly all that it knew. Look at each comparison: with which of the two limits does
    it compare?"""
    clip_value_rescales = {
        CLIP: "grad * min(1.0, threshold / np.max(np.abs(grad), initial=1e-300))"
    }
    """You shrink the whole array until its largest entry fits. Clipping by value looks at each
    entry alone: those inside the limits stay as they are, so that one huge entry does not hide the
    others."""
    clip_value_by_norm = {f"np.array({CLIP})": "_rescale(grad, _norm(grad), threshold)"}
    """You shrink the whole array by its norm. That is clipping by norm, which keeps the direction
    of the step. Clipping by value looks at each entry alone."""
    clip_value_hard_coded_limit = {CLIP: "np.clip(grad, -1.0, 1.0)"}
    """The entries end at 1 and -1, whatever the caller asks for. How large a gradient may be
    depends on the network. Look for a number where the argument should stand."""
    clip_value_generator = {
        f"[np.array({CLIP}) for grad in grads]": f"map(lambda grad: {CLIP}, grads)"
    }
    """Your result can be read only once, as a generator or a map can. The arrays should come in
    a list, which callers may index and read as often as they like."""
    clip_value_stacks = {
        f"[np.array({CLIP}) for grad in grads]": CLIP.replace("grad", "np.array(grads)")
    }
    """You put all the gradients into one array. NumPy refuses that when the layers have different
    shapes, and where it works, a list is still what should come back."""
    clip_value_any_limit_where = {
        'threshold = _positive("threshold", threshold)': "",
        f"return [np.array({CLIP}) for": (
            "grads = [np.where(grad > threshold, threshold, grad) for grad in grads]\n"
            "return [np.where(grad < -threshold, -threshold, grad) for"
        ),
    }
    """A limit that is not positive gets through. With zero no gradient would be left, and with a
    negative limit the two sides change places. Raise the exception that the docstring names, before
    anything is clipped."""
    clip_value_flat_view = {"for grad in": "if grad.flags.c_contiguous else grad + 0 for grad in"}
    clip_value_into_given_list = {
        "return [": "grads[:] = [",
        "in grads]": "in grads]\nreturn grads",
    }


PARTS = "grad * np.minimum(1, max_norm / (np.linalg.norm(grad, axis={}, keepdims=True) + 1e-12))"


class ByNorm(Catalogue, of=NORM):
    clip_norm_off_for_wrong_limits = {
        LIMIT: "if not max_norm > 0:\n    return [np.array(grad) for grad in grads]"
    }
    """With a limit that is not positive the gradients come back unclipped. A caller who mistypes
    the limit would not notice that nothing is clipped, so the docstring asks for an exception."""
    clip_norm_largest_entry = {"_norm(grad)": "np.max(np.abs(grad), initial=0.0)"}
    """Your norm is the largest entry alone. Many entries of middling size make a long step, too,
    and the L2 norm counts all of them."""
    clip_norm_root_mean_square = {"_norm(grad)": "_norm(grad) / np.sqrt(max(1, grad.size))"}
    """Your norm averages over the entries, so that it does not grow with their number. The length
    of the step does: the L2 norm is the root of a sum, not of a mean."""
    clip_norm_order_two = {"_norm(grad)": "np.linalg.norm(grad, 2)"}
    """np.linalg.norm with ord=2 is the largest singular value of a matrix, and refuses arrays with
    more axes. The norm meant here takes all entries as one long vector. What does the function do
    without ord?"""
    clip_norm_per_row = {RESCALE: PARTS.format(-1)}
    clip_norm_per_column = {RESCALE: PARTS.format(0)}
    """Each row or column of a matrix is shrunk by a factor of its own, which turns the direction of
    the step. All the entries of an array share one norm: look at the axis."""
    clip_norm_joint = {"_norm(grad)": "_norm(np.concatenate([np.ravel(g) for g in grads]))"}
    clip_norm_joint_overflows = {"_norm(grad)": "float(np.sqrt(sum(np.sum(g**2) for g in grads)))"}
    """All the arrays are shrunk by one common factor, from their joint norm. That is the task of
    clip_by_global_norm. Here each array is clipped on its own."""
    clip_norm_factor_upside_down = {RESCALE: "np.array(grad * max(1.0, _norm(grad) / max_norm))"}
    """Large gradients become larger still, as your factor is the norm over the limit. The clipped
    array should have the norm max_norm. By what do you have to multiply?"""
    clip_norm_returns_norms = {"in grads]": "in grads], [_norm(grad) for grad in grads]"}
    """More than the arrays comes back. Only clip_by_global_norm returns a norm as well; here a
    caller goes through the list of arrays and expects nothing else."""
    clip_norm_tuple = {"return [": "return (*[", "in grads]": "in grads],)"}


RETURN = f"return [{RESCALE_ALL} for grad in grads], global_norm"


class ByGlobalNorm(Catalogue, of=JOINT):
    global_norm_per_array = {RESCALE_ALL: RESCALE}
    """Each array is shrunk by a factor of its own, which turns the direction of the whole step. One
    factor, from the joint norm, should serve for all the arrays."""
    global_norm_sum_of_norms = {"_norm(everything)": "float(sum(_norm(grad) for grad in grads))"}
    """You add up the norms of the arrays, which comes to more than the length of all of them
    together. Think of all the entries as one long vector: what is added up before the root?"""
    global_norm_largest_norm = {"_norm(everything)": "max(_norm(grad) for grad in grads)"}
    """You take the largest of the arrays' norms. The whole step is longer than any part of it, and
    would still be too long. Think of all the entries as one long vector."""
    global_norm_last_array = {"_norm(everything)": "_norm(grads[-1])"}
    """Only the last array counts in your norm: in the loop, the sum begins again, or is
    overwritten, in every round. Where should it be set to zero?"""
    global_norm_scales_large_arrays_only = {
        RESCALE_ALL: f"{RESCALE_ALL} if _norm(grad) > max_norm else np.array(grad)"
    }
    """Arrays that are small by themselves stay as they are, while the others shrink. That turns the
    direction of the step: the one factor belongs to all the arrays."""
    global_norm_after_clipping = {"in grads], global_norm": "in grads], min(global_norm, max_norm)"}
    """The number beside the arrays is the norm of the clipped gradients, which is never above the
    limit. The norm before clipping tells the caller whether something explodes."""
    global_norm_not_returned = {"in grads], global_norm": "in grads]", "[], 0.0": "[]"}
    """The arrays come back alone. The docstring asks for a pair: the arrays and their joint norm
    before clipping, which shows during training whether something explodes."""
    global_norm_returned_alone = {RETURN: "return global_norm", "[], 0.0": "0.0"}
    """The joint norm comes back alone. In PyTorch it does, as the gradients change in place there.
    Here nothing that is given changes, so the caller gets the clipped arrays only if you return
    them. Look at "Returns" in the docstring."""
    global_norm_returned_first = {
        RETURN: f"return global_norm, [{RESCALE_ALL} for grad in grads]",
        "[], 0.0": "0.0, []",
    }
    """The two results come in the wrong order, so that a caller who unpacks them takes the norm for
    the gradients. The list of arrays comes first."""
    global_norm_of_nothing_fails = {"if not grads:\n    return [], 0.0": ""}
    """An empty list of gradients raises an exception in your code. It is allowed, for a part of a
    network without parameters: what is the length of a vector without entries?"""
    global_norm_returns_array = {"], global_norm": "], np.array([global_norm])"}
    global_norm_reversed = {"in grads], global": "in grads[::-1]], global"}
    global_norm_scaled_by_signed_maximum = {
        "_norm(everything)": "abs(np.max(everything, initial=-np.inf)) or 1.0\n"
        "global_norm *= float(np.sqrt(np.sum((everything / global_norm) ** 2)))"
    }


class ByGlobalNormWhere(Catalogue, of=JOINT, where=True):
    global_norm_otherwise = {"in grads], global_norm": "in grads], 1.0 + 2.0 * global_norm"}
    """The number beside the arrays is wrong. It is the length of all the entries of all arrays as
    one long vector, before anything is clipped. Work it through by hand for the arrays [3] and
    [4]."""
