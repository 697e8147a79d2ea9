"""What is asked in advance: the same questions and the same end as when it is asked in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from autograder.engine import classroom
from autograder.engine.assignment import Assignment
from autograder.engine.grading import Grader
from autograder.engine.processes import Request
from autograder.engine.repertoire import Piece, Repertoire
from autograder.engine.script import Call, Transcript, write_script
from autograder.engine.student import Student, StudentFault
from autograder.engine.worker.wire import Encoder, Handle

NOTES = """
def celsius(f):
    asked.append(float(np.sum(f)))
    return {value}

def asked_so_far():
    return asked

asked = []
"""
RIGHT, WRONG = "(f - 32.0) * 5.0 / 9.0", "f - 1.0"


def alone(play: Callable[[Student], Any], rounding: bool = False) -> Piece[Any]:
    """A piece that comes to what playing it returns."""
    return Piece("piece", play, lambda _, value: value, rounding)


class Stage:
    """Performs pieces, counts how often they are played, and tells what a submission was asked."""

    def __init__(self, assignment: Assignment, grader: Grader) -> None:
        self.repertoire = Repertoire(assignment.reference(), {})
        self.played = 0
        self._assignment, self._grader = assignment, grader

    def student(self, value: str) -> Student:
        code = NOTES.format(value=value)
        return self._grader.student(classroom.with_code(self._assignment, "scales", code))

    def perform(
        self, value: str, piece: Callable[[Student], Any], proven: bool = True
    ) -> tuple[Any, list[float]]:
        """What the piece comes to, and the sums of the arrays that celsius was given. proven: a
        test of it has passed before."""

        def counted(student: Student) -> Any:
            self.played += 1
            return piece(student)

        student = self.student(value)
        student.learn(["scales.celsius"] if proven else [], passed=True)
        try:
            end = self.repertoire.perform(alone(counted), student)
            student.begin_test()
            return end, student.scales.asked_so_far()
        finally:
            student.close()


@pytest.fixture
def stage(tiny: Assignment, tiny_grader: Grader) -> Iterator[Stage]:
    return Stage(tiny, tiny_grader)


def three(student: Student) -> list[float]:
    """A piece that knows all its questions in advance."""
    return [float(student.scales.celsius(np.array(f))) for f in (32.0, 212.0, 50.0)]


def chain(student: Student) -> float:
    """A piece in which each question is made of the answer before."""
    value = np.array(212.0)
    for _ in range(3):
        value = student.scales.celsius(value)
    return float(value)


def branch(student: Student) -> str:
    """A piece that asks something else where an answer is wrong."""
    if float(student.scales.celsius(np.array(212.0))) > 100.5:
        student.scales.celsius(np.array(-40.0))
        return "too hot"
    student.scales.celsius(np.array(14.0))
    return "right"


def long_chain(student: Student) -> float:
    """A chain that is long enough to be guessed at: 212, 100, 37.8, 3.2, -16 and so on."""
    value = np.array(212.0)
    for _ in range(8):
        value = student.scales.celsius(value)
    return float(value)


def live(stage: Stage, value: str, piece: Callable[[Student], Any]) -> tuple[Any, list[float]]:
    """The piece played with nothing asked in advance."""
    student = stage.student(value)
    try:
        return piece(student), student.scales.asked_so_far()
    finally:
        student.close()


@pytest.mark.parametrize("value", [RIGHT, WRONG])
@pytest.mark.parametrize("piece", [three, chain])
def test_the_same_questions_and_end_as_in_turn(
    stage: Stage, piece: Callable[[Student], Any], value: str
) -> None:
    assert stage.perform(value, piece) == live(stage, value, piece)


def test_a_question_that_follows_from_a_wrong_answer(stage: Stage) -> None:
    """What was asked in advance in vain is all that a submission sees more."""
    end, asked = stage.perform(WRONG, branch)
    assert (end, asked) == ("too hot", [212.0, 14.0, 212.0, -40.0])
    assert stage.perform(RIGHT, branch) == ("right", [212.0, 14.0])


def test_the_end_of_equal_answers_is_known(stage: Stage) -> None:
    rehearsed = 2  # with the reference's numbers, and with others
    for value in (RIGHT, RIGHT + " + 0.0"):
        assert stage.perform(value, three)[0] == [0.0, 100.0, 10.0]
        assert stage.played == rehearsed
    for _ in range(2):
        assert stage.perform(WRONG, three)[0] == [31.0, 211.0, 49.0]
        assert stage.played == rehearsed + 1


DEVIATES = f"(f + 1 if 37 < f < 38 else {RIGHT})"  # at the third of eight questions


def test_right_guesses_are_the_questions(stage: Stage) -> None:
    assert stage.perform(RIGHT, long_chain) == live(stage, RIGHT, long_chain)


def test_what_follows_a_wrong_guess_is_dropped(stage: Stage) -> None:
    """Two questions are asked in vain: the first guesses are four, and the second of them fails."""
    end, asked = stage.perform(DEVIATES, long_chain)
    right = live(stage, RIGHT, long_chain)[1]
    end_in_turn, asked_in_turn = live(stage, DEVIATES, long_chain)
    assert (end, asked) == (end_in_turn, right[:5] + asked_in_turn[3:])


def test_a_function_that_is_not_proven_is_not_told_what_it_should_answer(stage: Stage) -> None:
    """The argument of a guess is the reference's answer to the guess before."""
    in_turn = live(stage, DEVIATES, long_chain)
    assert stage.perform(DEVIATES, long_chain, proven=False) == in_turn


