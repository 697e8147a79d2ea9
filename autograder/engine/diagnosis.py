"""Which named mistake explains a failing test: its calls are replayed with one mistake at a time.

Where exactly one mistake gives the student's answers, its hint is what the student needs to read.
"""

from __future__ import annotations

import hashlib
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

import numpy as np

from .mistakes import Mistake
from .processes import Request
from .reply import decoded
from .rounding import same_but_for_rounding
from .script import Call
from .worker.serve import Servants, Target, leaf_arrays, new_generator, plain
from .worker.wire import Decoder, Handle, WireError, read_request

K = TypeVar("K")
V = TypeVar("V")

MAX_CALLS = 20
"""Tests with more calls than this (whole nets) are not replayed: too many functions are in them."""

MAX_SHORT = 4096
MAX_KNOWN = 20_000
"""Replies or values that are kept, and the bytes that each of them may have."""


class Reply:
    """A reply to a call; what it says is read when it is first compared: hostile bytes take a
    while."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @cached_property
    def says(self) -> Any:
        return _comparable(self.content)

    def leaves(self) -> Iterator[tuple[int, int]]:
        """The numbers of what stays in the worker, and at which positions of the result it is."""
        value = self.says[1] if isinstance(self.says, list) and self.says[0] == "returned" else None
        for position, item in enumerate(value if isinstance(value, tuple) else ()):
            if isinstance(item, Handle):
                yield item.number, position

    def is_like(self, other: Reply) -> bool:
        return self.content == other.content or same_but_for_rounding(self.says, other.says)


@dataclass(frozen=True)
class Value:
    """What a function returned when it was called by itself, `RAISED` where it raised."""

    value: Any

    def may_be_in(self, reply: Reply) -> bool:
        """Whether the reply may tell of this value: it does not tell of another one."""
        kind, told = reply.says[:2] if isinstance(reply.says, list) else (None, None)
        if kind != "returned":
            return kind != "raised" or self.value is RAISED
        return _may_be(self.value, told)

    @property
    def size(self) -> int:
        return sum(array.nbytes for array in leaf_arrays(self.value))


def _may_be(value: Any, told: Any) -> bool:
    if isinstance(told, Handle):  # of which a reply shows nothing
        return True
    if type(value) is type(told) and isinstance(value, (list, tuple)):
        return len(value) == len(told) and all(map(_may_be, value, told))
    return same_but_for_rounding(value, told)


RAISED = object()


Find = Callable[[str, str], Target]
"""The function that a module has under a name."""


@dataclass(frozen=True)
class Alone:
    """A request that can be answered by itself. `left`: what the call before has left for it in the
    worker, by number; it is made anew each time, as a function may change it. `names`: the
    functions, with their module's name, that the answer rests on."""

    module: str
    content: memoryview
    digest: bytes
    left: Mapping[int, Left]
    names: frozenset[str]

    @classmethod
    def of(cls, request: Request, left: Mapping[int, Left]) -> Alone | None:
        """The request as such a one; None where it is none."""
        used: dict[int, Left] = {}

        def use(handle: Handle) -> None:
            used[handle.number] = left[handle.number]

        content = read_request(request.content)[-1]
        try:
            _said(content, use)
        except WireError:
            return None
        before = [one.asked for one in used.values()]
        digest = hashlib.sha256(b"".join([request.content, *(one.digest for one in before)]))
        names = frozenset([request.name]).union(*(one.names for one in before))
        return cls(request.module, content, digest.digest(), used, names)

    def value(self, find: Find) -> Value:
        """What comes of calling the functions that are found."""
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                name, args, kwargs, *_ = _said(
                    self.content, lambda handle: self.left[handle.number].made(find)
                )
                return Value(plain(find(self.module, name).function(*args, **kwargs)))
        except Exception:
            return Value(RAISED)


class Left(NamedTuple):
    """An object that a call has left in the worker: a part of its result."""

    asked: Alone
    position: int

    def made(self, find: Find) -> Any:
        """The object, made anew."""
        return self.asked.value(find).value[self.position]


def _said(content: memoryview, handle: Callable[[Handle], Any]) -> Any:
    """What a request says; the arguments are all new."""
    return Decoder(handle, new_generator, is_trusted=True).decode(content)


