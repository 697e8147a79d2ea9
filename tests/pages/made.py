"""A made-up class for the tests of the pages: results as a grader would give them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from autograder.engine.assignment import Assignment
from autograder.engine.report.result import Result, TestResult
from autograder.engine.sandbox.layers import LAYERS
from tests.kit import ROOT

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
GRADER = {
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
HINTS = {
    "unbiased_variance": "Which number do you divide by when the batch is all the data there is?",
    "no_root": "A variance is not a standard deviation.",
    "eps_outside_root": "Look at where eps stands in the formula.",
    "wrong_side": "What is the slope at a pre-activation below zero?",
}


def assignment() -> Assignment:
    return Assignment.load(ROOT / "autograder")


def made_up(tests_per_part: int) -> list[tuple[str, str, float]]:
    parts = ("initializers", "activations", "batchnorm", "clipping", "diagnostics", "deep_network")
    return [
        (part, f"{part} number {i}: the values are right.", 0.5 + 0.5 * (i % 3))
        for part in parts
        for i in range(tests_per_part)
    ]


def result(name: str, strength: float, rng: np.random.Generator, tests_per_part: int = 8) -> Result:
    """A submission that passes a test with a probability that grows with its strength."""
    found = []
    for number, (part, title, points) in enumerate(made_up(tests_per_part)):
        hardness = (number * 37 % 100) / 100
        passed = rng.random() < 1 / (1 + np.exp(-8 * (strength - hardness)))
        mistake = "" if passed or rng.random() < 0.5 else rng.choice(list(HINTS))
        kind = "passed" if passed else rng.choice(["wrong"] * 8 + ["todo", "raised"])
        reason = "" if passed else f"entry [{number}]: 0.25 is wrong for z = {rng.normal():.3f}"
        found.append(
            TestResult(
                f"{part}/t{number}", part, title, points, points * passed, str(kind), reason,
                HINTS.get(str(mistake), "" if passed else "Draw the curve and look."), str(mistake),
            )
        )  # fmt: skip
    events: dict[str, list[str]] = {"timeouts": [], "crashes": [], "refused": []}
    if rng.random() < 0.04:
        events[str(rng.choice(list(events)))].append("activations.sigmoid")
    return Result(name, "ab" * 32, tuple(found), "", (), events, GRADER)


def hostile_result(rng: np.random.Generator) -> Result:
    """One in which everything that a student can write is markup."""
    made = result("x.zip", 0.3, rng)
    failed = [replace(t, earned=0.0, kind="raised", reason=HOSTILE) for t in made.tests]
    events = {"timeouts": [HOSTILE], "crashes": [], "refused": []}
    return Result(f"{HOSTILE}.zip", made.sha256, tuple(failed), "", (HOSTILE,), events, GRADER)


def results(count: int, seed: int = 0) -> list[Result]:
    rng = np.random.default_rng(seed)
    strengths = np.clip(rng.normal(0.65, 0.25, size=count), 0.0, 1.3)
    return [result(f"student{i:04}.zip", s, rng) for i, s in enumerate(strengths)]
