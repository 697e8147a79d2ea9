"""The processes of a submission: one for all modules, until a test fails."""

from __future__ import annotations

import pytest

from autograder.engine import classroom
from autograder.engine.assignment import Assignment
from autograder.engine.grading import Grader, Settings
from autograder.engine.processes import TimeLimits

SHORT = Settings(limits=TimeLimits(call_cpu=0.6, call_wall=1.2, submission=20.0))


@pytest.fixture(scope="module")
def hasty(tiny: Assignment):
    """A grader with little patience."""
    with Grader(tiny, SHORT) as made:
        yield made


def spawned(grader: Grader, files: dict[str, bytes], monkeypatch) -> tuple[dict[str, str], int]:
    """Each test's kind of outcome, and how many processes that took."""
    count = 0
    spawn = grader.sandbox.spawn

    def counted():
        nonlocal count
        count += 1
        return spawn()

    monkeypatch.setattr(grader.sandbox, "spawn", counted)
    outcomes, _ = grader.run(files)
    return {outcome.test.id: outcome.kind for outcome in outcomes}, count


def test_all_modules_of_right_work_share_one(tiny, hasty, monkeypatch) -> None:
    kinds, count = spawned(hasty, classroom.solution(tiny), monkeypatch)
    assert set(kinds.values()) == {"passed"}
    assert count == 1


def test_a_module_that_fails_moves_to_one_of_its_own(tiny, hasty, monkeypatch) -> None:
    wrong = classroom.with_code(tiny, "scales", "def celsius(f):\n    return f * 2.0\n")
    kinds, count = spawned(hasty, wrong, monkeypatch)
    assert {test for test, kind in kinds.items() if kind != "passed"} == {
        "scales/values",
        "scales/unchanged",
    }
    assert count == 2


@pytest.mark.parametrize(
    "spoils",
    [
        "np.mean = np.size = None",
        "import sys; sys.modules['thermo.averages'] = None",
        "import builtins; builtins.float = None",
        "import threading, os, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.2), os._exit(0)), daemon=True).start()",
        "import worker.serve; worker.serve.Servants.answer = lambda *a: b'\\xc3'",
    ],
)
def test_a_module_spoils_nothing_for_another(tiny, hasty, spoils: str) -> None:
    """scales is imported first; averages is honest."""
    files = classroom.with_code(tiny, "scales", f"{spoils}\ncelsius = None\n")
    outcomes, _ = hasty.run(files)
    passed = {outcome.test.part for outcome in outcomes if outcome.passed}
    assert passed == {"averages"}
    assert all(outcome.passed for outcome in outcomes if outcome.test.part == "averages")


def test_what_is_slow_among_others_gets_its_time_alone(tiny, hasty) -> None:
    """Half the limit and more: too slow where all modules are, in time where it is alone."""
    slow = "import time\ntime.sleep(0.8)\n"
    outcomes, events = hasty.run(classroom.with_code(tiny, "scales", slow))
    assert all(outcome.passed for outcome in outcomes)
    assert not events.timeouts


def test_a_function_that_hangs_is_told_once_and_given_up(tiny, hasty) -> None:
    hangs = "def celsius(f):\n    while True: pass\n"
    outcomes, events = hasty.run(classroom.with_code(tiny, "scales", hangs))
    assert {o.test.part: o.kind for o in outcomes} == {"scales": "timeout", "averages": "passed"}
    assert events.timeouts == ["scales.celsius"]


def test_an_init_that_exits_costs_nothing(tiny, hasty) -> None:
    files = {**classroom.solution(tiny), "thermo/__init__.py": b"import os\nos._exit(0)\n"}
    outcomes, _ = hasty.run(files)
    assert all(outcome.passed for outcome in outcomes)


def test_a_module_that_is_not_there_costs_its_tests_alone(tiny, hasty) -> None:
    files = classroom.solution(tiny)
    del files["thermo/scales.py"]
    outcomes, _ = hasty.run(files)
    assert {o.test.part: o.kind for o in outcomes} == {"scales": "missing", "averages": "passed"}
