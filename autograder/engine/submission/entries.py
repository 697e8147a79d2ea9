"""The files of a folder or an archive, listed within limits. None is unpacked on the disk."""

import io
import os
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from ..errors import KitError
from .attempts import own_name

MAX_ARCHIVE = 256 * 2**20
MAX_UNPACKED = 512 * 2**20
"""How far into a tar is looked; what is left out on the way counts, as it must be unpacked."""
MAX_MEMBERS = 200_000
MAX_DIRECTORY = 16 * 2**20
MAX_ENTRIES = 20_000
MAX_FILE = 2**20
MAX_DEPTH = 12
EXTENDED = b"LKxXg"
"""The types of a tar's headers that hold long names and attributes; the last one's hold for all."""
MAX_ATTRIBUTES, GLOBAL = 4 * 2**20, 1024
"""Bytes that all of these hold together, and as how many each of those that hold for all counts."""
MAX_PATH = 1000
"""Characters; what is longer no computer has written."""
IN_A_CLASS = 20
"""How many times as much an archive of a whole class may hold,"""
MAX_CLASS = 500_000
"""and how many entries, those that are ignored, too: `zipfile` takes a kilobyte for each."""
ENTRY = b"PK\x01\x02"
"""How an entry in an archive's list begins."""
FLAGS = re.compile(b"(%s.{5})(.)" % ENTRY, re.DOTALL)
READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
PIECE = 4096
"""Read at once: `zipfile` unpacks all that it has read, and bzip2 makes much of little."""
TARS = tuple(f".tar{packing}" for packing in ("", ".gz", ".bz2", ".xz"))
ARCHIVES = (".zip", *TARS, ".tgz", ".tbz2", ".txz", ".rar", ".7z")
"""What is handed in as one file. Zips and tars are read; others have a row that says so."""
IGNORED = {"__MACOSX", "__pycache__", "node_modules", "site-packages", "venv", "env", "conda-meta"}
HANDED_IN = re.compile(r"\d_(?:submissions|revisions_\d+)|Submission attachment\(s\)")
GIVEN = re.compile(r"\d_(?:task|corrections(?:_\d+)?|assessment)|Feedback Attachment\(s\)")
"""A student's folders in OpenOlat and Sakai: of hand-ins, and of what teachers gave."""
NO_ARCHIVE = "not a readable zip file, nor a tar: hand in a zip"
TOO_MANY = "a zip with too many entries"
TOO_LARGE = f"larger than {MAX_ARCHIVE // 2**20} MiB: hand in the code alone"


class SubmissionError(KitError):
    """The submission can't be read at all; the message is for its author."""


@dataclass(frozen=True)
class Entry:
    """A file that was not read yet, or a folder; trouble: why it can't be read, or ""."""

    path: PurePosixPath
    size: int
    read: Callable[[int], bytes]
    trouble: str = ""
    is_folder: bool = False


def is_archive(name: str) -> bool:
    """Whether a file of this name is one that holds others."""
    return own_name(name).endswith(ARCHIVES)


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is no student's work."""
    return name in IGNORED or (name.startswith(".") and bool(name.strip(".")))


def may_be_read(folder: Path) -> bool:
    """Whether its files can be listed and looked at."""
    return os.access(folder, os.R_OK | os.X_OK)


def without_given(names: Iterable[str]) -> set[str]:
    """The names, where a folder of hand-ins is among them without those of what teachers gave."""
    every = set(names)
    given = set(filter(GIVEN.fullmatch, every))
    return every - given if any(map(HANDED_IN.fullmatch, every)) else every


def entries_at(path: Path) -> Iterable[Entry]:
    """The files in a folder and below, by their paths in it; or the one file that lies there."""
    return _folder_entries(path) if path.is_dir() else [file_entry(path, PurePosixPath(path.name))]


