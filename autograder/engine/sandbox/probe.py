"""The self-test's submission: it tries what no submission may do, and tells what was refused."""

import ctypes
import os
import resource
from collections.abc import Callable
from typing import Any


def refused(action: Callable[..., Any], *arguments: Any) -> bool:
    """Whether the system denied it."""
    try:
        action(*arguments)
    except OSError:
        return True
    return False


def fork() -> None:
    """Starts a process."""
    if os.fork() == 0:
        os._exit(0)
    os.wait()


def open_socket() -> None:
    """Opens a way to the network."""
    import socket

    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def no_new_privileges() -> bool:
    """Whether programs started from here can gain no rights."""
    return ctypes.CDLL(None).prctl(39, 0, 0, 0, 0) == 1


def attempt(hidden: str, grader: int) -> dict[str, bool]:
    """Which layers held against this process; raises where an honest import would fail."""
    import statistics  # noqa: F401

    import numpy.ma  # noqa: F401

    limits = resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
    unseen = refused(os.listdir, hidden)
    return {
        "hidden": unseen,
        "namespaces": os.getpid() == 1,
        "user": os.getuid() not in (0, grader),
        "no-new-privileges": no_new_privileges(),
        "landlock": unseen and refused(os.listdir, "/"),
        "seccomp": refused(open_socket) and refused(fork),
        "limits": limits,
    }
