"""Ingest events: what was refused, or came twice with other content, written beside the good rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from psycopg.types.json import Jsonb

from billing.usage.meters import MeterShape, shapes_by_id
from billing.usage.models import EventKind, IngestEvent, Upload
from billing.usage.rows import Checked, Refused
from billing.usage.staging import Repeat
from m3console.core import clock
from m3console.core.ids import uuid7
from m3console.core.models import User

COLUMNS = (
    "id", "organization_id", "upload_id", "kind", "reason", "line",
    "meter_code", "account_code", "payload", "created_at",
)  # fmt: skip
MAX_CODE = 200
# A text that is longer is not a row that anybody meant to send; its beginning tells what it was.
MAX_TEXT, SHOWN_TEXT = 110_000, 2_000


def record_refusals(organization: UUID, upload: Upload | None, refused: Iterable[Refused]) -> None:
    """One ingest event for each refused row, with what was sent."""
    moment, table = clock.now(), IngestEvent._meta.db_table
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({names}) from stdin") as copy:
        for row in refused:
            copy.write_row(
                (
                    uuid7(),
                    organization,
                    upload.pk if upload else None,
                    str(row.kind),
                    str(storable(row.reason)),
                    row.line,
                    str(storable(row.meter[:MAX_CODE])),
                    str(storable(row.account[:MAX_CODE])),
                    Jsonb(storable(dict(row.payload))),
                    moment,
                )
            )


def mark_actioned(events: QuerySet[IngestEvent], user: User, at: datetime | None = None) -> int:
    """Note that the user has seen to those of the events that are open, now or at a moment of now; answers
    how many they were."""
    return events.filter(actioned_at=None).update(actioned_at=at or clock.now(), actioned_by=user)


def reopen(events: QuerySet[IngestEvent]) -> None:
    """Take the mark back: somebody has still to see to them."""
    events.update(actioned_at=None, actioned_by=None)


def repeats(checked: Sequence[Checked], repeated: Sequence[Repeat]) -> list[Refused]:
    """The event of each uid that came again with other content: it shows both, the first one stays."""
    meters = shapes_by_id({stored.meter_id for stored in repeated})
    return [_repeat(checked[stored.n], stored, meters[stored.meter_id]) for stored in repeated]


def _repeat(sent: Checked, stored: Repeat, meter: MeterShape) -> Refused:
    kept = {"account": stored.account, "meter": meter.code, "ts": stored.ts.isoformat()}
    if stored.ets:
        kept["ets"] = stored.ets.isoformat()
    return Refused(
        kind=EventKind.DUPLICATE_UID,
        reason=f"The uid {sent.uid} is stored already, with other content. The first one stays.",
        line=sent.row.line,
        payload={"sent": sent.row.as_sent(), "stored": kept | meter.by_code(stored.dims, stored.vals)},
        account=sent.account,
        meter=sent.meter.code,
    )


def storable(value: Any) -> Any:
    """A value as JSON that PostgreSQL stores: numbers as text, without NUL or lone surrogates."""
    if isinstance(value, Mapping):
        return {str(storable(name)): storable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    text = str(value).replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= MAX_TEXT else f"{text[:SHOWN_TEXT]}… ({len(text):,} characters)"
