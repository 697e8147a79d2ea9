"""The wire format: plain data in, plain data out, and nothing that can run.

A message is one MessagePack value behind a four-byte length. Beside MessagePack's own types (None,
bool, int, float, str, bytes, list, dict) it carries

=====  ==========================================================================
code   meaning
=====  ==========================================================================
1      ndarray: dtype, layout, dimensions (a byte each), shape, bytes; numeric dtypes only
2      NumPy scalar: the same, without a shape
3      tuple
4      handle: an object that stays in the worker: the number of the call that returned it, its
       position in the result, and its type's name
5      generator: the number of a random generator, and its state when it is new
=====  ==========================================================================

The decoder takes bytes from a hostile process: every length is checked before memory is taken for
it, and whatever is wrong ends in `WireError`, never in another exception.
"""

import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgpack
import numpy as np

from . import limits

ARRAY, SCALAR, TUPLE, HANDLE, GENERATOR = 1, 2, 3, 4, 5

DTYPES = """
    bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64
    complex128
""".split()

LENGTH = struct.Struct("<I")
FIRST, LATER = b"\1", b"\0"
"""So a request begins: it is the first of those asked together, and what others kept can be
forgotten, or a later one. Behind it comes the list [module, function, args, kwargs, positions of
the result to keep, whether to watch]. Without a function's name the module, or with an empty name
the package, is only imported."""
NOTE = b"\xc1"
"""So a message begins, as no MessagePack value does, that a worker sends before its reply:
["at", NAME], ["failed", MODULE, ...]."""


class WireError(ValueError):
    """The bytes, or the value, are not what this format carries."""


def framed(message: bytes) -> bytes:
    """A message as it crosses, behind its length."""
    return LENGTH.pack(len(message)) + message


@dataclass(frozen=True)
class Handle:
    """An object that stays in the worker: the number of the test's call that returned it, where it
    stands in the result, and the name of its type, which the worker tells and is not told."""

    call: int
    position: int
    type_name: str = ""


@dataclass(frozen=True)
class GeneratorState:
    """A generator's number, and its state if the other side has not seen it yet."""

    number: int
    state: dict[str, Any] | None


def _refuse(value: object) -> Handle:
    raise WireError(f"a {type(value).__name__} can't be sent")


class Encoder:
    """Turns values into bytes.

    `other(value)` is asked about a value that is not plain data; it returns a `Handle` or a
    `GeneratorState`, or raises `WireError`, as it does where nothing else is named.
    """

    def __init__(self, other: Callable[[Any], Handle | GeneratorState] = _refuse) -> None:
        self._other = other
        self._extensions = 0
        self._packers: list[msgpack.Packer] = []  # one for each depth

    def encode(self, value: Any) -> bytes:
        self._extensions = 0
        try:
            packed = self._pack(value, 0)
        except (ValueError, OverflowError, RecursionError, UnicodeError) as problem:
            if isinstance(problem, WireError):
                raise
            raise WireError(f"can't be sent: {problem}") from None
        if len(packed) > limits.MESSAGE:
            raise WireError("is too large to be sent")
        return packed

    def _pack(self, value: Any, depth: int) -> bytes:
        if depth > limits.DEPTH:
            raise WireError("is nested too deeply to be sent")
        if depth == len(self._packers):
            extend = partial(self._extend, depth)
            self._packers.append(msgpack.Packer(default=extend, strict_types=True))
        return self._packers[depth].pack(value)

    def _extend(self, depth: int, value: Any) -> msgpack.ExtType:
        self._extensions += 1
        if self._extensions > limits.EXTENSIONS:
            raise WireError("is made of too many objects to be sent")
        kind = type(value)
        if kind is np.ndarray and value.dtype.char in _NUMBERS and value.dtype.isnative:
            return msgpack.ExtType(ARRAY, _array_bytes(value))
        if kind in _SCALAR_TYPES:
            return msgpack.ExtType(SCALAR, _array_bytes(np.asarray(value)))
        code, items = (TUPLE, list(value)) if kind is tuple else self._stand_in(value)
        return msgpack.ExtType(code, self._pack(items, depth + 1))

    def _stand_in(self, value: Any) -> tuple[int, list[Any]]:
        known = self._other(value)
        if isinstance(known, Handle):
            return HANDLE, [known.call, known.position, known.type_name[:200]]
        # As JSON, whose integers may have any size.
        state = json.dumps(known.state, default=lambda numbers: numbers.tolist())
        return GENERATOR, [known.number, state]


