"""The reference batch normalisation against the definition and its exact derivatives."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from gradflow.batchnorm import batchnorm_backward, batchnorm_forward

SETTINGS = [{}, {"eps": 0.5}, {"momentum": 0.0}, {"momentum": 1.0}, {"momentum": 0.6, "eps": 1e-3}]
SHAPES = [(16, 5), (7, 3), (2, 4), (1, 3), (5, 1)]


class Batch:
    """A batch with nothing special about it: no parameter is 0 or 1, the units differ in scale."""

    def __init__(self, shape: tuple[int, int], seed: int = 0, offset: float = 3.0) -> None:
        rng = np.random.default_rng(seed)
        d = shape[1]
        self.x = rng.normal(size=shape) * rng.uniform(0.3, 3.0, d) + offset * rng.normal(size=d)
        self.gamma = rng.normal(size=d) + 2.0
        self.beta = rng.normal(size=d)
        self.running_mean = rng.normal(size=d)
        self.running_var = rng.uniform(0.2, 3.0, d)
        self.dout = rng.normal(size=shape)

    def arguments(self) -> tuple[np.ndarray, ...]:
        return self.x, self.gamma, self.beta, self.running_mean, self.running_var


def plain_forward(
    x: Any, gamma: Any, beta: Any, mean: Any, var: Any, training: bool, eps: float
) -> Any:
    """The definition, for real and for complex arguments."""
    if training:
        mean = sum(x) / len(x)
        var = sum((x - mean) ** 2) / len(x)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


def derivative(batch: Batch, name: str, training: bool, eps: float) -> np.ndarray:
    """d sum(dout * out) / d name, by complex steps: differences without cancellation."""
    names = ("x", "gamma", "beta", "running_mean", "running_var")
    given = [np.array(value, dtype=complex) for value in batch.arguments()]
    target = given[names.index(name)]
    result = np.zeros(target.shape)
    for index in np.ndindex(target.shape):
        old = target[index]
        target[index] = old + 1e-30j
        result[index] = np.sum(batch.dout * plain_forward(*given, training, eps)).imag / 1e-30
        target[index] = old
    return result


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("training", [True, False])
def test_forward(shape: tuple[int, int], settings: dict[str, float], training: bool) -> None:
    batch = Batch(shape)
    out, _, mean, var = batchnorm_forward(*batch.arguments(), training=training, **settings)
    expected = plain_forward(*batch.arguments(), training, settings.get("eps", 1e-5))
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)
    if training:
        keep = settings.get("momentum", 0.9)
        batch_mean = batch.x.sum(axis=0) / shape[0]
        batch_var = ((batch.x - batch_mean) ** 2).sum(axis=0) / shape[0]
        np.testing.assert_allclose(mean, keep * batch.running_mean + (1 - keep) * batch_mean)
        np.testing.assert_allclose(var, keep * batch.running_var + (1 - keep) * batch_var)
    else:
        np.testing.assert_array_equal(mean, batch.running_mean)
        np.testing.assert_array_equal(var, batch.running_var)


@pytest.mark.parametrize("offset", [0.0, 20.0, 1e6])
def test_forward_against_mpmath(offset: float) -> None:
    """Two passes keep their digits on data far from zero too."""
    batch = Batch((12, 3), seed=5)
    batch.x = batch.x + offset
    out, *_ = batchnorm_forward(*batch.arguments(), training=True)
    with mpmath.workdps(50):
        for unit in range(3):
            x = [mpmath.mpf(float(v)) for v in batch.x[:, unit]]
            mean = mpmath.fsum(x) / len(x)
            var = mpmath.fsum((v - mean) ** 2 for v in x) / len(x)
            for got, v in zip(out[:, unit], x, strict=True):
                hat = (v - mean) / mpmath.sqrt(var + mpmath.mpf(1e-5))
                true = mpmath.mpf(batch.gamma[unit]) * hat + mpmath.mpf(batch.beta[unit])
                assert abs(mpmath.mpf(float(got)) - true) < 1e-13 + 1e-15 * offset


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("training", [True, False])
def test_backward(shape: tuple[int, int], settings: dict[str, float], training: bool) -> None:
    batch = Batch(shape, seed=1)
    _, cache, _, _ = batchnorm_forward(*batch.arguments(), training=training, **settings)
    gradients = batchnorm_backward(batch.dout, cache)
    eps = settings.get("eps", 1e-5)
    for got, name in zip(gradients, ("x", "gamma", "beta"), strict=True):
        expected = derivative(batch, name, training, eps)
        np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-11, err_msg=name)


def test_backward_against_central_differences() -> None:
    """Independent of the oracle above: the differences are of the reference's own forward pass."""
    batch, h = Batch((6, 3), seed=2), 1e-5
    _, cache, _, _ = batchnorm_forward(*batch.arguments(), training=True)
    dx, _, _ = batchnorm_backward(batch.dout, cache)
    for index in np.ndindex(batch.x.shape):
        losses = []
        for step in (h, -h):
            moved = batch.x.copy()
            moved[index] += step
            out, *_ = batchnorm_forward(moved, *batch.arguments()[1:], training=True)
            losses.append(np.sum(batch.dout * out))
        assert dx[index] == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=1e-7)


