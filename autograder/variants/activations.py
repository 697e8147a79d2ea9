"""Odd but right activations and derivatives: other formulas, layouts and slopes at zero."""

import numpy as np

from gradflow import activations as right


def clipped_exponents():
    """The usual guard: plain formulas after a clip that doesn't show in float64."""

    def sigmoid(z):
        return 1 / (1 + np.exp(-np.clip(z, -500, 500)))

    def tanh(z):
        z = np.clip(z, -300, 300)
        return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def textbook_formulas():
    """Differences of nearly equal numbers: the tails lose their digits."""

    def sigmoid_grad(z):
        s = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
        return s * (1 - s)

    def tanh_grad(z):
        return 1 - np.tanh(z) ** 2

    def elu(z, alpha=1.0):
        return np.where(z > 0, z, alpha * (np.exp(np.where(z > 0, 0, z)) - 1))

    def elu_grad(z, alpha=1.0):
        return np.where(z > 0, 1.0, elu(z, alpha) + alpha)


def mean_slope_at_zero():
    """At zero the mean of both slopes."""

    def relu_grad(z):
        return np.select([z < 0, z > 0], [0.0, 1.0], default=0.5)

    def leaky_relu_grad(z, alpha=0.01):
        return np.choose(np.sign(z).astype(int) + 1, [alpha, (1.0 + alpha) / 2, 1.0])


def other_slope_at_zero():
    """At zero the slope of the side that the solution does not take."""

    def relu_grad(z):
        return np.where(z >= 0, 1.0, 0.0)

    def leaky_relu_grad(z, alpha=0.01):
        return np.where(z > 0, 1.0, alpha)

    def prelu_grad(z, alpha):
        negative = z <= 0
        return 1.0 * ~negative + alpha * negative, z * negative

    def elu_grad(z, alpha=1.0):
        return np.where(z > 0, 1.0, alpha * np.exp(np.where(z > 0, 0.0, z)))


def boolean_arithmetic():
    """Comparisons used as numbers: a negative z times False is -0.0."""

    def relu(z):
        return z * (z > 0)


def zero_dimensional_results():
    """Of a 0-d z an array where the solution gives a number, and the other way round."""

    def sigmoid(z):
        return np.asarray(right.sigmoid(z))

    def relu(z):
        return np.asarray(right.relu(z))

    def relu_grad(z):
        return right.relu_grad(z)[()]

    def prelu_grad(z, alpha):
        dz, dalpha = right.prelu_grad(z, alpha)
        return dz[()], np.asarray(dalpha)

    def elu(z, alpha=1.0):
        return right.elu(z, alpha)[()]


def views_of_larger_arrays():
    """Strided results: every other entry, a reversed view, a field of a record, a real part."""

    def sigmoid(z):
        return np.stack([right.sigmoid(z), z], axis=-1)[..., 0]

    def relu(z):
        return np.flip(right.relu(np.flip(z)))

    def leaky_relu(z, alpha=0.01):
        record = np.zeros(z.shape, dtype=[("up", "?"), ("a", "f8")])
        record["a"] = right.leaky_relu(z, alpha)
        return record["a"]

    def elu(z, alpha=1.0):
        return (right.elu(z, alpha) + 1j * z).real


def read_only_and_broadcast_results():
    """Results that can't be written to, and 0-stride views."""

    def leaky_relu_grad(z, alpha=0.01):
        dz = np.where(z > 0, 1.0, alpha)
        dz.flags.writeable = False
        return dz

    def prelu_grad(z, alpha):
        if (z >= 0).all():
            return np.broadcast_to(np.float64(1), z.shape), np.broadcast_to(np.zeros(()), z.shape)
        return np.where(z < 0, alpha, 1.0), np.where(z < 0, z, 0.0)


def error_state_blocks():
    """np.errstate: infinity comes and goes unseen."""

    def sigmoid(z):
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-z))

    def prelu(z, alpha):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.where(z < 0, z * alpha, z)


def error_state_set_at_import():
    """np.seterr for the whole process at import, and exceptions caught."""

    np.seterr(over="raise", divide="raise", invalid="raise")

    def sigmoid(z):
        try:
            return 1 / (1 + np.exp(-z))
        except FloatingPointError:
            return 1 / (1 + np.exp(-np.maximum(z, -700)))


def faults_heard_by_a_callback():
    """np.seterrcall for the whole process at import."""

    np.seterrcall(lambda kind, flag: None)
    np.seterr(over="call")

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))


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


def rrelu_with_array_bounds():
    """Bounds entry by entry, so that zero gets a drawn slope."""

    def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
        if not (lower >= 0 and upper >= lower):
            raise ValueError(f"need 0 <= {lower=} <= {upper=}")
        low = np.where(z > 0, 1.0, lower)
        high = np.where(z > 0, 1.0, upper)
        slope = np.asarray(rng.uniform(low, high) if training else (low + high) / 2)
        return slope * z, slope


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