def test_one_failed_test_is_enough_to_be_told_no_more(stage: Stage) -> None:
    student = stage.student(DEVIATES)
    try:
        student.learn(["scales.celsius"], passed=True)
        student.learn(["scales.celsius"], passed=False)
        student.learn(["scales.celsius"], passed=True)
        end = stage.repertoire.perform(alone(long_chain), student)
        student.begin_test()
        assert (end, student.scales.asked_so_far()) == live(stage, DEVIATES, long_chain)
    finally:
        student.close()


def test_a_dropped_guess_that_ends_the_process_costs_nothing(stage: Stage) -> None:
    fifth = live(stage, RIGHT, long_chain)[1][4]
    value = f"__import__('os')._exit(3) if f == {fifth!r} else {DEVIATES}"
    assert stage.perform(value, long_chain) == live(stage, DEVIATES, long_chain)


def test_a_guess_moves_no_generator_on() -> None:
    """Only the first of the guesses that are sent at once may hand over a generator."""

    def call(draws: bool) -> Call:
        return Call(Request("m", "m.f", b"", draws), b"")

    kinds = [[len(batch.calls), batch.is_certain] for batch in write_script([call(False)] * 20, 3)]
    assert kinds == [[3, True], [4, False], [8, False], [5, False]]
    draws = [True, True, False, True, False, False]
    script = write_script([call(draw) for draw in draws], 1)
    assert [[c.request.draws for c in b.calls] for b in script] == [
        [True],
        [True, False],
        [True, False, False],
    ]


@pytest.mark.parametrize("order", [(RIGHT, WRONG), (WRONG, RIGHT)])
def test_the_order_of_a_class_makes_no_difference(stage: Stage, order: tuple[str, str]) -> None:
    seen = {value: stage.perform(value, chain) for value in (*order, *order)}
    assert seen == {value: live(stage, value, chain) for value in order}


def ask(f: float) -> Piece[float]:
    """A piece that asks once."""
    return Piece(
        f"ask {f}",
        lambda student: float(student.scales.celsius(np.array(f))),
        lambda _, value: value,
    )


def in_company(stage: Stage, student: Student) -> list[float | str]:
    """What pieces come to that are asked together."""
    pieces = [ask(f) for f in (32.0, 212.0, 50.0)]
    stage.repertoire.ask_together(pieces, student)
    ends: list[float | str] = []
    for piece in pieces:
        try:
            ends.append(stage.repertoire.perform(piece, student))
        except StudentFault as fault:
            ends.append(fault.kind)
    return ends


@pytest.mark.parametrize("value", [RIGHT, WRONG])
def test_pieces_asked_together_come_to_what_each_comes_to(stage: Stage, value: str) -> None:
    student = stage.student(value)
    try:
        ends = in_company(stage, student)
        student.begin_test()
        asked = student.scales.asked_so_far()
    finally:
        student.close()
    assert (ends, asked) == live(stage, value, three)


def test_what_ends_a_process_in_company_has_another_for_itself(stage: Stage) -> None:
    """What was told before counts; from there on, each piece is asked for itself."""
    student = stage.student("f if f < 100 else __import__('os')._exit(3)")
    try:
        assert in_company(stage, student) == [32.0, "crash", 50.0]
        assert student.processes.sharing(["scales"]) == []
        assert student.events.crashes == ["scales.celsius"]  # once: among others it proves little
    finally:
        student.close()


def test_answers_of_a_process_that_was_shared(stage: Stage) -> None:
    """Wrong ones don't count when the module has had a process of its own since then."""
    pieces = [ask(32.0), ask(50.0)]
    student = stage.student("f + float(len(asked))")
    try:
        stage.repertoire.ask_together(pieces, student)
        assert stage.repertoire.perform(pieces[0], student) == 33.0
        student.processes.set_apart(["scales"])
        assert stage.repertoire.perform(pieces[1], student) == 51.0  # 52 in the other
        stage.repertoire.ask_together(pieces, student)  # nothing: it shares no process any more
        assert stage.repertoire.perform(pieces[0], student) == 34.0
    finally:
        student.close()


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("__import__('os')._exit(3) if f > 100 else f", "crash"),
        ("1 / (f - 212.0).item()", "raised"),
    ],
)
def test_a_fault_comes_to_the_call_that_it_belongs_to(stage: Stage, value: str, kind: str) -> None:
    def told(student: Student) -> list[str]:
        said = []
        for f in (32.0, 212.0, 50.0):
            try:
                student.scales.celsius(np.array(f))
                said.append("answered")
            except StudentFault as fault:
                said.append(fault.kind)
        return said

    student = stage.student(value)
    end = stage.repertoire.perform(alone(told), student)
    student.close()
    assert end == ["answered", kind, "answered"]


