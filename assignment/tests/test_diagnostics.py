"""Public tests of diagnostics.py."""

import numpy as np
import pytest
from checks import call, leaves_alone, refuses


def test_gradient_norms():
    grads = [np.array([[3.0, 0.0], [0.0, -4.0]]), np.array([5.0, 12.0]), np.array(-2.0)]
    suspects = [
        ([25.0, 169.0, 4.0], "The root is missing."),
        ([7.0, 17.0, 2.0], "That is the sum of the absolute values."),
        ([4.0, 13.0, 2.0], "np.linalg.norm(matrix, 2) is another norm."),
        ([4.0, 12.0, 2.0], "That is the largest entry."),
        ([2.0, 13.0, 5.0], "The order is the wrong way round."),
    ]
    hint = "Per array: square all entries, sum, take the root."
    answer = leaves_alone("diagnostics.gradient_norms", grads)
    answer.is_close([5.0, 13.0, 2.0], hint, suspects=suspects)


def test_gradient_norms_of_nothing():
    call("diagnostics.gradient_norms", []).is_array((0,), "An array without entries, not a list.")


def test_saturated_fraction():
    slopes = np.array([[0.25, 0.009, -0.02, 0.0], [-0.001, 0.2, 1.0, 0.05]])
    for options, right in (({}, 3 / 8), ({"tol": 0.03}, 4 / 8)):
        answer = leaves_alone("diagnostics.saturated_fraction", slopes, **options)
        answer.is_float("Return a Python float: float(...).")
        suspects = [
            (4 / 8, "A slope may be negative: it is its size that counts."),
            (3 / 8, "tol is an argument, not a constant."),
            (1 - right, "That is the share of the others."),
            (8 * right, "The share, not the number."),
            (100 * right, "A share from 0 to 1, not per cent."),
        ]
        answer.is_close(right, "Count abs(slope) < tol among all.", suspects=suspects)


def test_saturated_fraction_of_other_shapes():
    for slopes, right in ((np.array(0.0), 1.0), (np.full((2, 3, 2), 0.5), 0.0)):
        answer = call("diagnostics.saturated_fraction", slopes)
        answer.is_float()
        answer.is_close(right, "slopes has any shape: count over all axes.")
    edge = call("diagnostics.saturated_fraction", np.array([0.25, 0.5]), tol=0.25)
    edge.is_close(0.0, "abs(slope) < tol, not <=.")


def test_dead_fraction():
    activations = np.array(
        [[0.0, 1.0, 0.0, 0.0, 3.0], [0.0, 0.0, 2.0, 0.0, 1.0], [0.0, 4.0, 1.0, 0.0, 2.0]]
    )
    answer = leaves_alone("diagnostics.dead_fraction", activations)
    answer.is_float("Return a Python float: float(...).")
    suspects = [
        (8 / 15, "That is the share of zeros; a unit is dead only where all its examples are 0."),
        (0.8, "One 0 doesn't make a unit dead: it must be 0 for every example."),
        (0.0, "Units are columns: look along axis=0."),
        (0.6, "That is the share of the units that live."),
        (2.0, "The share of the D units, not their number."),
        (40.0, "A share from 0 to 1, not per cent."),
        (2 / 3, "Divide by the number of units D, not of examples N."),
    ]
    answer.is_close(2 / 5, "Count the columns that hold nothing but 0.", suspects=suspects)
    tiny = call("diagnostics.dead_fraction", np.array([[1e-9, 0.0], [0.0, 0.0]]))
    tiny.is_close(0.5, "Small isn't dead: only exactly 0 counts.")


