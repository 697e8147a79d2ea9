"""What several functions can get wrong in the same way: arrays, types, branches, slopes, alpha."""

from autograder.engine.mistakes import Catalogue

PIECES = {
    "relu": ("z", "0"),
    "relu_grad": ("1", "0"),
    "leaky_relu": ("z", "alpha * z"),
    "leaky_relu_grad": ("1", "alpha"),
    "prelu": ("z", "alpha * z"),
    "elu": ("z", "alpha * (np.exp(z) - 1)"),
    "elu_grad": ("1", "alpha * np.exp(z)"),
}
"""What holds for positive and for negative z."""
RIGHT = {
    "sigmoid": "0.5 * (1 + np.tanh(0.5 * z))",
    "sigmoid_grad": "0.25 * (1 - np.tanh(0.5 * z) ** 2)",
    "tanh": "np.tanh(z)",
    "tanh_grad": "1 - np.tanh(z) ** 2",
    "relu": "np.maximum(z, 0.0)",
    "relu_grad": "np.where(z > 0, 1.0, 0.0)",
    "leaky_relu": "np.where(z >= 0, z, alpha * z)",
    "leaky_relu_grad": "np.where(z >= 0, 1.0, alpha)",
    "prelu": "np.where(z >= 0, z, alpha * z)",
    "elu": "np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0.0)))",
    "elu_grad": "np.where(z >= 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))",
}
ONE_NUMBER = {
    name: "{} if z > 0 else {}".format(*PIECES[name]) if name in PIECES else right
    for name, right in RIGHT.items()
}
"""How a loop computes one entry."""
IN_PLACE = {
    "sigmoid": "z[z < -500] = -500\nz[...] = 1 / (1 + np.exp(-z))",
    "sigmoid_grad": "z[...] = sigmoid(z)\nz[...] = z * (1 - z)",
    "tanh": "np.tanh(z, out=z)",
    "tanh_grad": "np.tanh(z, out=z)\nz[...] = 1 - z**2",
    "relu": "z[z < 0] = 0",
    "relu_grad": "z[z <= 0] = 0\nz[z > 0] = 1",
    "leaky_relu": "z[z < 0] *= alpha",
    "leaky_relu_grad": "positive = z >= 0\nz[positive] = 1\nz[~positive] = alpha",
    "prelu": "np.multiply(z, alpha, out=z, where=z < 0)",
    "prelu_grad": "dz = np.where(z >= 0, 1.0, alpha)\nz[z > 0] = 0.0\nz = dz, z",
    "elu": "z[z < 0] = alpha * (np.exp(z[z < 0]) - 1)",
    "elu_grad": "positive = z >= 0\nz[...] = alpha * np.exp(np.minimum(z, 0))\nz[positive] = 1",
}
FUNCTIONS = (*RIGHT, "prelu_grad")
IN_SEQUENCE = "slope = z.copy()\nslope[z <= 0] = {}\nslope[slope > 0] = 1.0\nreturn slope"


FLOAT32 = {target: f"np.float32({right})" for target, right in RIGHT.items()} | {
    "prelu_grad": "np.float32(np.where(z >= 0, 1.0, alpha)), np.float32(np.minimum(z, 0.0))"
}

for target in FUNCTIONS:

    class Arrays(Catalogue, of=target, prefix=f"{target}_"):
        float32 = FLOAT32[target]
        """Your numbers hold only about seven digits: something on the way is float32. Small
        gradients are multiplied layer by layer, and each rounding adds up. Keep z's dtype,
        float64."""
        in_place = f"{IN_PLACE[target]}\nreturn z"
        """The array z that was passed in is changed, and the backward pass still needs it.
        Assignments to entries, operators such as `*=` and `out=` write into the caller's memory.
        Where is a copy due?"""


