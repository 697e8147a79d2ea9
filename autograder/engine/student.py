"""The student's package as the hidden suites see it: proxies of its modules and functions.

`student.circles.area(r)` sends `r` to the worker and returns the plain data that comes back;
what goes wrong on the way is a `StudentFault` with a reason that the student may read.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from .sandbox import BadReply, Patience, Sandbox, Worker, WorkerDied, WorkerTimeout
from .text import printable
from .worker.wire import Decoder, Encoder, GeneratorState, Handle, WireError

__all__ = ["Call", "Handle", "Observation", "Student", "StudentFault", "TimeLimits"]

MAX_STRIKES = 3
MANY_STRIKES = 12
MAX_RECORDED = 64 * 2**20
REASON_LENGTH = 300


class StudentFault(Exception):
    """The student's code gave no usable answer.

    kind: "todo", "missing", "import", "raised", "timeout", "crash" or "unusable"; raised: the names
    of the exception's class and its bases, where the student's function raised one.
    """

    def __init__(self, kind: str, reason: str, raised: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = printable(reason, REASON_LENGTH)
        self.raised = tuple(raised)


@dataclass(frozen=True)
class Observation:
    """What one call did: its value, and what it did beside returning it.

    changed: the arguments whose arrays the call altered; shared: the arguments that the result
    shares memory with; warnings: what was warned, each as "Category: message".
    """

    value: Any
    changed: tuple[str, ...]
    shared: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """One call of a test, as it crossed: to be replayed with a mistake in place."""

    module: str
    function: str
    request: bytes
    reply: bytes


@dataclass(frozen=True)
class TimeLimits:
    """Seconds: of CPU and on the clock for one call, and on the clock for a submission."""

    call_cpu: float = 4.0
    call_wall: float = 8.0
    submission: float = 75.0


@dataclass
class Events:
    """What happened that an instructor may want to look at."""

    timeouts: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass
class _Process:
    """A worker that has imported one module, and what it knows of the running test."""

    worker: Worker
    fresh: bool = True
    old: bool = False
    generators: set[int] = field(default_factory=set)

    def begin_test(self) -> None:
        self.fresh = self.old = True
        self.generators.clear()


class Student:
    """One submission's package. `files` maps paths such as "circle/areas.py" to contents;
    `opaque` maps "module.function" to the positions in its result that stay in the worker.

    Each module runs in a worker of its own: one that exits, or replaces parts of NumPy, does no
    harm to the others.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        package: str,
        files: Mapping[str, bytes],
        opaque: Mapping[str, Sequence[int]],
        limits: TimeLimits = TimeLimits(),
    ) -> None:
        self._sandbox = sandbox
        self._package = package
        self._files = {path: content for path, content in files.items() if path.isprintable()}
        self._opaque = opaque
        self._limits = limits
        self._deadline = time.monotonic() + limits.submission
        self._processes: dict[str, _Process] = {}
        self._dead: dict[str, StudentFault] = {}
        self._without_init: set[str] = set()
        self._init_is_bad = False
        self._strikes: Counter[str] = Counter()
        self._spent: dict[str, float] = defaultdict(float)
        self.events = Events()
        self.calls: list[Call] = []
        self.begin_test()

    def begin_test(self) -> None:
        """Forgets the last test's calls, handles and generators."""
        self.calls = []
        self._recorded = 0
        self.ended_old = False
        """Whether a process ended in this test that had run others before: a thread or a timer
        that one of these left behind may be to blame."""
        self._generators: dict[int, tuple[int, np.random.Generator]] = {}
        for process in self._processes.values():
            process.begin_test()

    def hurry(self, seconds: float) -> None:
        """Leaves at most so many seconds for all that is still to come."""
        self._deadline = min(self._deadline, time.monotonic() + seconds)

    def close(self) -> None:
        while self._processes:
            self._processes.popitem()[1].worker.end()

    def __getattr__(self, module: str) -> Module:
        if module.startswith("_"):
            raise AttributeError(module)
        return Module(self, module)

    def observe(
        self, module: str, function: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Observation:
        """Calls a function in its module's worker. Raises `StudentFault`."""
        name = f"{module}.{function}"
        if self._strikes[name] >= self._allowed_strikes():
            raise StudentFault("timeout", f"{name} did not end in time before and is given up")
        process = self._running(module)
        request = self._encode(process, module, function, args, kwargs)
        reply = self._ask(process, module, request, name)
        self._record(Call(module, function, request, reply))
        return self._read(module, reply, name)

    def _record(self, call: Call) -> None:
        """Keeps the call to be replayed; of a flood of long replies not the bytes."""
        self._recorded += len(call.reply)
        self.calls.append(call if self._recorded <= MAX_RECORDED else replace(call, reply=b""))

    def _encode(
        self,
        process: _Process,
        module: str,
        function: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> bytes:
        opaque = list(self._opaque.get(f"{module}.{function}", ()))
        fresh, process.fresh = process.fresh, False
        content = [module, function, list(args), dict(kwargs), opaque]
        encoder = Encoder(lambda value: self._stand_in(process, value))
        return bytes([fresh]) + encoder.encode(content)

    def _stand_in(self, process: _Process, value: Any) -> GeneratorState:
        if not isinstance(value, np.random.Generator):
            raise TypeError(f"a {type(value).__name__} can't be sent to a worker")
        number, _ = self._generators.setdefault(id(value), (len(self._generators), value))
        if number in process.generators:
            return GeneratorState(number, None, None)
        process.generators.add(number)
        bits = value.bit_generator
        # The seed sequence, too: a student's function may spawn generators from this one.
        seeds = bits.seed_seq.state  # type: ignore[attr-defined]
        return GeneratorState(
            number, type(bits).__name__, {"bits": dict(bits.state), "seeds": dict(seeds)}
        )

    def _running(self, module: str) -> _Process:
        """The module's process, which has imported it."""
        if module in self._dead:
            raise self._dead[module]
        process = self._processes.get(module)
        if process is not None and process.worker.is_astray():
            self._end(module, self.events.refused, f"{module}.py between two calls")
            process = None
        if process is not None:
            return process
        try:
            return self._started(module)
        except StudentFault as fault:
            if fault.kind not in ("timeout", "crash") or module in self._without_init:
                self._dead[module] = fault
                raise
            # The package's __init__.py may be to blame, which no test is about.
            self._without_init.add(module)
            process = self._running(module)
            self._init_is_bad = True  # without it all is well
            return process

    def _started(self, module: str) -> _Process:
        path = f"{self._package}/{module}"
        if f"{path}.py" not in self._files and f"{path}/__init__.py" not in self._files:
            raise StudentFault("missing", f"{module}.py is not in the submission")
        name = f"the import of {module}.py"
        process = self._processes[module] = _Process(self._sandbox.spawn())
        with_init = not self._init_is_bad and module not in self._without_init
        try:
            process.worker.load(self._package, self._files, with_init)
        except (OSError, WorkerTimeout):
            self._end(module, self.events.crashes, name)
            raise StudentFault("crash", f"{name} ended the Python process") from None
        reply = self._ask(process, module, self._encode(process, module, "", [], {}), name)
        try:
            self._read(module, reply, name)
        except StudentFault:
            self._end(module)
            raise
        return process

    def _ask(self, process: _Process, module: str, request: bytes, name: str) -> bytes:
        started = time.monotonic()
        try:
            return process.worker.ask(request, self._patience(module, name))
        except WorkerTimeout:
            self._strikes[name] += 1
            self._end(module, self.events.timeouts, name)
            raise StudentFault("timeout", f"{name} did not end in time and was stopped") from None
        except BadReply as problem:
            self._end(module, self.events.refused, name)
            raise StudentFault("unusable", f"{name}: {problem.reason}") from None
        except WorkerDied as death:
            self._end(module, self.events.crashes, name)
            how = "" if death.status is None else f" (exit status {death.status})"
            raise StudentFault("crash", f"{name} ended the Python process{how}") from None
        finally:
            self._spent[module] += time.monotonic() - started

    def _end(self, module: str, events: list[str] | None = None, name: str = "") -> None:
        process = self._processes.pop(module, None)
        if process is not None:
            process.worker.end()
            self.ended_old |= process.old
        if events is not None and name not in events:
            events.append(name)

    def _allowed_strikes(self) -> int:
        """How often a function may be stopped before it is given up: less often in a submission
        that hangs everywhere, so that its other functions are still heard."""
        return MAX_STRIKES if self._strikes.total() < MANY_STRIKES else 1

    def _seconds_left(self, module: str) -> float:
        """A tenth of the submission's time is each module's own, half of it is for all of them: a
        slow module leaves time for the others."""
        own = self._limits.submission / 10
        common = self._limits.submission / 2
        common -= sum(max(0.0, spent - own) for spent in self._spent.values())
        left = max(0.0, own - self._spent[module]) + max(0.0, common)
        return min(left, self._deadline - time.monotonic())

    def _patience(self, module: str, name: str) -> Patience:
        left = self._seconds_left(module)
        if left <= 0:
            raise StudentFault(
                "timeout", f"{module}.py has used up the time that there is for its tests"
            )
        # One that was stopped before gets less the next time: a loop that ends on other inputs
        # still answers, one that never ends costs little.
        total = self._strikes.total()
        share = 1.0
        if self._strikes[name] or total >= MANY_STRIKES / 2:
            share = 0.25
        if total >= MANY_STRIKES:
            share = 0.125
        cpu, wall = self._limits.call_cpu * share, self._limits.call_wall * share
        return Patience(min(cpu, left), min(wall, left))

    def _read(self, module: str, reply: bytes, name: str) -> Observation:
        try:
            content = Decoder(handle=lambda handle: handle).decode(reply)
            kind, *fields = content if isinstance(content, list) else [None]
            if kind == "returned":
                value, changed, shared, warned = fields
                return Observation(value, _texts(changed), _texts(shared), _texts(warned))
            if kind in ("raised", "unavailable"):
                raise self._fault_of_exception(kind, name, *fields)
            if kind == "unusable":
                (text,) = fields
                raise StudentFault("unusable", f"what {name} returned {text!s}")
            raise WireError("not an answer")
        except (WireError, ValueError, TypeError):
            self._end(module, self.events.refused, name)
            raise StudentFault("unusable", f"{name} sent back something unreadable") from None

    def _fault_of_exception(
        self, kind: str, name: str, raised: Any, message: Any, place: Any
    ) -> StudentFault:
        names = _texts(raised) or ("Exception",)
        said = f"{names[0]}: {message}" if message else names[0]
        said += f" ({place})" if place else ""
        if "NotImplementedError" in names:
            return StudentFault("todo", f"{name} is still to do", names)
        if names[0] == "MissingFunction":
            return StudentFault("missing", str(message))
        if kind == "unavailable":
            return StudentFault("import", f"{name} failed with {said}")
        return StudentFault("raised", f"{name} raised {said}", names)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise WireError("not a list of texts")
    return tuple(values)


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
        return self._student.observe(self._module, self._name, args, kwargs).value

    def observe(self, *args: Any, **kwargs: Any) -> Observation:
        """The call's value, and what it changed, shared and warned of."""
        return self._student.observe(self._module, self._name, args, kwargs)

    @property
    def __name__(self) -> str:
        return f"{self._module}.{self._name}"
