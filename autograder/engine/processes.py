"""The processes that a submission's modules run in, and the time that they may take.

All modules begin in one process: most submissions need no other. A test that fails there proves
little, as any module may have spoilt the process for the others. So its modules are set apart, each
in a process of its own from then on, and the test is repeated: one module that exits, or replaces
parts of NumPy, costs the others nothing. All are set apart where the one process has taken long.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from .reply import Observation, StudentFault, read_reply
from .sandbox import BadReply, Patience, Sandbox, Worker, WorkerDied, WorkerTimeout
from .worker.wire import Messages, WireError, import_request

TOGETHER = ""
"""The place of all modules that are not set apart; the others' place is their name."""
TIMES_FOR_IMPORT = 2.0
"""A module that stands alone is imported in so many times a call's seconds on the clock: an import
reads a thousand files, once."""
MAX_STRIKES = 3
MANY_STRIKES = 12
SLOW_TEST = 1.0
"""Seconds of calls in one process after which it is looked at: is a thread still at work in it?"""


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


class Request(NamedTuple):
    """A call on its way: its module, the function's name with its module's, the bytes, and whether
    it hands over a random generator."""

    module: str
    name: str
    content: bytes
    draws: bool = False


@dataclass(frozen=True)
class Questions:
    """Requests that are made at once, to one process; `hoped_for`: replies to all of them that are
    worth no look at each."""

    requests: tuple[Request, ...]
    hoped_for: Messages | None = None

    @cached_property
    def messages(self) -> Messages:
        return Messages(request.content for request in self.requests)


class Answering(Protocol):
    """What answers requests: a submission's `Processes`, or trusted functions in a rehearsal.

    `ended`: whether a process ended in this test; `ended_old`: one that had run other tests before,
    so that a thread or a timer that one of these left behind may be to blame.
    """

    events: Events
    ended: bool
    ended_old: bool

    def begin_test(self) -> None: ...
    def sharing(self, modules: Iterable[str]) -> list[str]: ...
    def set_apart(self, modules: Iterable[str]) -> None: ...
    def running(self, module: str) -> Any: ...
    def ask(self, process: Any, questions: Questions) -> Iterator[Sequence[bytes]]: ...
    def read(self, module: str, reply: bytes, name: str) -> Observation: ...
    def hurry(self, seconds: float) -> None: ...
    def close(self) -> None: ...


@dataclass
class Process:
    """A worker, the modules that it has imported, whether it ran tests before this one, and the
    seconds that it took in this one."""

    worker: Worker
    imported: set[str] = field(default_factory=set)
    old: bool = False
    seconds: float = 0.0


