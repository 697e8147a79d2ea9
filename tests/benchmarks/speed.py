"""Times `grade` and `otter run` on one class: `python -m tests.benchmarks.speed`.

Prints a Markdown table, in two minutes or three. Seconds depend on the machine and on what else it
does, so the ways take turns, the better of two rounds counts, and the last column holds ratios.
"""

import tempfile
import time
from pathlib import Path

from autograder.engine.assignment import Assignment
from autograder.engine.grade.archive import write_archive
from autograder.engine.mistakes import load_mistakes
from autograder.engine.prove import made_up
from autograder.engine.release.build import hidden_tests
from autograder.engine.release.otter.package import write_autograder_zip
from tests.kit import ROOT, python

ROUNDS = 2
SIZE = 60
"""Submissions of the class."""
OTTER = 6
"""As many submissions as `otter run` takes at most: each costs it seconds."""


def write_class(assignment: Assignment, folder: Path) -> list[Path]:
    """Of six, three are right, two have a mistake, one is half done; no two are the same."""
    mistakes = [mistake for mistake in load_mistakes(assignment) if not mistake.is_probe]
    for number in range(SIZE):
        if number % 6 < 3:
            files = made_up.solution(assignment)
        elif number % 6 < 5:
            files = made_up.with_mistakes(assignment, [mistakes[number * 37 % len(mistakes)]])
        else:
            files = made_up.half_done(assignment, assignment.modules[:2])
        path = f"{assignment.package}/{assignment.modules[0]}.py"
        files[path] = f"# student {number}\n".encode() + files[path]
        write_archive(folder / f"{number:03}.zip", files)
    return sorted(folder.iterdir())


def seconds(words: list[object]) -> float:
    """What `python -m WORDS` takes."""
    started = time.perf_counter()
    python("-m", *words)
    return time.perf_counter() - started


def main() -> None:
    assignment = Assignment.load(ROOT / "autograder")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sample = write_class(assignment, work / "class")[:OTTER]
        archive = work / "autograder.zip"
        write_autograder_zip(assignment, hidden_tests(assignment), archive)

        grade = ["autograder", "grade", work / "class", "-o"]
        ways = {  # the commands of each, and of how many submissions
            "otter run": ([["otter", "run", "-a", archive, "-o", work, p] for p in sample], OTTER),
            "grade --jobs 1": ([[*grade, work / "1", "--jobs", 1]], SIZE),
            "grade --jobs 2": ([[*grade, work / "2", "--jobs", 2]], SIZE),
        }
        rounds = [
            {way: sum(map(seconds, commands)) / size for way, (commands, size) in ways.items()}
            for _ in range(ROUNDS)
        ]
    each = {way: min(taken[way] for taken in rounds) for way in ways}
    print("| way | submissions | s each | times as fast as `otter run` |\n|---|--:|--:|--:|")
    for way, (_, size) in ways.items():
        ratio = each["otter run"] / each[way]
        print(f"| `{way}` | {size} | {each[way]:.2f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
