"""Clients of a scratch database, and what runs for it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]


class Client:
    """A running `client.py`."""

    def __init__(self, directory: Path, *statements: str, environment: dict[str, str]) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "DATABASE_URL"))}
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("client.py")), str(directory), *statements],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**kept, "PYTHONPATH": str(ROOT), **environment},
        )

    def ask(self, statement):
        self.process.stdin.write(statement + "\n")
        self.process.stdin.flush()
        return self.read()

    def read(self):
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return json.loads(line)

    def leave(self):
        """End in good order; the exit status and what was printed to standard error."""
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors

    def kill(self):
        self.process.kill()
        self.process.wait()


def processes_of(directory):
    """Living processes of the database in this directory or below it: its servers and keepers."""
    found = []
    for process in psutil.process_iter():
        try:
            mentioned = any(str(directory) in part for part in [*process.cmdline(), process.cwd()])
            ours = process.name() == "postgres" or "m3console.embedded_postgres.keeper" in process.cmdline()
            if mentioned and ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def postmaster_of(directory):
    number = int((directory / ".pgdata" / "postmaster.pid").read_text().splitlines()[0])
    return psutil.Process(number)


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "This did not come true in time."
        time.sleep(0.05)
