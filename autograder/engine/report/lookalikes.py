"""Look-alikes: submissions that share more code than their common source explains.

Winnowing, as in MOSS (Schleimer, Wilkerson & Aiken 2003): a source becomes a row of tokens without
comments, strings, layout and names, but for attributes (`exp` in `np.exp`); every run of K tokens
is hashed; of every WINDOW hashes in a row the smallest is kept, so that any shared passage of
K + WINDOW - 1 tokens is found. What was handed out or the solution holds is left out.

    likeness(A, B) = |A and B| / min(|A|, |B|, the median)    over the fingerprints that are left

What very many of the class share is left out, too, counted once for all copies of one work: copies
don't make a work common, however many they are. Nor does code that is added to copies hide them:
none is measured by more than the median. What is known (an earlier class, published work) is
compared before anything counts as common.

It is something to look at, never a verdict: two students may have read the same page.
"""

import itertools
import keyword
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

K = 12
WINDOW = 6
MIN_SHARED = 12
MIN_LIKENESS = 0.5
COMMON = 0.1
ALWAYS_RARE = 8
NEARLY_ALL = 0.8
MANY = 80
"""Who shares so many, and nearly all, has a copy, whatever is common."""
KNOWN = 0.6
THE_SOLUTION = "the solution"
REFERENCE = 0.75
"""Of the solution's fingerprints: more than who wrote the same functions has by chance."""
MAX_TOKENS = 200_000
"""Of all files, the assignment's modules first; an answer has ten thousand."""

