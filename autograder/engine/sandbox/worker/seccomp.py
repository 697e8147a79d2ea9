"""The system calls that a student's code never needs: they fail with "not permitted", or do
nothing. An alarm that one call set would end a later one; a time set on a device, a file that has
left the system's memory, or one with another mode, could be seen by another submission: where the
user is the grader's own, Landlock keeps nobody from changing those."""

import contextlib
import errno
import os
from typing import Any

CLONE_THREAD = 0x00010000

DENIED = """
    fork vfork execve execveat kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal
    pidfd_open pidfd_getfd ptrace process_vm_readv process_vm_writev process_madvise kcmp
    unshare setns mount umount2 pivot_root chroot fsopen fsmount fspick fsconfig open_tree
    move_mount mount_setattr name_to_handle_at open_by_handle_at quotactl swapon swapoff
    socket connect bind listen accept accept4 sendto sendmsg sendmmsg shmget shmat shmctl
    msgget msgsnd msgrcv msgctl semget semop semtimedop semctl mq_open mq_unlink memfd_create
    memfd_secret keyctl add_key request_key bpf perf_event_open userfaultfd io_uring_setup
    io_uring_enter io_uring_register io_setup init_module finit_module delete_module
    kexec_load kexec_file_load reboot setuid setgid setreuid setregid setresuid setresgid
    setgroups capset personality setpriority ioprio_set migrate_pages move_pages sched_setattr
    acct settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname syslog
    vhangup iopl ioperm mlock mlock2 mlockall fanotify_init inotify_init inotify_init1
    lookup_dcookie modify_ldt flock preadv2 mincore cachestat
    futex_waitv futex_wait futex_wake futex_requeue
"""
IGNORED = """
    alarm setitimer timer_create timer_settime
    utime utimes utimensat futimesat fadvise64 readahead
    chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
"""

NEWER = range(462, 512)
"""System calls newer than Linux 6.9, by number: libseccomp may know no names for them."""
FUTEX_PRIVATE = 128
SIGNAL_OWNERS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: a file that signals a process
# F_SETLEASE, F_NOTIFY, F_SET_RW_HINT and locks of files: by them, processes could tell each other
# something
LEASES, LOCKS = (1024, 1026, 1036), (5, 6, 7, 36, 37, 38)
TERMINAL_REQUESTS = (0x5412, 0x8901, 0x8902)  # TIOCSTI, FIOSETOWN, SIOCSPGRP
FILE_REQUESTS = (0x40086602, 0x401C5820)  # FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR


def filter_program() -> bytes:
    """What denies the calls above, every `clone` that makes a process and not a thread, and what
    reaches other processes of the same user: made once, as the kernel reads it. Empty where
    libseccomp or its Python binding is missing."""
    try:
        rules = _rules()
        with open(os.memfd_create("filter"), "w+b") as file:
            rules.export_bpf(file)
            file.seek(0)
            return file.read()
    except (ImportError, OSError, RuntimeError, AttributeError):
        return b""


def _rules() -> Any:
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)

    def add(action: int, name: str | int, *arguments: object) -> None:
        # A call that this architecture or libseccomp does not know can't be made by its name.
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            rules.add_rule(action, name, *arguments)

    denied, without_effect = seccomp.ERRNO(errno.EPERM), seccomp.ERRNO(0)
    for action, names in ((denied, DENIED), (without_effect, IGNORED)):
        for name in names.split():
            add(action, name)
    add(denied, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    # Its flags lie in memory, where no filter can look; the C library falls back to clone.
    for missing in ("clone3", *NEWER):
        add(seccomp.ERRNO(errno.ENOSYS), missing)
    # On a page of a file that both can read, two submissions could wait for each other. The C
    # library, which so waits for the end of a thread, then asks again.
    private = seccomp.Arg(1, seccomp.MASKED_EQ, FUTEX_PRIVATE, 0)
    add(seccomp.ERRNO(errno.EAGAIN), "futex", private)
    for name in ("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam"):
        add(denied, name, seccomp.Arg(0, seccomp.NE, 0))
    # Locks of files seem to succeed: SQLite and others can't do without.
    for commands, action in ((SIGNAL_OWNERS + LEASES, denied), (LOCKS, without_effect)):
        for command in commands:
            add(action, "fcntl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFF_FFFF, command))
    for request in TERMINAL_REQUESTS + FILE_REQUESTS:
        add(denied, "ioctl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFF_FFFF, request))
    return rules
