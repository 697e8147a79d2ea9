"""Named mistakes of batch normalisation."""
