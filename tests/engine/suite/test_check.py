"""The comparison helpers: what they accept, what they refuse, and what their reasons tell."""

import numpy as np
import pytest

from autograder.engine.sandbox.worker.serve import GLOBAL_STATE
from autograder.engine.sandbox.worker.wire import Handle
from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer, StudentFault

ONES = np.ones(2)
CHANGED = Answer(changed=("argument 1", "argument gamma"))
SEEDED = Answer(changed=(GLOBAL_STATE,))
SHARED = Answer(shared=tuple(f"argument 1[{number}]" for number in range(5)))
OVERFLOW = Answer(warnings=("RuntimeWarning: overflow encountered in exp",))


def raising(kind: str, *names: str) -> Answer:
    return Answer(fault=StudentFault(kind, "f failed", names))


KEY_ERROR = raising("raised", "KeyError")


@pytest.mark.parametrize(
    "judge",
    [
        lambda: check.real_array(np.ones((2, 3), bool), (2, 3), "f"),
        lambda: check.real_array(2, (), "f"),
        lambda: check.float64_array(np.zeros((0, 3)), (0, 3), "f"),
        lambda: check.float64_array(np.array(1.5), (), "f"),
        lambda: check.float64_array(np.float64(1.5), (), "f"),
        lambda: check.number(np.int64(3), "f"),
        lambda: check.items([1, 2], 2, "f"),
        lambda: check.between(np.array([0.0, 2.0]), 0 * ONES, 2 * ONES, (2,), "f"),
        lambda: check.close(ONES + 1e-10, ONES, "f", atol=1e-9),
        lambda: check.close(1e300 * (ONES + 1e-10), 1e300 * ONES, "f", atol=0.0, rtol=1e-9),
        lambda: check.close(np.zeros((0, 3)), np.zeros((0, 3)), "f", atol=0.0),
        lambda: check.varied(np.array([0.0, 1.0]), "f"),
        lambda: check.varied(None, "f"),
        lambda: check.quiet(Answer(warnings=("RuntimeWarning: underflow",)), "f"),
        lambda: check.quiet(Answer(warnings=("DeprecationWarning: overflow",)), "f"),
        lambda: check.refused(raising("raised", "LinAlgError", "ValueError"), ValueError, "f"),
        lambda: check.word("a", ("a", "b"), "f"),
    ],
)
def test_takes_what_is_right(judge):
    judge()


@pytest.mark.parametrize(
    ("judge", "reason", "about"),
    [
        (lambda: check.real_array(None, (2,), "f"), "an array of shape .*, got None", "none"),
        (lambda: check.real_array([1.0, 2.0], (2,), "f"), "got a list of 2 entries", "type"),
        (lambda: check.real_array(np.ma.ones(2), (2,), "f"), "expected an array", "type"),
        (lambda: check.real_array(Handle(3, 0, "Cat"), (), "f"), "an object of type Cat", "type"),
        (lambda: check.real_array(1j * ONES, (2,), "f"), "real numbers", "type"),
        (lambda: check.real_array(np.ones(1), (), "f"), r"array of shape \(1,\)", "shape"),
        (lambda: check.float64_array(ONES.astype("f4"), (2,), "f"), "got a float32 array", "type"),
        (lambda: check.float64_array(1.5, (), "f"), r"1.5 \(a Python float\)", "type"),
        (lambda: check.float64_array(np.ones((2, 1)), (2,), "f"), "expected a float64", "shape"),
        (lambda: check.real_array((1.0, 2.0), (2,), "f"), "2 entries", "number of results"),
        (lambda: check.number(True, "f"), "expected a number, got True", "entries"),
        (lambda: check.number(np.array(1.0), "f"), "expected a number", "entries"),
        (lambda: check.items(ONES, 2, "f"), "a tuple of 2 entries", "number of results"),
        (lambda: check.items((1,), 1, "f", list, exact=True), "a list of 1 entry", "entries"),
        (lambda: check.items([1, 2], 2, "f", exact=True), "got a list of 2 entries", "entries"),
        (lambda: check.close(np.array([1.0, np.nan]), ONES, "f", atol=1e-9), "nan is wrong", ""),
        (lambda: check.close(2.0, 3.0, "f", atol=1e-9), ": 2 is wrong$", ""),
        (lambda: check.between(np.array([0.5, np.nan]), 0.0, 1.0, (2,), "f"), ", entry", ""),
        (lambda: check.close(2.00001, 2.0, "f", atol=1e-9), " is wrong", "nearly right"),
        (lambda: check.close(ONES * [1, 0], [1, 1e-7], "f", atol=1e-9), "0 is", "nearly right"),
        (lambda: check.close(np.inf, 1.0, "f", atol=1e-9), "inf is wrong", ""),
        (lambda: check.varied(-np.zeros((2, 3)), "f"), "every entry is 0", "constant"),
        (lambda: check.unchanged(SEEDED, "f"), " changed the state of NumPy's", "generator"),
        (lambda: check.unchanged(CHANGED, "f"), " changed argument 1, argument gamma;", "changed"),
        (lambda: check.fresh(SHARED, "f"), "and 2 more", "shared"),
        (lambda: check.quiet(OVERFLOW, "f"), " gave a RuntimeWarning: overflow", "warning"),
        (
            lambda: check.refused(KEY_ERROR, ValueError, "f"),
            " raised KeyError; it",
            "other exception",
        ),
        (lambda: check.refused(Answer(ONES), ValueError, "f"), " returned a float64", "refusal"),
        (lambda: check.word("x" * 100, ("a", "b"), "f"), "got 'x{39}…'$", "word"),
        (lambda: check.word(np.array(["a"]), ("a", "b"), "f"), "expected one of 'a', 'b'", "word"),
        (lambda: check.true([], "f is empty"), " is empty", ""),
    ],
)
def test_refuses_what_is_wrong_with_a_reason_and_a_hint(judge, reason, about):
    with pytest.raises(check.Wrong, match=f"^f.*{reason}") as wrong:
        judge()
    said = " ".join(check.HINTS[about].split()) if about else ""
    assert (wrong.value.about, wrong.value.hint) == (about, said)


