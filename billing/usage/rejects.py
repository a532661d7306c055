"""The rejects file: what was refused of an upload, with line number and reason (spec 6, In particular)."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from billing.usage.models import EventKind, IngestEvent, Upload
from m3console.core.commands import WITH_FAILURES
from m3console.core.csv_files.cells import Echo, cell
from m3console.core.errors import RuleViolation
from m3console.core.exact import NUMBER

OWN = ("line", "reason")
CHUNK = 100


def rejects_csv(upload: Upload) -> Iterator[str]:
    """CSV lines in the order of the file: `line`, `reason`, then the row's own columns as they came.

    A row that could not be taken apart stands whole in a last column, `row`. Repeats are not rejected.
    """
    events = IngestEvent.objects.filter(upload=upload).exclude(kind=EventKind.DUPLICATE_UID)
    whole = not upload.columns or events.filter(payload__has_key="row").exists()
    columns = [*upload.columns, *(["row"] if whole and "row" not in upload.columns else [])]
    writer = csv.writer(Echo())
    yield writer.writerow([*OWN, *(f"{name}_sent" if name in OWN else name for name in columns)])
    for event in _in_order(events):
        yield writer.writerow([event.line, *map(_cell, (event.reason, *_cells(event, columns)))])


def _cells(event: IngestEvent, columns: list[str]) -> Iterator[Any]:
    return (event.payload.get(name, "") for name in columns)


def _cell(value: Any) -> Any:
    """Numbers stay as they were sent, although they came as text; other text never becomes a formula."""
    return value if isinstance(value, str) and NUMBER.match(value) else cell(value)


class RejectsFile:
    """A rejects file of a command. Raises RuleViolation, before anything is stored, if it cannot be made."""

    def __init__(self, path: str, *, source: str) -> None:
        self._path = Path(path)
        if self._path.resolve() == Path(source).resolve():
            raise RuleViolation(f"{path} is the file to be imported; name another one for the rejects.")
        if self._path.is_dir() or not os.access(self._path.parent, os.W_OK):
            raise RuleViolation(f"{path} cannot be written.")

    def write(self, upload: Upload) -> None:
        """It appears under its name only when it is complete."""
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with beside.open("w", encoding="utf-8", newline="") as file:
                file.writelines(rejects_csv(upload))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            raise CommandError(
                f"The rows are stored, but {self._path} could not be written: {error}.",
                returncode=WITH_FAILURES,
            ) from None
        finally:
            beside.unlink(missing_ok=True)


def _in_order(events: Any) -> Iterator[IngestEvent]:
    rows = events.order_by("line", "id")
    after: IngestEvent | None = None
    while True:
        part = list(
            rows.filter(line__gte=after.line).exclude(line=after.line, id__lte=after.pk)[:CHUNK]
            if after
            else rows[:CHUNK]
        )
        yield from part
        if len(part) < CHUNK:
            return
        after = part[-1]
