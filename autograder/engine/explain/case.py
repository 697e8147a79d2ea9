"""A submission's answers beside the reference's: which aspects of them are wrong, and the mistakes
that explain these."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..mistakes import Mistake
from ..sandbox.worker.wire import Handle
from ..suite.session import Request
from .comparison import form, free, same, same_numbers
from .replay import BESIDE, FORM, SOURCE, Aspects, Response, given

CallIndex = tuple[int, int]
"""The index of a test, and of a request in it."""


@dataclass(frozen=True)
class Named:
    """A mistake that explains an aspect of a function's answers at these places. is_part: the
    aspect is wrong elsewhere, too, where the mistake does not explain it."""

    function: str
    aspect: str
    mistake: Mistake
    places: frozenset[CallIndex]
    is_part: bool = False


@dataclass
class Exchange:
    """What one test asked, and what the submission answered and what was right.

    mine: the aspects of the submission's answers; base: those of the reference with the mistakes
    found so far; wrong: by request, in which aspects the two differ; at_first: the same beside the
    right answers.
    """

    requests: tuple[Request, ...]
    responses: Sequence[Response]
    right: Sequence[Response]

    def __post_init__(self) -> None:
        pairs = zip(self.responses, self.right, strict=True)
        self.mine = [one.aspects(right) for one, right in pairs]
        self.rebase([right.aspects(right) for right in self.right])
        self.at_first = self.wrong

    def rebase(self, base: Sequence[Aspects]) -> None:
        """Compares the submission's answers with these from now on."""
        self.base = base
        self.wrong = [
            {aspect for aspect in mine if not alike(mine, theirs, aspect)}
            for mine, theirs in zip(self.mine, base, strict=True)
        ]

    def misleads(self, function: str) -> bool:
        """Whether another function's answer came with an object, such as a cache, and is wrong: the
        function may have been passed that object."""
        answers = zip(self.requests, self.responses, self.wrong, strict=True)
        return any(
            request.name != function
            and wrong - {*BESIDE}
            and isinstance(response.returned, tuple)
            and any(isinstance(entry, Handle) for entry in response.returned)
            for request, response, wrong in answers
        )


@dataclass
class Case:
    """All tests that call a wrong function, by number, and the mistakes found so far."""

    exchanges: Mapping[int, Exchange]
    named: list[Named] = field(default_factory=list)

    def replayed(self) -> tuple[Mistake, ...]:
        """The mistakes found whose answers are the student's, not only wrong in the same way."""
        return tuple(dict.fromkeys(n.mistake for n in self.named if not n.mistake.where))


def alike(mine: Aspects, theirs: Aspects, aspect: str, request: Request | None = None) -> bool:
    """Whether both answers agree in an aspect of the first; where the request is given, up to what
    the contract leaves free. Changed arguments are never free: a hint may speak of them."""
    if aspect not in theirs:
        return False
    one, other, is_free = mine[aspect], theirs[aspect], request is not None
    if one is other:
        return True
    if aspect in BESIDE or aspect == SOURCE:
        return bool(one == other) or (is_free and aspect in ("shared", "warned"))
    if aspect.endswith(FORM):
        return bool(form(one, is_free) == form(other, is_free))
    if aspect == "exception":  # numbers and quoted names in its message may differ
        said = [(name, re.sub(r"'[^']*'|[\d.e+-]+", "#", text)) for name, text in (one, other)]
        return said[0] == said[1]
    if aspect == "refusal":  # an exception's message is free, but not its class
        classes = [each.raised and each.raised[0] for each in (one, other)]
        return classes[0] == classes[1] and (is_free or same(one.returned, other.returned))
    return same_numbers(one, other) or (request is not None and free(one, other, *given(request)))
