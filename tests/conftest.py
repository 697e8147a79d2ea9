"""Fixtures of the kit's own tests."""

import os
import shutil
from pathlib import Path

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grader import Grader, Settings
from autograder.engine.release.otter.testfiles import notebook
from tests.kit import ROOT, TINY

NOBODY = 65_534
LONGEST = ("test_the_docs_work_as_typed", "test_a_class_of_them")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all",
        action="store_const",
        const="",
        dest="markexpr",  # in place of pyproject.toml's -m 'not slow'
        help="the slow tests, too",
    )
    parser.addoption(
        "--ordinary-user",
        action="store_true",
        help="as root: become a user without rights first, as most who grade are",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--ordinary-user") and os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        os.environ["HOME"] = "/"


@pytest.hookimpl(trylast=True)  # when others are deselected
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests begin first, each in a process of its own: xdist deals items in blocks."""
    longest = [item for item in items if item.name.startswith(LONGEST)]
    ordered = [item for item in items if item not in longest]
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
    for number, item in enumerate(longest):
        ordered.insert(number % count * len(items) // count, item)
    items[:] = ordered


collect_ignore = ["tiny"]  # an assignment of its own: the engine runs its suites


@pytest.fixture(scope="session")
def kit():
    """The assignment on vanishing and exploding gradients."""
    return Assignment.load(ROOT / "autograder")


@pytest.fixture(scope="session")
def tiny():
    """The assignment of two functions."""
    return Assignment.load(TINY)


@pytest.fixture
def own(tmp_path):
    """A copy of the tiny assignment to be changed, whose handout has a notebook."""
    left_out = shutil.ignore_patterns("__pycache__")
    copy = Assignment.load(Path(shutil.copytree(TINY, tmp_path / "tiny", ignore=left_out)))
    (copy.handout / "lab.ipynb").write_text(notebook())
    return copy


@pytest.fixture(scope="session")
def grader(kit):
    """A warm grader of the kit's assignment."""
    with Grader(kit, Settings()) as made:
        yield made


@pytest.fixture(scope="session")
def tiny_grader(tiny):
    """A warm grader of the tiny assignment."""
    with Grader(tiny, Settings()) as made:
        yield made
