"""The runner of `mutation/`: what it calls killed, what survives, and what it reports."""

from __future__ import annotations

import pytest

from autograder.engine import classroom
from autograder.engine.assignment import Assignment
from autograder.engine.grading import Grader
from tests.mutation.mutants import Change, Mutant, mutants
from tests.mutation.run import ASSIGNMENT, EQUIVALENT, Judge, listed, problems

RIGHT = "    return (np.asarray(fahrenheit) - 32.0) * 5.0 / 9.0"
EQUAL = "    return 5.0 * (np.asarray(fahrenheit) - 32.0) / 9.0"
WRONG = "    return (np.asarray(fahrenheit) + 32.0) * 5.0 / 9.0"
CHANGE = Change("scales.celsius", RIGHT.strip(), EQUAL.strip())


def _mutant(assignment: Assignment, line: str) -> Mutant:
    source = classroom.solution(assignment)["thermo/scales.py"].decode()
    assert RIGHT in source
    return Mutant(
        Change("scales.celsius", RIGHT.strip(), line.strip()), source.replace(RIGHT, line)
    )


@pytest.mark.parametrize(("line", "lives"), [(EQUAL, True), (WRONG, False)])
def test_a_mutant_survives_where_it_keeps_every_point(
    tiny: Assignment, tiny_grader: Grader, line: str, lives: bool
) -> None:
    assert Judge(tiny_grader).survives(_mutant(tiny, line)) is lives


def test_a_listed_survivor_is_no_problem() -> None:
    assert list(problems([(Mutant(CHANGE, ""), True)], {CHANGE: "the same product"})) == []


def test_a_killed_mutant_is_no_problem() -> None:
    assert list(problems([(Mutant(CHANGE, ""), False)], {})) == []


def test_an_unlisted_survivor_is_reported() -> None:
    (problem,) = problems([(Mutant(CHANGE, ""), True)], {})
    assert problem.startswith("survives: scales.celsius: return (np.asarray")


@pytest.mark.parametrize("verdicts", [[False], [True, False]])
def test_a_listed_mutant_that_is_killed_is_reported(verdicts: list[bool]) -> None:
    tested = [(Mutant(CHANGE, ""), lives) for lives in verdicts]
    (problem,) = problems(tested, {CHANGE: "no longer true"})
    assert problem.startswith("listed, but killed")


def test_a_listed_change_of_a_line_that_is_gone_is_reported() -> None:
    (problem,) = problems([], {CHANGE: "of an older solution"})
    assert problem.startswith("listed, but no mutant")


def test_every_listed_change_is_of_a_function_there_is_and_has_a_reason() -> None:
    kit = Assignment.load(ASSIGNMENT)
    for change, reason in listed(EQUIVALENT).items():
        module, _, function = change.function.partition(".")
        assert f"def {function}(" in kit.solution_files[f"gradflow/{module}.py"].decode()
        assert reason


def test_the_mutants_of_a_line() -> None:
    """Each tool's own, once each; what can't be imported, and what only moves text, is left out."""
    pytest.importorskip("cosmic_ray")
    pytest.importorskip("mutmut")
    source = (
        '"""Words."""\n'
        "def half(x: int | None, digits: int = 0):\n"
        '    """Words."""\n'
        "    return round(x / 2, digits)  # half\n"
    )
    made = mutants("numbers", source)
    changes = {mutant.change.after for mutant in made}
    assert {"return round(x // 2, digits)", "return round(x / 3, digits)"} <= changes  # cosmic-ray
    assert {"return round(None, digits)", "return round(x / 2)"} <= changes  # mutmut
    assert {mutant.change.function for mutant in made} == {"numbers.half"}
    assert not any("x: int &" in after for after in changes)
    assert len({mutant.source for mutant in made}) == len(made)
