"""The hidden suites as the engine runs them."""

from __future__ import annotations

import dataclasses
import shutil

import pytest

from autograder.engine import classroom
from autograder.engine.assignment import Assignment
from autograder.engine.grading import Grader
from autograder.engine.suite import Suite, SuiteError


def test_a_test_is_collected_with_all_that_students_see(tiny_grader: Grader) -> None:
    first = tiny_grader.suite.tests[0]
    assert first.id == "scales/values"
    assert (first.part, first.points) == ("scales", 6.0)
    assert first.title == "Fahrenheit becomes Celsius."
    assert first.hint == "Which comes first: taking 32 away, or scaling?"
    assert first.catches == ("multiplied_first", "offset_forgotten")


def test_the_solution_passes_and_the_skeleton_does_not(
    tiny: Assignment, tiny_grader: Grader
) -> None:
    right, _ = tiny_grader.run(classroom.solution(tiny))
    empty, _ = tiny_grader.run(classroom.skeleton(tiny))
    assert all(outcome.passed for outcome in right)
    assert {outcome.kind for outcome in empty} == {"todo"}
    assert [o.test.id for o in right] == [test.id for test in tiny_grader.suite.tests]


def test_a_subset_of_the_tests_can_be_run(tiny: Assignment, tiny_grader: Grader) -> None:
    outcomes, _ = tiny_grader.run(classroom.solution(tiny), ["averages/empty"])
    assert [outcome.test.id for outcome in outcomes] == ["averages/empty"]


def test_the_inputs_follow_from_the_seed(tiny: Assignment, tiny_grader: Grader) -> None:
    wrong = classroom.with_code(tiny, "averages", "def mean_celsius(t):\n    return t[0] * 0\n")
    reasons = {}
    for seed in (0, 0, 1):
        student = tiny_grader.student(wrong)
        outcomes = tiny_grader.suite.run(student, seed)
        student.close()
        reasons.setdefault(seed, []).append([outcome.reason for outcome in outcomes])
    assert reasons[0][0] == reasons[0][1]


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ("def test_a(student):\n    '''Title.'''\n", "points"),
        ("import pytest\n\n@pytest.mark.points(1)\ndef test_a(student):\n    pass\n", "docstring"),
        ("import nothing_of_that_name\n", "nothing_of_that_name"),
    ],
)
def test_a_suite_that_cant_be_used_is_refused_with_its_reason(
    tiny: Assignment, tmp_path, broken: str, what: str
) -> None:
    shutil.copytree(tiny.suites, tmp_path / "suites")
    (tmp_path / "suites" / "test_scales.py").write_text(broken)
    with pytest.raises(SuiteError, match=what):
        Suite(dataclasses.replace(tiny, suites=tmp_path / "suites"))


def test_an_error_of_the_suite_itself_is_told_apart(tiny: Assignment, tiny_grader: Grader) -> None:
    """A test that stumbles over a result costs its points, and says that the grader is to blame."""
    odd = classroom.with_code(tiny, "scales", "def celsius(f):\n    return 'warm'\n")
    kinds = {o.test.id: o.kind for o in tiny_grader.run(odd)[0]}
    assert kinds["scales/values"] == "wrong"
