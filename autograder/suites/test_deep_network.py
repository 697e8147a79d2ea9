"""Hidden tests of the whole. The kit's own network runs on the student's functions.

Each net is built and run by one call. A test verifies how strongly its gradients shrink or grow on
their way back, and compares with the same net, of the same weights, over the right functions. Each
test is one of the lecture's stories; a function stands in at most three of them.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from autograder.engine.suite import check
from autograder.engine.suite.calls import ask
from autograder.suites import inputs, nets
from autograder.suites.nets import CASES, Case


def _agree(found: Any, rights: Any, what: str, *, backward: bool = False) -> None:
    """The arrays of the layers are right: the first layer on the way that is not is named."""
    layers = list(enumerate(zip(found, rights, strict=True), start=1))
    for layer, (one, right) in reversed(layers) if backward else layers:
        nets.agree(one, right, f"{what} of layer {layer}")


def _slopes_of_their_own(net: dict[str, Any], given: dict[str, Any]) -> None:
    """In each layer negative entries meet slopes that differ, and the gradient goes back by the
    very same ones."""
    hidden, grads = [given["x"], *net["activations"]], net["d_pre_activations"]
    for layer, weights in enumerate(given["weights"][1:]):
        z = hidden[layer] @ given["weights"][layer] + given["biases"][layer]
        slopes, negative = hidden[layer + 1] / z, z < 0
        where = f"layer {layer + 1}"
        nets.agree(slopes[~negative], np.ones_like(z)[~negative], f"the slope for z > 0 of {where}")
        differ = negative.any() and np.ptp(slopes[negative]) > 1e-6
        check.true(differ, f"one slope for all negative z of {where}")
        back = grads[layer + 1] @ weights.T * slopes
        what = f"on the way back, the gradient of the pre-activations of {where}"
        nets.agree(grads[layer], back, what)


def _healthy(net: dict[str, Any], given: dict[str, Any], case: Case, story: str) -> None:
    """Ratio and spread lie where they should."""
    ratio, spread = nets.flow(net["d_pre_activations"], given["x"], net["activations"][-1])
    nets.within(spread, case.spread, f"{story}: the last activations' spread over the input's")
    nets.within(ratio, case.ratio, f"{story}: the first layer's gradient over the last one's")


def _run(
    student, reference, rng, name: str, story: str, **passes: Any
) -> tuple[dict[str, Any], Any, Any, dict[str, Any]]:
    """The student's net is judged; what came of it, the twin, its gradients, and what both were
    given."""
    ((net, given),) = nets.asked(student, [CASES[name]], rng, **passes)
    return net, *_judged(reference, net, given, name, story), given


def _judged(
    reference, net: dict[str, Any], given: dict[str, Any], name: str, story: str
) -> tuple[Any, Any]:
    """What comes through the student's net, forward and backward, is what the twin gives. Returns
    the twin and its gradients."""
    case = CASES[name]
    twin = nets.twin(reference, case, given["weights"], given)
    right = nets.backward(twin, given)
    # A layer with batch norm is the work of two functions, another one that of the activation.
    by, by_grad = case.activation, f"{case.activation}_grad"
    if case.batch_norm:
        by, by_grad = f"{by} or batchnorm_forward", f"{by_grad} or batchnorm_backward"
    _agree(net["activations"], twin.trace.activations[1:], f"{by}: on the way forward, the output")
    back = f"{by_grad}: on the way back, the gradient of"
    grads = net["d_pre_activations"]
    _agree(grads, right.pre_activations, f"{back} the pre-activations", backward=True)
    for kind in ("gamma", "beta", "alpha"):
        _agree(net[f"d_{kind}"], getattr(right, kind), f"{back} {kind}")
    _healthy(net, given, case, story)
    return twin, right


def _same_evaluation(net: dict[str, Any], twin: Any, x: np.ndarray) -> None:
    right = twin.forward(x, training=False)
    evaluated = check.real_array(net.get("evaluated"), right.shape, "the output in evaluation")
    nets.agree(evaluated, right, "the output in evaluation")


@pytest.mark.points(1)
def test_sigmoid_vanishes(student, reference, rng):
    """Sigmoid vanishes: through 20 layers the gradient shrinks to a millionth of a millionth.

    It needs sigmoid, sigmoid_grad and xavier_normal. How large can the slope of sigmoid be at most?
    """
    _run(student, reference, rng, "sigmoid", "sigmoid with xavier_normal")


@pytest.mark.points(1)
def test_tanh_saturates(student, reference, rng):
    """Weights from N(0, 1) saturate tanh: most units sit at -1 or 1, and the gradients grow.

    It needs tanh and tanh_grad. Few slopes are far from 0, but large weights multiply them.
    """
    _run(student, reference, rng, "tanh, too large", "tanh with weights from N(0, 1)")


@pytest.mark.points(1)
def test_relu_explodes(student, reference, rng):
    """The scale counts in each layer: with N(0, 1) ReLU explodes, with N(0, 0.01^2) it vanishes.

    It needs relu and relu_grad. A factor that enters once per layer is raised to the tenth power.
    """
    deviations = {"relu, too large": 1, "relu, too small": 0.01}
    asked = nets.asked(student, [CASES[name] for name in deviations], rng)
    for (net, given), (name, std) in zip(asked, deviations.items(), strict=True):
        story = f"relu with weights of standard deviation {std}"
        _judged(reference, net, given, name, story)


@pytest.mark.points(1.5)
def test_xavier_keeps_scale(student, reference, rng):
    """Xavier keeps the scale: through ten tanh layers the gradients keep their order of magnitude.

    It needs tanh, tanh_grad and xavier_uniform. Run the lab's net with them and look at each layer.
    """
    _run(student, reference, rng, "tanh", "tanh with xavier_uniform")


@pytest.mark.points(1.5)
def test_he_keeps_scale(student, reference, rng):
    """He keeps the scale: through 14 ReLU layers activations and gradients keep theirs.

    It needs relu, relu_grad and he_normal. Run the lab's net with them and look at each layer.
    """
    _run(student, reference, rng, "relu", "relu with he_normal")


@pytest.mark.points(1)
def test_relu_dies(student, reference, rng):
    """ReLU dies: one layer with biases of -20, and no gradient reaches the layers before it.

    It needs relu and relu_grad. What is ReLU's slope where all pre-activations are negative?
    """
    _run(student, reference, rng, "relu, dead", "relu with one layer's biases at -20")


@pytest.mark.points(1)
def test_leaky_relu_keeps_alive(student, reference, rng):
    """Leaky ReLU keeps a layer alive: with biases of -20, where ReLU dies, the gradient flows on.

    It needs leaky_relu and leaky_relu_grad, with alpha=0.1.
    """
    _run(student, reference, rng, "leaky_relu", "leaky_relu with one layer's biases at -20")


@pytest.mark.points(1.5)
def test_elu_keeps_alive(student, reference, rng):
    """ELU keeps a layer alive: with biases of -3 most of its units are negative, yet all learn.

    It needs elu, elu_grad and he_uniform. Run the lab's net with them and look at each layer.
    """
    _run(student, reference, rng, "elu", "elu with he_uniform and one layer's biases at -3")


@pytest.mark.points(1.5)
def test_prelu_learns(student, reference, rng):
    """PReLU keeps a layer alive whose biases are -20, and alpha learns with the weights.

    It needs prelu, prelu_grad and he_uniform. A small step against the gradient lowers the loss.
    """
    story, size = "prelu with he_uniform", float(rng.uniform(200.0, 400.0))
    net, twin, right, given = _run(student, reference, rng, "prelu", story, size=size)
    twin.step(right, reference.supplied_net.step_rate(right, size))
    alphas = check.items(net.get("alpha"), len(twin.alpha), "the learned alphas", list)
    for alpha, alpha_right in zip(alphas, twin.alpha, strict=True):
        alpha = check.real_array(alpha, alpha_right.shape, "a learned alpha")
        nets.agree(alpha, alpha_right, "the learned alpha after a step")
    doutput = given["doutput"]  # the gradient of this loss
    loss, after = (
        np.sum(check.real_array(net.get(name), doutput.shape, "the net's output") * doutput)
        for name in ("output", "output_after")
    )
    check.true(after < loss, "the loss did not fall in a small step")


@pytest.mark.points(1.5)
def test_rrelu_keeps_alive(student, reference, rng):
    """Randomised ReLU keeps a layer alive: random in training, repeatable in evaluation.

    It needs rrelu, and he_normal with mode="fan_in". The backward pass uses the very slopes that
    were drawn. One layer's biases are -20.
    """
    case = CASES["rrelu"]
    other, _ = nets.draw(rng, case.width)
    ((net, given),) = nets.asked(student, [case], rng, evaluated=other)
    twin = nets.twin(reference, case, given["weights"], given)
    _same_evaluation(net, twin, other)
    _slopes_of_their_own(net, given)
    middle = twin.forward(given["x"], training=False)
    output = check.real_array(net.get("output"), middle.shape, "the net's output")
    differs = np.mean(np.abs(output - middle)) > 1e-6 * nets.rms(middle)
    check.true(differs, "the output in training is that of evaluation: no slope was drawn")
    _healthy(net, given, case, "rrelu with he_normal")


@pytest.mark.points(1.5)
def test_batch_norm_repairs_scale(student, reference, rng):
    """Batch normalisation repairs both ends: weights far too large and far too small.

    It needs leaky_relu, leaky_relu_grad and both functions of batchnorm. The weights' standard
    deviation is 1 in the first layer, 0.01 in the second, and so on in turn.
    """
    story = "leaky_relu with batch norm, weights of deviation 1 and 0.01 in turn"
    _run(student, reference, rng, "leaky_relu, uneven, normalised", story)


@pytest.mark.points(1)
def test_batch_norm_repairs_sigmoid(student, reference, rng):
    """Batch normalisation repairs sigmoid: its gradients flow through ten layers.

    It needs sigmoid, sigmoid_grad, xavier_uniform and both functions of batchnorm.
    """
    name, story = "sigmoid, normalised", "sigmoid with xavier_uniform and batch norm"
    other, _ = nets.draw(rng, CASES[name].width)
    net, twin, *_ = _run(student, reference, rng, name, story, evaluated=other)
    _agree(net["running_var"], twin.running_var, "batchnorm_forward: the running variance")
    _same_evaluation(net, twin, other)


@pytest.mark.points(1.5)
def test_clipping_tames_the_step(student, reference, rng):
    """Clipping tames a step and does not heal the cause: the net explodes as before.

    It needs the three functions of clipping, each as in the tests of its own: mend those first. The
    nets are the kit's own; each step is made with all their parameters' gradients, clipped by
    value, by norm or by global norm.
    """
    case = replace(CASES["relu, too large"], width=16)  # it explodes all the same
    given = nets.drawn(case, rng)
    net = nets.twin(reference, case, given["weights"], given)
    grads = nets.backward(net, given)
    before = nets.ratio(grads.pre_activations)
    gradients = grads.parameters()
    cases = [("clip_by_value", 0.01), ("clip_by_norm", 2.5), ("clip_by_global_norm", 1.5)]
    called = [getattr(student.clipping, name).call(gradients, limit) for name, limit in cases]
    for answer, (name, limit) in zip(ask(*called), cases, strict=True):
        clipped, expected = answer.value, getattr(reference.clipping, name)(gradients, limit)
        if name == "clip_by_global_norm":
            clipped, expected = check.items(clipped, 2, name)[0], expected[0]
        what = f"{name} of an exploding net's gradients"
        pairs = zip(check.items(clipped, len(expected), what, list), expected, strict=True)
        arrays = [check.real_array(one, other.shape, what) for one, other in pairs]
        with np.errstate(all="ignore"):
            size, most = (sum(np.sum(g * g) for g in some) for some in (arrays, expected))
            check.true(size <= most * (1 + 1e-5), f"{what}: the step is longer than it may be")
            net = nets.twin(reference, case, given["weights"], given)
            parameters = {"weights": arrays[: case.depth], "biases": arrays[case.depth :]}
            net.step(replace(grads, **parameters), 0.01)
            after = nets.ratio(nets.backward(net, given).pre_activations)
        check.true(before / 4 < after < before * 4, f"{what}: after a step the net is another one")
        for one, other in zip(arrays, expected, strict=True):
            # PyTorch's factor is right, too
            near = np.abs(one - other) <= 1e-5 * (np.abs(other) + nets.rms(other))
            check.true(np.all(near), f"{what}: some entries are wrong")


@pytest.mark.points(1.5)
def test_diagnosis(student, reference, rng):
    """Diagnosis: the student's numbers tell a sick deep net from a healthy one.

    It needs all of diagnostics. The nets are the kit's own.
    """
    diagnostics = student.diagnostics
    calls, rights = [], []
    for name, verdict in (
        ("tanh", "healthy"),
        ("relu, too large", "exploding"),
        ("relu, dead", "vanishing"),
        ("sigmoid", "vanishing"),
        ("leaky_relu, uneven, normalised", "healthy"),
    ):
        case = CASES[name]
        given = nets.drawn(case, rng)
        draw = getattr(reference.initializers, case.initializer, None)
        weights = given.get("weights") or [draw(*pair, rng) for pair in pairwise(case.sizes)]
        net = nets.twin(reference, case, weights, given)
        _, of_another_loss = nets.draw(rng, case.width)
        others = nets.backward(net, given | {"doutput": of_another_loss}).pre_activations
        gradients = nets.backward(net, given).pre_activations
        slopes, hidden = net.trace.slopes[-1], net.trace.activations[-1]
        of_relu = case.activation == "relu"  # of others the contract says nothing
        calls += [
            diagnostics.gradient_norms.call(gradients),
            # This loss's norms are what gradient_norms is asked for.
            diagnostics.diagnose.call(inputs.l2_norms(others)),
            diagnostics.saturated_fraction.call(slopes, 0.2),
            *[diagnostics.dead_fraction.call(hidden)] * of_relu,
        ]
        shares = {"saturated_fraction": np.mean(np.abs(slopes) < 0.2)}
        if of_relu:
            shares["dead_fraction"] = np.mean(~hidden.any(axis=0))
        rights.append((name, inputs.l2_norms(gradients), verdict, shares))
    answers = iter(ask(*calls))
    for name, norms, verdict, shares in rights:
        what = f"gradient_norms of a deep net ({name})"
        check.close(next(answers).value, norms, what, atol=0.0, rtol=1e-6)
        told = f"diagnose of a deep net ({name})"
        said = check.word(next(answers).value, ("vanishing", "exploding", "healthy"), told)
        check.true(said == verdict, f"{told}: {said!r} is wrong")
        for function, right in shares.items():
            share = check.number(next(answers).value, function)
            check.close(share, right, f"{function} ({name})", atol=1e-9)
