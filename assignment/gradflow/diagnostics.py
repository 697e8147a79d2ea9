"""Numbers that tell how gradients flow through a network, and what ails it."""

import numpy as np


def gradient_norms(grads: list[np.ndarray]) -> np.ndarray:
    """The L2 (Frobenius) norm of each array.

    Args:
        grads: list of L arrays of any shapes, one per layer; never changed.

    Returns:
        Norms (L,), float64, in the list's order. The empty list gives an array of shape (0,).
    """
    # TODO: your code here
    raise NotImplementedError("TODO: gradient_norms")


def saturated_fraction(slopes: np.ndarray, tol: float = 0.01) -> float:
    """The share of units that are saturated: whose slope is almost zero.

    Args:
        slopes: derivatives of the activation at the pre-activations, any shape with at least one
            entry.
        tol: an entry counts as saturated where abs(slope) < tol.

    Returns:
        A float from 0 to 1.

    Source: Glorot & Bengio 2010, section 3.
    """
    # TODO: your code here
    raise NotImplementedError("TODO: saturated_fraction")


def dead_fraction(activations: np.ndarray) -> float:
    """The share of ReLU units that are dead on a batch: 0 for every one of its examples.

    Args:
        activations: outputs of ReLU (N, D).

    Returns:
        A float from 0 to 1: the number of dead units, divided by D.

    Source: Maas et al. 2013 on units that never activate.
    """
    # TODO: your code here
    raise NotImplementedError("TODO: dead_fraction")


def diagnose(
    norms: np.ndarray | list[float], vanishing: float = 1e-3, exploding: float = 1e3
) -> str:
    """Tell from the layers' gradient norms whether gradients vanish or explode on the way back.

    With r = norms[0] / norms[-1], the first layer's norm over the last one's:

        r < vanishing   "vanishing"
        r > exploding   "exploding"
        otherwise       "healthy"

    Any norm that is not finite: "exploding". Where the last norm is zero: "exploding" if the first
    is not zero, else "vanishing".

    Args:
        norms: an array or a list of at least one number >= 0, one per layer, input side first: the
            norm of the loss gradient with respect to the layer's **pre-activations**. (Not with
            respect to its weights: with ReLU their ratio is blind to the scale of the weights.)
        vanishing: the smallest healthy ratio.
        exploding: the largest healthy ratio.

    Returns:
        "vanishing", "exploding" or "healthy".

    Source: Pascanu et al. 2013 on vanishing and exploding gradients.
    """
    # TODO: your code here
    raise NotImplementedError("TODO: diagnose")


def choose_remedy(measurements: dict, choices: tuple[str, ...]) -> str:
    """Tell which of the lecture's remedies heals a deep net.

    Args:
        measurements: what `network.examine` returns for a net of L weight layers without batch
            normalisation, input side first: "activation": its name; "gradient_norms" (L,);
            "spreads", "saturated" and "dead", each (L-1,), one entry per hidden layer;
            "parameter_norm": the joint norm of all parameters' gradients. Never changed.
        choices: at least two of "none", "initializer", "activation", "batch_norm" and "clipping".
            One of them heals the net, and the others don't; or it is well, and "none" is there.

    Returns:
        The one of the choices that heals, or "none" where the net is well.

    Raises:
        ValueError: choices is empty.

    Source: the lecture's causes and remedies; `network.recovers` tells when a net is well.
    """
    # TODO: your code here
    raise NotImplementedError("TODO: choose_remedy")
