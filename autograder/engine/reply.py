"""What comes back from a call: an observation, or a fault of the student's code."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .text import printable
from .worker.wire import Decoder, WireError

REASON_LENGTH = 300
PYTHON = ".".join(platform.python_version_tuple()[:2])
NEWER = f". Python {PYTHON} grades: if yours is newer and takes this line, write it for {PYTHON}"


class StudentFault(Exception):
    """The student's code gave no usable answer.

    kind: "todo", "missing", "import", "raised", "timeout", "crash" or "unusable"; raised: the names
    of the exception's class and its bases, where the student's function raised one.
    """

    def __init__(self, kind: str, reason: str, raised: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = printable(reason, REASON_LENGTH)
        self.raised = tuple(raised)


@dataclass(frozen=True)
class Observation:
    """What one call did: its value, and what it did beside returning it.

    changed: the arguments whose arrays the call altered; shared: the arguments that the result
    shares memory with; warnings: what was warned, each as "Category: message".
    """

    value: Any
    changed: tuple[str, ...]
    shared: tuple[str, ...]
    warnings: tuple[str, ...]


def decoded(reply: bytes) -> Any:
    """A reply's content, with a `Handle` for each object that stays in the worker. Raises
    `WireError`."""
    return Decoder(handle=lambda handle: handle).decode(reply)


def read_reply(reply: bytes, name: str) -> Observation:
    """What a reply to a call of `name` says.

    Raises `StudentFault`, and `WireError`, `ValueError` or `TypeError` for bytes that are no reply.
    """
    content = decoded(reply)
    kind, *fields = content if isinstance(content, list) else [None]
    if kind == "returned":
        value, changed, shared, warned = fields
        return Observation(value, _texts(changed), _texts(shared), _texts(warned))
    if kind in ("raised", "unavailable"):
        raise _fault_of_exception(kind, name, *fields)
    if kind == "unusable":
        raise StudentFault("unusable", f"what {name} returned {_text(*fields)}")
    raise WireError("not an answer")


def _fault_of_exception(
    kind: str, name: str, raised: Any, message: Any, place: Any
) -> StudentFault:
    names = _texts(raised) or ("Exception",)
    said = f"{names[0]}: {message}" if _text(message) else names[0]
    said += f" ({place})" if _text(place) else ""
    if "NotImplementedError" in names:
        return StudentFault("todo", f"{name} is still to do", names)
    if names[0] == "MissingFunction":
        return StudentFault("missing", message)
    if kind == "unavailable":
        said += NEWER if names[0] == "SyntaxError" else ""
        return StudentFault("import", f"{name} failed with {said}")
    return StudentFault("raised", f"{name} raised {said}", names)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WireError("not a text")
    return value


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise WireError("not a list of texts")
    return tuple(map(_text, values))
