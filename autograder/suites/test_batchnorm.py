"""Hidden tests of `batchnorm.py`.

The contract's tolerance is 1e-8. Where eps or the variance's divisor is not what a test is about,
its data or its tolerance don't show them: a slip is charged once.
"""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

import gradflow
from autograder.engine.mistakes import results
from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer
from autograder.engine.suite.calls import Call, Function, ask
from gradflow import batchnorm

EXACT = 1e-8
ROUNDED = 1e-5
"""A relative tolerance that leaves out what float32 rounds."""
COARSE = 1e-3
"""A tolerance that leaves out an eps of 1e-5 beside the variances of a batch with WIDE spread."""
LOOSE = 1e-2
"""One that leaves out the root of that eps beside standard deviations of about 1."""
WIDE = 30.0
STEP = 1e-4
"""Of central differences."""
UNBIASED = 1
"""The place of the variance that divides by N - 1 in what `_normalised` gives."""
PLAIN = ((5, 4), (4, 3))
"""Of batches that show what is wrong with a gradient at all, whatever their sizes."""
SHAPES = ((3, 6), (5, 5), (1, 4), (7, 1))
LARGE = ((4, 151), (1037, 2))
"""More units, and more examples, than any round number that a block may have."""
GRADIENTS = ("dx", "dgamma", "dbeta")
OUTPUTS = [f"batchnorm/{m}_{x}" for m in ("training", "evaluation") for x in ("output", "eps")]
"""The tests that charge what is wrong with outputs."""
NAMES = results(inspect.getsource(batchnorm), "batchnorm_forward")
OUT, CACHE, RUNNING_MEAN, RUNNING_VAR = map(
    NAMES.index, ("out", "cache", "running_mean", "running_var")
)
"""The places among the solution's results."""


@dataclass(frozen=True)
class Batch:
    """What `batchnorm_forward` is given: x (N, D), the other arrays (D,), and the rest by name."""

    x: np.ndarray
    gamma: np.ndarray
    beta: np.ndarray
    running_mean: np.ndarray
    running_var: np.ndarray
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        return self.x, self.gamma, self.beta, self.running_mean, self.running_var

    @property
    def said(self) -> str:
        """The call, as students read it."""
        training, *others = self.options.items()
        named = "".join(f", {key}={value:.4g}" for key, value in others)
        return f"batchnorm_forward(x of shape {self.x.shape}, training={training[1]}{named})"

    def call(self, forward: Function) -> Call:
        return forward.call(*self.arrays, **self.options)

    def right(self, reference) -> tuple[Any, Any, Any, Any]:
        """The four results of the solution."""
        return reference.batchnorm.batchnorm_forward(*self.arrays, **self.options)

    def results(self, answer: Answer) -> Any:
        """The four results of a forward pass."""
        return check.items(answer.value, 4, self.said)

    def output(self, answer: Answer) -> Any:
        """The output; whether there are four results is charged where the others are judged."""
        value = answer.value
        enough = type(value) in (tuple, list) and len(value) > 1
        return value[OUT] if enough else self.results(answer)[OUT]


def _batch(rng, n: int, d: int, *, spread=1.0, offset=1.0, training=True, **options: Any) -> Batch:
    """A batch (n, d) whose units differ in mean (within `offset` standard deviations), spread,
    gamma (of both signs), beta and running values (none of them near 0 or 1)."""
    std = spread * rng.uniform(0.5, 2.0, d)
    mean = offset * std * rng.uniform(0.5, 1.0, d) * rng.choice([-1.0, 1.0], d)
    return Batch(
        x=mean + std * rng.standard_normal((n, d)),
        gamma=rng.uniform(0.5, 2.0, d) * np.where(np.arange(d) % 2, -1.0, 1.0),
        beta=rng.uniform(0.5, 2.0, d) * rng.choice([-1.0, 1.0], d),
        running_mean=rng.uniform(0.5, 3.0, d) * rng.choice([-1.0, 1.0], d),
        running_var=rng.uniform(1.5, 4.0, d),
        options={"training": training, **options},
    )


