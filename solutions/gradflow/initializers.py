"""Random initial weights: Xavier and He initialisation.

A layer computes z = x @ W + b with x (N, n_in) and W (n_in, n_out). The scale of W decides whether
the signal, and on the way back its gradient, keeps its size from layer to layer.
"""

import numpy as np

# BEGIN SOLUTION


def _check_sizes(n_in: int, n_out: int) -> tuple[int, int]:
    """The sizes as Python ints, whose sum can't overflow; ValueError where one isn't positive."""
    for name, size in (("n_in", n_in), ("n_out", n_out)):
        if not size > 0:
            raise ValueError(f"{name} must be positive, got {size!r}")
    return int(n_in), int(n_out)


def _he_std(n_in: int, n_out: int, mode: str) -> float:
    """He's standard deviation: sqrt(2 / fan), where the mode says which fan."""
    fans = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}
    if mode not in tuple(fans):  # which takes any mode, a list as well
        raise ValueError(f"mode must be one of {', '.join(fans)}, got {mode!r}")
    return float(np.sqrt(2 / fans[mode]))


# END SOLUTION


def xavier_normal(n_in: int, n_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a weight matrix from Xavier's (Glorot's) normal distribution.

    Every entry is an independent draw from N(0, sigma^2), not truncated, with

        sigma = sqrt(2 / (n_in + n_out))

    Args:
        n_in: number of inputs of the layer, positive (a Python or a NumPy integer).
        n_out: number of outputs of the layer, positive.
        rng: where all randomness comes from; never NumPy's global state or a generator of your own.

    Returns:
        W (n_in, n_out), float64.

    Raises:
        ValueError: n_in or n_out is not positive.

    Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural
    networks".
    """
    # BEGIN SOLUTION
    n_in, n_out = _check_sizes(n_in, n_out)
    std = np.sqrt(2 / (n_in + n_out))
    return rng.normal(0.0, std, size=(n_in, n_out))
    # END SOLUTION


def xavier_uniform(n_in: int, n_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a weight matrix from Xavier's (Glorot's) uniform distribution.

    Every entry is an independent draw from U(-r, r) with

        r = sqrt(6 / (n_in + n_out))

    Args:
        n_in: number of inputs of the layer, positive (a Python or a NumPy integer).
        n_out: number of outputs of the layer, positive.
        rng: where all randomness comes from; never NumPy's global state or a generator of your own.

    Returns:
        W (n_in, n_out), float64.

    Raises:
        ValueError: n_in or n_out is not positive.

    Source: Glorot & Bengio 2010, equation 16.
    """
    # BEGIN SOLUTION
    n_in, n_out = _check_sizes(n_in, n_out)
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, size=(n_in, n_out))
    # END SOLUTION


def he_normal(n_in: int, n_out: int, rng: np.random.Generator, mode: str = "fan_avg") -> np.ndarray:
    """Draw a weight matrix from He's normal distribution, made for the ReLU family.

    Every entry is an independent draw from N(0, sigma^2), not truncated. The mode tells sigma:

        "fan_avg"   sqrt(2) * sqrt(2 / (n_in + n_out))   the lecture's formula
        "fan_in"    sqrt(2 / n_in)                       the paper's; what libraries default to
        "fan_out"   sqrt(2 / n_out)

    Args:
        n_in: number of inputs of the layer, positive (a Python or a NumPy integer).
        n_out: number of outputs of the layer, positive.
        rng: where all randomness comes from; never NumPy's global state or a generator of your own.
        mode: "fan_avg", "fan_in" or "fan_out".

    Returns:
        W (n_in, n_out), float64.

    Raises:
        ValueError: n_in or n_out is not positive, or the mode is none of the three.

    Source: He et al. 2015, "Delving deep into rectifiers".
    """
    # BEGIN SOLUTION
    n_in, n_out = _check_sizes(n_in, n_out)
    std = _he_std(n_in, n_out, mode)
    return rng.normal(0.0, std, size=(n_in, n_out))
    # END SOLUTION


def he_uniform(
    n_in: int, n_out: int, rng: np.random.Generator, mode: str = "fan_avg"
) -> np.ndarray:
    """Draw a weight matrix from He's uniform distribution, made for the ReLU family.

    Every entry is an independent draw from U(-r, r) with

        r = sqrt(3) * sigma

    where sigma is that of `he_normal` for the same mode.

    Args:
        n_in: number of inputs of the layer, positive (a Python or a NumPy integer).
        n_out: number of outputs of the layer, positive.
        rng: where all randomness comes from; never NumPy's global state or a generator of your own.
        mode: "fan_avg", "fan_in" or "fan_out".

    Returns:
        W (n_in, n_out), float64.

    Raises:
        ValueError: n_in or n_out is not positive, or the mode is none of the three.

    Source: He et al. 2015, "Delving deep into rectifiers".
    """
    # BEGIN SOLUTION
    n_in, n_out = _check_sizes(n_in, n_out)
    limit = np.sqrt(3) * _he_std(n_in, n_out, mode)
    return rng.uniform(-limit, limit, size=(n_in, n_out))
    # END SOLUTION
