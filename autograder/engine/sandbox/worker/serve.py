"""Answering requests: call the student's function, send back what came of it.

A `Responder` answers for one part of a submission in a worker. The same class answers on the
trusted side, by the reference's functions and those of a named mistake.
"""

import builtins
import contextlib
import ctypes
import os
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy import may_share_memory  # bound here: a student's module may replace np's

from . import limits
from .wire import FIRST, Decoder, Encoder, GeneratorState, Handle, WireError

MAX_WARNINGS = 5
OVERWRITTEN = "is the array of an earlier call, written over: return a new one each time"
GLOBAL_STATE = "the state of NumPy's global generator"

DEFAULT_ERRORS = {"divide": "warn", "over": "warn", "invalid": "warn", "under": "ignore"}
_GLOBAL = np.random.get_bit_generator().ctypes  # type: ignore[attr-defined]
MT19937_BYTES = 624 * 4 + 4
"""The state of NumPy's global generator: its numbers, and the place of the next one."""
_BUILT_IN = {name: kind for name, kind in vars(builtins).items() if isinstance(kind, type)}


class GivenArray(NamedTuple):
    """An array that a call was given: as which argument, and its content at some time."""

    path: str
    array: np.ndarray
    content: tuple[Any, ...]

    def is_changed(self) -> bool:
        return _content(self.array) != self.content


class Kept(NamedTuple):
    """An object that stays here, and what the call that made it was given, as that left it."""

    value: Any
    given: list[GivenArray]


class NotKept(WireError):
    """A request uses an object that no call left here: that of the call of this number."""


class Returned(NamedTuple):
    """What a function returned last: the arrays in it, or what these are views of, by their ids,
    and the reply."""

    arrays: dict[int, Any]
    content: list[Any]
    reply: bytes


class Target(NamedTuple):
    """A function to call, the entries of `warnings.filters` by which its module asked not to see
    some, and NumPy's error state."""

    function: Callable[..., Any]
    silenced: Sequence[Any] = ()
    error_state: Mapping[str, Any] = DEFAULT_ERRORS


