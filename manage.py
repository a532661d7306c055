#!/usr/bin/env python
"""The command line of the console."""

import os
import signal
import sys


def main() -> None:
    # TERM and HUP leave through sys.exit, so that what is registered with atexit (the embedded
    # database's own bookkeeping) also runs in a process that is stopped early.
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup wants it ignored
            signal.signal(number, lambda *_: sys.exit(0))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "m3console.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ["DEMO"] = "1"  # before the settings are read
        signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
