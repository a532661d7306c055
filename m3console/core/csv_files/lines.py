"""Physical lines of a file, as bytes: counted, bounded, and able to be put back."""

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from m3console.core.errors import RuleViolation

MAX_LINE = 100_000
# What no text file begins with, and what to do about it.
DISGUISES = {
    b"\xff\xfe": "The file is in UTF-16. Save it as UTF-8.",
    b"\xfe\xff": "The file is in UTF-16. Save it as UTF-8.",
    b"PK\x03\x04": "The file is a spreadsheet or ZIP archive. Export it as CSV in UTF-8.",
    b"\xd0\xcf\x11\xe0": "The file is an Excel workbook. Export it as CSV in UTF-8.",
    b"\x1f\x8b": "The file is compressed. Unpack it first.",
}
BOM = b"\xef\xbb\xbf"
LINE_END = re.compile(r"\r?\n\Z")


class Unusable(RuleViolation):
    """A file of which nothing can be read; nothing of it is stored."""


class Readable(Protocol):
    def readline(self, limit: int, /) -> bytes: ...


class Line(NamedTuple):
    """A line with its end, cut at MAX_LINE bytes; `size` is its whole length. Lines count from 1."""

    number: int
    raw: bytes
    size: int

    @property
    def blank(self) -> bool:
        return not self.raw.strip()

    @property
    def too_long(self) -> bool:
        return self.size > MAX_LINE

    def shown(self) -> str:
        """The line as text, whatever it holds."""
        return LINE_END.sub("", self.raw.decode("utf-8", "backslashreplace"))


class Lines:
    """The lines of a file. Raises Unusable when it is no text at all."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self._put_back: deque[Line] = deque()
        self._lines = self._read()
        first = self.next()
        if first:
            self._put_back.append(first._replace(raw=_text_begins(first.raw)))

    def next(self) -> Line | None:
        """The next line; None after the last, until one is put back."""
        return next(self._lines)

    def __iter__(self) -> Iterator[Line]:
        for line in self._lines:
            if line is None:
                return
            yield line

    def _read(self) -> Iterator[Line | None]:
        number, readline = 0, self._file.readline
        while True:
            if self._put_back:
                yield self._put_back.popleft()
                continue
            raw = readline(MAX_LINE + 1)
            if not raw:
                yield None
                continue
            number += 1
            size = len(raw)
            yield Line(number, raw, size if size <= MAX_LINE else size + self._skip(raw))

    def put_back(self, lines: list[Line]) -> None:
        self._put_back.extendleft(reversed(lines))

    def first_filled(self) -> Line | None:
        """The first line that is not blank, which stays to be read."""
        while (line := self.next()) is not None:
            if not line.blank:
                self._put_back.appendleft(line)
                return line
        return None

    def _skip(self, part: bytes) -> int:
        skipped = 0
        while part and not part.endswith(b"\n"):
            part = self._file.readline(MAX_LINE)
            skipped += len(part)
        return skipped


def _text_begins(raw: bytes) -> bytes:
    for mark, sentence in DISGUISES.items():
        if raw.startswith(mark):
            raise Unusable(sentence)
    return raw.removeprefix(BOM)
