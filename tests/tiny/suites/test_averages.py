import numpy as np
import pytest

from autograder.engine.suite import check


@pytest.mark.points(2)
def test_mean(student, rng):
    """The mean of temperatures."""
    given = rng.normal(20, 5, 5)
    mean = check.number(student.averages.mean_celsius(given), "mean_celsius(t)")
    check.close(mean, given.mean(), "mean_celsius(t)", atol=1e-9)


@pytest.mark.points(1)
def test_empty(student):
    """An empty array raises ValueError."""
    right, wrong = student.averages.mean_celsius.each([(np.ones(3),), (np.ones(0),)])
    check.number(right.value, "mean_celsius(t)")
    check.refused(wrong, ValueError, "mean_celsius([])")
