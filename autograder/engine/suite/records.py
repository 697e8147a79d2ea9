"""What each test asks and what the reference replies, kept for one kit and seed.

Where a submission's replies to a test that asks once are to the byte the reference's, so is what
comes of them: the test need not be run. That is the only shortcut, and one submission alone needs
none of it.
"""

import contextlib
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Generic, TypeVar

from ..assignment import Assignment
from ..mistakes import Mistake, fresh_modules
from ..sandbox.worker.serve import Responder, Target
from .answers import Answer, read_reply
from .session import Answering, Asked, Batch, Reply, Request, Session

T = TypeVar("T")
Ask = Callable[[Session], T]
"""Asks by a session; what comes of the answers: a test's verdict, a figure's curves."""
Record = tuple[T, Sequence[Batch]]
"""What comes of asking, and what was asked."""


class Trusted:
    """Replies with a package's functions in this process, these mistakes in them. supplied: the
    kit's own modules, which note what they call."""

    def __init__(
        self,
        package: ModuleType,
        mistakes: Sequence[Mistake] = (),
        supplied: Sequence[ModuleType] = (),
    ) -> None:
        self._package = package
        self._edited = fresh_modules(mistakes)
        self.responder = Responder(self._find, package.__path__[0])
        self.noted: list[str] = []
        for module in supplied:
            vars(module)["note"] = self.noted.append

    def ask(self, requests: Sequence[Request]) -> list[Reply]:
        self.noted.clear()
        return [self.responder.answer(request.content) for request in requests]

    def read(self, reply: bytes, name: str, earlier: Sequence[Answer]) -> Answer:
        return read_reply(reply, name, earlier)

    def _find(self, module: str, function: str) -> Target:
        return Target(getattr(self._edited.get(module) or getattr(self._package, module), function))


class Records(Generic[T]):
    """Records by name, each made when it is first needed.

    are_kept: if false, none are made: the reference is never asked, and every test runs in full.
    """

    def __init__(self, assignment: Assignment, are_kept: bool = True) -> None:
        self.are_kept = are_kept
        self._reference = assignment.reference()
        self._supplied = [getattr(self._reference, m) for m in assignment.supplied_modules]
        self._opaque = assignment.opaque
        self._records: dict[str, Record[T]] = {}

    def kept(self, name: str, ask: Ask[T]) -> Record[T] | None:
        """The record of this name, if any are kept."""
        if self.are_kept and name not in self._records:
            trusted = Trusted(self._reference, supplied=self._supplied)
            self._records[name] = self._result(ask, trusted)
        return self._records.get(name)

    def run(self, name: str, ask: Ask[T], program: Answering) -> Callable[[], Record[T]]:
        """Asks the program what is asked first. What is returned asks the rest, if there is any,
        and tells what comes of it: as the reference's record says, where there is one.

        The answers are looked at only then. Whatever they are, what others ask can follow at once:
        the time until then tells no program that it was wrong.
        """
        record = self.kept(name, ask)
        if record is not None:
            known = [Batch.asked(program, batch.requests) for batch in record[1][:1]]
        else:
            session = Session(program, self._opaque, self._reference, only_asks=True)
            with contextlib.suppress(Asked):
                ask(session)
            known = session.asked

        def judged() -> Record[T]:
            if record is not None and known == record[1]:
                return record[0], known
            return self._result(ask, program, known)

        return judged

    def _result(self, ask: Ask[T], program: Answering, known: Sequence[Batch] = ()) -> Record[T]:
        session = Session(program, self._opaque, self._reference, known)
        return ask(session), session.asked
