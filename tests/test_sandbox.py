"""The sandbox: which layers hold, how it degrades, and that a worker's end is only its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.engine import sandbox as module
from autograder.engine.sandbox import (
    LAYERS,
    WAYS,
    BadReply,
    Patience,
    Sandbox,
    SandboxError,
    Worker,
    WorkerDied,
    WorkerTimeout,
)
from autograder.engine.worker.wire import Decoder, Encoder, Messages, WireError
from tests import worker_calls
from tests.worker_calls import LONG, ask, request

HIDDEN = Path(__file__).parent
SOURCE = b"""
import os, time
import numpy as np
def double(x): return 2 * x
def leave(): os._exit(3)
def spin():
    while True: pass
def rest(): time.sleep(100)
def doze(): time.sleep(0.2)
def listing(path): return sorted(os.listdir(path))
def write(path): open(path, "w").write("x")
def whoami(): return os.getpid(), os.getuid()
def large(): return np.ones(2**20)
def speak(): os.write(3, b"\\0" * 8)
def environment(): return dict(os.environ)
"""
SHORT = Patience(0.5, 1.0)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux's layers")


def _ways() -> Iterator[tuple[str, bool, bool]]:
    """The ways that this machine allows."""
    with pytest.MonkeyPatch.context() as patch:
        for way in WAYS:
            patch.setattr(module, "WAYS", [way])
            try:
                Sandbox(HIDDEN).close()
            except SandboxError:
                continue
            yield way


@pytest.fixture(scope="module", params=list(_ways()) if sys.platform == "linux" else [], ids=str)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WAYS", [request.param])
        patch.setenv("SECRET", "of the grader")
        with Sandbox(HIDDEN) as made:
            yield made


def worker(sandbox: Sandbox) -> Worker:
    return worker_calls.worker(sandbox, SOURCE)


def hoped_for(*values: object) -> Messages:
    return Messages(Encoder().encode(["returned", value, [], [], []]) for value in values)


def test_limits_and_no_new_privileges_hold_everywhere(sandbox: Sandbox) -> None:
    assert {"limits", "no-new-privileges"} <= set(sandbox.layers) <= set(LAYERS)


def test_answers(sandbox: Sandbox) -> None:
    one = worker(sandbox)
    kind, value, *_ = ask(one, "double", np.ones(3))
    assert kind == "returned"
    assert np.array_equal(value, 2 * np.ones(3))
    one.end()


def test_answers_to_many_requests_at_once(sandbox: Sandbox) -> None:
    """More than the channels hold, so that both sides would wait if neither read."""
    one = worker(sandbox)
    arrays = [np.full(50_000, float(number)) for number in range(20)]
    requests = Messages(request("double", array) for array in arrays)
    replies = list(one.ask(requests, lambda _: LONG))
    for array, (reply,) in zip(arrays, replies, strict=True):
        assert np.array_equal(Decoder().decode(reply)[1], 2 * array)
    one.end()


def test_replies_before_an_end_are_kept(sandbox: Sandbox) -> None:
    one = worker(sandbox)
    requests = Messages([request("double", 1), request("leave"), request("double", 2)])
    replies = one.ask(requests, lambda _: LONG, hoped_for(2, 2, 4))
    assert next(replies) == hoped_for(2).parts
    with pytest.raises(WorkerDied) as death:
        next(replies)
    assert death.value.status == 3


@pytest.mark.parametrize("size", [1, 50_000], ids=["small", "more than the channels hold"])
def test_replies_that_are_hoped_for_come_as_one(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(module, "MOMENT", 20.0)  # on a busy machine, too
    one = worker(sandbox)
    arrays = [np.full(size, float(number)) for number in range(10)]
    requests = Messages(request("double", array) for array in arrays)
    hoped = hoped_for(*(2 * array for array in arrays))
    assert [*one.ask(requests, lambda _: LONG, hoped)] == [hoped.parts]
    one.end()


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_where_other_replies_come_each_is_told(sandbox: Sandbox, wrong: int) -> None:
    one = worker(sandbox)
    given = [3, 3, 3]
    given[wrong] = 4
    requests = Messages(request("double", number) for number in given)
    replies = one.ask(requests, lambda _: LONG, hoped_for(6, 6, 6))
    assert [*replies] == [(reply,) for reply in hoped_for(*(2 * x for x in given)).parts]
    assert ask(one, "double", 5)[1] == 10
    one.end()


def test_what_is_hoped_for_but_takes_its_time_is_told_one_by_one(sandbox: Sandbox) -> None:
    """So that the time counts as that of the function that took it."""
    one = worker(sandbox)
    requests = Messages([request("double", 1), request("doze"), request("double", 2)])
    hoped = hoped_for(2, None, 4)
    assert [*one.ask(requests, lambda _: LONG, hoped)] == [(reply,) for reply in hoped.parts]
    one.end()


def test_an_end_is_told_and_costs_only_itself(sandbox: Sandbox) -> None:
    one, other = worker(sandbox), worker(sandbox)
    with pytest.raises(WorkerDied) as death:
        ask(one, "leave")
    assert death.value.status == 3
    assert ask(other, "double", 2)[1] == 4
    other.end()


@pytest.mark.parametrize("function", ["spin", "rest"])
def test_patience_ends(sandbox: Sandbox, function: str) -> None:
    with pytest.raises(WorkerTimeout):
        ask(worker(sandbox), function, patience=SHORT)


def test_a_long_reply_and_one_unasked(sandbox: Sandbox) -> None:
    with pytest.raises(BadReply, match="too large"):
        ask(worker(sandbox), "large")
    one = worker(sandbox)
    assert not one.is_astray()
    with pytest.raises((BadReply, WireError)):
        ask(one, "speak")
    one.end()


def test_sees_no_secrets(sandbox: Sandbox) -> None:
    one = worker(sandbox)
    if sandbox.hides:
        for path in (str(HIDDEN), "/root", "/home", str(HIDDEN.parent)):
            kind, *_ = ask(one, "listing", path)
            assert kind == "raised", path
    assert "SECRET" not in ask(one, "environment")[1]
    assert ask(one, "write", "/tmp/../etc/left")[0] == "raised"
    one.end()


def test_workers_leave_nothing_to_each_other(sandbox: Sandbox) -> None:
    one = worker(sandbox)
    assert ask(one, "write", "left")[0] == "returned"
    one.end()
    other = worker(sandbox)
    assert "left" not in ask(other, "listing", ".")[1]
    other.end()


def test_require(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAYS", [(sandbox._view, sandbox._namespaces, sandbox._other_user)])
    Sandbox(HIDDEN, sandbox.layers).close()
    missing = [layer for layer in LAYERS if layer not in sandbox.layers]
    if missing:
        with pytest.raises(SandboxError, match=missing[0]):
            Sandbox(HIDDEN, (missing[0],))


def test_a_zygote_that_was_killed_is_made_anew(sandbox: Sandbox) -> None:
    worker(sandbox)
    assert sandbox._process is not None
    sandbox._process.kill()
    assert sandbox._control.recv(1) == b""  # bubblewrap's child dies a moment after bubblewrap
    two = worker(sandbox)
    assert ask(two, "double", 1)[1] == 2
    two.end()


def test_refuses_to_hide_what_python_shows() -> None:
    with pytest.raises(SandboxError, match="move it"):
        Sandbox(Path(np.__file__).parent)
