"""What a worker observes of a call, and in what form the result leaves it."""

from __future__ import annotations

from collections import namedtuple
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.engine.worker.serve import Servant, Target
from autograder.engine.worker.wire import Decoder, Encoder

Pair = namedtuple("Pair", "first second")


def servant(**functions) -> Servant:
    return Servant(lambda module, function: Target(functions[function]))


def asked(servant: Servant, function: str, *args, opaque=(), fresh=False):
    """The reply's value and the arguments that the call changed."""
    content = ["module", function, list(args), {}, list(opaque)]
    request = bytes([fresh]) + Encoder(lambda value: value).encode(content)
    kind, *fields = Decoder(handle=lambda handle: handle).decode(servant.answer(request))
    assert kind == "returned", fields
    return fields[0], fields[1]


def forward(x):
    return x.sum(), [x, x * 2]


def spends_its_own(cache):
    cache.pop()[:] = 0
    return 1.0


def changes_what_forward_was_given(cache):
    cache[0][:] = 0
    return 1.0


def test_an_object_that_a_function_keeps_is_its_own_to_change() -> None:
    worker = servant(forward=forward, backward=spends_its_own)
    (_, cache), _ = asked(worker, "forward", np.ones(3), opaque=[1])
    assert asked(worker, "backward", cache) == (1.0, [])


@pytest.mark.parametrize("wrap", [list, tuple, lambda kept: {0: kept[0]}])
def test_an_array_of_an_earlier_call_is_not(wrap) -> None:
    worker = servant(
        forward=lambda x: (x.sum(), wrap(forward(x)[1])), backward=changes_what_forward_was_given
    )
    (_, cache), _ = asked(worker, "forward", np.ones(3), opaque=[1])
    assert asked(worker, "backward", cache) == (1.0, ["argument 1 of an earlier call"])


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (Pair(1.0, 2), (1.0, 2)),
        (np.array(["low", "high"])[1], "high"),
        ((1.0, 2), (1.0, 2)),
    ],
)
def test_named_tuples_and_numpy_texts_arrive_as_what_they_are(value, arrives) -> None:
    result, _ = asked(servant(f=lambda: value), "f")
    assert result == arrives
    assert type(result) is type(arrives)


@pytest.mark.parametrize("value", [type("Other", (tuple,), {})((1,)), SimpleNamespace(_fields=())])
def test_other_objects_stay(value) -> None:
    result, _ = asked(servant(f=lambda: value), "f")
    assert result.type_name == type(value).__name__


def test_positions_of_a_named_tuple_can_be_kept() -> None:
    worker = servant(f=lambda: Pair(1.0, np.ones(2)))
    (first, kept), _ = asked(worker, "f", opaque=[1])
    assert first == 1.0
    assert kept.type_name == "ndarray of float64"
