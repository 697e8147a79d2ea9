"""A worker's folder where it is no file system of its own: measured and removed, whatever is in it.

What is in it is hostile: folders deeper than a path can be long, or that nobody may read.
"""

import contextlib
import os
import tempfile

BLOCK = 4096


def is_larger(folder: str, limit: int) -> bool:
    """Whether a folder holds more than so many bytes, a block for each entry.

    A folder that is too deep or closed to be looked into counts as too large.
    """
    total, waiting = 0, [folder]
    while waiting and total <= limit:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    total += BLOCK + entry.stat(follow_symlinks=False).st_size
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except FileNotFoundError:  # gone by now
            continue
        except OSError:
            return True
    return total > limit


def remove(folder: str) -> None:
    """Removes a folder in which nothing runs any more; what can't be removed stays.

    Folders in it are first moved up, so that no path grows long however deep they lie.
    """
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)
        attic = tempfile.mkdtemp(dir=os.path.dirname(folder))
        waiting, moved = [folder], 0
        while waiting:
            place = waiting.pop()
            with contextlib.suppress(OSError):
                for entry in list(os.scandir(place)):
                    if entry.is_dir(follow_symlinks=False):
                        os.chmod(entry.path, 0o700)  # to be moved, it must be writable
                        moved += 1
                        waiting.append(os.path.join(attic, str(moved)))
                        os.rename(entry.path, waiting[-1])
                    else:
                        os.unlink(entry.path)
                os.rmdir(place)
        os.rmdir(attic)
