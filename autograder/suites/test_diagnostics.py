"""Hidden tests of `diagnostics.py`."""

from contextlib import suppress
from typing import Any
from unittest import mock

import numpy as np
import pytest

from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer
from autograder.engine.suite.calls import ask
from autograder.suites import inputs, remedies

NAN, INF = float("nan"), float("inf")
ATOL = 1e-9
WORDS = ("vanishing", "exploding", "healthy")


def _verdicts(student, cases: list[tuple[Any, dict[str, float], str]]) -> None:
    """diagnose gives the verdict for each list of norms, which stays as it is."""
    function = student.diagnostics.diagnose.watched
    # Two thresholds stand by position, in the contract's order; a single one by name.
    answers = ask(
        *(
            function.call(norms, *given.values())
            if len(given) == 2
            else function.call(norms, **given)
            for norms, given, _ in cases
        )
    )
    for seen, (norms, given, right) in zip(answers, cases, strict=True):
        named = "".join(f", {key}={value}" for key, value in given.items())
        listed = ", ".join(f"{float(norm):.4g}" for norm in norms)
        what = f"diagnose([{listed}]{named})"
        _judge_verdict(seen, right, what)
        check.unchanged(seen, what)


def _judge_verdict(answer: Answer, right: str, what: str) -> None:
    verdict = check.word(answer.value, WORDS, what)
    check.true(verdict == right, f"{what}: {verdict!r} is wrong")


def _fraction(value: Any, right: float, what: str) -> None:
    check.close(check.number(value, what), right, what, atol=ATOL)


@pytest.mark.points(1)
def test_gradient_norms_values(student, rng):
    """gradient_norms: one L2 norm for each array, in order.

    Take arrays whose norms you know, such as one with the entries 3 and 4.
    """
    sizes = {(4, 3): 1, (6, 5): 1e9, (3, 8): 1e-3, (2, 2): 10, (2, 1, 3, 2): 1e-16, (150, 3): 1}
    grads = [rng.standard_normal(shape) * size for shape, size in sizes.items()]
    norms, right = student.diagnostics.gradient_norms(grads), inputs.l2_norms(grads)
    check.close(norms, right, "gradient_norms(grads)", atol=0, rtol=1e-9)


@pytest.mark.points(0.5)
@pytest.mark.hygiene
def test_gradient_norms_contract(student, rng):
    """gradient_norms: a float64 array of shape (L,), for arrays of any shapes, left as they are.

    Biases have one axis, a gradient may be all zeros, and there may be no array at all. What shape
    has the result then?
    """
    function = student.diagnostics.gradient_norms.watched
    shapes: list[tuple[int, ...]] = [(5,), (3, 4), (), (2, 3, 2), (0, 3), (1, 1)]
    grads = [np.asarray(rng.standard_normal(shape)) for shape in shapes]
    grads.append(np.zeros((2, 4)))
    plain = [rng.standard_normal((4, 3)), rng.standard_normal((2, 5))]
    lists = [grads, [grads[1]], []]
    first, *answers = function.each([(given,) for given in [plain, *lists]])
    found = first.returned
    check.varied(found, "gradient_norms of 2 arrays")
    is_array = isinstance(found, np.ndarray) and found.shape == (2,)
    is_right = is_array and np.allclose(found, inputs.l2_norms(plain), rtol=1e-9)
    for seen, given in zip(answers, lists, strict=True):
        what = f"gradient_norms of {len(given)} arrays"
        norms = check.float64_array(seen.value, (len(given),), what)
        if is_right:  # where it is wrong, the test of the values charges it
            check.close(norms, inputs.l2_norms(given), what, atol=0.0, rtol=1e-9)
        check.unchanged(seen, what)


@pytest.mark.points(1)
def test_saturated_fraction_values(student, rng):
    """saturated_fraction: the share of slopes whose size is below the tolerance.

    Count by hand on a few slopes, negative ones among them.
    """
    sizes = rng.uniform(0.02, 1.0, 24)
    small = int(rng.integers(3, 6))
    sizes[:small] = rng.uniform(0.0, 0.008, small)
    sizes[5] = 0.0
    sizes[6:10] = rng.uniform(1.2, 3.0, 4)
    slopes = rng.permutation(sizes * rng.choice([-1.0, 1.0], 24)).reshape(4, 6)
    long = np.full((1500, 2), 0.5)
    long[rng.integers(1100, 1500, 5), 0] = 1e-4
    function = student.diagnostics.saturated_fraction
    answers = ask(
        function.call(slopes),
        function.call(slopes, tol=0.4),
        function.call(slopes, 1e-9),
        function.call(slopes, tol=2.0),
        function.call(long),
    )
    cases = [*((slopes, tol) for tol in (None, 0.4, 1e-9, 2.0)), (long, None)]
    for answer, (given, tol) in zip(answers, cases, strict=True):
        right = np.count_nonzero(np.abs(given) < (tol or 0.01)) / given.size
        said = f"slopes of shape {given.shape}" + (f", tol={tol}" if tol else "")
        _fraction(answer.value, right, f"saturated_fraction({said})")


