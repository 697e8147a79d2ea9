"""Odd but right activations and derivatives: other formulas, loops, layouts and slopes at zero."""
# Odd code is the point of this file: style rules that such code breaks are off.
# ruff: noqa: B008, B905, C408, C417, C419, E731, F841, FURB136, N806, PERF401, PLC0415
# ruff: noqa: PLC2401, PLR0124, PLR0402, PLW2901, PT018, RUF001, RUF002, RUF059, RUF100
# ruff: noqa: SIM300, T201, UP042

import numpy as np

from autograder.engine.variants import variant


@variant("sigmoid", "sigmoid_grad", "tanh", "tanh_grad")
def logaddexp_forms():
    """Everything through logaddexp: the logarithms of σ(z) and σ(-z)."""

    def sigmoid(z):
        return np.exp(-np.logaddexp(0, -z))

    def sigmoid_grad(z):
        return np.exp(-np.logaddexp(0, z) - np.logaddexp(0, -z))

    def tanh(z):
        return 2 * np.exp(-np.logaddexp(0.0, -2 * z)) - 1

    def tanh_grad(z):
        return 4 * np.exp(-np.logaddexp(0, 2 * z) - np.logaddexp(0, -2 * z))


@variant("sigmoid", "sigmoid_grad")
def sigmoid_by_tanh():
    """σ(z) = (1 + tanh(z/2)) / 2 and σ'(z) = (1 - tanh²(z/2)) / 4."""

    def sigmoid(z):
        return 0.5 * (np.tanh(0.5 * z) + 1)

    def sigmoid_grad(z):
        return 0.25 * (1 - np.tanh(0.5 * z) ** 2)


@variant("sigmoid", "sigmoid_grad", "tanh", "tanh_grad")
def clipped_exponents():
    """The plain formulas after a clip that doesn't show in float64."""

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


@variant("sigmoid", "tanh")
def masked_halves():
    """Two formulas, each on its own boolean mask of an empty array."""

    def sigmoid(z):
        out = np.empty_like(z, dtype=float)
        up = z >= 0
        out[up] = 1 / (1 + np.exp(-z[up]))
        e = np.exp(z[~up])
        out[~up] = e / (1 + e)
        return out

    def tanh(z):
        out = np.zeros(np.shape(z))
        e = np.exp(-2 * z[z > 0])
        out[z > 0] = (1 - e) / (1 + e)
        e = np.exp(2 * z[z < 0])
        out[z < 0] = (e - 1) / (e + 1)
        return out


@variant("sigmoid", "relu", "leaky_relu", "elu", "elu_grad")
def piecewise_functions():
    """np.piecewise with lists of lambdas."""

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
    """np.select and np.choose over whole arrays of candidates."""

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


@variant("relu_grad", "leaky_relu_grad", "prelu_grad")
def heaviside_slopes():
    """np.heaviside with one half, the mean slope, or one, at zero."""

    def relu_grad(z):
        return np.heaviside(z, 0.5)

    def leaky_relu_grad(z, alpha=0.01):
        return alpha + (1 - alpha) * np.heaviside(z, 0.5)

    def prelu_grad(z, alpha):
        up = np.heaviside(z, 1.0)
        return up + alpha * (1 - up), z * (1 - up)


@variant("relu_grad", "leaky_relu_grad", "prelu_grad", "elu_grad")
def slope_one_at_zero():
    """z >= 0 counts as the positive side."""

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
    """z = 0 counts as the negative side."""

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


@variant("relu", "leaky_relu")
def half_sum_with_the_magnitude():
    """max(0, z) = (z + abs(z)) / 2, and the same trick for the leaky form."""

    def relu(z):
        return (z + np.abs(z)) / 2

    def leaky_relu(z, alpha=0.01):
        return (1 + alpha) / 2 * z + (1 - alpha) / 2 * np.abs(z)


@variant("relu", "relu_grad", "leaky_relu", "leaky_relu_grad")
def boolean_arithmetic():
    """Comparisons used as numbers."""

    def relu(z):
        return z * (z > 0)

    def relu_grad(z):
        return 1.0 * (z > 0)

    def leaky_relu(z, alpha=0.01):
        return z * (z >= 0) + alpha * z * (z < 0)

    def leaky_relu_grad(z, alpha=0.01):
        return (z >= 0) + (z < 0) * float(alpha)


