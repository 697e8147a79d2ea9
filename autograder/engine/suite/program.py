"""One submission as one program: a process for each part, one after another.

What a submission is asked, where and in which order depends on the kit and the seed alone. A module
is imported when the first test of a part needs it. A call that does not end, or that ends the
process, costs the test that made it; the next one gets a new process. An import that failed is
never tried again.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from ..assignment import Assignment
from ..sandbox.process import OutOfTime, Process, ProcessEnded, TimeAllowed
from ..sandbox.sandbox import Sandbox
from ..sandbox.worker import limits
from ..sandbox.worker.wire import LATER, Decoder, Encoder, WireError
from .answers import Answer, StudentFault, exception_fault, read_reply
from .session import Reply, Request

RAISED = b"\xa6raised"
"""What follows the first byte of a reply that tells of an exception."""
TOO_MUCH = "all answers together are too large"


@dataclass(frozen=True)
class TimeLimits:
    """Seconds: of CPU and on the clock for one call, and on the clock for a submission."""

    call_cpu: float = limits.CALL_CPU
    call_wall: float = limits.CALL_WALL
    submission: float = limits.SUBMISSION


@dataclass
class Events:
    """What happened that an instructor may want to look at: how often, and where."""

    timeouts: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


class Program:
    """A submission of these files while it is graded. `begin` comes before the first request of
    each part."""

    def __init__(
        self,
        sandbox: Sandbox,
        assignment: Assignment,
        files: Mapping[str, bytes],
        times: TimeLimits,
    ) -> None:
        self._sandbox = sandbox
        self._assignment = assignment
        self._files = {path: text for path, text in files.items() if path.isprintable()}
        self._times = times
        self._process: Process | None = None
        self._imported: set[str] = set()
        self._failed: dict[str, StudentFault] = {}  # modules whose import failed
        plain = assignment.plain_init
        # Whether `__init__.py` works, once that is known.
        is_plain = files.get(f"{assignment.package}/__init__.py", plain) == plain
        self._with_init = True if is_plain else None
        self._left = times.submission  # seconds
        self._kept = 0.0  # those of them that this part may not use
        self._bytes_left = float(limits.REPLIES)
        self._bytes_kept = 0.0
        self.reading_left = limits.READING
        self._stops = 0  # of functions in this part
        self.events = Events()
        self.noted: list[str] = []

    def begin(self, parts_to_come: int) -> None:
        """Ends the last part's process; the next request starts that of a new part. Some time is
        kept for each part to come, and some room for its replies."""
        self.end()
        kept = parts_to_come * limits.PART
        self._kept = kept * self._times.submission
        self._bytes_kept = kept * limits.REPLIES
        self._stops = 0

    def limit(self, seconds: float) -> None:
        """From now on all requests together take no more than this."""
        self._kept = max(self._kept, self._left - seconds)

    def end(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.end()
        self._process = None
        self._imported = set()

    def ask(self, requests: Sequence[Request]) -> list[Reply]:
        """The replies to requests that are made together, up to the first fault."""
        self.noted = []
        if self._process is not None and self._process.is_astray():
            self.events.refused["a process between two calls"] += 1
            self.end()
        try:
            for module in dict.fromkeys(m for request in requests for m in request.modules):
                self._import(module)
            if self._left <= self._kept:
                raise StudentFault("timeout", "the time that there is for this part was used up")
            if self._bytes_left < self._bytes_kept:
                raise StudentFault("timeout", TOO_MUCH)
        except StudentFault as fault:
            return [fault]
        # What is asked before a function that is called no more has its replies.
        stopped = self.events.timeouts
        made = [*takewhile(lambda request: stopped[request.name] < limits.STOPS, requests)]
        # A net of the kit's tells all of one call before anything of the next is there to be seen.
        is_net = requests[0].modules[-1] in self._assignment.supplied_modules
        replies: list[Reply] = []
        for some in [[request] for request in made] if is_net else [made]:
            if self._process is not None:
                replies += self._replies(some)
        if len(replies) == len(made) < len(requests):
            given_up = f"{requests[len(made)].name} did not end in time before and is given up"
            replies.append(StudentFault("timeout", given_up))
        return replies

    def read(self, reply: bytes, name: str, earlier: Sequence[Answer] = ()) -> Answer:
        """The answer in a reply. What dear ones cost the grader is limited; others are read however
        many there are, since in a class right ones need not be read at all."""
        is_used_up = self.reading_left <= 0
        decoder = Decoder(most_cost=limits.READ_FREELY if is_used_up else limits.READING)
        try:
            return read_reply(reply, name, earlier, decoder)
        except ValueError:
            self.events.refused[name] += 1
            said = "answers that take too long to be read" if is_used_up else "something unreadable"
            return Answer(fault=StudentFault("unusable", f"{name} sent back {said}"))
        finally:
            self.reading_left -= max(0, decoder.cost - limits.READ_FREELY)

    def _import(self, module: str) -> None:
        if module in self._failed:
            raise self._failed[module]
        path = f"{self._assignment.package}/{module}"
        if not {f"{path}.py", f"{path}/__init__.py"} & self._files.keys():
            raise StudentFault("missing", f"{module}.py is not in the submission")
        if self._process is None:
            self._start()
            self._import(module)
        elif module not in self._imported:
            self._imported.add(module)
            if fault := self._fault_of_import(module):
                self._failed[module] = fault
                raise fault

    def _start(self) -> None:
        """Starts a process. Whether the package's `__init__.py` works is found out before the first
        one, in a process of its own: what it imports there is imported once more whether it works
        or not. If it doesn't, it is left out everywhere."""
        if self._with_init is None:
            self._spawn(with_init=True)
            self._with_init = self._fault_of_import("") is None
            self.end()
        self._spawn(self._with_init)

    def _spawn(self, with_init: bool) -> None:
        """Starts a process with the files."""
        package, supplied = self._assignment.package, self._assignment.supplied_modules
        self._process = self._sandbox.spawn()
        self._process.load(package, self._files, with_init, supplied)

    def _fault_of_import(self, module: str) -> StudentFault | None:
        """Imports a module, or with an empty name the package; why that failed, or None. Other
        modules that were imported with it, and failed, are remembered."""
        name = f"the import of {module or '__init__'}.py"
        process = self._process
        assert process is not None
        only_import = LATER + Encoder().encode([module, "", [], {}, [], False])
        (reply,) = self._replies([Request((), name, only_import)])
        if isinstance(reply, StudentFault):
            self._failed.setdefault(_places(process.notes)[-1], reply)
            fault: StudentFault | None = reply
        else:
            fault = self.read(reply, name).fault
        for note in process.notes:
            with contextlib.suppress(ValueError, TypeError):  # a note that says nothing
                kind, inner, *said = note
                if kind == "failed":
                    told = exception_fault("unavailable", f"the import of {inner}.py", *said)
                    self._failed.setdefault(inner, told)
        return fault

    def _replies(self, requests: Sequence[Request]) -> list[Reply]:
        """The replies of the process; where it does not give all of them, it is ended, and the
        fault stands last."""
        process = self._process
        assert process is not None
        replies: list[Reply] = []
        is_full = False
        end = time.monotonic() + self._left - self._kept
        try:
            for reply in process.ask([r.content for r in requests], lambda: self._allowed(end)):
                self._bytes_left -= len(reply)
                if self._bytes_left < self._bytes_kept:
                    raise WireError(TOO_MUCH)
                replies.append(reply)
                is_full |= reply[1:8] == RAISED and b"MemoryError" in reply
                if time.monotonic() >= end and len(replies) < len(requests):
                    raise OutOfTime
            if is_full:
                self.end()  # of what earlier calls have kept, perhaps
            return replies
        except OutOfTime:
            name = self._place(process, requests[len(replies)])
            self._stops += 1
            self.events.timeouts[name] += 1
            fault = StudentFault("timeout", f"{name} did not end in time and was stopped")
        except WireError as problem:
            name = requests[len(replies)].name
            self.events.refused[name] += 1
            fault = StudentFault("unusable", f"{name}: {problem}")
        except ProcessEnded as death:
            name = self._place(process, requests[len(replies)])
            self.events.crashes[name] += 1
            how = "" if death.status is None else f" (exit status {death.status})"
            fault = StudentFault("crash", f"{name} ended the Python process{how}")
        finally:
            self.noted += [place for place in _places(process.notes) if "." in place]
            self._left = self._kept + end - time.monotonic()
        self.end()
        return [*replies, fault]

    def _place(self, process: Process, request: Request) -> str:
        """What ran last: the request's function, or the student's that one of the kit's called."""
        is_net = request.name.partition(".")[0] in self._assignment.supplied_modules
        return (is_net and _places(process.notes)[-1]) or request.name

    def _allowed(self, end: float) -> TimeAllowed:
        """How long a call may take: less where others of its part were stopped, so that loops
        leave time for what comes after them. end: of the part's time, on the clock."""
        share = max(limits.LEAST_SHARE, 1 / (1 + self._stops))
        wall = max(self._times.call_wall * share, limits.LEAST_WALL)
        left = max(0.0, end - time.monotonic())
        return TimeAllowed(min(self._times.call_cpu * share, left), min(wall, left))


def _places(notes: Sequence[list[Any]]) -> list[str]:
    """Where the process said that it was; "" at first."""
    at = [note[1] for note in notes if len(note) == 2 and note[0] == "at"]
    return ["", *(place[:80] for place in at if isinstance(place, str))]
