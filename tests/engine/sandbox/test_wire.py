"""The wire format: what goes in comes out; whatever else comes ends in `WireError`."""

import tracemalloc
from typing import Any

import msgpack
import numpy as np
import pytest

from autograder.engine.sandbox.worker import limits
from autograder.engine.sandbox.worker.wire import (
    ARRAY,
    DTYPES,
    HANDLE,
    SCALAR,
    TUPLE,
    Decoder,
    Encoder,
    GeneratorState,
    Handle,
    WireError,
)


def sent(value: Any) -> Any:
    return Decoder().decode(Encoder().encode(value))


def extension(code: int, content: bytes) -> bytes:
    return msgpack.packb(msgpack.ExtType(code, content))


def array(name: str, shape: list[int], payload: bytes, layout: int = 0) -> bytes:
    head = bytes([DTYPES.index(name), layout, len(shape)])
    return extension(ARRAY, head + np.array(shape, "<u4").tobytes() + payload)


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, -1, 2**63, -(2**63), 1.5, float("inf"), "", "é😀", b"\0"),
        *([], [1, [2]], (), (1, (2.0, [None])), {}, {"a": (1,), 2: "b"}),
    ],
)
def test_plain_data_comes_back_as_it_was(value):
    back = sent(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("name", sorted(DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 4)])
def test_arrays_of_all_dtypes_come_back(name, shape):
    value = np.ones(shape, name)
    back = sent(value)
    assert type(back) is np.ndarray
    assert (back.dtype, back.shape) == (value.dtype, value.shape)
    assert back.tobytes() == value.tobytes()
    assert type(sent(np.dtype(name).type(1))) is np.dtype(name).type


def test_memory_layout_is_kept():
    base = np.arange(24.0).reshape(4, 6)
    for value in (base, np.asfortranarray(base), base[:, ::2]):
        back = sent(value)
        assert np.array_equal(back, value)
        assert back.flags.c_contiguous == value.flags.c_contiguous
        assert back.flags.f_contiguous == value.flags.f_contiguous
        assert back.flags.writeable


@pytest.mark.parametrize(
    "value",
    [
        np.ones(2).view(np.matrix),
        np.ma.masked_all(2),
        np.array([1, None]),
        np.ones(2, ">f8"),
        np.zeros(2, [("a", float)]),
        type("Int", (int,), {})(1),
        type("List", (list,), {})(),
        type("Float", (np.float64,), {})(1.0),
        {1.0},
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_that_could_lie_is_plain_data(value):
    with pytest.raises(WireError):
        sent(value)
    kept: list[Any] = []
    encoder = Encoder(lambda other: kept.append(other) or Handle(3, 1, "kept"))  # type: ignore[func-returns-value]
    assert Decoder().decode(encoder.encode(value)) == Handle(3, 1, "kept")
    assert kept[0] is value


@pytest.fixture
def little_memory():
    """What lengths promise takes no memory before it is there."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * limits.MESSAGE


@pytest.mark.usefixtures("little_memory")
def test_a_giant_without_memory_is_refused():
    with pytest.raises(WireError, match="too large"):
        sent(np.broadcast_to(0.0, (10**6, 10**5)))
    deep: Any = 1
    for _ in range(100):
        deep = (deep,)
    with pytest.raises(WireError, match="nested"):
        sent(deep)
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(WireError):
        sent(endless)


def test_generators_carry_their_state_once():
    state = np.random.default_rng(1).bit_generator.state
    encoder = Encoder(lambda value: GeneratorState(0, dict(state)))
    seen = Decoder(generator=lambda known: known).decode(encoder.encode(object()))
    assert seen == GeneratorState(0, state)


HOSTILE = {
    "empty": b"",
    "reserved": b"\xc1",
    "two values": b"\xc0\xc0",
    "cut": b"\x92\x01",
    "bad utf-8": b"\xa2\xff\xfe",
    "array of 2^32": b"\xdd\xff\xff\xff\xff",
    "extension of 2^32": b"\xc9\xff\xff\xff\xff\x01",
    "map with a list as key": b"\x81\x90\x01",
    "nested lists": b"\x91" * 10_000 + b"\xc0",
    "too many lists": b"\xdd\x00\x01\x86\x9f" + b"\x91\x90" * 99_999,
    "too many small extensions": b"\xdd\x00\x01\x86\x9f" + extension(TUPLE, b"\x90") * 99_999,
    "unknown extension": extension(77, b""),
    "generator for the grader": extension(5, msgpack.packb([0, "null"])),
    "array without a head": extension(ARRAY, b"\0"),
    "array without its shape": extension(ARRAY, b"\0\0\2" + b"\0" * 4),
    "array of an unknown type": extension(ARRAY, bytes([len(DTYPES), 0, 0]) + b"\0" * 8),
    "array of huge size": array("float64", [2**32 - 1, 4], b""),
    "array with too few bytes": array("float64", [2], b"\0" * 8),
    "array of many dimensions": array("float64", [1] * 64, b"\0" * 8),
    "array of no layout": array("float64", [1], b"\0" * 8, layout=9),
    "array of odd bools": array("bool", [2], b"\1\2"),
    "scalar with a shape": extension(SCALAR, msgpack.unpackb(array("bool", [1], b"\1")).data),
    "tuple of a text": extension(TUPLE, b"\xa1a"),
    "tuple in tuples": extension(TUPLE, b"\xc1"),
    "handle of another type": extension(HANDLE, b"\x92\xa1a\xa1b"),
}


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_end_in_a_wire_error(data):
    with pytest.raises(WireError):
        Decoder().decode(data)


def test_length_limits():
    with pytest.raises(WireError, match="too long"):
        Decoder().decode(b"\xc6" + b"\0" * (limits.MESSAGE + 1))
    assert len(sent([0] * (limits.ITEMS - 1))) == limits.ITEMS - 1
    with pytest.raises(WireError):
        sent([0] * (limits.ITEMS + 1))


def test_objects_are_counted_by_both_sides(monkeypatch):
    most = [np.float64(1)] * limits.EXTENSIONS
    assert len(sent(most)) == len(most)
    with pytest.raises(WireError, match="too many objects to be sent"):
        Encoder().encode([*most, np.float64(1)])
    with monkeypatch.context() as patch:
        patch.setattr(limits, "EXTENSIONS", len(most) + 1)
        hostile = Encoder().encode([*most, np.float64(1)])
    with pytest.raises(WireError, match="of too many objects"):
        Decoder().decode(hostile)


def test_a_time_stamp_is_no_object():
    assert type(Decoder().decode(b"\xd6\xff\0\0\0\1")) is float
