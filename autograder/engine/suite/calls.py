"""The student's package as a hidden test sees it: calls are stated first, then asked together.

    wide = student.circles.area.call(9.0)
    sector = student.circles.sector.call(0.5, wide[1])
    for answer in ask(wide, sector): ...

`wide[1]` is an entry of a result that stays in the student's process, for a later call of the same
`ask` to use.

`f(x)` asks one call and returns its value; `f.each([(x,), (y,)])` asks several.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .answers import Answer

if TYPE_CHECKING:
    from .session import Session


class Package:
    """The `student` fixture, or a module in it: `student.module.function`. It has no names of its
    own."""

    def __init__(self, session: Session, module: str = "") -> None:
        self.__session = session
        self.__module = module

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if self.__module:
            return Function(self.__session, self.__module, name)
        return Package(self.__session, name)


@dataclass(frozen=True)
class Function:
    """A function of the student's."""

    session: Session
    module: str
    name: str
    is_watched: bool = False

    @property
    def watched(self) -> Function:
        """The same function, whose answers also tell what a call changed, shared and warned of."""
        return replace(self, is_watched=True)

    def call(self, *args: Any, **kwargs: Any) -> Call:
        """States a call. Plain data can be sent, random generators, and parts of other calls'
        results."""
        return Call(self, args, kwargs)

    def each(self, cases: Iterable[tuple[Any, ...]]) -> list[Answer]:
        """The answers to one call for each tuple of arguments, asked together."""
        return ask(*(self.call(*case) for case in cases))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the call returns. Raises `StudentFault`."""
        (answer,) = ask(self.call(*args, **kwargs))
        return answer.value


@dataclass(frozen=True, eq=False)
class Call:
    """A call that is stated and not made yet. needs: the modules of the student's that it uses
    beside its own."""

    function: Function
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    needs: tuple[str, ...] = ()
    __iter__ = None  # how many entries its result has nobody knows

    def needing(self, *modules: str) -> Call:
        """The call, for which these modules are imported as well."""
        return replace(self, needs=modules)

    def __getitem__(self, position: int) -> ResultPart:
        """Stands for this entry of the call's result, which stays in the student's process."""
        return ResultPart(self, position)


@dataclass(frozen=True, eq=False)
class ResultPart:
    """An entry of a call's result, to be used by a later call of the same `ask`."""

    call: Call
    position: int


def ask(*calls: Call, beside: Sequence[Call] = ()) -> list[Answer]:
    """Makes the calls, all together; their answers, in order.

    beside: calls that are made after them, whose faults cost nothing: after such a one, the answers
    hold it.
    Raises the `StudentFault` of the first that leaves nothing to judge: a function that is missing
    or still to do, an import that failed, a call that ended the process or did not end itself.
    """
    every = (*calls, *beside)
    return every[0].function.session.ask(calls, beside) if every else []
