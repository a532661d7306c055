"""The file that an import command is given: opened, and its failures said in one line (spec 6)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from django.core.management.base import CommandError

from m3console.core.commands import TERMINATED, WITH_FAILURES
from m3console.core.errors import RuleViolation
from m3console.core.processes import Terminated


@contextmanager
def opened(path: str) -> Iterator[tuple[BinaryIO, str]]:
    """The file of that path, - for standard input, and its name. Raises RuleViolation if it cannot be read.

    What breaks off within the block is a CommandError: the file that cannot be read on, or SIGTERM.
    """
    if path == "-":
        with _saying(name := "standard input"):
            yield sys.stdin.buffer, name
        return
    try:
        file = open(path, "rb")  # noqa: SIM115 (closed below; only its opening may fail here)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RuleViolation(f"{path} cannot be read: {reason}.") from None
    with file, _saying(name := path.rpartition("/")[2]):
        yield file, name


@contextmanager
def _saying(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CommandError(f"{name} cannot be read on: {error}", returncode=WITH_FAILURES) from None
    except Terminated:
        raise CommandError("Stopped; the same command again completes it.", returncode=TERMINATED) from None