@variant("relu", "leaky_relu", "prelu", "elu")
def maximum_plus_minimum():
    """The positive part plus a function of the negative part."""

    def relu(z):
        return -np.minimum(-z, 0.0)

    def leaky_relu(z, alpha=0.01):
        return np.maximum(z, alpha * z)

    def prelu(z, alpha):
        return np.maximum(z, 0) + alpha * np.minimum(z, 0)

    def elu(z, alpha=1.0):
        return np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0))


@variant("relu", "leaky_relu", "elu", "rrelu")
def copies_overwritten():
    """A copy whose negative entries are overwritten; 0-d arrays work as well."""

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

    def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
        if not 0 <= lower <= upper:
            raise ValueError("0 <= lower <= upper must hold")
        slope = np.ones_like(z)
        low = z < 0
        slope[low] = rng.uniform(lower, upper, low.sum()) if training else (lower + upper) / 2
        a = z.copy()
        a[low] = a[low] * slope[low]
        return a, slope


@variant("relu", "relu_grad")
def clip_sign_and_fmax():
    """np.clip with an open end, and signs squeezed into 0 and 1."""

    def relu(z):
        return np.clip(z, 0, None)

    def relu_grad(z):
        return np.fmax(np.sign(z), 0)


@variant("relu", "tanh")
def stacked_and_reduced():
    """Extra axes: the larger of a pair by max, by sort, and a sign put back by copysign."""

    def relu(z):
        return np.sort(np.stack([np.zeros_like(z), z]), axis=0)[1, ...]

    def tanh(z):
        magnitude = -np.expm1(-2 * np.abs(z)) / (1 + np.exp(-2 * np.abs(z)))
        return np.copysign(magnitude, z)


@variant("sigmoid", "sigmoid_grad", "tanh_grad")
def ndenumerate_loops():
    """Pure Python over np.ndenumerate, with the math module."""
    import math

    def sigmoid(z):
        out = np.zeros(z.shape)
        for index, value in np.ndenumerate(z):
            if value >= 0:
                out[index] = 1 / (1 + math.exp(-value))
            else:
                out[index] = math.exp(value) / (1 + math.exp(value))
        return out

    def sigmoid_grad(z):
        s = sigmoid(z)
        for index in np.ndindex(*z.shape):
            s[index] = s[index] - s[index] ** 2
        return s

    def tanh_grad(z):
        out = np.ones(z.shape)
        for index, value in np.ndenumerate(z):
            out[index] -= math.pow(math.tanh(value), 2)
        return out


@variant("tanh", "relu", "leaky_relu", "elu", "elu_grad")
def vectorize_with_math():
    """np.vectorize over scalar functions, with the output type told."""
    import math

    tanh = np.vectorize(math.tanh, otypes=[float])
    relu = np.vectorize(lambda v: v if v > 0 else 0.0, otypes=[np.float64])

    @np.vectorize
    def leaky_scalar(v, alpha):
        return float(v) if v > 0 else float(alpha * v)

    leaky_scalar.otypes = "d"

    def leaky_relu(z, alpha=0.01):
        return leaky_scalar(z, alpha)

    def elu(z, alpha=1.0):
        return np.vectorize(lambda v: v if v > 0 else alpha * math.expm1(v), otypes=["d"])(z)

    def elu_grad(z, alpha=1.0):
        scalar = lambda v: 1.0 if v > 0 else alpha * math.exp(v)
        return np.vectorize(scalar, otypes=["d"])(z)


@variant("tanh", "tanh_grad", "relu", "relu_grad")
def object_ufuncs():
    """np.frompyfunc gives object arrays; they are cast back to float64."""
    import math

    tanh_object = np.frompyfunc(math.tanh, 1, 1)
    step_object = np.frompyfunc(lambda v: int(v > 0), 1, 1)

    def tanh(z):
        return np.asarray(tanh_object(z), dtype=float)

    def tanh_grad(z):
        return np.asarray(1.0 - np.square(tanh(z)), dtype=np.float64)

    def relu(z):
        return np.array(step_object(z) * z, dtype=np.float64)

    def relu_grad(z):
        return np.array(step_object(z), dtype="float64")


