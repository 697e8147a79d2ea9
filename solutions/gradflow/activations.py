"""Activation functions and their derivatives.

`f(z)` is the activation and `f_grad(z)` its derivative df/dz **at the pre-activation z**, both
elementwise.

For every function here
- z is a float64 array of any shape, also 0-d and empty; the result is a new float64 array of the
  same shape (for a 0-d z a NumPy float64 scalar is right as well);
- z is never changed;
- the value is right for every finite z of any size up to 1e300, with no RuntimeWarning (overflow,
  divide, invalid), as long as the exact value is a finite float64; a tiny value may underflow to 0.
  The lecture's plain formulas are fine for ordinary z; think about what they do at z = -1000;
- at z = 0 exactly, any derivative between the two one-sided ones is right.
"""

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """The logistic function.

        sigmoid(z) = 1 / (1 + e^-z)

    Args:
        z: pre-activations, any shape; never changed. Any finite size up to 1e300, without warning.

    Returns:
        sigmoid(z), z's shape, entries from 0 to 1.

    Source: Glorot & Bengio 2010 show what it does to a deep network.
    """
    # BEGIN SOLUTION
    # e^-|z| is at most 1, so nothing overflows; for z < 0 the fraction is extended by e^z.
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, e) / (1.0 + e)
    # END SOLUTION


def sigmoid_grad(z: np.ndarray) -> np.ndarray:
    """The derivative of the logistic function at the pre-activation z.

        sigmoid'(z) = sigmoid(z) * (1 - sigmoid(z))

    Args:
        z: pre-activations (not the values of sigmoid), any shape; never changed. Any finite size up
            to 1e300, without warning.

    Returns:
        d sigmoid / dz, z's shape, entries from 0 to 1/4.

    Source: Glorot & Bengio 2010.
    """
    # BEGIN SOLUTION
    # The derivative is even in z. Without a difference 1 - sigmoid the tails keep all their digits.
    e = np.exp(-np.abs(z))
    return e / (1.0 + e) ** 2
    # END SOLUTION


def tanh(z: np.ndarray) -> np.ndarray:
    """The hyperbolic tangent.

        tanh(z) = (e^z - e^-z) / (e^z + e^-z)

    Args:
        z: pre-activations, any shape; never changed. Any finite size up to 1e300, without warning.

    Returns:
        tanh(z), z's shape, entries from -1 to 1.

    Source: Glorot & Bengio 2010.
    """
    # BEGIN SOLUTION
    return np.tanh(z)
    # END SOLUTION


def tanh_grad(z: np.ndarray) -> np.ndarray:
    """The derivative of the hyperbolic tangent at the pre-activation z.

        tanh'(z) = 1 - tanh(z)^2

    Args:
        z: pre-activations (not the values of tanh), any shape; never changed. Any finite size up to
            1e300, without warning.

    Returns:
        d tanh / dz, z's shape, entries from 0 to 1.

    Source: Glorot & Bengio 2010.
    """
    # BEGIN SOLUTION
    # 1 - tanh^2 = 1 / cosh^2, and 1 / cosh z = 2e / (1 + e^2) with e = e^-|z|: no digits cancel.
    e = np.exp(-np.abs(z))
    return (2.0 * e / (1.0 + e * e)) ** 2
    # END SOLUTION


def relu(z: np.ndarray) -> np.ndarray:
    """The rectified linear unit.

        relu(z) = max(0, z)

    Args:
        z: pre-activations, any shape; never changed.

    Returns:
        relu(z), z's shape.

    Source: He et al. 2015 study networks of these.
    """
    # BEGIN SOLUTION
    return np.maximum(z, 0.0)
    # END SOLUTION


def relu_grad(z: np.ndarray) -> np.ndarray:
    """The derivative of ReLU at the pre-activation z.

        relu'(z) = 1 for z > 0,  0 for z < 0

    At z = 0 any value from 0 to 1 is right.

    Args:
        z: pre-activations, any shape; never changed.

    Returns:
        d relu / dz, z's shape, float64 (not bool).

    Source: He et al. 2015.
    """
    # BEGIN SOLUTION
    return np.where(z > 0, 1.0, 0.0)
    # END SOLUTION


def leaky_relu(z: np.ndarray, alpha: float = 0.01) -> np.ndarray:
    """ReLU with a small fixed slope for negative z, so that no unit is ever quite dead.

        leaky_relu(z) = z for z >= 0,  alpha * z for z < 0

    Args:
        z: pre-activations, any shape; never changed.
        alpha: slope for negative z, 0 <= alpha <= 1.

    Returns:
        leaky_relu(z), z's shape.

    Source: Maas et al. 2013, "Rectifier nonlinearities improve neural network acoustic models".
    """
    # BEGIN SOLUTION
    return np.where(z >= 0, z, alpha * z)
    # END SOLUTION


