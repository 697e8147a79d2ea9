"""What comes back from a call: an answer, or a fault of the student's code."""

import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..sandbox.worker import limits
from ..sandbox.worker.wire import Decoder, WireError
from ..text import presentable

REASON_LENGTH = 400
PYTHON = ".".join(platform.python_version_tuple()[:2])
HINTS = {
    "truth value": """`if`, `and`, and Python's `max` and `min` ask one question, but an array has
        many answers. Choose entry by entry, with `np.where` or a mask such as `z > 0`, or ask of
        all entries at once, with `.any()` or `.all()`.""",
    r"(unexpected keyword|positional|required|multiple values)(?!.*line \d)": """The names of the
        arguments, their order and their defaults are part of the task: callers rely on them.
        Compare your line `def ...` with the one that you were given.""",
    "unexpected keyword|positional|required|multiple values": """A call in that line passes more or
        fewer arguments than its function takes, or one by another name. Look up what it takes: a
        shape is one argument, a tuple such as `size=(n_in, n_out)`.""",
    "0-dimensional arrays can|size-1|length-1": """One number is needed there, and an array stands
        there: the functions of `math`, `float` and `int` take one number at a time. NumPy's
        functions work on all entries at once.""",
    "broadcast|operands|mismatch|not aligned": """Two arrays in that line don't fit together. Write
        down the shape of each, then what their product or sum should have.""",
    "0-d|iterat|unsized": """Arrays without an axis, of shape (),
        are allowed, too: they can be neither indexed nor gone through by a loop. Compute on the
        whole array at once.""",
    "zero-size|empty(?! list| deque| set)": """Empty arrays, of shape (0,), are allowed, too: they
        have no largest entry and no mean. Decide what the result is there before you ask for
        one.""",
    "inhomogeneous": """NumPy makes one array of a list only where all its entries have one shape.
        Go through the list, and compute with one of its arrays at a time.""",
    "scalar index": """An array stands where one whole number is needed: a size, an index or an
        axis. `np.max(a, b)` takes b for an axis; `np.maximum(a, b)` compares entry by entry.""",
    "has no attribute": """What stands before the dot has nothing of that name. It may be of another
        type than you think, as a list or a plain number for an array, or the name is another
        library's. Print its type, and look up what that has.""",
    "Cannot interpret|high <= 0|low >= high": """NumPy takes a shape as one tuple, as in
        `np.zeros((n, d))` or `size=(n_in, n_out)`. Of a generator's methods `normal` and `uniform`
        draw real numbers, `integers` whole ones.""",
    "tuple index|too many indices|AxisError|norm order|number of dim": """An array has other axes
        than that line needs, or a tuple too few entries. Where any shape is allowed, also (n,) and
        (), compute on the whole array at once: `np.sum` and `ravel` take every shape.""",
    "RecursionError": """The function calls itself without an end. Does it use its own name where
        NumPy's function of that name is meant, or miss the case in which it stops?""",
    "KeyError": """The dictionary has no such key, in these very letters. Print its keys, and think
        of what holds for a name that is not among them.""",
    "NameError|UnboundLocal": """A name is used before it has a value on this way through the
        function, or it is spelled in two ways. Look where it is first assigned, and in which
        branch.""",
    "": """Your function stopped in the line named. Call it by hand with such arguments, print what
        that line works with, and compare shapes and types with the docstring.""",
}
"""What to try, by what an exception says; the first that fits."""
NEWER = f". Python {PYTHON} grades: if yours is newer and takes this line, write it for {PYTHON}"
ABSENT = (
    ". A library that is missing here: do without it. A module of your own: hand it in, and write"
    " `from . import NAME`"
)


class StudentFault(Exception):
    """The student's code gave no usable answer.

    kind: "todo", "missing", "import", "raised", "timeout", "crash" or "unusable"; raised: the names
    of the exception's class and its bases, where the student's function raised one.
    """

    def __init__(self, kind: str, reason: str, raised: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = presentable(reason, REASON_LENGTH)
        self.raised = tuple(raised)

    @property
    def hint(self) -> str:
        """What to try where the student's function raised this, else ""."""
        if self.kind != "raised":
            return ""
        told = self.reason.partition(" raised ")[2]
        fits = (hint for said, hint in HINTS.items() if re.search(said, told))
        return " ".join(next(fits).split())

    @property
    def ends_test(self) -> bool:
        """Whether there is nothing to judge: of these, a test expects none."""
        return self.kind not in ("raised", "unusable")


@dataclass(frozen=True)
class Answer:
    """What one call returned and, where it was watched, what it did beside returning.

    fault: why there is no value, or None; changed: the arguments whose arrays the call altered;
    shared: the arguments that the result shares memory with; warnings: "Category: message" each.
    """

    returned: Any = None
    fault: StudentFault | None = None
    changed: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def value(self) -> Any:
        """What the call returned. Raises its `StudentFault` where it returned nothing usable."""
        if self.fault is not None:
            raise self.fault
        return self.returned


def read_reply(
    reply: bytes, name: str, earlier: Sequence[Answer] = (), decoder: Decoder | None = None
) -> Answer:
    """The answer in a reply to a call of `name`, which may use the results of earlier ones. Raises
    `ValueError` where the bytes are no reply."""
    match (decoder or Decoder()).decode(reply):
        case ["returned", value, changed, shared, warned]:
            return Answer(value, None, _texts(changed), _texts(shared), _texts(warned))
        case ["unresolved", int(number)]:
            if number in range(len(earlier)) and earlier[number].fault is not None:
                return earlier[number]
            said = f"{name} could not be called: the result that it needs is not there"
            return Answer(fault=StudentFault("unusable", said))
        case [("raised" | "unavailable") as kind, raised, message, place, by]:
            return Answer(fault=exception_fault(kind, name, raised, message, place, by))
        case ["unusable", said]:
            return Answer(fault=StudentFault("unusable", f"what {name} returned {_text(said)}"))
    raise WireError("not an answer")


def exception_fault(
    kind: str, name: str, raised: Any, message: Any, place: Any, by: Any
) -> StudentFault:
    """The fault of an exception; by: the function that raised it where `name` only called it."""
    names = _texts(raised) or ("Exception",)
    name = by if re.fullmatch(r"\w+\.\w+", _text(by)) else name
    said = f"{names[0]}: {message}" if _text(message) else names[0]
    said += f" ({place})" if _text(place) else ""
    if "NotImplementedError" in names and _text(message).startswith("TODO"):  # as in the handout
        return StudentFault("todo", f"{name} is still to do", names)
    # Only so does the worker say it: a student's class may have that name, too.
    if names[0] == "MissingFunction" and re.fullmatch(r"\w+\.py has no function \w+", message):
        return StudentFault("missing", message)
    if kind == "unavailable":
        said += {"SyntaxError": NEWER, "ModuleNotFoundError": ABSENT}.get(names[0], "")
        return StudentFault("import", f"{name} failed with {said}")
    return StudentFault("raised", f"{name} raised {said}", names)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WireError("not a text")
    return value[: limits.SAID]


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise WireError("not a list of texts")
    return tuple(map(_text, values[: limits.NAMES]))
