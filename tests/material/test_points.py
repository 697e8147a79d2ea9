"""What points go to: parts, hygiene, effort, and what a single slip may cost."""

from __future__ import annotations

import re
import statistics
import textwrap
from collections import Counter

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grading import Grader
from autograder.engine.mistakes import Mistake, load_mistakes
from autograder.engine.prove import classroom
from autograder.engine.prove.classroom import Files
from tests.kit import ROOT

HANDOUT = ROOT / "assignment" / "README.md"
HYGIENE = 20
CEILINGS = {
    "eps_outside_root": 8,
    "unbiased_variance": 8,
    "bn_layer_norm": 12,
    "bn_global_statistics": 12,
    "returns_cache_last": 8,
    "running_returns_swapped": 8,
    "dx_returned_last": 8,
    "dgamma_and_dbeta_swapped": 8,
    "prelu_grad_order_swapped": 8,
    "rrelu_order_swapped": 8,
    "global_norm_returned_first": 8,
    "eps_hard_coded": 5,
    "eps_always_1e_6": 5,
    "eps_always_1e_7": 5,
    "eps_always_1e_8": 5,
    "backward_ignores_mode": 2,
    "backward_stages_in_both_modes": 2,
    "eval_cache_none_unpacked": 2,
    "global_norm_sum_of_norms": 4,
}
"""The most that one slip may cost, in all parts together."""
MEDIAN = 3

PLAIN_FORMULAS = {
    "activations": """
        def sigmoid(z):
            return 1 / (1 + np.exp(-z))


        def sigmoid_grad(z):
            return sigmoid(z) * (1 - sigmoid(z))


        def tanh(z):
            return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


        def tanh_grad(z):
            return 1 - tanh(z) ** 2


        def elu(z, alpha=1.0):
            return np.where(z > 0, z, alpha * (np.exp(z) - 1))


        def elu_grad(z, alpha=1.0):
            return np.where(z > 0, 1.0, alpha * np.exp(z))
    """,
    "clipping": """
        def clip_by_norm(grads, max_norm):
            if not max_norm > 0 or not all(np.isfinite(g).all() for g in grads):
                raise ValueError
            norms = [np.sqrt(np.sum(g**2)) for g in grads]
            return [np.array(g * min(1, max_norm / n) if n else g) for g, n in zip(grads, norms)]


        def clip_by_global_norm(grads, max_norm):
            if not max_norm > 0 or not all(np.isfinite(g).all() for g in grads):
                raise ValueError
            norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
            return [np.array(g * min(1, max_norm / norm) if norm else g) for g in grads], norm
    """,
}
UNCHECKED = {
    "initializers": """
        def _sigma(n_in, n_out, mode):
            if mode == "fan_in":
                return np.sqrt(2 / n_in)
            if mode == "fan_out":
                return np.sqrt(2 / n_out)
            return np.sqrt(4 / (n_in + n_out))


        def xavier_normal(n_in, n_out, rng):
            return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))


        def xavier_uniform(n_in, n_out, rng):
            r = np.sqrt(6 / (n_in + n_out))
            return rng.uniform(-r, r, (n_in, n_out))


        def he_normal(n_in, n_out, rng, mode="fan_avg"):
            return rng.normal(0, _sigma(n_in, n_out, mode), (n_in, n_out))


        def he_uniform(n_in, n_out, rng, mode="fan_avg"):
            r = np.sqrt(3) * _sigma(n_in, n_out, mode)
            return rng.uniform(-r, r, (n_in, n_out))
    """,
    "activations": """
        def relu_grad(z):
            return z > 0


        def leaky_relu_grad(z, alpha=0.01):
            return np.where(z > 0, 1, alpha)


        def rrelu(z, rng, lower=1 / 8, upper=1 / 3, training=True):
            drawn = rng.uniform(lower, upper, z.shape) if training else (lower + upper) / 2
            slope = np.where(z > 0, 1.0, drawn)
            return slope * z, slope
    """,
    "clipping": """
        def clip_by_value(grads, threshold):
            return [np.clip(g, -threshold, threshold) for g in grads]


        def clip_by_norm(grads, max_norm):
            return [g * min(1, max_norm / np.linalg.norm(g)) for g in grads]


        def clip_by_global_norm(grads, max_norm):
            norm = np.sqrt(sum(np.linalg.norm(g) ** 2 for g in grads))
            return [g * min(1, max_norm / norm) for g in grads], norm
    """,
    "diagnostics": """
        def diagnose(norms, vanishing=1e-3, exploding=1e3):
            ratio = norms[0] / norms[-1]
            if ratio < vanishing:
                return "vanishing"
            return "exploding" if ratio > exploding else "healthy"
    """,
}

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
IDENTITY = """
    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        return x.copy(), None, running_mean.copy(), running_var.copy()


    def batchnorm_backward(dout, cache):
        return dout.copy(), np.zeros(dout.shape[1]), np.zeros(dout.shape[1])
"""


