"""The kit under Otter-Grader: its zip, its container, its plugin.

Otter keeps its commands and formats, and loses its part in the judging. The verdict on a submission
is made by `Grader` in a process of ours (`verdict`); a plugin puts a document of ours in place of
the student's (`plugin`), and Otter's test files only read the verdict (`testfiles`). `package`
writes autograder.zip, `container` is what runs in Docker and on Gradescope.
"""
