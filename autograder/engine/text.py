"""Text from a student, made harmless and short before anybody looks at it."""

import re
import unicodedata

_PATH = re.compile(r"(?<![\w.])(?:[A-Za-z]:)?(?:[/\\]+[\w.@+~-]+){2,}[/\\]*")


def printable(text: str, limit: int) -> str:
    """The text on one line, without control, direction and private characters, cut at `limit`."""
    return visible(" ".join(text[: 4 * limit].split()), limit)


def presentable(text: str, limit: int) -> str:
    """The printable text without the paths of a machine: as students may read it."""
    return without_paths(printable(text, limit))


def visible(text: str, limit: int) -> str:
    """The text, its spaces kept, with a mark for each control, direction and private character."""
    text = text[: limit + 1]
    if not text.isprintable():
        text = "".join("\N{REPLACEMENT CHARACTER}" if _is_hidden(c) else c for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def without_paths(text: str) -> str:
    """The text with only the last part of each absolute path: where a machine keeps its files is
    nobody's business."""
    return _PATH.sub(lambda path: re.split(r"[/\\]", path[0].rstrip("/\\"))[-1], text)


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn")
