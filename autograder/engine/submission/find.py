"""Finds the hand-ins that an instructor's paths name: a submission, or a class of them, in a folder
or as a learning platform exports it; unpacked or as a zip; or in a folder around that."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

from .attempts import ATTEMPT, LATE, is_module, numbers, without_numbers
from .entries import (
    MAX_ARCHIVE,
    MAX_CLASS,
    MAX_ENTRIES,
    Entry,
    SubmissionError,
    archive_entries,
    entries_at,
    is_archive,
    is_ignored,
    may_be_read,
    without_given,
)
from .platforms import METADATA, Item, by_student, form_of, gradescope
from .read import HandIn

MAX_LOOK = 2000
"""How many files of a folder are looked at for what makes it a submission."""
MAX_LEVELS = 4
"""How many folders and archives may stand around a class, or a student's work."""
STUDENT_NUMBER = re.compile(r"\d{5,}\.(?:zip|tar|tgz).*", re.IGNORECASE)
"""An archive called by a number that is too long for an attempt's."""
DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([-_. ]?)[01]\d\1[0-3]\d"
    r"|[0-3]?\d([-_. ])[01]?\d\2(?:19|20)\d\d(?!\d))"
)
"""A date in a name."""
COMMON = re.compile(r"(?:submissions?|assignment|homework|hw|src)[ _.-]*\d*", re.IGNORECASE)
"""Names of folders and archives that are nobody's in particular; "submission" is what the students'
own script writes, "assignment" what they are handed."""
OF_ALL = "submissions"
"""What ILIAS and Submitty call the folder that holds those of all students."""
FOLDERS = ("moodle", "sakai", "brightspace", "nbgrader")
"""Platforms whose form is that of a folder of a student's, too."""
TEXTS = ("_text.html", "_link.html")
"""What Canvas makes of a text or an address that was handed in."""
NUMBER = re.compile(r"[ _.-]*\d{1,3}")
"""What a student's attempts may be called, and the groups of a class, too."""
SYSTEMS = ("._", ".DS_Store", "__MACOSX")


