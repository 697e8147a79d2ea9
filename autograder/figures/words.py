"""What a shape means, in a sentence."""

import math
from collections.abc import Sequence

import numpy as np

HEALTHY = 1e3
CLOSE, SAME = 30.0, 1.01
FADED = 0.05
SATURATED = 0.15
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def figure(value: float) -> str:
    """A number with two digits, as people write it."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinite"
    digits, _, exponent = f"{float(f'{value:.2g}'):.4g}".partition("e")
    power = f" \N{MULTIPLICATION SIGN} 10{str(int(exponent)).translate(RAISED)}" if exponent else ""
    return digits.replace("-", "\N{MINUS SIGN}") + power


def flow(norms: Sequence[float]) -> str:
    """How the gradient changes on its way back."""
    first, last = norms[0], norms[-1]
    if not all(map(math.isfinite, norms)):
        return "Some gradients of your net are not finite numbers: it cannot learn."
    if last == 0 or first == 0:
        return "Some gradients of your net are exactly zero: the layers below learn nothing."
    way = f"on the way back from layer {len(norms)} to layer 1"
    verb, change = ("shrinks", last / first) if first < last else ("grows", first / last)
    if change < 2:
        return f"The gradient keeps its size {way}: every layer gets to learn."
    told = f"The gradient {verb} by a factor of {figure(change)} {way}"
    if change < 10:
        return f"{told}: every layer gets to learn."
    if change <= HEALTHY:
        return f"{told}; all layers learn, not all as fast."
    fate = "vanishes, and the first layers hardly learn" if first < last else "explodes"
    return f"{told}: it {fate}."


def beside(norms: Sequence[float], right: Sequence[float], same_weights: bool) -> str:
    """Whether the curve is where the reference's is: exactly, where both have the same weights;
    else in about, since weights are drawn in any order."""
    ratios = [
        max(mine / theirs, theirs / mine) if math.isfinite(mine) and mine > 0 else math.inf
        for mine, theirs in zip(norms, right, strict=True)
    ]
    widest = max(ratios)
    if widest < (SAME if same_weights else CLOSE):
        return "The reference does the same."
    layer = ratios.index(widest) + 1
    apart = f", by a factor of {figure(widest)}" if 1.05 < widest < math.inf else ""
    return (
        f"Your curve is not where the reference's is: the gap is widest at layer {layer}{apart}."
        " One of the functions in this net is not right yet; the tests above say which."
    )


def centre(values: np.ndarray) -> tuple[float, float]:
    """The mean and the standard deviation of an array."""
    with np.errstate(all="ignore"):
        return float(np.mean(values)), float(np.std(values))


def activations(layers: Sequence[np.ndarray], low: float, high: float) -> str:
    """Where the activations lie in the last hidden layer, and whether they still differ there; up
    to 1 only those of a bounded activation are shown, which saturate within 2 % of its limits."""
    (_, first), (_, last) = centre(layers[0]), centre(layers[-1])
    if not (math.isfinite(first) and math.isfinite(last)):
        return "Some activations are not finite numbers."
    if last <= FADED * first:
        return "By the last hidden layer all activations are nearly alike: the signal fades too."
    middle = 0.5 * (low + high)
    ends = float(np.mean(np.abs(layers[-1] - middle) > 0.48 * (high - low)))
    if high == 1.0 and ends > SATURATED:
        return (
            f"{100 * ends:.0f} % of the last hidden layer's activations lie at the flat ends: these"
            " units are saturated."
        )
    spreads = f"{figure(first)} in layer 1 and {figure(last)} in the last hidden layer"
    return f"The activations' standard deviation is {spreads}."
