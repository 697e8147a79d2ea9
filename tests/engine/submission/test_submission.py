"""Reading submissions; what odd archives must get is in `attacks/malformed.py`."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from autograder.engine.grade.batch import tasks
from autograder.engine.submission import read as submission
from autograder.engine.submission.entries import MAX_ARCHIVE, MAX_DIRECTORY, SubmissionError
from autograder.engine.submission.find import Finder
from autograder.engine.submission.read import MAX_FILES, hand_in, read_submission

MODULES = ("alpha", "beta")


def zip_of(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_zip_and_a_folder_give_the_same_files(tmp_path: Path) -> None:
    files = {"pkg/alpha.py": b"1", "pkg/beta.py": b"2", "pkg/sub/x.py": b"3", "beside.py": b"4"}
    packed = read_submission(put(tmp_path, "a.zip", zip_of(files)), "pkg", MODULES)
    for name, content in files.items():
        put(tmp_path / "b", name, content)
    unpacked = read_submission(tmp_path / "b", "pkg", MODULES)
    assert packed.files == unpacked.files == files
    assert (packed.name, unpacked.name) == ("a.zip", "b.zip")


def test_the_packages_files_and_python_files_beside_it_are_kept(tmp_path: Path) -> None:
    kept = {"hw/pkg/alpha.py": b"", "hw/helper.py": b"", "hw/pkg/sub/data.csv": b""}
    left = {"hw/lab.ipynb": b"", "hw/other/x.py": b"", "top.py": b"", "hw/pkg/a.pyc": b""}
    read = read_submission(put(tmp_path, "a.zip", zip_of({**kept, **left})), "pkg", MODULES)
    assert set(read.files) == {"pkg/alpha.py", "helper.py", "pkg/sub/data.csv"}


def test_without_a_package_folder_only_python_files_are_kept(tmp_path: Path) -> None:
    given = {"hw/alpha.py": b"", "hw/data.csv": b"", "hw/sub/x.py": b""}
    read = read_submission(put(tmp_path, "a.zip", zip_of(given)), "pkg", MODULES)
    assert set(read.files) == {"pkg/alpha.py"}


def test_no_file_is_written(tmp_path: Path) -> None:
    path = put(
        tmp_path / "in", "a.zip", zip_of({"../../x.py": b"", "/y.py": b"", "pkg/alpha.py": b""})
    )
    before = sorted(tmp_path.rglob("*"))
    assert read_submission(path, "pkg", MODULES).files == {"pkg/alpha.py": b""}
    assert sorted(tmp_path.rglob("*")) == before


def test_the_assignments_modules_are_never_crowded_out(tmp_path: Path) -> None:
    many = {f"pkg/a{i}.py": b"" for i in range(3 * MAX_FILES)}
    many |= {f"pkg/0{i}.csv": b"" for i in range(3 * MAX_FILES)}
    read = read_submission(
        put(tmp_path, "a.zip", zip_of({**many, "pkg/beta.py": b"", "pkg/alpha.py": b""})),
        "pkg",
        MODULES,
    )
    assert {"pkg/alpha.py", "pkg/beta.py"} <= set(read.files)
    assert len(read.files) <= MAX_FILES


def test_the_digest_tells_contents_apart(tmp_path: Path) -> None:
    def digest(name: str, content: bytes) -> str:
        return read_submission(
            put(tmp_path / name, "hw.zip", content).parent, "pkg", MODULES
        ).sha256

    one, other = zip_of({"pkg/alpha.py": b"1"}), zip_of({"pkg/alpha.py": b"2"})
    assert digest("a", one) == digest("b", one) != digest("c", other)


def test_a_file_that_grows_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with path.open("wb") as file:
        file.truncate(4 * MAX_ARCHIVE)
    assert "larger than" in read_submission(path, "pkg", MODULES).problem


def test_an_entry_that_lies_nowhere_costs_itself_alone(tmp_path: Path) -> None:
    """The last entry of the directory gets an offset, as zip64 writes it, of almost 2**64."""
    content = zip_of({"pkg/alpha.py": b"1", "pkg/notes.txt": b"2"})
    end = content.rfind(b"PK\x05\x06")
    entry = content.rfind(b"PK\x01\x02")
    name = b"pkg/notes.txt"
    offset = struct.pack("<HHQ", 1, 8, 2**64 - 16)
    moved = bytearray(content[entry:end])
    struct.pack_into("<H", moved, 30, len(offset))
    struct.pack_into("<I", moved, 42, 0xFFFFFFFF)
    moved[46 + len(name) : 46 + len(name)] = offset
    closing = bytearray(content[end:])
    (size,) = struct.unpack_from("<I", closing, 12)
    struct.pack_into("<I", closing, 12, size + len(offset))
    path = put(tmp_path, "a.zip", content[:entry] + bytes(moved) + bytes(closing))
    read = read_submission(path, "pkg", MODULES)
    assert read.files == {"pkg/alpha.py": b"1"}
    assert read.notes == ("left out: pkg/notes.txt is damaged (OverflowError)",)


def test_damaged_entries_count_as_others_do(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(submission, "MAX_FILES", 5)
    content = zip_of({"pkg/alpha.py": b"1"} | {f"pkg/{n}.txt": b"damaged" for n in range(9)})
    path = put(tmp_path, "a.zip", content.replace(b"damaged", b"changed"))
    read = read_submission(path, "pkg", MODULES)
    assert read.files == {"pkg/alpha.py": b"1"}
    assert sum("damaged" in note for note in read.notes) == 4
    assert sum("one file too many" in note for note in read.notes) == 5


@pytest.mark.parametrize("locator", [b"", b"PK\x06\x07" + struct.pack("<IQI", 0, 0, 1)])
def test_a_giant_directory_is_refused_unread(tmp_path: Path, locator: bytes) -> None:
    """With a zip64 locator that leads nowhere, `zipfile` goes by the plain size."""
    directory = bytes(MAX_DIRECTORY + 1)
    sizes = struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)
    path = put(tmp_path, "a.zip", directory + locator + b"PK\x05\x06" + sizes)
    assert "too many entries" in read_submission(path, "pkg", MODULES).problem


@pytest.mark.skipif(os.name != "posix", reason="special files")
def test_special_files_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.zip")
    assert read_submission(tmp_path / "a.zip", "pkg", MODULES).problem
    (tmp_path / "b.zip").symlink_to("nowhere")
    assert read_submission(tmp_path / "b.zip", "pkg", MODULES).problem
    (tmp_path / "c.zip").symlink_to("/dev/zero")
    assert read_submission(tmp_path / "c.zip", "pkg", MODULES).problem


def test_a_name_is_kept_as_given_but_for_what_could_do_harm(tmp_path: Path) -> None:
    for given, shown in [
        ("a  b.zip", "a  b.zip"),
        ("名前.zip", "名前.zip"),
        ("a\x1b[1m.zip", "a�[1m.zip"),
    ]:
        path = put(tmp_path, given, zip_of({"pkg/alpha.py": b""}))
        assert read_submission(path, "pkg", MODULES).name == shown


def test_one_named_like_the_package_does_not_make_a_class_one_submission(tmp_path: Path) -> None:
    def found(folder: str) -> list[str]:
        return [each.name for each in Finder("pkg", MODULES).find([tmp_path / folder])]

    put(tmp_path, "class/pkg/alpha.py", b"")
    put(tmp_path, "class/alpha.py", b"")
    put(tmp_path, "class/a.zip", b"")
    put(tmp_path, "class/b.zip", b"")
    assert found("class") == ["a.zip", "b.zip", "pkg"]
    for name in "abc":
        put(tmp_path, f"folders/{name}/pkg/alpha.py", b"")
    put(tmp_path, "folders/pkg/alpha.py", b"")
    assert found("folders") == ["a", "b", "c", "pkg"]
    put(tmp_path, "work/pkg/alpha.py", b"")
    put(tmp_path, "work/old/pkg/alpha.py", b"")
    assert found("work") == ["work"]
    put(tmp_path, "deep/pkg/readme.txt", b"")
    put(tmp_path, "deep/a/homework/pkg/alpha.py", b"")
    assert found("deep") == ["a", "pkg"]
    put(tmp_path, "loose/alpha.py", b"")
    for name in "ab":
        put(tmp_path, f"loose/{name}/homework/pkg/alpha.py", b"")
    assert found("loose") == ["a", "b"]
    put(tmp_path, "file/pkg", b"")
    put(tmp_path, "file/a.zip", b"")
    assert found("file") == ["a.zip"]
    put(tmp_path, "one/pkg/alpha.py", b"")
    put(tmp_path, "one/handed in.zip", b"")
    assert found("one") == ["one"]


def test_stems_differ_on_every_file_system(tmp_path: Path) -> None:
    hangul, apart = "\uac00.zip", "\u1100\u1161.zip"  # the same letter, composed and not
    names = ["a.zip", "A.zip", "stra\u00dfe.zip", "STRASSE.zip", hangul, apart]
    stems = [task.stem for task in tasks(hand_in(tmp_path / name) for name in names)]
    assert stems == ["a", "A-2", "stra\u00dfe", "STRASSE-2", "\uac00", "\u1100\u1161-2"]


def test_find_submissions(tmp_path: Path) -> None:
    put(tmp_path, "class/b.zip", b"")
    put(tmp_path, "class/a/pkg/alpha.py", b"")
    put(tmp_path, "class/readme.txt", b"")
    put(tmp_path, "class/.hidden.zip", b"")
    put(tmp_path, "class/._b.zip", b"")
    put(tmp_path, "class/.../pkg/alpha.py", b"")
    put(tmp_path, "class/c.tar.gz", b"")
    (tmp_path / "class" / "astray").symlink_to("q" * 300)
    finder = Finder("pkg", MODULES)
    found = finder.find([tmp_path / "class"])
    assert [each.name for each in found] == ["...", "a", "astray", "b.zip", "c.tar.gz"]
    assert finder.left_out == ["readme.txt", ".hidden.zip"]
    assert [each.name for each in finder.find([tmp_path / "class" / "a"])] == ["a"]
    with pytest.raises(FileNotFoundError):
        finder.find([tmp_path / "none"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(SubmissionError):
        finder.find([tmp_path / "empty"])