@variant("sigmoid", "relu", "leaky_relu_grad", "elu")
def flat_iterators():
    """np.fromiter, list comprehensions and np.nditer over flattened input."""
    import math

    def sigmoid(z):
        values = (math.exp(min(v, 0)) / (1 + math.exp(-abs(v))) for v in z.flat)
        return np.fromiter(values, float, count=z.size).reshape(z.shape)

    def relu(z):
        return np.array([v if v > 0 else 0.0 for v in z.ravel()], dtype=float).reshape(z.shape)

    def leaky_relu_grad(z, alpha=0.01):
        out = np.empty(z.shape)
        out.flat = [1.0 if v >= 0 else alpha for v in z.flat]
        return out

    def elu(z, alpha=1.0):
        with np.nditer([z, None], flags=["zerosize_ok"], op_dtypes=[float, float]) as entries:
            for v, out in entries:
                out[...] = v if v > 0 else alpha * math.expm1(v)
            return entries.operands[1]


@variant("relu", "tanh", "leaky_relu")
def recursion_over_axes():
    """The function calls itself on every row until there are only numbers."""
    import math

    def relu(z):
        if z.ndim == 0:
            return np.float64(max(float(z), 0.0))
        return np.array([relu(np.asarray(row)) for row in z], dtype=float).reshape(z.shape)

    def tanh(z):
        def down(item):
            return [down(part) for part in item] if isinstance(item, list) else math.tanh(item)

        return np.reshape(np.array(down(z.tolist()), dtype=np.float64), z.shape)

    def leaky_relu(z, alpha=0.01):
        out = np.empty(z.shape)
        if z.shape == ():
            out[()] = z if z >= 0 else alpha * z
        for i in range(z.shape[0] if z.ndim else 0):
            out[i] = leaky_relu(z[i : i + 1].reshape(z.shape[1:]), alpha)
        return out


@variant("sigmoid", "sigmoid_grad", "tanh", "tanh_grad", "relu", "leaky_relu", "elu")
def numpy_scalars_for_zero_dimensions():
    """[()] turns a 0-d result into an np.float64 and leaves all others alone."""

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


@variant("sigmoid", "tanh", "relu", "relu_grad", "prelu")
def fortran_order_results():
    """Results in Fortran order, whatever the input's order was."""

    def sigmoid(z):
        return np.asfortranarray(0.5 + 0.5 * np.tanh(z / 2)).reshape(z.shape)

    def tanh(z):
        return np.array(np.tanh(z), order="F")

    def relu(z):
        return np.maximum(z.T, 0).T

    def relu_grad(z):
        out = np.zeros(z.shape, order="F")
        out[z > 0] = 1
        return out

    def prelu(z, alpha):
        out = np.empty(z.shape, order="F")
        np.multiply(np.minimum(z, 0), alpha, out=out)
        np.add(out, np.maximum(z, 0), out=out)
        return out


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
    """Read-only results, and broadcast views where all slopes are equal."""

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


@variant("relu", "relu_grad", "leaky_relu")
def masked_arrays_inside():
    """numpy.ma inside, ordinary arrays outside."""
    import numpy.ma as ma

    def relu(z):
        return ma.masked_less(z, 0).filled(0)

    def relu_grad(z):
        return ma.array(np.ones(z.shape), mask=z <= 0).filled(0.0)

    def leaky_relu(z, alpha=0.01):
        return np.where(ma.getmaskarray(ma.masked_where(z >= 0, z)), z, alpha * z)


@variant("sigmoid_grad", "tanh_grad")
def complex_step_derivatives():
    """The imaginary part of f(z + ih) over h is f'(z) to the last digit."""

    def tanh_complex_step(z):
        h = 1e-20
        return np.tanh(np.clip(z, -300, 300) + 1j * h).imag / h

    def sigmoid_grad(z):
        return tanh_complex_step(z / 2) / 4

    def tanh_grad(z):
        return tanh_complex_step(z)


