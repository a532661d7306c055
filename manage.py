#!/usr/bin/env python
"""The command line of the console."""

import os
import signal
import sys
from types import FrameType

from m3console.core.processes import Terminated

TERMINATED = 143


def main() -> None:
    # TERM and HUP are raised, so that what is registered with atexit (the embedded database's own
    # bookkeeping) also runs in a process that is stopped early.
    demo = sys.argv[1:2] == ["demo"]
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup wants it ignored
            signal.signal(number, _leave if demo else _terminate)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "m3console.settings")
    if demo:
        os.environ["DEMO"] = "1"  # before the settings are read
        signal.signal(signal.SIGINT, _leave)
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except Terminated:
        sys.exit(TERMINATED)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


if __name__ == "__main__":
    main()
