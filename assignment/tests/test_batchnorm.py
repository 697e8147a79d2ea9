"""Public tests of batchnorm.py."""

import numpy as np
import pytest
from checks import Answer, AsIs, call, leaves_alone

# A batch of 4 examples with 2 units. In round numbers: the units' means are 3 and -1, their biased
# variances 5 and 4.
X = np.array([[0.0, 1.0], [2.0, -3.0], [4.0, 1.0], [6.0, -3.0]])
GAMMA = np.array([2.0, 0.5])
BETA = np.array([1.0, -1.0])
OLD_MEAN = np.array([10.0, 20.0])
OLD_VAR = np.array([1.0, 4.0])
MEAN, VAR = np.array([3.0, -1.0]), np.array([5.0, 4.0])

FORWARD = "out cache running_mean running_var"
ORDER = f"That is the variance. Return {', '.join(FORWARD.split())}, in this order."


def forward(x=X, gamma=GAMMA, beta=BETA, mean=OLD_MEAN, var=OLD_VAR, **options) -> list[Answer]:
    answer = call("batchnorm.batchnorm_forward", x, gamma, beta, mean, var, **options)
    answer.given = f"x of shape {x.shape}, {', '.join(f'{k}={v}' for k, v in options.items())}"
    return answer.items(FORWARD)


def normalised(mean, var, eps, x=X):
    return (x - mean) / np.sqrt(var + eps)


@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_training_output(eps):
    out = forward(training=True, eps=eps)[0]
    x_hat = normalised(MEAN, VAR, eps)
    plain = GAMMA * x_hat + BETA
    suspects = [
        (GAMMA * normalised(MEAN, VAR * 4 / 3, eps) + BETA, "The variance divides by N, not N-1."),
        (x_hat, "gamma and beta are missing."),
        (GAMMA * x_hat, "beta is missing."),
        (x_hat + BETA, "gamma is missing."),
        (BETA * x_hat + GAMMA, "gamma and beta are the wrong way round."),
        (GAMMA * (X - MEAN) / (np.sqrt(VAR) + eps) + BETA, "eps belongs under the root."),
        (GAMMA * normalised(OLD_MEAN, OLD_VAR, eps) + BETA, "These are the running values."),
        (GAMMA * normalised(MEAN, VAR, 1e-5) + BETA, "eps is an argument, not a constant."),
        (GAMMA * normalised(MEAN, VAR, 0) + BETA, "eps is missing."),
        (GAMMA * (X - MEAN) / (VAR + eps) + BETA, "Divide by the root of the variance."),
    ]
    hint = "Mean and variance are per unit: one per column, over the examples (axis=0)."
    out.is_close(plain, hint, suspects=suspects, tol=1e-8)


@pytest.mark.parametrize("momentum", [0.9, 0.6])
def test_training_running_values(momentum):
    options = {} if momentum == 0.9 else {"momentum": momentum}
    _, _, mean, var = forward(training=True, **options)

    def mixed(old, new, momentum):
        return momentum * old + (1 - momentum) * new

    swapped = "That is momentum's other side (PyTorch's): here it is the share of the OLD value."
    default = "momentum is an argument, not a constant."
    mean.is_close(
        mixed(OLD_MEAN, MEAN, momentum),
        "momentum * old + (1 - momentum) * batch",
        suspects=[
            (mixed(OLD_MEAN, MEAN, 1 - momentum), swapped),
            (mixed(OLD_MEAN, MEAN, 0.9), default),
            (OLD_MEAN, "The old value came back."),
            (mixed(OLD_VAR, VAR, momentum), ORDER),
        ],
    )
    var.is_close(
        mixed(OLD_VAR, VAR, momentum),
        "momentum * old + (1 - momentum) * batch, with the variance that divides by N",
        suspects=[
            (mixed(OLD_VAR, VAR, 1 - momentum), swapped),
            (mixed(OLD_VAR, VAR * 4 / 3, momentum), "Here too the variance divides by N, not N-1."),
            (mixed(OLD_VAR, VAR + 1e-5, momentum), "eps belongs to the output only."),
            (mixed(OLD_VAR, np.sqrt(VAR), momentum), "The variance, not its root."),
            (mixed(OLD_VAR, VAR, 0.9), default),
            (OLD_VAR, "The old value came back."),
        ],
    )


