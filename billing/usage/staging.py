"""Writing a chunk of checked rows: COPY into a table beside, then set by set (spec 3, at most once).

The uid decides: who inserts it first stores the measurement. Uids are inserted in their order, so
that loads of the same uids wait for each other but never in a circle.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from billing.usage.rows import Checked
from billing.usage.written import digest, escaped
from m3console.core.ids import uuid7_run

TABLE = """
create temp table if not exists usage_staging (
  n integer, id uuid, uid text, digest bytea,
  account_id uuid, meter_id uuid, ts timestamptz, ets timestamptz, dims text[], vals numeric[]
) on commit delete rows
"""
COPY = "copy usage_staging from stdin"
WRITE = """
with first as (
  insert into usage_uid (organization_id, uid, measurement_id, account_id, ts, digest)
  select %(organization)s, uid, id, account_id, ts, digest from usage_staging order by uid collate "C", n
  on conflict do nothing returning measurement_id
)
insert into usage_measurement
  (id, ts, ets, organization_id, account_id, meter_id, batch_id, uid, dims, vals)
select id, ts, ets, %(organization)s, account_id, meter_id, %(batch)s, uid, dims, vals
from usage_staging join first on measurement_id = id order by account_id, meter_id, ts
"""
# A statement of its own: the first one's snapshot misses what others have committed meanwhile. Row by
# row (OFFSET 0 is not flattened), because the planner knows nothing of the staged rows and would
# rather read all uids and all measurements.
REPEATED = """
with different as materialized (
  select s.n, u.* from usage_staging s cross join lateral (
    select measurement_id, account_id, ts, digest from usage_uid
    where organization_id = %(organization)s and uid = s.uid offset 0
  ) u where u.measurement_id <> s.id and u.digest <> s.digest
)
select d.n, a.code, m.meter_id, m.ts, m.ets, m.dims, m.vals
from different d cross join lateral (
  select * from usage_measurement where account_id = d.account_id and ts = d.ts and id = d.measurement_id
  offset 0
) m join accounts_account a on a.id = m.account_id order by d.n
"""


class Repeat(NamedTuple):
    """A staged row, by its place, whose uid was stored before with other content: with this one."""

    n: int
    account: str
    meter_id: UUID
    ts: datetime
    ets: datetime | None
    dims: list[str | None]
    vals: list[Decimal | None]


def store(
    *, organization: UUID, batch: UUID, rows: Sequence[Checked], accounts: dict[str, UUID]
) -> tuple[int, list[Repeat]]:
    """Write the rows that are new; answers how many were, and which were repeated with other content."""
    values = {"organization": organization, "batch": batch}
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute("truncate usage_staging")
        with cursor.copy(COPY) as copy:
            copy.write("".join(_lines(rows, accounts)))
        cursor.execute(WRITE, values)
        accepted = cursor.rowcount
        if accepted == len(rows):
            return accepted, []
        cursor.execute(REPEATED, values)
        return accepted, [Repeat(*found) for found in cursor.fetchall()]


def _lines(rows: Sequence[Checked], accounts: dict[str, UUID]) -> Iterator[str]:
    ids = {code: str(account) for code, account in accounts.items()}
    meters = {row.meter.id: str(row.meter.id) for row in rows}
    for n, (row, identity) in enumerate(zip(rows, uuid7_run(len(rows)), strict=True)):
        whose = f"{ids[row.account]}\t{meters[row.meter.id]}"
        sent = digest(f"{whose}\t{row.sent}")
        yield f"{n}\t{identity}\t{escaped(row.uid or identity)}\t\\\\x{sent}\t{whose}\t{row.content}\n"
