"""The given network: its gradients, its options, and what it says of functions that it can't use."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import gradflow
from gradflow import activations, batchnorm, clipping, initializers
from gradflow.check import numerical
from gradflow.network import (
    INITIALIZERS,
    PAIRING,
    PARAMETERS,
    Network,
    UnusableResult,
    cross_entropy,
    mean_squared_error,
)
from tests.kit import ROOT, python

SIZES = [3, 5, 4, 5, 3]


def example(activation: str, batch_norm: bool) -> tuple[Network, np.ndarray, np.ndarray]:
    """A small network none of whose parameters is 0 or 1, and a batch with its labels."""
    rng = np.random.default_rng(3)
    net = Network(SIZES, rng=rng, activation=activation, batch_norm=batch_norm)
    for kind in ("biases", "gamma", "beta", "alpha"):
        moved = [p + 0.3 * rng.normal(size=p.shape) for p in getattr(net, kind)]
        setattr(net, kind, moved)
    x, labels = rng.normal(size=(6, 3)), rng.integers(3, size=6)
    net.forward(x)  # running values that aren't those of the start
    return net, x, labels


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("activation", PAIRING)
def test_gradients_against_central_differences(activation, batch_norm, training):
    net, x, labels = example(activation, batch_norm)

    def differences(kind: str) -> list[np.ndarray]:
        """Central differences of the loss for every entry of every parameter of a kind."""
        given = getattr(net, kind)

        def loss(place: int, array: np.ndarray) -> float:
            setattr(net, kind, [*given[:place], array, *given[place + 1 :]])
            net._rng = np.random.default_rng(4)  # randomised ReLU: the same slopes every time
            return cross_entropy(net.forward(x, training), labels)[0]

        found = [numerical(partial(loss, place), array) for place, array in enumerate(given)]
        setattr(net, kind, given)
        return found

    net._rng = np.random.default_rng(4)
    _, grads = net.loss_and_gradients(x, labels, training=training)
    assert bool(grads.gamma) is bool(grads.beta) is batch_norm
    assert bool(grads.alpha) is (activation == "prelu")
    for kind in PARAMETERS:
        for got, wanted in zip(getattr(grads, kind), differences(kind), strict=True):
            np.testing.assert_allclose(got, wanted, atol=2e-8, err_msg=kind)
    net.biases = [np.tile(b, (6, 1)) for b in net.biases]  # so that each moves one pre-activation
    for got, wanted in zip(grads.pre_activations, differences("biases"), strict=True):
        np.testing.assert_allclose(got, wanted, atol=2e-8, err_msg="pre_activations")
        assert np.abs(wanted).max() > 1e-4  # there is something to be right about


def test_losses():
    logits, labels = np.log(np.array([[1.0, 3.0], [4.0, 1.0]])), np.array([1, 1])
    assert cross_entropy(logits, labels)[0] == pytest.approx(-(np.log(0.75) + np.log(0.2)) / 2)
    with np.errstate(all="raise", under="ignore"):
        value, dlogits = cross_entropy(np.array([[1e5, 0.0], [0.0, 1e5]]), np.array([0, 0]))
    assert value == pytest.approx(5e4)
    np.testing.assert_array_equal(dlogits, [[0.0, 0.0], [-0.5, 0.5]])
    value, gradient = mean_squared_error(np.array([[1.0, 2.0]]), np.array([[0.0, 5.0]]))
    assert value == 5.0
    np.testing.assert_array_equal(gradient, [[1.0, -3.0]])


def test_initializers_and_their_options():
    def first(**options: Any) -> np.ndarray:
        return Network([40, 30, 2], rng=np.random.default_rng(7), **options).weights[0]

    def drawn(name: str, *options: object) -> np.ndarray:
        return getattr(initializers, name)(40, 30, np.random.default_rng(7), *options)

    for name in INITIALIZERS:
        np.testing.assert_array_equal(first(initializer=name), drawn(name))
    for activation, name in PAIRING.items():
        np.testing.assert_array_equal(first(activation=activation), drawn(name))
    by_inputs = first(initializer="he_uniform", init_options={"mode": "fan_in"})
    np.testing.assert_array_equal(by_inputs, drawn("he_uniform", "fan_in"))
    small = first(initializer="normal", init_options={"std": 0.01})
    assert small.std() == pytest.approx(0.01, rel=0.1)
    own = first(initializer=lambda n_in, n_out, _: np.ones((n_in, n_out)))
    np.testing.assert_array_equal(own, np.ones((40, 30)))


@pytest.mark.parametrize(
    ("activation", "options", "slope"),
    [
        ("leaky_relu", {"alpha": 0.3}, 0.3),
        ("elu", {"alpha": 0.0}, 0.0),
        ("rrelu", {"lower": 0.4, "upper": 0.4}, 0.4),
        ("prelu", {"alpha": -0.4}, -0.4),
    ],
)
def test_activation_options(activation, options, slope):
    rng = np.random.default_rng(8)
    net = Network([4, 6, 2], activation=activation, activation_options=options, rng=rng)
    net.loss_and_gradients(rng.normal(size=(5, 4)), np.zeros(5, dtype=int))
    y = net.trace.activation_inputs[0]
    np.testing.assert_allclose(net.trace.activations[1], np.where(y < 0, slope, 1) * y)
    np.testing.assert_allclose(net.trace.slopes[0], np.where(y < 0, slope, 1))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"activation": "softmax"}, "activation must be"),
        ({"initializer": "zeros"}, "initializer must be"),
        ({"sizes": [3]}, "sizes must"),
    ],
)
def test_wrong_arguments(wrong, named):
    with pytest.raises(ValueError, match=named):
        Network(**{"sizes": SIZES, "rng": np.random.default_rng(0), **wrong})


def test_wrong_input_and_wrong_order():
    net = Network([3, 4, 2], rng=np.random.default_rng(0))
    _, grads = net.loss_and_gradients(np.ones((5, 3)), np.zeros(5, dtype=int))
    with pytest.raises(RuntimeError, match="forward pass"):
        net.backward(np.ones((5, 2)))
    with pytest.raises(ValueError, match="by must be"):
        net.clip(grads, "l1", 1.0)
    with pytest.raises(ValueError, match="x must have shape"):
        net.forward(np.ones((5, 4)))
    net.forward(np.ones((5, 3)))
    net.activation = "unwritten"
    with pytest.raises(AttributeError):
        net.forward(np.ones((5, 3)))
    with pytest.raises(RuntimeError, match="forward pass"):  # not the gradients of the whole one
        net.backward(np.ones((5, 2)))


def test_evaluation_comes_to_what_training_does_and_draws_nothing():
    net, x, _ = example("rrelu", batch_norm=True)
    before = [net.running_mean[0].copy(), net.running_var[0].copy()]
    np.testing.assert_array_equal(net.forward(x, training=False), net.forward(x, training=False))
    np.testing.assert_array_equal([net.running_mean[0], net.running_var[0]], before)
    assert np.abs(net.forward(x) - net.forward(x)).max() > 0.001
    net.activation = "relu"
    for _ in range(300):
        in_training = net.forward(x)
    np.testing.assert_allclose(net.forward(x, training=False), in_training, atol=1e-9)


def test_clipping_and_a_step_reach_every_parameter():
    net, x, labels = example("prelu", batch_norm=True)
    _, grads = net.loss_and_gradients(x, labels)
    given = grads.parameters()
    for by, expected in (
        ("value", clipping.clip_by_value(given, 0.05)),
        ("norm", clipping.clip_by_norm(given, 0.05)),
        ("global_norm", clipping.clip_by_global_norm(given, 0.05)[0]),
    ):
        clipped = net.clip(grads, by, 0.05)
        for got, wanted in zip(clipped.parameters(), expected, strict=True):
            np.testing.assert_array_equal(got, wanted)
        assert clipped.pre_activations is grads.pre_activations
    before = {kind: list(getattr(net, kind)) for kind in PARAMETERS}
    net.step(clipped, 0.5)
    for kind in PARAMETERS:
        for new, old, grad in zip(
            getattr(net, kind), before[kind], getattr(clipped, kind), strict=True
        ):
            np.testing.assert_array_equal(new, old - 0.5 * grad)


FIVE = np.zeros((6, 5))
UNUSABLE = [None, 1.0, np.zeros((4, 4)), FIVE.astype(complex), FIVE.view(np.matrix), (FIVE,)]


@pytest.mark.parametrize(
    ("module", "function", "activation"),
    [
        (activations, "tanh", "tanh"),
        (activations, "tanh_grad", "tanh"),
        (activations, "prelu_grad", "prelu"),
        (activations, "rrelu", "rrelu"),
        (batchnorm, "batchnorm_forward", "tanh"),
        (batchnorm, "batchnorm_backward", "tanh"),
        (initializers, "xavier_normal", "tanh"),
        (clipping, "clip_by_global_norm", "tanh"),
    ],
)
def test_an_unusable_result_is_named(module, function, activation):
    """A hidden suite runs this on students' functions, which may return anything."""
    for wrong in UNUSABLE:
        name = module.__name__.removeprefix("gradflow.")
        package = SimpleNamespace(**vars(gradflow))
        own = SimpleNamespace(**vars(module) | {function: lambda *_, wrong=wrong, **__: wrong})
        setattr(package, name, own)
        with pytest.raises(UnusableResult, match=f"{name}.{function}"):
            use_all(activation, package)


def use_all(activation: str, package: Any) -> None:
    rng = np.random.default_rng(0)
    net = Network(SIZES, activation=activation, batch_norm=True, package=package, rng=rng)
    _, grads = net.loss_and_gradients(np.ones((6, 3)), np.zeros(6, dtype=int))
    net.clip(grads, "global_norm", 1.0)


def test_only_the_modules_that_are_needed_are_imported():
    code = (
        "import sys, numpy as np\n"
        "from gradflow.network import Network\n"
        "net = Network([2, 3, 2], rng=np.random.default_rng(0))\n"
        "net.loss_and_gradients(np.ones((4, 2)), np.zeros(4, dtype=int))\n"
        "print(*sorted(m for m in sys.modules if m.startswith('gradflow.')))\n"
    )
    found = python("-c", code, cwd=ROOT / "solutions")
    assert found.stdout == "gradflow.activations gradflow.initializers gradflow.network\n"
