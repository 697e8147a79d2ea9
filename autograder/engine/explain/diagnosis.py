"""Which mistake explains what a function answered: it is looked for over all calls of all tests.

Each aspect of a function's answers (the entries of a tuple, warnings, what was changed, exceptions)
is explained by itself, so that two slips in one function are both found. A mistake explains an
aspect if it gives the student's answers wherever they are wrong, and contradicts none that is
right. Where two do, neither is named: silence is better than a wrong hint.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import ModuleType

from ..mistakes import Mistake
from ..suite.hidden_test import EXPLAINED, Explanation, Outcome
from ..suite.session import Request
from .comparison import free, same, same_exception
from .replay import BESIDE, Aspects, Heard, Said, given, replay


@dataclass
class Case:
    """A submission's answers, beside the reference's, and those of the reference with the mistakes
    that were found."""

    heard: list[Heard]
    right: list[list[Said]]
    base: list[list[Said]]
    named: dict[tuple[str, str], Mistake] = field(default_factory=dict)
    """The mistakes that were found, by function and aspect."""

    def calls(self, function: str) -> Iterator[tuple[int, int]]:
        """The tests that call a function, and the numbers of the calls."""
        for number, heard in enumerate(self.heard):
            yield from ((number, call) for call in heard.calls(function))

    def wrong(self, number: int, call: int, beside: list[list[Said]]) -> dict[str, bool]:
        """The aspects of an answer, and whether each is another than that of these answers."""
        mine, theirs = self.aspects(number, call, beside[number][call])
        return {aspect: not _alike(mine, theirs, aspect) for aspect in mine}

    def freely_wrong(self, number: int, call: int, wrong: dict[str, bool]) -> dict[str, bool]:
        """Of the aspects that are wrong, those that are more than what is free by contract."""
        mine, theirs = self.aspects(number, call, self.base[number][call])
        request = self.heard[number].requests[call]
        return {
            aspect: is_wrong
            and (aspect in BESIDE or not _freely_alike(mine, theirs, aspect, request))
            for aspect, is_wrong in wrong.items()
        }

    def aspects(self, number: int, call: int, other: Said) -> tuple[Aspects, Aspects]:
        """The aspects of an answer, and of another one to the same request."""
        right = self.right[number][call]
        return self.heard[number].said[call].aspects(right), other.aspects(right)

    def explained(self, function: str) -> set[str]:
        """The aspects of a function's answers that are explained."""
        return {aspect for name, aspect in self.named if name == function}


@dataclass(frozen=True)
class Look:
    """What is looked for: what explains these wrong aspects of a function's answers, and leaves the
    right ones as they are; strictly, or but for what is free. table: by test and call, which
    aspects are wrong."""

    function: str
    wrong: set[str]
    right: set[str]
    table: dict[tuple[int, int], dict[str, bool]]
    is_free: bool

    @cached_property
    def tests(self) -> list[int]:
        """The tests that call the function, those first in which most aspects are wrong."""
        seen: dict[int, set[str]] = defaultdict(set)
        for (number, _), answer in self.table.items():
            seen[number].update(a for a, is_wrong in answer.items() if is_wrong)
        return sorted(seen, key=lambda number: (-len(seen[number] & self.wrong), number))


