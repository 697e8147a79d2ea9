"""The student's package as the hidden suites see it: proxies of its modules and functions.

`student.circles.area(r)` sends `r` to the worker and returns the plain data that comes back;
what goes wrong on the way is a `StudentFault` with a reason that the student may read.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Any

import numpy as np

from .processes import Answering, Events, Questions, Request
from .reply import Observation, StudentFault
from .script import Batch, Call, OffScript, Script, Series, Transcript
from .worker.wire import Encoder, GeneratorState, Handle, write_request

__all__ = ["Handle", "Observation", "Student", "StudentFault"]

MAX_RECORDED = 64 * 2**20
SLOW_SERIES = 0.5
"""Seconds for a series after which a submission is asked test by test."""


@dataclass
class _Talk:
    """What a module's process was told of the running test."""

    process: Any
    fresh: bool = True
    generators: set[int] = field(default_factory=set)


class Student:
    """One submission's package. `opaque` maps "module.function" to the positions in its result that
    stay in the worker; `untouched`: the modules that are still as they were handed out."""

    def __init__(
        self,
        processes: Answering,
        opaque: Mapping[str, Sequence[int]],
        untouched: Iterable[str] = (),
    ) -> None:
        self.processes = processes
        self.untouched = frozenset(untouched)
        self._opaque = opaque
        self._told: dict[Batch, list[bytes]] = {}
        self._passed: set[str] = set()
        self._failed: set[str] = set()
        self._too_slow = False
        self.begin_test()

    def begin_test(self) -> None:
        """Forgets the last test's calls, handles and generators."""
        self.calls: list[Call] = []
        self.modules: set[str] = set()
        """The modules that the test has called, whatever came of it."""
        self.on_script = False
        """Whether every answer was one of those that were asked for in advance."""
        self._observed: list[str] = []
        """The names of the functions that the test has called, one for each call."""
        self._recorded = 0
        self._generators: dict[int, tuple[int, np.random.Generator]] = {}
        self._talks: dict[str, _Talk] = {}
        self._ahead: deque[tuple[Request, bytes | StudentFault]] = deque()
        self.processes.begin_test()

    @property
    def answered(self) -> list[Call]:
        """The calls of the test, and those asked for in advance that it did not come to."""
        ahead = [Call(asked, told) for asked, told in self._ahead if isinstance(told, bytes)]
        return [*self.calls, *ahead]

    @property
    def all_answered(self) -> bool:
        """Whether every call that was made got an answer, be it that it raised."""
        faults = any(isinstance(answer, StudentFault) for _, answer in self._ahead)
        return len(self._observed) == len(self.calls) and not faults

    @property
    def events(self) -> Events:
        """What happened so far."""
        return self.processes.events

    def close(self) -> None:
        """Ends the submission's processes."""
        self.processes.close()

    def __getattr__(self, module: str) -> Module:
        if module.startswith("_"):
            raise AttributeError(module)
        return Module(self, module)

    def ask_together(self, series: Series) -> None:
        """Asks in one go what several tests are certain to ask, of modules that share a process;
        `ask_ahead` takes the answers."""
        batch = series.as_one
        self.begin_test()
        if self._apart(batch.modules) or self._too_slow:
            return
        started = time.monotonic()
        replies: list[bytes] = []
        size = 0
        try:
            for module in batch.modules:
                process = self.processes.running(module)
            for arrived in self.processes.ask(process, batch.questions):
                size += sum(map(len, arrived))
                if size <= MAX_RECORDED:
                    replies += arrived
        except StudentFault:
            # As where the test were asked by itself: what fails among others proves little.
            self.processes.set_apart(batch.modules)
        # What is slow or floods would cost its time twice in every part.
        self._too_slow = time.monotonic() - started > SLOW_SERIES
        told = iter(replies)
        for part in series.batches:
            its = list(islice(told, len(part.calls)))
            if len(its) == len(part.calls):
                self._told[part] = its

    def learn(self, called: Collection[str], passed: bool) -> None:
        """What the test that was run last came to, and the functions that it called."""
        (self._passed if passed else self._failed).update(called, self._observed)

    def _is_proven(self, batch: Batch) -> bool:
        """Whether every test so far of the functions has passed, and there were some: they are not
        told an answer that they don't know."""
        return batch.functions <= self._passed - self._failed

    def _apart(self, modules: Collection[str]) -> bool:
        """Whether one of the modules has a process of its own."""
        return len(self.processes.sharing(modules)) < len(modules)

    def ask_ahead(self, script: Script, rounding: bool) -> bytes | None:
        """Asks what the test is known to ask, as far as the answers so far allow; the test then
        gets these answers when it calls, or with `rounding` the reference's where they are nearly
        the same. Returns the digest of the answers if all were given."""
        transcript = Transcript(rounding)
        self.on_script = True
        for batch in script:
            is_guess = not batch.is_certain
            if is_guess and not (transcript.has_references_numbers and self._is_proven(batch)):
                return None
            told = self._told.pop(batch, None)
            if told and self._counts(told, batch):
                self._take(told, batch, transcript)
                continue
            for process, part in self._by_process(batch):
                if isinstance(process, StudentFault):
                    request = part.calls[0].request  # a second one would try the same import again
                    self.modules.add(request.module)
                    self._ahead.append((request, process))
                    return None
                if not self._ask_at_once(process, part, transcript):
                    return None
        return transcript.digest()

    def _by_process(self, batch: Batch) -> Iterator[tuple[Any, Batch]]:
        """The batch in parts that one process can be asked at once; as a rule, it is one."""
        found = {module: self._process(module) for module in batch.modules}
        if len({id(process) for process in found.values()}) == 1:
            yield found[batch.modules[0]], batch
            return
        for process, calls in groupby(batch.calls, lambda call: found[call.request.module]):
            yield process, Batch(tuple(calls), batch.is_certain)

    def _process(self, module: str) -> Any:
        """The module's process, or the `StudentFault` why there is none."""
        try:
            return self.processes.running(module)
        except StudentFault as fault:
            return fault

    def _ask_at_once(self, process: Any, batch: Batch, transcript: Transcript) -> bool:
        """Asks a process and keeps its answers for the test; whether the script can go on."""
        for module in batch.modules:
            self._talks.setdefault(module, _Talk(process))
        replies = self.processes.ask(process, batch.questions)
        for call in batch.calls:
            self.modules.add(call.request.module)
            try:
                reply, *others = next(replies)
            except StudentFault as fault:
                self._ahead.append((call.request, fault))
                return False
            if others:  # all those that were hoped for
                self._take_references(batch, transcript)
                return True
            self._ahead.append((call.request, transcript.add(reply, call.reply)))
            if not (batch.is_certain or transcript.has_references_numbers):
                self._drop(replies)
                return False
        return True

    def _take_references(self, batch: Batch, transcript: Transcript) -> None:
        """Keeps the reference's answers to the batch for the test: the student's are the same."""
        self.modules.update(batch.modules)
        self._ahead += [(call.request, call.reply) for call in batch.calls]
        transcript.add_references(len(batch.calls))

    def _counts(self, told: list[bytes], batch: Batch) -> bool:
        """Whether what was told before need not be asked again: what a process told that modules
        shared proves little against one that has a process of its own by now."""
        return not self._apart(batch.modules) or told == [call.reply for call in batch.calls]

    def _take(self, told: list[bytes], batch: Batch, transcript: Transcript) -> None:
        """Keeps what was told before for the test."""
        self.modules.update(batch.modules)
        for call, reply in zip(batch.calls, told, strict=True):
            self._ahead.append((call.request, transcript.add(reply, call.reply)))

    def _drop(self, replies: Iterator[Sequence[bytes]]) -> None:
        """Forgets the answers to what the test won't ask; where they cost the process, the test
        starts again from nothing."""
        try:
            deque(replies, maxlen=0)
        except StudentFault:
            self.begin_test()

    def observe(
        self,
        module: str,
        function: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        watched: bool,
    ) -> Observation:
        """Calls a function in its module's worker. Of a call that is not watched, the value alone
        is told. Raises `StudentFault`."""
        self.modules.add(module)
        self._observed.append(f"{module}.{function}")
        if self._ahead:
            request, answer = self._ahead.popleft()
            talk = self._talks.setdefault(module, _Talk(None))
            if self._request(talk, module, function, args, kwargs, watched) != request:
                raise OffScript
        else:
            self.on_script = False
            process = self.processes.running(module)
            talk = self._talk(module, process)
            request = self._request(talk, module, function, args, kwargs, watched)
            ((answer,),) = self.processes.ask(process, Questions((request,)))
        if isinstance(answer, StudentFault):
            raise answer
        self._record(Call(request, answer))
        return self.processes.read(module, answer, request.name)

    def _talk(self, module: str, process: Any) -> _Talk:
        talk = self._talks.get(module)
        if talk is None or talk.process is not process:
            talk = self._talks[module] = _Talk(process)
        return talk

    def _record(self, call: Call) -> None:
        """Keeps the call to be replayed; of a flood of long replies not the bytes."""
        self._recorded += len(call.reply)
        self.calls.append(call if self._recorded <= MAX_RECORDED else replace(call, reply=b""))

    def _request(
        self,
        talk: _Talk,
        module: str,
        function: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        watched: bool,
    ) -> Request:
        name = f"{module}.{function}"
        opaque = list(self._opaque.get(name, ()))
        fresh, talk.fresh = talk.fresh, False
        content = [function, list(args), dict(kwargs), opaque, watched]
        generators: list[GeneratorState] = []

        def stand_in(value: Any) -> GeneratorState:
            generators.append(self._stand_in(talk, value))
            return generators[-1]

        encoded = Encoder(stand_in).encode(content)
        return Request(module, name, write_request(fresh, module, encoded), bool(generators))

    def _stand_in(self, talk: _Talk, value: Any) -> GeneratorState:
        if not isinstance(value, np.random.Generator):
            raise TypeError(f"a {type(value).__name__} can't be sent to a worker")
        number, _ = self._generators.setdefault(id(value), (len(self._generators), value))
        if number in talk.generators:
            return GeneratorState(number, None, None)
        talk.generators.add(number)
        bits = value.bit_generator
        # The seed sequence, too: a student's function may spawn generators from this one.
        seeds = bits.seed_seq.state  # type: ignore[attr-defined]
        return GeneratorState(
            number, type(bits).__name__, {"bits": dict(bits.state), "seeds": dict(seeds)}
        )


@dataclass(frozen=True)
class Module:
    """A module of the student's package."""

    _student: Student
    _name: str

    def __getattr__(self, function: str) -> Function:
        if function.startswith("_"):
            raise AttributeError(function)
        return Function(self._student, self._name, function)


@dataclass(frozen=True)
class Function:
    """A function of the student's; calling it returns its value, or raises `StudentFault`."""

    _student: Student
    _module: str
    _name: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student.observe(self._module, self._name, args, kwargs, False).value

    def observe(self, *args: Any, **kwargs: Any) -> Observation:
        """The call's value, and what it changed, shared and warned of."""
        return self._student.observe(self._module, self._name, args, kwargs, True)

    @property
    def __name__(self) -> str:
        return f"{self._module}.{self._name}"
