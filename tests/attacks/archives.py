"""(k) Archives whose parts contradict each other: what can be read counts, the rest is named."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable

from .case import MODULES, SOLUTION, archive_case, zipped
from .malformed import _DIAG, _PAIRS, _ZIP, _archive

_STORED = _archive(_PAIRS, compression=zipfile.ZIP_STORED)
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


def _changed(content: bytes, change: Callable[[bytearray], None]) -> bytes:
    data = bytearray(content)
    change(data)
    return bytes(data)


def _put(data: bytearray, at: int, layout: str, *values: int) -> None:
    struct.pack_into(layout, data, at, *values)


def _headers(data: bytearray, magic: bytes) -> list[int]:
    found, at = [], data.find(magic)
    while at >= 0:
        found.append(at)
        at = data.find(magic, at + 1)
    return found


def _of_diagnostics(data: bytearray, magic: bytes) -> int:
    length = 46 if magic == _CENTRAL else 30
    name = b"gradflow/diagnostics.py"
    return next(at for at in _headers(data, magic) if data[at + length :].startswith(name))


def _end(data: bytearray, offset: int, layout: str, *values: int) -> None:
    _put(data, data.rfind(_END) + offset, layout, *values)


def _bad_sum(data: bytearray) -> None:
    data[data.find(b"def dead_fraction") + 5] ^= 1


def _size_is(size: int) -> Callable[[bytearray], None]:
    return lambda data: _put(data, _of_diagnostics(data, _CENTRAL) + 24, "<L", size)


def _other_name_inside(data: bytearray) -> None:
    data[_of_diagnostics(data, _LOCAL) + 35] ^= 1


def _one_encrypted(data: bytearray) -> None:
    data[_of_diagnostics(data, _LOCAL) + 6] |= 1
    data[_of_diagnostics(data, _CENTRAL) + 8] |= 1


def _newer_version(data: bytearray) -> None:
    for magic, offset in ((_LOCAL, 4), (_CENTRAL, 6)):
        for at in _headers(data, magic):
            data[at + offset] = 250


def _name_is_no_utf8(data: bytearray) -> None:
    name = "notiz_\u00e4".encode()
    for at in _headers(data, name):
        data[at + 6 : at + 8] = b"\xff\xfe"


def _overlapping() -> bytes:
    """Three thousand names for the same megabyte."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in SOLUTION.items():
            archive.writestr(path, data)
        archive.writestr("gradflow/zz.py", b"\0" * 900_000)
        last = archive.infolist()[-1]
        for number in range(3000):
            again = zipfile.ZipInfo(f"gradflow/b{number}.py")
            for field in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(again, field, getattr(last, field))
            archive.filelist.append(again)
    return content.getvalue()


def _renamed(old: str, new: str) -> dict[str, bytes]:
    return {path.replace(old, new): content for path, content in SOLUTION.items()}


_BOMB = zipped({"x/y.py": b"\0" * (60 * 2**20)})
_WITHOUT = {p: c for p, c in SOLUTION.items() if "diagnostics" not in p}