@pytest.mark.parametrize("training", [True, False])
def test_nothing_is_changed_in_place(training: bool) -> None:
    batch = Batch((8, 3))
    given = (*batch.arguments(), batch.dout)
    before = [value.copy() for value in given]
    for value in given:
        value.setflags(write=False)
    out, cache, mean, var = batchnorm_forward(*batch.arguments(), training=training)
    dx, dgamma, dbeta = batchnorm_backward(batch.dout, cache)
    for result in (out, mean, var, dx, dgamma, dbeta):
        assert not any(np.may_share_memory(result, value) for value in given)
    for value, old in zip(given, before, strict=True):
        np.testing.assert_array_equal(value, old)


@pytest.mark.parametrize("training", [True, False])
def test_the_cache_does_not_depend_on_what_happens_to_the_arguments(training: bool) -> None:
    batch = Batch((8, 3))
    _, cache, _, _ = batchnorm_forward(*batch.arguments(), training=training)
    expected = batchnorm_backward(batch.dout, cache)
    out, cache, mean, var = batchnorm_forward(*batch.arguments(), training=training)
    for value in (*batch.arguments(), out, mean, var):
        value[...] = 7.0
    for got, wanted in zip(batchnorm_backward(batch.dout, cache), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_the_cache_is_what_named_mistakes_build_on() -> None:
    batch = Batch((8, 3))
    for training in (True, False):
        _, cache, _, _ = batchnorm_forward(*batch.arguments(), training=training)
        assert set(cache) == {"x_hat", "inv_std", "gamma", "training"}
        assert cache["x_hat"].shape == (8, 3)
        assert cache["inv_std"].shape == cache["gamma"].shape == (3,)
        assert cache["training"] is training


def test_training_and_its_options_are_keywords() -> None:
    with pytest.raises(TypeError):
        batchnorm_forward(*Batch((4, 2)).arguments(), True)  # type: ignore[misc]
    with pytest.raises(TypeError):
        batchnorm_forward(*Batch((4, 2)).arguments())  # type: ignore[call-arg]


@pytest.mark.parametrize("layout", ["fortran", "strided"])
def test_the_memory_layout_makes_no_difference(layout: str) -> None:
    batch = Batch((8, 3))
    expected, cache, *_ = batchnorm_forward(*batch.arguments(), training=True)
    dx = batchnorm_backward(batch.dout, cache)[0]
    if layout == "fortran":
        x, dout = np.asfortranarray(batch.x), np.asfortranarray(batch.dout)
    else:
        x, dout = (np.repeat(a, 2, axis=1)[:, ::2] for a in (batch.x, batch.dout))
    out, cache, *_ = batchnorm_forward(x, *batch.arguments()[1:], training=True)
    np.testing.assert_allclose(out, expected, rtol=1e-14)
    np.testing.assert_allclose(batchnorm_backward(dout, cache)[0], dx, rtol=1e-11, atol=1e-14)
