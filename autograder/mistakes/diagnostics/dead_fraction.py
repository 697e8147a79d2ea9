"""Diagnostics: the share of dead units."""

import numpy as np

from autograder.engine.mistakes import mistake


@mistake(
    "dead_fraction",
    hint="You return the share of zeros. A unit that is silent for some of the examples is not"
    " dead yet.",
)
def dead_zero_entries(activations):
    return float(np.mean(activations == 0))


@mistake(
    "dead_fraction",
    hint="You look for examples that switch off every unit. Over which axis should you ask "
    "'for all'?",
)
def dead_examples(activations):
    return float(np.mean(np.all(activations == 0, axis=1)))


@mistake(
    "dead_fraction",
    hint="A unit counts as dead here as soon as one example gives zero. How many examples must?",
)
def dead_if_ever_zero(activations):
    return float(np.mean(np.any(activations == 0, axis=0)))


@mistake("dead_fraction", hint="You return the share of the units that are alive.")
def dead_alive_fraction(activations):
    return float(np.mean(np.any(activations != 0, axis=0)))


@mistake("dead_fraction", hint="You return how many units are dead. A share lies between 0 and 1.")
def dead_count(activations):
    return float(np.sum(np.all(activations == 0, axis=0)))


@mistake(
    "dead_fraction",
    hint="You divide the number of dead units by the number of examples. Of what is it a share?",
)
def dead_over_examples(activations):
    return float(np.sum(np.all(activations == 0, axis=0)) / len(activations))


@mistake(
    "dead_fraction",
    hint="Units that are merely weak count as dead. A dead unit gives exactly zero.",
)
def dead_small_enough(activations):
    return float(np.mean(np.all(activations < 1e-2, axis=0)))


@mistake(
    "dead_fraction",
    hint="Units with tiny outputs count as dead: np.isclose lets them pass as zero. A dead "
    "unit gives exactly zero.",
)
def dead_isclose(activations):
    return float(np.mean(np.all(np.isclose(activations, 0), axis=0)))


@mistake(
    "dead_fraction",
    hint="You ask whether a unit is small on average. One example that wakes it is enough to "
    "keep a unit alive.",
)
def dead_on_average(activations):
    return float(np.mean(activations.mean(axis=0) < 1e-2))


@mistake(
    "dead_fraction",
    hint="A unit that never changes counts as dead here. What value must it have?",
)
def dead_if_constant(activations):
    return float(np.mean(activations.std(axis=0) == 0))


@mistake("dead_fraction", hint="Only the first example counts here.")
def dead_first_example(activations):
    return float(np.mean(activations[0] == 0))


@mistake(
    "dead_fraction",
    hint="Your answer is yes or no for the whole layer. Which share of its units is dead?",
)
def dead_all_or_nothing(activations):
    return float(np.all(activations == 0))


@mistake(
    "dead_fraction",
    hint="You return one entry per unit. One number for the layer is asked for.",
)
def dead_per_unit(activations):
    return np.all(activations == 0, axis=0)


@mistake(
    "dead_fraction",
    hint="A batch with one example, or with one unit, still has two axes. Something removes an"
    " axis of length 1.",
)
def dead_squeezes(activations):
    return float(np.mean(np.all(np.squeeze(activations) == 0, axis=0)))


@mistake(
    "dead_fraction",
    hint="For a batch of one example you always return zero. The definition makes no exception"
    " for it.",
)
def dead_needs_two_examples(activations):
    if len(activations) < 2:
        return 0.0
    return float(np.mean(np.all(activations == 0, axis=0)))


@mistake(
    "dead_fraction",
    hint="The activations that were handed in are changed. Make a new array for what you mark.",
)
def dead_thresholds_in_place(activations):
    activations[activations > 0] = 1
    return float(np.mean(activations.sum(axis=0) == 0))


@mistake(
    "dead_fraction",
    hint="A unit that is 0 for almost all examples is rarely awake, but not dead.",
)
def dead_almost_always(activations):
    return float(np.mean(np.mean(activations == 0, axis=0) >= 0.99))


@mistake(
    "dead_fraction",
    hint="You look at the first examples only. A unit that a later one wakes is alive.",
)
def dead_of_first_examples(activations):
    return float(np.mean(np.all(activations[:1000] == 0, axis=0)))
