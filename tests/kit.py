"""The kit's folders, Python and the command line in processes of their own, zips and tars of files."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.engine.assignment import Assignment
from autograder.engine.release.skeleton import stubs

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "tiny"
HANDOUT = ROOT / "assignment"
SOLUTION = ROOT / "solutions" / "gradflow"


Ended = subprocess.CompletedProcess[str]


def python(
    *words: object, cwd: Path = ROOT, timeout: float = 300, status: int | None = 0, **options: Any
) -> Ended:
    """`python WORDS` in a folder, and all that it says. It must end with this status, if any."""
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(
        command, cwd=cwd, timeout=timeout, capture_output=True, text=True, **options
    )
    assert status in (None, done.returncode), f"{done.returncode}\n{done.stdout}{done.stderr}"
    return done


def kit(*words: object, assignment: Path | None = TINY, **options: Any) -> Ended:
    """`python -m autograder` on an assignment; without one, on the kit's."""
    chosen = [] if assignment is None else ["--assignment", assignment]
    return python("-m", "autograder", *chosen, *words, **options)


def copy_of_handout(folder: Path) -> Path:
    """What a student unzips, in a new folder: all TODO."""
    shutil.copytree(HANDOUT, folder, ignore=shutil.ignore_patterns("gradflow", "__pycache__"))
    made(folder, stubs(Assignment.load(ROOT / "autograder")))
    return folder


def run_python(cwd: Path, *arguments: object, **options: Any) -> Ended:
    """`python ARGUMENTS` in a folder, without what the kit's own tests have in their shell."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV", "PYTHONPATH"))}
    return python(*arguments, cwd=cwd, env=env, **options)


def started(*words: object, **options: Any) -> subprocess.Popen[str]:
    """The command line on the tiny assignment, while it runs."""
    command = [sys.executable, "-m", "autograder", "--assignment", TINY, *words]
    return subprocess.Popen([*map(str, command)], cwd=ROOT, text=True, **options)


def await_that(condition: Callable[[], bool]) -> None:
    """A process that was killed is gone a moment later."""
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def processes() -> dict[int, tuple[str, int, int]]:
    """State, parent and session of each process, where there is a /proc."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent, _, session, *_ = path.read_text().rpartition(")")[2].split()
            found[int(path.parent.name)] = state, int(parent), int(session)
    return found


def put(folder: Path, name: str, content: bytes) -> Path:
    """Writes a file, and the folders that it needs."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def made(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A folder of these files."""
    for name, content in files.items():
        put(folder, name, content)
    return folder


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
