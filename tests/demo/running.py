"""A copy of the checkout, and demos started in it as a person would: in a terminal, by its commands."""

import fcntl
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
NEEDED = ["manage.py", "Makefile", "m3console", "accounts", "plans", "billing", "templates", "static"]
PATIENCE = 240


def copy_checkout(to):
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, to / name)
    (to / ".venv").symlink_to(sys.prefix)


class Demo:
    """A demo in a terminal of its own; what it prints is in `printed`."""

    def __init__(self, directory, command=(".venv/bin/python", "manage.py", "demo", "--port", "0")):
        self.directory = directory
        self.terminal, inside = os.openpty()

        def own_terminal():
            for number in (signal.SIGINT, signal.SIGHUP):  # the tests may run where these are ignored
                signal.signal(number, signal.SIG_DFL)
            os.setsid()
            fcntl.ioctl(inside, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            command,
            cwd=directory,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=environment(),
            preexec_fn=own_terminal,
        )
        os.close(inside)
        self.printed = ""

    def wait_for(self, pattern, seconds=PATIENCE):
        """The match of the pattern in what has been printed, waiting for it."""
        end = time.monotonic() + seconds
        while not (match := re.search(pattern, self.printed)):
            assert time.monotonic() < end, self.printed
            assert self._read(0.2) or self.process.poll() is None, self.printed
        return match

    def wait_until_ready(self):
        """Its address."""
        return self.wait_for(r"Ready: (http://127\.0\.0\.1:\d+/)[\s\S]*Ctrl-C stops it all")[1]

    def press_ctrl_c(self):
        os.write(self.terminal, b"\x03")

    def close_terminal(self):
        os.close(self.terminal)
        self.terminal = None

    def wait_for_end(self, seconds=30):
        """The exit status; everything printed until then is read."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, self.printed
            self._read(0.1)
        while self._read(0.1):
            continue
        return self.process.returncode

    def make_end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.terminal is not None:
            self.close_terminal()

    def _read(self, seconds):
        """Whether something came. A terminal that nobody writes to any more is an error on Linux."""
        if self.terminal is None or not select.select([self.terminal], [], [], seconds)[0]:
            return False
        try:
            came = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.printed += came.decode().replace("\r\n", "\n")
        return bool(came)


def environment():
    """Ours, without what the test run itself has set."""
    ours = ("DEMO", "PORT", "DJANGO_", "PYTEST_", "SECRET_KEY", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def processes_in(directory):
    """Living processes that work in the directory or were told of it."""
    found = []
    for process in psutil.process_iter():
        try:
            told = any(str(directory) in part for part in [*process.cmdline(), process.cwd()])
            if told and process.status() != psutil.STATUS_ZOMBIE and process.pid != os.getpid():
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_for_nothing_left(directory, seconds=30):
    end = time.monotonic() + seconds
    while left := processes_in(directory):
        assert time.monotonic() < end, [process.cmdline() for process in left]
        time.sleep(0.1)
