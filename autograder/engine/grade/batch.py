"""A class of submissions: mapped over an executor, written down as results come.

The executor is a pool of local processes or a Dask cluster; nothing else knows the difference.
Submissions are read here and sent as plain data, so that the machines of a cluster share no disk.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from ..assignment import Assignment
from ..report.result import Result, from_gradescope, to_json, ungraded
from ..submission.read import HandIn, Submission, read_hand_in
from .executor import kill_pool
from .grading import Grader, Settings
from .reporter import Report, Reporter

IN_FLIGHT = 4
MAX_ATTEMPTS = 3
MAX_STEM = 200
GRADER_FAILED = "the grader failed twice"

_grader: Grader | None = None
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Task:
    """A submission on its way: what was handed in, and the stem of its result's files."""

    hand_in: HandIn
    stem: str


def grade_in_process(
    folder: Path, settings: Settings, submission: Submission, with_figures: bool = True
) -> Report:
    """Grades and reports with this process's own grader, which is made once and kept warm.

    A failure of the grader itself costs a new grader and a second try, not the class.
    """
    with _one_at_a_time:
        reporter = _reporter(folder, with_figures)
        try:
            return reporter.grade(_warm_grader(folder, settings), submission)
        except Exception:
            end_grader()
        grader = _warm_grader(folder, settings)
        try:
            return reporter.grade(grader, submission)
        except Exception as problem:
            end_grader()
            failed = _failed(submission, grader, type(problem).__name__)
            return reporter.report(failed, submission)


def protection_of_process(folder: Path, settings: Settings) -> tuple[tuple[str, ...], bool]:
    """Makes this process's grader: the layers that hold around what it will run, and whether the
    folder's material is hidden from it."""
    with _one_at_a_time:
        sandbox = _warm_grader(folder, settings).sandbox
        return sandbox.layers, sandbox.hides


@cache
def _reporter(folder: Path, with_figures: bool) -> Reporter:
    return Reporter(Assignment.load(folder), with_figures)


def _warm_grader(folder: Path, settings: Settings) -> Grader:
    global _grader
    if _grader is None or (_grader.assignment.folder, _grader.settings) != (folder, settings):
        end_grader()
        _grader = Grader(Assignment.load(folder), settings)
        Finalize(None, end_grader, exitpriority=0)  # a pool's process ends without atexit
    return _grader


def _failed(submission: Submission, grader: Grader, what: str) -> Result:
    problem = f"{GRADER_FAILED} ({what}); please grade this by hand"
    return ungraded(submission, grader.suite.tests, problem, grader.record)


def end_grader() -> None:
    """Ends this process's grader, if it made one."""
    global _grader
    if _grader is not None:
        _grader.close()
        _grader = None


def tasks(hand_ins: Iterable[HandIn]) -> list[Task]:
    """A task for each hand-in, with file stems that are safe and different from each other."""
    taken: set[str] = set()
    found = []
    for hand_in in hand_ins:
        name = hand_in.name
        base = _safe_stem(name[:-4] if name.lower().endswith(".zip") else name)
        stem, number = base, 1
        while _alike(stem) in taken:
            number += 1
            stem = f"{base}-{number}"
        taken.add(_alike(stem))
        found.append(Task(hand_in, stem))
    return found


def _alike(stem: str) -> str:
    """What is the same for stems that some file system takes for one."""
    return unicodedata.normalize("NFC", stem).casefold()


def _safe_stem(name: str) -> str:
    """The name as that of a file on any system; letters of all languages stay."""
    safe = re.sub(r"[^\w.@()+ -]", "_", name).encode()[:MAX_STEM].decode(errors="ignore")
    return safe.strip(" .") or "submission"


