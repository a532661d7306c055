"""Drafts as rows: new bills, revisions and lines go in by COPY, changed bills in one UPDATE."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg import sql

from billing.engine.types import BillDraft, LineDraft
from billing.inputs import BilledAccount
from billing.models import Bill, BillLine, BillRevision, BillStatus
from m3console.core.errors import StaleVersion
from m3console.core.ids import uuid7, uuid7_run
from m3console.core.models import Organization
from m3console.core.models.organization import ExternalInvoiceDate

Values = tuple[Any, ...]

# What rating a bill sets, anew with every revision.
RATED = (
    "account_code", "account_name", "account_email", "account_address", "start_date", "end_date", "due_date",
    "external_invoice_date", "currency", "total", "content_hash", "watermark", "job_id", "updated_at",
    "updated_by_id",
)  # fmt: skip
KEY = ("account_id", "bill_date", "frequency", "frequency_interval", "grouping_key")
MADE = (
    "id", "organization_id", "purchase_order_number", "status", "revision", "version", "created_at",
    "created_by_id", "personal_changed",
)  # fmt: skip
REVISION = (
    "id", "organization_id", "bill_id", "number", "total", "content_hash", "watermark", "job_id",
    "created_at", "created_by_id",
)  # fmt: skip
LINE = (
    "id", "organization_id", "revision_id", "position", "type", "description", "account_id",
    "account_plan_id", "product_id", "accounting_product_id", "plan_id", "pricing_id", "aggregation_id",
    "meter_id", "counter_id", "labels", "segment", "service_start", "service_end", "quantity", "units",
    "unit",
    "average_unit_price", "subtotal", "currency", "conversion_rate", "converted_subtotal", "bands",
    "explanation", "in_advance",
)  # fmt: skip
MAX_DESCRIPTION = 500

UPDATE = """
update billing_bill b
set {assignments}, status = 'PENDING', revision = b.revision + 1, version = b.version + 1
from unnest({arrays}) as n ({names}) where b.id = n.id and b.version = n.version and b.locked_at is null
"""
REMOVE = (
    """delete from billing_billline l using billing_billrevision r
    where r.id = l.revision_id and r.bill_id = any(%s)""",
    "delete from billing_billrevision where bill_id = any(%s)",
    "delete from billing_bill where id = any(%s) and locked_at is null",
)


@dataclass(frozen=True, slots=True)
class Rating:
    """From what and in whose name bills are rated: the run, and the ingestion number it counts up to.

    `labels` collects what lines of the same plan and pricing are labelled with alike.
    """

    organization: Organization
    job_id: UUID
    user_id: UUID | None
    moment: datetime
    watermark: int
    labels: dict[tuple[UUID, UUID | None], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MadeBill:
    """A bill that is there, as it was read under its account's lock."""

    id: UUID
    revision: int
    version: int
    status: str
    locked: bool
    content_hash: str
    watermark: int

    @property
    def closed(self) -> bool:
        """Approved or locked: what ends early does not reopen it (spec 7, Lines and bills)."""
        return self.locked or self.status == BillStatus.APPROVED


@dataclass(slots=True)
class BillRows:
    """Rows that are written together."""

    bills: list[Values] = field(default_factory=list)
    changes: list[Values] = field(default_factory=list)
    revisions: list[Values] = field(default_factory=list)
    lines: list[Values] = field(default_factory=list)
    removals: list[UUID] = field(default_factory=list)

    def add(self, rating: Rating, account: BilledAccount, draft: BillDraft, content: str) -> None:
        """A new bill, pending, with its first revision; `content` is the draft's hash."""
        bill, moment, user = uuid7(), rating.moment, rating.user_id
        key = (account.named.id, draft.bill_date, draft.frequency or "", draft.interval, draft.grouping_key)
        made = (bill, rating.organization.pk, account.purchase_order_number, BillStatus.PENDING)
        self.bills.append((*made, 1, 1, moment, user, [], *key, *_rated(rating, account, draft, content)))
        self._add_revision(rating, bill, 1, draft, content)

    def change(
        self, rating: Rating, account: BilledAccount, bill: MadeBill, draft: BillDraft, content: str
    ) -> None:
        """The next revision of a bill, which is pending again whatever it was."""
        self.changes.append((bill.id, bill.version, *_rated(rating, account, draft, content)))
        self._add_revision(rating, bill.id, bill.revision + 1, draft, content)

    def _add_revision(self, rating: Rating, bill: UUID, number: int, draft: BillDraft, content: str) -> None:
        organization = rating.organization.pk
        key, *line_keys = uuid7_run(len(draft.lines) + 1)
        self.revisions.append(
            (key, organization, bill, number, draft.total, content, rating.watermark, rating.job_id,
             rating.moment, rating.user_id)
        )  # fmt: skip
        for position, (line_key, line) in enumerate(zip(line_keys, draft.lines, strict=True), 1):
            self.lines.append((line_key, organization, key, position, *_line(line, rating)))

    def extend(self, other: "BillRows") -> None:
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name))

    def __bool__(self) -> bool:
        return bool(self.revisions or self.removals)

    def write(self) -> None:
        """Write all in the caller's transaction.

        Raises StaleVersion if a changed bill is no longer as it was read, or is locked."""
        with connection.cursor() as cursor, connection.wrap_database_errors:
            if self.removals:
                for statement in REMOVE:
                    cursor.execute(statement, [self.removals])
                _expect(cursor.rowcount, self.removals)
            if self.changes:
                cursor.execute(
                    _update_statement(), [list(column) for column in zip(*self.changes, strict=True)]
                )
                _expect(cursor.rowcount, self.changes)
        copy_rows(Bill, (*MADE, *KEY, *RATED), self.bills)
        copy_rows(BillRevision, REVISION, self.revisions)
        copy_rows(BillLine, LINE, self.lines)


