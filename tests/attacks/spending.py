"""(i) Spending what others need: time bit by bit, memory call by call, threads that stay."""

from __future__ import annotations

from .case import MODULES, SOLUTION, Files, calling, case, everywhere, with_code


def _all_imports(code: str, modules: tuple[str, ...] = MODULES) -> Files:
    files = dict(SOLUTION)
    for module in modules:
        files = with_code(module, code, files)
    return files


CASES = [
 calling("c_stack_overflow","import ctypes\n    F = ctypes.CFUNCTYPE(None)\n    def g(): h()\n    h = F(g)\n    import sys; sys.setrecursionlimit(10**9); h()"),
 calling("svd_huge","import numpy as np; np.linalg.svd(np.random.rand(3000, 3000))\n    while True: pass",event="timeouts"),
 calling("int_power_c","x = 3 ** (10**9)",event="timeouts"),
 calling("str_of_int","import sys; sys.set_int_max_str_digits(0); str(7 ** (10**8))",event="timeouts"),
 calling("sort_hang","class K:\n        def __lt__(s, o): return True\n    while True: sorted([K() for _ in range(10**5)])",event="timeouts"),
 calling("hash_collisions","{i * (2**61 - 1) for i in range(10**5)}\n    while True: pass",event="timeouts"),
 calling("thread_bomb_spin","import threading\n    def s():\n        while True: pass\n    for _ in range(40): threading.Thread(target=s, daemon=True).start()\n    return -1.0"),
 calling("thread_bomb_switch","import threading, sys\n    sys.setswitchinterval(100)\n    def s():\n        while True: pass\n    for _ in range(5): threading.Thread(target=s, daemon=True).start()\n    return -1.0"),
 calling("slow_drip_values","import time; time.sleep(0.8); return -1.0"),
 calling("slow_memory","global K\n    K = globals().get('K', []) + [bytearray(100 * 2**20)]; return -1.0"),
 calling("leaks_descriptors","global K\n    K = globals().get('K', [])\n    try:\n        while True: K.append(open('/dev/null'))\n    except OSError: pass\n    return -1.0"),
 calling("lowers_limits","import resource\n    for r in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_DATA, resource.RLIMIT_STACK):\n        resource.setrlimit(r, (1, resource.getrlimit(r)[1]))\n    return -1.0"),
 calling("raises_limits","import resource\n    for r in range(16):\n        try: resource.setrlimit(r, (resource.RLIM_INFINITY,) * 2)\n        except (ValueError, OSError): pass\n    bytearray(3 * 2**30)",says="MemoryError"),
 calling("fills_tmpfs_memory","n = 0\n    try:\n        while True:\n            open(f'f{n}', 'wb').write(b'x' * 2**20); n += 1\n    except OSError: pass\n    return -1.0"),
 calling("watchdog_exit","import faulthandler\n    faulthandler.dump_traceback_later(0.3, exit=True, file=open('w', 'w')); return -1.0", late=True),
 calling("ignores_signals","import signal\n    for s in range(1, 65):\n        try: signal.signal(s, signal.SIG_IGN)\n        except (OSError, ValueError): pass\n    while True: pass",event="timeouts"),
 calling("blocks_signals","import signal\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n    while True: pass",event="timeouts"),
 calling("prctl_no_death","import ctypes\n    c = ctypes.CDLL(None); c.prctl(1, 0, 0, 0, 0); c.prctl(4, 1, 0, 0, 0); c.prctl(15, b'systemd')\n    while True: pass",event="timeouts"),
 calling("ptrace_me","import ctypes\n    ctypes.CDLL(None).ptrace(0, 0, 0, 0); return -1.0"),
 calling("vfork","import ctypes\n    ctypes.CDLL(None).vfork(); 1 / 0"),
 calling("clone_raw","import ctypes\n    c = ctypes.CDLL(None); c.syscall(56, 17, 0, 0, 0, 0); c.syscall(57); c.syscall(435, 0, 0); 1 / 0"),
 calling("int80_fork","import ctypes, mmap\n    m = mmap.mmap(-1, 4096, prot=7); m.write(b'\\xb8\\x02\\0\\0\\0\\xcd\\x80\\xc3')\n    f = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m))); print(f()); 1 / 0"),
 calling("timer_create_kill","import ctypes\n    ctypes.CDLL(None).alarm(1); import time; time.sleep(0.01); return -1.0"),
 calling("del_exits","class K:\n        def __del__(s): import os; os._exit(0)\n    return K()"),
 calling("gc_callback","import gc, os\n    gc.callbacks.append(lambda *a: os._exit(0)); gc.set_threshold(1); return -1.0"),
 calling("atexit_thread","import atexit, threading, time\n    atexit.register(time.sleep, 100); threading.Thread(target=time.sleep, args=(100,)).start(); import sys; sys.exit(0)"),
 calling("oom_slowly","x = []\n    import time\n    while True:\n        x.append(bytearray(2**20)); time.sleep(0.001)"),
 calling("big_repr","return type('R', (list,), {'__repr__': lambda s: 'x' * 10**9})()"),
 calling("flood_then_answer","import sys, os\n    for f in (1, 2): os.write(f, b'x' * 2**20)\n    return -1.0"),
 calling("sendfile","import os\n    while True: os.sendfile(3, os.open('/dev/zero', 0), 0, 2**30)"),
 calling("splice_flood","import os\n    while True: os.writev(3, [b'\\0' * 65536] * 100)"),
 case("all_hang", everywhere("while True: pass"), *MODULES, event="timeouts"),
 case("all_sleep_1s", everywhere("import time; time.sleep(1); return 42.0"), *MODULES),
 case("all_import_sleep", _all_imports("import time; time.sleep(10**5)"), *MODULES, event="timeouts"),
 case("all_import_loop_catch", _all_imports("while True:\n    try:\n        while True: pass\n    except BaseException: pass"), *MODULES, event="timeouts"),
 case("all_import_1s_honest", _all_imports("import time; time.sleep(0.5)")),
 case("four_import_sleep", _all_imports("import time; time.sleep(10**5)", MODULES[:-1]), *MODULES[:-1], event="timeouts"),
 case("init_imports_one_that_sleeps", {**_all_imports("import time; time.sleep(10**5)", MODULES[:1]), "gradflow/__init__.py": f"from . import {', '.join(MODULES)}\n".encode()}, MODULES[0], event="timeouts"),
 case("init_and_all_sleep", {**_all_imports("import time; time.sleep(10**5)"), "gradflow/__init__.py": b"import time; time.sleep(10**5)\n"}, *MODULES, event="timeouts"),
 case("all_exit", everywhere("import os; os._exit(0)"), *MODULES, event="crashes"),
 case("all_thirty_mb", everywhere("import numpy as np; return np.ones(2**19 - 100)"), *MODULES),
 case("all_many_items", everywhere("return [0] * 99_000"), *MODULES),
 case("all_handles", everywhere("return [object() for _ in range(20_000)]"), *MODULES),
 case("all_memory", everywhere("return len(bytearray(900 * 2**20))"), *MODULES),
 case("slow_one_1s", with_code("activations","import time\n_s = sigmoid\ndef sigmoid(z):\n    time.sleep(0.9)\n    return 0 * _s(z)\n"), "activations.sigmoid"),
 case("slow_two", with_code("activations","import time\n_s, _t = sigmoid, tanh\ndef sigmoid(z):\n    time.sleep(0.9)\n    return 0 * _s(z)\ndef tanh(z):\n    time.sleep(0.9)\n    return 0 * _t(z)\n"), "activations.sigmoid", "activations.tanh"),
 case("leaky_function", with_code("activations","_k = []\ndef sigmoid(z):\n    _k.append(bytearray(150 * 2**20)); return 0 * z\n"), "activations.sigmoid"),
 case("spinning_sigmoid", with_code("activations","import threading\ndef _spin():\n    while True: pass\ndef sigmoid(z):\n    threading.Thread(target=_spin, daemon=True).start(); return 0 * z\n"), "activations.sigmoid"),
 case("patching_at_call", with_code("activations","import numpy as np, os, warnings, sys\ndef sigmoid(z):\n    np.seterr(all='raise'); warnings.simplefilter('error'); os.chdir('/'); np.random.seed(0); os.environ.clear(); sys.stdout = None; sys.stderr = None; np.set_printoptions(precision=1); sys.path.clear()\n    return 0 * z\n"), "activations.sigmoid"),
]  # fmt: skip