def _wide(rng, *shapes: tuple[int, int], **options: float) -> list[Batch]:
    return [_batch(rng, n, d, spread=WIDE, **options) for n, d in shapes]


def _forwards(student, batches: Sequence[Batch]) -> list[Answer]:
    return ask(*(batch.call(student.batchnorm.batchnorm_forward) for batch in batches))


def _judge_output(answer: Answer, right: np.ndarray, batch: Batch, tolerance: float) -> None:
    """The output of a forward pass is right."""
    out, what, given = batch.output(answer), f"out of {batch.said}", {"x": batch.x}
    check.close(out, right, what, atol=tolerance, rtol=tolerance, given=given)


def _outputs(student, reference, batches: Sequence[Batch], tolerance: float) -> None:
    for answer, batch in zip(_forwards(student, batches), batches, strict=True):
        _judge_output(answer, batch.right(reference)[OUT], batch, tolerance)


def _eps(student, plain: Batch, batches: Sequence[Batch], tolerance: float) -> None:
    """The output is right for each eps, with the mean and variance of the plain batch, where eps
    does not show. Gamma and beta are 1, or beta is missing: slips with them are charged elsewhere.
    """
    batches = [
        replace(batch, gamma=np.ones_like(batch.gamma), beta=np.ones_like(batch.beta))
        for batch in batches
    ]
    first, *answers = _forwards(student, [plain, *batches])
    statistics = _statistics(first, plain) or 0
    for answer, batch in zip(answers, batches, strict=True):
        right = _textbook_outputs(batch)[statistics]
        if not _alike(batch.output(answer), right - batch.beta, tolerance):
            _judge_output(answer, right, batch, tolerance)
    _follows(statistics)


def _normalised(batch: Batch) -> list[tuple[np.ndarray, np.ndarray]]:
    """x_hat and 1 / std with each mean and variance that students take, the right one first: the
    variance divided by N - 1 or by nothing, or taken about 0; mean and variance of the examples,
    and of the whole batch, or one of these alone; no mean; the batch's; the running values, before
    and after this batch; the variance for its root; its root; eps outside the root."""
    x, n, eps = batch.x, len(batch.x), batch.options.get("eps", 1e-5)
    moved = batch.right(gradflow)
    of_batch, running = (x.mean(axis=0), x.var(axis=0)), (batch.running_mean, batch.running_var)
    mean, var = of_batch if batch.options["training"] else running
    statistics = [
        (mean, var),
        (mean, var * n / max(n - 1, 1)),
        (mean, var * n),
        (mean, np.mean(x * x, axis=0)),
        (x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)),
        (x.mean(), x.var()),
        (mean, x.var()),
        (mean, np.var(x - mean)),
        (x.mean(), var),
        (x.mean(), np.mean((x - x.mean()) ** 2, axis=0)),
        (mean, np.sqrt(var)),
        (0.0, var),
        of_batch,
        running,
        (moved[RUNNING_MEAN], moved[RUNNING_VAR]),
    ]
    scales = [(m, np.sqrt(v + eps)) for m, v in statistics]
    scales += [(mean, var + eps), (mean, np.sqrt(var) + eps)]
    return [((x - m) / scale, 1 / scale) for m, scale in scales]


def _textbook_outputs(batch: Batch) -> list[np.ndarray]:
    """The output with each of these."""
    return [batch.gamma * x_hat + batch.beta for x_hat, _ in _normalised(batch)]


def _statistics(answer: Answer, batch: Batch) -> int | None:
    """Which of these the student's forward pass takes, also without gamma or beta; None: others.
    The tests of its values charge that, and those of what is made of them follow it."""
    scaled = [(g, b) for g in (batch.gamma, 1.0) for b in (batch.beta, 0.0)]
    outputs, out = enumerate(x_hat for x_hat, _ in _normalised(batch)), batch.output(answer)
    found = (i for i, x in outputs if any(_alike(out, g * x + b, COARSE) for g, b in scaled))
    return next(found, None)


