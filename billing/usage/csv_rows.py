"""CSV of usage: header `uid,account,meter,ts,ets` and a column for each data field (spec 6, import_usage)."""

from collections.abc import Iterator

from billing.usage.models import EventKind
from billing.usage.rows import Refused, Row
from m3console.core.csv_files.lines import Lines, Unusable
from m3console.core.csv_files.records import CsvReader, Record
from m3console.core.models import Organization
from plans.models import DataField, Meter

HEAD = ("uid", "account", "meter", "ts", "ets")


class CsvRows:
    """The rows of a CSV file, of one meter if one is given. Raises Unusable for a header that will not do.

    A column that no meter has makes the file unusable at once, rather than each of its rows refused.
    """

    def __init__(self, lines: Lines, organization: Organization, meter: Meter | None) -> None:
        self._records = CsvReader(lines)
        self._meter = meter.code if meter else None
        self.columns = self._records.header
        _check_columns(self.columns, organization, meter)

    def __iter__(self) -> Iterator[Row | Refused]:
        places = {name: place for place, name in enumerate(self.columns)}
        uid, meter, ets = places.get("uid"), places.get("meter"), places.get("ets")
        account, ts, given = places["account"], places["ts"], self._meter
        fields = [(name, place) for name, place in places.items() if name not in HEAD]
        for record in self._records:
            line, cells, problem, _, size = record
            if problem:
                yield _refused(record)
                continue
            yield Row(
                None if uid is None else cells[uid],
                cells[account],
                given if meter is None else cells[meter],
                cells[ts],
                None if ets is None else cells[ets],
                {name: cells[place] for name, place in fields if cells[place]},
                line,
                None,
                None,
                size,
            )


def _refused(record: Record) -> Refused:
    return Refused(
        EventKind.MALFORMED_ROW, record.problem, record.line, {"row": record.text}, size=record.size
    )


def _check_columns(columns: list[str], organization: Organization, meter: Meter | None) -> None:
    missing = [name for name in ("account", "ts") if name not in columns]
    if not meter and "meter" not in columns:
        missing.append("meter")
    if missing:
        raise Unusable(
            f"The header has no column {' and no column '.join(missing)}."
            f" It must name {', '.join(HEAD)} (uid and ets may be missing) and data fields."
        )
    if meter and "meter" in columns:
        raise Unusable(f"The file has a column meter, so it is not one of meter {meter.code} alone.")
    fields = DataField.objects.filter(organization=organization, calculation="")
    if meter:
        fields = fields.filter(meter=meter)
    wanted = [name for name in columns if name not in HEAD]
    known = set(
        fields.filter(code__in=[name for name in wanted if "\0" not in name]).values_list("code", flat=True)
    )
    if strange := [name for name in wanted if name not in known]:
        whose = f"meter {meter.code}" if meter else "any meter"
        raise Unusable(f"Column “{strange[0][:80]}” is no data field of {whose}.")
