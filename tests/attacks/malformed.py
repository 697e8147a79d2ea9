"""(f) Malformed: archives and sources as they come in by the hundred; points are kept if they can be."""

from __future__ import annotations

import io
import os
import socket
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from .case import MODULES, SOLUTION, Files, archive_case, case, folder_case, save, with_code
from .case import zipped as _zipped

_ALL = MODULES
_DIAG = SOLUTION["gradflow/diagnostics.py"]


def _moved(rename: Callable[[str], str]) -> Files:
    return {rename(path): content for path, content in SOLUTION.items()}


def _source(content: bytes) -> Files:
    """The solution with another diagnostics.py."""
    return {**SOLUTION, "gradflow/diagnostics.py": content}


class _Cp437(zipfile.ZipInfo):
    """An entry whose name is written as DOS did."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp437"), self.flag_bits & ~0x800


def _archive(
    entries: list[tuple[zipfile.ZipInfo | str, bytes]], compression: int = zipfile.ZIP_DEFLATED
) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of duplicate names
        for name, data in entries:
            archive.writestr(name, data)
    return content.getvalue()


def _link(name: str, target: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info, target


def _encrypted(content: bytes) -> bytes:
    """All entries flagged as encrypted."""
    data = bytearray(content)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(magic)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(magic, place + 4)
    return bytes(data)


def _tar() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for path, data in SOLUTION.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return content.getvalue()


def _giant_directory(zip64: bool) -> bytes:
    """An end record that promises a directory of 50 MB, and 50 MB of it."""
    entry = struct.pack(
        "<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 0x21, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
    )
    directory = (entry + b"a") * 1_000_000
    record = b""
    size = len(directory)
    if zip64:
        record = struct.pack(
            "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1_000_000, 1_000_000, size, 0
        )
        record += struct.pack("<4sLQL", b"PK\x06\x07", 0, size, 1)
        size = 100
    return directory + record + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, size, 0, 0)


def _zip64() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, data in SOLUTION.items():
            with archive.open(path, "w", force_zip64=True) as file:
                file.write(data)
    plain = content.getvalue()
    end = plain.rfind(b"PK\x05\x06")
    (*_, count, size, at, _) = struct.unpack("<4s4H2LH", plain[end:])
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, at)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    return plain[:end] + record + locator + last


_ZIP = _zipped(SOLUTION)
_PAIRS: list[tuple[zipfile.ZipInfo | str, bytes]] = list(SOLUTION.items())
_BOMB = b"\0" * (40 * 2**20)

_KEPT_ARCHIVES = {
    "nested_folder": _zipped(_moved(lambda p: f"Homework 3/final (2)/{p}")),
    "deep_folder": _zipped(_moved(lambda p: "/".join("abcdefg") + f"/{p}")),
    "modules_without_folder": _zipped(_moved(lambda p: p.removeprefix("gradflow/"))),
    "modules_in_another_folder": _zipped(_moved(lambda p: p.replace("gradflow", "my_work"))),
    "folder_in_capitals": _zipped(_moved(lambda p: p.replace("gradflow", "GradFlow"))),
    "files_in_capitals": _zipped(_moved(lambda p: p.replace("activations", "Activations"))),
    "suffix_in_capitals": _zipped(_moved(lambda p: p.replace("clipping.py", "clipping.PY"))),
    "backslashes": _zipped(_moved(lambda p: p.replace("/", "\\"))),
    "dot_slash": _zipped(_moved(lambda p: f"./{p}")),
    "double_slash": _zipped(_moved(lambda p: p.replace("/", "//"))),
    "absolute": _zipped(_moved(lambda p: f"/home/me/{p}")),
    "drive": _zipped(_moved(lambda p: f"C:\\Users\\me\\{p}".replace("/", "\\"))),
    "macosx": _zipped({**SOLUTION, **_moved(lambda p: f"__MACOSX/{p.replace('/', '/._')}"), "gradflow/.DS_Store": b"x"}),
    "apple_doubles": _zipped({**SOLUTION, **{p.replace("/", "/._"): b"\0\5\x16\7" for p in SOLUTION}}),
    "pycache": _zipped({**SOLUTION, "gradflow/__pycache__/diagnostics.cpython-311.pyc": b"junk"}),
    "git_folder": _zipped({**SOLUTION, **_moved(lambda p: f".git/{p}")}),
    "virtual_environment": _zipped({**SOLUTION, **{f".venv/lib/{i}/x.py": b"" for i in range(500)}}),
    "slip": _archive([*_PAIRS, ("../../../../tmp/slipped.py", b"x"), ("gradflow/../../slipped.py", b"x")]),
    "slip_over_a_module": _archive([*_PAIRS, ("../gradflow/diagnostics.py", b"1/0")]),
    "absolute_over_a_module": _archive([*_PAIRS, ("/gradflow/diagnostics.py", b"1/0")]),
    "link_beside": _archive([*_PAIRS, _link("gradflow/secret.py", b"/etc/passwd")]),
    "link_loop": _archive([*_PAIRS, _link("loop", b".")]),
    "bomb_beside": _archive([*_PAIRS, ("gradflow/bomb.py", _BOMB), ("bomb.bin", _BOMB)]),
    "many_beside": _archive([*_PAIRS, *((f"gradflow/extra{i}.py", b"1/0") for i in range(3000))]),
    "duplicates_same": _archive([*_PAIRS, *_PAIRS]),
    "duplicates_last_counts": _archive([("gradflow/diagnostics.py", b"1/0"), *_PAIRS]),
    "folder_entries": _archive([("gradflow/", b""), ("gradflow/tests/", b""), *_PAIRS]),
    "tar": _tar(),
    "inner_zip": _zipped({"submission.zip": _ZIP}),
    "inner_zip_in_folder": _zipped({"17_anna/hw.zip": _ZIP, "readme.txt": b"x"}),
    "zip64": _zip64(),
    "stored": _archive(_PAIRS, compression=zipfile.ZIP_STORED),
    "comment": _ZIP[:-2] + struct.pack("<H", 40) + b"PK" * 20,
    "prefix": b"#!/bin/sh\nexit 1\n" + _ZIP,
    "odd_names": _archive([*_PAIRS, ("gradflow/na\u00efve \u540d\u524d \U0001f600.py", b"1/0"), ("gradflow/" + "n" * 300 + ".py", b""), ("gradflow/a\nb.py", b"1"), ("gradflow/=cmd.py", b"1"), ("gradflow/\x1b[31m.py", b""), ("gradflow/\u202egnp.py", b""), ("gradflow/<script>.py", b"")]),
    "cp437_names": _archive([*_PAIRS, (_Cp437("Pr\u00e4sentation.txt"), b"x"), (_Cp437("gradflow/\u00fcbung.py"), b"1/0")]),
    "old_dates": _archive([(zipfile.ZipInfo(p, (1980, 1, 1, 0, 0, 0)), d) for p, d in SOLUTION.items()]),
    "no_permissions": _archive([(zipfile.ZipInfo(p), d) for p, d in SOLUTION.items()]),
    "older_copy_beside": _zipped({**SOLUTION, **{f"old/gradflow/{m}.py": b"1/0" for m in ("clipping", "batchnorm")}}),
    "notebook_and_data": _zipped({**SOLUTION, "lab.ipynb": b"{}", "figure.png": b"\x89PNG", "data.npz": b"PK"}),
    "file_named_like_a_folder": _archive([*_PAIRS, ("gradflow/diagnostics.py/x.py", b"1/0")]),
}  # fmt: skip

_LOST_ARCHIVES = {  # nothing can be graded: bytes, and what is said
    "empty_file": (b"", "the file is empty"),
    "text_file": (b"def sigmoid(z): ...\n" * 50, "not a readable zip"),
    "rar": (b"Rar!\x1a\x07\x00" + b"\0" * 500, "not a readable zip"),
    "html": (b"<html><body>404</body></html>", "not a readable zip"),
    "truncated_zip": (_ZIP[: len(_ZIP) // 2], "not a readable zip"),
    "end_only": (b"PK\x05\x06" + b"\0" * 18, "no folder gradflow"),
    "end_cut": (b"PK\x05\x06", "not a readable zip"),
    "random_bytes": (bytes(range(256)) * 100, "not a readable zip"),
    "encrypted": (_encrypted(_ZIP), "encrypted"),
    "directory_lies": (_ZIP[:-10] + b"\xff" * 10, "not a readable|too many"),
    "giant_directory": (_giant_directory(zip64=False), "too many entries"),
    "giant_directory_zip64": (_giant_directory(zip64=True), "too many entries"),
    "only_links": (_archive([_link(p, b"/etc/passwd") for p in SOLUTION]), "link"),
    "only_compiled": (_zipped({f"{p}c": b"junk" for p in SOLUTION}), "no folder gradflow"),
    "only_slips": (_zipped({f"../{p}": d for p, d in SOLUTION.items()}), "leaves the folder"),
    "empty_folder": (_archive([("gradflow/", b"")]), "no folder gradflow"),
    "other_work": (_zipped({"hw1/main.py": b"print(1)"}), "no folder gradflow"),
    "zips_in_zips": (_zipped({"a.zip": _zipped({"b.zip": _ZIP})}), "no folder gradflow"),
    "modules_are_bombs": (_zipped({p: _BOMB for p in SOLUTION if "__init__" not in p}), ""),
}  # fmt: skip
_TEXT = _DIAG.decode()
_KEPT_SOURCES = {
    "crlf": _TEXT.replace("\n", "\r\n").encode(),
    "carriage_returns": _TEXT.replace("\n", "\r").encode(),
    "byte_order_mark": b"\xef\xbb\xbf" + _DIAG,
    "latin1_cookie": b"# -*- coding: latin-1 -*-\n# \xe4\xf6\xfc\n" + _DIAG.replace("é".encode(), b"e"),
    "utf8_comments": ("# имя: 名前 😀\n" + _TEXT).encode(),
    "form_feeds": _TEXT.replace("\n\n\n", "\n\f\n\n").encode(),
    "tabs": _TEXT.replace("    ", "\t").encode(),
    "no_last_newline": _DIAG.rstrip(),
    "trailing_control_z": _DIAG + b"\n# end\n\n\n   \n",
    "extra_functions": _DIAG + b"\n\ndef main():\n    raise SystemExit\n\nif __name__ == '__main__':\n    main()\n",
    "prints": _DIAG + b"\nprint('x' * 10**6)\nimport sys\nsys.stderr.write('y')\n",
    "logging": _DIAG + b"\nimport logging\nlogging.basicConfig(level=0)\nlogging.critical('x')\n",
    "warns": _DIAG + b"\nimport warnings\nwarnings.warn('careful', RuntimeWarning)\n",
    "warnings_as_errors": _DIAG + b"\nimport warnings\nwarnings.simplefilter('error')\n",
    "numpy_errors_raise": _DIAG + b"\nimport numpy as np\nnp.seterr(all='raise')\n",
    "global_seed": _DIAG + b"\nimport numpy as np, random\nnp.random.seed(0); random.seed(0)\n",
    "chdir": _DIAG + b"\nimport os\nos.chdir('/')\n",
    "path_edits": _DIAG + b"\nimport sys\nsys.path.insert(0, '.'); sys.path.append('..'); sys.path[:] = sys.path[:1] + sys.path[1:]\n",
    "plot": _DIAG + b"\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show(); plt.savefig('a.png')\n",
    "print_options": _DIAG + b"\nimport numpy as np\nnp.set_printoptions(precision=2)\n",
    "type_hints_and_future": b"from __future__ import annotations\n" + _DIAG,
    "star_import": _DIAG + b"\nfrom numpy import *\nfrom math import *\n",
    "imports_network": _DIAG + b"\nfrom gradflow import network\n",
    "imports_a_sibling": _DIAG + b"\nfrom .clipping import clip_by_value\nfrom gradflow.activations import relu\n",
    "circular_import": _DIAG + b"\nimport gradflow.diagnostics\nfrom . import diagnostics\n",
    "writes_a_file": _DIAG + b"\nopen('log.txt', 'w').write('x')\n",
    "doctest_and_timing": _DIAG + b"\nimport doctest, timeit\ndoctest.testmod(); timeit.timeit('1', number=10)\n",
    "main_test_run": _DIAG + b"\ntry:\n    import pytest\nexcept ImportError:\n    pass\n",
    "pathlib_home": _DIAG + b"\nfrom pathlib import Path\nimport getpass, tempfile\nPath.home(); getpass.getuser(); tempfile.TemporaryFile()\n",
}  # fmt: skip

_LOST_SOURCES = {  # diagnostics.py earns nothing: bytes, reason
    "syntax_error": (_DIAG + b"\ndef f(:\n", "SyntaxError"),
    "indentation_error": (_DIAG + b"\n  x = 1\n", "IndentationError"),
    "tab_error": (_DIAG + b"\nif 1:\n\tx = 1\n        y = 2\n", "TabError"),
    "merge_conflict": (b"<<<<<<< HEAD\n" + _DIAG + b"\n=======\n>>>>>>> main\n", "SyntaxError"),
    "python_two": (_DIAG + b"\nprint 'hello'\n", "SyntaxError"),
    "notebook_as_module": (b'{"cells": [], "nbformat": 4}', "no function"),
    "utf16": (_TEXT.encode("utf-16"), "SyntaxError|null bytes|failed"),
    "null_bytes": (_DIAG + b"\0", "null bytes|SyntaxError"),
    "invalid_utf8": (b"x = '\xff\xfe'\n" + _DIAG, "SyntaxError|failed"),
    "unknown_cookie": (b"# -*- coding: klingon -*-\n" + _DIAG, "SyntaxError|failed"),
    "empty_module": (b"", "no function"),
    "binary": (bytes(range(256)), "failed"),
    "html_page": (b"<!DOCTYPE html><html></html>", "SyntaxError"),
    "missing_package": (b"import no_such_package\n" + _DIAG, "No module named 'no_such_package'"),
    "missing_tensorflow": (b"import tensorflow\n" + _DIAG, "No module named 'tensorflow'"),
    "all_to_do": (b"\n".join(b"def %s(*a, **k):\n    raise NotImplementedError" % n for n in (b"gradient_norms", b"saturated_fraction", b"dead_fraction", b"diagnose")), "is still to do"),
    "all_return_none": (b"\n".join(b"def %s(*a, **k): pass" % n for n in (b"gradient_norms", b"saturated_fraction", b"dead_fraction", b"diagnose")), "expected"),
    "wrong_signatures": (b"\n".join(b"def %s(): return 0" % n for n in (b"gradient_norms", b"saturated_fraction", b"dead_fraction", b"diagnose")), "TypeError"),
    "functions_are_numbers": (b"gradient_norms = saturated_fraction = dead_fraction = diagnose = 3\n", "no function"),
    "functions_are_classes": (b"class A:\n    def __init__(self, *a, **k): pass\ngradient_norms = saturated_fraction = dead_fraction = diagnose = A\n", "expected"),
    "deeply_nested_source": (_DIAG + b"\nx = " + b"(" * 5000 + b")" * 5000 + b"\n", "failed|ended"),
    "long_line": (_DIAG + b"\nx = " + b"-" * 900_000 + b"1\n", "failed|ended"),
    "too_large": (_DIAG + b"#" * 2**21, "not in the submission"),
}  # fmt: skip

_FUNCTIONS = [
    case("renamed_function", with_code("diagnostics", "deadfraction = dead_fraction\ndel dead_fraction\n"), "diagnostics.dead_fraction", says="no function dead_fraction"),
    case("function_in_capitals", with_code("diagnostics", "Dead_Fraction = dead_fraction\ndel dead_fraction\n"), "diagnostics.dead_fraction", says="no function"),
    case("raising_property", with_code("diagnostics", "del dead_fraction\ndef __getattr__(name):\n    raise RuntimeError(name)\n"), "diagnostics.dead_fraction"),
    case("missing_module", {p: c for p, c in SOLUTION.items() if "diagnostics" not in p}, "diagnostics", says="diagnostics.py is not in the submission"),
    case("missing_two_modules", {p: c for p, c in SOLUTION.items() if "diagnostics" not in p and "batchnorm" not in p}, "diagnostics", "batchnorm", says="not in the submission"),
    case("missing_init", {p: c for p, c in SOLUTION.items() if "__init__" not in p}),
    case("missing_given_files", {p: c for p, c in SOLUTION.items() if "network" not in p}),
    case("init_imports_all", {**_source(_DIAG + b"\n1 / 0\n"), "gradflow/__init__.py": b"from .activations import *\nfrom .diagnostics import *\nfrom .batchnorm import *\n"}, "diagnostics", says="ZeroDivisionError"),
    case("init_imports_lab", {**SOLUTION, "gradflow/__init__.py": b"from . import lab, network\n"}),
    case("module_is_a_package", {**{p: c for p, c in SOLUTION.items() if "diagnostics" not in p}, "gradflow/diagnostics/__init__.py": _DIAG}),
    case("helper_beside", {**_source(b"from helper import *\n" + _DIAG), "helper.py": b"X = 1\n"}),
    case("helper_in_package", {**_source(b"from .helper import *\n" + _DIAG), "gradflow/helper.py": b"X = 1\n"}),
    case("text_for_norms", with_code("diagnostics", "def gradient_norms(g):\n    return 'none'\n"), "diagnostics.gradient_norms", says="expected"),
    case("skeleton", dict.fromkeys(SOLUTION, b""), *_ALL, says="no function"),
]  # fmt: skip


def _special(fill: Callable[[Path], None]) -> Callable[[Path], None]:
    def filled(folder: Path) -> None:
        save(SOLUTION, folder)
        fill(folder)

    return filled


def _socket(folder: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    here = os.open(folder, os.O_PATH)
    listener.bind(f"/proc/self/fd/{here}/s.py")
    listener.close()
    os.close(here)


def _swap(folder: Path, make: Callable[[Path], None]) -> None:
    path = folder / "gradflow" / "diagnostics.py"
    path.unlink()
    make(path)


_FOLDERS = [
    folder_case("folder", lambda f: save(SOLUTION, f)),
    folder_case("folder.zip", lambda f: save(SOLUTION, f)),
    folder_case("folder in folder", lambda f: save(_moved(lambda p: f"a/b/{p}"), f)),
    folder_case("folder_with_fifo", _special(lambda f: os.mkfifo(f / "gradflow" / "pipe.py"))),
    folder_case("folder_with_socket", _special(_socket)),
    folder_case("folder_with_links_out", _special(lambda f: (f / "gradflow" / "secret.py").symlink_to("/etc/passwd"))),
    folder_case("folder_with_link_to_root", _special(lambda f: (f / "root").symlink_to("/"))),
    folder_case("folder_with_broken_link", _special(lambda f: (f / "gradflow" / "x.py").symlink_to("nowhere"))),
    folder_case("folder_with_inner_zip", lambda f: (f / "hw.zip").write_bytes(_ZIP) and None),
    folder_case("folder_module_is_fifo", _special(lambda f: _swap(f, os.mkfifo)), "diagnostics", says="not in the submission"),
    folder_case("folder_module_is_link", _special(lambda f: _swap(f, lambda p: p.symlink_to("/etc/passwd"))), "diagnostics", says="not in the submission|is a link"),
    folder_case("folder_module_is_folder", _special(lambda f: _swap(f, Path.mkdir)), "diagnostics", says="not in the submission"),
    folder_case("folder_empty", lambda f: None, *_ALL, says="no folder gradflow"),
    folder_case("folder_of_folders", lambda f: (f / "gradflow").mkdir(), *_ALL, says="no folder gradflow"),
]  # fmt: skip

_NAMES = ["=cmd|' !A1", "+1", "-1", "@sum", "a b  c", "\u540d\u524d", "na\u00efve", "\U0001f600", "<script>alert(1)<", "\x1b[31mred", "\u202egnp", "new\nline", "quote\"'", "n" * 240, "x.zip", "a,b;c", "points-per-question", "final_grades.csv", " ", "-rf", "\uff1d1+1", "%2e%2e%2fx", "\u540d" * 83, "e\u0301.a"]  # fmt: skip

CASES = [
    *(archive_case(name, content) for name, content in _KEPT_ARCHIVES.items()),
    *(archive_case(name, content, *_ALL, says=says) for name, (content, says) in _LOST_ARCHIVES.items()),
    *(case(f"source_{name}", _source(content)) for name, content in _KEPT_SOURCES.items()),
    *(case(f"source_{name}", _source(content), "diagnostics", says=says) for name, (content, says) in _LOST_SOURCES.items()),
    *_FUNCTIONS,
    *_FOLDERS,
    *(archive_case(name, _ZIP) for name in _NAMES),
]  # fmt: skip
