"""What a submission answered to a test's requests, and what a mistake answers to the same ones."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import ModuleType
from typing import Any, Self

import numpy as np

from ..mistakes import Mistake
from ..sandbox.worker.wire import Decoder, GeneratorState, WireError
from ..suite.hidden_test import Outcome
from ..suite.records import Trusted
from ..suite.session import Request

VALUE = "value"
"""The aspect of a result that is no tuple, or a tuple of another length than the right one."""
FORM = " form"
"""Ends the name of the aspect that is the type, dtype and shape of a result, or of an entry."""
SOURCE = "source"
"""The aspect of a draw: which earlier one of the test it repeats."""
BESIDE = ("changed", "shared", "warned")
"""The aspects that are side effects of a call."""
Aspects = dict[str, Any]
"""The parts of an answer that can each be right or wrong, by name."""
MAX_REPLIES = 1000
"""Replies of one submission, and of mistakes beside it, that are decoded once."""
MAX_ITEMS = 250
"""Of lists, in a reply that is compared: a right one has some fifty at most. An array that was made
a list has thousands, and to compare them with each mistake would take minutes."""


@dataclass(frozen=True)
class Response:
    """The answer to one request: what was returned or raised (the class and the message), and the
    side effects. repeats: for a draw, the index of an equal one before it, or -1."""

    returned: Any = None
    raised: tuple[str, str] | None = None
    beside: tuple[Any, ...] = ((), False, False)
    repeats: int | None = None

    @classmethod
    @lru_cache(MAX_REPLIES)
    def of(cls, reply: bytes) -> Self:
        """Decodes a reply; an unreadable one, or one of too many items, counts as an exception
        without a name."""
        try:
            kind, *fields = Decoder(most_items=MAX_ITEMS).decode(reply)
        except (WireError, ValueError, TypeError):
            return cls(raised=("", ""))
        if kind != "returned":
            names = fields[0] if kind == "raised" else [kind]
            return cls(raised=(str(*names[:1]), str(*fields[1:2])))
        value, changed, shared, warned = fields
        loud = any("RuntimeWarning" in str(text) for text in warned)
        return cls(value, None, (tuple(changed), bool(shared), loud))

    def aspects(self, right: Self) -> Aspects:
        """The parts of this answer that are compared, where the right answer is `right`: "refusal"
        alone where an exception is due, "exception" alone where one was raised; else the entries of
        a tuple or the value, their forms, the side effects and the source of draws."""
        if right.raised is not None:
            return {"refusal": self}
        if self.raised is not None:
            return {"exception": self.raised}
        one, other, values = self.returned, right.returned, {VALUE: self.returned}
        if type(one) is type(other) is tuple and len(one) == len(other):
            values = {str(index): entry for index, entry in enumerate(one)}
        forms = {name + FORM: value for name, value in values.items()}
        source = {} if self.repeats is None else {SOURCE: self.repeats}
        return {**values, **forms, **dict(zip(BESIDE, self.beside, strict=True)), **source}


@lru_cache(maxsize=5000)
def given(request: Request) -> tuple[list[Any], bool]:
    """What a request passes: the arrays, and whether a generator, from which it draws."""
    arrays: list[Any] = []
    generators: list[GeneratorState] = []
    decoder = Decoder(lambda handle: handle, generators.append, is_trusted=True)
    _, _, args, kwargs, *_ = decoder.decode(request.content[1:])
    for value in [*args, *kwargs.values()]:
        entries = value if type(value) is list else [value]
        arrays += [entry for entry in entries if isinstance(entry, np.ndarray)]
    return arrays, bool(generators)


def answered(outcome: Outcome) -> tuple[tuple[Request, ...], list[Response]]:
    """What a test asked and what was answered, without the calls that the kit's own modules
    make."""
    pairs = [
        (request, reply)
        for batch in outcome.asked
        for request, reply in zip(batch.requests, batch.replies, strict=False)
        if isinstance(reply, bytes) and not batch.noted
    ]
    requests = tuple(request for request, _ in pairs)
    return requests, [*_with_sources(requests, [reply for _, reply in pairs])]


def replay(
    package: ModuleType, mistakes: Sequence[Mistake], requests: Sequence[Request]
) -> Iterator[Response]:
    """Yields the answers of the package with these mistakes in it, each computed when it is asked
    for."""
    responder = Trusted(package, mistakes).responder
    np.random.seed(0)  # some mistakes draw from the global generator
    return _with_sources(requests, (responder.answer(request.content) for request in requests))


def _with_sources(requests: Sequence[Request], replies: Iterable[bytes]) -> Iterator[Response]:
    """The answers; where a generator was passed, with the index of an equal one before it."""
    seen: dict[tuple[str, bytes], int] = {}
    for index, (request, reply) in enumerate(zip(requests, replies, strict=True)):
        response, (_, draws) = Response.of(reply), given(request)
        if draws and response.raised is None and _varies(response.returned):
            first = seen.setdefault((request.name, reply), index)
            response = replace(response, repeats=first if first < index else -1)
        yield response


def _varies(value: Any) -> bool:
    """Whether each array in it holds more than two numbers: others are no draws. The first few
    tell; to sort all of them takes long."""
    arrays = value if isinstance(value, tuple) else [value]
    return all(
        any(np.unique(some).size > 2 for some in (each.ravel()[:10], each))
        for each in arrays
        if isinstance(each, np.ndarray)
    )
