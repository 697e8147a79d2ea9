"""Finds the mistake that explains a function's answers, over all calls of all tests.

Each aspect of a function's answers (the entries of a tuple and their forms, warnings, what was
changed, exceptions) is explained by itself, so that two slips in one function are both found. A
mistake explains an aspect if it reproduces the student's answers wherever they are wrong, and
contradicts no right one; two explain it together if each wrong entry is reproduced by one of them
and right in the other. Where several do, none is named: silence is better than a wrong hint.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import combinations
from types import ModuleType

import numpy as np

from ..mistakes import Mistake, compatible
from ..suite.hidden_test import EXPLAINED, Outcome
from ..suite.session import Request
from .case import Case, Named, Place, alike, freely_alike
from .comparison import as_wrong, equal_entries
from .replay import BESIDE, FORM, Aspects, Heard, Said, given, replay
from .shown import explanation, of_a_net

MAX_TESTS = 500
"""As many tests' right answers are kept, which are the same for each submission."""
STRICTLY, FREELY, WHERE = "strictly", "freely", "where"
"""How answers are compared, in this order: exactly; but for what is free by contract; by where they
are wrong alone, for mistakes whose hints speak of nothing else."""


@dataclass(frozen=True)
class Look:
    """A search for what explains these wrong aspects of a function's answers and leaves the right
    ones alone. table: by test and call, which aspects are wrong; how: how answers are compared."""

    function: str
    wrong: set[str]
    right: set[str]
    table: dict[Place, dict[str, bool]]
    how: str
    base: dict[Place, Aspects] = field(default_factory=dict)
    """The aspects of the base's answers, as they are asked for."""

    @cached_property
    def tests(self) -> list[int]:
        """The tests that call the function: first those in which most aspects are wrong, in few
        calls."""
        seen: dict[int, set[str]] = defaultdict(set)
        calls: dict[int, int] = defaultdict(int)
        for (number, _), answer in self.table.items():
            seen[number].update(a for a, is_wrong in answer.items() if is_wrong)
            calls[number] += 1
        return sorted(seen, key=lambda n: (-len(seen[n] & self.wrong), calls[n], n))

    @cached_property
    def right_tests(self) -> set[int]:
        """The tests in which nothing is wrong that is looked for."""
        asked = {number for number, _ in self.table}
        return asked - {number for aspect in self.wrong for number, _ in self.places(aspect)}

    def places(self, aspect: str) -> list[Place]:
        """Where an aspect is wrong."""
        return [place for place, answer in self.table.items() if answer.get(aspect)]


@dataclass
class Found:
    """Where a mistake reproduces the student's wrong answers. hits: by aspect and place, which
    entries; strays: the wrong aspects for which it gives a third answer; is_out: whether it
    contradicts a right one."""

    hits: dict[str, dict[Place, np.ndarray]]
    strays: set[str] = field(default_factory=set)
    is_out: bool = False

    def full(self, look: Look) -> set[str]:
        """The aspects that it explains alone."""
        return {aspect for aspect in self.hits if _cover([self], aspect, look)}


