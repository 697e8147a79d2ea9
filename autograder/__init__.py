"""The grader of the vanishing-gradients assignment."""

__version__ = "1.0.0"
