"""Public tests of activations.py: values from the formulas, derivatives from their slopes."""

import math

import numpy as np
import pytest
from checks import Answer, call, is_quiet, leaves_alone, refuses, shares_nothing, slope

ONE_ARRAY = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")
WITH_SLOPES = (*ONE_ARRAY, *(f"{name}_grad" for name in ONE_ARRAY))
Z = np.array([-3.0, -1.2, -0.4, -0.01, 0.02, 0.5, 1.0, 2.5])


def formula(name, alpha=None):
    """The formula of README.md for one number z, as a function of z."""
    alpha = {"leaky_relu": 0.01, "elu": 1.0}.get(name) if alpha is None else alpha
    return {
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "tanh": math.tanh,
        "relu": lambda z: max(0.0, z),
        "leaky_relu": lambda z: z if z >= 0 else alpha * z,
        "prelu": lambda z: z if z >= 0 else alpha * z,
        "elu": lambda z: z if z >= 0 else alpha * (math.exp(z) - 1),
    }[name]


def values(function, z):
    return np.vectorize(function, otypes=[float])(z)


def slopes(function, z):
    return values(lambda v: slope(function, v), z)


def right_for(name, z):
    """The values of a function, or the slopes where the name ends in _grad."""
    of = slopes if name.endswith("_grad") else values
    return of(formula(name.removesuffix("_grad")), z)


ALPHAS = [
    *((name, {}) for name in ONE_ARRAY),
    ("leaky_relu", {"alpha": 0.3}),
    ("elu", {"alpha": 0.7}),
]

SWAPPED = "The branches for z < 0 and z > 0 are the wrong way round."


def wrong_branches(name, alpha=None):
    """What a function of two branches gives where it takes the wrong one."""
    alpha = {"relu": 0.0, "leaky_relu": 0.01, "elu": 1.0}.get(name) if alpha is None else alpha
    if alpha is None:
        return []
    below = alpha * (np.exp(Z) - 1) if name == "elu" else alpha * Z
    return [
        (np.where(Z < 0, Z, below), SWAPPED),
        (below, "The branch for z > 0 is missing."),
        (Z, "The branch for z < 0 is missing."),
    ]


@pytest.mark.parametrize(("name", "options"), ALPHAS)
def test_values(name, options):
    hint = "Put the first wrong z into the formula by hand. Which branch is it on?"
    if options:
        hint = "With the default alpha the function may look right: is the argument used?"
    right = values(formula(name, **options), Z)
    suspects = [
        *wrong_branches(name, **options),
        (values(formula(name), Z), "alpha is ignored: the value is the default's."),
        (slopes(formula(name, **options), Z), "That is the derivative."),
        (-right, "The sign is the wrong way round."),
        (1 - right, "That is 1 minus the value: check the sign of z."),
        (np.where(Z < 0, -right, right), "The sign of the negative branch is wrong."),
    ]
    answer = leaves_alone(f"activations.{name}", Z, **options)
    answer.is_close(right, hint, at=Z, suspects=suspects)


@pytest.mark.parametrize(("name", "options"), ALPHAS)
def test_slopes(name, options):
    function = formula(name, **options)
    value, right = values(function, Z), slopes(function, Z)
    suspects = [
        (slopes(formula(name), Z), "alpha is ignored: the slope is the default's."),
        (-right, "The sign is the wrong way round."),
        (np.ones(Z.shape), "The slope is 1 for z < 0, too. Does the condition ask z, or f(z)?"),
        (right[::-1], SWAPPED),
        (value, "That is the function itself, not its derivative."),
        (values(lambda v: slope(function, function(v)), Z), "f is applied twice: you are given z."),
        (Z * (1 - Z), "The formula wants sigmoid(z) where you put z."),
        (1 - Z**2, "The formula wants tanh(z) where you put z."),
        (1 - value, "A factor is missing, or a square: derive it again on paper."),
        (np.where(Z < 0, -right, right), "The sign of the negative branch is wrong."),
    ]
    hint = "Compare with (f(z+h) - f(z-h)) / (2h) of the formula at the first wrong z."
    answer = leaves_alone(f"activations.{name}_grad", Z, **options)
    answer.is_close(right, hint, at=Z, suspects=suspects, tol=1e-7, kind="the formula's slope")


@pytest.mark.parametrize("name", WITH_SLOPES)
def test_shapes(name):
    one = -0.7 if name.startswith(("leaky_relu", "elu")) else 0.7
    for z in (np.full((2, 3), one), np.array(one), np.zeros((0,)), np.full((2, 1, 2), one).T):
        answer = leaves_alone(f"activations.{name}", z)
        shares_nothing(answer)
        answer.is_close(right_for(name, z), "Right for a vector, but not for this shape?", tol=1e-7)


