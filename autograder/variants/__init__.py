"""Odd but right implementations: what unusual students hand in, and what must keep every point."""
