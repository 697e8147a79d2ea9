"""The demo's class: mistakes that real classes make, each told by its name."""

from dataclasses import replace

import pytest

from autograder.engine.errors import KitError
from autograder.engine.prove.demo import demo_class, run_demo
from autograder.engine.submission.read import Submission
from tests.kit import put


def test_each_mistake_is_named_and_only_whole_nets_fail_without_a_name(kit, grader):
    made = demo_class(kit)
    for name, mistakes in kit.demo.items():
        result = grader.grade_submission(Submission(f"{name}.zip", "ab" * 32, made[name]))
        assert {test.mistake for test in result.tests if test.mistake} == set(mistakes)
        failed = [test for test in result.tests if test.kind != "passed"]
        assert all(test.mistake for test in failed if test.part != "deep_network")


def test_a_mistake_that_is_not_in_the_catalogue_is_said(kit):
    other = replace(kit, demo={"nora": ["no_such_mistake"]})
    with pytest.raises(KitError, match=r"nora: no mistake is named no_such_mistake"):
        demo_class(other)


@pytest.mark.parametrize("path", ["submissions/ada.zip", "graded/results/ada.json"])
def test_a_class_that_lies_there_is_not_replaced(kit, tmp_path, path):
    theirs = put(tmp_path, path, b"work")
    with pytest.raises(KitError, match="another -o"):
        run_demo(kit.folder, tmp_path, 1)
    assert theirs.read_bytes() == b"work"
