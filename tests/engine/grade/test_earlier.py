"""Who joins a class late takes no other student's result away."""

from pathlib import Path

import pytest

from autograder.engine.grade.earlier import Earlier
from autograder.engine.report.result import Result

ADA, ZOE, NAME = {"name": "Ada", "id": "1"}, {"name": "Zoë", "id": "2"}, {"name": "Ada"}


@pytest.mark.parametrize(
    ("before", "late", "stays"),
    [
        ([ADA], [ADA], False),
        ([ADA, ZOE], [ZOE, ADA], False),
        ([ADA, ZOE], [ADA], True),  # of a group one alone
        ([NAME], [NAME], True),  # another of that name, perhaps
        ([], [ADA], True),
    ],
)
def test_only_the_same_students_results_are_replaced(
    before: list[dict[str, str]], late: list[dict[str, str]], stays: bool, tmp_path: Path
) -> None:
    result = Result("x.zip", "", (), "", (), {}, {}, tuple(before))
    earlier = Earlier(tmp_path, {"x": result})
    assert len(list(earlier.without(late))) == (not stays)
    assert bool(earlier.results) == stays
