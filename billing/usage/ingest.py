"""The one way in for usage: dialog, files, commands and machines all end here (spec 3, Usage).

Rows are stored in chunks, one transaction each. One bad row never loses the good ones, a uid is
stored once, and read = accepted + duplicates + rejected, always.
"""

import gc
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import OperationalError, connection
from django.db.models import F

from accounts.services import skeleton_accounts
from billing.usage import staging
from billing.usage.aside import Aside
from billing.usage.events import record_refusals, repeats
from billing.usage.locks import share_ingestion
from billing.usage.meters import meter_shapes
from billing.usage.models import EventKind, IngestBatch, Upload
from billing.usage.months import attach_months
from billing.usage.rows import Checked, Prepared, Refused, Row, prepare, refused
from billing.usage.values import Refusal
from m3console.core import clock
from m3console.core.audit import action
from m3console.core.ids import uuid7
from m3console.core.models import Organization

CHUNK_ROWS = 20_000
CHUNK_BYTES = 8_000_000
ATTEMPTS = 4
# Deadlock and serialization failure: nothing was written, so the chunk is simply written again.
AGAIN = {"40P01", "40001"}

LIVING = """select code, id from accounts_account
 where organization_id = %s and deleted_at is null and code = any(%s)"""

Incoming = Row | Refused


@dataclass(frozen=True, slots=True)
class Counts:
    """How rows fared; `accepted` were stored, `duplicates` had a uid that was stored before."""

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.read + other.read,
            self.accepted + other.accepted,
            self.duplicates + other.duplicates,
            self.rejected + other.rejected,
        )


def ingest(
    *,
    organization: Organization,
    rows: Iterable[Incoming],
    upload: Upload | None = None,
    make_months: bool = True,
    uid_from_content: bool = False,
    progress: Callable[[Counts], None] | None = None,
) -> Counts:
    """Store rows and keep the refused ones as ingest events; the counts always add up.

    Chunks are committed as they come, except within an outer transaction (then without
    `make_months`, which commits by itself). Rows without a uid are stored together in the last
    transaction and get a random one, or at once one made of their content with `uid_from_content`.
    `progress` is told the counts after each commit.
    """
    load = _Load(organization, upload, make_months, uid_from_content)
    report = progress or (lambda counts: None)
    with Aside() as aside, _uncollected():
        for chunk, has_uids in _chunks(rows, keep_together=not uid_from_content):
            prepared = load.prepare(chunk)
            if has_uids:
                report(load.commit([prepared]))
            else:
                aside.put(prepared)
            del chunk, prepared
            gc.collect(1)
        if len(aside):
            report(load.commit(aside))
    return load.counts


