"""The processes of a submission: one for all modules, until a test fails."""

from __future__ import annotations

import dataclasses
import shutil
import textwrap
from pathlib import Path

import pytest

from autograder.engine import classroom, processes
from autograder.engine.assignment import Assignment
from autograder.engine.grading import Grader, Settings
from autograder.engine.processes import TimeLimits
from autograder.engine.skeleton import write_skeleton

SHORT = Settings(limits=TimeLimits(call_cpu=0.6, call_wall=1.2, submission=20.0))


@pytest.fixture(scope="module")
def hasty(tiny: Assignment):
    """A grader with little patience."""
    with Grader(tiny, SHORT) as made:
        yield made


BOTH = """
import pytest
from autograder.engine import check


@pytest.mark.points(1)
def test_mean_in_celsius(student, reference, rng):
    '''Modules work together.'''
    given = rng.normal(60, 20, 7)
    celsius = student.scales.celsius(given)
    student.averages.mean_celsius(celsius[:3])
    mean = student.averages.mean_celsius(celsius)
    right = reference.scales.celsius(given).mean()
    check.close(check.number(mean, "mean"), right, "mean", atol=1e-9)
"""


def with_part(assignment: Assignment, folder: Path, part: str, suite: str) -> Assignment:
    """The assignment with one more part, whose suite is this code."""
    suites = shutil.copytree(assignment.suites, folder / "suites")
    (suites / f"test_{part}.py").write_text(suite)
    return dataclasses.replace(assignment, suites=suites, parts=(*assignment.parts, part))


@pytest.fixture(scope="module")
def wide(tiny: Assignment, tmp_path_factory) -> Assignment:
    """The tiny assignment with a test of both modules, and its skeleton handed out."""
    folder = tmp_path_factory.mktemp("wide")
    write_skeleton(tiny.solutions, folder / "handout")
    wider = with_part(tiny, folder, "both", BOTH)
    return dataclasses.replace(wider, handout=folder / "handout")


@pytest.fixture(scope="module")
def wide_grader(wide: Assignment):
    with Grader(wide, Settings()) as made:
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


def test_a_module_whose_answers_are_right_stays(wide, wide_grader, monkeypatch) -> None:
    """The other's mistake fails a test of both; the second time, that is known beforehand."""
    wrong = classroom.with_code(wide, "scales", "def celsius(f):\n    return f * 2.0\n")
    for _ in range(2):
        kinds, count = spawned(wide_grader, wrong, monkeypatch)
        wrong_ones = [test for test, kind in kinds.items() if kind == "wrong"]
        assert wrong_ones == ["scales/values", "scales/unchanged", "both/mean_in_celsius"]
        assert count == 2


@pytest.mark.parametrize(("end", "kind"), [("0.0", "wrong"), ("1 / 0", "raised")])
def test_a_module_in_doubt_moves(wide, wide_grader, monkeypatch, end: str, kind: str) -> None:
    code = f"""
        def mean_celsius(t):
            if len(t) == 0:
                raise ValueError("empty")
            return float(t.mean()) if len(t) < 7 else {end}
    """
    wrong = classroom.with_code(wide, "averages", textwrap.dedent(code))
    kinds, count = spawned(wide_grader, wrong, monkeypatch)
    assert [kind for kind in kinds.values() if kind != "passed"] == [kind]
    assert count == 2


def test_a_module_that_another_spoils_late_moves(wide, wide_grader) -> None:
    """averages is called after the tests of scales, before that of both."""
    code = """
        def mean_celsius(t):
            total, count = float(np.sum(t)), len(t)
            np.asarray = lambda array: np.array(array) + 1
            if count == 0:
                raise ValueError("empty")
            return total / count
    """
    files = classroom.with_code(wide, "averages", textwrap.dedent(code))
    outcomes, _ = wide_grader.run(files)
    assert all(outcome.passed for outcome in outcomes)


def test_each_test_asked_in_company_that_another_spoilt_is_repeated(tiny) -> None:
    """Both tests of scales are asked at once; the first moves it, the second follows."""
    files = classroom.with_code(tiny, "averages", "np.asarray = lambda array: np.array(array) + 1")
    with Grader(dataclasses.replace(tiny, parts=("averages", "scales")), SHORT) as grader:
        outcomes, _ = grader.run(files)
    assert all(outcome.passed for outcome in outcomes)


def test_one_that_another_ends_while_it_answers_moves(wide, wide_grader) -> None:
    """Its first answer was right, its second never came: a thread of scales ended the process."""
    scales = """
        import os, threading, time

        def celsius(f):
            threading.Thread(target=lambda: (time.sleep(0.5), os._exit(0)), daemon=True).start()
            return (f - 32) * 5 / 9
    """
    averages = """
        import time

        def mean_celsius(t):
            time.sleep(1.0 if len(t) == 7 else 0)
            if len(t) == 0:
                raise ValueError("empty")
            return float(t.mean())
    """
    files = classroom.with_code(wide, "scales", textwrap.dedent(scales))
    files["thermo/averages.py"] = textwrap.dedent(averages).encode()
    outcomes, _ = wide_grader.run(files)
    kinds = {outcome.test.id: outcome.kind for outcome in outcomes}
    assert kinds["both/mean_in_celsius"] == "passed"


