"""A submission's answers beside the reference's: which aspects of them are wrong, and the mistakes
that explain these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..mistakes import Mistake
from ..suite.session import Request
from .comparison import form, free, freely_formed, same, same_exception, same_numbers
from .replay import BESIDE, FORM, SOURCE, Aspects, Response, given

Place = tuple[int, int]
"""The index of a test, and of a request in it."""


@dataclass(frozen=True)
class Named:
    """A mistake that explains an aspect of a function's answers at these places. is_part: the
    aspect is wrong elsewhere, too, where the mistake does not explain it."""

    function: str
    aspect: str
    mistake: Mistake
    places: frozenset[Place]
    is_part: bool = False


@dataclass
class Exchange:
    """What one test asked, and what the submission answered and what was right.

    mine: the aspects of the submission's answers; base: those of the reference with the mistakes
    found so far; wrong: by request, in which aspects the two differ; at_first: the same beside the
    right answers.
    """

    requests: Sequence[Request]
    responses: Sequence[Response]
    right: Sequence[Response]

    def __post_init__(self) -> None:
        pairs = zip(self.responses, self.right, strict=True)
        self.mine = [one.aspects(right) for one, right in pairs]
        self.rebase([right.aspects(right) for right in self.right])
        self.at_first = self.wrong
        self.draws = any(given(request).draws for request in self.requests)

    def needed(self, calls: Sequence[int]) -> Sequence[int]:
        """The requests that decide the answers to these calls: the calls alone, or all where one
        of them uses an object of another call or a generator."""
        passed = [given(self.requests[index]) for index in calls]
        if any(each.draws or each.uses_object for each in passed):
            return range(len(self.requests))
        return calls

    def rebase(self, base: Sequence[Aspects]) -> None:
        """Compares the submission's answers with these from now on."""
        self.base = base
        self.wrong = [
            {aspect for aspect in mine if not alike(mine, theirs, aspect)}
            for mine, theirs in zip(self.mine, base, strict=True)
        ]

    def misleads(self, function: str) -> bool:
        """Whether another function's answer came with an object and is wrong: the function may have
        been passed that object."""
        return any(
            request.name != function and response.gives_object and wrong.difference(BESIDE)
            for request, response, wrong in zip(
                self.requests, self.responses, self.at_first, strict=True
            )
        )

    def beyond_freedom(self, index: int) -> set[str]:
        """The wrong aspects of an answer that differ by more than the contract leaves free."""
        mine, theirs, request = self.mine[index], self.base[index], self.requests[index]
        return {
            aspect
            for aspect in self.wrong[index]
            if aspect in BESIDE or not freely_alike(mine, theirs, aspect, request)
        }


@dataclass
class Case:
    """All tests that call a wrong function, and the mistakes found so far."""

    exchanges: Sequence[Exchange]
    named: list[Named] = field(default_factory=list)

    def replayed(self) -> tuple[Mistake, ...]:
        """The mistakes found whose answers are the student's, not only wrong in the same way."""
        return tuple(dict.fromkeys(n.mistake for n in self.named if not n.mistake.where))


def freely_alike(mine: Aspects, theirs: Aspects, aspect: str, request: Request) -> bool:
    """Whether two answers differ in an aspect only by what the contract leaves free. Changed
    arguments are never free: a hint may speak of them."""
    if aspect not in theirs or aspect in ("exception", "changed", SOURCE):
        return False
    one, other = mine[aspect], theirs[aspect]
    if aspect == "refusal":  # what is returned instead is free
        return one.raised is None and other.raised is None
    if aspect.endswith(FORM):
        return bool(freely_formed(one) == freely_formed(other))
    return aspect in BESIDE or free(one, other, *given(request)[:2])


def alike(mine: Aspects, theirs: Aspects, aspect: str) -> bool:
    """Whether both answers agree in an aspect of the first."""
    if aspect not in theirs:
        return False
    one, other = mine[aspect], theirs[aspect]
    if aspect in BESIDE or aspect == SOURCE:
        return bool(one == other)
    if aspect.endswith(FORM):
        return bool(form(one) == form(other))
    if aspect == "exception":
        return same_exception(one, other)
    return _same_refusal(one, other) if aspect == "refusal" else same_numbers(one, other)


def _same_refusal(one: Response, other: Response) -> bool:
    """Where an exception is due, its message is free, but not its class."""
    if one.raised is None or other.raised is None:
        return one.raised is other.raised and same(one.returned, other.returned)
    return one.raised[0] == other.raised[0]
