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
from types import ModuleType

from ..mistakes import Mistake
from ..suite.hidden_test import Explanation, Outcome
from ..suite.session import Request
from .comparison import free, same, same_exception
from .replay import BESIDE, Heard, Said, given, replay

EXPLAINED = ("wrong", "raised", "unusable")
"""The kinds of outcomes that a mistake may explain."""


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
        said, right = self.heard[number].said[call], self.right[number][call]
        other = beside[number][call]
        return {a: not _alike(said, other, right, a) for a in said.aspects(right)}

    def explained(self, function: str) -> set[str]:
        """The aspects of a function's answers that are explained."""
        return {aspect for name, aspect in self.named if name == function}


@dataclass(frozen=True)
class Look:
    """What is looked for: what explains these wrong aspects of a function's answers, which show in
    these tests, and leaves the right ones as they are; strictly, or but for what is free."""

    function: str
    wrong: set[str]
    right: set[str]
    tests: list[int]
    is_free: bool


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
        if all(outcome.passed for outcome in outcomes):
            return list(outcomes)
        heard = [Heard.by(outcome) for outcome in outcomes]
        right = [replay(self._package, [], one.requests) for one in heard]
        case = Case(heard, right, right)
        failed = {n for n, outcome in enumerate(outcomes) if not outcome.passed}
        # In the order of their calls: a later function may be called with an earlier one's result.
        functions = dict.fromkeys(
            r.name for number in sorted(failed) for r in heard[number].requests
        )
        for function in functions:
            if self._name(case, function):  # what follows from it is no mistake of its own
                named = list(dict.fromkeys(case.named.values()))
                case.base = [self._made(named, one) for one in heard]
        explained = [
            outcome if number not in failed else replace(outcome, explanation=_told(case, number))
            for number, outcome in enumerate(outcomes)
        ]
        return [_of_a_net(outcome, explained) for outcome in explained]

    def _name(self, case: Case, function: str) -> bool:
        """Finds the mistakes in a function, strictly, then but for what is free by contract;
        whether there are any."""
        wrong: dict[str, set[int]] = defaultdict(set)
        aspects = set()
        for number, call in case.calls(function):
            for aspect, is_wrong in case.wrong(number, call, case.base).items():
                aspects.add(aspect)
                if is_wrong:
                    wrong[aspect].add(number)
        for is_free in (False, True):
            left = set(wrong) - case.explained(function)
            tests = sorted(set().union(*(wrong[aspect] for aspect in left)))
            look = Look(function, left, aspects - set(wrong), tests, is_free)
            found = {
                mistake: explained
                for mistake in (self._mistakes[function] if left else [])
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
        rest = [n for n, h in enumerate(case.heard) if h.calls(look.function)]
        for number in dict.fromkeys([*look.tests, *rest]):  # most are ruled out by the first
            heard = case.heard[number]
            made = self._made([mistake, *dict.fromkeys(others)], heard)
            for call in heard.calls(look.function):
                said, right = heard.said[call], case.right[number][call]
                for aspect, is_wrong in case.wrong(number, call, case.base).items():
                    if aspect not in left and aspect not in look.right:
                        continue
                    is_free = look.is_free and not (is_wrong and aspect in BESIDE)
                    if _agrees(said, made[call], right, aspect, heard.requests[call], is_free):
                        seen |= {aspect} if is_wrong else set()
                        continue
                    left.discard(aspect)
                    if aspect in look.right or not left:
                        return set()
        return left & seen

    def _made(self, mistakes: Sequence[Mistake], heard: Heard) -> list[Said]:
        try:
            return replay(self._package, mistakes, heard.requests)
        except ValueError:  # they replace the same text
            return replay(self._package, mistakes[:1], heard.requests)


def _agrees(
    said: Said, made: Said, right: Said, aspect: str, request: Request, is_free: bool
) -> bool:
    """Whether the mistake's answer is the student's."""
    if _alike(said, made, right, aspect):
        return True
    if not is_free or aspect in ("exception", "refusal"):
        return False
    if aspect in BESIDE:
        return made.raised is None
    mine, theirs = said.aspects(right), made.aspects(right)
    inputs, draws = given(request)
    return aspect in theirs and free(mine[aspect], theirs[aspect], inputs, draws)


def _alike(one: Said, other: Said, right: Said, aspect: str) -> bool:
    """Whether both say the same of an aspect of the first."""
    a, b = one.aspects(right).get(aspect), other.aspects(right)
    if aspect not in b:
        return False
    if aspect == "refusal":
        return _same_refusal(one, other)
    if aspect == "exception":
        return same_exception(a, b[aspect])
    return same(a, b[aspect])


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
    costs most in tests of its own."""
    noted = {name for batch in outcome.asked for name in batch.noted}
    if outcome.passed or not noted:
        return outcome
    lost: dict[str, float] = defaultdict(float)
    hints: dict[str, Explanation] = {}
    for other in outcomes:
        called = {r.name for batch in other.asked for r in batch.requests} & noted
        if other.passed or not called:
            continue
        for name in called:
            lost[name] += other.test.points / len(called)
            if other.explanation is not None:
                hints.setdefault(name, other.explanation)
    if not lost:
        return outcome
    name = max(lost, key=lambda each: lost[each])
    told = hints.get(name, Explanation(""))
    first = f"This net uses {name}, which fails tests of its own: mend that first."
    return replace(outcome, explanation=Explanation(f"{first} {told.hint}".strip(), told.mistake))