def earned(grader: Grader, files: Files) -> float:
    return sum(outcome.test.points for outcome in grader.run(files)[0] if outcome.passed)


def total(grader: Grader) -> float:
    return sum(test.points for test in grader.suite.tests)


def with_functions(kit: Assignment, sources: dict[str, str]) -> Files:
    """The solution with functions of several modules in place of its own."""
    right = classroom.solution(kit)
    files = dict(right)
    for module, source in sources.items():
        made = classroom.with_code(kit, module, textwrap.dedent(source))
        files |= {path: text for path, text in made.items() if text != right.get(path)}
    return files


@pytest.fixture(scope="module")
def calling(kit: Assignment, grader: Grader) -> dict[str, list[str]]:
    """The functions that each test calls."""
    outcomes, _ = grader.run(classroom.solution(kit))
    return {outcome.test.id: sorted(outcome.called) for outcome in outcomes}


def loss(kit: Assignment, grader: Grader, calling: dict[str, list[str]], mistake: Mistake) -> float:
    """The points that a mistake costs."""
    target = f"{mistake.module}.{mistake.target}"
    tests = [test for test, functions in calling.items() if target in functions]
    outcomes, _ = grader.run(classroom.with_mistakes(kit, [mistake]), tests)
    return sum(outcome.test.points for outcome in outcomes if not outcome.passed)


def test_hygiene_gets_a_fifth_of_the_points_at_most(grader: Grader) -> None:
    points = sum(test.points for test in grader.suite.tests if test.is_hygiene)
    assert 0 < points <= HYGIENE


def test_most_tests_are_worth_a_point_and_none_less_than_half(grader: Grader) -> None:
    points = [test.points for test in grader.suite.tests]
    assert min(points) >= 0.5
    assert sum(worth >= 1 for worth in points) > len(points) / 2


def test_points_go_with_the_time_that_a_function_takes(
    grader: Grader, calling: dict[str, list[str]]
) -> None:
    """Within a factor of two; a derivative belongs to its activation, and what only a forward pass
    makes possible to the backward pass."""
    minutes = {
        name: int(time)
        for name, time in re.findall(r"(?m)^\| `(\w+)\(.*\| (\d+) min \|", HANDOUT.read_text())
    }
    points: Counter[str] = Counter()
    for test in grader.suite.tests:
        if test.part == "deep_network":
            continue
        names = {call.split(".")[1].removesuffix("_grad") for call in calling[test.id]}
        if "batchnorm_backward" in names:
            names = {"batchnorm_backward"}
        for name in names:
            points[name] += test.points / len(names)
    assert points.keys() == minutes.keys()
    average = points.total() / sum(minutes.values())
    rates = {name: points[name] / minutes[name] / average for name in minutes}
    assert {name: rate for name, rate in rates.items() if not 0.5 <= rate <= 2} == {}


@pytest.mark.parametrize("name", CEILINGS)
def test_a_slip_is_charged_once(
    kit: Assignment, grader: Grader, calling: dict[str, list[str]], name: str
) -> None:
    (mistake,) = (mistake for mistake in load_mistakes(kit) if mistake.name == name)
    assert 0 < loss(kit, grader, calling, mistake) <= CEILINGS[name]


def test_a_named_mistake_costs_little_in_the_median(
    kit: Assignment, grader: Grader, calling: dict[str, list[str]]
) -> None:
    named = [mistake for mistake in load_mistakes(kit) if not mistake.is_probe]
    losses = [loss(kit, grader, calling, mistake) for mistake in named[::17]]
    assert 0 < statistics.median(losses) <= MEDIAN


@pytest.mark.parametrize(
    ("sources", "least", "most"), [(PLAIN_FORMULAS, 3, 6), (UNCHECKED, 10, 14)]
)
def test_what_plain_formulas_and_missing_checks_cost(
    kit: Assignment, grader: Grader, sources: dict[str, str], least: float, most: float
) -> None:
    lost = total(grader) - earned(grader, with_functions(kit, sources))
    assert least <= lost <= most


def test_a_missing_backward_pass_costs_its_own_points_and_those_of_its_nets(
    kit: Assignment, grader: Grader
) -> None:
    files = classroom.with_code(kit, "batchnorm", "del batchnorm_backward")
    assert 10 <= total(grader) - earned(grader, files) <= 13


@pytest.mark.parametrize(("source", "kept"), [(UNBIASED, 3), (IDENTITY, 0)])
def test_a_right_derivation_of_a_wrong_forward_pass_keeps_three_points(
    kit: Assignment, grader: Grader, source: str, kept: float
) -> None:
    """Not of one through which nothing is to be derived."""
    names = [f"batchnorm/backward_{name}" for name in ("dx", "dgamma", "dbeta")]
    outcomes, _ = grader.run(with_functions(kit, {"batchnorm": source}), names)
    assert sum(outcome.test.points for outcome in outcomes if outcome.passed) == kept