def _follows(forward: object, charged: object = False) -> None:
    """What is judged here is right beside a wrong forward pass, if that is one, and but for what
    tests of its own charge, if they do."""
    if forward or charged:
        own = [f"batchnorm/backward_{name}" for name in GRADIENTS] if charged else []
        raise check.Follows("the answer", *OUTPUTS, *own)


def _alike(value: Any, right: np.ndarray, tolerance: float) -> bool:
    is_real = _is_real(value, right.shape)
    return is_real and np.allclose(value, right, rtol=tolerance, atol=tolerance)


def _is_real(value: Any, shape: tuple[int, ...]) -> bool:
    """Whether the value is an array of this shape that can be computed with."""
    return type(value) is np.ndarray and value.shape == shape and value.dtype.kind in "iuf"


def _running(student, reference, batches: Sequence[Batch], *names: str) -> None:
    """The running values of these names are right after the forward passes."""
    for answer, batch in zip(_forwards(student, batches), batches, strict=True):
        found, right = batch.results(answer), batch.right(reference)
        for name in names:
            what, place = f"{name} of {batch.said}", NAMES.index(name)
            given = {"the old value": getattr(batch, name)}
            check.close(found[place], right[place], what, atol=EXACT, rtol=ROUNDED, given=given)


@pytest.mark.points(2)
def test_training_output(student, reference, rng):
    """batchnorm_forward, training: each unit is normalised with the batch, then scaled and shifted.

    Take gamma = 1 and beta = 0 and look at the mean and the spread of each column of your
    output. Nothing is limited, neither gamma nor an example far from all others.
    """
    batches = _wide(rng, (9, 4), (4, 7), eps=1e-5)
    many = _batch(rng, 300, 4, offset=20.0, spread=WIDE, eps=1e-5)
    many.x[7] += 60.0 * many.x.std(axis=0)
    far = _batch(rng, 32, 4, offset=20.0, spread=1e5, eps=1e-5)
    far.gamma[:2] *= 150.0
    far.beta[1:3] *= 150.0
    (whole,) = _wide(rng, (5, 8))
    strided = Batch(*(np.asfortranarray(a[..., ::2]) for a in whole.arrays), far.options)
    _outputs(student, reference, [*batches, many, far, strided], COARSE)


@pytest.mark.points(1.5)
def test_training_eps(student, rng):
    """batchnorm_forward, training: eps is added to the variance, under the root, whatever its size.

    It has a default. Large values of eps, and units with a small spread, show where it goes.
    """
    (plain,) = _wide(rng, (8, 5), eps=1e-5)
    batches = [
        _batch(rng, 8, 5, eps=1e-3),
        _batch(rng, 8, 5, eps=0.3),
        _batch(rng, 2, 5, eps=3),
        _batch(rng, 8, 5, spread=1e-3, eps=1e-6, momentum=0.6),
        _batch(rng, 8, 5, spread=1e-6, eps=1e-14, momentum=1.0),
        _batch(rng, 8, 5, spread=0.01),
    ]
    _eps(student, plain, batches, EXACT)


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_training_batches(student, rng):
    """batchnorm_forward, training: any batch will do, also of one example or of a single unit.

    What are the variance and the output of a unit that is the same in all examples?
    """
    shapes = ((8, 5), (5, 5), (7, 1), (1, 4), (2, 3), *LARGE, (6, 3), (4, 2), (5, 3))
    plain, *batches = _wide(rng, *shapes, eps=1e-5)
    silent, equal, off = batches[-3:]
    silent.x[:, 1] = silent.x[3] = silent.gamma[2] = 0.0
    equal.x[:] = equal.x[0]
    off.gamma[:] = 0.0
    first, *answers = _forwards(student, [plain, *batches])
    statistics = _statistics(first, plain) or 0
    is_textbook = _alike(plain.output(first), _textbook_outputs(plain)[statistics], COARSE)
    check.varied(plain.output(first), f"out of {plain.said}")
    for answer, batch in zip(answers, batches, strict=True):
        if statistics == UNBIASED and len(batch.x) == 1:
            continue  # it divides by 0
        if is_textbook:
            _judge_output(answer, _textbook_outputs(batch)[statistics], batch, COARSE)
            continue
        what = f"out of {batch.said}"
        out = check.real_array(batch.output(answer), batch.x.shape, what)
        check.true(np.all(np.isfinite(out)), f"{what}: not all entries are finite")
    _follows(statistics or not is_textbook)


