"""Grades as CSV: final_grades.csv in the format that `otter grade` writes, and files to import into
Canvas and Moodle.

Canvas matches a row by ID, SIS User ID or SIS Login ID, and wants the student and section columns
before the assignment's. Moodle's grade import (Grades, Import, CSV) lets the teacher choose which
column to match with the students' ID number, user name or email address.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .result import Result

POINTS_ROW = "points-per-question"
COMPLETED = "Completed"


@dataclass(frozen=True)
class Row:
    """A submission's line: its name, and what it earned in each part."""

    file: str
    parts: dict[str, float]

    @classmethod
    def of(cls, result: Result, parts: Sequence[str]) -> Row:
        return cls(result.name, {part: result.part_earned(part) for part in parts})


def final_grades(points: dict[str, float], rows: Iterable[Row]) -> str:
    """The CSV's text: the points of each part, then the submissions sorted by name."""
    parts = sorted(points)
    possible = sum(points.values())
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    write(["file", *parts, "total_points_earned", "percent_correct", "grading_status"])
    write([POINTS_ROW, *(points[part] for part in parts), possible, 1.0, "--"])
    for row in sorted(rows, key=lambda row: row.file):
        earned = sum(row.parts.values())
        write(
            [
                harmless_cell(row.file),
                *(row.parts[part] for part in parts),
                earned,
                round(earned / possible, 4),  # as Otter does
                COMPLETED,
            ]
        )
    return text.getvalue()


COLUMNS = {
    "canvas": {
        "name": "Student",
        "id": "ID",
        "sis_id": "SIS User ID",
        "login": "SIS Login ID",
        "section": "Section",
    },
    "moodle": {
        "name": "Full name",
        "id": "ID number",
        "username": "Username",
        "email": "Email address",
    },
}
"""The groups that a pattern may have, and the columns that they fill."""

DEFAULT_PATTERNS = {
    # lovelaceada_LATE_1234_56789_handin.zip, as Canvas names a downloaded submission
    "canvas": r"^(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_",
    # Ada Lovelace_1234567_assignsubmission_file_..., as Moodle does; that is not the ID number
    "moodle": r"^(?P<name>[^_]+)_\d+_assignsubmission",
}


class PatternError(ValueError):
    """The pattern for student names or ids can't be used."""


def id_pattern(gradebook: str | None, pattern: str | None) -> re.Pattern[str] | None:
    """The pattern that finds the student in a file's name; None without a gradebook. Raises
    `PatternError`."""
    if gradebook is None:
        if pattern is not None:
            raise PatternError("--id-pattern is for a gradebook: say --gradebook canvas or moodle")
        return None
    try:
        compiled = re.compile(pattern or DEFAULT_PATTERNS[gradebook])
    except re.error as problem:
        raise PatternError(f"--id-pattern is not a regular expression: {problem}") from None
    known = COLUMNS[gradebook]
    if not set(compiled.groupindex) & set(known):
        groups = ", ".join(known)
        raise PatternError(f"--id-pattern needs a named group, such as (?P<id>...): {groups}")
    unknown = sorted(set(compiled.groupindex) - set(known))
    if unknown:
        raise PatternError(f"--id-pattern: {gradebook} has no column for {unknown[0]!r}")
    return compiled


def export(
    gradebook: str,
    pattern: re.Pattern[str],
    title: str,
    points: dict[str, float],
    rows: Iterable[Row],
) -> tuple[str, list[str]]:
    """The CSV's text, and what the instructor must know: rows left out, students named twice.

    A submission whose name the pattern doesn't fit is left out. Of several by one student all are
    written, for the instructor to choose.
    """
    columns = COLUMNS[gradebook]
    if gradebook == "moodle":
        columns = {group: name for group, name in columns.items() if group in pattern.groupindex}
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    write([*columns.values(), harmless_cell(title)])
    if gradebook == "canvas":
        write(["    Points Possible", *[""] * (len(columns) - 1), sum(points.values())])
    left_out, of_student = [], defaultdict(list)
    for row in sorted(rows, key=lambda row: row.file):
        found = pattern.search(row.file)
        if found is None:
            left_out.append(row.file)
            continue
        student = {group: (value or "").strip() for group, value in found.groupdict().items()}
        of_student[tuple(student.values())].append(row.file)
        cells = [harmless_cell(student.get(group, "")) for group in columns]
        write([*cells, sum(row.parts.values())])
    problems = [f"  not in it, the pattern does not fit: {name}" for name in left_out]
    problems += [
        f"  the same student: {', '.join(files)}" for files in of_student.values() if len(files) > 1
    ]
    return text.getvalue(), problems


def harmless_cell(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    # Some spreadsheets read the wide forms of East Asian keyboards, too.
    first = unicodedata.normalize("NFKC", text[:1])
    return f"'{text}" if first in ("=", "+", "-", "@", "\t", "\r") else text
