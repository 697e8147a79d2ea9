"""What is kept of each result for the class page: a few hundred bytes, however long it is."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..result import Result, TestResult, total

MAX_DETAILS = 6
EVENTS = {
    "timeouts": "stopped",
    "crashes": "ended its process",
    "refused": "unreadable answer",
}


@dataclass(frozen=True, slots=True)
class Look:
    """Something about a submission that an instructor may want to look at."""

    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One submission: its page's stem, a 0 or 1 for each test, what was noticed; prints: see
    `lookalikes`."""

    name: str
    stem: str
    earned: float
    parts: tuple[float, ...]
    passed: bytes
    mistakes: tuple[str, ...]
    looks: tuple[Look, ...]
    prints: bytes = b""


@dataclass
class ClassBook:
    """The class so far."""

    rows: list[ClassRow] = field(default_factory=list)
    tests: tuple[TestResult, ...] = ()
    hints: dict[str, str] = field(default_factory=dict)
    failing: dict[str, Counter[str]] = field(default_factory=dict)
    records: Counter[str] = field(default_factory=Counter)

    def add(self, result: Result, stem: str, prints: bytes = b"") -> None:
        """Enters a result; `stem` is the name of its files."""
        self.tests = self.tests or result.tests
        for test in result.tests:
            if test.mistake:
                self.hints.setdefault(test.mistake, test.hint)
                self.failing.setdefault(test.mistake, Counter())[test.part] += 1
        self.records[json.dumps(result.grader, sort_keys=True)] += 1
        parts = dict.fromkeys(test.part for test in result.tests)
        self.rows.append(
            ClassRow(
                result.name,
                stem,
                result.earned,
                tuple(result.part_earned(part) for part in parts),
                bytes(test.kind == "passed" for test in result.tests),
                tuple(sorted({test.mistake for test in result.tests if test.mistake})),
                tuple(looks(result)),
                prints,
            )
        )

    @property
    def parts(self) -> dict[str, float]:
        """The parts' points."""
        parts = dict.fromkeys(test.part for test in self.tests)
        return {part: total(t.points for t in self.tests if t.part == part) for part in parts}

    def graders(self) -> list[tuple[dict[str, Any], int]]:
        """The different records of graders, the commonest first, and how many have each."""
        return [(json.loads(text), count) for text, count in self.records.most_common()]


def looks(result: Result) -> list[Look]:
    """What there is to look at in a result."""
    found = [Look("not graded", result.problem)] if result.problem else []
    for kind, label in EVENTS.items():
        happened = result.events.get(kind, [])
        if happened:
            more = f" and {len(happened) - MAX_DETAILS} more" if len(happened) > MAX_DETAILS else ""
            found.append(Look(label, ", ".join(happened[:MAX_DETAILS]) + more))
    lost = [test.title for test in result.tests if test.kind == "grader"]
    if lost:
        found.append(Look("the grader's fault", lost[0]))
    broken = dict.fromkeys(test.reason for test in result.tests if test.kind == "import")
    found += [Look("not imported", reason) for reason in broken]
    found += [Look("note", note) for note in result.notes[:3]]
    return found
