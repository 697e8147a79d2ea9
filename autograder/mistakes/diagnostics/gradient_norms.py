"""Diagnostics: the norm of each gradient."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake("gradient_norms", hint="Your norms are squared: one step of the L2 norm is missing.")
def norms_squared(grads):
    return np.array([np.sum(g**2) for g in grads])


@mistake(
    "gradient_norms",
    hint="Your norm is an average over the entries, so it does not grow with their number. The"
    " L2 norm does.",
)
def norms_root_mean_square(grads):
    return np.array([np.sqrt(np.mean(g**2)) if g.size else 0.0 for g in grads])


@mistake(
    "gradient_norms",
    hint="You average absolute values. That is a useful measure, but not the L2 norm.",
)
def norms_mean_absolute(grads):
    return np.array([np.abs(g).mean() if g.size else 0.0 for g in grads])


@mistake(
    "gradient_norms",
    hint="Your norm adds up absolute values. The L2 norm treats the entries otherwise before "
    "it adds them.",
)
def norms_l1(grads):
    return np.array([np.abs(g).sum() for g in grads])


@mistake("gradient_norms", hint="Your norm is the largest entry. The L2 norm counts all of them.")
def norms_largest_entry(grads):
    return np.array([np.max(np.abs(g), initial=0.0) for g in grads])


@mistake(
    "gradient_norms",
    hint="Entries of opposite sign cancel in your norm. What does the L2 norm do to the "
    "entries before it adds them?",
)
def norms_signed(grads):
    return np.array([abs(g.sum()) for g in grads])


@mistake(
    "gradient_norms",
    hint="For a matrix, np.linalg.norm with ord=2 is the largest singular value. The L2 norm "
    "takes the entries as one long vector.",
)
def norms_spectral(grads):
    return np.array([np.linalg.norm(g, 2 if g.ndim == 2 and g.size else None) for g in grads])


@mistake(
    "gradient_norms",
    hint="np.linalg.norm with ord='fro' takes matrices only. Which call serves arrays of any "
    "shape?",
)
def norms_frobenius_of_matrices_only(grads):
    return np.array([np.linalg.norm(g, "fro") for g in grads])


@mistake(
    "gradient_norms",
    hint="Your code needs an array with two axes. Gradients come in all shapes; biases have "
    "one axis.",
)
def norms_need_two_axes(grads):
    norms = []
    for g in grads:
        squares = [g[i, j] ** 2 for i in range(g.shape[0]) for j in range(g.shape[1])]
        norms.append(np.sqrt(sum(squares)))
    return np.array(norms)


@mistake(
    "gradient_norms",
    hint="Only matrices are counted. Each array in the list should have its norm.",
)
def norms_skip_vectors(grads):
    return np.array([np.linalg.norm(g) for g in grads if g.ndim > 1])


@mistake(
    "gradient_norms",
    hint="Empty arrays are left out, so the norms after them stand at the wrong place. What is"
    " the norm of an empty array?",
)
def norms_skip_empty(grads):
    return np.array([np.linalg.norm(g) for g in grads if g.size])


@mistake(
    "gradient_norms",
    hint="An empty array has no largest entry, so asking for it fails. What is the norm of an "
    "empty array?",
)
def norms_max_of_empty(grads):
    norms = []
    for g in grads:
        top = np.abs(g).max()
        norms.append(top * np.linalg.norm(g / top) if top > 0 else 0.0)
    return np.array(norms)


@mistake("gradient_norms", hint="You walk over the first axis of each array. A 0-d array has none.")
def norms_len_of_0d(grads):
    return np.array([np.sqrt(sum(np.sum(row**2) for row in g)) for g in grads])


@mistake(
    "gradient_norms",
    hint="You put all gradients into one array first. That works only while all have the same "
    "shape.",
)
def norms_stack(grads):
    stacked = np.array(grads)
    return np.sqrt((stacked.reshape(len(grads), -1) ** 2).sum(axis=1))


@mistake(
    "gradient_norms",
    hint="You return one norm for all arrays together. Here each array should have its own.",
)
def norms_joint(grads):
    return np.sqrt(sum(np.linalg.norm(g) ** 2 for g in grads))


@mistake(
    "gradient_norms",
    hint="The norm of one array still contains those before it. Where does your sum start again?",
)
def norms_cumulative(grads):
    total = 0.0
    norms = []
    for g in grads:
        total += np.sum(g**2)
        norms.append(np.sqrt(total))
    return np.array(norms)


@mistake("gradient_norms", hint="The norms come in another order than the arrays.")
def norms_reversed(grads):
    return np.array([np.linalg.norm(g) for g in reversed(grads)])


@mistake(
    "gradient_norms",
    hint="You divide by the norm of the last array. `diagnose` does that later; here the norms"
    " themselves are asked for.",
)
def norms_relative_to_last(grads):
    norms = np.array([np.linalg.norm(g) for g in grads])
    return norms / norms[-1] if len(norms) and norms[-1] > 0 else norms


@mistake("gradient_norms", hint="The norms should come in a NumPy array.")
def norms_list(grads):
    return [float(np.linalg.norm(g)) for g in grads]


@mistake(
    "gradient_norms",
    hint="Your array has two axes. It should have one, with an entry per array.",
)
def norms_column(grads):
    return np.array([[np.linalg.norm(g)] for g in grads])


@mistake(
    "gradient_norms",
    hint="Your numbers are rounded to about seven digits: something is computed in float32. "
    "Keep float64.",
)
def norms_float32(grads):
    return np.array([np.linalg.norm(g) for g in grads], dtype=np.float32)


@mistake(
    "gradient_norms",
    hint="An empty list of gradients is allowed. What is the shape of your array then?",
)
def norms_of_nothing_fail(grads):
    return np.stack([np.linalg.norm(g) for g in grads])


@mistake(
    "gradient_norms",
    hint="The gradients that were handed in are changed. Operators like *= write into the "
    "caller's memory.",
)
def norms_square_in_place(grads):
    norms = []
    for g in grads:
        g *= g
        norms.append(np.sqrt(g.sum()))
    return np.array(norms)


@mistake(
    "gradient_norms",
    hint="An array of zeros becomes NaN: zero divided by zero. What is its norm?",
)
def norms_zero_gives_nan(grads):
    norms = []
    for g in grads:
        largest = np.max(np.abs(g), initial=0.0)
        norms.append(largest * np.sqrt(np.sum((g / largest) ** 2)))
    return np.array(norms)


@mistake(
    "gradient_norms",
    hint="A gradient of zeros has norm 0. What do you add, and what for?",
)
def norms_never_zero(grads):
    return np.array([max(float(np.sqrt(np.sum(g**2))), 1e-12) for g in grads])


@mistake(
    "gradient_norms",
    hint="You round the norms. Of gradients that vanish nothing is left.",
)
def norms_rounded(grads):
    return np.array([np.round(np.sqrt(np.sum(g**2)), 12) for g in grads])
