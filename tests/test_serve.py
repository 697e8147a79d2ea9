"""What a worker says of an exception."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.engine.worker.serve import describe


def names(problem: BaseException) -> list[str]:
    return describe(problem, "/scratch")[0]


@pytest.mark.parametrize("error", [ValueError("x"), np.exceptions.AxisError("x")])
def test_a_value_error_and_what_is_one_too(error: Exception) -> None:
    assert "ValueError" in names(error)


def test_a_class_that_is_only_called_so_is_none() -> None:
    fake = type("ValueError", (Exception,), {"__module__": "builtins"})
    assert names(fake("x"))[:2] == ["ValueError (not Python's own)", "Exception"]
    assert "ValueError" in names(type("ValueError", (ValueError,), {})("x"))
