"""Hidden tests of `batchnorm.py`: 24 points.

Contract's tolerance: 1e-8 for data whose mean lies within 20 standard deviations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer
from autograder.engine.suite.calls import Call, ask
from autograder.suites import inputs
from autograder.suites.inputs import Batch

ATOL = RTOL = 1e-8
TINY_EPS = 1e-8
"""So small that it makes no difference at 1e-6: where eps goes is judged by tests of its own."""
SHAPES = ((9, 4), (3, 6), (5, 5), (1, 4), (7, 1), (1, 1), (2, 3))
LARGE = ((4, 151), (1037, 2))
"""More units, and more examples, than any round number that a block may have."""


def _said(n: int, d: int, options: dict[str, Any]) -> str:
    named = "".join(f", {key}={value!r}" for key, value in options.items())
    return f"batchnorm_forward(x of shape ({n}, {d}){named})"


def _forward(student: Any, batch: Batch, **options: Any) -> Call:
    return student.batchnorm.batchnorm_forward.call(*batch.arguments, **options)


def _forwards(student: Any, cases: list[tuple[Batch, dict[str, Any]]]) -> list[Answer]:
    return ask(*(_forward(student, batch, **options) for batch, options in cases))


def _results(answer: Answer, batch: Batch, options: dict[str, Any]) -> Any:
    """The four results of a forward pass."""
    return check.items(answer.value, 4, _said(*batch.x.shape, options))


def _right_forward(reference: Any, batch: Batch, **options: Any) -> tuple[Any, Any, Any, Any]:
    return reference.batchnorm.batchnorm_forward(*batch.arguments, **options)


def _outputs(
    student: Any, reference: Any, cases: list[tuple[Batch, dict[str, Any]]], atol: float = ATOL
) -> None:
    """The first results of the forward passes are right."""
    for answer, (batch, options) in zip(_forwards(student, cases), cases, strict=True):
        right = _right_forward(reference, batch, **options)[0]
        what = f"out of {_said(*batch.x.shape, options)}"
        out = _results(answer, batch, options)[0]
        check.close(out, right, what, atol=atol, rtol=RTOL, given={"x": batch.x})


def _running(
    student: Any,
    reference: Any,
    cases: list[tuple[Batch, dict[str, Any]]],
    positions: tuple[int, ...],
) -> None:
    """The running values (2: mean, 3: variance) of the forward passes are right."""
    names = {2: "running_mean", 3: "running_var"}
    for answer, (batch, options) in zip(_forwards(student, cases), cases, strict=True):
        right = _right_forward(reference, batch, **options)
        results = _results(answer, batch, options)
        for position in positions:
            what = f"{names[position]} of {_said(*batch.x.shape, options)}"
            given = {"the old value": getattr(batch, names[position])}
            value = results[position]
            check.close(value, right[position], what, atol=ATOL, rtol=RTOL, given=given)


def _there_and_back(
    student: Any,
    cases: list[tuple[Batch, dict[str, Any]]],
    douts: list[np.ndarray],
    *,
    watched: bool = False,
) -> list[Any]:
    """The answers of backward passes, each of which follows its forward pass."""
    backward = student.batchnorm.batchnorm_backward
    backward = backward.watched if watched else backward
    calls = []
    for (batch, options), dout in zip(cases, douts, strict=True):
        forward = _forward(student, batch, **options)
        calls += [forward, backward.call(dout, forward[1])]
    answers = ask(*calls)
    for answer, (batch, options) in zip(answers[::2], cases, strict=True):
        _results(answer, batch, options)
    return answers[1::2]


def _three(answer: Answer, dout: np.ndarray) -> Any:
    """The three results of a backward pass."""
    return check.items(answer.value, 3, f"batchnorm_backward(dout of shape {dout.shape})")


def _gradients(
    student: Any,
    reference: Any,
    rng: np.random.Generator,
    cases: list[tuple[Batch, dict[str, Any]]],
    positions: tuple[int, ...],
    atol: float = ATOL,
) -> None:
    """The gradients (0: dx, 1: dgamma, 2: dbeta) for random upstream gradients are right."""
    douts = [rng.standard_normal(batch.x.shape) + 0.5 for batch, _ in cases]
    for dout in douts:
        dout[3:5] = 0.0  # examples on which the loss does not depend
    douts[1::2] = map(np.asfortranarray, douts[1::2])
    answers = _there_and_back(student, cases, douts)
    for answer, dout, (batch, options) in zip(answers, douts, cases, strict=True):
        cache = _right_forward(reference, batch, **options)[1]
        right = reference.batchnorm.batchnorm_backward(dout, cache)
        what = _said(*batch.x.shape, options)
        _judge_gradients(_three(answer, dout), right, what, positions, atol)


def _judge_gradients(
    gradients: tuple[Any, ...],
    right: tuple[Any, ...],
    what: str,
    positions: tuple[int, ...] = (0, 1, 2),
    atol: float = ATOL,
) -> None:
    for position in positions:
        name = ("dx", "dgamma", "dbeta")[position]
        value, expected = gradients[position], right[position]
        check.close(value, expected, f"{name} after {what}", atol=atol, rtol=RTOL)


def _silent(rng: np.random.Generator) -> Batch:
    """A batch with a unit and an example of zeros, and a gamma of zero."""
    batch = inputs.batch(rng, 6, 3)
    batch.x[:, 1] = batch.x[3] = 0.0
    batch.gamma[2] = 0.0
    return batch


def _off(rng: np.random.Generator) -> Batch:
    """A batch whose gammas are all zero."""
    batch = inputs.batch(rng, 5, 3)
    batch.gamma[:] = 0.0
    return batch


def _equal(rng: np.random.Generator) -> Batch:
    """A batch of equal examples."""
    batch = inputs.batch(rng, 4, 2)
    batch.x[:] = batch.x[0]
    return batch


def _any_batches(rng: np.random.Generator) -> list[Batch]:
    """Batches of all shapes, and with all that may be zero or equal."""
    batches = [inputs.batch(rng, n, d) for n, d in (*SHAPES[2:], *LARGE)]
    return [*batches, _silent(rng), _equal(rng), _off(rng)]


# ---- forward, training ----


@pytest.mark.points(2.5)
@pytest.mark.catches("beta_ignored", "bn_raw_second_moment", "divides_by_variance")
@pytest.mark.catches("eps_hard_coded", "first_gamma_for_all", "gamma_and_beta_swapped")
@pytest.mark.catches("gamma_applied_twice", "gamma_ignored", "mean_not_subtracted")
@pytest.mark.catches("multiplies_by_std", "scale_and_shift_forgotten", "shift_before_scale")
@pytest.mark.catches("training_uses_given_running", "training_uses_updated_running")
@pytest.mark.catches("unbiased_output_only", "unbiased_variance", "variance_about_running_mean")
@pytest.mark.catches("variance_without_division")
def test_training_output(student, reference, rng):
    """Training: each unit is normalised with the batch, then scaled by gamma and shifted by beta.

    Take gamma = 1 and beta = 0 and look at the mean and the spread of each column of your output.
    """
    options = {"training": True, "eps": TINY_EPS}
    cases = [(inputs.batch(rng, 9, 4), options), (inputs.batch(rng, 4, 7), options)]
    _outputs(student, reference, cases, atol=1e-6)


@pytest.mark.points(1.5)
@pytest.mark.catches("beta_ignored", "eps_forgotten", "momentum_one_means_evaluation")
def test_training_eps(student, reference, rng):
    """Training: eps is added where the formula says, whatever its size.

    Large values of eps and units with a small spread show where it goes.
    """
    cases: list[tuple[Batch, dict[str, Any]]] = [
        (inputs.batch(rng, n, 5), {"training": True, "eps": eps})
        for n, eps in ((8, 1e-3), (8, 0.3), (2, 3))
    ]
    small = inputs.batch(rng, 8, 5, spread=1e-3)
    cases.append((small, {"training": True, "eps": 1e-6, "momentum": 0.6}))
    tiny = inputs.batch(rng, 8, 5, spread=1e-6)
    cases.append((tiny, {"training": True, "eps": 1e-14, "momentum": 1.0}))
    _outputs(student, reference, cases)


@pytest.mark.points(0.5)
@pytest.mark.catches("eps_default_1e_3", "eps_default_1e_6", "eps_forgotten")
def test_training_default_eps(student, reference, rng):
    """Training: eps has the default that the contract names.

    Units with a spread of about 0.01 show it.
    """
    _outputs(student, reference, [(inputs.batch(rng, 8, 5, spread=0.01), {"training": True})])


@pytest.mark.points(0.5)
@pytest.mark.catches("eps_forgotten", "gamma_is_clipped", "normalised_is_clipped")
@pytest.mark.catches("statistics_of_first_examples")
def test_training_offset(student, reference, rng):
    """Training: units far from zero, of any spread, are normalised, in large batches as well.

    The variance is taken about the mean of the batch. Nothing is limited: neither an example that
    lies far from all others, nor gamma and beta.
    """
    options = {"training": True, "eps": 1e-5}
    many, wide = (
        inputs.batch(rng, n, 4, offset=20.0, spread=spread) for n, spread in ((300, 1.0), (32, 1e5))
    )
    many.x[7] += 60.0 * many.x.std(axis=0)
    wide.gamma[:2] *= 150.0
    wide.beta[1:3] *= 150.0
    _outputs(student, reference, [(many, options), (wide, options)])


@pytest.mark.points(1)
@pytest.mark.catches("bn_rejects_single_example", "eps_forgotten", "equal_examples_raise")
@pytest.mark.catches("gamma_zero_replaced", "zero_examples_left_out")
def test_training_shapes(student, reference, rng):
    """Training: any batch will do: square ones, a single example, a single unit, equal examples.

    What are the mean and the variance of a single example, and what is the output then?
    """
    options = {"training": True, "eps": 1e-3}
    _outputs(student, reference, [(batch, options) for batch in _any_batches(rng)])


@pytest.mark.points(1)
@pytest.mark.catches("bn_divides_by_units", "bn_global_statistics", "bn_layer_norm")
@pytest.mark.catches("momentum_hard_coded", "momentum_only_on_batch", "momentum_only_on_old")
@pytest.mark.catches("momentum_swapped", "returns_cache_last", "running_from_normalised")
@pytest.mark.catches("running_keepdims", "running_mean_limited", "running_not_updated")
@pytest.mark.catches("running_replaced_by_batch", "running_returns_swapped")
def test_running_mean(student, reference, rng):
    """Training: the running mean moves from its old value towards that of the batch.

    Follow the formula with numbers of your own; which share of the old value is kept?
    """
    cases = [
        (inputs.batch(rng, n, 4, spread=spread), {"training": True, "momentum": momentum})
        for n, spread, momentum in (
            (5, 1.0, float(rng.uniform(0.15, 0.35))),
            (300, 1e4, float(rng.uniform(0.65, 0.85))),
        )
    ]
    _running(student, reference, cases, (2,))


@pytest.mark.points(1.5)
@pytest.mark.catches("bn_divides_by_units", "bn_global_statistics", "bn_layer_norm")
@pytest.mark.catches("bn_raw_second_moment", "eps_in_running_variance", "momentum_hard_coded")
@pytest.mark.catches("momentum_only_on_batch", "momentum_only_on_old", "momentum_swapped")
@pytest.mark.catches("running_keepdims", "running_not_updated", "running_replaced_by_batch")
@pytest.mark.catches("running_std", "running_variance_has_floor", "running_variance_not_updated")
@pytest.mark.catches("unbiased_running_variance", "unbiased_variance")
@pytest.mark.catches("variance_about_running_mean", "variance_without_division")
def test_running_variance(student, reference, rng):
    """Training: the running variance moves from its old value towards that of the batch.

    Which variance of the batch does the contract name? A small batch shows the difference.
    """
    cases = [
        (
            inputs.batch(rng, n, 5, spread=spread),
            {"training": True, "momentum": momentum, "eps": eps},
        )
        for n, spread, momentum, eps in (
            (4, 2.0, float(rng.uniform(0.2, 0.4)), 0.5),
            (100, 1e4, float(rng.uniform(0.6, 0.8)), 1e-5),
            (4, 1e-3, 0.9, 0.1),
        )
    ]
    cases[-1][0].running_var[:] *= 1e-6
    _running(student, reference, cases, (3,))


@pytest.mark.points(1)
@pytest.mark.catches("bn_rejects_single_example", "first_batch_initialises_running")
@pytest.mark.catches("momentum_zero_means_default", "single_unit_keeps_running")
@pytest.mark.catches("zero_running_variance_replaced")
def test_momentum(student, reference, rng):
    """Training: momentum has its default, may be 0 or 1, and running values may start anywhere.

    With momentum 0 nothing of the old value is left, with 1 nothing of the batch comes in.
    """
    batch = inputs.batch(rng, 6, 3)
    fresh = Batch(batch.x, batch.gamma, batch.beta, np.zeros(3), np.ones(3))
    cases: list[tuple[Batch, dict[str, Any]]] = [
        (given, {"training": True, **options})
        for given in (batch, fresh)
        for options in ({}, {"momentum": 0.0})
    ]
    cases.append((inputs.batch(rng, 4, 3), {"training": True, "momentum": 1}))
    cases.append((inputs.batch(rng, 1, 3), {"training": True}))
    cases.append((inputs.batch(rng, 8, 1), {"training": True, "momentum": 0.5}))
    # Of a width that no layer had before; of units whose variance is said to be zero.
    cases.append((inputs.batch(rng, 3, 27), {"training": True, "momentum": 0.7}))
    cases.append((inputs.batch(rng, 6, 3), {"training": True}))
    cases[-1][0].running_var[:] = 0.0
    _running(student, reference, cases, (2, 3))


@pytest.mark.points(1)
@pytest.mark.catches("bn_centres_in_place", "eval_returns_first_unit_only", "running_in_place")
def test_forward_contract(student, reference, rng):
    """Forward: four results of the right types and shapes, in both modes; nothing given is changed.

    Look at dtype and shape of each result, and at your arguments before and after the call.
    """
    square = inputs.batch(rng, 4, 4)
    fortran = inputs.batch(rng, 6, 3)
    strided = inputs.batch(rng, 5, 8)
    strided = Batch(strided.x[:, ::2], *(a[::2] for a in strided.arguments[1:]))
    fortran = Batch(np.asfortranarray(fortran.x), *fortran.arguments[1:])
    cases: list[tuple[Batch, dict[str, Any]]] = [
        (batch, {"training": training, "eps": TINY_EPS})
        for batch in (square, fortran, strided, inputs.batch(rng, 1, 1))
        for training in (True, False)
    ]
    forward = student.batchnorm.batchnorm_forward.watched
    answers = ask(*(forward.call(*batch.arguments, **options) for batch, options in cases))
    for seen, (batch, options) in zip(answers, cases, strict=True):
        (n, d), what = batch.x.shape, _said(*batch.x.shape, options)
        out, _, mean, var = check.items(seen.value, 4, what, exact=True)
        if n > 1:
            right = _right_forward(reference, batch, **options)[0]
            check.close(out, right, f"out of {what}", atol=1e-5, rtol=1e-5)
        check.float64_array(out, (n, d), f"out of {what}")
        check.float64_array(mean, (d,), f"running_mean of {what}")
        check.float64_array(var, (d,), f"running_var of {what}")
        check.unchanged(seen, what)


# ---- forward, evaluation ----


@pytest.mark.points(2)
@pytest.mark.catches("beta_ignored", "bn_float32", "bn_squeezes_batch", "bn_training_flag_ignored")
@pytest.mark.catches("eps_as_floor", "eps_hard_coded", "eps_outside_root", "eps_squared")
@pytest.mark.catches("eval_divides_by_variance", "eval_of_new_layer_uses_batch")
@pytest.mark.catches("eval_uses_batch_statistics", "eval_uses_batch_variance", "eval_without_eps")
@pytest.mark.catches("eval_without_running_mean_uses_batch", "eval_without_scale_and_shift")
@pytest.mark.catches("first_gamma_for_all", "gamma_and_beta_swapped", "gamma_applied_twice")
@pytest.mark.catches("gamma_ignored", "gamma_per_example", "mean_not_subtracted")
@pytest.mark.catches("multiplies_by_std", "returns_no_running_values", "shift_before_scale")
@pytest.mark.catches("single_example_skips_normalisation")
def test_evaluation_output(student, reference, rng):
    """Evaluation: the running values normalise, so an example's output is its own affair.

    Is the output for a single example the same as for that example within a batch?
    """
    cases: list[tuple[Batch, dict[str, Any]]] = [
        (inputs.batch(rng, n, d), {"training": False, "eps": 1e-3}) for n, d in SHAPES[1:5]
    ]
    cases.append((inputs.batch(rng, 4, 3), {"training": False}))
    cases.append((inputs.batch(rng, 4, 3), {"training": False, "eps": 1, "momentum": 0.2}))
    # Of units that never varied, of a new layer, of units that are centred, constant or far away.
    for mean, var in (
        ((1.5, -2.0, 0.7), (0.0, 1e-4, 2.0)),
        ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
        ((0.0, 0.0, 0.0), (2.0, 0.3, 3.0)),
        ((1.2, -0.4, 0.0), (0.0, 0.0, 0.0)),
        ((300.0, -40.0, 1e4), (1e-3, 1e6, 0.02)),
    ):
        given = inputs.batch(rng, 4, 3)
        given.running_mean[:], given.running_var[:] = mean, var
        cases.append((given, {"training": False, "eps": 1e-2}))
    _outputs(student, reference, cases)


@pytest.mark.points(1)
@pytest.mark.catches("bn_training_flag_ignored", "gamma_per_example", "returns_cache_last")
@pytest.mark.catches("returns_no_running_values", "running_returns_swapped")
@pytest.mark.catches("running_updated_in_eval")
def test_evaluation_running(student, reference, rng):
    """Evaluation: the running values come back as they were.

    Nothing is learned from data in evaluation. The caller still needs both values.
    """
    options: list[dict[str, Any]] = [{}, {"momentum": 0.3}, {"momentum": 0, "eps": 0.5}]
    cases = [(inputs.batch(rng, 6, 4), {"training": False, **o}) for o in options]
    _running(student, reference, cases, (2, 3))


# ---- backward ----


@pytest.mark.points(3)
@pytest.mark.catches("backward_first_gamma", "backward_n_minus_one", "backward_unbiased_variance")
@pytest.mark.catches("cache_keeps_output", "cache_keeps_running_scale", "dmean_without_std")
@pytest.mark.catches("dvar_without_half", "dvar_without_two", "dvar_wrong_power")
@pytest.mark.catches("dx_averaged_over_batch", "dx_divided_by_variance", "dx_too_large_by_n")
@pytest.mark.catches("dx_without_std", "gamma_missing_in_dx", "gamma_missing_in_paths")
@pytest.mark.catches("gamma_twice_in_dx", "mean_path_added", "mean_path_missing")
@pytest.mark.catches("paths_not_averaged", "paths_over_units", "statistics_taken_as_constant")
@pytest.mark.catches("variance_path_added", "variance_path_missing", "variance_path_not_averaged")
@pytest.mark.catches("variance_path_not_summed", "variance_path_without_x_hat")
@pytest.mark.catches("zero_gradients_not_counted")
def test_backward_dx(student, reference, rng):
    """Backward, training: dx has the parts that go through the batch's mean and variance.

    Compare with a central difference of sum(dout * out), for a random dout, entry by entry.
    """
    options = {"training": True, "eps": TINY_EPS}
    cases = [(inputs.batch(rng, n, d), options) for n, d in SHAPES[:2]]
    _gradients(student, reference, rng, cases, (0,), atol=1e-6)


@pytest.mark.points(1.5)
@pytest.mark.catches("backward_float32", "cache_keeps_output", "dgamma_and_dbeta_averaged")
@pytest.mark.catches("dgamma_and_dbeta_keepdims", "dgamma_and_dbeta_not_summed")
@pytest.mark.catches("dgamma_and_dbeta_over_everything", "dgamma_and_dbeta_over_units")
@pytest.mark.catches("dgamma_and_dbeta_swapped", "dgamma_averaged", "dgamma_from_centred")
@pytest.mark.catches("dgamma_times_gamma", "dgamma_without_x_hat", "dout_ignored")
@pytest.mark.catches("dx_returned_last", "only_dx_returned")
def test_backward_dgamma(student, reference, rng):
    """Backward, training: dgamma is the gradient of the loss with respect to gamma.

    Every example adds its share. What does gamma multiply in the forward pass?
    """
    options = {"training": True, "eps": 1e-3}
    cases = [(inputs.batch(rng, n, d), options) for n, d in SHAPES[:2]]
    _gradients(student, reference, rng, cases, (1,))


@pytest.mark.points(1)
@pytest.mark.catches("backward_float32", "dbeta_averaged", "dbeta_times_gamma")
@pytest.mark.catches("dgamma_and_dbeta_averaged", "dgamma_and_dbeta_keepdims")
@pytest.mark.catches("dgamma_and_dbeta_not_summed", "dgamma_and_dbeta_over_everything")
@pytest.mark.catches("dgamma_and_dbeta_over_units", "dgamma_and_dbeta_swapped", "dout_ignored")
@pytest.mark.catches("dx_returned_last", "only_dx_returned")
def test_backward_dbeta(student, reference, rng):
    """Backward, training: dbeta is the gradient of the loss with respect to beta.

    Every example adds its share. How does the output change when beta does?
    """
    options = {"training": True, "eps": 1e-3}
    cases = [(inputs.batch(rng, n, d), options) for n, d in SHAPES[:2]]
    _gradients(student, reference, rng, cases, (2,))


@pytest.mark.points(0.5)
@pytest.mark.catches("backward_forgets_eps", "gradients_limited", "zero_gradients_not_counted")
def test_backward_eps(student, reference, rng):
    """Backward, training: eps counts as it does forward, and so do units far from zero.

    Large values of eps and units with a small spread show it.
    """
    cases: list[tuple[Batch, dict[str, Any]]] = [
        (inputs.batch(rng, 7, 4), {"training": True, "eps": 0.4}),
        (inputs.batch(rng, 7, 4, spread=0.01), {"training": True}),
        (inputs.batch(rng, 300, 3, offset=20.0), {"training": True, "momentum": 0.3, "eps": 1}),
    ]
    _gradients(student, reference, rng, cases, (0, 1, 2))


@pytest.mark.points(1)
@pytest.mark.catches("backward_forgets_eps", "two_examples_without_variance_path")
@pytest.mark.catches("zero_gamma_has_no_gradient")
def test_backward_shapes(student, reference, rng):
    """Backward, training: any batch will do: square ones, a single example, a single unit.

    With a single example the output doesn't depend on x at all. What is dx then?
    """
    options = {"training": True, "eps": 1e-2}
    cases = [(batch, options) for batch in _any_batches(rng)]
    _gradients(student, reference, rng, cases, (0, 1, 2))


@pytest.mark.points(1.5)
@pytest.mark.catches("backward_first_gamma", "backward_ignores_mode", "dbeta_averaged")
@pytest.mark.catches("dbeta_times_gamma", "dgamma_averaged", "dgamma_from_centred")
@pytest.mark.catches("dgamma_times_gamma", "dgamma_without_x_hat", "eval_dx_passed_through")
@pytest.mark.catches("eval_dx_without_gamma", "eval_dx_without_std", "eval_dx_zero")
@pytest.mark.catches("eval_parameters_frozen", "mode_guessed_from_mean")
def test_backward_evaluation(student, reference, rng):
    """Backward, evaluation: the running values are constants.

    Without a path through mean and variance the layer only scales and shifts. What is dx then?
    """
    cases: list[tuple[Batch, dict[str, Any]]] = [
        (inputs.batch(rng, n, d), {"training": False, "eps": eps})
        for (n, d), eps in zip(SHAPES[1:5], (1e-3, 0.5, TINY_EPS, 1), strict=True)
    ]
    settled, _ = cases[0]  # running values that are the batch's own are constants all the same
    settled.running_mean[:], settled.running_var[:] = settled.x.mean(axis=0), settled.x.var(axis=0)
    _gradients(student, reference, rng, cases, (0, 1, 2))


@pytest.mark.points(1)
@pytest.mark.catches("backward_mode_from_momentum", "one_cache_for_all_calls")
@pytest.mark.catches("small_gradients_zeroed", "zero_dout_gives_scalars")
def test_backward_of_two_passes(student, reference, rng):
    """Backward: each pass uses the cache of its own forward pass.

    Layers go forward one after the other before any goes backward, in either mode.
    """
    batches = [inputs.batch(rng, n, 4) for n in (6, 6, 6, 11, 5)]
    options: list[dict[str, Any]] = [
        {"training": True, "eps": TINY_EPS, "momentum": 1.0},
        {"training": False, "eps": TINY_EPS},
        {"training": True, "eps": TINY_EPS},
        {"training": True, "eps": 0.5},
        {"training": True, "eps": 0.1},
    ]
    # Gradients may have all but vanished on their way to a layer, or have done so.
    sizes = [1.0, 1.0, 1e-9, 1.0, 0.0]
    douts = [
        size * rng.standard_normal(batch.x.shape)
        for size, batch in zip(sizes, batches, strict=True)
    ]
    forward = [
        _forward(student, batch, **given) for batch, given in zip(batches, options, strict=True)
    ]
    order = [2, 0, 4, 1, 3]  # neither first in, first out nor last in, first out
    backward = student.batchnorm.batchnorm_backward
    answers = ask(*forward, *(backward.call(douts[i], forward[i][1]) for i in order))
    for answer, batch, given in zip(answers, batches, options, strict=False):
        _results(answer, batch, given)
    for answer, i in zip(answers[len(forward) :], order, strict=True):
        cache = _right_forward(reference, batches[i], **options[i])[1]
        right = reference.batchnorm.batchnorm_backward(douts[i], cache)
        what = f"forward pass {i + 1} of {len(order)}, with training={options[i]['training']}"
        gradients = check.items(answer.value, 3, f"batchnorm_backward after {what}")
        _judge_gradients(tuple(gradients), right, what, atol=1e-6 * sizes[i])


@pytest.mark.points(1)
@pytest.mark.catches("bn_centres_in_place", "dout_changed_in_place", "running_in_place")
def test_backward_contract(student, reference, rng):
    """Backward: three float64 results of the right shapes; nothing that was given is changed.

    Look at dtype and shape of each result, and at dout and gamma before and after the call.
    """
    batch = inputs.batch(rng, 5, 4)
    dout = rng.standard_normal((5, 4))
    layouts = [dout, np.asfortranarray(dout), np.repeat(dout, 2, axis=1)[:, ::2]]
    single = inputs.batch(rng, 1, 1)
    cases = [(batch, layout, mode) for layout in layouts for mode in (True, False)]
    cases.append((single, rng.standard_normal((1, 1)), False))
    answers = _there_and_back(
        student,
        [(one, {"training": mode, "eps": TINY_EPS}) for one, _, mode in cases],
        [given for _, given, _ in cases],
        watched=True,
    )
    for seen, (one, given, mode) in zip(answers, cases, strict=True):
        n, d = given.shape
        what = f"batchnorm_backward(dout of shape ({n}, {d})), after training={mode}"
        dx, dgamma, dbeta = check.items(seen.value, 3, what, exact=True)
        cache = _right_forward(reference, one, training=mode, eps=TINY_EPS)[1]
        right = reference.batchnorm.batchnorm_backward(given, cache)
        _judge_gradients((dx, dgamma, dbeta), right, f"forward with training={mode}", (0,), 1e-6)
        check.float64_array(dx, (n, d), f"dx of {what}")
        check.float64_array(dgamma, (d,), f"dgamma of {what}")
        check.float64_array(dbeta, (d,), f"dbeta of {what}")
        check.unchanged(seen, what)
