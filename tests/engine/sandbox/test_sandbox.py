"""The sandbox: which layers hold, how it degrades, and that a worker's end is only its own."""

import errno
import socket
import struct
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from autograder.engine.sandbox import sandbox as module
from autograder.engine.sandbox.layers import LAYERS, WAYS, SandboxError
from autograder.engine.sandbox.process import OutOfTime, Process, ProcessEnded, TimeAllowed
from autograder.engine.sandbox.sandbox import Sandbox
from autograder.engine.sandbox.worker.wire import Decoder, WireError
from tests.engine.sandbox import calls
from tests.engine.sandbox.calls import LONG, ask, request

HIDDEN = Path(__file__).parent
SOURCE = b"""
import os, signal, time, warnings
import numpy as np
np.seterr(all="ignore")
warnings.filterwarnings("ignore", "of mine")
os.chdir("/")
name = "no function"
def double(x):
    warnings.warn("of mine")
    return 2 * x
def timer():
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.1)
def leave(): os._exit(3)
def spin():
    while True: pass
def rest(): time.sleep(100)
def listing(path): return sorted(os.listdir(path))
def write(path): open(path, "w").write("x")
def whoami(): return os.getpid(), os.getuid()
def large(): return np.ones(2**20)
def speak(): os.write(3, b"\\0" * 8)
def environment(): return dict(os.environ)
def arbitrary(): return hash("x"), [bytes(np.empty(n)) for n in (3, 54, 200, 5000)]
"""
SHORT = TimeAllowed(0.5, 1.0)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux's layers")


