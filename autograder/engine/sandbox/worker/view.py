"""A private view of the file system: a new root that holds only what a worker may see.

What bubblewrap does, for machines without it: the same mounts, made by this process itself.
"""

import os
from pathlib import Path

from . import linux

SCRATCH = "/scratch"
"""The one writable folder of a private view. Not /tmp: Python itself may lie below that."""
DEVICES = ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"]
"""What it may also write."""


def enter_user_namespace() -> None:
    """Goes where an ordinary user may make namespaces: this user and group are themselves there,
    and nobody else exists. Raises `OSError` where that is denied."""
    user, group = os.geteuid(), os.getegid()
    linux.unshare(linux.CLONE_NEWUSER)
    maps = {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}
    for name, text in maps.items():
        Path(f"/proc/self/{name}").write_text(text)


def enter(visible: list[str]) -> None:
    """Leaves the machine's mounts, network and shared memory for a view of `visible` alone.

    Raises `OSError` where this process may not make namespaces.
    """
    empty = "/proc"  # a folder that is there everywhere, and holds nothing that is to be shown
    namespaces = linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
    linux.unshare(namespaces)
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("tmpfs", empty, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=4m,mode=755")
    for path in visible:
        _show(path, empty, linux.MS_RDONLY | linux.MS_NOSUID | linux.MS_NODEV)
    for path in DEVICES:
        _show(path, empty, linux.MS_NOSUID)
    os.makedirs(empty + SCRATCH)
    os.chdir(empty)
    linux.pivot_root_here()
    os.chdir("/")


def _show(path: str, root: str, flags: int) -> None:
    target = root + path
    if os.path.lexists(target) or not os.path.exists(path):
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), target)
        return
    if os.path.isdir(path):
        os.mkdir(target)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    linux.mount(path, target, None, linux.MS_BIND)
    # In a user namespace a remount must keep these flags, the same bits here and there, if the
    # mount had them outside; the kernel itself keeps those of access times.
    kept = os.statvfs(target).f_flag & (os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC)
    linux.mount("none", target, None, linux.MS_REMOUNT | linux.MS_BIND | flags | kept)
