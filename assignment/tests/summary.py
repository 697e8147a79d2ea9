"""The report at the end of `pytest`: what fails and why, a table per part, what to do next."""

import hashlib
import os
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PARTS = ("initializers", "activations", "batchnorm", "clipping", "diagnostics", "deep_network")
MOST_FAILURES = 4
MOST_PRINTED = 8
WIDTH = 62
HERE = Path(__file__).resolve().parent
GIVEN = HERE / "given.sha256"
"""The digests of the files that are given, as `sha256sum` writes them."""

other_copies: list[Path] = []
"""Further folders of the assignment that pytest came upon, which it leaves alone."""


def part_of(nodeid: str) -> str:
    """The part that a check belongs to, from pytest's name of it."""
    return Path(nodeid.split("::")[0]).stem.replace("test_", "", 1)


def cause_of(traceback: str) -> str:
    """The last line of an error, from pytest's text of it."""
    errors = [line[1:].strip() for line in traceback.splitlines() if line.startswith("E ")]
    return errors[-1] if errors else "it can't be imported"


def printed(text: str) -> str:
    """What your code printed during a check, as a row of its report."""
    lines = text.rstrip().splitlines()
    if len(lines) > MOST_PRINTED:
        lines = ["...", *lines[-MOST_PRINTED:]]
    return "".join(f"\n  {'' if i else 'printed':9} {line}" for i, line in enumerate(lines))


