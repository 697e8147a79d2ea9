"""A run of `grade`: find the class, grade it with progress, write the grades, say how it went."""

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass
from pathlib import Path

import click

from ..assignment import Assignment
from ..errors import KitError
from ..report.gradebook import final_grades, grades_by_test
from ..report.lookalikes import Group, look_alikes
from ..report.pages.class_page import class_page
from ..report.pages.class_record import ClassRecord
from ..report.result import total
from ..sandbox.layers import LAYERS, SandboxError
from ..submission.find import Finder
from ..submission.read import HandIn
from ..text import visible
from .batch import MAX_ATTEMPTS, get_ready, grade_all, protection_of_process, reporter
from .earlier import Earlier, keep_prints
from .executor import FORKS, available_cores, cluster, kill_pool, local_pool
from .grader import Settings, read
from .lms_import import LmsImport
from .outputs import by_stem, graded_stems, write_atomically
from .reporter import Report


@dataclass(frozen=True)
class Run(LmsImport):
    """The arguments of the command."""

    assignment: Path
    paths: Sequence[Path]
    out: Path
    jobs: int | None = None
    seed: int = 0
    scheduler: str | None = None
    resume: bool = False
    require: tuple[str, ...] = ()
    figures: bool = True
    known: Sequence[Path] = ()


def run_class(run: Run) -> ClassRecord:
    """Grades a class. Raises `KitError` for what the user must change."""
    try:
        if unknown := [name for name in run.require if name not in LAYERS]:
            raise SandboxError(f"no protection named {unknown[0]}; there are: {', '.join(LAYERS)}")
        assignment = Assignment.load(run.assignment)
        assignment.refuse_handout(run.out)
        finder = Finder(assignment.package, assignment.modules, run.out, graded_stems(run.out))
        found = finder.find(run.paths)
        run.refuse_import(found)
        known = Finder(assignment.package, assignment.modules).find(run.known)
        todo = by_stem(found)
        same_names = Earlier.in_folder(run.out, todo, assignment.digest, run.seed).same_names
        if run.scheduler:
            new_executor, width = cluster(run.scheduler)
        else:
            width = min(run.jobs or available_cores(), len(found))
            new_executor = local_pool(width)
        run.out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise KitError(str(problem)) from None
    started = time.monotonic()
    book = ClassRecord()
    alone = len(found) <= width
    settings = Settings(run.seed, require=run.require, figures=run.figures, alone=alone)
    try:
        if run.scheduler:  # each of its machines says what protects there with its first result
            executor = new_executor()
        else:
            if FORKS:
                get_ready(assignment.folder, settings)
            executor, protection = _ready_pool(new_executor, width, assignment, settings)
            _say_protection(protection)
        reports = grade_all(
            todo, assignment, settings, executor, new_executor, width, run.out, run.resume
        )
        if run.scheduler:
            reports = _of_the_same_kit(reports, assignment)
        for stem, report in _with_progress(reports, len(found)):
            book.add(report.result, stem, report.prints)
    except BaseException:
        kill_pool()
        raise
    # Read now: another run may have written there in the meantime.
    earlier = Earlier.in_folder(run.out, todo, assignment.digest, run.seed)
    replaced = list(earlier.without(s for given in todo.values() for s in given.students))
    for stem, result in earlier.results.items():
        book.add(result, stem, earlier.prints.get(stem, b""))
    groups = _write(run, book, assignment, known)
    left_out = [visible(name, 60) for name in sorted(set(finder.left_out))]
    _say_some("no submissions, left out", left_out, 10)
    _summarise(book, groups, time.monotonic() - started)
    if earlier.results or len(found) == 1:
        _say_some("replaced, of the same name", same_names, 10)
        kept = [result.name for result in earlier.results.values()]
        _say_some(f"kept, of earlier runs with -o {run.out}", kept, 10)
    click.echo(f"grades: {run.out / 'final_grades.csv'}")
    for line in [*replaced, *run.write_import(run.out, assignment.title, book)]:
        click.echo(line)
    return book


