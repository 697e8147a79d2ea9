"""The self-test's submission: it tries what no submission may do, and tells what was refused."""

import ctypes
import os
import resource
import socket
from collections.abc import Callable
from typing import Any

PR_GET_NO_NEW_PRIVS = 39


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


def attempt(hidden: str, grader: int) -> dict[str, bool]:
    """Which layers held against this process; raises where an honest import would fail."""
    import statistics  # noqa: F401

    import numpy.ma  # noqa: F401

    unseen = refused(os.listdir, hidden)
    return {
        "hidden": unseen,
        "namespaces": os.getpid() == 1,
        "user": os.getuid() not in (0, grader),
        "no-new-privileges": ctypes.CDLL(None).prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
        "landlock": unseen and refused(os.listdir, "/"),
        "seccomp": refused(socket.socket) and refused(fork),
        "limits": resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY,
    }
