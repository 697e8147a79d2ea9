"""Named mistakes of gradient clipping."""
