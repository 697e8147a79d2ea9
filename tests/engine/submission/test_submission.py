"""Reading and finding submissions; what odd archives must get is in `attacks/`."""

import struct
import tracemalloc
from pathlib import Path
from unicodedata import normalize

import pytest

from autograder.engine.grade.archive import write_archive
from autograder.engine.grade.outputs import by_stem
from autograder.engine.submission import entries
from autograder.engine.submission import read as submission
from autograder.engine.submission.entries import MAX_DIRECTORY, SubmissionError, archive_entries
from autograder.engine.submission.find import Finder
from autograder.engine.submission.read import Submission, hand_in
from tests.kit import put, tarred, zipped

MODULES = ("alpha", "beta")


def read(path: Path) -> Submission:
    return submission.read_hand_in(submission.hand_in(path), "pkg", MODULES)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (
            "hw/pkg/alpha.py hw/helper.py hw/pkg/sub/data.csv hw/lab.ipynb hw/other/x.py top.py"
            " hw/pkg/a.pyc",
            "pkg/alpha.py helper.py pkg/sub/data.csv",
        ),
        ("hw/alpha.py hw/data.csv hw/sub/x.py", "pkg/alpha.py"),
        ("1_task/pkg/alpha.py", "pkg/alpha.py"),  # a task of OpenOlat only beside hand-ins
    ],
)
def test_the_packages_files_and_python_files_beside_it_are_kept(tmp_path, given, kept):
    files = dict.fromkeys(given.split(), b"")
    assert set(read(put(tmp_path, "a.zip", zipped(files))).files) == set(kept.split())


@pytest.mark.parametrize("written", ["größe", "gro\u0308ße", "grXYe"])
def test_names_are_in_utf_8_without_a_flag_or_as_dos_wrote_them(tmp_path, written):
    names = (f"{written}_{n}_9_x/pkg/{module}.py" for n in (1, 2) for module in ("alpha", written))
    packed = zipped(dict.fromkeys(names, b"")).replace(b"\x14\0\0\x08", b"\x14\0\0\0")
    path = put(tmp_path, "class.zip", packed.replace(b"XY", "öß".encode("cp437")))
    for each in Finder("pkg", MODULES).find([path]):
        assert normalize("NFC", each.name).startswith("größe")
        assert set(submission.read_hand_in(each, "pkg", MODULES).files) == {
            "pkg/alpha.py",
            "pkg/größe.py",
        }


@pytest.mark.parametrize(
    ("stubs", "work"),
    [
        ("hw/pkg", "mine/pkg"),
        ("hw (1)/pkg", "hw/pkg"),  # the assignment was downloaded once more
        ("hw/pkg", "hw/pkg/done"),
        ("pkg", "zip"),
    ],
)
def test_work_goes_before_what_was_handed_out(tmp_path, stubs, work):
    files = {f"{stubs}/{module}.py": b"todo" for module in MODULES}
    mine = {"alpha.py": b"done", "beta.py": b"todo"}
    if work == "zip":
        files["mine.zip"] = zipped(mine)
    else:
        files |= {f"{work}/{name}": content for name, content in mine.items()}
    path = put(tmp_path, "a.zip", zipped(files))
    found = submission.read_hand_in(hand_in(path), "pkg", MODULES, [b"todo"])
    assert [found.files[f"pkg/{name}"] for name in mine] == [*mine.values()]
    assert f"as it was handed out, not graded: {stubs}" in found.notes
    only = {name: content for name, content in files.items() if content == b"todo"}
    path = put(tmp_path, "b.zip", zipped(only))
    assert submission.read_hand_in(hand_in(path), "pkg", MODULES, [b"todo"]).files


def test_the_digest_tells_contents_apart(tmp_path):
    def digest(name: str, content: bytes) -> str:
        return read(put(tmp_path / name, "hw.zip", content).parent).sha256

    one, other = zipped({"pkg/alpha.py": b"1"}), zipped({"pkg/alpha.py": b"2"})
    assert digest("a", one) == digest("b", one) != digest("c", other)


def test_a_file_that_grows_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "MAX_ARCHIVE", 1000)
    assert "larger than" in read(put(tmp_path, "a.zip", bytes(1001))).problem


