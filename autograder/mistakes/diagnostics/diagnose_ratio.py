"""Diagnostics: the ratio and its thresholds."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "diagnose",
    hint="You walk from the output to the input. The norms come input side first: which of "
    "them should be small when gradients vanish?",
)
def diagnose_from_output_side(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[-1]), float(norms[0])
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
    hint="Your ratio is upside down. When gradients vanish on their way back, which end has "
    "the smaller norm?",
)
def diagnose_ratio_inverted(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = last / first if first > 0 else np.inf
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="You compare the smallest norm with the largest. Which two layers does the ratio compare?",
)
def diagnose_smallest_over_largest(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(np.min(norms)), float(np.max(norms))
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
    hint="You sort the norms, and in the caller's own memory. Their order tells which layer "
    "they belong to.",
)
def diagnose_sorts_norms(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    norms.sort()
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake("diagnose", hint="You compare neighbouring layers. The ratio spans the whole net.")
def diagnose_first_two_layers(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[1])
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
    hint="You take the change from one layer to the next. The thresholds are meant for the "
    "whole way through the net.",
)
def diagnose_ratio_per_layer(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = (first / last) ** (1 / max(1, len(norms) - 1))
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="One step between two layers decides here. Only the first and the last norm count.",
)
def diagnose_any_neighbours(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    steps = [norms[i] / norms[i + 1] if norms[i + 1] > 0 else np.inf for i in range(len(norms) - 1)]
    if min(steps, default=1.0) < vanishing:
        return "vanishing"
    r = max(steps, default=1.0)
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="You compare the first norm itself with the thresholds. A norm is small or large only"
    " beside another one.",
)
def diagnose_first_norm_alone(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="What you add to the last norm against division by zero is larger than norms can be. "
    "Very small gradients may still be in proportion.",
)
def diagnose_eps_in_ratio(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / (last + 1e-8)
    if r < vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="The two labels have changed places. What does a small ratio of the first to the last"
    " norm mean?",
)
def diagnose_labels_swapped(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "exploding"
    if r > exploding:
        return "vanishing"
    return "healthy"


@mistake("diagnose", hint="The thresholds that the caller gives have no effect.")
def diagnose_hard_coded_thresholds(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < 1e-3:
        return "vanishing"
    if r > 1e3:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="The threshold for exploding gradients that the caller gives has no effect.",
)
def diagnose_hard_coded_exploding(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r > 1 / vanishing:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="A threshold of zero is replaced by the default: `or` takes 0 for nothing.",
)
def diagnose_zero_threshold_replaced(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < (vanishing or 1e-3):
        return "vanishing"
    if r > (exploding or 1e3):
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="A ratio exactly at the threshold counts as vanishing here. Compare with the definition.",
)
def diagnose_at_vanishing_threshold(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r <= vanishing:
        return "vanishing"
    if r > exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="A ratio exactly at the threshold counts as exploding here. Compare with the definition.",
)
def diagnose_at_exploding_threshold(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    if r >= exploding:
        return "exploding"
    return "healthy"


@mistake(
    "diagnose",
    hint="The two thresholds stand in the other order in your signature.",
)
def diagnose_thresholds_in_other_order(norms, exploding=1e3, vanishing=1e-3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    return "exploding" if r > exploding else "healthy"


@mistake(
    "diagnose",
    hint="You average over the last layers. The ratio compares the first norm with the last alone.",
)
def diagnose_mean_of_last_two(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(np.mean(norms[-2:]))
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    return "exploding" if r > exploding else "healthy"


@mistake(
    "diagnose",
    hint="You decide by 1 whether to look at one threshold or at the other. A caller may put "
    "either of them on either side of 1.",
)
def diagnose_split_at_one(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    first, last = float(norms[0]), float(norms[-1])
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < 1:
        return "vanishing" if r < vanishing else "healthy"
    return "exploding" if r > exploding else "healthy"


@mistake(
    "diagnose",
    hint="In a deep net you average over some layers at either end. The ratio compares the first "
    "norm with the last, however many there are.",
)
def diagnose_averages_ends(norms, vanishing=1e-3, exploding=1e3):
    if not np.all(np.isfinite(norms)):
        return "exploding"
    some = max(1, len(norms) // 20)
    first, last = float(np.mean(norms[:some])), float(np.mean(norms[-some:]))
    if last == 0:
        return "exploding" if first > 0 else "vanishing"
    r = first / last
    if r < vanishing:
        return "vanishing"
    return "exploding" if r > exploding else "healthy"