@variant("sigmoid", "sigmoid_grad", "tanh", "tanh_grad", "elu_grad")
def dual_numbers():
    """Forward-mode differentiation with a small class of dual numbers."""

    class Dual:
        def __init__(self, value, slope):
            self.value, self.slope = value, slope

        def __add__(self, other):
            return Dual(self.value + other, self.slope)

        __radd__ = __add__

        def __mul__(self, number):
            return Dual(self.value * number, self.slope * number)

        __rmul__ = __mul__

        def __neg__(self):
            return self * -1.0

        def __rtruediv__(self, number):
            return Dual(number / self.value, -number * self.slope / self.value / self.value)

        def exp(self):
            e = np.exp(self.value)
            return Dual(e, e * self.slope)

    def dual(z, limit=300.0):
        return Dual(np.clip(z, -limit, limit), np.ones(np.shape(z)))

    def sigma(x):
        return 1.0 / (1.0 + (-x).exp())

    def sigmoid(z):
        return sigma(dual(z)).value

    def sigmoid_grad(z):
        return sigma(dual(z)).slope

    def tanh(z):
        return (2.0 * sigma(2.0 * dual(z, 150.0)) + -1.0).value

    def tanh_grad(z):
        return (2.0 * sigma(2.0 * dual(z, 150.0)) + -1.0).slope

    def elu_grad(z, alpha=1.0):
        curve = alpha * (dual(np.where(z > 0, 0.0, z)).exp() + -1.0)
        return np.where(z > 0, 1.0, curve.slope)


@variant("sigmoid", "sigmoid_grad", "tanh", "tanh_grad")
def hyperbolic_secants():
    """Derivatives as squared hyperbolic secants; tanh as a sine over a cosine."""

    def sech(z):
        e = np.exp(-np.abs(z))
        return 2 * e / (1 + e * e)

    def sigmoid(z):
        return np.where(z > 0, 1.0, np.exp(-np.abs(z))) / (1.0 + np.exp(-np.abs(z)))

    def sigmoid_grad(z):
        return sech(z / 2) ** 2 / 4

    def tanh(z):
        z = np.clip(z, -40, 40)
        return np.sinh(z) / np.cosh(z)

    def tanh_grad(z):
        return np.square(sech(z))


@variant("sigmoid", "sigmoid_grad", "tanh", "tanh_grad", "relu", "relu_grad")
def activation_classes():
    """A class per activation with static and class methods, bound to the contract's names."""

    class Activation:
        lowest = -np.inf

        @classmethod
        def value(cls, z):
            raise NotImplementedError

    class Tanh(Activation):
        @classmethod
        def value(cls, z):
            return np.tanh(z)

        @classmethod
        def slope(cls, z):
            return 1 - cls.value(z) ** 2

    class Sigmoid(Tanh):
        @classmethod
        def value(cls, z):
            return (super().value(z / 2) + 1) / 2

        @classmethod
        def slope(cls, z):
            s = cls.value(z)
            return s * (1 - s)

    class Relu(Activation):
        lowest = 0.0

        def __call__(self, z):
            return np.maximum(self.lowest, z)

        @staticmethod
        def slope(z):
            return np.greater(z, 0).astype(float)

    sigmoid, sigmoid_grad = Sigmoid.value, Sigmoid.slope
    tanh, tanh_grad = Tanh.value, Tanh.slope
    relu, relu_grad = Relu(), Relu.slope


@variant("leaky_relu", "leaky_relu_grad", "elu", "elu_grad")
def built_by_a_factory():
    """Pairs of functions out of factories and lambdas, defaults as np.float64."""

    def piecewise_pair(value, slope, default):
        def f(z, alpha=np.float64(default)):
            low = np.minimum(z, 0)
            return np.where(z < 0, value(low, alpha), z)

        def f_grad(z, alpha=np.float64(default)):
            low = np.minimum(z, 0)
            return np.where(z < 0, slope(low, alpha), np.float64(1))

        return f, f_grad

    leaky_relu, leaky_relu_grad = piecewise_pair(lambda z, a: a * z, lambda z, a: a, 0.01)
    elu, elu_grad = piecewise_pair(lambda z, a: a * np.expm1(z), lambda z, a: a * np.exp(z), 1)


