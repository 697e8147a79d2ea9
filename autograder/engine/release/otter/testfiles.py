"""What Otter gets to read: one test file a part, one test case a hidden test, all read from the
verdict; and a notebook that reads it."""

import json
from collections.abc import Sequence
from typing import Any

from ...suite.hidden_test import HiddenTest

CELL = """\
import json, pathlib
verdict = json.loads(pathlib.Path("../results/verdict.json").read_text("utf-8"))
"""
HEAD = '''\
"""Counts what the grader found in {part}; nothing is judged here."""

from otter.test_files import test_case

OK_FORMAT = False

name = {part!r}
points = None
all_or_nothing = False


def read(verdict, test):
    if reason := verdict[TESTS[test]]:
        raise AssertionError(reason)


TESTS = [
{tests}
]
'''
CASE = """

@test_case(
    name={test.title!r},
    points={test.points!r},
    hidden=True,
    success_message='{test.points:g} of {test.points:g} points',
    failure_message='0 of {test.points:g} points',
)
def test_{number}(verdict):
    read(verdict, {number})
"""


def notebook(source: str = CELL) -> str:
    """A notebook with one cell: if none is given, what reads the verdict where Otter unpacks it."""
    cell: dict[str, Any] = {"cell_type": "code", "execution_count": None, "id": "verdict"}
    cell |= {"metadata": {}, "outputs": [], "source": source}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_file(part: str, tests: Sequence[HiddenTest]) -> str:
    """The source of tests/PART.py. The tests' ids are in it, since a verdict without one of them
    must not pass; students see no more of it than the line `read(verdict, NUMBER)`."""
    ids = "\n".join(f"    {test.id!r}," for test in tests)
    cases = [CASE.format(number=number, test=test) for number, test in enumerate(tests)]
    return HEAD.format(part=part, tests=ids) + "".join(cases)
