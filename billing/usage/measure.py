"""What measurements come to: one SQL statement for all accounts of a chunk, exact to the last digit.

Each window (account, meter, billing days) is one range of the account's index. Windows are scanned once for
all unsegmented aggregations, and once more for every set of dimensions that segments look at. A statement
groups by the raw dimensions; which segment takes a group the engine says, so a segment's groups are merged
here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from psycopg import sql

from billing.engine.money import EXACT, quotient
from billing.engine.segments import ANY, assign
from billing.engine.types import Aggregation, Measured, Method, Segment, UsageKey, UsageWindow
from m3console.core.models import Organization

Usage = dict[UsageKey, Measured]
Row = tuple[Any, ...]
Positions = tuple[int, ...]

# Later receipt: the batch's number, then the order within the batch, which the ids keep.
LATEST = "array_agg({} order by m.ts desc, b.number desc, m.id desc) filter (where {} is not null)"
# One nested loop over the windows, whatever the planner thinks of their number.
SCAN = sql.SQL("""
select w.n, x.* from unnest(%(accounts)s::uuid[], %(meters)s::uuid[], %(starts)s::timestamptz[],
  %(ends)s::timestamptz[]) with ordinality as w (account_id, meter_id, starts, ends, n)
cross join lateral (
  select {columns} from usage_measurement m {batches}
  where m.account_id = w.account_id and m.meter_id = w.meter_id and m.ts >= w.starts and m.ts < w.ends
    and m.ts >= %(first)s and m.ts < %(last)s
    and m.batch_id not in (
      select id from usage_ingestbatch where organization_id = %(organization)s and number > %(watermark)s)
  {groups}
) x
""")


@dataclass(frozen=True, slots=True)
class Column:
    """Where measurements keep a field: its position, from 0, among their numbers or their texts."""

    numeric: bool
    position: int

    def sql(self) -> str:
        return f"m.{'vals' if self.numeric else 'dims'}[{self.position + 1}]"


@dataclass(frozen=True, slots=True)
class Source:
    """An aggregation and where its field and its segmented fields (in their order) are kept.

    With `total` the total over all its segments is wanted too, as calculations take it (spec 7).
    """

    aggregation: Aggregation
    target: Column
    dimensions: Positions = ()
    total: bool = False

    def columns(self) -> tuple[str, ...]:
        """Its state as SQL: how many values were counted, then what its method needs."""
        value = self.target.sql()
        return f"count({value})", *self._method_columns(value)

    def _method_columns(self, value: str) -> tuple[str, ...]:
        match self.aggregation.method:
            case Method.COUNT:
                return ()
            case Method.SUM | Method.MEAN:
                return (f"sum({value})",)
            case Method.MIN | Method.MAX as method:
                return (f"{method.lower()}({value})",)
            case Method.UNIQUE if self.dimensions:
                return (f"array_agg(distinct {value}) filter (where {value} is not null)",)
            case Method.UNIQUE:
                return (f"count(distinct {value})",)
            case Method.LATEST:
                kept = (value, "m.ts", "b.number", "m.id") if self.dimensions else (value,)
                return tuple(f"({LATEST.format(column, value)})[1]" for column in kept)


def watermark(organization: Organization) -> int:
    """The highest ingestion number of the organization that has committed; 0 before the first."""
    with connection.cursor() as cursor:
        cursor.execute("select last from usage_usagesequence where organization_id = %s", [organization.pk])
        row = cursor.fetchone()
    return row[0] if row else 0


def measure(
    *,
    organization: Organization,
    wanted: Mapping[UUID, Collection[UsageWindow]],
    sources: Mapping[UUID, Source],
    watermark: int,
) -> dict[UUID, Usage]:
    """What each account's windows came to, by account; windows and segments without usage are left out.

    Days are those of the organization's time zone. Counted are the batches with an ingestion number up to
    `watermark`, exactly (spec 7, Changing what bills were made with). `sources` are by aggregation id.
    """
    found: dict[UUID, Usage] = {account: {} for account in wanted}
    plan: dict[Positions, _Scan] = {}
    instants = _Instants(organization.timezone)
    for account, windows in wanted.items():
        for window in windows:
            source = sources[window.aggregation_id]
            scan = plan.setdefault(source.dimensions, _Scan(source.dimensions))
            scan.add(account, window, source, instants)
    for scan in plan.values():
        scan.run(organization, watermark, found)
    return found


class _Instants(dict[date, str]):
    """The instants at which billing days begin, in ISO 8601 and UTC, so that they sort as text."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)

    def __missing__(self, day: date) -> str:
        midnight = datetime.combine(day, time(), self._zone)
        # The first hours of year 1 are before it in UTC, where no measurement can be.
        instant = midnight.astimezone(UTC) if day.year > 1 else midnight.replace(tzinfo=UTC)
        self[day] = text = instant.isoformat()
        return text


