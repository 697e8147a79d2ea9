"""What the command line tells in one line, with exit status 2."""


class KitError(Exception):
    """Something that the user of the kit can put right; the message names it and says how."""
