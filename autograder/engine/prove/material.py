"""`check`: proves the material on this machine.

The solution earns everything and the skeleton nothing; every mistake loses points in the tests
meant for it and is named; every probe loses points, and nothing is named for it; every odd but
right variant keeps all.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from ..assignment import Assignment
from ..errors import KitError
from ..grade.executor import available_cores, local_pool
from ..grade.grading import Grader, Settings
from ..mistakes import load_mistakes
from ..suite.hidden_test import HiddenTest, Outcome
from ..variants import load_variants
from . import classroom
from .classroom import Files

CHUNK = 8

_graders: dict[int, Grader] = {}


@dataclass(frozen=True)
class Case:
    """A made-up submission, and the tests that can tell it from the solution (None: all)."""

    kind: str
    name: str
    seed: int
    files: Files
    tests: tuple[str, ...] | None = None
    target: str = ""


@dataclass(frozen=True)
class Finding:
    """What a case lost, and which mistakes were named."""

    case: str
    kind: str
    seed: int
    target: str
    lost: tuple[str, ...]
    kept: float
    named: tuple[str, ...]
    reasons: tuple[str, ...]


def run_check(
    folder: Path, jobs: int | None, seeds: range, variants_only: bool, modules: Sequence[str] = ()
) -> None:
    """Prints what was found; exit status 1 where the material is not as it should be.

    modules: whose mistakes, variants and parts alone are looked at; none: all of them.
    """
    assignment = Assignment.load(folder)
    for name in modules:
        if name not in assignment.modules:
            raise KitError(f"no module named {name}; there are: {', '.join(assignment.modules)}")
    chosen = tuple(modules) or assignment.modules
    with Grader(assignment, Settings(seed=seeds[0])) as grader:
        tests = grader.suite.tests
        outcomes, _ = grader.run(classroom.solution(assignment))
        unsteady = grader.suite.unsteady()
    calling = _tests_by_function(outcomes)
    cases = list(_cases(assignment, seeds, calling, variants_only, chosen))
    if modules:
        tests = tuple(test for test in tests if test.part in modules)
    points = sum(test.points for test in tests)
    hygiene = sum(test.points for test in tests if test.is_hygiene)
    click.echo(f"{len(cases)} submissions, {len(tests)} hidden tests")
    click.echo(f"{points:g} points, {hygiene:g} of them for hygiene")
    findings = []
    problems = _announced(f"{name} asks something else each time that it runs" for name in unsteady)
    for outcome in outcomes:  # a fault of the test's author, with its place
        if outcome.fault:
            problems += _announced([f"{outcome.test.id}: {outcome.reason}\n{outcome.fault}"])
    for found in _findings(folder, cases, jobs or available_cores()):
        findings.append(found)
        if found.kind == "solution" and found.seed > seeds[0]:
            click.echo(f"seed {found.seed - 1} is done")
        problems += _announced(_problems(found))
    if not variants_only:
        problems += _announced(_report_mistakes(tests, findings))
    counts = Counter(finding.kind for finding in findings)
    click.echo(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    click.echo("the material is as it should be" if not problems else f"{len(problems)} problems")
    sys.exit(1 if problems else 0)


def _tests_by_function(outcomes: Iterable[Outcome]) -> dict[str, tuple[str, ...]]:
    calling: dict[str, list[str]] = defaultdict(list)
    for outcome in outcomes:
        for function in outcome.called:
            calling[function].append(outcome.test.id)
    return {function: tuple(ids) for function, ids in calling.items()}


def _cases(
    assignment: Assignment,
    seeds: range,
    calling: dict[str, tuple[str, ...]],
    variants_only: bool,
    modules: Sequence[str],
) -> Iterator[Case]:
    variants = [variant for variant in load_variants(assignment) if variant.module in modules]
    for seed in seeds:
        yield Case("solution", "solution", seed, classroom.solution(assignment))
        for variant in variants:
            targets = [f"{variant.module}.{target}" for target in variant.targets]
            tests = tuple(dict.fromkeys(t for name in targets for t in calling.get(name, ())))
            yield Case(
                "variant", variant.name, seed, classroom.with_variant(assignment, variant), tests
            )
    if variants_only:
        return
    yield Case("skeleton", "skeleton", seeds[0], classroom.skeleton(assignment))
    for mistake in load_mistakes(assignment):
        if mistake.module not in modules:
            continue
        target = f"{mistake.module}.{mistake.target}"
        files = classroom.with_mistakes(assignment, [mistake])
        kind = "probe" if mistake.is_probe else "mistake"
        yield Case(kind, mistake.name, seeds[0], files, calling.get(target, ()), target)


def _findings(folder: Path, cases: Sequence[Case], jobs: int) -> Iterator[Finding]:
    chunks = [cases[i : i + CHUNK] for i in range(0, len(cases), CHUNK)]
    with local_pool(jobs)() as pool:
        for found in pool.map(_examine, [folder] * len(chunks), chunks):
            yield from found


def _examine(folder: Path, cases: Sequence[Case]) -> list[Finding]:
    return [_finding(_grader(folder, case.seed), case) for case in cases]


def _grader(folder: Path, seed: int) -> Grader:
    if not _graders:
        _graders[0] = Grader(Assignment.load(folder), Settings())
    _graders[0].settings = Settings(seed=seed)
    return _graders[0]


def _finding(grader: Grader, case: Case) -> Finding:
    outcomes, _ = grader.run(case.files, None if case.tests is None else list(case.tests))
    lost = [outcome for outcome in outcomes if not outcome.passed]
    told = [o.explanation.mistake for o in lost if o.explanation and o.explanation.mistake]
    # A hint at where answers are wrong is right for whatever is wrong there.
    others = {mistake.name for mistake in grader.mistakes if mistake.where} - {case.name}
    return Finding(
        case.name,
        case.kind,
        case.seed,
        case.target,
        tuple(outcome.test.id for outcome in lost),
        sum(outcome.test.points for outcome in outcomes if outcome.passed),
        tuple(name for name in dict.fromkeys(told) if name not in others),
        tuple(f"{o.test.id}: {o.kind}: {o.reason}" for o in lost[:3]),
    )


def _announced(problems: Iterable[str]) -> list[str]:
    """The problems, each shown as soon as it is known: many seeds take long."""
    problems = list(problems)
    for problem in problems:
        click.echo(f"PROBLEM: {problem}")
    return problems


def _problems(found: Finding) -> Iterator[str]:
    if found.kind in ("solution", "variant") and found.lost:
        yield (
            f"{found.kind} {found.case} loses points with seed {found.seed}:"
            f" {'; '.join(found.reasons)}"
        )
    if found.kind == "skeleton" and found.kept:
        yield f"the skeleton earns {found.kept} points"


def _report_mistakes(tests: Sequence[HiddenTest], findings: Iterable[Finding]) -> list[str]:
    mistakes = [found for found in findings if found.kind in ("mistake", "probe")]
    known = {found.case for found in mistakes}
    meant: dict[str, set[str]] = defaultdict(set)
    problems = []
    for test in tests:
        for name in test.catches:
            meant[name].add(test.id)
            if name not in known:
                problems.append(f"{test.id} is said to catch {name}, which is no mistake")
    for found in sorted(mistakes, key=lambda f: (f.target, f.case)):
        wrongly = [name for name in found.named if name != found.case]
        click.echo(f"{found.target:32} {found.case:40} {_mark(found)} {' '.join(found.lost)}")
        what = f"{found.kind} {found.case}"
        if not found.lost:
            problems.append(f"{what} loses nothing")
        elif found.kind == "mistake" and found.case not in found.named:
            problems.append(f"{what} is not named")
        if wrongly:
            problems.append(f"{what} is named {', '.join(wrongly)}")
        missed = meant[found.case] - set(found.lost)
        if missed:
            problems.append(f"{what} passes {', '.join(sorted(missed))}")
    failed = Counter(test for found in mistakes for test in found.lost)
    click.echo("\nmistakes that fail each test:")
    for test in tests:
        click.echo(f"{failed[test.id]:5}  {test.points:5.1f} points  {test.id}")
        if not failed[test.id]:
            problems.append(f"no mistake or probe needs {test.id}")
        if not test.catches:
            problems.append(f"{test.id} names no mistake that it catches")
    named = [found.case in found.named for found in mistakes if found.kind == "mistake"]
    click.echo(f"\n{sum(named)} of {len(named)} mistakes named right")
    return problems


def _mark(found: Finding) -> str:
    return "named  " if found.case in found.named else "caught " if found.lost else "MISSED "