@pytest.mark.parametrize("name", WITH_SLOPES)
def test_at_zero(name):
    answer = call(f"activations.{name}", np.array([0.0, -0.0]))
    got = answer.is_array((2,))
    left, right = right_for(name, [-1e-4, 1e-4] if name.endswith("_grad") else [0.0, 0.0])
    if not np.all((got >= left - 1e-6) & (got <= right + 1e-6)):
        hint = "Which of your branches has z = 0? (np.sign(0) is 0, and 0/0 is NaN.)"
        answer.fail("the value at 0 (a slope: any between those of both sides)", hint)


@pytest.mark.parametrize("name", WITH_SLOPES)
def test_large_z(name):
    z = np.array([-1000.0, -50.0, 50.0, 1000.0])
    answer = call(f"activations.{name}", z)
    got = answer.is_array(z.shape)
    if not np.isfinite(got).all():
        hint = "Which exp overflows, and what comes out of inf/inf or 0*inf? np.where runs both"
        answer.fail("finite numbers", f"{hint} branches on every entry.")
    bound = 1000.0 if not name.endswith("_grad") else 1.0
    if np.abs(got).max() > bound + 1e-9 or ((got[:2] > 1e-9).any() and "leaky" not in name):
        answer.fail("the formula's limits", "What is the limit for z to minus infinity?")


@pytest.mark.parametrize("name", WITH_SLOPES)
def test_no_warning(name):
    hint = "exp of a large positive number overflows. Can the formula do with exp(-|z|), or with"
    z = np.array([-1000.0, 0.0, 1000.0])
    is_quiet(f"activations.{name}", z, hint=f"{hint} a z that np.minimum(z, 0) has cut off?")


# ---- PReLU: alpha is learned, one number or one per unit ----

UNITS = np.array([[-1.5, -0.5, 2.0], [0.8, -2.0, -0.1]])
PER_UNIT = np.array([0.2, -0.6, 1.8])


@pytest.mark.parametrize("alpha", [0.25, -0.4, 1.7, PER_UNIT], ids=["small", "below0", "big", "D"])
def test_prelu_values(alpha):
    right = np.vectorize(lambda z, a: formula("prelu", a)(z))(UNITS, alpha)
    suspects = [
        (values(formula("prelu", 0.01), UNITS), "That is leaky ReLU: alpha is an argument here."),
        (np.maximum(UNITS, alpha * UNITS), "max(z, alpha z) is right only for alpha from 0 to 1."),
    ]
    hint = "alpha may be any number: decide by the sign of z, not by which product is larger."
    answer = leaves_alone("activations.prelu", UNITS, alpha)
    answer.is_close(right, hint, at=UNITS, suspects=suspects)


@pytest.mark.parametrize("alpha", [0.25, -0.4, 1.7, PER_UNIT], ids=["small", "below0", "big", "D"])
def test_prelu_slopes(alpha):
    by_z = np.vectorize(lambda z, a: slope(formula("prelu", a), z))(UNITS, alpha)
    by_alpha = np.vectorize(lambda z, a: slope(lambda v: formula("prelu", v)(z), a))(UNITS, alpha)
    dz, dalpha = leaves_alone("activations.prelu_grad", UNITS, alpha).items("dz dalpha")
    hint = "df/dz is what z is multiplied with, on its side of 0."
    suspects = [
        (by_alpha, "dz and dalpha are the wrong way round."),
        (np.where(UNITS < 0, 1, alpha), SWAPPED),
    ]
    dz.is_close(by_z, hint, at=UNITS, suspects=suspects, tol=1e-7, kind="the formula's slope in z")
    dalpha.is_array(UNITS.shape, "One entry per entry of z: don't sum, don't average.")
    suspects = [(UNITS, "For z > 0 alpha has no effect on f."), (-by_alpha, "The sign is wrong.")]
    hint = "How does f change when only alpha changes? Look at both signs of z."
    dalpha.is_close(
        by_alpha, hint, at=UNITS, suspects=suspects, tol=1e-7, kind="the formula's slope in alpha"
    )


def test_prelu_shapes():
    for z in (np.array(-0.7), np.zeros((0,)), np.full((2, 1, 2), -0.7)):
        hint = "With a scalar alpha, z may have any shape."
        call("activations.prelu", z, 0.25).is_close(0.25 * z, hint)
        dz, dalpha = call("activations.prelu_grad", z, np.array(0.25)).items("dz dalpha")
        dz.is_close(np.full(z.shape, 0.25), hint)
        dalpha.is_close(z, hint)