def test_what_is_unpacked_is_held_once():
    (entry,) = archive_entries(zipped({"inner.zip": bytes(2**22)}))
    tracemalloc.start()
    assert len(entry.read(2**23)) == 2**22
    assert tracemalloc.get_traced_memory()[1] < 1.5 * 2**22
    tracemalloc.stop()


def test_damaged_entries_count_as_others_do(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "MAX_FILES", 5)
    path = tmp_path / "a.zip"
    write_archive(path, {"pkg/alpha.py": b"1"} | {f"pkg/{n}.txt": b"damaged" for n in range(9)})
    path.write_bytes(path.read_bytes().replace(b"damaged", b"changed"))
    found = read(path)
    assert found.files == {"pkg/alpha.py": b"1"}
    assert sum("damaged" in note for note in found.notes) == 4
    assert sum("one file too many" in note for note in found.notes) == 5


def test_a_giant_directory_is_refused_unread(tmp_path):
    """With a zip64 locator that leads nowhere, `zipfile` goes by the plain size."""
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, 0, 1)
    sizes = struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, MAX_DIRECTORY + 1, 0, 0)
    content = bytes(MAX_DIRECTORY + 1) + locator + b"PK\x05\x06" + sizes
    assert "too many entries" in read(put(tmp_path, "a.zip", content)).problem


@pytest.mark.parametrize(
    ("given", "shown"),
    [("a  b.zip", "a  b.zip"), ("名前.zip", "名前.zip"), ("a\x1b[1m.zip", "a�[1m.zip")],
)
def test_a_name_is_kept_as_given_but_for_what_could_do_harm(tmp_path, given, shown):
    assert read(put(tmp_path, given, b"")).name == shown


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ("pkg/alpha.py alpha.py a.zip b.zip", "a.zip b.zip pkg"),
        ("a/pkg/alpha.py b/pkg/alpha.py pkg/alpha.py", "a b pkg"),
        ("pkg/alpha.py old/pkg/alpha.py", "work"),
        ("pkg/readme.txt a/homework/pkg/alpha.py", "a pkg"),
        ("alpha.py a/homework/pkg/alpha.py b/homework/pkg/alpha.py", "a b"),
        ("pkg a.zip", "a.zip"),
        ("pkg/alpha.py handed_in.zip", "work"),
    ],
)
def test_one_named_like_the_package_does_not_make_a_class_one_submission(tmp_path, files, names):
    for name in files.split():
        put(tmp_path / "work", name, b"")
    found = Finder("pkg", MODULES).find([tmp_path / "work"])
    assert [each.name for each in found] == names.split()


def test_a_tar_that_is_too_large_is_refused_on_the_disk_too(tmp_path, monkeypatch):
    tar = put(
        tmp_path, "class.tar", tarred(dict.fromkeys(("a/pkg/alpha.py", "b/pkg/alpha.py"), b""))
    )
    assert len(archive_entries(tar)) == 2
    monkeypatch.setattr(entries, "MAX_ARCHIVE", tar.stat().st_size - 1)
    with pytest.raises(SubmissionError, match="hand in the code alone"):
        archive_entries(tar)


def test_stems_differ_on_every_file_system(tmp_path):
    hangul, apart = "\uac00.zip", "\u1100\u1161.zip"  # the same letter, composed and not
    names = ["a.zip", "A.zip", "stra\u00dfe.zip", "STRASSE.zip", hangul, apart]
    stems = list(by_stem(hand_in(tmp_path / name) for name in names))
    assert stems == ["a", "A-2", "stra\u00dfe", "STRASSE-2", "\uac00", "\uac00-2"]


def test_what_lies_beside_the_hand_ins_is_named(tmp_path):
    for name in ("b.zip", "a/pkg/alpha.py", "readme.txt", ".hidden.zip", "._b.zip", "c.tar.gz"):
        put(tmp_path / "class", name, b"")
    (tmp_path / "class" / "astray").symlink_to("q" * 300)
    (tmp_path / "class" / "loop").symlink_to("loop")
    finder = Finder("pkg", MODULES, tmp_path / "out")
    found = finder.find([tmp_path / "class"])
    assert [each.name for each in found] == ["a", "astray", "b.zip", "c.tar.gz", "loop"]
    assert finder.left_out == ["readme.txt", ".hidden.zip"]
