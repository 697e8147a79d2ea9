"""The kit's folders, Python and the command line in processes of their own, and zips of files."""

import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "tiny"


Ended = subprocess.CompletedProcess[str]


def python(*words: object, cwd: Path = ROOT, timeout: float = 300, **options: Any) -> Ended:
    """`python WORDS` in a folder, and all that it says."""
    command = [sys.executable, *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, timeout=timeout, capture_output=True, text=True, **options
    )


def kit(*words: object, assignment: Path | None = TINY, **options: Any) -> Ended:
    """`python -m autograder` on an assignment; without one, on the kit's."""
    chosen = [] if assignment is None else ["--assignment", assignment]
    return python("-m", "autograder", *chosen, *words, **options)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files, in their order."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def tarred(files: Mapping[str, bytes], *more: tarfile.TarInfo, **options: Any) -> bytes:
    """A tar of these files, in their order, and then of what has no content."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, **{"mode": "w", **options}) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in more:
            archive.addfile(info)
    return content.getvalue()
