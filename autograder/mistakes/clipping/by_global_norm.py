"""Clipping by the global norm: which norm, and which factor."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "clip_by_global_norm",
    hint="Each array gets its own factor here, which changes the direction of the step. One "
    "factor should serve for all.",
)
def global_norm_per_array(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    tops = [np.max(np.abs(g), initial=0.0) for g in grads]
    norms = [t * np.linalg.norm(g / t) if t > 0 else 0.0 for g, t in zip(grads, tops, strict=True)]
    factors = [max_norm / n if n > max_norm else 1.0 for n in norms]
    return [g * f for g, f in zip(grads, factors, strict=True)], norm


@mistake(
    "clip_by_global_norm",
    hint="You add up the norms of the arrays. Think of all entries as one long vector: what is"
    " its length?",
)
def global_norm_sum_of_norms(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    tops = [np.max(np.abs(g), initial=0.0) for g in grads]
    norms = [t * np.linalg.norm(g / t) if t > 0 else 0.0 for g, t in zip(grads, tops, strict=True)]
    norm = float(sum(norms))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="You take the largest of the norms. Think of all entries as one long vector: what is "
    "its length?",
)
def global_norm_largest_norm(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    tops = [np.max(np.abs(g), initial=0.0) for g in grads]
    norms = [t * np.linalg.norm(g / t) if t > 0 else 0.0 for g, t in zip(grads, tops, strict=True)]
    norm = float(max(norms, default=0.0))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Your norm adds up absolute values. The L2 norm treats the entries otherwise before "
    "it adds them.",
)
def global_norm_l1(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    norm = float(sum(np.abs(g).sum() for g in grads))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="You use the squared norm throughout. One step of the L2 norm is missing.",
)
def global_norm_squared(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares)) ** 2
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="For a matrix, np.linalg.norm with ord=2 is the largest singular value. The joint "
    "norm takes all entries as one long vector.",
)
def global_norm_spectral(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    tops = [np.max(np.abs(g), initial=0.0) for g in grads]
    parts = [
        t * np.linalg.norm(g / t, 2 if g.ndim == 2 else None) if t > 0 else 0.0
        for g, t in zip(grads, tops, strict=True)
    ]
    top = max(parts, default=0.0)
    norm = float(top * np.linalg.norm(np.array(parts) / top)) if top > 0 else 0.0
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Only the last array counts in your norm: the sum starts again in every round.",
)
def global_norm_last_array(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads[-1:]), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads[-1:]) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Biases do not count in your norm. All arrays belong to the joint norm, of whatever "
    "shape.",
)
def global_norm_skips_vectors(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads if g.ndim > 1), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads if g.ndim > 1) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Arrays that are small by themselves stay as they are. The one factor goes to all of "
    "them, else the direction changes.",
)
def global_norm_scales_large_arrays_only(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    tops = [np.max(np.abs(g), initial=0.0) for g in grads]
    norms = [t * np.linalg.norm(g / t) if t > 0 else 0.0 for g, t in zip(grads, tops, strict=True)]
    return [
        g * factor if n > max_norm else g.copy() for g, n in zip(grads, norms, strict=True)
    ], norm


@mistake(
    "clip_by_global_norm",
    hint="The gradients are brought to the limit even when they lie inside it. What should "
    "happen to small ones?",
)
def global_norm_always_rescales(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > 0 else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Small gradients are scaled up and large ones stay. Which of the two numbers should "
    "min or max choose?",
)
def global_norm_condition_inverted(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if 0 < norm < max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Clipped gradients come out with a joint norm of 1, whatever the limit. What should "
    "it be?",
)
def global_norm_to_unit(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = 1 / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="The norm is right, but you clip entry by entry. One factor for all arrays keeps the "
    "direction.",
)
def global_norm_by_value(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    return [np.clip(g, -max_norm, max_norm) for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Squares of entries near 1e200 are infinite, and squares near 1e-200 are zero. How "
    "can they be squared without leaving the range?",
)
def global_norm_overflows(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    norm = float(np.sqrt(sum((g**2).sum() for g in grads)))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Gradients of zero become NaN: zero divided by zero. They should stay zero.",
)
def global_norm_zero_gives_nan(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    length = min(norm, max_norm)
    return [np.divide(g, norm) * length for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Gradients of zero make you divide by zero. They should stay zero.",
)
def global_norm_zero_division(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = min(1.0, max_norm / norm)
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="You scale by the largest entry, but look for it without a thought for the sign: where "
    "all are negative it is the smallest one.",
)
def global_norm_scaled_by_signed_maximum(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    with np.errstate(over="ignore"):
        scale = abs(max([float(np.max(g)) for g in grads if g.size], default=0.0))
        if scale == 0:
            scale = 1.0
        norm = scale * float(np.sqrt(sum(np.sum((g / scale) ** 2) for g in grads)))
        return [np.array(g if norm <= max_norm else g / norm * max_norm) for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Gradients with a joint norm below 1 are never clipped here. It is max_norm that decides, "
    "however small it is.",
)
def global_norm_leaves_small_norms(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max(max_norm, 1.0) else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="You multiply by max_norm before you divide by the norm: of two large numbers the product "
    "overflows. Divide first.",
)
def global_norm_multiplies_first(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    if norm <= max_norm:
        return [g * 1.0 for g in grads], norm
    return [g * max_norm / norm for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="A list of a single array is always brought to max_norm, also from below. Clipping never "
    "makes a gradient larger.",
)
def global_norm_single_grows(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm or (norm > 0 and len(grads) == 1) else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Two arrays with the same norm count as one in your joint norm. A set holds equal numbers "
    "once.",
)
def global_norm_of_different_norms(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    tops = [np.max(np.abs(g), initial=0.0) for g in grads]
    norms = {t * np.linalg.norm(g / t) if t > 0 else 0.0 for g, t in zip(grads, tops, strict=True)}
    top = max(norms, default=0.0)
    norm = float(top * np.sqrt(sum((n / top) ** 2 for n in norms))) if top > 0 else 0.0
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="You make all arrays smaller by the size of the first one before you square. A later one "
    "may be far larger.",
)
def global_norm_scaled_by_first_array(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = next((t for g in grads if (t := np.max(np.abs(g), initial=0.0)) > 0), 0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Your joint norm leaves out what comes after an empty array. Go on with the next one.",
)
def global_norm_ends_at_empty(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    counted = []
    for g in grads:
        if g.size == 0:
            break
        counted.append(g)
    top = max((np.max(np.abs(g), initial=0.0) for g in counted), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in counted) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="A list of nothing but empty arrays fails. They have no largest entry; their norm is 0.",
)
def global_norm_fails_on_empty_arrays(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max(np.max(np.abs(g)) for g in grads if g.size) if grads else 0.0
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm
