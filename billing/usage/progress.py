"""How far a load is, on the standard error of a command (spec 6)."""

import sys
import time

from billing.usage.ingest import Counts

SECONDS = 5


class Progress:
    """Counts and rate: one line that is written over on a terminal, otherwise a line every few seconds."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._began = self._told = time.monotonic()
        self._written = False

    def __call__(self, counts: Counts) -> None:
        now = time.monotonic()
        if not self._terminal and now - self._told < SECONDS:
            return
        self._told = now
        rate = counts.read / max(now - self._began, 0.001)  # not money
        text = (
            f"{counts.read:,} rows read, {counts.accepted:,} accepted, {counts.duplicates:,} duplicates,"
            f" {counts.rejected:,} rejected, {rate:,.0f} rows/s"
        )
        print(
            f"\r{text}\x1b[K" if self._terminal else text, end="" if self._terminal else "\n", file=sys.stderr
        )
        self._written = self._terminal

    def done(self) -> None:
        if self._written:
            print(file=sys.stderr)
