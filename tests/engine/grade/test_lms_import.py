"""What goes back: read as the platforms' own import code reads it, in a run of the whole command."""

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.errors import KitError
from autograder.engine.grade import run
from autograder.engine.grade.run import Run, run_class
from autograder.engine.prove import made_up
from autograder.engine.report.worksheet import filled_in
from tests.kit import put, zipped

SHEET = """\ufeffIdentifier,"Full name",Status,Grade,"Maximum Grade","Grade can be changed",\
"Last modified (grade)","Feedback comments"
"Participant 501","Ada, L",Submitted,,10.00,Yes,-,"two
lines"
"Participant 502",Al,Submitted,3.00,10.00,No,-,
"Participant 503",Zoe,"No submission",,10.00,Yes,-,
"""


def class_of(tiny: Assignment, folder: Path, *names: str) -> Path:
    """A class of zips: the first has all points, the others have none."""
    works = [made_up.solution(tiny), *[made_up.skeleton(tiny)] * len(names)]
    for name, work in zip(names, works, strict=False):
        put(folder, name, zipped(work))
    return folder


def canvas_takes(name: str) -> tuple[str, str] | None:
    """User and attachment, as `infer_comment_context_from_filename` finds them."""
    numbers = [word for word in name.split("_") if re.fullmatch(r"\d+", word)][:2]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None


def moodle_takes(path: str, participants: set[int]) -> tuple[int, str] | None:
    """Participant and file, as `is_valid_filename_for_import` finds them."""
    parts = path.split("/")
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) < 4 or not info[1].isdigit() or int(info[1]) not in participants:
            continue
        if (info[2], info[3]) == ("assignsubmission", "file"):
            return int(info[1]), "/".join([*info[4:], *parts]).strip("/")
    return None


def test_canvas(tiny, tmp_path):
    names = ["ada_LATE_101_901_x.zip", "al_102_902_y.zip", "zoe_103_text.html"]
    folder, out = class_of(tiny, tmp_path / "class", *names), tmp_path / "out"
    run_class(Run(tiny.folder, [folder], out, 1, gradebook="canvas", feedback_zip=True))
    rows = list(csv.DictReader((out / "canvas.csv").open()))[1:]
    assert {row["ID"]: float(row[tiny.title]) for row in rows} == {"101": 10, "102": 0, "103": 0}
    with zipfile.ZipFile(out / "feedback.zip") as archive:
        taken = {canvas_takes(name) for name in archive.namelist()}
        assert taken == {("101", "901"), ("102", "902")}
        page = archive.read("ada_LATE_101_901_x.html")
        assert all(entry.compress_size < entry.file_size / 2 for entry in archive.infolist())
    assert page == (out / "feedback" / "ada_LATE_101_901_x.html").read_bytes()


@pytest.mark.parametrize("between", ["/", "_"])
def test_moodle(tiny, tmp_path, between):
    names = [f"{who}_assignsubmission_file{between}x.zip" for who in ("Ada L_501", "Al_502")]
    folder, out = class_of(tiny, tmp_path / "class", *names), tmp_path / "out"
    sheet = put(tmp_path, "sheet.csv", SHEET.encode())
    run_class(Run(tiny.folder, [folder], out, 1, worksheet=sheet, feedback_zip=True))
    rows = list(csv.DictReader(io.StringIO((out / "worksheet.csv").read_text("utf-8-sig"))))
    grades = {int(row["Identifier"].removeprefix("Participant ")): row["Grade"] for row in rows}
    assert grades == {501: "10", 502: "3.00", 503: ""}
    assert rows[0]["Feedback comments"] == "two\nlines"
    with zipfile.ZipFile(out / "feedback.zip") as archive:
        taken = [moodle_takes(name, {501, 502, 503}) for name in archive.namelist()]
    assert [each and each[0] for each in taken] == [501, 502]
    assert all(each and each[1].endswith(".html") for each in taken)


def test_a_worksheet_is_filled_in_on_its_own_scale_and_the_rest_stays():
    content = SHEET.replace("\n", "\r\n").replace("two", "pasted" * 30_000).encode()
    text, problems, _ = filled_in(
        content, {("Ada", "501"): 33.3, ("Al", "502"): 50.0, ("Wei", "9"): 1.0}, 100.0
    )
    assert text.startswith(b"\xef\xbb\xbfIdentifier,")
    assert b"Submitted,3.33,10.00,Yes" in text
    assert problems == [
        "  100 points are 10 in the worksheet",
        "  Moodle lets nobody change the grade of Participant 502",
        "  not in the worksheet: Wei 9",
    ]
    german = b"ID;Bewertung;Bestwertung\nTeilnehmer/in501;;100,00\n"
    assert filled_in(german, {("Teilnehmerin", "501"): 87.5}, 100.0)[0].endswith(
        b"in501;87.5;100,00\n"
    )
    for content, said in ((b"a,b\n1,2\n", "no column Grade"), (b"Grade\n\xc4 1,\n", "UTF-8")):
        with pytest.raises(KitError, match=said):
            filled_in(content, {("", "1"): 1.0}, 1.0)


def test_the_members_of_a_group_get_its_grade_whatever_its_number(tiny, tmp_path):
    whose = "Default group", "Team 1 A_502", "Ada_502"
    names = [f"{each}_assignsubmission_file_x.zip" for each in whose]
    folder, out = class_of(tiny, tmp_path / "class", *names), tmp_path / "out"
    teams = ["Group", "Team 1: A", "", "Default group", "Team 1: A"]
    lines = [f"Participant {n},Jan,{team},,10.00,Yes" for n, team in enumerate(teams[1:], 501)]
    head = "Identifier,Full name,Group,Grade,Maximum Grade,Grade can be changed"
    sheet = put(tmp_path, "sheet.csv", "\n".join([head, *lines]).encode())
    run_class(Run(tiny.folder, [folder], out, 1, worksheet=sheet, feedback_zip=True))
    with zipfile.ZipFile(out / "feedback.zip") as archive:
        assert archive.namelist() == ["Ada_502_assignsubmission_file_x.html"]
    rows = csv.DictReader((out / "worksheet.csv").open())
    assert [row["Grade"] for row in rows] == ["0", "0", "10", "0"]


