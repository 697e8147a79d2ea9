"""What the public tests are written with: call your function, look at what comes back.

A failed check says what was given, what came back, what kind of thing was expected, and the likely
mistake. It never tells the right numbers: those you get from the formulas.
"""

import _thread
import contextlib
import importlib
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

TIME_LIMIT = 20
"""The seconds that a check may take."""


class CheckFailed(AssertionError):
    """A check that your code didn't pass; its text is the report."""

    def __init__(self, what: str, given: str, came: str, expected: str, hint: str) -> None:
        rows = {"given": given, "came": came, "expected": expected, "hint": hint}
        lines = [what, *(f"  {name:9} {text}" for name, text in rows.items() if text)]
        super().__init__("\n".join(lines))


_endless_imports: dict[str, CheckFailed] = {}


class AsIs:
    """An argument of your own making, such as a cache, which is handed on uncopied."""

    def __init__(self, value: Any, shown: str) -> None:
        self.value = value
        self.shown = shown + (", which is None" if value is None else "")


@dataclass
class Answer:
    """What one of your functions returned for some arguments."""

    name: str
    given: str
    value: Any
    passed: Any = ()
    """The very arguments that your function got: copies of the check's own."""
    warned: Sequence[warnings.WarningMessage] = ()

    def fail(self, expected: str, hint: str = "", came: str | None = None) -> None:
        came = show(self.value) if came is None else came
        raise CheckFailed(self.name, self.given, came, expected, hint)

    def is_array(self, shape: tuple[int, ...], hint: str = "") -> np.ndarray:
        """The value is a float64 array of this shape (a NumPy number where the shape is ())."""
        value = self.value
        if isinstance(value, np.float64) and shape == ():
            value = np.asarray(value)
        if type(value) is not np.ndarray:
            hint = hint or "Compute with NumPy on the whole array; give an array back."
            self.fail(f"a float64 array of shape {shape}", hint, f"{article(value)}")
        if value.shape != shape:
            hint = hint or "See 'Returns:' in the docstring. Do loops, .T, keepdims change a shape?"
            self.fail(f"an array of shape {shape}", hint, f"an array of shape {value.shape}")
        if value.dtype != np.float64:
            hint = "A comparison gives bool, np.zeros_like of an int array gives int: check dtypes."
            self.fail("an array of dtype float64", hint, f"an array of dtype {value.dtype}")
        return value

    def is_close(
        self,
        right: Any,
        hint: str,
        *,
        at: Sequence[Any] | np.ndarray | None = None,
        suspects: Sequence[tuple[Any, str]] = (),
        tol: float = 1e-9,
        rtol: float = 0.0,
        kind: str = "the numbers of the formula",
        with_largest: bool = False,
    ) -> None:
        """The value is `right`, entry by entry. `at` holds the input that belongs to each entry,
        `suspects` the wrong results that students often get, with what each tells; with_largest
        tells the largest error, with both values."""
        right = np.asarray(right, dtype=np.float64)
        if right.shape == () and isinstance(self.value, (int, float)):
            value = np.asarray(float(self.value))
        else:
            value = self.is_array(right.shape)
        wrong = ~np.isclose(value, right, rtol=rtol, atol=tol)
        if not wrong.any():
            return
        for suspect, tell in suspects:
            if _alike(value, suspect, tol) and not _alike(right, suspect, tol):
                hint = tell
                break
        if not np.isfinite(value).all():
            hint = f"There is NaN or infinity in it. {hint}"
        place = ""
        if right.size > 1:
            first = np.abs(value - right) if with_largest else wrong
            index = tuple(map(int, np.unravel_index(np.argmax(first), right.shape)))
            inside = ", ".join(map(str, index))
            place = f"; {wrong.sum()} of {right.size} entries differ, "
            place += f"most at [{inside}]: " if with_largest else f"the first is [{inside}]"
            if with_largest:
                place += f"{value[index]:.4g} came for {right[index]:.4g}"
            if at is not None:
                place += f", where z = {np.asarray(at)[index]:g}"
        self.fail(f"{kind}{place}", hint)

    def is_float(self, hint: str = "Return float(...) of it.") -> float:
        if not isinstance(self.value, float):
            self.fail("a float", hint, article(self.value))
        return float(self.value)

    def items(self, names: str, kind: type = tuple) -> list["Answer"]:
        """The value is a tuple (or list) with an entry for each of the names."""
        parts = names.split()
        value = self.value
        if not isinstance(value, kind) or len(value) != len(parts):
            self.fail(
                f"a {kind.__name__} of {len(parts)}: ({', '.join(parts)})",
                f"Return all of them, in this order: {', '.join(parts)}.",
                article(value),
            )
        return [
            Answer(f"{self.name}: {part}", self.given, entry, self.passed)
            for part, entry in zip(parts, value, strict=True)
        ]


