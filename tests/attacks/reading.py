"""(d) Reading secrets: whatever a submission sees, it earns nothing by it and tells nobody.

Each attack looks for hidden material and shouts it in an exception, a warning, a return value or
a print. `SECRET` is in the grader's environment while these are graded.
"""

from __future__ import annotations

from .case import SOLUTION, Case, case, with_code

_LOOK = {
    "working_folder": "os.listdir('.') + os.listdir('..')",
    "root": "os.listdir('/')",
    "hidden_suites": "[open(p).read() for p in _kit('autograder/suites/test_diagnostics.py')]",
    "solution": "[open(p).read() for p in _kit('solutions/gradflow/diagnostics.py')]",
    "engine_folder": "os.listdir(os.path.dirname(os.path.dirname(sys.modules['worker'].__file__)))",
    "suites_beside_the_worker": "os.listdir(os.path.join(os.path.dirname(sys.modules['worker'].__file__), '..', '..', 'suites'))",
    "walk": "[os.path.join(f, n) for f, _, ns in os.walk('/') for n in ns if n.startswith('test_diag')] or 1 / 0",
    "glob": "__import__('glob').glob('/**/test_diagnostics.py', recursive=True) or 1 / 0",
    "other_submissions": "[os.listdir(p) for p in ('/tmp', '/var/tmp', '/dev/shm', '/autograder/submission')]",
    "passwd": "open('/etc/passwd').read()",
    "shadow": "open('/etc/shadow').read()",
    "environment": "dict(os.environ)['SECRET']",
    "proc_environ": "open('/proc/self/environ').read(), open('/proc/1/environ').read()",
    "proc_parent": "open(f'/proc/{os.getppid()}/cmdline').read()",
    "proc_memory": "open('/proc/self/mem', 'rb').read(1)",
    "proc_maps": "open('/proc/self/maps').read()",
    "proc_mounts": "open('/proc/self/mountinfo').read()",
    "proc_all": "[open(f'/proc/{p}/cmdline').read() for p in os.listdir('/proc') if p.isdigit()] or 1 / 0",
    "descriptors": "[os.readlink(f'/proc/self/fd/{n}') for n in range(64)]",
    "descriptor_reads": "[os.pread(n, 100, 0) for n in range(3, 64)]",
    "sys_path": "sys.path",
    "argv": "sys.argv, sys.orig_argv[0]",
    "frames": "[f.f_locals for f in sys._current_frames().values()]",
    "stack": "[v for f in __import__('inspect').stack() for v in f.frame.f_locals.values()]",
    "gc": "[o for o in __import__('gc').get_objects() if isinstance(o, dict) and 'expected' in o] or 1 / 0",
    "modules": "sorted(sys.modules)",
    "worker_module": "vars(sys.modules['worker.serve'])",
    "import_engine": "__import__('autograder.engine.check')",
    "import_suites": "__import__('autograder.suites.test_diagnostics')",
    "import_reference": "__import__('solutions.gradflow.diagnostics')",
    "import_mistakes": "__import__('autograder.mistakes')",
    "network": "__import__('socket').create_connection(('1.1.1.1', 80), 1)",
    "loopback": "__import__('socket').create_connection(('127.0.0.1', 22), 1)",
    "unix_socket": "__import__('socket').socket(__import__('socket').AF_UNIX).connect('/run/docker.sock')",
    "name_lookup": "__import__('socket').gethostbyname('example.com')",
    "http": "__import__('urllib.request').request.urlopen('http://169.254.169.254/', timeout=1)",
    "cloud_metadata": "__import__('http.client').client.HTTPConnection('169.254.169.254', timeout=1).request('GET', '/')",
    "ptrace": "__import__('ctypes').CDLL(None).ptrace(16, os.getppid(), 0, 0) or 1 / 0",
    "home": "os.listdir(os.path.expanduser('~root'))",
    "git": "open('/work/main/.git/HEAD').read()",
    "link_out": "os.symlink('/etc', 'etc') or os.listdir('etc')",
    "hard_link_out": "os.link(sys.modules['worker'].__file__, 'w') or open('w').read()",
    "chroot": "os.chroot('/') or 1 / 0",
    "become_root": "os.setuid(0) or 1 / 0",
    "memory_of_others": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "kernel_log": "open('/dev/kmsg').read(1)",
    "terminal": "open('/dev/tty').read(1)",
    "dev": "os.listdir('/dev')",
    "shm": "os.listdir('/dev/shm')",
    "ipc": "__import__('ctypes').CDLL(None).shmget(1234, 10, 0o1666) + 1 or 1 / 0",
}
_HEAD = """
import os, sys, warnings
def _kit(path):
    here = os.path.abspath(sys.modules['worker'].__file__)
    while here != '/':
        here = os.path.dirname(here)
        yield os.path.join(here, path)
"""


def _shout(name: str, expression: str) -> Case:
    code = _HEAD + (
        f"def dead_fraction(activations):\n    found = {expression}\n"
        "    warnings.warn(str(found)); print(found)\n"
        "    raise RuntimeError('found ' + str(found))\n"
        f"def diagnose(*args, **options):\n    return repr({expression})\n"
    )
    return case(
        f"look_{name}",
        with_code("diagnostics", code),
        "diagnostics.dead_fraction",
        "diagnostics.diagnose",
    )


def _at_import(name: str, expression: str) -> Case:
    code = _HEAD + f"raise ImportError('found ' + str({expression}))\n"
    return case(f"import_{name}", with_code("diagnostics", code), "diagnostics", says="import")


CASES = [
    *(_shout(name, expression) for name, expression in _LOOK.items()),
    *(_at_import(name, _LOOK[name]) for name in ("sys_path", "root", "argv")),
    case("paths_in_a_type_name", with_code("diagnostics", _HEAD + "def dead_fraction(a):\n    return type(os.path.abspath(sys.modules['worker'].__file__), (), {})()\n"), "diagnostics.dead_fraction"),
    case("missing_name_of_numpy", with_code("diagnostics", "from numpy import no_such_name\n"), "diagnostics", says="cannot import name 'no_such_name' from 'numpy'"),
    case("solution_by_inspection", with_code("diagnostics", "import inspect, gradflow.clipping\ndef dead_fraction(a):\n    raise ValueError(inspect.getsource(gradflow.clipping)[:300])\n"), "diagnostics.dead_fraction"),
    case("nothing_to_hide", SOLUTION),
]  # fmt: skip
