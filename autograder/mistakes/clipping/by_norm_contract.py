"""Clipping by norm: shapes, containers, the caller's arrays, and refused arguments."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "clip_by_norm",
    hint="The arrays that were handed in are changed. Operators like *= write into the "
    "caller's memory.",
)
def clip_norm_in_place(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        g *= factor
        clipped.append(g)
    return clipped


@mistake(
    "clip_by_norm",
    hint="Where nothing is to be clipped you return the caller's own array. The contract asks "
    "for new arrays always.",
)
def clip_norm_hands_back_given_arrays(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor if norm > max_norm else g)
    return clipped


@mistake("clip_by_norm", hint="The arrays should come back in a list.")
def clip_norm_tuple(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return tuple(clipped)


@mistake(
    "clip_by_norm",
    hint="You return more than the arrays. Only clip_by_global_norm hands a norm back.",
)
def clip_norm_returns_norms(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped, norms = [], []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        norms.append(norm)
        clipped.append(g * factor)
    return clipped, norms


@mistake(
    "clip_by_norm",
    hint="A 0-d array comes back with one axis. Its shape is (), and should stay so.",
)
def clip_norm_0d_becomes_1d(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(np.atleast_1d(g) * factor)
    return clipped


@mistake("clip_by_norm", hint="Your code asks for the length of every array. A 0-d array has none.")
def clip_norm_len_of_0d(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        if len(g) == 0:
            clipped.append(g.copy())
            continue
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="An empty array has no largest entry, so asking for it fails. Empty gradients are "
    "allowed; what is their norm?",
)
def clip_norm_max_of_empty(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.abs(g).max()
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="Empty arrays disappear from your list. Each gradient must keep its place.",
)
def clip_norm_drops_empty(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        if g.size == 0:
            continue
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="An empty list of gradients is allowed; looking at its first element is not.",
)
def clip_norm_needs_an_array(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    dtype = grads[0].dtype
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append((g * factor).astype(dtype))
    return clipped


@mistake(
    "clip_by_norm",
    hint="A limit that is not positive is accepted. The contract says how to refuse it.",
)
def clip_norm_any_limit(grads, max_norm):
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake("clip_by_norm", hint="A limit of zero is accepted, but zero is not positive.")
def clip_norm_limit_zero(grads, max_norm):
    if not max_norm >= 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="NaN is accepted as a limit. Every comparison with NaN is false: which way round does"
    " your test have to be?",
)
def clip_norm_limit_nan(grads, max_norm):
    if max_norm <= 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="A whole number is refused as a limit. Any positive number should do.",
)
def clip_norm_float_limit_only(grads, max_norm):
    if not isinstance(max_norm, float) or not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="With a wrong limit you quietly return the gradients. The contract says how to refuse it.",
)
def clip_norm_wrong_limit_gives_copies(grads, max_norm):
    if not max_norm > 0:
        return [g.copy() for g in grads]
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake("clip_by_norm", hint="A wrong limit raises another exception than the contract names.")
def clip_norm_raises_type_error(grads, max_norm):
    if not max_norm > 0:
        raise TypeError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="Gradients with NaN or infinity are accepted. The contract says how to refuse them.",
)
def clip_norm_any_gradient(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake("clip_by_norm", hint="NaN is refused, infinity is not.")
def clip_norm_infinity_accepted(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if any(np.isnan(g).any() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake("clip_by_norm", hint="Only the last array is searched for NaN and infinity.")
def clip_norm_checks_last_array(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if grads and not np.isfinite(grads[-1]).all():
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="Axes of length 1 get lost. Each array should come back in the shape in which it came.",
)
def clip_norm_squeezes(grads, max_norm):
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
        np.squeeze(g * 1.0 if norm <= max_norm else g / norm * max_norm)
        for g, norm in zip(grads, norms, strict=True)
    ]


@mistake(
    "clip_by_norm",
    hint="An array of zeros comes back as the caller's own. The contract asks for new arrays "
    "always.",
)
def clip_norm_hands_back_zeros(grads, max_norm):
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
        g if norm == 0 else np.array(g if norm <= max_norm else g / norm * max_norm)
        for g, norm in zip(grads, norms, strict=True)
    ]


@mistake(
    "clip_by_norm",
    hint="A list of one array comes back as the bare array. A list goes in, and a list comes out.",
)
def clip_norm_unpacks_single_array(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    largest = [np.max(np.abs(g), initial=0.0) for g in grads]
    norms = [
        m * np.sqrt(np.sum((g / m) ** 2)) if m > 0 else 0.0
        for g, m in zip(grads, largest, strict=True)
    ]
    clipped = [
        np.array(g if norm <= max_norm else g / norm * max_norm)
        for g, norm in zip(grads, norms, strict=True)
    ]
    return clipped[0] if len(clipped) == 1 else clipped


@mistake(
    "clip_by_norm",
    hint="NaN or infinity in the last array goes unnoticed. Look at every array.",
)
def clip_norm_last_unchecked(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads[:-1] or grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="NaN in an array with one axis goes unnoticed. Biases have gradients, too.",
)
def clip_norm_vectors_unchecked(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads if g.ndim != 1):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        factor = max_norm / norm if norm > max_norm else 1.0
        clipped.append(g * factor)
    return clipped


@mistake(
    "clip_by_norm",
    hint="You look at the first and the last entry of each array only. NaN may stand between them.",
)
def clip_norm_ends_checked(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g.flat[:1]).all() and np.isfinite(g.flat[-1:]).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = []
    for g in grads:
        top = np.max(np.abs(g), initial=0.0)
        norm = top * np.linalg.norm(g / top) if top > 0 else 0.0
        clipped.append(g * (max_norm / norm if norm > max_norm else 1.0))
    return clipped
