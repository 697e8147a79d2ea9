"""A broken module costs its own tests; what Python can import keeps its points, habits and all."""

from .case import FUNCTIONS, MODULES, SOLUTION, Case, Files, case, imports, with_code

_DIAG = SOLUTION["gradflow/diagnostics.py"]
_TEXT = _DIAG.decode()
_WITHOUT = {path: content for path, content in SOLUTION.items() if "diagnostics" not in path}


def _source(content: bytes, beside: Files | None = None) -> Files:
    """The solution with another diagnostics.py."""
    return {**SOLUTION, "gradflow/diagnostics.py": content, **(beside or {})}


def _functions(body: str) -> bytes:
    """All functions of diagnostics with one body."""
    return "".join(f"def {name}{body}\n" for name in FUNCTIONS["diagnostics"]).encode()


_LOST = {  # of diagnostics.py: its bytes, and the reason
    "merge_conflict": (b"<<<<<<< HEAD\n" + _DIAG + b"\n=======\n>>>>>>> main\n", "SyntaxError"),
    "null_bytes": (_DIAG + b"\0", "null bytes|SyntaxError"),
    "nested_without_end": (_DIAG + b"\nx = " + b"(" * 5000 + b")" * 5000, "failed|ended"),
    "too_large": (_DIAG + b"#" * 2**21, "not in the submission"),
    "notebook": (b'{"cells": [], "nbformat": 4}', "no function"),
    "missing_package": (b"import no_such_package\n" + _DIAG, "No module named 'no_such_package'"),
    "all_to_do": (_functions("(*a, **k): raise NotImplementedError('TODO')"), "is still to do"),
}
_KEPT = {
    "carriage_returns": _TEXT.replace("\n", "\r").encode(),
    "byte_order_mark": b"\xef\xbb\xbf" + _DIAG,
    "main_guard": _DIAG + b"\nif __name__ == '__main__':\n    raise SystemExit\n",
    "imports": _DIAG + b"\nfrom .clipping import clip_by_value\nfrom gradflow import lab\n",
}
_HABITS = {
    "habit_environment_cleared": "import os, sys; os.environ.clear(); sys.path.clear(); os.chdir('/')",
    "habit_output_lost": "import builtins, sys; sys.stdout = sys.stderr = sys.stdin = builtins.print = None",
    "habit_settings": "import gc, os, sys; sys.path.insert(0, os.getcwd()); np.set_printoptions(2); gc.collect(0)",
    "habit_recursion_limit": "import sys; sys.setrecursionlimit(120)",
    "habit_plot": "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show(); plt.savefig('a.png')",
    "habit_talk": "right = dead_fraction\ndef dead_fraction(*args): print(args); return right(*args)",
    "habit_numpy_text": "right = diagnose\ndef diagnose(*args, **named): return np.str_(right(*args, **named))",
    "habit_module_replaced": """
        import sys
        class Namespace: pass
        own = Namespace()
        own.__dict__.update(globals())
        sys.modules[__name__] = own
    """,
}
_CHANGED_LATER = """
import threading, time
right = relu
def relu(z):
    out = right(z)
    def late():
        time.sleep(0.05)
        out[...] = 7
    threading.Thread(target=late).start()
    return out
"""

CASES: list[Case] = [
    *(
        case(f"source_{name}", _source(content), "diagnostics", says=says)
        for name, (content, says) in _LOST.items()
    ),
    *(case(f"source_{name}", _source(content)) for name, content in _KEPT.items()),
    *imports({"no_function": "del dead_fraction"}, "diagnostics.dead_fraction", says="no function"),
    case("missing_module", _WITHOUT, "diagnostics", says="diagnostics.py is not in the submission"),
    case("missing_init", {p: c for p, c in SOLUTION.items() if "__init__" not in p}),
    case("module_is_a_package", {**_WITHOUT, "gradflow/diagnostics/__init__.py": _DIAG}),
    case("folders_of_given_modules", _source(_DIAG, {f"gradflow/{name}/__init__.py": b"1/0" for name in ("network", "supplied_net")})),
    case("helper_beside", _source(b"from helper import *\n" + _DIAG, {"helper.py": b"X = 1\n"})),
    case("skeleton", dict.fromkeys(SOLUTION, b""), *MODULES, says="no function"),
    *imports(_HABITS),
    case("<script>alert(1)<", SOLUTION),
    case("result_changed_later_by_a_thread", with_code("activations", _CHANGED_LATER)),
]  # fmt: skip
