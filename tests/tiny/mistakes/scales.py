from autograder.engine.mistakes import Catalogue


class Celsius(Catalogue, of="celsius"):
    multiplied_first = {
        "(np.asarray(fahrenheit) - 32.0) * 5.0 / 9.0": "fahrenheit * 5.0 / 9.0 - 32.0"
    }
    """Do the two steps in the order of the formula."""
    offset_forgotten = {" - 32.0": ""}
    """Where is zero on each scale?"""
    in_place = """
        fahrenheit -= 32.0
        fahrenheit *= 5.0 / 9.0
        return fahrenheit
    """
    """Work on a copy: the caller still needs the array."""
    half = {"5.0 / 9.0": "0.5"}
