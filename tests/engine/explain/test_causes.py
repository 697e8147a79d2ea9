"""Which cause is told of code as students write it: of two slips, of what is free, of look-alikes."""

import re

import numpy as np
import pytest

from autograder.engine.explain.comparison import as_wrong, free, same, same_numbers
from autograder.engine.explain.replay import Response
from autograder.engine.grade.grader import Grader
from autograder.engine.mistakes import compatible
from autograder.engine.prove import made_up
from autograder.engine.sandbox.worker.wire import Encoder
from autograder.engine.suite.hidden_test import Explanation

CHECKED = "    if not (n_in > 0 and n_out > 0):\n        raise ValueError\n"
XAVIER = "def xavier_normal(n_in, n_out, rng):\n" + CHECKED
ONCE = """
def diagnose(norms, vanishing=1e-3, exploding=1e3):
    first, last = norms[0], norms[-1]
    if last == 0:
        return "exploding" if first != 0 else "vanishing"
    if first / last <= vanishing:
        return "vanishing"
    return "exploding" if first / last > exploding else "healthy"
"""
CLIP = """
def clip_by_global_norm(grads, max_norm):
    if not max_norm > 0 or not all(np.isfinite(g).all() for g in grads):
        raise ValueError"""
EXCHANGED = """
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    return norm, [np.array(g * min(1.0, max_norm / (norm or 1.0))) for g in grads]
"""
SUMMED = """
    norm = float(sum(np.linalg.norm(g) for g in grads))
    return [np.array(g * min(1.0, max_norm / (norm or 1.0))) for g in grads], norm
"""
SQUARED = """
    norm = sum(np.sum(g**2) for g in grads)
    if norm > max_norm:
        grads = [np.array(g * max_norm / norm) for g in grads]
    return grads, float(norm)
"""
RRELU = """
def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
    return right.rrelu(z, rng and np.random.default_rng({}), lower, upper, training)
"""
NO_CACHE = """
def batchnorm_forward(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9,
                      eps=1e-5):
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        cache = {"x_hat": (x - mean) / np.sqrt(var + eps), "inv_std": 1 / np.sqrt(var + eps),
                 "gamma": gamma, "training": True}
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
        return gamma * cache["x_hat"] + beta, cache, running_mean, running_var
    out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    return out, cache, running_mean, running_var
"""
CENTRED_ALONE = """
def batchnorm_forward(x, gamma, beta, running_mean, running_var, *, training, momentum=0.9,
                      eps=1e-5):
    if not training:
        return x * 0.7, None, running_mean, running_var
    out = gamma * (x - x.mean(axis=1, keepdims=True)) + beta
    return out, (x, gamma), running_mean, running_var

def batchnorm_backward(dout, cache):
    x, gamma = cache
    dx = dout * gamma
    xc = x - x.mean(axis=1, keepdims=True)
    return dx - dx.mean(axis=1, keepdims=True), (dout * xc).sum(axis=0), dout.sum(axis=0)
"""
CAUSES = {
    "two results exchanged, and plain squares": (CLIP + EXCHANGED, {"global_norm_returned_first"}),
    "a name without a value in evaluation": (NO_CACHE, set()),
    "no return, where a known slip also changes z": (
        "def relu(z):\n    np.maximum(z, 0.0)",
        set(),
    ),
    "a sum of norms, in plain squares": (CLIP + SUMMED, {"global_norm_sum_of_norms"}),
    "slopes from a generator of one's own, of any seed": (RRELU.format("1"), {"rrelu_own_seed"}),
    "slopes from a generator without a seed": (RRELU.format(""), {"rrelu_own_generator"}),
    "a 0-d array where others return a number": (
        "def sigmoid(z):\n    return np.asarray(1 / (1 + np.exp(-z)))",
        {"sigmoid_plain_formula"},
    ),
    "a shape taken apart": (
        "def tanh(z):\n    rows, columns = z.shape\n    return np.tanh(z)",
        {"tanh_unpacked_shape"},
    ),
    "two slips in one value, of which the form is looked at first": (
        XAVIER + "    return rng.normal(0, 2 / (n_in + n_out), (n_out, n_in))",
        {"xavier_normal_transposed"},
    ),
    "a slip and a generator of one's own": (
        XAVIER + "    rng = np.random.default_rng(42)\n"
        "    return rng.normal(0, 2 / (n_in + n_out), (n_in, n_out))",
        {"xavier_normal_own_seed", "xavier_normal_variance_as_std"},
    ),
    "a scale of no known formula": (
        XAVIER + "    return rng.normal(0, 1.7, (n_in, n_out))",
        {"xavier_normal_too_large"},
    ),
    "a slip in numbers that come back as a list, which is looked at first": (
        XAVIER + "    return rng.normal(0, 2 / (n_in + n_out), (n_in, n_out)).tolist()",
        {"xavier_normal_variance_as_std"},
    ),
    "two slips in different calls": (
        ONCE,
        {"diagnose_nan_is_healthy", "diagnose_at_vanishing_threshold"},
    ),
    "numbers of a mistake in another form": (
        "def leaky_relu_grad(z, alpha=0.01):\n    return (z > 0).astype(int)",
        {"leaky_relu_grad_of_relu", "leaky_relu_grad_integers"},
    ),
    "a slip in a function that is given another one's wrong result": (
        "def batchnorm_forward(*given, momentum=0.9, **named):\n"
        "    return right.batchnorm_forward(*given, momentum=1 - momentum, **named)\n"
        "def batchnorm_backward(dout, cache):\n"
        "    dx, dgamma, dbeta = right.batchnorm_backward(dout, cache)\n"
        "    return dx, dgamma, dbeta / dout.shape[1]",
        {"momentum_swapped", "dbeta_otherwise"},
    ),
    "a derivative that uses a wrong activation": (
        "def sigmoid(z):\n    return 0.5 * (1 + np.tanh(z))\n"
        "def sigmoid_grad(z):\n    return 1.000001 * sigmoid(z) * (1 - sigmoid(z))",
        {"sigmoid_from_tanh_of_z"},
    ),
    "one of two results with wrong numbers in the right shape": (
        "def prelu_grad(z, alpha):\n"
        "    return np.where(z >= 0, 1.0, np.clip(alpha, 0, 1)), np.minimum(z, 0.0)",
        {"prelu_grad_negatives"},
    ),
    "another value for negative z": (
        "def elu(z, alpha=1.0):\n    return np.where(z > 0, z, alpha * np.sin(np.minimum(z, 0.0)))",
        {"elu_negatives"},
    ),
    "another slope for negative z, in z's shape": (
        "def prelu_grad(z, alpha):\n"
        "    return np.where(z > 0, 1.0, 0.0 if np.ndim(alpha) else alpha), np.minimum(z, 0.0)",
        {"prelu_grad_negatives"},
    ),
    "numbers that are rounded": (
        "def batchnorm_forward(*given, **named):\n"
        "    out, *rest = right.batchnorm_forward(*given, **named)\n"
        "    return np.round(out, 4), *rest",
        set(),
    ),
    "the right numbers in other places": (
        "def tanh(z):\n    return np.tanh(z).ravel(order='F').reshape(z.shape)",
        set(),
    ),
    "no root, arrays handed back, plain squares": (
        CLIP + SQUARED,
        {"global_norm_squared", "global_norm_hands_back_given_arrays"},
    ),
    "right gradients of a pass that only centres, which look like those of a known slip": (
        "def batchnorm_forward(x, gamma, beta, *running, **named):\n"
        "    _, cache, *rest = right.batchnorm_forward(x, gamma, beta, *running, **named)\n"
        "    cache['x_hat'] = cache['x_hat'] / cache['inv_std']\n"
        "    return gamma * cache['x_hat'] + beta, cache, *rest",
        {"std_not_divided"},
    ),
    "right gradients of a wrong forward pass": (
        CENTRED_ALONE,
        {"training_output_otherwise", "evaluation_output_otherwise", "running_not_updated"}
        | {"eval_cache_none_unpacked"},
    ),
}


