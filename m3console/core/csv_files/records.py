"""Records of a CSV file (RFC 4180, UTF-8), of which a broken one never takes others along.

A quoted cell may hold line ends. Where that leads nowhere (the quote is never closed, text follows
the closing quote, the cells are too many or too few), only the first line is given up, and reading
goes on with the next one: an unbalanced quote costs its own row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from m3console.core.csv_files.lines import MAX_LINE, Line, Lines, Unusable

PLAIN = re.compile(r'[^",]*')
QUOTED = re.compile(r'[^"]*(?:""[^"]*)*')
TOO_LONG = f"The row is longer than {MAX_LINE:,} bytes."
UNCLOSED = "A quote is opened and never closed."


class Record(NamedTuple):
    """A record by the number of its first line: as many cells as the header, or what is wrong with it."""

    line: int
    cells: list[str]
    problem: str
    text: str
    size: int


class RecordError(Exception):
    """Text that is no CSV record."""


@dataclass(slots=True)
class _Cells:
    """Cells taken from text line by line; `open` holds the parts of a quoted cell not closed yet."""

    cells: list[str] = field(default_factory=list)
    open: list[str] | None = None

    def take(self, line: str) -> bool:
        """Whether the record ends with this line. Raises RecordError."""
        text, end, at = *_without_end(line), 0
        while True:
            if self.open is None and text[at : at + 1] == '"':
                self.open, at = [], at + 1
            if self.open is None:
                plain = PLAIN.match(text, at)
                assert plain
                self.cells.append(plain.group())
                at = plain.end()
            else:
                quoted = QUOTED.match(text, at)
                assert quoted
                self.open.append(quoted.group())
                if quoted.end() == len(text):
                    self.open.append(end)
                    return False
                self.cells.append("".join(self.open).replace('""', '"'))
                self.open, at = None, quoted.end() + 1
            if at == len(text):
                return True
            if text[at] != ",":
                raise RecordError(
                    "A quote stands inside a cell that does not begin with one."
                    if text[at] == '"'
                    else "Text follows a closing quote."
                )
            at += 1


class CsvReader:
    """The header of a CSV file, then its records. Blank lines are no records.

    Raises Unusable, with a sentence that says what to do, for a file without a readable header.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.header = _header(lines)

    def __iter__(self) -> Iterator[Record]:
        width = len(self.header)
        for line in self._lines:
            number, raw, size = line
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                yield _broken(line, TOO_LONG if line.too_long else "The row is not UTF-8.")
                continue
            cells = text.removesuffix("\n").removesuffix("\r").split(",")
            if len(cells) == width and '"' not in text and "\0" not in text and size <= MAX_LINE:
                yield Record(number, cells, "", "", size)
            elif not line.blank:
                yield self._careful(line, text)

    def _careful(self, line: Line, text: str) -> Record:
        """The record that begins with this line, or what is wrong with the line."""
        further: list[Line] = []
        try:
            cells = self._cells(line, text, further)
            if len(cells) != len(self.header):
                raise RecordError(_miscounted(len(cells), len(self.header)))
        except RecordError as problem:
            self._lines.put_back(further)
            return _broken(line, str(problem))
        return Record(line.number, cells, "", "", line.size + sum(each.size for each in further))

    def _cells(self, line: Line, text: str, further: list[Line]) -> list[str]:
        """The cells of a record, which takes further lines while a quote is open."""
        found, size = _Cells(), line.size
        while True:
            if size > MAX_LINE:
                raise RecordError(UNCLOSED if further else TOO_LONG)
            if "\0" in text:
                raise RecordError("The row holds a NUL character.")
            if found.take(text):
                return found.cells
            after = self._lines.next()
            if after is None:
                raise RecordError(UNCLOSED)
            further.append(after)
            size += after.size
            try:
                text = after.raw.decode()
            except UnicodeDecodeError:
                raise RecordError(UNCLOSED) from None


def _broken(line: Line, problem: str) -> Record:
    return Record(line.number, [], problem, line.shown(), line.size)


def _without_end(line: str) -> tuple[str, str]:
    text = line.removesuffix("\n").removesuffix("\r")
    return text, line[len(text) :]


def _miscounted(found: int, expected: int) -> str:
    cells = "1 cell" if found == 1 else f"{found} cells"
    return f"The row has {cells}, the header has {expected}."


def _header(lines: Lines) -> list[str]:
    line = lines.next()
    while line is not None and line.blank:
        line = lines.next()
    if line is None:
        raise Unusable("The file is empty. Its first line must name the columns.")
    if b"\0" in line.raw:
        raise Unusable("The file is not text in UTF-8: it may be UTF-16. Save it as UTF-8.")
    found = _Cells()
    try:
        if line.too_long or not found.take(line.raw.decode()):
            raise RecordError(UNCLOSED)
    except UnicodeDecodeError:
        raise Unusable("The header is not UTF-8. Save the file as UTF-8.") from None
    except RecordError as problem:
        raise Unusable(f"The header cannot be read: {str(problem)[0].lower()}{str(problem)[1:]}") from None
    _check_header(found.cells)
    return found.cells


def _check_header(names: list[str]) -> None:
    for separator, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(names) == 1 and separator in names[0]:
            raise Unusable(f"The columns are separated by {called}. Save the file with commas between them.")
    if any("\r" in name for name in names):
        raise Unusable("The lines end with CR alone. Save the file with line ends CR LF or LF.")
    if "" in names:
        raise Unusable(f"Column {names.index('') + 1} has no name in the header.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unusable(f"The header names {', '.join(f'“{name}”' for name in twice)} twice.")
