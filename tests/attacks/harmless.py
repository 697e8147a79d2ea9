"""Habits at the import of a module, or in a right function, that cost nothing."""

from .case import SOLUTION, case, imports, with_code

_HABITS = {
    "habit_environment_cleared": "import os, sys; os.environ.clear(); sys.path.clear(); os.chdir('/')",
    "habit_output_lost": "import builtins, sys; sys.stdout = sys.stderr = sys.stdin = builtins.print = None",
    "habit_recursion_limit": "import sys; sys.setrecursionlimit(120)",
    "habit_plot": "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show(); plt.savefig('a.png')",
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

CASES = [
    *imports(_HABITS),
    case("<script>alert(1)<", SOLUTION),
    case("result_changed_later_by_a_thread", with_code("activations", _CHANGED_LATER)),
]
