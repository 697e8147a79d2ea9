"""Reads a submission without trusting a byte of it.

Nothing is ever unpacked to a path that a submission names: contents are read into memory, within
limits, and only the package's files and the Python files beside it are kept.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ..errors import KitError
from ..text import visible

MAX_ARCHIVE = 64 * 2**20
MAX_DIRECTORY = 4 * 2**20
MAX_END = 65_557
"""What may stand behind an archive's list of entries: its end, with a comment."""
MAX_ENTRIES = 20_000
MAX_FILE = 2**20
MAX_TOTAL = 8 * 2**20
MAX_FILES = 200
MAX_DEPTH = 12
MAX_INNER_ARCHIVES = 5
MAX_NAME = 300
IGNORED = {"__MACOSX", "__pycache__", "node_modules", "site-packages"}
COMPILED = {".pyc", ".pyo", ".pyd", ".so", ".dll", ".dylib"}
"""What Python could import in a module's place, though nobody could read it."""


class SubmissionError(KitError):
    """The submission can't be read at all; the message is for its author."""


@dataclass(frozen=True)
class Submission:
    """What a student handed in.

    name: as given, with ".zip"; files: paths from the package's parent folder to contents; problem:
    why nothing of it can be graded, "" otherwise; notes: what was left out, and why.
    """

    name: str
    sha256: str
    files: dict[str, bytes] = field(default_factory=dict)
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A regular file of a submission that was not read yet."""

    path: PurePosixPath
    size: int
    read: Callable[[int], bytes]


def read_submission(path: Path, package: str, modules: Sequence[str]) -> Submission:
    """Reads a zip or a folder. Never raises for what is in it: see `Submission.problem`."""
    name = visible(path.name if path.suffix.lower() == ".zip" else f"{path.name}.zip", MAX_NAME)
    reader = _Reader(package, modules)
    try:
        files = reader.folder(path) if path.is_dir() else reader.archive(path)
        problem = "" if files else _nothing_found(package, reader.notes)
    except SubmissionError as refused:
        files, problem = {}, str(refused)
    except OSError as trouble:
        files, problem = {}, f"can't be read: {trouble.strerror or type(trouble).__name__}"
    except Exception as trouble:  # whatever a malformed archive provokes
        files, problem = {}, f"can't be read ({type(trouble).__name__})"
    return Submission(name, reader.digest, files, problem, tuple(reader.notes[:20]))


class _Reader:
    def __init__(self, package: str, modules: Sequence[str]) -> None:
        self._package = package
        self._wanted = {f"{module}.py" for module in modules}
        self.notes: list[str] = []
        self.digest = hashlib.sha256(b"").hexdigest()

    def folder(self, root: Path) -> dict[str, bytes]:
        entries = list(self._folder_entries(root))
        files = self._pick(entries) or self._inner_archives(entries)
        summed = hashlib.sha256()
        for path in sorted(files):
            summed.update(os.fsencode(path) + b"\0" + hashlib.sha256(files[path]).digest())
        self.digest = summed.hexdigest()
        return files

    def archive(self, path: Path) -> dict[str, bytes]:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SubmissionError("neither a file nor a folder")
        with path.open("rb") as file:
            content = file.read(MAX_ARCHIVE + 1)
        self.digest = hashlib.sha256(content).hexdigest()
        return self._archive_files(content, inner=False)

    def _archive_files(self, content: bytes, inner: bool) -> dict[str, bytes]:
        if not content:
            raise SubmissionError("the file is empty")
        if len(content) > MAX_ARCHIVE:
            raise SubmissionError(f"larger than {MAX_ARCHIVE // 2**20} MiB")
        _check_directory_size(content)
        try:
            archive = _opened(content)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
            raise SubmissionError("not a readable zip file") from None
        entries = list(self._archive_entries(archive))
        return self._pick(entries) or ({} if inner else self._inner_archives(entries))

    def _inner_archives(self, entries: Iterable[Entry]) -> dict[str, bytes]:
        """Some learning platforms put the student's zip into another."""
        zips = [entry for entry in entries if entry.path.suffix.lower() == ".zip"]
        for entry in sorted(zips, key=lambda e: (len(e.path.parts), e.path))[:MAX_INNER_ARCHIVES]:
            try:
                files = self._archive_files(entry.read(MAX_ARCHIVE), inner=True)
            except Exception:  # whatever a damaged archive provokes
                continue
            if files:
                return files
        return {}

    def _folder_entries(self, root: Path) -> Iterable[Entry]:
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
                path = Path(folder) / name
                status = path.lstat()
                if stat.S_ISREG(status.st_mode) and not is_ignored(name):
                    yield Entry(
                        PurePosixPath(inside.as_posix(), name), status.st_size, _file_reader(path)
                    )
                elif stat.S_ISLNK(status.st_mode):
                    self.notes.append(f"left out: {name} is a link")

    def _archive_entries(self, archive: zipfile.ZipFile) -> Iterable[Entry]:
        if len(archive.infolist()) > MAX_ENTRIES:
            raise SubmissionError(f"more than {MAX_ENTRIES} files")
        for info in archive.infolist():
            path = _without_anchor(PurePosixPath(info.filename.replace("\\", "/")))
            if info.is_dir() or not path.parts or any(map(is_ignored, path.parts)):
                continue
            if ".." in path.parts:
                self.notes.append(f"left out: {info.filename} leaves the folder")
            elif stat.S_ISLNK(info.external_attr >> 16):
                self.notes.append(f"left out: {info.filename} is a link")
            elif info.flag_bits & 1:
                self.notes.append(f"left out: {info.filename} is encrypted")
            elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                self.notes.append(f"left out: {info.filename} is packed in an unusual way")
            elif len(path.parts) <= MAX_DEPTH:
                yield Entry(path, info.file_size, _archive_reader(archive, info))

    def _pick(self, entries: Sequence[Entry]) -> dict[str, bytes]:
        """The package's files and the Python files beside it, under the names they should have."""
        root = self._package_folder(entries)
        if root is None:
            return {}
        named = root.name.lower() == self._package
        chosen: dict[str, Entry] = {}
        for entry in sorted(entries, key=lambda e: e.path.name not in self._wanted):
            target = self._target(entry.path, root, named)
            # Of two that differ in case only, the rightly written one counts; else the later.
            if target is not None and (
                target not in chosen
                or (
                    chosen[target].path.name.lower() == chosen[target].path.name
                    and entry.path.name.lower() == entry.path.name
                )
            ):
                chosen[target] = entry
        return self._read_all(chosen)

    def _target(self, path: PurePosixPath, root: PurePosixPath, named: bool) -> str | None:
        kind = path.suffix.lower()
        python = kind == ".py"
        if path.is_relative_to(root) and (python or (named and kind not in COMPILED)):
            inside = path.relative_to(root)
            if not named and len(inside.parts) > 1:
                return None
            name = inside.as_posix()
            return f"{self._package}/{name.lower() if name.lower() in self._wanted else name}"
        if named and python and path.parent == root.parent:
            return path.name
        return None

    def _package_folder(self, entries: Iterable[Entry]) -> PurePosixPath | None:
        """The folder with the package's name that holds most of its modules; where there is none,
        any folder that does."""
        modules: dict[PurePosixPath, int] = {}
        for entry in entries:
            if entry.path.name.lower() in self._wanted:
                modules[entry.path.parent] = modules.get(entry.path.parent, 0) + 1
        return min(
            modules,
            key=lambda p: (
                p.name.lower() != self._package,
                -modules[p],
                len(p.parts),
                p.name != self._package,
                p.as_posix(),
            ),
            default=None,
        )

    def _read_all(self, chosen: dict[str, Entry]) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        tried = total = 0
        modules = {f"{self._package}/{name}" for name in self._wanted}
        by_importance = sorted(
            chosen,
            key=lambda t: (
                t not in modules,
                not t.endswith(".py"),
                not t.startswith(f"{self._package}/"),
                t,
            ),
        )
        for target in by_importance:
            entry = chosen[target]
            if entry.size > MAX_FILE or tried >= MAX_FILES or total > MAX_TOTAL:
                self.notes.append(f"left out: {target} is too large, or one file too many")
                continue
            tried += 1
            total += entry.size  # one that turns out to be damaged has cost as much
            try:
                content = entry.read(MAX_FILE)
            except Exception as problem:  # whatever a damaged entry provokes
                self.notes.append(f"left out: {target} is damaged ({type(problem).__name__})")
                continue
            files[target] = content
        return files if any(t.startswith(f"{self._package}/") for t in files) else {}


