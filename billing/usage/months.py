"""The months of usage_measurement: a partition each, attached ahead of a load."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.db import OperationalError, connection, transaction

from m3console.core import clock

TABLE = "usage_measurement"
OLDEST = timedelta(days=3_660)
ATTEMPTS = 5

# to_regclass() would answer from a stale cache within the transaction.
HELD = "select 1 from usage_measurement_rest where ts >= %s and ts < %s limit 1"
ATTACHED = """select 1 from pg_inherits i join pg_class k on k.oid = i.inhrelid
 where i.inhparent = %s::regclass and k.relname = %s"""


def attach_months(months: Iterable[date]) -> None:
    """Make a partition for each month, given by its first day, that has none.

    Each in its own short transaction, safe beside others doing the same. Months more than ten years
    back stay in the default partition, and so does one that has measurements there already, or whose
    lock does not come within seconds: queries may run on the default partition, and a waiting
    ATTACH would make all later ones wait. A measurement counts the same wherever it lies.
    """
    earliest = (clock.now() - OLDEST).date()
    for first in sorted(set(months)):
        if first >= earliest:
            _attach_patiently(first)


def _attach_patiently(first: date) -> None:
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                _attach(first)
            return
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
                raise


def _attach(first: date) -> None:
    start = datetime(first.year, first.month, 1, tzinfo=UTC)
    end = (start + timedelta(days=32)).replace(day=1)
    name = f"{TABLE}_{first:%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '1s'")
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('usage months', 0))")
        cursor.execute(ATTACHED, [TABLE, name])
        if cursor.fetchone():
            return
        # Held before looking, or a load could put a row of the month there between look and ATTACH.
        cursor.execute("lock table usage_measurement_rest in share row exclusive mode")
        cursor.execute(
            "select 1 from usage_measurement_rest where ts >= %s and ts < %s limit 1", [start, end]
        )
        if cursor.fetchone():
            return
        # Made beside and attached, which blocks neither readers nor writers of other months; made as
        # PARTITION OF it would block both.
        cursor.execute(f'create table "{name}" (like {TABLE} including defaults including constraints)')
        cursor.execute(
            f'alter table {TABLE} attach partition "{name}" for values from (%s) to (%s)', [start, end]
        )
        cursor.execute("set local lock_timeout to default")  # where there is a transaction around ours
