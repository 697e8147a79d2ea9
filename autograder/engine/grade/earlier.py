"""What earlier runs left in OUT: an interrupted run goes on, a late student joins the class."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from ..assignment import Assignment
from ..errors import KitError
from ..report.result import Result, from_gradescope
from ..submission.read import Submission
from .grader import Settings
from .outputs import graded_stems, page_path, result_path, write_atomically

GRADER_FAILED = "the grader failed twice"
"""How the problem of a result begins that is no verdict on the student's work."""
PRINTS = "fingerprints.json"


def earlier_result(
    out: Path, stem: str, submission: Submission, assignment: Assignment, settings: Settings
) -> Result | None:
    """The result that an interrupted run left, if it is of these bytes, this kit and this seed, was
    made behind all layers that are required, and does not say that the grader failed."""
    result = _result(result_path(out, stem), assignment.digest, settings.seed)
    if result is None or result.problem.startswith(GRADER_FAILED):
        return None
    same = (result.name, result.sha256) == (submission.name, submission.sha256)
    protected = set(settings.require) <= set(result.grader.get("layers", ()))
    failed = any(test.kind == "grader" for test in result.tests)
    return result if same and protected and not failed else None


def _result(path: Path, kit: str, seed: int) -> Result | None:
    """The result at a path, if there is one, of this kit and this seed."""
    try:
        result = from_gradescope(json.loads(path.read_text("utf-8")))
        return result if (result.grader["digest"], result.grader["seed"]) == (kit, seed) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


@dataclass
class Earlier:
    """Results of other submissions, by their stems; same_names: the stems of those that are made
    anew; prints: see `lookalikes`."""

    out: Path
    results: dict[str, Result] = field(default_factory=dict)
    same_names: list[str] = field(default_factory=list)
    prints: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def in_folder(cls, out: Path, stems: Iterable[str], kit: str, seed: int) -> Self:
        """The results that a run of these stems doesn't replace. Raises `KitError` if they come
        from another kit or seed, as one table can't hold both."""
        found, new = cls(out), set(stems)
        for stem in graded_stems(out):
            if stem in new:
                found.same_names.append(stem)
                continue
            path = result_path(out, stem)
            result = _result(path, kit, seed)
            if result is None:
                raise KitError(
                    f"{path} is of another version of the kit, or another seed, and can't stand in"
                    " one table with new results: delete it, grade all submissions again, or name"
                    " another -o"
                )
            found.results[stem] = result
        if found.results and (out / PRINTS).exists():
            kept = json.loads((out / PRINTS).read_text("utf-8"))
            found.prints = {stem: base64.b64decode(text) for stem, text in kept.items()}
        return found

    def without(self, students: Iterable[Mapping[str, str]]) -> Iterator[str]:
        """Takes out what these students, all of a group's, handed in before, and says so. Who is
        known by name alone may be another of that name."""
        again = [dict(student) for student in students if student.keys() - {"name"}]
        for stem, result in list(self.results.items()):
            if result.students and all(dict(student) in again for student in result.students):
                del self.results[stem]
                result_path(self.out, stem).unlink(missing_ok=True)
                page_path(self.out, stem).unlink(missing_ok=True)
                yield f"replaced, the same student's: {result.name}"


def keep_prints(out: Path, prints: Mapping[str, bytes]) -> None:
    """Writes what a later run compares with."""
    text = {stem: base64.b64encode(each).decode() for stem, each in sorted(prints.items())}
    write_atomically(out / PRINTS, json.dumps(text))
