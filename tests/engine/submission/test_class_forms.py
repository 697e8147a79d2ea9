"""Classes in the forms that platforms export: one hand-in a student, the newest; or a clear refusal.

Right work is NEW. What is older, or lies beside it, must not be graded in its place.
"""

import os
import shutil
import tarfile
from pathlib import Path

import pytest

from autograder.engine.submission import entries
from autograder.engine.submission import find as finding
from autograder.engine.submission.entries import SubmissionError
from autograder.engine.submission.find import Finder
from autograder.engine.submission.read import HandIn, Submission, read_hand_in
from tests.engine.submission.test_submission import MODULES
from tests.kit import made, put, tarred, zipped

NEW, OLD = b"new", b"old"
PACKAGE = {f"pkg/{module}.py": NEW for module in MODULES}
RIGHT = zipped(PACKAGE)
WRONG = zipped(dict.fromkeys(PACKAGE, OLD))
BB = "gradebook_C1_HW_{}_attempt_2026-11-{:02}-20-15-33"
YAML = """---
submission_7:
  :submitters:
  - :name: Ada Lovelace
    :sid: '101'
    :email: ada@example.org
  - :name: "Zo\\u00eb"
    :sid: '102'
  :history:
  - :name: nobody
submission_8:
  :submitters:
  - :name: Alan
"""

MANY = "bcdefghijklmnopqrstuvw"
TWELVE = zipped({f"try{day}.zip": WRONG if day < 12 else RIGHT for day in range(1, 13)})

Class = dict[str, bytes]


def work(*folders: str, content: bytes = NEW) -> Class:
    return {f"{folder}/{path}": content for folder in folders for path in PACKAGE}