_KEPT = {
    "bzip2": _archive([*_PAIRS, ("bomb.py", b"\0" * 40 * 2**20)], compression=zipfile.ZIP_BZIP2),
    "lzma": _archive(_PAIRS, compression=zipfile.ZIP_LZMA),
    "size_says_more": _changed(_ZIP, _size_is(900_000)),
    "overlapping_entries": _overlapping(),
    "name_is_no_utf8": _changed(_archive([*_PAIRS, ("notiz_\u00e4.txt", b"x")]), _name_is_no_utf8),
    "many_disks": _changed(_ZIP, lambda data: _end(data, 4, "<HH", 1, 1)),
    "count_lies": _changed(_ZIP, lambda data: _end(data, 8, "<HH", 60_000, 60_000)),
    "trailing_garbage": _ZIP + b"\n\0garbage" * 50,
    "two_zips_joined": _STORED[:200] + _ZIP,
    "gradflow_is_a_file": _archive([("gradflow", b"x"), *_renamed("gradflow/", "work/").items()]),
    "two_folders_one_nearly_empty": _archive([*[("old/" + p, b"") for p in list(SOLUTION)[:2]], *_PAIRS]),
    "two_folders_by_case": _archive([*[(p, b"1/0") for p in _renamed("gradflow", "GradFlow")], *_PAIRS]),
    "module_twice_by_case": _archive([("gradflow/Diagnostics.py", b"1/0"), ("gradflow/DIAGNOSTICS.PY", b"1/0"), *_PAIRS]),
    "module_twice_by_case_last": _archive([*_PAIRS, ("gradflow/Diagnostics.py", b"1/0")]),
    "compiled_beside": zipped({**SOLUTION, "gradflow/diagnostics.cpython-311-x86_64-linux-gnu.so": b"\x7fELF", "gradflow/diagnostics.pyd": b"MZ", "gradflow/x.pth": b"import os; os._exit(0)", "x.pth": b"import os", "gradflow/diagnostics.pyi": b"1/0"}),
    "wide_letters": _archive(list(_renamed("gradflow", "\uff47radflow").items())),
    "null_in_a_name": _archive([*_PAIRS, ("gradflow/a\0b.py", b"1/0"), ("gradflow/\0.py", b"1/0")]),
    "only_dots": _archive([*_PAIRS, (".../...", b""), ("....py", b"1/0"), ("gradflow/..py", b"1/0"), ("gradflow/ .py", b"1/0")]),
    "device_names": _archive([*_PAIRS, ("gradflow/CON.py", b"1/0"), ("gradflow/nul.py", b"")]),
    "setuid_modes": _archive([(_entry(p, 0o104777), d) for p, d in SOLUTION.items()]),
    "device_modes": _archive([*_PAIRS, (_entry("gradflow/dev.py", 0o020666), b"1/0"), (_entry("gradflow/fifo.py", 0o010666), b"1/0")]),
    "init_of_30_megabytes": zipped({**SOLUTION, "gradflow/__init__.py": b"#" * (30 * 2**20)}),
    "named_like_the_graders": zipped({**SOLUTION, "gradflow/deep_network.py": b"1/0", "deep_network.py": b"1/0", "tests/conftest.py": b"1/0", "final_grades.csv": b"x"}),
    "package_for_a_module": zipped({**_WITHOUT, "gradflow/diagnostics/__init__.py": _DIAG, "gradflow/diagnostics/more.py": b""}),
    "archive_inside_a_source": zipped({**SOLUTION, "gradflow/data.py": b"#" + _ZIP.replace(b"\0", b"0")}),
}  # fmt: skip
_DIAGNOSTICS_LOST = {  # bytes, and what a note says
    "bad_sum": (_changed(_STORED, _bad_sum), "damaged"),
    "size_says_less": (_changed(_ZIP, _size_is(10)), "damaged"),
    "size_says_gigabytes": (_changed(_ZIP, _size_is(2**31)), "too large"),
    "other_name_inside": (_changed(_ZIP, _other_name_inside), "damaged"),
    "one_encrypted": (_changed(_ZIP, _one_encrypted), "encrypted"),
}
_ALL_LOST = {  # bytes, and what is said
    "directory_elsewhere": (_changed(_ZIP, lambda data: _end(data, 16, "<L", 2**31)), "not a readable|damaged"),
    "newer_version": (_changed(_ZIP, _newer_version), "not a readable"),
    "nested_bombs": (zipped({f"{number}.zip": _BOMB for number in range(20)}), "no folder gradflow"),
    "gzip": (gzip.compress(_ZIP), "not a readable"),
}  # fmt: skip

CASES = [
    *(archive_case(f"zip_{name}", content) for name, content in _KEPT.items()),
    *(archive_case(f"zip_{name}", content, "diagnostics", says=says) for name, (content, says) in _DIAGNOSTICS_LOST.items()),
    *(archive_case(f"zip_{name}", content, *MODULES, says=says) for name, (content, says) in _ALL_LOST.items()),
]  # fmt: skip
