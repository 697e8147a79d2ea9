"""Nothing survives a submission: no process, no file, no shared memory."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from autograder.engine.grade.grader import Grader, Settings
from autograder.engine.sandbox import sandbox as module
from autograder.engine.sandbox.layers import WAYS, SandboxError
from autograder.engine.suite.program import TimeLimits
from tests.attacks.case import with_code
from tests.kit import await_that, processes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]
LEAVE_BEHIND = {
    "daemon": "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(300)\n    os._exit(0)",
    "subprocess": "subprocess.Popen(['sleep', '300'], start_new_session=True)",
    "files": "[open(os.path.join(d, 'left-behind'), 'w') for d in ('.', '/tmp', '/var/tmp', '/dev/shm') if os.access(d, os.W_OK)]",
    "deep_folders": "[(os.mkdir('d'), os.chdir('d')) for _ in range(3000)]",
    "folders": "os.makedirs('a/b/c/left-behind'); os.chmod('a', 0)",
    "shared_memory": "open('/dev/shm/left-behind', 'w').write('x')",
    "system_v_memory": "print(ctypes.CDLL(None).shmget(4711, 4096, 0o1666))",
    "group_of_stopped": "os.setpgid(0, 0); signal.raise_signal(signal.SIGSTOP)",
}
IMPORTS = "import ctypes, os, signal, subprocess, threading, time\n"


def _processes() -> set[int]:
    """This process and its descendants."""
    parents = {pid: parent for pid, (_, parent, _) in processes().items()}
    mine = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in mine} - mine:
        mine |= more
    return mine


def _files() -> set[str]:
    places = map(Path, ("/tmp", "/dev/shm", "/var/tmp"))
    return {str(path) for place in places for path in place.glob("left-behind*")}


@pytest.fixture
def scratch(monkeypatch):
    """Where scratch folders are made: other users may enter, nobody else uses it."""
    folder = Path(tempfile.mkdtemp(prefix="scratch-"))
    folder.chmod(0o711)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=WAYS, ids=str)
def grader(request, kit, monkeypatch, scratch):
    monkeypatch.setattr(module, "WAYS", [request.param])
    try:
        grader = Grader(kit, Settings(limits=TimeLimits(0.5, 1.0, 20.0)))
        assert grader.sandbox
        return grader
    except SandboxError as problem:
        pytest.skip(str(problem))


def test_nothing_survives(grader, scratch):
    files = _files()
    with grader:
        before = _processes()
        ids = [test.id for test in grader.suite.tests if test.part == "diagnostics"]
        for code in LEAVE_BEHIND.values():
            attempt = f"{IMPORTS}try:\n    {code.replace(chr(10), chr(10) + '    ')}\nexcept OSError:\n    pass\n"
            grader.run(with_code("diagnostics", attempt), ids)
            await_that(lambda: _processes() <= before)
            assert "4711" not in Path("/proc/sysvipc/shm").read_text().split(), code
    assert _files() - files == set()
    assert list(scratch.iterdir()) == []


def test_nothing_survives_a_grader_that_is_killed(kit):
    """The workers end with the process that they work for, however it ends."""
    code = """
import sys
from pathlib import Path
from autograder.engine.sandbox.sandbox import Sandbox
from tests.engine.sandbox.calls import ask, process
sandbox = Sandbox(Path(sys.argv[1]))
asleep = process(sandbox, b"import time\\ndef f(): time.sleep(300)")
print(sandbox._zygote.pid, flush=True)
ask(asleep, "f")
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(kit.folder)],
        stdout=subprocess.PIPE,
        cwd=kit.folder.parent,
        text=True,
    )
    zygote = int(process.stdout.readline())
    time.sleep(0.5)
    assert process.poll() is None
    process.kill()
    process.wait()
    process.stdout.close()
    await_that(lambda: not Path(f"/proc/{zygote}").exists())
