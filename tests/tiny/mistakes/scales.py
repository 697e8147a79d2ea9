from autograder.engine.mistakes import mistake, probe

mistake(
    "celsius",
    "multiplied_first",
    edits={"(np.asarray(fahrenheit) - 32.0) * 5.0 / 9.0": "fahrenheit * 5.0 / 9.0 - 32.0"},
    hint="Do the two steps in the order of the formula.",
)
mistake(
    "celsius",
    "offset_forgotten",
    edits={" - 32.0": ""},
    hint="Where is zero on each scale?",
)
mistake(
    "celsius",
    "in_place",
    body="""
        fahrenheit -= 32.0
        fahrenheit *= 5.0 / 9.0
        return fahrenheit
    """,
    hint="Work on a copy: the caller still needs the array.",
)
probe("celsius", "half", edits={"5.0 / 9.0": "0.5"})
