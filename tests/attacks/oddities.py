"""(h) Odd functions, values and exceptions: right ones keep their points, others get a reason."""

from __future__ import annotations

from .case import Case, case, with_code

_BN = "import numpy as np\n_f, _b = batchnorm_forward, batchnorm_backward\n"


def _call(name: str, body: str, **expected: str) -> Case:
    source = f"def dead_fraction(activations):\n    {body}\n"
    return case(name, with_code("diagnostics", source), "diagnostics.dead_fraction", **expected)


def _harmless(name: str, code: str, module: str = "diagnostics") -> Case:
    return case(name, with_code(module, code))


def _value(name: str, code: str, **expected: str) -> Case:
    code = "import numpy as np\n_right = sigmoid\n" + code
    return case(name, with_code("activations", code), "activations.sigmoid", **expected)


CASES = [
 _harmless("class_for_function","import numpy as np\nclass relu:\n    def __new__(cls, z): return np.maximum(z, 0.0)\n","activations"),
 _harmless("static_method","import numpy as np\nrelu = staticmethod(relu)\n","activations"),
 _harmless("bound_method","class _K:\n    def f(self, z): return _r(z)\n_r = relu\nrelu = _K().f\n","activations"),
 _harmless("module_getattr","_all = dict(dead_fraction=dead_fraction)\ndel dead_fraction\ndef __getattr__(name):\n    try: return _all[name]\n    except KeyError: raise AttributeError(name) from None\n"),
 _harmless("module_class_swapped","import sys, types\nclass _M(types.ModuleType):\n    @property\n    def dead_fraction(self): return _d\n_d = dead_fraction\ndel dead_fraction\nsys.modules[__name__].__class__ = _M\n"),
 _harmless("module_replaced","import sys\nclass _N: pass\n_n = _N()\n_n.__dict__.update(globals())\n_n.__spec__ = __spec__\nsys.modules[__name__] = _n\n"),
 _harmless("lru_cached_constant","import functools\n@functools.lru_cache\ndef _c(): return 0.01\n"),
 _harmless("wrapt_by_signature","import inspect\ndead_fraction.__signature__ = inspect.Signature()\ndead_fraction.__name__ = '<b>x</b>'\ndead_fraction.__doc__ = '\\x1b[31m' * 10**5\n"),
 _harmless("all_lies","__all__ = ['nothing', 3]\n"),
 _call("generator_function","yield 0.5",says="expected"),
 _call("coroutine_function","pass\nasync def dead_fraction(a): return 0.5",says="expected"),
 _call("context_manager","pass\nimport contextlib\n@contextlib.contextmanager\ndef dead_fraction(a): yield 0.5",says="expected"),
 _call("property_object","pass\ndead_fraction = property(lambda s: 0.5)",says="no function"),
 _call("class_instance","pass\nclass dead_fraction:\n    def __init__(self, a): pass\n    def __float__(self): return 0.5\n    def __index__(self): return 1",says="expected"),
 _call("class_lies_class","pass\nclass dead_fraction:\n    __class__ = float\n    def __init__(self, a): pass",says="expected"),
 _call("callable_lies","pass\nclass K:\n    def __getattr__(s, n): return s\n    def __call__(s, *a, **k): return s\ndead_fraction = K()"),
 _call("metaclass_getattribute","pass\nclass M(type):\n    def __call__(c, *a): return c\n    def __getattribute__(c, n): import os; os._exit(0)\nclass dead_fraction(metaclass=M): pass"),
 _call("metaclass_instancecheck","pass\nclass M(type):\n    def __instancecheck__(c, o): return True\n    def __subclasscheck__(c, o): return True\nclass dead_fraction(metaclass=M): pass"),
 _call("metaclass_name_hangs","pass\nclass M(type):\n    @property\n    def __name__(c):\n        while True: pass\nclass K(metaclass=M): pass\ndef dead_fraction(a): return K()",event="timeouts"),
 _call("metaclass_name_is_list","pass\nclass M(type):\n    __name__ = property(lambda c: ['x'] * 10**5)\nclass K(metaclass=M): pass\ndef dead_fraction(a): return K()"),
 _call("bool_hangs","return type('B', (), {'__bool__': lambda s: dead_fraction(activations), '__len__': lambda s: -1})()"),
 _value("memmap","def sigmoid(z):\n    m = np.memmap('m', float, 'w+', shape=z.shape or (1,))\n    m[...] = _right(z); return m\n"),
 _value("chararray","def sigmoid(z): return np.char.array(_right(z).astype('S8').ravel())\n"),
 _value("finalize_exits","class L(np.ndarray):\n    def __array_finalize__(s, o): import os; os._exit(0)\ndef sigmoid(z): return _right(z).view(L)\n",event="crashes"),
 _value("dangling_pointer","import ctypes\ndef sigmoid(z):\n    return np.ctypeslib.as_array((ctypes.c_double * 5).from_address(16))\n",event="crashes"),
 _value("out_of_bounds_strides","def sigmoid(z): return np.lib.stride_tricks.as_strided(np.ones(1), (3 * 10**5,), (8,))\n"),
 _value("wild_strides","def sigmoid(z): return np.lib.stride_tricks.as_strided(np.ones(1), (9,), (2**40,))\n"),
 _value("nan_payload","def sigmoid(z): return np.full(z.shape, np.frombuffer(b'\\xef\\xbe\\xad\\xde\\x0d\\xf0\\xff\\x7f')[0])\n"),
 _value("object_0d","def sigmoid(z): return np.array(_right(z), dtype=object)[..., None]\n"),
 _value("void","def sigmoid(z): return np.void(b'abc')\n"),
 _value("timedelta","def sigmoid(z): return np.zeros(z.shape, 'm8[s]')\n"),
 _value("string_dtype","def sigmoid(z): return np.full(z.shape, 'x', dtype=np.dtypes.StringDType())\n"),
 _value("subclass_dtype_bool","def sigmoid(z): return _right(z) > 2\n"),
 _value("matrix_class_lie","class A(np.ndarray):\n    __class__ = property(lambda s: np.ndarray)\ndef sigmoid(z): return _right(z).view(A)\n"),
 _value("named_ndarray","ndarray = type('ndarray', (np.ndarray,), {'__module__': 'numpy'})\ndef sigmoid(z): return _right(z).view(ndarray)\n"),
 _value("polynomial","def sigmoid(z): return np.polynomial.Polynomial([1, 2])\n"),
 _value("poly1d","def sigmoid(z): return np.poly1d([1, 2])\n"),
 _value("nditer","def sigmoid(z): return np.nditer(_right(z))\n"),
 _value("flatiter","def sigmoid(z): return _right(z).flat\n"),
 _value("masked_constant","def sigmoid(z): return np.ma.masked\n"),
 _value("generator_back","def sigmoid(z): return np.random.default_rng(0)\n"),
 _value("tuple_of_handles","def sigmoid(z): return tuple(object() for _ in range(50_000))\n"),
 _value("deep_mixed","def sigmoid(z):\n    x = _right(z)\n    for i in range(11): x = (x, [x])\n    return x\n"),
 _value("dict_key_collisions","def sigmoid(z): return {i * (2**61 - 1): i for i in range(40000)}\n"),
 _value("dict_surrogate_key","def sigmoid(z): return {'\\udc00': 1}\n"),
 _value("dict_true_keys","def sigmoid(z): return {True: 1, 1.0: 2}\n"),
 _value("huge_int","def sigmoid(z): return 10 ** 10**5\n"),
 _value("negative_huge_int","def sigmoid(z): return -2**64\n"),
 _value("int_min","def sigmoid(z): return -2**63\n"),
 _value("nan_float","def sigmoid(z): return float('nan')\n"),
 _value("bytes_many","def sigmoid(z): return [b''] * 99_990\n"),
 _value("datetime_object","import datetime\ndef sigmoid(z): return datetime.datetime.now(datetime.timezone.utc)\n"),
 _value("msgpack_timestamp","import msgpack\ndef sigmoid(z): return msgpack.Timestamp(0)\n"),
 _value("msgpack_ext","import msgpack\ndef sigmoid(z): return msgpack.ExtType(1, b'\\x0b\\0\\0' + b'\\0'*8)\n"),
 _value("handle_of_old","import sys\ndef sigmoid(z):\n    return sys.modules['worker.wire'].Handle(0, 'float64 array of shape (3,)')\n"),
 _value("handle_markup","import sys\ndef sigmoid(z):\n    return sys.modules['worker.wire'].Handle(2**40, '<img src=x onerror=alert(1)>\\x1b]0;x\\x07')\n"),
 _value("weakref_proxy","import weakref\ndef sigmoid(z):\n    global K\n    K = _right(z).view(type('S', (np.ndarray,), {}))\n    return weakref.proxy(K)\n"),
 _value("unaligned_wrong","def sigmoid(z):\n    b = np.zeros(z.size * 8 + 1, np.uint8)\n    return b[1:].view(float).reshape(z.shape)\n"),
 _harmless("unaligned_right","import numpy as np\n_r = relu\ndef relu(z):\n    o = _r(z)\n    b = np.zeros(o.size * 8 + 1, np.uint8)\n    v = b[1:].view(float).reshape(o.shape); v[...] = o\n    return v\n","activations"),
 _harmless("dtype_metadata","import numpy as np\n_r = relu\ndef relu(z): return _r(z).astype(np.dtype('f8', metadata={'x': 1}))\n","activations"),
 _harmless("changed_later_by_thread","import threading, time\n_r = relu\ndef relu(z):\n    o = _r(z)\n    def late():\n        time.sleep(0.05)\n        o[...] = 7\n    threading.Thread(target=late).start()\n    return o\n","activations"),
 _harmless("restored_input","_r = relu\ndef relu(z):\n    k = z.copy(); z[...] = 0; z[...] = k\n    return _r(z)\n","activations"),
 _harmless("patch_and_restore","import numpy as np\n_r = relu\ndef relu(z):\n    keep = np.exp; np.exp = None\n    try: return _r(z)\n    finally: np.exp = keep\n","activations"),
 _harmless("result_in_preallocated","import numpy as np\n_buf = {}\n_r = relu\ndef relu(z):\n    b = _buf.setdefault(z.shape, np.empty(z.shape)); b[...] = _r(z)\n    return b\n","activations"),
 _harmless("memory_view_of_bytes","import numpy as np\n_r = relu\ndef relu(z): return np.frombuffer(_r(z).tobytes()).reshape(z.shape)\n","activations"),
 _harmless("cache_is_dict_of_array_keys", _BN +"_store = {}\ndef batchnorm_forward(*a, **k):\n    out, c, m, v = _f(*a, **k)\n    _store[len(_store)] = c\n    return out, len(_store) - 1, m, v\ndef batchnorm_backward(d, c): return _b(d, _store[c])\n","batchnorm"),
 _harmless("cache_generator", _BN +"def batchnorm_forward(*a, **k):\n    out, c, m, v = _f(*a, **k)\n    return out, (x for x in [c]), m, v\ndef batchnorm_backward(d, c): return _b(d, next(c))\n","batchnorm"),
 _harmless("cache_with_odd_name", _BN +"def batchnorm_forward(*a, **k):\n    out, c, m, v = _f(*a, **k)\n    return out, type('x' * 10**6 + '<b>', (), {'c': c})(), m, v\ndef batchnorm_backward(d, c): return _b(d, c.c)\n","batchnorm"),
 _harmless("cache_gc_heavy", _BN +"def batchnorm_forward(*a, **k):\n    out, c, m, v = _f(*a, **k)\n    return out, (c, bytearray(30 * 2**20)), m, v\ndef batchnorm_backward(d, c): return _b(d, c[0])\n","batchnorm"),
 case("bn_backward_exits",with_code("batchnorm","import os\ndef batchnorm_backward(d, c): os._exit(0)\n"),"batchnorm.batchnorm_backward",event="crashes"),
 case("bn_cache_meta_name_exits",with_code("batchnorm", _BN +"class M(type):\n    @property\n    def __name__(c): import os; os._exit(1)\nclass C(metaclass=M): pass\ndef batchnorm_forward(*a, **k):\n    out, c, m, v = _f(*a, **k)\n    return out, C(), m, v\n"),"batchnorm"),
 case("generator_state_forged",with_code("initializers","import numpy as np\ndef he_normal(n_in, n_out, rng, mode='fan_avg'):\n    rng.bit_generator.state = {'x': 1}\n"),"initializers.he_normal"),
 _harmless("rng_spawned","_h = he_normal\ndef he_normal(n_in, n_out, rng, mode='fan_avg'): return _h(n_in, n_out, rng.spawn(1)[0], mode)\n","initializers"),
 _harmless("rng_kept","_k = []\n_h = he_normal\ndef he_normal(n_in, n_out, rng, mode='fan_avg'):\n    _k.append(rng); return _h(n_in, n_out, rng, mode)\n","initializers"),
 _call("syntax_error_odd","raise SyntaxError('m', ('<script>alert(1)</script>', 3, 4, 'x'))",says="SyntaxError"),
 _call("syntax_error_bad_line","class L:\n        def __format__(s, f): raise SystemExit\n    e = SyntaxError('m'); e.filename = 'x'; e.lineno = L(); raise e"),
 _call("str_is_subclass","class T(str):\n        def __getitem__(s, i): return {'a': [1] * 10}\n    class E(Exception):\n        def __str__(s): return T('x')\n    raise E"),
 _call("str_hangs","class E(Exception):\n        def __str__(s):\n            while True: pass\n    raise E",event="timeouts"),
 _call("name_surrogate","raise type('\\ud800', (Exception,), {})"),
 _call("mro_tricks","class M(type):\n        def mro(c): return [c, Exception, BaseException, object] * 1\n    class E(Exception, metaclass=M): pass\n    raise E"),
 _call("traceback_forged","import types\n    e = ValueError('x' * 300); e.__traceback__ = None; raise e.with_traceback(None)"),
 _call("notes","e = ValueError('x'); e.__notes__ = ['n' * 10**6] * 100; raise e"),
 _call("bidi_and_markup","raise ValueError('\\u202e<svg onload=alert(1)>\\x9b31m\\u2066`code` ${7*7} {{7*7}} =cmd()\\u0000')"),
 _call("percent_and_braces","raise ValueError('%s %n {0.__class__} {x!r} \\\\N{DIGIT ONE}')"),
 _call("co_filename_forged","exec(compile('raise ValueError(1)', '/etc/passwd', 'exec'))"),
 _call("co_filename_markup","import sys, os\n    exec(compile('raise ValueError(1)', os.path.join(os.getcwd(), '<script>alert(1)<\\n.py'), 'exec'))"),
 _call("warning_class_lies","import warnings\n    warnings.warn('overflow', type('RuntimeWarning', (Warning,), {})); return -1.0"),
 _call("warning_message_raises","import warnings\n    class W(RuntimeWarning):\n        def __str__(s): raise SystemExit\n    warnings.warn(W()); return -1.0"),
 _call("warnings_endless","import warnings\n    i = 0\n    while True:\n        i += 1; warnings.warn('w' * 1000 + str(i))"),
 _call("memory_error_raised","raise MemoryError('x' * 10**7)",says="MemoryError"),
 _call("exception_reduce","class E(Exception):\n        def __reduce__(s): return (eval, ('exit()',))\n    raise E"),
 _call("nested_exceptions","def f(n):\n        try:\n            if n: f(n - 1)\n            else: raise ValueError\n        finally: raise KeyError('k' * 1000)\n    f(300)"),
 _call("missing_function_lies","raise type('MissingFunction', (Exception,), {})('<b>gone</b>')"),
 _call("todo_lies","raise NotImplementedError('<script>alert(1)</script>')",says="still to do"),
 _call("deep_traceback","import sys, threading\n    sys.setrecursionlimit(200000)\n    def f(n):\n        if n == 0: raise ValueError('deep')\n        f(n - 1)\n    f(20000)"),
]  # fmt: skip