class Decoder:
    """Turns bytes from anywhere into values; raises `WireError` and nothing else.

    `handle(Handle)` and `generator(GeneratorState)` make of these what the receiver wants; a
    receiver that names no `generator` takes none. Lists and maps of a trusted sender are not
    counted. most_cost: see `limits.READING`.
    """

    def __init__(
        self,
        handle: Callable[[Handle], Any] = lambda handle: handle,
        generator: Callable[[GeneratorState], Any] | None = None,
        is_trusted: bool = False,
        most_items: int = limits.ITEMS,
        most_cost: int = limits.READING,
    ) -> None:
        self._handle = handle
        self._generator = generator
        self._most_items, self._most_cost = most_items, most_cost
        self._options: dict[str, Any] = {
            "list_hook": self._list,
            "object_pairs_hook": self._map,
            "max_str_len": limits.TEXT,
            "max_array_len": limits.ITEMS,
            "max_map_len": limits.ITEMS,
            "max_ext_len": limits.MESSAGE,
            "timestamp": 1,  # MessagePack's own extension becomes a float: plain data
        }
        if is_trusted:
            self._options = {}
        self._items = self._extensions = self._depth = 0

    def decode(self, data: bytes | bytearray | memoryview) -> Any:
        self._items = self._extensions = self._depth = 0
        try:
            return self._unpack(data)
        except WireError:
            raise
        except Exception as problem:  # whatever hostile bytes provoke
            raise WireError(f"unreadable message ({type(problem).__name__})") from None

    @property
    def cost(self) -> int:
        """What the last message cost, see `limits.READING`."""
        return self._items + 9 * self._extensions

    def _unpack(self, data: Any) -> Any:
        if self._depth > limits.DEPTH:
            raise WireError("message nested too deeply")
        if len(data) > limits.MESSAGE:
            raise WireError("message too long")
        return msgpack.unpackb(
            data, ext_hook=self._extension, strict_map_key=False, **self._options
        )

    def _count(self, items: int) -> None:
        # An empty list is one byte here and sixty in memory: a limit on bytes alone is none.
        self._items += 1 + items
        if self._items > self._most_items or self.cost > self._most_cost:
            raise WireError("a message of too many items")

    def _list(self, items: list[Any]) -> list[Any]:
        self._count(len(items))
        return items

    def _map(self, pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
        self._count(len(pairs))
        if not all(type(key) in (str, int) for key, _ in pairs):
            raise WireError("a map with unusual keys")
        return dict(pairs)

    def _extension(self, code: int, content: bytes) -> Any:
        self._count(0)
        self._extensions += 1
        if self._extensions > limits.EXTENSIONS:
            raise WireError("a message of too many objects")
        if code == ARRAY:
            return _array_from(content)
        if code == SCALAR:
            array = _array_from(content)
            if array.shape != ():
                raise WireError("a scalar with a shape")
            return array[()]
        if code not in (TUPLE, HANDLE, GENERATOR):
            raise WireError(f"unknown extension {code}")
        self._depth += 1
        items = self._unpack(content)
        self._depth -= 1
        if type(items) is not list:
            raise WireError("an extension that is no list of items")
        if code == TUPLE:
            return tuple(items)
        if code == HANDLE and [*map(type, items)] == [int, int, str]:
            return self._handle(Handle(*items))
        if code == GENERATOR and self._generator is not None:
            number, state = items
            return self._generator(GeneratorState(number, json.loads(state)))
        raise WireError("a handle or a generator of another form")


_BY_NUMBER = [np.dtype(name) for name in DTYPES]
# Two of C's types may have the same size: both letters then stand for one of our numbers.
_NUMBERS = {
    char: _BY_NUMBER.index(np.dtype(char))
    for char in np.typecodes["All"]
    if np.dtype(char) in _BY_NUMBER
}
_SCALAR_TYPES = frozenset(dtype.type for dtype in _BY_NUMBER)
C, F, STRIDED = 0, 1, 2  # the layouts
_HEAD = struct.Struct("<BBB")
_SHAPES = [struct.Struct(f"<{dimensions}I") for dimensions in range(limits.DIMENSIONS + 1)]


def _array_bytes(array: np.ndarray) -> bytes:
    if array.nbytes > limits.MESSAGE - 1024:  # size times itemsize: a 0-stride giant stops here
        raise WireError(f"is too large: an array of shape {array.shape}")
    if array.ndim > limits.DIMENSIONS:
        raise WireError(f"is an array of {array.ndim} dimensions")
    layout = C if array.flags.c_contiguous else F if array.flags.f_contiguous else STRIDED
    content = array.data if layout == C else array.tobytes("F" if layout == F else "C")
    head = _HEAD.pack(_NUMBERS[array.dtype.char], layout, array.ndim)
    return b"".join((head, _SHAPES[array.ndim].pack(*array.shape), content))


def _array_from(content: bytes) -> np.ndarray:
    number, layout, dimensions = _HEAD.unpack_from(content)
    if number >= len(_BY_NUMBER) or layout > STRIDED or dimensions > limits.DIMENSIONS:
        raise WireError("an array of an unknown kind")
    dtype, shape = _BY_NUMBER[number], _SHAPES[dimensions].unpack_from(content, _HEAD.size)
    if max(shape, default=0) > limits.MESSAGE:
        raise WireError("an array of an impossible shape")
    start = _HEAD.size + _SHAPES[dimensions].size
    if math.prod(shape) * dtype.itemsize != len(content) - start:
        raise WireError("an array whose shape and bytes differ")
    # A byte other than 0 or 1 is no bool: reading it as one is undefined in C.
    if dtype.kind == "b" and np.frombuffer(content, np.uint8, offset=start).max(initial=0) > 1:
        raise WireError("a bool array with other values")
    if layout == F:
        return np.ndarray(shape, dtype, content, start, order="F").copy("F")
    array = np.ndarray(shape, dtype, content, start)
    return _strided_copy(array) if layout == STRIDED else array.copy()


def _strided_copy(array: np.ndarray) -> np.ndarray:
    """A copy that is neither C- nor Fortran-contiguous: every other entry of a larger array."""
    room = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    view = room[..., ::2]
    view[...] = array
    return view
