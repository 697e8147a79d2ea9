"""What learning platforms name the files that they let an instructor download, and whose they are.

Canvas: lovelaceada_LATE_USER_FILE_original.zip; a second file of a name gets -1; of a quiz
lovelace_adaUSER_question_NUMBER_FILE_original.zip. Moodle: a folder
"Ada Lovelace_PARTICIPANT_assignsubmission_file", or names that begin so. Blackboard:
Task_LOGIN_attempt_TIME_original.zip, and a .txt of each attempt. Sakai, where it makes no folders:
"Lovelace, Ada(LOGIN)_Submission attachment(s)_original.zip". Chamilo: TIME_LOGIN_original.zip.
Brightspace: a folder "USER-TASK - Ada Lovelace - Nov 2, 2026 859 PM", or names that begin so, the
date as the language of the course has it. Autolab: EMAIL_VERSION_original.zip. nbgrader: folders
LOGIN+task+TIME+random. Gradescope: folders of which a file tells the rest.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from ..text import visible
from .attempts import ATTEMPT, COPY, is_module, newest, numbers, own_name
from .entries import MAX_ARCHIVE, Entry, SubmissionError, archive_entries, is_archive
from .read import MAX_NAME, HandIn

METADATA = "submission_metadata.yml"
FORMS = {
    "canvas quiz": re.compile(
        r"(?P<label>(?P<name>.+?)(?P<id>\d+))_question_\d+_(?P<upload>\d+)_(?P<file>.+)"
    ),
    "canvas": re.compile(
        r"(?P<label>(?:(?:LATE_)?anon_(?P<anonymous>\w+?)"
        r"|(?P<name>(?!\d{4}_\d\d_\d\d_).+?)_(?:LATE_)?(?P<id>\d+)))"
        r"_(?:(?P<upload>\d+)_(?P<file>.+)|(?P<text>(?:text|link)\.html))"
    ),
    "moodle": re.compile(
        r"(?P<label>(?P<name>.+?)(?:_(?P<participant>\d+))?"
        r"_assignsubmission_(?:file|(?P<text>[a-z]+)))(?:_(?P<file>.*))?"
    ),
    "chamilo": re.compile(
        r"(?P<upload>\d{4}(?:_\d\d){5})_(?P<label>(?P<login>[^_]+))_(?P<file>.+)"
    ),
    "sakai": re.compile(
        r"(?P<label>(?P<account>[^()]+,[^()]*[^()\s]\([^()\s]+\)))"
        r"(?:_(?:(?P<text>Feedback.+)|(?:[^_]*_)?(?P<file>.+)))?"
    ),
    "blackboard": re.compile(
        r"(?P<label>(?P<account>.+_(?P<login>[^_]+)))_attempt_(?P<number>[\d-]{19})"
        r"(?:_(?P<file>.+)|(?P<text>\.txt))"
    ),
    "brightspace": re.compile(
        r"(?P<user>\d+-\d+) - (?P<label>(?P<name>.+?)) - (?P<number>[^-]*\b20\d\d\b.*?)"
        r"(?: - (?P<file>.+))?"
    ),
    "autolab": re.compile(r"(?P<label>(?P<email>[^@]+@[^@_]+))_(?P<number>\d+)_(?P<file>.+)"),
    "nbgrader": re.compile(
        r"(?P<label>(?P<account>(?P<login>[^+]+)\+[^+]+))\+(?P<number>\d{4}-\d\d-\d\d [^+ ]+)( .+)?"
    ),
}
"""`number` is that of a whole attempt, `upload` that of one of its files."""
STUDENT = ("name", "id", "participant", "account", "login", "email", "anonymous", "user")
LINE = re.compile(
    r"(?P<folder>[^\s:-][^:]*):\s*|  :(?P<section>\w+):.*"
    r"|  (?:  )?(?P<first>- |  ):(?P<key>name|sid|email):\s*(?P<value>.*)"
)
DATES = ("%b %d %Y %I%M %p", "%d %b %Y %I%M %p", "%b %d %Y %H%M", "%d %b %Y %H%M")


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
class Piece:
    """An item of one student's. below: the path that its files get, which tells attempts apart;
    work, attempt: which attempt it is, and at what, where its name says so."""

    item: Item
    told: Mapping[str, str]
    below: str
    work: str
    attempt: str


def form_of(names: Sequence[str]) -> str:
    """The platform that at least half of these names are from, or ""."""
    composed = [normalize("NFC", name) for name in names]  # a Mac writes an accent by itself
    told = {form: [*filter(None, map(FORMS[form].fullmatch, composed))] for form in FORMS}
    if not _are_students(told["canvas"]):
        del told["canvas"]
    best = max(told, key=lambda form: len(told[form]))
    return best if told[best] and 2 * len(told[best]) >= len(names) else ""


def _are_students(told: Sequence[re.Match[str]]) -> bool:
    """Whether what looks like Canvas's ids are some: numbers of a date, or of a term, stand beside
    several names, or beside one name alone; there they are one student's whose archives have one
    name, and Canvas numbers files of one name."""
    names = defaultdict(set)
    for found in told:
        who = found["anonymous"]
        names[found["id"] or who].add(found["name"] or who)
    files = [found["file"] for found in told if found["file"]]
    archives = {COPY.sub("", file) for file in files if is_archive(file)}
    is_one = len(names) == 1 and len(archives) < 2 and len(set(files)) == len(files)
    are_different = len({name for each in names.values() for name in each}) > 1
    return all(len(each) == 1 for each in names.values()) and (is_one or are_different)


def by_student(
    items: Sequence[Item], form: str, modules: Sequence[str]
) -> tuple[list[HandIn], list[Item]]:
    """The students' hand-ins, and the items that the form doesn't fit."""
    fitting: dict[Item, dict[str, str]] = {}
    for item in items:
        found = FORMS[form].fullmatch(normalize("NFC", item.name))
        if found is not None and not item.is_link:
            fitting[item] = {name: text for name, text in found.groupdict().items() if text}
    if form == "chamilo":
        _complete_logins(fitting.values())
    pieces = defaultdict(list)
    for item, told in fitting.items():
        who = tuple((name, told[name]) for name in STUDENT if name in told)
        pieces[who].append(_piece(item, told, modules))
    hand_ins = [_hand_in(form, dict(who), each, modules) for who, each in pieces.items()]
    return hand_ins, [item for item in items if item not in fitting]


def _complete_logins(told: Collection[dict[str, str]]) -> None:
    """A login may hold "_", too: where one word stands before different second words of the same
    file's name, as in stud_101_x.zip and stud_102_x.zip, both words are the login."""
    words = defaultdict(set)
    for each in told:
        second, _, file = each["file"].partition("_")
        if file and not ATTEMPT.fullmatch(second):
            words[each["login"], file].add(second)
    first = {login for (login, _), found in words.items() if len(found) > 1}
    for each in told:
        second, _, file = each["file"].partition("_")
        if each["login"] in first and file:
            each["login"] = each["label"] = f"{each['login']}_{second}"
            each["file"] = file


