"""Hidden tests of `clipping.py`.

Contract's tolerance for the two norms: 1e-5, relative, for gradients with a norm of 1 or more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer
from autograder.engine.suite.calls import Call
from autograder.suites import hygiene, inputs

JOINT = "clip_by_global_norm"
BY_NORM = ("clip_by_norm", JOINT)
RTOL = 1e-5
PYTORCHS_EPS = 1e-6
"""What PyTorch adds to a norm before it divides by it. Of a small norm it is a larger share."""
ATOL = 1e-30
NAN, INF = float("nan"), float("inf")
Grads = list[np.ndarray]
LOPSIDED = np.array([1e-150, -3e200, -1e100, -2e200])
"""Only its size tells its largest entry, which is neither the first nor the maximum."""
JUST_FINITE = [np.array([1e308, 1e308]), np.array([3e156, 4e156]), np.full(4, 0.9e154)]
"""Their norms are finite, not their squares, nor the sum of the first one."""


@dataclass(frozen=True)
class Case:
    """A function, and what it is given."""

    name: str
    grads: Grads
    limit: float

    @property
    def said(self) -> str:
        """The call, as students read it."""
        return f"{self.name}(grads, {self.limit:.4g})"

    def call(self, student) -> Call:
        return getattr(student.clipping, self.name).watched.call(self.grads, self.limit)

    def right(self, reference) -> Any:
        return getattr(reference.clipping, self.name)(self.grads, self.limit)

    def arrays(self, value: Any, what: str = "", *, exact: bool = False) -> Sequence[Any]:
        """The clipped arrays in a result. If not `exact`, wherever they stand in it, or alone: two
        tests charge that."""
        what = what or self.said
        if self.name == JOINT:
            value = check.items(value, 2, what)[0] if exact else _only_list_in(value)
            what = f"the clipped arrays of {what}"
        return check.items(value, len(self.grads), what, list, exact=exact)

    def computed(self, answer: Answer) -> None:
        arrays = self.arrays(answer.value)
        # All together: those of one array may all be the limit.
        numbers = [array.ravel() for array in arrays if isinstance(array, np.ndarray)]
        check.varied(np.concatenate([np.empty(0), *numbers]), self.said)

    def judge(self, reference, answer: Answer) -> None:
        """The clipped arrays are right, and so is the joint norm beside them."""
        self.judge_arrays(reference, answer)
        if self.name == JOINT:
            self.judge_norm(reference, answer)

    def judge_arrays(self, reference, answer: Answer) -> None:
        pairs = zip(
            self.arrays(answer.value), self.arrays(self.right(reference)), self.grads, strict=True
        )
        for index, (array, right, grad) in enumerate(pairs):
            what, rtol = f"{self.said}, array {index}", self._tolerance(reference, grad)
            given = {"the gradient": grad}
            check.close(array, right, what, atol=ATOL, rtol=rtol, given=given)

    def judge_norm(self, reference, answer: Answer) -> None:
        what = f"global_norm of {self.said}"
        norm = check.number(check.items(answer.value, 2, self.said)[1], what)
        check.close(norm, self.right(reference)[1], what, atol=ATOL, rtol=RTOL)

    def _tolerance(self, reference, grad: np.ndarray) -> float:
        """The relative error that this array may have: that of the factor which shrinks it."""
        if self.name not in BY_NORM:
            return 1e-9
        together = self.grads if self.name == JOINT else [grad]
        norm = reference.clipping.clip_by_global_norm(together, 1.0)[1]
        return float(np.clip(PYTORCHS_EPS / norm if norm else 0.0, RTOL, 1e-2))


def _only_list_in(value: Any) -> Any:
    """The one entry of the value that is a list or tuple; else the first of two, before a number;
    else the value itself."""
    entries = value if isinstance(value, (tuple, list)) else ()
    lists = [entry for entry in entries if isinstance(entry, (tuple, list))]
    is_pair = len(entries) == 2 and isinstance(entries[1], (float, np.floating))
    return lists[0] if len(lists) == 1 else entries[0] if is_pair else value


def _values(
    student, reference, name: str, cases: list[tuple[Grads, float]], judge=Case.judge_arrays
) -> None:
    answers = getattr(student.clipping, name).each(cases)
    for answer, given in zip(answers, cases, strict=True):
        judge(Case(name, *given), reference, answer)


def _judged(student, reference, rng, cases: list[Case]) -> list[tuple[Answer, Case]]:
    """See `hygiene.judged`; plain are ordinary gradients, clipped or not."""
    names = dict.fromkeys(case.name for case in cases)
    plain = [Case(name, _plain(rng), limit) for name in names for limit in (1.25, 5.0, 100.0)]
    return hygiene.judged(student, reference, plain, cases)


def _finite_arrays(seen: Answer, case: Case) -> list[np.ndarray]:
    arrays = zip(case.arrays(seen.value), case.grads, strict=True)
    real = [
        check.real_array(array, grad.shape, f"{case.said}, array {index}")
        for index, (array, grad) in enumerate(arrays)
    ]
    for index, array in enumerate(real):
        check.true(np.all(np.isfinite(array)), f"{case.said}, array {index}: not all are finite")
    return real


def _contract(student, reference, rng, name: str) -> None:
    """A list of new float64 arrays of the gradients' shapes, 0-d and empty ones included."""
    lists = [(inputs.gradients(rng), 1.25), (inputs.gradients(rng), 100.0)]
    lists.append((inputs.gradients(rng)[3:0:-1], 1.25))
    first, second, *_ = _plain(rng)
    lists += [([first, -first], 1.25), ([np.empty((0, 3)), second], 1.25), ([], 1.25)]
    lists += [([first], 1.25), ([second], 100.0), ([np.array(-2.5)], 1.25), (_plain(rng), 3.0)]
    cases = [Case(name, *given) for given in lists]
    for seen, case in _judged(student, reference, rng, cases):
        what = f"{case.said} of {len(case.grads)} arrays"
        if name == JOINT:
            check.number(check.items(seen.value, 2, what, exact=True)[1], f"global_norm of {what}")
        arrays = case.arrays(seen.value, what, exact=True)
        for index, (array, grad) in enumerate(zip(arrays, case.grads, strict=True)):
            check.float64_array(array, grad.shape, f"{what}, array {index}")
        check.unchanged(seen, what)
        check.fresh(seen, what)


