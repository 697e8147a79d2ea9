"""Submissions: found on disk, read without trusting a byte of them."""
