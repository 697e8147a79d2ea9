"""Named mistakes: the catalogue, and finding the one that explains a failure."""

from __future__ import annotations

import numpy as np

from autograder.engine import classroom
from autograder.engine.assignment import Assignment
from autograder.engine.explain.comparison import same
from autograder.engine.grading import Grader
from autograder.engine.mistakes import load_mistakes
from autograder.engine.variants import load_variants


def outcomes_of(grader: Grader, name: str, tests: list[str] | None = None) -> dict:
    (mistake,) = [m for m in grader.mistakes if m.name == name]
    files = classroom.with_mistakes(grader.assignment, [mistake])
    return {outcome.test.id: outcome for outcome in grader.run(files, tests)[0]}


def test_a_mistake_is_named_where_it_shows(tiny_grader: Grader) -> None:
    outcomes = outcomes_of(tiny_grader, "multiplied_first")
    assert outcomes["scales/values"].explanation.mistake == "multiplied_first"
    assert outcomes["averages/mean"].passed


def test_a_change_of_the_arguments_tells_two_mistakes_apart(tiny_grader: Grader) -> None:
    outcomes = outcomes_of(tiny_grader, "in_place")
    assert outcomes["scales/values"].passed
    assert outcomes["scales/unchanged"].explanation.mistake == "in_place"


def test_nothing_is_named_when_no_mistake_explains_the_answers(
    tiny: Assignment, tiny_grader: Grader
) -> None:
    files = classroom.with_code(tiny, "scales", "def celsius(f):\n    return f * 0.123\n")
    outcomes = {o.test.id: o for o in tiny_grader.run(files)[0]}
    assert not outcomes["scales/values"].passed
    assert outcomes["scales/values"].explanation is None


def test_numbers_are_compared_relative_to_their_size() -> None:
    assert same(np.array([1.0, 1e-14]), np.array([1.0, 0.0]))
    assert not same(np.array([1e-200]), np.array([2e-200]))
    assert same(np.array([np.nan, np.inf]), np.array([np.nan, np.inf]))


def test_the_kits_catalogue_is_large_and_kind(kit: Assignment) -> None:
    mistakes = load_mistakes(kit)
    assert len(mistakes) >= 120
    assert all(10 <= len(mistake.hint) <= 400 for mistake in mistakes)
    targets = {(mistake.module, mistake.target) for mistake in mistakes}
    assert len(targets) >= 26


def test_the_kits_variants_are_many(kit: Assignment) -> None:
    assert len(load_variants(kit)) >= 50