@pytest.mark.points(0.5)
def test_saturated_fraction_edges(student, rng):
    """saturated_fraction: any shape, a slope at the tolerance itself, and nothing changed.

    Is a slope of exactly the tolerance below it? Try one axis, three, and none.
    """
    count = int(rng.integers(2, 5))
    solid = rng.permutation(np.repeat([0.001, -0.5, 1.0], [count, 4, 8 - count]))
    cases: list[tuple[np.ndarray, dict[str, float], float]] = [
        (np.array([0.25, -0.25, 0.1, -0.1, 0.5, -0.2, 1.0, 0.0]), {"tol": 0.25}, 4 / 8),
        (np.array([[0.01, -0.01, 0.01 - 1e-11, 1.0]]), {}, 1 / 4),
        (solid.reshape(2, 3, 1, 2), {}, count / 12),
        (np.array(-0.002), {}, 1.0),
        (np.array(0.8), {}, 0.0),
        (np.array([0.0, -0.005, 0.5]), {"tol": 0.0}, 0.0),
    ]
    function = student.diagnostics.saturated_fraction.watched
    answers = ask(*(function.call(slopes, **given) for slopes, given, _ in cases))
    for seen, (slopes, _, right) in zip(answers, cases, strict=True):
        what = f"saturated_fraction(slopes of shape {slopes.shape})"
        _fraction(seen.value, right, what)
        check.unchanged(seen, what)


def _layer(rng, n: int, d: int, dead: int) -> np.ndarray:
    """ReLU outputs (n, d) with some dead units; some of the others are awake for one example only,
    one always gives the same, little, and one gives next to nothing."""
    activations = np.maximum(rng.standard_normal((n, d)) + 0.2, 0.0)
    activations[rng.integers(n), :] += 0.1
    if d - dead >= 3:
        activations[:, 0] = 0.0
        activations[-1, 0] = 2.0
        activations[:, 1] = 1e-5
        activations[:, 2] *= 1e-90 / activations[:, 2].max()
    activations[:, d - dead :] = 0.0
    return activations[:, rng.permutation(d)]


@pytest.mark.points(1)
def test_dead_fraction_values(student, rng):
    """dead_fraction: the share of units that are 0 for every example.

    Which axis of (N, D) counts the examples? One example with a positive output is enough.
    """
    dead = int(rng.integers(2, 6))
    cases = [
        (_layer(rng, 7, 10, dead), dead / 10),
        (_layer(rng, 250, 4, 1), 0.25),
        (_layer(rng, 1500, 5, 2), 0.4),
        (_layer(rng, 6, 5, 0), 0.0),
    ]
    answers = student.diagnostics.dead_fraction.each([case[:1] for case in cases])
    for answer, (activations, right) in zip(answers, cases, strict=True):
        _fraction(answer.value, right, f"dead_fraction(activations of shape {activations.shape})")


@pytest.mark.points(0.5)
@pytest.mark.hygiene
def test_dead_fraction_edges(student, rng):
    """dead_fraction: any N and D, also a single example or unit, and nothing changed.

    Look for axes of length 1 that get lost, and at your argument before and after the call.
    """
    single = np.array([[0.0, 0.7, -0.0, 2.0, 0.0]])
    dead = int(rng.integers(1, 4))
    cases = [(single, 0.6), (np.zeros((4, 1)), 1.0), (single.T, 0.0)]
    cases.append((_layer(rng, 6, 6, dead), dead / 6))
    answers = student.diagnostics.dead_fraction.watched.each([case[:1] for case in cases])
    for seen, (activations, right) in zip(answers, cases, strict=True):
        what = f"dead_fraction(activations of shape {activations.shape})"
        _fraction(seen.value, right, what)
        check.unchanged(seen, what)