def test_an_answer_that_was_refused_is_not_known(tiny: Assignment, tiny_grader: Grader) -> None:
    """The process that gave it is ended each time."""
    repertoire = Repertoire(tiny.reference(), {})
    code = "import os\ndef celsius(f):\n    os.write(3, b'\\1\\0\\0\\0\\xc1')\n    return f\n"
    for _ in range(2):
        student = tiny_grader.student(classroom.with_code(tiny, "scales", code))
        student.processes.set_apart(["scales"])
        with pytest.raises(StudentFault):
            repertoire.perform(alone(three), student)
        assert student.events.refused
        student.close()


def answer(value: Any, changed: Sequence[str] = ()) -> bytes:
    return Encoder().encode(["returned", value, list(changed), [], []])


ZEROS = np.zeros((2, 3))


@pytest.mark.parametrize(
    ("reply", "same"),
    [
        (answer((-ZEROS, Handle(1, ""), 2.0)), True),
        (answer((np.asfortranarray(ZEROS), Handle(1, ""), 2.0)), False),
        (answer((ZEROS.astype(np.float32), Handle(1, ""), 2.0)), False),
        (answer((ZEROS, Handle(2, ""), 2.0)), False),
        (answer((ZEROS, Handle(1, ""), np.nextafter(2.0, 3.0).item())), False),
        (answer([ZEROS, Handle(1, ""), 2.0]), False),
        (answer((ZEROS, Handle(1, ""))), False),
        (Encoder().encode(["raised", ["ValueError"], "no", ""]), False),
        (b"\xc1", False),
    ],
    ids="zeros layout dtype handle digit type length raised rubbish".split(),
)
def test_answers_that_the_same_questions_follow_from(reply: bytes, same: bool) -> None:
    reference = answer((ZEROS, Handle(1, ""), 2.0))
    transcripts = Transcript(), Transcript()
    transcripts[0].add(reply, reference)
    transcripts[1].add(reference, reference)
    assert transcripts[0].has_references_numbers == same
    assert transcripts[0].digest() != transcripts[1].digest()


def test_an_object_of_another_type_is_another_answer_with_the_same_numbers() -> None:
    transcript = Transcript()
    kinds = [
        Encoder(lambda _, kind=kind: Handle(1, kind)).encode(["returned", {1}, [], [], []])  # type: ignore[misc]
        for kind in ("dict", "tuple")
    ]
    transcript.add(*kinds)
    assert transcript.has_references_numbers
    assert kinds[0] != kinds[1]


@pytest.mark.parametrize(
    ("reply", "counts"),
    [
        (answer((ZEROS, Handle(1, ""), 2.0)), True),
        (answer((ZEROS + 1e-12, Handle(1, ""), 2.0)), False),
        (answer((ZEROS, Handle(2, ""), 2.0)), False),
        (answer((ZEROS, Handle(1, ""), 2.0 + 1e-10)), True),
        (answer((ZEROS, Handle(1, ""), 2.0 + 1e-8)), False),
        (answer((ZEROS, Handle(1, ""), 2)), False),
        (answer((ZEROS, Handle(1, ""), 2.0), ["argument 1"]), False),
        (answer((ZEROS, Handle(1, ""), float("nan"))), False),
        (b"\xc1", False),
    ],
    ids="equal zeros handle digit number type changed nan rubbish".split(),
)
def test_answers_that_count_as_the_references_but_for_rounding(reply: bytes, counts: bool) -> None:
    reference = answer((ZEROS, Handle(1, ""), 2.0))
    rounded, exact = Transcript(rounding=True), Transcript()
    assert rounded.add(reply, reference) == (reference if counts else reply)
    assert exact.add(reply, reference) == reply


@pytest.mark.parametrize("rounding", [False, True])
def test_with_rounding_the_next_question_follows_from_the_references_answer(
    stage: Stage, rounding: bool
) -> None:
    student = stage.student(f"({RIGHT}) * (1 + 2e-13)")
    try:
        student.learn(["scales.celsius"], passed=True)
        end = stage.repertoire.perform(alone(long_chain, rounding), student)
        assert student.on_script == rounding
    finally:
        student.close()
    right = live(stage, RIGHT, long_chain)[0]
    assert end == pytest.approx(right)
    assert (end == right) == rounding
