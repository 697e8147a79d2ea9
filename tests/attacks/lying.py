"""A score can't be forged by a value that looks right to a careless comparison, and isn't plain
data. The solution's value is wrapped, so a grader that takes what it can get would pay for it."""

from textwrap import dedent

from .case import Case, case, with_code


def _sigmoid(name: str, code: str, says: str = "") -> Case:
    """`code` defines `sigmoid`; `right` is the solution's."""
    files = with_code("activations", "import numpy as np\nright = sigmoid\n" + dedent(code))
    return case(name, files, "activations.sigmoid", says=says)


def _returns(name: str, expression: str, says: str = "") -> Case:
    return _sigmoid(f"returns_{name}", f"def sigmoid(z): return {expression}", says)


_WRONG = {
    "subclass": "right(z).view(type('Own', (np.ndarray,), {}))",
    "masked": "np.ma.array(right(z))",
    "array_method": "type('A', (), {'__array__': lambda s, *a, **k: right(z)})()",
    "objects": "right(z).astype(object)",
    "float_subclass": "type('F', (np.float64,), {'__sub__': lambda s, o: 0.0})(1)",
    "handle": "__import__('sys').modules['worker.wire'].Handle(-1, 0, 'ndarray')",
    "generator_state": "__import__('sys').modules['worker.wire'].GeneratorState(0, {})",
}
_ODD = {
    "giant_without_memory": "np.broadcast_to(0.5, (10**6, 10**5))",
    "lone_surrogate": "'\\ud800'",
}
_OWN = {
    "returns_always_equal": """
        class Equal:
            def __init__(self, z): self.shape, self.dtype = z.shape, z.dtype
            def __eq__(self, other): return True
            __lt__ = __le__ = __gt__ = __ge__ = __eq__
            def __getattr__(self, name): return lambda *args, **options: self
            def __array_function__(self, *args, **options): return True
            def __array_ufunc__(self, *args, **options): return True
            def __array__(self, *args, **options): return np.ones(self.shape)
        sigmoid = Equal
    """,
    "zeroes_its_argument": """
        def sigmoid(z):
            z[...] = 0
            return z
    """,
    "answers_by_turns": """
        turns = [0]
        def sigmoid(z):
            turns[0] += 1
            return right(z) + (1e-3 if turns[0] % 2 else -1e-3)
    """,
    "looks_for_the_reference": """
        import gc
        def sigmoid(z):
            named = [o for o in gc.get_objects() if getattr(o, '__name__', '') == 'sigmoid']
            return next((f for f in named if f not in (sigmoid, right)), lambda z: None)(z)
    """,
    "dangling_pointer": """
        import ctypes
        def sigmoid(z): return np.ctypeslib.as_array((ctypes.c_double * 5).from_address(16))
    """,
}
_CACHE = """
class Equal:
    def __eq__(self, other): return True
forward = batchnorm_forward
def batchnorm_forward(*args, **options):
    out, cache, mean, var = forward(*args, **options)
    return out, Equal(), mean, var
def batchnorm_backward(dout, cache): return cache, cache, cache
"""
_TEXT = """
class Equal(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
def diagnose(*args, **options): return Equal('?')
"""
_STATE = """
def he_normal(n_in, n_out, rng, mode='fan_avg'):
    rng.bit_generator.state = {'x': 1}
"""

CASES = [
    *(_returns(name, expression, "expected") for name, expression in _WRONG.items()),
    *(_returns(name, expression) for name, expression in _ODD.items()),
    *(_sigmoid(name, code) for name, code in _OWN.items()),
    case("cache_equals_all", with_code("batchnorm", _CACHE), "batchnorm.batchnorm_backward"),
    case("verdict_equals_all", with_code("diagnostics", _TEXT), "diagnostics.diagnose"),
    case("generator_state_forged", with_code("initializers", _STATE), "initializers.he_normal"),
]