@variant("sigmoid", "relu", "prelu", "rrelu")
def wrapped_with_args_and_kwargs():
    """Decorators that pass *args and **kwargs through, count calls and switch warnings off."""
    import functools
    import time
    import warnings

    call_log = {}

    def logged(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            start = time.perf_counter()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    return function(*args, **kwargs)
            finally:
                spent = time.perf_counter() - start
                call_log.setdefault(function.__name__, []).append(spent)

        return wrapper

    @logged
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    @logged
    @np.errstate(all="ignore")
    def relu(z):
        return np.max([z, np.zeros(z.shape)], axis=0)

    @logged
    def prelu(z, alpha):
        return np.where(z > 0, z, alpha * z)

    @logged
    def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
        if not (lower >= 0 and upper >= lower):
            raise ValueError("bounds")
        if training:
            slope = np.where(z < 0, rng.uniform(lower, upper, z.shape), 1.0)
        else:
            slope = np.where(z < 0, (lower + upper) / 2, 1.0)
        return slope * z, slope


@variant("sigmoid", "sigmoid_grad", "prelu", "prelu_grad")
def error_state_blocks():
    """The plain formulas inside np.errstate: infinity comes and goes unseen."""

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
    """np.seterr for the whole process at import: overflow and the like would be errors."""

    np.seterr(over="raise", divide="raise", invalid="raise")

    def sigmoid(z):
        try:
            return 1 / (1 + np.exp(-z))
        except FloatingPointError:
            return 1 / (1 + np.exp(-np.maximum(z, -700)))

    def tanh(z):
        p = np.exp(-2 * np.abs(z))
        return np.sign(z) * (1 - p) / (1 + p)


@variant("sigmoid", "tanh", "relu")
def warnings_silenced_at_import():
    """np.seterr(all="ignore") and a warnings filter at import, then the textbook's formulas."""
    import warnings

    np.seterr(all="ignore")
    warnings.filterwarnings("ignore", category=RuntimeWarning)

    def sigmoid(z):
        with np.errstate(all="ignore"):
            return 1 / (1 + np.exp(-z))

    def tanh(z):
        with np.errstate(all="ignore"):
            return 1 - 2 / (np.exp(2 * z) + 1)

    def relu(z):
        return np.where(z < 0, 0, z)


@variant("prelu", "prelu_grad")
def prelu_unit_by_unit():
    """One loop over the columns where alpha is an array, another way where it is a number."""

    def prelu(z, alpha):
        if np.ndim(alpha) == 0:
            return np.where(z < 0, np.minimum(z, 0) * float(alpha), z)
        out = np.zeros_like(z)
        for unit in range(len(alpha)):
            column = z[:, unit]
            out[:, unit] = [v if v >= 0 else alpha[unit] * v for v in column]
        return out

    def prelu_grad(z, alpha):
        if np.size(alpha) == 1 and np.ndim(alpha) == 0:
            dz = np.array([1.0 if v > 0 else float(alpha) for v in z.ravel()]).reshape(z.shape)
        else:
            columns = [np.where(c > 0, 1.0, a) for c, a in zip(z.T, alpha)]
            dz = np.array(columns).reshape(z.T.shape).T
        return dz, -np.maximum(-z, 0.0)


@variant("prelu", "prelu_grad")
def prelu_broadcast_and_einsum():
    """einsum, meshgrid-like full arrays and clipped parts."""

    def prelu(z, alpha):
        slopes = np.broadcast_to(np.asarray(alpha, dtype=float), z.shape)
        negative = np.clip(z, None, 0.0)
        return np.clip(z, 0.0, None) + np.einsum("...,...->...", slopes, negative)

    def prelu_grad(z, alpha):
        slopes = alpha * np.ones_like(z)
        inside = np.stack([np.ones_like(z), slopes])
        dz = np.take_along_axis(inside, (z < 0)[None].astype(int), axis=0)[0, ...]
        return np.asarray(dz), np.where(z > 0, 0.0, z)


@variant("rrelu")
def rrelu_only_where_negative():
    """Slopes are drawn for the negative entries only, in flat order."""

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
def rrelu_number_by_number():
    """A Python loop with one draw per negative entry; the reverse order of the array."""

    def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
        if not lower >= 0:
            raise ValueError("lower must be at least 0")
        if not upper >= lower:
            raise ValueError("upper must be at least lower")
        slopes = []
        for value in z.flatten()[::-1]:
            if value >= 0:
                slopes.append(1.0)
            elif training:
                slopes.append(rng.uniform(lower, upper))
            else:
                slopes.append((lower + upper) / 2)
        slope = np.array(slopes[::-1], dtype=float).reshape(z.shape)
        return z * slope, slope


@variant("rrelu")
def rrelu_with_array_bounds():
    """Every entry has its own bounds: (1, 1) where z > 0, so zero gets a drawn slope."""

    def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
        if not (lower >= 0 and upper >= lower):
            raise ValueError(f"need 0 <= {lower=} <= {upper=}")
        low = np.where(z > 0, 1.0, lower)
        high = np.where(z > 0, 1.0, upper)
        slope = np.asarray(rng.uniform(low, high) if training else (low + high) / 2)
        return slope * z, slope


@variant("rrelu")
def rrelu_with_lower_slope_at_zero():
    """Slope lower at z = 0 exactly, another generator seeded from the given one."""

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


@variant("rrelu", "leaky_relu")
def mutual_help():
    """rrelu is leaky ReLU with an array of slopes; leaky ReLU is PReLU with a constant."""

    def negative_part_scaled(z, slopes):
        return np.add(np.maximum(z, 0), np.multiply(np.minimum(z, 0), slopes))

    def leaky_relu(z, alpha=0.01):
        return negative_part_scaled(z, np.full(z.shape, alpha))

    def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
        match (bool(0 <= lower <= upper), training):
            case (False, _):
                raise ValueError("0 <= lower <= upper must hold")
            case (True, False):
                slopes = np.full(z.shape, (lower + upper) / 2)
            case _:
                slopes = rng.uniform(lower, upper, size=z.shape)
        return negative_part_scaled(z, slopes), np.where(np.signbit(z) & (z != 0), slopes, 1.0)


@variant("elu", "elu_grad")
def elu_by_its_own_derivative():
    """The derivative is elu(z) + α on the negative side; elu is a difference of exponentials."""

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


@variant("elu", "elu_grad")
def elu_by_hyperbolic_sine():
    """e^z - 1 = 2 e^(z/2) sinh(z/2), on clipped arguments."""

    def elu(z, alpha=1.0):
        h = np.clip(z, -700, 0) / 2
        return np.where(z > 0, z, 2 * alpha * np.exp(h) * np.sinh(h))

    def elu_grad(z, alpha=1.0):
        h = np.clip(z, -700, 0) / 2
        slope = alpha * np.exp(h) ** 2
        return np.where(z > 0, 1.0, slope)


@variant("sigmoid", "sigmoid_grad", "tanh", "tanh_grad")
def greek_names_and_walrus():
    """Identifiers outside ASCII, assignment expressions and many print calls."""

    def σ(ζ):
        return 1 / (1 + (ε := np.exp(-np.abs(ζ)))) * np.where(ζ < 0, ε, 1)

    def sigmoid(z):
        print("sigmoid of", type(z), getattr(z, "shape", None), "→ σ")
        return σ(z)

    def sigmoid_grad(z):
        return (s := σ(z)) * (1 - s)

    def tanh(z):
        print(z if z.size < 5 else "…")
        return σ(2 * z) - σ(-2 * z)

    def tanh_grad(z):
        return 4 * (s := σ(2 * z)) - 4 * s * s


@variant("sigmoid", "relu")
def busy_import():
    """chdir, a recursion limit, garbage collection and an import of matplotlib at module level."""
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


@variant("relu", "relu_grad", "leaky_relu", "leaky_relu_grad", "prelu", "prelu_grad")
def everything_through_one_function():
    """One private function with slopes for the negative side serves the whole ReLU family."""
    from functools import partial

    def family(z, alpha, what):
        low = z < 0
        if what == "value":
            out = np.empty(np.shape(z))
            out[...] = z
            np.multiply(z, alpha, out=out, where=low)
            return out
        if what == "slope":
            return np.where(low, alpha, np.where(z > 0, 1.0, np.add(1.0, alpha) / 2))
        return family(z, alpha, "slope"), np.where(low, z, 0.0)

    relu = partial(family, alpha=0.0, what="value")
    relu_grad = partial(family, alpha=0.0, what="slope")
    leaky_relu, leaky_relu_grad = (
        lambda z, alpha=0.01, what=what: family(z, alpha, what) for what in ("value", "slope")
    )
    prelu = lambda z, alpha: family(z, alpha, "value")
    prelu_grad = lambda z, alpha: family(z, alpha, "both")


@variant("sigmoid", "tanh", "relu", "relu_grad")
def work_on_nonempty_flat_copies():
    """Early return for empty input, at-least-1-d copies, and the shape put back at the end."""

    def elementwise(function):
        def whole(z):
            if z.size == 0:
                return np.zeros(z.shape)
            flat = np.atleast_1d(z).flatten()
            result = np.empty(flat.shape)
            for start in range(0, flat.size, 64):
                result[start : start + 64] = function(flat[start : start + 64])
            return result.reshape(z.shape)

        whole.__name__ = function.__name__
        return whole

    @elementwise
    def sigmoid(z):
        order = np.argsort(z)
        e = np.exp(-np.abs(z[order]))
        values = np.where(z[order] < 0, e, 1) / (1 + e)
        out = np.empty_like(values)
        out[order] = values
        return out

    @elementwise
    def tanh(z):
        positive, negative = np.nonzero(z > 0), np.nonzero(z < 0)
        out = np.zeros_like(z)
        out[positive] = -np.expm1(-2 * z[positive]) / (1 + np.exp(-2 * z[positive]))
        out[negative] = np.expm1(2 * z[negative]) / (1 + np.exp(2 * z[negative]))
        return out

    @elementwise
    def relu(z):
        return np.array(list(map(max, z, np.zeros(len(z)))))

    @elementwise
    def relu_grad(z):
        return np.searchsorted([0.0], z, side="left").astype(float)


@variant("leaky_relu", "leaky_relu_grad", "prelu", "prelu_grad")
def indices_of_negative_entries():
    """np.nonzero and fancy indices; alpha's column is looked up by index."""

    def leaky_relu(z, alpha=0.01):
        out = z.ravel().copy()
        out[np.flatnonzero(out < 0)] *= alpha
        return out.reshape(z.shape)

    def leaky_relu_grad(z, alpha=0.01):
        out = np.full(z.size, 1.0)
        np.put(out, np.flatnonzero(z < 0), alpha)
        return out.reshape(z.shape)

    def prelu(z, alpha):
        if np.ndim(alpha) == 0:
            return leaky_relu(z, float(alpha))
        out = z.copy()
        rows, units = np.nonzero(z < 0)
        out[rows, units] = z[rows, units] * alpha[units]
        return out

    def prelu_grad(z, alpha):
        dz, dalpha = np.ones(z.shape), np.zeros(z.shape)
        low = z < 0
        dz[low] = alpha if np.ndim(alpha) == 0 else np.tile(alpha, (len(z), 1))[low]
        dalpha[low] = z[low]
        return dz, dalpha


@variant("prelu_grad", "rrelu")
def results_are_named_tuples():
    """A NamedTuple, or a namedtuple, is a tuple."""
    from collections import namedtuple
    from typing import NamedTuple

    class Derivatives(NamedTuple):
        dz: np.ndarray
        dalpha: np.ndarray

    Rectified = namedtuple("Rectified", ["a", "slope"])

    def prelu_grad(z, alpha):
        return Derivatives(dalpha=np.minimum(z, 0), dz=np.where(z > 0, 1.0, alpha))

    def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
        if not 0 <= lower <= upper:
            raise ValueError("lower and upper")
        drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
        slope = np.where(z < 0, drawn, 1.0)
        return Rectified(slope * z, slope)