CANVAS = {
    "adal_LATE_1_90_submission.zip": RIGHT, "LATE_anon_aB3_98_x.zip": RIGHT,
    "zoe_2_91_alpha.py": NEW, "zoe_2_92_beta-1.py": NEW, "zoe_2_90_beta.py": OLD,
    "wei_3_93_submission.zip": WRONG, "wei_3_94_submission-1.zip": RIGHT, "wei_3_95_report.pdf": b"",
    "eve_4_96_alpha (1).py": NEW, "eve_4_97_beta (1).py": NEW, "group_one_5_99_x_1_2.zip": RIGHT,
}  # fmt: skip
MOODLE = {
    "Ada L_1_assignsubmission_file/submission.zip": RIGHT,
    "Ada L_1_assignsubmission_onlinetext/onlinetext.html": b"be kind",
    **work("Zoë M_2_assignsubmission_file_"),
}
FLAT = {f"{module}.py": NEW for module in MODULES}
BOTH = [f"{BB.format('ada', 1)}_old.zip", f"{BB.format('ada', 2)}_submission.zip"]
CLASSES: dict[str, tuple[Class, list[str]]] = {
    "canvas": (CANVAS, ["LATE_anon", "adal_LATE_1_90_submission", "eve_4", "group_one_5", "wei_3", "zoe_2"]),
    "moodle": (MOODLE, ["Ada L_1", "Zoë M_2"]),
    "moodle flat": ({
        "Ada L_1_assignsubmission_file_submission.zip": RIGHT,
        **{f"Al_2_assignsubmission_file_{module}.py": NEW for module in MODULES},
    }, ["Ada L_1", "Al_2"]),
    "gradescope": (
        {"submission_metadata.yml": YAML.encode(), **work("submission_7", "submission_8")},
        ["Ada Lovelace, Zoë submission_7", "Alan submission_8"],
    ),
    "clones": ({
        **work("hw-ada", "hw-al"), **{f"hw-ada/.git/{n}": b"" for n in range(9)},
        "hw-al/venv/pkg/alpha.py": OLD, "hw-al/submission.zip": RIGHT,
    }, ["hw-ada", "hw-al"]),
    "attempts": (
        {**work("ada/1", "ada/2", "al/1", "al/2", content=OLD), **work("ada/10", "al/10")},
        ["ada", "al"],
    ),
    "canvas, names as a Mac writes them": ({
        "zoe\u0308_1_91_x.zip": WRONG, "zo\u00eb_1_92_x-1.zip": RIGHT, "al_2_93_x.tar-1.gz": tarred(PACKAGE),
    }, ["al_2", "zo"]),
    "canvas, copies handed in again": ({
        **{f"ada_1_9{n}_{m} (1)-{n}.py": NEW for n, m in enumerate(MODULES, 1)},
        **{f"ada_1_8{n}_{m} (1).py": OLD for n, m in enumerate(MODULES, 1)}, "al_2_93_x.zip": RIGHT,
    }, ["ada_1", "al_2"]),
    "a canvas quiz": (
        {f"{who}_question_5_9{n}_{module}.py": NEW
         for n, module in enumerate(MODULES) for who in ("al_ada12", "l_zoe13")},
        ["al_ada12", "l_zoe13"],
    ),
    "attempts that are packed in other ways": ({
        **work("ada/1", content=OLD), **work("ada/10/hw"), "al/2026-10-30-20-15-33/a.zip": WRONG,
        "al/2026-11-02-20-15-33/b/c.zip": RIGHT,
        "zoe/s.zip": WRONG, "zoe/s (1).zip": zipped({f"hw/{path}": NEW for path in PACKAGE}),
    }, ["ada", "al", "zoe"]),
    "brightspace": ({
        "index.html": b"", "1-5 - Ada - Nov 2, 2026 859 PM/x.zip": RIGHT,
        "1-5 - Ada - Oct 30, 2026 1000 AM/x.zip": WRONG,
        "2-5 - Al - Nov 2, 2026 1159 PM/x.zip": RIGHT,
    }, ["- Al -", "Ada"]),
    "brightspace, in other languages": ({
        "1-5 - Ada - 2 November, 2026 859 AM/x.zip": RIGHT,
        "1-5 - Ada - 30 October, 2026 1000 PM/x.zip": WRONG,
        "2-5 - Al - 2026-11-02 2059/x.zip": RIGHT, "2-5 - Al - 2026-10-30 2200/x.zip": WRONG,
    }, ["Ada", "Al"]),
    "autolab": ({
        **{f"ada@x.org_{n}_work.zip": RIGHT if n == 12 else WRONG for n in range(1, 13)},
        "a_l@x.org_1_work.zip": RIGHT,
    }, ["a_l@x.org", "ada@x.org"]),
    "schoology": ({
        "L, Ada - 7/Revision 1 - On time/first.zip": WRONG, "M, Al - 8/Revision 1 - Late/x.zip": RIGHT,
        "L, Ada - 7/Revision 2 - Late/second.zip": RIGHT,
    }, ["L, Ada", "M, Al"]),
    "teams": ({
        "Ada/HW/Version 1/new.zip": WRONG, "Ada/HW/Version 2/a.zip": RIGHT, "Al/HW/Version 1/x.zip": RIGHT,
    }, ["Ada", "Al"]),
    "sakai": ({
        "HW/L, Ada(ada)/Submission attachment(s)/x.zip": RIGHT, "HW/grades.csv": b"",
        "HW/L, Ada(ada)/Feedback Attachment(s)/y.zip": WRONG,
        **{f"HW/M, Al(al)/Submission attachment(s)/{name}": NEW for name in FLAT},
    }, ["Ada(ada)", "Al(al)"]),
    "sakai without folders": ({
        **{f"HW/{who}_Submission attachment(s)_{name}": NEW for name in FLAT for who in ("L, A(a)", "M, A(b)")},
        "HW/L, A(a)_Feedback Attachment(s)_x.zip": WRONG, "HW/L, A(a)_comments.txt": b"", "HW/grades.csv": b"",
        "HW/N, A(c)_x.zip": RIGHT,
    }, ["L, A(a)", "M, A(b)", "N, A(c)"]),
    "openolat": ({
        "HW/L_Ada_ada/1_submissions/x.zip": WRONG, "HW/L_Ada_ada/2_corrections/x.zip": WRONG,
        "HW/L_Ada_ada/3_revisions_1/x.zip": WRONG, "HW/L_Ada_ada/5_revisions_2/y.zip": RIGHT,
        "HW/M_Al_al/1_task/x.zip": WRONG, "HW/M_Al_al/2_submissions/y.zip": RIGHT,
    }, ["L_Ada_ada", "M_Al_al"]),
    "chamilo": ({
        **{f"2026_11_02_20_15_3{n}_ada_{name}": NEW for n, name in enumerate(FLAT)},
        "2026_10_30_20_15_33_ada_alpha.py": OLD, "2026_10_30_20_15_33_al_x.zip": WRONG,
        "2026_11_01_20_15_33_al_x.zip": RIGHT, "2026_11_01_20_15_33_zoe_x.zip": RIGHT,
    }, ["zoe", "ada", "al"]),
    "chamilo, logins of two words": ({
        **{f"2026_11_0{n}_20_15_33_stud_10{n}_x.zip": RIGHT for n in (1, 2)},
        "2026_11_03_20_15_33_stud_102_v2_x.zip": RIGHT, "2026_11_01_20_15_33_al_v1_x.zip": WRONG,
        "2026_11_02_20_15_33_al_v2_x.zip": RIGHT,
    }, ["stud_101", "al", "stud_102"]),
    "ilias": ({
        "Submissions/L_Ada_1/x.zip": WRONG, "Submissions/L_Ada_1/Late Submission - x (2).zip": RIGHT,
        **{f"Submissions/M_Al_2/Verspaetete Abgabe - {name}": NEW for name in FLAT},
    }, ["L_Ada_1", "M_Al_2"]),
    "submitty, with results": ({
        "submissions/ada/1/x.zip": WRONG, "submissions/ada/2/x.zip": RIGHT, "results/ada/2/x.txt": b"",
        "submissions/al/1/x.zip": RIGHT, "results/al/1/x.txt": b"",
    }, ["ada", "al"]),
    "handed in again under another name": ({
        **{f"{who}/hw.zip": WRONG for who in ("ada", "al", "zoe", "wei")}, "ada/hw_v2.zip": RIGHT,
        "al/hw (late).zip": RIGHT, "zoe/hw attempt 2.zip": RIGHT, "wei/LATE_hw.zip": RIGHT,
        **work("kim", "kim_late"), **work("group v1", "group v2"),
    }, ["ada", "al", "group v1", "group v2", "kim", "kim_late", "wei", "zoe"]),
    "dates before names": (
        {f"2026_{day}_{who}_x.zip": RIGHT for day, who in (("10_30", "ada"), ("11_02", "al"))},
        ["ada", "al"],
    ),
    "nbgrader's inbound folder": ({
        **work("ada+hw+2026-11-02 08:58:23.948203 UTC+a_-1", "al+hw+2026-11-01 15:58:23.1 UTC"),
        **work("ada+hw+2026-10-30 15:58:23.948203 UTC+b_-2", content=OLD),
    }, ["ada", "al"]),
    "zips": ({"ada.zip": RIGHT, "al.zip": RIGHT, "notes.txt": b""}, ["ada", "al"]),
    "dates that look like ids": (
        dict.fromkeys([f"{who}_2026_11_0{day}.zip" for day, who in enumerate(("ada", "al", "zoe"))], RIGHT),
        ["ada_2026", "al_2026", "zoe_2026"],
    ),
    "terms that look like ids": (
        {"hw_1_20231_ada.zip": RIGHT, "hw_1_20231_al.zip": RIGHT}, ["_ada", "_al"],
    ),
    "numbers of students that look like Canvas's": (
        {f"DL_2026_1000{n}_submission.zip": RIGHT for n in range(3)}, ["10000", "10001", "10002"],
    ),
    "numbers of tutorials that look like ids": (
        {f"tut_{n % 2}_1000{n}_submission.zip": RIGHT for n in range(3)}, ["10000", "10002", "10001"],
    ),
    "zips, some in a folder of late ones": (
        dict.fromkeys("ada.zip al.zip late/g7.zip late/g9.zip late/20001.zip".split(), RIGHT),
        ["20001", "ada", "al", "g7", "g9"],
    ),
    "attempts that begin with different dates": (
        dict.fromkeys("ada/2026-11-01.zip ada/2026-11-03.zip al/2026-11-02.zip".split(), RIGHT),
        ["ada", "al"],
    ),
    "numbers of teams that look like copies": (
        {f"CS_231_2026_team_{n}.zip": RIGHT for n in range(3)}, ["team_0", "team_1", "team_2"],
    ),
    "numbers of students and of attempts": ({
        **dict.fromkeys(["7/hw_7_v2.zip", "8/hw_8_v1.zip", "a/hw (1).zip", "b/hw_20261102.zip"], RIGHT),
        **dict.fromkeys("7/hw_7_v1.zip a/hw.zip b/hw_20261101.zip".split(), WRONG), "c/hw (2).zip": RIGHT,
    }, ["7", "8", "a", "b", "c"]),
    "attempts of which some are missing": (
        {**work("ada/1", "al/1", content=OLD), **work("ada/2", "al/3", "zoe/4")}, ["ada", "al", "zoe"],
    ),
    "a folder of the package's name around it": ({
        "Pkg/1-5 - Ada - Nov 2, 2026 859 PM/x.zip": RIGHT, "Pkg/index.html": b"",
        "Pkg/2-5 - Al - Nov 2, 2026 1159 PM/x.zip": RIGHT,
    }, ["- Ada -", "- Al -"]),
    "attempts of other names": ({
        BOTH[0]: WRONG, BOTH[1]: RIGHT, f"{BB.format('al', 1)}_x.zip": RIGHT,
    }, ["_ada", "_al_"]),
    "a newer attempt without a folder": ({
        BOTH[0]: WRONG, BOTH[1]: zipped(FLAT), f"{BB.format('al', 1)}_x.zip": RIGHT,
    }, ["_ada", "_al_"]),
    "a newer zip without a folder": (
        {"ada/s.zip": WRONG, "ada/s (1).zip": zipped(FLAT), "al.zip": RIGHT}, ["ada", "al"],
    ),
    "a newer attempt that can't be read": ({
        "1-5 - Ada - Nov 3, 2026 859 PM/x.rar": b"Rar!", "2-5 - Al - Nov 2, 2026 859 PM/x.zip": RIGHT,
        "1-5 - Ada - Nov 2, 2026 859 PM/x.zip": RIGHT,
    }, ["- Al", "Ada"]),
    "a folder of late ones": ({
        "ada_1_2_x.zip": RIGHT, "al_2_3_x.zip": RIGHT, "late/wei_LATE_3_4_x.zip": RIGHT,
        "late/zoe_LATE_4_5_x.zip": RIGHT,
    }, ["ada", "al", "wei", "zoe"]),
    "a newest attempt without the modules": ({
        "1-5 - Ada - Nov 3, 2026 859 PM/lab.py": NEW, "2-5 - Al - Nov 2, 2026 859 PM/x.zip": RIGHT,
        "1-5 - Ada - Nov 2, 2026 859 PM/x.zip": RIGHT,
    }, ["- Al", "Ada"]),
    "copies by other names": ({
        **{f"ada/{name}": NEW for name in ("Copy of alpha.py", "beta - Kopie (2).py")},
        "al/alpha (1).py": NEW, "al/beta copy 2.py": NEW, "zoe/alpha.py.txt": NEW, "zoe/beta.py": NEW,
    }, ["ada", "al", "zoe"]),
    "a zip in a zip, and a file beside": ({
        "ada_1_2_x.zip": zipped({"submission.zip": RIGHT}), "ada_1_3_r.pdf": b"",
        "al_2_4_x.zip": RIGHT,
    }, ["ada_1", "al_2"]),
    "a package beside an empty folder of a zip's name": ({
        "ada.zip": zipped({
            "hw.zip": zipped({f"s/{path}": NEW for path in FLAT} | {"s/x.zip/": b"", "t/y.zip/": b""}),
        }), "al.zip": RIGHT,
    }, ["ada", "al"]),
    "zips in zips, handed in again": ({
        **{f"ada_1_9{n}_x-{n}.zip": zipped({"s.zip": RIGHT if n == 5 else WRONG}) for n in range(1, 6)},
        "al_2_99_x.zip": RIGHT,
    }, ["ada_1", "al_2"]),
    "anonymous, with a number in the file's name": ({
        "anon_aB3_91_20231_x.zip": RIGHT, "anon_aB3_92_20231_report.pdf": b"",
        "anon_cD4_93_y.zip": RIGHT,
    }, ["anon_aB3", "anon_cD4"]),
    "logins that end alike": (
        {f"{BB.format(who, 1)}_x.zip": RIGHT for who in ("a_smith", "b_smith")},
        ["a_smith", "b_smith"],
    ),
    "rows that are files": ({
        "1-5 - Ada - Nov 2, 2026 859 PM - x.zip": RIGHT,
        "1-5 - Ada - Oct 30, 2026 1000 AM - x.zip": WRONG,
        **{f"1-5 - Al - Nov 2, 2026 859 PM - {module}.py": NEW for module in MODULES},
    }, ["Ada", "Al"]),
    "blackboard, twelve attempts": ({
        **{f"{BB.format('ada', day)}_x.zip": WRONG for day in range(1, 12)},
        f"{BB.format('ada', 12)}_x.zip": RIGHT, f"{BB.format('ada', 12)}.txt": b"",
        f"{BB.format('al', 1)}_x.zip": RIGHT,
    }, ["_ada", "_al_"]),
    "twelve zips in a zip": ({"ada.zip": TWELVE, "al.zip": RIGHT}, ["ada", "al"]),
}  # fmt: skip


