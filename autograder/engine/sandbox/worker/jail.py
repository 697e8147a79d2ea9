"""What a worker gives up before it reads a line of a student's code."""

import contextlib
import os
import resource
from dataclasses import dataclass

from . import landlock, limits, linux
from .view import DEVICES


@dataclass(frozen=True)
class Jail:
    """The layers of one worker, as the sandbox asks for them.

    user: the user id that the worker becomes, or None to stay; readable: the folders it may read;
    namespaces: whether the worker gets a process namespace of its own.
    """

    user: int | None
    readable: list[str]
    namespaces: bool

    def fork(self) -> int:
        """Like `os.fork`, the child in namespaces of its own, where that is asked for."""
        if not self.namespaces:
            return os.fork()
        return linux.fork_into(linux.CLONE_NEWPID | linux.CLONE_NEWNS | linux.CLONE_NEWIPC)

    def mount_scratch(self, scratch: str) -> None:
        """A file system of the worker's own, gone with it; and no sight of processes."""
        if self.namespaces:
            owner = os.geteuid() if self.user is None else self.user
            linux.mount(
                "tmpfs",
                scratch,
                "tmpfs",
                linux.MS_NOSUID | linux.MS_NODEV,
                f"size={limits.SCRATCH},nr_inodes=4096,mode=700,uid={owner}",
            )
            if os.path.isdir("/proc/self"):
                linux.mount("tmpfs", "/proc", "tmpfs", linux.MS_RDONLY, "size=4k")

    def close(self, scratch: str, program: bytes) -> None:
        """Gives up everything else: user, limits, capabilities, files, and the system calls that
        `program`, where there is one, does not allow."""
        os.setsid()
        for name, value in limits.PROCESS.items():
            # Not every system has each of them, or lets it be set.
            with contextlib.suppress(AttributeError, ValueError, OSError):
                kind = getattr(resource, name)
                hard = resource.getrlimit(kind)[1]
                value = value if hard == resource.RLIM_INFINITY else min(value, hard)
                resource.setrlimit(kind, (value, value))
        if self.user is not None:
            os.setgroups([])
            os.setresgid(self.user, self.user, self.user)
            os.setresuid(self.user, self.user, self.user)
        with contextlib.suppress(OSError, KeyError, AttributeError):
            linux.drop_capabilities()
        # After the change of user, which would cancel the first.
        for attribute in linux.ENDS_WITH_PARENT, linux.NOT_DUMPABLE, linux.NO_NEW_PRIVILEGES:
            with contextlib.suppress(OSError, AttributeError):
                linux.prctl(*attribute)
        landlock.restrict(self.readable, [scratch, *DEVICES])
        if program:
            linux.filter_calls(program)
