"""Nothing hidden is seen: each looks for it, and tells what it found in an exception."""

from .case import Case, calls, case, imports, with_code

_HIDDEN = {
    "hidden_suites": "kit('autograder/suites/test_diagnostics.py')",
    "solution": "kit('solutions/gradflow/diagnostics.py')",
    "walk": "[n for _, _, names in os.walk('/') for n in names if n.startswith('test_diag')] or 1 / 0",
    "shadow": "open('/etc/shadow').read()",
    "environment": "os.environ['SECRET']",
    "memory_of_parent": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "expected_in_memory": "[o for o in __import__('gc').get_objects() if isinstance(o, dict) and 'expected' in o][0]",
    "import_suites": "__import__('autograder.suites.test_diagnostics')",
    "network": "__import__('socket').create_connection(('127.0.0.1', 22), 1)",
    "unix_socket": "__import__('socket').socket(__import__('socket').AF_UNIX).connect('/run/docker.sock')",
    "root_rights": "os.setuid(0)",
    "shared_memory": "os.listdir('/dev/shm')",
}
_SEEN = {  # earns nothing, and its paths are not shown
    "working_folder": "os.listdir('.') + os.listdir('..')",
    "environment_of_processes": "open('/proc/self/environ').read(), open('/proc/1/environ').read()",
    "frames": "[f.f_locals for f in sys._current_frames().values()]",
    "arguments": "sys.argv, sys.orig_argv[0], sys.path",
}
_PATH = {"path_in_an_import": "from numpy import no_such_name"}
_KIT = """
import os, pathlib, sys
worker = pathlib.Path(sys.modules['worker'].__file__)
def kit(path): return next(p / path for p in worker.parents if (p / path).exists()).read_text()
"""


def _look(name: str, expression: str, says: str) -> Case:
    code = f"{_KIT}def dead_fraction(a): raise RuntimeError('found ' + str({expression}))\n"
    files = with_code("diagnostics", code)
    return case(f"look_{name}", files, "diagnostics.dead_fraction", says=says)


CASES = [
    *(_look(name, code, r"raised (?!RuntimeError)\w+") for name, code in _HIDDEN.items()),
    *(_look(name, code, "raised") for name, code in _SEEN.items()),
    *calls({"path_in_a_type_name": "import os; return type(os.__file__, (), {})()"}),
    *imports(_PATH, "diagnostics", says="cannot import name 'no_such_name' from 'numpy'"),
]
