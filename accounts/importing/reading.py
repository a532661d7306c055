"""A file of accounts taken apart into rows of text; nothing is looked up yet."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from accounts.importing.columns import Header, heading
from m3console.core.csv_files.cells import armed
from m3console.core.csv_files.lines import Lines, Readable
from m3console.core.csv_files.records import CsvReader, Record
from m3console.core.errors import RuleViolation

MAX_ROWS: Final = 10_000
MAX_BYTES: Final = 5_000_000
MAX_CELL: Final = 1_000


class Row(NamedTuple):
    """A row by the number of its first line: its cells by field, or what is wrong with it."""

    line: int
    cells: Mapping[str, str]
    problems: list[tuple[str, str]]


class AccountFile(NamedTuple):
    """The file as it was read: its columns that are fields of an account, the others, its rows."""

    columns: list[str]
    ignored: list[str]
    rows: list[Row]


def read_file(file: Readable) -> AccountFile:
    """Raises RuleViolation, with a sentence that says what to do, for a file that nothing can be made of."""
    reader = CsvReader(Lines(file))
    header = Header.of(reader.header)
    rows: list[Row] = []
    for record in reader:
        if len(rows) == MAX_ROWS:
            raise RuleViolation(f"The file has more than {MAX_ROWS:,} rows. Cut it into several.")
        rows.append(_row(record, header))
    if not rows:
        raise RuleViolation("The file has a header and no rows.")
    return AccountFile([field for field in header.fields if field], list(header.ignored), rows)


def _row(record: Record, header: Header) -> Row:
    if record.problem:
        return Row(record.line, {}, [("", record.problem)])
    cells, problems = {}, []
    for field, cell in zip(header.fields, record.cells, strict=True):
        if field is None:
            continue
        text = armed(cell)
        if len(text) > MAX_CELL:
            problems.append((heading(field), f"This is longer than {MAX_CELL:,} characters."))
            text = ""
        cells[field] = text.replace("\0", "")
    return Row(record.line, cells, problems)
