"""Clipping by norm: which norm, and which factor."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "clip_by_norm",
    hint="Your norm adds up absolute values. The L2 norm treats the entries otherwise before "
    "it adds them.",
)
def clip_norm_l1(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        norm = np.abs(g).sum()
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake("clip_by_norm", hint="Your norm is the largest entry. The L2 norm counts all of them.")
def clip_norm_largest_entry(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        norm = np.max(np.abs(g), initial=0.0)
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="You compare and divide by the squared norm. One step of the L2 norm is missing.",
)
def clip_norm_squared(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        norm = float(norm) ** 2
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="Your norm is an average over the entries, so it does not grow with their number. The"
    " L2 norm does.",
)
def clip_norm_root_mean_square(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.sqrt(np.mean((g / top) ** 2)) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="For a matrix, np.linalg.norm with ord=2 is the largest singular value. The L2 norm "
    "takes the entries as one long vector.",
)
def clip_norm_spectral(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top, 2 if g.ndim == 2 else None) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="np.linalg.norm with ord=2 means something else for matrices, and nothing for other "
    "shapes. The L2 norm takes the entries as one long vector.",
)
def clip_norm_order_two(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top, 2) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="You clip each row of a matrix on its own. All entries of an array share one norm.",
)
def clip_norm_per_row(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        axis = -1 if g.ndim > 1 else None
        top = np.max(np.abs(g), axis=axis, keepdims=True, initial=0.0)
        safe = np.where(top > 0, top, 1.0)
        norm = top * np.sqrt(np.sum((g / safe) ** 2, axis=axis, keepdims=True))
        factor = np.minimum(1.0, max_norm / np.where(norm > 0, norm, max_norm))
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="You clip each column of a matrix on its own. All entries of an array share one norm.",
)
def clip_norm_per_column(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        axis = 0 if g.ndim > 1 else None
        top = np.max(np.abs(g), axis=axis, keepdims=True, initial=0.0)
        safe = np.where(top > 0, top, 1.0)
        norm = top * np.sqrt(np.sum((g / safe) ** 2, axis=axis, keepdims=True))
        factor = np.minimum(1.0, max_norm / np.where(norm > 0, norm, max_norm))
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="You clip entry by entry. Clipping by norm shrinks the whole array and keeps its "
    "direction.",
)
def clip_norm_by_value(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g, -max_norm, max_norm) for g in grads]


@mistake(
    "clip_by_norm",
    hint="All arrays get one common factor here. In this function, each array is clipped on "
    "its own.",
)
def clip_norm_joint(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = top * np.sqrt(squares)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads]


@mistake(
    "clip_by_norm",
    hint="The norm of one array still contains those before it. Where does your sum start again?",
)
def clip_norm_accumulates(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    norm = 0.0
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = np.hypot(norm, top * np.linalg.norm(g / top) if top > 0 else 0.0)
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="Every array is brought to the limit, small ones too. What should happen to an array "
    "that lies inside it?",
)
def clip_norm_always_rescales(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > 0 else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="Small arrays are scaled up and large ones stay. Which of the two numbers should min "
    "or max choose?",
)
def clip_norm_condition_inverted(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if 0 < norm < max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="A clipped array comes out with norm 1, whatever the limit. What should its norm be?",
)
def clip_norm_to_unit(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = 1 / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake("clip_by_norm", hint="A large array gets even larger. Is your factor upside down?")
def clip_norm_factor_upside_down(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = norm / max_norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="You shrink an array only if one of its entries is beyond the limit. Many small "
    "entries make a large norm too.",
)
def clip_norm_checks_entries(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if top > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="What you add to the norm against division by zero is so large that it shows in the "
    "result.",
)
def clip_norm_large_eps(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = min(1.0, max_norm / (norm + 1e-2))
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="Squares of entries near 1e200 are infinite, and squares near 1e-200 are zero. How "
    "can an array be squared without leaving the range?",
)
def clip_norm_overflows(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        norm = np.sqrt((g**2).sum())
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="An array of zeros becomes NaN: zero divided by zero. Zero gradients should stay zero.",
)
def clip_norm_zero_gives_nan(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        length = min(norm, max_norm)
        clipped.append(np.divide(g, norm) * length)
    return clipped


@mistake(
    "clip_by_norm",
    hint="An array of zeros makes you divide by zero. Zero gradients should stay zero.",
)
def clip_norm_zero_division(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = min(1.0, max_norm / float(norm))
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="Your numbers are rounded to about seven digits: something is computed in float32. "
    "Keep float64.",
)
def clip_norm_float32(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append((g * factor).astype(np.float32))
    return clipped


@mistake(
    "clip_by_norm",
    hint="A norm that is a little above the limit is let through. Where does your comparison "
    "begin to clip?",
)
def clip_norm_one_percent_late(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    largest = [np.max(np.abs(g), initial=0.0) for g in grads]
    norms = [
        m * np.sqrt(np.sum((g / m) ** 2)) if m > 0 else 0.0
        for g, m in zip(grads, largest, strict=True)
    ]
    return [
        np.array(g if norm <= 1.01 * max_norm else g / norm * max_norm)
        for g, norm in zip(grads, norms, strict=True)
    ]


@mistake(
    "clip_by_norm",
    hint="Gradients with a norm below 1 are never clipped here. It is max_norm that decides, "
    "however small it is.",
)
def clip_norm_leaves_small_norms(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max(max_norm, 1.0) else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="You multiply by max_norm before you divide by the norm: of two large numbers the product "
    "overflows. Divide first.",
)
def clip_norm_multiplies_first(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        clipped.append(g * max_norm / norm if norm > max_norm else g * 1.0)
    return clipped


@mistake(
    "clip_by_norm",
    hint="A list of a single array is always brought to max_norm, also from below. Clipping never "
    "makes a gradient larger.",
)
def clip_norm_single_grows(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm or (norm > 0 and len(grads) == 1) else 1.0
        clipped.append(g * factor)
    return clipped
