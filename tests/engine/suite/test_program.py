"""A submission as one program: a process for each part, one chance for each call and import."""

import dataclasses
import shutil

import pytest

from autograder.engine.grade.grader import Grader, Settings
from autograder.engine.prove import made_up
from autograder.engine.sandbox.worker import limits
from autograder.engine.suite.program import TimeLimits
from tests.kit import made

SHORT = Settings(limits=TimeLimits(call_cpu=0.6, call_wall=2.0, submission=60.0))
MANY = """
import pytest
from autograder.engine.suite import check
from autograder.engine.suite.calls import ask

@pytest.mark.points(1)
def test_beside(student):
    '''A call beside others costs nothing.'''
    beside = [student.scales.celsius.call(32.0)]
    mean, _ = ask(student.averages.mean_celsius.call([32.0]), beside=beside)
    check.close(mean.value, 32.0, "mean_celsius([32])", atol=1e-9)

@pytest.mark.points(1)
def test_calls(student):
    '''Many calls.'''
    for answer in student.scales.celsius.each([(32.0,)] * 100):
        check.close(answer.value, 0.0, "celsius(32)", atol=1e-9)
"""
HANGS = "def celsius(f):\n    while True: pass\n"
OF_SCALES = {"scales/values", "scales/unchanged", "many/calls"}


@pytest.fixture(scope="module")
def wide(tiny, tmp_path_factory):
    """The tiny assignment with one more part: scales, averages, many."""
    suites = shutil.copytree(tiny.suites, tmp_path_factory.mktemp("wide") / "suites")
    (suites / "test_many.py").write_text(MANY)
    return dataclasses.replace(tiny, suites=suites, parts=(*tiny.parts, "many"))


@pytest.fixture(scope="module")
def hasty(wide):
    """A grader with little time."""
    with Grader(wide, SHORT) as made:
        yield made


def lost(grader: Grader, files: dict[str, bytes]) -> dict[str, str]:
    """The kind of outcome of each test that failed."""
    return {o.test.id: o.kind for o in grader.run(files)[0] if not o.passed}


def counted(grader: Grader, monkeypatch) -> list[bool]:
    """Grows with each process; says of each whether all before it had ended."""
    spawn, made, alone = grader.sandbox.spawn, [], []

    def counting():
        alone.append(all(process._channel.fileno() < 0 for process in made))
        made.append(spawn())
        return made[-1]

    monkeypatch.setattr(grader.sandbox, "spawn", counting)
    return alone


def test_one_process_a_part_and_never_two_at_once(wide, hasty, monkeypatch):
    alone = counted(hasty, monkeypatch)
    assert lost(hasty, made_up.solution(wide)) == {}
    assert alone == [True] * 3
    wrong = made_up.with_code(wide, "scales", "def celsius(f):\n    return f * 2.0\n")
    assert set(lost(hasty, wrong)) == OF_SCALES
    assert alone == [True] * 6


def test_a_function_that_hangs_is_given_up_after_its_second_time(wide, hasty, monkeypatch):
    alone = counted(hasty, monkeypatch)
    outcomes, events = hasty.run(made_up.with_code(wide, "scales", HANGS))
    assert {o.test.id for o in outcomes if o.kind == "timeout"} == OF_SCALES
    assert outcomes[-1].reason == "scales.celsius did not end in time before and is given up"
    assert [*events.timeouts] == ["scales.celsius"]
    assert len(alone) == 4  # two for scales, one for averages, one for many


def test_many_calls_that_are_each_in_time_leave_time_for_the_next_part(wide):
    assignment = dataclasses.replace(wide, parts=("many", "averages"))
    slow = "import time\ndef celsius(f):\n    time.sleep(0.05)\n    return 0\n"
    with Grader(assignment, Settings(limits=TimeLimits(submission=2.0))) as grader:
        gone = lost(grader, made_up.with_code(wide, "scales", slow))
    assert gone == {"many/calls": "timeout"}


def test_what_an_init_defines_is_there_in_each_part(wide, hasty):
    files = made_up.with_code(wide, "scales", "def celsius(f):\n    return f * 2.0\n")
    files["thermo/__init__.py"] = b"DTYPE = float\n"
    files["thermo/averages.py"] += b"""
import thermo
_right = mean_celsius
def mean_celsius(t):
    return thermo.DTYPE(_right(t))
"""
    assert not [test for test in lost(hasty, files) if test.startswith("averages")]


@pytest.mark.parametrize(("init", "plain"), [("'Heat.'", "'Heat.'"), ("from . import scales", "")])
def test_an_init_goes_untried_only_where_it_can_not_fail(tiny, tmp_path, init, plain):
    made(tmp_path, {f"{tiny.package}/__init__.py": init.encode()})
    assert dataclasses.replace(tiny, solutions=tmp_path).plain_init == plain.encode()


def test_a_submission_graded_forwards_backwards_and_alone(wide, hasty):
    """Nothing that one submission did reaches the result of another."""
    stateful = (
        "count = [0]\ndef celsius(f):\n    count[0] += 1\n    return (f - 32) * 5 / 9 + count[0]\n"
    )
    class_ = [
        made_up.solution(wide),
        made_up.with_code(wide, "scales", stateful),
        made_up.with_code(wide, "averages", "def mean_celsius(t):\n    return 0.0\n"),
    ]
    forwards = [hasty.run(files)[0] for files in class_]
    backwards = [hasty.run(files)[0] for files in reversed(class_)]
    assert forwards == backwards[::-1]
    for files, outcomes in zip(class_, forwards, strict=True):
        with Grader(wide, SHORT) as fresh:
            assert fresh.run(files)[0] == outcomes


def test_answers_that_are_dear_to_read_cost_no_others(wide, monkeypatch):
    """Alone, where right answers are read, as in a class, where they are known."""
    monkeypatch.setattr(limits, "READING", 100_000)
    first = dataclasses.replace(wide, parts=("many", "scales", "averages"))
    dear = "def celsius(f):\n    return [{}] * 2000\n"
    found = []
    for alone in (True, False):
        with Grader(first, dataclasses.replace(SHORT, alone=alone)) as grader:
            found.append(grader.run(made_up.with_code(wide, "scales", dear))[0])
    assert found[0] == found[1]
    reasons = [o.reason for o in found[0] if not o.passed]
    assert "that take too long to be read" in reasons[-1]
    assert not any(o.test.part == "averages" for o in found[0] if not o.passed)
