"""Public tests of your functions at work, in nets of ten weight layers."""

import numpy as np
import pytest
from checks import CheckFailed, find

DEPTH = 10


def net(**options):
    from gradflow.network import Network

    rng = np.random.default_rng(5)
    return Network([64] * (DEPTH + 1), rng=rng, **options)


def norms(network):
    """Per layer, input side first: the gradient's norm with respect to the pre-activations."""
    from gradflow.network import mean_squared_error

    rng = np.random.default_rng(6)
    x, target = rng.normal(size=(64, 64)), rng.normal(size=(64, 64))
    with np.errstate(all="ignore"):
        _, grads = network.loss_and_gradients(x, target, loss=mean_squared_error)
    return np.array([np.linalg.norm(dz) for dz in grads.pre_activations]), grads


SMALL = {"batch_norm": True, "initializer": "normal", "init_options": {"std": 0.01}}
# Over 100 seeds the ratios lie within a factor of 2.5 of their median; these limits are wider.
FLOWS = [
    ("sigmoid", {}, 5e-7, 1e-5, "sigmoid_grad, which is at most 1/4, and xavier_normal."),
    ("tanh", {}, 0.1, 0.8, "tanh_grad, xavier_normal."),
    ("relu", {}, 0.5, 20, "relu_grad, he_normal: a factor of 2 per layer counts ten times."),
    ("leaky_relu", {}, 0.5, 20, "leaky_relu_grad, he_normal."),
    ("prelu", {}, 0.7, 25, "prelu_grad's dz, he_normal."),
    ("rrelu", {}, 0.7, 25, "rrelu's slope, he_normal."),
    ("elu", {}, 1, 25, "elu_grad, he_normal."),
    ("sigmoid", {"batch_norm": True}, 0.1, 0.6, "batchnorm_forward, batchnorm_backward."),
    ("relu", SMALL, 1, 10, "batchnorm_backward: a bad scale must cancel."),
]


@pytest.mark.parametrize(
    ("activation", "options", "low", "high", "hint"),
    FLOWS,
    ids=[f"{name}{'_batchnorm' if o.get('batch_norm') else ''}" for name, o, *_ in FLOWS],
)
def test_gradient_flow(activation, options, low, high, hint):
    found, _ = norms(net(activation=activation, **options))
    ratio = found[0] / found[-1]
    if not low < ratio < high:
        raise CheckFailed(
            f"a deep net of {activation}{' with batch norm' if options else ''}",
            f"{DEPTH} weight layers of 64 units", f"first / last gradient norm = {ratio:.2g}",
            f"a ratio from {low:g} to {high:g}", f"Look at {hint}",
        )  # fmt: skip


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "prelu", "rrelu", "elu"])
def test_dead_layer(activation):
    network = net(activation=activation)
    biases = np.random.default_rng(7).normal(0, 0.1, (DEPTH, 64))
    biases[4] = -20 if activation != "elu" else -3
    network.biases = list(biases)
    found, _ = norms(network)
    lives = activation != "relu"
    if bool(found[0] > 0) != lives:
        raise CheckFailed(
            f"a deep net of {activation} with a layer of negative biases",
            f"biases of {biases[4, 0]:g} in layer 5", f"a first gradient norm of {found[0]:.2g}",
            "a norm above 0" if lives else "0: ReLU's slope is 0 there, for every example",
            "What is the slope for negative z?",
        )  # fmt: skip


@pytest.mark.parametrize("by", ["value", "norm", "global_norm"])
def test_clipped_step(by):
    network = net(initializer="normal", init_options={"std": 0.5})
    _, grads = norms(network)
    clipped = network.clip(grads, by, 1.0).parameters()
    sizes = [np.linalg.norm(array) for array in clipped]
    largest = {
        "value": max(np.abs(array).max() for array in clipped),
        "norm": max(sizes),
        "global_norm": np.linalg.norm(sizes),
    }[by]
    if not largest <= 1 + 1e-5:
        raise CheckFailed(
            f"an exploding net, clipped by {by}", "a limit of 1", f"{largest:.3g}", "at most 1",
            "Do the checks of clipping pass?",
        )  # fmt: skip


NETS = {
    "vanishing": {"activation": "sigmoid"},
    "exploding": {"initializer": "normal"},
    "healthy": {},
}


@pytest.mark.parametrize("right", NETS)
def test_diagnosis(right):
    gradient_norms, diagnose = map(find, ("diagnostics.gradient_norms", "diagnostics.diagnose"))
    _, grads = norms(net(**NETS[right]))
    verdict = diagnose(gradient_norms(grads.pre_activations))
    if verdict != right:
        raise CheckFailed(
            f"diagnose of a net that is {right}", str(NETS[right]), repr(verdict), repr(right),
            "Do the checks of diagnostics pass, and test_gradient_flow?",
        )  # fmt: skip
