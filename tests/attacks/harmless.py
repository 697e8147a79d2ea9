"""(j) Harmless habits at the import of a module: all points are kept."""

from __future__ import annotations

from .case import case, with_code

_HABITS = {
    "env_cleared": "import os; os.environ.clear()",
    "path_cleared": "import sys; sys.path.clear()",
    "stdout_none": "import sys; sys.stdout = sys.stderr = sys.stdin = None",
    "int_digits": "import sys; sys.set_int_max_str_digits(640)",
    "gc_threshold": "import gc; gc.set_threshold(1)",
    "tracemalloc": "import tracemalloc; tracemalloc.start(20)",
    "decimal": "import decimal; decimal.getcontext().prec = 1",
    "faulthandler": "import faulthandler; faulthandler.register(10)",
    "errcall": "import numpy as np; np.seterrcall(lambda *a: None); np.seterr(all='call')",
    "bufsize": "import numpy as np; np.setbufsize(16)",
    "print_replaced": "import builtins; builtins.print = None",
    "open_replaced": "import builtins; builtins.open = None",
    "os_environ_type": "import os; os.environ = {}",
    "import_hooks": "import sys; sys.meta_path.append(type('F', (), {'find_spec': staticmethod(lambda *a: None)}))",
    "thread_local": "import threading; threading.stack_size(2**25)",
    "random_patched": "import numpy as np; np.random.rand = None",
    "asyncio": "import asyncio; asyncio.run(asyncio.sleep(0))",
    "executor": "from concurrent.futures import ThreadPoolExecutor as P\n_p = P(4); list(_p.map(abs, range(9)))",
    "logging_file": "import logging; logging.basicConfig(filename='x.log')",
    "pickle": "import pickle; pickle.loads(pickle.dumps({}))",
    "sqlite": "import sqlite3; sqlite3.connect('a.db').execute('create table t(x)')",
    "tempdir": "import tempfile; tempfile.mkdtemp(); tempfile.NamedTemporaryFile()",
    "sched": "import os; os.sched_setaffinity(0, os.sched_getaffinity(0))",
    "unraisable": "class K:\n    def __del__(s): raise ValueError\nK()",
    "getpass": "import getpass, socket, platform; getpass.getuser(); platform.platform(); socket.gethostname()",
    "tty": "import os\ntry: os.get_terminal_size()\nexcept OSError: pass",
    "np_import_all": "from numpy import *\nimport numpy.linalg, numpy.fft, numpy.polynomial",
    "scipy_maybe": "try: import scipy\nexcept ImportError: pass",
    "seed_module": "import random; random.seed(); random.SystemRandom().random()",
    "uuid": "import uuid; uuid.uuid4(); uuid.uuid1()",
    "multiprocessing_import": "import multiprocessing; multiprocessing.cpu_count()",
    "zoneinfo": "import zoneinfo, datetime; datetime.datetime.now().astimezone()",
    "ctypes_util": "import ctypes.util; ctypes.util.find_library('c')",
    "importlib_reload": "import importlib, gradflow.clipping; importlib.reload(gradflow.clipping)",
    "metadata": "import importlib.metadata as m; m.version('numpy')",
    "subprocess_failing": "import subprocess\ntry: subprocess.run(['ls'])\nexcept OSError: pass",
    "curses": "try: import curses, readline\nexcept ImportError: pass",
    "source_inspection": "import inspect, sys; inspect.getsource(sys.modules[__name__])",
    "dataclass_slots": "import dataclasses\n@dataclasses.dataclass(slots=True)\nclass _D: x: int = 0",
    "typing": "import typing; typing.get_type_hints(dead_fraction)",
    "numpy_testing": "import numpy.testing as t; t.assert_allclose(1, 1)",
    "self_test_main": "assert dead_fraction(__import__('numpy').zeros((2, 2))) == 1.0",
    "main_module": "import __main__; dir(__main__)",
    "recursion_30": "import sys\ntry: sys.setrecursionlimit(60)\nexcept RecursionError: pass",
}

CASES = [case(f"habit_{name}", with_code("diagnostics", code)) for name, code in _HABITS.items()]
