"""The class page: its numbers, its lists, and that a large class stays small."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.engine.report.lookalikes import Group
from autograder.engine.report.pages.class_page import class_page, discrimination
from autograder.engine.report.pages.class_record import ClassRecord, looks
from tests.pages import made


def book_of(count: int) -> ClassRecord:
    book = ClassRecord()
    for result in made.results(count):
        book.add(result, result.name.removesuffix(".zip"))
    return book


def test_a_test_that_only_the_strong_pass_separates():
    passed = np.array(
        [[1, 1, 0, 1], [1, 1, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 1]],
        dtype=float,
    )
    first, _, third, all_pass = discrimination(passed, np.array([1.0, 2.0, 1.0, 1.0]))
    others = passed[:, 1] * 2 + passed[:, 2]
    assert first == pytest.approx(np.corrcoef(passed[:, 0], others)[0, 1])
    assert third < 0
    assert all_pass is None


@pytest.mark.parametrize("count", [1, 14])
def test_a_small_class_has_a_page(kit, count):
    assert f"{count} of {count} shown" in class_page(book_of(count), [], kit)


def test_the_page_names_mistakes_pairs_and_layers(kit):
    groups = [Group((1, 4), 0.83, 40), Group((2, 3), 1.0, 50, "old"), Group((5, 6), 0.9, 60, "old")]
    page = class_page(book_of(60), groups, kit)
    assert "unbiased variance" in page
    for told in (">83 % of the shorter one, 40", ">all of it, 50", ">at least 90 % of it, 60"):
        assert f"{told} passages" in page
    for layer in made.GRADER["layers"]:
        assert f">{layer}<" in page


def test_machines_that_differ_are_all_recorded(kit):
    first, second = made.results(2)
    book = ClassRecord()
    book.add(first, "a")
    book.add(replace(second, grader={**second.grader, "layers": ["limits"]}), "b")
    assert [count for _, count in book.graders()] == [1, 1]
    assert "1 submissions were graded so" in class_page(book, [], kit)


def test_every_kind_of_event_is_something_to_look_at():
    (result,) = made.results(1)
    many = {"timeouts": [f"m.f{i}" for i in range(50)], "crashes": ["m.g"], "refused": ["m.h"]}
    notes = ("left out: x", "graded is pkg, not old/pkg")
    found = looks(replace(result, events=many, problem="not a zip", notes=notes))
    assert [look.label for look in found] == [
        "unreadable answer", "ended its process", "stopped", "not graded", "one of several packages",
        "note",
    ]  # fmt: skip
    assert found[2].detail.endswith("and 44 more")


def test_the_page_of_a_class_of_a_thousand_is_small(kit):
    book = book_of(50)
    book.rows = [replace(row, file=f"{i}-{row.file}") for i in range(20) for row in book.rows]
    assert len(class_page(book, [], kit)) < 1_000_000
