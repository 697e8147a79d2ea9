"""Made-up results for the tests of the pages, as a grader would give them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from autograder.engine.report.result import Result, TestResult
from autograder.engine.sandbox.layers import LAYERS

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
GRADER: dict[str, Any] = {
    "kit": "1.0.0",
    "digest": "5e" * 32,
    "python": "3.11.7",
    "numpy": "2.4.6",
    "pytest": "9.0.0",
    "platform": "Linux x86_64",
    "seed": 7,
    "limits": {"call_cpu": 4.0, "submission": 90.0},
    "layers": list(LAYERS),
}


def outcome(kind: str = "wrong", points: float = 1.0, **more: str) -> TestResult:
    """What a test came to: all its points where it passed, else none."""
    title = f"{more.get('function', '')}: {kind}, {points} points, {len(more)}"
    why = {} if kind == "passed" else {"reason": "r", "hint": "h"}
    earned = points if kind == "passed" else 0.0
    return TestResult(f"p/{title}", "p", title, points, earned, kind, **why | more)


def result(*tests: TestResult, name: str = "ada.zip", problem: str = "") -> Result:
    return Result(name, "ab" * 32, tests, problem, (), {}, GRADER)


def hostile(tests: Sequence[TestResult]) -> Result:
    """One in which everything that a student can write is markup."""
    failed = [replace(test, earned=0.0, kind="raised", reason=HOSTILE) for test in tests]
    made = result(*failed, name=f"{HOSTILE}.zip")
    return replace(made, notes=(HOSTILE,), events={"timeouts": [HOSTILE]})


def results(count: int) -> list[Result]:
    """A class in which each passes one test less than the one before, of eighty."""
    wrong = outcome(mistake="unbiased_variance")
    return [
        result(*[outcome("passed")] * (80 - number), *[wrong] * number, name=f"{number:04}.zip")
        for number in range(count)
    ]