def find(*paths: Path, out: Path | None = None) -> tuple[list[HandIn], Finder]:
    finder = Finder("pkg", MODULES, out)
    return finder.find(paths), finder


def read(found: HandIn) -> Submission:
    return read_hand_in(found, "pkg", MODULES)


def kept(submission: Submission) -> Class:
    """Its modules, without what else was handed in."""
    return {path: content for path, content in submission.files.items() if path in PACKAGE}


@pytest.mark.parametrize("form", CLASSES)
def test_a_class_is_read_however_it_is_packed(form, tmp_path):
    files, names = CLASSES[form]
    unpacked = made(tmp_path / "one" / "class", files)
    packed = put(tmp_path / "two", "class.zip", zipped(files))
    around = put(tmp_path, "around.zip", zipped({f"x/{name}": c for name, c in files.items()}))
    for path in (unpacked, unpacked.parent, packed, packed.parent, around):
        read_all = sorted(map(read, find(path)[0]), key=lambda each: each.name)
        assert len(read_all) == len(names), path
        for submission, name in zip(read_all, names, strict=True):
            assert name in submission.name
            assert kept(submission) == PACKAGE, (path, submission)


@pytest.mark.parametrize("path", ["hw/notes.txt", "pkg/other.py", "a/b/x.pdf"])
def test_one_in_which_there_is_nothing_to_grade_is_a_row(path, tmp_path):
    packed = put(tmp_path / "class", "ada.zip", zipped({path: b""}))
    for given in (packed, packed.parent):
        assert [each.name for each in find(given)[0]] == ["ada.zip"]


