"""Otter's folder of a submission, emptied before Otter, or a kernel in it, can run what is there.

A kernel starts in that folder, and so may import a student's `ipykernel_launcher.py`; Otter
unpickles an `.OTTER_LOG` that it finds; and it stops at two notebooks or scripts.
"""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

EMPTY_NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n'


def set_aside(folder: Path, aside: Path) -> None:
    """Moves all that a folder holds into another, new one that nobody else may enter."""
    aside.mkdir(mode=0o700)
    for child in list(folder.iterdir()):
        shutil.move(child, aside / child.name)


def remove(path: Path) -> None:
    """Removes a file, a link or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def handed_in(folder: Path) -> Path:
    """What the student handed in: the one zip that a folder holds, or else the folder."""
    children = list(folder.iterdir())
    if len(children) == 1:
        (child,) = children
        if child.suffix.lower() == ".zip" and stat.S_ISREG(child.lstat().st_mode):
            return child
    return folder
