"""Clipping by value: what happens to the entries."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "clip_by_value",
    hint="Entries far below zero are not clipped. The limit holds on both sides.",
)
def clip_value_above_only(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.minimum(g, threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="Entries far above zero are not clipped. The limit holds on both sides.",
)
def clip_value_below_only(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.maximum(g, -threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="Negative entries become zero. They should keep their sign, down to the limit.",
)
def clip_value_zeroes_negatives(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g, 0, threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="Entries beyond the limit become zero. They should stay as large as is allowed.",
)
def clip_value_zeroes_large(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.where(np.abs(g) > threshold, 0.0, g) for g in grads]


@mistake(
    "clip_by_value",
    hint="All entries come out positive. Clipping limits the size of an entry and keeps its sign.",
)
def clip_value_loses_sign(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.minimum(np.abs(g), threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="Large negative entries come out positive. Which limit lies on their side?",
)
def clip_value_large_negative_to_plus(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.where(np.abs(g) > threshold, threshold, g) for g in grads]


@mistake(
    "clip_by_value",
    hint="You shrink the whole array until its largest entry fits. Clipping by value looks at "
    "each entry alone.",
)
def clip_value_rescales(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        clipped.append(g * (threshold / top) if top > threshold else g.copy())
    return clipped


@mistake(
    "clip_by_value",
    hint="You shrink the whole array by its norm: that is another kind of clipping. This one "
    "looks at each entry alone.",
)
def clip_value_by_norm(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        clipped.append(g * (threshold / norm) if norm > threshold else g.copy())
    return clipped


@mistake("clip_by_value", hint="The threshold that the caller gives has no effect on the entries.")
def clip_value_hard_coded_limit(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g, -1.0, 1.0) for g in grads]


@mistake(
    "clip_by_value",
    hint="The list ends after the first array. Look where your `return` stands.",
)
def clip_value_returns_inside_loop(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        clipped.append(np.clip(g, -threshold, threshold))
        return clipped
    return clipped


@mistake(
    "clip_by_value",
    hint="Your numbers are rounded to about seven digits: something is computed in float32. "
    "Keep float64.",
)
def clip_value_float32(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g.astype(np.float32), -threshold, threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="Arrays in Fortran order come back unclipped: there, flattening makes a copy, and you"
    " clip only that.",
)
def clip_value_flat_view(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        out = np.copy(g)
        flat = out.reshape(-1)
        flat[flat > threshold] = threshold
        flat[flat < -threshold] = -threshold
        clipped.append(out)
    return clipped


@mistake(
    "clip_by_value",
    hint="Small entries become zero. Entries between the limits should stay, however small.",
)
def clip_value_drops_small_entries(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.where(np.abs(g) < 1e-8, 0.0, np.clip(g, -threshold, threshold)) for g in grads]


@mistake(
    "clip_by_value",
    hint="Your limit has a limit of its own: a large threshold counts as a smaller one.",
)
def clip_value_limit_at_most_thousand(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    threshold = min(threshold, 1000.0)
    return [np.array(np.clip(g, -threshold, threshold)) for g in grads]
