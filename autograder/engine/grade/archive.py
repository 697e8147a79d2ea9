"""Zip files whose bytes depend on nothing but names and contents."""

import io
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

from .outputs import write_atomically

EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def write_archive(
    path: Path,
    files: Mapping[str, bytes],
    executable: Collection[str] = (),
    packing: int = zipfile.ZIP_STORED,
) -> None:
    """Writes a zip: names sorted, one date, modes 644 and 755.

    A release's contents are stored as they are, since what `deflate` makes of them differs from one
    build of zlib to the next.
    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = UNIX
            entry.external_attr = (0o100755 if name in executable else 0o100644) << 16
            archive.writestr(entry, files[name], packing)
    write_atomically(path, held.getvalue())


def read_archive(path: Path) -> dict[str, bytes]:
    """The files of a zip that we made ourselves."""
    with zipfile.ZipFile(path) as archive:
        return {i.filename: archive.read(i) for i in archive.infolist() if not i.is_dir()}
