"""Meters, accounts and rows of usage for the tests of this part."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Account
from accounts.services import create_account
from billing.usage.ingest import Counts, ingest
from billing.usage.models import IngestEvent, Measurement
from billing.usage.rows import Row
from m3console.core.models import Organization
from plans.models import Meter
from plans.services.meters import create_meter

FIELDS = [
    {"category": "MEASURE", "code": "gb", "name": "Stored", "unit": "GB"},
    {"category": "COST", "code": "cost", "name": "Cost", "unit": "USD"},
    {"category": "WHERE", "code": "region", "name": "Region"},
    {"category": "METADATA", "code": "note", "name": "Note"},
]


@pytest.fixture
def make_meter(organization: Organization) -> Callable[..., Meter]:
    def make(code: str = "disk", *, within: Organization | None = None, fields: Any = FIELDS) -> Meter:
        return create_meter(
            organization=within or organization, name=code.title(), code=code, data_fields=fields
        )

    return make


@pytest.fixture
def meter(make_meter: Callable[..., Meter]) -> Meter:
    """The meter `disk` with numbers gb and cost, and texts region and note."""
    return make_meter()


@pytest.fixture
def make_account(organization: Organization) -> Callable[..., Account]:
    def make(code: str = "borealis", *, within: Organization | None = None) -> Account:
        return create_account(
            organization=within or organization, name=code.title(), code=code, email_address="a@b.example"
        )

    return make


def row(uid: str | None = "u1", account: Any = "borealis", meter: Any = "disk", **given: Any) -> Row:
    """A good row; keywords are its parts or, by any other name, values of data fields."""
    head = {name: given.pop(name, None) for name in ("ets", "line", "payload", "categories")}
    ts = given.pop("ts", "2026-06-10T12:00:00Z")
    return Row(uid=uid, account=account, meter=meter, ts=ts, values=given or {"gb": "750"}, **head)


@pytest.fixture
def take(organization: Organization) -> Callable[..., Counts]:
    """Ingest some rows into the organization."""

    def taken(*rows: Any, **options: Any) -> Counts:
        return ingest(organization=organization, rows=rows, **options)

    return taken


def total(field: int = 0) -> Decimal:
    """The sum of a number over all measurements, by its position."""
    return sum((m.vals[field] for m in Measurement.objects.all() if m.vals[field] is not None), Decimal(0))


def reasons() -> list[str]:
    return list(IngestEvent.objects.order_by("line", "created_at", "id").values_list("reason", flat=True))