def file_entry(path: Path, name: PurePosixPath) -> Entry:
    """A file on the disk."""

    def read(limit: int) -> bytes:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SubmissionError("neither a file nor a folder")
            return _bounded(file.read(limit + 1), limit)

    return Entry(name, path.lstat().st_size, read)


def _folder_entries(root: Path) -> Iterator[Entry]:
    """Raises `SubmissionError` where they are too many."""
    if not may_be_read(root):
        yield Entry(PurePosixPath(root.name), 0, partial(_bounded, b""), "may not be read")
        return
    seen = 0
    for folder, names, files in os.walk(root):  # does not follow links to folders
        kept = (n for n in names if not is_ignored(n) and may_be_read(Path(folder, n)))
        names[:] = sorted(kept)
        inside = Path(folder).relative_to(root)
        if len(inside.parts) >= MAX_DEPTH:
            names.clear()
        seen += len(names) + len(files)
        if seen > MAX_ENTRIES:
            raise SubmissionError(f"more than {MAX_ENTRIES} files")
        for name in sorted(files):
            path, entry = Path(folder, name), PurePosixPath(inside.as_posix(), name)
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode) and not is_ignored(name):
                yield file_entry(path, entry)
            elif stat.S_ISLNK(mode):
                yield Entry(entry, 0, partial(_bounded, b""), "is a link")


def archive_entries(archive: Path | bytes, most: int = MAX_CLASS) -> list[Entry]:
    """The files in a zip or a tar; one on the disk may hold a whole class, whose folders count,
    too. Raises `SubmissionError`, also where a zip's list has more than `most` entries."""
    try:
        file = io.FileIO(archive) if isinstance(archive, Path) else io.BytesIO(archive)
    except OSError as problem:
        raise SubmissionError(f"can't be read: {problem.strerror}") from None
    begin = file.read(512)
    if not begin:
        raise SubmissionError("the file is empty")
    try:
        is_tar = begin[257:262] == b"ustar"  # which may end with a zip that lies in it
        if not is_tar and zipfile.is_zipfile(file):
            is_class = isinstance(archive, Path)
            entries = _zip_entries(file, IN_A_CLASS if is_class else 1, most)
            return [entry for entry in entries if is_class or not entry.is_folder]
        if file.seek(0, os.SEEK_END) > MAX_ARCHIVE:
            raise SubmissionError(TOO_LARGE)
        file.seek(0)
        return _tar_entries(file)
    except SubmissionError:
        raise
    except Exception:  # whatever a damaged archive provokes
        raise SubmissionError(NO_ARCHIVE) from None


def _zip_entries(file: io.FileIO | io.BytesIO, times: int, most: int) -> list[Entry]:
    """times: how often the limits are allowed."""
    archive = _opened(_Listed(file, times * MAX_DIRECTORY, most))
    found = []
    for info in archive.infolist():
        name = info.filename.replace("\\", "/")
        path = _without_anchor(PurePosixPath(name))
        if _is_looked_at(path):
            trouble = ""
            if ".." in path.parts:
                trouble = "leaves the folder"
            elif stat.S_ISLNK(info.external_attr >> 16):
                trouble = "is a link"
            elif info.flag_bits & 1:
                trouble = "is encrypted"
            elif info.compress_type not in READABLE:
                trouble = "is packed in an unusual way"
            read = partial(_read_zipped, archive, info)
            found.append(Entry(path, info.file_size, read, trouble, name.endswith("/")))
    if len(found) > times * MAX_ENTRIES:
        raise SubmissionError(f"more than {times * MAX_ENTRIES} files")
    return found


class _Listed(io.BufferedReader):
    """A zip, whose list of entries `zipfile` reads at once, and as long as it says it is. flags:
    whether names that are said to be in UTF-8 are."""

    flags = True

    def __init__(self, file: io.FileIO | io.BytesIO, largest: int, most: int) -> None:
        super().__init__(file)
        self._largest, self._most = largest, most

    def read(self, size: int | None = -1, /) -> bytes:
        if size and size > self._largest:
            raise SubmissionError(TOO_MANY)
        content = super().read(size)
        if content.count(ENTRY) > self._most:
            raise SubmissionError(TOO_MANY)
        if self.flags:
            return content
        return FLAGS.sub(lambda entry: entry[1] + bytes([entry[2][0] & ~8]), content)


