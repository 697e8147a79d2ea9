"""What a submission answered, and what a mistake would have answered to the same requests."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from ..mistakes import Mistake, fresh_modules
from ..sandbox.worker.serve import Servant, Target
from ..sandbox.worker.wire import Decoder, GeneratorState, Handle, WireError, read_request
from ..suite.answers import decoded
from ..suite.hidden_test import Outcome
from ..suite.session import Request
from .comparison import form, freely_formed

VALUE = "value"
"""The aspect of a result that is no tuple, or a tuple of another length than the right one."""
FORM = " form"
"""Ends the name of the aspect that is the type, dtype and shape of a result, or of an entry."""
SOURCE = "source"
"""The aspect of a draw: which earlier one of the test it repeats."""
BESIDE = ("changed", "shared", "warned")
"""What a call did beside returning."""
Raised = tuple[str, str]
"""The class and the message of an exception."""
Aspects = dict[str, Any]
"""What can be wrong of an answer, each by itself."""


@dataclass(frozen=True)
class Said:
    """One answer: what was returned or raised, and the call's side effects. repeats: for a draw,
    the place of an equal one before it, or -1."""

    returned: Any = None
    raised: Raised | None = None
    beside: tuple[Any, ...] = ((), False, False)
    repeats: int | None = None

    @classmethod
    def of(cls, reply: bytes) -> Said:
        """What a reply says."""
        try:
            kind, *fields = decoded(reply)
        except (WireError, ValueError, TypeError):
            return cls(raised=("", ""))
        if kind != "returned":
            names = fields[0] if kind == "raised" else [kind]
            return cls(raised=(str(names[:1]), str(fields[1:2])))
        value, changed, shared, warned = fields
        loud = any("RuntimeWarning" in str(text) for text in warned)
        return cls(value, None, (tuple(changed), bool(shared), loud))

    @property
    def gives_object(self) -> bool:
        """Whether something opaque is among what was returned."""
        return isinstance(self.returned, tuple) and any(
            isinstance(entry, Handle) for entry in self.returned
        )

    def aspects(self, right: Said) -> Aspects:
        """What can be wrong by itself: the entries of a tuple, or the value, and the form of each;
        an exception; a refusal that is due; side effects; where draws come from."""
        if right.raised is not None:
            return {"refusal": self}
        if self.raised is not None:
            return {"exception": self.raised}
        one, other, values = self.returned, right.returned, {VALUE: self.returned}
        if type(one) is type(other) is tuple and len(one) == len(other):
            values = {str(place): entry for place, entry in enumerate(one)}
        forms = {name + FORM: Form.of(value) for name, value in values.items()}
        source = {} if self.repeats is None else {SOURCE: self.repeats}
        return {**values, **forms, **dict(zip(BESIDE, self.beside, strict=True)), **source}


@dataclass(frozen=True)
class Form:
    """What kind of thing a value is; free: but for what is free by contract."""

    exact: Any
    free: Any

    @classmethod
    def of(cls, value: Any) -> Form:
        """That of a value."""
        return cls(form(value), freely_formed(value))


@dataclass(frozen=True)
class Heard:
    """What one test heard: its requests in order, and what was answered to each."""

    requests: tuple[Request, ...]
    said: tuple[Said, ...]

    @classmethod
    def by(cls, outcome: Outcome) -> Heard:
        """What the test of an outcome heard, without the calls that the kit's own modules make."""
        pairs = [
            (request, reply)
            for batch in outcome.asked
            for request, reply in zip(batch.requests, batch.replies, strict=False)
            if isinstance(reply, bytes) and not batch.noted
        ]
        requests = tuple(request for request, _ in pairs)
        return cls(requests, tuple(_noting(requests, (Said.of(reply) for _, reply in pairs))))

    def calls(self, function: str) -> list[int]:
        """The places of the calls of a function."""
        return [place for place, r in enumerate(self.requests) if r.name == function]

    def needed(self, function: str) -> Sequence[int]:
        """The places of the calls that decide what a function answers: its own, and all others
        where one of its own uses an object or a generator."""
        own = self.calls(function)
        handed = [given(self.requests[place]) for place in own]
        if any(each.draws or each.uses_object for each in handed):
            return range(len(self.requests))
        return own


class Given(NamedTuple):
    """What a request hands over: arrays; whether a generator, whether an object of another call."""

    arrays: list[Any]
    draws: bool
    uses_object: bool


@lru_cache(maxsize=5000)
def given(request: Request) -> Given:
    """What a request hands over."""
    arrays: list[Any] = []
    generators: list[GeneratorState] = []
    objects: list[Handle] = []

    def note(state: GeneratorState) -> GeneratorState:
        generators.append(state)
        return state

    decoder = Decoder(objects.append, note, is_trusted=True)
    _, args, kwargs, *_ = decoder.decode(read_request(request.content)[2])
    for value in [*args, *kwargs.values()]:
        arrays += [value] if isinstance(value, np.ndarray) else []
        arrays += [x for x in value if isinstance(x, np.ndarray)] if type(value) is list else []
    return Given(arrays, bool(generators), bool(objects))


def finder(package: ModuleType, mistakes: Sequence[Mistake]) -> Callable[[str, str], Target]:
    """Finds the functions of the package with these mistakes in it, new ones for each finder.
    Raises `ValueError` where two mistakes replace the same text."""
    modules = fresh_modules(mistakes)

    def find(module: str, function: str) -> Target:
        return Target(getattr(modules.get(module) or getattr(package, module), function))

    return find


def replay(
    package: ModuleType, mistakes: Sequence[Mistake], requests: Sequence[Request]
) -> Iterator[Said]:
    """The answers of the package with these mistakes in it, made one by one; it keeps nothing
    afterwards. Raises `ValueError` where two mistakes replace the same text."""
    servant = Servant(finder(package, mistakes))

    def answers() -> Iterator[Said]:
        np.random.seed(0)  # some mistakes draw from the global generator
        for request in requests:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                reply = servant.answer(request.content)
            yield Said.of(reply)

    yield from _noting(requests, answers())


def _noting(requests: Sequence[Request], answers: Iterable[Said]) -> Iterator[Said]:
    """The answers; those that may be draws with what they repeat."""
    seen: dict[tuple[str, Any], int] = {}
    for place, (request, said) in enumerate(zip(requests, answers, strict=True)):
        if said.raised is None and given(request).draws:
            first = seen.setdefault((request.name, _content(said.returned)), place)
            said = replace(said, repeats=first if first < place else -1)
        yield said


def _content(value: Any) -> Any:
    """What is equal where two values hold the same numbers."""
    if isinstance(value, (list, tuple)):
        return tuple(map(_content, value))
    return (value.shape, value.tobytes()) if isinstance(value, np.ndarray) else repr(value)
