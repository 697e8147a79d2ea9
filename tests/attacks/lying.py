"""(b) Lying values: what comes back looks right to a careless comparison, and isn't.

The right sigmoid's value is wrapped, so a grader that coerces what it gets would pay for it.
"""

from __future__ import annotations

from .case import Case, case, with_code

_RIGHT = "import numpy as np\n_right = sigmoid\n"


def _sigmoid(name: str, code: str, says: str = "", event: str = "") -> Case:
    """`code` defines `sigmoid`; `_right` is the solution's."""
    return case(
        name, with_code("activations", _RIGHT + code), "activations.sigmoid", says=says, event=event
    )


def _returns(name: str, expression: str, before: str = "", says: str = "expected") -> Case:
    return _sigmoid(name, f"{before}\ndef sigmoid(z):\n    return {expression}\n", says)


_ALWAYS_EQUAL = """
class Equal:
    __hash__ = None
    shape, dtype, ndim, size = (), np.dtype(float), 0, 1
    def __init__(self, z): self.shape = z.shape
    def __eq__(self, other): return True
    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    def __getattr__(self, name): return lambda *a, **k: self
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True
    def __array__(self, *a, **k): return np.ones(self.shape)
    def __float__(self): return 1.0
    def __bool__(self): return True
"""
_SUBCLASS = """
class Liar(np.ndarray):
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return np.True_
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __array_finalize__(self, other): pass
"""
_NUMBER = "class Number({0}):\n    def __eq__(self, o): return True\n    def __sub__(self, o): return 0.0\n    def __abs__(self): return 0.0\n    __rsub__ = __sub__\n    __hash__ = {0}.__hash__\n"

_VALUES = {
    "subclass": ("np.zeros(np.shape(z)).view(Liar)", _SUBCLASS),
    "subclass_of_right_values": ("_right(z).view(Liar)", _SUBCLASS),
    "matrix": ("np.matrix(_right(z).reshape(1, -1)) if z.size else np.matrix([[0.0]])", ""),
    "masked_all": ("np.ma.masked_all(np.shape(z))", ""),
    "masked_right": ("np.ma.array(_right(z))", ""),
    "always_equal": ("Equal(z)", _ALWAYS_EQUAL),
    "array_method": ("type('A', (), {'__array__': lambda s, *a, **k: _right(z)})()", ""),
    "array_interface": (
        "type('A', (), {'__array_interface__': _right(z).__array_interface__})()",
        "",
    ),
    "buffer": ("memoryview(_right(z).tobytes())", ""),
    "object_array": ("_right(z).astype(object)", ""),
    "object_array_of_equals": ("np.full(z.shape, Equal(z), dtype=object)", _ALWAYS_EQUAL),
    "structured": ("np.zeros(z.shape, [('a', float)])", ""),
    "recarray": ("np.rec.array(np.zeros(z.shape, [('a', float)]))", ""),
    "text_array": ("_right(z).astype('U30')", ""),
    "bytes_array": ("_right(z).astype('S30')", ""),
    "datetime": ("np.zeros(z.shape, 'datetime64[s]')", ""),
    "longdouble": ("_right(z).astype(np.longdouble)", ""),
    "foreign_endian": ("_right(z).astype('>f8')", ""),
    "complex": ("_right(z).astype(complex)", ""),
    "complex_small_imaginary": ("_right(z) + 1e-300j", ""),
    "extra_axis": ("np.stack([_right(z)])", ""),
    "trailing_axis": ("_right(z)[..., None]", ""),
    "broadcast_row": ("np.array([0.5])", ""),
    "scalar_half": ("0.5", ""),
    "empty": ("np.empty((0,) + z.shape)", ""),
    "transposed": ("np.moveaxis(_right(z)[None], 0, -1)", ""),
    "flat": ("_right(z).reshape(1, -1)", ""),
    "none": ("None", ""),
    "not_implemented": ("NotImplemented", ""),
    "ellipsis": ("...", ""),
    "true": ("True", ""),
    "text": ("'all correct'", ""),
    "bytes": ("b'\\x00' * 80", ""),
    "nan": ("np.full((7, 7, 7), np.nan)", ""),
    "list": ("[*np.ravel(_right(z))]", ""),
    "nested_list": ("[_right(z).tolist()]", ""),
    "tuple": ("(_right(z),)", ""),
    "dict": ("{'value': _right(z)}", ""),
    "set": ("{1.0}", ""),
    "generator": ("(x for x in [_right(z)])", ""),
    "coroutine": ("(lambda: _right)()", ""),
    "class": ("float", ""),
    "module": ("np", ""),
    "partial": ("__import__('functools').partial(_right, z)", ""),
    "lambda": ("lambda: _right(z)", ""),
    "exception": ("ValueError('z')", ""),
    "decimal": ("__import__('decimal').Decimal(1)", ""),
    "fraction": ("__import__('fractions').Fraction(1, 2)", ""),
    "int_subclass": ("Number(1)", _NUMBER.format("int")),
    "float_subclass": ("Number(1)", _NUMBER.format("float")),
    "str_subclass": ("Number(1)", _NUMBER.format("str")),
    "numpy_scalar_subclass": ("Number(1)", _NUMBER.format("np.float64")),
    "list_subclass": ("type('L', (list,), {})([_right(z)])", ""),
    "tuple_subclass": ("type('T', (tuple,), {'__len__': lambda s: 0})((1,))", ""),
    "named_tuple": ("__import__('collections').namedtuple('N', 'a')(1)", ""),
    "int_too_large": ("2 ** 80", ""),
    "other_library": ("__import__('mpmath').mpf(1)", ""),
    "torch_lookalike": (
        "type('Tensor', (), {'__module__': 'torch', 'numpy': lambda s: _right(z)})()",
        "",
    ),
    "array_array": ("__import__('array').array('d', [1.0])", ""),
    "ufunc": ("np.exp", ""),
    "fake_class": ("F()", "class F:\n    __class__ = np.ndarray\n    shape = ()\n"),
    "fake_handle": (
        "F()",
        "import sys\nF = lambda: sys.modules['worker.wire'].Handle(-1, 0, 'ndarray')\n",
    ),
    "fake_generator_state": (
        "F()",
        "import sys\nF = lambda: sys.modules['worker.wire'].GeneratorState(0, 'PCG64', {})\n",
    ),
}