class Diagnosis:
    """Finds the mistakes in a submission's functions."""

    def __init__(self, package: ModuleType, mistakes: Sequence[Mistake]) -> None:
        self._package = package
        self._mistakes: dict[str, list[Mistake]] = defaultdict(list)
        for mistake in mistakes:
            if mistake.hint:
                self._mistakes[f"{mistake.module}.{mistake.target}"].append(mistake)

    def explained(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes, with an explanation where one is found."""
        wrong = [outcome for outcome in outcomes if outcome.kind in EXPLAINED]
        # In the order of their calls: a later function may be called with an earlier one's result.
        functions = dict.fromkeys(r.name for o in wrong for b in o.asked for r in b.requests)
        about = [outcome for outcome in outcomes if functions.keys() & set(outcome.called)]
        heard = [Heard.by(outcome) for outcome in about]
        right = [list(replay(self._package, [], one.requests)) for one in heard]
        case = Case(heard, right, list(right))
        for function in functions:
            if self._name(case, function):
                self._follow(case, function)
        told = {
            outcome.test.id: replace(outcome, explanation=_told(case, number))
            for number, outcome in enumerate(about)
            if outcome.kind in EXPLAINED
        }
        explained = [told.get(outcome.test.id, outcome) for outcome in outcomes]
        return [_of_a_net(outcome, explained) for outcome in explained]

    def _name(self, case: Case, function: str) -> bool:
        """Finds the mistakes in a function, strictly, then but for what is free by contract;
        whether there are any."""
        table = {
            (number, call): case.wrong(number, call, case.base)
            for number, call in case.calls(function)
        }
        aspects = set().union(*table.values())
        right = aspects - _wrong(table)
        for is_free in (False, True):
            if is_free:  # what is wrong by nothing but what is free, no mistake has to explain
                table = {place: case.freely_wrong(*place, wrong) for place, wrong in table.items()}
            look = Look(function, _wrong(table) - case.explained(function), right, table, is_free)
            found = {
                mistake: explained
                for mistake in (self._mistakes[function] if look.wrong else [])
                if (explained := self._explains(case, mistake, look))
            }
            # One that explains more is more likely than several that explain a part each.
            while found:
                most = max(map(len, found.values()))
                best = next(m for m, explained in found.items() if len(explained) == most)
                rivals = [e for e in found.values() if len(e) == most and e & found[best]]
                if len(rivals) == 1:
                    case.named |= {(function, aspect): best for aspect in found[best]}
                taken = set().union(*rivals)
                found = {m: rest for m, e in found.items() if (rest := e - taken)}
        return bool(case.explained(function))

    def _explains(self, case: Case, mistake: Mistake, look: Look) -> set[str]:
        """The aspects that the mistake explains; none where it contradicts a right one."""
        left, seen = set(look.wrong), set[str]()
        others = [m for (name, _), m in case.named.items() if name != look.function]
        for number in look.tests:  # most are ruled out by the first
            heard = case.heard[number]
            made = self._made([mistake, *dict.fromkeys(others)], heard)
            for call, (request, instead) in enumerate(zip(heard.requests, made, strict=True)):
                if request.name != look.function:
                    continue
                mine, theirs = case.aspects(number, call, instead)
                for aspect, is_wrong in look.table[number, call].items():
                    if aspect not in left and aspect not in look.right:
                        continue
                    is_free = look.is_free and not (is_wrong and aspect in BESIDE)
                    if _alike(mine, theirs, aspect) or (
                        is_free and _freely_alike(mine, theirs, aspect, request)
                    ):
                        seen |= {aspect} if is_wrong else set()
                        continue
                    left.discard(aspect)
                    if aspect in look.right or not left:
                        return set()
        return left & seen

    def _follow(self, case: Case, function: str) -> None:
        """What follows from the mistakes in a function is no mistake of another one's."""
        named = list(dict.fromkeys(case.named.values()))
        for number, heard in enumerate(case.heard):
            if heard.calls(function):
                case.base[number] = list(self._made(named, heard))

    def _made(self, mistakes: Sequence[Mistake], heard: Heard) -> Iterator[Said]:
        try:
            yield from replay(self._package, mistakes, heard.requests)
        except ValueError:  # they replace the same text
            yield from replay(self._package, mistakes[:1], heard.requests)


def _wrong(table: dict[tuple[int, int], dict[str, bool]]) -> set[str]:
    """The aspects that are wrong in any answer."""
    return {a for answer in table.values() for a, is_wrong in answer.items() if is_wrong}


def _freely_alike(mine: Aspects, theirs: Aspects, aspect: str, request: Request) -> bool:
    """Whether what both say of an aspect of the first differs by what is free by contract alone. A
    change of the arguments is not: a hint may speak of it."""
    if aspect not in theirs or aspect in ("exception", "refusal", "changed"):
        return False
    return aspect in BESIDE or free(mine[aspect], theirs[aspect], *given(request))


def _alike(mine: Aspects, theirs: Aspects, aspect: str) -> bool:
    """Whether both say the same of an aspect of the first."""
    if aspect not in theirs:
        return False
    compare = {"refusal": _same_refusal, "exception": same_exception}.get(aspect, same)
    return compare(mine[aspect], theirs[aspect])


def _same_refusal(one: Said, other: Said) -> bool:
    """Where a refusal is due its words are free, but not its class."""
    if one.raised is None or other.raised is None:
        return one.raised is other.raised and same(one.returned, other.returned)
    return one.raised[0] == other.raised[0]


def _told(case: Case, number: int) -> Explanation | None:
    """What explains a failing test: the mistake in the first of its calls that is wrong and
    explained."""
    for call, request in enumerate(case.heard[number].requests):
        for aspect, is_wrong in case.wrong(number, call, case.right).items():
            mistake = case.named.get((request.name, aspect))
            if mistake is not None and is_wrong:
                return Explanation(mistake.hint, mistake.name)
    return None


def _of_a_net(outcome: Outcome, outcomes: Sequence[Outcome]) -> Outcome:
    """A failing test of functions that the kit's own modules call: it points to the function that
    costs most in tests of its own. Of two that cost the same, as they fail in the same tests alone,
    it is the later one: by itself, the earlier one fails none."""
    noted = list(dict.fromkeys(name for batch in outcome.asked for name in batch.noted))
    if outcome.passed or not noted:
        return outcome
    lost: dict[str, float] = defaultdict(float)
    hints: dict[str, Explanation] = {}
    for other in outcomes:
        called = {r.name for batch in other.asked for r in batch.requests}.intersection(noted)
        if other.passed or not called:
            continue
        for name in called:
            lost[name] += other.test.points / len(called)
            if other.explanation is not None:
                hints.setdefault(name, other.explanation)
    if not lost:
        return outcome
    name = max(lost, key=lambda each: (lost[each], noted.index(each)))
    told = hints.get(name, Explanation(""))
    first = f"This net uses {name}, which fails tests of its own: mend that first."
    return replace(outcome, explanation=Explanation(f"{first} {told.hint}".strip(), told.mistake))