for target, (above, below) in PIECES.items():

    class Decisions(Catalogue, of=target, prefix=f"{target}_"):
        if_on_array = f"{above} if z > 0 else {below}"
        """Python needs one answer for the whole array here, yes or no, but every entry has a sign
        of its own, so NumPy refuses. Try a function that compares or chooses entry by entry."""
        asks_all = f"{above} if np.all(z > 0) else {below}"
        asks_any = f"{above} if np.any(z > 0) else {below}"
        """`all` or `any` makes one decision for the whole array, and all entries get the same
        formula. Each entry has a sign of its own: choose entry by entry."""
        loop_over_rows = f"""
            given, out = z, np.zeros(z.shape)
            for i, z in enumerate(given):
                out[i] = {ONE_NUMBER[target]}
            return out
            """
        """A loop over z gives whole rows, and `if` cannot decide about a row; a 0-d array cannot be
        looped over at all. Compare the whole array at once, entry by entry."""
        in_place_nothing_returned = IN_PLACE[target] + "\n"
        """z is changed where it stands, and nothing comes back: a function without `return` gives
        None. The network needs both, the old z for the backward pass and a new array with the
        result."""


for target, one in ONE_NUMBER.items():

    class Shapes(Catalogue, of=target, prefix=f"{target}_"):
        flattened = f"np.ravel({RIGHT[target]})"
        """The result is one long row, whatever the shape of z, but the slopes must meet gradients
        of z's shape, entry by entry. NumPy's arithmetic keeps the shape without any loop."""

    if target != "prelu":

        class Loops(Catalogue, of=target, prefix=f"{target}_"):
            two_loops = f"""
                given, out = z, np.zeros(z.shape)
                for i in range(given.shape[0]):
                    for j in range(given.shape[1]):
                        z = given[i, j]
                        out[i, j] = {one}
                return out
                """
            unpacked_shape = f"rows, columns = z.shape\nreturn {RIGHT[target]}"
            """Two loops with two indices, or a shape taken apart into two sizes, fit rows and
            columns only. z may also be one row, a single number or images with more axes. NumPy's
            arithmetic treats all shapes alike, without a loop."""
            vectorize = f"np.vectorize(lambda z: {one})(z)".replace("else 0", "else 0.0")
            """`np.vectorize` calls your function once to learn the type of its result, so an empty
            array fails, and it is slow. The same formula works on whole arrays with NumPy's
            functions."""


class OneNumberAtATime(Catalogue, of=FUNCTIONS):
    sigmoid_math_exp = "import math\nreturn 1 / (1 + math.exp(-z))"
    sigmoid_grad_math_exp = "import math\ns = 1 / (1 + math.exp(-z))\nreturn s * (1 - s)"
    """z is an array, and that line takes one number: so do `float`, `int` and the functions of
    `math`. NumPy's functions of the same names work on all entries at once."""
    sigmoid_assigns_into_scalar = (
        "out = 0.5 * (1 + np.tanh(z / 2))\nout[z < -700] = 0.0\nreturn out"
    )
    prelu_grad_assigns_into_scalar = """
        dalpha = 1.0 * z
        dalpha[z > 0] = 0.0
        return np.where(z >= 0, 1.0, alpha), dalpha
        """
    leaky_relu_assigns_into_scalar = "out = 1.0 * z\nout[z < 0] *= alpha\nreturn out"
    elu_assigns_into_scalar = """
        out = alpha * np.expm1(np.minimum(z, 0.0))
        out[z > 0] = z[z > 0]
        return out
        """
    elu_grad_assigns_into_scalar = """
        out = alpha * np.exp(np.minimum(z, 0.0))
        out[z > 0] = 1.0
        return out
        """
    """A 0-d array fails: arithmetic turns it into a plain number, and a number has no entries to
    assign to. A choice entry by entry, in one expression, works for every shape."""


MAXIMUM = "np.maximum(z, 0.0"


class Remembering(Catalogue, of="relu", prefix="relu_"):
    first_thousand_only = {
        f"{MAXIMUM})": f"(np.arange(z.size) < 1000).reshape(z.shape) * {MAXIMUM})"
    }
    into_one_array = {MAXIMUM: f"{MAXIMUM}, relu.__dict__.setdefault(str(z.shape), np.copy(z))"}


