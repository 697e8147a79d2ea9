"""What is kept of each result for the class page: a few hundred bytes, however long it is."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...submission.read import CHOSEN
from ..result import Result, TestResult, by_part, total

MAX_DETAILS = 6
ORDER = (
    "the grader's fault", "unreadable answer", "ended its process", "stopped", "not graded",
    "not imported", "lost a whole part", "one of several packages", "note",
)  # fmt: skip
"""What an instructor may want to look at, the gravest first."""
_EXCEPTION = re.compile(r".*?(?: failed with | raised )(.*?)(?: \([^()]*\))?$")
"""An exception in a reason, without the name before it and the line behind it."""
EVENTS = {"timeouts": "stopped", "crashes": "ended its process", "refused": "unreadable answer"}


@dataclass(frozen=True, slots=True)
class Look:
    """Something about a submission that an instructor may want to look at."""

    label: str
    detail: str

    @property
    def weight(self) -> int:
        """The place in ORDER."""
        return ORDER.index(self.label)


@dataclass(frozen=True, slots=True)
class Row:
    """One submission: its name, what it earned in each part, its page's stem, a 0 or 1 for each
    test, what was noticed; students, back: see `HandIn`; prints: see `lookalikes`."""

    file: str
    parts: dict[str, float]
    students: tuple[Mapping[str, str], ...] = ()
    back: str = ""
    stem: str = ""
    passed: bytes = b""
    mistakes: tuple[str, ...] = ()
    looks: tuple[Look, ...] = ()
    prints: bytes = b""

    @property
    def earned(self) -> float:
        return total(self.parts.values())


@dataclass
class ClassRecord:
    """The class so far."""

    rows: list[Row] = field(default_factory=list)
    tests: tuple[TestResult, ...] = ()
    hints: dict[str, str] = field(default_factory=dict)
    failing: dict[str, set[str]] = field(default_factory=dict)
    records: Counter[str] = field(default_factory=Counter)
    lost: dict[str, float] = field(default_factory=dict)

    def add(self, result: Result, stem: str, prints: bytes = b"") -> None:
        """Enters a result; `stem` is the name of its files."""
        self.tests = self.tests or result.tests
        for test in result.tests:
            if test.mistake:
                self.hints.setdefault(test.mistake, test.hint)
                self.failing.setdefault(test.mistake, set()).add(test.part)
                self.lost[test.mistake] = total((self.lost.get(test.mistake, 0.0), test.points))
        self.records[json.dumps(result.grader, sort_keys=True)] += 1
        self.rows.append(
            Row(
                result.name,
                {part: result.part_earned(part) for part in by_part(result.tests)},
                result.students,
                result.back,
                stem=stem,
                passed=bytes(test.kind == "passed" for test in result.tests),
                mistakes=tuple(sorted({test.mistake for test in result.tests if test.mistake})),
                looks=tuple(looks(result)),
                prints=prints,
            )
        )

    @property
    def odd(self) -> list[Row]:
        """Those to look at for more than a note, the gravest first."""
        found = [row for row in self.rows if row.looks and row.looks[0].label != "note"]
        return sorted(found, key=lambda row: (row.looks[0].weight, row.file.casefold()))

    @property
    def parts(self) -> dict[str, float]:
        """The parts' points."""
        parts = by_part(self.tests)
        return {part: total(test.points for test in tests) for part, tests in parts.items()}

    def graders(self) -> list[tuple[dict[str, Any], int]]:
        """The different records of graders, the commonest first, and how many have each."""
        return [(json.loads(text), count) for text, count in self.records.most_common()]


def looks(result: Result) -> list[Look]:
    """What there is to look at in a result, the gravest first."""
    found = [Look("not graded", result.problem)] if result.problem else []
    for kind, label in EVENTS.items():
        if happened := result.events.get(kind):
            more = f" and {len(happened) - MAX_DETAILS} more" if len(happened) > MAX_DETAILS else ""
            found.append(Look(label, ", ".join(happened[:MAX_DETAILS]) + more))
    lost = [test.title for test in result.tests if test.kind == "grader"]
    found += [Look("the grader's fault", title) for title in lost[:1]]
    broken = dict.fromkeys(_cause(test) for test in result.tests if test.kind == "import")
    found += [Look("not imported", reason) for reason in broken]
    for part, tests in by_part(result.tests).items():
        causes = {_cause(test) for test in tests}
        if len(causes) == 1 and (cause := causes.pop()) and not result.problem:
            found.append(Look("lost a whole part", f"{part}: {cause}".replace("_", " ")))
    for note in result.notes[:3]:
        found.append(Look("one of several packages" if note.startswith(CHOSEN) else "note", note))
    return sorted(found, key=lambda look: look.weight)


def _cause(test: TestResult) -> str:
    """What a failure comes from, where that can be told in the same words for several."""
    if test.kind in ("import", "raised"):
        found = _EXCEPTION.fullmatch(test.reason)
        return found[1] if found else test.reason
    return test.mistake or (test.reason if test.kind == "missing" else "")