def _write(
    run: Run, book: ClassRecord, assignment: Assignment, known: Sequence[HandIn]
) -> list[Group]:
    """Writes what is of the whole class; the look-alikes in it."""
    rows, points = book.rows, dict.fromkeys(assignment.parts, 0.0) | book.parts
    rows.sort(key=lambda row: (row.file, row.stem))  # they came in any order
    write_atomically(run.out / "final_grades.csv", final_grades(points, rows))
    write_atomically(run.out / "tests.csv", grades_by_test(book.tests, rows))
    fingerprinter = reporter(assignment.folder).fingerprinter
    groups = look_alikes(
        [row.prints for row in rows],
        fingerprinter.solution,
        {each.name: fingerprinter.fingerprint(read(each, assignment).files) for each in known},
    )
    write_atomically(run.out / "index.html", class_page(book, groups, assignment))
    keep_prints(run.out, {row.stem: row.prints for row in rows})
    return groups


def _of_the_same_kit(
    reports: Iterator[tuple[str, Report]], assignment: Assignment
) -> Iterator[tuple[str, Report]]:
    """Raises `KitError` where a machine has other material; says what protects on each."""
    seen = set()
    for stem, report in reports:
        grader = report.result.grader
        if grader.get("digest") != assignment.digest:
            raise KitError(
                "a machine of the cluster has another version of the kit:"
                " install the same one everywhere"
            )
        if (layers := tuple(grader.get("layers", ()))) not in seen:
            seen.add(layers)
            _say_protection(layers)
        yield stem, report


def _ready_pool(
    new_pool: Callable[[], Executor], width: int, assignment: Assignment, settings: Settings
) -> tuple[Executor, tuple[str, ...]]:
    """A pool whose processes are all ready, and the protection in them. Raises `SandboxError` if
    that is less than required, or if the processes are killed each time."""
    for _ in range(MAX_ATTEMPTS):
        pool = new_pool()
        try:
            asked = [
                pool.submit(protection_of_process, assignment.folder, settings)
                for _ in range(width)
            ]
            first, *_ = [future.result() for future in asked]
            return pool, first
        except BrokenExecutor:
            pool.shutdown(wait=False, cancel_futures=True)
    raise SandboxError("the grader's processes were killed each time that they began")


def _say_protection(layers: Sequence[str]) -> None:
    click.echo(f"protection: {', '.join(layers)}")
    if "hidden" not in layers:
        click.echo(
            "WARNING: on this machine a student's code can read the hidden tests;"
            " grade untrusted work in Docker",
            err=True,
        )


def _with_progress(
    results: Iterator[tuple[str, Report]], total: int
) -> Iterator[tuple[str, Report]]:
    if sys.stderr.isatty():
        from tqdm import tqdm

        yield from tqdm(results, total=total, unit="submission", dynamic_ncols=True)
        return
    step = max(1, total // 10)
    for count, graded in enumerate(results, 1):
        if count % step == 0 or count == total:
            click.echo(f"graded {count} of {total}", err=True)
        yield graded


def _summarise(book: ClassRecord, groups: Sequence[Group], seconds: float) -> None:
    possible = total(book.parts.values())
    totals = [row.earned for row in book.rows]
    click.echo(
        f"{len(totals)} submission{'s' if len(totals) > 1 else ''} in {seconds:.1f} s:"
        f" mean {statistics.mean(totals):.1f}, median {statistics.median(totals):.1f}"
        f" of {possible:g} points"
    )
    taught = sorted(book.lost.items(), key=lambda each: -each[1])
    _say_some("to teach again", [f"{name} ({lost:g} points)" for name, lost in taught], 5)
    odd = [f"{row.file} ({row.looks[0].label})" for row in book.odd]
    _say_some("to look at", odd, 10)
    names = [row.file for row in book.rows]
    alike = [group.told(names) for group in groups]
    _say_some("alike, to look at", alike, 5)


def _say_some(what: str, told: Sequence[str], most: int) -> None:
    if told:
        more = f", and {len(told) - most} more" if len(told) > most else ""
        click.echo(f"{what}: {', '.join(told[:most])}{more}")
