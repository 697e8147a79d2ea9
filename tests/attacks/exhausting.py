"""(e) Exhaustion: time, memory, processes, disk, output; each costs the function that does it."""

from __future__ import annotations

from .case import calling, case, everywhere, with_code

_CALLS = {  # body of diagnostics.dead_fraction: code, reason, event
    "loop": ("while True: pass", "did not end in time", "timeouts"),
    "sleep": ("import time; time.sleep(10**6)", "did not end in time", "timeouts"),
    "loop_in_c": ("sum(range(10**13))", "did not end in time", "timeouts"),
    "big_power": ("return len(str(7 ** 10**8)) * 0.0", "", ""),
    "loop_that_catches_all": ("while True:\n        try:\n            while True: pass\n        except BaseException: pass", "did not end", "timeouts"),
    "matrix_product": ("import numpy as np; a = np.ones((4000, 4000))\n    while True: a = a @ a * 1e-9", "did not end|MemoryError", ""),
    "regex": ("import re; re.match('(a+)+$', 'a' * 60 + 'b')", "did not end in time", "timeouts"),
    "six_gib": ("import numpy as np; np.ones(6 * 2**27)", "MemoryError", ""),
    "six_gib_of_bytes": ("bytearray(6 * 2**30)", "MemoryError", ""),
    "memory_by_lists": ("x = []\n    while True: x.append('y' * 10**6 + str(len(x)))", "MemoryError|ended|in time", ""),
    "memory_by_small_objects": ("x = []\n    while True: x.append([x, len(x)])", "MemoryError|ended|in time", ""),
    "mmap": ("import mmap\n    x = [mmap.mmap(-1, 2**28) for _ in range(100)]", "raised|ended", ""),
    "threads": ("import threading, time\n    for _ in range(10**5): threading.Thread(target=time.sleep, args=(5,)).start()", "raised RuntimeError|in time", ""),
    "fork_bomb": ("import os\n    while True: os.fork()", "raised|ended", ""),
    "process_pool": ("from concurrent.futures import ProcessPoolExecutor as P\n    with P(50) as p: list(p.map(abs, range(50)))", "", ""),
    "disk_one_file": ("with open('big', 'wb') as f:\n        while True: f.write(b'x' * 10**6)", "raised OSError|ended", ""),
    "disk_many_files": ("i = 0\n    while True:\n        i += 1\n        with open(str(i), 'wb') as f: f.write(b'x' * 10**6)", "raised OSError|in time|ended", ""),
    "inodes": ("i = 0\n    while True:\n        i += 1\n        open(str(i), 'w').close()", "raised OSError|in time", ""),
    "folders": ("import os\n    while True:\n        os.mkdir('d'); os.chdir('d')", "raised OSError|in time", ""),
    "descriptors": ("x = []\n    while True: x.append(open('/dev/null'))", "raised OSError", ""),
    "pipes": ("import os\n    x = []\n    while True: x.append(os.pipe())", "raised OSError", ""),
    "sparse_file": ("import os\n    with open('s', 'wb') as f: os.truncate(f.fileno(), 10**15)", "raised OSError|ended", ""),
    "output": ("while True: print('x' * 10**6)", "did not end in time", "timeouts"),
    "output_stderr": ("import sys, time\n    for _ in range(2000): sys.stderr.write('x' * 10**6)\n    raise OSError", "", ""),
    "output_to_channel": ("import os\n    while True: os.write(3, b'\\xff' * 65536)", "too large", "refused"),
    "output_dripped": ("import os, struct, time\n    os.write(3, struct.pack('<I', 100))\n    while True:\n        os.write(3, b'x'); time.sleep(0.05)", "did not end in time", "timeouts"),
    "stdin": ("import sys; return sys.stdin.read()", "expected", ""),
    "recursion": ("return dead_fraction(activations)", "RecursionError", ""),
    "recursion_mutual": ("def f(): return g()\n    def g(): return f()\n    return f()", "RecursionError", ""),
    "recursion_in_repr": ("x = []\n    for _ in range(10**6): x = [x]\n    return repr(x)", "", ""),
    "deep_object": ("x = None\n    for _ in range(10**6): x = (x,)\n    return x", "", ""),
    "giant_text": ("raise ValueError('x' * 10**8)", "raised ValueError: x+…", ""),
    "giant_class_name": ("raise type('E' * 10**6, (Exception,), {})", "raised E+…", ""),
    "many_warnings": ("import warnings\n    for i in range(10**4): warnings.warn(f'w{i}')\n    raise ValueError", "raised ValueError", ""),
    "giant_warning": ("import warnings\n    warnings.warn('w' * 10**7)\n    raise ValueError", "raised ValueError", ""),
    "exception_chain": ("e = None\n    for _ in range(10**5):\n        n = ValueError(); n.__context__ = e; e = n\n    raise e", "raised ValueError", ""),
    "exception_group": ("e = ValueError()\n    for _ in range(500): e = ExceptionGroup('g', [e])\n    raise e", "raised ExceptionGroup", ""),
    "dictionary_of_a_million": ("return dict.fromkeys(range(10**6))", "", ""),
    "answer_of_thirty_megabytes": ("import numpy as np; return np.ones(30 * 2**17)", "", ""),
    "answer_of_many_arrays": ("import numpy as np; return [np.ones(1)] * 10**5", "", ""),
    "answer_of_many_objects": ("return [object() for _ in range(10**5)]", "", ""),
    "compile_bomb": ("return eval('-' * 10**6 + '1')", "raised|ended", ""),
    "compile_parentheses": ("return eval('(' * 10**5 + ')' * 10**5)", "raised|ended", ""),
    "signals_to_itself": ("import signal\n    signal.signal(signal.SIGUSR1, lambda *a: None)\n    while True: signal.raise_signal(signal.SIGUSR1)", "in time", "timeouts"),
    "lock_itself": ("import threading\n    l = threading.Lock(); l.acquire(); l.acquire()", "did not end in time", "timeouts"),
    "wait_for_itself": ("import threading\n    threading.Event().wait()", "did not end in time", "timeouts"),
    "gil_hog": ("import ctypes\n    ctypes.PyDLL(None).sleep(1000)", "did not end in time", "timeouts"),
    "stop_itself": ("import os, signal\n    ctypes = __import__('ctypes'); ctypes.CDLL(None).pause()", "did not end in time", "timeouts"),
}  # fmt: skip


