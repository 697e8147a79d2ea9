"""The hidden suites as the engine runs them."""

import dataclasses
import gc
import weakref

import numpy as np
import pytest

from autograder.engine.errors import KitError
from autograder.engine.prove import made_up
from autograder.engine.suite.answers import StudentFault
from autograder.engine.suite.calls import Package, ask
from autograder.engine.suite.records import Records, Trusted
from autograder.engine.suite.session import AuthorError, Session
from autograder.engine.suite.suite import Suite


def test_a_test_is_collected_with_all_that_students_see(tiny_grader):
    first = tiny_grader.suite.tests[0]
    assert first.id == "scales/values"
    assert (first.part, first.points) == ("scales", 6.0)
    assert first.title == "Fahrenheit becomes Celsius."
    assert first.hint == "Which comes first: taking 32 away, or scaling?"


UNITTEST = "import unittest\nclass Test(unittest.TestCase):\n    def test_a(self): ..."


@pytest.mark.parametrize(
    ("file", "code", "what"),
    [
        ("test_scales.py", "def test_a(student):\n    '''Title.'''", r"scales.py:\d+: .* points"),
        ("test_scales.py", "@pytest.mark.points\ndef test_a():\n    '''Title.'''", "points"),
        ("test_scales.py", "@pytest.mark.points('1')\ndef test_a():\n    '''Title.'''", "points"),
        ("test_scales.py", "@pytest.mark.points(1)\ndef test_a(student):\n    pass", "docstring"),
        ("test_scales.py", "import nothing_of_that_name", "^/.*scales.py: .*nothing_of_that_name"),
        ("test_scales.py", "def test_a(student:", r"^/\S*scales.py: +File \S*scales.py\", line \d"),
        ("test_scales.py", "unknown", r"scales.py:\d+: in <module> +NameError: name 'unknown'"),
        ("test_scales.py", "def test_values(student):\n    pass", "test_values"),
        ("test_scales.py", "class Odd:\n    def test_a(self):\n        pass", "leaves out.*test_a"),
        ("test_scales.py", UNITTEST, "leaves out.*test_a"),
    ],
)
def test_a_suite_that_cant_be_used_is_refused_with_its_reason(own, file, code, what):
    with (own.suites / file).open("a") as suite:
        suite.write(f"\n\n{code}\n")
    with pytest.raises(KitError, match=what):
        Suite(own)


CONFTEST = """
import pytest

def pytest_collection_modifyitems(items):
    del items[1:]  # all the same they are run, in their order

@pytest.fixture
def rng():
    return 'another'
"""
MIXED = """
import pytest
from autograder.engine.suite.calls import ask

@pytest.mark.points(1)
@pytest.mark.parametrize("given", [32.0, 50.0])
def test_parameter(student, given, reference):
    '''A parameter.'''
    assert student.scales.celsius(given) == reference.scales.celsius(given)

@pytest.mark.points(1)
def test_beside(student):
    '''Calls whose faults cost nothing.'''
    absent = [student.scales.kelvin.call(t) for t in (1, 2)]
    right, *others = ask(student.scales.celsius.call(32.0), beside=absent)
    assert right.value == 0 and [other.fault.kind for other in others] == ["missing"] * 2

class TestClass:
    @pytest.mark.points(1)
    def test_method(self, rng):
        '''A method, and a fixture in place of the kit's.'''
        assert rng == 'another'

@pytest.mark.points(1)
def test_fault(student):
    '''A fault of the test itself.'''
    student.scales.celsius(32.0)["zero"]

@pytest.mark.points(1)
def test_exit():
    '''What would end pytest.'''
    pytest.exit('')

@pytest.fixture
def boiling(student):
    yield student.scales.celsius(212.0)
    student.scales.celsius(32.0)

@pytest.mark.points(1)
def test_fixture_asks(boiling, student):
    '''A fixture asks before and after the test, which asks again at its end.'''
    try:
        assert boiling == 100
    finally:
        assert student.scales.celsius(-40.0) == -40

@pytest.mark.points(1)
def test_assert(student):
    '''A statement of Python's, which says no more than that it is wrong.'''
    assert student.scales.celsius(32.0) == 1, "an expected value"
"""


