"""Named mistakes: wrong implementations that students really write, each with a hint.

A file, or a folder of files, is named after the student module that it gets wrong.
"""
