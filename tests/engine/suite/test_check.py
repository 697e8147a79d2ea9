"""The comparison helpers: what they accept, what they refuse, and what their reasons tell."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.engine.sandbox.worker.wire import Handle
from autograder.engine.suite import check
from autograder.engine.suite.answers import Answer, StudentFault
from autograder.engine.suite.check import Wrong


def seen(value=None, changed=(), shared=(), warnings=()):
    return Answer(value, None, changed, shared, warnings)


def raising(kind="raised", raised=("ValueError", "Exception")):
    return Answer(fault=StudentFault(kind, "f failed", raised))


class TestRealArray:
    @pytest.mark.parametrize("dtype", [bool, np.int32, np.uint8, np.float32, np.float64])
    def test_takes_every_real_dtype(self, dtype):
        array = check.real_array(np.ones((2, 3), dtype), (2, 3), "f(z)")
        assert array.dtype == np.float64
        assert array.shape == (2, 3)

    @pytest.mark.parametrize("value", [1.5, 2, True, np.float64(1.5), np.array(1.5), np.int64(3)])
    def test_takes_plain_numbers_for_no_axes(self, value):
        assert check.real_array(value, (), "f(z)") == float(value)

    @pytest.mark.parametrize(
        "value",
        [
            None,
            [1.0, 2.0],
            (1.0, 2.0),
            "text",
            1.0,
            Handle(0, 0, "matrix"),
            np.ones((2, 1)),
            np.ones(2, complex),
            np.array(["a", "b"]),
            np.ma.ones(2),
            {"a": 1},
        ],
    )
    def test_refuses_what_is_no_array_of_the_shape(self, value):
        with pytest.raises(Wrong, match=r"^f\(z\): expected an array"):
            check.real_array(value, (2,), "f(z)")

    @pytest.mark.parametrize("value", [1j, np.complex128(1), "1", None, [], np.ones(1)])
    def test_refuses_what_is_no_real_number(self, value):
        with pytest.raises(Wrong):
            check.real_array(value, (), "f(z)")


class TestFloat64Array:
    @pytest.mark.parametrize("value", [np.zeros((0, 3)), np.asfortranarray(np.ones((2, 3)))])
    def test_takes_exact_arrays(self, value):
        check.float64_array(value, value.shape, "f(z)")

    @pytest.mark.parametrize("value", [np.array(1.5), np.float64(1.5)])
    def test_takes_a_numpy_scalar_for_no_axes(self, value):
        check.float64_array(value, (), "f(z)")

    @pytest.mark.parametrize("value", [1.5, 1, None, np.float32(1), np.array(1), np.ones(1)])
    def test_refuses_other_things_for_no_axes(self, value):
        with pytest.raises(Wrong, match="expected a float64 array"):
            check.float64_array(value, (), "f(z)")

    @pytest.mark.parametrize(
        "value",
        [np.ones(2, np.float32), np.ones(2, int), np.ones((2, 1)), [1.0, 1.0], np.ma.ones(2)],
    )
    def test_refuses_other_dtypes_shapes_and_types(self, value):
        with pytest.raises(Wrong, match=r"expected a float64 array of shape \(2,\)"):
            check.float64_array(value, (2,), "f(z)")


class TestNumber:
    @pytest.mark.parametrize("value", [0, 1.5, np.float64(2.0), np.int64(3), np.float32(0.5)])
    def test_takes_numbers(self, value):
        assert check.number(value, "f(z)") == float(value)

    @pytest.mark.parametrize("value", [True, np.bool_(True), np.array(1.0), "1", None, 1j, [1.0]])
    def test_refuses_others(self, value):
        with pytest.raises(Wrong, match="expected a number"):
            check.number(value, "f(z)")


class TestItems:
    @pytest.mark.parametrize("value", [(1, 2), [1, 2]])
    def test_takes_lists_and_tuples(self, value):
        assert list(check.items(value, 2, "f(z)")) == [1, 2]

    @pytest.mark.parametrize("value", [(1,), [1, 2, 3], None, np.ones(2), "ab", {1: 1, 2: 2}])
    def test_refuses_others(self, value):
        with pytest.raises(Wrong, match="expected a tuple of 2 entries"):
            check.items(value, 2, "f(z)")

    def test_may_insist_on_one_type(self):
        check.items([1], 1, "f(z)", list, exact=True)
        with pytest.raises(Wrong, match="expected a list of 1 entry, got a tuple of 1 entry"):
            check.items((1,), 1, "f(z)", list, exact=True)


class TestClose:
    def test_takes_what_is_within_either_tolerance(self):
        check.close(
            np.array([1.0, 1e300]),
            np.array([1.0 + 1e-10, 1e300 * (1 + 1e-10)]),
            "f",
            atol=1e-9,
            rtol=1e-9,
        )
        check.close(np.zeros((0, 3)), np.zeros((0, 3)), "f", atol=0.0)
        check.close(0.5, 0.5, "f", atol=0.0)

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1.0 + 2e-9, -1.0])
    def test_refuses_what_is_not(self, bad):
        with pytest.raises(Wrong):
            check.close(np.array([1.0, bad]), np.ones(2), "f", atol=1e-9)

    def test_an_infinite_difference_is_no_warning(self):
        with np.errstate(all="raise"), pytest.raises(Wrong):
            check.close(np.array([-1.7e308]), np.array([1.7e308]), "f", atol=1e-9)

    def test_the_reason_tells_what_was_given_and_what_came_back_but_not_the_expected(self):
        value, right = np.array([[1.0, 2.0], [3.5, 4.0]]), np.array([[1.0, 2.0], [3.25, 4.0]])
        with pytest.raises(Wrong) as wrong:
            check.close(
                value, right, "f(z)", atol=1e-9, given={"z": -value, "alpha": np.array([7.0, 8.0])}
            )
        text = str(wrong.value)
        assert text == (
            "f(z), entry [1, 0]: 3.5 is wrong for z = -3.5, alpha = 7; 1 of 4 entries are wrong"
        )
        assert "3.25" not in text

    @pytest.mark.parametrize(
        ("z", "errors", "shown"),
        [
            ([0.1, 2.0, 3.0, 5e3], [1e-6, 0.1, 0.5, 7.0], 2),  # large, of an ordinary input
            ([2e3, 5e3], [1.0, 7.0], 1),
            ([1.0, 2.0, 3.0], [0.5, np.nan, 9.0], 1),
        ],
    )
    def test_the_entry_shown_is_a_telling_one(self, z, errors, shown):
        z, right = np.array(z), np.ones(len(z))
        for judge in (
            lambda: check.close(right + errors, right, "f", atol=1e-9, given={"z": z}),
            lambda: check.between(right + errors, 0.0, 1.0, z.shape, "f", given={"z": z}),
        ):
            with pytest.raises(Wrong, match=rf"^f, entry \[{shown}\]: .* for z = {z[shown]:g};"):
                judge()

    def test_a_single_number_has_no_entries(self):
        with pytest.raises(Wrong, match=r"^f\(z\): 2 is wrong$"):
            check.close(2.0, 3.0, "f(z)", atol=1e-9)


class TestBetween:
    def test_bounds_are_included(self):
        check.between(np.array([0.0, 0.5, 1.0]), 0.0, 1.0, (3,), "f")
        check.between(np.array([0.0, 2.0]), np.array([0.0, 1.0]), np.array([0.0, 2.0]), (2,), "f")

    @pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
    def test_refuses_what_is_outside(self, bad):
        with pytest.raises(Wrong, match="entry"):
            check.between(np.array([0.5, bad]), 0.0, 1.0, (2,), "f")


class TestWatched:
    def test_unchanged(self):
        check.unchanged(seen(), "f(z)")
        with pytest.raises(Wrong, match=r"f\(z\) changed argument 1, argument gamma;"):
            check.unchanged(seen(changed=("argument 1", "argument gamma")), "f(z)")

    def test_fresh(self):
        check.fresh(seen(), "f(z)")
        paths = tuple(f"argument 1[{i}]" for i in range(5))
        with pytest.raises(Wrong, match="and 2 more"):
            check.fresh(seen(shared=paths), "f(z)")

    @pytest.mark.parametrize("kind", ["overflow", "divide by zero", "invalid value"])
    def test_quiet_refuses_what_students_have_to_prevent(self, kind):
        with pytest.raises(Wrong, match=kind):
            check.quiet(seen(warnings=(f"RuntimeWarning: {kind} encountered in exp",)), "f(z)")

    def test_quiet_ignores_other_warnings(self):
        others = ("DeprecationWarning: overflow", "RuntimeWarning: underflow encountered in exp")
        check.quiet(seen(warnings=others), "f(z)")


class TestVaried:
    @pytest.mark.parametrize("value", [np.array([0.0, 1.0]), np.array(2.0), np.empty(0), None])
    def test_takes_arrays_whose_entries_differ_and_what_has_no_two(self, value):
        check.varied(value, "f(z)")

    @pytest.mark.parametrize("value", [np.zeros((2, 3)), np.ones(4, dtype=bool)])
    def test_refuses_a_constant(self, value):
        with pytest.raises(Wrong, match=r"f\(z\): every entry is"):
            check.varied(value, "f(z)")


class TestRefused:
    def test_takes_the_error_and_what_derives_from_it(self):
        check.refused(raising(), ValueError, "f(0)")
        derived = raising(raised=("LinAlgError", "ValueError", "Exception"))
        check.refused(derived, ValueError, "f(0)")

    def test_tells_what_came_instead(self):
        with pytest.raises(Wrong, match=r"f\(0\) raised TypeError; it should raise ValueError"):
            check.refused(raising(raised=("TypeError", "Exception")), ValueError, "f(0)")
        returned = r"f\(0\) returned a float64 array of shape \(2,\); it should"
        with pytest.raises(Wrong, match=returned):
            check.refused(seen(np.ones(2)), ValueError, "f(0)")

    def test_passes_other_faults_on(self):
        with pytest.raises(StudentFault):
            check.refused(raising("unusable", ()), ValueError, "f(0)")


class TestWord:
    def test_takes_one_of_the_words(self):
        assert check.word("a", ("a", "b"), "f") == "a"

    @pytest.mark.parametrize("value", ["A", "", None, np.array(["a", "b"]), np.ones(2), ["a"]])
    def test_refuses_others(self, value):
        with pytest.raises(Wrong, match="expected one of 'a', 'b'"):
            check.word(value, ("a", "b"), "f")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.ones((2, 3), np.int64), "an int64 array of shape (2, 3)"),
        (np.ones(2), "a float64 array of shape (2,)"),
        (np.float64(0.25), "0.25 (a NumPy float64)"),
        (0.25, "0.25 (a Python float)"),
        (7, "7 (a Python int)"),
        (True, "True"),
        (None, "None"),
        ((1, 2), "a tuple of 2 entries"),
        ([1], "a list of 1 entry"),
        ("word", "'word'"),
        ("x" * 100, repr("x" * 39 + "…")),
        (Handle(3, 0, "matrix"), "an object of type matrix"),
        ({}, "an object of type dict"),
        (float("nan"), "nan (a Python float)"),
    ],
)
def test_describe(value, text):
    assert check.describe(value) == text


@pytest.mark.parametrize(
    ("judge", "about"),
    [
        (lambda: check.real_array(None, (2,), "f"), "none"),
        (lambda: check.items(None, 2, "f"), "none"),
        (lambda: check.items((1,), 2, "f"), "number of results"),
        (lambda: check.real_array([1.0, 2.0], (2,), "f"), "type"),
        (lambda: check.float64_array(np.ones(2, np.float32), (2,), "f"), "type"),
        (lambda: check.float64_array(np.ones(2), (2, 1), "f"), "shape"),
        (lambda: check.real_array(np.ones(2), (2, 1), "f"), "shape"),
        (lambda: check.number("1", "f"), "type"),
        (lambda: check.unchanged(seen(changed=("argument z",)), "f"), "changed"),
        (lambda: check.fresh(seen(shared=("argument z",)), "f"), "shared"),
        (lambda: check.quiet(seen(warnings=("RuntimeWarning: overflow",)), "f"), "warning"),
        (lambda: check.refused(seen(1.0), ValueError, "f"), "refusal"),
        (lambda: check.refused(raising(raised=("KeyError",)), ValueError, "f"), "refusal"),
    ],
)
def test_a_hint_belongs_to_the_check_that_failed(judge, about):
    with pytest.raises(Wrong) as wrong:
        judge()
    assert wrong.value.hint == " ".join(check.HINTS[about].split())


def test_a_wrong_value_has_no_general_hint():
    with pytest.raises(Wrong) as wrong:
        check.close(2.0, 3.0, "f", atol=1e-9)
    assert wrong.value.hint == ""


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("ValueError: The truth value of an array with more than one", "np.where"),
        ("TypeError: f() got an unexpected keyword argument 'alpha'", "names of the arguments"),
        ("ValueError: operands could not be broadcast together", "shape of each"),
        ("TypeError: iteration over a 0-d array", "without an axis"),
        ("ValueError: zero-size array to reduction operation", "Empty arrays"),
        ("NameError: name 'varr' is not defined", "spelled"),
        ("KeyError: 'mean'", "the line named"),
    ],
)
def test_the_hint_at_an_exception_follows_from_what_it_says(said, hint):
    assert hint in StudentFault("raised", f"f raised {said} (m.py, line 3)").hint
    assert StudentFault("timeout", said).hint == ""


def test_true():
    check.true(np.bool_(True), "no")
    with pytest.raises(Wrong, match="no"):
        check.true([], "no")
