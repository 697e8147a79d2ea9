import numpy as np

from autograder.engine.mistakes import mistake


@mistake("celsius", hint="Do the two steps in the order of the formula.")
def multiplied_first(fahrenheit):
    return np.asarray(fahrenheit) * 5.0 / 9.0 - 32.0


@mistake("celsius", hint="Where is zero on each scale?")
def offset_forgotten(fahrenheit):
    return np.asarray(fahrenheit) * 5.0 / 9.0


@mistake("celsius", hint="Work on a copy: the caller still needs the array.")
def in_place(fahrenheit):
    fahrenheit -= 32.0
    fahrenheit *= 5.0 / 9.0
    return fahrenheit
