def factored():
    """One constant factor."""

    def celsius(fahrenheit):
        return (fahrenheit - 32.0) / 1.8
