"""What students' bytes meet first: right messages, archives and texts, changed in a few places.

The same inputs each time; the slow tests take many more. What breaks is printed by pytest.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from autograder.engine.report.gradebook import Row, final_grades
from autograder.engine.report.result import from_gradescope, graded, to_json
from autograder.engine.sandbox.worker.wire import Decoder, Encoder, Handle, WireError
from autograder.engine.submission.read import Submission, read_submission
from autograder.engine.suite.hidden_test import HiddenTest, Outcome
from autograder.engine.suite.program import Events


def few_and(many: int) -> pytest.MarkDecorator:
    counts = [500, pytest.param(many, marks=pytest.mark.slow)]
    return pytest.mark.parametrize("count", counts)


def messages() -> list[bytes]:
    encode = Encoder(lambda value: Handle(1, 0, "object")).encode
    values = [
        ["returned", np.ones((2, 3)), ["argument 1"], [], ["RuntimeWarning: x"]],
        ["returned", (np.float64(2), object(), np.zeros(0)), [], [], []],
        ["returned", [np.asfortranarray(np.ones((2, 2))), np.ones(6)[::2]], [], [], []],
        ["returned", {"a": (1, (2, (3,)))}, [], [], []],
        ["raised", ["ValueError", "Exception"], "bad", "m.py, line 3"],
        [np.array([True, False]), np.int8(3), np.complex128(1j), None, -(2**40), 1e300, "é"],
    ]
    heads = [b"\xc7", b"\xc8\x00\x05", b"\xc9\x00\x00\x00\x05", b"\xd4\x01", b"\xd8\x03"]
    return [encode(value) for value in values] + [head + b"\x01" * 20 for head in heads]


def archives() -> list[bytes]:
    found = []
    for files in (
        {"pkg/alpha.py": b"x = 1\n" * 20, "pkg/beta.py": b"", "README": b"r"},
        {"a/pkg/alpha.py": b"1", "__MACOSX/x": b"", "../b.py": b"", "c\\d.py": b""},
    ):
        for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w", compression) as archive:
                for name, data in files.items():
                    archive.writestr(name, data)
            found.append(content.getvalue())
    return found


TOKENS = [bytes([n]) for n in (0x80, 0x90, 0xC0, 0xC1, 0xC4, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCF)] + [
    b"\xdd\x00\x01\x86\x9f", b"\xdf\xff\xff\xff\xff", b"\xdb\x7f\xff\xff\xff", b"\xd4\x03\xc0",
    b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"\xff" * 8,
]  # fmt: skip


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


@few_and(100_000)
def test_the_decoder_gives_plain_data_or_refuses(count: int) -> None:
    choose, right = random.Random(0), messages()
    for number in range(count):
        data = choose.randbytes(40) if number % 10 == 0 else changed(right, choose)
        try:
            value = Decoder(handle=lambda handle: handle).decode(data)
            again = Encoder(_refuse).encode(value)
        except WireError:
            continue  # one may be sent in one direction only
        Decoder(handle=lambda handle: handle).decode(again)


def _refuse(value: object) -> Handle:
    raise WireError("not plain")


@few_and(10_000)
def test_an_archive_gives_files_or_a_problem(count: int, tmp_path: Path) -> None:
    choose, right, path = random.Random(0), archives(), tmp_path / "x.zip"
    for _ in range(count):
        path.write_bytes(changed(right, choose))
        read = read_submission(path, "pkg", ("alpha", "beta"))
        assert bool(read.files) != bool(read.problem)
        assert not any(name.startswith(("/", "..")) or "/../" in name for name in read.files)
        assert list(tmp_path.iterdir()) == [path]


@few_and(10_000)
def test_a_result_can_be_written_whatever_a_students_texts_hold(count: int) -> None:
    choose = random.Random(0)
    tests = [HiddenTest(f"part/{p}", "part", "Title.", "Hint.", p, ()) for p in (1.0, 0.5)]
    for _ in range(count):
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
