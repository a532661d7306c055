"""Programs that run beside this process and never outlive it."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PATIENCE_SECONDS = 10  # between asking a program to end and making it
PR_SET_PDEATHSIG = 1


class Terminated(KeyboardInterrupt):
    """This process was asked to end, by TERM or HUP.

    Like Ctrl-C, since that is what a query under way is cancelled for; after anything else the
    connection would be stuck in it, and the end would look like a failure of the database.
    """


def end_with_parent(parent: int) -> Callable[[], None]:
    """A function for a child of that process to call: it is asked to end when the parent does,
    `kill -9` included.

    Only Linux can do that; elsewhere a killed parent leaves its programs running.
    """
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def bind() -> None:
        if library is not None:
            library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return bind


class Programs:
    """Programs started together, to be stopped together; use it in a `with` statement."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Programs":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str], *, descriptors: Sequence[int] = ()) -> None:
        """Start one, which inherits the descriptors.

        Each has a session of its own: a Ctrl-C in the terminal reaches only us, who stop them in good order.
        """
        self._running[name] = subprocess.Popen(
            command,
            cwd=self._directory,
            stdin=subprocess.DEVNULL,
            pass_fds=descriptors,
            start_new_session=True,
            preexec_fn=end_with_parent(os.getpid()),
        )

    def ended(self) -> str | None:
        """The name of one that has ended by itself, if any."""
        return next((name for name, program in self._running.items() if program.poll() is not None), None)

    def stop(self) -> None:
        """Ask all to end, wait, and kill what is left. A second Ctrl-C must not interrupt this."""
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        for program in self._running.values():
            if program.poll() is None:
                program.terminate()
        end = time.monotonic() + PATIENCE_SECONDS
        for program in self._running.values():
            try:
                program.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()