@pytest.mark.parametrize("empty", ["zoe/", "zoe_3_assignsubmission_file_/", "HW/zoe/x/"])
def test_an_empty_folder_is_a_row_unpacked_and_packed(empty, tmp_path):
    files = {
        empty.replace("zoe_3", who).replace("zoe", who) + "x.zip": RIGHT for who in ("a_1", "b_2")
    }
    unpacked = made(tmp_path / "class", files)
    (unpacked / empty).mkdir(parents=True)
    (unpacked / "empty").mkdir()
    packed = put(tmp_path, "class.zip", zipped({**files, empty: b"", "empty/": b""}))
    names = [[each.name for each in find(path)[0]] for path in (unpacked, packed)]
    assert names[0] == names[1]
    assert sum("zoe" in name for name in names[1]) == 1


def test_a_class_of_documents_alone_has_its_rows(tmp_path):
    packed = put(tmp_path, "class.zip", zipped({"ada_1_2_x.pdf": b"", "al_2_3_y.pdf": b""}))
    assert [each.students[0]["id"] for each in find(packed)[0]] == ["1", "2"]
    assert all("no folder pkg/" in read(each).problem for each in find(packed)[0])


@pytest.mark.parametrize(
    "path", ["late/ada/submission.zip", "late/ada/src/pkg/alpha.py", "x/ada/Version 1/x.zip"]
)
def test_a_single_hand_in_is_called_by_its_students_folder(path, tmp_path):
    put(tmp_path, path, RIGHT if path.endswith("zip") else NEW)
    (found,), _ = find(tmp_path / path.split("/")[0] / "ada")
    assert found.name == "ada"


