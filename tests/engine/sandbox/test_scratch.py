"""A worker's folder where it is no file system of its own: however odd, it is bounded and goes."""

import os
from pathlib import Path

import pytest

from autograder.engine.sandbox.worker import scratch
from tests.kit import put

LIMIT = 2**20
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the file system's oddities")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "scratch"
    made.mkdir()
    return made


def nest(folder: Path, levels: int) -> None:
    """Folders in folders, deeper than a path can be long."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def test_a_little_is_not_too_large_and_many_small_files_are(folder):
    put(folder, "a/b", b"x" * 1000)
    assert not scratch.is_larger(str(folder), LIMIT)
    for number in range(LIMIT // scratch.BLOCK):
        (folder / str(number)).touch()
    assert scratch.is_larger(str(folder), LIMIT)


@pytest.mark.slow
def test_what_is_too_deep_to_be_measured_is_too_large(folder):
    nest(folder, 2500)
    assert scratch.is_larger(str(folder), 2**30)
    scratch.remove(str(folder))
    assert list(folder.parent.iterdir()) == []


def test_a_link_is_not_followed(folder, tmp_path):
    kept = put(tmp_path, "kept/file", b"x" * 2 * LIMIT)
    (folder / "link").symlink_to(kept.parent)
    (folder / "loop").symlink_to(".")
    assert not scratch.is_larger(str(folder), LIMIT)
    scratch.remove(str(folder))
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert kept.exists()