def call(function: str, *args: Any, **kwargs: Any) -> Answer:
    """Calls a function of yours, such as "activations.sigmoid"."""
    given = _given(args, kwargs)
    passed, named = _copies(args), _copies(kwargs)
    value, problem, warned = _outcome(function, passed, named)
    if problem:
        hint = _likely_cause(problem)
        raise CheckFailed(function, given, _raised(problem), "a result", hint) from problem
    ours = [copy for copy, arg in zip(passed, args, strict=True) if not isinstance(arg, AsIs)]
    return Answer(function, given, value, [ours, named], warned)


def _outcome(
    function: str, args: Sequence[Any], kwargs: dict[str, Any]
) -> tuple[Any, Exception | None, list[warnings.WarningMessage]]:
    """What your function returns, or the exception that it raises, and its warnings."""
    call_me = find(function)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            return call_me(*args, **kwargs), None, warned
        except (NotImplementedError, CheckFailed):
            raise
        except Exception as problem:
            return None, problem, warned


def find(function: str) -> Callable[..., Any]:
    """Your function, from "module.name"."""
    module_name, name = function.split(".")
    file = f"gradflow/{module_name}.py"
    if module_name in _endless_imports:
        raise _endless_imports[module_name]
    try:
        module = importlib.import_module(f"gradflow.{module_name}")
    except Exception as problem:
        is_named = getattr(problem, "lineno", None) is not None  # by Python, in a SyntaxError
        came = f"{type(problem).__name__}: {problem}" if is_named else _raised(problem)
        hint = "Nothing in this file can be checked before it can be imported."
        raise CheckFailed(f"import of {file}", "", came, "a module", hint) from problem
    if not callable(getattr(module, name, None)):
        hint = "Names and arguments are fixed: restore the line 'def ...' from the original file."
        raise CheckFailed(function, "", f"no function {name} in {file}", "a function", hint)
    return getattr(module, name)


def leaves_alone(function: str, *args: Any, hint: str = "", **kwargs: Any) -> Answer:
    """Calls the function and sees that every array given is as it was."""
    answer = call(function, *args, **kwargs)
    for old, new in zip(_arrays([args, kwargs]), _arrays(answer.passed), strict=True):
        if not np.array_equal(old, new, equal_nan=True):
            came = f"the array given is changed to {show(new)}"
            hint = hint or "x[...] = , out=x and x *= write into the array of whoever called you."
            answer.fail("a new array; what is given stays as it is", hint, came)
    return answer


def shares_nothing(answer: Answer) -> None:
    """The arrays in the answer are new ones."""
    given = _arrays(answer.passed)
    for result in _arrays(answer.value):
        if any(np.shares_memory(result, array) for array in given):
            hint = "The caller may go on to change the result in place. Return a copy."
            answer.fail("new arrays", hint, "memory of an array that was given")


def is_quiet(function: str, *args: Any, hint: str, **kwargs: Any) -> None:
    """The call gives no RuntimeWarning."""
    answer = call(function, *args, **kwargs)
    for warning in answer.warned:
        if issubclass(warning.category, RuntimeWarning):
            came = f"RuntimeWarning: {warning.message}"
            answer.fail("a right value without a warning", hint, came)


def refuses(function: str, *args: Any, hint: str, **kwargs: Any) -> None:
    """The call raises ValueError."""
    value, problem, _ = _outcome(function, _copies(args), _copies(kwargs))
    if not isinstance(problem, ValueError):
        came = _raised(problem) if problem else show(value)
        raise CheckFailed(function, _given(args, kwargs), came, "a ValueError", hint)