@pytest.mark.parametrize(
    ("norms", "options", "right", "hint"),
    [
        ([1e-5, 0.1, 1.0], {}, "vanishing", "norms[0] / norms[-1], input side first: a small one?"),
        ([1e5, 10.0, 1.0], {}, "exploding", "norms[0] / norms[-1], input side first: a large one?"),
        ([0.5, 1e-9, 1.0], {}, "healthy", "Only the first and the last count."),
        ([0.02, 1.0], {"vanishing": 0.1}, "vanishing", "vanishing is an argument."),
        ([20.0, 1.0], {"exploding": 10.0}, "exploding", "exploding is an argument."),
        ([1e-8, 1e-7, 1e-8], {}, "healthy", "The ratio counts, not the size."),
        ([0.25, 1.0], {"vanishing": 0.25}, "healthy", "'below', not 'below or equal'."),
        ([4.0, 1.0], {"exploding": 4.0}, "healthy", "'above', not 'above or equal'."),
        ([2.0], {}, "healthy", "One layer: it is the first and the last."),
        ([1.0, float("inf"), 1.0], {}, "exploding", "Any norm that isn't finite."),
        ([1.0, float("nan"), 1.0], {}, "exploding", "Any norm that isn't finite: NaN, too."),
        ([1.0, 0.0], {}, "exploding", "The last norm is 0, the first isn't."),
        ([0.0, 0.0], {}, "vanishing", "First and last are 0."),
    ],
)
def test_diagnose(norms, options, right, hint):
    for given in (norms, np.array(norms)):
        answer = call("diagnostics.diagnose", given, **options)
        if answer.value not in ("vanishing", "exploding", "healthy"):
            answer.fail('"vanishing", "exploding" or "healthy"', "Spelling counts.")
        if answer.value != right:
            answer.fail("another of the three", hint)


def measured(activation="relu", first=1.0, spread=1.0, saturated=0.0, dead=0.0, step=10.0):
    """Measurements of a net of ten weight layers that is well, but for what is named."""
    return {
        "activation": activation,
        "gradient_norms": np.linspace(first, 1.0, 10),
        "spreads": np.geomspace(1.0, spread, 9),
        "saturated": np.linspace(0.0, saturated, 9),
        "dead": np.linspace(0.0, dead, 9),
        "parameter_norm": step,
    }


@pytest.mark.parametrize(
    ("net", "choices", "right", "hint"),
    [
        ({}, ("clipping", "none"), "none", "Nothing ails this net."),
        (
            {"first": 1e-6, "spread": 1e-6},
            ("activation", "initializer", "none"),
            "initializer",
            "Its spreads shrink from layer to layer: the weights are too small.",
        ),
        (
            {"activation": "sigmoid", "first": 1e-6, "spread": 0.2},
            ("initializer", "activation"),
            "activation",
            "Its spreads keep their size: sigmoid's slope is what shrinks the gradient.",
        ),
        (
            {"first": 0.0, "dead": 1.0},
            ("initializer", "activation", "clipping"),
            "activation",
            "A layer is dead. New weights leave its biases as they are.",
        ),
        (
            {"activation": "sigmoid", "saturated": 0.8, "step": 50.0},
            ("none", "batch_norm", "activation"),
            "batch_norm",
            "Most slopes of a layer are almost zero, though the norms look healthy.",
        ),
        (
            {"first": 1e6, "spread": 1e6, "step": 1e12},
            ("clipping", "batch_norm"),
            "batch_norm",
            "Clipping shortens the step; the next pass explodes as this one did.",
        ),
        (
            {"first": 100.0, "step": 2e4},
            ("none", "clipping"),
            "clipping",
            "The gradients are so large that one step goes too far.",
        ),
    ],
)
def test_choose_remedy(net, choices, right, hint):
    for offered in (choices, choices[::-1]):
        answer = call("diagnostics.choose_remedy", measured(**net), offered)
        told = [f"{name} {value}" for name, value in {"activation": "relu", **net}.items()]
        answer.given = f"a net with {', '.join(told)}; choices {', '.join(offered)}"
        if answer.value not in choices:
            answer.fail(f"one of {', '.join(choices)}", "Return one of the choices.")
        if answer.value != right:
            answer.fail("another of the choices", hint)


def test_choose_remedy_without_choices():
    refuses("diagnostics.choose_remedy", measured(), (), hint="An empty choices: ValueError.")
