"""The page to play with: its numbers are the lab's, and its presets are what they say."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradflow import diagnostics, lab, page

SMALL: page.Grid = {
    "depth": (2, 10),
    "activation": ("sigmoid", "relu"),
    "initializer": ("normal", "he_normal"),
    "batch_norm": (0, 1),
    "bias": (0, -2),
    "scale": (0.01, 1),
}


def data_of(text: str) -> dict[str, Any]:
    found = re.search(r"^const DATA = (\{.*\});$", text, re.MULTILINE)
    assert found is not None
    return json.loads(found[1])


def unpacked(text: str, kind: str) -> np.ndarray:
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), kind)


def norms_of(numbers: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        known = 10.0 ** (numbers / page.PER_DECADE)
    known = np.where(numbers == page.NOT_FINITE, np.inf, known)
    return np.where(numbers == page.ZERO, 0.0, known)


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return data_of(page.made(SMALL))


def lab_net(net: page.Settings) -> Any:
    """The same net, made as the lab's experiments make theirs; None: they have none of its kind."""
    options: dict[str, Any] = {
        "activation": net["activation"],
        "batch_norm": bool(net["batch_norm"]),
    }
    if net["initializer"] == "normal":
        options |= lab.normal(net["scale"])
    elif net["scale"] == 1:
        options["initializer"] = net["initializer"]
    else:
        return None
    return lab.probe(net["depth"], bias=net["bias"], **options)


def test_its_numbers_are_the_labs(data: dict[str, Any]) -> None:
    norms, shares = unpacked(data["norms"], "<i2"), unpacked(data["shares"], "u1")
    facts = unpacked(data["facts"], "u1").reshape(-1, 2)
    first = row = compared = 0
    for number, net in enumerate(page.settings(SMALL)):
        depth, hidden = net["depth"], net["depth"] - 1
        shown = norms_of(norms[first : first + depth])
        bins = shares[row : row + hidden * page.BINS].reshape(hidden, page.BINS) / 255
        verdict, idle = page.VERDICTS[facts[number, 0]], facts[number, 1] / 255
        first, row = first + depth, row + hidden * page.BINS
        made = lab_net(net)
        if made is None:
            continue
        compared += 1
        trace, flow = made[0].trace, lab.flow(made[1])
        np.testing.assert_allclose(shown, flow, rtol=0.012)
        assert verdict == diagnostics.diagnose(flow)
        edges = [-np.inf, *page.edges(net["activation"]), np.inf]
        for h, share in zip(trace.activations[1:], bins, strict=True):
            np.testing.assert_allclose(share, np.histogram(h, edges)[0] / h.size, atol=0.5 / 255)
        if net["activation"] == "relu":
            expected = np.mean([np.mean((h == 0).all(axis=0)) for h in trace.activations[1:]])
        else:
            expected = np.mean([np.abs(slope) < 0.01 for slope in trace.slopes])
        assert idle == pytest.approx(expected, abs=0.5 / 255)
    assert (first, row, compared) == (len(norms), len(shares), 48)


def test_norms_survive_being_packed() -> None:
    norms = np.array([0.0, 5e-324, 1e-9, 1.0, 1e300, np.inf, np.nan])
    found = norms_of(page.quantised(norms))
    np.testing.assert_allclose(found[:5], norms[:5], rtol=0.012)
    assert np.isinf(found[5:]).all()


def test_the_presets_are_what_they_say() -> None:
    found = {name: page.measured(**net) for name, net in page.PRESETS.items()}
    verdicts = {name: net.verdict for name, net in found.items()}
    assert verdicts == {
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
    assert found["N(0, 1) saturates tanh"].idle > 0.5
    assert found["Biases of -2: dying ReLUs"].idle > 0.5
    assert found["The same with ELU"].idle == 0


def test_every_preset_is_on_the_grid() -> None:
    for preset in page.PRESETS.values():
        assert preset.keys() == page.GRID.keys()
        assert all(value in page.GRID[name] for name, value in preset.items())


def test_a_function_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def todo(*_: Any) -> None:
        raise NotImplementedError("TODO: gradient_norms")

    monkeypatch.setattr(diagnostics, "gradient_norms", todo)
    assert lab.main(["--page", str(tmp_path / "page.html")]) == 1
    assert "left out, it needs: gradient_norms" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_command_writes_one_small_file(tmp_path: Path) -> None:
    file = tmp_path / "to" / "page.html"
    assert lab.main(["--page", str(file)]) == 0
    assert file.stat().st_size < 1_500_000
    nets = len(list(page.settings(page.GRID)))
    assert len(unpacked(data_of(file.read_text("utf-8"))["facts"], "u1")) == 2 * nets
