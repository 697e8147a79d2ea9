"""final_grades.csv, in the format that `otter grade` writes."""

from __future__ import annotations

import csv
import io
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
                earned / possible,
                COMPLETED,
            ]
        )
    return text.getvalue()


def harmless_cell(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