def _nothing_found(package: str, notes: Sequence[str]) -> str:
    text = f"no folder {package}/ with the assignment's modules in it"
    return f"{text} ({notes[0]})" if notes else text


def _without_anchor(path: PurePosixPath) -> PurePosixPath:
    """An absolute name, as some tools write it, below a folder named for its root or drive."""
    return PurePosixPath("root", *path.parts[1:]) if path.is_absolute() else path


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is no student's work."""
    return name in IGNORED or (name.startswith(".") and name not in (".", ".."))


def _file_reader(path: Path) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            return _bounded(file.read(limit + 1), limit)

    return read


def _archive_reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        with archive.open(info) as file:
            return _bounded(file.read(limit + 1), limit)

    return read


def _bounded(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise SubmissionError("larger than it says")
    return content


def _opened(content: bytes) -> zipfile.ZipFile:
    """The archive; names that are flagged as UTF-8, and are not, are read as DOS wrote them."""
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except UnicodeDecodeError:
        unflagged = bytearray(content)
        # Where the list of entries can be: before it, a file may be full of what looks like one.
        entry = content.find(b"PK\x01\x02", max(0, len(content) - MAX_DIRECTORY - MAX_END))
        while 0 <= entry < len(content) - 10:
            unflagged[entry + 9] &= ~8
            entry = content.find(b"PK\x01\x02", entry + 1)
        return zipfile.ZipFile(io.BytesIO(unflagged))


def _check_directory_size(content: bytes) -> None:
    """Refuses an archive with a giant list of entries before `zipfile` reads all of it."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - MAX_END))
    if end < 0 or len(content) < end + 22:
        raise SubmissionError("not a readable zip file")
    (plain,) = struct.unpack_from("<I", content, end + 12)
    sizes = [] if plain == 0xFFFFFFFF else [plain]
    if end >= 76 and content[end - 20 : end - 16] == b"PK\x06\x07":  # zip64: it stands elsewhere
        (record,) = struct.unpack_from("<Q", content, end - 12)
        records = [at for at in (record, end - 76) if content[at : at + 4] == b"PK\x06\x06"]
        whole = [at for at in records if at <= len(content) - 56]
        sizes += [struct.unpack_from("<Q", content, at + 40)[0] for at in whole]
    if max(sizes, default=0) > MAX_DIRECTORY:  # whichever of them `zipfile` goes by
        raise SubmissionError("a zip with too many entries")
