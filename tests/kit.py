"""The kit's folders, its command line in a process of its own, and zips of files."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "tiny"


def kit(*words: object, assignment: Path | None = TINY) -> subprocess.CompletedProcess[str]:
    """`python -m autograder` on an assignment; without one, on the kit's."""
    chosen = [] if assignment is None else ["--assignment", str(assignment)]
    return subprocess.run(
        [sys.executable, "-m", "autograder", *chosen, *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files, in their order."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()
