"""The parts of the benchmarks that need no clock."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grading import Grader
from autograder.engine.suite import Suite

BENCHMARKS = Path(__file__).parent / "benchmarks"
sys.path.append(str(BENCHMARKS))

import class_of  # noqa: E402
import in_process  # noqa: E402
import measure  # noqa: E402
import speed  # noqa: E402
import warm  # noqa: E402


def test_a_class_has_the_proportions_that_it_says() -> None:
    assert class_of.kinds(200) == [k for k, n in class_of.SHARES.items() for _ in range(n)]
    assert [len(class_of.kinds(n)) for n in (1, 7, 50, 1000)] == [1, 7, 50, 1000]
    assert set(class_of.kinds(30, class_of.RUNNABLE)) <= set(class_of.RUNNABLE)


def test_no_two_submissions_are_the_same(kit: Assignment) -> None:
    made = dict(class_of.class_of(kit, 100))
    again = dict(class_of.class_of(kit, 100))
    contents = [tuple(sorted(files.items())) for files in made.values() if files is not None]
    assert made == again
    assert len(made) == 100
    assert len(set(contents)) == len(contents)


def test_without_isolation_the_suites_say_the_same(
    kit: Assignment, grader: Grader, tmp_path: Path
) -> None:
    """The baseline runs the same tests, so that its cost is that of the same work."""
    folder = class_of.write_class(kit, 4, tmp_path / "class", ("five mistakes", "partial"))
    suite = Suite(kit)
    for path in speed.unpacked(folder, tmp_path / "folders", kit):
        seen = suite.run(in_process.InProcess(kit, path), 0)  # type: ignore[arg-type]
        graded = grader.grade(folder / f"{path.name}.zip")
        assert [o.passed for o in seen] == [t.earned > 0 for t in graded.tests]
    suite.close()


@pytest.mark.parametrize("way", ["grade", "plain"])
def test_a_grader_that_stays_takes_one_submission_after_another(
    kit: Assignment, tmp_path: Path, way: str
) -> None:
    submissions = class_of.write_class(kit, 2, tmp_path / "class", ("right", "partial"))
    with warm.Warm(way) as grader:
        seconds = [grader.take(x) for x in speed.unpacked(submissions, tmp_path / "folders", kit)]
    assert len(seconds) == 2 and min(seconds) > 0


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are handed over by Linux alone")
def test_the_cost_of_orphans_is_counted() -> None:
    """The command ends at once; what it leaves behind goes on for a fifth of a second."""
    burn = "import time\nwhile time.process_time() < 0.3: pass\n"
    leave = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}])"
    cost = measure.cost_of([sys.executable, "-c", leave])
    assert cost.status == 0
    assert cost.cpu > 0.3


def test_the_tables_replace_those_of_the_last_run(tmp_path: Path) -> None:
    page = tmp_path / "speed.md"
    page.write_text(f"# Speed\n\n{speed.BEGIN}\nold\n{speed.END}\n\nThe rest.\n")
    speed.put_between_markers(page, speed.table(("way", "s"), [("a", 1.5)]))
    speed.put_between_markers(page, speed.table(("way", "s"), [("b", 2.5)]))
    assert page.read_text() == (
        f"# Speed\n\n{speed.BEGIN}\n\n| way | s |\n| --- | --: |\n| b | 2.5 |\n\n{speed.END}"
        "\n\nThe rest.\n"
    )