@contextlib.contextmanager
def time_limit() -> Iterator[None]:
    """Ends what runs for more than TIME_LIMIT seconds, as Ctrl-C would, and names the function of
    yours that does. It isn't run again: the other checks that need it fail at once."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a background job of a shell
        signal.signal(signal.SIGINT, signal.default_int_handler)
    started = time.monotonic()
    timer = threading.Timer(TIME_LIMIT, _thread.interrupt_main)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt as interrupt:
        own = _own_frames(interrupt)
        is_over = time.monotonic() - started > TIME_LIMIT - 0.1  # clocks are coarse on Windows
        if not (is_over and own):
            raise
        raise _endless(Path(own[0].filename).stem, own[0].name, own[-1].lineno) from None
    finally:
        timer.cancel()


def _endless(module: str, function: str, line: int | None) -> CheckFailed:
    """The failure of a function that was ended, which from now on raises it at once."""
    name = f"{module}.{function}"
    if function == "<module>":
        name = f"import of gradflow/{module}.py"
    came = f"{name} has run for {TIME_LIMIT} s: an endless loop?"
    failed = CheckFailed(name, "", came, "a result at once", f"Look at the loop at line {line}.")

    def fail(*_: Any, **__: Any) -> None:
        raise failed

    if function == "<module>":
        _endless_imports[module] = failed
        sys.modules[f"gradflow.{module}"] = None  # type: ignore[assignment]  # for network.py
    else:
        setattr(sys.modules[f"gradflow.{module}"], function, fail)
    return failed


def slope(formula: Callable[[float], float], z: float, h: float = 1e-5) -> float:
    """The slope of a formula at z, by a central difference; good to about 1e-9."""
    return (formula(z + h) - formula(z - h)) / (2 * h)


def show(value: Any) -> str:
    """A value on one short line."""
    if isinstance(value, np.ndarray):
        if value.size > 15:
            return f"an array of shape {value.shape}"
        with np.printoptions(precision=4, suppress=_is_ordinary(value), linewidth=200):
            return " ".join(str(value.tolist() if value.ndim == 0 else value).split())
    if isinstance(value, np.random.Generator):
        return "rng"
    if isinstance(value, AsIs):
        return value.shown
    if isinstance(value, (tuple, list)):
        inside = ", ".join(show(v) for v in value[:6]) + (", ..." if len(value) > 6 else "")
        text = f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
        return text if len(text) < 200 else article(value)
    if isinstance(value, float):
        return f"{float(value):.6g}"
    text = repr(value)
    return text if len(text) < 80 else article(value)


def article(value: Any) -> str:
    """A value's type in words."""
    if value is None:
        return "None (is a return missing?)"
    if isinstance(value, np.ndarray):
        return f"a {value.dtype} array of shape {value.shape}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}: {str(value)[:60]}"


def _given(args: Sequence[Any], kwargs: dict[str, Any]) -> str:
    named = (f"{name}={show(value)}" for name, value in kwargs.items())
    return ", ".join([*map(show, args), *named])


def _copies(value: Any) -> Any:
    """Copies of the arrays in it, so that no check depends on what your code did to another's."""
    if isinstance(value, np.ndarray):
        return value.copy(order="K")
    if isinstance(value, AsIs):
        return value.value
    if isinstance(value, dict):
        return {name: _copies(entry) for name, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_copies(entry) for entry in value)
    return value


def _alike(one: Any, other: Any, tol: float) -> bool:
    with np.errstate(all="ignore"):
        return bool(np.allclose(one, other, rtol=1e-6, atol=tol, equal_nan=True))


def _is_ordinary(value: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        sizes = np.abs(np.asarray(value, dtype=float)[np.asarray(value) != 0])
        return not sizes.size or bool(sizes.max() < 1e5 and sizes.min() > 1e-3)


def _arrays(value: Any) -> list[np.ndarray]:
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return [array for entry in value for array in _arrays(entry)]
    return []


def _raised(problem: BaseException) -> str:
    """The exception, and the last line of the student's own code that it went through."""
    own = _own_frames(problem)
    where = f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
    return f"{type(problem).__name__}: {problem}{where}"


def _own_frames(problem: BaseException) -> list[traceback.FrameSummary]:
    """Where in the student's own code it was, the function that was called first."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = [f for f in frames if Path(f.filename).parent.name == "gradflow"]
    return [f for f in own if Path(f.filename).stem != "network"]


def told(problem: BaseException) -> str:
    """The report of a check that ended in this exception."""
    if isinstance(problem, (AssertionError, NotImplementedError)) or not str(problem):
        return str(problem) or repr(problem)
    own = _own_frames(problem)
    if not own:  # raised by network.py, which names the function itself, or by the check
        return f"{problem}" if ":" in str(problem) else f"{type(problem).__name__}: {problem}"
    name = f"{Path(own[0].filename).stem}.{own[0].name}"
    hint = "Run the checks of this function alone: they are simpler."
    given = "what it gets in a net"
    return str(CheckFailed(name, given, _raised(problem), "a result", hint))


def _likely_cause(problem: Exception) -> str:
    text = str(problem)
    if "scalar index" in text:
        return "An array stands where one number belongs: np.max(a, b) takes b for an axis."
    if "can be converted to" in text:
        return "float(...) and the functions of math take one number, not an array: use NumPy's."
    if "NoneType" in text:
        return "Something is None there: an argument (rng in evaluation), or a missing 'return'."
    if "tuple index" in text:
        return "Not every array has so many axes: compute on the whole array, without loops."
    if "truth value" in text:
        return "'if' asks one question; an array has many answers. Use np.where or a mask."
    if isinstance(problem, TypeError) and ("argument" in text or "positional" in text):
        return "Keep the names and the order of the arguments as they are in the docstring."
    if isinstance(problem, (IndexError, TypeError)) and "0" in text:
        return "Does it also work for an array of shape ()?"
    if "zero-size" in text or "empty" in text:
        return "Does it also work for an empty array, of shape (0,)?"
    if "broadcast" in text:
        return "Write down the shape of every array in that line."
    return "Start from the line named, with the arguments given here."
