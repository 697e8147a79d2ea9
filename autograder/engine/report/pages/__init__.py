"""The pages that people look at: one for each student, one for the class. Each is a single file."""