def _piece(item: Item, told: Mapping[str, str], modules: Sequence[str]) -> Piece:
    file, upload, number = (told.get(name, "") for name in ("file", "upload", "number"))
    if is_module(file, modules) and upload:
        attempt = " ".join(map(str, numbers(item.name)))
        # NAME-1.py is NAME.py, handed in again.
        return Piece(item, told, file, own_name(file), attempt)
    number = _sortable(number)
    is_loose = not (item.is_folder or is_archive(file))  # Of others the reader finds the newest.
    below = file if is_loose else f"{upload} {file}".strip()
    return Piece(item, told, "/".join(filter(None, (number, below))), "", number)


def _hand_in(
    form: str, student: Mapping[str, str], pieces: Sequence[Piece], modules: Sequence[str]
) -> HandIn:
    """One student's; what the platform puts beside the files is named, not looked at."""
    given = [piece for piece in pieces if "text" not in piece.told]
    notes = [f"beside: {piece.item.name}" for piece in pieces if "text" in piece.told]
    work, problem = _newest(given, notes, modules)
    if not given:
        problem = "nothing but a text was handed in"
    name = given[0].item.name if len(given) == 1 else pieces[0].told["label"]
    last, back = (work or pieces)[-1].item, ""
    if work and (form == "canvas" or "participant" in student):
        shown = visible(last.name, MAX_NAME)
        back = f"{shown}/feedback" if last.is_folder else shown.rpartition(".")[0] or shown
        back += ".html"
    students = ({key: visible(text, MAX_NAME) for key, text in student.items()},)
    entries = partial(_entries, work)
    return HandIn(name, last.where, entries, students, tuple(notes), problem, back)


