"""The student's page: what it says first, what it never says, and that markup stays text."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from autograder.engine.report.pages.figure import Chart, Curve, Figure, Histograms, Section, Table
from autograder.engine.report.pages.render import percent, points, sentence
from autograder.engine.report.pages.student import next_step, student_page
from autograder.engine.report.result import Result
from autograder.engine.report.result import TestResult as Outcome
from tests import pages_class as made

FIGURE = Figure(
    "A net", "what it is", "what it means", "",
    Chart("layer", "norm", (Curve("yours", (1.0, 0.0, float("nan"), 1e-300, 2.0), (1.0,) * 5),)),
    Histograms("shares", 0.0, 1.0, ("layer 1",), ((0.2, 0.8),), ((0.5, 0.5),)),
    Table(("layer", "norm"), (("1", "0.5"),)),
)  # fmt: skip


class Tags(HTMLParser):
    """The tags and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def a_test(kind: str, **changed: object) -> Outcome:
    known = {"reason": "r", "hint": "h", "mistake": ""} | changed
    points = 2.0
    earned = points if kind == "passed" else 0.0
    title = f"A test that {kind}."
    return Outcome(f"p/{kind}", "p", title, points, earned, kind, **known)  # type: ignore[arg-type]


def of(*tests: Outcome, problem: str = "") -> Result:
    return Result("ada.zip", "ab" * 32, tests, problem, (), {}, made.GRADER)


@pytest.mark.parametrize(
    ("kinds", "first"),
    [
        (["wrong", "import"], "import"),
        (["todo", "wrong"], "wrong"),
        (["todo", "raised", "crash"], "crash"),
        (["passed", "todo"], "todo"),
        (["wrong", "a kind to come"], "wrong"),
    ],
)
def test_what_keeps_most_from_working_comes_first(kinds: list[str], first: str) -> None:
    step = next_step(of(*map(a_test, kinds)))
    assert step is not None
    assert step.test.kind == first


def test_a_mistake_with_a_name_comes_before_one_without() -> None:
    step = next_step(of(a_test("wrong"), a_test("raised", mistake="no_root", hint="its hint")))
    assert step is not None
    assert (step.test.mistake, step.advice) == ("no_root", "its hint")


def test_a_step_is_worth_what_its_cause_costs() -> None:
    step = next_step(
        of(a_test("import", reason="x"), a_test("import", reason="x"), a_test("wrong"))
    )
    assert step is not None
    assert step.points == 4.0


def test_nothing_is_left_to_do_when_all_passed() -> None:
    assert next_step(of(a_test("passed"))) is None
    assert "All tests pass" in student_page(of(a_test("passed")), None, made.assignment())


def test_what_could_not_be_read_is_said_first() -> None:
    page = student_page(
        of(a_test("missing"), problem="not a readable zip file"), None, made.assignment()
    )
    assert "Not a readable zip file." in Tags(page).text


def test_every_test_is_there_with_its_reason_and_hint() -> None:
    result = made.result("ada.zip", 0.5, np.random.default_rng(0))
    text = Tags(student_page(result, Section("Figures", [FIGURE]), made.assignment())).text
    for test in result.tests:
        assert test.title in text
        assert sentence(test.reason) in text
        assert test.hint in text


def test_markup_from_a_student_shows_as_text() -> None:
    result = made.hostile_result(np.random.default_rng(0))
    plain = made.result("ada.zip", 0.3, np.random.default_rng(0))
    hostile = replace(FIGURE, missing=made.HOSTILE)
    page = student_page(
        result, Section("Figures", [hostile, FIGURE], made.HOSTILE, made.HOSTILE), made.assignment()
    )
    seen = Tags(page)
    assert made.HOSTILE in seen.text
    expected = Tags(
        student_page(
            plain,
            Section("Figures", [replace(FIGURE, missing="x"), FIGURE], "x", "x"),
            made.assignment(),
        )
    )
    assert seen.tags <= expected.tags | {"h2"}
    assert "onerror" not in seen.attributes
    assert "script" not in seen.tags


def test_the_page_needs_no_other_file() -> None:
    page = student_page(
        made.result("a.zip", 0.5, np.random.default_rng(0)),
        Section("Figures", [FIGURE]),
        made.assignment(),
    )
    assert not {"src", "srcset", "action", "onclick"} & Tags(page).attributes
    assert "url(" not in page
    assert "http:" not in page.replace("http-equiv", "")
    assert "https:" not in page


def test_the_same_result_gives_the_same_page() -> None:
    result = made.result("a.zip", 0.5, np.random.default_rng(0))
    assert student_page(result, Section("Figures", [FIGURE]), made.assignment()) == student_page(
        result, Section("Figures", [FIGURE]), made.assignment()
    )


def test_numbers_that_can_not_be_drawn_leave_a_gap() -> None:
    page = student_page(of(a_test("wrong")), Section("Figures", [FIGURE]), made.assignment())
    assert "nan" not in page
    assert "inf," not in page


@pytest.mark.parametrize(
    ("value", "text"), [(12.0, "12"), (0.5, "0.5"), (100.0, "100"), (0.0, "0"), (87.25, "87.25")]
)
def test_points_are_written_as_people_write_them(value: float, text: str) -> None:
    assert points(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (1, "100 %"), (0.999, "99 %"), (0.001, "1 %"), (0.5, "50 %")]
)
def test_percents_do_not_round_to_all_or_nothing(share: float, text: str) -> None:
    assert percent(share) == text