@pytest.mark.points(1)
def test_running_mean(student, reference, rng):
    """batchnorm_forward, training: the running mean moves from its old value towards the batch's.

    Follow the formula with numbers of your own; which share of the old value is kept?
    """
    small, large = float(rng.uniform(0.15, 0.35)), float(rng.uniform(0.65, 0.85))
    batches = [
        _batch(rng, 5, 4, momentum=small),
        _batch(rng, 300, 4, spread=1e4, momentum=large),
        _batch(rng, 1, 4, momentum=large),
    ]
    _running(student, reference, batches, "running_mean")


@pytest.mark.points(1.5)
def test_running_variance(student, reference, rng):
    """batchnorm_forward, training: the running variance moves towards the batch's.

    Which variance of the batch does the contract name? A small batch shows the difference.
    """
    small, large = float(rng.uniform(0.2, 0.4)), float(rng.uniform(0.6, 0.8))
    batches = [
        _batch(rng, 4, 5, spread=2.0, momentum=small, eps=0.5),
        _batch(rng, 100, 5, spread=1e4, momentum=large, eps=1e-5),
        _batch(rng, 1, 5, momentum=large),
        _batch(rng, 4, 5, spread=1e-3, momentum=0.9, eps=0.1),
    ]
    batches[-1].running_var[:] *= 1e-6
    _running(student, reference, batches, "running_var")


@pytest.mark.points(1)
def test_momentum(student, reference, rng):
    """batchnorm_forward, training: momentum has a default and may be 0 or 1, from any start.

    With momentum 0 nothing of the old value is left, with 1 nothing of the batch comes in.
    """
    batch = _batch(rng, 6, 3)
    fresh = replace(batch, running_mean=np.zeros(3), running_var=np.ones(3))
    none_kept = {"training": True, "momentum": 0.0}
    batches = [
        batch,
        replace(batch, options=none_kept),
        fresh,
        replace(fresh, options=none_kept),
        _batch(rng, 4, 3, momentum=1),
        _batch(rng, 8, 1, momentum=0.5),
        # Of a width that no layer had before; of units whose mean and variance are said to be 0.
        _batch(rng, 3, 27, momentum=0.7),
        _batch(rng, 6, 3),
    ]
    batches[-1].running_mean[:] = batches[-1].running_var[:] = 0.0
    for answer, batch in zip(_forwards(student, batches), batches, strict=True):
        results, right = batch.results(answer), batch.right(reference)
        what, mean = f"running_mean of {batch.said}", results[RUNNING_MEAN]
        check.close(mean, right[RUNNING_MEAN], what, atol=EXACT, rtol=ROUNDED)
        # Either divisor will do: it is charged where the variance's values are.
        n, what = len(batch.x), f"running_var of {batch.said}"
        from_zero = replace(batch, running_var=0 * batch.running_var)
        share = from_zero.right(reference)[RUNNING_VAR]
        either = right[RUNNING_VAR] + np.stack([0 * share, share / (n - 1), -share / n])
        found = check.real_array(results[RUNNING_VAR], share.shape, what)
        nearest = np.abs(either - found).argmin(axis=0)
        right_var = either[nearest, np.arange(share.size)]
        check.close(found, right_var, what, atol=EXACT, rtol=ROUNDED)


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_forward_contract(student, rng):
    """batchnorm_forward: four results, whose arrays are float64; nothing given is changed.

    Look at dtype and shape of each result, and at your arguments before and after the call.
    """
    fortran, whole = _batch(rng, 6, 3), _batch(rng, 5, 8)
    batches = [
        replace(batch, options={"training": training, "eps": 1e-5})
        for batch in (
            _batch(rng, 4, 4),
            replace(fortran, x=np.asfortranarray(fortran.x)),
            Batch(*(array[..., ::2] for array in whole.arrays)),
            _batch(rng, 2, 1),
        )
        for training in (True, False)
    ]
    forward = student.batchnorm.batchnorm_forward.watched
    answers = ask(*(batch.call(forward) for batch in batches))
    for seen, batch in zip(answers, batches, strict=True):
        what = batch.said
        others = list(check.items(seen.value, 4, what, exact=True))
        out = others.pop(OUT)
        check.float64_array(out, batch.x.shape, f"out of {what}")
        check.varied(out, f"out of {what}")
        for array in others:  # their order and shapes are charged where their values are
            if isinstance(array, np.ndarray):
                check.float64_array(array, array.shape, f"a running value of {what}")
        check.unchanged(seen, what)


