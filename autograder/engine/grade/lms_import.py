"""What an LMS imports: a gradebook or a filled-in worksheet, and a zip of the students' pages."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import KitError
from ..report.gradebook import export, refuse_nameless, refuse_pattern
from ..report.pages.class_record import ClassRecord, Row
from ..report.result import total
from ..report.worksheet import Who, filled_in
from ..submission.read import HandIn
from .archive import write_archive
from .outputs import page_path, write_atomically


@dataclass(frozen=True, kw_only=True)
class LmsImport:
    """The files that were asked for."""

    gradebook: str | None = None
    id_pattern: str | None = None
    worksheet: Path | None = None
    feedback_zip: bool = False

    def refuse_import(self, hand_ins: Sequence[HandIn]) -> None:
        """Raises `KitError`, before anything is graded, if grades can't go back this way."""
        students = [student for each in hand_ins for student in each.students]
        if self.id_pattern is not None:
            refuse_pattern(self.gradebook, self.id_pattern)
        elif self.gradebook is not None:
            refuse_nameless(self.gradebook, students)
        if self.worksheet is not None:
            participants = [_who(student) for student in students if "participant" in student]
            filled_in(self.worksheet.read_bytes(), dict.fromkeys(participants, 0.0), 1.0)
            if not participants:
                raise KitError("--worksheet is for a class as Moodle exports it")
        if self.feedback_zip and not any(each.back for each in hand_ins):
            raise KitError("--feedback-zip is for a class as Canvas or Moodle exports it")

    def write_import(self, out: Path, title: str, book: ClassRecord) -> Iterator[str]:
        """Writes the files into OUT; returns what the instructor must know."""
        rows, groups = book.rows, set[Who]()
        if self.gradebook is not None:
            path = out / f"{self.gradebook}.csv"
            text, problems = export(self.gradebook, self.id_pattern, title, book.parts, rows)
            write_atomically(path, text)
            yield from (f"gradebook: {path}", *problems)
        if self.worksheet is not None:
            path = out / "worksheet.csv"
            grades, problems = _by_participant(rows)
            possible = total(book.parts.values())
            filled, more, groups = filled_in(self.worksheet.read_bytes(), grades, possible)
            write_atomically(path, filled)
            yield from (f"worksheet: {path}", *problems, *more)
        if self.feedback_zip:
            path = out / "feedback.zip"
            # By a group's number Moodle would find a participant, who is another.
            people = [r for r in rows if r.back and groups.isdisjoint(map(_who, r.students))]
            pages = {row.back: page_path(out, row.stem).read_bytes() for row in people}
            write_archive(path, pages, packing=zipfile.ZIP_DEFLATED)
            left = [f"  not in it: {row.file}" for row in rows if row.back not in pages]
            yield from (f"feedback: {path}", *left)


def _who(student: Mapping[str, str]) -> Who:
    return student.get("name", ""), student.get("participant", "")


def _by_participant(rows: Iterable[Row]) -> tuple[dict[Who, float], list[str]]:
    """The points of each Moodle participant or group; of one with several, none."""
    grades: dict[Who, set[float]] = {}
    for row in rows:
        for student in row.students:
            grades.setdefault(_who(student), set()).add(row.earned)
    several = [" ".join(who) for who, found in grades.items() if len(found) > 1]
    problems = [f"  several submissions, not filled in: {each}" for each in several]
    return {who: min(found) for who, found in grades.items() if len(found) == 1}, problems
