"""(g) Forging from inside the worker: its channel, its modules, the interpreter itself."""

from __future__ import annotations

from .case import case, importing, with_code

_SEND = "import os, struct, threading, time, sys\ndef _send(b): os.write(3, struct.pack('<I', len(b)) + b)\n_OK = b'\\x95\\xa8returned\\xcb?\\xe0\\0\\0\\0\\0\\0\\0\\x90\\x90\\x90'\n"

_WORKER = {
    "package_find": "import sys\nsys.modules['worker.package'].Package.find = lambda s, m, f: sys.modules['worker.serve'].Target(lambda *a, **k: 0.5)",
    "gc_servant": "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Servant':\n        o._encoder = type('E', (), {'encode': lambda s, v: b'\\xc3'})()",
    "gc_decoder": "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Decoder':\n        o._handle = lambda h: 0.5; o._generator = lambda g: 0.5",
    "read_message_sleeps": "import sys, time\nz = sys.modules.get('worker.zygote') or sys.modules['__main__']\nz._read_message = lambda requests: time.sleep(100)",
    "frames_write_all": "import sys\nf = sys._getframe()\nwhile f:\n    if '_write_all' in f.f_globals: f.f_globals['_write_all'] = lambda c, d: None\n    f = f.f_back",
    "frames_read_message": "import sys\nf = sys._getframe()\nwhile f:\n    if '_read_message' in f.f_globals: f.f_globals['_read_message'] = lambda c: b''\n    f = f.f_back",
    "del_worker_modules": "import sys\nfor n in [n for n in sys.modules if n.startswith('worker')]: del sys.modules[n]",
    "clear_modules": "import sys\nsys.modules.clear()",
    "builtins_import": "import builtins\nbuiltins.__import__ = lambda *a, **k: 1/0",
    "builtins_type": "import builtins\nbuiltins.type = lambda o: object\nbuiltins.tuple = builtins.list",
    "builtins_str_int": "import builtins\nbuiltins.str = builtins.int = builtins.float = builtins.bytes = None",
    "numpy_core_tobytes": "import numpy as np\nnp._core.multiarray.tobytes = None",
    "forbidden_fruit": "import ctypes, gc\nd = gc.get_referents(float.__dict__)[0]\nd['__eq__'] = lambda a, b: True\nctypes.pythonapi.PyType_Modified(ctypes.py_object(float))",
    "int_cache": "import ctypes\nctypes.memset(id(7) + 24, 9, 4)",
    "warnings_filters_lie": "import warnings\nwarnings.filters = None",
    "catch_warnings_lies": "import warnings\nclass C:\n    def __init__(s, *a, **k): pass\n    def __enter__(s): return []\n    def __exit__(s, *a): return True\nwarnings.catch_warnings = C",
    "errstate_swallows": "import numpy as np\nclass C:\n    def __init__(s, **k): pass\n    def __enter__(s): pass\n    def __exit__(s, *a): return True\nnp.errstate = C",
    "traceback_walk": "import traceback\ntraceback.walk_tb = lambda t: iter(int, 1)\ndef dead_fraction(a): raise ValueError",
    "msgpack_ext": "import msgpack\nmsgpack.ExtType = lambda c, d: 0.5",
    "profile_returns": "import sys\ndef p(f, e, a):\n    if e == 'return' and f.f_code.co_name == 'answer': raise SystemExit\nsys.setprofile(p)",
    "trace_skips_lines": "import sys\ndef t(f, e, a):\n    if f.f_code.co_name == '_call' and e == 'line':\n        try: f.f_lineno = f.f_code.co_firstlineno + 20\n        except ValueError: pass\n    return t\nsys.settrace(t)\nf = sys._getframe()\nwhile f:\n    f.f_trace = t; f = f.f_back",
    "code_replaced": "import sys\ns = sys.modules['worker.serve']\ns.Servant._call.__code__ = (lambda self, target, args, kwargs, opaque: b'\\xc3').__code__",
    "capsule_io": "import io, os\nos.write = os.read = lambda *a: b''",
    "copyreg": "import copyreg\ncopyreg.pickle(float, lambda f: (eval, ('exit()',)))",
}