_SAID = {
    "dict_of_tuples": ("{(1, 2): 3.0, 4.5: 6}", "", "unreadable"),
    "recursive_list": ("x", "x = []\nx.append(x)\n", ""),
    "deep_list": ("x", "x = 1.0\nfor _ in range(900): x = [x]\n", ""),
    "deep_tuple": ("x", "x = 1.0\nfor _ in range(50): x = (x,)\n", ""),
    "zero_stride_giant": ("np.broadcast_to(0.5, (10**6, 10**5))", "", "too large"),
    "zero_stride_edge": ("np.broadcast_to(0.5, (3 * 10**6,))", "", ""),
    "large_array": ("np.ones((2500, 1000))", "", "too large"),
    "many_dimensions": ("np.ones((1,) * 30)", "", "dimensions"),
    "many_items": ("[[]] * 200_000", "", ""),
    "long_text": ("'x' * 10**6", "", ""),
    "lone_surrogate": ("'\\ud800'", "", ""),
    "huge_type_name": ("T()", "T = type('x' * 10**6, (), {})\n", ""),
    "markup_type_name": ("T()", "T = type('<script>alert(1)</script>\\x1b[31m', (), {})\n", ""),
}

_STATE = {
    "stateful_answers": "_n = [0]\ndef sigmoid(z):\n    _n[0] += 1\n    return _right(z) + (1e-3 if _n[0] % 2 else -1e-3)\n",
    "answers_by_size": "def sigmoid(z):\n    return _right(z) * (1 + 1e-6)\n",
    "zeroes_its_argument": "def sigmoid(z):\n    z[...] = 0\n    return z\n",
    "returns_its_argument": "def sigmoid(z):\n    return z\n",
    "overwrites_and_returns_same": "def sigmoid(z):\n    z *= 0.5\n    z += 0.25\n    return z\n",
    "hard_coded": "def sigmoid(z):\n    return np.full(z.shape, 0.5)\n",
    "random": "def sigmoid(z):\n    return np.random.rand(*z.shape)\n",
    "nan_everywhere": "def sigmoid(z):\n    return np.full(z.shape, np.nan)\n",
    "infinite": "def sigmoid(z):\n    return np.full(z.shape, np.inf)\n",
    "negative_zero_size": "def sigmoid(z):\n    return np.empty(z.shape + (0,))\n",
    "reads_the_stack": "import sys\ndef sigmoid(z):\n    f = sys._getframe()\n    while f:\n        if 'expected' in f.f_locals: return f.f_locals['expected']\n        f = f.f_back\n    return 0 * z - 1\n",
    "looks_for_the_reference": "def sigmoid(z):\n    import gc\n    found = [o for o in gc.get_objects() if getattr(o, '__name__', '') == 'sigmoid' and o is not sigmoid and o is not _right]\n    return found[0](z) if found else 0 * z - 1\n",
}

