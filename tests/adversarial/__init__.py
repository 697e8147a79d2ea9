"""Hostile, broken and malformed submissions, by class, each with what it must get."""

from . import ending, exhausting, lying, malformed, reading, touching
from .case import Case

CLASSES = {
    "touching the grader": touching.CASES,
    "lying values": lying.CASES,
    "ending or outliving the run": ending.CASES,
    "reading secrets": reading.CASES,
    "exhaustion": exhausting.CASES,
    "malformed": malformed.CASES,
}
CASES: list[Case] = [case for cases in CLASSES.values() for case in cases]
