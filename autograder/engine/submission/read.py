"""Reads what was handed in without trusting a byte of it: contents come into memory, within limits,
and only the package's files and the Python files beside it are kept.

Where a hand-in holds several packages, work goes before what was handed out, a folder with the
package's name before others, of folders that differ in numbers alone the newest counts, then the
one with the most modules, then the one that is less deep. Where that leaves two, nobody guesses:
the submission's problem says so.
"""

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from ..text import visible
from .attempts import COPY, newest, numbers, without_numbers
from .entries import (
    MAX_ARCHIVE,
    MAX_FILE,
    Entry,
    SubmissionError,
    archive_entries,
    entries_at,
    is_archive,
    without_given,
)

MAX_TOTAL = 8 * 2**20
MAX_FILES = 200
MAX_INNER_ARCHIVES = 5
MAX_PACKAGES = 20
MAX_NAME = 300
MAX_NOTES = 20
CHOSEN = "graded is"
"""How the note begins that says which of several packages it is."""
COMPILED = {".pyc", ".pyo", ".pyd", ".so", ".dll", ".dylib"}
"""What Python could import in a module's place, though nobody could read it."""


@dataclass(frozen=True)
class HandIn:
    """What one student, or a group, handed in, not yet read.

    name: as it is shown; where: its path; students: what a platform tells of each, by the groups of
    `platforms.FORMS`; notes: what was left out; problem: why it can't be read; back: the name
    under which the platform takes a file of feedback.
    """

    name: str
    where: str
    entries: Callable[[], Iterable[Entry]]
    students: tuple[Mapping[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    back: str = ""

    @property
    def file(self) -> str:
        """The name, with ".zip"."""
        return self.name if self.name.lower().endswith(".zip") else f"{self.name}.zip"


@dataclass(frozen=True)
class Submission:
    """What a student handed in.

    name: as given, with ".zip"; files: paths from the package's parent folder to contents; problem:
    why nothing of it can be graded, "" otherwise; notes: what was left out, and why; students and
    back: as in `HandIn`.
    """

    name: str
    sha256: str
    files: dict[str, bytes] = field(default_factory=dict)
    problem: str = ""
    notes: tuple[str, ...] = ()
    students: tuple[Mapping[str, str], ...] = ()
    back: str = ""


def hand_in(path: Path) -> HandIn:
    """A file or folder on the disk as a hand-in."""
    return HandIn(path.name, str(path), partial(entries_at, path))


def read_hand_in(
    given: HandIn, package: str, modules: Sequence[str], handed_out: Collection[bytes] = ()
) -> Submission:
    """Reads a hand-in. Never raises for what is in it: see `Submission.problem`. handed_out: the
    contents of the modules as students got them."""
    wanted = {f"{module}.py" for module in modules}
    reader = _Reader(package, wanted, set(handed_out), list(given.notes))
    files: dict[str, bytes] = {}
    try:
        if given.problem:
            raise SubmissionError(given.problem)
        files = reader.files(given.entries())
        about = f" ({reader.notes[0]})" if reader.notes else ""
        nothing = f"no folder {package}/ with the assignment's modules in it{about}"
        problem = "" if files else nothing
    except SubmissionError as refused:
        problem = str(refused)
    except Exception as trouble:  # whatever a malformed archive, or a disk, provokes
        problem = f"can't be read: {getattr(trouble, 'strerror', '') or type(trouble).__name__}"
    notes = tuple(reader.notes[:MAX_NOTES])
    name = visible(given.file, MAX_NAME)
    return Submission(name, reader.digest, files, problem, notes, given.students, given.back)


@dataclass
class _Reader:
    _package: str
    _wanted: set[str]
    _handed_out: set[bytes]
    notes: list[str]
    digest: str = hashlib.sha256(b"").hexdigest()
    _archives_left: int = MAX_INNER_ARCHIVES
    _room: int = MAX_ARCHIVE

    def files(self, handed_in: Iterable[Entry]) -> dict[str, bytes]:
        readable = self._readable(handed_in)
        own = without_given(entry.path.parts[0] for entry in readable)
        entries = [entry for entry in readable if entry.path.parts[0] in own]
        if len(entries) == 1 and is_archive(entries[0].path.name):
            content = entries[0].read(MAX_ARCHIVE)
            self.digest = hashlib.sha256(content).hexdigest()
            return self._pick(self._readable(archive_entries(content)))
        files = self._pick(entries)
        summed = hashlib.sha256()
        for path in sorted(files):
            summed.update(os.fsencode(path) + b"\0" + hashlib.sha256(files[path]).digest())
        self.digest = summed.hexdigest()
        return files

    def _readable(self, entries: Iterable[Entry]) -> list[Entry]:
        every = [entry for entry in entries if not entry.is_folder]
        self.notes += [f"left out: {e.path} {e.trouble}" for e in every if e.trouble]
        return [entry for entry in every if not entry.trouble]

    def _inside_archives(self, entries: Iterable[Entry], levels: int = 1) -> list[Entry]:
        """The files of the archives among these, of many the newest, below the archive's path; and
        of the archives in one that holds no code."""
        archives = [entry for entry in entries if is_archive(entry.path.name)]
        archives.sort(key=lambda entry: numbers(entry.path.as_posix()), reverse=True)
        archives.sort(key=lambda entry: len(entry.path.parts))
        found, beyond = [], []
        for each in archives:
            if not self._archives_left:
                beyond.append(str(each.path))
                continue
            self._archives_left -= 1
            try:
                content = each.read(self._room)
                self._room -= len(content)
                inside = self._readable(archive_entries(content))
            except Exception as problem:  # whatever a damaged archive provokes
                said = problem if isinstance(problem, SubmissionError) else "it is damaged"
                self.notes.append(f"left out: {each.path}, {said}")
                continue
            if levels and not any(entry.path.suffix.lower() == ".py" for entry in inside):
                inside += self._inside_archives(inside, levels - 1)
            found += [replace(entry, path=each.path / entry.path) for entry in inside]
        if beyond:
            self.notes.append(f"left out, too many archives: {', '.join(beyond)}")
        return found

    def _with_own_names(self, entries: Sequence[Entry]) -> list[Entry]:
        """`alpha (1).py` is taken for `alpha.py` where nothing else in its folder could be: by its
        own name no module can be imported."""
        there = {entry.path.with_name(entry.path.name.lower()) for entry in entries}
        copies = defaultdict(list)
        for entry in entries:
            own = COPY.sub("", entry.path.name).rpartition(" - ")[2]
            if own != entry.path.name and re.fullmatch(r"[^\W\d]\w*\.py", own, re.IGNORECASE):
                copies[entry.path.with_name(self._own(own))].append(entry)
        renamed = {}
        for own_path, found in copies.items():
            names = ", ".join(sorted(entry.path.name for entry in found))
            if own_path.with_name(own_path.name.lower()) in there:
                said = f"left out: {names} beside {own_path.name}"
            elif len(found) > 1:
                said = f"left out: {names}; keep one, as {own_path.name}"
            else:
                said = f"taken for {own_path.name}: {names}"
                renamed[id(found[0])] = own_path
            self.notes += [said] if own_path.name in self._wanted else []
        return [replace(e, path=renamed[id(e)]) if id(e) in renamed else e for e in entries]

    def _own(self, name: str) -> str:
        """A module's name as the assignment writes it."""
        return name.lower() if name.lower() in self._wanted else name

    def _pick(self, listed: Sequence[Entry]) -> dict[str, bytes]:
        """The package's files and the Python files beside it, under the names they should have."""
        entries = self._with_own_names([*listed, *self._inside_archives(listed)])
        root = self._package_folder(entries)
        if root is None:
            there = [entry.path.name for entry in entries[:3]]
            self.notes += [f"there is {', '.join(there)}"] if there else []
            return {}
        # Of two that differ in case only, the rightly written one counts; else the later.
        ordered = sorted(entries, key=lambda entry: entry.path.name in self._wanted)
        targets = [(self._target(entry.path, root), entry) for entry in ordered]
        # To a Mac both ways of writing an accent are one name; `import` asks for the composed.
        chosen = {normalize("NFC", target): entry for target, entry in targets if target}
        return self._read_all(chosen)

    def _target(self, path: PurePosixPath, root: PurePosixPath) -> str:
        """The path that the file should have; "" where it is no part of the package."""
        named, kind = root.name.lower() == self._package, path.suffix.lower()
        if named and kind == ".py" and path.parent == root.parent:
            return path.name
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        kept = kind not in COMPILED if named else kind == ".py" and "/" not in name
        if not name or not kept:
            return ""
        return f"{self._package}/{self._own(name)}"

    def _package_folder(self, entries: Iterable[Entry]) -> PurePosixPath | None:
        """The folder of the package that counts; see the module's docstring."""
        found: dict[PurePosixPath, dict[str, Entry]] = defaultdict(dict)
        for entry in entries:
            if entry.path.name.lower() in self._wanted:
                found[entry.path.parent][entry.path.name.lower()] = entry
        if not found:
            return None
        newest_ones = self._newest_of_each(self._worked_on(found), found)
        named = [folder for folder in newest_ones if self._is_named(folder)]
        left = named or newest_ones

        def rank(folder: PurePosixPath) -> tuple[int, int, bool]:
            return -len(found[folder]), len(folder.parts), folder.name != self._package

        if len(left) > MAX_PACKAGES:
            raise SubmissionError(f"more than {MAX_PACKAGES} packages: keep one")
        first, *others = sorted(left, key=lambda folder: (rank(folder), folder.as_posix()))
        content = _contents(found[first])
        passed_over = [folder for folder in newest_ones if folder not in left]
        for other in [*others, *passed_over[:MAX_PACKAGES]]:
            if _contents(found[other]) == content:
                continue
            if other in left and rank(other) == rank(first):
                raise SubmissionError(f"two packages, {_said(first)} and {_said(other)}: keep one")
            self.notes.append(f"{CHOSEN} {_said(first)}, not {_said(other)}")
        return first

    def _is_named(self, folder: PurePosixPath) -> bool:
        return folder.name.lower() == self._package

    def _worked_on(self, found: Mapping[PurePosixPath, dict[str, Entry]]) -> list[PurePosixPath]:
        """The folders without those as they were handed out, where others are beside them."""
        if not 1 < len(found) <= MAX_PACKAGES:
            return [*found]
        stubs = self._handed_out
        left = [f for f, m in found.items() if not stubs.issuperset(_contents(m).values())]
        untouched = [folder for folder in found if left and folder not in left]
        self.notes += [f"as it was handed out, not graded: {_said(f)}" for f in untouched]
        return left or [*found]

    def _newest_of_each(
        self,
        folders: Iterable[PurePosixPath],
        found: Mapping[PurePosixPath, dict[str, Entry]],
        level: int = 0,
    ) -> list[PurePosixPath]:
        """The folders without those of older attempts: where their paths part, in names that differ
        in numbers alone. An attempt is what lies around the package, or the modules themselves."""
        attempts: dict[tuple[str, ...], dict[str, list[PurePosixPath]]]
        attempts, left = defaultdict(lambda: defaultdict(list)), []
        for folder in folders:
            around = folder.parent if self._is_named(folder) else folder
            step = around.parts[level : level + 1]
            attempts[tuple(map(without_numbers, step))]["".join(step)].append(folder)
        for named in attempts.values():
            last = newest(sorted(named))
            modules = {module for folder in named.get(last or "", ()) for module in found[folder]}
            older = [f for name, inside in named.items() for f in inside if name != last]
            if last is None or any(not found[folder].keys() & modules for folder in older):
                older = []  # nobody can tell, or parts of one work, not attempts at it
            self.notes += [f"older, not graded: {_said(folder)}" for folder in older]
            for name, inside in named.items():
                if not older or name == last:
                    part_below = name and len(inside) > 1
                    left += self._newest_of_each(inside, found, level + 1) if part_below else inside
        return left

    def _read_all(self, chosen: dict[str, Entry]) -> dict[str, bytes]:
        modules = {f"{self._package}/{name}" for name in self._wanted}

        def importance(target: str) -> tuple[bool, bool, bool, str]:
            is_beside = not target.startswith(f"{self._package}/")
            return target not in modules, not target.endswith(".py"), is_beside, target

        files: dict[str, bytes] = {}
        tried = total = 0
        for target in sorted(chosen, key=importance):
            entry = chosen[target]
            if entry.size > MAX_FILE or tried >= MAX_FILES or total > MAX_TOTAL:
                self.notes.append(f"left out: {target} is too large, or one file too many")
                continue
            tried += 1
            total += entry.size  # one that turns out to be damaged has cost as much
            try:
                files[target] = entry.read(MAX_FILE)
            except Exception as problem:  # whatever a damaged entry provokes
                said = getattr(problem, "strerror", "") or f"damaged ({type(problem).__name__})"
                self.notes.append(f"left out: {target}, {said}")
        return files if any(t.startswith(f"{self._package}/") for t in files) else {}


def _contents(modules: Mapping[str, Entry]) -> dict[str, bytes]:
    found = dict.fromkeys(modules, b"")
    for name, entry in modules.items():
        with suppress(Exception):  # whatever a damaged entry provokes
            found[name] = entry.read(MAX_FILE)
    return found


def _said(folder: PurePosixPath) -> str:
    return "the top folder" if folder == PurePosixPath() else folder.as_posix()
