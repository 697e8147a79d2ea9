"""Finds the mistake that explains a function's answers, over all calls of all tests.

Each aspect of a function's answers (an entry of a tuple, its form, a side effect, an exception) is
explained by itself, so that two slips in one function are both found. A mistake explains an aspect
if it gives the student's answers wherever they are wrong, and contradicts no right one. Two
mistakes explain it together if each wrong entry comes from one of them and is right in the other.
Where several explanations fit, no mistake is named: no hint is better than a wrong one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, reduce
from itertools import combinations, islice, product
from types import ModuleType

import numpy as np

from ..mistakes import Mistake, compatible
from ..suite.hidden_test import EXPLAINED, Outcome
from ..suite.session import Request
from .case import CallIndex, Case, Exchange, Named, alike
from .comparison import as_wrong, equal_entries
from .hints import explanation, of_a_net
from .replay import BESIDE, FORM, Aspects, Response, answered, given, replay

MAX_TESTS = 500
"""The size of the cache of right answers, which are the same for each submission."""
STRICTLY, FREELY, WHERE = "strictly", "freely", "where"
"""How answers are compared. Three passes, in this order: exactly; up to what the contract leaves
free; only by where they are wrong, for mistakes whose hints speak of nothing else."""


@dataclass(frozen=True)
class Search:
    """A search for the mistakes that explain the `wrong` aspects of a function's answers and leave
    the `right` ones alone. how: how answers are compared; table: the wrong aspects by place."""

    function: str
    how: str
    wrong: set[str]
    right: set[str]
    table: dict[CallIndex, set[str]]

    @cached_property
    def tests(self) -> dict[int, list[int]]:
        """The tests that call the function, with the indices of the calls: first those in which
        most aspects are wrong, in few calls. Most mistakes are ruled out by the first."""
        calls: dict[int, list[int]] = defaultdict(list)
        for number, index in self.table:
            calls[number].append(index)
        wrong = {n: _union(self.table[n, i] for i in calls[n]) & self.wrong for n in calls}
        order = sorted(calls, key=lambda n: (-len(wrong[n]), len(calls[n]), n))
        return {n: calls[n] for n in order}


@dataclass
class Match:
    """Where a mistake gives the student's wrong answers. hits: by aspect and place, in which
    entries; alone: the aspects of which it gives every wrong entry; strays: the wrong aspects for
    which it gives a third answer."""

    hits: dict[str, dict[CallIndex, np.ndarray]]
    alone: set[str]
    strays: set[str]


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
        Response.of.cache_clear()  # nothing of one submission is kept for the next
        failed = {n: each for n, each in enumerate(outcomes) if each.kind in EXPLAINED}
        # In the order of their calls: a later function may be called with an earlier one's result.
        asked = (batch for outcome in failed.values() for batch in outcome.asked)
        functions = dict.fromkeys(r.name for batch in asked for r in batch.requests)
        about = {n for n, each in enumerate(outcomes) if functions.keys() & each.called}
        answers = {n: answered(outcomes[n]) for n in sorted(about | failed.keys())}
        case = Case({n: Exchange(*each, self._right(each[0])) for n, each in answers.items()})
        for function in functions:
            self._name(case, function)
        found = {n: explanation(case, n, each) for n, each in failed.items()}
        names = {each.mistake for each in found.values() if each}
        if untold := [named for named in case.named if named.mistake.name not in names]:
            found = {n: found[n] or explanation(case, n, o, untold) for n, o in failed.items()}
        explained = [
            replace(each, explanation=found[n]) if n in found else each
            for n, each in enumerate(outcomes)
        ]
        return [of_a_net(outcome, explained) for outcome in explained]

    def _name(self, case: Case, function: str) -> None:
        """Adds the mistakes in a function to those named."""
        mistakes = [mistake for mistake in self._mistakes[function] if not mistake.where]
        # One mistake, up to what is free, is a better explanation than two.
        for find, how in product((self._singles, self._pairs), (STRICTLY, FREELY)):
            while search := _search(case, function, how):
                if not (named := find(case, mistakes, search)):
                    break
                case.named += named
                # What follows from these mistakes is not blamed on others.
                for number in search.tests:
                    exchange = case.exchanges[number]
                    exchange.rebase([*self._answers(case.replayed(), exchange)])
        if search := _search(case, function, WHERE):
            mistakes = [mistake for mistake in self._mistakes[function] if mistake.where]
            case.named += _where(search, self._matches(case, mistakes, search))

    def _singles(self, case: Case, mistakes: Iterable[Mistake], search: Search) -> list[Named]:
        """The mistakes that each explain aspects alone."""
        return [*_alone(search, self._matches(case, mistakes, search, is_alone=True))]

    def _pairs(self, case: Case, mistakes: Iterable[Mistake], search: Search) -> list[Named]:
        """The mistakes that explain an aspect in pairs: no two can where all together do not in the
        first test, which takes a fraction of the time."""
        number = next(iter(search.tests))
        first = replace(search, table={p: w for p, w in search.table.items() if p[0] == number})
        found = self._matches(case, mistakes, first).values()
        wrong = {aspect for aspect in search.wrong - {*BESIDE} if _cover(found, aspect, first)}
        if not wrong:
            return []
        search = replace(search, wrong=wrong)
        return [*_together(search, self._matches(case, mistakes, search))]

    def _matches(
        self, case: Case, mistakes: Iterable[Mistake], search: Search, is_alone: bool = False
    ) -> dict[Mistake, Match]:
        """The mistakes that give wrong answers of the student's, with where they do. is_alone: only
        those that explain an aspect alone."""
        tried = {m: self._match(case, m, search, is_alone) for m in mistakes}
        return {mistake: match for mistake, match in tried.items() if match}

    def _match(self, case: Case, mistake: Mistake, search: Search, is_alone: bool) -> Match | None:
        """Where the mistake, beside those already found, gives the student's wrong answers; None if
        it gives none, contradicts a right one, or with `is_alone` explains no aspect alone."""
        match = Match({aspect: {} for aspect in search.wrong}, set(search.wrong), set())
        mistakes = (*case.replayed(), mistake)
        if mistake in case.replayed() or mistake not in compatible(mistakes):
            return None
        for number, calls in search.tests.items():
            wrong_here = _union(search.table[number, index] for index in calls) & search.wrong
            if not wrong_here and not any(match.hits.values()):
                return None
            exchange = case.exchanges[number]
            answers = islice(self._answers(mistakes, exchange), max(calls) + 1)
            for index, theirs in enumerate(answers):
                if index not in calls:
                    continue
                three = (exchange.mine[index], theirs, exchange.base[index])
                wrong, request = search.table[number, index], exchange.requests[index]
                for aspect in exchange.mine[index]:
                    if aspect not in match.hits and aspect not in search.right:
                        continue
                    hit = _hit(three, aspect, request, search.how, aspect in wrong)
                    if hit is None and aspect in search.right:
                        return None
                    if hit is None:
                        match.hits.pop(aspect, None)
                        if aspect in theirs and not alike(theirs, exchange.base[index], aspect):
                            match.strays.add(aspect)
                    elif aspect in wrong and hit.any():
                        match.hits[aspect][number, index] = hit
                    if hit is None or (aspect in wrong and not hit.all()):
                        match.alone.discard(aspect)
                if not (match.alone if is_alone else match.hits):
                    return None
        match.hits = {aspect: places for aspect, places in match.hits.items() if places}
        return match if match.hits else None

    def _answers(self, mistakes: tuple[Mistake, ...], exchange: Exchange) -> Iterator[Aspects]:
        """The aspects of the answers of the reference with these mistakes in it, to a test's
        requests: each made when it is first asked for."""
        answers = replay(self._package, compatible(mistakes), exchange.requests)
        for one, other in zip(answers, exchange.right, strict=True):
            yield one.aspects(other)


def _search(case: Case, function: str, how: str) -> Search | None:
    """The search for what is wrong and not yet explained; None where there is nothing."""
    aspects: set[str] = set()
    table: dict[CallIndex, set[str]] = {}
    for number, exchange in case.exchanges.items():
        misled = exchange.misleads(function)
        for index, request in enumerate(exchange.requests):
            mine, wrong = exchange.mine[index], exchange.wrong[index]
            if misled and (how == WHERE or "exception" not in mine):
                continue  # given a wrong object, the function may answer anything
            if request.name == function:
                if how != STRICTLY:
                    base = exchange.base[index]
                    wrong = {a for a in wrong if a in BESIDE or not alike(mine, base, a, request)}
                table[number, index] = wrong
                aspects |= mine.keys()
    all_wrong = _union(table.values())
    explained = {n.aspect for n in case.named if n.function == function and not n.is_part}
    if not all_wrong - explained:
        return None
    return Search(function, how, all_wrong - explained, aspects - all_wrong, table)


def _alone(search: Search, found: dict[Mistake, Match]) -> Iterator[Named]:
    """The mistakes that each explain aspects alone.

    One that explains more is preferred to several that explain a part each; of equals, the one that
    gives a third answer for fewer aspects. A side effect is not explained by a mistake that returns
    other values than the student's function, nor a warning alone where wrong values stay
    unexplained.
    """
    full = {
        m: match.alone
        for m, match in found.items()
        if (match.alone - {*BESIDE} or not {a.removesuffix(FORM) for a in match.strays} - {*BESIDE})
        and (match.alone != {"warned"} or not search.wrong - {*BESIDE})
    }
    while full:
        rank = {m: (len(aspects), -len(found[m].strays)) for m, aspects in full.items()}
        best = max(rank, key=lambda m: rank[m])
        rivals = [m for m in full if rank[m] == rank[best] and full[m] & full[best]]
        if {m.hint for m in rivals} == {best.hint}:
            for aspect, places in found[best].hits.items():
                is_part = aspect not in full[best]
                yield Named(search.function, aspect, best, frozenset(places), is_part)
        taken = _union(full[m] for m in rivals)
        full = {m: rest for m, aspects in full.items() if (rest := aspects - taken)}


def _together(search: Search, found: dict[Mistake, Match]) -> Iterator[Named]:
    """The mistakes that explain an aspect only in pairs, where there is one such pair."""
    for aspect in sorted(search.wrong):
        parts = [m for m, match in found.items() if aspect in match.hits]
        if any(aspect in found[m].alone for m in parts):  # rivals
            continue
        pairs = [
            pair
            for pair in combinations(parts, 2)
            if _cover([found[mistake] for mistake in pair], aspect, search)
        ]
        if len({frozenset(mistake.hint for mistake in pair) for pair in pairs}) == 1:
            for mistake in pairs[0]:
                places = frozenset(found[mistake].hits[aspect])
                yield Named(search.function, aspect, mistake, places)


def _where(search: Search, found: dict[Mistake, Match]) -> Iterator[Named]:
    """The mistakes whose hints speak of where an aspect is wrong: for each call the first that
    fits, in the catalogue's order."""
    for aspect in sorted(search.wrong):
        taken: set[CallIndex] = set()
        for mistake, match in found.items():
            if places := frozenset(match.hits.get(aspect, {}).keys() - taken):
                yield Named(search.function, aspect, mistake, places)
                taken |= places


