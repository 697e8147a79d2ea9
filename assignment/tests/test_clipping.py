"""Public tests of clipping.py. [3, -4] has norm 5; with [12] beside it, the joint norm is 13."""

import numpy as np
import pytest
from checks import Answer, is_quiet, leaves_alone, refuses, shares_nothing

FUNCTIONS = ("clip_by_value", "clip_by_norm", "clip_by_global_norm")


def grads():
    return [np.array([3.0, -4.0]), np.array([[12.0]])]


def clips(name, given, limit, right, hint, suspects=()) -> float | None:
    """The arrays of the result are the right ones; the global norm, where there is one."""
    answer = leaves_alone(f"clipping.{name}", given, limit)
    norm = None
    if name == "clip_by_global_norm":
        answer, norm_answer = answer.items("clipped global_norm")
        norm = norm_answer.is_float()
    answers = answer.items(" ".join(f"array{i}" for i in range(len(given))), list)
    for index, (answer, array) in enumerate(zip(answers, right, strict=True)):
        own = [(suspect[index], tell) for suspect, tell in suspects]
        answer.is_close(array, hint, suspects=own, tol=1e-12, rtol=1e-5)
    return norm


def test_by_value():
    suspects = [
        ([np.array([3.0, 3.5]), np.array([[3.5]])], "The sign of the negative entries is lost."),
        ([np.array([3.0, -4.0]), np.array([[3.5]])], "Entries below -threshold are clipped too."),
        ([np.array([3.0, 0.0]), np.array([[0.0]])], "Clipped means set to the limit, not to 0."),
        ([np.array([3.0, -4.0]), np.array([[12.0]])], "Nothing is clipped."),
    ]
    right = [np.array([3.0, -3.5]), np.array([[3.5]])]
    hint = "Each entry by itself, from -threshold to threshold."
    clips("clip_by_value", grads(), 3.5, right, hint, suspects)


def test_by_norm():
    g = grads()
    suspects = [
        ([g[0] * 6.5 / 13, g[1] * 6.5 / 13], "Each array on its own here, not all together."),
        ([g[0] * 6.5 / 5, g[1] * 6.5 / 12], "min(1, ...): a small gradient is never made larger."),
        ([np.clip(a, -6.5, 6.5) for a in g], "That is clipping by value."),
        ([g[0] * 6.5 / 25, g[1] * 6.5 / 144], "That divides by the norm's square."),
        ([g[0], g[1] / 12], "Scaled to norm 1, not to max_norm."),
    ]
    right = [g[0], g[1] * 6.5 / 12]
    hint = "What are the norms of the two, and which is too large?"
    clips("clip_by_norm", g, 6.5, right, hint, suspects)
    hint = "The norm is the root of the sum of squares."
    clips("clip_by_norm", g[:1], 1.0, [np.array([0.6, -0.8])], hint)
    matrix = np.array([[2.0, 0.0, 1.0], [-2.0, 4.0, 0.0]])
    hint = "One norm for the whole matrix (Frobenius): np.linalg.norm of 2-D needs care with axis."
    clips("clip_by_norm", [matrix], 2.5, [matrix / 2], hint)


def test_by_global_norm():
    g = grads()
    for limit, factor in ((6.5, 0.5), (13.0, 1.0), (100.0, 1.0)):
        added = "The norms are added: square and add, then the root."
        suspects = [
            ([a * min(1, limit / np.linalg.norm(a)) for a in g], "One factor for all arrays."),
            ([a * min(1, limit / 17) for a in g], added),
            ([a * min(1, limit / 169) for a in g], "That divides by the norm's square."),
            ([a * limit / 13 for a in g], "min(1, ...): small gradients are never made larger."),
            ([a / 13 for a in g], "Scaled to norm 1, not to max_norm."),
        ]
        right = [a * factor for a in g]
        hint = "Norm of all entries together?"
        norm = clips("clip_by_global_norm", g, limit, right, hint, suspects)
        Answer("clipping.clip_by_global_norm: global_norm", f"{g}, {limit}", norm).is_close(
            13.0,
            "All entries of all arrays: square, sum, one root. Measured before clipping.",
            suspects=[
                (17.0, "That is the sum of the norms."),
                (169.0, "The root is missing."),
                (12.0, "That is the largest array's norm."),
                (limit, "Return the norm from before clipping."),
                (factor, "Return the norm, not the factor."),
            ],
            rtol=1e-9,
        )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_shapes(name):
    given = [np.array(0.25), np.zeros((0, 3)), np.full((2, 1, 2), 0.25), np.array([0.25])]
    clips(name, given, 100, given, "Small enough: each array comes back as it was, in order.")
    hint = "0-d arrays have a size and a norm, too."
    clips(name, [np.array(-8.0)], 2, [np.array(-2.0)], hint)
    hint = "No arrays: [] (and a global norm of 0.0)."
    norm = clips(name, [], 1.0, [], hint)
    if norm not in (None, 0.0):
        Answer(f"clipping.{name}", "[], 1", ([], norm)).fail("an empty list", hint)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_zeros(name):
    given = [np.zeros(3), np.zeros((2, 2))]
    clips(name, given, 0.1, given, "0/0 is NaN: which norm do you divide by?")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gives_new_arrays(name):
    given = grads()
    for limit in (1.0, 100.0):
        shares_nothing(leaves_alone(f"clipping.{name}", given, limit))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_refuses_limits(name):
    for limit in (0, -1.0, float("nan")):
        hint = "Only a limit > 0 makes sense; 'limit <= 0' is False for NaN."
        refuses(f"clipping.{name}", grads(), limit, hint=hint)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_refuses_gradients(name):
    for bad in (np.nan, np.inf, -np.inf):
        hint = "np.isfinite finds NaN and both infinities. Look into every array."
        refuses(f"clipping.{name}", [np.ones(2), np.array([1.0, bad])], 1.0, hint=hint)


@pytest.mark.parametrize("name", FUNCTIONS[1:])
def test_huge_gradients(name):
    given = [np.array([3e200, -4e200])]
    hint = "The square of 1e200 is infinity. Divide by the largest entry before you square."
    clips(name, given, 5.0, [np.array([3.0, -4.0])], hint)
    is_quiet(f"clipping.{name}", given, 5.0, hint=hint)
