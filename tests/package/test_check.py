"""`python -m gradflow.check`: which derivative is off, where, and by which of batch norm's ways."""

import numpy as np
import pytest

from gradflow import activations, batchnorm, check


@pytest.mark.parametrize("name", check.NAMES)
def test_the_solution_agrees(name, capsys):
    assert check.main([name]) == 0
    assert check.main([f"module.{name}"]) == 0
    assert "They differ" not in capsys.readouterr().out


def test_the_largest_difference_is_marked(monkeypatch, capsys):
    monkeypatch.setattr(activations, "tanh_grad", lambda z: 1 - np.tanh(z))
    assert check.main(["tanh"]) == 1
    said = capsys.readouterr().out
    assert "largest" in said
    marked = [line.split()[:2] for line in said.splitlines() if "largest" in line]
    right, wrong = 1 - np.tanh(check.Z) ** 2, 1 - np.tanh(check.Z)
    row, column = np.unravel_index(np.argmax(np.abs(right - wrong)), check.Z.shape)
    assert marked == [[f"[{row},", f"{column}]"]]
    monkeypatch.setattr(activations, "tanh_grad", lambda z: np.zeros(3))
    assert check.main(["tanh"]) == 1
    assert "yours has shape (3,)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ((1, 1, 1), ""),
        ((1, 1, 0), "Yours lacks what comes by the variance."),
        ((1, 0, 1), "Yours lacks what comes by the mean."),
        ((0, 1, 1), "Yours lacks what comes directly."),
        ((1, 0, 0), "Yours lacks what comes by the mean and by the variance."),
        ((2, 1, 1), "They differ."),
    ],
)
def test_each_of_the_three_ways(kept, told, monkeypatch, capsys):
    right = batchnorm.batchnorm_backward

    def backward(dout: np.ndarray, cache: dict) -> tuple:
        dx, dgamma, dbeta = right(dout, cache)
        if cache["training"]:
            g, x_hat = dout * cache["gamma"], cache["x_hat"]
            ways = (g, -g.mean(axis=0), -x_hat * (g * x_hat).mean(axis=0))
            dx = sum(k * way for k, way in zip(kept, ways, strict=True)) * cache["inv_std"]
        return dx, dgamma, dbeta

    monkeypatch.setattr(batchnorm, "batchnorm_backward", backward)
    assert check.main(["batchnorm_backward"]) == (1 if told else 0)
    said = capsys.readouterr().out
    assert told in said
    assert ("lacks" in said) == ("lacks" in told)
    assert said.count("They differ") == bool(told)


def test_an_unknown_or_unwritten_function(monkeypatch, capsys):
    for arguments in ([], ["clip_by_norm"], ["tanh", "elu"]):
        assert check.main(arguments) == 2
        assert capsys.readouterr().err.startswith("Which function? One of sigmoid_grad, ")

    def todo(_: np.ndarray) -> np.ndarray:
        raise NotImplementedError("TODO: tanh_grad")

    monkeypatch.setattr(activations, "tanh_grad", todo)
    assert check.main(["tanh_grad"]) == 1
    assert capsys.readouterr().out == "Still to be written: tanh_grad\n"