@pytest.mark.points(2.5)
def test_evaluation_output(student, reference, rng):
    """batchnorm_forward, evaluation: the running values normalise each example on its own.

    Is the output for a single example the same as for that example within a batch?
    """
    batches = [_batch(rng, n, d, training=False) for n, d in SHAPES]
    batches.append(_batch(rng, 4, 3, training=False, eps=1e-5, momentum=0.2))
    # Of a new layer, of units that are centred, or far away.
    for mean, var in (
        ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
        ((0.0, 0.0, 0.0), (2.0, 0.7, 3.0)),
        ((300.0, -40.0, 1e4), (20.0, 1e6, 2.0)),
    ):
        batches.append(given := _batch(rng, 4, 3, training=False))
        given.running_mean[:], given.running_var[:] = mean, var
    _outputs(student, reference, batches, LOOSE)


@pytest.mark.points(1)
def test_evaluation_eps(student, rng):
    """batchnorm_forward, evaluation: eps is added to the running variance, under the root.

    What is the output of a unit whose running variance is 0?
    """
    sizes = (1e-3, 0.3, 1, 1e-2, 1e-2)
    batches = [_batch(rng, 4, 3, training=False, eps=eps) for eps in sizes]
    # Of units that never varied.
    batches[-2].running_var[:] = 0.0, 1e-4, 2.0
    batches[-1].running_var[:] = 0.0
    _eps(student, _batch(rng, 4, 3, training=False, eps=1e-5), batches, ROUNDED)


@pytest.mark.points(1)
def test_evaluation_running(student, reference, rng):
    """batchnorm_forward, evaluation: the running values come back as they were.

    Nothing is learned from data in evaluation. The caller still needs both values.
    """
    options: list[dict[str, Any]] = [{}, {"momentum": 0.3}, {"momentum": 0, "eps": 0.5}]
    batches = [_batch(rng, 6, 4, training=False, **each) for each in options]
    _running(student, reference, batches, "running_mean", "running_var")


def _upstream(rng, batch: Batch) -> np.ndarray:
    """A gradient with respect to the output."""
    dout = rng.standard_normal(batch.x.shape) + 0.5
    dout[3:5] = 0.0  # examples on which the loss does not depend
    return dout


def _backward(
    student,
    batches: list[Batch],
    douts: list[np.ndarray],
    *,
    others: Sequence[Batch] = (),
    order: Sequence[int] = (),
    watched=False,
) -> tuple[list[Answer], list[Answer]]:
    """Each forward pass and at once its backward pass; but for those with an order, whose backward
    passes are made in this order after all forward passes: the answers to these, in the order of
    the batches; and the answers to the forward passes. others: batches that need give no output.

    A cache that is returned last is used as well: that order is charged where the running values
    are judged.
    """
    back = student.batchnorm.batchnorm_backward
    back = back.watched if watched else back
    forward = [batch.call(student.batchnorm.batchnorm_forward) for batch in (*batches, *others)]
    backward = [back.call(dout, call[CACHE]) for dout, call in zip(douts, forward, strict=False)]
    pairs = enumerate(zip(forward, backward, strict=False))
    calls = [call for i, pair in pairs if i not in order for call in pair]
    calls += [*(forward[i] for i in sorted(order)), *forward[len(backward) :]]
    calls += [backward[i] for i in order]
    answers = dict(zip(calls, ask(*calls), strict=True))
    passed = [answers[call] for call in forward]
    for answer, batch in zip(passed, batches, strict=False):
        batch.output(answer)
    return [answers[call] for call in backward], passed


