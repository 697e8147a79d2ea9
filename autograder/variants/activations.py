"""Odd but right activations and derivatives: other formulas, loops, layouts and slopes at zero."""
# Odd code is the point of this file: style rules that such code breaks are off.
# ruff: noqa: B008, B905, C408, C417, C419, E731, F841, FURB136, N806, PERF401, PLC0415
# ruff: noqa: PLC2401, PLR0124, PLR0402, PLW2901, PT018, RUF001, RUF002, RUF059, RUF100
# ruff: noqa: SIM300, T201, UP042

import numpy as np

from autograder.engine.variants import variant


@variant("sigmoid", "sigmoid_grad", "tanh", "tanh_grad")
def logaddexp_forms():
    """Logarithms of σ(z) and σ(-z): algebra that reaches the tolerances by another way."""

    def sigmoid(z):
        return np.exp(-np.logaddexp(0, -z))

    def sigmoid_grad(z):
        return np.exp(-np.logaddexp(0, z) - np.logaddexp(0, -z))

    def tanh(z):
        return 2 * np.exp(-np.logaddexp(0.0, -2 * z)) - 1

    def tanh_grad(z):
        return 4 * np.exp(-np.logaddexp(0, 2 * z) - np.logaddexp(0, -2 * z))


@variant("sigmoid", "sigmoid_grad", "tanh", "tanh_grad")
def clipped_exponents():
    """The usual guard: plain formulas after a clip that doesn't show in float64."""

    def sigmoid(z):
        return 1 / (1 + np.exp(-np.clip(z, -500, 500)))

    def sigmoid_grad(z):
        e = np.exp(-np.clip(np.abs(z), 0, 500))
        return e / (1 + e) ** 2

    def tanh(z):
        z = np.clip(z, -300, 300)
        return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))

    def tanh_grad(z):
        return np.cosh(np.minimum(np.maximum(z, -350.0), 350.0)) ** -2.0


@variant("sigmoid", "relu", "leaky_relu", "elu", "elu_grad")
def piecewise_functions():
    """np.piecewise, which takes functions and writes into an array of its own."""

    def sigmoid(z):
        return np.piecewise(
            z,
            [z < 0, z >= 0],
            [lambda t: np.exp(t) / (1 + np.exp(t)), lambda t: 1 / (1 + np.exp(-t))],
        )

    def relu(z):
        return np.piecewise(z, [z > 0], [lambda t: t, 0.0])

    def leaky_relu(z, alpha=0.01):
        return np.piecewise(z, [z < 0], [lambda t, a: a * t, lambda t, a: t], alpha)

    def elu(z, alpha=1.0):
        return np.piecewise(z, [z < 0, z >= 0], [lambda t: alpha * np.expm1(t), lambda t: t])

    def elu_grad(z, alpha=1.0):
        return np.piecewise(z, [z <= 0], [lambda t: alpha * np.exp(t), 1.0])


@variant("relu", "relu_grad", "leaky_relu", "leaky_relu_grad", "prelu", "prelu_grad")
def selected_from_choices():
    """np.select and np.choose over whole arrays; at zero the mean of both slopes."""

    def relu(z):
        return np.select([z > 0, z <= 0], [z, np.zeros_like(z)])

    def relu_grad(z):
        return np.select([z < 0, z > 0], [0.0, 1.0], default=0.5)

    def leaky_relu(z, alpha=0.01):
        return np.choose((z < 0).astype(int), [z, alpha * z])

    def leaky_relu_grad(z, alpha=0.01):
        return np.choose(np.sign(z).astype(int) + 1, [alpha, (1.0 + alpha) / 2, 1.0])

    def prelu(z, alpha):
        return np.select([z >= 0], [z], default=alpha * np.minimum(z, 0))

    def prelu_grad(z, alpha):
        slopes = np.broadcast_to(alpha, z.shape)
        dz = np.select([z >= 0], [np.ones(z.shape)], slopes)
        return dz, np.select([z < 0], [z], 0.0)