@dataclass
class Run:
    """What happened: `failures` has a failed check's id with its text, `todo` the functions of a
    part that are still to be written, `broken` the test files that can't be read."""

    is_whole: bool = True
    show_all: bool = False
    collected: Counter[str] = field(default_factory=Counter)
    ran: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    todo: dict[str, list[str]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def add(self, report: Any) -> None:
        """Counts a check."""
        part = part_of(report.nodeid)
        if report.when == "call":
            self.ran[part] += 1
            self.passed[part] += report.passed
        if hasattr(report, "todo"):
            names = self.todo.setdefault(part, [])
            if report.todo not in names:
                names.append(report.todo)
        elif report.failed:
            self.failures[report.nodeid] = report.told

    @property
    def parts(self) -> list[str]:
        """The parts that were looked at, in the README's order."""
        found = {*self.collected, *self.ran}
        return sorted(found, key=lambda p: PARTS.index(p) if p in PARTS else len(PARTS))

    def total(self, part: str) -> int:
        """How many checks the part has, whether they ran or not."""
        return max(self.collected[part], self.ran[part])

    def is_done(self, part: str) -> bool:
        """Whether all checks of the part ran, and passed."""
        return self.is_whole and self.passed[part] == self.total(part)

    def about(self, node: str) -> str:
        """What a failed check is about, such as activations.sigmoid."""
        return self.failures[node].split("\n")[0].split(":")[0]

    def in_order(self) -> list[str]:
        """The failed checks: first those of the function with the most, and those of nets last,
        which often fail for what a function's own checks tell."""
        counts = Counter(map(self.about, self.failures))
        return sorted(
            self.failures, key=lambda n: (part_of(n) == PARTS[-1], -counts[self.about(n)])
        )


def write(run: Run, write_line: Callable[..., None]) -> None:
    """Writes the report, line by line."""

    def line(text: str = "", **style: bool) -> None:
        """Writes it as this terminal can show it (Windows consoles know few characters)."""
        encoding = sys.stdout.encoding or "ascii"
        write_line(text.encode(encoding, "replace").decode(encoding), **style)

    if not (run.parts or run.broken):
        return
    _write_failures(run, line)
    line()
    points = _points()
    line(f"{'part':<14}{'checks passed':>13}  points   still TODO", bold=True)
    for part in run.parts:
        counts = f"{part:<14}{run.passed[part]:>6} of {run.total(part):<3}{points.get(part, ''):>8}"
        line(f"{counts}   {_note(run, part)}", green=run.is_done(part))
    line()
    for name, cause in run.broken.items():
        line(f"tests/{name} can't be read: {cause}", red=True)
    if names := _changed():
        line(f"Not as handed out: {', '.join(names)}. The originals are in assignment.zip.")
    for folder in other_copies:
        line(f"Not run: a second copy of the assignment, {folder}. Run pytest in it.", red=True)
    line(_next_step(run))


def _note(run: Run, part: str) -> str:
    if run.is_done(part):
        return "done"
    names = run.todo.get(part, [])
    note = _shorten(names, WIDTH) if names else "nothing"
    wrong = sum(part_of(node) == part for node in run.failures)
    left = run.total(part) - run.ran[part]
    counts = [f"{wrong} wrong"] * bool(wrong) + [f"{left} not run"] * bool(left)
    return f"{note}  ({', '.join(counts)})" if counts else note


def _points() -> dict[str, str]:
    """What each part is worth, from the README's table."""
    readme = HERE.parent / "README.md"
    text = readme.read_text("utf-8") if readme.is_file() else ""
    return dict(re.findall(r"^\| (\w+) \|.*\| ([\d.]+) \|$", text, re.MULTILINE))


def _changed() -> list[str]:
    """The given files that are missing, or not what they were; line ends don't count."""
    names = []
    for entry in GIVEN.read_text("utf-8").splitlines():
        digest, name = entry.split(maxsplit=1)
        file = HERE.parent / name
        content = file.read_bytes() if file.is_file() else b""
        if hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest() != digest:
            names.append(name)
    return names


def _write_failures(run: Run, line: Callable[..., None]) -> None:
    """The first failure of each function, in full."""
    order = run.in_order()
    first: dict[str, str] = {}
    for node in order:
        first.setdefault(run.about(node), node)
    shown = order if run.show_all else list(first.values())[:MOST_FAILURES]
    for node in shown:
        line()
        line(run.failures[node], red=True)
        line(f"  {'again':9} pytest {_selector(node)}")
        name = run.about(node).rpartition(".")[2]
        if name in ("rrelu", "batchnorm_backward") or name.endswith("_grad"):
            line(f"  {'compare':9} python -m gradflow.check {name}")
    if names := [about for about, node in first.items() if node not in shown]:
        line()
        line(f"Also wrong: {', '.join(names)}")
    if hidden := len(order) - len(shown):
        checks = "one more failed check" if hidden == 1 else f"{hidden} more failed checks"
        line()
        line(f"... and {checks}, often with the same cause. All of them: pytest -v")


def _selector(node: str) -> str:
    file, _, rest = node.partition("::")
    name = rest.split("[")[0].split("::")[-1]
    return f"{_path(Path(file).name)} -k {name}"


def _path(name: str) -> str:
    """A test file as it is named in the folder where pytest was started."""
    try:
        path = os.path.relpath(HERE / name)
    except ValueError:  # on another drive
        path = str(HERE / name)
    return f'"{path}"' if " " in path else path


def _shorten(names: list[str], width: int) -> str:
    text = ""
    for index, name in enumerate(names):
        rest = len(names) - index
        if text and len(text) + len(name) > width - 12:
            return f"{text} and {rest} more"
        text += f", {name}" if text else name
    return text


def _next_step(run: Run) -> str:
    if run.failures:
        node = run.in_order()[0]
        count = sum(run.about(each) == run.about(node) for each in run.failures)
        checks = "one check fails" if count == 1 else f"{count} checks fail"
        again = f"pytest {_path(f'test_{part_of(node)}.py')}"
        return f"Next: {run.about(node)} ({checks}, see above), then: {again}"
    for part in filter(run.todo.get, run.parts):
        again = f"pytest {_path(f'test_{part}.py')}"
        worth = f"{part}: {_points().get(part, 'some')} points"
        return f"Next: {run.todo[part][0]} (README.md, {worth}), then: {again}"
    if run.broken or not all(map(run.is_done, run.parts)):
        return "What ran is right. Next: pytest, for the checks that did not run."
    if set(PARTS) <= set(run.parts):
        return (
            "All public checks pass. Next: python -m gradflow.lab, then python submit.py.\n"
            "(The hidden tests ask more: other inputs, extreme ones too. Reread the docstrings.)"
        )
    return "All of these pass. Next: pytest, for the other parts."