def _three(answer: Answer, dout: np.ndarray, needed: int = 0) -> Sequence[Any]:
    """The gradients; dx may come alone where it is needed: tests of the others charge that."""
    if needed == 0 and _is_real(answer.value, dout.shape):
        return answer.value, None, None
    return check.items(answer.value, 3, f"batchnorm_backward(dout of shape {dout.shape})")


def _textbook_gradients(batch: Batch, dout: np.ndarray, statistics: int) -> tuple[np.ndarray, ...]:
    """dx, dgamma and dbeta, as they follow from these mean and variance."""
    x_hat, inv_std = _normalised(batch)[statistics]
    dx_hat = batch.gamma * dout
    if batch.options["training"]:
        dx_hat = dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)
    return dx_hat * inv_std, np.sum(dout * x_hat, axis=0), dout.sum(axis=0)


def _dx_first(gradients: Sequence[Any], shape: tuple[int, ...]) -> Sequence[Any]:
    """The gradients, dx first where only the last has its shape: that slip is charged elsewhere."""
    fits = [isinstance(each, np.ndarray) and each.shape == shape for each in gradients]
    return [gradients[2], *gradients[:2]] if fits == [False, False, True] else gradients


def _charged(
    answers: Sequence[Answer],
    passed: Sequence[Answer],
    batches: Sequence[Batch],
    douts: Sequence[np.ndarray],
) -> set[str]:
    """The gradients that are wrong for the first two batches, PLAIN ones: tests of their own charge
    that."""
    each = zip(answers[:2], passed[:2], batches[:2], douts[:2], strict=True)
    first, second = (_wrong(*one) for one in each)
    return first & second


def _wrong(answer: Answer, forward: Answer, batch: Batch, dout: np.ndarray) -> set[str]:
    """The gradients that are wrong for a batch. Dx is none of them where it is a constant, or
    dgamma does not show that the cache is used."""
    if answer.fault:
        return set()
    gradients = _dx_first(_three(answer, dout), dout.shape)
    rights = _textbook_gradients(batch, dout, _statistics(forward, batch) or 0)
    pairs = zip(GRADIENTS, gradients, rights, strict=True)
    wrong = [name for name, one, right in pairs if not _alike(one, right, COARSE)]
    is_computed = _is_real(gradients[0], dout.shape) and np.ptp(gradients[0]) > 0
    return {n for n in wrong if n != "dx" or (is_computed and "dgamma" not in wrong)}


def _judge_gradient(student, reference, rng, position: int) -> None:
    """One gradient of a small batch in training is right (0: dx, 1: dgamma, 2: dbeta).

    Where the student's own forward pass is wrong, a gradient that is right for it will do: that of
    central differences, or the textbook's with its mean and variance. A forward pass that does not
    depend on the argument, or, for dx, on the other examples, gives no central differences.
    """
    batch = _batch(rng, 4, 3, eps=0.3)
    dout = rng.standard_normal(batch.x.shape)
    name = ("x", "gamma", "beta")[position]
    argument = getattr(batch, name)
    moved = [
        replace(batch, **{name: argument + sign * step})
        for step in STEP * np.eye(argument.size).reshape(-1, *argument.shape)
        for sign in (1, -1)
    ]
    (answer,), (passed, *others) = _backward(student, [batch], [dout], others=moved)
    gradient = _three(answer, dout, position)[position]
    right = _textbook_gradients(batch, dout, 0)[position]
    if not _alike(batch.output(passed), batch.right(reference)[OUT], EXACT):
        own = [_own_gradient([batch.output(other) for other in others], dout, argument.shape)]
        if (statistics := _statistics(passed, batch)) is not None:
            own.append(_textbook_gradients(batch, dout, statistics)[position])
        if any(each is not None and _alike(gradient, each, 1e-6) for each in own):
            if _alike(gradient, right, COARSE):
                return  # as beside float32, which the tests of outputs need not see
            raise check.Follows(GRADIENTS[position], *OUTPUTS)
    check.close(
        gradient, right, f"{GRADIENTS[position]} after {batch.said}", atol=EXACT, rtol=EXACT
    )


