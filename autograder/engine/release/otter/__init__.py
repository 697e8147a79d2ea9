"""The kit under Otter-Grader: its zip, its container, its plugin.

Otter keeps its commands and formats, and loses its part in the judging. The verdict on a submission
is made by `Grader` in a process of ours (`verdict`), and Otter's test files only read it
(`testfiles`): in a container there, under `otter run` in a notebook of ours, before which a plugin
has the verdict made (`plugin`). `package` writes autograder.zip.
"""
