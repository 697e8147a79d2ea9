"""autograder.zip: made by Otter Generate, then given what Generate can't make.

The kit, with the hidden material, lies in tests/kit: in Otter's folder of tests, which all its ways
carry along and which replaces a student's folder of that name.
"""

import contextlib
import io
import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...assignment import FILE, Assignment
from ...errors import KitError
from ...grade.archive import read_archive, write_archive
from ...suite.hidden_test import HiddenTest
from ..skeleton import contents
from .testfiles import notebook, test_file
from .verdict import ASSIGNMENT, CONFIG

IMAGE = Path(__file__).parent / "image"
PROGRAMS = ("run_autograder", "setup.sh")
PACKAGE = Path(__file__).parents[3]
KIT = "tests/kit"
PLACES = {
    "solutions": "../solutions",
    "handout": "../assignment",
    "suites": "suites",
    "mistakes": "mistakes",
    "supplied": "supplied",
}


def write_autograder_zip(assignment: Assignment, tests: Sequence[HiddenTest], path: Path) -> None:
    """Writes the zip. Raises `KitError`."""
    with tempfile.TemporaryDirectory() as folder:
        files = _generated(assignment, tests, Path(folder))
    for name in ("run_otter.py", "requirements.txt"):
        files[name] = (IMAGE / name).read_bytes()
    for name in PROGRAMS:  # ours first, Otter's own way after it
        files[name] = (IMAGE / name).read_bytes() + _kept_of_stock(files[name])
    write_archive(path, files | _kit(assignment), executable=PROGRAMS)


def _kit(assignment: Assignment) -> dict[str, bytes]:
    """What grading needs of the kit: the engine, the hidden material, solution and stubs."""
    toml = _with_places(assignment.folder / FILE)
    folders = {
        ASSIGNMENT: {"__init__.py": (PACKAGE / "__init__.py").read_bytes(), FILE: toml},
        f"{ASSIGNMENT}/engine": contents(PACKAGE / "engine"),
        f"{ASSIGNMENT}/suites": contents(assignment.suites),
        f"{ASSIGNMENT}/mistakes": contents(assignment.mistakes),
        f"{ASSIGNMENT}/supplied": contents(assignment.supplied) if assignment.supplied else {},
        "solutions": assignment.solution_files,
        "assignment": assignment.handed_out,
    }
    return {f"{KIT}/{place}/{n}": text for place in folders for n, text in folders[place].items()}


def otter_config(assignment: Assignment) -> dict[str, Any]:
    """Otter's configuration; whether students see hidden tests is said by the instructor's
    otter_config.json beside assignment.toml. Raises `KitError` where that says anything else."""
    file = assignment.folder / CONFIG
    own: Any = None
    with contextlib.suppress(ValueError):
        own = json.loads(file.read_text("utf-8") if file.exists() else "{}")
    if own not in ({}, {"show_hidden": True}, {"show_hidden": False}):
        raise KitError(f'{file} can only be {{"show_hidden": true}} or {{"show_hidden": false}}')
    return {"show_hidden": True, **own}


def _generated(
    assignment: Assignment, tests: Sequence[HiddenTest], folder: Path
) -> dict[str, bytes]:
    """What Otter Generate makes of the test files, the configuration and our notebook."""
    try:
        from otter.generate import main as generate

        from .plugin import NAME
    except ImportError as missing:
        raise KitError(
            f"autograder.zip needs Otter-Grader ({missing}): pip install -e '.[otter]'"
        ) from None
    (folder / "tests").mkdir()
    for part in assignment.parts:
        source = test_file(part, [test for test in tests if test.part == part])
        (folder / "tests" / f"{part}.py").write_text(source, "utf-8")
    fixed = {"force_public_test_summary": False, "logo": False, "plugins": [NAME]}
    (folder / CONFIG).write_text(json.dumps(otter_config(assignment) | fixed), "utf-8")
    # `otter run` stops at two notebooks, so ours has the name of the handout's and replaces it.
    names = (path.name for path in assignment.handout.glob("*.ipynb"))
    document = min(names, default="submission.ipynb")
    (folder / document).write_text(notebook(), "utf-8")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        generate(
            lang="python",
            requirements=str(IMAGE / "requirements.txt"),
            overwrite_requirements=True,
            files=[document],
        )
    return read_archive(folder / "autograder.zip")


def _kept_of_stock(script: bytes) -> bytes:
    """Otter's script to come after ours, without the line that downloads a browser for PDFs."""
    lines = script.splitlines(keepends=True)
    return b"".join(x for x in lines if b"playwright" not in x and not x.startswith(b"#!"))


def _with_places(file: Path) -> bytes:
    """An assignment.toml with the folders that they have in the kit."""
    text = file.read_text("utf-8")
    for name, place in PLACES.items():
        text = re.sub(rf"(?m)^{name}\s*=.*$", f'{name} = "{place}"', text)
    return text.encode()
