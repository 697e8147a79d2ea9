"""(a) Touching the grader: each attack comes with a module of nonsense, which must earn nothing."""

from __future__ import annotations

from .case import SOLUTION, Case, case, importing, with_code, wrong


def _beside(name: str, path: str, code: str) -> Case:
    """The attack is a file beside the package or in it; one module answers nonsense."""
    files = with_code("diagnostics", wrong("diagnostics"))
    return case(name, {**files, path: code.encode()}, "diagnostics")


_PASS_ALL = """
import pytest
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item, call):
    rep = pytest.TestReport.from_item_and_call(item, call); rep.outcome = "passed"; return rep
"""
_FORGED = '{"score": 100, "tests": [{"score": 100, "max_score": 100, "status": "passed"}]}'
_FRAME = """
import os, struct, sys
def _send(body):
    os.write(3, struct.pack("<I", len(body)) + body)
"""

_PATCHES = {
    "numpy_testing": "import numpy.testing as t\nfor n in dir(t):\n    if n.startswith('assert'): setattr(t, n, lambda *a, **k: None)",
    "allclose": "import numpy as np\nfor n in ('allclose', 'isclose', 'array_equal', 'array_equiv', 'all'):\n    setattr(np, n, lambda *a, **k: True)",
    "isclose_array": "import numpy as np\nnp.isclose = lambda a, b, *x, **k: np.ones(np.shape(a), bool)",
    "may_share_memory": "import numpy as np\nnp.may_share_memory = np.shares_memory = lambda *a, **k: False",
    "abs_and_sum": "import numpy as np\nnp.abs = np.sum = np.max = lambda *a, **k: 0.0",
    "every_ufunc": "import numpy as np\nfor n in ('exp', 'sqrt', 'square', 'maximum', 'where', 'tanh'):\n    setattr(np, n, lambda *a, **k: 0.0)",
    "ndarray_class": "import numpy as np\nnp.ndarray = type('ndarray', (), {'__eq__': lambda s, o: True})",
    "random_generator": "import numpy as np\nnp.random.default_rng = lambda *a: 1/0\nnp.random.Generator = None",
    "builtins_all_any": "import builtins\nbuiltins.all = builtins.any = lambda *a: True",
    "builtins_isinstance": "import builtins\nbuiltins.isinstance = lambda *a: True",
    "builtins_abs_len": "import builtins\nbuiltins.abs = builtins.len = lambda *a: 0",
    "builtins_assertion": "import builtins\nbuiltins.AssertionError = type('Quiet', (BaseException,), {})",
    "math": "import math\nmath.isclose = lambda *a, **k: True\nmath.sqrt = lambda x: 0.0",
    "sys_modules_numpy": "import sys, types\nsys.modules['numpy'] = types.ModuleType('numpy')",
    "sys_modules_self": "import sys\nsys.modules['gradflow.clipping'] = sys.modules[__name__]",
    "zygote_write": "import sys\nw = sys.modules['worker.zygote']\nw._write_all = lambda *a: None",
    "servant_returns_what_it_is_told": "import sys\ns = sys.modules['worker.serve']\ns._content = lambda a: 0\ns._shared_memory = lambda *a: []",
    "servant_says_returned": "import sys\ns = sys.modules['worker.serve'].Servants\ns.answer = lambda self, request: b'\\x95\\xa8returned\\xcb?\\xf0\\0\\0\\0\\0\\0\\0\\x90\\x90\\x90'",
    "servant_says_passed": "import sys\ns = sys.modules['worker.serve'].Servants\ns.answer = lambda self, request: b'\\xa6passed'",
    "servant_says_true": "import sys\ns = sys.modules['worker.serve'].Servants\ns.answer = lambda self, request: b'\\xc3'",
    "encoder_forges": "import sys\ne = sys.modules['worker.wire'].Encoder\ne.encode = lambda self, value: b'\\x92\\xa8returned\\xc3'",
    "msgpack": "import msgpack\nmsgpack.packb = lambda *a, **k: b'\\xc3'\nmsgpack.unpackb = lambda *a, **k: True",
    "warnings_module": "import warnings\nwarnings.catch_warnings = None",
    "importlib": "import importlib\nimportlib.import_module = lambda *a: None",
    "meta_path": "import sys\nsys.meta_path.insert(0, type('F', (), {'find_spec': staticmethod(lambda *a: 1/0)}))",
    "path_hooks": "import sys\nsys.path_hooks.insert(0, lambda p: 1/0)\nsys.path.insert(0, '/nowhere')",
    "settrace": "import sys, threading\ndef t(f, e, a):\n    f.f_locals.clear() if False else None\n    return t\nsys.settrace(t); threading.settrace(t)",
    "setprofile": "import sys\nsys.setprofile(lambda f, e, a: None)",
    "trace_changes_locals": "import sys\ndef t(f, e, a):\n    for n in ('expected', 'value', 'changed', 'shared'):\n        if n in f.f_locals: f.f_locals[n] = []\n    return t\nsys.settrace(t)",
    "excepthook": "import sys\nsys.excepthook = sys.unraisablehook = lambda *a: None",
    "displayhook_and_stdout": "import sys\nsys.stdout = sys.stderr = sys.__stdout__ = open('/dev/null', 'w')",
    "audit_hook": "import sys\nsys.addaudithook(lambda event, args: None)",
    "frames_upwards": "import sys\nf = sys._getframe()\nwhile f:\n    for k in list(f.f_globals):\n        if 'points' in k or 'score' in k or 'expected' in k: f.f_globals[k] = 100\n    f = f.f_back",
    "gc_objects": "import gc\nfor o in gc.get_objects():\n    if isinstance(o, dict) and ('points' in o or 'score' in o): o['score'] = o['points'] = 100",
    "pytest_items": "try:\n    import pytest, _pytest.runner, _pytest.python\n    _pytest.python.Function.runtest = lambda self: None\nexcept ImportError:\n    pass",
    "unittest_case": "import unittest\nunittest.TestCase.run = lambda self, result=None: None",
    "atexit_results": f"import atexit\nfor p in ('/autograder/results/results.json', 'results.json', '../results.json'):\n    try:\n        open(p, 'w').write({_FORGED!r})\n    except OSError:\n        pass",
    "env": "import os\nos.environ.update(PYTEST_ADDOPTS='-x', PYTHONPATH='/tmp', PYTHONINSPECT='1', GRADE='100')",
    "descriptors": "import os\nfor fd in [*range(0, 3), *range(4, 256)]:\n    try:\n        os.write(fd, b'{\"score\": 100}')\n    except OSError:\n        pass",
    "close_descriptors": "import os\nos.closerange(4, 1024)",
    "ctypes_numpy_flag": "import ctypes\nctypes.pythonapi.PyGILState_Check()",
    "subclass_hook": "import abc\nabc.ABCMeta.__instancecheck__ = lambda *a: True",
    "json_dumps": "import json\njson.dumps = json.loads = lambda *a, **k: {'score': 100}",
    "hash_and_time": "import time, zlib, hashlib\ntime.monotonic = lambda: 0.0\nzlib.crc32 = lambda *a: 0",
}