def _refusals(student, rng, name: str) -> None:
    """Limits that are not positive raise ValueError; whole numbers are as good as others. So do NaN
    and infinity of either sign, wherever in whichever gradient they are."""
    plain, grads = _plain(rng), inputs.gradients(rng)
    zeros = [np.zeros_like(grad) for grad in plain]
    places = [(0, 0.5, NAN), (-1, 1.0, NAN), (0, 1.0, INF), (-1, 0.5, -INF), (3, 0.0, NAN)]
    places += [(5, 0.5, INF), (0, 0.0, NAN), (-1, 0.7, NAN)]
    right: list[tuple[Grads, float]] = [(plain, 2), (plain, 1e-13), (plain, INF)]
    # For zeros no limit would be needed.
    wrong: list[tuple[Grads, float]] = [(plain, 0), (zeros, -1.5), (plain, NAN), (plain, -INF)]
    wrong += [(_spoil(grads, *place), 1.5) for place in places]
    wrong += [([np.array([1.0, INF, -INF])], 1.5), (_spoil(grads[2:3], 0, 1.0, NAN), 100.0)]
    answers = getattr(student.clipping, name).each([*right, *wrong])
    for answer in answers[: len(right)]:
        _ = answer.value  # refused, it raises
    for answer, (given, limit) in zip(answers[len(right) :], wrong, strict=True):
        bad = [x for grad in given for x in grad.ravel() if not np.isfinite(x)]
        what = f"{name} of gradients with an entry {bad[0]}" if bad else f"{name}(grads, {limit})"
        check.refused(answer, ValueError, what)


