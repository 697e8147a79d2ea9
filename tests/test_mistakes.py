"""Named mistakes: the catalogue, and finding the one that explains a failure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.engine import classroom
from autograder.engine.assignment import Assignment
from autograder.engine.diagnosis import RAISED, Diagnosis, Reply, Value, by_themselves
from autograder.engine.grading import Grader, Settings
from autograder.engine.mistakes import Mistake, load_mistakes
from autograder.engine.processes import Request
from autograder.engine.rounding import same_but_for_rounding
from autograder.engine.script import Call
from autograder.engine.variants import load_variants
from autograder.engine.worker.wire import Encoder, Handle, write_request


def outcomes_of(grader: Grader, name: str, tests: list[str] | None = None) -> dict:
    (mistake,) = [m for m in grader.suite.mistakes if m.name == name]
    files = classroom.with_mistakes(grader.assignment, [mistake])
    return {outcome.test.id: outcome for outcome in grader.run(files, tests)[0]}


def test_a_mistake_is_named_where_it_shows(tiny_grader: Grader) -> None:
    outcomes = outcomes_of(tiny_grader, "multiplied_first")
    assert outcomes["scales/values"].mistake.name == "multiplied_first"
    assert outcomes["averages/mean"].passed


def test_a_change_of_the_arguments_tells_two_mistakes_apart(tiny_grader: Grader) -> None:
    outcomes = outcomes_of(tiny_grader, "in_place")
    assert outcomes["scales/values"].passed
    assert outcomes["scales/unchanged"].mistake.name == "in_place"


def test_nothing_is_named_when_no_mistake_explains_the_answers(
    tiny: Assignment, tiny_grader: Grader
) -> None:
    files = classroom.with_code(tiny, "scales", "def celsius(f):\n    return f * 0.123\n")
    outcomes = {o.test.id: o for o in tiny_grader.run(files)[0]}
    assert not outcomes["scales/values"].passed
    assert outcomes["scales/values"].mistake is None


@pytest.mark.parametrize(
    ("value", "reply", "may_be"),
    [
        (2.0, ["returned", 2.0], True),
        (2.0, ["returned", 3.0], False),
        (2.0, ["raised", ["ValueError"]], False),
        (RAISED, ["raised", ["ValueError"]], True),
        (RAISED, ["returned", 2.0], False),
        (RAISED, ["unusable", "an empty list"], True),
        ((2.0, {}), ["returned", (2.0, Handle(0, "dict"))], True),
        ((3.0, {}), ["returned", (2.0, Handle(0, "dict"))], False),
        ([iter("")], ["returned", [Handle(0, "iterator")]], True),
        ([iter("")], ["returned", []], False),
    ],
)
def test_a_value_rules_a_mistake_out_that_no_reply_would_tell_of(
    value: object, reply: list, may_be: bool
) -> None:
    assert Value(value).may_be_in(Reply(Encoder().encode(reply))) == may_be


@pytest.mark.parametrize(
    "name",
    ["backward_forgets_eps", "clip_value_generator"],
    ids=["calls that rest on each other", "what no reply shows"],
)
def test_a_mistake_is_named_that_takes_a_whole_replay(grader: Grader, name: str) -> None:
    assert name in {o.mistake.name for o in outcomes_of(grader, name).values() if o.mistake}


def test_a_call_that_rests_on_another_is_made_with_it(
    kit: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed = []

    def gives(diagnosis: Diagnosis, candidate: Mistake, *heard: Any) -> bool:
        replayed.append(candidate.name)
        return right(diagnosis, candidate, *heard)

    right = Diagnosis._gives
    monkeypatch.setattr(Diagnosis, "_gives", gives)
    names = ["backward_forgets_eps", "cache_keeps_running_scale"]  # of either function
    with Grader(kit, Settings()) as grader:  # which has not seen any of their answers
        for name in names:
            outcome = outcomes_of(grader, name, ["batchnorm/backward_dx"])["batchnorm/backward_dx"]
            assert outcome.mistake is not None and outcome.mistake.name == name
    assert replayed == names


def test_a_second_call_with_what_another_left_rests_on_the_first() -> None:
    def asked(function: str, *args: Any, fresh: bool = False) -> Request:
        content = Encoder().encode([function, list(args), {}, [], False])
        return Request("layer", f"layer.{function}", write_request(fresh, "layer", content))

    requests = [asked("forward", fresh=True), *[asked("backward", Handle(0, ""))] * 2]
    values = [(1.0, Handle(0, "dict")), 2.0, 2.0]
    heard = [Reply(Encoder().encode(["returned", value, [], [], []])) for value in values]
    calls = [Call(request, reply.content) for request, reply in zip(requests, heard, strict=True)]
    first, second, third = by_themselves(calls, heard)
    assert first is not None and first.names == {"layer.forward"}
    assert second is not None and second.names == {"layer.forward", "layer.backward"}
    assert third is None, "the second may have changed what it was handed"


def test_numbers_are_compared_relative_to_their_size() -> None:
    assert same_but_for_rounding(np.array([1.0, 1e-14]), np.array([1.0, 0.0]))
    assert not same_but_for_rounding(np.array([1e-200]), np.array([2e-200]))
    assert same_but_for_rounding(np.array([np.nan, np.inf]), np.array([np.nan, np.inf]))


def test_the_kits_catalogue_is_large_and_kind(kit: Assignment) -> None:
    mistakes = load_mistakes(kit)
    assert len(mistakes) >= 120
    assert all(10 <= len(mistake.hint) <= 400 for mistake in mistakes)
    targets = {(mistake.module, mistake.target) for mistake in mistakes}
    assert len(targets) >= 26


def test_the_kits_variants_are_many(kit: Assignment) -> None:
    assert len(load_variants(kit)) >= 50
