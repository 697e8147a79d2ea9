"""Figures of a student's own net for the student's page: how its gradients and activations flow.

Every net is made of the student's functions; the reference's, on the same data, runs beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from autograder.engine.pages.figure import Figure
from autograder.engine.student import Student

from .clipped import clipped_net
from .flow import NETS, gradient_flow
from .weights import Weights

__all__ = ["draw"]


def draw(student: Student, reference: ModuleType) -> Sequence[Figure]:
    """The disease, each remedy, and clipping on a net that explodes."""
    weights = Weights(student)
    flows = [gradient_flow(net, student, reference, weights) for net in NETS]
    return [*flows, clipped_net(student, reference)]