def _own_gradient(
    outs: Sequence[Any], dout: np.ndarray, shape: tuple[int, ...]
) -> np.ndarray | None:
    """The gradient of sum(dout * out) by central differences of the student's outputs."""
    if not all(_is_real(out, dout.shape) for out in outs):
        return None
    slopes = (np.array(outs[::2]) - np.array(outs[1::2])) / (2 * STEP)
    if shape == dout.shape:  # how the outputs of the other examples move
        example = np.arange(len(slopes)) // shape[1]
        others = np.arange(len(dout)) != example[:, None]
        if not np.any(np.abs(slopes[others]) > 1e-3):
            return None
    own = np.sum(slopes * dout, axis=(1, 2)).reshape(shape)
    return own if np.any(np.abs(own) > 1e-3) else None


@pytest.mark.points(1.5)
def test_backward_dx(student, reference, rng):
    """batchnorm_backward, training: dx has the parts through the batch's mean and variance.

    Compare with a central difference of sum(dout * out), for a random dout, entry by entry.
    """
    _judge_gradient(student, reference, rng, 0)


@pytest.mark.points(1)
def test_backward_dgamma(student, reference, rng):
    """batchnorm_backward, training: dgamma is the gradient of the loss with respect to gamma.

    Every example adds its share. What does gamma multiply in the forward pass?
    """
    _judge_gradient(student, reference, rng, 1)


@pytest.mark.points(0.5)
def test_backward_dbeta(student, reference, rng):
    """batchnorm_backward, training: dbeta is the gradient of the loss with respect to beta.

    Every example adds its share. How does the output change when beta does?
    """
    _judge_gradient(student, reference, rng, 2)


@pytest.mark.points(1)
def test_backward_batches(student, rng):
    """batchnorm_backward, training: any batch will do, also of a single unit or example.

    Examples and gradients of zeros count like others. Of a single example the output doesn't depend
    on x at all: what is dx then?
    """
    shapes = ((3, 6), (5, 5), (7, 1), (2, 3), (1, 4), *LARGE)
    batches = _wide(rng, *PLAIN, *shapes, eps=1e-5)
    batches.append(_batch(rng, 300, 3, spread=WIDE, offset=20.0, eps=1e-5))
    silent, off = _wide(rng, (6, 3), (5, 3), eps=1e-5)
    silent.x[3] = silent.gamma[2] = off.gamma[:] = 0.0
    batches += [silent, off]
    douts = [_upstream(rng, batch) for batch in batches]
    douts[:2] = map(rng.standard_normal, PLAIN)
    douts[2] *= 1e5  # a steep loss
    douts[2::2] = map(np.asfortranarray, douts[2::2])
    answers, passed = _backward(student, batches, douts)
    charged = _charged(answers, passed, batches, douts)
    statistics = _statistics(passed[0], batches[0]) or 0
    for answer, dout, batch in zip(answers, douts, batches, strict=True):
        if statistics == UNBIASED and len(dout) == 1:
            continue  # the forward pass divides by 0
        gradients = _dx_first(_three(answer, dout), dout.shape)
        rights = _textbook_gradients(batch, dout, statistics)
        for name, value, right in zip(GRADIENTS, gradients, rights, strict=True):
            # Of two examples dx is almost zero: its parts cancel.
            atol = COARSE * max(np.max(np.abs(right)), np.max(np.abs(dout)) / WIDE)
            if name not in charged:
                check.close(value, right, f"{name} after {batch.said}", atol=atol, rtol=COARSE)
    _follows(statistics, charged)