@variant("relu_grad", "leaky_relu_grad", "prelu_grad", "elu_grad")
def slope_one_at_zero():
    """The right slope at zero."""

    def relu_grad(z):
        return np.where(z >= 0, 1.0, 0.0)

    def leaky_relu_grad(z, alpha=0.01):
        return np.where(z >= 0, 1.0, alpha)

    def prelu_grad(z, alpha):
        return np.where(z >= 0, 1.0, alpha), np.where(z >= 0, 0.0, z)

    def elu_grad(z, alpha=1.0):
        return np.where(z >= 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


@variant("relu_grad", "leaky_relu_grad", "prelu_grad", "elu_grad")
def lower_slope_at_zero():
    """The left slope at zero, by masks, by copying and by a ufunc's `where`."""

    def relu_grad(z):
        return (z > 0).astype(np.float64)

    def leaky_relu_grad(z, alpha=0.01):
        dz = np.ones_like(z)
        dz[z <= 0] = alpha
        return dz

    def prelu_grad(z, alpha):
        negative = z <= 0
        return 1.0 * ~negative + alpha * negative, z * negative

    def elu_grad(z, alpha=1.0):
        dz = np.array(np.exp(np.where(z > 0, 0.0, z)))
        np.multiply(dz, alpha, out=dz, where=z <= 0)
        return dz


@variant("relu", "relu_grad", "leaky_relu", "leaky_relu_grad")
def boolean_arithmetic():
    """Comparisons used as numbers, as in z * (z > 0)."""

    def relu(z):
        return z * (z > 0)

    def relu_grad(z):
        return 1.0 * (z > 0)

    def leaky_relu(z, alpha=0.01):
        return z * (z >= 0) + alpha * z * (z < 0)

    def leaky_relu_grad(z, alpha=0.01):
        return (z >= 0) + (z < 0) * float(alpha)


@variant("relu", "leaky_relu", "elu")
def copies_overwritten():
    """In-place work on own copies, which 0-d arrays allow as well."""

    def relu(z):
        a = z.copy()
        a[a < 0] = 0
        return a

    def leaky_relu(z, alpha=0.01):
        a = np.array(z, copy=True)
        a[a < 0] *= alpha
        return a

    def elu(z, alpha=1.0):
        a = np.copy(z)
        low = np.less(a, 0)
        np.putmask(a, low, alpha * np.expm1(np.where(low, a, 0)))
        return a


@variant("rrelu")
def rrelu_overwrites_a_copy():
    """In-place work on an own copy."""

    def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
        if not 0 <= lower <= upper:
            raise ValueError("0 <= lower <= upper must hold")
        slope = np.ones_like(z)
        low = z < 0
        slope[low] = rng.uniform(lower, upper, low.sum()) if training else (lower + upper) / 2
        a = z.copy()
        a[low] = a[low] * slope[low]
        return a, slope


@variant("sigmoid", "sigmoid_grad", "tanh", "tanh_grad", "relu", "leaky_relu", "elu")
def numpy_scalars_for_zero_dimensions():
    """An np.float64 instead of a 0-d array."""

    def sigmoid(z):
        e = np.exp(-np.abs(z))
        return np.where(z < 0, e, 1.0)[()] / (1 + e)

    def sigmoid_grad(z):
        s = sigmoid(z)
        return s * sigmoid(-z)

    def tanh(z):
        return np.asarray(np.tanh(z))[()]

    def tanh_grad(z):
        t = tanh(z)
        return (1 - t) * (1 + t)

    def relu(z):
        return np.where(z > 0, z, 0.0)[()]

    def leaky_relu(z, alpha=0.01):
        return np.where(z < 0, alpha * z, z)[()]

    def elu(z, alpha=1.0):
        return np.where(z < 0, alpha * (np.exp(np.minimum(z, 0)) - 1), z)[()]


@variant("sigmoid", "sigmoid_grad", "relu", "leaky_relu", "elu", "elu_grad")
def views_of_larger_arrays():
    """Strided results: every other entry, a field of a record, a real part, a reversed view."""

    def sigmoid(z):
        both = np.empty((*z.shape, 2))
        both[..., 0] = np.exp(-np.logaddexp(0, -z))
        both[..., 1] = 1 - both[..., 0]
        return both[..., 0]

    def sigmoid_grad(z):
        s = sigmoid(z)
        record = np.zeros(z.shape, dtype=[("value", float), ("slope", float)])
        record["value"] = s
        record["slope"] = s * (1 - s)
        return record["slope"]

    def relu(z):
        flipped = np.maximum(np.flip(z), 0)
        return np.flip(flipped)

    def leaky_relu(z, alpha=0.01):
        record = np.zeros(z.shape, dtype=[("up", "?"), ("a", "f8")])
        record["up"] = z >= 0
        record["a"] = np.where(record["up"], z, alpha * z)
        return record["a"]

    def elu(z, alpha=1.0):
        packed = np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))) + 1j * z
        return packed.real

    def elu_grad(z, alpha=1.0):
        table = np.stack([np.ones(z.shape), alpha * np.exp(np.minimum(z, 0)), np.abs(z)], axis=-1)
        return np.where(z > 0, table[..., 0], table[..., 1])


@variant("relu_grad", "leaky_relu_grad", "prelu_grad", "tanh_grad")
def read_only_and_broadcast_results():
    """Results that can't be written to, and 0-stride views."""

    def relu_grad(z):
        if np.all(z > 0):
            return np.broadcast_to(1.0, z.shape)
        if np.all(z < 0):
            return np.broadcast_to(0.0, z.shape)
        return np.where(z > 0, 1.0, 0.0)

    def leaky_relu_grad(z, alpha=0.01):
        dz = np.where(z > 0, 1.0, alpha)
        dz.flags.writeable = False
        return dz

    def prelu_grad(z, alpha):
        if (z >= 0).all():
            return np.broadcast_to(np.float64(1), z.shape), np.broadcast_to(np.zeros(()), z.shape)
        if (z < 0).all():
            return np.broadcast_to(np.asarray(alpha, float), z.shape), z.copy()
        return np.where(z < 0, alpha, 1.0), np.where(z < 0, z, 0.0)

    def tanh_grad(z):
        e = np.exp(-2 * np.abs(z))
        dz = np.asarray(4 * e / (1 + e) ** 2)
        dz.setflags(write=False)
        return dz


