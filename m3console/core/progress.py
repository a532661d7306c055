"""Progress of long commands: on a terminal a line that rewrites itself, else a line now and then."""

import sys
import time
from typing import TextIO

EVERY_SECONDS = 5
IN_TERMINAL = 5
"""Updates a second."""


class Progress:
    """Counts and rate of one long act (spec 6). `total` is None where nobody knows it beforehand."""

    def __init__(self, noun: str, total: int | None = None, stream: TextIO | None = None) -> None:
        self._noun, self._total = noun, total
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._began = self._told = time.monotonic()
        self._written = False

    def report(self, done: int) -> None:
        """So many are done by now; says so unless it was said only just."""
        moment, pause = time.monotonic(), 1 / IN_TERMINAL if self._terminal else EVERY_SECONDS
        if moment - self._told >= pause:
            self._told = moment
            self._write(done, moment)

    def finish(self) -> None:
        """Leave the line that was rewritten."""
        if self._terminal and self._written:
            self._stream.write("\n")
            self._stream.flush()

    def _write(self, done: int, moment: float) -> None:
        of = f" of {self._total:,}" if self._total else ""
        rate = int(done / max(moment - self._began, 1e-6))
        text = f"{done:,}{of} {self._noun}, {rate:,} a second"
        self._stream.write(f"\r{text:<78}" if self._terminal else f"{text}\n")
        self._stream.flush()
        self._written = True