def _rated(rating: Rating, account: BilledAccount, draft: BillDraft, content: str) -> Values:
    day = draft.bill_date
    last_day = rating.organization.external_invoice_date == ExternalInvoiceDate.LAST_DAY_OF_ARREARS
    return (
        account.named.code,
        account.named.name,
        account.email_address,
        account.address,
        draft.start,
        draft.end,
        day + timedelta(days=account.due_days),
        day - timedelta(days=1) if last_day else day,
        draft.currency,
        draft.total,
        content,
        rating.watermark,
        rating.job_id,
        rating.moment,
        rating.user_id,
    )


def _line(line: LineDraft, rating: Rating) -> Values:
    return (
        line.type,
        line.description if len(line.description) <= MAX_DESCRIPTION else _cut(line.description),
        line.account.id,
        line.attachment_id,
        line.product.id,
        line.product.id,
        line.plan.id,
        line.pricing_id,
        line.aggregation and line.aggregation.id,
        line.meter and line.meter.id,
        line.counter and line.counter.id,
        _labels(line, rating),
        None if line.segment is None else _json(dict(line.segment)),
        line.start,
        line.end,
        line.quantity,
        line.units,
        line.unit,
        line.average_unit_price,
        line.subtotal,
        line.currency,
        line.rate,
        line.converted_subtotal,
        _json(_bands(line)),
        _json(line.explanation),
        line.in_advance,
    )


def _cut(text: str) -> str:
    """Thousands of characters of segment values would not fit; the segment is kept in full beside it."""
    return f"{text[: MAX_DESCRIPTION - 1]}…"


def _labels(line: LineDraft, rating: Rating) -> str:
    """The codes and names of what the line refers to; of the account the code only, its name is personal."""
    alike = rating.labels.get((line.plan.id, line.pricing_id))
    if alike is None:
        named = {
            "product": line.product,
            "plan": line.plan,
            "plan_template": line.template,
            "aggregation": line.aggregation,
            "meter": line.meter,
            "counter": line.counter,
        }
        labels = {key: {"code": one.code, "name": one.name} for key, one in named.items() if one}
        alike = rating.labels[line.plan.id, line.pricing_id] = _json(labels)[1:]
    return f'{{"account":{{"code":{_json(line.account.code)}}},{alike}'


def _bands(line: LineDraft) -> Sequence[dict[str, Any]]:
    """The bands entered, as the working has them."""
    steps: Sequence[dict[str, Any]] = line.explanation["steps"] if line.bands else ()
    return next((step["bands"] for step in steps if step["step"] == "bands"), ())


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Values]) -> None:
    """Insert rows, given as values of the columns, by COPY."""
    if not rows:
        return
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _expect(written: int, rows: Sequence[Any]) -> None:
    if written != len(rows):
        raise StaleVersion("A bill was changed or locked while it was rated again.")


@cache
def _update_statement() -> str:
    types = {each.attname: each.rel_db_type(connection) if each.remote_field else each.db_type(connection)
             for each in Bill._meta.concrete_fields}  # fmt: skip
    columns = ("id", "version", *RATED)
    return UPDATE.format(
        assignments=", ".join(f"{name} = n.{name}" for name in RATED),
        arrays=", ".join(f"%s::{types[name]}[]" for name in columns),
        names=", ".join(columns),
    )
