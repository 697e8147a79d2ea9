"""Mistakes in `activations.py`, one file per activation and its derivative."""
