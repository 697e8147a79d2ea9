"""The nets of `choose_remedy`: one choice heals each, honest rules find it, blind ones don't."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from autograder.suites import remedies

TESTS = {remedies.VANISHING: 2, remedies.HEALTHY_RATIO: 2, remedies.EXPLODING: 1}
"""What each is worth, see the hidden suite."""
SEEDS = range(3)
"""50 were tried."""


@pytest.fixture(scope="module")
def reference(kit):
    return kit.reference()


Rule = Callable[[dict[str, Any], tuple[str, ...]], str]


def earned(reference: Any, rule: Rule, seed: int) -> float:
    """The points of a rule, of the 5 that choosing is worth."""
    return sum(
        points
        for asked, points in TESTS.items()
        if all(
            rule(case.measurements, case.choices) == case.right
            for case in remedies.cases(reference.network, seed, asked)
        )
    )


def ordered(*wanted: str) -> Callable[[tuple[str, ...]], str]:
    """The first of the wanted that is among the choices, else the first choice."""
    return lambda choices: next((w for w in wanted if w in choices), choices[0])


def always(remedy: str) -> Rule:
    return lambda _, choices: ordered(remedy)(choices)


def by_ratio(vanishing: str, exploding: str, healthy: str) -> Rule:
    def rule(seen: dict[str, Any], choices: tuple[str, ...]) -> str:
        first, last = seen["gradient_norms"][[0, -1]]
        symptom = vanishing if first < 1e-3 * last else healthy
        symptom = exploding if first > 1e3 * last else symptom
        return ordered(symptom, "batch_norm")(choices)

    return rule


def by_name(smooth: str, sharp: str) -> Rule:
    def rule(seen: dict[str, Any], choices: tuple[str, ...]) -> str:
        is_smooth = seen["activation"] in ("sigmoid", "tanh")
        return ordered(smooth if is_smooth else sharp, "batch_norm")(choices)

    return rule


REMEDIES = ("none", "initializer", "activation", "batch_norm", "clipping")
BLIND = {
    **{f"always {remedy}": always(remedy) for remedy in REMEDIES},
    **{
        f"by ratio: {three}": by_ratio(*three)
        for three in product(REMEDIES[1:], REMEDIES[1:], REMEDIES)
    },
    **{f"by activation: {two}": by_name(*two) for two in product(REMEDIES, REMEDIES)},
}


def honest(order: str, ratio: float, share: float, spread: float, step: float) -> Rule:
    """A rule with thresholds of its own, which looks in an order of its own: by the first letters
    of dying, saturated, exploding, too small, flat slopes, long step."""

    def rule(seen: dict[str, Any], choices: tuple[str, ...]) -> str:
        first, last = seen["gradient_norms"][[0, -1]]
        smooth = seen["activation"] in ("sigmoid", "tanh")
        shrinks = seen["spreads"][-1] < spread * seen["spreads"][0]
        is_dead = max(seen["dead"]) > share
        signs = {
            "d": (is_dead, ("activation", "batch_norm")),
            "s": (smooth and max(seen["saturated"]) > share, ("batch_norm",)),
            "e": (not first < last / ratio, ("initializer", "batch_norm")),
            "t": (shrinks and not is_dead, ("initializer", "batch_norm")),
            "f": (first < ratio * last and smooth and not shrinks, ("activation", "batch_norm")),
            "l": (
                seen["parameter_norm"] > step and last > ratio * first,
                ("clipping", "initializer", "batch_norm"),
            ),
        }
        found = next((signs[letter][1] for letter in order if signs[letter][0]), ("none",))
        return ordered(*found)(choices)

    return rule


HONEST = [
    ("dsetfl", 1e-3, 0.5, 1e-2, 500.0),
    ("dsetfl", 6e-4, 0.45, 1e-3, 1000.0),
    ("sdetfl", 1.5e-3, 0.5, 1e-2, 400.0),
    ("tedsfl", 8e-4, 0.42, 2e-3, 700.0),
    ("detsfl", 1e-3, 0.5, 1e-2, 1900.0),
    ("sftdel", 1e-3, 0.58, 1e-2, 200.0),
    ("fsdtel", 1e-3, 0.52, 1e-3, 600.0),
]


@pytest.mark.parametrize("seed", SEEDS)
def test_honest_rules_keep_all_points(reference, seed):
    assert [rule for rule in HONEST if earned(reference, honest(*rule), seed) < 5] == []
    assert earned(reference, reference.diagnostics.choose_remedy, seed) == 5


def test_blind_rules_get_at_most_half(reference):
    """Of the 6 points, one of which goes to arguments and errors."""
    got = {
        name: np.mean([earned(reference, rule, seed) for seed in SEEDS]) + 1
        for name, rule in BLIND.items()
    }
    assert max(got.values()) <= 3, {name: points for name, points in got.items() if points > 3}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_name_does_not_tell_why_gradients_vanish(reference, seed):
    cases = remedies.cases(reference.network, seed, remedies.VANISHING)
    for three in product(("initializer", "activation"), repeat=3):
        by = dict(zip(("relu", "tanh", "sigmoid"), three, strict=True))
        chosen = [ordered(by[c.measurements["activation"]], "batch_norm")(c.choices) for c in cases]
        assert chosen != [case.right for case in cases]


def test_dead_layers_stop_every_gradient(reference):
    """Of these seeds the first net drawn has a few live units there."""
    for seed in (40, 112, 119):
        (case,) = remedies.cases(reference.network, seed, (("dying", "relu", "activation"),))
        norms = case.measurements["gradient_norms"]
        assert reference.diagnostics.diagnose(norms) == "vanishing"


def test_treating_changes_what_it_says_and_leaves_the_net_alone(reference):
    network, rng = reference.network, np.random.default_rng(0)
    net = network.Network([12] * 11, rng=rng, activation="prelu", activation_options={"alpha": 0.1})
    net.biases = [b + 0.5 for b in net.biases]
    x, targets = rng.normal(size=(2, 8, 12))
    before = [w.copy() for w in net.weights]
    for remedy in network.REMEDIES:
        network.recovers(net, remedy, x, targets, rng)
        new = network.treated(net, remedy, rng)
        same = [np.array_equal(a, b) for a, b in zip(new.weights, before, strict=True)]
        assert all(same) == (remedy != "initializer")
        assert all(np.array_equal(b, np.full(12, 0.5)) for b in new.biases)
        assert new.batch_norm == (remedy == "batch_norm")
        assert new.activation == ("elu" if remedy == "activation" else "prelu")
    assert all(np.array_equal(a, b) for a, b in zip(net.weights, before, strict=True))
    with pytest.raises(ValueError, match="remedy must be one of"):
        network.treated(net, "prayer", rng)


def test_what_is_measured_of_a_net(reference):
    network, rng = reference.network, np.random.default_rng(0)
    net = network.Network([12] * 11, rng=rng)
    x, targets = rng.normal(size=(2, 8, 12))
    seen = network.examine(net, x, targets)
    assert seen["gradient_norms"].shape == (10,)
    assert all(seen[name].shape == (9,) for name in ("spreads", "saturated", "dead"))
    _, grads = net.loss_and_gradients(x, targets, loss=network.mean_squared_error)
    _, joint = reference.clipping.clip_by_global_norm(grads.parameters(), 1.0)
    assert seen["parameter_norm"] == pytest.approx(joint)
