"""The gradebooks: what Canvas and Moodle get, and what can't be put in."""

import csv
import io
import re

import pytest

from autograder.engine.errors import KitError
from autograder.engine.report.gradebook import (
    Row,
    export,
    final_grades,
    refuse_nameless,
    refuse_pattern,
)

POINTS = {"b_part": 4.0, "a_part": 6.0}
TITLE = "Vanishing gradients"


def row(name: str) -> Row:
    return Row(name, {"a_part": 6.0, "b_part": 1.5})


def exported(gradebook: str, pattern: str | None, *names: str) -> tuple[list[list[str]], list[str]]:
    text, problems = export(gradebook, pattern, TITLE, POINTS, [row(name) for name in names])
    return list(csv.reader(io.StringIO(text))), problems


def test_canvas_columns_come_in_the_order_that_canvas_wants():
    lines, problems = exported(
        "canvas", r"^(?P<name>[^_]+)_LATE_(?P<id>\d+)", "lovelaceada_LATE_123_456_handin.zip"
    )
    assert lines == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", TITLE],
        ["    Points Possible", "", "", "", "", "10.0"],
        ["lovelaceada", "123", "", "", "", "7.5"],
    ]
    assert problems == []


def test_moodle_has_the_columns_of_the_pattern():
    pattern = r"(?P<id>s\d+)-(?P<email>\S+@\S+)-\d"
    names = ["s17-ada@example.org-1.zip", "s17-ada@example.org-2.zip"]
    lines, problems = exported("moodle", pattern, *names, "zoe.zip")
    ada = ["s17", "ada@example.org", "7.5"]
    assert lines == [["ID number", "Email address", TITLE], ada, ada]
    assert problems == [
        "  not in it, nothing tells the student: zoe.zip",
        f"  the same student: {', '.join(names)}",
    ]


def test_what_the_table_adds_to_a_folders_name_is_nobodys_login():
    lines, _ = exported("canvas", "-(?P<login>.+)", "hw1-ada.zip")
    assert lines[2][3] == "ada"


def test_the_form_of_the_class_tells_the_students():
    group = Row("x.zip", {"p": 1.2, "q": 2.4}, ({"name": "ada", "id": "1"}, {"sis_id": "7"}))
    nobody = Row("y.zip", {"p": 0.0, "q": 0.0}, ({"name": "zoe"},))
    text, problems = export("canvas", None, TITLE, {"p": 2.0, "q": 3.0}, [group, nobody])
    assert text.splitlines()[2:] == ["ada,1,,,,3.6", ",,7,,,3.6"]
    assert problems == ["  not in it, nothing tells the student: y.zip"]
    with pytest.raises(KitError, match="--worksheet FILE"):
        refuse_nameless("moodle", [{"name": "zoe", "participant": "7"}, {"id": "Canvas's"}])


@pytest.mark.parametrize("name", ["=1+1", "@sum", "\uff1d1", "a;=1+1", "a|-1"])
def test_no_cell_is_a_formula_whatever_separates_cells(name):
    cell = "'" + re.sub("[;|]", " ", name)
    lines, _ = exported("moodle", "(?P<name>.*)", name)
    assert lines[1][0] == cell
    assert f"\n{cell}," in final_grades(POINTS, [row(name)])


@pytest.mark.parametrize(
    ("gradebook", "pattern", "said"),
    [
        ("canvas", "(", "not a regular expression"),
        ("canvas", r"\d+", "named groups"),
        ("moodle", r"(?P<id>\d+)(?P<section>x)", "of these: name, id, username"),
        (None, r"(?P<id>\d+)", "--gradebook"),
    ],
)
def test_a_pattern_that_can_not_be_used_is_refused(gradebook, pattern, said):
    with pytest.raises(KitError, match=said):
        refuse_pattern(gradebook, pattern)
