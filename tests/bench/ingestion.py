"""Ingestion beside bare COPY of the same rows into a table without any index or constraint."""

import time

from django.db import connection

from billing.usage.ingest import ingest
from billing.usage.models import IngestBatch
from tests.bench.report import Round
from tests.bench.shop import usage

PART = 100_000
BARE = """
create table bench_bare (id uuid, ts timestamptz, ets timestamptz, organization_id uuid, account_id uuid,
  meter_id uuid, batch_id uuid, uid text, dims text[], vals numeric[])
"""
SAME = "copy (select * from usage_measurement where batch_id = any(%s)) to stdout"


def load(shop, accounts: int, measurements: int) -> list[Round]:
    """Load everything in parts; each part again, as it was stored, by bare COPY."""
    with connection.cursor() as cursor:
        cursor.execute(BARE)
    return [
        _part(shop, accounts, first, min(first + PART, measurements), measurements)
        for first in range(0, measurements, PART)
    ]


def _part(shop, accounts, first, end, measurements) -> Round:
    rows = list(usage(accounts, first, end, measurements))
    known = _batches()
    began = time.perf_counter()
    counts = ingest(organization=shop.organization, rows=rows)
    ours = time.perf_counter() - began
    assert counts.accepted == end - first, counts
    with connection.cursor() as cursor:
        stored = list(_batches() - known)
        with cursor.copy(SAME, [stored]) as copy:
            data = b"".join(bytes(block) for block in copy)
        began = time.perf_counter()
        with cursor.copy("copy bench_bare from stdin") as copy:
            copy.write(data)
        bare = time.perf_counter() - began
    return Round(bare, ours)


def _batches():
    return set(IngestBatch.objects.values_list("id", flat=True))
