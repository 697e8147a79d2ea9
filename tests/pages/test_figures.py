"""The figures: of any submission something is drawn or said, and no grade depends on them."""

from dataclasses import replace

import pytest

from autograder.engine.grade.reporter import Reporter
from autograder.engine.prove import made_up
from autograder.engine.prove.made_up import Files
from autograder.engine.report.pages.figure import Figure
from autograder.engine.report.result import to_json
from autograder.engine.submission.read import Submission
from autograder.figures import FIGURES


@pytest.fixture(scope="module")
def reporter(kit):
    return Reporter(kit)


@pytest.fixture
def drawn(grader, reporter):
    def draw(files: Files) -> dict[str, Figure]:
        program = grader.program(files)
        try:
            return {figure.title: figure for figure in reporter.figures(program).figures}
        finally:
            program.end()

    return draw


def test_the_solution_has_every_figure_and_its_sentences_say_what_is_measured(kit, drawn):
    figures = drawn(made_up.solution(kit))
    assert len(figures) == len(FIGURES)
    for figure in figures.values():
        assert figure.missing == ""
        assert figure.chart is not None
        assert figure.table
        assert "not where the reference's is" not in figure.meaning
        assert "not the reference's" not in figure.meaning
    assert "saturated" in figures["The disease: sigmoid, weights from N(0, 1)"].meaning
    assert "it vanishes" in figures["Xavier, still with sigmoid"].meaning
    for title in ("He with ReLU", "He with ELU", "Batch normalisation against the disease"):
        assert "every layer gets to learn" in figures[title].meaning


def test_a_small_error_is_seen_where_the_weights_are_the_same(kit, drawn):
    source = "_right = sigmoid_grad\n\n\ndef sigmoid_grad(z):\n    return 1.1 * _right(z)\n"
    figures = drawn(made_up.with_code(kit, "activations", source))
    meaning = figures["The disease: sigmoid, weights from N(0, 1)"].meaning
    assert "not where the reference's is" in meaning


def test_what_is_still_to_do_is_named(kit, drawn):
    figures = drawn(made_up.skeleton(kit)).values()
    assert all("still to do" in figure.missing for figure in figures)


def test_one_gap_leaves_the_other_figures(kit, drawn):
    source = "def batchnorm_backward(dout, cache):\n    1 / 0\n"
    figures = drawn(made_up.with_code(kit, "batchnorm", source))
    (missing,) = (figure for figure in figures.values() if figure.missing)
    assert missing.title == "Batch normalisation against the disease"
    assert "ZeroDivisionError" in missing.missing


@pytest.mark.parametrize(
    "body",
    [
        "return z * np.nan",
        "return z * np.inf",
        "return 0 * z",
        "return z > 0",
        "return z * 1j",
        "return z[0]",
        "return z * 1e300",
        "return z.astype(str)",
        "return None",
        "return np.broadcast_to(z.ravel()[0], (10**6, 10**5))",
    ],
)
def test_any_answer_is_drawn_or_said(kit, drawn, body):
    source = "\n\n\n".join(f"def {name}(z):\n    {body}\n" for name in ("relu", "elu_grad"))
    figures = drawn(made_up.with_code(kit, "activations", source))
    for title in ("He with ReLU", "He with ELU"):
        assert figures[title].missing or figures[title].meaning


@pytest.mark.parametrize("body", ["return None", "return grads, 1", "return [0]", "return 'x'"])
def test_any_clipping_is_drawn_or_said(kit, drawn, body):
    source = f"def clip_by_global_norm(grads, max_norm):\n    {body}\n"
    figure = drawn(made_up.with_code(kit, "clipping", source))["Clipping on a net that explodes"]
    said = figure.meaning + figure.missing
    assert "clip_by_global_norm" in said or "tests above" in said


@pytest.mark.slow
def test_figures_change_no_result(kit, grader, reporter):
    """This submission does well in the tests, and misbehaves once its figures are drawn."""
    source = (
        "import os\n_right = elu\n\n\ndef elu(z, alpha=1.0):\n"
        "    if np.shape(z) == (32, 32):\n        os._exit(3)\n    return _right(z, alpha)\n"
    )
    submission = Submission("a.zip", "ab", made_up.with_code(kit, "activations", source))
    report = reporter.grade(grader, submission)
    assert to_json(report.result) == to_json(grader.grade_submission(submission))
    assert "ended the Python process" in report.page


def test_a_failure_of_a_figure_is_said(grader, kit):
    def fails(student: object, reference: object) -> Figure:
        raise RuntimeError

    reporter = Reporter(kit)
    section, drawing = reporter._drawing
    reporter.__dict__["_drawing"] = section, [*drawing[:2], fails]
    report = reporter.grade(grader, Submission("a.zip", "ab", made_up.solution(kit)))
    assert "<strong>Figure 3</strong><br>Could not be drawn (RuntimeError)." in report.page
    assert report.page.count('<article class="card"') == 2
    assert report.result.earned == report.result.points


def test_a_page_may_do_without(kit, grader, reporter, monkeypatch):
    submission = Submission("a.zip", "", made_up.solution(kit))
    drawn = reporter.grade(grader, submission)
    monkeypatch.setattr(grader, "settings", replace(grader.settings, figures=False))
    plain = reporter.grade(grader, submission)
    assert "Your own network" in drawn.page
    assert "Your own network" not in plain.page
    assert to_json(plain.result) == to_json(drawn.result)