_DESTRUCTIVE = {  # these hurt the module's own process: still only its own points
    "channel_closed": ("import os\nos.close(3)", "ended the Python process", "crashes"),
    "channel_flood": (
        _FRAME + "_send(b'x' * 100)\n_send(b'\\xc3')",
        "unreadable|more than one|too large",
        "refused",
    ),
    "channel_giant_length": (
        "import os\nos.write(3, b'\\xff\\xff\\xff\\xff')",
        "too large",
        "refused",
    ),
    "channel_shared": (
        _FRAME
        + "_send(b'\\x95\\xa8returned\\xc0\\x90\\x90\\x90')\n_send(b'\\x95\\xa8returned\\xc3\\x90\\x90\\x90')\n_send(b'')",
        "",
        "refused",
    ),
    "channel_wrong_kind": (
        _FRAME + "_send(b'\\x91\\xa6passed')",
        "unreadable|more than one|too large",
        "refused",
    ),
    "channel_nested": (
        _FRAME + "_send(b'\\x91' * 5000 + b'\\xc0')",
        "unreadable|more than one|too large",
        "refused",
    ),
    "channel_item_bomb": (
        _FRAME + "_send(b'\\xdd\\x00\\x01\\x86\\x9f' + b'\\x91\\x90' * 99999)",
        "unreadable|more than one|too large",
        "refused",
    ),
    "channel_bad_utf8": (
        _FRAME + "_send(b'\\x95\\xa8returned\\xa2\\xff\\xfe\\x90\\x90\\x90')",
        "unreadable|more than one|too large",
        "refused",
    ),
    "reader_replaced": ("import os\nos.readv = lambda *a: 0", "", ""),
    "writer_replaced": ("import os\nos.write = lambda fd, data: len(data)", "", ""),
}

CASES = [
    *(importing(f"patched_{name}", code) for name, code in _PATCHES.items()),
    *(
        importing(name, code, says=says, event=event)
        for name, (code, says, event) in _DESTRUCTIVE.items()
    ),
    _beside("conftest", "conftest.py", _PASS_ALL),
    _beside("conftest_in_package", "gradflow/conftest.py", _PASS_ALL),
    _beside("pytest_ini", "pytest.ini", "[pytest]\naddopts = --collect-only\n"),
    _beside("sitecustomize", "sitecustomize.py", "import os\nos._exit(0)\n"),
    _beside("usercustomize", "usercustomize.py", "raise SystemExit(0)\n"),
    _beside("shadow_numpy", "numpy.py", "raise RuntimeError('shadow')\n"),
    _beside("shadow_numpy_package", "numpy/__init__.py", "raise RuntimeError('shadow')\n"),
    _beside("shadow_random", "random.py", "import os\nos._exit(3)\n"),
    _beside("shadow_worker", "worker.py", "import os\nos._exit(3)\n"),
    _beside("shadow_autograder", "autograder/engine/check.py", "def close(*a, **k): pass\n"),
    _beside("shadow_suites", "gradflow/tests/test_diagnostics.py", "def test(): pass\n"),
    _beside("edited_network", "gradflow/network.py", "raise SystemExit(1)\n"),
    _beside("edited_lab", "gradflow/lab.py", "import os\nos._exit(1)\n"),
    _beside("setup_py", "setup.py", "import os\nos._exit(1)\n"),
    _beside("results_json", "results.json", _FORGED),
    _beside("numpy_inside_package", "gradflow/numpy.py", "raise RuntimeError('shadow')\n"),
    case(
        "patch_reaches_no_other_module",
        with_code(
            "diagnostics",
            "import numpy as np, builtins\nfor n in ('sqrt', 'exp', 'where', 'sum', 'mean', 'maximum'):\n    setattr(np, n, None)\nbuiltins.float = None\n"
            + wrong("diagnostics"),
        ),
        "diagnostics",
    ),
    case(
        "init_patches_testing",
        {
            **with_code("diagnostics", wrong("diagnostics")),
            "gradflow/__init__.py": b"import numpy.testing as t\nt.assert_allclose = lambda *a, **k: None\n",
        },
        "diagnostics",
    ),
    case(
        "nonsense_alone",
        with_code("diagnostics", wrong("diagnostics")),
        "diagnostics",
        says="expected",
    ),
    case("solution", SOLUTION),
]
