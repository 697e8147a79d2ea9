from autograder.engine.mistakes import mistake

mistake(
    "mean_celsius",
    "median",
    edits={"np.mean": "np.median"},
    hint="The mean counts every value, not the middle one.",
)
mistake(
    "mean_celsius",
    "empty_is_zero",
    edits={'raise ValueError("temperatures is empty")': "return 0.0"},
    hint="What should happen when there is nothing to average?",
)
