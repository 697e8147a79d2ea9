"""What learning platforms name the files that they let an instructor download, and whose they are.

Canvas: lovelaceada_LATE_USER_FILE_original.zip; a second file of a name gets -1. Moodle: a folder
"Ada Lovelace_PARTICIPANT_assignsubmission_file", or names that begin so. Blackboard:
Task_LOGIN_attempt_TIME_original.zip, and a .txt of each attempt. Brightspace: a folder
"USER-TASK - Ada Lovelace - Nov 2, 2026 859 PM", or names that begin so. Gradescope: folders of
which a file tells the rest.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from ..text import visible
from .attempts import COPY, newest
from .entries import MAX_ARCHIVE, READ, Entry, SubmissionError, is_archive
from .read import MAX_NAME, HandIn

METADATA = "submission_metadata.yml"
FORMS = {
    "canvas": re.compile(
        r"(?P<label>(?:(?:LATE_)?anon_(?P<anonymous>\w+?)|(?P<name>.+?)_(?:LATE_)?(?P<id>\d+)))"
        r"_(?:(?P<number>\d+)_(?P<file>.+)|(?P<text>(?:text|link)\.html))"
    ),
    "moodle": re.compile(
        r"(?P<label>(?P<name>.+?)_(?P<participant>\d+)_assignsubmission_(?P<kind>[a-z]+))"
        r"(?:_(?P<file>.*))?"
    ),
    "blackboard": re.compile(
        r"(?P<label>(?P<account>.+_(?P<login>[^_]+)))_attempt_(?P<number>[\d-]{19})"
        r"(?:_(?P<file>.+)|(?P<text>\.txt))"
    ),
    "brightspace": re.compile(
        r"(?P<user>\d+-\d+) - (?P<label>(?P<name>.+?)) - (?P<time>\w+ \d+, \d{4} \d+ [AP]M)"
        r"(?: - (?P<file>.+))?"
    ),
}


@dataclass(frozen=True)
class Item:
    """A file or a folder of a class; entries: its files, by their paths in a folder, or its own
    name; inside: what lies directly in a folder or archive, whose list has so many entries at
    most."""

    name: str
    where: str
    is_folder: bool
    is_link: bool
    entries: Callable[[], Iterable[Entry]]
    inside: Callable[..., "list[Item]"]


@dataclass(frozen=True)
class Part:
    """An item of one student's; below: the path that its files get, which tells attempts apart;
    time: of the attempt, or its number, in a form to be sorted."""

    item: Item
    key: str
    label: str
    student: Mapping[str, str]
    below: str
    time: str
    is_aside: bool = False


def form_of(names: Sequence[str]) -> str:
    """The platform that at least half of these names are from, or ""."""
    told = {form: [*filter(None, map(FORMS[form].fullmatch, names))] for form in FORMS}
    if not _are_students(told["canvas"]):
        del told["canvas"]
    best = max(told, key=lambda form: len(told[form]))
    return best if told[best] and 2 * len(told[best]) >= len(names) else ""


def _are_students(told: Sequence[re.Match[str]]) -> bool:
    """Whether what looks like Canvas's ids are some: numbers of a date, or of a term, stand beside
    several names, or beside archives of several names where there is one id alone."""
    names = defaultdict(set)
    for found in told:
        names[found["id"] or found["anonymous"]].add(found["name"])
    archives = {COPY.sub("", f["file"]) for f in told if f["file"] and is_archive(f["file"])}
    return all(len(each) == 1 for each in names.values()) and (len(names) > 1 or len(archives) < 2)


def by_student(
    items: Sequence[Item], form: str, modules: Sequence[str]
) -> tuple[list[HandIn], list[Item]]:
    """The students' hand-ins, and the items that the form doesn't fit."""
    parts, others = defaultdict(list), []
    for item in items:
        found = FORMS[form].fullmatch(item.name)
        if found is None or item.is_link:
            others.append(item)
        else:
            part = _part(item, form, {k: v for k, v in found.groupdict().items() if v})
            parts[part.key].append(part)
    return [_hand_in(form, each, modules) for each in parts.values()], others


def _part(item: Item, form: str, told: dict[str, str]) -> Part:
    of_student = ("id", "anonymous", "participant", "account", "name")
    key = next(told[name] for name in of_student if name in told)
    file, number = told.get("file", ""), told.get("number", "")
    if form == "brightspace":
        key, number = f"{told['user']} {key}", _sortable(told["time"])
    if form == "canvas" and not item.is_folder and not is_archive(file):
        number = ""  # each loose file has its own
    known = ("name", "id", "participant", "account", "login", "anonymous", "user")
    student = {name: visible(told[name], MAX_NAME) for name in known if name in told}
    below = "/".join(filter(None, (number, file)))
    aside = "text" in told or told.get("kind", "file") != "file"
    return Part(item, key, told["label"], student, below, number, aside)


def _hand_in(form: str, parts: Sequence[Part], modules: Sequence[str]) -> HandIn:
    """One student's; what the platform puts beside the files is named, not looked at."""
    work = [part for part in parts if not part.is_aside]
    notes = [f"beside: {part.item.name}" for part in parts if part.is_aside]
    problem = "" if work else "nothing but a text was handed in"
    one = work[0].item.name if len(work) == 1 else ""
    if form in ("blackboard", "brightspace"):
        work = _newest_attempt(work, notes)
    if form == "canvas":
        work, doubt = _newest_files(work, modules, notes)
        problem = doubt or problem
    first, *_, last = [parts[0], *(work or parts)]
    name, back = one or first.label, ""
    if form in ("canvas", "moodle") and not last.is_aside:
        shown = visible(last.item.name, MAX_NAME)
        page = f"{shown.rpartition('.')[0] or shown}.html"
        back = f"{shown}/feedback.html" if last.item.is_folder else page
    entries, students = partial(_entries, work), (first.student,)
    return HandIn(name, last.item.where, entries, students, tuple(notes), problem, back)