CASES = [
 importing("thread_answers", _SEND+"def _loop():\n    while True:\n        os.read(3, 100000); _send(_OK)\nthreading.Thread(target=_loop, daemon=True).start()\n"),
 importing("thread_floods_after_import", _SEND+"def _loop():\n    time.sleep(0.2)\n    for _ in range(10**4): _send(_OK)\nthreading.Thread(target=_loop, daemon=True).start()\n"),
 importing("reply_ahead", _SEND+"def dead_fraction(a):\n    threading.Timer(0.001, _send, (_OK,)).start()\n    return 0.5\ngradient_norms = saturated_fraction = diagnose = dead_fraction\n"),
 importing("reply_before_return", _SEND+"def dead_fraction(a):\n    _send(_OK); return 0.5\ngradient_norms = saturated_fraction = diagnose = dead_fraction\n"),
 importing("own_servant_loop", _SEND+"def dead_fraction(*a, **k):\n    _send(_OK)\n    while True:\n        n, = struct.unpack('<I', os.read(3, 4)); os.read(3, n); _send(_OK)\ngradient_norms = saturated_fraction = diagnose = dead_fraction\n"),
 importing("import_never_returns_serves_itself", _SEND+"_send(b'\\x95\\xa8returned\\xc0\\x90\\x90\\x90')\nwhile True:\n    n, = struct.unpack('<I', os.read(3, 4)); os.read(3, n); _send(_OK)\n"),
 importing("half_reply_then_return", _SEND+"def dead_fraction(*a, **k):\n    os.write(3, struct.pack('<I', len(_OK)) + _OK[:-1]); return 0.5\ngradient_norms = saturated_fraction = diagnose = dead_fraction\n"),
 importing("channel_nonblocking", "import os\nos.set_blocking(3, False)\n"),
 importing("channel_shutdown", "import ctypes\nctypes.CDLL(None).shutdown(3, 1)\n"),
 importing("channel_shutdown_read", "import ctypes\nctypes.CDLL(None).shutdown(3, 0)\n"),
 importing("channel_replaced", "import os\nos.dup2(os.open('/dev/null', os.O_RDWR), 3)\n"),
 importing("channel_dup_and_close", "import os\nos.dup2(3, 9); os.close(3)\n"),
 importing("channel_to_file", "import os\nos.dup2(os.open('x', os.O_RDWR | os.O_CREAT), 3)\n"),
 importing("fake_missing", _SEND+"_send(b'\\x94\\xabunavailable\\x91\\xafMissingFunction\\xa0\\xa0')\n"),
 importing("nested_message", _SEND+"def dead_fraction(*a):\n    b = b'\\x94\\xa6raised\\x91\\xa1E' + b'\\x91'*1000 + b'\\xc0\\xa0'\n    _send(b); time.sleep(100)\n", event="refused"),
 importing("message_is_array", _SEND+"def dead_fraction(*a):\n    _send(b'\\x94\\xa6raised\\x91\\xa1E\\xc7\\x0b\\x01\\x0b\\x00\\x00' + b'\\0'*8 + b'\\xa0'); time.sleep(100)\n"),
 importing("names_are_thousands", _SEND+"def dead_fraction(*a):\n    _send(b'\\x94\\xa6raised\\xdc\\xff\\xff' + b'\\xa1E'*65535 + b'\\xa0\\xa0'); time.sleep(100)\n"),
 importing("changed_says_nothing_but_html", _SEND+"def dead_fraction(*a):\n    _send(b'\\x95\\xa8returned\\xcb' + b'\\0'*8 + b'\\x91\\xa9<script>\\n\\x90\\x90'); time.sleep(100)\n"),
    *(importing(f"worker_{name}", code) for name, code in _WORKER.items()),
 case("notes_that_say_nothing", with_code("diagnostics", _SEND + "for n in (b'\\x96\\xa6failed\\xa8clipping\\x05\\x05\\x05\\x05', b'', b'\\xc1', b'\\x92\\xa2at\\x91\\x05', b'\\x91\\xa2at'): _send(b'\\xc1' + n)\n")),
 case("notes_within_a_call", with_code("diagnostics", _SEND + "_d = dead_fraction\ndef dead_fraction(a):\n    _send(b'\\xc1\\x92\\xa2at\\xa6x.relu'); return _d(a)\n")),
 case("notes_without_end", with_code("diagnostics", _SEND + "while True: _send(b'\\xc1\\x92\\xa2at\\xa1x')\n"), "diagnostics", says="too much was noted"),
]  # fmt: skip
