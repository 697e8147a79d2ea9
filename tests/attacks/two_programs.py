"""Submissions that hold two programs, each right in half of the functions, or that flip a coin.

`python -m tests.attacks.two_programs FOLDER` writes them as folders, to be read and graded:
named by what they must get.
"""

import sys
from pathlib import Path

from tests.kit import made

from .case import FUNCTIONS, MODULES, SOLUTION, Files

SIGNALS = {
    "a flag set in init": "__import__('gradflow').FLAG",
    "a counter in init": "__import__('gradflow').count() == 1",
    "modules in sys.modules": "sum(m.startswith('gradflow.') for m in __import__('sys').modules) > 1",
    "the package has a file": "bool(__import__('sys').modules['gradflow'].__file__)",
    "a coin": "__import__('os').urandom(1)[0] < 128",
    "left by an earlier process": "__import__('os').path.exists('left') or bool(open('left', 'w'))",
}
"""What a program can know before it is first called; true and false choose one of the two."""
INIT = b"FLAG = True\n_counted = []\n\ndef count():\n    _counted.append(1)\n    return len(_counted)\n"
TAILS = {
    "raises": "raise ValueError",
    "exits": "__import__('os')._exit(1)",
    "exits by SystemExit": "raise SystemExit",
}


def halves() -> tuple[Files, Files]:
    """Two programs: one is right in every other function of each module, one in the others."""
    programs = []
    for first in (0, 1):
        files = dict(SOLUTION)
        for module in MODULES:
            stubs = "".join(_stub(name) for name in FUNCTIONS[module][first::2])
            files[f"gradflow/{module}.py"] += stubs.encode()
        programs.append(files)
    return programs[0], programs[1]


def both(signal: str) -> Files:
    """One submission that holds both, and chooses in each module when it is imported."""
    files = {**SOLUTION, "gradflow/__init__.py": INIT}
    for module in MODULES:
        names = FUNCTIONS[module]
        stubs = "".join(_stub(name, f"_stub_{name}") for name in names)
        choice = f"\nfor _name in ({names[::2]!r} if {signal} else {names[1::2]!r}):\n"
        choice += "    globals()[_name] = globals()['_stub_' + _name]\n"
        files[f"gradflow/{module}.py"] += (stubs + choice).encode()
    return files


def coin(module: str, tails: str, init: bytes = b"") -> Files:
    """The solution, one of whose modules flips a coin when it is imported."""
    files = {**SOLUTION, "gradflow/__init__.py": init}
    code = f"\nif __import__('os').urandom(1)[0] < 128:\n    {tails}\n"
    files[f"gradflow/{module}.py"] += code.encode()
    return files


def _stub(name: str, under: str = "") -> str:
    return f"\ndef {under or name}(*args, **options):\n    raise RuntimeError('{name}')\n"


def main(folder: Path) -> None:
    """Writes the folders."""
    first, second = halves()
    programs = {"half of the points A": first, "half of the points B": second}
    for name, signal in SIGNALS.items():
        programs[f"no part better than A or B by {name}"] = both(signal)
    for name, tails in TAILS.items():
        programs[f"diagnostics full in half of draws {name}"] = coin("diagnostics", tails)
    for name, files in programs.items():
        made(folder / name.replace(" ", "-"), files)


if __name__ == "__main__":
    main(Path(sys.argv[1])) if sys.argv[1:] else sys.exit(__doc__)
