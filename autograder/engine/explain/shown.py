"""Which hint a failing test shows, of the mistakes that were found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ..mistakes import results
from ..suite.check import hint
from ..suite.hidden_test import Explanation, Outcome
from .case import Case
from .replay import FORM

CHECKED = {
    "changed": "changed",
    "shared": "shared",
    "warning": "warned",
    "type": FORM,
    "shape": FORM,
}
"""By kind of check, the aspect that it looks at."""


def explanation(case: Case, number: int, outcome: Outcome) -> Explanation | None:
    """The explanation of a failing test: the mistake in the first of its calls that is wrong and
    explained. The function and the result that the test's reason names come first, and what the
    failed check looks at."""
    requests, reason = case.heard[number].requests, outcome.reason
    first = next((aspect for about, aspect in CHECKED.items() if outcome.hint == hint(about)), "-")
    word = reason.partition(" ")[0]
    places = {}
    for name in dict.fromkeys(request.name for request in requests):
        about = next((n.mistake for n in case.named if n.function == name), None)
        names = results(about.solution, about.target) if about else ()
        places[name] = str(names.index(word)) if word in names else ""
    calls = sorted(
        range(len(requests)), key=lambda c: _remoteness(requests[c].name, places, reason)
    )
    found = [
        (not aspect.endswith(first), named.mistake)
        for call in calls
        for aspect, is_wrong in case.wrong(number, call, case.right).items()
        if is_wrong and aspect.startswith(places[requests[call].name])
        for named in case.named
        if (named.function, named.aspect) == (requests[call].name, aspect)
        and (number, call) in named.places
    ]
    if not found:
        return None
    _, mistake = min(found, key=lambda one: one[0])
    return Explanation(mistake.hint, mistake.name)


def _remoteness(name: str, places: dict[str, str], reason: str) -> int:
    """How far a function is from what the reason names: its result, its call, or another
    function."""
    is_named = re.search(rf"\b{name.rpartition('.')[2]}\b", reason)
    return 0 if places[name] else 1 if is_named else 2


def of_a_net(outcome: Outcome, outcomes: Sequence[Outcome]) -> Outcome:
    """A failing test of functions that the kit's own modules call: it points to the function that
    costs most in tests of its own. Of two that cost the same, because they fail in the same tests,
    it is the later one: alone, the earlier one fails none."""
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
