"""Grades as CSV: final_grades.csv in the format that `otter grade` writes, and files to import into
Canvas and Moodle.

Canvas matches a row by ID, SIS User ID or SIS Login ID, and wants the student and section columns
before the assignment's. Moodle's grade import (Grades, Import, CSV) lets the teacher choose which
column to match with the students' ID number, user name or email address; the assignment's own
worksheet (Download grading worksheet, Upload grading worksheet) names each by its participant.
"""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ..errors import KitError
from .pages.class_record import Row
from .result import TestResult, total

SEPARATORS = r"[;|\t\r\n]"
FORMULA = rf"(?:^|{SEPARATORS})\s*[=+\-@]|^[\t\r]"
POINTS_ROW = "points-per-question"


def final_grades(points: dict[str, float], rows: Iterable[Row]) -> str:
    """The CSV's text: the points of each part, then the submissions."""
    parts = sorted(points)
    possible = total(points.values())
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    write(["file", *parts, "total_points_earned", "percent_correct", "grading_status"])
    write([POINTS_ROW, *(points[part] for part in parts), possible, 1.0, "--"])
    for row in rows:
        earned = [row.parts.get(part, 0.0) for part in parts]
        share = round(row.earned / possible, 4)  # as Otter does
        write([harmless_cell(row.file), *earned, row.earned, share, "Completed"])
    return text.getvalue()


def grades_by_test(tests: Sequence[TestResult], rows: Iterable[Row]) -> str:
    """A CSV of what each submission earned in each test."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    write(["file", *(test.id for test in tests)])
    write([POINTS_ROW, *(test.points for test in tests)])
    for row in rows:
        earned = [test.points * passed for test, passed in zip(tests, row.passed, strict=True)]
        write([harmless_cell(row.file), *earned])
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
TOLD = {"canvas": {"id", "sis_id", "login"}, "moodle": {"email"}}
"""The fields by which each gradebook knows a student, of those that the class's form tells."""


def refuse_pattern(gradebook: str | None, pattern: str) -> None:
    """Raises `KitError` where the pattern can't find the student in a file's name."""
    if gradebook is None:
        raise KitError("--id-pattern is for a gradebook: say --gradebook canvas or moodle")
    try:
        compiled = re.compile(pattern)
    except re.error as problem:
        raise KitError(f"--id-pattern is not a regular expression: {problem}") from None
    known = COLUMNS[gradebook]
    if not compiled.groupindex or compiled.groupindex.keys() - known:
        raise KitError(
            f"--id-pattern needs named groups, (?P<id>...), of these: {', '.join(known)}"
        )


def refuse_nameless(gradebook: str, students: Iterable[Mapping[str, str]]) -> None:
    """Raises `KitError` where the class's form tells nothing that the gradebook goes by."""
    if not any(student.keys() & TOLD[gradebook] for student in students):
        other = "; or take --worksheet FILE instead" if gradebook == "moodle" else ""
        known = f"nothing here that {gradebook} knows a student by"
        raise KitError(f"{known}: find it in the files' names with --id-pattern{other}")


def export(
    gradebook: str, pattern: str | None, title: str, points: dict[str, float], rows: Iterable[Row]
) -> tuple[str, list[str]]:
    """The CSV's text, and what the instructor must know: rows left out, students named twice.

    Without a pattern the class's form tells the students. Of several submissions by one student all
    are written, for the instructor to choose.
    """
    columns = COLUMNS[gradebook]
    handed_in = [(row, _students(row, pattern, gradebook)) for row in rows]
    if gradebook == "moodle":
        told = {group for _, students in handed_in for student in students for group in student}
        columns = {group: name for group, name in columns.items() if group in told}
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerow
    write([*columns.values(), harmless_cell(title)])
    if gradebook == "canvas":
        write(["    Points Possible", *[""] * (len(columns) - 1), total(points.values())])
    of_student = defaultdict(list)
    for row, students in handed_in:
        for student in students:
            of_student[tuple(student.values())].append(row.file)
            write([*(harmless_cell(student.get(group, "")) for group in columns), row.earned])
    nobodys = [row.file for row, students in handed_in if not students]
    several = [", ".join(files) for files in of_student.values() if len(files) > 1]
    problems = [f"  not in it, nothing tells the student: {file}" for file in nobodys]
    return text.getvalue(), [*problems, *(f"  the same student: {files}" for files in several)]


def _students(row: Row, pattern: str | None, gradebook: str) -> list[dict[str, str]]:
    """What tells the gradebook who handed this in."""
    if pattern is not None:
        found = re.search(pattern, row.file)
        groups = found.groupdict("").items() if found else ()
        return [{k: v.removesuffix(".zip").strip() for k, v in groups}] if found else []
    known = TOLD[gradebook]
    told = [each for each in row.students if each.keys() & known]
    return [{k: v for k, v in each.items() if k in known | {"name"}} for each in told]


def harmless_cell(text: str) -> str:
    """The text so that no spreadsheet takes it, or what one makes of it that separates cells by
    semicolons, tabs or bars, for a formula."""
    # Some spreadsheets read the wide forms of East Asian keyboards, too.
    plain = unicodedata.normalize("NFKC", text)
    return f"'{re.sub(SEPARATORS, ' ', text)}" if re.search(FORMULA, plain) else text
