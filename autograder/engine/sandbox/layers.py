"""The layers between a student's code and the machine, and how a process gets them."""

import json
import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import msgpack
import numpy as np

from ..errors import KitError
from .worker.view import DEVICES, SCRATCH

WORKER = Path(__file__).parent / "worker"
SYSTEM = ["/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/localtime"]
LAYERS = {
    "hidden": "nothing of the hidden material can be read",
    "bubblewrap": "a view of the file system without the hidden material, by bubblewrap",
    "mounts": "the same view, by the grader's own mounts",
    "namespaces": "processes and network of the student's own",
    "user": "another user than the grader",
    "no-new-privileges": "no program can give rights back",
    "landlock": "the kernel denies all other files",
    "seccomp": "the kernel denies new processes, sockets and signals",
    "limits": "memory, time, files and threads are bounded",
}


class SandboxError(KitError):
    """No process can be had, or a layer that the instructor requires is not there."""


@dataclass(frozen=True)
class Way:
    """A way to start: how the file system is hidden, whether processes get namespaces of their own,
    and whether they become another user (where the grader is root)."""

    view: str
    namespaces: bool
    other_user: bool


WAYS = [
    Way("bubblewrap", True, True),
    Way("bubblewrap", False, True),
    Way("mounts", True, True),
    Way("plain", False, True),
    Way("plain", False, False),  # where another user may not even read Python's own files
]
"""The strongest first."""


def readable_folders(hidden: Path) -> list[str]:
    """The folders that students' code may read. Raises `SandboxError` where `hidden` is in one."""
    folders = [*SYSTEM, os.path.realpath(sys.base_prefix), *map(str, library_folders())]
    readable = [path for path in dict.fromkeys(folders) if os.path.lexists(path)]
    for path in readable:
        if hidden.is_relative_to(os.path.realpath(path)):
            raise SandboxError(
                f"the kit lies in {path}, which students' code can read:"
                " move it to a folder outside of Python's own"
            )
    return readable


def library_folders() -> list[Path]:
    """Where NumPy, MessagePack and their like are installed."""
    places = [np.__file__, msgpack.__file__, sysconfig.get_path("platlib") + "/x/y"]
    return list(dict.fromkeys(Path(place).resolve().parent.parent for place in places))


def command_line(view: str, readable: list[str], settings: object) -> list[str]:
    """What starts a zygote with these settings, in this view of the file system."""
    paths = [str(path) for path in (*library_folders(), WORKER.parent)]
    boot = (
        f"import sys; sys.path += {paths!r}; from worker.zygote import main; sys.path.pop(); main()"
    )
    python = [os.path.realpath(sys.executable), "-sPSB", "-c", boot, json.dumps(settings)]
    return [*bubblewrap(readable), *python] if view == "bubblewrap" else python


def bubblewrap(readable: list[str]) -> list[str]:
    """The command line that hides all but these folders, up to the program's own."""
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxError("bwrap is not installed")
    command = [program, "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-pid"]
    command += ["--die-with-parent", "--tmpfs", SCRATCH, "--proc", "/proc", "--dir", "/dev"]
    if os.geteuid() == 0:
        for capability in ("SYS_ADMIN", "SETUID", "SETGID", "KILL", "DAC_OVERRIDE", "CHOWN"):
            command += ["--cap-add", f"CAP_{capability}"]
    for path in [*readable, str(WORKER)]:
        for parent in reversed(Path(path).parents[:-1]):
            command += ["--dir", str(parent)]  # else it makes them for its own user alone
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        else:
            command += ["--ro-bind", path, path]
    for device in DEVICES:
        command += ["--dev-bind", device, device]
    return [*command, "--"]