# ---- randomised ReLU ----


def rrelu(z, rng, **options) -> list[Answer]:
    return leaves_alone("activations.rrelu", z, rng, **options).items("a slope")


def test_rrelu_training():
    z = np.linspace(-2, 2, 400).reshape(20, 20) + 0.001
    a, drawn = rrelu(z, np.random.default_rng(1), lower=0.2, upper=0.6)
    slope_ = drawn.is_array(z.shape)
    if np.allclose(slope_, a.is_array(z.shape) * z) and (slope_ < 0).any():
        drawn.fail("a, then slope", "a and slope are the wrong way round.", "slopes below 0")
    drawn.is_close(
        np.where(z > 0, 1.0, slope_), "For z > 0 nothing is drawn.", at=z, kind="slope 1 for z > 0"
    )
    a.is_close(slope_ * z, "a and slope must belong together: draw once.", kind="slope * z")
    down = slope_[z < 0]
    if down.min() < 0.2 or down.max() > 0.6:
        hint = "rng.uniform(low, high, size): are lower and upper used?"
        drawn.fail("slopes from lower to upper for z < 0", hint, f"{down.min()} to {down.max()}")
    if len(np.unique(down)) < len(down):
        hint = "One draw per entry, of z's shape; not one per call, row or column."
        came = f"{len(np.unique(down))} different slopes for {len(down)} entries"
        drawn.fail("a slope of its own for every entry", hint, came)
    if abs(down.mean() - 0.4) > 0.04 or abs(down.std() - 0.4 / math.sqrt(12)) > 0.02:
        hint = "Draw them from a uniform distribution."
        drawn.fail("slopes spread evenly from lower to upper", hint, "another distribution")


def test_rrelu_defaults():
    z = -np.ones((30, 30))
    _, drawn = rrelu(z, np.random.default_rng(1))
    down = drawn.is_array(z.shape)
    if down.min() < 1 / 8 or down.max() > 1 / 3 or np.ptp(down) < 0.2:
        hint = "Defaults are fixed: lower=1/8, upper=1/3, training=True."
        drawn.fail("slopes from 1/8 to 1/3", hint, f"{down.min():.3g} to {down.max():.3g}")


def test_rrelu_evaluation():
    z = np.array([[-2.0, 3.0], [0.5, -0.1]])
    mean = np.where(z < 0, 0.3, 1.0)
    a, fixed = rrelu(z, None, lower=0.2, upper=0.4, training=False)
    suspects = [
        (np.where(z < 0, 0.2, 1.0), "That is lower."),
        (np.where(z < 0, 0.4, 1.0), "That is upper."),
        (np.where(z < 0, 0.1, 1.0), "Half the difference; the middle is half the sum."),
        (np.where(z < 0, 11 / 48, 1.0), "lower and upper are arguments; these are the defaults."),
    ]
    fixed.is_close(mean, "In evaluation all slopes are the middle.", at=z, suspects=suspects)
    a.is_close(mean * z, "a = slope * z.", at=z)


def test_rrelu_randomness():
    z = -np.ones((4, 5))
    rng = np.random.default_rng(1)
    first, second = (call("activations.rrelu", z, rng).items("a slope")[1] for _ in range(2))
    hint = "Draw from the rng that was given; don't make or seed one of your own."
    if np.array_equal(first.is_array(z.shape), second.is_array(z.shape)):
        second.fail("other slopes on the second call", hint, "the same slopes again")
    again = call("activations.rrelu", z, np.random.default_rng(1)).items("a slope")[1]
    if not np.array_equal(first.value, again.value):
        again.fail("the same slopes for an rng of the same seed", hint, "other slopes")


@pytest.mark.parametrize("training", [True, False])
def test_rrelu_refuses(training):
    for lower, upper in ((0.5, 0.2), (-0.1, 0.3)):
        hint = "0 <= lower <= upper must hold, in both modes."
        rng = np.random.default_rng(1)
        z = np.array([-1.0, 2.0])
        refuses("activations.rrelu", z, rng, lower=lower, upper=upper, training=training, hint=hint)


def test_rrelu_shapes():
    for z in (np.array(-0.7), np.zeros((0,)), np.full((2, 1, 2), -0.7)):
        for training in (True, False):
            a, slope_ = rrelu(z, np.random.default_rng(1), training=training)
            a.is_array(z.shape)
            slope_.is_array(z.shape)