def _newest_attempt(parts: Sequence[Part], notes: list[str]) -> list[Part]:
    """The parts of the newest attempt with code in it, by the time that the platform tells."""
    newest_time = max((part.time for part in parts if _holds_code(part)), default="")
    notes += [f"older, not graded: {part.item.name}" for part in parts if part.time < newest_time]
    return [part for part in parts if part.time >= newest_time]


def _holds_code(part: Part) -> bool:
    with suppress(SubmissionError):  # more files than anybody reads
        names = (entry.path.name.lower() for entry in part.item.entries())
        return any(name.endswith((".py", *READ)) for name in names)
    return True


def _newest_files(
    parts: Sequence[Part], modules: Sequence[str], notes: list[str]
) -> tuple[list[Part], str]:
    """Canvas calls a file that is handed in again NAME-1.py: of loose modules the newest, and why
    that can't be told."""
    versions: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        own = COPY.sub("", part.below).lower()
        is_module = own.removesuffix(".py") in modules and own.endswith(".py")
        versions[own if is_module else part.item.name].append(part)
    left, problem = [], ""
    for own, found in versions.items():
        last = newest([part.item.name for part in found])
        if last is None:
            problem = f"which {own} is the newest? Canvas's numbers disagree; keep one"
        for part in found:
            if part.item.name != last:
                notes.append(f"older, not graded: {part.item.name}")
            else:
                left.append(replace(part, below=own) if len(found) > 1 else part)
    return left, problem


def _entries(parts: Iterable[Part]) -> Iterator[Entry]:
    for part in parts:
        for entry in part.item.entries():
            name = PurePosixPath() if part.below and not part.item.is_folder else entry.path
            yield replace(entry, path=PurePosixPath(part.below) / name)


def _sortable(time: str) -> str:
    """Nov 2, 2026 859 PM, or November, as 2026-11-02-2059."""
    month, day, year, clock, half = time.split(" ")
    with suppress(ValueError):
        short = f"{month[:3]} {day} {year} {clock:0>4} {half}"
        return datetime.strptime(short, "%b %d, %Y %I%M %p").strftime("%Y-%m-%d-%H%M")
    return time


def gradescope(metadata: Item, items: Sequence[Item]) -> list[HandIn]:
    """The hand-ins that Gradescope's metadata tells of."""
    text = ""
    with suppress(Exception):  # whatever a damaged archive provokes: then it tells of none
        text = next(iter(metadata.entries())).read(MAX_ARCHIVE).decode("utf-8-sig", "replace")
    of_name, found = {item.name: item for item in items}, []
    for folder, students in _submitters(text).items():
        name = f"{', '.join(each['name'] for each in students)} {folder}".strip()
        where, item = str(Path(metadata.where).parent / folder), of_name.get(folder)
        problem = "" if item else f"{METADATA} names {folder}, which is not there"
        entries = item.entries if item else tuple
        found.append(HandIn(name, where, entries, tuple(students), problem=problem))
    return found


def _submitters(metadata: str) -> dict[str, list[dict[str, str]]]:
    """Each folder's students, from the YAML that Gradescope writes: names, numbers, addresses.
    Beside them stand the results: a parser of YAML takes 20 seconds for a class of 300."""
    found: dict[str, list[dict[str, str]]] = {}
    students: list[dict[str, str]] = []
    section = ""
    for line in metadata.splitlines():
        if top := re.fullmatch(r"([^\s:-][^:]*):\s*", line):
            students = found.setdefault(top[1].strip("'\""), [])
        elif field := re.fullmatch(r"  :(\w+):.*", line):
            section = field[1]
        elif section == "submitters" and (
            told := re.fullmatch(r"  (?:  )?(- |  ):(name|sid|email):\s*(.*)", line)
        ):
            if told[1] == "- ":
                students.append({"name": ""})
            if students:
                field_name = "sis_id" if told[2] == "sid" else told[2]
                if value := _unquoted(told[3].strip()):
                    students[-1][field_name] = value
    return found


def _unquoted(text: str) -> str:
    if text.startswith('"'):
        with suppress(ValueError):
            return str(json.loads(text))
    return text[1:-1].replace("''", "'") if text.startswith("'") else text
