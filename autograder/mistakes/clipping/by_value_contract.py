"""Clipping by value: shapes, containers, the caller's arrays, and refused arguments."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "clip_by_value",
    hint="The arrays that were handed in are changed. Make new ones: `out=` and boolean "
    "assignment write into the caller's memory.",
)
def clip_value_in_place(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    for g in grads:
        np.clip(g, -threshold, threshold, out=g)
    return list(grads)


@mistake(
    "clip_by_value",
    hint="Where nothing is to be clipped you return the caller's own array. The contract asks "
    "for new arrays always.",
)
def clip_value_hands_back_given_arrays(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [
        np.clip(g, -threshold, threshold) if (np.abs(g) > threshold).any() else g for g in grads
    ]


@mistake(
    "clip_by_value",
    hint="You return something that still has to be run through. The arrays should come back "
    "in a list.",
)
def clip_value_generator(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return (np.clip(g, -threshold, threshold) for g in grads)


@mistake(
    "clip_by_value",
    hint="You put all gradients into one array. That works only while all have the same shape,"
    " and a list is asked for.",
)
def clip_value_stacks(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return np.clip(np.array(grads), -threshold, threshold)


@mistake(
    "clip_by_value",
    hint="The arrays lose their shapes. Each should come back in the shape in which it came.",
)
def clip_value_flattens(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g.ravel(), -threshold, threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="A 0-d array comes back with one axis. Its shape is (), and should stay so.",
)
def clip_value_0d_becomes_1d(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(np.atleast_1d(g), -threshold, threshold) for g in grads]


@mistake("clip_by_value", hint="You walk over the first axis of each array. A 0-d array has none.")
def clip_value_iterates_rows(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [
        np.array([np.clip(row, -threshold, threshold) for row in g]).reshape(g.shape) for g in grads
    ]


@mistake(
    "clip_by_value",
    hint="Your loops need an array with two axes. Gradients come in all shapes; biases have "
    "one axis.",
)
def clip_value_matrices_only(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = [g.copy() for g in grads]
    for g in clipped:
        for i in range(g.shape[0]):
            for j in range(g.shape[1]):
                g[i, j] = min(max(g[i, j], -threshold), threshold)
    return clipped


@mistake(
    "clip_by_value",
    hint="Empty arrays disappear from your list. Each gradient must keep its place.",
)
def clip_value_drops_empty(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g, -threshold, threshold) for g in grads if g.size]


@mistake(
    "clip_by_value",
    hint="An empty array has no largest entry, so asking for it fails. Empty gradients are "
    "allowed.",
)
def clip_value_max_of_empty(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [
        np.clip(g, -threshold, threshold) if np.abs(g).max() > threshold else g.copy()
        for g in grads
    ]


@mistake(
    "clip_by_value",
    hint="An empty list of gradients is allowed; looking at its first element is not.",
)
def clip_value_needs_an_array(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    dtype = grads[0].dtype
    return [np.clip(g, -threshold, threshold).astype(dtype) for g in grads]


@mistake(
    "clip_by_value",
    hint="A limit that is not positive is accepted. The contract says how to refuse it.",
)
def clip_value_any_limit(grads, threshold):
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g, -threshold, threshold) for g in grads]


@mistake("clip_by_value", hint="A limit of zero is accepted, but zero is not positive.")
def clip_value_limit_zero(grads, threshold):
    if not threshold >= 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g, -threshold, threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="NaN is accepted as a limit. Every comparison with NaN is false: which way round does"
    " your test have to be?",
)
def clip_value_limit_nan(grads, threshold):
    if threshold <= 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g, -threshold, threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="A wrong limit raises another exception than the contract names. `assert` is for your"
    " own bugs, not for a caller's arguments.",
)
def clip_value_asserts(grads, threshold):
    assert threshold > 0
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g, -threshold, threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="Gradients with NaN or infinity are accepted. The contract says how to refuse them.",
)
def clip_value_any_gradient(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    return [np.clip(g, -threshold, threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="NaN is refused, infinity is not. Clipping would hide that the gradient has overflowed.",
)
def clip_value_infinity_accepted(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if any(np.isnan(g).any() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g, -threshold, threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="NaN and +infinity are refused. There is one more value that is not finite.",
)
def clip_value_minus_infinity_accepted(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if any((np.isnan(g) | (g == np.inf)).any() for g in grads):
        raise ValueError("grads must be finite")
    return [np.clip(g, -threshold, threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="You replace NaN and infinity by ordinary numbers. They should be reported, not repaired.",
)
def clip_value_repairs_gradients(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    grads = [np.nan_to_num(g) for g in grads]
    return [np.clip(g, -threshold, threshold) for g in grads]


@mistake(
    "clip_by_value",
    hint="Where all gradients have the same shape you return one big array. A list of arrays is "
    "asked for, always.",
)
def clip_value_stacks_equal_shapes(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = [np.array(np.clip(g, -threshold, threshold)) for g in grads]
    return np.stack(clipped) if clipped and len({g.shape for g in clipped}) == 1 else clipped


@mistake(
    "clip_by_value",
    hint="The new arrays take the old ones' places in the caller's list. Make a list of your own.",
)
def clip_value_into_given_list(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    for i, g in enumerate(grads):
        grads[i] = np.array(np.clip(g, -threshold, threshold))
    return grads


@mistake(
    "clip_by_value",
    hint="Infinity is refused as a limit. It is a positive float, and clips nothing.",
)
def clip_value_infinite_limit_refused(grads, threshold):
    if not np.isfinite(threshold):
        raise ValueError("threshold must be finite")
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    return [np.array(np.clip(g, -threshold, threshold)) for g in grads]


@mistake(
    "clip_by_value",
    hint="A list of one array comes back as the bare array. A list goes in, and a list comes out.",
)
def clip_value_unpacks_single_array(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads):
        raise ValueError("grads must be finite")
    clipped = [np.array(np.clip(g, -threshold, threshold)) for g in grads]
    return clipped[0] if len(clipped) == 1 else clipped


@mistake(
    "clip_by_value",
    hint="NaN or infinity in the last array goes unnoticed. Look at every array.",
)
def clip_value_last_unchecked(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g).all() for g in grads[:-1] or grads):
        raise ValueError("grads must be finite")
    return [np.clip(g, -threshold, threshold) + 0.0 for g in grads]


@mistake(
    "clip_by_value",
    hint="Finite entries whose sum overflows are taken for infinite ones. Check each entry, not "
    "their sum.",
)
def clip_value_checks_sum(grads, threshold):
    if not threshold > 0:
        raise ValueError("threshold must be positive")
    if not all(np.isfinite(g.sum()) for g in grads):
        raise ValueError("grads must be finite")
    return [np.asarray(np.clip(g, -threshold, threshold)) for g in grads]