def test_hand_ins_named_one_by_one_are_those_of_their_students(tmp_path):
    made(tmp_path, {f"s{n}/ada_1_{n}_x{'-1' * (n - 2)}.zip": RIGHT for n in (2, 3)})
    (found,), _ = find(*sorted(tmp_path.glob("*/*.zip")))
    assert found.students == ({"name": "ada", "id": "1"},)


def test_several_paths_are_as_one_class(tmp_path):
    files = {"ada.zip": RIGHT, "al/lab.py": NEW, "alpha_of_zoe.py": NEW, "index.html": b""}
    made(tmp_path, files)
    found, finder = find(*sorted(tmp_path.iterdir()))
    assert [each.name for each in found] == ["ada.zip", "al", "alpha_of_zoe.py"]
    assert finder.left_out == ["index.html"]
    with pytest.raises(SubmissionError, match="no zip and no folder to grade"):
        find(*[put(tmp_path, name, b"") for name in ("a.txt", "b.txt")])


@pytest.mark.parametrize("names", ["20001 20002 20003 20004", "g1 g2 g3 g4", "ada al wei zoe"])
def test_classes_side_by_side_are_no_students(names, tmp_path):
    files = {f"{'ABAB'[n]}/{name}.zip": RIGHT for n, name in enumerate(names.split())}
    made(tmp_path, files)
    assert [each.name[:-4] for each in find(tmp_path / "A", tmp_path / "B")[0]] == sorted(
        names.split(), key=lambda name: next(path for path in files if name in path)
    )


@pytest.mark.parametrize("form", ["attempts", "handed in again under another name", "sakai"])
def test_what_the_shell_makes_of_a_class_is_the_class(form, tmp_path):
    files, names = CLASSES[form]
    submissions = [read(each) for each in find(*made(tmp_path, files).iterdir())[0]]
    assert len(submissions) == len(names)
    assert all(kept(each) == PACKAGE for each in submissions)


