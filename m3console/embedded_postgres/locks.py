"""Who uses the server: file locks, which the kernel drops when a process ends, `kill -9` included.

Every process that uses the server holds `clients` shared. Whoever gets it exclusively knows that nobody does,
and may stop the server; a newcomer waits until that is done. A process identified by number would be mistaken
for another one that has the number later; a lock cannot be.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_lock(directory: Path, name: str) -> int:
    """A descriptor of the lock file, not locked yet; not inherited by programs that we start."""
    return os.open(directory / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)


@contextmanager
def exclusive(directory: Path, name: str) -> Iterator[None]:
    """Hold the lock alone, waiting for it."""
    descriptor = open_lock(directory, name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def share(directory: Path, name: str) -> int:
    """Hold the lock together with others, waiting while somebody has it alone; closing gives it back."""
    descriptor = open_lock(directory, name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def take(descriptor: int) -> bool:
    """Take the lock alone if nobody has it; False at once otherwise."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(directory: Path, name: str) -> bool:
    descriptor = open_lock(directory, name)
    try:
        return not take(descriptor)
    finally:
        os.close(descriptor)