def test_a_suite_may_use_all_of_pytest(tiny, tiny_grader, tmp_path):
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for name in tiny.parts:
        (tmp_path / f"test_{name}.py").write_text(MIXED)
    kinds = [*["passed"] * 4, "grader", "grader", "passed", "wrong"] * len(tiny.parts)
    for with_records in (True, False):
        suite = Suite(dataclasses.replace(tiny, suites=tmp_path), with_records)
        for _ in range(2):
            program = tiny_grader.program(made_up.solution(tiny))
            outcomes = suite.run(program, 0)
            program.end()
            assert [outcome.kind for outcome in outcomes] == kinds
            assert outcomes[-1].reason == "this is not what the test expects"
        suite.close()


def test_the_answers_of_a_test_go_with_it(tiny):
    left = []

    def asks(session):
        left.extend(map(weakref.ref, Package(session).scales.celsius.each([(32.0,)])))

    gc.disable()  # which would find them later
    try:
        Records(tiny).kept("a", asks)
        assert [answer() for answer in left] == [None]
    finally:
        gc.enable()


@pytest.mark.parametrize("are_kept", [True, False], ids=["with records", "without"])
def test_answers_are_judged_when_all_tests_have_asked(tiny, are_kept):
    """The time until its next call tells no program whether it was right."""
    happened = []

    class WrongProgram(Trusted):
        def ask(self, requests):
            happened.append("asked")
            return [StudentFault("raised", "") for _ in requests]

    def asks(session):
        Package(session).scales.celsius.each([(32.0,)])
        happened.append("judged")

    records, program = Records(tiny, are_kept), WrongProgram(tiny.reference())
    for name in "ab":
        records.kept(name, asks)
    happened.clear()
    judges = [records.run(name, asks, program) for name in "ab"]
    assert happened == ["asked"] * 2
    for judge in judges:
        judge()
    assert happened[2:] == ["judged"] * 2


def test_no_part_is_judged_before_all_have_asked(tiny, tiny_grader, monkeypatch):
    """Else a part's process could tell the next one's, by the clock, whether it was right."""
    happened = []
    suite, program = tiny_grader.suite, tiny_grader.program(made_up.solution(tiny))
    for owner, name, what in ((program, "ask", "asked"), (suite, "_outcome", "judged")):
        run = getattr(owner, name)
        noted = lambda *args, run=run, what=what: happened.append(what) or run(*args)  # noqa: E731
        monkeypatch.setattr(owner, name, noted)
    suite.run(program, 0)
    program.end()
    assert len(tiny.parts) > 1
    assert happened == sorted(happened)


@pytest.mark.parametrize("are_kept", [True, False], ids=["with records", "without"])
def test_a_test_may_ask_again(kit, grader, are_kept):
    """Then its first calls have left nothing there: neither a cache, nor a generator."""
    x, row = np.arange(6.0).reshape(3, 2), np.ones(2)

    def asks(session):
        batchnorm, rng = Package(session).batchnorm, np.random.default_rng(0)
        forward = batchnorm.batchnorm_forward.call(x, row, row, row, row, training=True)
        ask(forward, Package(session).activations.rrelu.call(-row, rng))
        with pytest.raises(AuthorError, match="a call uses a part of one that is not asked"):
            batchnorm.batchnorm_backward(x, forward[1])
        with pytest.raises(AuthorError, match="a generator that an earlier `ask` has moved"):
            Package(session).activations.rrelu(-row, rng)
        _, cache, *_ = batchnorm.batchnorm_forward(x, row, row, row, row, training=True)
        with pytest.raises(AuthorError, match="an object of type dict can't be sent"):
            batchnorm.batchnorm_backward(x, cache)
        backward = batchnorm.batchnorm_backward.call(x, forward[1])
        return ask(forward, backward)[1].value[2].tolist()

    records, program = Records(kit, are_kept), grader.program(made_up.solution(kit))
    judges = [records.run(name, asks, program) for name in "ab"]
    assert [judge()[0] for judge in judges] == [[6.0, 9.0]] * 2
    program.end()


def test_arguments_are_shown_in_a_few_words(tiny, tiny_grader):
    given = (np.zeros((0, 3)), np.full((2, 2), 1e200), np.array([1.5, 2.0]), ("a", 0.72347570019))
    files = made_up.with_code(tiny, "scales", "def celsius(*given, k): raise OSError")
    program = tiny_grader.program(files)
    (answer,) = ask(Package(Session(program, {}, None)).scales.celsius.call(*given, k={}))
    program.end()
    said = (
        "((0, 3)-array, (2, 2)-array up to 1e+200, [1.5, 2], ('a', 0.723476), k={…}) raised OSError"
    )
    assert said in answer.fault.reason
