"""The page to play with: its numbers are the lab's, and its presets are what they say."""

import base64
import itertools
import json
import re
import zlib
from unittest.mock import Mock

import numpy as np
import pytest

from gradflow import diagnostics, experiments, lab, page

SMALL: page.Grid = {
    **page.GRID,
    **{"depth": (2, 10), "activation": ("sigmoid", "relu"), "initializer": ("normal",), "scale": (0.01, 1)},
}  # fmt: skip


def test_its_numbers_are_the_labs():
    packed = re.findall(r'atob\("([^"]+)"\)', page.made(SMALL))[0]
    nets = json.loads(zlib.decompress(base64.b64decode(packed)))["nets"]
    for found, values in zip(nets, itertools.product(*SMALL.values()), strict=True):
        net = dict(zip(SMALL, values, strict=True))
        made, grads = experiments.probe(
            net["depth"], activation=net["activation"], batch_norm=bool(net["batch_norm"]),
            bias=net["bias"], **experiments.normal(net["scale"]),
        )  # fmt: skip
        flow, hidden = experiments.flow(grads), made.trace.activations[1:]
        np.testing.assert_allclose(found["norms"], flow, rtol=1e-4)
        edges = [-np.inf, *page.edges(net["activation"]), np.inf]
        for shares, h in zip(found["shares"], hidden, strict=True):
            counts, _ = np.histogram(h, edges)
            np.testing.assert_allclose(np.array(shares) / 255, counts / h.size, atol=0.5 / 255)
        dead = np.mean([np.all(h == 0, axis=0) for h in hidden])
        saturated = np.mean([np.abs(slope) < 0.01 for slope in made.trace.slopes])
        expected = dead if net["activation"] == "relu" else saturated
        assert found["idle"] == pytest.approx(expected, abs=1e-4)
        assert found["verdict"] == diagnostics.diagnose(flow)


def test_the_presets_are_what_they_say():
    assert all(v in page.GRID[name] for net in page.PRESETS.values() for name, v in net.items())
    found = {name: page.measured(**net) for name, net in page.PRESETS.items()}
    assert {name: net["verdict"] for name, net in found.items()} == {
        "Sigmoid vanishes": "vanishing",
        "Batch norm repairs the sigmoid": "healthy",
        "N(0, 1) saturates tanh": "exploding",
        "Xavier keeps tanh healthy": "healthy",
        "N(0, 0.01²) vanishes with ReLU": "vanishing",
        "N(0, 1) explodes with ReLU": "exploding",
        "Batch norm repairs N(0, 1)": "healthy",
        "He keeps ReLU healthy": "healthy",
        "Biases of -2: dying ReLUs": "vanishing",
        "The same with ELU": "healthy",
    }
    assert found["N(0, 1) saturates tanh"]["idle"] > 0.5
    assert found["Biases of -2: dying ReLUs"]["idle"] > 0.5
    assert found["The same with ELU"]["idle"] == 0


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("gradient_norms", NotImplementedError("TODO: gradient_norms"), "it needs: gradient_norms"),
        ("diagnose", ["fine"], "diagnose returned 'fine', not one of vanishing"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, monkeypatch, capsys, name, answer, said):
    monkeypatch.setattr(diagnostics, name, Mock(side_effect=answer))
    assert lab.main(["--page", str(tmp_path / "page.html")]) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
