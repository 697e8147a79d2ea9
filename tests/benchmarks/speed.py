"""Measures how fast the kit grades, beside Otter and beside plain pytest.

    python tests/benchmarks/speed.py [--write autograder/docs/speed.md]

takes some twenty minutes on two free cores; `--small` takes a few minutes and says less. Everything is
measured in one run on one class (see class_of.py), so that the ratios mean something where the
seconds don't. Prints Markdown; `--write FILE` puts it between the markers of a file.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import platform
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from class_of import RUNNABLE, SHARES, write_class  # noqa: E402
from measure import Cost, cost_of  # noqa: E402
from warm import FOLDER, ONE_THREAD, Warm  # noqa: E402

from autograder.engine.assignment import Assignment  # noqa: E402
from autograder.engine.submission import read_submission  # noqa: E402

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True)
class Sizes:
    """How many submissions each measurement takes."""

    many: int
    otter: int
    plain: int
    growth: tuple[int, ...]
    rounds: int


FULL = Sizes(many=200, otter=12, plain=60, growth=(10, 50, 200, 1000), rounds=2)
SMALL = Sizes(many=20, otter=4, plain=12, growth=(10, 50), rounds=1)


@dataclass(frozen=True)
class Way:
    """One way of grading so many submissions, and what that cost."""

    name: str
    count: int
    cost: Cost

    @property
    def cpu(self) -> float:
        """Seconds of CPU for one submission."""
        return self.cost.cpu / self.count

    @property
    def rate(self) -> float:
        """Submissions in a second on the clock."""
        return self.count / self.cost.wall


def grade(submissions: Path, out: Path, jobs: int, *options: str) -> Way:
    """`python -m autograder grade`."""
    command = [sys.executable, "-m", "autograder", "grade", submissions, "-o", out]
    cost = cost_of([*command, "--jobs", str(jobs), *options], cwd=ROOT)
    _must_have_worked(cost)
    name = " ".join(["`grade`", f"`--jobs {jobs}`", *(f"`{option}`" for option in options)])
    return Way(name, len(list(submissions.iterdir())), cost)


def build(out: Path) -> Path | None:
    """autograder.zip; None, with a word why, where it can't be made."""
    if importlib.util.find_spec("otter") is None:
        print("Otter is left out: it is not installed (pip install '.[otter]')", file=sys.stderr)
        return None
    # From a copy: `build` brings the handout up to date, and a measurement changes nothing.
    copy = out / "kit"
    for name in ("autograder", "solutions", "assignment"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for page in ROOT.glob("*.md"):
        shutil.copy(page, copy)
    built = cost_of([sys.executable, "-m", "autograder", "build", "-o", out / "dist"], cwd=copy)
    if built.status != 0:
        said = built.output.strip().splitlines() or ["no word why"]
        print(f"Otter is left out: `build` failed: {said[-1]}", file=sys.stderr)
        return None
    return out / "dist" / "autograder.zip"


def otter(submissions: Path, archive: Path, out: Path, at_once: int) -> Way:
    """`otter run`, so many at once."""
    zips = sorted(submissions.glob("*.zip"))
    total = None
    for start in range(0, len(zips), at_once):
        commands = []
        for path in zips[start : start + at_once]:
            (out / path.stem).mkdir(parents=True)
            run = [sys.executable, "-m", "otter", "run", "-a", archive, "-o", out / path.stem]
            commands.append([*run, path])
        cost = cost_of(*commands, env={**ONE_THREAD, "PYTHONPATH": str(ROOT)}, cwd=out)
        _must_have_worked(cost)
        total = cost if total is None else total + cost
    assert total is not None
    return Way(f"`otter run`, {at_once} at once", len(zips), total)


def differences(graded: Path, by_otter: Path) -> tuple[int, list[str]]:
    """How many points of a submission in a part were compared, and which differ."""
    compared, different = 0, []
    for row in csv.DictReader((graded / "final_grades.csv").open()):
        file = by_otter / row["file"].removesuffix(".zip") / "results.json"
        if not file.exists():
            continue
        scores = {t["name"]: t["score"] for t in json.loads(file.read_text())["tests"]}
        for part, points in scores.items():
            if part in row:
                compared += 1
                if abs(float(row[part]) - points) > 1e-9:
                    different.append(f"{row['file']} {part}: {row[part]} and {points}")
    return compared, different


def plain_pytest(folders: Sequence[Path]) -> Way:
    """The hidden suites under plain pytest, a process for each submission."""
    suites = sorted(str(path) for path in (FOLDER / "suites").glob("test_*.py"))
    options = ["-q", "--tb=short", "-c", os.devnull, "--rootdir=/", "-pno:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, "-pin_process", "--import-mode=importlib"]
    path = os.pathsep.join(map(str, (Path(__file__).parent, ROOT, ROOT / "solutions")))
    # Without the plugins that happen to be installed, which take as long as the tests.
    env = {**ONE_THREAD, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    costs = [cost_of([*command, *suites], env={**env, "SUBMISSION": str(f)}) for f in folders]
    for cost in costs:
        if " in " not in cost.output or " error" in cost.output.splitlines()[-1]:
            raise SystemExit(f"plain pytest failed:\n{cost.output[-2000:]}")
    total = costs[0]
    for cost in costs[1:]:
        total += cost
    return Way("plain pytest, a process each", len(folders), total)


def in_turn(ways: Mapping[str, Callable[[Path], Way]], rounds: int, work: Path) -> dict[str, Way]:
    """Each way at its least disturbed: all are measured in turn, several times over, so that what
    else the machine does hits them alike. Each measurement has the folder WORK/NAME_ROUND."""
    tries: dict[str, list[Way]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, measure in ways.items():
            tries[name].append(measure(work / f"{name}_{number}"))
    return {name: min(found, key=lambda way: way.cost.wall) for name, found in tries.items()}


def unpacked(submissions: Path, out: Path, assignment: Assignment) -> list[Path]:
    """The submissions as folders that Python can import from, with the given modules."""
    folders = []
    for path in sorted(submissions.glob("*.zip")):
        files = read_submission(path, assignment.package, assignment.modules).files
        for name, content in {**files, **assignment.given_files}.items():
            target = out / path.stem / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        folders.append(out / path.stem)
    return folders


def _must_have_worked(cost: Cost) -> None:
    if cost.status != 0:
        raise SystemExit(f"a command ended with {cost.status}:\n{cost.output[-3000:]}")


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; numbers to the right."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def machine() -> str:
    """What the numbers were measured on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [x for x in info.read_text().splitlines() if x.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    versions = ", ".join(
        f"{name} {metadata.version(name)}"
        for name in ("numpy", "pytest", "otter-grader")
        if importlib.util.find_spec(name.partition("-")[0])
    )
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return (
        f"{os.cpu_count()} cores of {model}, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, {versions};"
        f" load average before the run {load:.1f}."
    )


def report(sizes: Sizes, work: Path) -> Iterator[str]:
    """The text, piece by piece as it is measured."""
    assignment = Assignment.load(FOLDER)
    yield machine()
    yield from _throughput(sizes, work, assignment)
    yield from _isolation(sizes, work, assignment)
    yield from _growth(sizes, work, assignment)
    yield _answers_at_once(work, assignment)


def _throughput(sizes: Sizes, work: Path, assignment: Assignment) -> Iterator[str]:
    # Otter stops at what is no zip before it asks anybody. One that never ends is in no small sample,
    # and would count for one side alone.
    kinds = tuple(kind for kind in SHARES if kind not in ("no zip", "endless"))
    yield (
        f"**Throughput.** The class: {_in_words(sizes.many, kinds)}."
        f" Otter's sample of it: {_in_words(sizes.otter, kinds)}."
    )
    many = write_class(assignment, sizes.many, work / "many", kinds)
    measures: dict[str, Callable[[Path], Way]] = {
        "one": lambda out: grade(many, out, 1),
        "two": lambda out: grade(many, out, 2),
        "bare": lambda out: grade(many, out, 2, "--no-figures"),
    }
    archive = build(work / "otter")
    if archive is not None:
        sample = write_class(assignment, sizes.otter, work / "sample", kinds)
        grade(sample, work / "sample_graded", 2)
        measures["otter_1"] = lambda out: otter(sample, archive, out, 1)
        measures["otter_2"] = lambda out: otter(sample, archive, out, 2)
    ways = in_turn(measures, sizes.rounds, work)
    one, two, _, *slow = ways.values()
    rows = [
        (
            way.name,
            way.count,
            f"{way.cost.wall:.1f}",
            f"{way.cpu:.3f}",
            f"{way.rate:.2f}",
            *(f"{way.rate / beside.rate:.1f}" for beside in slow),
        )
        for way in ways.values()
    ]
    head = ("way", "submissions", "wall s", "CPU s each", "per second")
    yield table((*head, *(f"times {way.name}" for way in slow)), rows)
    yield f"Two jobs give {two.rate / one.rate:.2f} times the throughput of one."
    if archive is not None:
        yield (
            f"`otter run` takes {slow[0].cpu / one.cpu:.1f} times the CPU of `grade` with one job,"
            f" though it draws no figures. {_agreement(work)}"
        )
        yield _endless(archive, work, assignment)


def _endless(archive: Path, work: Path, assignment: Assignment) -> str:
    """What the submission costs that is in no sample."""
    submissions = write_class(assignment, 1, work / "endless", ("endless",))
    (folder,) = unpacked(submissions, work / "endless_folder", assignment)
    with Warm("grade") as grader:
        grader.take(ROOT / "solutions")
        seconds = grader.take(folder)
    run = otter(submissions, archive, work / "endless_otter", 1)
    return (
        f"A submission that never ends is in neither. It takes a job {seconds:.1f} s,"
        f" `otter run` {run.cost.wall:.1f} s."
    )


def _agreement(work: Path) -> str:
    compared, different = differences(work / "sample_graded", work / "otter_1_0")
    if different:
        return f"**The points differ in {len(different)} of {compared}**: {'; '.join(different)}."
    return f"The points of all {compared} parts agree."


def _isolation(sizes: Sizes, work: Path, assignment: Assignment) -> Iterator[str]:
    yield (
        "**The cost of isolation.** The same suites without a wall, on submissions that come to an"
        f" end by themselves: {_in_words(sizes.plain, RUNNABLE)}. All on one core, as a job has it"
        " where there are as many as cores."
    )
    runnable = write_class(assignment, sizes.plain, work / "runnable", RUNNABLE)
    folders = unpacked(runnable, work / "folders", assignment)
    with _one_core():
        walled = grade(runnable, work / "walled", 1, "--no-figures")
        plain = plain_pytest(folders)
        by_kind = _one_by_one(folders)
    yield (
        f"{walled.name} takes {walled.cpu:.3f} s of CPU for each, {plain.name} {plain.cpu:.3f} s."
        " Without their starts, one by one and in turn, so that both meet the same machine:"
    )
    rows = [(kind, *_seconds(times)) for kind, times in by_kind.items()]
    total = [times for of_kind in by_kind.values() for times in of_kind]
    head = (
        "submissions",
        "number",
        "`grade`, s each",
        "in one process",
        "`grade` takes times that",
    )
    yield table(head, [*rows, ("all", *_seconds(total))])


def _one_by_one(folders: Sequence[Path]) -> dict[str, list[tuple[float, float]]]:
    """The seconds that each submission takes, walled and not, by the kind of submission."""
    found = defaultdict(list)
    with Warm("grade") as walled, Warm("plain") as plain:
        for grader in (walled, plain):
            grader.take(ROOT / "solutions")  # what the first one takes is the start of all
        for folder in folders:
            kind = folder.name.partition("-")[2].replace("-", " ")
            found[kind].append((walled.take(folder), plain.take(folder)))
    return found


def _seconds(times: Sequence[tuple[float, float]]) -> tuple[str, ...]:
    walled, plain = (sum(seconds) / len(times) for seconds in zip(*times, strict=True))
    return str(len(times)), f"{walled:.3f}", f"{plain:.3f}", f"{walled / plain:.2f}"


@contextmanager
def _one_core() -> Iterator[None]:
    """What is started meanwhile stays on one core: messages between two cost more CPU."""
    if not hasattr(os, "sched_getaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _growth(sizes: Sizes, work: Path, assignment: Assignment) -> Iterator[str]:
    kinds = tuple(kind for kind in SHARES if kind != "endless")
    yield (
        "**How the cost grows.** Without endless submissions, each of which costs the same seconds"
        " in any class. Each further one: what a submission takes that is added to the class of the"
        " row above. Memory in MiB: of the grader's parent, and of all its processes together."
    )
    measures: dict[str, Callable[[Path], Way]] = {}
    for size in sizes.growth:
        submissions = write_class(assignment, size, work / f"class_{size}", kinds)
        measures[f"class_{size}_graded"] = partial(grade, submissions, jobs=2)
    ways = list(in_turn(measures, sizes.rounds, work).values())
    rows = [
        (
            way.count,
            f"{way.cost.wall:.1f}",
            f"{way.cost.wall / way.count:.3f}",
            _each_further(way, smaller),
            f"{way.cpu:.3f}",
            f"{way.cost.parent:.0f}",
            f"{way.cost.tree:.0f}",
        )
        for way, smaller in zip(ways, [None, *ways], strict=False)
    ]
    head = ("submissions", "wall s", "each", "each further one", "CPU s each", "parent", "all")
    yield table(head, rows)
    yield _without_start(*ways)


def _without_start(first: Way, second: Way, *larger: Way) -> str:
    """What a submission takes when the start, which a class has once, is taken off."""
    each = (second.cost.wall - first.cost.wall) / (second.count - first.count)
    start = first.cost.wall - first.count * each
    told = [
        f"{(way.cost.wall - start) / way.count:.3f} s in a class of {way.count}"
        for way in (second, *larger)
    ]
    return (
        f"By the first two rows, the start takes {start:.1f} s. Without it, a submission takes"
        f" {', '.join(told)}."
    )


def _each_further(way: Way, smaller: Way | None) -> str:
    """Seconds on the clock for each submission beyond those of a smaller class; "" for the first."""
    if smaller is None:
        return ""
    return f"{(way.cost.wall - smaller.cost.wall) / (way.count - smaller.count):.3f}"


def _answers_at_once(work: Path, assignment: Assignment) -> str:
    handout = shutil.copytree(assignment.handout, work / "handout")
    for name, content in assignment.solution_files.items():
        (handout / name).write_bytes(content)
    tests = cost_of([sys.executable, "-m", "pytest", "-q"], cwd=handout)
    words = cost_of([sys.executable, "-m", "autograder", "--help"], cwd=ROOT)
    for cost in (tests, words):
        _must_have_worked(cost)
    return (
        f"**Answers at once.** A student's `pytest` on finished work takes {tests.cpu:.2f} s of CPU,"
        f" `python -m autograder --help` {words.cpu:.2f} s."
    )


def _in_words(count: int, only: tuple[str, ...] = tuple(SHARES)) -> str:
    from class_of import kinds

    made = kinds(count, only)
    return ", ".join(f"{made.count(kind)} {kind}" for kind in only if kind in made)


def around_markers(file: Path) -> tuple[str, str]:
    """What stands before and after the markers of a file."""
    before, begin, rest = file.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{file}: no markers {BEGIN} and {END}")
    return before, after


def put_between_markers(file: Path, text: str) -> None:
    """Replaces what stands between the markers of a file."""
    before, after = around_markers(file)
    file.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a few minutes; less is measured")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the tables into FILE")
    given = parser.parse_args()
    if given.write is not None:
        around_markers(given.write)  # what is wrong with it is said now, not after the measuring
    pieces = []
    with tempfile.TemporaryDirectory(prefix="speed-") as work:
        for piece in report(SMALL if given.small else FULL, Path(work)):
            print(f"{piece}\n", flush=True)
            pieces.append(piece)
    if given.write is not None:
        put_between_markers(given.write, "\n\n".join(pieces))


if __name__ == "__main__":
    main()
