"""Mistakes in `relu` and `relu_grad`."""

import numpy as np

from autograder.engine.mistakes import mistake

# ---- relu: the formula ----


@mistake(
    "relu",
    hint="You keep the negative part of z. A rectifier lets the positive part through.",
)
def relu_negative_part(z):
    return np.minimum(z, 0.0)


@mistake(
    "relu",
    hint="Negative entries come out with their sign turned round. A rectified unit is silent "
    "there.",
)
def relu_absolute_value(z):
    return np.abs(z)


@mistake(
    "relu",
    hint="Your unit stops growing at 6. That is the version for low-precision hardware.",
)
def relu_capped_at_six(z):
    return np.clip(z, 0.0, 6.0)


@mistake(
    "relu",
    hint="Your unit stops growing at 1. A rectifier isn't limited from above, "
    "which is why it doesn't saturate there.",
)
def relu_capped_at_one(z):
    return np.clip(z, 0.0, 1.0)


@mistake(
    "relu",
    hint="Negative entries leak through with a small slope. That is a function of its own here.",
)
def relu_leaks(z):
    return np.where(z > 0, z, 0.01 * z)


@mistake(
    "relu",
    hint="Your curve is smooth and positive everywhere: it is softplus. ReLU has a kink.",
)
def relu_softplus(z):
    return np.logaddexp(0.0, z)


@mistake(
    "relu",
    hint="You return which entries are positive, not their values.",
)
def relu_returns_slope(z):
    return np.where(z > 0, 1.0, 0.0)


# ---- relu: arrays and types ----


@mistake(
    "relu",
    hint="You take the largest entry of every column. "
    "NumPy has two functions of similar names; one compares entry by entry.",
)
def relu_max_for_maximum(z):
    return np.max(z, 0)


@mistake(
    "relu",
    hint="Python's `max` asks one question about the whole array, which has no single answer. "
    "Look for a function that compares entry by entry.",
)
def relu_python_max(z):
    return max(0, z)


@mistake(
    "relu",
    hint="You decide once for the whole array. Every entry has a sign of its own.",
)
def relu_decides_for_whole_array(z):
    if np.sum(z) > 0:
        return z.copy()
    return np.zeros_like(z)


@mistake(
    "relu",
    hint="You drop the negative entries, so the result is shorter than z. "
    "A silent unit still has an output.",
)
def relu_drops_negatives(z):
    return z[z > 0]


@mistake(
    "relu",
    hint="Your function changes the array that it is given. The caller still needs z, "
    "for the derivative for instance.",
)
def relu_in_place(z):
    z[z < 0] = 0.0
    return z


@mistake(
    "relu",
    hint="Digits after the point are lost whenever the first entry is negative: `np.vectorize` "
    "takes the type of the result from the first call.",
)
def relu_vectorize_takes_first_type(z):
    if z.size == 0:
        return z.copy()
    return np.vectorize(lambda value: value if value > 0 else 0)(z)


@mistake(
    "relu",
    hint="A 0-d array comes back with an axis. The result has exactly the shape of z.",
)
def relu_at_least_one_axis(z):
    return np.maximum(np.atleast_1d(z), 0.0)


@mistake(
    "relu",
    hint="Every call returns one and the same array: the next layer's values replace the last "
    "one's, which the backward pass still needs. Return a new array each time.",
)
def relu_into_one_array(z):
    kept = relu_into_one_array.__dict__  # what stays between calls
    return np.maximum(z, 0.0, out=kept.setdefault(str(z.shape), np.empty(z.shape)))


@mistake(
    "relu",
    hint="Your function only works where there are rows and columns: it indexes with two numbers. "
    "An elementwise function needs no loop.",
)
def relu_two_loops(z):
    out = np.zeros_like(z)
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            if z[i, j] > 0:
                out[i, j] = z[i, j]
    return out


@mistake(
    "relu",
    hint="Your values are whole numbers: the array that you fill has an integer type.",
)
def relu_integer_array(z):
    out = np.zeros(z.shape, dtype=int)
    out[z > 0] = z[z > 0]
    return out


@mistake(
    "relu",
    hint="Your values are single precision. The package computes in float64 throughout.",
)
def relu_float32(z):
    return np.maximum(z, 0.0).astype(np.float32)


@mistake(
    "relu",
    hint="A single entry comes back without its axes. The result has exactly the shape of z, also "
    "where that is (1, 1).",
)
def relu_one_entry_as_scalar(z):
    value = np.maximum(z, 0.0)
    return value.ravel()[0] if value.size == 1 else value


# ---- relu_grad: the formula ----


@mistake(
    "relu_grad",
    hint="You return the value of the function itself, not its slope.",
)
def relu_grad_returns_value(z):
    return np.maximum(z, 0.0)


