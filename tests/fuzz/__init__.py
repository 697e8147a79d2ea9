"""Fuzzing: targets that must only ever fail in their own way, and where their inputs come from."""