@dataclass
class Finder:
    """Finds hand-ins. out: where the grades go; graded: the names of those that have some there;
    left_out: what lies there and is no hand-in."""

    package: str
    modules: Sequence[str]
    out: Path | None = None
    graded: Container[str] = ()
    left_out: list[str] = field(default_factory=list)

    def find(self, paths: Sequence[Path]) -> list[HandIn]:
        """The hand-ins that these paths name, each once, those of equal names told apart; several
        paths, such as a shell makes of `class/*`, may be those of a class.

        Raises `SubmissionError` for what is not there, holds nothing to grade, or looks like a
        class of which nobody can tell the students.
        """
        items = [self._named_item(path) for path in paths]
        together = self._together(items) if len(items) > 1 else []
        found = {each.where: each for each in together or self._each(items)}
        if items and not found:
            raise SubmissionError(
                f"{items[0].where}, and what follows: no zip and no folder to grade"
            )
        return _told_apart(sorted(found.values(), key=lambda each: each.where))

    def _named_item(self, path: Path) -> Item:
        """What lies at a path that is to be graded."""
        if not path.exists() and not path.is_symlink():
            raise SubmissionError(f"{path}: no such file or folder")
        item = disk_item(path.resolve() if path.is_dir() else path.parent.resolve() / path.name)
        if self._is_out(item):
            raise SubmissionError(f"{path} is where the grades go: name another folder with -o")
        return item

    def _together(self, items: Sequence[Item]) -> list[HandIn]:
        """The hand-ins of items of one folder, as of a class; none where one may be a class."""
        if found := self._exported(items):
            return found
        are_beside = len({os.path.dirname(item.where) for item in items}) == 1
        is_any_class = any(LATE.fullmatch(item.name) or item.name == OF_ALL for item in items)
        if not are_beside or is_any_class or self._classes(items, (len(items) - 1) // 2):
            return []
        return self._by_name(items)

    def _each(self, items: Sequence[Item]) -> list[HandIn]:
        """The hand-ins of each item, which is a class, or with the others of its kind one."""
        are_several = len(items) > 1
        found: list[HandIn] = []
        single: dict[str, Item] = {}
        for item in items:
            # Of several, as of a class's, one in which there is nothing to grade has a row.
            # Of several, an archive is a student's, whatever it looks like inside.
            is_students = are_several if not item.is_folder else form_of([item.name]) in FOLDERS
            hand_ins = [] if is_students else self._class(item, MAX_LEVELS - are_several)
            if not (hand_ins or are_several or item.is_link or _may_hold(item)):
                raise SubmissionError(f"{item.where}: neither a zip nor a folder")
            found += hand_ins
            if not hand_ins:
                single[item.where] = item
        return found + self._by_name([*single.values()])

    def _class(self, item: Item, levels: int) -> list[HandIn]:
        """The hand-ins of a class; none where the item is a submission."""
        try:
            every = item.inside()
        except SubmissionError:
            return []  # its row says why it can't be read
        items = [each for each in every if not is_ignored(each.name) and not self._is_out(each)]
        found = [] if self._is_submission(items) else self._hand_ins(item, items, levels)
        if found:
            self._leave_out(each for each in every if is_ignored(each.name))
        return found

    def _hand_ins(self, parent: Item, items: Sequence[Item], levels: int) -> list[HandIn]:
        if found := self._exported(items):
            return found
        units = [item for item in items if _may_hold(item)]
        # An empty folder may be a student's, but tells nothing of how the class is packed.
        units = [unit for unit in units if not unit.is_folder or unit.inside()] or units
        if OF_ALL in {unit.name for unit in units}:  # beside it Submitty has results
            units = [unit for unit in units if self._holds(unit)] or units
        if len(units) == 1 and levels:
            deeper = self._class(units[0], levels - 1)
            is_of_all = bool(deeper) and units[0].name.lower() == OF_ALL
            if len(deeper) > 1 or is_of_all or any(each.students for each in deeper):
                self._leave_out(item for item in items if item not in units)
                return deeper
        if not parent.is_folder and len(list(filter(self._holds, units))) < 2:
            return []  # a student's zip, whatever it holds
        own = units[0].name.split(".")[0] if len(units) == 1 else ""
        is_common = COMMON.fullmatch(own) or own.lower() == self.package
        if own and (is_common or parent.name in self.graded):
            return []  # a student's folder: its name says more
        if not units and not any(item.is_link for item in items):
            if levels < MAX_LEVELS:
                return []  # a student's folder, in which there is nothing to grade
            raise SubmissionError(f"{parent.where}: no zip and no folder in it to grade")
        if units and all(ATTEMPT.fullmatch(unit.name) for unit in units):
            return []  # attempts of one student
        if len(units) > 1 and all(NUMBER.fullmatch(unit.name) for unit in units):
            raise SubmissionError(
                f"{parent.where}: {units[0].name}, {units[1].name}: students, or attempts of one?"
                " Name the newest attempt, or give the folders the students' names"
            )
        students = [item for item in units if not LATE.fullmatch(item.name)]
        if crowded := self._classes(students, (len(units) - 1) // 2):
            raise SubmissionError(
                f"{parent.where} looks like a class in no known form: {crowded[0].name} holds"
                " several submissions; name the folders in which each student has one zip or folder"
            )
        return self._by_name(items)

    def _classes(self, items: Sequence[Item], most: int) -> list[Item]:
        """The items that look like classes themselves: so many students may have called their
        attempts by other names."""
        inside = {item: self._units(item) for item in items}
        several = [item for item in items if self._are_several(inside[item])]
        numbered = [item for item in items if item.is_folder and self._has_student_numbers(item)]
        return numbered + (several if len(several) > most else []) + _sections(inside)

    def _exported(self, items: Sequence[Item]) -> list[HandIn]:
        """The hand-ins of a class that a platform exported."""
        metadata = next((item for item in items if item.name == METADATA), None)
        if metadata is not None:
            others = [item for item in items if item is not metadata]
            found = gradescope(metadata, others)
            if not found:
                raise SubmissionError(f"{metadata.where} tells of no submission")
            taken = {each.where for each in found}
            return [*found, *self._by_name([i for i in others if i.where not in taken])]
        return self._by_name(items) if self._form([i for i in items if not i.is_link]) else []

    def _by_name(self, items: Sequence[Item]) -> list[HandIn]:
        """A hand-in for each student whom the names identify; else for each item that may be
        one."""
        form = self._form(items)
        found: list[HandIn] = []
        if form:
            found, items = by_student(items, form, self.modules)
        self._leave_out(item for item in items if not self._is_worth_a_row(item))
        for item in filter(self._is_worth_a_row, items):
            is_late = bool(LATE.fullmatch(item.name))
            inside = item.inside() if (form or is_late) and item.is_folder else []
            is_alike = bool(inside) and (is_late or self._form(inside) == form)
            is_class = is_alike and not self._is_submission(inside)
            found += self._by_name(inside) if is_class else [_plain(item)]
        return found

    def _form(self, items: Sequence[Item]) -> str:
        """The platform that has named what may be work, or, where nobody handed in any, all."""
        worth_it = [item for item in items if self._is_worth_a_row(item)]
        return form_of([item.name for item in worth_it or items])

    def _is_worth_a_row(self, item: Item) -> bool:
        name = item.name.lower()
        is_code = name.endswith(".py") and any(module in name for module in self.modules)
        is_code = is_code and not is_module(name, self.modules)
        return item.is_link or _may_hold(item) or is_code or name.endswith(TEXTS)

    def _leave_out(self, items: Iterable[Item]) -> None:
        self.left_out += [i.name for i in items if not i.name.startswith(SYSTEMS)]

    def _is_out(self, item: Item) -> bool:
        # `Path.resolve` raises for a link that leads to itself.
        real = os.path.realpath
        return self.out is not None and real(item.where) == real(self.out)

    def _is_submission(self, items: Sequence[Item]) -> bool:
        """Not a class in which somebody handed in a folder, or a file, with the package's name, nor
        one in a folder of that name."""
        named = self._named(items)
        loose = any(map(self._is_loose, items))
        if not named and not loose:
            return False
        others = sum(self._holds(item) for item in items if item not in named and _may_hold(item))
        if loose or any(self._is_loose(item) for folder in named for item in folder.inside()):
            return others < 2
        return not others and not any(map(self._holds, named))

    def _is_loose(self, item: Item) -> bool:
        return not item.is_folder and is_module(item.name, self.modules)

    def _named(self, items: Sequence[Item]) -> list[Item]:
        return [item for item in items if item.name.lower() == self.package and item.is_folder]

    def _holds(self, item: Item) -> bool:
        """Whether one of the modules, or an archive, lies in the item, or is it."""
        if item.is_link:
            return False
        names = (entry.path.name for entry in islice(item.entries(), MAX_LOOK))
        try:
            return any(is_module(name, self.modules) or is_archive(name) for name in names)
        except SubmissionError:
            return True  # more than anybody reads: its row says so

    def _units(self, item: Item, levels: int = MAX_LEVELS) -> list[Item]:
        """What in the item may each be somebody's work, or an attempt at it; nothing in a
        submission. One in a class that holds too much to be one student's is not looked through:
        its row says so."""
        try:
            items = [each for each in item.inside(MAX_ENTRIES) if not is_ignored(each.name)]
        except SubmissionError:
            return []
        if self._is_submission(items) or any(map(self._holds, self._named(items))):
            return []
        own = without_given(each.name for each in items)
        units = [u for u in items if u.name in own and _may_hold(u) and self._holds(u)]
        return (len(units) == 1 and levels and self._units(units[0], levels - 1)) or units

    def _has_student_numbers(self, folder: Item) -> bool:
        """Whether several archives in it are called by students' numbers, and nothing else in it
        is work."""
        inside = folder.inside()
        others = [item for item in inside if not STUDENT_NUMBER.fullmatch(item.name)]
        return len(inside) - len(others) > 1 and not any(map(self._holds, others))

    def _are_several(self, units: Sequence[Item]) -> bool:
        """Whether these look like the work of several students."""
        form = self._form(units)
        if form and len(by_student(units, form, self.modules)[0]) > 1:
            return True
        return len({without_numbers(unit.name) for unit in units}) > 1


def _sections(folders: Mapping[Item, Sequence[Item]]) -> list[Item]:
    """The folders that hold several items each, where most of all do, which differ in numbers
    alone, and no number stands in two: groups of a class in sections. Attempts of several students
    begin with the same numbers, hold the student's own, or are dates."""
    alike: dict[str, dict[Item, set[str]]] = defaultdict(dict)
    for folder, units in folders.items():
        for name in (unit.name for unit in units if not DATE.search(unit.name)):
            alike[without_numbers(name)].setdefault(folder, set()).add(name)
    for found in alike.values():
        several = [f for f, names in found.items() if len({*map(_first_number, names)}) > 1]
        count = sum(map(len, found.values()))
        if 2 * len(several) > len(folders) > 1 and count == len(set().union(*found.values())):
            return several
    return []


def _first_number(name: str) -> int | None:
    return next(iter(numbers(name)), None)


def _plain(item: Item) -> HandIn:
    problem = ""
    if item.is_link:
        problem = "is a link, which is not followed"
    elif not item.is_folder and not _may_hold(item):
        problem = "a loose file: whose is it? put it into a folder with the student's name"
    return HandIn(item.name, item.where, item.entries, problem=problem)


def _may_hold(item: Item) -> bool:
    """Whether the item is of a kind that may be somebody's work, or a class."""
    packed = is_archive(item.name) or item.name.lower().endswith((".gz", ".bz2", ".xz"))
    return (item.is_folder or packed) and not item.is_link


def disk_item(path: Path) -> Item:
    """What lies at a path."""
    link = path.is_symlink()
    folder = not link and path.is_dir()

    def inside(most: int = MAX_CLASS) -> list[Item]:
        if folder:
            # Of one that may not be read its row says why.
            children = sorted(path.iterdir()) if may_be_read(path) else []
            return [disk_item(child) for child in children]
        if not path.is_file():
            raise SubmissionError("neither a file nor a folder")
        return _items(archive_entries(path, most), path)

    return Item(path.name, str(path), folder, link, partial(entries_at, path), inside)


def _unpacked(archive: Entry, most: int) -> list[Entry]:
    try:
        return archive_entries(archive.read(MAX_ARCHIVE), most)
    except Exception as problem:  # whatever a damaged archive provokes
        raise SubmissionError(f"{archive.path} can't be read: {problem}") from None


def _items(entries: Iterable[Entry], parent: Path) -> list[Item]:
    """What lies directly in the folder or archive with these files."""
    below: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        below[entry.path.parts[0]].append(entry)
    return [_packed_item(name, found, parent / name) for name, found in sorted(below.items())]


def _packed_item(name: str, found: list[Entry], where: Path) -> Item:
    cut = [replace(e, path=e.path.relative_to(name)) for e in found if len(e.path.parts) > 1]
    folder = bool(cut) or found[0].is_folder
    files = [entry for entry in cut or found if not entry.is_folder]

    def inside(most: int = MAX_CLASS) -> list[Item]:
        return _items(cut if folder else _unpacked(found[0], most), where)

    link = not folder and found[0].trouble == "is a link"
    return Item(name, str(where), folder, link, lambda: files, inside)


def _told_apart(found: Sequence[HandIn]) -> list[HandIn]:
    """Those of equal names get their paths from the folder that holds all of them."""
    counts = Counter(each.file for each in found)
    alike = [each.where for each in found if counts[each.file] > 1]
    root = os.path.commonpath(map(os.path.dirname, alike)) if alike else ""
    kinds = {where: " (folder)" if os.path.isdir(where) else "" for where in alike}
    paths = {where: os.path.relpath(where, root) + kind for where, kind in kinds.items()}
    return [replace(each, name=paths.get(each.where, each.name)) for each in found]
