"""Text from a student, made harmless and short before anybody looks at it."""

import re
import unicodedata

_PATH = re.compile(r"(?<![\w.])(?:[A-Za-z]:)?(?:[/\\]+[\w.@+~-]+){2,}[/\\]*")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{8,16}\b")
_HIDDEN = ("Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn")


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
        hidden = {c for c in text if unicodedata.category(c) in _HIDDEN}
        text = "".join("\N{REPLACEMENT CHARACTER}" if c in hidden else c for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
