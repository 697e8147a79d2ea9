"""The files of a folder or an archive, listed within limits. None is unpacked on the disk."""

import bz2
import gzip
import io
import lzma
import mmap
import os
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import KitError

MAX_ARCHIVE = 256 * 2**20
MAX_UNPACKED = 512 * 2**20
"""How far into a tar is looked; what is left out on the way counts, as it must be unpacked."""
MAX_MEMBERS = 200_000
MAX_DIRECTORY = 16 * 2**20
MAX_END = 65_557
"""What may stand behind an archive's list of entries: its end, with a comment."""
MAX_ENTRIES = 20_000
MAX_FILE = 2**20
MAX_DEPTH = 12
EXTENDED = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.XGLTYPE,
)
"""The headers of a tar that hold long names and attributes, the last of them for all members."""
MAX_ATTRIBUTES, MAX_GLOBAL = 4 * 2**20, 4096
"""Bytes of all members' long names and attributes in a tar, and of those that hold for all."""
MAX_PATH = 1000
"""Characters; what is longer no computer has written."""
IN_A_CLASS = 20
"""How many times as much an archive of a whole class may hold,"""
MAX_CLASS = 500_000
"""and how many entries, those that are ignored, too: `zipfile` takes a kilobyte for each."""
ENTRY, END = b"PK\x01\x02", b"PK\x05\x06"
"""How an entry in an archive's list begins, and what stands behind the list."""
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
PACKINGS: dict[bytes, Callable[[io.BytesIO], Any]]
PACKINGS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
"""What a tar may be packed with, by how it begins."""
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
    return name.lower().endswith(ARCHIVES)


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is no student's work."""
    return name in IGNORED or (name.startswith(".") and bool(name.strip(".")))


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
    seen = 0
    for folder, names, files in os.walk(root):  # does not follow links to folders
        names[:] = sorted(name for name in names if not is_ignored(name))
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


def class_entries(path: Path, most: int = MAX_CLASS) -> list[Entry]:
    """The files and folders in a zip on the disk, which may be a whole class. Raises
    `SubmissionError`, also where its list has more than `most` entries."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return _zip_entries(path, whole, IN_A_CLASS, most)


def archive_entries(content: bytes, most: int = MAX_CLASS) -> list[Entry]:
    """The files in a zip or a tar. Raises `SubmissionError`, as `class_entries`."""
    if not content:
        raise SubmissionError("the file is empty")
    if is_tar(content) or content.rfind(END, max(0, len(content) - MAX_END)) < 0:
        return _tar_entries(content)
    entries = _zip_entries(io.BytesIO(content), content, 1, most)
    return [entry for entry in entries if not entry.is_folder]


def is_tar(content: bytes) -> bool:
    """Whether this begins as a tar does, which may end with a zip that lies in it."""
    return content[257:262] == b"ustar"


def _zip_entries(
    file: Path | io.BytesIO, content: bytes | mmap.mmap, times: int, most: int
) -> list[Entry]:
    """content: all of the file; times: how often the limits are allowed."""
    try:
        size = _directory_size(content)
        if size > times * MAX_DIRECTORY or content[-size - MAX_END :].count(ENTRY) > most:
            raise SubmissionError(TOO_MANY)
        archive = _opened(file, content)
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile, struct.error):
        raise SubmissionError(NO_ARCHIVE) from None
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


def _tar_entries(content: bytes) -> list[Entry]:
    """Files small enough to be of use are kept in a single pass: a compressed tar allows no
    other."""
    found, kept = [], 0
    try:
        archive = tarfile.open(  # noqa: SIM115
            fileobj=_Unpacking(content), mode="r:", tarinfo=_bounded_headers()
        )
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
    except (tarfile.TarError, EOFError, OSError, ValueError, lzma.LZMAError, zlib.error):
        raise SubmissionError(NO_ARCHIVE) from None
    return found


def _bounded_headers() -> type[tarfile.TarInfo]:
    """Members of one tar, whose long names and other attributes are bounded: `tarfile` reads them
    whole, and copies those of all members for each."""
    left = {"all": MAX_ATTRIBUTES, "global": MAX_GLOBAL}

    class Member(tarfile.TarInfo):
        def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
            if self.type in EXTENDED:
                left["all"] -= self.size
                left["global"] -= self.size if self.type == tarfile.XGLTYPE else 0
            if min(left.values()) < 0:
                raise SubmissionError("a tar with too many attributes")
            return super()._proc_member(archive)  # type: ignore[misc]

    return Member


class _Unpacking(io.RawIOBase):
    """The decompressed tar, read in small pieces whatever a header claims."""

    def __init__(self, content: bytes) -> None:
        packed: Any = io.BytesIO(content)
        for magic, unpack in PACKINGS.items():
            if content.startswith(magic):
                packed = unpack(packed)
        self._file = packed
        self.seek, self.tell = packed.seek, packed.tell  # type: ignore[method-assign]

    def read(self, size: int = -1) -> bytes:
        return _bounded(self._file.read(min(size, MAX_ARCHIVE + 1)), MAX_ARCHIVE)


def _is_looked_at(path: PurePosixPath) -> bool:
    return (
        0 < len(path.parts) <= MAX_DEPTH
        and len(str(path)) <= MAX_PATH
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


def _opened(file: Path | io.BytesIO, content: bytes | mmap.mmap) -> zipfile.ZipFile:
    """The archive, names in UTF-8 also where that is not flagged, as by `zip` and macOS; those that
    are flagged so, and are not, are read as DOS wrote them."""
    for encoding in ("utf-8", None):
        with suppress(UnicodeDecodeError):
            return zipfile.ZipFile(file, metadata_encoding=encoding)
    at = max(0, len(content) - MAX_DIRECTORY - MAX_END)  # before it are no lists, but files
    listed = FLAGS.sub(lambda entry: entry[1] + bytes([entry[2][0] & ~8]), content[at:])
    return zipfile.ZipFile(io.BytesIO(content[:at] + listed))


def _directory_size(content: bytes | mmap.mmap) -> int:
    """The size of an archive's list of entries, all of which `zipfile` would read at once."""
    end = content.rfind(END, max(0, len(content) - MAX_END))
    if end < 0 or len(content) < end + 22:
        raise SubmissionError(NO_ARCHIVE)
    (plain,) = struct.unpack_from("<I", content, end + 12)
    sizes = [] if plain == 0xFFFFFFFF else [plain]
    if end >= 76 and content[end - 20 : end - 16] == b"PK\x06\x07":  # zip64: it stands elsewhere
        (record,) = struct.unpack_from("<Q", content, end - 12)
        records = [at for at in (record, end - 76) if content[at : at + 4] == b"PK\x06\x06"]
        whole = [at for at in records if at <= len(content) - 56]
        sizes += [struct.unpack_from("<Q", content, at + 40)[0] for at in whole]
    return max(sizes, default=0)  # whichever of them `zipfile` goes by