_MORE = [
    case("backward_cache_is_a_liar", with_code("batchnorm", "import numpy as np\nclass C:\n    def __eq__(self, o): return True\n_f = batchnorm_forward\ndef batchnorm_forward(*a, **k):\n    out, cache, m, v = _f(*a, **k)\n    return out, C(), m, v\ndef batchnorm_backward(dout, cache):\n    return cache, cache, cache\n"), "batchnorm.batchnorm_backward"),
    case("forward_returns_one", with_code("batchnorm", "_f = batchnorm_forward\ndef batchnorm_forward(*a, **k):\n    return _f(*a, **k)[:1]\n"), "batchnorm"),
    case("cache_is_huge", with_code("batchnorm", "import numpy as np\n_f, _b = batchnorm_forward, batchnorm_backward\ndef batchnorm_forward(*a, **k):\n    out, cache, m, v = _f(*a, **k)\n    return out, (cache, np.broadcast_to(0.0, (10**6, 10**6))), m, v\ndef batchnorm_backward(dout, cache):\n    return _b(dout, cache[0])\n")),
    case("cache_is_a_closure", with_code("batchnorm", "_f, _b = batchnorm_forward, batchnorm_backward\ndef batchnorm_forward(*a, **k):\n    out, cache, m, v = _f(*a, **k)\n    return out, (lambda: cache), m, v\ndef batchnorm_backward(dout, cache):\n    return _b(dout, cache())\n")),
    case("norm_that_is_a_liar", with_code("diagnostics", "class F(float):\n    def __sub__(self, o): return 0.0\n    def __eq__(self, o): return True\ndef dead_fraction(a): return F(7)\ndef saturated_fraction(s, tol=0.01): return F(7)\n"), "diagnostics.dead_fraction", "diagnostics.saturated_fraction"),
    case("verdict_that_is_a_liar", with_code("diagnostics", "class S(str):\n    def __eq__(self, o): return True\n    __hash__ = str.__hash__\ndef diagnose(*a, **k): return S('?')\n"), "diagnostics.diagnose"),
    case("clip_gives_generator", with_code("clipping", "_c = clip_by_value\ndef clip_by_value(g, t):\n    return (x for x in _c(g, t))\n"), "clipping.clip_by_value"),
    case("clip_raises_always", with_code("clipping", "def clip_by_value(g, t):\n    raise RuntimeError('no')\n"), "clipping.clip_by_value", says="raised RuntimeError"),
    case("read_only_result", with_code("activations", "_r = relu\ndef relu(z):\n    out = _r(z)\n    out.flags.writeable = False\n    return out\n")),
    case("negative_strides", with_code("activations", "import numpy as np\n_r = relu\ndef relu(z):\n    out = _r(z)\n    return np.flip(np.flip(out).copy())\n")),
    case("fortran_order", with_code("activations", "import numpy as np\n_r = relu\ndef relu(z):\n    return np.array(_r(z), order='F')\n")),
    case("strided_result", with_code("activations", "import numpy as np\n_r = relu\ndef relu(z):\n    out = _r(z)\n    room = np.zeros(out.shape + (2,))\n    room[..., 0] = out\n    return room[..., 0]\n")),
    case("numpy_scalars_for_0d", with_code("activations", "_r = relu\ndef relu(z):\n    return _r(z)[()]\n")),
    case("vectorised_function", with_code("activations", "import numpy as np\nclass Relu:\n    def __call__(self, z): return np.maximum(z, 0.0)\nrelu = Relu()\n")),
    case("partial_function", with_code("activations", "import functools, numpy as np\nrelu = functools.partial(np.maximum, 0.0)\n")),
    case("decorated_function", with_code("activations", "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def g(*a, **k): return f(*a, **k)\n    return g\nrelu = deco(relu)\n")),
]  # fmt: skip

CASES = [
    *(_returns(f"returns_{name}", value, before) for name, (value, before) in _VALUES.items()),
    *(_returns(f"returns_{name}", *rest) for name, rest in _SAID.items()),
    *(_sigmoid(name, code) for name, code in _STATE.items()),
    *_MORE,
]
