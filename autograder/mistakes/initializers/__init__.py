"""Mistakes in `initializers.py`, one file per function."""
