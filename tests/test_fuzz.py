"""Short versions of the fuzzing in `fuzz/`, for every change; `fuzz/long_run.py` is the long one."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import inputs, targets

few = settings(max_examples=150, deadline=None)
many = settings(max_examples=1000, deadline=None)


@many
@given(st.binary(max_size=200))
def test_decoder_on_any_bytes(data: bytes) -> None:
    targets.decode(data)


@many
@given(st.integers(min_value=0))
def test_decoder_on_changed_messages(seed: int) -> None:
    targets.decode(inputs.mutated(inputs.MESSAGES, random.Random(seed)))


@few
@given(st.integers(min_value=0))
def test_archive_reader_on_changed_archives(seed: int) -> None:
    targets.read_archive(inputs.mutated(inputs.ARCHIVES, random.Random(seed)))


@few
@given(st.text() | st.text(alphabet="=+-@\t\r\n\x1b\u202e\u2028,\"'<>&/\\"))
def test_results_writer_on_any_text(text: str) -> None:
    targets.write_result(text.encode("utf-8", "surrogatepass"))