def test_what_is_still_as_it_was_handed_out_needs_no_other(wide, wide_grader, monkeypatch) -> None:
    files = classroom.skeleton(wide)
    kinds, count = spawned(wide_grader, files, monkeypatch)
    assert (set(kinds.values()), count) == ({"todo"}, 1)
    begun = {path: content + b"# begun\n" for path, content in files.items()}
    kinds, count = spawned(wide_grader, begun, monkeypatch)
    assert (set(kinds.values()), count) == ({"todo"}, 3)


@pytest.mark.parametrize(
    "spoils",
    [
        "np.mean = np.size = None",
        "mean = np.mean; np.mean = lambda t: mean(t) * (1 + 2e-10)",
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


MANY = """
import numpy as np
import pytest


@pytest.mark.points(1)
def test_again_and_again(student):
    '''Many calls.'''
    for count in range(12):
        student.averages.mean_celsius(np.arange(1.0 + count))
"""
DELAYS = """
import time
_mean = np.mean

def _slow(t):
    time.sleep(0.2)
    return _mean(t)

np.mean = _slow
"""


def test_what_another_makes_slow_gets_its_time_alone(tiny, tmp_path) -> None:
    """Each call is in time, so that no test fails before the time is used up."""
    wider = with_part(tiny, tmp_path, "many", MANY)
    assignment = dataclasses.replace(wider, parts=("scales", "many", "averages"))
    files = classroom.with_code(tiny, "scales", DELAYS)
    limits = TimeLimits(call_cpu=0.6, call_wall=1.2, submission=4.0)
    with Grader(assignment, Settings(limits=limits)) as grader:
        outcomes, events = grader.run(files)
    assert all(outcome.passed for outcome in outcomes)
    assert not events.timeouts


def test_a_function_that_hangs_is_told_once_and_given_up(tiny, hasty) -> None:
    hangs = "def celsius(f):\n    while True: pass\n"
    outcomes, events = hasty.run(classroom.with_code(tiny, "scales", hangs))
    assert {o.test.part: o.kind for o in outcomes} == {"scales": "timeout", "averages": "passed"}
    assert events.timeouts == ["scales.celsius"]


def test_a_slow_module_does_not_pay_for_others_that_hang(tiny, monkeypatch) -> None:
    monkeypatch.setattr(processes, "MANY_STRIKES", 1)
    hangs = "def celsius(f):\n    while True: pass\n"
    files = classroom.with_code(tiny, "scales", hangs)
    slow = (
        "\n_mean = mean_celsius\ndef mean_celsius(t):\n    time.sleep(0.4)\n    return _mean(t)\n"
    )
    files["thermo/averages.py"] += b"import time" + slow.encode()
    assignment = dataclasses.replace(tiny, parts=("scales", "averages"))
    with Grader(assignment, SHORT) as grader:
        outcomes, events = grader.run(files)
    assert {o.test.part: o.kind for o in outcomes} == {"scales": "timeout", "averages": "passed"}
    assert events.timeouts == ["scales.celsius"]


def test_an_init_that_exits_costs_nothing(tiny, hasty) -> None:
    files = {**classroom.solution(tiny), "thermo/__init__.py": b"import os\nos._exit(0)\n"}
    outcomes, _ = hasty.run(files)
    assert all(outcome.passed for outcome in outcomes)


WAITS = b"import time\nwhile True:\n    time.sleep(1)\n"


def test_a_module_that_hangs_costs_the_others_nothing_if_init_imports_all(tiny, hasty) -> None:
    files = {
        **classroom.solution(tiny),
        "thermo/scales.py": WAITS,
        "thermo/__init__.py": b"from . import scales, averages\n",
    }
    outcomes, _ = hasty.run(files)
    assert {o.test.part: o.kind for o in outcomes} == {"scales": "timeout", "averages": "passed"}


def test_an_init_that_imports_all_does_not_bring_a_hostile_module_along(tiny, hasty) -> None:
    files = classroom.solution(tiny)
    files["thermo/scales.py"] += b"import numpy as np\nnp.mean = np.sum = np.asarray = None\n"
    files["thermo/__init__.py"] = b"from . import scales, averages\n"
    outcomes, _ = hasty.run(files)
    assert all(o.passed for o in outcomes if o.test.part == "averages")


def test_a_module_may_need_an_init_beside_a_module_that_hangs(tiny, hasty) -> None:
    files = {**classroom.solution(tiny), "thermo/scales.py": WAITS}
    files["thermo/__init__.py"] = b"THIS = 1\n"
    files["thermo/averages.py"] = b"from thermo import THIS\n" + files["thermo/averages.py"]
    outcomes, _ = hasty.run(files)
    assert {o.test.part: o.kind for o in outcomes} == {"scales": "timeout", "averages": "passed"}


def test_a_module_that_is_not_there_costs_its_tests_alone(tiny, hasty) -> None:
    files = classroom.solution(tiny)
    del files["thermo/scales.py"]
    outcomes, _ = hasty.run(files)
    assert {o.test.part: o.kind for o in outcomes} == {"scales": "missing", "averages": "passed"}