@pytest.fixture(scope="module", params=WAYS, ids=str)
def sandbox(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WAYS", [request.param])
        patch.setenv("SECRET", "of the grader")
        try:
            made = Sandbox(HIDDEN)
        except SandboxError as problem:
            pytest.skip(str(problem))
        with closing(made):
            yield made


def worker(sandbox: Sandbox) -> Process:
    return calls.process(sandbox, SOURCE)


def test_limits_and_no_new_privileges_hold_everywhere(sandbox):
    assert {"limits", "no-new-privileges"} <= set(sandbox.layers) <= set(LAYERS)


def test_answers_to_many_requests_at_once(sandbox):
    """More than the channels hold, so that both sides would wait if neither read."""
    one = worker(sandbox)
    arrays = [np.full(50_000, float(number)) for number in range(20)]
    requests = [request("double", array) for array in arrays]
    replies = list(one.ask(requests, lambda: LONG))
    for array, reply in zip(arrays, replies, strict=True):
        assert np.array_equal(Decoder().decode(reply)[1], 2 * array)


def test_replies_before_an_end_are_kept(sandbox):
    one = worker(sandbox)
    replies = one.ask([request("double", 1), request("leave"), request("double", 2)], lambda: LONG)
    assert Decoder().decode(next(replies))[1] == 2
    with pytest.raises(ProcessEnded) as death:
        next(replies)
    assert death.value.status == 3


def test_what_was_answered_before_the_end_is_read():
    """Also where the end comes while there is more to be asked."""
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(struct.pack("<I", 1) + b"x")
    replies = Process(ours, lambda grace: 3, lambda: 0.0).ask([b"?"] * 2, lambda: LONG)
    assert next(replies) == b"x"
    with pytest.raises(ProcessEnded):
        next(replies)


def test_what_a_call_or_an_import_sets_for_the_process_reaches_nobody(sandbox):
    one = worker(sandbox)
    assert ask(one, "double", 21) == ["returned", 42, [], [], []]  # its warning is silenced
    if "seccomp" in sandbox.layers:
        assert ask(one, "timer")[0] == "returned"
    assert one.cpu_seconds() >= 0.0


@pytest.mark.parametrize(("with_init", "kind"), [(False, "returned"), (True, "unavailable")])
def test_an_init_can_be_left_out(sandbox, with_init, kind):
    one = calls.process(sandbox, SOURCE, with_init, __init__=b"raise SystemExit")
    assert ask(one, "double", 2)[0] == kind


def test_what_is_not_there_is_said(sandbox):
    one = calls.process(sandbox, SOURCE, broken=b"1 / 0", gone=b"import os\nos._exit(4)\n")
    assert ask(one, "name")[:2] == ["unavailable", ask(one, "other")[1]]
    assert ask(one, "f", of="broken")[1][0] == "ZeroDivisionError"
    assert ask(one, "", of="m")[0] == "returned"
    with pytest.raises(ProcessEnded) as death:
        ask(one, "f", of="gone")
    assert death.value.status == 4


def test_notes_tell_where_an_import_is(sandbox):
    one = calls.process(sandbox, b"from . import gone", gone=b"import os\nos._exit(5)\n")
    with pytest.raises(ProcessEnded):
        ask(one, "", of="m")
    assert one.notes == [["at", "m"], ["at", "gone"]]
    two = calls.process(sandbox, b"from . import broken", broken=b"1 / 0\n")
    assert ask(two, "", of="m")[0] == "unavailable"
    assert [note[:2] for note in two.notes if note[0] == "failed"] == [
        ["failed", "broken"],
        ["failed", "m"],
    ]


def test_two_graders_have_users_of_their_own():
    with closing(Sandbox(HIDDEN)) as one, closing(Sandbox(HIDDEN)) as other:
        users = [
            ask(worker(sandbox), "whoami")[1][1]
            for sandbox in (one, other)
            if sandbox._user is not None and sandbox._way.other_user
        ]
    assert len(set(users)) == len(users)


LOCKS = b"""
import ctypes, fcntl, os, struct
def whole(how): fcntl.flock(os.open(__file__, 0), how)
def part(how):
    wanted = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 9, 1, 0)
    return fcntl.fcntl(os.open(os.__file__, 0), how, wanted) == wanted
def touched(path):
    os.utime(path)
    return os.stat(path).st_mtime
def marked(path):
    before = os.stat(path).st_mode
    os.chmod(path, 0o600)
    os.setxattr(path, "user.left", b"x")
    return os.stat(path).st_mode != before or bool(os.listxattr(path))
def flags():
    before = [fcntl.fcntl(number, fcntl.F_GETFL) for number in range(3)]
    for number in range(3): fcntl.fcntl(number, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK)
    return [flag & (os.O_APPEND | os.O_NONBLOCK) for flag in before]
def woken():
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    page = libc.mmap(None, ctypes.c_size_t(1), 1, 1, os.open(os.__file__, 0), ctypes.c_long(0))
    number = {"x86_64": 202, "aarch64": 98}[os.uname().machine]
    return libc.syscall(number, ctypes.c_void_p(page), 1, 1, None, None, 0)
def newer():
    ctypes.CDLL(None, use_errno=True).syscall(463, 0, None, 0, None, None, 0)  # setxattrat
    return ctypes.get_errno()
"""


def test_locks_times_and_marks_of_files_tell_nobody_anything(sandbox):
    """By a lock on a file that both can read, a time or a mode, submissions could tell each other
    something."""
    if "seccomp" in sandbox.layers:
        one = calls.process(sandbox, LOCKS)
        assert ask(one, "whole", 2)[1][0] == "PermissionError"
        for how in (5, 6, 36, 37):  # a free part would be told as such
            assert ask(one, "part", how)[1] is True
        assert ask(one, "touched", "/dev/zero")[1] < time.time() - 1
        assert ask(one, "marked", "pkg/m.py")[1] is False
        assert ask(one, "woken")[1] == -1
        assert ask(one, "newer")[1] == errno.ENOSYS


def test_flags_of_standard_files_end_with_their_process(sandbox):
    for _ in range(2):
        one = calls.process(sandbox, LOCKS)
        assert ask(one, "flags")[1] == [0, 0, 0]
        one.end()


@pytest.mark.parametrize("function", ["spin", "rest"])
def test_patience_ends(sandbox, function):
    with pytest.raises(OutOfTime):
        ask(worker(sandbox), function, time_allowed=SHORT)


def test_a_long_reply_and_one_unasked(sandbox):
    with pytest.raises(WireError, match="too large"):
        ask(worker(sandbox), "large")
    one = worker(sandbox)
    assert not one.is_astray()
    with pytest.raises(WireError):
        ask(one, "speak")


def test_sees_no_secrets(sandbox):
    one = worker(sandbox)
    if "hidden" in sandbox.layers:
        for path in (str(HIDDEN), "/root", "/home", str(HIDDEN.parent)):
            kind, *_ = ask(one, "listing", path)
            assert kind == "raised", path
    assert "SECRET" not in ask(one, "environment")[1]
    assert ask(one, "write", "/tmp/../etc/left")[0] == "raised"


def test_workers_leave_nothing_to_each_other(sandbox):
    one = worker(sandbox)
    assert ask(one, "write", "left")[0] == "returned"
    one.end()
    other = worker(sandbox)
    assert "left" not in ask(other, "listing", ".")[1]


def test_hashes_and_new_memory_are_the_same_in_each_sandbox(sandbox, monkeypatch):
    monkeypatch.setattr(module, "WAYS", [sandbox._way])
    told = []
    with closing(Sandbox(HIDDEN)) as later:
        for each in (sandbox, later):
            one = worker(each)
            told.append(ask(one, "arbitrary")[1])
    assert told[0] == told[1]


def test_require(sandbox, monkeypatch):
    monkeypatch.setattr(module, "WAYS", [sandbox._way])
    Sandbox(HIDDEN, sandbox.layers).close()
    missing = [layer for layer in LAYERS if layer not in sandbox.layers]
    if missing:
        with pytest.raises(SandboxError, match=missing[0]):
            Sandbox(HIDDEN, (missing[0],))


def test_a_zygote_that_was_killed_is_made_anew(sandbox):
    worker(sandbox)
    sandbox._zygote.kill()
    assert sandbox._control.recv(1) == b""  # bubblewrap's child dies a moment after bubblewrap
    two = worker(sandbox)
    assert ask(two, "double", 1)[1] == 2


def test_refuses_to_hide_what_python_shows():
    with pytest.raises(SandboxError, match="move it"):
        Sandbox(Path(np.__file__).parent)
