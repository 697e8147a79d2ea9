"""Figures of a student's own net for the student's page: how its gradients and activations flow.

Every net is made of the student's functions; the reference's, on the same data, runs beside it.
"""

from __future__ import annotations

from types import ModuleType

from autograder.engine.pages.figure import Section
from autograder.engine.student import Student
from gradflow import network  # noqa: F401 - loads `reference.network`

from .clipped import clipped_net
from .flow import NETS, gradient_flow
from .weights import Weights

__all__ = ["draw"]


def draw(student: Student, reference: ModuleType) -> Section:
    """The disease, each remedy, and clipping on a net that explodes."""
    # First what asks the same whatever was answered: all of it crosses at once.
    weights = Weights(student, [net.initializer for net in NETS])
    clipped = clipped_net(student, reference)
    flows = [gradient_flow(net, student, reference, weights) for net in NETS]
    return Section(
        "Your own network",
        [*flows, clipped],
        lead=(
            "Nets of ten layers, built from your functions. The gradient enters at the last layer"
            " and travels back to layer 1."
        ),
        beside="the reference, with weights of its own",
        question="Look at your network below: which of the nets would you train, and why?",
    )
