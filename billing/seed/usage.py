"""Making up measurements, and ingesting them like anybody's: one load a month."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Account
from billing.seed.accounts import hold_seeding
from billing.seed.calendar import Span
from billing.seed.customers import Customer, dice
from billing.seed.shapes import Field
from billing.seed.subscriptions import Relation, Subscription, relation
from billing.usage.ingest import Counts, ingest
from billing.usage.models import Upload
from billing.usage.rows import Row
from m3console.core import clock
from m3console.core.audit import action
from m3console.core.models import Organization

State = Upload.State


@dataclass(frozen=True, slots=True)
class Cell:
    """What one customer uses in one month, and how many measurements that makes."""

    customer: Customer
    size: int
    running: tuple[Subscription, ...]
    count: int


def make_usage(
    organization: Organization,
    seed: int,
    customers: Sequence[Customer],
    span: Span,
    measurements: int,
    report: Callable[[int], None],
) -> Counts:
    """Ingest that many measurements of the customers; a month that has been loaded before is left out.

    A load that was broken off is done again: each measurement has a uid, so none is stored twice.
    """
    done = Counts()
    plan = list(_months(seed, customers, span, measurements))
    for number, (month, cells) in enumerate(plan):
        load = _Load(organization, seed, month, cells, faulty=number == len(plan) - 2)
        note = f"Made up with seed {seed}: {measurements:,} measurements of {len(customers):,} accounts."
        done += load.run(note, partial(_add, report, done.read))
    return done


def _add(report: Callable[[int], None], before: int, counts: Counts) -> None:
    report(before + counts.read)


def _months(
    seed: int, customers: Sequence[Customer], span: Span, measurements: int
) -> Iterator[tuple[tuple[date, date], list[Cell]]]:
    """The measurements dealt out to months and customers, by how much and how long each uses something."""
    relations = [relation(seed, each, span) for each in customers]
    months = list(span.months())
    total = sum(_weight(each, month) for month in months for each in relations)
    dealt = weight = 0
    for month in months:
        cells = []
        for each, its in zip(customers, relations, strict=True):
            weight += (own := _weight(its, month))
            if own:
                count = measurements * weight // total - dealt
                dealt += count
                running = tuple(s for s in its.subscriptions if s.days(*month))
                cells.append(Cell(each, its.size, running, count))
        yield month, cells


def _weight(of: Relation, month: tuple[date, date]) -> int:
    return of.size * sum(each.days(*month) for each in of.subscriptions)


class _Load:
    """One month's usage, as a load of its own."""

    def __init__(
        self,
        organization: Organization,
        seed: int,
        month: tuple[date, date],
        cells: Sequence[Cell],
        *,
        faulty: bool,
    ) -> None:
        self._organization, self._seed, self._month = organization, seed, month
        self._cells, self._faulty = cells, faulty
        self._zone = ZoneInfo(organization.timezone)
        suffix = "" if seed == 1 else f"-{seed}"
        self._file_name = f"usage-{month[0]:%Y-%m}{suffix}.csv"

    def run(self, note: str, report: Callable[[Counts], None]) -> Counts:
        upload = self._begin(note)
        if upload is None:
            return Counts()
        counts = ingest(organization=self._organization, rows=self._rows(), upload=upload, progress=report)
        Upload.objects.filter(pk=upload.pk).update(state=State.COMPLETE, finished_at=clock.now())
        return counts

    def _begin(self, note: str) -> Upload | None:
        """A new upload; None if the same load is complete. One that was broken off is closed."""
        if not any(cell.count for cell in self._cells):
            return None
        with action("demonstration.seeded"):
            hold_seeding(self._organization)
            same = Upload.objects.filter(
                organization=self._organization, file_name=self._file_name, message=note
            )
            if same.filter(state=State.COMPLETE).exists():
                return None
            same.filter(state=State.RUNNING).update(state=State.FAILED, finished_at=clock.now())
            return Upload.objects.create(
                organization=self._organization,
                kind=Upload.Kind.CSV,
                source="command",
                file_name=self._file_name,
                message=note,
            )

    def _rows(self) -> Iterator[Row]:
        living = self._living()
        line = 1
        row: Row | None = None
        for cell in self._cells:
            if cell.customer.code in living:
                for row in self._of_cell(cell, line + 1):
                    line += 1
                    yield row
        if self._faulty and row is not None:
            yield from _faulty(row, line)

    def _living(self) -> set[str]:
        """Codes of accounts that are there: usage of a deleted one would make a new account of its code."""
        accounts = Account.objects.filter(organization=self._organization)
        return set(accounts.values_list("code", flat=True).iterator())

    def _of_cell(self, cell: Cell, line: int) -> Iterator[Row]:
        first, end = self._month
        roll = dice(self._seed, cell.customer.number, first)
        windows = []
        for each in cell.running:
            start = self._midnight(max(each.start, first))
            until = self._midnight(end if each.end is None else min(each.end, end))
            windows.append((each.offer.meter, start, int((until - start).total_seconds())))
        for number in range(cell.count):
            meter, start, seconds = windows[number % len(windows)]
            ts = start + timedelta(seconds=roll.randrange(seconds))
            uid = f"{self._seed}-{cell.customer.number}-{first:%y%m}-{number}"
            values = {field.code: _value(roll, field, cell.size) for field in meter.fields}
            yield Row(uid, cell.customer.code, meter.code, ts, None, values, line + number)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)


def _value(roll: random.Random, field: Field, size: int) -> str:
    if field.texts:
        return roll.choice(field.texts)
    if not field.usual:
        return f"{field.code}-{roll.randrange(1, 3 + size // 12):03}"
    whole = int(roll.lognormvariate(0, 1) * field.usual * size) * 10**field.places // 100
    if not field.places:
        return str(whole + 1)
    return f"{whole // 10**field.places}.{whole % 10**field.places:0{field.places}}"


def _faulty(like: Row, line: int) -> Iterator[Row]:
    """Rows such as senders send now and then, which are refused."""
    number = next(code for code, value in like.values.items() if str(value)[0].isdigit())
    wrong: tuple[dict[str, Any], ...] = (
        {"meter": "object-storge"},
        {"values": {**like.values, number: "1,204"}},
        {"values": {**like.values, number: "n/a"}},
        {"values": {**like.values, "colour": "blue"}},
        {"ts": "31.02.2026 10:00"},
        {"ts": "2199-01-01T00:00:00Z"},
        {"values": {}},
        {"uid": like.uid, "values": {**like.values, number: "0"}},
    )
    for place, change in enumerate(wrong, start=1):
        sent: dict[str, Any] = {"uid": f"{like.uid}-{place}", "line": line + place, **change}
        yield like._replace(**sent)
