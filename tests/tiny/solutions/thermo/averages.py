"""Averages of temperatures."""

import numpy as np


def mean_celsius(temperatures):
    """The mean of a non-empty array, a float. Raises ValueError for an empty one."""
    # BEGIN SOLUTION
    if np.size(temperatures) == 0:
        raise ValueError("temperatures is empty")
    return float(np.mean(temperatures))
    # END SOLUTION