@pytest.mark.points(1)
def test_diagnose_verdicts(student, rng):
    """diagnose: the ratio of the first norm to the last decides between three words.

    The list starts at the input side, where gradients arrive last. The norms between don't count.
    """
    middle = rng.uniform(0.5, 2.0, 10)
    cases = []
    firsts = ((3e-5, "vanishing"), (4e5, "exploding"), (0.2, "healthy"), (30.0, "healthy"))
    for scale in (1.0, 1e-150, 1e150):
        for first, right in firsts:
            norms = scale * np.array([first, *middle, 1.0])
            norms[[1, 3, -2]] *= rng.choice([1e-7, 1e7], 3)
            cases.append((norms, {}, right))
    cases += [
        (np.array([1e300, 1.0, 1e-300]), {}, "exploding"),
        (np.array([1e-300, 1.0, 1e300]), {}, "vanishing"),
        (np.array([1e308, 1e308]), {}, "healthy"),
        (np.array([1e-7, 1e-7]), {}, "healthy"),
    ]
    deep = rng.uniform(0.5, 2.0, 40)
    for first, right in ((1e-6, "vanishing"), (1e6, "exploding"), (0.1, "healthy")):
        cases.append((np.array([first, *deep, 1.0]), {}, right))
    _verdicts(student, [cases[i] for i in rng.permutation(len(cases))])


@pytest.mark.points(1)
def test_diagnose_thresholds(student, rng):
    """diagnose: the thresholds may be given; a ratio at a threshold is still healthy.

    Read the contract's words "below" and "above" once more.
    """
    own = {"vanishing": 0.25, "exploding": 8.0}
    cases: list[tuple[Any, dict[str, float], str]] = [
        (np.array([1e-3, 5.0, 1.0]), {}, "healthy"),
        (np.array([0.9999e-3, 5.0, 1.0]), {}, "vanishing"),
        (np.array([1e3, 5.0, 1.0]), {}, "healthy"),
        (np.array([1.0001e3, 5.0, 1.0]), {}, "exploding"),
        (np.array([1.0, 3.0, 4.0]), own, "healthy"),
        (np.array([0.9, 3.0, 4.0]), own, "vanishing"),
        (np.array([32.0, 3.0, 4.0]), own, "healthy"),
        (np.array([33.0, 3.0, 4.0]), own, "exploding"),
        (np.array([1e-5, 3.0, 4.0]), {"vanishing": 1e-8}, "healthy"),
        (np.array([3e5, 3.0, 1.0]), {"exploding": 1e8}, "healthy"),
        (np.array([1e-6, 3.0, 1.0]), {"vanishing": 0.0}, "healthy"),
        (np.array([1.0, 3.0, 4.0]), {"vanishing": 0.0, "exploding": 0.0}, "exploding"),
        (np.array([3.0, 1.0, 2.0]), {"vanishing": 2.0}, "vanishing"),
        (np.array([1.0, 3.0, 2.0]), {"vanishing": 0.01, "exploding": 0.1}, "exploding"),
        (np.array([1e4, 3.0, 1.0]), {"exploding": INF}, "healthy"),
        (np.array([0.0, 3.0, 1.0]), {"vanishing": 0.0}, "healthy"),
        (np.array([4.0]), {"vanishing": 2.0}, "vanishing"),
    ]
    # So large that a small number added to the last norm, for which others charge, is lost; a power
    # of two, so that a ratio at a threshold is there in exact arithmetic as well.
    _verdicts(student, [(2.0**40 * norms, named, right) for norms, named, right in cases])


@pytest.mark.points(1)
def test_diagnose_special_norms(student, rng):
    """diagnose: a norm that is not finite means exploding; a last norm of zero has a rule, too.

    Every comparison with NaN is false: does one in the middle of the net go unnoticed? And what do
    you divide by?
    """
    norms = rng.uniform(0.5, 2.0, 5)
    cases: list[tuple[Any, dict[str, float], str]] = [(norms, {}, "healthy")]
    for place in (0, 2, 4):
        for bad in (NAN, INF):
            spoilt = norms.copy()
            spoilt[place] = bad
            cases.append((spoilt, {}, "exploding"))
    special = {
        "exploding": [[1, NAN, 0], [0, INF, 0], [1e-6, NAN, 1], [1, 0.5, 0], [1e-9, 0.5, 0]],
        "vanishing": [[0.0, 0.5, 0.0], [0.0, 0.0, 0.0], [0.0, 0.5, 1.0]],
        "healthy": [[1.0, 0.0, 1.0]],
    }
    cases += [(np.array(each), {}, right) for right, lists in special.items() for each in lists]
    _verdicts(student, cases)


@pytest.mark.points(0.5)
@pytest.mark.hygiene
def test_diagnose_lists(student):
    """diagnose: a list will do as well as an array, and one number is enough.

    Ask nothing of the norms that only arrays have, or only lists.
    """
    cases: list[tuple[Any, dict[str, float], str]] = [
        ([1e-4, 1.0, 2.0], {}, "vanishing"),
        ([5, 1, 2], {}, "healthy"),
        ([4e4, 1.0, 2.0], {}, "exploding"),
        ([0.3], {}, "healthy"),
        (np.array([7.0]), {}, "healthy"),
        ([2e-7], {}, "healthy"),
        ([5e4], {}, "healthy"),
        ([0.0], {}, "vanishing"),
        ([3, 0], {}, "exploding"),
        ([INF], {}, "exploding"),
    ]
    _verdicts(student, cases)