_THREE = ("activations", "clipping", "initializers")


_ALL_AT_ONCE = with_code(
    "activations", "def sigmoid(z):\n    while True: pass\n",
    with_code(
        "initializers", "import os\ndef he_normal(*a, **k):\n    os._exit(0)\n",
        with_code("diagnostics", "import numpy as np\ndef gradient_norms(g):\n    return np.ones(6 * 2**27)\n"),
    ),
)  # fmt: skip

CASES = [
    *(
        calling(f"exhaust_{name}", code, says=says, event=event)
        for name, (code, says, event) in _CALLS.items()
    ),
    case("loop_exit_and_six_gib", _ALL_AT_ONCE, "activations.sigmoid", "initializers.he_normal", "diagnostics.gradient_norms", event="timeouts"),
    case("three_modules_loop", everywhere("while True: pass", _THREE), *_THREE, event="timeouts"),
    case("three_modules_sleep", everywhere("import time; time.sleep(10**6)", _THREE), *_THREE, event="timeouts"),
    case("three_modules_exit", everywhere("import os; os._exit(0)", _THREE), *_THREE, event="crashes"),
    case("one_module_fills_memory", everywhere("return len(bytearray(400 * 2**20))", ("clipping",)), "clipping"),
    case("import_fills_memory", with_code("diagnostics", "x = bytearray(6 * 2**30)"), "diagnostics", says="MemoryError"),
    case("import_fills_disk", with_code("diagnostics", "f = open('x', 'wb')\nwhile True: f.write(b'x' * 10**6)"), "diagnostics", says="OSError|ended"),
    case("import_writes_over_others", with_code("diagnostics", "import os, glob\nfor p in glob.glob('**/*.py', recursive=True):\n    os.chmod(p, 0o600)\n    open(p, 'w').write('raise SystemExit')\n")),
    case("import_removes_files", with_code("diagnostics", "import shutil\nshutil.rmtree('.', ignore_errors=True)\n")),
    case("slow_but_in_time", with_code("diagnostics", "import time\n_d = dead_fraction\ndef dead_fraction(a):\n    time.sleep(0.02)\n    return _d(a)\n")),
    case("init_sleeps", {**with_code("diagnostics", ""), "gradflow/__init__.py": b"import time; time.sleep(10**6)\n"}),
]  # fmt: skip