@pytest.mark.points(2)
def test_backward_evaluation(student, rng):
    """batchnorm_backward, evaluation: the running values are constants.

    Without a path through mean and variance the layer only scales and shifts. What is dx then?
    """
    batches = [_batch(rng, n, d, training=False, eps=1e-5) for n, d in SHAPES]
    settled = _batch(rng, 6, 3, spread=5.0, training=False, eps=1e-5)
    large_eps = _batch(rng, 4, 3, training=False, eps=0.5)
    batches += [settled, large_eps]
    plain = _wide(rng, *PLAIN)  # in the end: hints are to the first wrong call
    # Running values that are the batch's own are constants all the same.
    settled.running_mean[:], settled.running_var[:] = settled.x.mean(axis=0), settled.x.var(axis=0)
    douts = [*(_upstream(rng, batch) for batch in batches), *map(rng.standard_normal, PLAIN)]
    answers, passed = _backward(student, batches, douts, others=plain)
    charged, follows = _charged(answers[-2:], passed[-2:], plain, douts[-2:]) - {"dx"}, False
    for answer, forward, dout, batch in zip(answers, passed, douts, batches, strict=False):
        statistics = _statistics(forward, batch)
        if batch is large_eps and statistics is None:
            continue  # the tests of the output charge what it does with eps
        rights = _textbook_gradients(batch, dout, 0)
        following = _textbook_gradients(batch, dout, statistics or 0)
        each = zip(GRADIENTS, _three(answer, dout), rights, following, strict=True)
        for name, value, right, own in each:
            if name not in charged and not _alike(value, own, LOOSE):
                check.close(value, right, f"{name} after {batch.said}", atol=LOOSE, rtol=LOOSE)
            follows |= not (name in charged or _alike(value, right, LOOSE))
    _follows(follows, charged)


@pytest.mark.points(1.5)
def test_backward_of_two_passes(student, rng):
    """batchnorm_backward: each backward pass uses the cache of its own forward pass.

    All layers go forward before any goes backward. Does your second pass disturb the first?
    """
    batches = [
        _batch(rng, n, 4, spread=WIDE, momentum=momentum)
        for n, momentum in ((6, 1.0), (6, 0.9), (6, 0.5), (11, 0.0), (5, 0.9))
    ]
    batches = [*_wide(rng, *PLAIN), *batches]
    douts = [rng.standard_normal(batch.x.shape) for batch in batches]
    douts[4] *= 1e-9  # gradients may have all but vanished on their way to a layer
    evaluated = _batch(rng, 4, 4, training=False)  # between them, and no other layer's affair
    order = [4, 2, 6, 3, 5]  # neither first in, first out nor last in, first out
    answers, passed = _backward(student, batches, douts, others=[evaluated], order=order)
    statistics = _statistics(passed[3], batches[3]) or 0
    place = 1 if "dx" in _charged(answers, passed, batches, douts) else 0
    for number, (answer, dout, batch) in enumerate(zip(answers, douts, batches, strict=True), 1):
        gradient = _dx_first(_three(answer, dout, place), dout.shape)[place]
        right = _textbook_gradients(batch, dout, statistics)[place]
        what = f"{GRADIENTS[place]} after forward pass {number} of {len(batches)}"
        check.close(gradient, right, what, atol=COARSE * np.max(np.abs(right)))
    _follows(statistics, place)


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_backward_contract(student, rng):
    """batchnorm_backward: three float64 arrays, dx of dout's shape; nothing given is changed.

    Look at dtype and shape of each result, and at dout and gamma before and after the call.
    """
    dout = rng.standard_normal((5, 4))
    douts = [dout, np.asfortranarray(dout), np.repeat(dout, 2, axis=1)[:, ::2], 0.0 * dout]
    douts.append(rng.standard_normal((3, 1)))
    batches = [_batch(rng, *each.shape) for each in douts]
    answers, _ = _backward(student, batches, douts, watched=True)
    for seen, given in zip(answers, douts, strict=True):
        what = f"batchnorm_backward(dout of shape {given.shape})"
        gradients = _dx_first(check.items(seen.value, 3, what, exact=True), given.shape)
        for name, value in zip(GRADIENTS, gradients, strict=True):
            # The shapes of dgamma and dbeta are charged where their values are.
            shape = given.shape if name == "dx" else getattr(value, "shape", given.shape[1:])
            check.float64_array(value, shape, f"{name} of {what}")
        if np.any(given):
            check.varied(gradients[0], f"dx of {what}")
        check.unchanged(seen, what)