@variant("sigmoid_grad", "tanh_grad")
def complex_step_derivatives():
    """Derivatives by a complex step, right to the last digit."""

    def tanh_complex_step(z):
        h = 1e-20
        return np.tanh(np.clip(z, -300, 300) + 1j * h).imag / h

    def sigmoid_grad(z):
        return tanh_complex_step(z / 2) / 4

    def tanh_grad(z):
        return tanh_complex_step(z)


@variant("sigmoid", "sigmoid_grad", "prelu", "prelu_grad")
def error_state_blocks():
    """np.errstate: infinity comes and goes unseen."""

    def sigmoid(z):
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-z))

    def sigmoid_grad(z):
        with np.errstate(all="ignore"):
            s = np.reciprocal(1 + np.exp(-z))
        return s - s**2

    def prelu(z, alpha):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.where(z < 0, z * alpha, z)

    def prelu_grad(z, alpha):
        dz = np.ones_like(z)
        np.copyto(dz, alpha, where=z < 0)
        dalpha = np.zeros_like(z)
        np.copyto(dalpha, z, where=z < 0)
        return dz, dalpha


@variant("sigmoid", "tanh")
def error_state_set_at_import():
    """np.seterr for the whole process at import, and exceptions caught."""

    np.seterr(over="raise", divide="raise", invalid="raise")

    def sigmoid(z):
        try:
            return 1 / (1 + np.exp(-z))
        except FloatingPointError:
            return 1 / (1 + np.exp(-np.maximum(z, -700)))

    def tanh(z):
        p = np.exp(-2 * np.abs(z))
        return np.sign(z) * (1 - p) / (1 + p)


@variant("rrelu")
def rrelu_only_where_negative():
    """As few draws as are needed, in flat order."""

    def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
        if np.isnan(lower) or np.isnan(upper) or lower < 0 or upper < lower:
            raise ValueError("lower, upper")
        slope = np.ones(z.size)
        where = np.flatnonzero(z.ravel() < 0)
        if training:
            slope[where] = lower + (upper - lower) * rng.random(len(where))
        else:
            slope[where] = 0.5 * lower + 0.5 * upper
        slope = slope.reshape(z.shape)
        return np.multiply(z, slope), slope


@variant("rrelu")
def rrelu_with_array_bounds():
    """Bounds entry by entry, so that zero gets a drawn slope."""

    def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
        if not (lower >= 0 and upper >= lower):
            raise ValueError(f"need 0 <= {lower=} <= {upper=}")
        low = np.where(z > 0, 1.0, lower)
        high = np.where(z > 0, 1.0, upper)
        slope = np.asarray(rng.uniform(low, high) if training else (low + high) / 2)
        return slope * z, slope


@variant("rrelu")
def rrelu_with_lower_slope_at_zero():
    """The lower bound at zero, and draws from a generator that the given one seeds."""

    def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
        if not 0 <= lower <= upper:
            raise ValueError("0 <= lower <= upper must hold")
        if training:
            child = np.random.default_rng(int(rng.integers(2**62)))
            drawn = child.uniform(lower, upper, z.shape[::-1]).T
        else:
            drawn = np.full(z.shape, np.mean([lower, upper]))
        slope = np.select([z > 0, z == 0], [1.0, lower], drawn)
        return np.where(z > 0, z, slope * z), slope


@variant("elu", "elu_grad")
def elu_by_its_own_derivative():
    """One function calls the other: elu' = elu + α."""

    def elu(z, alpha=1.0):
        return np.where(z > 0, z, alpha * (np.exp(np.where(z > 0, 0, z)) - 1))

    def elu_grad(z, alpha=1.0):
        return np.where(z > 0, 1.0, elu(z, alpha) + alpha)


@variant("elu", "elu_grad")
def elu_by_ufunc_where():
    """The where and out arguments of ufuncs do the branching."""

    def elu(z, alpha=1.0):
        out = np.array(z, dtype=float)
        np.expm1(z, out=out, where=z < 0)
        np.multiply(out, alpha, out=out, where=z < 0)
        return out

    def elu_grad(z, alpha=1.0):
        out = np.ones_like(z)
        out = np.exp(z, out=out, where=np.less(z, 0))
        return np.multiply(out, alpha, out=out, where=z < 0)


@variant("sigmoid", "relu")
def busy_import():
    """An import that changes the folder, the path, the recursion limit and the printing."""
    import gc
    import os
    import sys

    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    sys.setrecursionlimit(5000)
    sys.path.insert(0, os.getcwd())
    np.set_printoptions(precision=2, suppress=True, threshold=5)
    gc.collect()
    try:
        import matplotlib

        matplotlib.use("Agg")
    except ImportError:
        matplotlib = None

    def sigmoid(z):
        return np.where(z < 0, np.exp(np.minimum(z, 0)), 1.0) / (1 + np.exp(-np.abs(z)))

    def relu(z):
        gc.collect(0)
        return np.maximum(z, 0)
