"""What is fuzzed. Each target takes bytes, and raises only when something is wrong with the kit."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from autograder.engine.gradebook import Row, final_grades
from autograder.engine.result import from_gradescope, graded, to_json
from autograder.engine.sandbox.worker.wire import Decoder, Encoder, Handle, WireError
from autograder.engine.submission import Submission, read_submission
from autograder.engine.suite.hidden_test import HiddenTest, Outcome
from autograder.engine.suite.program import Events

MODULES = ("alpha", "beta")
TESTS = [
    HiddenTest(f"part/{name}", "part", "Title.", "Hint.", points, ())
    for name, points in (("one", 1.0), ("two", 0.5))
]


def _refuse(value: object) -> Handle:
    raise WireError("not plain")


def decode(data: bytes) -> None:
    """Bytes are refused with `WireError`, or are plain data, which can be sent again."""
    try:
        value = Decoder(handle=lambda handle: handle).decode(data)
    except WireError:
        return
    try:
        again = Encoder(_refuse).encode(value)
    except WireError:
        return  # a text or a number that only one direction allows
    Decoder(handle=lambda handle: handle).decode(again)


def read_archive(data: bytes) -> None:
    """An archive gives files within the limits, or a problem."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.zip"
        path.write_bytes(data)
        read = read_submission(path, "pkg", MODULES)
        assert bool(read.files) != bool(read.problem)
        for name in read.files:
            assert not name.startswith(("/", "..")), name
            assert "/../" not in name
        assert [entry.name for entry in Path(folder).iterdir()] == ["x.zip"]


def write_result(data: bytes) -> None:
    """Whatever a student's texts hold, the result is JSON that can be read back, and a CSV row."""
    text = data.decode("utf-8", "surrogateescape")
    submission = Submission(f"{text}.zip", "0" * 64, {}, "", (text, text[::-1]))
    events = Events([text], [text * 2], [])
    outcomes = [Outcome(TESTS[0], "wrong", text), Outcome(TESTS[1], "passed")]
    result = graded(submission, TESTS, outcomes, events, {"seed": 0})
    assert result.earned == 0.5
    written = to_json(result)
    assert written.isascii()
    assert from_gradescope(json.loads(written)) == result
    row = final_grades({"part": 1.5}, [Row.of(result, ["part"])])
    assert row.encode().count(b"\n") == 3