def _remedies(student, reference, rng, asked: remedies.Asked) -> None:
    """choose_remedy finds what heals each of the nets, of the kinds asked for. Where diagnose is
    wrong for the same net, what follows from that is right as well, and else that is the reason."""
    given = remedies.cases(reference.network, int(rng.integers(2**62)), asked)
    given = tuple(given[i] for i in rng.permutation(len(given)))
    function, norms = student.diagnostics.choose_remedy, "gradient_norms"
    diagnosed = [case.measurements[norms] for case in given]
    diagnosed.append(diagnosed[0][::-1])
    answers = ask(
        *(function.call(case.measurements, case.choices) for case in given),
        # Tests of its own charge what ends diagnose.
        beside=[student.diagnostics.diagnose.call(each) for each in diagnosed],
    )
    *verdicts, reverse = answers[len(given) :]
    follows = False
    for answer, verdict, case in zip(answers, verdicts, given, strict=False):
        seen = case.measurements
        net = f"a net of {len(seen[norms])} weight layers with {seen['activation']}"
        chosen = answer.returned if isinstance(answer.returned, str) else ""
        is_verdict = verdict.fault is None or not verdict.fault.ends_test
        if is_verdict and chosen != case.right:
            if chosen == _following(reference, verdict.returned, reverse.returned, case):
                follows = True
                continue
            right = reference.diagnostics.diagnose(seen[norms])
            _judge_verdict(verdict, right, f"diagnose of the gradient norms of {net}")
        what = f"choose_remedy for {net}"
        said = check.word(answer.value, case.choices, what)
        check.true(said == case.right, f"{what}: {said!r} does not heal it")
    if follows:
        raise check.Follows("choose_remedy", "diagnostics/diagnose_verdicts")


def _following(reference, verdict: Any, reverse: Any, case: remedies.Case) -> str | None:
    """What the solution chooses by the verdict of the student's diagnose; None for nothing, and
    where norms in reverse get the same one, which is then none."""
    if not isinstance(verdict, str) or not isinstance(reverse, str) or verdict == reverse:
        return None
    with (
        suppress(StopIteration),
        mock.patch.object(reference.diagnostics, "diagnose", return_value=verdict),
    ):
        return reference.diagnostics.choose_remedy(case.measurements, case.choices)
    return None


@pytest.mark.points(2)
def test_remedy_for_vanishing(student, reference, rng):
    """choose_remedy: gradients vanish for several reasons, and each has its own remedy.

    Are the weights too small, is the slope of sigmoid, or are whole layers dead? Spreads, dead
    units and the activation tell them apart.
    """
    _remedies(student, reference, rng, remedies.VANISHING)


@pytest.mark.points(2)
def test_remedy_for_a_healthy_ratio(student, reference, rng):
    """choose_remedy: healthy gradient norms alone don't make a net well.

    Its units may be saturated, or its gradients so large that one step goes too far.
    """
    _remedies(student, reference, rng, remedies.HEALTHY_RATIO)


@pytest.mark.points(1)
def test_remedy_for_exploding(student, reference, rng):
    """choose_remedy: where gradients explode on the way back, the weights are too large.

    A clipped step is short, but the next pass explodes as this one did.
    """
    _remedies(student, reference, rng, remedies.EXPLODING)


@pytest.mark.points(0.5)
@pytest.mark.hygiene
def test_remedy_leaves_its_arguments(student, reference, rng):
    """choose_remedy: the measurements and the choices stay as they are.

    Sorting, popping and dividing in place change what the caller goes on using.
    """
    net = remedies.drawn(reference.network, rng, "too small", "tanh")
    choices = ("clipping", "activation", "initializer", "none")  # for each verdict one
    function = student.diagnostics.choose_remedy.watched
    (answer,) = function.each([(reference.network.examine(*net), choices)])
    check.word(answer.value, choices, "choose_remedy(measurements, choices)")
    check.unchanged(answer, "choose_remedy(measurements, choices)")


@pytest.mark.points(0.5)
@pytest.mark.hygiene
def test_remedy_without_choices(student, reference, rng):
    """choose_remedy: without any choice it raises ValueError.

    Look before you measure.
    """
    net = remedies.drawn(reference.network, rng, "well", "relu")
    seen = reference.network.examine(*net)
    choose = student.diagnostics.choose_remedy
    answer, other = choose.each([(seen, ()), (seen, reference.network.REMEDIES)])
    check.refused(answer, ValueError, "choose_remedy(measurements, ())")
    _ = other.value  # refused, it raises
