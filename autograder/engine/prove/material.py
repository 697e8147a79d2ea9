"""`check`: proves the material on this machine.

The solution earns everything and the skeleton nothing; every mistake loses points and
is named; every probe loses points, and nothing is named for it; every odd but
right variant keeps all. What is left to edit is listed by file and line.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import click

from ..assignment import Assignment
from ..errors import KitError
from ..grade.executor import available_cores, kill_pool, local_pool
from ..grade.grader import Grader, Settings
from ..grade.reporter import Reporter
from ..mistakes import load_mistakes, stated_mistakes
from ..place import NOWHERE, Place
from ..suite.hidden_test import HiddenTest, Outcome
from ..suite.program import Program
from ..text import printable
from ..variants import load_variants
from . import made_up
from .leftovers import Problem, leftovers
from .made_up import Files

CHUNK = 8


@dataclass(frozen=True)
class Case:
    """A made-up submission, and the tests that can tell it from the solution (None: all).

    target: the function that a mistake or a probe is in; place: where the case is stated.
    """

    kind: str
    name: str
    seed: int
    files: Files
    tests: list[str] | None = None
    target: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True)
class Finding:
    """A case, without its files, how it did in its tests, and the mistakes that were named."""

    case: Case
    outcomes: list[Outcome]
    named: list[str]

    @property
    def lost(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.passed]


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
    # Alone: each test runs twice, and must ask the same. Among the cases records are used, too.
    with Grader(assignment, Settings(seed=seeds[0], alone=True)) as grader:
        tests = [t for t in grader.suite.tests if not modules or t.part in modules]
        outcomes, _ = grader.run(made_up.solution(assignment))
        undrawn = [*_not_drawn(assignment, grader.program(made_up.solution(assignment)))]
    failed = [outcome for outcome in outcomes if not outcome.passed]
    faults = {
        o.test.place: f"the solution fails {o.test.id}: {o.fault or f'{o.kind}: {o.reason}'}"
        for o in failed
    }
    problems = [*(faults | dict(leftovers(assignment))).items(), *undrawn]
    if not failed:  # else nothing could be said of mistakes and variants
        calling: dict[str, list[str]] = defaultdict(list)
        for outcome in outcomes:
            for function in outcome.called:
                calling[function].append(outcome.test.id)
        chosen = tuple(modules) or assignment.modules
        cases = list(_cases(assignment, seeds, calling, variants_only, chosen))
        points = sum(test.points for test in tests)
        hygiene = sum(test.points for test in tests if test.is_hygiene)
        click.echo(f"{len(cases)} submissions, {len(tests)} hidden tests")
        click.echo(f"{points:g} points, {hygiene:g} of them for hygiene")
        findings, found = _graded(folder, jobs or available_cores(), cases)
        problems += found
        if not variants_only:
            # A test that no mistake fails may be needed for one that no longer fits.
            stated = {m.name for m in stated_mistakes(assignment) if m.module in chosen}
            are_all_there = stated <= {finding.case.name for finding in findings}
            problems += _report_mistakes(tests, findings, are_all_there)
        counts = Counter(finding.case.kind for finding in findings)
        click.echo(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    for place, text in sorted(problems):
        click.echo(f"{place}: {printable(text, 200)}")
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    click.echo(count if problems else "the material is as it should be")
    sys.exit(1 if problems else 0)


def _not_drawn(assignment: Assignment, program: Program) -> Iterator[Problem]:
    """The figures that can't be drawn of the solution."""
    if assignment.figures is not None:
        place = Place(assignment.figures / "__init__.py", 1)
        for figure in Reporter(assignment).figures(program).figures:
            if figure.missing:
                yield place, f"{figure.title} of the solution: {figure.missing}"
        program.end()


def _cases(
    assignment: Assignment,
    seeds: range,
    calling: dict[str, list[str]],
    variants_only: bool,
    modules: Sequence[str],
) -> Iterator[Case]:
    variants = [variant for variant in load_variants(assignment) if variant.module in modules]
    for seed in seeds:
        yield Case("solution", "solution", seed, made_up.solution(assignment))
        for variant in variants:
            targets = [f"{variant.module}.{target}" for target in variant.targets]
            tests = list(dict.fromkeys(t for name in targets for t in calling.get(name, ())))
            files = made_up.with_code(assignment, variant.module, variant.source)
            yield Case("variant", variant.name, seed, files, tests, place=variant.place)
    if variants_only:
        return
    yield Case("skeleton", "skeleton", seeds[0], made_up.skeleton(assignment))
    for mistake in load_mistakes(assignment):
        target = f"{mistake.module}.{mistake.target}"
        if mistake.module in modules:
            files = made_up.with_mistakes(assignment, [mistake])
            kind, called = "probe" if mistake.is_probe else "mistake", calling.get(target)
            yield Case(kind, mistake.name, seeds[0], files, called, target, mistake.place)


