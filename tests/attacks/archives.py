"""Archives as they come in, and some whose parts contradict each other: what can be read counts,
the rest is named."""

import io
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterable

from tests.kit import tarred, zipped

from .case import MODULES, SOLUTION, Case, Files

_DIAGNOSTICS = "gradflow/diagnostics.py"
_ZIP = zipped(SOLUTION)
_Entry = tuple[zipfile.ZipInfo | str, bytes]


def _moved(rename: Callable[[str], str]) -> Files:
    return {rename(path): content for path, content in SOLUTION.items()}


def _written(entries: Iterable[_Entry], packing: int = zipfile.ZIP_DEFLATED, **says: int) -> bytes:
    """A zip of these entries; `says`: what its list of them, not always rightly, says of the fields
    of diagnostics.py."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of duplicate names
        for name, data in entries:
            archive.writestr(name, data)
        for field, value in says.items():
            setattr(archive.getinfo(_DIAGNOSTICS), field, value)
    return content.getvalue()


def _with(*beside: _Entry, **options: int) -> bytes:
    """The solution, and then other entries."""
    return _written([*SOLUTION.items(), *beside], **options)


def _link(path: str) -> _Entry:
    info = zipfile.ZipInfo(path)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info, b"/etc/passwd"


def _giant_directory_zip64() -> bytes:
    """A list of a million entries, whose size stands in a zip64 record."""
    head = struct.pack("<4s4B", b"PK\x01\x02", 20, 3, 20, 0) + bytes(20) + struct.pack("<H", 1)
    listed = (head + bytes(16) + b"a") * 1_000_000
    numbers = 44, 45, 45, 0, 0, 1_000_000, 1_000_000, len(listed), 0
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", *numbers)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(listed), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, 100, 0, 0)
    return listed + record + locator + end


_ATTRIBUTES = {f"a{number}": "b" for number in range(1000)}
"""Of all members of a tar, each of which would copy them."""
_BROKEN = b"1/0"
_BOMB = b"\0" * (40 * 2**20)
_BOMB_ZIP = zipped({"x/y.py": _BOMB})
_KEPT = {
    "modules_without_folder": zipped(_moved(lambda p: p.removeprefix("gradflow/"))),
    "modules_in_another_folder": zipped(_moved(lambda p: p.replace("gradflow", "my_work"))),
    "in_capitals": zipped(_moved(lambda p: p.replace("gradflow/", "GradFlow/").upper())),
    "drive_and_backslashes": zipped(_moved(lambda p: f"C:/Users/me/{p}".replace("/", "\\"))),
    "apple_doubles": zipped({**SOLUTION, **_moved(lambda p: p.replace("/", "/._"))}),
    "left_by_tools": _with(*((f"{tool}/{_DIAGNOSTICS}", _BROKEN) for tool in ("__MACOSX", ".git", ".venv", "gradflow/__pycache__"))),
    "slip": _with(("../../../../tmp/slipped.py", b"x"), (f"../{_DIAGNOSTICS}", _BROKEN)),
    "absolute_over_a_module": _with((f"/{_DIAGNOSTICS}", _BROKEN)),
    "bomb_beside": _with(("gradflow/bomb.py", _BOMB)),
    "bomb_of_bzip2": _with(("gradflow/bomb.py", _BOMB), packing=zipfile.ZIP_BZIP2),
    "many_beside": _with(*((f"gradflow/extra{n}.py", _BROKEN) for n in range(3000))),
    "duplicates_of_which_the_last_counts": _written([(_DIAGNOSTICS, _BROKEN), *SOLUTION.items()]),
    "duplicates_that_differ_in_case": _with(("gradflow/Diagnostics.py", _BROKEN)),
    "folders_that_differ_in_case": _with(*((path.replace("gradflow", "GradFlow"), _BROKEN) for path in SOLUTION)),
    "compiled_beside": _with(("gradflow/diagnostics.so", b"\x7fELF")),
    "names_that_do_harm": _with(*((f"gradflow/{name}.py", b"") for name in ("n" * 300, "a\nb", "=cmd", "\x1b[31m", "\u202egnp", "<script>alert(1)<", "a\0b", ".."))),
    "name_in_no_encoding": _with(("notiz_\u00e4.txt", b"x")).replace("\u00e4".encode(), b"\xff\xfe"),
    "name_without_end": _with((f"{'_' * 65_000}.zip", b"x")),
    "inner_zip": zipped({"17_anna/hw.zip": _ZIP, "readme.txt": b"x"}),
    "comment_and_prefix": b"#!/bin/sh\nexit 1\n" + _ZIP[:-2] + b"\x28\0" + b"PK" * 20,
    "size_says_more": _with(file_size=900_000),
}  # fmt: skip
_WITHOUT_DIAGNOSTICS = {  # bytes, and what a note says
    "sum_lies": (_with(CRC=0), "damaged"),
    "size_says_less": (_with(file_size=10), "damaged"),
    "size_says_gigabytes": (_with(file_size=2**31), "too large"),
    "one_encrypted": (_with(flag_bits=1), "encrypted"),
}
_LOST = {  # bytes, and what is said
    "empty_file": (b"", "the file is empty"),
    "text_file": (b"def sigmoid(z): ...\n" * 50, "not a readable zip"),
    "truncated": (_ZIP[: len(_ZIP) // 2], "not a readable zip"),
    "version_to_come": (_with(extract_version=250), "not a readable zip"),
    "giant_directory_zip64": (_giant_directory_zip64(), "too many entries"),
    "attributes_without_end": (tarred(SOLUTION, pax_headers=_ATTRIBUTES), "too many attributes"),
    "links_alone": (_written(map(_link, SOLUTION)), "link"),
    "notebooks": (zipped({f"gradflow/{m}.ipynb": b"{}" for m in MODULES}), "there is activations.ipynb, batch"),
    "zips_in_zips": (zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": _ZIP})})}), "no folder gradflow"),
    "many_packages": (zipped({f"{chr(97 + n)}/{path}": bytes([n]) for n in range(25) for path in SOLUTION}), "more than 20 packages"),
    "bombs_in_zips": (zipped({f"{n}.zip": _BOMB_ZIP for n in range(20)}), "no folder gradflow"),
}  # fmt: skip

CASES = [
    *(Case(name, content) for name, content in _KEPT.items()),
    *(
        Case(name, content, ("diagnostics",), says)
        for name, (content, says) in _WITHOUT_DIAGNOSTICS.items()
    ),
    *(Case(name, content, MODULES, says) for name, (content, says) in _LOST.items()),
]
