"""Hostile, broken and malformed submissions, by the promise that they test (see threat-model.md)."""

from . import archives, ending, exhausting, forging, lying, malformed, reading, telling
from .case import Case

_KINDS = (forging, lying, ending, exhausting, reading, telling, malformed)
GRADED: list[Case] = [case for kind in _KINDS for case in kind.CASES]
CASES = [*GRADED, *archives.CASES]
