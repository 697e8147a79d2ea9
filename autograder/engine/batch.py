"""A class of submissions: mapped over an executor, written down as results come.

The executor is a pool of local processes or a Dask cluster; nothing else knows the difference.
Submissions are read here and sent as plain data, so that the machines of a cluster share no disk.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path

from .assignment import Assignment
from .grading import Grader, Settings
from .result import Result, from_gradescope, to_json, ungraded
from .submission import Submission, read_submission

IN_FLIGHT = 4
MAX_ATTEMPTS = 3

_grader: Grader | None = None
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Task:
    """A submission on its way: where it lies, and the stem of its result's files."""

    path: Path
    stem: str


def grade_in_process(folder: Path, settings: Settings, submission: Submission) -> Result:
    """Grades with this process's own grader, which is made once and kept warm."""
    global _grader
    with _one_at_a_time:
        if _grader is None or (_grader.assignment.folder, _grader.settings) != (folder, settings):
            if _grader is not None:
                _grader.close()
            _grader = Grader(Assignment.load(folder), settings)
        return _grader.grade_submission(submission)


def end_grader() -> None:
    """Ends this process's grader, if it made one."""
    global _grader
    if _grader is not None:
        _grader.close()
        _grader = None


def tasks(paths: Iterable[Path]) -> list[Task]:
    """A task for each path, with file stems that are safe and different from each other."""
    taken: set[str] = set()
    found = []
    for path in paths:
        name = path.name[:-4] if path.suffix.lower() == ".zip" else path.name
        base = re.sub(r"[^\w.@()+ -]", "_", name, flags=re.ASCII).strip(" .")[:120] or "submission"
        stem, number = base, 1
        while stem.lower() in taken:
            number += 1
            stem = f"{base}-{number}"
        taken.add(stem.lower())
        found.append(Task(path, stem))
    return found


def earlier_result(
    out: Path, task: Task, submission: Submission, assignment: Assignment, settings: Settings
) -> Result | None:
    """The result that an interrupted run left, if it is of these bytes, this kit and this seed."""
    try:
        result = from_gradescope(json.loads((out / "results" / f"{task.stem}.json").read_text()))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    same = (result.sha256, result.grader.get("digest"), result.grader.get("seed")) == (
        submission.sha256,
        assignment.digest,
        settings.seed,
    )
    return result if same and result.name == submission.name else None


def write_atomically(path: Path, text: str) -> None:
    """Writes a file that is never seen half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    half.write_text(text, "utf-8")
    half.replace(path)


def grade_all(
    todo: Iterable[Task],
    assignment: Assignment,
    settings: Settings,
    new_executor: Callable[[], Executor],
    width: int,
    out: Path,
    resume: bool = False,
) -> Iterator[tuple[Task, Result]]:
    """Grades the tasks, writes each result to OUT/results, and yields them as they come.

    `width` workers are kept busy; no more than a few submissions a worker are in memory. An
    executor whose process was killed is made anew, and what was lost with it is graded again.
    """
    waiting = iter(todo)
    running: dict[Future[Result], tuple[Task, Submission, int]] = {}
    again: list[tuple[Task, Submission, int]] = []
    executor = new_executor()
    try:
        while True:
            while len(running) < width * IN_FLIGHT:
                task, submission, attempt = again.pop() if again else (next(waiting, None), None, 1)
                if task is None:
                    break
                if submission is None:
                    submission = read_submission(
                        task.path, assignment.package, assignment.modules
                    )
                    done = resume and earlier_result(out, task, submission, assignment, settings)
                    if done:
                        yield task, done
                        continue
                try:
                    future = executor.submit(
                        grade_in_process, assignment.folder, settings, submission
                    )
                except BrokenExecutor:
                    executor = _made_anew(executor, new_executor)
                    again.append((task, submission, attempt))
                    continue
                running[future] = (task, submission, attempt)
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                task, submission, attempt = running.pop(future)
                try:
                    result = future.result()
                except BrokenExecutor:
                    again.append((task, submission, attempt + 1))
                    continue
                write_atomically(out / "results" / f"{task.stem}.json", to_json(result))
                yield task, result
    finally:
        executor.shutdown(cancel_futures=True)


def _made_anew(executor: Executor, new_executor: Callable[[], Executor]) -> Executor:
    executor.shutdown(wait=False, cancel_futures=True)
    return new_executor()