class Diagnosis:
    """Finds the mistakes in a submission's functions."""

    def __init__(self, package: ModuleType, mistakes: Sequence[Mistake]) -> None:
        self._package = package
        self._mistakes: dict[str, list[Mistake]] = defaultdict(list)
        for mistake in mistakes:
            if mistake.hint:
                self._mistakes[f"{mistake.module}.{mistake.target}"].append(mistake)
        self._right = lru_cache(MAX_TESTS)(lambda requests: list(replay(package, [], requests)))

    def explained(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes, with an explanation where one is found."""
        wrong = [outcome for outcome in outcomes if outcome.kind in EXPLAINED]
        # In the order of their calls: a later function may be called with an earlier one's result.
        functions = dict.fromkeys(r.name for o in wrong for b in o.asked for r in b.requests)
        about = [outcome for outcome in outcomes if functions.keys() & set(outcome.called)]
        heard = [Heard.by(outcome) for outcome in about]
        right = [self._right(one.requests) for one in heard]
        case = Case(heard, right, list(right))
        for function in functions:
            self._name(case, function)
        told = {
            outcome.test.id: replace(outcome, explanation=explanation(case, number, outcome))
            for number, outcome in enumerate(about)
            if outcome.kind in EXPLAINED
        }
        explained = [told.get(outcome.test.id, outcome) for outcome in outcomes]
        return [of_a_net(outcome, explained) for outcome in explained]

    def _name(self, case: Case, function: str) -> None:
        """Finds the mistakes in a function."""
        if not any(any(case.wrong(*place, case.base).values()) for place in case.calls(function)):
            return
        for how in (STRICTLY, FREELY, WHERE):
            mistakes = [m for m in self._mistakes[function] if m.where == (how == WHERE)]
            for look in self._looks(case, function, how):
                tried = {m: self._found(case, m, look, how != WHERE) for m in mistakes}
                found = {m: one for m, one in tried.items() if one.hits}
                if how != WHERE:  # what explains one aspect alone may explain more
                    found = {mistake: self._found(case, mistake, look) for mistake in found}
                named = [*(_where if how == WHERE else _alone)(look, found)]
                if not named and how != WHERE:
                    left = [m for m, one in tried.items() if not one.is_out and m not in found]
                    found |= {mistake: self._found(case, mistake, look) for mistake in left}
                    named = [*_together(look, {m: one for m, one in found.items() if one.hits})]
                case.named += named
                # A mistake that contradicts a right answer does so in any combination.
                known = [named.mistake for named in case.named]
                out = [m for m, one in (tried | found).items() if one.is_out]
                mistakes = [m for m in mistakes if m not in known and m not in out]

    def _looks(self, case: Case, function: str, how: str) -> Iterator[Look]:
        """The searches to make: a first one, then another as long as the last one found
        something."""
        while True:
            table = {place: case.wrong(*place, case.base) for place in case.calls(function)}
            aspects = set().union(*table.values())
            if how == WHERE:  # given a wrong object, it may answer anything
                misled = {number: case.misled(number, function) for number, _ in table}
                table = {place: wrong for place, wrong in table.items() if not misled[place[0]]}
            if how != STRICTLY:  # what the contract leaves free needs no explanation
                table = {place: case.freely_wrong(*place, w) for place, w in table.items()}
            right, wrong = aspects - _wrong(table), _wrong(table) - case.explained(function)
            if not wrong:
                return
            count = len(case.named)
            yield Look(function, wrong, right, table, how)
            if len(case.named) == count or how == WHERE:
                return
            self._follow(case, function)

    def _found(self, case: Case, mistake: Mistake, look: Look, is_alone: bool = False) -> Found:
        """Where the mistake reproduces the student's wrong answers; nowhere if it contradicts a
        right one. is_alone: only the aspects that it explains alone, which is quicker to find
        out."""
        found = Found({aspect: {} for aspect in look.wrong})
        mistakes = [*case.replayed(), mistake]
        if mistake not in compatible(tuple(mistakes)):
            return Found({})
        for number in look.tests:  # most are ruled out by the first
            if number in look.right_tests and not any(found.hits.values()):
                return Found({})
            heard = case.heard[number]
            needed = heard.needed(look.function)
            made = self._made(mistakes, [heard.requests[call] for call in needed])
            for call, instead in zip(needed, made, strict=True):
                request = heard.requests[call]
                if request.name != look.function:
                    continue
                mine, theirs = case.aspects(number, call, instead)
                if (number, call) not in look.base:
                    look.base[number, call] = case.aspects(number, call, case.base[number][call])[1]
                base = look.base[number, call]
                for aspect, is_wrong in look.table[number, call].items():
                    if aspect not in found.hits and aspect not in look.right:
                        continue
                    hit = _hit((mine, theirs, base), aspect, request, look.how, is_wrong)
                    if hit is None and aspect in look.right:
                        return Found({}, is_out=True)
                    if hit is None:
                        found.hits.pop(aspect, None)
                        if aspect in theirs and not alike(theirs, base, aspect):
                            found.strays.add(aspect)
                    elif is_alone and is_wrong and not hit.all():
                        found.hits.pop(aspect, None)
                    elif is_wrong and hit.any():
                        found.hits[aspect][number, call] = hit
                if not found.hits:
                    return found
        found.hits = {aspect: places for aspect, places in found.hits.items() if places}
        return found

    def _follow(self, case: Case, function: str) -> None:
        """Replays the mistakes found, so that what follows from them is not blamed on other
        functions."""
        named = case.replayed()
        for number, heard in enumerate(case.heard):
            if named and heard.calls(function):
                case.base[number] = list(self._made(named, heard.requests))

    def _made(self, mistakes: Sequence[Mistake], requests: Sequence[Request]) -> Iterator[Said]:
        return replay(self._package, compatible(tuple(mistakes)), requests)


def _alone(look: Look, found: dict[Mistake, Found]) -> Iterator[Named]:
    """The mistakes that each explain aspects alone. One that explains more is preferred to several
    that explain a part each, and one without further effects to one with them. A side effect is not
    explained by a mistake that returns other values than the student's function, nor a warning by
    one that leaves wrong values unexplained."""
    full = {
        m: aspects
        for m, one in found.items()
        if (aspects := one.full(look))
        and (aspects - {*BESIDE} or not {a.removesuffix(FORM) for a in one.strays} - {*BESIDE})
        and (aspects != {"warned"} or one.hits.keys() - {*BESIDE} or not look.wrong - {*BESIDE})
    }
    while full:
        rank = {m: (len(aspects), -len(found[m].strays)) for m, aspects in full.items()}
        best = max(rank, key=lambda m: rank[m])
        rivals = [m for m in full if rank[m] == rank[best] and full[m] & full[best]]
        if {m.hint for m in rivals} == {best.hint}:
            for aspect, places in found[best].hits.items():
                is_part = aspect not in full[best]
                yield Named(look.function, aspect, best, frozenset(places), is_part)
        taken = set().union(*(full[m] for m in rivals))
        full = {m: rest for m, aspects in full.items() if (rest := aspects - taken)}


def _together(look: Look, found: dict[Mistake, Found]) -> Iterator[Named]:
    """The mistakes that explain an aspect in pairs, each a part of it: those that are in every such
    pair."""
    for aspect in sorted(look.wrong - {*BESIDE}):
        parts = [m for m, one in found.items() if aspect in one.hits]
        if any(_cover([found[m]], aspect, look) for m in parts):  # rivals
            continue
        pairs = [
            {one.hint, other.hint}
            for one, other in combinations(parts, 2)
            if _cover([found[one], found[other]], aspect, look)
        ]
        for mistake in parts:
            if pairs and all(mistake.hint in pair for pair in pairs):
                places = frozenset(found[mistake].hits[aspect])
                yield Named(look.function, aspect, mistake, places)


def _where(look: Look, found: dict[Mistake, Found]) -> Iterator[Named]:
    """The mistakes whose hints speak of where an aspect is wrong, in the catalogue's order; each
    call gets one."""
    for aspect in sorted(look.wrong):
        taken: set[Place] = set()
        for mistake, one in found.items():
            if places := frozenset(one.hits.get(aspect, {}).keys() - taken):
                yield Named(look.function, aspect, mistake, places)
                taken |= places


def _cover(found: Iterable[Found], aspect: str, look: Look) -> bool:
    """Whether each wrong entry of an aspect is hit by one of these."""
    by_place = [one.hits[aspect] for one in found]
    for place in look.places(aspect):
        hits = [hits[place] for hits in by_place if place in hits]
        if not hits or not np.all(np.logical_or.reduce(hits)):
            return False
    return True


def _hit(
    answers: tuple[Aspects, Aspects, Aspects],
    aspect: str,
    request: Request,
    how: str,
    is_wrong: bool,
) -> np.ndarray | None:
    """Which entries of the first answer the second reproduces, rather than leaving them right as in
    the third; None if it contradicts the first."""
    mine, theirs, base = answers
    no, yes = np.array(False), np.array(True)
    if how == WHERE:
        is_there = is_wrong and aspect in theirs and aspect in base and aspect not in BESIDE
        if not is_there or _is_alike(theirs, base, aspect, request, how):
            return no
        entries = (mine[aspect], theirs[aspect], base[aspect])
        handed = given(request)
        is_hit = aspect.endswith(FORM) or as_wrong(*entries, handed.arrays, handed.draws)
        return yes if is_hit else no
    if _is_alike(mine, theirs, aspect, request, how, is_wrong):
        return yes
    if not is_wrong or aspect not in theirs or aspect not in base:
        return None
    if alike(theirs, base, aspect):
        return no
    return equal_entries(mine[aspect], theirs[aspect], base[aspect])


def _is_alike(
    mine: Aspects, theirs: Aspects, aspect: str, request: Request, how: str, is_wrong: bool = True
) -> bool:
    """Whether both agree in an aspect of the first, or differ only by what is free."""
    if alike(mine, theirs, aspect):
        return True
    is_free = how != STRICTLY and not (is_wrong and aspect in BESIDE)
    return is_free and freely_alike(mine, theirs, aspect, request)


def _wrong(table: dict[Place, dict[str, bool]]) -> set[str]:
    """The aspects that are wrong in any answer."""
    return {a for answer in table.values() for a, is_wrong in answer.items() if is_wrong}
