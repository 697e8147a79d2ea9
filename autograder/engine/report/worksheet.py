"""Moodle's offline grading worksheet, filled in.

Moodle finds a row's student by the number in its first column ("Participant 501"), in the site's
language, and takes the grade; a row whose grade can't be changed, it leaves alone. No other cell is
changed: Moodle compares its dates with those of the grades that it has. What a group handed in has
the group's name and number, which is no participant's: its members' rows have its name in a cell.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping

from ..errors import KitError

GRADE = ("Grade", "Bewertung", "Note", "Calificación", "Nota", "Valutazione", "Cijfer", "Ocena")
LOCKED = {"No", "Nein", "Non", "Nee", "Não", "Nie"}
"""Whether a grade can be changed: it can't."""
csv.field_size_limit(2**31 - 1)  # A cell may hold all the text, and the pictures, of a hand-in.

Who = tuple[str, str]
"""A participant's or a group's name and number."""


def filled_in(
    content: bytes, grades: Mapping[Who, float], possible: float
) -> tuple[bytes, list[str], set[Who]]:
    """The worksheet with the grades of these, scaled to the maximum that it states; what the
    instructor must know; and who of them are groups. Raises `KitError`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise KitError("the worksheet is not in UTF-8: download it anew") from None
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    head, *rows = [*csv.reader(io.StringIO(text, newline=""), delimiter=separator)] or [[]]
    column = next((head.index(name) for name in GRADE if name in head), 0)
    if not column:
        raise KitError(
            "the worksheet has no column Grade: if it is a Moodle assignment's, in a language that"
            " is not known here, rename the column of the grades to Grade"
        )
    # Behind the student's own name.
    about = [[cell for cell in map(_plain, row[2:column]) if cell] for row in rows]
    told = {cell for cells in about for cell in cells}
    groups = {_plain(who[0]): who for who in grades if _plain(who[0]) in told}
    people = {who[1]: who for who in grades if who not in groups.values()}
    left, problems = dict(grades), []
    for row, cells in zip(rows, about, strict=True):
        number = re.fullmatch(r"\D*(\d+)", row[0] if row else "")
        group = next((groups[cell] for cell in cells if cell in groups), None)
        who = people.get(number[1], group) if number else None
        if who is None:
            continue
        left.pop(who, None)
        grade = grades[who]
        # Behind the grade stand its maximum, and whether it can be changed.
        if LOCKED.intersection(row[column + 2 : column + 3]):
            problems.append(f"  Moodle lets nobody change the grade of {row[0]}")
            continue
        most = _number(row[column + 1 : column + 2])
        row[column] = f"{round(grade * most / possible, 4):g}"
        said = f"  {possible:g} points are {most:g} in the worksheet"
        problems += [said] if most != possible and said not in problems else []
    problems += [f"  not in the worksheet: {name} {number}".rstrip() for name, number in left]
    filled = io.StringIO()
    ending = "\r\n" if first.endswith("\r") else "\n"
    csv.writer(filled, delimiter=separator, lineterminator=ending).writerows([head, *rows])
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    return mark + filled.getvalue().encode(), problems, {*groups.values()}


def _plain(name: str) -> str:
    """A name without the signs that its folder's lacks."""
    return re.sub(r"[\s_&<>|:\"'`/\\]", "", unicodedata.normalize("NFC", name))


def _number(cells: list[str]) -> float:
    try:
        return float(cells[0].replace(",", "."))
    except (IndexError, ValueError):
        raise KitError("the worksheet states no maximum in points") from None
