"""(c) Ending or outliving the run: each costs what it called in its own process, nothing else."""

from __future__ import annotations

from .case import calling, case, with_code

_CALLS = {  # body of a function of diagnostics: code, what the reason says, event
    "os_exit_zero": ("import os; os._exit(0)", "ended the Python process", "crashes"),
    "os_exit_one": ("import os; os._exit(1)", "ended the Python process", "crashes"),
    "sys_exit": ("import sys; sys.exit(0)", "raised SystemExit", ""),
    "raise_system_exit": ("raise SystemExit", "raised SystemExit", ""),
    "keyboard_interrupt": ("raise KeyboardInterrupt", "raised KeyboardInterrupt", ""),
    "generator_exit": ("raise GeneratorExit", "raised GeneratorExit", ""),
    "quit": ("quit()", "raised", ""),
    "pytest_exit": ("import pytest; pytest.exit('done', 0)", "raised", ""),
    "pytest_skip": ("import pytest; pytest.skip('no need')", "raised", ""),
    "pytest_xfail": ("import pytest; pytest.xfail('known')", "raised", ""),
    "unittest_skip": ("import unittest; raise unittest.SkipTest", "raised SkipTest", ""),
    "assertion": ("assert False, 'expected 3'", "raised AssertionError", ""),
    "stop_iteration": ("raise StopIteration", "raised StopIteration", ""),
    "base_exception": ("raise BaseException('x')", "raised BaseException", ""),
    "exception_without_text": (
        "class E(Exception):\n        def __str__(self): raise self\n    raise E",
        "raised E",
        "",
    ),
    "exception_of_odd_class": (
        "class M(type):\n        __name__ = property(lambda s: 1/0)\n    raise M('E', (Exception,), {})",
        "",
        "",
    ),
    "exception_that_exits": (
        "class E(Exception):\n        def __str__(self): import os; os._exit(0)\n    raise E",
        "ended",
        "crashes",
    ),
    "exception_named_wrong": (
        "class Wrong(Exception): pass\n    raise Wrong('passed')",
        "raised Wrong",
        "",
    ),
    "segfault": ("import ctypes; ctypes.string_at(0)", "ended the Python process", "crashes"),
    "abort": ("import os; os.abort()", "ended the Python process", "crashes"),
    "kill_itself": ("import os, signal; os.kill(os.getpid(), 9); os.kill(os.getpid(), 15)", "", ""),
    "kill_parent": ("import os, signal; os.kill(os.getppid(), 9)", "", ""),
    "kill_group": ("import os, signal; os.killpg(0, 9)", "", ""),
    "kill_everything": ("import os, signal; os.kill(-1, 9)", "", ""),
    "raise_signal": ("import signal; signal.raise_signal(signal.SIGTERM); 1 / 0", "", ""),
    "stop_signal": ("import signal; signal.raise_signal(signal.SIGSTOP); 1 / 0", "", ""),
    "fork": ("import os; os.fork(); 1 / 0", "", ""),
    "fork_and_answer_twice": (
        "import os\n    if os.fork() == 0: return 0.5\n    return 0.25",
        "",
        "",
    ),
    "daemon": (
        "import os\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            import time; time.sleep(60)\n        os._exit(0)\n    1 / 0",
        "",
        "",
    ),
    "subprocess": ("import subprocess; subprocess.run(['sh', '-c', 'sleep 60 &']); 1 / 0", "", ""),
    "os_system": ("import os; os.system('sleep 60 &'); 1 / 0", "", ""),
    "posix_spawn": ("import os; os.posix_spawn('/bin/sleep', ['sleep', '60'], {}); 1 / 0", "", ""),
    "multiprocessing": (
        "import multiprocessing as m; m.get_context('fork').Process(target=print).start(); 1 / 0",
        "",
        "",
    ),
    "exec": ("import os; os.execv('/bin/true', ['true'])", "", ""),
    "shared_memory": (
        "from multiprocessing import shared_memory as s; s.SharedMemory('gradflow_left', True, 1000); 1 / 0",
        "",
        "",
    ),
    "long_jump": ("import ctypes; ctypes.CDLL(None).longjmp(0, 1)", "", "crashes"),
    "frame_clear": ("import sys; f = sys._getframe(1); f.clear()", "", ""),
    "breakpoint": ("breakpoint(); 1 / 0", "", ""),
    "input": ("input('?')", "raised EOFError", ""),
    "faulthandler": ("import faulthandler; faulthandler._sigsegv(); 1 / 0", "", ""),
    "free_twice": (
        "import ctypes; c = ctypes.CDLL(None); c.free(ctypes.c_void_p(16))",
        "",
        "crashes",
    ),
    "interpreter_finalised": ("import ctypes; ctypes.pythonapi.Py_FinalizeEx(); 1 / 0", "", ""),
    "thread_exit": ("import _thread; _thread.exit()", "raised SystemExit", ""),
    "interrupt_main": (
        "import _thread, time; _thread.interrupt_main(); time.sleep(0.1); return -1.0",
        "",
        "",
    ),
    "recursion": ("return dead_fraction(activations)", "raised RecursionError", ""),
    "recursion_without_limit": (
        "import sys; sys.setrecursionlimit(10**9)\n    def f(x): return f([x])\n    f(0)",
        "",
        "",
    ),
}

