"""Comparing what came back with what is right.

Each helper raises `Wrong` with a reason that the student may read: what was given, what came back,
what kind of thing was expected, and where a check of this kind fails for a few usual causes, a hint
at them. The expected numbers themselves never appear in one.

`what` names the thing that is looked at, such as "area(r)" or "the radius after area(r)".
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from ..sandbox.worker.wire import Handle
from .answers import Answer

Given = Mapping[str, Any]
"""What stood beside a wrong entry, by name: arrays that broadcast to the result's shape."""
LOUD = ("overflow", "divide", "invalid")
"""What NumPy warns of and a student has to prevent; underflow is not judged."""
NEARLY = 1e-4
"""The relative error of numbers that are nearly right: of float32, or where eps is another."""
ORDINARY = 10.0
"""Inputs up to this size are good to try by hand."""
HINTS = {
    "none": """None is what a function gives that comes to its end without a `return`, as do
        `np.copyto`, `sort` and others that work in place; or a name was set to None and stayed so.
        Look at every way through your function.""",
    "number of results": """Count the values behind `return` and compare them, and their order, with
        "Returns" in the docstring. The caller takes them by their place.""",
    "type": """Compute with NumPy on whole arrays of float64. A comparison gives bool, whole numbers
        give int, a list stays a list: `np.asarray(x, dtype=float)` makes an array of it.""",
    "shape": """Write down the shape after each line. The usual causes are an axis too many or too
        few in a sum or mean, `keepdims`, and a loop or an index that drops an axis.""",
    "entries": """Compare the type and the number of what you return with "Returns" in the
        docstring: a list stands for a list, a tuple for a tuple.""",
    "word": """Return one of the words that are expected here as a plain string, letter by letter,
        on every way through the function.""",
    "constant": """Every entry is the same, so nothing else can be judged here. If the tests of the
        function's values fail as well, mend those first: this one may pass then.""",
    "nearly right": """Your numbers are nearly right: all their first digits are. Look for float32,
        rounding, a limit, a difference quotient, or a small number such as eps that is not the
        docstring's or stands in another place.""",
    "generator": """NumPy's global generator belongs to all code: `np.random.seed` and draws from
        `np.random` change what others draw. Use the generator that is passed in, and no other.""",
    "draws": """All numbers should come from the generator that is passed in: the same state gives
        the same numbers, and each draw moves it on. A seed or a generator of your own, and
        `np.random`, take them from elsewhere.""",
    "changed": """`x -= m`, `x[mask] = 0`, `out=x` and, for a list, `xs[i] = ...` write into what is
        the caller's, which other layers may still need. `x - m` and `x.copy()` make new arrays, and
        `[]` makes a new list.""",
    "shared": """A slice, `reshape`, `np.asarray` or the argument itself is the caller's memory
        under another name: a change of one changes both. Return `x.copy()` where there is nothing
        to compute.""",
    "warning": """A value on the way is too large, or a division by zero, even if the result is
        right. `np.where` computes both of its branches for all entries: make the argument harmless
        before it goes into `np.exp` or under a fraction bar.""",
    "refusal": """Check every argument, and of a list every array, before the work begins, and
        `raise` the exception that the docstring names. Zero is not positive; and NaN is not found
        by `x <= 0`, as no comparison with it is true: `not x > 0` finds it.""",
    "other exception": """An exception comes, but not the one that the docstring names, by which
        callers know what is wrong. If you raise it, change its class; if a line of yours fails,
        check the argument before that.""",
}
"""What to try, by the check that failed."""


class Wrong(AssertionError):
    """A wrong answer; its text is for the student. about: the kind of check that failed, or "";
    hint: what to try there."""

    def __init__(self, reason: str, about: str = "") -> None:
        super().__init__(reason)
        self.about = about
        self.hint = " ".join(HINTS[about].split()) if about else ""


class Follows(Exception):
    """Raised by a test whose answers are right beside wrong ones of another function: it passes
    where one of these tests fails, such as "circles/area", which charges that slip. So nobody gains
    by a function that is wrong just here."""

    def __init__(self, what: str, *tests: str) -> None:
        super().__init__(f"{what} fits another answer, which is wrong here alone")
        self.tests = tests


