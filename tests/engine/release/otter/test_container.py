"""What runs in the container, run here: run_otter.py over a folder laid out as /autograder."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grading import Grader
from autograder.engine.release.otter.container import grade
from autograder.engine.report.result import to_gradescope
from tests.engine.release.otter import classes
from tests.engine.release.otter.fixtures import assert_gradescope_format, autograder_zip, with_lab

pytestmark = pytest.mark.slow
pytest.importorskip("otter", reason="needs the extra 'otter'")


@pytest.fixture
def container(tiny: Assignment, tmp_path: Path) -> Path:
    """A folder as `otter grade` lays it out: empty metadata, an empty results.pkl."""
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(autograder_zip(with_lab(tiny, tmp_path / "tiny"), tmp_path)) as archive:
        archive.extractall(root / "source")
    (root / "submission_metadata.json").touch()
    (root / "results" / "results.pkl").touch()
    return root


def run_otter(container: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-B", container / "source" / "run_otter.py"],
        cwd=container,
        capture_output=True,
        text=True,
        timeout=600,
        env=os.environ | {"HOME": str(container.parent)},
    )


def results_of(container: Path) -> dict:
    done = run_otter(container)
    assert done.returncode == 0, done.stderr
    return json.loads((container / "results" / "results.json").read_text())


def test_otter_grade_a_zip(container: Path, tiny: Assignment, tiny_grader: Grader) -> None:
    submission = container / "submission" / "eve.zip"
    marker = container.parent / "marker"
    made = classes.ordinary(tiny) | classes.hostile(tiny, marker)
    for name in ("right", "impostor"):
        submission.write_bytes(made[name])
        content = results_of(container)
        expected = to_gradescope(tiny_grader.grade(submission), "after_published")
        assert content["tests"] == expected["tests"]
        assert content["extra_data"]["file"] == "eve.zip"
        assert_gradescope_format(content)
        # `otter grade` copies both out of the container afterwards.
        assert submission.read_bytes() == made[name]
        assert read_pickle(container) == pytest.approx(
            {part: tiny_grader.grade(submission).part_earned(part) for part in tiny.parts}
        )
        assert list((container / "submission").iterdir()) == [submission]
    assert not marker.exists()
    assert stat.S_IMODE(container.stat().st_mode) == 0o700


def test_gradescope_an_unpacked_submission(
    container: Path, tiny: Assignment, tiny_grader: Grader
) -> None:
    metadata = container / "submission_metadata.json"
    metadata.write_text('{"id": 1, "users": []}')
    submission = container / "submission"
    submission.joinpath("x.zip").write_bytes(classes.notebooks(tiny)["two_notebooks"])
    with zipfile.ZipFile(submission / "x.zip") as archive:
        archive.extractall(submission)
    (submission / "x.zip").unlink()
    content = results_of(container)
    assert content["score"] == sum(test.points for test in tiny_grader.suite.tests)
    assert metadata.read_text() == '{"id": 1, "users": []}'


@pytest.mark.parametrize("content", [b"", b"PK\5\6 is not a zip"])
def test_what_cannot_be_read_gets_zero_points_and_a_reason(container: Path, content: bytes) -> None:
    (container / "submission" / "x.zip").write_bytes(content)
    got = results_of(container)
    assert got["score"] == 0
    assert got["output"].startswith("Nothing could be graded")
    assert all(test["output"] for test in got["tests"])


def test_the_submission_stays_while_otter_runs(
    container: Path, tiny: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`otter grade` copies it out of a container that it has killed, too."""
    submission = container / "submission" / "eve.zip"
    submission.write_bytes(classes.ordinary(tiny)["right"])

    def killed(folder: str, **_: object) -> None:
        assert submission.exists()
        assert not list(Path(folder, "submission").iterdir())
        raise KeyboardInterrupt

    monkeypatch.setattr("otter.run.run_autograder.main", killed)
    with pytest.raises(KeyboardInterrupt):
        grade(container, container / "source" / "tests" / "kit")


def read_pickle(container: Path) -> dict[str, float]:
    """What `otter grade` reads on its host; here it is our own."""
    import dill

    with (container / "results" / "results.pkl").open("rb") as file:
        results = dill.load(file)
    return {name: part.score for name, part in results.results.items()}
