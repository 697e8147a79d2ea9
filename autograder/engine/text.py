"""Text from a student, made harmless and short before anybody looks at it."""

import re
import unicodedata

_PATH = re.compile(r"(?<![\w.])(?:[A-Za-z]:)?(?:[/\\]+[\w.@+~-]+){2,}[/\\]*")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{8,16}\b")


def printable(text: str, limit: int) -> str:
    """The text on one line, without control, direction and private characters, cut at `limit`."""
    return visible(" ".join(text[: 4 * limit].split()), limit)


def presentable(text: str, limit: int) -> str:
    """The printable text as students may read it, with only the last part of each absolute path:
    where a machine keeps its files is nobody's business. Addresses in memory, which differ each
    time, are left out."""
    text = _ADDRESS.sub("0x…", printable(text, limit))
    return _PATH.sub(lambda path: re.split(r"[/\\]", path[0].rstrip("/\\"))[-1], text)


def visible(text: str, limit: int) -> str:
    """The text, its spaces kept, with a mark for each control, direction and private character."""
    text = text[: limit + 1]
    if not text.isprintable():
        shown = {c for c in text if c.isprintable() or unicodedata.category(c) == "Zs"}
        text = "".join(c if c in shown else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