@contextmanager
def _uncollected() -> Iterator[None]:
    """A chunk is many objects and no cycles; looking for cycles among them takes a third of the time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def _chunks(rows: Iterable[Incoming], *, keep_together: bool) -> Iterator[tuple[list[Incoming], bool]]:
    """Rows with a uid, and those without, in chunks of their own."""
    chunks: dict[bool, list[Incoming]] = {True: [], False: []}
    sizes = {True: 0, False: 0}
    for row in rows:
        has_uid = not keep_together or isinstance(row, Refused) or bool(row.uid)
        chunk = chunks[has_uid]
        chunk.append(row)
        sizes[has_uid] += row.size
        if len(chunk) >= CHUNK_ROWS or sizes[has_uid] >= CHUNK_BYTES:
            yield chunk, has_uid
            chunks[has_uid], sizes[has_uid] = [], 0
    for has_uid, chunk in chunks.items():
        if chunk:
            yield chunk, has_uid


@dataclass(slots=True)
class _Load:
    organization: Organization
    upload: Upload | None
    make_months: bool
    uid_from_content: bool
    counts: Counts = Counts()
    months: set[date] = field(default_factory=set)

    def prepare(self, rows: Sequence[Incoming]) -> Prepared:
        """Check the rows, and see to it that their months are there, before any transaction."""
        codes = {row.meter for row in rows if isinstance(row, Row) and type(row.meter) is str}
        prepared = prepare(rows, meter_shapes(self.organization, codes), clock.now())
        if self.uid_from_content:
            prepared = prepared._replace(checked=[row.with_uid() for row in prepared.checked])
        months = {date(row.ts.year, row.ts.month, 1) for row in prepared.checked} - self.months
        if self.make_months and months:
            attach_months(months)
            self.months |= months
        return prepared

    def commit(self, chunks: Iterable[Prepared]) -> Counts:
        """Write chunks in one transaction, again if it fell victim to a deadlock."""
        for attempt in range(ATTEMPTS):
            try:
                self.counts += self._write(chunks)
                break
            except OperationalError as error:
                last = connection.in_atomic_block or attempt == ATTEMPTS - 1
                if last or getattr(error.__cause__, "sqlstate", "") not in AGAIN:
                    raise
                time.sleep(random.uniform(0.01, 0.1) * (attempt + 1))  # noqa: S311 # not money
        return self.counts

    def _write(self, chunks: Iterable[Prepared]) -> Counts:
        batch, counts = uuid7(), Counts()
        with action("usage.ingested"):
            share_ingestion(self.organization.pk)
            for chunk in chunks:
                counts += self._store(batch, chunk)
            if self.upload:
                Upload.objects.filter(pk=self.upload.pk).update(
                    rows_read=F("rows_read") + counts.read,
                    accepted=F("accepted") + counts.accepted,
                    duplicates=F("duplicates") + counts.duplicates,
                    rejected=F("rejected") + counts.rejected,
                )
            if counts.accepted:
                self._number(batch)
        return counts

    def _store(self, batch: UUID, chunk: Prepared) -> Counts:
        chunk = self._fresh(chunk)
        accounts = self._accounts({row.account for row in chunk.checked})
        known = [row for row in chunk.checked if row.account in accounts]
        unknown = [_unknown(row) for row in chunk.checked if row.account not in accounts]
        accepted, repeated = staging.store(
            organization=self.organization.pk, batch=batch, rows=known, accounts=accounts
        )
        away = [*chunk.refused, *unknown]
        if away or repeated:
            record_refusals(self.organization.pk, self.upload, [*away, *repeats(known, repeated)])
        return Counts(len(known) + len(away), accepted, len(known) - accepted, len(away))

    def _fresh(self, chunk: Prepared) -> Prepared:
        """Check again if the meters have changed since; from here on they stay."""
        codes = {row.meter.code for row in chunk.checked}
        meters = meter_shapes(self.organization, codes)
        if all(meters.get(code) == chunk.meters[code] for code in codes):
            return chunk
        again = prepare([row.row for row in chunk.checked], meters, clock.now())
        if self.uid_from_content:
            again = again._replace(checked=[row.with_uid() for row in again.checked])
        return again._replace(refused=[*chunk.refused, *again.refused])

    def _accounts(self, codes: set[str]) -> dict[str, UUID]:
        with connection.cursor() as cursor:
            cursor.execute(LIVING, [self.organization.pk, list(codes)])
            found = dict(cursor.fetchall())
        missing = codes - found.keys()
        return found | skeleton_accounts(self.organization, missing) if missing else found

    def _number(self, batch: UUID) -> None:
        """The last act: whoever has the number's lock commits next, so numbers commit in order."""
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into usage_usagesequence as s (organization_id, last) values (%s, 1)"
                " on conflict (organization_id) do update set last = s.last + 1 returning last",
                [self.organization.pk],
            )
            number = cursor.fetchone()[0]
        IngestBatch.objects.create(
            id=batch, organization=self.organization, upload=self.upload, number=number
        )


def _unknown(row: Checked) -> Refused:
    reason = f"There is no account “{row.account}”, and none is created for unknown codes."
    return refused(row.row, Refusal(EventKind.UNKNOWN_ACCOUNT, reason, field="account"))