def test_evaluation():
    out, _, mean, var = forward(training=False, eps=0.5)
    suspects = [
        (GAMMA * normalised(MEAN, VAR, 0.5) + BETA, "The batch's values don't count here."),
        (normalised(OLD_MEAN, OLD_VAR, 0.5), "gamma and beta are missing."),
        (GAMMA * normalised(OLD_MEAN, OLD_VAR, 0) + BETA, "eps is missing."),
        (GAMMA * normalised(OLD_MEAN, OLD_VAR, 1e-5) + BETA, "eps is an argument, not a constant."),
    ]
    right = GAMMA * normalised(OLD_MEAN, OLD_VAR, 0.5) + BETA
    out.is_close(right, "Normalise with the running values given.", suspects=suspects, tol=1e-8)
    for answer, old in ((mean, OLD_MEAN), (var, OLD_VAR)):
        answer.is_close(old, "Evaluation doesn't learn: return them as they are.")


def backward(dout, cache: Answer, mode: str = "training") -> list[Answer]:
    kept = AsIs(cache.value, f"the cache of batchnorm_forward in {mode}")
    answer = leaves_alone("batchnorm.batchnorm_backward", dout, kept)
    answer.given = f"dout of shape {dout.shape}, {kept.shown}"
    results = answer.items("dx dgamma dbeta")
    if np.shape(results[0].value) == dout.shape[1:] and np.shape(results[2].value) == dout.shape:
        results[0].is_array(dout.shape, "Return dx, dgamma, dbeta, in this order.")
    return results


# For the backward pass: another batch, and weights for its outputs. The loss is
# sum(DOUT * out), so dout = DOUT.
_RNG = np.random.default_rng(3)
BATCH, DOUT = _RNG.normal(1, 2, size=(6, 3)), _RNG.normal(size=(6, 3))
GIVEN = {"gamma": np.array([0.5, -1.5, 2.0]), "beta": np.array([0.3, 0.0, -2.0])}
RUNNING = {"mean": np.array([0.5, 0.0, 2.0]), "var": np.array([1.0, 3.0, 0.4])}
MODES = ("training", "evaluation")


def statistics(mode, x=BATCH):
    """Mean and variance with which the mode normalises."""
    return (x.mean(0), x.var(0)) if mode == "training" else RUNNING.values()


def right_out(mode, x=BATCH, gamma=GIVEN["gamma"], beta=GIVEN["beta"]):
    """The forward formula, for finite differences."""
    return gamma * normalised(*statistics(mode, x), 0.1, x) + beta


def right_gradient(mode, name, array):
    """The gradient of the loss by x, gamma or beta, which is this array."""
    from gradflow.check import numerical

    return numerical(lambda v: DOUT * right_out(mode, **{name: v}), array)


def cache_of(mode):
    """The forward pass must be right, or else nothing can be said of the backward pass."""
    result, cache, *_ = forward(BATCH, training=mode == "training", eps=0.1, **GIVEN, **RUNNING)
    result.is_close(right_out(mode), "The gradients are judged once this is right.", tol=1e-8)
    return cache


def wrong_gradients(mode):
    """What dx is with a way too few, or too many."""
    mean, var = statistics(mode)
    inv_std = 1 / np.sqrt(var + 0.1)
    x_hat, g = (BATCH - mean) * inv_std, GIVEN["gamma"] * DOUT
    by_mean, by_var = g.mean(0), x_hat * (g * x_hat).mean(0)
    if mode == "evaluation":
        training = "That is training's gradient: the mode must be in the cache."
        return [
            ((g - by_mean - by_var) * inv_std, training),
            (g, "1 / sqrt(var + eps) is missing."),
        ]
    return [
        (g * inv_std, "Only the direct way is there: those by the mean and the variance lack."),
        ((g - by_mean) * inv_std, "The way through the variance is missing."),
        ((g - by_var) * inv_std, "The way through the mean is missing."),
        ((g + by_mean - by_var) * inv_std, "The way through the mean has the wrong sign."),
        ((g - by_mean + by_var) * inv_std, "The way through the variance has the wrong sign."),
        ((g - by_mean - 2 * by_var) * inv_std, "The way through the variance is twice too large."),
        (g - by_mean - by_var, "1 / sqrt(var + eps) is missing."),
        (len(BATCH) * (g - by_mean - by_var) * inv_std, "It is N times too large."),
    ]


@pytest.mark.parametrize("mode", MODES)
def test_dx(mode):
    dx = backward(DOUT, cache_of(mode), mode)[0]
    right, gamma = right_gradient(mode, "x", BATCH), GIVEN["gamma"]
    hint = (
        "x reaches the output on three ways: directly, through the mean, through the variance."
        if mode == "training"
        else "In evaluation mean and variance don't depend on x: only the direct way is left."
    )
    suspects = [
        *wrong_gradients(mode),
        (right / gamma, "gamma is missing."),
        (right * gamma, "gamma comes in twice."),
    ]
    kind = "the slopes of the formula"
    dx.is_close(right, hint, suspects=suspects, tol=1e-6, kind=kind, with_largest=True)


@pytest.mark.parametrize("mode", MODES)
def test_dgamma_dbeta(mode):
    mean = "Sum over the batch: a mean is already in dout if the loss has one."
    _, dgamma, dbeta = backward(DOUT, cache_of(mode), mode)
    right_gamma, right_beta = (right_gradient(mode, *each) for each in GIVEN.items())
    for answer, right, other, hint in (
        (dgamma, right_gamma, right_beta, "What is gamma multiplied with, in out?"),
        (dbeta, right_beta, right_gamma, "beta is added to every example of the batch."),
    ):
        suspects = [
            (right / len(BATCH), mean),
            (other, "dgamma and dbeta are the wrong way round."),
            (right * GIVEN["gamma"], "gamma has no business here."),
            (np.sum(DOUT * BATCH, axis=0), "gamma multiplies the normalised x."),
        ]
        answer.is_array((3,), "One per unit: sum over the examples (axis=0).")
        answer.is_close(right, hint, suspects=suspects, tol=1e-6, kind="the slopes of the formula")


@pytest.mark.parametrize("training", [True, False])
def test_forward_leaves_alone(training):
    hint = "'running_mean *= momentum' and 'x -= mean' write into the caller's arrays."
    given = (X, GAMMA, BETA, OLD_MEAN, OLD_VAR)
    leaves_alone("batchnorm.batchnorm_forward", *given, training=training, hint=hint)


@pytest.mark.parametrize("shape", [(1, 3), (5, 1), (1, 1)])
def test_small_batches(shape):
    rng = np.random.default_rng(2)
    x = rng.normal(size=shape)
    d = shape[1]
    options = {"gamma": np.ones(d), "beta": np.zeros(d), "mean": np.zeros(d), "var": np.ones(d)}
    out, cache, mean, var = forward(x, training=True, **options)
    hint = "N and D may be 1. Do keepdims or squeeze change a shape?"
    out.is_close(normalised(x.mean(0), ((x - x.mean(0)) ** 2).mean(0), 1e-5, x), hint, tol=1e-8)
    mean.is_array((d,), "One running value per unit, shape (D,).")
    var.is_array((d,), "One running value per unit, shape (D,).")
    answers = backward(np.ones(shape), cache)
    for answer, right in zip(answers, (shape, (d,), (d,)), strict=True):
        answer.is_array(right, hint)


def test_two_layers_share_nothing():
    first, second = map(cache_of, MODES)
    late = backward(DOUT, first)[0]
    again = backward(DOUT, second)[0]
    right = backward(DOUT, cache_of("training"))[0]
    hint = "Keep what backward needs in the cache, not in a global variable."
    late.is_close(right.value, hint, kind="the gradient of its own forward pass")
    again.is_array(BATCH.shape)
