import numpy as np
import pytest

from autograder.engine import check


@pytest.mark.points(2)
@pytest.mark.catches("median")
def test_mean(student, rng):
    """The mean of temperatures."""
    given = rng.normal(20, 5, 5)
    mean = check.number(student.averages.mean_celsius(given), "mean_celsius(t)")
    check.close(mean, given.mean(), "mean_celsius(t)", atol=1e-9)


@pytest.mark.points(1)
@pytest.mark.catches("empty_is_zero")
def test_empty(student):
    """An empty array raises ValueError."""
    student.averages.mean_celsius(np.ones(3))
    check.raises(ValueError, "mean_celsius([])", student.averages.mean_celsius, np.ones(0))