def test_what_a_students_zip_looks_like_inside_is_nobody_elses(tmp_path):
    """A zip like a class of several students, one with two archives of numbers, one with a file of
    Gradescope's: beside others each is one row."""
    files = {
        "ada.zip": RIGHT, "al.zip": RIGHT, "eve1.zip": zipped(MOODLE), "eve2.zip": zipped(CANVAS),
        "eve3.zip": zipped({"submission_metadata.yml": b"---"}),
        "eve4.zip": zipped({f"x/{n}2345.zip": RIGHT for n in (1, 2)}), "eve5.zip": zipped(work("1", "2")),
    }  # fmt: skip
    folder = made(tmp_path / "class", files)
    for paths in ([folder], sorted(folder.iterdir())):
        assert [each.name for each in find(*paths)[0]] == sorted(files)
    put(folder, "wei/pkg/alpha.py", NEW)
    for n in (1, 2):
        put(folder, f"wei/{n}2345.zip", RIGHT)
    assert len(find(folder)[0]) == len(files) + 1


def test_a_folder_of_a_class_with_brackets_is_no_students(tmp_path):
    folder = made(tmp_path / "Homework 3, part 1 (all)", {"ada.zip": RIGHT, "al.zip": RIGHT})
    assert len(find(folder)[0]) == 2


def test_several_paths_of_an_export_are_of_its_students(tmp_path):
    files, names = CLASSES["moodle"]
    found, _ = find(*sorted(made(tmp_path, files).iterdir()))
    assert [each.students[0]["name"] for each in found] == ["Ada L", "Zoë M"]
    made(tmp_path / "g", CLASSES["gradescope"][0])
    assert len(find(*(tmp_path / "g").iterdir())[0]) == len(names) == 2


def test_a_folder_that_may_not_be_read_is_a_row(tmp_path, monkeypatch):
    made(tmp_path, {"ada.zip": RIGHT, **work("closed", "al"), "al/data/closed/x.csv": b""})
    monkeypatch.setattr(entries, "may_be_read", lambda folder: folder.name != "closed")
    monkeypatch.setattr(finding, "may_be_read", entries.may_be_read)
    problems = {each.name: each.problem for each in map(read, find(tmp_path)[0])}
    assert "closed may not be read" in problems.pop("closed.zip")
    assert problems == {"ada.zip": "", "al.zip": ""}


def test_a_tar_that_ends_with_a_zip_is_a_tar(tmp_path):
    (found,), _ = find(put(tmp_path, "class.tar", tarred({**PACKAGE, "old.zip": WRONG})))
    assert kept(read(found)) == PACKAGE


def test_what_is_older_or_beside_is_named(tmp_path):
    notes = {each.name: each.notes for each in map(read, find(made(tmp_path, CANVAS))[0])}
    assert "older, not graded: zoe_2_90_beta.py" in notes["zoe_2.zip"]
    assert "older, not graded: 93 submission.zip/pkg" in notes["wei_3.zip"]
    assert "taken for beta.py: beta (1).py" in notes["eve_4.zip"]
    (twelve, _), _ = find(made(tmp_path / "t", CLASSES["twelve zips in a zip"][0]))
    assert any("too many archives" in note for note in read(twelve).notes)
    typo, _ = find(made(tmp_path / "n", CLASSES["a newest attempt without the modules"][0]))
    said = "newer, without the modules: 1-5 - Ada - Nov 3, 2026 859 PM"
    assert {each.notes[:1] for each in typo} == {(), (said,)}
    moodle, _ = find(made(tmp_path / "m", MOODLE))
    assert moodle[0].notes == ("beside: Ada L_1_assignsubmission_onlinetext",)


