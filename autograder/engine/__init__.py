"""The grader, for any assignment: it knows nothing of gradients.

Data flows one way: submission -> worker -> suite -> result -> report.
"""