PLAIN: tuple[tuple[int, ...], ...] = ((4, 3), (5,), (2, 1, 3, 2), (3, 3))


def _plain(rng, size: float = 1.0) -> Grads:
    """Gradients without 0-d and empty ones."""
    return [size * rng.uniform(0.2, 2.0, s) * rng.choice([-1.0, 1.0], s) for s in PLAIN]


def _with_norms(rng, norms: tuple[float, ...]) -> Grads:
    """Gradients of the shapes in PLAIN, again and again, that have these norms."""
    grads = [grad for _ in range(2) for grad in _plain(rng)][: len(norms)]
    return [norm / np.linalg.norm(grad) * grad for grad, norm in zip(grads, norms, strict=True)]


def _spoil(grads: Grads, index: int, where: float, bad: float) -> Grads:
    """The gradients with a bad entry in one of them, from the first (where = 0) to the last (1)."""
    spoilt = [grad.copy() for grad in grads]
    spoilt[index].flat[int(where * (spoilt[index].size - 1))] = bad
    return spoilt


@pytest.mark.points(1.5)
def test_value_entries(student, reference, rng):
    """clip_by_value: entries beyond the limits become the limits, all others stay.

    Look at one entry above, one below and one inside, with a limit other than 1.
    """
    limits: list[float] = [float(rng.uniform(0.5, 0.9)), float(rng.uniform(1.1, 1.6)), 1, 5.0]
    cases = [(_plain(rng), limit) for limit in limits]
    edge = [np.array([limits[0], -limits[0], 0.0, 3.0, -3.0]), np.array([5e-9, -5e-9])]
    cases[-1] = [grad * 1e12 for grad in _plain(rng)], 8e11
    _values(student, reference, "clip_by_value", [*cases, (edge, limits[0]), (edge, 1e150)])


@pytest.mark.points(2)
def test_norm_arrays(student, reference, rng):
    """clip_by_norm: an array with too large a norm is shrunk to the limit, others stay.

    Each array on its own. Compute the norms of what comes back.
    """
    shares = (4.0, 0.3, 1.00004, 0.8, 0.9998, 1.3, 9.0, 0.6)
    limits: list[float] = [float(rng.uniform(1.3, 1.9)), float(rng.uniform(2.2, 3.0)), 2]
    cases = [(_with_norms(rng, tuple(limit * s for s in shares)), limit) for limit in limits]
    cases.append((_with_norms(rng, (0.4, 5e-4, 5e-5, 3e-4)), 1e-4))
    _values(student, reference, "clip_by_norm", cases)


def _joint(rng) -> list[tuple[Grads, float]]:
    """Gradients whose joint norm is above the limit, and some whose norm is below; in both, single
    arrays lie far inside it."""
    norms = (2.0, 0.3, 3.0, 0.05)
    joint = float(np.linalg.norm(norms))
    limits: list[float] = [float(rng.uniform(1.1, 1.9)), joint / 1.00004, joint * 1.0002, 2]
    cases = [(_with_norms(rng, norms), limit) for limit in limits]
    return [*cases, (_with_norms(rng, (2e-4, 3e-4)), 1e-4)]


@pytest.mark.points(1)
def test_global_arrays(student, reference, rng):
    """clip_by_global_norm: one factor shrinks all arrays, if their joint norm is too large.

    The joint norm of what comes back is at most the limit, and all arrays keep their proportions.
    """
    _values(student, reference, "clip_by_global_norm", _joint(rng))


@pytest.mark.points(1)
def test_global_norm_value(student, reference, rng):
    """clip_by_global_norm: the number beside the arrays is their joint norm before clipping.

    It is there for the user to see whether something explodes: as a plain number.
    """
    _values(student, reference, JOINT, _joint(rng), Case.judge_norm)