class Processes:
    """One submission's processes. `files` maps paths such as "circle/areas.py" to contents."""

    def __init__(
        self, sandbox: Sandbox, package: str, files: Mapping[str, bytes], limits: TimeLimits
    ) -> None:
        self._sandbox = sandbox
        self._package = package
        self._files = {path: content for path, content in files.items() if path.isprintable()}
        self._limits = limits
        self._deadline = time.monotonic() + limits.submission
        self._own = limits.submission / 10
        self._at: dict[str, Process] = {}
        self._apart: set[str] = set()
        self._all_apart = False
        self._together = 0.0
        """Seconds that the modules which share a process have taken so far."""
        self._dead: dict[str, StudentFault] = {}
        self._needs_init: set[str] = set()
        """Modules that stand alone and can't be imported without the package's __init__.py."""
        self._strikes: Counter[tuple[str, str]] = Counter()
        """How often a module's function was stopped."""
        self._spent: dict[str, float] = defaultdict(float)
        self._spent_by_function: dict[str, float] = defaultdict(float)
        self.events = Events()
        self.ended = self.ended_old = False

    def begin_test(self) -> None:
        """What runs now has run tests before; what still works though nothing is asked is ended. So
        is what all share once it has had its time: one module may have made the others slow."""
        self.ended = self.ended_old = False
        self._all_apart = self._together >= self._own
        for place, process in list(self._at.items()):
            over = place == TOGETHER and self._all_apart
            if over or (process.seconds > SLOW_TEST and not process.worker.is_idle()):
                self._at.pop(place).worker.end()
            process.old, process.seconds = True, 0.0

    def sharing(self, modules: Iterable[str]) -> list[str]:
        """Those of the modules that have no process of their own, sorted."""
        return sorted(module for module in set(modules) if not self._is_apart(module))

    def set_apart(self, modules: Iterable[str]) -> None:
        """Gives each of the modules a process of its own."""
        self._apart.update(modules)

    def hurry(self, seconds: float) -> None:
        """Leaves at most so many seconds for all that is still to come."""
        self._deadline = min(self._deadline, time.monotonic() + seconds)

    def close(self) -> None:
        """Ends them all."""
        while self._at:
            self._at.popitem()[1].worker.end()

    def running(self, module: str) -> Process:
        """The module's process, which has imported it. Raises `StudentFault`."""
        if module in self._dead:
            raise self._dead[module]
        process = self._at.get(self._place(module))
        if process is not None and process.worker.is_astray():
            self._end(module, self.events.refused, f"{module}.py between two calls")
            process = None
        if process is not None and module in process.imported:
            return process
        if self._is_apart(module):
            return self._imported_apart(module)
        return self._imported(module)

    def ask(self, process: Process, questions: Questions) -> Iterator[Sequence[bytes]]:
        """The replies, as they come: one by one, or all those hoped for. Raises `StudentFault`."""
        allowed, refusal = self._allowed(questions)
        requests = allowed.requests
        replies = process.worker.ask(
            allowed.messages,
            lambda number: self._patience(process, requests[number]),
            allowed.hoped_for,
        )
        answered = 0
        while answered < len(requests):
            awaited = requests[answered]
            arrived = self._arrived(replies, process, awaited.module, awaited.name)
            answered += len(arrived)
            yield arrived
        if refusal:
            raise StudentFault("timeout", refusal)

    def read(self, module: str, reply: bytes, name: str) -> Observation:
        """What the reply says. Raises `StudentFault`; a process whose reply is none is ended."""
        try:
            return read_reply(reply, name)
        except StudentFault as fault:
            if "MemoryError" in fault.raised:  # full of what earlier calls have kept, perhaps
                self._end(module)
            raise
        except (WireError, ValueError, TypeError):
            self._end(module, self.events.refused, name)
            raise StudentFault("unusable", f"{name} sent back something unreadable") from None

    def _is_apart(self, module: str) -> bool:
        return self._all_apart or module in self._apart

    def _place(self, module: str) -> str:
        return module if self._is_apart(module) else TOGETHER

    def _imported_apart(self, module: str) -> Process:
        """A module's failure in a process of its own is its own, and final. The package's
        __init__.py, which may import the others, comes before it only where it must."""
        try:
            return self._imported(module)
        except StudentFault as fault:
            self._end(module)
            if module in self._needs_init or fault.kind in ("timeout", "crash"):
                self._dead[module] = fault
                raise
            self._needs_init.add(module)
            return self._imported_apart(module)

    def _imported(self, module: str) -> Process:
        path = f"{self._package}/{module}"
        if f"{path}.py" not in self._files and f"{path}/__init__.py" not in self._files:
            raise StudentFault("missing", f"{module}.py is not in the submission")
        name = f"the import of {module}.py"
        process = self._at.get(self._place(module)) or self._started(module, name)
        request = Request(module, name, import_request(module))
        ((reply,),) = self.ask(process, Questions((request,)))
        self.read(module, reply, name)
        process.imported.add(module)
        process.seconds = 0.0
        return process

    def _started(self, module: str, name: str) -> Process:
        process = self._at[self._place(module)] = Process(self._sandbox.spawn())
        with_init = not self._is_apart(module) or module in self._needs_init
        try:
            process.worker.load(self._package, self._files, with_init)
        except (OSError, WorkerTimeout):
            self._end(module, self.events.crashes, name)
            raise StudentFault("crash", f"{name} ended the Python process") from None
        return process

    def _arrived(
        self, replies: Iterator[Sequence[bytes]], process: Process, module: str, name: str
    ) -> Sequence[bytes]:
        """What comes next, for which the function of that name was waited for."""
        started = time.monotonic()
        try:
            return next(replies)
        except WorkerTimeout:
            if self._is_apart(module):
                self._strikes[module, name] += 1
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
            seconds = time.monotonic() - started
            process.seconds += seconds
            if self._is_apart(module):
                self._spent[module] += seconds
                self._spent_by_function[name] += seconds
            else:
                self._together += seconds

    def _end(self, module: str, events: list[str] | None = None, name: str = "") -> None:
        process = self._at.pop(self._place(module), None)
        if process is not None:
            process.worker.end()
            self.ended = True
            self.ended_old |= process.old
        # What happened among other modules is tried again, and told if it happens again.
        if events is not None and self._is_apart(module) and name not in events:
            events.append(name)

    def _allowed(self, questions: Questions) -> tuple[Questions, str]:
        """The requests before the first that is refused, and why it is; "" where none is."""
        # As a rule, all together have not used up what each module has for itself.
        in_time = sum(self._spent.values()) < self._own and time.monotonic() < self._deadline
        if in_time and not self._strikes:
            return questions, ""
        for count, request in enumerate(questions.requests):
            if refusal := self._refusal(request.module, request.name):
                return Questions(questions.requests[:count]), refusal
        return questions, ""

    def _refusal(self, module: str, name: str) -> str:
        """Why a function is not called any more; "" where it is."""
        left = self._module_seconds(module)
        if min(left, self._deadline - time.monotonic()) <= 0:
            return f"{module}.py has used up the time that there is for its tests"
        if left <= self._spent_by_function[name]:
            return f"{name} has used up the time that there is for it"
        # One that was stopped is given up sooner in a submission that hangs everywhere, so that its
        # other functions are still heard.
        many = self._strikes.total() >= MANY_STRIKES
        if self._strikes[module, name] >= (1 if many else MAX_STRIKES):
            return f"{name} did not end in time before and is given up"
        return ""

    def _seconds_for(self, module: str, name: str) -> float:
        """What one function has used, the module's others may use, too."""
        left = self._module_seconds(module) - self._spent_by_function[name]
        return min(left, self._deadline - time.monotonic())

    def _module_seconds(self, module: str) -> float:
        """A tenth of the submission's time is each module's own, half of it is for all of them,
        less what they took in one process: a slow module leaves time for the others."""
        common = self._limits.submission / 2 - self._together
        common -= sum(max(0.0, spent - self._own) for spent in self._spent.values())
        return max(0.0, self._own - self._spent[module]) + max(0.0, common)

    def _patience(self, process: Process, request: Request) -> Patience:
        module, name = request.module, request.name
        left = max(0.0, self._seconds_for(module, name))
        if not self._is_apart(module):
            left = min(left, max(0.0, self._own - self._together))
        share = self._share(module, name)
        cpu, wall = self._limits.call_cpu * share, self._limits.call_wall * share
        if self._is_apart(module) and module not in process.imported:
            wall *= TIMES_FOR_IMPORT
        return Patience(min(cpu, left), min(wall, left))

    def _share(self, module: str, name: str) -> float:
        """The part of a call's time limit that this one gets. One that was stopped before gets
        less: a loop that ends on other inputs still answers, one that never ends costs little.
        Less, too, among other modules: what is slow there gets its full time when it is alone. A
        module in which nothing was stopped does not pay for the others."""
        if all(module != stopped for stopped, _ in self._strikes):
            return 1.0 if self._is_apart(module) else 0.25
        total = self._strikes.total()
        if total >= MANY_STRIKES:
            return 0.125
        if self._strikes[module, name] or total >= MANY_STRIKES / 2:
            return 0.25
        return 1.0