class _Scan:
    """One statement: every window whose aggregations look at the same dimensions."""

    def __init__(self, dimensions: Positions) -> None:
        self._dimensions = dimensions
        self._numbers: dict[Row, int] = {}
        self._readers: list[tuple[UUID, list[tuple[UsageWindow, Source]]]] = []
        self._columns: dict[str, int] = {}
        self._places: dict[UUID, Positions] = {}
        self._takers: dict[UUID, _Takers] = {}

    def add(self, account: UUID, window: UsageWindow, source: Source, instants: _Instants) -> None:
        """Have the window measured; aggregations of one meter and the same days share a range."""
        meter = source.aggregation.meter.id
        key = (account.hex, meter.hex, instants[window.start], instants[window.end])
        number = self._numbers.setdefault(key, len(self._numbers))
        if number == len(self._readers):
            self._readers.append((account, []))
        self._readers[number][1].append((window, source))
        if window.aggregation_id not in self._places:
            texts = source.columns()
            self._places[window.aggregation_id] = tuple(
                self._columns.setdefault(text, len(self._columns)) for text in texts
            )

    def run(self, organization: Organization, watermark: int, found: dict[UUID, Usage]) -> None:
        accounts, meters, starts, ends = zip(*self._numbers, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(
                self._statement(),
                {
                    "accounts": _array(accounts),
                    "meters": _array(meters),
                    "starts": _array(starts),
                    "ends": _array(ends),
                    "first": min(starts),
                    "last": max(ends),
                    "organization": organization.pk,
                    "watermark": watermark,
                },
            )
            rows = cursor.fetchall()
        for number, of_window in _by_number(rows):
            account, readers = self._readers[number - 1]
            usage = found[account]
            for window, source in readers:
                usage.update(self._read(window, source, of_window))

    def _statement(self) -> sql.Composed:
        dimensions = [f"m.dims[{position + 1}]" for position in self._dimensions]
        columns = [*dimensions, *self._columns]
        ordered = any("b.number" in column for column in self._columns)
        return SCAN.format(
            columns=sql.SQL(", ").join(sql.SQL(column) for column in columns),
            batches=sql.SQL("join usage_ingestbatch b on b.id = m.batch_id" if ordered else ""),
            groups=sql.SQL("group by " + ", ".join(dimensions) if dimensions else ""),
        )

    def _read(
        self, window: UsageWindow, source: Source, rows: Sequence[Row]
    ) -> Iterator[tuple[UsageKey, Measured]]:
        """What one aggregation's window came to, by segment."""
        skip = 1 + len(self._dimensions)
        places = [skip + place for place in self._places[window.aggregation_id]]
        states: dict[Segment | None, list[Row]] = {}
        for row in rows:
            if row[places[0]]:
                state = tuple(row[place] for place in places)
                states.setdefault(self._segment(source.aggregation, row[1:skip]), []).append(state)
        for segment, parts in states.items():
            if segment is not None or not self._dimensions:
                yield (window, segment), _measured(source.aggregation.method, parts)
        if source.total:
            taken = [state for segment, parts in states.items() if segment is not None for state in parts]
            if taken:
                yield (window, None), _measured(source.aggregation.method, taken)

    def _segment(self, aggregation: Aggregation, values: Row) -> Segment | None:
        """The segment that takes these values of the segmented fields; None also where there are none."""
        if not values:
            return None
        takers = self._takers.get(aggregation.id)
        if takers is None:
            takers = self._takers[aggregation.id] = _Takers(aggregation)
        return takers[values]


class _Takers(dict[Row, Segment | None]):
    """Which segment of an aggregation takes a measurement, by its values of the segmented fields.

    There may be thousands of segments: those that name every value are looked up, and only what they leave
    is tried against the rest.
    """

    def __init__(self, aggregation: Aggregation) -> None:
        self._fields = aggregation.segmented_fields
        self._others: list[Segment] = []
        for segment in aggregation.segments:
            named = dict(segment)
            if ANY in named.values() or named.keys() != set(self._fields):
                self._others.append(segment)
            else:
                self.setdefault(tuple(named[field] for field in self._fields), segment)

    def __missing__(self, values: Row) -> Segment | None:
        segment = assign(self._others, dict(zip(self._fields, values, strict=True)))
        self[values] = segment
        return segment


def _array(texts: Sequence[str]) -> str:
    """A PostgreSQL array of texts that need no quotes; a list as a parameter takes four times as long."""
    return "{" + ",".join(texts) + "}"


def _by_number(rows: Iterable[Row]) -> Iterable[tuple[int, list[Row]]]:
    of_number: dict[int, list[Row]] = {}
    for row in rows:
        of_number.setdefault(row[0], []).append(row)
    return of_number.items()


def _measured(method: Method, states: Sequence[Row]) -> Measured:
    count = sum(state[0] for state in states)
    return Measured(_value(method, states, count), count)


def _value(method: Method, states: Sequence[Row], count: int) -> Decimal:
    """The quantity of at least one value, from the states of the groups that make it up."""
    kept = [state[1] for state in states if len(state) > 1]
    value: Decimal
    match method:
        case Method.COUNT:
            value = Decimal(count)
        case Method.SUM:
            value = reduce(EXACT.add, kept)
        case Method.MEAN:
            value = quotient(reduce(EXACT.add, kept), Decimal(count))
        case Method.MIN:
            value = min(kept)
        case Method.MAX:
            value = max(kept)
        case Method.LATEST:
            value = max(states, key=lambda state: state[2:])[1]
        case Method.UNIQUE if isinstance(kept[0], int):
            value = Decimal(kept[0])
        case Method.UNIQUE:
            value = Decimal(len(set().union(*kept)))
    return value
