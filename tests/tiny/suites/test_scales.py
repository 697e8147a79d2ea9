import numpy as np
import pytest

from autograder.engine.suite import check


@pytest.mark.points(6)
def test_values(student, reference, rng):
    """Fahrenheit becomes Celsius.

    Which comes first: taking 32 away, or scaling?
    """
    given = rng.normal(60, 20, (3, 4))
    check.close(
        student.scales.celsius(given), reference.scales.celsius(given), "celsius(F)", atol=1e-9
    )


@pytest.mark.points(1)
def test_unchanged(student, reference):
    """The given array stays as it is."""
    given = np.array([32.0, 212.0])
    (seen,) = student.scales.celsius.watched.each([(given,)])
    check.close(seen.value, reference.scales.celsius(given), "celsius(F)", atol=1e-9)
    check.unchanged(seen, "celsius(F)")
