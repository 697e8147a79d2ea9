"""Diagnostics: norms that are zero or not finite, containers, and the words returned."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "diagnose",
    hint="Every comparison with NaN is false, so it slips through to the last line. What "
    "should a norm that is not finite mean?",
)
def diagnose_nan_is_healthy(norms, vanishing=1e-3, exploding=1e3):
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="A NaN or an infinity in the middle of the net goes unnoticed. Look at all norms.",
)
def diagnose_ends_finite_only(norms, vanishing=1e-3, exploding=1e3):
    if not np.isfinite(norms[0]) or not np.isfinite(norms[-1]):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="You test the ratio for NaN and infinity. An infinite norm can hide in a ratio of "
    "zero, or in a layer between.",
)
def diagnose_ratio_finite_only(norms, vanishing=1e-3, exploding=1e3):
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if not np.isfinite(r):
        return "exploding"
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="NaN is noticed, infinity is not. Try an infinite norm in the last layer, or between.",
)
def diagnose_infinity_missed(norms, vanishing=1e-3, exploding=1e3):
    if np.any(np.isnan(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake("diagnose", hint="Infinity is noticed, NaN is not.")
def diagnose_nan_missed(norms, vanishing=1e-3, exploding=1e3):
    if np.any(np.isinf(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="A norm that is not finite raises an error. It is what the diagnosis is there to report.",
)
def diagnose_not_finite_raises(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        raise ValueError("norms must be finite")
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake("diagnose", hint="Norms that are not finite are called healthy.")
def diagnose_not_finite_healthy(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "healthy"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="A last norm of zero makes you divide by zero. The contract tells what it means.",
)
def diagnose_zero_division(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="A last norm of zero is called healthy. The contract tells what it means.",
)
def diagnose_last_zero_healthy(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "healthy"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="A last norm of zero always gives the same answer here. Look at the first norm as well.",
)
def diagnose_last_zero_vanishing(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="A last norm of zero always gives the same answer here. Look at the first norm as well.",
)
def diagnose_last_zero_exploding(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake("diagnose", hint="Nothing but zeros is called healthy. Can a net learn from that?")
def diagnose_all_zero_healthy(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "healthy"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="Your code asks the norms for something that only arrays have. A list should do too.",
)
def diagnose_arrays_only(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[norms.size - 1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake("diagnose", hint="Your test for emptiness or truth works for lists, but not for arrays.")
def diagnose_lists_only(norms, vanishing=1e-3, exploding=1e3):
    if not norms:
        return "healthy"
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake("diagnose", hint="A single layer is refused. The ratio of its norm with itself exists.")
def diagnose_needs_two_layers(norms, vanishing=1e-3, exploding=1e3):
    if len(norms) < 2:
        raise ValueError("at least two layers are needed")
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="A single layer is always called healthy here. Look at norms that are zero or not finite.",
)
def diagnose_single_layer_healthy(norms, vanishing=1e-3, exploding=1e3):
    if len(norms) < 2:
        return "healthy"
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="The words are right, their spelling is not: compare the letters with the contract.",
)
def diagnose_capitalised(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "Exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "Exploding" if first > 0 else "Vanishing"
    r = first / last
    if r < vanishing:
        return "Vanishing"
    if r > exploding:
        return "Exploding"
    return "Healthy"


@mistake("diagnose", hint="When all is well you return nothing. There is a word for it.")
def diagnose_healthy_is_none(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return None


@mistake("diagnose", hint="You return more than the one word that is asked for.")
def diagnose_returns_ratio_too(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing", r
    if r > exploding:
        return "exploding", r
    return "healthy", r


@mistake(
    "diagnose",
    hint="A small ratio is reported before the norms between are looked at. One that is not finite "
    "decides, wherever it is.",
)
def diagnose_ratio_before_finite(norms, vanishing=1e-3, exploding=1e3):
    first, last = float(norms[0]), float(norms[-1])
    if np.isfinite(first) and np.isfinite(last) and last > 0 and first / last < vanishing:
        return "vanishing"
    if not np.all(np.isfinite(norms)):
        return "exploding"
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    return "exploding" if first / last > exploding else "healthy"


@mistake(
    "diagnose",
    hint="The norms that were handed in change. Reversing and sorting in place write into the "
    "caller's array.",
)
def diagnose_sorts_in_place(norms, vanishing=1e-3, exploding=1e3):
    first, last = float(norms[0]), float(norms[-1])
    norms.sort()
    if not np.all(np.isfinite(norms)):
        return "exploding"
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    return "exploding" if r > exploding else "healthy"


@mistake(
    "diagnose",
    hint="Finite norms whose sum overflows are taken for infinite ones. Check each of them.",
)
def diagnose_checks_sum(norms, vanishing=1e-3, exploding=1e3):
    if not np.isfinite(np.sum(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="A small first norm counts as zero beside a last norm of zero. Small is not zero.",
)
def diagnose_small_first_is_zero(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 1e-8 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="For a single layer you compare its norm itself with the thresholds. The first norm is "
    "the last one, too: what is their ratio?",
)
def diagnose_single_layer_by_size(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last if len(norms) > 1 else first
    if r < vanishing:
        return "vanishing"
    return "exploding" if r > exploding else "healthy"