def _newest(
    pieces: Sequence[Piece], notes: list[str], modules: Sequence[str]
) -> tuple[list[Piece], str]:
    """The pieces without those that are older than the newest with code in it, and why nobody can
    tell which that is."""
    attempts, older, problem = defaultdict(list), [], ""
    for piece in pieces:
        attempts[piece.work].append(piece)
    for found in attempts.values():
        several = len({piece.attempt for piece in found}) > 1
        with_code = {p.attempt for p in found if several and _holds(p, modules)}
        unread = len(with_code) > 1 and re.search(r"[^\W\d]", "".join(with_code))
        last = None if unread else newest(sorted(with_code or {""}))
        if last is None:
            names = ", ".join(sorted(piece.item.name for piece in found))
            problem = f"which is the newest? keep one of {names}"
            continue
        for piece in (each for each in found if with_code and each.attempt != last):
            if newest([piece.attempt, last]) == last:
                older.append(piece)
                notes.append(f"older, not graded: {piece.item.name}")
            else:
                notes.append(f"newer, without the modules: {piece.item.name}")
    again, gone = {piece.work for piece in older if piece.work}, set(map(id, older))
    left = [piece for piece in pieces if id(piece) not in gone]
    return [replace(p, below=p.work) if p.work in again else p for p in left], problem


def _holds(piece: Piece, modules: Sequence[str]) -> bool:
    """Whether one of the modules is there, or in an archive; or an archive in that."""
    own_name = "" if piece.item.is_folder else piece.told.get("file", "")
    with suppress(SubmissionError):  # too many files: its row says so
        for entry in piece.item.entries():
            name, inside = own_name or entry.path.name, []
            with suppress(Exception):  # whatever a damaged archive provokes
                if is_archive(name):
                    inside = [e.path.name for e in archive_entries(entry.read(MAX_ARCHIVE))]
            if is_module(name, modules) or any(
                is_module(n, modules) or is_archive(n) for n in inside
            ):
                return True
    return False


def _entries(pieces: Iterable[Piece]) -> Iterator[Entry]:
    for piece in pieces:
        for entry in piece.item.entries():
            name = PurePosixPath() if piece.below and not piece.item.is_folder else entry.path
            yield replace(entry, path=PurePosixPath(piece.below) / name)


def _sortable(time: str) -> str:
    """Nov 2, 2026 859 PM, or 2 November 2026 2059, as 2026-11-02-2059; another as it is."""
    short = re.sub(r"([^\W\d]{3})\w*", r"\1", re.sub("[,.]", "", time))
    short = re.sub(r"\b(\d{3})\b", r"0\1", short)
    for form in DATES:
        with suppress(ValueError):
            return datetime.strptime(short, form).strftime("%Y-%m-%d-%H%M")
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
    for told in filter(None, map(LINE.fullmatch, metadata.splitlines())):
        if told["folder"]:
            students = found.setdefault(told["folder"].strip("'\""), [])
        elif told["section"]:
            section = told["section"]
        elif section == "submitters":
            if told["first"] == "- ":
                students.append({"name": ""})
            if students and (value := _unquoted(told["value"].strip())):
                students[-1]["sis_id" if told["key"] == "sid" else told["key"]] = value
    return found


def _unquoted(text: str) -> str:
    if text.startswith('"'):
        with suppress(ValueError):
            return str(json.loads(text))
    return text[1:-1].replace("''", "'") if text.startswith("'") else text
