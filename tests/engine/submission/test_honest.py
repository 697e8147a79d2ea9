"""An honest student keeps each file and each row, whatever platform and system make of the names."""

import os
from pathlib import Path

import pytest

from autograder.engine.submission import entries, find
from autograder.engine.submission.entries import SubmissionError
from autograder.engine.submission.find import Finder
from autograder.engine.submission.read import Submission, read_hand_in, read_submission
from tests.engine.submission.test_submission import MODULES, put
from tests.kit import zipped

BLACKBOARD = "HW_{}_attempt_2026-11-{:02}-20-15-33_x.zip"


def read(*paths: Path) -> list[Submission]:
    return [read_hand_in(each, "pkg", MODULES) for each in Finder("pkg", MODULES).find(paths)]


def alpha(content: bytes) -> bytes:
    return zipped({"pkg/alpha.py": content})


def test_logins_that_end_alike_are_two_students(tmp_path: Path) -> None:
    for login in ("a_smith", "b_smith"):
        put(tmp_path, BLACKBOARD.format(login, 1), alpha(login.encode()))
    one, other = read(tmp_path)
    assert [one.files["pkg/alpha.py"], other.files["pkg/alpha.py"]] == [b"a_smith", b"b_smith"]
    assert one.students != other.students


def test_of_many_attempts_the_last_is_graded(tmp_path: Path) -> None:
    days = range(1, 13)
    for day in days:
        put(tmp_path / "class", BLACKBOARD.format("ada", day), alpha(b"%d" % day))
    packed = zipped({f"try{day}.zip": alpha(b"%d" % day) for day in days})
    al = read_submission(put(tmp_path, "al.zip", packed), "pkg", MODULES)
    (ada,) = read(tmp_path / "class")
    for each, said in ((ada, "older, not graded"), (al, "too many archives")):
        assert each.files == {"pkg/alpha.py": b"12"}
        assert any(said in note for note in each.notes)


def test_a_helper_that_is_handed_in_again_keeps_its_name(tmp_path: Path) -> None:
    for number, name in enumerate(("alpha-1.py", "helper-1.py", "two-1.py", "two-2.py")):
        put(tmp_path / "class", f"ada_1_{90 + number}_{name}", b"")
    (ada,) = read(tmp_path / "class")
    assert set(ada.files) == {f"pkg/{n}.py" for n in ("alpha", "helper", "two-1", "two-2")}
    assert "taken for pkg/helper.py: pkg/helper-1.py" in ada.notes


def test_the_folders_of_a_zip_from_windows_are_no_files(tmp_path: Path) -> None:
    given = {"pkg\\": b"", "pkg\\alpha.py": b"", "pkg\\data\\": b"", "pkg\\data\\x.csv": b""}
    (ada,) = read(put(tmp_path, "ada.zip", zipped(given)))
    assert set(ada.files) == {"pkg/alpha.py", "pkg/data/x.csv"}


def test_a_row_of_brightspace_may_be_a_file(tmp_path: Path) -> None:
    for when, content in (("Nov 2, 2026 859 PM", b"new"), ("Oct 30, 2026 1000 AM", b"old")):
        put(tmp_path, f"1-5 - Ada - {when} - x.zip", alpha(content))
    put(tmp_path, "1-5 - Al - Nov 2, 2026 859 PM - alpha.py", b"new")
    assert [each.files for each in read(tmp_path)] == [{"pkg/alpha.py": b"new"}] * 2


def test_what_two_exports_miss_is_two_rows(tmp_path: Path) -> None:
    told = b"---\nsubmission_7:\n  :submitters:\n  - :name: Ada\n"
    for export in "ab":
        put(tmp_path / export, "submission_metadata.yml", told)
    assert len(read(tmp_path / "a", tmp_path / "b")) == 2


@pytest.mark.skipif(os.name != "posix", reason="names that are no text")
def test_a_name_that_is_no_text_can_be_written_down(tmp_path: Path) -> None:
    put(tmp_path, os.fsdecode(b"mu\xffller_1_90_x\xff.zip"), alpha(b""))
    (ada,) = read(tmp_path)
    assert f"{ada.students}{ada.back}".encode()


def test_a_zip_in_zips_is_opened_a_few_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, opened = alpha(b""), []
    for _ in range(50):
        content = zipped({"x.zip": content})
    for name in ("ada", "al", "zoe"):
        put(tmp_path, f"{name}.zip", content if name == "al" else alpha(b""))
    unpacked = find.archive_entries
    monkeypatch.setattr(find, "archive_entries", lambda c: opened.append(c) or unpacked(c))
    assert len(Finder("pkg", MODULES).find([tmp_path])) == 3
    assert len(opened) < 10


def test_a_giant_list_of_entries_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "MAX_CLASS", 3)
    path = put(tmp_path, "class.zip", zipped({f".git/{n}": b"" for n in range(4)}))
    with pytest.raises(SubmissionError, match="too many entries"):
        entries.class_entries(path)
