"""Look-alikes: pairs of submissions that share more code than their common source explains.

Winnowing, as in MOSS (Schleimer, Wilkerson & Aiken 2003): a source becomes a row of tokens without
comments, strings, layout and self-chosen names; every run of K tokens is hashed; of every WINDOW
hashes in a row the smallest is kept, so that any shared passage of K + WINDOW - 1 tokens is found.
What was handed out or the solution holds is left out, and so is what very many of the class share.

    likeness(A, B) = |A and B| / min(|A|, |B|)      over the fingerprints that are left

A pair is something to look at, never a verdict: two students may have read the same page.
"""

from __future__ import annotations

import itertools
import keyword
import re
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

K = 12
WINDOW = 6
MIN_SHARED = 12
MIN_LIKENESS = 0.5
COMMON = 0.1
ALWAYS_RARE = 8
MAX_PAIRS = 100
MAX_PRINTS = 20_000
MAX_TOKENS = 200_000
"""Of a submission's files together; a long answer to an assignment has ten thousand."""

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
class Pair:
    """Two of the class, by their places in it; shared: fingerprints that both have."""

    one: int
    other: int
    likeness: float
    shared: int


class Fingerprinter:
    """Makes fingerprints of submissions to one assignment. `handed_out`, `solution`: the contents
    of what all students start from, and of what the best of them end with."""

    def __init__(self, handed_out: Collection[bytes], solution: Collection[bytes]) -> None:
        self._explained_files = frozenset([*handed_out, *solution])
        given = [_text(content) for content in handed_out]
        self._known = frozenset(
            match["name"] for text in given for match in _TOKEN.finditer(text) if match["name"]
        )
        explained = [self._hashes(_text(content)) for content in self._explained_files]
        self._explained = np.unique(np.concatenate([*explained, np.empty(0, np.uint32)]))

    def fingerprint(self, files: Mapping[str, bytes]) -> bytes:
        """The fingerprints of the Python files, sorted 32-bit hashes, without what was handed
        out and what the solution explains."""
        found, left = [np.empty(0, np.uint32)], MAX_TOKENS
        for path, content in files.items():
            if not path.endswith(".py") or content in self._explained_files:
                continue
            hashes = self._hashes(_text(content), left)
            left -= len(hashes)
            found.append(_winnowed(hashes))
        prints = np.unique(np.concatenate(found))
        return np.setdiff1d(prints, self._explained, assume_unique=True)[:MAX_PRINTS].tobytes()

    def _hashes(self, text: str, limit: int = MAX_TOKENS) -> np.ndarray:
        """The hash of each run of K of the first `limit` tokens."""
        first = itertools.islice(self._tokens(text), limit)
        tokens = np.fromiter((zlib.crc32(token.encode()) for token in first), dtype=np.uint64)
        if len(tokens) < K:
            return np.empty(0, np.uint32)
        hashes = np.zeros(len(tokens) - K + 1, dtype=np.uint64)
        for place in range(K):
            hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + tokens[place : place + len(hashes)]
        return (hashes >> np.uint64(32)).astype(np.uint32)

    def _tokens(self, text: str) -> Iterable[str]:
        """Tokens without layout; strings are one token, and so are names that are the author's own.

        Names that stand in what was handed out, and attributes such as `exp` in `np.exp`, stay.
        """
        before = ""
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            if kind == "skip":
                continue
            token = match.group()
            if kind == "string":
                token = '""'
            elif kind == "name" and not (
                token in self._known or keyword.iskeyword(token) or before == "."
            ):
                token = "name"
            before = token
            yield token


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _winnowed(hashes: np.ndarray) -> np.ndarray:
    if len(hashes) <= WINDOW:
        return hashes[:1] if len(hashes) == 0 else hashes.min(keepdims=True)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW)
    return np.unique(windows.min(axis=1))


def look_alikes(fingerprints: Sequence[bytes]) -> list[Pair]:
    """The pairs of a class that share much, most alike first; at most MAX_PAIRS.

    A fingerprint that more than a tenth of the class has (and more than ALWAYS_RARE do) is taken
    for common knowledge. Submissions whose fingerprints are all the same are paired with the next
    such one, however many they are.
    """
    prints = [np.frombuffer(each, dtype=np.uint32) for each in fingerprints]
    rare = _without_common(prints)
    pairs = {(p.one, p.other): p for p in (*_similar(rare), *_same(fingerprints, prints))}
    ranked = sorted(pairs.values(), key=lambda p: (-p.likeness, -p.shared, p.one, p.other))
    return ranked[:MAX_PAIRS]


def _without_common(prints: Sequence[np.ndarray]) -> list[np.ndarray]:
    every = np.concatenate([*prints, np.empty(0, np.uint32)])
    values, counts = np.unique(every, return_counts=True)
    common = values[counts > max(ALWAYS_RARE, COMMON * len(prints))]
    return [np.setdiff1d(each, common, assume_unique=True) for each in prints]


def _similar(prints: Sequence[np.ndarray]) -> Iterable[Pair]:
    """Counts shared fingerprints through an index from each to those that have it."""
    sizes = np.array([len(each) for each in prints])
    values = np.concatenate([*prints, np.empty(0, np.uint32)])
    owners = np.repeat(np.arange(len(prints)), sizes)
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    for one, mine in enumerate(prints):
        if len(mine) < MIN_SHARED:
            continue
        first, end = np.searchsorted(values, mine, "left"), np.searchsorted(values, mine, "right")
        lists = [owners[a:b] for a, b in zip(first, end, strict=True) if b - a > 1]
        if not lists:
            continue
        shared = np.bincount(np.concatenate(lists), minlength=len(prints))
        for other in np.flatnonzero(shared >= MIN_SHARED):
            likeness = shared[other] / min(sizes[one], sizes[other])
            if other > one and likeness >= MIN_LIKENESS:
                yield Pair(one, int(other), float(likeness), int(shared[other]))


def _same(fingerprints: Sequence[bytes], prints: Sequence[np.ndarray]) -> Iterable[Pair]:
    groups = defaultdict(list)
    for place, each in enumerate(fingerprints):
        if len(prints[place]) >= MIN_SHARED:
            groups[each].append(place)
    for places in groups.values():
        for one, other in itertools.pairwise(places):
            yield Pair(one, other, 1.0, len(prints[one]))
