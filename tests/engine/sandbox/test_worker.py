"""The worker's own code, run where it can be measured.

The sandbox starts its zygote as an isolated Python with nothing around it, and ends workers by
force: no tool that measures coverage reaches in there, and none should. Here the same zygote, jail,
filter and worker run as a child of the tests with their environment and one folder open for what
is measured; a worker is given the time to end by itself. What holds is judged in test_sandbox.py.
"""

import os
import socket
import struct
import sys
from typing import Any

import pytest

from autograder.engine.sandbox import sandbox as module
from autograder.engine.sandbox.layers import SandboxError, Way
from autograder.engine.sandbox.process import Process, ProcessEnded, TimeAllowed
from autograder.engine.sandbox.sandbox import Sandbox
from tests.engine.sandbox import calls
from tests.engine.sandbox.calls import ask
from tests.kit import ROOT

BOOT = "from autograder.engine.sandbox.worker.zygote import main; main()"
SOURCE = b"""
import os, warnings
import numpy as np
np.seterr(all="ignore")
warnings.filterwarnings("ignore", "of mine")
os.chdir("/")
def double(x):
    warnings.warn("of mine")
    return 2 * x
def write(path): open(path, "w").write("x" * 4096)
def alarm(): import signal; signal.alarm(100)
def timer():
    import signal, time
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.1)
name = "no function"
"""
# Without a user of their own, who could not write down what was measured.
WAYS = [Way(*way, False) for way in (("mounts", True), ("plain", True), ("plain", False))]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux's layers")


@pytest.fixture(scope="module", params=WAYS, ids=str)
def sandbox(request, tmp_path_factory):
    start, command = module.subprocess.Popen, Sandbox._command

    def seen(command: list[str], **options: Any) -> Any:
        options |= {"env": {**module.ENVIRONMENT, **os.environ}, "cwd": ROOT}
        return start([sys.executable, "-c", BOOT, command[-1]], **options)

    def slowly(self: Sandbox, name: str, *rest: Any, channel: int | None = None) -> Any:
        rest = (rest[0], 10.0) if name == "end" else rest
        return command(self, name, *rest, channel=channel)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WAYS", [request.param])
        patch.setattr(module, "DEVICES", [*module.DEVICES, str(ROOT)])
        patch.setattr(module.subprocess, "Popen", seen)
        patch.setattr(Sandbox, "_command", slowly)
        try:
            made = Sandbox(tmp_path_factory.mktemp("hidden"))
        except SandboxError as problem:
            pytest.skip(f"not to be had on this machine: {problem}")
        yield made
        made.close()


def worker(sandbox: Sandbox, with_init: bool = True, **modules: bytes) -> Process:
    return calls.process(sandbox, SOURCE, with_init, **modules)


def test_calls_are_answered_and_jailed(sandbox):
    assert "limits" in sandbox.layers
    one = worker(sandbox)
    assert ask(one, "double", 21) == ["returned", 42, [], [], []]
    assert ask(one, "write", "/etc/left")[0] == "raised"
    assert ask(one, "alarm")[0] == "returned"
    if "seccomp" in sandbox.layers:
        assert ask(one, "timer")[0] == "returned"
    assert ask(one, "double", 1)[1] == 2
    assert one.cpu_seconds() >= 0.0
    assert one.end() == 0


def test_what_was_answered_before_the_end_is_read():
    """Also where the end comes while there is more to be asked."""
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(struct.pack("<I", 1) + b"x")
    replies = Process(ours, lambda grace: 3, lambda: 0.0).ask([b"?"] * 2, lambda: TimeAllowed(1, 1))
    assert next(replies) == b"x"
    with pytest.raises(ProcessEnded):
        next(replies)


def test_what_is_not_there_is_said(sandbox):
    one = worker(sandbox, broken=b"1 / 0", gone=b"import os\nos._exit(4)\n")
    assert ask(one, "name")[:2] == ["unavailable", ask(one, "other")[1]]
    assert ask(one, "f", of="broken")[1][0] == "ZeroDivisionError"
    assert ask(one, "", of="m")[0] == "returned"
    with pytest.raises(ProcessEnded) as death:
        ask(one, "f", of="gone")
    assert death.value.status == 4


def test_an_init_can_be_left_out(sandbox):
    one = worker(sandbox, False, __init__=b"raise SystemExit")
    assert ask(one, "double", 2)[1] == 4
    assert one.end() == 0
    other = worker(sandbox, True, __init__=b"raise SystemExit")
    assert ask(other, "double", 2)[0] == "unavailable"
    assert other.end() == 0
