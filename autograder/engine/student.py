"""The student's package as the hidden suites see it: proxies of its modules and functions.

`student.activations.sigmoid(z)` sends `z` to the worker and returns the plain data that comes back;
what goes wrong on the way is a `StudentFault` with a reason that the student may read.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .sandbox import Patience, Sandbox, Worker, WorkerDied, WorkerTimeout
from .text import printable
from .worker.wire import Decoder, Encoder, GeneratorState, Handle, WireError

__all__ = ["Call", "Handle", "Observation", "Student", "StudentFault", "TimeLimits"]

MAX_STRIKES = 3
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
    submission: float = 90.0


@dataclass
class Events:
    """What happened that an instructor may want to look at."""

    timeouts: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Student:
    """One submission's package. `files` maps paths such as "gradflow/clipping.py" to contents;
    `opaque` maps "module.function" to the positions in its result that stay in the worker."""

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
        self._files = {
            path: content for path, content in files.items() if path.isprintable()
        }
        self._opaque = opaque
        self._limits = limits
        self._deadline = time.monotonic() + limits.submission
        self._worker: Worker | None = None
        self._imported: set[str] = set()
        self._dead: dict[str, StudentFault] = {}
        self._with_init = True
        self._strikes: Counter[str] = Counter()
        self.events = Events()
        self.calls: list[Call] = []
        self.begin_test()

    def begin_test(self) -> None:
        """Forgets the last test's calls, handles and generators."""
        self.calls = []
        self._fresh = True
        self._generators: dict[int, tuple[int, np.random.Generator]] = {}
        self._sent_generators: set[int] = set()

    def close(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def __getattr__(self, module: str) -> Module:
        if module.startswith("_"):
            raise AttributeError(module)
        return Module(self, module)

    def observe(
        self, module: str, function: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Observation:
        """Calls a function in the worker. Raises `StudentFault`."""
        name = f"{module}.{function}"
        if self._strikes[name] >= MAX_STRIKES:
            raise StudentFault("timeout", f"{name} was stopped {MAX_STRIKES} times before")
        self._import(module)
        request = self._encode(module, function, args, kwargs)
        reply = self._ask(request, name)
        self.calls.append(Call(module, function, request, reply))
        return self._read(reply, name)

    def _encode(
        self, module: str, function: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> bytes:
        opaque = list(self._opaque.get(f"{module}.{function}", ()))
        fresh, self._fresh = self._fresh, False
        content = [module, function, list(args), dict(kwargs), opaque]
        return bytes([fresh]) + Encoder(self._stand_in).encode(content)

    def _stand_in(self, value: Any) -> GeneratorState:
        if not isinstance(value, np.random.Generator):
            raise TypeError(f"a {type(value).__name__} can't be sent to a worker")
        number, _ = self._generators.setdefault(id(value), (len(self._generators), value))
        if number in self._sent_generators:
            return GeneratorState(number, None, None)
        self._sent_generators.add(number)
        bits = value.bit_generator
        return GeneratorState(number, type(bits).__name__, dict(bits.state))

    def _import(self, module: str) -> None:
        """Makes sure that a worker runs and has imported the module."""
        if module in self._dead:
            raise self._dead[module]
        if self._worker is not None and module in self._imported:
            return
        try:
            self._import_in_worker(module)
        except StudentFault as fault:
            if fault.kind not in ("timeout", "crash") or not self._with_init:
                self._dead[module] = fault
                raise
            # The package's __init__.py may be to blame, which no test is about.
            self._with_init = False
            self._import(module)

    def _import_in_worker(self, module: str) -> None:
        path = f"{self._package}/{module}"
        if f"{path}.py" not in self._files and f"{path}/__init__.py" not in self._files:
            raise StudentFault("missing", f"{module}.py is not in the submission")
        request = bytes([False]) + Encoder(self._stand_in).encode([module, "", [], {}, []])
        reply = self._ask(request, f"the import of {module}.py")
        self._read(reply, f"the import of {module}.py")
        self._imported.add(module)

    def _ask(self, request: bytes, name: str) -> bytes:
        worker = self._running_worker()
        try:
            return worker.ask(request, self._patience(name))
        except WorkerTimeout:
            self._strikes[name] += 1
            self._note_end(self.events.timeouts, name)
            raise StudentFault("timeout", f"{name} did not end in time and was stopped") from None
        except WorkerDied as death:
            self._note_end(self.events.crashes, name)
            how = "" if death.status is None else f" (exit status {death.status})"
            raise StudentFault("crash", f"{name} ended the Python process{how}") from None

    def _note_end(self, events: list[str], name: str) -> None:
        self._worker = None
        if name not in events:
            events.append(name)

    def _running_worker(self) -> Worker:
        if self._worker is None:
            self._imported.clear()
            self._sent_generators.clear()
            self._fresh = True
            self._worker = self._sandbox.spawn()
            self._worker.load(self._package, self._files, self._with_init)
        return self._worker

    def _patience(self, name: str) -> Patience:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise StudentFault(
                "timeout", f"the submission's {self._limits.submission:.0f} s were used up before"
            )
        # One that was stopped before gets less the next time: a loop that ends on other inputs
        # still answers, one that never ends costs little.
        share = 0.25 if self._strikes[name] else 1.0
        cpu, wall = self._limits.call_cpu * share, self._limits.call_wall * share
        return Patience(min(cpu, left), min(wall, left))

    def _read(self, reply: bytes, name: str) -> Observation:
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
                raise StudentFault("unusable", f"what {name} returned {str(text)}")
            raise WireError("not an answer")
        except (WireError, ValueError, TypeError):
            self.events.refused.append(name)
            self.close()
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
