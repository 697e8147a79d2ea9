"""Named mistakes of the diagnostics."""
