"""The hidden suites as the engine runs them."""

from __future__ import annotations

import dataclasses
import shutil

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grading import Grader
from autograder.engine.prove import classroom
from autograder.engine.suite.collection import SuiteError
from autograder.engine.suite.suite import Suite


def test_a_test_is_collected_with_all_that_students_see(tiny_grader: Grader) -> None:
    first = tiny_grader.suite.tests[0]
    assert first.id == "scales/values"
    assert (first.part, first.points) == ("scales", 6.0)
    assert first.title == "Fahrenheit becomes Celsius."
    assert first.hint == "Which comes first: taking 32 away, or scaling?"


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
        program = tiny_grader.program(wrong)
        outcomes = tiny_grader.suite.run(program, seed)
        program.end()
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


MIXED = """
import pytest

@pytest.fixture
def degrees():
    yield 212.0

@pytest.mark.points(1)
def test_own_fixture(student, degrees):
    '''A fixture of the suite.'''
    assert student.scales.celsius(degrees) == 100.0

@pytest.mark.points(1)
@pytest.mark.parametrize("given", [32.0, 50.0])
def test_parameter(student, given, reference):
    '''A parameter.'''
    assert student.scales.celsius(given) == reference.scales.celsius(given)

class TestClass:
    @pytest.mark.points(1)
    def test_method(self, student, rng):
        '''A method.'''
        assert student.scales.celsius(rng.normal()) < 100.0

@pytest.mark.points(1)
@pytest.mark.parametrize("degrees", [1.0], indirect=True)
def test_indirect(student, degrees):
    '''A parameter of a fixture.'''
    assert degrees == 212.0
"""
OTHER_RNG = "import pytest\n\n@pytest.fixture\ndef rng():\n    return 'another'\n"
WITH_OTHER_RNG = """
import pytest

@pytest.mark.points(1)
def test_rng(student, rng):
    '''The generator.'''
    assert rng == 'another'
"""


@pytest.mark.parametrize(
    ("source", "conftest", "count"), [(MIXED, "", 5), (WITH_OTHER_RNG, OTHER_RNG, 1)]
)
def test_a_suite_may_use_all_of_pytest(
    tiny: Assignment, tiny_grader: Grader, tmp_path, source: str, conftest: str, count: int
) -> None:
    """Tests that need more than the kit's fixtures are run by pytest itself, among the others."""
    (tmp_path / "conftest.py").write_text(conftest)
    for name in tiny.parts:
        (tmp_path / f"test_{name}.py").write_text(source)
    suite = Suite(dataclasses.replace(tiny, suites=tmp_path))
    for _ in range(2):
        program = tiny_grader.program(classroom.solution(tiny))
        outcomes = suite.run(program, 0)
        program.end()
        assert [(o.test.id, o.reason) for o in outcomes if not o.passed] == []
        assert len(outcomes) == count * len(tiny.parts)
    suite.close()