class Diagnosis:
    """Finds the one mistake that explains a failing test's calls."""

    def __init__(self, package: ModuleType, mistakes: Sequence[Mistake]) -> None:
        self._package = package
        self._mistakes: dict[str, list[Mistake]] = defaultdict(list)
        for mistake in mistakes:
            self._mistakes[f"{mistake.module}.{mistake.target}"].append(mistake)
        # Every submission of a class is asked the same, so that what is found is kept:
        self._replies: dict[bytes, Reply] = {}
        """the reference's replies by all that was asked so far, and"""
        self._values: dict[tuple[str, bytes], Value] = {}
        """what a mistake returns by what it is asked."""

    def explain(self, calls: Sequence[Call]) -> Mistake | None:
        """The mistake that gives the student's replies to all these calls, if it is just one."""
        if not calls or len(calls) > MAX_CALLS:
            return None
        heard = [Reply(call.reply) for call in calls]
        wrong = self._first_wrong(calls, heard)
        if wrong is None:
            return None  # the calls are right: the failure is about something else
        found = None
        for candidate in self._candidates(calls[: wrong + 1], heard[: wrong + 1]):
            if self._gives(candidate, calls, heard):
                if found is not None:
                    return None
                found = candidate
        return found

    def are_right(self, calls: Sequence[Call]) -> bool:
        """Whether the reference gives the same replies to all these calls."""
        return self._first_wrong(calls, [Reply(call.reply) for call in calls]) is None

    def _first_wrong(self, calls: Sequence[Call], heard: Sequence[Reply]) -> int | None:
        """The number of the first call to which the reference gives another reply."""
        servants = Servants(partial(self._find, None))
        answered = 0
        for number, asked in enumerate(_digests(call.request.content for call in calls)):
            known = self._replies.get(asked)
            if known is None:
                for call in calls[answered:number]:  # what a reply rests on
                    servants.answer(call.request.content)
                known = Reply(servants.answer(calls[number].request.content))
                answered = number + 1
                _keep(self._replies, asked, known, len(known.content))
            if not heard[number].is_like(known):
                return number
        return None

    def _candidates(self, calls: Sequence[Call], heard: Sequence[Reply]) -> Iterator[Mistake]:
        """The mistakes that may give the replies up to the first wrong one, the last of these. A
        mistake in what is first called later answers so far as the reference does."""
        alone = by_themselves(calls, heard)
        last = alone[-1]
        for name in last.names if last is not None else {call.request.name for call in calls}:
            told = [
                (asked, reply)
                for asked, reply in zip(alone, heard, strict=True)
                if asked is not None and name in asked.names
            ]
            # To answer a request by itself takes a quarter of the time that a replay takes.
            for mistake in self._mistakes[name]:
                if all(self._value(mistake, asked).may_be_in(reply) for asked, reply in told):
                    yield mistake

    def _value(self, mistake: Mistake, asked: Alone) -> Value:
        known = self._values.get((mistake.name, asked.digest))
        if known is None:
            known = asked.value(partial(self._find, mistake))
            _keep(self._values, (mistake.name, asked.digest), known, known.size)
        return known

    def _gives(self, candidate: Mistake, calls: Sequence[Call], heard: Sequence[Reply]) -> bool:
        """Whether the mistake gives all these replies."""
        servants = Servants(partial(self._find, candidate))
        return all(
            reply.is_like(Reply(servants.answer(call.request.content)))
            for call, reply in zip(calls, heard, strict=True)
        )

    def _find(self, candidate: Mistake | None, module: str, function: str) -> Target:
        if candidate is not None and (module, function) == (candidate.module, candidate.target):
            return Target(candidate.function)
        return Target(getattr(getattr(self._package, module), function))


def by_themselves(calls: Sequence[Call], heard: Sequence[Reply]) -> list[Alone | None]:
    """The calls' requests, where they can be answered by themselves. One that uses what an earlier
    call left can where no other call of the module, which might have changed it, lies between."""
    left: dict[str, dict[int, Left]] = defaultdict(dict)
    found = []
    for call, reply in zip(calls, heard, strict=True):
        asked = Alone.of(call.request, left[call.request.module])
        found.append(asked)
        left[call.request.module] = (
            {number: Left(asked, place) for number, place in reply.leaves()} if asked else {}
        )
    return found


def _keep(known: dict[K, V], key: K, value: V, size: int) -> None:
    if size > MAX_SHORT:
        return
    if len(known) >= MAX_KNOWN:
        known.clear()
    known[key] = value


def _digests(contents: Iterable[bytes]) -> list[bytes]:
    """A digest of all contents up to each one."""
    digest = hashlib.sha256()
    digests = []
    for content in contents:
        digest.update(len(content).to_bytes(8, "little") + content)
        digests.append(digest.digest())
    return digests


def _comparable(reply: bytes) -> Any:
    """A reply without the words that differ between equal answers."""
    try:
        content = decoded(reply)
    except WireError:
        return None
    if isinstance(content, list) and content and content[0] == "raised":
        return ["raised", content[1][0]]
    if isinstance(content, list) and len(content) == 5 and content[0] == "returned":
        return [*content[:4], bool(content[4])]
    return content
