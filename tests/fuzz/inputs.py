"""Inputs near the edge: right messages and archives, cut, spliced and with bytes changed."""

from __future__ import annotations

import io
import random
import zipfile

import msgpack
import numpy as np

from autograder.engine.sandbox.worker.wire import Encoder, Handle


def _messages() -> list[bytes]:
    encode = Encoder(lambda value: Handle(1, "object")).encode
    values = [
        ["returned", np.ones((2, 3)), ["argument 1"], [], ["RuntimeWarning: x"]],
        ["returned", (np.float64(2), object(), np.zeros(0)), [], [], []],
        ["returned", [np.asfortranarray(np.ones((2, 2))), np.ones(6)[::2]], [], [], []],
        ["returned", {"a": (1, (2, (3,)))}, [], [], []],
        ["raised", ["ValueError", "Exception"], "bad", "m.py, line 3"],
        [np.array([True, False]), np.int8(3), np.complex128(1j), None, -(2**40), 1e300, "é"],
    ]
    heads = [b"\xc7", b"\xc8\x00\x05", b"\xc9\x00\x00\x00\x05", b"\xd4\x01", b"\xd8\x03"]
    return [encode(value) for value in values] + [head + b"\x01" * 20 for head in heads]


def _archives() -> list[bytes]:
    found = []
    for files in (
        {"pkg/alpha.py": b"x = 1\n" * 20, "pkg/beta.py": b"", "README": b"r"},
        {"a/pkg/alpha.py": b"1", "__MACOSX/x": b"", "../b.py": b"", "c\\d.py": b""},
    ):
        for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w", compression) as archive:
                for name, data in files.items():
                    archive.writestr(name, data)
            found.append(content.getvalue())
    return found


MESSAGES = _messages()
ARCHIVES = _archives()
_TOKENS = [bytes([n]) for n in (0x80, 0x90, 0xC0, 0xC1, 0xC4, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCF)] + [
    b"\xdd\x00\x01\x86\x9f", b"\xdf\xff\xff\xff\xff", b"\xdb\x7f\xff\xff\xff", b"\xd4\x03\xc0",
    b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07",
    msgpack.packb(2**64 - 1), msgpack.packb(float("nan")), b"\0" * 8, b"\xff" * 8,
]  # fmt: skip


def mutated(seeds: list[bytes], choose: random.Random) -> bytes:
    """A seed with a few changes."""
    data = bytearray(choose.choice(seeds))
    for _ in range(choose.choice((1, 1, 2, 3, 6))):
        at = choose.randrange(len(data) + 1)
        kind = choose.randrange(6)
        if kind == 0 and data:
            data[at % len(data)] = choose.randrange(256)
        elif kind == 1 and data:
            data[at % len(data)] ^= 1 << choose.randrange(8)
        elif kind == 2:
            data[at:at] = choose.choice(_TOKENS)
        elif kind == 3:
            del data[at : at + choose.randint(1, 8)]
        elif kind == 4:
            other = choose.choice(seeds)
            cut = choose.randrange(len(other))
            data[at:] = other[cut:]
        else:
            data[at:at] = choose.randbytes(choose.randint(1, 8))
    return bytes(data)
