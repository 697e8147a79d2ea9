"""Scales of temperature."""

import numpy as np


def celsius(fahrenheit):
    """Degrees Celsius: (F - 32) * 5 / 9, for an array of any shape."""
    # BEGIN SOLUTION
    return (np.asarray(fahrenheit) - 32.0) * 5.0 / 9.0
    # END SOLUTION
