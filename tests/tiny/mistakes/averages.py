from autograder.engine.mistakes import Catalogue


class Mean(Catalogue, of="mean_celsius"):
    median = {"np.mean": "np.median"}
    """The mean counts every value, not the middle one."""
    empty_is_zero = {'raise ValueError("temperatures is empty")': "return 0.0"}
    """What should happen when there is nothing to average?"""