class Responder:
    """Answers requests by calling functions; what calls leave here ends with their `ask`.

    `find(module, function)` returns the `Target`, or raises; `folder` is where the student's files
    lie, so that an exception can be traced to one of their lines; `caught` is what a call may raise
    and is told: Ctrl-C ends the grader, not a call.
    """

    def __init__(
        self,
        find: Callable[[str, str], Target],
        folder: str = "\0",
        caught: tuple[type[BaseException], ...] = (Exception, SystemExit),
    ) -> None:
        self._find = find
        self._folder = folder
        self._caught = caught
        self._number = 0  # of the call among those asked together
        self._kept: dict[int, list[Kept]] = {}
        self._generators: dict[int, np.random.Generator] = {}
        self._decoder = Decoder(self._kept_object, self._generator, is_trusted=True)
        self._encoder = Encoder(_handle)
        self._handed_back: list[Kept] = []
        self._returned: dict[str, Returned] = {}

    def answer(self, request: bytes) -> bytes:
        """The reply to a request."""
        self._number += 1
        if request[:1] == FIRST:
            self._number = 0
            self._kept.clear()
            self._generators.clear()
            self._returned.clear()
        self._handed_back.clear()
        try:
            module, function, args, kwargs, *how = self._decoder.decode(memoryview(request)[1:])
            target = self._find(module, function)
        except NotKept as missing:
            return self._encoder.encode(["unresolved", missing.args[0]])
        except self._caught as problem:
            return self._encoder.encode(["unavailable", *describe(problem, self._folder)])
        try:
            name = f"{module}.{function}"
            return self._reply(name, self._call(target, args, kwargs, *how))
        except self._caught as problem:
            return self._encoder.encode(["raised", *describe(problem, self._folder)])

    def _call(
        self,
        target: Target,
        args: list[Any],
        kwargs: dict[str, Any],
        opaque: list[int],
        watched: bool,
    ) -> list[Any]:
        own = [kept.value for kept in self._handed_back]
        # What a call leaves here may be, or keep, an array that it was given.
        named = _named(args, kwargs, own) if watched or opaque else []
        given = _arrays_in(named) if watched else []
        held = [(name, x, x.copy()) for name, x in named if type(x) in (list, dict)]
        before = [old for kept in self._handed_back for old in kept.given]
        draws = watched and any(isinstance(value, np.random.Generator) for _, value in named)
        global_state = _global_state() if draws else None
        with np.errstate(**target.error_state), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.filters[:0] = target.silenced  # type: ignore[index]
            value = plain(target.function(*args, **kwargs))
        seen: list[list[str]] = [[], [], []]
        if watched:
            changed = [now.path for now in given if now.is_changed()]
            changed += [
                f"argument {name}" for name, now, old in held if _entries(now) != _entries(old)
            ]
            changed += [f"{old.path} of an earlier call" for old in before if old.is_changed()]
            if draws and _global_state() != global_state:
                changed.append(GLOBAL_STATE)
            seen = [changed, _shared_memory(value, given), _texts(caught)]
        if opaque and type(value) in (tuple, list):
            left = _arrays_in(named)  # as this call leaves them: no later one changed what it did
            self._kept[self._number] = [Kept(entry, left) for entry in value]
            value = type(value)(
                Handle(self._number, place, _type_name(entry)) if place in opaque else entry
                for place, entry in enumerate(value)
            )
        return ["returned", value, *seen]

    def _reply(self, function: str, content: list[Any]) -> bytes:
        try:
            reply = self._encoder.encode(content)
            if self._overwrites(function, content, reply):
                raise WireError(OVERWRITTEN)
        except WireError as problem:
            return self._encoder.encode(["unusable", str(problem)[: limits.SAID]])
        return reply

    def _overwrites(self, function: str, content: list[Any], reply: bytes) -> bool:
        """Whether what the function returned last was written over to return this."""
        owners = [x if x.base is None else x.base for x in leaf_arrays(content[1])]
        if not owners:
            return False
        arrays = {id(owner): owner for owner in owners}
        last = self._returned.get(function)
        self._returned[function] = Returned(arrays, content, reply)
        if last is None or last.arrays.keys().isdisjoint(arrays):
            return False
        return self._encoder.encode(last.content) != last.reply

    def _kept_object(self, handle: Handle) -> Any:
        """The object at that place of the result. Where an array stands there, and none at the end,
        it is the last one: mixing up the order costs no more than the tests of the order."""
        entries = self._kept.get(handle.call, [])
        if handle.position >= len(entries):
            raise NotKept(handle.call)
        kept, last = entries[handle.position], entries[-1]
        if isinstance(kept.value, np.ndarray) and not isinstance(last.value, np.ndarray):
            kept = last
        self._handed_back.append(kept)
        return kept.value

    def _generator(self, known: GeneratorState) -> np.random.Generator:
        if known.state is not None:
            kind = getattr(np.random, known.state["bits"]["bit_generator"])
            bits = kind(np.random.SeedSequence(**known.state["seeds"]))
            bits.state = known.state["bits"]
            self._generators[known.number] = np.random.Generator(bits)
        return self._generators[known.number]


def _texts(caught: list[warnings.WarningMessage]) -> list[str]:
    said = {f"{w.category.__name__}: {w.message}"[: limits.SAID] for w in caught}
    return sorted(said)[:MAX_WARNINGS]


def _handle(value: Any) -> Handle:
    return value if type(value) is Handle else Handle(0, 0, _type_name(value))


def _type_name(value: Any) -> str:
    name = type(value).__name__
    if type(value) is not np.ndarray:
        return name
    # "float64" would tell nothing about one whose bytes stand in the other order.
    return f"{name} of {value.dtype.name if value.dtype.isnative else value.dtype.str}"


