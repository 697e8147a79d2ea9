"""Named mistakes: wrong implementations that students really write, each with a hint.

A failing test's calls are replayed with one mistake at a time in the reference's place. Where
exactly one mistake gives the student's answers, its hint is what the student needs to read.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from types import ModuleType
from typing import Any

from .assignment import Assignment
from .rounding import same_but_for_rounding
from .script import Call
from .worker.serve import Servants, Target
from .worker.wire import Decoder, WireError

MAX_CALLS = 20
"""Tests with more calls than this (whole nets) are not replayed: too many functions are in them."""

MAX_SHORT = 4096
MAX_KNOWN = 20_000
"""Replies that are kept, and the bytes that each of them may have."""

Implementation = Callable[..., Any]
_registered: list[tuple[Implementation, str, str]] = []


@dataclass(frozen=True)
class Mistake:
    """A wrong implementation of `module.target`."""

    name: str
    module: str
    target: str
    hint: str
    function: Implementation

    @property
    def source(self) -> str:
        """Its code, as a student's module would hold it."""
        return function_source(self.function) + f"\n\n{self.target} = {self.name}\n"


def mistake(target: str, *, hint: str) -> Callable[[Implementation], Implementation]:
    """Enters the decorated function in the catalogue, as a wrong `target`."""

    def register(function: Implementation) -> Implementation:
        _registered.append((function, target, hint))
        return function

    return register


def function_source(function: Implementation) -> str:
    """The function's source, without its decorators."""
    text = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(text).body[0]
    lines = text.splitlines(keepends=True)
    return "".join(lines[definition.lineno - 1 :])


def import_folder(folder: Path) -> Iterator[tuple[str, ModuleType]]:
    """Imports each module of a catalogue; with it comes the student's module that it is about:
    the name of the file, or of the folder, directly below `folder`."""
    for path in sorted(folder.rglob("*.py")):
        about = path.relative_to(folder).with_suffix("").parts[0]
        if path.name == "__init__.py" or about.startswith((".", "_")):
            continue
        name = "_catalogue_" + "_".join(path.with_suffix("").parts[-4:])
        if name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, path)
            assert spec is not None and spec.loader is not None
            sys.modules[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(sys.modules[name])
        yield about, sys.modules[name]


def load_mistakes(assignment: Assignment) -> tuple[Mistake, ...]:
    """The assignment's catalogue. Raises `ValueError` where a name stands twice."""
    assignment.reference()
    about = {module.__name__: name for name, module in import_folder(assignment.mistakes)}
    found = [
        Mistake(function.__name__, about[function.__module__], target, hint, function)
        for function, target, hint in _registered
        if function.__module__ in about
    ]
    names = [mistake.name for mistake in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"mistakes with the same name: {', '.join(sorted(twice))}")
    return tuple(found)


class Reply:
    """A reply to a call; what it says is read when it is first compared: hostile bytes take a
    while."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @cached_property
    def says(self) -> Any:
        return _decoded(self.content)


class Diagnosis:
    """Finds the one mistake that explains a failing test's calls."""

    def __init__(self, package: ModuleType, mistakes: Sequence[Mistake]) -> None:
        self._package = package
        self._mistakes = mistakes
        self._known: dict[tuple[str, bytes], Reply] = {}
        """Replies by mistake ("" for the reference) and by all that was asked so far: every
        submission of a class is asked the same."""

    def explain(self, calls: Sequence[Call]) -> Mistake | None:
        """The mistake that gives the student's replies to all these calls, if it is just one."""
        if not calls or len(calls) > MAX_CALLS:
            return None
        heard = [Reply(call.reply) for call in calls]
        asked = _digests(call.request.content for call in calls)
        wrong = self._first_difference(None, calls, heard, asked)
        if wrong is None:
            return None  # the calls are right: the failure is about something else
        # A mistake in what is first called later answers so far as the reference does.
        called = {call.request.name for call in calls[: wrong + 1]}
        found = None
        for candidate in self._mistakes:
            if f"{candidate.module}.{candidate.target}" not in called:
                continue
            if self._first_difference(candidate, calls, heard, asked) is None:
                if found is not None:
                    return None
                found = candidate
        return found

    def _first_difference(
        self,
        candidate: Mistake | None,
        calls: Sequence[Call],
        heard: Sequence[Reply],
        asked: Sequence[bytes],
    ) -> int | None:
        """The number of the first call to which the student gave another reply than the mistake,
        or than the reference."""
        name = candidate.name if candidate is not None else ""
        servants = Servants(partial(self._find, candidate))
        answered = 0
        for number, call in enumerate(calls):
            known = self._known.get((name, asked[number]))
            if known is None:
                for earlier in calls[answered:number]:  # what a reply rests on
                    servants.answer(earlier.request.content)
                reply = servants.answer(call.request.content)
                answered = number + 1
                known = Reply(reply)
                self._keep(name, asked[number], known)
            if known.content != call.reply and not same_but_for_rounding(
                heard[number].says, known.says
            ):
                return number
        return None

    def _keep(self, name: str, asked: bytes, reply: Reply) -> None:
        if len(reply.content) > MAX_SHORT:
            return
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[name, asked] = reply

    def _find(self, candidate: Mistake | None, module: str, function: str) -> Target:
        if candidate is not None and (module, function) == (candidate.module, candidate.target):
            return Target(candidate.function)
        return Target(getattr(getattr(self._package, module), function))


def _digests(contents: Iterable[bytes]) -> list[bytes]:
    """A digest of all contents up to each one."""
    digest = hashlib.sha256()
    digests = []
    for content in contents:
        digest.update(len(content).to_bytes(8, "little") + content)
        digests.append(digest.digest())
    return digests


def _decoded(reply: bytes) -> Any:
    """A reply without the words that differ between equal answers."""
    try:
        content = Decoder(handle=lambda handle: handle).decode(reply)
    except WireError:
        return None
    if isinstance(content, list) and content and content[0] == "raised":
        return ["raised", content[1][0]]
    if isinstance(content, list) and len(content) == 5 and content[0] == "returned":
        return [*content[:4], bool(content[4])]
    return content
