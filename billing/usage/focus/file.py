"""A FOCUS file, read row by row as often as needed."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from billing.usage.focus.charges import Charge, charge_of, missing_columns
from billing.usage.models import EventKind
from billing.usage.rows import Refused
from billing.usage.values import Refusal
from m3console.core.csv_files.lines import Lines, Unusable
from m3console.core.csv_files.records import CsvReader, Record


class Sent(Mapping[str, str]):
    """The cells of a row by column, kept as one text, as thousands of wide rows wait to be stored."""

    __slots__ = ("_cells", "_columns")

    def __init__(self, columns: list[str], cells: list[str]) -> None:
        self._columns, self._cells = columns, "\0".join(cells)

    def __getitem__(self, name: str) -> str:
        try:
            return self._cells.split("\0")[self._columns.index(name)]
        except ValueError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


class Read(NamedTuple):
    """A row that describes a charge, with its cells."""

    charge: Charge
    cells: dict[str, str]
    sent: Sent
    line: int
    size: int


class FocusFile:
    """A seekable file with a usable header. Raises Unusable, saying what is missing, for any other."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._start = file, file.tell()
        self.columns = self._records().header
        if missing := missing_columns(self.columns):
            raise Unusable(f"The header has no column {', no column '.join(missing)}: this is no FOCUS file.")

    def rows(self, now: datetime) -> Iterator[Read | Refused]:
        """Every row from the first one on: a charge, or refused with the reason."""
        for record in self._records():
            if record.problem:
                yield Refused(
                    EventKind.MALFORMED_ROW,
                    record.problem,
                    record.line,
                    {"row": record.text},
                    size=record.size,
                )
            else:
                yield self._read(record, now)

    def _read(self, record: Record, now: datetime) -> Read | Refused:
        sent = Sent(self.columns, record.cells)
        cells = dict(zip(self.columns, record.cells, strict=True))
        try:
            charge = charge_of(cells, now)
        except Refusal as refusal:
            return Refused(
                refusal.code,
                refusal.message,
                record.line,
                sent,
                cells["SubAccountId"],
                cells["ServiceName"],
                record.size,
            )
        return Read(charge, cells, sent, record.line, record.size)

    def _records(self) -> CsvReader:
        self._file.seek(self._start)
        return CsvReader(Lines(self._file))


@contextmanager
def seekable(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file itself, or a nameless copy of what comes through a pipe."""
    if file.seekable():
        yield file
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy
