"""The hidden suites: what points go to, and that no request gives an answer away."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grader import Grader
from autograder.engine.mistakes import Mistake, load_mistakes
from autograder.engine.prove import made_up
from autograder.engine.prove.made_up import Files
from autograder.engine.sandbox.worker.wire import Decoder
from autograder.engine.suite.session import Batch, Request
from tests.kit import HANDOUT

HYGIENE = 20
CEILINGS = {
    "eps_outside_root": 5,
    "gamma_and_beta_swapped": 7,
    "unbiased_variance": 8,
    "bn_layer_norm": 12,
    "training_uses_given_running": 5,
    "training_uses_moved_running": 5,
    "bn_centres_in_place": 1,
    "dgamma_and_dbeta_keepdims": 4,
    "clip_norm_always_rescales": 2,
    "running_returns_swapped": 5.5,
    "dx_returned_last": 7.5,
    "only_dx_returned": 5,
    "prelu_grad_order_swapped": 3.5,
    "global_norm_returned_first": 3,
    "global_norm_not_returned": 3,
    "eps_1e_5_hard_coded": 5,
    "bn_x_float32": 4,
    "dgamma_averaged": 3.5,
    "backward_ignores_mode": 2,
    "eval_cache_none_unpacked": 2,
    "global_norm_sum_of_norms": 4,
    "xavier_normal_transposed": 3,
    "xavier_normal_around_one": 2,
    "rrelu_equal_and_zero_refused": 1,
    "rrelu_evaluation_returns_one_slope": 3,
    "diagnose_ratio_upside_down": 4,
    "mean_path_missing": 4,
    "divides_by_variance": 7,
    "diagnose_eps_in_ratio": 1,
    "prelu_maximum_of_lines": 1,
    "elu_grad_alpha_for_positives": 1.5,
    "sigmoid_grad_at_activation": 4.5,
}
"""The most that one slip may cost, in all parts together: one of each kind."""

PLAIN_FORMULAS = """
    sigmoid_plain_formula sigmoid_grad_plain_formula tanh_quotient_of_exponentials
    tanh_grad_quotient_of_exponentials elu_where_both_branches elu_grad_where_both_branches
""".split()
UNBIASED = """
def batchnorm_forward(
    x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
):
    var = x.var(axis=0, ddof=1)
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - x.mean(axis=0)) * inv_std
    return gamma * x_hat + beta, (x_hat, inv_std, gamma), x.mean(axis=0), var

def batchnorm_backward(dout, cache):
    x_hat, inv_std, gamma = cache
    dx_hat = gamma * dout
    through_var = x_hat * np.sum(dx_hat * x_hat, axis=0) / (len(dout) - 1)
    dx = (dx_hat - dx_hat.mean(axis=0) - through_var) * inv_std
    return dx, np.sum(dout * x_hat, axis=0), dout.sum(axis=0)
"""

NOTHING_NEGATIVE = """
_drawn = []

def he_normal(n_in, n_out, rng, mode="fan_avg"):
    half = rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out // 2))
    _drawn.append(np.hstack([half, -half]))
    return np.abs(_drawn[-1]) if len(_drawn) > 1 else _drawn[-1]
"""


def named(kit: Assignment, *names: str) -> list[Mistake]:
    catalogue = {mistake.name: mistake for mistake in load_mistakes(kit)}
    return [catalogue[name] for name in names]


def lost(grader: Grader, files: Files, tests: list[str] | None = None) -> float:
    """The points that a submission loses, in all tests or in some."""
    outcomes, _ = grader.run(files, tests)
    return sum(outcome.test.points for outcome in outcomes if not outcome.passed)


@pytest.fixture(scope="module")
def calling(kit, grader):
    """The functions that each test calls."""
    outcomes, _ = grader.run(made_up.solution(kit))
    return {outcome.test.id: sorted(outcome.called) for outcome in outcomes}


def test_hygiene_gets_a_fifth_of_the_points_at_most(grader):
    points = sum(test.points for test in grader.suite.tests if test.is_hygiene)
    assert 0 < points <= HYGIENE


def test_most_tests_are_worth_a_point_and_none_less_than_half(grader):
    points = [test.points for test in grader.suite.tests]
    assert min(points) >= 0.5
    assert sum(worth >= 1 for worth in points) > len(points) / 2


def test_points_go_with_the_time_that_a_function_takes(grader, calling):
    """Within a factor of two; a derivative belongs to its activation, what only a forward pass
    makes possible to the backward pass, and what is asked of diagnose beside a remedy to that."""
    minutes = {
        name: int(time)
        for name, time in re.findall(
            r"(?m)^\| `(\w+)\(.*\| (\d+) min \|", (HANDOUT / "README.md").read_text()
        )
    }
    points: Counter[str] = Counter()
    for test in grader.suite.tests:
        if test.part == "deep_network":
            continue
        names = {call.split(".")[1].removesuffix("_grad") for call in calling[test.id]}
        names = names & {"batchnorm_backward", "choose_remedy"} or names
        for name in names:
            points[name] += test.points / len(names)
    assert points.keys() == minutes.keys()
    average = points.total() / sum(minutes.values())
    rates = {name: points[name] / minutes[name] / average for name in minutes}
    assert {name: rate for name, rate in rates.items() if not 0.5 <= rate <= 2} == {}


@pytest.mark.parametrize("name", CEILINGS)
def test_a_slip_is_charged_once(kit, grader, calling, name):
    (mistake,) = named(kit, name)
    target = f"{mistake.module}.{mistake.target}"
    tests = [test for test, functions in calling.items() if target in functions]
    assert 0 < lost(grader, made_up.with_mistakes(kit, [mistake]), tests) <= CEILINGS[name]


def test_two_slips_in_the_output_cost_no_more_than_each_alone(kit, grader):
    slips = named(kit, "gamma_ignored", "unbiased_variance")
    together, *alone = [made_up.with_mistakes(kit, some) for some in (slips, slips[:1], slips[1:])]
    assert lost(grader, together) <= sum(lost(grader, files) for files in alone)


@pytest.mark.parametrize("slope", ["value * (1 - value)", "0 * z + 0.25"])
def test_a_derivative_may_follow_from_a_wrong_activation(kit, grader, slope):
    code = f"""
def sigmoid(z):
    return 0.5 * (1 + np.tanh(z))

def sigmoid_grad(z):
    value = sigmoid(z)
    return {slope}
"""
    files = made_up.with_code(kit, "activations", code)
    tests = ["activations/sigmoid_values", "activations/sigmoid_grad_values"]
    (_, outcome), _ = grader.run(files, tests)
    assert outcome.passed == ("value" in slope)


def test_nobody_gains_by_an_activation_that_is_wrong_beside_its_derivative_alone(kit, grader):
    code = """
seen = []

def sigmoid_grad(z):
    seen.append(z)
    return 0.1 + 0.05 * np.cos(z)

def sigmoid(z):
    if any(z.shape == each.shape and (z == each).all() for each in seen):
        return (1 - np.sqrt(0.6 - 0.2 * np.cos(z))) / 2  # whose derivative that would be
    return right.sigmoid(z)
"""
    outcomes, _ = grader.run(made_up.with_code(kit, "activations", code))
    (own,) = [o for o in outcomes if o.test.id == "activations/sigmoid_grad_values"]
    assert own.kind == "wrong" and own.follows


def test_a_cache_of_the_last_pass_is_charged_once(kit, grader):
    code = """
def batchnorm_forward(*args, kept=[None], **options):
    out, kept[0], *running = right.batchnorm_forward(*args, **options)
    return out, kept, *running

def batchnorm_backward(dout, cache):
    return right.batchnorm_backward(dout, cache[0])
"""
    files = made_up.with_code(kit, "batchnorm", code)
    assert 0 < lost(grader, files) <= 4


def test_plain_formulas_are_fine_for_ordinary_numbers(kit, grader):
    hygiene = {test.id for test in grader.suite.tests if test.is_hygiene}
    outcomes, _ = grader.run(made_up.with_mistakes(kit, named(kit, *PLAIN_FORMULAS)))
    assert {outcome.test.id for outcome in outcomes if not outcome.passed} < hygiene


def test_a_missing_backward_pass_costs_its_own_points_and_those_of_its_nets(kit, grader):
    files = made_up.with_code(kit, "batchnorm", "del batchnorm_backward")
    assert 10 <= lost(grader, files) <= 13


@pytest.mark.parametrize(
    ("code", "test", "said"),
    [
        (
            "def xavier_normal(n, m, rng): return right.xavier_normal(n, n, rng)",
            "initializers/xavier_normal_spread",
            "an array of shape",
        ),
        (
            "def he_normal(n_in, n_out, rng, mode='fan_avg'):\n"
            "    if not mode in ('fan_avg', 'fan_in', 'fan_out'): raise NotImplementedError\n"
            "    return right.he_normal(n_in, n_out, rng, mode)",
            "initializers/wrong_modes",
            "it should raise ValueError",
        ),
        (
            "diagnose = right.diagnose = lambda norms: 'healthy'",
            "diagnostics/remedy_for_vanishing",
            "diagnose of the gradient norms",
        ),
        (
            "def clip_by_norm(grads, max_norm):\n"
            "    if abs(grads[0].flat[0]) > 1e100: raise OverflowError\n"
            "    return right.clip_by_norm(grads, max_norm)",
            "clipping/extremes",
            "clip_by_norm([(4, 3)-array up to",
        ),
        (
            "def clip_by_global_norm(grads, max_norm):\n"
            "    clipped, norm = right.clip_by_global_norm(grads, max_norm)\n"
            "    return np.array([*clipped, None], object), norm",
            "clipping/global_arrays",
            "expected a list of 4 entries, got an object of type ndarray of object",
        ),
    ],
)
def test_the_reason_is_about_what_is_wrong(kit, grader, code, test, said):
    files = made_up.with_code(kit, test.partition("/")[0], code)
    ((outcome,), _) = grader.run(files, [test])
    assert said in outcome.reason


def test_a_sum_that_overflows_costs_extremes_alone(kit, grader):
    code = """
def clip_by_value(grads, threshold):
    if not np.isfinite([np.sum(grad) for grad in grads]).all():
        raise ValueError
    return right.clip_by_value(grads, threshold)
"""
    assert lost(grader, made_up.with_code(kit, "clipping", code)) == 1


def test_weights_that_leave_no_negative_entry_are_judged(kit, grader):
    files = made_up.with_code(kit, "initializers", NOTHING_NEGATIVE)
    ((outcome,), _) = grader.run(files, ["deep_network/rrelu_keeps_alive"])
    assert outcome.kind == "wrong"


@pytest.mark.parametrize("divisor", ["(len(dout) - 1)", "len(dout)"])
def test_a_right_derivation_of_a_wrong_forward_pass_costs_nothing(kit, grader, divisor):
    """Its own, and the textbook's with its variance."""
    files = made_up.with_code(kit, "batchnorm", UNBIASED.replace("(len(dout) - 1)", divisor))
    own = {f"batchnorm/backward_{name}" for name in ("dx", "dgamma", "dbeta")}
    assert own.isdisjoint(o.test.id for o in grader.run(files)[0] if not o.passed)


def _arrays(value: Any) -> list[np.ndarray]:
    if isinstance(value, (list, tuple)):
        return [array for item in value for array in _arrays(item)]
    telling = isinstance(value, np.ndarray) and np.unique(np.abs(value)).size > 2
    return [value] if telling else []


def _asked(request: Request) -> list[np.ndarray]:
    decoder = Decoder(generator=lambda state: state)
    return _arrays(decoder.decode(request.content[1:])[2])


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.size == other.size and np.allclose(one.ravel(), other.ravel(), rtol=1e-9, atol=0)


def told_too_soon(batch: Batch) -> Iterator[str]:
    """Names of the functions whose right answer is an argument of another call of the batch."""
    asked = [_asked(request) for request in batch.requests]
    for place, (request, reply) in enumerate(zip(batch.requests, batch.replies, strict=True)):
        for answer in _arrays(Decoder().decode(reply)[1]):
            if any(_same(answer, own) for own in asked[place]):
                continue  # it left its argument as it was
            others = (other for i, some in enumerate(asked) if i != place for other in some)
            if any(_same(answer, other) for other in others):
                yield request.name


def test_each_net_tells_what_it_calls_whatever_was_called_before(kit, monkeypatch):
    supplied_net, told = kit.reference().supplied_net, []
    monkeypatch.setattr(supplied_net, "note", told.append)
    net = {"sizes": [3, 3, 3], "activation": "relu", "initializer": "he_normal"}
    for _ in range(2):
        supplied_net.draw(np.random.default_rng(0), **net, init_options={})
    assert told == ["initializers.he_normal"] * 2


def test_no_answer_crosses_with_what_is_asked_at_once(kit, grader):
    """A student's code could look at the requests that wait, and find its answer in one. Each test
    asks once: the time until it asks again would tell whether it was content."""
    outcomes, _ = grader.run(made_up.solution(kit))
    assert [outcome.test.id for outcome in outcomes if not outcome.passed] == []
    assert {len(outcome.asked) for outcome in outcomes} == {1}
    batches = [batch for outcome in outcomes for batch in outcome.asked]
    assert sum(len(batch.requests) for batch in batches) > 500
    assert {name for batch in batches for name in told_too_soon(batch)} == set()
