"""The folder OUT: the names of its files, and how they are written."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from ..submission.read import HandIn

MAX_STEM = 200


def by_stem(hand_ins: Iterable[HandIn]) -> dict[str, HandIn]:
    """The hand-ins by the stems of their results' files, which are safe names and different."""
    taken: set[str] = set()
    found = {}
    for hand_in in hand_ins:
        name = hand_in.name
        base = _safe_stem(name[:-4] if name.lower().endswith(".zip") else name)
        stem, number = base, 1
        while stem.casefold() in taken:  # some file systems take them for one
            number += 1
            stem = f"{base}-{number}"
        taken.add(stem.casefold())
        found[stem] = hand_in
    return found


def _safe_stem(name: str) -> str:
    """The name as that of a file on any system; letters of all languages stay, composed."""
    safe = re.sub(r"[^\w.@()+ -]", "_", unicodedata.normalize("NFC", name))
    return safe.encode()[:MAX_STEM].decode(errors="ignore").strip(" .") or "submission"


def result_path(out: Path, stem: str) -> Path:
    """Where the result is."""
    return out / "results" / f"{stem}.json"


def graded_stems(out: Path) -> list[str]:
    """The stems of the results that are there."""
    return sorted(path.stem for path in (out / "results").glob("*.json"))


def page_path(out: Path, stem: str) -> Path:
    """Where the student's page is."""
    return out / "feedback" / f"{stem}.html"


def write_atomically(path: Path, content: str | bytes) -> None:
    """Writes a file that is never seen half-written. Raises `OSError`, which names it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")  # the next try replaces what a killed one left
    try:
        half.write_bytes(content.encode() if isinstance(content, str) else content)
        half.replace(path)
    except OSError as problem:
        half.unlink(missing_ok=True)
        raise OSError(problem.errno, problem.strerror, str(path)) from None
