"""A made-up class of any size: right, partial, wrong and broken submissions, all different.

    python tests/benchmarks/class_of.py 200 FOLDER

writes so many zips. SHARES holds the proportions, of 200 submissions. They are a guess at a class
that had the public tests at hand: most hand in finished work, and one or two in a hundred hand in
something that can't be run at all. Finished work is not all alike: every other module holds
functions that are written in one of the odd but right ways.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from autograder.engine import classroom  # noqa: E402
from autograder.engine.assignment import Assignment  # noqa: E402
from autograder.engine.classroom import Files  # noqa: E402
from autograder.engine.mistakes import load_mistakes  # noqa: E402
from autograder.engine.variants import load_variants  # noqa: E402

SHARES = {
    "right": 92,
    "one mistake": 32,
    "two mistakes": 16,
    "five mistakes": 12,
    "partial": 30,
    "untouched": 4,
    "syntax error": 4,
    "module missing": 4,
    "exits": 3,
    "no zip": 2,
    "endless": 1,
}
RUNNABLE = ("right", "one mistake", "two mistakes", "five mistakes", "partial", "untouched")
"""What can be run without isolation: it comes to an end, and leaves the process alive."""

ENDLESS = "def {name}(*given, **named):\n    while True:\n        pass\n"
EXITS = "def {name}(*given, **named):\n    import os\n\n    os._exit(0)\n"
MISTAKES = {"one mistake": 1, "two mistakes": 2, "five mistakes": 5}


class Class:
    """Makes submissions of each kind; the same seed makes the same class."""

    def __init__(self, assignment: Assignment, seed: int = 0) -> None:
        self._assignment = assignment
        self._rng = np.random.default_rng(seed)
        mistakes = load_mistakes(assignment)
        self._variants = load_variants(assignment)
        self._by_target = {
            target: [m for m in mistakes if (m.module, m.target) == target]
            for target in {(m.module, m.target): None for m in mistakes}
        }
        self._makers: dict[str, Callable[[], Files]] = {
            "right": self._right,
            "partial": self._partial,
            "untouched": lambda: classroom.skeleton(assignment),
            "syntax error": lambda: self._with("def unfinished(:\n"),
            "module missing": self._module_missing,
            "exits": lambda: self._with(EXITS),
            "endless": lambda: self._with(ENDLESS),
        }

    def files(self, kind: str) -> Files:
        """The files of a submission of a kind of SHARES, but for "no zip", which has none."""
        if kind in MISTAKES:
            return self._with_mistakes(MISTAKES[kind])
        return self._makers[kind]()

    def _right(self) -> Files:
        files = classroom.solution(self._assignment)
        for module in self._assignment.modules:
            ways = [variant for variant in self._variants if variant.module == module]
            if ways and self._rng.random() < 0.5:
                way = ways[self._rng.integers(len(ways))]
                changed = classroom.with_variant(self._assignment, way)
                files |= {path: text for path, text in changed.items() if files.get(path) != text}
        return files

    def _with_mistakes(self, count: int) -> Files:
        """Mistakes in so many different functions."""
        targets = list(self._by_target)
        chosen = [targets[i] for i in self._rng.choice(len(targets), count, replace=False)]
        mistakes = [self._by_target[t][self._rng.integers(len(self._by_target[t]))] for t in chosen]
        return classroom.with_mistakes(self._assignment, mistakes)

    def _partial(self) -> Files:
        modules = self._assignment.modules
        return classroom.half_done(self._assignment, modules[: self._rng.integers(1, len(modules))])

    def _module_missing(self) -> Files:
        files = classroom.solution(self._assignment)
        del files[f"{self._assignment.package}/{self._rng.choice(self._assignment.modules)}.py"]
        return files

    def _with(self, code: str) -> Files:
        targets = list(self._by_target)
        module, name = targets[self._rng.integers(len(targets))]
        return classroom.with_code(self._assignment, module, code.format(name=name))


def kinds(count: int, only: tuple[str, ...] = tuple(SHARES)) -> list[str]:
    """So many kinds in the proportions of SHARES: the largest remainders round up."""
    total = sum(SHARES[kind] for kind in only)
    exact = {kind: count * SHARES[kind] / total for kind in only}
    made = {kind: int(share) for kind, share in exact.items()}
    for kind in sorted(only, key=lambda k: made[k] - exact[k])[: count - sum(made.values())]:
        made[kind] += 1
    return [kind for kind in only for _ in range(made[kind])]


def class_of(
    assignment: Assignment, count: int, only: tuple[str, ...] = tuple(SHARES), seed: int = 0
) -> Iterator[tuple[str, Files | None]]:
    """Names and files, in a mixed order; None for a file that is no zip. A comment in each makes
    no two of them the same."""
    made = Class(assignment, seed)
    order = np.random.default_rng(seed).permutation(kinds(count, only))
    for number, kind in enumerate(map(str, order)):
        name = f"student{number:05d}-{kind.replace(' ', '-')}"
        files = None if kind == "no zip" else made.files(kind)
        if files is not None:
            path = next(iter(files))
            files[path] = f"# handed in by student {number}\n".encode() + files[path]
        yield name, files


def write_class(
    assignment: Assignment, count: int, folder: Path, only: tuple[str, ...] = tuple(SHARES)
) -> Path:
    """Writes the zips, and returns their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, files in class_of(assignment, count, only):
        path = folder / f"{name}.zip"
        if files is None:
            path.write_bytes(b"My work is in the other file.\n")
        else:
            classroom.write_zip(path, files)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    write_class(Assignment.load(ROOT / "autograder"), given.count, given.folder)


if __name__ == "__main__":
    main()
