"""Clipping by the global norm: what is returned, the caller's arrays, and refused arguments."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "clip_by_global_norm",
    hint="You return the norm of the clipped gradients. Which of the two norms tells the "
    "caller whether something exploded?",
)
def global_norm_after_clipping(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], min(norm, float(max_norm))


@mistake(
    "clip_by_global_norm",
    hint="The gradients are clipped rightly, but the number beside them is the norm squared.",
)
def global_norm_returns_square(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm**2


@mistake(
    "clip_by_global_norm",
    hint="The gradients are clipped rightly, but beside them stands one norm per array.",
)
def global_norm_returns_norms(grads, max_norm):
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
    return [g * factor for g in grads], norms


@mistake("clip_by_global_norm", hint="Your norm is an array with one entry. A number is asked for.")
def global_norm_returns_array(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], np.array([norm])


@mistake(
    "clip_by_global_norm",
    hint="You return the gradients alone; the contract asks for the norm as well.",
)
def global_norm_not_returned(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads]


@mistake("clip_by_global_norm", hint="Gradients and norm are both there, but in the wrong order.")
def global_norm_returned_first(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return norm, [g * factor for g in grads]


@mistake("clip_by_global_norm", hint="The arrays come back in another order than they came.")
def global_norm_reversed(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in reversed(grads)], norm


@mistake(
    "clip_by_global_norm",
    hint="The arrays that were handed in are changed. Operators like *= write into the "
    "caller's memory.",
)
def global_norm_in_place(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    for g in grads:
        g *= factor
    return list(grads), norm


@mistake(
    "clip_by_global_norm",
    hint="When nothing is to be clipped you return the caller's own arrays. The contract asks "
    "for new arrays always.",
)
def global_norm_hands_back_given_arrays(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    if norm <= max_norm:
        return list(grads), norm
    factor = max_norm / norm
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="All gradients come back as one long vector. That is good for the norm, but each "
    "array should return in its own shape.",
)
def global_norm_flattens(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    joined = np.concatenate([g.ravel() for g in grads]) if grads else np.zeros(0)
    return [joined * factor], norm


@mistake(
    "clip_by_global_norm",
    hint="A 0-d array comes back with one axis. Its shape is (), and should stay so.",
)
def global_norm_0d_becomes_1d(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [np.atleast_1d(g) * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Your code asks for the length of every array. A 0-d array has none.",
)
def global_norm_len_of_0d(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads if len(g)), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="An empty array has no largest entry, so asking for it fails. Empty gradients are "
    "allowed; what do they add to the norm?",
)
def global_norm_max_of_empty(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.abs(g).max() for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="An empty list of gradients is allowed. What is the norm of nothing?",
)
def global_norm_of_nothing_fails(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max(np.max(np.abs(g), initial=0.0) for g in grads)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="For an empty list you return just a list. The result should be a pair, as always.",
)
def global_norm_of_nothing_not_returned(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    if not grads:
        return []
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="A limit that is not positive is accepted. The contract says how to refuse it.",
)
def global_norm_any_limit(grads, max_norm):
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake("clip_by_global_norm", hint="A limit of zero is accepted, but zero is not positive.")
def global_norm_limit_zero(grads, max_norm):
    if not max_norm >= 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="NaN is accepted as a limit. Every comparison with NaN is false: which way round does"
    " your test have to be?",
)
def global_norm_limit_nan(grads, max_norm):
    if max_norm <= 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="A whole number is refused as a limit. Any positive number should do.",
)
def global_norm_float_limit_only(grads, max_norm):
    if not isinstance(max_norm, float) or not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="A wrong limit raises another exception than the contract names. `assert` is for your"
    " own bugs, not for a caller's arguments.",
)
def global_norm_asserts(grads, max_norm):
    assert max_norm > 0
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="Gradients with NaN or infinity are accepted. The contract says how to refuse them.",
)
def global_norm_any_gradient(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake("clip_by_global_norm", hint="NaN is refused, infinity is not.")
def global_norm_infinity_accepted(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if any(np.isnan(g).any() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake("clip_by_global_norm", hint="Only the first array is searched for NaN and infinity.")
def global_norm_checks_first_array(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if grads and not np.isfinite(grads[0]).all():
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="For gradients of zeros no limit is refused. A wrong limit is wrong for any gradients.",
)
def global_norm_limit_unchecked_for_zeros(grads, max_norm):
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    largest = max([float(np.max(np.abs(g), initial=0.0)) for g in grads], default=0.0)
    if largest == 0:
        return [np.array(g) for g in grads], 0.0
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    norm = largest * float(np.sqrt(sum(np.sum((g / largest) ** 2) for g in grads)))
    return [np.array(g if norm <= max_norm else g / norm * max_norm) for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="A list of one array comes back as the bare array. A list goes in, and a list comes out.",
)
def global_norm_unpacks_single_array(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    largest = max([float(np.max(np.abs(g), initial=0.0)) for g in grads], default=0.0)
    squares = sum(np.sum((g / largest) ** 2) for g in grads) if largest > 0 else 0.0
    norm = largest * float(np.sqrt(squares))
    clipped = [np.array(g if norm <= max_norm else g / norm * max_norm) for g in grads]
    return clipped[0] if len(clipped) == 1 else clipped, norm


@mistake(
    "clip_by_global_norm",
    hint="NaN or infinity in the last array goes unnoticed. Look at every array.",
)
def global_norm_last_unchecked(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    if not all(np.isfinite(g).all() for g in grads[:-1] or grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


@mistake(
    "clip_by_global_norm",
    hint="NaN goes unnoticed among entries that are all within max_norm. Check before you look "
    "whether anything is to be clipped.",
)
def global_norm_checks_large_only(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    large = any(np.nanmax(np.abs(g), initial=0.0) > max_norm for g in grads)
    if large and not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    top = max((np.max(np.abs(g), initial=0.0) for g in grads), default=0.0)
    squares = sum(((g / top) ** 2).sum() for g in grads) if top > 0 else 0.0
    norm = float(top * np.sqrt(squares))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm
