"""Worked examples beside hints: small, public, the same in every grading, and true."""

import re

import numpy as np
import pytest

from autograder.engine.explain.example import MOST_CHARACTERS, Examples
from autograder.engine.grade.grader import Grader
from autograder.engine.prove import made_up
from autograder.engine.report.result import from_gradescope, graded, to_gradescope
from autograder.engine.submission.read import Submission
from autograder.engine.suite.hidden_test import HiddenTest, Outcome
from autograder.engine.suite.program import Events

STATED = {
    "sigmoid_grad_at_activation": "For z = [2] this mistake gives [-2]; the right value is [0.105].",
    "relu_grad_integers": "For z = [2] this mistake gives an int64 array of shape (1,);"
    " right is a float64 array of shape (1,).",
    "relu_in_place_nothing_returned": "For z = [2] this mistake gives None;"
    " right is a float64 array of shape (1,).",
    "sigmoid_plain_formula": "For z = [-1000] this mistake gives a RuntimeWarning:"
    " overflow encountered in exp; right is the value without a warning.",
    "sigmoid_assigns_into_scalar": "For z = array(-0.5) this mistake raises TypeError;"
    " the right value is 0.3775.",
    "global_norm_sum_of_norms": "For grads = [[3, 4], [0, 12]], max_norm = 2 this mistake gives"
    " clipped = [[0.3529, 0.4706], [0, 1.412]]; the right clipped is"
    " [[0.4615, 0.6154], [0, 1.846]].",
    "clip_norm_hands_back_given_arrays": "For grads = [[3, 4]], max_norm = 100 this mistake returns"
    " the memory of argument grads[0]; right is a new array.",
    "clip_value_limit_zero": "For grads = [[3, 4]], threshold = 0 this mistake gives [[0, 0]];"
    " right is a ValueError.",
    "bn_global_statistics": "For x = [[1, 4], [2, 0], [6, 8]], gamma = [2, 3], beta = [0.5, -1],"
    " running_mean = [1, 4], running_var = [4, 9], training = True this mistake gives"
    " out[2, 1] = 3.798; the right out[2, 1] is 2.674.",
    "xavier_normal_he_gain": "For n_in = 300, n_out = 100 this mistake gives draws of standard"
    " deviation 0.0997; it should be about 0.0705.",
    "rrelu_never_random": "",
}


@pytest.fixture(scope="module")
def mistakes(grader):
    return {mistake.name: mistake for mistake in grader.mistakes if not mistake.is_probe}


def examples(grader: Grader) -> Examples:
    return Examples(grader.assignment, grader.suite.reference, grader.mistakes)


@pytest.mark.parametrize("name", STATED)
def test_what_an_example_says(grader, mistakes, name):
    assert examples(grader).of(mistakes[name]) == STATED[name]


def test_examples_are_short_and_depend_on_no_other(grader, mistakes):
    one, other = examples(grader), examples(grader)
    chosen = list(mistakes.values())[::4]
    said = [one.of(mistake) for mistake in chosen]
    np.random.default_rng(1).shuffle(said_again := list(enumerate(chosen)))
    assert all(other.of(mistake) == said[number] for number, mistake in said_again)
    assert np.mean([text != "" for text in said]) > 0.9
    assert max(map(len, said)) <= MOST_CHARACTERS


def test_an_example_stands_beside_the_hint_in_the_result(kit, grader):
    name = "diagnose_labels_swapped"
    slips = [mistake for mistake in grader.mistakes if mistake.name == name]
    submission = Submission("ada.zip", "ab" * 32, made_up.with_mistakes(kit, slips))
    result = grader.grade_submission(submission)
    content = to_gradescope(result)
    assert from_gradescope(content) == result
    named = [test for test in content["tests"] if test["extra_data"]["mistake"] == name]
    assert named
    for test in named:
        example = test["extra_data"]["example"]
        assert re.fullmatch(r"For norms = \S+ \S+ \S+ this mistake gives '.*", example)
        assert example in test["output"]
    assert all(not t["extra_data"]["example"] for t in content["tests"] if t not in named)


@pytest.mark.parametrize(
    ("kind", "said", "shown"),
    [
        ("wrong", "", "the test's"),
        ("wrong", "the check's", "the check's"),
        ("raised", "the exception's", "the exception's"),
        ("unusable", "", ""),
        ("timeout", "", ""),
    ],
)
def test_without_a_named_mistake_the_hint_is_that_of_what_failed(kind, said, shown):
    test = HiddenTest("p/t", "p", "f: a title.", "the test's", 1.0)
    outcome = Outcome(test, kind, "a reason", hint=said)
    submission = Submission("ada.zip", "ab" * 32, {})
    (result,) = graded(submission, [test], [outcome], Events(), {}).tests
    assert result.hint == shown


def test_a_hint_at_where_answers_are_wrong_has_no_example(kit, grader, mistakes):
    """The student's numbers are not the mistake's: here 100 times the share."""
    code = "def saturated_fraction(*args, **kwargs):\n    return 100 * _right(*args, **kwargs)\n"
    head = "from ._right_diagnostics import saturated_fraction as _right\n\n\n"
    files = made_up.with_code(kit, "diagnostics", head + code)
    outcomes, _ = grader.run(files)
    told = [o.explanation for o in examples(grader).beside(outcomes) if o.explanation]
    where = [each for each in told if each.mistake and mistakes[each.mistake].where]
    assert where
    assert not any(each.example for each in where)


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("verdict.title()", "plain string"),
        ("{'healthy': None}.get(verdict, verdict)", "without a `return`"),
        ("verdict if verdict == 'vanishing' else {}[verdict]", "no such key"),
        ("'healthy' if verdict != 'healthy' else 'exploding'", ""),
    ],
)
def test_beside_an_exception_or_no_answer_stands_no_hint_at_where_answers_are_wrong(
    kit, grader, returned, said
):
    code = f"""
_right = diagnose

def diagnose(*args, **kwargs):
    verdict = _right(*args, **kwargs)
    return {returned}
"""
    test = "diagnostics/diagnose_verdicts"
    (outcome,), _ = grader.run(made_up.with_code(kit, "diagnostics", code), [test])
    assert (outcome.explanation is None) == bool(said)
    assert said in outcome.hint
