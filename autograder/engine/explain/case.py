"""A submission's answers beside the reference's: which aspects of them are wrong, and the mistakes
that explain these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..mistakes import Mistake
from ..suite.session import Request
from .comparison import free, same, same_exception, same_numbers
from .replay import BESIDE, FORM, SOURCE, Aspects, Heard, Said, given

Place = tuple[int, int]
"""A test, and a call in it."""


@dataclass(frozen=True)
class Named:
    """A mistake that explains an aspect of a function's answers. places: where it does; is_part:
    whether something else is still wrong with that aspect elsewhere."""

    function: str
    aspect: str
    mistake: Mistake
    places: frozenset[Place]
    is_part: bool = False


@dataclass
class Case:
    """A submission's answers, beside the reference's, and those of the reference with the mistakes
    that were found."""

    heard: list[Heard]
    right: list[list[Said]]
    base: list[list[Said]]
    named: list[Named] = field(default_factory=list)
    """The mistakes that were found."""
    _mine: dict[Place, Aspects] = field(default_factory=dict)

    def calls(self, function: str) -> Iterator[Place]:
        """The tests that call a function, and the numbers of the calls."""
        for number, heard in enumerate(self.heard):
            yield from ((number, call) for call in heard.calls(function))

    def wrong(self, number: int, call: int, beside: list[list[Said]]) -> dict[str, bool]:
        """The aspects of an answer, and whether each differs from that of these answers."""
        mine, theirs = self.aspects(number, call, beside[number][call])
        return {aspect: not alike(mine, theirs, aspect) for aspect in mine}

    def misled(self, number: int, function: str) -> bool:
        """Whether a function may have been passed an object that came with a wrong answer."""
        heard = self.heard[number]
        return any(
            aspect not in BESIDE and is_wrong
            for call, (request, said) in enumerate(zip(heard.requests, heard.said, strict=True))
            if request.name != function and said.gives_object
            for aspect, is_wrong in self.wrong(number, call, self.right).items()
        )

    def freely_wrong(self, number: int, call: int, wrong: dict[str, bool]) -> dict[str, bool]:
        """The wrong aspects whose difference goes beyond what the contract leaves free."""
        mine, theirs = self.aspects(number, call, self.base[number][call])
        request = self.heard[number].requests[call]
        return {
            aspect: is_wrong
            and (aspect in BESIDE or not freely_alike(mine, theirs, aspect, request))
            for aspect, is_wrong in wrong.items()
        }

    def aspects(self, number: int, call: int, other: Said) -> tuple[Aspects, Aspects]:
        """The aspects of an answer, and of another one to the same request."""
        right = self.right[number][call]
        if (number, call) not in self._mine:
            self._mine[number, call] = self.heard[number].said[call].aspects(right)
        return self._mine[number, call], other.aspects(right)

    def explained(self, function: str) -> set[str]:
        """The aspects of a function's answers that are explained."""
        return {n.aspect for n in self.named if n.function == function and not n.is_part}

    def replayed(self) -> list[Mistake]:
        """The mistakes that were found and give the student's answers."""
        return list(dict.fromkeys(n.mistake for n in self.named if not n.mistake.where))


def freely_alike(mine: Aspects, theirs: Aspects, aspect: str, request: Request) -> bool:
    """Whether two answers differ in an aspect only by what the contract leaves free. Changed
    arguments are never free: a hint may speak of them."""
    if aspect not in theirs or aspect in ("exception", "changed", SOURCE):
        return False
    if aspect == "refusal":  # what is returned instead is free
        return mine[aspect].raised is None and theirs[aspect].raised is None
    if aspect.endswith(FORM):
        return bool(mine[aspect].free == theirs[aspect].free)
    handed = given(request)
    return aspect in BESIDE or free(mine[aspect], theirs[aspect], handed.arrays, handed.draws)


def alike(mine: Aspects, theirs: Aspects, aspect: str) -> bool:
    """Whether both answers agree in an aspect of the first."""
    if aspect not in theirs:
        return False
    one, other = mine[aspect], theirs[aspect]
    if aspect in ("refusal", "exception"):
        return _same_refusal(one, other) if aspect == "refusal" else same_exception(one, other)
    if aspect in (*BESIDE, SOURCE) or aspect.endswith(FORM):
        return bool(one == other)
    return same_numbers(one, other)


def _same_refusal(one: Said, other: Said) -> bool:
    """Where a refusal is due its words are free, but not its class."""
    if one.raised is None or other.raised is None:
        return one.raised is other.raised and same(one.returned, other.returned)
    return one.raised[0] == other.raised[0]