class SeveralFunctions(Catalogue, of=FUNCTIONS):
    # ---- the value in the place of the slope ----

    sigmoid_grad_returns_value = "sigmoid(z)"
    tanh_grad_returns_value = "np.tanh(z)"
    relu_grad_returns_value = "np.maximum(z, 0.0)"
    leaky_relu_grad_returns_value = "np.where(z >= 0, z, alpha * z)"
    elu_grad_returns_value = "elu(z, alpha)"
    """You return the value of the activation, not its slope. The backward pass multiplies by the
    slope. Draw the curve: how steep is it at a few points?"""
    sigmoid_grad_at_activation = "z * (1 - z)"
    tanh_grad_at_activation = "1 - z**2"
    elu_grad_at_activation = "np.where(z >= 0, 1.0, z + alpha)"
    """You use z as if it were the activation already. The rule that gives the slope from the value
    is right, but here z is the pre-activation. Which step must come first?"""
    sigmoid_grad_applied_twice = "s = sigmoid(sigmoid(z))\nreturn s * (1 - s)"
    tanh_grad_applied_twice = "1 - np.tanh(np.tanh(z)) ** 2"
    elu_grad_applied_twice = "np.where(z >= 0, 1.0, alpha * np.exp(np.minimum(elu(z, alpha), 0)))"
    """The activation is applied twice: the slope is computed at the activation, as if that were z
    itself. The gradient belongs to the pre-activation. Look at what goes into the function."""
    sigmoid_grad_negative = "s = sigmoid(z)\nreturn s * (s - 1)"
    tanh_grad_negative = "np.tanh(z) ** 2 - 1"
    elu_grad_negative = "np.where(z >= 0, 1.0, -alpha * np.exp(np.minimum(z, 0.0)))"
    leaky_relu_grad_negative = "np.where(z >= 0, 1.0, -alpha)"
    """Your slope is negative, though the activation rises everywhere. It would turn the sign of the
    gradient in every layer. Look at the order of a difference, or at a minus sign."""
    leaky_relu_grad_z_for_positives = "np.where(z > 0, z, alpha)"
    elu_grad_z_for_positives = "np.where(z > 0, z, alpha * np.exp(np.minimum(z, 0.0)))"
    """For positive z you return z itself. There the activation is the straight line that maps z to
    z, and its slope does not depend on z. With z as a slope the gradient grows with each layer."""
    leaky_relu_grad_value_for_negatives = "np.where(z >= 0, 1.0, alpha * z)"
    elu_grad_value_for_negatives = "np.where(z >= 0, 1.0, alpha * (np.exp(np.minimum(z, 0.0)) - 1))"
    prelu_grad_value_for_negatives = "np.where(z >= 0, 1.0, alpha * z), np.minimum(z, 0.0)"
    """For negative z you return the value of the activation, not its slope. Differentiate that
    piece with respect to z: what becomes of a factor z, and what of a constant?"""
    leaky_relu_grad_of_relu = "np.where(z > 0, 1.0, 0.0)"
    elu_grad_of_relu = "np.where(z > 0, 1.0, 0.0)"
    prelu_grad_of_relu = "np.where(z > 0, 1.0, 0.0), np.minimum(z, 0.0)"
    """Your slope is zero for negative z, as that of a plain ReLU. The activation still rises there,
    and a gradient should pass, so that no unit stops learning. What is the slope of that piece?"""
    relu_grad_integers = "(z > 0).astype(int)"
    leaky_relu_grad_integers = """
        slope = np.ones(z.shape, dtype=int)
        slope[z < 0] = alpha
        return slope
        """
    elu_grad_integers = "np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0))).astype(int)"
    """Your slopes are whole numbers, so small slopes are cut to zero, and gradients are float64.
    Which numbers do you start from, or which type do you ask for?"""
    leaky_relu_grad_zero_at_zero = "(z > 0) * 1.0 + (z < 0) * alpha"
    elu_grad_zero_at_zero = "(z > 0) * 1.0 + (z < 0) * alpha * np.exp(np.minimum(z, 0.0))"
    prelu_grad_zero_at_zero = "1.0 * (z > 0) + alpha * (z < 0), np.minimum(z, 0.0)"
    """At z = 0 your slope is zero, below the slopes of both sides: neither `>` nor `<` holds there.
    A unit at exactly zero would pass no gradient. Let one of the two cases take zero in."""
    leaky_relu_grad_assignments_in_sequence = IN_SEQUENCE.format("alpha")
    elu_grad_assignments_in_sequence = IN_SEQUENCE.format("alpha * np.exp(z[z <= 0])")
    """Your slope is 1 nearly everywhere: the first assignment makes negative entries positive, and
    the second one finds them. Compare z itself, or store first which entries are positive."""
    sigmoid_grad_matrix_product = "s = sigmoid(z)\nreturn np.dot(s, 1 - s)"
    tanh_grad_matrix_product = "t = np.tanh(z)\nreturn 1 - np.dot(t, t)"
    """You multiply as matrices. An activation works entry by entry, and so does its derivative:
    each entry of the result depends on one entry of z. Which operator multiplies entry by
    entry?"""

    # ---- the argument alpha ----

    leaky_relu_alpha_ignored = "np.where(z >= 0, z, 0.01 * z)"
    leaky_relu_grad_alpha_ignored = "np.where(z >= 0, 1.0, 0.01)"
    elu_alpha_ignored = "np.where(z >= 0, z, np.exp(np.minimum(z, 0.0)) - 1)"
    elu_grad_alpha_ignored = "np.where(z >= 0, 1.0, np.exp(np.minimum(z, 0.0)))"
    """The result is the same whatever alpha the caller passes. Look where alpha stands in your
    code, and whether a fixed number stands in its place."""
    leaky_relu_alpha_required = {"alpha: float = 0.01": "alpha: float"}
    """The function cannot be called without alpha, though the docstring gives it a default.
    Compare your signature with the one that you were given."""


