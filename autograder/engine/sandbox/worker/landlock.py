"""Landlock: a process gives up all of the file system but what it names (Linux 5.13 and later).

The one package for it on PyPI is a pre-release, so these are the three system calls themselves;
`landlock(7)` documents them.
"""

import os
import stat
import struct
import sys

from .linux import syscall

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE = 1, 2, 4, 8, 1 << 14
READ = EXECUTE | READ_FILE | READ_DIR
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE

# How many rights of each sort a version of the interface knows.
FILE_SYSTEM_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}


def restrict(readable: list[str], writable: list[str]) -> None:
    """From here on this process reads only beneath `readable`, writes only beneath `writable`.

    It also opens no TCP port (version 4) and signals no process outside (version 6). Needs
    no-new-privileges. Paths that do not exist are passed over. Does nothing where the kernel has no
    Landlock; raises `OSError` where it has and this fails: then the process is to end.
    """
    if sys.platform != "linux":
        return
    try:
        version = syscall(CREATE_RULESET, None, 0, CREATE_RULESET_VERSION)
    except OSError:
        return
    file_system = (1 << FILE_SYSTEM_BITS[min(version, 5)]) - 1
    network, scoped = 3 if version >= 4 else 0, 3 if version >= 6 else 0
    # An older kernel knows a shorter structure, and takes a longer one whose rest is zero.
    rules = struct.pack("=QQQ", file_system, network, scoped)
    ruleset = syscall(CREATE_RULESET, rules, len(rules), 0)
    for path in readable:
        _allow(ruleset, path, READ & file_system)
    for path in writable:
        _allow(ruleset, path, file_system & ~EXECUTE)
    syscall(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        rights &= FILE_RIGHTS
    syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    os.close(place)
