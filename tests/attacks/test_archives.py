"""What can be read of an archive or a folder counts, to the byte; the rest is named."""

import os
import re
from pathlib import Path

import pytest

from autograder.engine.submission.read import Submission, hand_in, read_hand_in
from tests.attacks.archives import CASES
from tests.attacks.case import MODULES, SOLUTION
from tests.kit import made


def read(path: Path) -> tuple[Submission, set[str]]:
    """A submission, and those of its modules that are not the solution's."""
    submission = read_hand_in(hand_in(path), "gradflow", MODULES)
    paths = {module: f"gradflow/{module}.py" for module in MODULES}
    return submission, {m for m, p in paths.items() if submission.files.get(p) != SOLUTION[p]}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_can_be_read_counts(case, tmp_path):
    submission, lost = read(case.write(tmp_path))
    assert lost == set(case.broken)
    assert bool(submission.problem) == (case.broken == MODULES)
    said = [submission.problem, *submission.notes]
    assert any(re.search(case.says, text) for text in said), said


@pytest.mark.skipif(os.name != "posix", reason="special files")
@pytest.mark.parametrize("put", [os.mkfifo, os.mkdir, lambda path: os.symlink("/etc/passwd", path)])
def test_what_is_no_file_is_not_read(put, tmp_path):
    made(tmp_path, SOLUTION)
    put(tmp_path / "gradflow" / "beside.py")
    (tmp_path / "root").symlink_to("/")
    assert read(tmp_path)[1] == set()
    (tmp_path / "gradflow" / "clipping.py").unlink()
    put(tmp_path / "gradflow" / "clipping.py")
    assert read(tmp_path)[1] == {"clipping"}
