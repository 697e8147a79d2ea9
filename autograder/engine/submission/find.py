"""Finds the submissions that an instructor's paths name."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from itertools import islice
from pathlib import Path

from .read import IGNORED, SubmissionError, is_ignored

ARCHIVES = {".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".rar", ".7z"}
"""What is handed in as one file. Only zips are read; the others have a row that says so."""
MAX_LOOK = 50
"""In how many folders of a folder is looked for what makes it a submission."""


def find_submissions(paths: Sequence[Path], package: str, modules: Sequence[str]) -> list[Path]:
    """The submissions that the paths name: each is one, or a folder of them.

    A folder is one submission if the package, or one of its modules, lies directly in it, and not
    several other submissions beside it; otherwise all archives and folders in it are submissions.

    Raises `FileNotFoundError` for a path that is not there, and `SubmissionError` for a folder
    without any.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(path)
        if path.is_dir() and not _is_submission(path, package, {f"{m}.py" for m in modules}):
            inside = [child for child in path.iterdir() if _looks_like_submission(child)]
            if not inside:
                raise SubmissionError(f"{path}: no zip and no folder in it to grade")
            found += sorted(inside)
        else:
            found.append(path)
    return found


def left_out(paths: Sequence[Path], found: Sequence[Path]) -> list[str]:
    """The names of what lies in these folders and is no submission, but for what systems leave."""
    taken = set(found)
    classes = [path for path in paths if path not in taken]
    names = {child.name for path in classes for child in path.iterdir() if child not in taken}
    return sorted(name for name in names if not name.startswith(("._", ".DS_Store", "__MACOSX")))


def _is_submission(folder: Path, package: str, sources: Collection[str]) -> bool:
    """Not a class in which somebody handed in a folder, or a file, with the package's name."""
    children = list(folder.iterdir())
    named = [child for child in children if child.name.lower() == package and _is_folder(child)]
    loose = any(child.name.lower() in sources for child in children)
    if not named and not loose:
        return False
    others = sum(
        child.suffix.lower() in ARCHIVES or _holds(child, sources)
        for child in children
        if child not in named and _looks_like_submission(child)
    )
    if loose or any(_holds(child, sources) for child in named):
        return others < 2
    return not others


def _holds(folder: Path, sources: Collection[str]) -> bool:
    """Whether one of the sources, or a zip, lies in the folder, or not far below."""
    for _, folders, files in islice(os.walk(folder), MAX_LOOK):
        folders[:] = [name for name in folders if not is_ignored(name)]
        if any(f.lower() in sources or f.lower().endswith(".zip") for f in files):
            return True
    return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a link that leads nowhere one may look
        return False


def _looks_like_submission(path: Path) -> bool:
    if path.name.strip(".") and (path.name.startswith(".") or path.name in IGNORED):
        return False
    return path.suffix.lower() in ARCHIVES or _is_folder(path)
