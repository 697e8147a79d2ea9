"""Hostile, broken and malformed submissions, by the promise that they test (see threat-model.md)."""

from . import archives, ending, exhausting, forging, harmless, lying, malformed, reading, telling
from .case import Case

GRADED: list[Case] = [
    *forging.CASES,
    *lying.CASES,
    *ending.CASES,
    *exhausting.CASES,
    *reading.CASES,
    *telling.CASES,
    *malformed.CASES,
    *harmless.CASES,
]
CASES = [*GRADED, *archives.CASES]
