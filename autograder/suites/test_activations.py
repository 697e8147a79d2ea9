"""Hidden tests of `activations.py`.

Each function has its values in tests of its own. Shapes and types, extreme z and warnings are
judged for several functions together, at the end; a wrong value is not charged there again.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer
from autograder.engine.suite.calls import ask
from autograder.suites import elementwise, inputs, samples
from autograder.suites.elementwise import ATOL, Given


def _two_batches(rng) -> list[Given]:
    """Two of the same shape: what a function remembers of one is wrong for the other."""
    return [(inputs.with_zeros(rng), {}), (inputs.with_zeros(rng), {})]


def _with_alphas(rng, drawn: Sequence[tuple[float, float]], others: Sequence[float]) -> list[Given]:
    """One z, without an alpha, with those drawn from these intervals, and with others."""
    z = inputs.with_zeros(rng)
    alphas = [*(float(rng.uniform(*interval)) for interval in drawn), *others]
    return [(z, {}), *((z, {"alpha": alpha}) for alpha in alphas)]


@pytest.mark.points(1)
def test_sigmoid_values(student, reference, rng):
    """sigmoid: the values are those of the logistic function.

    What should it be at 0, and what does it tend to on either side?
    """
    elementwise.values(student, reference, "sigmoid", _two_batches(rng))


@pytest.mark.points(1.5)
def test_sigmoid_grad_values(student, reference, rng):
    """sigmoid_grad: the values are the derivative of the logistic function at z.

    Compare with a difference quotient of your own sigmoid.
    """
    batches = _two_batches(rng)
    elementwise.derivative(
        student, reference, "sigmoid_grad", "sigmoid", lambda s: s * (1 - s), batches
    )


@pytest.mark.points(0.5)
def test_tanh_values(student, reference, rng):
    """tanh: the values are those of the hyperbolic tangent.

    What should it be at 0, and what does it tend to on either side?
    """
    elementwise.values(student, reference, "tanh", _two_batches(rng))


@pytest.mark.points(1)
def test_tanh_grad_values(student, reference, rng):
    """tanh_grad: the values are the derivative of the hyperbolic tangent at z.

    Compare with a difference quotient of your own tanh.
    """
    batches = _two_batches(rng)
    elementwise.derivative(student, reference, "tanh_grad", "tanh", lambda t: 1 - t * t, batches)


@pytest.mark.points(0.5)
def test_relu_values(student, reference, rng):
    """relu: positive entries stay, negative ones become zero.

    Compare a few entries of both signs by hand, and zero itself.
    """
    elementwise.values(student, reference, "relu", _two_batches(rng))


@pytest.mark.points(1)
def test_relu_grad_values(student, reference, rng):
    """relu_grad: the slope is that of each side; at 0 it lies between them.

    Compare with a difference quotient of your own relu, away from the kink.
    """
    elementwise.values(student, reference, "relu_grad", _two_batches(rng))


@pytest.mark.points(0.5)
def test_leaky_relu_values(student, reference, rng):
    """leaky_relu: negative entries are multiplied by alpha, the others stay.

    Alpha may be anything from 0 to 1, and has a default.
    """
    elementwise.values(student, reference, "leaky_relu", _with_alphas(rng, [(0.2, 0.8)], [0.0, 1]))


@pytest.mark.points(1)
def test_leaky_relu_grad_values(student, reference, rng):
    """leaky_relu_grad: the slope is that of each side; at 0 it lies between them.

    Compare with a difference quotient of your own leaky_relu, with several values of alpha.
    """
    cases = _with_alphas(rng, [(0.2, 0.8)], [0.0, 1])
    elementwise.values(student, reference, "leaky_relu_grad", cases)


def _learned(rng) -> list[Given]:
    """Scalar alphas of all kinds, and one per unit in batches of several shapes."""
    z = inputs.with_zeros(rng)
    scalars: list[Any] = [np.float64(rng.uniform(0.1, 0.9)), 2, 0.0, 6e-9]
    scalars.append(np.array(-rng.uniform(0.3, 2.0)))
    cases = [(z, {"alpha": alpha}) for alpha in scalars]
    for n, d in ((4, 7), (5, 5), (1, 6), (8, 1), (3, 2)):
        alpha, batch = rng.uniform(-1.5, 2.5, d), inputs.ordinary(rng, (n, d))
        batch.ravel()[2] = 0.0
        cases.append((batch, {"alpha": alpha}))
    return cases


@pytest.mark.points(1)
def test_prelu_values(student, reference, rng):
    """prelu: negative entries are multiplied by alpha, which is one number or one per unit.

    Alpha is learned: it may become zero, negative, or larger than 1.
    """
    elementwise.values(student, reference, "prelu", _learned(rng))


@pytest.mark.points(1)
def test_prelu_grad_by_z(student, reference, rng):
    """prelu_grad: the first result is the slope with respect to z, entry by entry.

    Compare with a difference quotient of your own prelu. At 0 any slope between the sides will do.
    """
    elementwise.values(student, reference, "prelu_grad", _learned(rng), parts=slice(0, 1))


@pytest.mark.points(1)
def test_prelu_grad_by_alpha(student, reference, rng):
    """prelu_grad: the second result is the derivative with respect to alpha, entry by entry.

    Which entries of the output change when alpha changes, and by how much? Nothing is summed here.
    """
    elementwise.values(student, reference, "prelu_grad", _learned(rng), parts=slice(1, 2))


@pytest.mark.points(1)
def test_elu_values(student, reference, rng):
    """elu: positive entries stay, negative ones bend towards -alpha.

    Alpha has a default, and may be smaller or larger than 1.
    """
    cases = _with_alphas(rng, [(0.2, 0.8), (3.0, 5.0)], [2, 0.0])
    elementwise.values(student, reference, "elu", cases)


@pytest.mark.points(1.5)
def test_elu_grad_values(student, reference, rng):
    """elu_grad: the values are the derivative of elu at z.

    Compare with a difference quotient of your own elu, with alpha smaller and larger than 1.
    """
    cases = _with_alphas(rng, [(0.2, 0.8), (3.0, 5.0)], [2, 0.0])
    elementwise.values(student, reference, "elu_grad", cases)


def _refused(answer: Answer, low: float, high: float) -> bool:
    """Whether limits at the edge of what is allowed, or above 1, were refused: one test charges
    that."""
    at_edge = not 0 < low < high < 1
    return at_edge and answer.fault is not None and "ValueError" in answer.fault.raised


def _random_relu(value: Any, z: np.ndarray, low: float, high: float, what: str) -> np.ndarray:
    """Judges (a, slope): slopes 1 for z > 0, from low to high for z < 0, and a = slope * z.

    At 0 any slope from low to 1 is right, and any that may be drawn. Returns the slopes.
    """
    slope = _slope(value, z, what)
    least = np.where(z > 0, 1.0, np.where(z < 0, low, min(low, 1.0)))
    most = np.where(z > 0, 1.0, np.where(z < 0, high, max(high, 1.0)))
    given = {"slope": slope, "z": z}
    what_slope = f"the slope of {what}"
    check.between(slope, least - ATOL, most + ATOL, z.shape, what_slope, given={"z": z})
    check.close(value[0], slope * z, f"a of {what}", atol=ATOL, rtol=1e-9, given=given)
    return slope


def _slope(value: Any, z: np.ndarray, what: str) -> np.ndarray:
    return check.real_array(check.items(value, 2, what)[1], z.shape, f"the slope of {what}")


@pytest.mark.points(1.5)
def test_rrelu_training_values(student, rng):
    """rrelu in training: slope 1 for z > 0, a drawn one for z < 0, and a = slope * z.

    Every drawn slope lies between the limits; the slope comes back beside the activation.
    """
    z = inputs.with_zeros(rng)
    named = [(0.4, 0.9), (0.3, 0.3), (0, 0.05), (5, 9)]
    rrelu, generator = student.activations.rrelu, samples.generator(rng)
    answers = ask(
        rrelu.call(z, generator),
        *(rrelu.call(z, generator, lower=low, upper=high) for low, high in named),
        rrelu.call(z, generator, 0.6, 0.7, True),
    )
    for answer, (low, high) in zip(answers, [(1 / 8, 1 / 3), *named, (0.6, 0.7)], strict=True):
        if not _refused(answer, low, high):
            what = f"rrelu(z, rng) with limits {low:.4g} and {high:.4g}"
            _random_relu(answer.value, z, low, high, what)


@pytest.mark.points(1)
def test_rrelu_training_distribution(student, rng):
    """rrelu in training: every negative entry has a slope of its own, drawn uniformly.

    Plot a histogram of the slopes, and look for rows, columns or whole batches that share one.
    """
    z = -rng.uniform(0.1, 3.0, (120, 100))
    solid = z.reshape(12, 10, 100)
    rrelu = student.activations.rrelu
    few = [z[:, 0], z[:, :1], z[:1, :], z[:20, :20], z[:24].reshape(4, 5, 6, 20), -np.ones((4, 60))]
    many, solids, *answers = ask(
        rrelu.call(z, samples.generator(rng)),
        rrelu.call(solid, samples.generator(rng), lower=0.2, upper=2.8),
        *(rrelu.call(given, samples.generator(rng)) for given in few),
    )
    for answer, given in zip(answers, few, strict=True):
        what = f"rrelu(z, rng), z of shape {given.shape}"
        slope = _slope(answer.value, given, what)
        check.true(np.unique(slope).size > 0.95 * slope.size, f"{what}: entries share a slope")
    for answer, given, low, high in ((many, z, 1 / 8, 1 / 3), (solids, solid, 0.2, 2.8)):
        if _refused(answer, low, high):
            continue
        what = f"rrelu(z, rng), z of shape {given.shape}, with limits {low:.4g} and {high:.4g}"
        slope = _slope(answer.value, given, what).reshape(z.shape)
        shares = np.sort((slope.ravel() - low) / (high - low))
        steps = np.arange(1, shares.size + 1) / shares.size
        distance = np.max(np.abs(shares - steps))
        # Kolmogorov and Smirnov: beyond 3.5 by chance with probability 2 exp(-2 * 3.5^2) = 5e-11,
        # below 0.22 with sqrt(2 pi) / 0.22 * exp(-pi^2 / (8 * 0.22^2)) = 1e-10
        distance *= np.sqrt(shares.size)
        check.true(distance < 3.5, f"{what}: the slopes are not spread evenly between the limits")
        check.true(distance > 0.22, f"{what}: the slopes are spread more evenly than own draws")
        scaled = (slope - (low + high) / 2) * (np.sqrt(12.0) / (high - low))
        samples.independent(scaled, samples.KURTOSIS["uniform"], f"the slope of {what}")
        correlation = np.mean(scaled * (z - z.mean()) / z.std()) * np.sqrt(z.size)
        check.true(abs(correlation) < samples.ERRORS, f"{what}: the slopes depend on z")


@pytest.mark.points(1)
def test_rrelu_evaluation(student, rng):
    """rrelu in evaluation: the slope for z < 0 is the middle of the limits; rng may be None.

    Nothing is drawn: two calls give the same result, with or without a generator.
    """
    z = inputs.with_zeros(rng)
    rrelu = student.activations.rrelu
    _, *answers = ask(
        rrelu.call(z, samples.generator(rng), lower=0.3, upper=0.9),  # leaves nothing behind
        rrelu.call(z, None, training=False),
        rrelu.call(z, None, lower=0.2, upper=0.6, training=False),
        rrelu.call(z, samples.generator(rng), 0.1, 0.7, False),
        rrelu.call(z, None, lower=0.5, upper=0.5, training=False),
        rrelu.call(z, None, lower=0, upper=1, training=False),
        rrelu.call(z, None, lower=0.0, upper=0.0, training=False),
        rrelu.call(z, None, lower=1.0, upper=3.0, training=False),
    )
    limits = [(1 / 8, 1 / 3), (0.2, 0.6), (0.1, 0.7), (0.5, 0.5), (0, 1), (0.0, 0.0), (1.0, 3.0)]
    for answer, (low, high) in zip(answers, limits, strict=True):
        if _refused(answer, low, high):
            continue
        what = f"rrelu with training=False and limits {low:.4g} and {high:.4g}"
        slope = _random_relu(answer.value, z, low, high, what)
        middle = np.where(z < 0, (low + high) / 2, slope)
        check.close(slope, middle, f"the slope of {what}", atol=ATOL, given={"z": z})


@pytest.mark.points(0.5)
def test_rrelu_randomness(student, rng):
    """rrelu: all randomness comes from the generator that is given.

    What happens when you call it twice with one generator, and with two in the same state?
    """
    z = inputs.ordinary(rng)
    generators = samples.generators(rng, in_a_row=12)
    singles = [np.array(-1.5), np.array([[-1.5]])]  # a single entry is drawn, too
    rrelu = student.activations.rrelu
    answers = ask(
        *(rrelu.call(z, generator) for generator in generators),
        *(rrelu.call(one, samples.generator(rng)) for one in singles for _ in range(3)),
    )
    drawn = [_slope(answer.value, z, "rrelu(z, rng)") for answer in answers[: len(generators)]]
    samples.uses_generator(drawn, "rrelu(z, rng)")
    others = iter(answers[len(generators) :])
    for one in singles:
        what = f"rrelu(z, rng), z of shape {one.shape}"
        slopes = {float(_slope(next(others).value, one, what).flat[0]) for _ in range(3)}
        check.true(len(slopes) > 1, f"{what}: generators in different states gave one slope")


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_rrelu_wrong_limits(student, rng):
    """rrelu: limits other than 0 <= lower <= upper raise ValueError, in both modes.

    Equal limits, a lower one of 0 and an upper one above 1 are fine. NaN is not: which way round is
    your comparison?
    """
    z = inputs.ordinary(rng, (3, 2))
    nan = float("nan")
    wrong = [(0.4, 0.2), (0.3 + 1e-10, 0.3), (-0.1, 0.3), (-1e-10, 0.3), (-0.3, -0.1), (0.1, -0.2)]
    wrong += [(nan, 0.3), (0.1, nan)]
    right = [(0.2, 0.4), (0.2, 0.2), (0.0, 0.3), (0.25, 1.5)]
    rrelu, generator = student.activations.rrelu, samples.generator(rng)
    # The limits count for a z without negative entries as well, and without any.
    ways = [(generator, True, z), (None, False, np.abs(z))]
    less = [(generator, False, z), (generator, True, np.array(0.7)), (None, False, z[:0])]
    tried = [(limits, way) for limits in right + wrong for way in ways]
    tried += [(limits, way) for limits in wrong[:2] for way in less]
    answers = rrelu.each([(z, g, low, high, mode) for (low, high), (g, mode, z) in tried])
    for answer, ((low, high), (_, mode, _)) in zip(answers, tried, strict=True):
        what = f"rrelu with lower={low}, upper={high}, training={mode}"
        if (low, high) in right:
            check.true(not _refused(answer, low, high), f"{what} raised ValueError")
            _ = answer.value
        else:
            check.refused(answer, ValueError, what)


@pytest.mark.points(0.5)
@pytest.mark.hygiene
def test_rrelu_contract(student, rng):
    """rrelu: a tuple of two float64 arrays of z's shape comes back, and z stays as it is.

    Both have z's shape in both modes, also for 0-d and empty arrays, and are finite for extreme z.
    """
    rrelu, generator = student.activations.rrelu.watched, samples.generator(rng)
    given = [*inputs.layouts(rng), inputs.EXTREMES]
    cases = [(z, mode) for z in given for mode in (True, False)]
    answers = ask(*(rrelu.call(z, generator, training=mode) for z, mode in cases))
    for seen, (z, mode) in zip(answers, cases, strict=True):
        what = f"rrelu(z, rng, training={mode}), z of shape {z.shape}"
        pair = check.items(seen.value, 2, what, exact=True)
        for name, value in zip(("a", "the slope"), pair, strict=True):
            array = check.float64_array(value, z.shape, f"{name} of {what}")
            check.true(np.all(np.isfinite(array)), f"{name} of {what}: not all entries are finite")
            if z is inputs.EXTREMES and name == "a":
                check.varied(array, f"{name} of {what}")
        check.unchanged(seen, what)


SMOOTH = ("sigmoid", "sigmoid_grad", "tanh", "tanh_grad", "elu", "elu_grad")
PIECEWISE_LINEAR = ("relu", "relu_grad", "leaky_relu", "leaky_relu_grad", "prelu", "prelu_grad")


@pytest.mark.points(0.5)
@pytest.mark.hygiene
def test_smooth_contract(student, reference, rng):
    """sigmoid, sigmoid_grad, tanh, tanh_grad, elu, elu_grad: float64 arrays of z's shape come back.

    z stays as it is. Try a 0-d array, an empty one, one axis and three.
    """
    elementwise.contract(student, reference, rng, SMOOTH)


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_piecewise_linear_contract(student, reference, rng):
    """relu, relu_grad, leaky_relu, leaky_relu_grad, prelu, prelu_grad: float64 of z's shape.

    z and alpha stay as they are. Look at the dtype of your slopes, and try arrays with no, one and
    three axes, and alpha as a 0-d array.
    """
    elementwise.contract(student, reference, rng, PIECEWISE_LINEAR)


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_smooth_extremes(student, reference, rng):
    """sigmoid, sigmoid_grad, tanh, tanh_grad, elu, elu_grad: right for extreme z, too.

    What becomes of each exponential in your formula at z = 1000, and at z = -1000?
    """
    elementwise.extremes(student, reference, rng, SMOOTH)


@pytest.mark.points(0.5)
@pytest.mark.hygiene
def test_piecewise_linear_extremes(student, reference, rng):
    """relu, relu_grad, leaky_relu, leaky_relu_grad, prelu, prelu_grad: right for extreme z.

    Both very large and very small sizes count: 1e-300 is positive.
    """
    elementwise.extremes(student, reference, rng, PIECEWISE_LINEAR)


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_warnings(student, reference, rng):
    """Activations and their slopes: no z gives a RuntimeWarning.

    An exponential of a large positive number overflows, and np.where computes both branches for all
    entries. Which z does your exponential see?
    """
    elementwise.quiet(student, reference, rng, [*SMOOTH, *PIECEWISE_LINEAR])
