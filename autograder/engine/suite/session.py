"""What one test asks of one program: its calls become requests, the replies become answers."""

import inspect
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
from _pytest.outcomes import OutcomeException

from ..sandbox.worker.wire import FIRST, LATER, Encoder, GeneratorState, Handle
from .answers import Answer, StudentFault
from .calls import Call, ResultPart
from .check import describe


class Request(NamedTuple):
    """A call as it crosses: the modules that it needs, the function's name with its module's, and
    the bytes."""

    modules: tuple[str, ...]
    name: str
    content: bytes


Reply = bytes | StudentFault
SHOWN = 120
"""Characters of the arguments in a reason."""
FEW = 3
"""Entries that are shown."""


class Answering(Protocol):
    """What replies to requests: a submission's `Program`, or the reference.

    `ask` ends with the first fault, so that there may be fewer replies than requests. `noted`: the
    functions that the kit's own modules called for it, in order. `read` makes an answer of a reply
    to a call of `name`, which may use the answers to earlier ones.
    """

    noted: list[str]

    def ask(self, requests: Sequence[Request]) -> list[Reply]: ...
    def read(self, reply: bytes, name: str, earlier: Sequence[Answer]) -> Answer: ...


class AuthorError(Exception):
    """The test itself is at fault; the message says how."""


class Asked(OutcomeException):
    """The test has asked, and is not to look at the answers yet. For pytest, and for a test that
    catches exceptions, it is a test's own end."""


@dataclass(frozen=True)
class Batch:
    """Calls that were asked together, the replies, and the functions that were called for them by
    the kit's own modules."""

    requests: tuple[Request, ...]
    replies: list[Reply]
    noted: tuple[str, ...] = ()

    @classmethod
    def asked(cls, program: Answering, requests: tuple[Request, ...]) -> Self:
        """Makes the requests."""
        replies = program.ask(requests)
        return cls(requests, replies, tuple(dict.fromkeys(program.noted)))


