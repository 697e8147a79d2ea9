"""Figures of a student's own net for the student's page: how its gradients and activations flow.

Every net is made of the student's functions; the reference's, on the same data, runs beside it.
"""

from functools import partial

from autograder.engine.report.pages.figure import Section
from gradflow import network  # noqa: F401 - loads `reference.network`

from .clipped import clipped_net
from .flow import NETS, gradient_flow

__all__ = ["FIGURES", "SECTION"]

FIGURES = (*(partial(gradient_flow, net) for net in NETS), clipped_net)
"""The disease, each remedy, and clipping on a net that explodes."""
SECTION = Section(
    "Your own network",
    lead=(
        "Nets of ten layers, built from your functions. The gradient enters at the last layer"
        " and travels back to layer 1."
    ),
    beside="the reference, with weights of its own",
    question="Look at your network below: which of the nets would you train, and why?",
)
