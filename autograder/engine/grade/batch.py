"""A class of submissions: mapped over an executor, written down as results come.

The executor is a pool of local processes or a Dask cluster; nothing else knows the difference.
Submissions are read here and sent as plain data, so that the machines of a cluster share no disk.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import replace
from functools import cache
from pathlib import Path

from ..assignment import Assignment
from ..report.result import Result, to_json
from ..submission.read import HandIn, Submission
from .earlier import GRADER_FAILED, earlier_result
from .executor import kill_pool
from .grader import Grader, Settings, read
from .outputs import page_path, result_path, write_atomically
from .reporter import Report, Reporter

IN_FLIGHT = 4
MAX_ATTEMPTS = 3

_grader: Grader | None = None
_one_at_a_time = threading.Lock()


def grade_in_process(folder: Path, settings: Settings, submission: Submission) -> Report:
    """Grades and reports with this process's own grader, which is made once and kept warm.

    A failure of the grader itself costs a new grader and a second try, not the class.
    """
    with _one_at_a_time:
        own = reporter(folder)
        for _ in range(2):
            grader = _warm_grader(folder, settings)
            try:
                return own.grade(grader, submission)
            except Exception as problem:
                end_grader()
                what = type(problem).__name__
        return own.report(_failed(submission, grader, what), submission)


def get_ready(folder: Path, settings: Settings) -> None:
    """Makes what processes that are forked now share: all that grading needs but a sandbox. One
    process alone makes its suite while its sandbox starts."""
    if not settings.alone:
        _warm_grader(folder, settings).get_ready()
    assert reporter(folder).fingerprinter


def protection_of_process(folder: Path, settings: Settings) -> tuple[str, ...]:
    """Makes this process's grader: the layers that hold around what it will run."""
    with _one_at_a_time, ThreadPoolExecutor(1) as thread:
        grader = _warm_grader(folder, settings)
        others = thread.submit(grader.get_ready)
        sandbox = grader.sandbox  # meanwhile: it waits for another process, most of the time
        others.result()
        return sandbox.layers


@cache
def reporter(folder: Path) -> Reporter:
    """This process's own reporter."""
    return Reporter(Assignment.load(folder))


def _warm_grader(folder: Path, settings: Settings) -> Grader:
    global _grader
    if _grader is None or (_grader.assignment.folder, _grader.settings) != (folder, settings):
        end_grader()
        _grader = Grader(Assignment.load(folder), settings)
    return _grader


def _failed(submission: Submission, grader: Grader, what: str) -> Result:
    problem = f"{GRADER_FAILED} ({what}); please grade this by hand"
    return grader.grade_submission(replace(submission, problem=problem))


def end_grader() -> None:
    """Ends this process's grader, if it made one."""
    global _grader
    if _grader is not None:
        _grader.close()
        _grader = None


def grade_all(
    todo: Mapping[str, HandIn],
    assignment: Assignment,
    settings: Settings,
    executor: Executor,
    new_executor: Callable[[], Executor],
    width: int,
    out: Path,
    resume: bool = False,
) -> Iterator[tuple[str, Report]]:
    """Grades hand-ins, writes each result to OUT/results and its page to OUT/feedback, and yields
    the reports by their stems as they come.

    `width` workers are kept busy; no more than a few submissions a worker are in memory. An
    executor whose process was killed is made anew, and what was lost with it is graded again.
    """
    to_grade = ((stem, read(given, assignment)) for stem, given in todo.items())
    running: dict[Future[Report], tuple[str, Submission]] = {}
    lost: list[tuple[str, Submission]] = []
    failures: Counter[str] = Counter()
    own = reporter(assignment.folder)
    try:
        while True:
            # What was lost with a process is graded alone, to find out whose fault it was.
            while len(running) < (1 if lost else width * IN_FLIGHT):
                job = lost.pop() if lost else next(to_grade, None)
                if job is None:
                    break
                stem, submission = job
                done = resume and earlier_result(out, stem, submission, assignment, settings)
                if done:
                    yield stem, _kept(out, stem, own.report(done, submission))
                    continue
                if failures[stem] == MAX_ATTEMPTS:
                    with Grader(assignment, settings) as grader:
                        given_up = _failed(submission, grader, "its process was killed")
                    yield stem, _written(out, stem, own.report(given_up, submission))
                    continue
                try:
                    future = executor.submit(
                        grade_in_process, assignment.folder, settings, submission
                    )
                except BrokenExecutor:
                    executor.shutdown(wait=False, cancel_futures=True)
                    executor = new_executor()
                    lost.append(job)
                else:
                    running[future] = job
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                stem, submission = running.pop(future)
                try:
                    report = future.result()
                except BrokenExecutor:
                    failures[stem] += 1
                    lost.append((stem, submission))
                    continue
                yield stem, _written(out, stem, report)
    except BaseException:  # Ctrl-C, too: nobody waits for what is under way
        kill_pool()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _kept(out: Path, stem: str, report: Report) -> Report:
    """An earlier result keeps its page; one that is lost comes back without figures."""
    if not page_path(out, stem).exists():
        write_atomically(page_path(out, stem), report.page)
    return report


def _written(out: Path, stem: str, report: Report) -> Report:
    write_atomically(page_path(out, stem), report.page)
    write_atomically(result_path(out, stem), to_json(report.result))
    return report
