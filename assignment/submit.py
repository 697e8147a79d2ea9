"""Makes submission.zip: runs the public tests, says what is missing, packs gradflow/.

    python submit.py

Needs nothing but Python (and pytest, for the tests). What is unfinished may be handed in as well.
"""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "gradflow"
WRITTEN = ("initializers", "activations", "batchnorm", "clipping", "diagnostics")
THERE = {*sys.stdlib_module_names, "numpy", "matplotlib", PACKAGE.name}
"""What can be imported where the package is graded."""


def main() -> int:
    """Makes the zip, and says what it lacks; the exit status."""
    sys.stdout.reconfigure(errors="replace", line_buffering=True)  # type: ignore[union-attr]
    missing = [name for name in WRITTEN if not (PACKAGE / f"{name}.py").is_file()]
    if len(missing) == len(WRITTEN):
        print(f"No gradflow package beside {Path(__file__).name}: nothing to hand in.")
        return 2
    passed = public_tests_pass()
    target = HERE / "submission.zip"
    print()
    try:
        names = pack(target)
    except OSError as problem:
        print(f"{target} can't be written: {problem.strerror}. There is nothing to hand in yet.")
        return 2
    for name in missing:
        print(f"WARNING: gradflow/{name}.py is missing; its part gets no points.")
    for name, problem in broken():
        print(f"WARNING: gradflow/{name} {problem}. Its part gets no points.")
    if not passed:
        print("WARNING: not all public checks pass (see above). You may hand in all the same,")
        print("and again later.")
    print(f"{len(names)} files are in {target}")
    print("Hand in that file.")
    return 0


def public_tests_pass() -> bool:
    """Shows the public tests' table; whether all of them pass."""
    command = [sys.executable, "-m", "pytest"]
    try:
        return subprocess.run(command, cwd=HERE, timeout=300).returncode == 0
    except subprocess.TimeoutExpired:
        print("The public tests took more than 5 minutes: is there an endless loop?")
        return False


def pack(target: Path) -> list[str]:
    """Writes the zip; the names in it. Times are fixed: the same files give the same zip."""
    inside = [path.relative_to(PACKAGE) for path in PACKAGE.rglob("*") if path.is_file()]
    # Not what Python, an editor or the system made, as __pycache__ or .DS_Store.
    made = [path for path in inside if any(p == "__pycache__" or p[0] == "." for p in path.parts)]
    names = sorted(path.as_posix() for path in inside if path not in made)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            info = zipfile.ZipInfo(f"gradflow/{name}", date_time=(2020, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, (PACKAGE / name).read_bytes())
    return names


def broken() -> list[tuple[str, str]]:
    """The modules that aren't even Python, or import what is not there, each with the reason."""
    found = []
    for path in sorted(PACKAGE.glob("*.py")):
        try:
            tree = ast.parse(path.read_bytes(), path.name)
            compile(tree, path.name, "exec")  # finds a `return` outside of a function, too
        except (SyntaxError, ValueError) as problem:
            line = getattr(problem, "lineno", "?")
            found.append((path.name, f"isn't Python: line {line}, {problem.args[0]}"))
        else:
            missing = sorted(imports(tree) - THERE)
            found += [(path.name, f"imports {m}, which is not there to grade it") for m in missing]
    return found


def imports(module: ast.Module) -> set[str]:
    """The packages that are imported when the module is: not those that a function may import."""
    found = set()
    for node in module.body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


if __name__ == "__main__":
    sys.exit(main())
