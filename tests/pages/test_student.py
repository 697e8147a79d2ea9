"""The student's page: what it says first, what it never says, and that markup stays text."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from autograder.engine.report.pages.figure import Chart, Curve, Figure, Histograms, Section, Table
from autograder.engine.report.pages.render import percent, points, sentence
from autograder.engine.report.pages.student import Group, Part, next_step, student_page
from autograder.engine.report.result import Result
from autograder.engine.report.result import TestResult as Outcome
from tests.pages import made

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


def about(function: str, kind: str = "wrong", points: float = 1.0, **changed: str) -> Outcome:
    """A failed test of a function."""
    made = a_test(kind, function=f"m.{function}" if function else "", **changed)
    title = f"{function}: {points} points {len(changed)}"
    return replace(made, points=points, title=title, id=f"{title} {kind} {changed}")


@pytest.mark.parametrize(
    ("tests", "function", "cost"),
    [
        ([about("f"), about("g", points=3), about("f", "raised")], "m.g", 3),
        ([about("f"), about("g", points=3), about("f", "raised", 2.5)], "m.f", 3.5),
        # what is not written yet waits its turn, however much it is worth
        ([about("f"), about("g", "todo", 0.5), about("h", "todo", 9)], "m.f", 1),
        ([about("g", "todo", 2), about("f"), about("h", "todo", 9)], "m.g", 2),
        # a test of several functions, or a net, counts where its mistake is made
        (
            [about("f", points=2), about("g", mistake="x"), about("", mistake="x", points=3)],
            "m.g",
            4,
        ),
        ([about("f", points=2), about("", mistake="x", points=3)], "", 3),
        # a file that can't be imported comes first
        ([about("f", points=9), about("g", "import"), about("h", "import", 2)], "", 3),
    ],
)
def test_the_next_step_is_the_function_that_costs_most(
    tests: list[Outcome], function: str, cost: float
) -> None:
    step = next_step(of(*tests))
    assert step is not None
    assert (step.function, step.points) == (function, cost)


def test_the_next_step_shows_the_functions_first_test() -> None:
    """Tests of values come before those of extremes in a suite."""
    values, extremes = about("f", hint="values"), about("f", hint="extremes", mistake="overflow")
    step = next_step(of(about("", mistake="overflow"), values, extremes))
    assert step is not None
    assert (step.test, step.advice, step.count) == (values, "values", 3)


def test_tests_stand_with_their_function_and_a_hint_once() -> None:
    tests = [
        about("", hint="ours", mistake="x", reason="both are wrong"),
        about("f", hint="ours", mistake="x", example="For z = 2"),
        about("f", "raised", hint="ours", mistake="x"),
        replace(about("f", "passed"), earned=1.0),
        replace(about("g", "passed"), earned=1.0),
        about("h", "todo", reason="h is still to do"),
        about("h", "todo", reason="h is still to do", hint="2"),
        about("k", hint="another"),
    ]
    text = Tags(student_page(of(*tests), None, made.assignment())).text
    text = " ".join(text[text.index("Your tests") :].split())
    order = ["f 1 / 3", "ours", "For z = 2", "The hint above is for", "1 test passed", "h 0 / 2"]
    order += ["H is still to do.", "2 tests wait for this", "k 0 / 1", "another"]
    order += ["Several functions 0 / 1", "Both are wrong.", "The hint at f is for", "All points: g"]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert text.count("ours") == 1


def test_a_hint_is_shown_again_where_another_one_stands_between() -> None:
    tests = [about("f", hint="ours"), about("f", "raised", hint="x"), about("f", hint="ours ")]
    tests[2] = replace(tests[2], hint="ours")
    assert Part("p", (Group("m.f", tuple(tests)),)).repeated == {}


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