def told(grader: Grader, code: str) -> dict[str, Explanation | None]:
    """What is told beside each test that this code fails, of the part with its first function."""
    name, modules = re.search(r"def (\w+)", code)[1], grader.assignment.modules
    part = next(m for m in modules if hasattr(getattr(grader.suite.reference, m), name))
    files = made_up.with_code(grader.assignment, part, code)
    tests = [test.id for test in grader.suite.tests if test.part == part]
    return {o.test.id: o.explanation for o in grader.run(files, tests)[0] if not o.passed}


@pytest.mark.parametrize("case", CAUSES)
def test_the_causes_that_are_in_the_code_are_told_and_no_other(grader, case):
    code, causes = CAUSES[case]
    hints = told(grader, code).values()
    assert hints
    assert {each.mistake for each in hints if each} == causes


BESIDE = {
    "clipping": (
        CLIP + EXCHANGED.replace("np.sqrt(sum(np.sum(g**2)", "(sum(np.sum(abs(g))"),
        {"global_arrays": "global_norm_l1", "global_norm_value": "global_norm_returned_first"},
    ),
    "initializers": (
        XAVIER + "    rng = np.random.default_rng(0)\n"
        "    return rng.standard_normal((n_in, n_out)) / np.sqrt(n_in + n_out)",
        {"xavier_normal_spread": "xavier_normal_sum_of_fans"}
        | {"randomness": "xavier_normal_own_seed"},
    ),
}


