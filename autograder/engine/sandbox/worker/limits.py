"""What a submission may take, in one place: sizes in bytes, times in seconds."""

MEMORY = 2**30
"""Address space of a process, NumPy's 200 MiB included; a submission has one process at a time."""
PROCESS = {
    "RLIMIT_AS": MEMORY,
    "RLIMIT_NPROC": 64,  # threads: new processes are denied where seccomp is to be had
    "RLIMIT_FSIZE": 16 * 2**20,
    "RLIMIT_NOFILE": 64,
    "RLIMIT_CORE": 0,
    "RLIMIT_CPU": 180,  # far beyond what the grader waits for: for one that it has lost sight of
    "RLIMIT_MEMLOCK": 0,
    "RLIMIT_MSGQUEUE": 0,
}
"""Names of `resource` limits and their values."""
SCRATCH = 64 * 2**20
"""Files of a process, in its folder."""

MESSAGE = 32 * 2**20
"""The longest message; a course's arrays are a hundredth of it."""
REPLY = 4 * 2**20
"""What any reply may have; beside it, four times its request's size."""
REPLIES = 2**27
"""What all replies of a submission may have together: they are kept until it is explained."""
ITEMS = 100_000
"""The most entries of all lists, maps and extensions of one message together."""
EXTENSIONS = 5_000
"""The most arrays, tuples and the like in one message: each takes as long as a hundred numbers."""
NOTES = 10_000
"""The most notes before one reply, of at most NOTED bytes together: a deep net sends some hundred
short ones."""
NOTED = 2**20
TEXT = 100_000
NAMES = 20
"""Class names, warnings or argument names of one reply,"""
SAID = 400
"""and the characters of each, and of a message."""
DIMENSIONS = 16
DEPTH = 12

CALL_CPU, CALL_WALL = 4.0, 8.0
"""What a call may take of its process's CPU, and on the clock."""
LEAST_WALL = 2.0
"""What it may take on the clock after others were stopped: a busy machine makes all calls slow."""
LEAST_SHARE = 1 / 8
"""The least share of its usual time that a call gets after others of its part were stopped."""
STOPS = 2
"""So many times a function is stopped; then it is called no more."""
SUBMISSION = 75.0
"""What all calls of a submission may take together."""
PART = 1 / 10
"""The share of that, and of REPLIES, which is kept for each part to come."""
FIGURES = 10.0
READING = 20_000_000
"""What a submission's replies may cost the grader beyond READ_FREELY each: entries, of some 0.2
microseconds, and ten for an array or a tuple. Counted, as seconds would differ each time."""
READ_FREELY = 1000
"""More than a right reply costs, which is always read, or known in a class."""