_TOKEN = re.compile(
    r"""
    (?P<skip>\#[^\n]*|\s+|\\\n
        |\"\"\"(?:[^\\]|\\.|\\\Z)*?(?:\"\"\"|\Z)|'''(?:[^\\]|\\.|\\\Z)*?(?:'''|\Z))
    |(?P<string>[A-Za-z]{0,2}(?:\"(?:[^"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?))
    |(?P<number>\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?)
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>\*\*=?|//=?|[-+*/%@&|^<>=!:]=|->|<<|>>|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Group:
    """Some of the class, by their places in it, that share code with each other, or with a known
    source; the least likeness that holds them together, and how many fingerprints are shared."""

    members: tuple[int, ...]
    likeness: float
    shared: int
    source: str = ""

    def told(self, names: Sequence[str], most: int = 3) -> str:
        """The group in words, by the names of the class."""
        members = [names[member] for member in self.members]
        more = f" and {len(members) - most} more" if len(members) > most else ""
        return " = ".join(filter(None, [self.source, " = ".join(members[:most])])) + more


class Fingerprinter:
    """Makes fingerprints of submissions to one assignment. `handed_out`, `solution`: what all
    students start from, and what the best of them end with, by their paths."""

    def __init__(self, handed_out: Mapping[str, bytes], solution: Mapping[str, bytes]) -> None:
        self._modules = solution.keys()
        self._untouched = frozenset(handed_out.values())
        given = [self._hashes(content) for content in handed_out.values()]
        self._given = np.unique(np.concatenate([*given, np.empty(0, np.uint32)]))
        self.solution = self.fingerprint(solution)

    def fingerprint(self, files: Mapping[str, bytes]) -> bytes:
        """The Python files' sorted 32-bit fingerprints, without what was handed out."""
        found, left = [np.empty(0, np.uint32)], MAX_TOKENS
        for path in sorted(files, key=lambda path: (path not in self._modules, path)):
            if path.endswith(".py") and files[path] not in self._untouched:
                hashes = self._hashes(files[path], left)
                left -= len(hashes)
                found.append(_winnowed(hashes))
        prints = np.unique(np.concatenate(found))
        return np.setdiff1d(prints, self._given, assume_unique=True).tobytes()

    def _hashes(self, content: bytes, limit: int = MAX_TOKENS) -> np.ndarray:
        """The hash of each run of K of the first `limit` tokens."""
        first = itertools.islice(self._tokens(content.decode("utf-8", "replace")), limit)
        tokens = np.fromiter((zlib.crc32(token.encode()) for token in first), dtype=np.uint64)
        if len(tokens) < K:
            return np.empty(0, np.uint32)
        hashes = np.zeros(len(tokens) - K + 1, dtype=np.uint64)
        for place in range(K):
            hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + tokens[place : place + len(hashes)]
        return (hashes >> np.uint64(32)).astype(np.uint32)

    def _tokens(self, text: str) -> Iterable[str]:
        """Tokens without layout; strings are one token, and so are all names but attributes."""
        before = ""
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            token = '""' if kind == "string" else match.group()
            if kind == "name" and not (keyword.iskeyword(token) or before == "."):
                token = "name"
            if kind != "skip":
                before = token
                yield token


def _winnowed(hashes: np.ndarray) -> np.ndarray:
    if len(hashes) == 0:
        return hashes
    windows = np.lib.stride_tricks.sliding_window_view(hashes, min(WINDOW, len(hashes)))
    return np.unique(windows.min(axis=1))


def look_alikes(
    fingerprints: Sequence[bytes], solution: bytes = b"", known: Mapping[str, bytes] | None = None
) -> list[Group]:
    """The groups of a class that share much with the solution, with what is known, or with each
    other, most alike first.

    A fingerprint that more than a tenth of the class has (and more than ALWAYS_RARE do) is taken
    for common knowledge, copies counted once.
    """
    reference = np.frombuffer(solution, np.uint32)
    every = [np.frombuffer(each, np.uint32) for each in fingerprints]
    own = [np.setdiff1d(each, reference, assume_unique=True) for each in every]
    most = int(max(MANY, np.median([len(each) for each in own] or [0])))
    copies = [
        pair
        for pair in _similar(own, most)
        if (pair.likeness >= NEARLY_ALL and pair.shared >= MANY)
        or fingerprints[pair.members[0]] == fingerprints[pair.members[1]]
    ]
    rare = _without_common(own, [work.members for work in _joined(copies, len(own))])
    found = [group for group in _joined([*copies, *_similar(rare, most)], len(own)) if group.shared]
    found += _from(THE_SOLUTION, reference, every, [REFERENCE * len(reference)] * len(every))
    for name, prints in (known or {}).items():
        source = np.setdiff1d(np.frombuffer(prints, np.uint32), reference, assume_unique=True)
        enough = [KNOWN * min(len(each), len(source), most) for each in own]
        found += _from(name, source, own, enough)
    return sorted(found, key=lambda g: (not g.source, -g.likeness, -g.shared, g.members))


def _from(
    name: str, source: np.ndarray, prints: Sequence[np.ndarray], enough: Sequence[float]
) -> list[Group]:
    """The group of those who share enough with a source; its likeness: the share that all have."""
    shared = [len(np.intersect1d(mine, source, assume_unique=True)) for mine in prints]
    members = [n for n, count in enumerate(shared) if count >= max(MIN_SHARED, enough[n])]
    least = min((shared[member] for member in members), default=0)
    return [Group(tuple(members), least / len(source), least, name)] if members else []


def _joined(pairs: Iterable[Group], count: int) -> list[Group]:
    """The members of a class, each with those that pairs join it to, the likest first."""
    groups = {member: Group((member,), 1.0, 0) for member in range(count)}
    for pair in sorted(pairs, key=lambda pair: pair.likeness, reverse=True):
        one, other = (groups[member] for member in pair.members)
        if one is not other:
            members = tuple(sorted(one.members + other.members))
            groups |= dict.fromkeys(members, replace(pair, members=members))
    return list(dict.fromkeys(groups.values()))


def _without_common(
    prints: Sequence[np.ndarray], works: Sequence[Sequence[int]]
) -> list[np.ndarray]:
    once = [np.unique(np.concatenate([prints[member] for member in work])) for work in works]
    values, counts = np.unique(np.concatenate([*once, np.empty(0, np.uint32)]), return_counts=True)
    common = values[counts > max(ALWAYS_RARE, COMMON * len(works))]
    return [np.setdiff1d(each, common, assume_unique=True) for each in prints]


def _similar(prints: Sequence[np.ndarray], most: int) -> Iterable[Group]:
    """Counts shared fingerprints through an index from each to those that have it."""
    sizes = np.array([len(each) for each in prints])
    values = np.concatenate([*prints, np.empty(0, np.uint32)])
    owners = np.repeat(np.arange(len(prints)), sizes)
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    for one, mine in enumerate(prints):
        first, end = np.searchsorted(values, mine, "left"), np.searchsorted(values, mine, "right")
        lists = [owners[a:b] for a, b in zip(first, end, strict=True) if b - a > 1]
        shared = np.bincount(np.concatenate([owners[:0], *lists]), minlength=len(prints))
        for other in np.flatnonzero(shared >= MIN_SHARED):
            likeness = min(1.0, shared[other] / min(sizes[one], sizes[other], most))
            if other > one and likeness >= MIN_LIKENESS:
                yield Group((one, int(other)), float(likeness), int(shared[other]))