@cache
def _grader(folder: Path) -> Grader:
    """The grader of this process."""
    return Grader(Assignment.load(folder), Settings())


def _graded(folder: Path, jobs: int, cases: Sequence[Case]) -> tuple[list[Finding], list[Problem]]:
    findings: list[Finding] = []
    problems: list[Problem] = []
    with local_pool(jobs)() as pool:
        try:
            for found in pool.map(partial(_finding, folder), cases, chunksize=CHUNK):
                if found.case.kind == "solution" and findings:
                    click.echo(f"seed {found.case.seed - 1} is done, {len(problems)} problems")
                findings.append(found)
                problems += _problems(found)
        except BaseException:  # Ctrl-C, too: nobody waits for what is under way
            kill_pool()
            raise
    return findings, problems


def _finding(folder: Path, case: Case) -> Finding:
    grader = _grader(folder)
    grader.settings = Settings(seed=case.seed)
    outcomes, _ = grader.run(case.files, case.tests)
    told = [o.explanation.mistake for o in outcomes if o.explanation and o.explanation.mistake]
    # A hint at where answers are wrong is right for whatever is wrong there.
    others = {mistake.name for mistake in grader.mistakes if mistake.where} - {case.name}
    named = [name for name in dict.fromkeys(told) if name not in others]
    return Finding(replace(case, files={}), [replace(o, asked=()) for o in outcomes], named)


def _problems(found: Finding) -> Iterator[Problem]:
    case, lost = found.case, found.lost
    for outcome in lost:
        if outcome.fault:
            told = f"{outcome.test.id} can't judge {case.kind} {case.name}: {outcome.fault}"
            yield outcome.test.place, told
    if case.kind == "solution":
        for test in (outcome.test for outcome in lost):
            yield test.place, f"the solution fails {test.id} with seed {case.seed}"
    elif case.kind == "skeleton":
        for test in (outcome.test for outcome in found.outcomes if outcome.passed):
            yield test.place, f"the skeleton passes {test.id}"
    elif case.kind == "variant":
        if not case.tests:
            yield case.place, f"variant {case.name} has no function that a test calls"
        elif lost:
            reasons = "; ".join(f"{o.test.id}: {o.kind}: {o.reason}" for o in lost[:3])
            yield case.place, f"variant {case.name} loses points with seed {case.seed}: {reasons}"
    else:
        said = [] if lost else ["loses nothing"]
        if lost and case.kind == "mistake" and case.name not in found.named:
            said.append("is not named")
        if wrongly := [name for name in found.named if name != case.name]:
            said.append(f"is named {', '.join(wrongly)}")
        if said:
            yield case.place, f"{case.kind} {case.name} {', '.join(said)}"


def _report_mistakes(
    tests: Sequence[HiddenTest], findings: Iterable[Finding], are_all_there: bool
) -> Iterator[Problem]:
    """Prints what fails each mistake, and what each test is needed for, and tells of tests that
    nothing needs."""
    mistakes = [found for found in findings if found.case.kind in ("mistake", "probe")]
    for found in sorted(mistakes, key=lambda found: (found.case.target, found.case.name)):
        case = found.case
        mark = "named" if case.name in found.named else "caught" if found.lost else "MISSED"
        lost = " ".join(outcome.test.id for outcome in found.lost)
        click.echo(f"{case.target:32} {case.name:40} {mark:7} {lost}")
    failed = Counter(outcome.test.id for found in mistakes for outcome in found.lost)
    click.echo("\nmistakes that fail each test:")
    for test in tests:
        click.echo(f"{failed[test.id]:5}  {test.points:5.1f} points  {test.id}")
        if are_all_there and not failed[test.id]:
            yield test.place, f"no mistake or probe needs {test.id}"
    named = [f.case.name in f.named for f in mistakes if f.case.kind == "mistake"]
    click.echo(f"\n{sum(named)} of {len(named)} mistakes named right")
