"""The plugin: gives Otter a document of ours to execute, which only reads the verdict.

In a container the verdict is there when Otter starts. `otter run` knows nothing of run_otter.py, so
that the plugin has the verdict made then, by the kit in the zip, while Otter starts its kernel.
"""

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import nbformat
from otter.plugins import AbstractOtterPlugin

from .testfiles import EMPTY_NOTEBOOK
from .verdict import BOOT

NAME = f"{__name__}.ReadVerdict"
KIT = Path("tests", "kit")
ALONE = ("-E", "-P", "-B", "-X", "utf8")
"""Python without what the shell or the current folder would have it do."""
CELL = """\
import json, pathlib, time
_file = pathlib.Path({file})
while not _file.exists():
    time.sleep(0.02)
verdict = {{
    test["extra_data"]["id"]: "" if test["status"] == "passed" else test["output"] or "not passed"
    for test in json.loads(_file.read_text("utf-8"))["tests"]
}}
"""


class ReadVerdict(AbstractOtterPlugin):  # type: ignore[misc]
    """Its configuration is {}, or {"verdict": PATH} where the verdict was made before."""

    _problem = ""

    def before_grading(self, config: Any) -> None:
        """In the submission's folder, before Otter reads anything in it but one notebook."""
        made = self.plugin_config.get("verdict")
        self._file = Path(made) if made else self._have_it_made(Path.cwd())

    def before_execution(self, submission: Any) -> Any:
        """Whatever was handed in: our document instead."""
        notebook = nbformat.from_dict(json.loads(EMPTY_NOTEBOOK))  # type: ignore[no-untyped-call]
        source = CELL.format(file=repr(str(self._file)))
        notebook.cells.append(nbformat.v4.new_code_cell(source))  # type: ignore[no-untyped-call]
        return notebook

    def after_grading(self, results: Any) -> None:
        if self._problem:
            raise RuntimeError(f"the submission could not be graded: {self._problem}")

    def _have_it_made(self, submission: Path) -> Path:
        source = submission.with_name("source")
        aside = submission.with_name("handed_in")
        _set_aside(submission, aside)
        _remove_our_own(aside, source)
        _lay_out(submission, source, Path(self.submission_path).name)
        file = submission.with_name("results") / "verdict.json"
        kit = source / KIT
        command = [sys.executable, *ALONE, "-c", BOOT, str(kit), str(aside), str(file)]
        judge = subprocess.Popen(
            command, cwd=kit, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        threading.Thread(target=self._wait, args=(judge, file), daemon=True).start()
        return file

    def _wait(self, judge: subprocess.Popen[str], file: Path) -> None:
        said = judge.communicate()[1].strip().splitlines()
        if judge.returncode != 0 or not file.exists():
            self._problem = said[-1] if said else f"exit status {judge.returncode}"
            file.write_text(json.dumps({"tests": []}))  # the kernel waits for it


def _set_aside(folder: Path, aside: Path) -> None:
    """Moves all that a folder holds into another, new one that nobody else may enter.

    A kernel starts in the submission's folder, and so may import a student's
    `ipykernel_launcher.py`; Otter unpickles an `.OTTER_LOG` that it finds, and stops at two
    notebooks or scripts.
    """
    aside.mkdir(mode=0o700)
    for child in list(folder.iterdir()):
        shutil.move(child, aside / child.name)


def _remove_our_own(folder: Path, source: Path) -> None:
    """Takes back what Otter put beside the submission: the reference must not lie there."""
    for name in ("tests", *(file.name for file in (source / "files").iterdir())):
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    init = folder / "__init__.py"
    if init.is_file() and init.stat().st_size == 0:
        init.unlink()


def _lay_out(folder: Path, source: Path, document: str) -> None:
    """What Otter goes on to read: its test files, and a document that has no say."""
    (folder / "tests").mkdir()
    for file in (source / "tests").glob("*.py"):
        shutil.copy(file, folder / "tests")
    (folder / document).write_text(EMPTY_NOTEBOOK if document.endswith(".ipynb") else "", "utf-8")
