"""Draws gradient_flow.png, the README's picture: two nets of the solution, each sick and cured.

PYTHONPATH=solutions python autograder/docs/gradient_flow.py

The picture in the repository has 24 colours, to be small.
"""

from pathlib import Path

from matplotlib.figure import Figure

from gradflow.colours import BLUE, RED
from gradflow.experiments import flow, normal, probe

LAYERS = 10
PICTURE = Path(__file__).with_suffix(".png")

SMALL, LARGE = normal(0.01), normal(1.0)
NETS = (
    (
        "Vanishing: ten layers with sigmoid",
        ("weights from N(0, 0.01²)", {"activation": "sigmoid", **SMALL}),
        ("and batch norm", {"activation": "sigmoid", **SMALL, "batch_norm": True}),
    ),
    (
        "Exploding: ten layers with ReLU",
        ("weights from N(0, 1)", {"activation": "relu", **LARGE}),
        ("weights from He", {"activation": "relu", "initializer": "he_normal"}),
    ),
)
"""A title, the sick net and its cure."""


def draw() -> Figure:
    """The norm of the gradient at each layer's pre-activations: two panels, two curves each."""
    figure = Figure(figsize=(8.0, 3.0), layout="constrained")
    layers = range(1, LAYERS + 1)
    for axes, (title, *curves) in zip(figure.subplots(1, 2), NETS, strict=True):
        for (label, options), colour, marker in zip(curves, (RED, BLUE), "so", strict=True):
            norms = flow(probe(LAYERS, **options)[1])
            axes.semilogy(layers, norms, color=colour, marker=marker, label=label)
        axes.set_title(title)
        axes.set_xlabel("layer (input side first)")
        axes.set_ylabel("norm of the gradient")
        axes.set_xticks(layers)
        axes.grid(True, color="#DDDDDD")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    draw().savefig(PICTURE, dpi=100)
