"""Grading: one submission, a class of them, on one machine or many."""
