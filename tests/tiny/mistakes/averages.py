import numpy as np

from autograder.engine.mistakes import mistake


@mistake("mean_celsius", hint="The mean counts every value, not the middle one.")
def median(temperatures):
    return float(np.median(temperatures))


@mistake("mean_celsius", hint="What should happen when there is nothing to average?")
def empty_is_zero(temperatures):
    return float(np.mean(temperatures)) if np.size(temperatures) else 0.0
