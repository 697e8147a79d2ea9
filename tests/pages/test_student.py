"""The student's page: what it says first, what it never says, and that markup stays text."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from autograder.engine.report.pages.figure import Chart, Curve, Figure, Histograms, Section
from autograder.engine.report.pages.render import percent, points
from autograder.engine.report.pages.student import next_step, student_page
from autograder.engine.report.result import Result
from autograder.engine.report.result import TestResult as Outcome
from tests.pages import made

FIGURE = Figure(
    "A net", "what it is", "what it means", "",
    Chart("layer", "norm", (Curve("yours", (1.0, 0.0, float("nan"), 1e-300, 2.0), (1.0,) * 5),)),
    Histograms("shares", 0.0, 1.0, (Curve("layer 1", (0.2, 0.8), (0.5, 0.5)),)),
    (("layer", "norm"), ("1", "0.5")),
)  # fmt: skip


class Tags(HTMLParser):
    """The tags and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.source = page
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def about(function: str, kind: str = "wrong", points: float = 1.0, **more: str) -> Outcome:
    """A test of a function."""
    return made.outcome(kind, points, function=f"m.{function}" if function else "", **more)


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
def test_the_next_step_is_the_function_that_costs_most(tests, function, cost):
    step = next_step(made.result(*tests))
    assert (step.function, sum(test.points for test in step.tests)) == (function, cost)


def test_the_next_step_shows_the_functions_first_test():
    """Tests of values come before those of extremes in a suite."""
    values, extremes = about("f", hint="values"), about("f", hint="extremes", mistake="overflow")
    step = next_step(made.result(about("", mistake="overflow"), values, extremes))
    assert (step.test, step.advice, len(step.tests)) == (values, "values", 3)


def test_tests_stand_with_their_function_and_a_hint_once(kit):
    tests = [
        about("", hint="ours", mistake="x", reason="both are wrong"),
        about("f", hint="ours", mistake="x", example="For z = 2"),
        about("f", "raised", hint="ours", mistake="x"),
        about("f", "passed"),
        about("g", "passed"),
        about("h", "todo", reason="h is still to do"),
        about("h", "todo", reason="h is still to do", hint="2"),
        about("k", hint="another"),
    ]
    text = Tags(student_page(made.result(*tests), None, kit)).text
    text = " ".join(text[text.index("Your tests") :].split())
    order = ["f 1 / 3", "ours", "For z = 2", "The hint above is for", "1 test passed", "h 0 / 2"]
    order += ["H is still to do.", "2 tests wait for this", "k 0 / 1", "another"]
    order += ["several functions 0 / 1", "Both are wrong.The hint above is for", "All points: g"]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert text.count("ours") == 1


def test_a_hint_that_was_shown_is_led_back_to(kit):
    tests = [about("f", hint="ours"), about("f", "raised", hint="x"), about("g", hint="ours")]
    page = student_page(made.result(*tests), None, kit)
    (place,) = re.findall('<a href="#(p[^"]+)">hint above', page)
    shown = page[page.index(f'<li id="{unquote(place)}"') :]
    assert "<p>ours</p>" in shown[: shown.index("</li>")]


def test_nothing_is_left_to_do_when_all_passed(kit):
    result = made.result(about("f", "passed"))
    assert next_step(result) is None
    assert "All tests pass" in student_page(result, None, kit)


def test_what_could_not_be_read_is_said_first(kit):
    result = made.result(about("f", "missing"), problem="not a readable zip file")
    assert "Not a readable zip file." in Tags(student_page(result, None, kit)).text


def test_markup_from_a_student_shows_as_text_and_the_page_needs_no_other_file(kit):
    def page(result: Result, text: str) -> Tags:
        section = Section("Figures", [replace(FIGURE, missing=text), FIGURE], text, text)
        return Tags(student_page(result, section, kit))

    tests = [about("f"), about("g", "raised"), about("h", points=2)]
    plain, hostile = page(made.result(*tests), "x"), page(made.hostile(tests), made.HOSTILE)
    assert made.HOSTILE in hostile.text
    assert hostile.tags <= plain.tags | {"h2"}
    assert "script" not in hostile.tags
    assert not {"onerror", "src", "srcset", "action", "onclick"} & hostile.attributes
    assert "url(" not in hostile.source
    assert "http" not in hostile.source.replace("http-equiv", "")


def test_numbers_that_can_not_be_drawn_leave_a_gap(kit):
    page = student_page(made.result(about("f")), Section("Figures", [FIGURE]), kit)
    assert "nan" not in page
    assert "inf," not in page


def test_numbers_are_written_as_people_write_them():
    shown = [points(value) for value in (12.0, 0.5, 100.0, 0.0, 87.25)]
    assert shown == ["12", "0.5", "100", "0", "87.25"]
    shares = (0, 1, 0.999, 0.001, 0.5)  # none but the first two is rounded to nothing or to all
    assert [percent(share) for share in shares] == ["0 %", "100 %", "99 %", "1 %", "50 %"]
