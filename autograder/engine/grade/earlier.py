"""What earlier runs left in OUT: a late student's result joins those of the class."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import KitError
from ..report.result import Result, from_gradescope
from .batch import page_path, write_atomically

PRINTS = "fingerprints.json"


@dataclass
class Earlier:
    """Results of other submissions, by their stems; prints: see `lookalikes`."""

    out: Path
    results: dict[str, Result] = field(default_factory=dict)
    prints: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def in_folder(cls, out: Path, stems: Iterable[str], kit: str, seed: int) -> Earlier:
        """The results that a run of these stems doesn't replace. Raises `KitError` if they come
        from another kit or seed, as one table can't hold both."""
        found = cls(out)
        new = set(stems)
        for path in sorted((out / "results").glob("*.json")):
            if path.stem in new:
                continue
            try:
                result = from_gradescope(json.loads(path.read_text("utf-8")))
                same = (result.grader["digest"], result.grader["seed"]) == (kit, seed)
            except (OSError, ValueError, KeyError, TypeError):
                same = False
            if not same:
                raise KitError(
                    f"{path} is of another version of the kit, or another seed, and can't stand in"
                    " one table with new results: grade the whole class, or name another -o"
                )
            found.results[path.stem] = result
        if found.results and (out / PRINTS).exists():
            kept = json.loads((out / PRINTS).read_text("utf-8"))
            found.prints = {stem: base64.b64decode(text) for stem, text in kept.items()}
        return found

    def without(self, students: Iterable[Mapping[str, str]]) -> Iterator[str]:
        """Takes out what these students handed in before, and says so."""
        again = [dict(student) for student in students if student]
        for stem, result in list(self.results.items()):
            if any(dict(student) in again for student in result.students):
                del self.results[stem]
                (self.out / "results" / f"{stem}.json").unlink(missing_ok=True)
                page_path(self.out, stem).unlink(missing_ok=True)
                yield f"replaced, the same student's: {result.name}"


def keep_prints(out: Path, prints: Mapping[str, bytes]) -> None:
    """Writes what a later run compares with."""
    text = {stem: base64.b64encode(each).decode() for stem, each in sorted(prints.items())}
    write_atomically(out / PRINTS, json.dumps(text))
