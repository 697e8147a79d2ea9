"""What the hidden suites of this assignment share beside `inputs` and `samples`: nothing yet.

The fixtures `student`, `reference` and `rng` and the markers `points` and `catches` come from the
engine's pytest plugin.
"""
