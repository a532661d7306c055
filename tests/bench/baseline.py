"""What PostgreSQL does at best: one aggregation of the measurements, and COPY of what a run writes."""

import time
from collections.abc import Iterator
from itertools import product

from django.db import connection, transaction

from tests.bench.shop import BILL_DATE, MONTH

WRITTEN = ("billing_bill", "billing_billrevision", "billing_billline", "billing_billjobresult")
AGGREGATION = """
select account_id, meter_id, count(vals[1]), sum(vals[1]), max(vals[1]) from usage_measurement
where organization_id = %s and ts >= %s and ts < %s group by account_id, meter_id
"""
SETTINGS = {"work_mem": ("64MB", "512MB"), "max_parallel_workers_per_gather": ("0", "2")}
FORMATS = ("text", "binary")


class Baseline:
    """Knows its best settings after `choose`; each `run` takes the same rows as the billing run."""

    def __init__(self, shop) -> None:
        self._organization = shop.organization.pk
        self._settings: dict[str, str] = {}
        self._format = FORMATS[0]
        self._rows: dict[str, list[bytes]] = {}

    def choose(self) -> str:
        """Take the rows that a billing run has just written, and find out what suits PostgreSQL best."""
        with connection.cursor() as cursor:
            for table in WRITTEN:
                cursor.execute(f"create table bench_{table} (like {table} including all)")
        choices = [dict(zip(SETTINGS, values, strict=True)) for values in product(*SETTINGS.values())]
        self._settings = min(choices, key=lambda each: self._twice(lambda: self._aggregate(each)))
        seconds = {}
        for self._format in FORMATS:
            self._rows = {table: list(_rows_of(table, self._format)) for table in WRITTEN}
            seconds[self._format] = self._twice(self._copy)
        self._format = min(seconds, key=seconds.__getitem__)
        self._rows = {table: list(_rows_of(table, self._format)) for table in WRITTEN}
        return (
            f"{self._format} COPY, {', '.join(f'{name} {value}' for name, value in self._settings.items())}"
        )

    def run(self) -> float:
        """Seconds of the aggregation and of COPY together."""
        return self._aggregate(self._settings) + self._copy()

    def _twice(self, run) -> float:
        return min(run(), run())

    def _aggregate(self, settings: dict[str, str]) -> float:
        with transaction.atomic(), connection.cursor() as cursor:
            for name, value in settings.items():
                cursor.execute(f"set local {name} = '{value}'")
            began = time.perf_counter()
            cursor.execute(AGGREGATION, [self._organization, MONTH, BILL_DATE])
            cursor.fetchall()
            return time.perf_counter() - began

    def _copy(self) -> float:
        with connection.cursor() as cursor:
            cursor.execute(f"truncate {', '.join(f'bench_{table}' for table in WRITTEN)}")
            cursor.execute("checkpoint")
            began = time.perf_counter()
            with transaction.atomic():
                for table, blocks in self._rows.items():
                    with cursor.copy(f"copy bench_{table} from stdin (format {self._format})") as copy:
                        for block in blocks:
                            copy.write(block)
            return time.perf_counter() - began


def _rows_of(table: str, form: str) -> Iterator[bytes]:
    """The table's rows in larger blocks."""
    with connection.cursor() as cursor, cursor.copy(f"copy {table} to stdout (format {form})") as copy:
        block = bytearray()
        for row in copy:
            block += row
            if len(block) > 1 << 20:
                yield bytes(block)
                block.clear()
        yield bytes(block)
