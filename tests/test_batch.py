"""A class on a pool of processes, of which some are killed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade import run
from autograder.engine.grade.batch import grade_all, tasks
from autograder.engine.grade.executor import kill_pool, local_pool
from autograder.engine.grade.grading import Settings
from autograder.engine.prove import classroom
from autograder.engine.sandbox.layers import SandboxError


def killed_at_first(times: int) -> Callable[[], Executor]:
    """Makes pools of one process, which is killed in the first so many pools."""
    new_pool = local_pool(1)
    left = times

    def new() -> Executor:
        nonlocal left
        pool = new_pool()
        if left:
            left -= 1
            pool.submit(int).result()
            kill_pool()
        return pool

    return new


@pytest.mark.slow
def test_a_pool_that_is_killed_when_it_begins_is_made_anew(tiny: Assignment) -> None:
    pool, (layers, hides) = run._ready_pool(killed_at_first(2), 1, tiny, Settings())
    pool.shutdown()
    assert "limits" in layers
    assert isinstance(hides, bool)


def test_one_that_is_killed_each_time_is_given_up(tiny: Assignment) -> None:
    with pytest.raises(SandboxError, match="killed each time"):
        run._ready_pool(killed_at_first(99), 1, tiny, Settings())


def test_a_process_that_is_killed_costs_no_row(tiny: Assignment, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.zip" for name in "abcdef"]
    for path in paths:
        classroom.write_zip(path, classroom.solution(tiny))
    new_pool = local_pool(1)
    points = {}
    reports = grade_all(tasks(paths), tiny, Settings(), new_pool(), new_pool, 1, tmp_path / "out")
    for task, report in reports:
        if not points:
            kill_pool()
        assert task.stem not in points
        points[task.stem] = report.result.earned
    assert points == dict.fromkeys("abcdef", 10.0)
