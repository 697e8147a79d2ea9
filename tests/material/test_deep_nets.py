"""The suite's deep nets do, over the solution, what the titles of their tests tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.engine.assignment import Assignment
from autograder.suites import nets

MIDDLE = nets.CASES["relu, dead"].depth // 2


def net_of(kit: Assignment, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the net came to, and what it was given."""
    given = nets.drawn(nets.CASES[name], np.random.default_rng(1))
    return kit.reference().deep_net.run(**given), given


@pytest.mark.parametrize("name", nets.CASES)
def test_the_flow_lies_where_it_was_measured(kit: Assignment, name: str) -> None:
    net, given = net_of(kit, name)
    flow = nets.flow(net["d_pre_activations"], given["x"], net["activations"][-1])
    for value, (low, high) in zip(
        flow, (nets.CASES[name].ratio, nets.CASES[name].spread), strict=True
    ):
        assert 0.8 * low <= value <= 1.25 * high


def test_large_weights_saturate_tanh_in_every_layer(kit: Assignment) -> None:
    net, _ = net_of(kit, "tanh, too large")
    assert all(np.mean(1 - hidden**2 < 0.1) > 0.7 for hidden in net["activations"])


def test_no_gradient_passes_a_dead_layer_of_relus(kit: Assignment) -> None:
    net, _ = net_of(kit, "relu, dead")
    assert not net["activations"][MIDDLE].any()
    below, above = np.split(np.array(net["d_pre_activations"]), [MIDDLE + 1])
    assert not below.any()
    assert above.any(axis=(1, 2)).all()


@pytest.mark.parametrize("name", ["leaky_relu", "prelu", "rrelu", "elu"])
def test_the_others_let_it_through_where_most_units_are_negative(
    kit: Assignment, name: str
) -> None:
    net, _ = net_of(kit, name)
    assert np.mean(net["activations"][MIDDLE] < 0) > 0.8
    assert np.array(net["d_pre_activations"]).any(axis=2).all()
