"""What runs in the container, run here: run_otter.py over a folder laid out as /autograder."""

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from autograder.engine.grade.archive import write_archive
from autograder.engine.report.result import to_gradescope
from tests.engine.release.otter.fixtures import (
    assert_gradescope_format,
    autograder_zip,
    submissions,
)
from tests.kit import python

pytestmark = pytest.mark.slow
pytest.importorskip("otter", reason="needs the extra 'otter'")


@pytest.fixture
def container(own, tmp_path):
    """A folder as `otter grade` lays it out: empty metadata, an empty results.pkl."""
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(autograder_zip(own, tmp_path)) as archive:
        archive.extractall(root / "source")
    (root / "submission_metadata.json").touch()
    (root / "results" / "results.pkl").touch()
    return root


def results_of(container: Path) -> dict:
    env = os.environ | {"HOME": str(container.parent)}
    script = container / "source" / "run_otter.py"
    python("-I", "-B", script, cwd=container, timeout=600, env=env)
    return json.loads((container / "results" / "results.json").read_text())


def test_otter_grade_a_zip(container, tiny, tiny_grader):
    marker = container.parent / "marker"
    submission = container / "submission" / "eve.zip"
    write_archive(submission, submissions(tiny, marker)["impostor"])
    handed_in = submission.read_bytes()
    content = results_of(container)
    result = tiny_grader.grade(submission)
    assert content["tests"] == to_gradescope(result, "after_published")["tests"]
    assert content["extra_data"]["file"] == "eve.zip"
    assert_gradescope_format(content)
    # `otter grade` copies both out of the container afterwards.
    assert submission.read_bytes() == handed_in
    assert read_pickle(container) == pytest.approx(
        {part: result.part_earned(part) for part in tiny.parts}
    )
    assert list((container / "submission").iterdir()) == [submission]
    assert not marker.exists()
    assert stat.S_IMODE(container.stat().st_mode) == 0o700


def read_pickle(container: Path) -> dict[str, float]:
    """What `otter grade` reads on its host; here it is our own."""
    import dill

    with (container / "results" / "results.pkl").open("rb") as file:
        results = dill.load(file)
    return {name: part.score for name, part in results.results.items()}
