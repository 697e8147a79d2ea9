"""Limits on time, memory, threads, disk and output: each costs the function that takes too much."""

from .case import MODULES, SOLUTION, calls, case, everywhere, imports

_OUT_OF_TIME = {
    "exhaust_time_in_c": "sum(range(10**13))",
    "exhaust_time_without_signals": """
        import signal, time
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); time.sleep(10**6)
    """,
    "exhaust_output": "while True: print('x' * 10**6)",
    "exhaust_reply_by_drops": """
        import os, struct, time
        os.write(3, struct.pack('<I', 100))
        while True: os.write(3, b'x'); time.sleep(0.05)
    """,
}
_MEMORY = {
    "exhaust_six_gib": "import numpy as np; np.ones(6 * 2**27)",
    "exhaust_raised_limits": """
        import resource
        for r in range(16):
            try: resource.setrlimit(r, (resource.RLIM_INFINITY,) * 2)
            except (ValueError, OSError): pass
        bytearray(3 * 2**30)
    """,
}
_DENIED = {
    "exhaust_threads": """
        import threading, time
        while True: threading.Thread(target=time.sleep, args=(5,)).start()
    """,
    "exhaust_fork_bomb": "import os\nwhile True: os.fork()",
    "exhaust_one_file": "with open('big', 'wb') as f:\n    while True: f.write(b'x' * 10**6)",
    "exhaust_many_files": """
        for i in range(10**9):
            with open(str(i), 'wb') as f: f.write(b'x' * 10**6)
    """,
    "exhaust_folders": "import os\nwhile True: os.mkdir('d'); os.chdir('d')",
    "exhaust_descriptors": "x = []\nwhile True: x.append(open('/dev/null'))",
    "exhaust_the_channel": "import os\nwhile True: os.write(3, b'\\xff' * 65536)",
}
_WRONG = {
    "exhaust_memory_call_by_call": """
        global kept
        kept = globals().get('kept', []) + [bytearray(100 * 2**20)]; return -1.0
    """,
    "exhaust_limits_of_its_own": """
        import resource
        for r in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU):
            resource.setrlimit(r, (1, resource.getrlimit(r)[1]))
        return -1.0
    """,
    "exhaust_by_spinning_threads": """
        import threading
        def spin():
            while True: pass
        for _ in range(40): threading.Thread(target=spin, daemon=True).start()
        return -1.0
    """,
}
_LARGE = "import numpy as np; return np.zeros((700, 740))"
_NO_NUMBERS = "import numpy as np; return np.full(np.shape(args[0]), np.nan)"
_TWO = ("clipping", "initializers")
_HANGING = {path: content + b"\nwhile True: pass\n" for path, content in SOLUTION.items()}

CASES = [
    *calls(_OUT_OF_TIME, says="did not end in time", event="timeouts"),
    *calls(_MEMORY, says="MemoryError"),
    *calls(_DENIED, says="raised|too large|in time|ended"),
    *calls(_WRONG),
    *imports({"import_removes_files": "import shutil; shutil.rmtree('.', ignore_errors=True)"}),
    case("large_replies", everywhere(_LARGE), *MODULES, says="all answers together"),
    case(
        "large_replies_in_a_part",
        everywhere(_LARGE, ["initializers"]),
        "initializers",
        says="all answers together",
    ),
    case(
        "no_numbers", everywhere(_NO_NUMBERS, ["activations"]), "activations", says="entry is nan"
    ),
    case("two_modules_hang", everywhere("while True: pass", _TWO), *_TWO, event="timeouts"),
    case("all_imports_hang", _HANGING, *MODULES, event="timeouts"),
    case("all_modules_exit", everywhere("import os; os._exit(0)"), *MODULES, event="crashes"),
]