@pytest.mark.points(1)
def test_zeros(student, reference, rng):
    """clip_by_norm, clip_by_global_norm: gradients of zeros stay zero.

    What do you divide by when the norm is zero?
    """
    zeros, some = [np.zeros((3, 2)), np.zeros(4)], _plain(rng)[0]
    lists = [zeros, [*zeros, some], [np.zeros((2, 2)), some, np.zeros(4)], [np.empty((0, 3))]]
    cases = [Case(name, grads, 1.5) for name in BY_NORM for grads in lists]
    for seen, case in _judged(student, reference, rng, cases):
        for array, grad in zip(_finite_arrays(seen, case), case.grads, strict=True):
            check.true(np.any(grad) or not np.any(array), f"{case.name}: zeros did not stay zero")


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_extremes(student, reference, rng):
    """clip_by_value, clip_by_norm, clip_by_global_norm: any size will do, if the norm is finite.

    The square of 1e200 is not finite, nor is 1e308 + 1e308. Can the arrays be made smaller before
    they are squared?
    """
    sizes = ((1e200, 1.5), (3e300, 1e120), (1e-200, 1.5))
    lists = [(_plain(rng, size), limit) for size, limit in sizes]
    lists.append(([LOPSIDED, *(-np.abs(grad) for grad in _plain(rng, 1e200))], 1.5))
    lists.append(([*_plain(rng)[2:], *_plain(rng, 1e200)[:2], np.zeros((2, 2)), LOPSIDED], 1.2))
    lists += [([grad], 1.2) for grad in JUST_FINITE]
    cases = [Case(name, *given) for name in BY_NORM for given in lists]
    huge = [JUST_FINITE[0], np.array([[1e200, -1e-200, -1e300]])]
    cases.append(Case("clip_by_value", huge, 1.2))
    for seen, case in _judged(student, reference, rng, cases):
        _finite_arrays(seen, case)


@pytest.mark.points(0.5)
@pytest.mark.hygiene
def test_value_contract(student, reference, rng):
    """clip_by_value: a list of new float64 arrays, in order, each with its own shape.

    Gradients may be 0-d or empty, and so may the list. Nothing given is changed or handed back.
    """
    _contract(student, reference, rng, "clip_by_value")


@pytest.mark.points(0.5)
@pytest.mark.hygiene
def test_norm_contract(student, reference, rng):
    """clip_by_norm: a list of new float64 arrays, in order, each with its own shape.

    Gradients may be 0-d or empty, and so may the list. Nothing given is changed or handed back.
    """
    _contract(student, reference, rng, "clip_by_norm")


@pytest.mark.points(0.5)
@pytest.mark.hygiene
def test_global_contract(student, reference, rng):
    """clip_by_global_norm: a tuple of a list of new float64 arrays, in order, and a number.

    Gradients may be 0-d or empty, and so may the list. Nothing given is changed or handed back.
    """
    _contract(student, reference, rng, "clip_by_global_norm")


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_value_refusals(student, rng):
    """clip_by_value: a wrong limit or a gradient that isn't finite raises ValueError.

    Zero and NaN are not positive, and every comparison with NaN is false. Look at every array.
    """
    _refusals(student, rng, "clip_by_value")


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_norm_refusals(student, rng):
    """clip_by_norm: a wrong limit or a gradient that isn't finite raises ValueError.

    Zero and NaN are not positive, and every comparison with NaN is false. Look at every array.
    """
    _refusals(student, rng, "clip_by_norm")


@pytest.mark.points(1)
@pytest.mark.hygiene
def test_global_refusals(student, rng):
    """clip_by_global_norm: a wrong limit or a gradient that isn't finite raises ValueError.

    Zero and NaN are not positive, and every comparison with NaN is false. Look at every array.
    """
    _refusals(student, rng, "clip_by_global_norm")