def leaky_relu_grad(z: np.ndarray, alpha: float = 0.01) -> np.ndarray:
    """The derivative of leaky ReLU at the pre-activation z.

        leaky_relu'(z) = 1 for z > 0,  alpha for z < 0

    At z = 0 any value from alpha to 1 is right.

    Args:
        z: pre-activations, any shape; never changed.
        alpha: slope for negative z, 0 <= alpha <= 1.

    Returns:
        d leaky_relu / dz, z's shape.

    Source: Maas et al. 2013.
    """
    # BEGIN SOLUTION
    return np.where(z >= 0, 1.0, alpha)
    # END SOLUTION


def prelu(z: np.ndarray, alpha: float | np.ndarray) -> np.ndarray:
    """Parametric ReLU: leaky ReLU whose slope for negative z is learned.

        prelu(z) = z for z >= 0,  alpha * z for z < 0

    Args:
        z: pre-activations; never changed. Any shape with a scalar alpha, (N, D) with one per unit.
        alpha: the learned slope, any finite number (negative, above 1 or huge as well): a scalar,
            also a 0-d array, or one per unit, shape (D,). Never changed.

    Returns:
        prelu(z), z's shape. No warning where the exact value is finite, however large alpha is.

    Source: He et al. 2015, "Delving deep into rectifiers".
    """
    # BEGIN SOLUTION
    # alpha meets only the negative part, so alpha * z can't overflow where z itself is the answer.
    return np.maximum(z, 0.0) + alpha * np.minimum(z, 0.0)
    # END SOLUTION


def prelu_grad(z: np.ndarray, alpha: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two derivatives of parametric ReLU, at the pre-activation z and the slope alpha.

    Both are elementwise: dalpha is the derivative of each entry, not yet summed over a batch. At
    z = 0 any df/dz between alpha and 1 is right.

    Args:
        z: pre-activations; never changed. Any shape with a scalar alpha, (N, D) with one per unit.
        alpha: the learned slope, any finite number: a scalar, also a 0-d array, or one per unit,
            shape (D,). Never changed.

    Returns:
        (dz, dalpha): d prelu / dz, which is 1 for z > 0 and alpha for z < 0, and d prelu / d alpha.
        Both have z's shape.

    Source: He et al. 2015, equation 3 for the second.
    """
    # BEGIN SOLUTION
    dz = np.where(z >= 0, 1.0, alpha)
    dalpha = np.minimum(z, 0.0)
    return dz, dalpha
    # END SOLUTION


def rrelu(
    z: np.ndarray,
    rng: np.random.Generator | None,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """Randomised leaky ReLU: the slope for negative z is drawn anew for every entry in training.

        a = slope * z

    In training each entry with z < 0 has a slope of its own, drawn from U(lower, upper); in
    evaluation it has the slope (lower + upper) / 2. An entry with z > 0 always has slope 1. At
    z = 0 any slope from lower to 1 is right.

    Args:
        z: pre-activations, any shape; never changed.
        rng: where all randomness comes from; may be None in evaluation.
        lower: the smallest slope, 0 <= lower.
        upper: the largest slope, lower <= upper.
        training: True draws the slopes, False uses their mean.

    Returns:
        (a, slope), both with z's shape. The slope is also the derivative da/dz, so there is no
        rrelu_grad: the backward pass needs the very slopes that were drawn.

    Raises:
        ValueError: not 0 <= lower <= upper, in training and in evaluation; NaN included.

    Source: Xu et al. 2015, "Empirical evaluation of rectified activations in convolutional
    network".
    """
    # BEGIN SOLUTION
    if not 0 <= lower <= upper:
        raise ValueError(f"0 <= lower <= upper must hold, got lower={lower!r}, upper={upper!r}")
    if training:
        assert rng is not None, "training draws the slopes, so it needs a generator"
        negative_slope = rng.uniform(lower, upper, size=np.shape(z))
    else:
        negative_slope = np.full(np.shape(z), (lower + upper) / 2)
    slope = np.where(z < 0, negative_slope, 1.0)
    return slope * z, slope
    # END SOLUTION


def elu(z: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    """The exponential linear unit.

        elu(z) = z for z >= 0,  alpha * (e^z - 1) for z < 0

    Args:
        z: pre-activations, any shape; never changed. Any finite size up to 1e300, without warning.
        alpha: elu tends to -alpha where z goes to minus infinity.

    Returns:
        elu(z), z's shape.

    Source: Clevert et al. 2016, "Fast and accurate deep network learning by exponential linear
    units".
    """
    # BEGIN SOLUTION
    # np.where evaluates both branches: e^z must not see the positive z. expm1 keeps tiny z exact.
    return np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0.0)))
    # END SOLUTION


def elu_grad(z: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    """The derivative of the exponential linear unit at the pre-activation z.

        elu'(z) = 1 for z > 0,  alpha * e^z for z < 0

    At z = 0 any value between alpha and 1 is right (with alpha = 1 that is 1).

    Args:
        z: pre-activations (not the values of elu), any shape; never changed. Any finite size up to
            1e300, without warning.
        alpha: as in `elu`.

    Returns:
        d elu / dz, z's shape.

    Source: Clevert et al. 2016.
    """
    # BEGIN SOLUTION
    return np.where(z >= 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))
    # END SOLUTION
