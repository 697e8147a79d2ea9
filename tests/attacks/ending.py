"""What exits, crashes or outlives its call costs the test that called it, or one module's tests."""

from .case import calls, imports

_ENDED = {
    "call_os_exit_zero": "import os; os._exit(0)",
    "call_segfault": "import ctypes; ctypes.string_at(0)",
}
_RAISED = {
    "call_keyboard_interrupt": "raise KeyboardInterrupt",
    "call_input": "input('?')",
    "call_recursion": "return dead_fraction(activations)",
}
# Whether these are denied, kill the student's own process or leave one behind depends on the layers.
_LOST = {
    "call_recursion_without_limit": """
        import sys; sys.setrecursionlimit(10**9)
        def f(x): return f([x])
        f(0)
    """,
    "call_kill_parent": "import os; os.kill(os.getppid(), 9)",
    "call_kill_everything": "import os; os.kill(-1, 9)",
    "call_stops": "import signal; signal.raise_signal(signal.SIGSTOP); 1 / 0",
    "call_fork_and_answer_twice": "import os; return 0.25 + os.fork()",
    "call_daemon": """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0: time.sleep(60)
            os._exit(0)
        1 / 0
    """,
    "call_exec": "import os; os.execv('/bin/true', ['true'])",
    "call_raw_clone": """
        import ctypes
        c = ctypes.CDLL(None); c.syscall(56, 17, 0, 0, 0, 0); c.syscall(435, 0, 0); 1 / 0
    """,
    "call_32_bit_fork": r"""
        import ctypes, mmap
        code = mmap.mmap(-1, 4096, prot=7); code.write(b'\xb8\x02\0\0\0\xcd\x80\xc3')
        ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))(); 1 / 0
    """,
    "call_shared_memory": """
        from multiprocessing.shared_memory import SharedMemory
        SharedMemory('gradflow_left', True, 1000); 1 / 0
    """,
    "call_exits_at_collection": """
        import gc, os
        gc.callbacks.append(lambda *a: os._exit(0)); gc.set_threshold(1); return -1.0
    """,
}
_IMPORT = {
    "import_exits": "import os; os._exit(0)",
    "import_sys_exit": "import sys; sys.exit(0)",
    "import_loops": "while True: pass",
}
_KEPT = {
    "exit_at_the_end": "import atexit, os; atexit.register(os._exit, 7)",
    "thread_that_stays": """
        import threading, time
        threading.Thread(target=time.sleep, args=(60,)).start()
    """,
    "descriptors_closed": "import os, sys; sys.stdout.close(); os.close(0); os.close(2)",
    "alarm_in_a_right_call": """
        import signal
        right = dead_fraction
        def dead_fraction(activations):
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            return right(activations)
    """,
}

CASES = [
    *calls(_ENDED, says="ended the Python process", event="crashes"),
    *calls(_RAISED, says="raised"),
    *calls(_LOST),
    *imports(
        _IMPORT, "diagnostics", says="the import of diagnostics.py (ended|failed|did not end)"
    ),
    *imports(_KEPT),
]