def describe(value: Any) -> str:
    """A value in a few words: its type, shape and dtype; the value itself where it is short."""
    if isinstance(value, np.ndarray):
        name = value.dtype.name
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name} array of shape {value.shape}"
    if isinstance(value, np.generic):
        return f"{_figure(value.item())} (a NumPy {value.dtype.name})"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {_entries(len(value))}"
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, (int, float)):
        return f"{_figure(value)} (a Python {type(value).__name__})"
    if isinstance(value, str):
        return repr(_short(value))
    name = value.type_name if isinstance(value, Handle) else type(value).__name__
    return f"an object of type {name}"


def real_array(value: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The value as a float64 array of this shape.

    Generous with types, which have a check of their own: arrays of any real dtype will do, and
    plain numbers where the shape is ().
    """
    plain = shape == () and isinstance(value, (int, float, np.generic))
    if not plain and type(value) is not np.ndarray:
        _refuse(what, f"an array of shape {shape}", value, "type")
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        _refuse(what, "an array of real numbers", value, "type")
    if array.shape != shape:
        _refuse(what, f"an array of shape {shape}", value, "shape")
    return array.astype(np.float64)


def float64_array(value: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The value, which must be exactly a float64 array of this shape.

    A NumPy float64 scalar counts as a 0-d array.
    """
    exact = type(value) is np.ndarray or (shape == () and type(value) is np.float64)
    if not exact or value.dtype != np.float64 or value.shape != shape:
        about = "shape" if exact and value.dtype == np.float64 else "type"
        _refuse(what, f"a float64 array of shape {shape}", value, about)
    return np.asarray(value)


def number(value: Any, what: str) -> float:
    """The value, which must be a plain number: Python's or NumPy's, but no array and no bool."""
    if not isinstance(value, (int, float, np.integer, np.floating)) or type(value) is bool:
        _refuse(what, "a number", value, "entries")
    return float(value)


def items(
    value: Any, count: int, what: str, kind: type = tuple, *, exact: bool = False
) -> Sequence[Any]:
    """The value, which must be a tuple or list (if `exact`, of this kind) of so many entries."""
    right = type(value) is kind if exact else type(value) in (tuple, list)
    if not right or len(value) != count:
        counts = kind is tuple and not (type(value) is list and len(value) == count)
        about = "number of results" if counts else "entries"
        _refuse(what, f"a {kind.__name__} of {_entries(count)}", value, about)
    return value


def close(
    value: Any,
    expected: np.ndarray | float,
    what: str,
    *,
    atol: float,
    rtol: float = 0.0,
    given: Given | None = None,
) -> None:
    """Each entry lies within atol + rtol * abs(expected) of the expected one."""
    expected = np.asarray(expected, dtype=np.float64)
    array = real_array(value, expected.shape, what)
    with np.errstate(all="ignore"):
        error = np.abs(array - expected)
        right = error <= atol + rtol * np.abs(expected)
    _all_right(right, error, array, what, given)


def between(
    value: Any,
    low: np.ndarray | float,
    high: np.ndarray | float,
    shape: tuple[int, ...],
    what: str,
    *,
    given: Given | None = None,
) -> None:
    """Each entry lies between two bounds, either included."""
    array = real_array(value, shape, what)
    with np.errstate(all="ignore"):
        error = np.maximum(low - array, array - high)
    _all_right((array >= low) & (array <= high), error, array, what, given)


def varied(value: Any, what: str) -> None:
    """Where the value is an array, its entries are not all the same, nor is none a number: a
    function that computes nothing earns no points for hygiene."""
    if not isinstance(value, np.ndarray) or value.size < 2:
        return
    if np.all(value == value.flat[0]) or np.all(np.isnan(value)):
        raise Wrong(f"{what}: every entry is {_figure(value.flat[0] + 0)}", "constant")  # of -0: 0


def unchanged(seen: Answer, what: str) -> None:
    """The call left the arrays that it was given as they were."""
    if seen.changed:
        left_alone = "it should leave what it is given alone"
        about = "generator" if "global generator" in seen.changed[0] else "changed"
        raise Wrong(f"{what} changed {_listing(seen.changed)}; {left_alone}", about)


def fresh(seen: Answer, what: str) -> None:
    """The call's result shares no memory with the arrays that it was given."""
    if seen.shared:
        shared = f"shares memory with {_listing(seen.shared)}"
        raise Wrong(f"{what}: the result {shared}; it should be new", "shared")


def quiet(seen: Answer, what: str) -> None:
    """The call gave no RuntimeWarning of overflow, division by zero or an invalid operation."""
    for warning in seen.warnings:
        if warning.startswith("RuntimeWarning") and any(kind in warning for kind in LOUD):
            raise Wrong(f"{what} gave a {warning}", "warning")


def refused(answer: Answer, error: type[Exception], what: str) -> None:
    """The answer is an exception of this kind."""
    if answer.fault is None:
        came, about = f"returned {describe(answer.value)}", "refusal"
    elif answer.fault.kind != "raised":
        raise answer.fault
    elif error.__name__ in answer.fault.raised:
        return
    else:
        came, about = f"raised {answer.fault.raised[0]}", "other exception"
    raise Wrong(f"{what} {came}; it should raise {error.__name__}", about)


def word(value: Any, words: Sequence[str], what: str) -> str:
    """The value, which must be one of these words."""
    if not isinstance(value, str) or value not in words:
        _refuse(what, f"one of {', '.join(map(repr, words))}", value, "word")
    return value


def passes(judge: Callable[..., object], *args: Any) -> bool:
    """Whether a judge, a function that raises `Wrong`, finds nothing wrong."""
    try:
        judge(*args)
    except Wrong:
        return False
    return True


def true(condition: Any, reason: str, about: str = "") -> None:
    """The condition holds; else `reason` is what the student reads."""
    if not condition:
        raise Wrong(reason, about)


def _all_right(
    right: np.ndarray, error: np.ndarray, array: np.ndarray, what: str, given: Given | None
) -> None:
    if np.all(right):
        return
    inputs = {name: np.broadcast_to(x, array.shape) for name, x in (given or {}).items()}
    shown = _telling(~right, error, list(inputs.values()))
    beside = [f"{name} = {_figure(numbers[shown])}" for name, numbers in inputs.items()]
    place = f", entry {list(shown)}" if shown else ""
    where = f" for {', '.join(beside)}" if beside else ""
    wrong = f"; {np.count_nonzero(~right)} of {array.size} entries are wrong"
    count = wrong if array.size > 1 else ""
    with np.errstate(all="ignore"):
        near = error < NEARLY * np.maximum(np.abs(array), np.median(np.abs(array)))
    nearly = np.all(right | near)
    about = "nearly right" if nearly else ""
    raise Wrong(f"{what}{place}: {_figure(array[shown])} is wrong{where}{count}", about)


def _telling(wrong: np.ndarray, error: np.ndarray, inputs: list[np.ndarray]) -> tuple[int, ...]:
    """The wrong entry to show: that of the largest error, among those of ordinary inputs if there
    are any. NaN is the largest of errors."""
    ordinary = wrong.copy()
    for numbers in inputs:
        ordinary &= np.abs(numbers) <= ORDINARY
    size = np.where(np.isnan(error), np.inf, error)
    size = np.where(ordinary if np.any(ordinary) else wrong, size, -np.inf)
    return tuple(int(i) for i in np.unravel_index(np.argmax(size), wrong.shape))


def _refuse(what: str, expected: str, value: Any, about: str) -> NoReturn:
    if value is None:
        about = "none"
    elif about == "type" and type(value) is tuple:
        about = "number of results"
    raise Wrong(f"{what}: expected {expected}, got {describe(value)}", about)


def _figure(value: Any) -> str:
    return _short(f"{value:.10g}" if isinstance(value, (float, np.floating)) else str(value))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _listing(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:3])
    return shown if len(paths) <= 3 else f"{shown} and {len(paths) - 3} more"