@dataclass
class Session:
    """What one test asks of one program.

    What its calls leave in the student's process goes when it asks again. reference: whose
    arguments' names are told; known: its first batches, where they were asked before: they are not
    asked again; only_asks: whether it ends as soon as it has asked; asked: the batches it has come
    to.
    """

    program: Answering
    opaque: Mapping[str, Sequence[int]]
    reference: ModuleType
    known: Sequence[Batch] = ()
    only_asks: bool = False
    asked: list[Batch] = field(default_factory=list)
    _numbers: dict[Call, int] = field(default_factory=dict)
    _generators: list[np.random.Generator] = field(default_factory=list)
    _moved: int = 0  # so many of the generators were passed in an earlier `ask`

    def __post_init__(self) -> None:
        self._encoder = Encoder(self._stand_in)

    def ask(self, calls: Sequence[Call], beside: Sequence[Call] = ()) -> list[Answer]:
        """See `calls.ask`."""
        if self.only_asks and self.asked:  # in a `finally`, or as a fixture ends
            raise Asked
        self._moved = len(self._generators)
        self._numbers.clear()
        batch = self._batch(tuple(self._request(*each) for each in enumerate((*calls, *beside))))
        self.asked.append(batch)
        if self.only_asks:
            raise Asked
        answers: list[Answer] = []
        every = zip((*calls, *beside), batch.requests, batch.replies, strict=False)
        for call, request, reply in every:
            answer = self._read(call, request, reply, answers)
            if answer.fault is not None and answer.fault.ends_test and len(answers) < len(calls):
                raise answer.fault
            answers.append(answer)
        missing = len(batch.requests) - len(answers)  # after a fault nothing was asked
        if missing > len(beside) and answers[-1].fault is not None:
            raise answers[-1].fault
        return answers + answers[-1:] * missing

    def _batch(self, requests: tuple[Request, ...]) -> Batch:
        if len(self.asked) >= len(self.known):
            return Batch.asked(self.program, requests)
        batch = self.known[len(self.asked)]
        if batch.requests != requests:
            raise AuthorError("the test asks something else each time that it runs")
        return batch

    def _request(self, number: int, call: Call) -> Request:
        function, self._numbers[call] = call.function, number
        name = f"{function.module}.{function.name}"
        passed = [function.module, function.name, list(call.args), call.kwargs]
        how = [list(self.opaque.get(name, ())), function.is_watched]
        request = (LATER if number else FIRST) + self._encoder.encode(passed + how)
        return Request((*call.needs, function.module), name, request)

    def _stand_in(self, value: Any) -> Handle | GeneratorState:
        if isinstance(value, ResultPart) and value.call in self._numbers:
            return Handle(self._numbers[value.call], value.position)
        if isinstance(value, ResultPart):
            raise AuthorError("a call uses a part of one that is not asked before it, in one `ask`")
        if not isinstance(value, np.random.Generator):
            raise AuthorError(f"{describe(value)} can't be sent to a student's function")
        for number, known in enumerate(self._generators):
            if known is value and number < self._moved:
                raise AuthorError("a generator that an earlier `ask` has moved: pass a new one")
            if known is value:  # its state is over there, moved on by the calls before
                return GeneratorState(number, None)
        self._generators.append(value)
        bits = value.bit_generator
        # The seed sequence, too: a student's function may spawn generators from this one.
        seeds = bits.seed_seq.state  # type: ignore[attr-defined]
        state = {"bits": dict(bits.state), "seeds": dict(seeds)}
        return GeneratorState(len(self._generators) - 1, state)

    def _read(
        self, call: Call, request: Request, reply: Reply, earlier: Sequence[Answer]
    ) -> Answer:
        if isinstance(reply, StudentFault):
            return Answer(fault=reply)
        answer = self.program.read(reply, request.name, earlier)
        if answer.fault is not None:
            return Answer(fault=_with_arguments(answer.fault, request.name, call))
        if not answer.changed and not answer.shared:
            return answer
        named = partial(self._by_name, request.name)
        changed, shared = tuple(map(named, answer.changed)), tuple(map(named, answer.shared))
        return replace(answer, changed=changed, shared=shared)

    def _by_name(self, function: str, path: str) -> str:
        """The path of an argument, by its name where it stands by position."""
        right = operator.attrgetter(function)(self.reference)
        names = {str(number): p for number, p in enumerate(inspect.signature(right).parameters, 1)}
        position = r"(?<=^argument )\d+(?!.* of an earlier call$)"
        return re.sub(position, lambda found: names.get(found[0], found[0]), path)


def _with_arguments(fault: StudentFault, function: str, call: Call) -> StudentFault:
    """The fault; where the function raised an exception, with what it was called with."""
    if not fault.reason.startswith(f"{function} raised "):
        return fault
    named = (f"{name}={_brief(value)}" for name, value in call.kwargs.items())
    arguments = ", ".join([*map(_brief, call.args), *named])
    shown = arguments if len(arguments) <= SHOWN else f"{arguments[: SHOWN - 1]}…"
    reason = f"{function}({shown}){fault.reason.removeprefix(function)}"
    return StudentFault(fault.kind, reason, fault.raised)


def _brief(value: Any) -> str:
    """An argument in a few words: small ones as they are; whether numbers are extreme."""
    if isinstance(value, np.ndarray) and not 0 < value.size <= FEW:
        largest = np.max(np.abs(value), initial=0.0)
        is_ordinary = largest == 0 or 1e-3 < largest < 1e3
        return f"{value.shape}-array{'' if is_ordinary else f' up to {largest:.0e}'}"
    if isinstance(value, (list, tuple)):
        inside = ", ".join([*map(_brief, value[:FEW]), *["…"] * (len(value) > FEW)])
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    if isinstance(value, np.random.Generator):
        return "rng"
    if isinstance(value, (dict, ResultPart)):
        return "{…}" if isinstance(value, dict) else "…"
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    return _brief(value.tolist()) if isinstance(value, np.ndarray) else repr(value)