def test_a_class_that_can_not_go_back_so_is_refused_before_it_is_graded(tiny, tmp_path):
    folder = class_of(tiny, tmp_path / "class", "ada.zip", "al.zip")
    sheet = put(tmp_path, "sheet.csv", SHEET.encode())
    for wanted, said in (
        ({"gradebook": "canvas"}, "--id-pattern"),
        ({"worksheet": sheet}, "as Moodle"),
        ({"feedback_zip": True}, "as Canvas or Moodle"),
    ):
        with pytest.raises(KitError, match=said):
            run_class(Run(tiny.folder, [folder], tmp_path / "out", 1, **wanted))  # type: ignore[arg-type]
    scale = put(tmp_path, "scale.csv", SHEET.replace("10.00", "Very good").encode())
    moodle = class_of(tiny, tmp_path / "moodle", "Ada L_501_assignsubmission_file_x.zip")
    with pytest.raises(KitError, match="no maximum in points"):
        run_class(Run(tiny.folder, [moodle], tmp_path / "out", 1, worksheet=scale))
    assert not (tmp_path / "out").exists()


def test_a_late_student_joins_the_class(tiny, tmp_path):
    names = ["ada_101_901_x.zip", "al_102_902_x.zip"]
    folder, out = class_of(tiny, tmp_path / "class", *names), tmp_path / "out"
    run_class(Run(tiny.folder, [folder], out, 1))
    late = class_of(tiny, tmp_path / "late", "al_LATE_102_950_x-1.zip", "zoe_103_951_x.zip")
    book = run_class(Run(tiny.folder, [late], out, 1, gradebook="canvas"))
    earned = {row.file: row.earned for row in book.rows}
    assert earned == {
        "ada_101_901_x.zip": 10,
        "al_LATE_102_950_x-1.zip": 10,
        "zoe_103_951_x.zip": 0,
    }
    assert {p.stem for p in (out / "feedback").iterdir()} == {name[:-4] for name in earned}
    assert (out / "canvas.csv").read_text("utf-8").count("\n") == 5
    before = (out / "final_grades.csv").read_bytes()
    with pytest.raises(KitError, match="another seed"):
        run_class(Run(tiny.folder, [late / "zoe_103_951_x.zip"], out, 1, seed=3))
    assert (out / "final_grades.csv").read_bytes() == before


def test_a_later_hand_in_replaces_the_same_students_and_no_other(tiny, tmp_path, capsys):
    out, bob = tmp_path / "out", "1-5 - Bob - Nov {}, 2026 859 PM/x.zip"
    runs = [
        [bob.format(2), "2-5 - Al - Nov 2, 2026 859 PM/x.zip"],
        [bob.format(9)],
        ["ada/submission.zip"],
        ["zoe/submission.zip"],
    ]
    for number, names in enumerate(runs):
        folder = class_of(tiny, tmp_path / str(number), *names)
        run_class(Run(tiny.folder, [folder], out, 1))
    names = [row["file"] for row in csv.DictReader((out / "final_grades.csv").open())][1:]
    assert names == [
        "1-5 - Bob - Nov 9, 2026 859 PM.zip",
        "2-5 - Al - Nov 2, 2026 859 PM.zip",
        "ada.zip",
        "zoe.zip",
    ]
    capsys.readouterr()
    run_class(Run(tiny.folder, [tmp_path / "3"], out, 1))
    said = capsys.readouterr().out
    assert "replaced, of the same name: zoe\n" in said
    kept = ", ".join(f"{name[:-4]}.zip" for name in names[:-1])
    assert f"kept, of earlier runs with -o {out}: {kept}\n" in said


def test_a_late_student_is_who_they_were_in_the_class(tiny, tmp_path):
    names = ["Zoe M_3_assignsubmission_file/x.zip", "ada/hw3.zip", "al/work.zip"]
    out = tmp_path / "out"
    run_class(Run(tiny.folder, [class_of(tiny, tmp_path / "class", *names)], out, 1))
    for name in names:
        late = class_of(tiny, tmp_path / "late", name) / Path(name).parent
        run_class(Run(tiny.folder, [late], out, 1))
    rows = [*csv.DictReader((out / "final_grades.csv").open())][1:]
    assert {row["file"]: float(row["total_points_earned"]) for row in rows} == {
        f"{Path(name).parent}.zip": 10 for name in names
    }


def test_what_another_run_wrote_in_the_meantime_is_in_the_table(tiny, tmp_path, monkeypatch):
    out, grade_all = tmp_path / "out", run.grade_all

    def meanwhile(*arguments: Any) -> Any:
        monkeypatch.undo()
        run_class(Run(tiny.folder, [class_of(tiny, tmp_path / "b", "al.zip")], out, 1))
        return grade_all(*arguments)

    monkeypatch.setattr(run, "grade_all", meanwhile)
    run_class(Run(tiny.folder, [class_of(tiny, tmp_path / "a", "ada.zip")], out, 1))
    rows = [*csv.DictReader((out / "final_grades.csv").open())][1:]
    assert [row["file"] for row in rows] == ["ada.zip", "al.zip"]
