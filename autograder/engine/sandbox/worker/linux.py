"""The few Linux calls that Python 3.11 has no function for, through the C library."""

import ctypes
import os
import signal
import struct
from typing import Any

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT = 1, 2, 4, 32
MS_BIND, MS_REC, MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
MNT_DETACH = 2

SET_FILTER = (22, 2)  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
INSTRUCTION = 8
"""Bytes of an instruction of a filter."""
ENDS_WITH_PARENT, NOT_DUMPABLE, NO_NEW_PRIVILEGES = (1, signal.SIGKILL), (4, 0), (38, 1)
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
SYS_CLONE = {"x86_64": 56, "aarch64": 220}

_libc = ctypes.PyDLL(None, use_errno=True)
"""Keeps Python's lock: while a process is forked, no other thread of this one may run Python."""


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _words(*arguments: int | bytes | str | None) -> list[Any]:
    """Numbers as wide as the variadic functions of C read them, and paths as bytes."""
    return [ctypes.c_long(x) if isinstance(x, int) else x and os.fsencode(x) for x in arguments]


def syscall(number: int, *arguments: int | bytes | None) -> int:
    """The call's result. Raises `OSError`."""
    return _checked(_libc.syscall(*_words(number, *arguments)), f"syscall {number}")


def prctl(option: int, *values: int | bytes) -> None:
    """Sets an attribute of this process. Raises `OSError`."""
    _checked(_libc.prctl(*_words(option, *values, 0, 0, 0)), f"prctl {option}")


def filter_calls(program: bytes) -> None:
    """From here on this process makes only the system calls that the program allows. Needs
    no-new-privileges. Raises `OSError`."""
    kept = ctypes.create_string_buffer(program)
    prctl(*SET_FILTER, struct.pack("HP", len(program) // INSTRUCTION, ctypes.addressof(kept)))


def unshare(flags: int) -> None:
    """Gives this process namespaces of its own. Raises `OSError`."""
    _checked(_libc.unshare(flags), "unshare")


def fork_into(namespaces: int) -> int:
    """Like `os.fork`, the child in new namespaces: the first process of a process namespace, with
    which all others in it end. Raises `OSError`."""
    call = _words(SYS_CLONE[os.uname().machine], namespaces | signal.SIGCHLD, 0, 0, 0, 0)
    ctypes.pythonapi.PyOS_BeforeFork()
    process = int(_libc.syscall(*call))
    if process == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    return _checked(process, "clone")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Mounts a file system. Raises `OSError`."""
    _checked(_libc.mount(*_words(source, target, kind, flags, data)), f"mount {target}")


def pivot_root_here() -> None:
    """Makes the current folder the root, and lets the old one go."""
    syscall(SYS_PIVOT_ROOT[os.uname().machine], b".", b".")
    _checked(_libc.umount2(b".", MNT_DETACH), "umount2")


def drop_capabilities() -> None:
    """Empties this process's capability sets."""
    header = struct.pack("=II", 0x20080522, 0)
    syscall(SYS_CAPSET[os.uname().machine], header, bytes(24))
