"""A class on a pool of processes, of which some are killed, and what earlier runs have left."""

from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import pytest

from autograder.engine.grade import run
from autograder.engine.grade.archive import write_archive
from autograder.engine.grade.batch import grade_all
from autograder.engine.grade.earlier import GRADER_FAILED, Earlier, earlier_result
from autograder.engine.grade.executor import kill_pool, local_pool
from autograder.engine.grade.grader import Settings
from autograder.engine.grade.outputs import by_stem, write_atomically
from autograder.engine.prove import made_up
from autograder.engine.report.result import Result, to_json
from autograder.engine.sandbox.layers import SandboxError
from autograder.engine.submission.read import Submission, hand_in


def test_a_pool_that_is_killed_each_time_is_given_up(tiny):
    new_pool = local_pool(1)

    def killed() -> Executor:
        pool = new_pool()
        pool.submit(int).result()
        kill_pool()
        return pool

    with pytest.raises(SandboxError, match="killed each time"):
        run._ready_pool(killed, 1, tiny, Settings())


def test_a_process_that_is_killed_costs_no_row(tiny, tmp_path):
    paths = [tmp_path / f"{name}.zip" for name in "abcdef"]
    for path in paths:
        write_archive(path, made_up.solution(tiny))
    new_pool = local_pool(1)
    points = {}
    reports = grade_all(
        by_stem(map(hand_in, paths)), tiny, Settings(), new_pool(), new_pool, 1, tmp_path / "out"
    )
    for stem, report in reports:
        if not points:
            kill_pool()
        assert stem not in points
        points[stem] = report.result.earned
    assert points == dict.fromkeys("abcdef", 10.0)


def test_what_an_interrupted_run_left_is_kept_only_where_it_still_holds(
    tiny, tiny_grader, tmp_path
):
    submission = Submission("ada.zip", "ab", made_up.solution(tiny))
    right = tiny_grader.grade_submission(submission)

    def left(result: Result, **settings: Any) -> Result | None:
        write_atomically(tmp_path / "results" / "ada.json", to_json(result))
        return earlier_result(tmp_path, "ada", submission, tiny, Settings(**settings))

    assert left(right) == right
    assert left(right, require=("limits",)) == right
    assert left(right, require=("bubblewrap", "mounts")) is None
    assert left(right, seed=1) is None
    assert left(replace(right, sha256="cd")) is None
    failed = tiny_grader.grade_submission(replace(submission, problem=f"{GRADER_FAILED} (OSError)"))
    assert left(failed) is None
    tests = (replace(right.tests[0], kind="grader"), *right.tests[1:])
    assert left(replace(right, tests=tests)) is None


ADA, ZOE, NAME = {"name": "Ada", "id": "1"}, {"name": "Zoë", "id": "2"}, {"name": "Ada"}


@pytest.mark.parametrize(
    ("before", "late", "stays"),
    [
        ([ADA], [ADA], False),
        ([ADA, ZOE], [ZOE, ADA], False),
        ([ADA, ZOE], [ADA], True),  # of a group one alone
        ([NAME], [NAME], True),  # another of that name, perhaps
        ([], [ADA], True),
    ],
)
def test_who_joins_late_takes_no_other_students_result_away(before, late, stays, tmp_path):
    result = Result("x.zip", "", (), "", (), {}, {}, tuple(before))
    earlier = Earlier(tmp_path, {"x": result})
    assert len(list(earlier.without(late))) == (not stays)
    assert bool(earlier.results) == stays
