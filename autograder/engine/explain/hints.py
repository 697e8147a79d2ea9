"""Which of the mistakes found is told to the student beside a failing test."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from ..mistakes import results
from ..suite.hidden_test import Explanation, Outcome
from .case import Case, Named
from .replay import BESIDE, FORM, SOURCE

CHECKED = {
    **dict.fromkeys(("none", "number of results", "type", "shape", "entries"), FORM),
    **dict.fromkeys(("refusal", "other exception"), "refusal"),
    **dict.fromkeys(("changed", "generator"), "changed"),
    "shared": "shared",
    "warning": "warned",
    "draws": SOURCE,
}
"""By kind of check, how the aspect that it looks at ends."""


def explanation(
    case: Case, number: int, outcome: Outcome, untold: Collection[Named] = ()
) -> Explanation | None:
    """The explanation of a failing test, the case's `number`-th: a mistake that explains one of its
    wrong calls, of the function that the reason begins with, if it does. Preferred is the result or
    the function that the reason names; then the first call. None where no call is explained.

    Beside an exception stands only a mistake that raises it, too, beside a missing one only one
    that raises none either, beside a check of a form only one that gives it, and beside a check of
    a side effect, or of where draws come from, only one that has it, which stands nowhere else;
    where the answer is none of the allowed words, None or nearly right, or an earlier one is wrong
    for a reason that was found, none whose hint speaks of where answers are wrong. untold: what no
    check looks at: to be told beside a check of a form rather than nowhere."""
    exchange, reason = case.exchanges[number], outcome.reason
    is_raised = outcome.kind != "wrong"
    checked = CHECKED.get(outcome.about, "")
    is_elsewhere = outcome.about in ("word", "none", "nearly right")  # no formula is at fault
    word = reason.partition(" ")[0]
    functions = [request.name for request in exchange.requests]
    subject = re.split(r"\W", word)[0]
    subjects = {name for name in functions if name.endswith(f".{subject}")} or {*functions}
    entries = {name: _entry(case, name, word) for name in functions}

    def remoteness(index: int) -> int:
        name = functions[index]
        is_named = re.search(rf"\b{name.rpartition('.')[2]}\b", reason)
        return 0 if entries[name] else 1 if is_named else 2

    def follows(index: int, aspect: str) -> bool:
        earlier = zip(functions[:index], exchange.at_first, exchange.wrong, strict=False)
        return any(n == functions[index] and aspect in first - left for n, first, left in earlier)

    def is_checked(index: int, aspect: str) -> bool:
        others = {FORM: bool(untold), SOURCE: SOURCE not in exchange.mine[index]}
        return aspect.endswith(checked) or others.get(checked, False)

    found = (
        named
        for index in sorted(range(len(functions)), key=remoteness)
        if functions[index] in subjects
        for aspect in exchange.mine[index]
        if aspect in exchange.at_first[index] and aspect.startswith(entries[functions[index]])
        for named in untold or case.named
        if (named.function, named.aspect) == (functions[index], aspect)
        and (number, index) in named.places
        and not (is_raised and aspect != "exception")
        and is_checked(index, aspect)
        and (aspect == checked or aspect not in {*BESIDE, SOURCE, "refusal"})
        and not (named.mistake.where and (untold or is_elsewhere or follows(index, aspect)))
    )
    if named := next(found, None):
        return Explanation(named.mistake.hint, named.mistake.name, function=named.function)
    return None


def _entry(case: Case, function: str, word: str) -> str:
    """The index of the entry with this name in the tuple that a function returns; "" where there is
    none, or no mistake was found in the function."""
    about = next((named.mistake for named in case.named if named.function == function), None)
    names = results(about.solution, about.target) if about else ()
    return str(names.index(word)) if word in names else ""


def of_a_net(outcome: Outcome, outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome. A failing test in which the kit's own modules call the functions gets a hint to
    the function that the reason begins with, if that fails tests of its own; where it begins with
    several, or none, to the one that loses most points in them; on a tie, to the later one: what
    makes both fail can't be the earlier one alone. Hints of tests of hygiene say nothing of its
    values, which are what a net fails for."""
    noted = list(dict.fromkeys(name for batch in outcome.asked for name in batch.noted))
    if outcome.passed or not noted:
        return outcome
    lost: dict[str, float] = defaultdict(float)
    hints: dict[str, Explanation] = {}
    for other in outcomes:
        if other.passed:
            continue
        called = {r.name for batch in other.asked for r in batch.requests}
        if about := _about(other, called):
            called = {about}
            if other.explanation and not other.test.is_hygiene:
                hints.setdefault(about, other.explanation)
        for name in called.intersection(noted):
            lost[name] += other.test.points / len(called)
    begins = re.match(r"(?:\w+\.)?(\w+(?: or \w+)*)(?::| raised)", outcome.reason)
    subjects = begins[1].split(" or ") if begins else []
    blamed = [name for name in noted if name.rpartition(".")[2] in subjects]
    chosen = lost.keys() & (blamed or noted)
    if not chosen and len(subjects) > 1:  # none of those that it may be fails tests of its own
        chosen = lost.keys() & noted
    if not chosen:
        return outcome
    name = max(chosen, key=lambda each: (lost[each], noted.index(each)))
    told = hints.get(name, Explanation(""))
    first = f"This net uses {name}, which fails tests of its own: mend that first."
    return replace(outcome, explanation=Explanation(f"{first} {told.hint}".strip(), told.mistake))


def _about(outcome: Outcome, called: Collection[str]) -> str:
    """Which of the functions called a failing test is charged to: the one that it is about, whose
    mistake explains it, or that its reason begins with; "" for none."""
    begins = re.match(r"(?:\w+\.)?(\w+)", outcome.reason)
    begun = [name for name in called if begins and name.rpartition(".")[2] == begins[1]]
    explained = outcome.explanation.function if outcome.explanation else ""
    return outcome.function or explained or "".join(begun[:1])
