"""Answering requests: call the student's function, send back what came of it.

One `Servant` serves one submission in its worker. The same class runs on the trusted side over
trusted functions, to replay what a named mistake would have answered.
"""

from __future__ import annotations

import os
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy import may_share_memory  # bound here: a student's module may replace np's

from .wire import Decoder, Encoder, GeneratorState, Handle, WireError

MAX_TEXT = 400
MAX_WARNINGS = 5


DEFAULT_ERRORS = MappingProxyType(
    {"divide": "warn", "over": "warn", "invalid": "warn", "under": "ignore"}
)


class Target(NamedTuple):
    """A function to call, and which warnings its module asked not to see."""

    function: Callable[..., Any]
    silenced: tuple[tuple[str, type[Warning], str], ...] = ()
    error_state: Mapping[str, str] = DEFAULT_ERRORS


class Servant:
    """Answers requests by calling functions.

    `find(module, function)` returns the `Target`, or raises; `folder` is where the student's files
    lie, so that an exception can be traced to one of their lines.
    """

    def __init__(self, find: Callable[[str, str], Target], folder: str = "\0") -> None:
        self._find = find
        self._folder = folder
        self._kept: list[Any] = []
        self._generators: dict[int, np.random.Generator] = {}
        self._decoder = Decoder(self._kept_object, self._generator)
        self._encoder = Encoder(self._keep)

    def answer(self, request: bytes | bytearray) -> bytes:
        """The reply to a request: a byte, 1 to forget what was kept, then the encoded list
        [module, function, args, kwargs, positions to keep here]."""
        if request[0]:
            self._kept.clear()
            self._generators.clear()
        module, function, args, kwargs, opaque = self._decoder.decode(memoryview(request)[1:])
        try:
            target = self._find(module, function)
        except BaseException as problem:  # SystemExit, too, costs no more than an error
            return self._encoder.encode(["unavailable", *describe(problem, self._folder)])
        try:
            return self._call(target, args, kwargs, opaque)
        except BaseException as problem:
            return self._encoder.encode(["raised", *describe(problem, self._folder)])

    def _call(
        self, target: Target, args: list[Any], kwargs: dict[str, Any], opaque: list[int]
    ) -> bytes:
        given = list(_given_arrays(args, kwargs))
        before = [_content(array) for _, array in given]
        lists = [(name, value, value[:]) for name, value in _named(args, kwargs) if _is_list(value)]
        with warnings.catch_warnings(record=True) as caught, np.errstate(**target.error_state):  # type: ignore[arg-type]
            warnings.simplefilter("always")
            for message, category, module in target.silenced:
                warnings.filterwarnings("ignore", message, category, module)
            value = target.function(*args, **kwargs)
        changed = [
            path for (path, array), old in zip(given, before, strict=True) if _content(array) != old
        ]
        changed += [name for name, now, old in lists if [*map(id, now)] != [*map(id, old)]]
        shared = _shared_memory(value, given)
        if type(value) is tuple:
            value = tuple(self._keep(x) if i in opaque else x for i, x in enumerate(value))
        said = sorted({f"{w.category.__name__}: {w.message}"[:MAX_TEXT] for w in caught})
        try:
            return self._encoder.encode(["returned", value, changed, shared, said[:MAX_WARNINGS]])
        except WireError as problem:
            return self._encoder.encode(["unusable", str(problem)[:MAX_TEXT]])

    def _keep(self, value: Any) -> Handle:
        self._kept.append(value)
        return Handle(len(self._kept) - 1, _type_name(value))

    def _kept_object(self, handle: Handle) -> Any:
        return self._kept[handle.number]

    def _generator(self, known: GeneratorState) -> np.random.Generator:
        if known.kind is not None and known.state is not None:
            seeds = np.random.SeedSequence(**known.state["seeds"])
            bits = getattr(np.random, known.kind)(seeds)
            bits.state = known.state["bits"]
            self._generators[known.number] = np.random.Generator(bits)
        return self._generators[known.number]


def _type_name(value: Any) -> str:
    name = type(value).__name__
    return f"{name} of {value.dtype.name}" if type(value) is np.ndarray else name


def describe(problem: BaseException, folder: str) -> list[Any]:
    """An exception as plain data: its classes' names, its message, the student's line in it."""
    names = [kind.__name__[:MAX_TEXT] for kind in type(problem).__mro__][:20]
    try:
        message = str(problem)[:MAX_TEXT].replace(folder, "").encode("utf-8", "replace").decode()
    except BaseException:  # an exception whose own text raises
        message = ""
    return [names, message, _student_line(problem, folder)]


def _student_line(problem: BaseException, folder: str) -> str:
    """The innermost of the student's files and lines that raised; "" where there is none."""
    if isinstance(problem, SyntaxError) and problem.filename:
        return f"{os.path.basename(str(problem.filename))}, line {problem.lineno}"
    place = ""
    for frame, line in traceback.walk_tb(problem.__traceback__):
        if frame.f_code.co_filename.startswith(folder):
            place = f"{os.path.basename(frame.f_code.co_filename)}, line {line}"
    return place


def _named(args: list[Any], kwargs: dict[str, Any]) -> list[tuple[str, Any]]:
    named = [(f"argument {i + 1}", value) for i, value in enumerate(args)]
    return named + [(f"argument {key}", value) for key, value in kwargs.items()]


def _is_list(value: Any) -> bool:
    return type(value) is list


def _given_arrays(args: list[Any], kwargs: dict[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    for name, value in _named(args, kwargs):
        if isinstance(value, np.ndarray):
            yield name, value
        elif isinstance(value, (list, tuple)):
            yield from (
                (f"{name}[{i}]", item)
                for i, item in enumerate(value)
                if isinstance(item, np.ndarray)
            )


def _content(array: np.ndarray) -> tuple[Any, ...]:
    return array.shape, array.dtype, array.tobytes()


def _shared_memory(value: Any, given: list[tuple[str, np.ndarray]]) -> list[str]:
    """Which of the given arrays share memory with an array of the result."""
    returned = list(_leaf_arrays(value))
    return [path for path, array in given if any(may_share_memory(array, x) for x in returned)]


def _leaf_arrays(value: Any, depth: int = 0) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (list, tuple)) and depth < 2:
        for item in value[:1000]:
            yield from _leaf_arrays(item, depth + 1)