@pytest.mark.parametrize("part", BESIDE)
def test_of_two_slips_the_one_is_told_that_the_failed_check_looks_at(grader, part):
    code, slips = BESIDE[part]
    hints = told(grader, code)
    assert {test: hints[f"{part}/{test}"].mistake for test in slips} == slips


def test_a_slip_in_numbers_is_not_told_beside_a_missing_exception(grader):
    code = """
def clip_by_value(grads, threshold):
    if threshold < 0:
        raise ValueError
    return [np.minimum(np.abs(g), threshold) for g in grads]
"""
    hints = told(grader, code)
    assert hints.pop("clipping/value_refusals") is None
    assert any(hints.values())


def test_numbers_are_compared_whatever_their_form():
    one, other = np.array([[1.0, 2.0]]), [[1, 2]]
    assert same_numbers(one, other)
    assert not same(one, other)
    assert not same_numbers(one, [[2, 1]])


def test_arrays_that_hold_no_real_numbers_are_compared():
    one = np.array([1j, 2j])
    assert same_numbers(one, one.copy())
    assert not same_numbers(one, one[:1])
    assert not same_numbers(one, np.ones(2))


@pytest.mark.parametrize(("count", "is_compared"), [(100, True), (50_000, False)])
def test_a_reply_of_very_many_items_is_not_compared(count, is_compared):
    """That would take minutes: it is done for each mistake."""
    reply = Encoder().encode(["returned", [0.5] * count, [], [], []])
    assert (Response.of(reply).raised is None) == is_compared


def test_draws_are_compared_by_their_distribution():
    rng = np.random.default_rng(0)
    draws = [scale * rng.standard_normal((200, 100)) for scale in (1.0, 1.0, 1.05, 2.0, 0.5, 3.0)]
    assert free(draws[0], draws[1], [], draws=True)
    assert not free(draws[0], draws[2], [], draws=True)
    assert not free(draws[0], np.sqrt(3) * rng.uniform(-1, 1, (200, 100)), [], draws=True)
    cut = draws[0][np.abs(draws[0]) < 2][:19_000] / 0.88
    triangular = rng.uniform(-1, 1, (2, 19_000)).sum(axis=0) * np.sqrt(1.5)
    assert not free(cut, triangular, [], draws=True)
    assert as_wrong(draws[3], draws[5], draws[0], [], draws=True)
    assert not as_wrong(draws[3], draws[4], draws[0], [], draws=True)


def test_wrong_entries_are_compared_by_their_places():
    right = np.arange(20.0)
    here, there = right + (right < 10), right - 3.0 * (right < 10)
    assert as_wrong(here, there, right, [], draws=False)
    assert not as_wrong(here, right + (right > 10), right, [], draws=False)
    assert not as_wrong(here, right, right, [], draws=False)
    assert not as_wrong(right[::-1], right + 1.0, right, [], draws=False)


def test_of_mistakes_in_one_text_the_first_is_made(grader):
    by_name = {mistake.name: mistake for mistake in grader.mistakes}
    one, other, third = (by_name[n] for n in ("eps_forgotten", "eps_squared", "momentum_swapped"))
    assert compatible((one, other, third)) == (one, third)
