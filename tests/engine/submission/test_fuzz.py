"""What students' bytes meet first: right messages and texts, changed in a few places; the same each
time."""

from __future__ import annotations

import json
import random

import numpy as np

from autograder.engine.report.gradebook import Row, final_grades
from autograder.engine.report.result import from_gradescope, graded, to_json
from autograder.engine.sandbox.worker.wire import Decoder, Encoder, Handle, WireError
from autograder.engine.submission.read import Submission
from autograder.engine.suite.hidden_test import HiddenTest, Outcome
from autograder.engine.suite.program import Events

COUNT = 500


def messages() -> list[bytes]:
    encode = Encoder(lambda value: Handle(1, 0, "object")).encode
    values = [
        ["returned", np.ones((2, 3)), ["argument 1"], [], ["RuntimeWarning: x"]],
        ["returned", (np.float64(2), object(), np.zeros(0)), [], [], []],
        ["returned", [np.asfortranarray(np.ones((2, 2))), np.ones(6)[::2]], [], [], []],
        ["raised", ["ValueError", "Exception"], "bad", {"a": (1, (2, (3,)))}],
        [np.array([True, False]), np.int8(3), np.complex128(1j), None, -(2**40), 1e300, "é"],
    ]
    return list(map(encode, values))


TOKENS = [
    *(bytes([head]) for head in (0x80, 0x90, 0xC0, 0xC1, 0xC4, 0xC7, 0xCA, 0xCF)),
    *(b"\xdd\x00\x01\x86\x9f", b"\xdf\xff\xff\xff\xff", b"\xd4\x03\xc0", b"\xff" * 8),
]


def changed(right: list[bytes], choose: random.Random) -> bytes:
    """One of these, with bytes overwritten, put in, taken out, or the end of another."""
    data = bytearray(choose.choice(right))
    for _ in range(choose.choice((1, 1, 2, 3, 6))):
        at, length = choose.randrange(len(data) + 1), choose.randint(1, 8)
        other = choose.choice(right)
        part = choose.choice(
            [choose.randbytes(length), choose.choice(TOKENS), other[choose.randrange(len(other)) :]]
        )
        data[at : at + choose.choice((0, length, len(data)))] = choose.choice((b"", part))
    return bytes(data)


def test_the_decoder_gives_plain_data_or_refuses() -> None:
    choose, right = random.Random(0), messages()
    for number in range(COUNT):
        data = choose.randbytes(40) if number % 10 == 0 else changed(right, choose)
        try:
            value = Decoder(handle=lambda handle: handle).decode(data)
            again = Encoder(_refuse).encode(value)
        except WireError:
            continue  # one may be sent in one direction only
        Decoder(handle=lambda handle: handle).decode(again)


def _refuse(value: object) -> Handle:
    raise WireError("not plain")


def test_a_result_can_be_written_whatever_a_students_texts_hold() -> None:
    choose = random.Random(0)
    tests = [HiddenTest(f"part/{p}", "part", "Title.", "Hint.", p, ()) for p in (1.0, 0.5)]
    for _ in range(COUNT):
        nasty = "".join(choose.choices("=+-@\t\r\n\x1b\u202e\u2028,\"'<>&/\\\ud800a", k=12))
        text = choose.choice((nasty, choose.randbytes(40).decode("utf-8", "surrogateescape")))
        submission = Submission(f"{text}.zip", "0" * 64, {}, "", (text, text[::-1]))
        outcomes = [Outcome(tests[0], "wrong", text), Outcome(tests[1], "passed")]
        result = graded(submission, tests, outcomes, Events([text], [text * 2], []), {"seed": 0})
        written = to_json(result)
        assert written.isascii()
        assert from_gradescope(json.loads(written)) == result
        row = final_grades({"part": 1.5}, [Row.of(result, ["part"])])
        assert row.encode().count(b"\n") == 3