def earlier_result(
    out: Path, task: Task, submission: Submission, assignment: Assignment, settings: Settings
) -> Result | None:
    """The result that an interrupted run left, if it is of these bytes, this kit and this seed, was
    made behind all layers that are required, and does not say that the grader failed."""
    try:
        result = from_gradescope(json.loads((out / "results" / f"{task.stem}.json").read_text()))
        layers = set(result.grader["layers"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    found = (result.name, result.sha256, result.grader.get("digest"), result.grader.get("seed"))
    wanted = (submission.name, submission.sha256, assignment.digest, settings.seed)
    failed = result.problem.startswith(GRADER_FAILED)
    failed = failed or any(test.kind == "grader" for test in result.tests)
    return result if found == wanted and layers >= set(settings.require) and not failed else None


def write_atomically(path: Path, content: str | bytes) -> None:
    """Writes a file that is never seen half-written. Raises `OSError`, which names it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")  # the next try replaces what a killed one left
    try:
        if isinstance(content, str):
            half.write_text(content, "utf-8")
        else:
            half.write_bytes(content)
        half.replace(path)
    except OSError as problem:
        half.unlink(missing_ok=True)
        raise OSError(problem.errno, problem.strerror, str(path)) from None


def grade_all(
    todo: Iterable[Task],
    assignment: Assignment,
    settings: Settings,
    executor: Executor,
    new_executor: Callable[[], Executor],
    width: int,
    out: Path,
    resume: bool = False,
    with_figures: bool = True,
) -> Iterator[tuple[Task, Report]]:
    """Grades the tasks, writes each result to OUT/results and its page to OUT/feedback, and yields
    them as they come.

    `width` workers are kept busy; no more than a few submissions a worker are in memory. An
    executor whose process was killed is made anew, and what was lost with it is graded again.
    """
    waiting = iter(todo)
    running: dict[Future[Report], _Job] = {}
    lost: list[_Job] = []
    reporter = _reporter(assignment.folder, with_figures)
    try:
        while True:
            # What was lost with a process is graded alone, to find out whose fault it was.
            while len(running) < (1 if lost else width * IN_FLIGHT):
                job = lost.pop() if lost else _next_job(waiting, assignment)
                if job is None:
                    break
                done = (
                    earlier_result(out, job.task, job.submission, assignment, settings)
                    if resume
                    else None
                )
                if done is not None:
                    yield job.task, _kept(out, job, reporter.report(done, job.submission))
                    continue
                if job.attempt > MAX_ATTEMPTS:
                    given_up = _given_up(job, assignment, settings)
                    yield job.task, _written(out, job, reporter.report(given_up, job.submission))
                    continue
                try:
                    future = executor.submit(
                        grade_in_process, assignment.folder, settings, job.submission, with_figures
                    )
                except BrokenExecutor:
                    executor = _made_anew(executor, new_executor)
                    lost.append(job)
                    continue
                running[future] = job
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                job = running.pop(future)
                try:
                    report = future.result()
                except BrokenExecutor:
                    lost.append(replace(job, attempt=job.attempt + 1))
                    continue
                yield job.task, _written(out, job, report)
    except BaseException:  # Ctrl-C, too: nobody waits for what is under way
        kill_pool()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Job:
    """A submission that was read, and which try at it this is."""

    task: Task
    submission: Submission
    attempt: int = 1


def _next_job(waiting: Iterator[Task], assignment: Assignment) -> _Job | None:
    task = next(waiting, None)
    if task is None:
        return None
    return _Job(task, read_hand_in(task.hand_in, assignment.package, assignment.modules))


def _written(out: Path, job: _Job, report: Report) -> Report:
    write_atomically(page_path(out, job.task.stem), report.page)
    write_atomically(out / "results" / f"{job.task.stem}.json", to_json(report.result))
    return report


def _kept(out: Path, job: _Job, report: Report) -> Report:
    """An earlier result keeps its page; one that is lost comes back without figures."""
    if not page_path(out, job.task.stem).exists():
        write_atomically(page_path(out, job.task.stem), report.page)
    return report


def page_path(out: Path, stem: str) -> Path:
    """Where the student's page is."""
    return out / "feedback" / f"{stem}.html"


def _given_up(job: _Job, assignment: Assignment, settings: Settings) -> Result:
    """The result of a submission whose grader process was killed each time."""
    with Grader(assignment, settings) as grader:
        return _failed(job.submission, grader, "its process was killed")


def _made_anew(executor: Executor, new_executor: Callable[[], Executor]) -> Executor:
    executor.shutdown(wait=False, cancel_futures=True)
    return new_executor()