@mistake(
    "relu_grad",
    hint="The slope is on the wrong side: for which z is ReLU flat?",
)
def relu_grad_wrong_side(z):
    return np.where(z < 0, 1.0, 0.0)


@mistake(
    "relu_grad",
    hint="Your slope is -1 for negative z. ReLU doesn't fall there; it is flat.",
)
def relu_grad_sign(z):
    return np.sign(z)


@mistake(
    "relu_grad",
    hint="Your slope is 1 everywhere. An activation of zero also passes the test that you make; "
    "look at z itself.",
)
def relu_grad_at_activation(z):
    return np.where(np.maximum(z, 0.0) >= 0, 1.0, 0.0)


@mistake(
    "relu_grad",
    hint="Your slope isn't zero for negative z. That is the leaky unit's.",
)
def relu_grad_leaks(z):
    return np.where(z > 0, 1.0, 0.01)


@mistake(
    "relu_grad",
    hint="Your slope changes smoothly from 0 to 1. It belongs to softplus; ReLU's slope jumps.",
)
def relu_grad_of_softplus(z):
    return 0.5 * (1 + np.tanh(z / 2))


@mistake(
    "relu_grad",
    hint="At z = 0 you divide zero by zero. The slope can be found without a division.",
)
def relu_grad_divides_by_z(z):
    return np.maximum(z, 0.0) / z


@mistake(
    "relu_grad",
    hint="Small positive z get a slope between 0 and 1. The slope only depends on the sign.",
)
def relu_grad_clipped_z(z):
    return np.clip(z, 0.0, 1.0)


@mistake(
    "relu_grad",
    hint="Your slope is 2 for positive z: two pieces that both hold there are added.",
)
def relu_grad_pieces_added(z):
    return 1.0 + np.sign(z)


# ---- relu_grad: arrays and types ----


@mistake(
    "relu_grad",
    hint="Your slopes are integers. `np.where` takes the type of the result from the two values "
    "that you give it; a gradient is a float64 array.",
)
def relu_grad_integers(z):
    return np.where(z > 0, 1, 0)


@mistake(
    "relu_grad",
    hint="You return truth values. A gradient is a float64 array; a difference of two truth "
    "values, for instance, isn't even defined in NumPy.",
)
def relu_grad_truth_values(z):
    return z > 0


@mistake(
    "relu_grad",
    hint="Your function changes the array that it is given. The caller still needs z.",
)
def relu_grad_in_place(z):
    z[z <= 0] = 0.0
    z[z > 0] = 1.0
    return z


@mistake(
    "relu_grad",
    hint="`if z > 0` asks one question about the whole array, which has no single answer. "
    "Compare entry by entry.",
)
def relu_grad_if_on_array(z):
    if z > 0:
        return 1.0
    return 0.0


@mistake(
    "relu_grad",
    hint="You decide once for the whole array. Every entry has a sign of its own.",
)
def relu_grad_decides_for_whole_array(z):
    return np.ones_like(z) if np.any(z > 0) else np.zeros_like(z)


@mistake(
    "relu_grad",
    hint="An empty array fails: `np.vectorize` calls your function once to learn the type of its "
    "result. A comparison of arrays works for any size.",
)
def relu_grad_vectorize(z):
    return np.vectorize(lambda value: 1.0 if value > 0 else 0.0)(z)


@mistake(
    "relu_grad",
    hint="Your result is one long row. An elementwise function keeps the shape of z.",
)
def relu_grad_flattened(z):
    return np.array([1.0 if value > 0 else 0.0 for value in z.flat])


@mistake(
    "relu_grad",
    hint="You return the Jacobian, most of which is zero. For an elementwise function only its "
    "diagonal is kept, in the shape of z.",
)
def relu_grad_jacobian(z):
    return np.diag(np.ravel(np.where(z > 0, 1.0, 0.0)))


@mistake(
    "relu_grad",
    hint="Your function moves zeros in the array that it is given. Decide what the slope is there, "
    "and leave z as it is.",
)
def relu_grad_moves_zeros(z):
    z[z == 0] = 1e-12
    return np.where(z > 0, 1.0, 0.0)


@mistake(
    "relu",
    hint="An array with four axes comes back with two: images are flattened. The result has the "
    "shape of z.",
)
def relu_flattens_images(z):
    rows = z.reshape(len(z), -1) if z.ndim > 3 else z
    return np.maximum(rows, 0.0)


@mistake(
    "relu",
    hint="You work in blocks, and what is left over after the last whole block stays zero.",
)
def relu_whole_blocks_only(z):
    flat, out = z.ravel(), np.zeros(z.size)
    if z.size < 1024:
        return np.maximum(z, 0.0)
    for start in range(0, z.size - 1023, 1024):
        out[start : start + 1024] = np.maximum(flat[start : start + 1024], 0.0)
    return out.reshape(z.shape)
