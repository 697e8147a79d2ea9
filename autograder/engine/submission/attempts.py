"""Which of several attempts is the newest: told by the numbers in their names, or not at all."""

import re
from collections.abc import Container, Sequence
from itertools import zip_longest

_COPY = "(?:copy|kopie|copie|copia)"
COPY = re.compile(
    rf"^{_COPY} (?:of|von|de|di) "
    rf"|(?: ?\(\d+\)|-\d+| (?:- )?{_COPY}(?: \(?\d+\)?)?)+(?=(?:\.tar)?\.\w+$)"
    r"|(?<=\.py)\.txt$",
    re.IGNORECASE,
)
"""What browsers, systems and Canvas add to the name of a second file of the same name; and what
Windows, or a student whom a platform refuses code, adds to a module's."""
_TRY = r"(?:v|version|attempt|try|draft)"
_LATE = r"(?<![^\W_])(?:late(?: submission -)?|versp\w+ abgabe -)(?![^\W_])"
LATE = re.compile(r"late(?:[ _-]submissions?)?", re.IGNORECASE)
"""What a folder is called in which instructors put those that came late."""
_AGAIN = r"re-?(?:vision|submission)"
ATTEMPT = re.compile(rf"(?:{_TRY}|revision)[ _.-]*\d{{1,3}}(?: - (?:on time|late))?", re.IGNORECASE)
"""What a folder with an attempt is called: Teams Version 1, Schoology Revision 1 - Late."""
_MARK = re.compile(rf"[ _.-]*\(?(?:{_LATE}|on time|(?<![^\W_]){_TRY}[ _.-]*\d{{1,3}}(?!\d))\)?")
"""What else may stand in the name of an attempt: Late Submission - hw.zip of ILIAS, hw_v2.zip."""
_NUMBER = re.compile(r"(?:(?<![ _.-])[ _.-]+)?\(?(\d+)\)?")


def own_name(name: str) -> str:
    """A file's name without what makes it a copy's, in small letters."""
    return COPY.sub("", name).lower()


def is_module(name: str, modules: Container[str]) -> bool:
    """Whether a file of this name is one of the modules, or a copy of it."""
    own = own_name(name)
    return own.endswith(".py") and own[:-3] in modules


def without_numbers(name: str) -> str:
    """What the names of attempts at the same thing have in common."""
    first = _MARK.sub("", re.sub(_AGAIN, "submission", name.casefold()))
    return _NUMBER.sub("", first).lstrip(" _.-")


def numbers(name: str) -> list[int]:
    """The numbers in a name, which grow from attempt to attempt; late, or again, is one more."""
    later = bool(re.search(f"{_LATE}|{_AGAIN}", name.casefold()))
    return [*map(int, _NUMBER.findall(name)), *[1] * later]


def newest(names: Sequence[str]) -> str | None:
    """The newest of names that differ only in numbers: the one whose every number is the largest,
    or, where they begin with a year, whose first differing one is. None where numbers disagree, as
    in 30-10 and 02-11."""
    of_each = [numbers(name) for name in names]
    most = max(of_each)
    years = all(each and 1990 <= each[0] < 2100 for each in of_each)
    pairs = [zip_longest(most, each, fillvalue=0) for each in of_each]
    sure = all(ours >= theirs for pair in pairs for ours, theirs in pair)
    told_apart = len({tuple(each) for each in of_each}) == len(names)
    return names[of_each.index(most)] if (years or sure) and told_apart else None