def test_a_hand_in_knows_its_students(tmp_path):
    (first, *_), _ = find(made(tmp_path / "g", CLASSES["gradescope"][0]))
    assert first.students == (
        {"name": "Ada Lovelace", "sis_id": "101", "email": "ada@example.org"},
        {"name": "Zoë", "sis_id": "102"},
    )
    (ada, *_), _ = find(made(tmp_path / "c", CANVAS))
    assert ada.students == ({"anonymous": "aB3"},)  # graded without names
    without_names = {"anon_aB3_91_x.zip": RIGHT, "anon_cD4_93_y.zip": RIGHT}
    told = [each.students[0] for each in find(made(tmp_path / "a", without_names))[0]]
    assert told == [{"anonymous": "aB3"}, {"anonymous": "cD4"}]
    (ada, *_), _ = find(tmp_path / "c" / "adal_LATE_1_90_submission.zip")
    assert ada.students == ({"name": "adal", "id": "1"},)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a/old.zip": WRONG, "a/new.zip": RIGHT}, "two packages, new.zip/pkg and old.zip/pkg"),
        ({"a/30-10/pkg/alpha.py": NEW, "a/02-11/pkg/alpha.py": OLD}, "two packages"),
        ({"a/part1/alpha.py": NEW, "a/part2/beta.py": NEW}, "two packages"),
        ({"a_1_95_x.zip": WRONG, "a_1_94_x-1.zip": RIGHT}, "two packages"),
        ({"a_1_95_x.zip": WRONG, "a_1_96_y.zip": RIGHT, "b_2_97_x.zip": RIGHT}, "two packages"),
        (
            {"a_1_95_alpha.py": OLD, "a_1_94_alpha-1.py": NEW},
            "which is the newest? keep one of a_1_94_alpha-1.py, a_1_95_alpha.py",
        ),
        (
            work("1-5 - Ada - 2 mai 2026 2059", "1-5 - Ada - 30 avril 2026 2159"),
            "keep one of 1-5 - Ada",
        ),
        ({"a_1_text.html": b"", "b_2_95_x.zip": RIGHT}, "nothing but a text"),
        ({"a.zip": zipped(PACKAGE | {f"{c}/pkg/alpha.py": OLD for c in MANY})}, "more than 20"),
        ({"alpha_of_ada.py": NEW}, "whose is it"),
        ({"a/alpha (1).py": NEW, "a/alpha (2).py": OLD}, "keep one, as alpha.py"),
    ],
)
def test_where_nobody_can_be_sure_the_row_says_what_to_do(files, said, tmp_path):
    found, _ = find(made(tmp_path, {**files, "zz.zip": RIGHT, "zzz.zip": RIGHT}))
    problems = [each.problem for each in map(read, found)]
    assert said in problems[0]
    assert problems[-2:] == ["", ""]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({f"{s}/{n}.zip": RIGHT for s in "AB" for n in ("ada", "al")}, "in no known form"),
        ({f"{s}.zip": zipped({"a_1_2_x.zip": RIGHT, "b_2_3_y.zip": RIGHT}) for s in "AB"}, "form"),
        (
            {f"{n % 2}x/Participant_{n}_assignsubmission_file_/x.zip": RIGHT for n in range(4)},
            "several submissions",
        ),
        ({f"{who}_{m}.py": NEW for who in ("ada", "al") for m in MODULES}, "no zip and no folder"),
        (
            dict.fromkeys("ada.zip al.zip wei.zip mon/20001.zip mon/20002.zip".split(), RIGHT),
            "mon holds several",
        ),
        (
            dict.fromkeys("mon/g0.zip mon/g2.zip tue/g1.zip tue/g3.zip wed/g4.zip".split(), RIGHT),
            "mon holds several",
        ),
        (work("mon/101", "mon/102", "tue/103", "tue/104"), "mon holds several"),
        (work("1", "2"), "students, or attempts of one"),
        ({"notes.txt": b""}, "no zip and no folder"),
        ({"submission_metadata.yml": b"---\n"}, "tells of no submission"),
    ],
)
def test_a_class_in_no_known_form_is_refused(files, said, tmp_path):
    with pytest.raises(SubmissionError, match=said):
        find(made(tmp_path, files))


def test_each_hand_in_is_found_once_and_out_is_none(tmp_path):
    folder = made(tmp_path / "class", {"ada.zip": RIGHT, "ada/pkg/alpha.py": NEW, "b/x.zip": RIGHT})
    made(folder / "out", {"results/ada.json": b"", "feedback/ada.html": b""})
    (folder / "link").symlink_to(folder / "ada")
    found, _ = find(folder, folder / ".." / "class", folder / "ada.zip", out=folder / "out")
    assert [each.name for each in found] == ["ada (folder)", "ada.zip", "b", "link"]
    assert "link" in found[-1].problem
    with pytest.raises(SubmissionError, match="where the grades go"):
        find(folder / "out", out=folder / "out")
    with pytest.raises(SubmissionError, match="neither a zip nor a folder"):
        find(put(tmp_path, "notes.txt", b""))


def test_equal_names_are_told_apart_by_their_paths(tmp_path):
    paths = [put(tmp_path, f"{who}/submission.zip", RIGHT) for who in ("ada", "al")]
    assert [each.name for each in find(*paths)[0]] == ["ada/submission.zip", "al/submission.zip"]