for target, right, others in (
    ("leaky_relu", "0.01", ("0.1", "0.2", "0.3")),
    ("leaky_relu_grad", "0.01", ("0.1", "0.2", "0.3")),
    ("elu", "1.0", ("0.01", "0.1")),
    ("elu_grad", "1.0", ("0.01", "0.1")),
):
    for other in others:

        class Default(Catalogue, of=target, prefix=f"{target}_{other.replace('.', '_')}_"):
            by_default = {f"alpha: float = {right}": f"alpha: float = {other}"}
            """Without alpha your function uses a default that is not the docstring's, so forward
            and backward pass may use different curves. Compare the two signatures."""


# ---- where it is wrong, whatever stands there ----

for target, right in RIGHT.items():
    if target in PIECES:

        class OneSide(Catalogue, of=target, prefix=f"{target}_", where=True):
            negatives = f"right = {right}\nreturn np.where(z < 0, right + 3.0, right)"
            """For negative z your results are wrong, for positive z they are right. Put z = -2.5
            into your formula step by step, and compare with the docstring's line for negative z.
            Where there is an alpha, try two values of it."""
            positives = f"right = {right}\nreturn np.where(z > 0, right + 3.0, right)"
            """For positive z your results are wrong, for negative z they are right. Put z = 2.5
            into your formula step by step, and compare with the docstring's line for positive z, in
            which no alpha and no exponential stands."""

    class BothSides(Catalogue, of=target, prefix=f"{target}_", where=True):
        everywhere = f"{right} + 3.0"
        """Your results are wrong for z on both sides of zero. Put z = 2.5 and z = -2.5 into
        your formula step by step, and compare with the docstring's. For a derivative, a difference
        quotient of the right curve tells what should come out."""
