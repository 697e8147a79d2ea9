"""Hostile, broken and malformed submissions, by class, each with what it must get."""

from . import (
    archives,
    ending,
    exhausting,
    forging,
    harmless,
    lying,
    malformed,
    oddities,
    reading,
    spending,
    touching,
)
from .case import Case

CLASSES = {
    "touching the grader": touching.CASES,
    "lying values": lying.CASES,
    "ending or outliving the run": ending.CASES,
    "reading secrets": reading.CASES,
    "exhaustion": exhausting.CASES,
    "malformed": malformed.CASES,
    "forging inside the worker": forging.CASES,
    "odd functions and values": oddities.CASES,
    "spending what others need": spending.CASES,
    "harmless habits": harmless.CASES,
    "contradictory archives": archives.CASES,
}
CASES: list[Case] = [case for cases in CLASSES.values() for case in cases]