def _cover(matches: Iterable[Match], aspect: str, search: Search) -> bool:
    """Whether each wrong entry of an aspect is hit by one of these."""
    by_place = [match.hits.get(aspect, {}) for match in matches]
    for place in (place for place, wrong in search.table.items() if aspect in wrong):
        hits = [hits[place] for hits in by_place if place in hits]
        if not hits or not np.all(reduce(np.logical_or, hits)):
            return False
    return True


def _hit(
    answers: tuple[Aspects, Aspects, Aspects],
    aspect: str,
    request: Request,
    how: str,
    is_wrong: bool,
) -> np.ndarray | None:
    """The entries of an aspect in which the mistake's answer (the second) is the student's (the
    first) and not the base's (the third). None if it contradicts the student's."""
    mine, theirs, base = answers
    no, yes = np.array(False), np.array(True)
    if how == WHERE:
        is_there = is_wrong and aspect in theirs and aspect in base and aspect not in BESIDE
        if not is_there or alike(theirs, base, aspect, request):
            return no
        entries = (mine[aspect], theirs[aspect], base[aspect])
        return yes if aspect.endswith(FORM) or as_wrong(*entries, *given(request)) else no
    is_free = how == FREELY and not (is_wrong and aspect in BESIDE)
    if alike(mine, theirs, aspect, request if is_free else None):
        return yes
    if not is_wrong or aspect not in theirs or aspect not in base:
        return None
    if alike(theirs, base, aspect):
        return no
    return equal_entries(mine[aspect], theirs[aspect], base[aspect])


def _union(sets: Iterable[Iterable[str]]) -> set[str]:
    return set().union(*sets)
