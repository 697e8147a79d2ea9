"""Diagnostics: the share of saturated units."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "saturated_fraction",
    hint="You count the units that still learn. Is the slope of a saturated unit large or small?",
)
def saturated_counts_the_others(slopes, tol=0.01):
    return float(np.mean(np.abs(slopes) > tol))


@mistake(
    "saturated_fraction",
    hint="A slope far below zero is steep, not flat. Look at what your comparison does with it.",
)
def saturated_without_abs(slopes, tol=0.01):
    return float(np.mean(slopes < tol))


@mistake(
    "saturated_fraction",
    hint="A slope exactly at the tolerance counts as saturated here. Compare with the definition.",
)
def saturated_at_tolerance(slopes, tol=0.01):
    return float(np.mean(np.abs(slopes) <= tol))


@mistake(
    "saturated_fraction",
    hint="Only slopes of exactly zero count here. A saturated sigmoid's slope is merely very "
    "small.",
)
def saturated_zero_slopes_only(slopes, tol=0.01):
    return float(np.mean(slopes == 0))


@mistake("saturated_fraction", hint="The tolerance that the caller gives has no effect.")
def saturated_hard_coded_tolerance(slopes, tol=0.01):
    return float(np.mean(np.abs(slopes) < 0.01))


@mistake(
    "saturated_fraction",
    hint="Slopes near 1 count as saturated here. That fits a sigmoid's outputs; these are its "
    "derivatives.",
)
def saturated_near_one_too(slopes, tol=0.01):
    size = np.abs(slopes)
    return float(np.mean((size < tol) | (size > 1 - tol)))


@mistake(
    "saturated_fraction",
    hint="You return how many units are saturated. A share lies between 0 and 1.",
)
def saturated_count(slopes, tol=0.01):
    return float(np.sum(np.abs(slopes) < tol))


@mistake("saturated_fraction", hint="You return a percentage. A share lies between 0 and 1.")
def saturated_percent(slopes, tol=0.01):
    return float(100 * np.mean(np.abs(slopes) < tol))


@mistake("saturated_fraction", hint="You divide by the number of rows. How many entries are there?")
def saturated_per_row(slopes, tol=0.01):
    return float(
        np.sum(np.abs(slopes) < tol) / max(1, np.shape(slopes)[0] if np.ndim(slopes) else 1)
    )


@mistake(
    "saturated_fraction",
    hint="You return one share per unit. One number for all entries is asked for.",
)
def saturated_per_unit(slopes, tol=0.01):
    return np.mean(np.abs(slopes) < tol, axis=0)


@mistake("saturated_fraction", hint="Your share is an array with one entry. A number is asked for.")
def saturated_as_array(slopes, tol=0.01):
    return np.array([np.mean(np.abs(slopes) < tol)])


@mistake(
    "saturated_fraction",
    hint="You ask which units are saturated for every example; that is the question of dead "
    "units. Here each entry counts on its own.",
)
def saturated_for_every_example(slopes, tol=0.01):
    flat = np.abs(slopes) < tol
    return float(np.mean(flat.all(axis=0)))


@mistake(
    "saturated_fraction",
    hint="Your code needs an array with two axes. The slopes may come in any shape.",
)
def saturated_needs_two_axes(slopes, tol=0.01):
    rows, columns = slopes.shape
    return float(np.sum(np.abs(slopes) < tol) / (rows * columns))


@mistake(
    "saturated_fraction",
    hint="You walk over the first axis of the slopes. A 0-d array has none.",
)
def saturated_len_of_0d(slopes, tol=0.01):
    count = sum(np.sum(np.abs(row) < tol) for row in slopes)
    return float(count / np.size(slopes))


@mistake(
    "saturated_fraction",
    hint="The slopes that were handed in are changed. `out=` writes into the caller's memory.",
)
def saturated_abs_in_place(slopes, tol=0.01):
    np.abs(slopes, out=slopes)
    return float(np.mean(slopes < tol))


@mistake(
    "saturated_fraction",
    hint="Slopes just below the tolerance are not counted: the comparison is made with too few "
    "digits.",
)
def saturated_in_float32(slopes, tol=0.01):
    return float(np.mean(np.abs(slopes).astype(np.float32) < np.float32(tol)))


@mistake(
    "saturated_fraction",
    hint="A tolerance of zero is replaced by the default: `or` takes 0 for nothing.",
)
def saturated_zero_tolerance_replaced(slopes, tol=0.01):
    return float(np.mean(np.abs(slopes) < (tol or 0.01)))


@mistake(
    "saturated_fraction",
    hint="You count slopes above 1, too. A saturated unit has a slope of almost zero.",
)
def saturated_above_one_too(slopes, tol=0.01):
    sizes = np.abs(slopes)
    return float(np.mean((sizes < tol) | (sizes > 1)))


@mistake(
    "saturated_fraction",
    hint="You count among the first examples only. The share is that of all slopes.",
)
def saturated_of_first_examples(slopes, tol=0.01):
    return float(np.mean(np.abs(np.atleast_1d(slopes)[:256]) < tol))