def describe(problem: BaseException, folder: str) -> list[Any]:
    """An exception as plain data: its classes' names, its message, the student's line in it, and
    the function that raised it, where another one that the kit supplies called that."""
    names = [_class_name(kind) for kind in type(problem).__mro__][: limits.NAMES]
    message = by = ""
    with contextlib.suppress(BaseException):  # an exception whose own text or attribute raises
        # A SyntaxError's text ends with its place, which is told by itself.
        said = str(problem.msg if isinstance(problem, SyntaxError) else problem)
        message = said[: limits.SAID].replace(folder, "").encode("utf-8", "replace").decode()
        by = str(getattr(problem, "raised_by", ""))[: limits.SAID]
    return [names, message, _student_line(problem, folder), by]


def _class_name(kind: type) -> str:
    """A class that is only called ValueError is none; NumPy's own MemoryError is one."""
    name = kind.__name__[: limits.SAID]
    return name if _BUILT_IN.get(name, kind) in kind.__mro__ else f"{name} (not Python's own)"


def _student_line(problem: BaseException, folder: str) -> str:
    """The innermost of the student's files and lines that raised; "" where there is none."""
    if isinstance(problem, SyntaxError) and problem.filename:
        return f"{os.path.basename(str(problem.filename))}, line {problem.lineno}"
    place = ""
    for frame, line in traceback.walk_tb(problem.__traceback__):
        if frame.f_code.co_filename.startswith(folder):
            place = f"{os.path.basename(frame.f_code.co_filename)}, line {line}"
    return place


def plain(value: Any) -> Any:
    """A named tuple as the tuple that it is, a text of NumPy's or of an enumeration as the text
    that it is."""
    if isinstance(value, tuple) and hasattr(type(value), "_fields"):
        return tuple(value)
    return str.__getitem__(value, slice(None)) if issubclass(type(value), str) else value


def _named(args: list[Any], kwargs: dict[str, Any], own: list[Any]) -> list[tuple[Any, Any]]:
    """The arguments with their numbers or names, but for what the student's code keeps for itself:
    a cache is its own to change."""
    named = [*enumerate(args, 1), *kwargs.items()]
    return [(name, value) for name, value in named if not any(value is kept for kept in own)]


def _arrays_in(named: list[tuple[Any, Any]]) -> list[GivenArray]:
    """The arrays among the arguments, and in their lists, tuples and dictionaries."""
    found = []
    for name, value in named:
        if isinstance(value, np.ndarray):
            found.append(GivenArray(f"argument {name}", value, _content(value)))
        elif isinstance(value, (list, tuple, dict)):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            found += [
                GivenArray(f"argument {name}[{place!r}]", item, _content(item))
                for place, item in items
                if isinstance(item, np.ndarray)
            ]
    return found


def _global_state() -> bytes:
    """That of NumPy's global generator, which has no business where another one is given. Asking
    NumPy for it takes a hundred times as long."""
    return ctypes.string_at(_GLOBAL.state_address, MT19937_BYTES)


def _entries(value: list[Any] | dict[Any, Any]) -> list[Any]:
    """Which objects a list or a dictionary holds, and where."""
    return [(k, id(x)) for k, x in value.items()] if type(value) is dict else [*map(id, value)]


def _content(array: np.ndarray) -> tuple[Any, ...]:
    return array.shape, array.dtype, array.tobytes()


def _shared_memory(value: Any, given: list[GivenArray]) -> list[str]:
    """Which of the given arrays share memory with an array of the result."""
    arrays = leaf_arrays(value)
    return [one.path for one in given if any(may_share_memory(one.array, x) for x in arrays)]


def leaf_arrays(value: Any, depth: int = 0) -> list[np.ndarray]:
    """The arrays in a value: itself, or those in a list or tuple, and in its lists and tuples."""
    if issubclass(type(value), np.ndarray):  # `isinstance` believes what an object says it is
        return [value]
    if isinstance(value, (list, tuple)) and depth < 2:
        return [array for item in value[:1000] for array in leaf_arrays(item, depth + 1)]
    return []
