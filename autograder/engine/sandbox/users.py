"""Users that workers become, each reserved for one sandbox of this machine."""

import contextlib
import socket

FIRST, LAST = 61_184, 65_183
"""Of the range that systemd keeps for short-lived users."""


class ReservedUser:
    """A user id that no other grader on this machine uses while this object lives."""

    def __init__(self) -> None:
        for number in range(FIRST, LAST + 1):
            reservation = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            with contextlib.suppress(OSError):
                # A name in the abstract namespace is unique, and is freed when its process ends.
                reservation.bind(f"\0grader-user-{number}")
                self.number, self._reservation = number, reservation
                return
            reservation.close()
        raise OSError("all users for students' code are taken by other graders")

    def free(self) -> None:
        """Gives the id back."""
        self._reservation.close()