def _opened(file: _Listed) -> zipfile.ZipFile:
    """The archive, names in UTF-8 also where that is not flagged, as by `zip` and macOS; those that
    are flagged so, and are not, are read as DOS wrote them."""
    for encoding in ("utf-8", None):
        with suppress(UnicodeDecodeError):
            return zipfile.ZipFile(file, metadata_encoding=encoding)
    file.flags = False
    archive = zipfile.ZipFile(file)
    file.flags = True
    return archive


def _tar_entries(file: io.FileIO | io.BytesIO) -> list[Entry]:
    """Files small enough to be of use are kept in a single pass: a compressed tar allows no
    other."""
    found, kept = [], 0
    with tarfile.open(fileobj=file, tarinfo=_bounded_headers()) as archive:
        for number, member in enumerate(archive):
            if member.offset_data + member.size > MAX_UNPACKED or number > MAX_MEMBERS:
                raise SubmissionError("a tar that holds too much: hand in the code alone")
            archive.members.clear()  # type: ignore[attr-defined]  # which tarfile would keep
            path = _without_anchor(PurePosixPath(member.name[: MAX_PATH + 1]))
            if member.isdir() or not _is_looked_at(path):
                continue
            data, trouble = b"", "leaves the folder" if ".." in path.parts else ""
            if not member.isreg():
                trouble = "is a link"
            elif member.size <= (MAX_ARCHIVE if is_archive(path.name) else MAX_FILE):
                held = archive.extractfile(member)
                data = held.read(MAX_ARCHIVE - kept) if held else b""
                kept += len(data)
                trouble = trouble or ("" if len(data) == member.size else "is too large")
            found.append(Entry(path, member.size, partial(_bounded, data), trouble))
            if len(found) > MAX_ENTRIES:
                raise SubmissionError(f"more than {MAX_ENTRIES} files")
    return found


def _bounded_headers() -> type[tarfile.TarInfo]:
    """Members of one tar, whose long names and other attributes are bounded: `tarfile` reads them
    whole, and copies those of all members for each. The maps of sparse files have no bounds."""
    left = MAX_ATTRIBUTES

    class Member(tarfile.TarInfo):
        def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
            nonlocal left
            if self.type in EXTENDED:
                left -= self.size * (GLOBAL if self.type == tarfile.XGLTYPE else 1)
            if left < 0:
                raise SubmissionError("a tar with too many attributes")
            if self.type == tarfile.GNUTYPE_SPARSE:
                self._proc_gnusparse_10()
            return super()._proc_member(archive)  # type: ignore[misc]

        def _proc_gnusparse_10(self, *_: object) -> None:
            raise SubmissionError("a tar with sparse files: hand in a zip")

    return Member


def _is_looked_at(path: PurePosixPath) -> bool:
    return (
        0 < len(path.parts) <= MAX_DEPTH
        and len(str(path)) <= MAX_PATH
        and "\0" not in str(path)
        and not any(map(is_ignored, path.parts))
    )


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    content = io.BytesIO()  # which gives away what it holds, without a copy
    with archive.open(info) as file:
        while content.tell() <= limit and (piece := file.read1(PIECE)):  # type: ignore[attr-defined]
            content.write(piece)
    return _bounded(content.getvalue(), limit)


def _bounded(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise SubmissionError("larger than it may be" if limit < MAX_ARCHIVE else TOO_LARGE)
    return content


def _without_anchor(path: PurePosixPath) -> PurePosixPath:
    """An absolute name, as some tools write it, below a folder named for its root or drive."""
    return PurePosixPath("root", *path.parts[1:]) if path.is_absolute() else path
