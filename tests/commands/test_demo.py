"""The demo's class: mistakes that real classes make, each told by its name, and seen in a curve."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from autograder.engine.assignment import Assignment, AssignmentError
from autograder.engine.grade.grading import Grader
from autograder.engine.grade.reporter import Reporter
from autograder.engine.prove.demo import demo_class
from autograder.engine.report.pages.figure import Figure
from autograder.engine.report.result import Result
from autograder.engine.submission.read import Submission

COMMON = {
    "divides_by_variance",
    "sigmoid_grad_at_activation",
    "unbiased_variance",
    "mean_path_missing",
    "global_norm_per_array",
    "he_uniform_default_fan_in",
    "momentum_swapped",
    "relu_in_place",
}
SEEN = 2.0
"""By this factor at least a curve is beside the reference's where one sees it."""


@pytest.fixture(scope="module")
def results(kit: Assignment, grader: Grader) -> dict[str, Result]:
    made = demo_class(kit)
    return {
        name: grader.grade_submission(Submission(f"{name}.zip", "ab" * 32, made[name]))
        for name in kit.demo
    }


def named(result: Result) -> set[str]:
    return {test.mistake for test in result.tests if test.mistake}


def test_each_mistake_is_named_and_no_other(kit: Assignment, results: dict[str, Result]) -> None:
    assert {name for names in kit.demo.values() for name in names} >= COMMON
    assert {name: named(result) for name, result in results.items()} == {
        name: set(mistakes) for name, mistakes in kit.demo.items()
    }


def test_only_whole_nets_fail_without_a_name(results: dict[str, Result]) -> None:
    for result in results.values():
        failed = [test for test in result.tests if test.kind != "passed"]
        assert all(test.mistake for test in failed if test.part != "deep_network")


def test_what_to_teach_again_differs_in_urgency(results: dict[str, Result]) -> None:
    counts = Counter(name for result in results.values() for name in named(result))
    assert len(set(counts.values())) >= 4


def test_three_students_see_a_curve_that_leaves_the_reference(
    kit: Assignment, grader: Grader
) -> None:
    reporter, made, seen = Reporter(kit), demo_class(kit), set()
    for name in kit.demo:
        program = grader.program(made[name])
        try:
            if any(map(leaves, reporter.figures(program).figures)):
                seen.add(name)
        finally:
            program.end()
    assert len(seen) >= 3


def leaves(figure: Figure) -> bool:
    """Whether one of its curves is far from the reference's."""
    for curve in figure.chart.curves if figure.chart else ():
        if curve.reference:
            ratios = np.array(curve.yours) / np.array(curve.reference)
            if np.max(np.maximum(ratios, 1 / ratios)) > SEEN:
                return True
    return False


def test_a_mistake_that_is_not_in_the_catalogue_is_said(kit: Assignment) -> None:
    other = replace(kit, demo={"nora": ["no_such_mistake"]})
    with pytest.raises(AssignmentError, match=r"nora: no mistake is named no_such_mistake"):
        demo_class(other)