@pytest.mark.parametrize(
    ("value", "right"), [(1.0 + 2e-9, 1.0), (np.inf, 1.0), (-1.7e308, 1.7e308)]
)
def test_a_value_beyond_the_tolerance_is_wrong_and_no_warning(value, right):
    with np.errstate(all="raise"), pytest.raises(check.Wrong):
        check.close(value, right, "f", atol=1e-9)


def test_the_reason_tells_what_was_given_and_what_came_back_but_not_the_expected():
    value, right = np.array([[1.0, 2.0], [3.5, 4.0]]), np.array([[1.0, 2.0], [3.25, 4.0]])
    given = {"z": -value, "alpha": np.array([7.0, 8.0])}
    with pytest.raises(check.Wrong) as wrong:
        check.close(value, right, "f(z)", atol=1e-9, given=given)
    assert str(wrong.value) == (
        "f(z), entry [1, 0]: 3.5 is wrong for z = -3.5, alpha = 7; 1 of 4 entries are wrong"
    )


@pytest.mark.parametrize(
    ("z", "errors", "shown"),
    [
        ([0.1, 2.0, 3.0, 5e3], [1e-6, 0.1, 0.5, 7.0], 2),  # the largest for an ordinary input
        ([1.0, 2.0, 3.0], [0.5, np.nan, 9.0], 1),
    ],
)
def test_the_entry_shown_is_a_telling_one(z, errors, shown):
    z, right = np.array(z), np.ones(len(z))
    with pytest.raises(check.Wrong, match=rf"^f, entry \[{shown}\]: .* for z = {z[shown]:g};"):
        check.close(right + errors, right, "f", atol=1e-9, given={"z": z})


def test_what_is_no_exception_of_the_function_is_passed_on():
    with pytest.raises(StudentFault):
        check.refused(raising("unusable"), ValueError, "f")


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("ValueError: The truth value of an array with more than one", "np.where"),
        ("TypeError: iteration over a 0-d array", "without an axis"),
        ("AttributeError: 'numpy.ndarray' object has no attribute 'clamp'", "another library"),
        ("KeyError: 'mean'", "no such key"),
        (
            "TypeError: normal() takes at most 3 positional arguments (4 given)",
            "A call in that line",
        ),
        ("TypeError: only 0-dimensional arrays can be converted", "One number is needed"),
        ("IndexError: too many indices for array: array is 1-dimensional", "other axes"),
        ("IndexError: pop from empty list", "stopped in the line named"),
    ],
)
def test_the_hint_at_an_exception_follows_from_what_it_says(said, hint):
    assert hint in StudentFault("raised", f"f raised {said} (m.py, line 3)").hint
    assert StudentFault("timeout", said).hint == ""


def test_a_call_that_the_function_does_not_take_is_told_from_one_inside_it():
    said = "m.f raised TypeError: f() got an unexpected keyword argument 'eps'"
    assert "your line `def ...`" in StudentFault("raised", said).hint
    assert "A call in that line" in StudentFault("raised", f"{said} (m.py, line 3)").hint
