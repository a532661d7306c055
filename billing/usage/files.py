"""Files of usage: told apart, and opened as rows (spec 6, import_usage)."""

from billing.usage.csv_rows import CsvRows
from billing.usage.json_rows import JsonRows
from billing.usage.models import Upload
from m3console.core.csv_files.lines import Lines, Readable, Unusable
from m3console.core.models import Organization
from plans.models import Meter

BY_ENDING = {
    ".csv": Upload.Kind.CSV,
    ".jsonl": Upload.Kind.JSON_LINES,
    ".ndjson": Upload.Kind.JSON_LINES,
    ".json": Upload.Kind.JSON_LINES,
}


class UsageFile:
    """A file of usage: its kind by its name's ending, else by its first character, and its rows.

    Raises Unusable when nothing of it can be read.
    """

    def __init__(self, file: Readable, name: str, organization: Organization, meter: Meter | None) -> None:
        self.lines = Lines(file)
        first = self.lines.first_filled()
        begins = first.raw.lstrip()[:1] if first else b""
        ending = next((kind for end, kind in BY_ENDING.items() if name.lower().endswith(end)), None)
        self.kind = ending or (Upload.Kind.JSON_LINES if begins == b"{" else Upload.Kind.CSV)
        if begins == b"[" and ending != Upload.Kind.CSV:
            raise Unusable(
                "The file is a JSON list. JSON Lines holds one measurement a line, without a list."
            )
        if begins == b"{" and self.kind == Upload.Kind.CSV:
            raise Unusable("The file holds JSON, not CSV. Give it a name that ends with .jsonl.")
        self.rows: CsvRows | JsonRows
        if self.kind == Upload.Kind.CSV:
            self.rows = CsvRows(self.lines, organization, meter)
        else:
            self.rows = JsonRows(self.lines, meter)
