"""Public tests of batchnorm.py."""

import numpy as np
import pytest
from checks import Answer, AsIs, call, leaves_alone, numerical_gradient

# A batch of 4 examples with 2 units. In round numbers: the units' means are 3 and -1, their biased
# variances 5 and 4.
X = np.array([[0.0, 1.0], [2.0, -3.0], [4.0, 1.0], [6.0, -3.0]])
GAMMA = np.array([2.0, 0.5])
BETA = np.array([1.0, -1.0])
OLD_MEAN = np.array([10.0, 20.0])
OLD_VAR = np.array([1.0, 4.0])
MEAN, VAR = np.array([3.0, -1.0]), np.array([5.0, 4.0])


def forward(x=X, gamma=GAMMA, beta=BETA, mean=OLD_MEAN, var=OLD_VAR, **options) -> list[Answer]:
    answer = call("batchnorm.batchnorm_forward", x, gamma, beta, mean, var, **options)
    answer.given = f"x of shape {x.shape}, {', '.join(f'{k}={v}' for k, v in options.items())}"
    return answer.items("out cache running_mean running_var")


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


def backward(dout, cache: Answer) -> list[Answer]:
    answer = leaves_alone("batchnorm.batchnorm_backward", dout, AsIs(cache.value))
    answer.given = f"dout of shape {dout.shape}, and the cache of batchnorm_forward"
    return answer.items("dx dgamma dbeta")


def case(training):
    """A batch and weights for its outputs: loss = sum(weight * out), so dout = weight."""
    rng = np.random.default_rng(3)
    x, weight = rng.normal(1, 2, size=(6, 3)), rng.normal(size=(6, 3))
    parameters = {"gamma": np.array([0.5, -1.5, 2.0]), "beta": np.array([0.3, 0.0, -2.0])}
    old = {"mean": np.array([0.5, 0.0, 2.0]), "var": np.array([1.0, 3.0, 0.4])}

    def out(x, gamma, beta):
        """The forward formula, for finite differences."""
        mean, var = (x.mean(0), x.var(0)) if training else (old["mean"], old["var"])
        return gamma * normalised(mean, var, 0.1, x) + beta

    cache = forward(x, training=training, eps=0.1, **parameters, **old)[1]
    return x, weight, parameters, out, cache


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_dx(training):
    x, weight, parameters, out, cache = case(training)
    right = numerical_gradient(lambda v: float(np.sum(weight * out(v, **parameters))), x)
    dx = backward(weight, cache)[0]
    mean, var = x.mean(0), x.var(0)
    inv_std = 1 / np.sqrt(var + 0.1)
    x_hat, g = (x - mean) * inv_std, parameters["gamma"] * weight
    hint = (
        "x reaches the output on three ways: directly, through the mean, through the variance."
        if training
        else "In evaluation mean and variance don't depend on x: only the direct way is left."
    )
    suspects = [
        (g * inv_std, "Only the direct way is there: mean and variance depend on x as well."),
        ((g - g.mean(0)) * inv_std, "The way through the variance is missing."),
        ((g - x_hat * (g * x_hat).mean(0)) * inv_std, "The way through the mean is missing."),
        (right / parameters["gamma"], "gamma is missing."),
        (right * parameters["gamma"], "gamma comes in twice."),
    ]
    if not training:
        trained = (g - g.mean(0) - x_hat * (g * x_hat).mean(0)) * inv_std
        suspects = [(trained, "That is training's: the mode must be in the cache."), *suspects[3:]]
    dx.is_close(right, hint, suspects=suspects, tol=1e-6, kind="the slopes of the formula")


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_dgamma_dbeta(training):
    x, weight, parameters, out, cache = case(training)
    gamma, beta = parameters["gamma"], parameters["beta"]
    _, dgamma, dbeta = backward(weight, cache)
    right_gamma = numerical_gradient(lambda v: float(np.sum(weight * out(x, v, beta))), gamma)
    right_beta = numerical_gradient(lambda v: float(np.sum(weight * out(x, gamma, v))), beta)
    n = len(x)
    for answer, right, other, hint in (
        (dgamma, right_gamma, right_beta, "What is gamma multiplied with, in out?"),
        (dbeta, right_beta, right_gamma, "beta is added to every example of the batch."),
    ):
        suspects = [
            (right / n, "Sum over the batch: a mean is already in dout if the loss has one."),
            (other, "dgamma and dbeta are the wrong way round."),
            (right * gamma, "gamma has no business here."),
            (np.sum(weight * x, axis=0), "gamma multiplies the normalised x."),
        ]
        answer.is_array((3,), "One per unit: sum over the examples (axis=0).")
        answer.is_close(right, hint, suspects=suspects, tol=1e-6, kind="the slopes of the formula")


def test_two_layers_share_nothing():
    first, second = case(True), case(False)
    (_, weight, _, _, cache) = first
    late = backward(weight, cache)[0]
    again = backward(second[1], second[4])[0]
    right = backward(*(lambda c: (c[1], c[4]))(case(True)))[0]
    hint = "Keep what backward needs in the cache, not in a global variable."
    late.is_close(right.value, hint, kind="the gradient of its own forward pass")
    again.is_array(second[0].shape)