_IMPORTS = {  # at the end of diagnostics
    "import_os_exit": ("import os; os._exit(0)", "the import of diagnostics.py ended", "crashes"),
    "import_sys_exit": ("import sys; sys.exit(0)", "SystemExit", ""),
    "import_keyboard_interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt", ""),
    "import_segfault": ("import ctypes; ctypes.string_at(0)", "ended", "crashes"),
    "import_kill": ("import os; os.kill(0, 9)", "PermissionError|ended", ""),
    "import_pytest_exit": (
        "import pytest; pytest.exit('x', 0)",
        "import of diagnostics.py failed",
        "",
    ),
    "import_loop": ("while True: pass", "did not end in time", "timeouts"),
    "import_sleep": ("import time; time.sleep(1000)", "did not end in time", "timeouts"),
    "import_raises": ("raise RuntimeError('x')", "failed with RuntimeError", ""),
    "import_exec": ("import os; os.execv('/bin/true', ['true'])", "failed with|ended", ""),
    "import_fork_bomb": ("import os\nwhile True: os.fork()", "failed with|ended", ""),
    "import_unhandled_frames": (
        "import sys; sys.stdin.close(); raise SystemError",
        "SystemError",
        "",
    ),
}

_HARMLESS = {  # all points are kept
    "atexit": "import atexit, os; atexit.register(os._exit, 7)",
    "daemon_thread": "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    "thread": "import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()",
    "busy_thread": "import threading, time\ndef _spin():\n    while True: time.sleep(0.001)\nthreading.Thread(target=_spin).start()",
    "timer_that_exits": "import threading, os; threading.Timer(0.2, os._exit, (0,)).start()",
    "alarm": "import signal; signal.alarm(1)",
    "itimer": "import signal; signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02); signal.signal(signal.SIGALRM, lambda *a: 1 / 0)",
    "signal_handlers": "import signal\nfor s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1): signal.signal(s, signal.SIG_IGN)",
    "excepthook_exits": "import sys, os; sys.excepthook = lambda *a: os._exit(9)",
    "finaliser": "class _D:\n    def __del__(self): import os; os._exit(5)\n_d = _D()",
    "gc_disabled": "import gc; gc.disable(); gc.freeze()",
    "stdout_closed": "import sys; sys.stdout.close(); sys.stderr.close()",
    "descriptors_012_closed": "import os; os.close(0); os.close(1); os.close(2)",
    "nice": "import os\ntry:\n    os.nice(19)\nexcept OSError:\n    pass",
    "umask": "import os; os.umask(0o777)",
    "locale": "import locale; locale.setlocale(locale.LC_ALL, 'C')",
    "recursion_limit_low": "import sys; sys.setrecursionlimit(120)",
    "recursion_limit_high": "import sys; sys.setrecursionlimit(10**6)",
    "switch_interval": "import sys; sys.setswitchinterval(10)",
}


CASES = [
    *(
        calling(f"call_{name}", code, says=says, event=event)
        for name, (code, says, event) in _CALLS.items()
    ),
    *(
        case(name, with_code("diagnostics", code), "diagnostics", says=says, event=event)
        for name, (code, says, event) in _IMPORTS.items()
    ),
    *(case(f"harmless_{name}", with_code("diagnostics", code)) for name, code in _HARMLESS.items()),
    case("harmless_alarm_in_call", with_code("diagnostics", "import signal\n_d = dead_fraction\ndef dead_fraction(a):\n    signal.setitimer(signal.ITIMER_REAL, 0.05)\n    return _d(a)\n")),
    case("init_exits", {**with_code("diagnostics", ""), "gradflow/__init__.py": b"import os; os._exit(0)\n"}),
    case("init_hangs", {**with_code("diagnostics", ""), "gradflow/__init__.py": b"while True: pass\n"}),
    case("init_raises", {**with_code("diagnostics", ""), "gradflow/__init__.py": b"1 / 0\n"}),
    case("every_module_exits_but_one", {**{path: b"import os; os._exit(0)\n" for path in with_code("diagnostics", "") if "/diag" not in path}, "gradflow/diagnostics.py": with_code("diagnostics", "")["gradflow/diagnostics.py"]}, "activations", "batchnorm", "clipping", "initializers", event="crashes"),
]  # fmt: skip