@pytest.mark.parametrize("mode", ["w:", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_is_read_within_limits(mode, tmp_path):
    link = tarfile.TarInfo("pkg/link.py")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    files = {**PACKAGE, "../slip.py": NEW, "pkg/large.py": b"\0" * 2**21}
    content = tarred(files, link, mode=mode)
    (found,), _ = find(put(tmp_path, "ada.tar.gz", content))
    assert read(found).files == PACKAGE
    assert set(read(found).notes) == {
        "left out: ../slip.py leaves the folder",
        "left out: pkg/link.py is a link",
        "left out: pkg/large.py is too large, or one file too many",
    }
    cut = put(tmp_path, "cut.tar.gz", content[:100])
    assert "not a readable" in read(find(cut)[0][0]).problem


def test_a_tar_of_sparse_files_or_of_impossible_names_is_a_row(tmp_path):
    sparse, nul = tarfile.TarInfo("x"), tarfile.TarInfo("x")
    sparse.type = tarfile.GNUTYPE_SPARSE
    nul.pax_headers.update(path="a\0b/notes.txt")
    (of_sparse,) = find(put(tmp_path, "ada.tar", tarred(PACKAGE, sparse)), out=tmp_path)[0]
    (of_nul,) = find(put(tmp_path, "al.tar", tarred(PACKAGE, nul)), out=tmp_path)[0]
    assert "sparse" in read(of_sparse).problem
    assert kept(read(of_nul)) == PACKAGE


def test_limits_count_only_what_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.engine.submission.entries.MAX_ENTRIES", 9)
    beside = {f"{place}/{n}.py": b"" for place in (".git", "venv", "__pycache__") for n in range(9)}
    packed = put(tmp_path, "a.zip", zipped({**PACKAGE, **beside}))
    assert read(find(packed)[0][0]).files == PACKAGE
    made(tmp_path / "b", {**PACKAGE, **beside})
    assert read(find(tmp_path / "b")[0][0]).files == PACKAGE
    shutil.copytree(tmp_path / "b" / "venv", tmp_path / "b" / "many")
    assert "more than 9 files" in read(find(tmp_path / "b")[0][0]).problem


def test_a_helper_that_is_handed_in_again_keeps_its_name(tmp_path):
    names = ("alpha-1.py", "helper-1.py", "two-1.py", "two-2.py")
    files = {f"ada_1_{90 + number}_{name}": b"" for number, name in enumerate(names)}
    (ada,) = map(read, find(made(tmp_path, files))[0])
    assert set(ada.files) == {f"pkg/{n}.py" for n in ("alpha", "helper", "two-1", "two-2")}


def test_the_folders_of_a_zip_from_windows_are_no_files(tmp_path):
    given = {"pkg\\": b"", "pkg\\alpha.py": b"", "pkg\\data\\": b"", "pkg\\data\\x.csv": b""}
    (ada,) = map(read, find(put(tmp_path, "ada.zip", zipped(given)))[0])
    assert set(ada.files) == {"pkg/alpha.py", "pkg/data/x.csv"}


def test_a_class_whose_names_are_flagged_as_what_they_are_not_is_a_class(tmp_path):
    content = zipped({"Zoë_3.zip": RIGHT, "Noël_4.zip": WRONG}).replace("ë".encode(), b"\xeb_")
    assert len(find(put(tmp_path, "class.zip", content))[0]) == 2


def test_what_two_exports_miss_is_two_rows(tmp_path):
    told = b"---\nsubmission_7:\n  :submitters:\n  - :name: Ada\n"
    made(tmp_path, {f"{export}/submission_metadata.yml": told for export in "ab"})
    assert len(find(tmp_path / "a", tmp_path / "b")[0]) == 2


@pytest.mark.skipif(os.name != "posix", reason="names that are no text")
def test_a_name_that_is_no_text_can_be_written_down(tmp_path):
    put(tmp_path, os.fsdecode(b"mu\xffller_1_90_x\xff.zip"), RIGHT)
    (ada,), _ = find(tmp_path)
    assert f"{ada.students}{ada.back}".encode()


def test_a_zip_in_zips_is_opened_a_few_times(tmp_path, monkeypatch):
    content, opened = RIGHT, []
    for _ in range(50):
        content = zipped({"x.zip": content})
    made(tmp_path, {"ada.zip": RIGHT, "al.zip": content, "zoe.zip": RIGHT})
    unpacked = finding.archive_entries
    monkeypatch.setattr(finding, "archive_entries", lambda c, n: opened.append(c) or unpacked(c, n))
    assert len(find(tmp_path)[0]) == 3
    assert len(opened) < 10


def test_a_giant_list_of_entries_is_refused_unread(tmp_path, monkeypatch):
    path = put(tmp_path, "ada.zip", zipped({f".git/{n}": b"" for n in range(4)}))
    with pytest.raises(SubmissionError, match="too many entries"):
        entries.archive_entries(path, 3)
    made(tmp_path, {"al.zip": RIGHT, "zoe.zip": RIGHT})
    monkeypatch.setattr(finding, "MAX_ENTRIES", 3)
    looked_at: list[Path] = []
    monkeypatch.setattr(entries, "_without_anchor", lambda p: looked_at.append(p) or p)
    assert len(find(tmp_path)[0]) == 3
    assert looked_at and not any(".git" in path.parts for path in looked_at)
