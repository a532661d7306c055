"""What bills add to every list of accounts: date, status and total of the last one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils.html import format_html

from accounts.models import Account
from billing.models import Bill
from m3console.core.links import reverse
from m3console.core.lists.columns import FactColumn
from m3console.core.models import Organization
from m3console.core.registry import RowFacts, extensions
from m3console.core.templatetags.console import day, money, status

WIDE = {"td": {"class": "hide-md nowrap"}, "th": {"class": "hide-md"}}
NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}


def register() -> None:
    columns = {
        "last_bill_date": FactColumn("Last bill date", cell=_date, value=_value_of("bill_date"), attrs=WIDE),
        "last_bill_status": FactColumn("Bill status", cell=_status, value=_value_of("state"), attrs=WIDE),
        "last_bill_total": FactColumn("Last bill total", cell=_total, value=_value_of("total"), attrs=NUMBER),
        "last_bill_currency": FactColumn(
            "Last bill currency", cell=_value_of("currency"), value=_value_of("currency"), visible=False
        ),
    }
    extensions("accounts.account").columns.append(RowFacts(columns, last_bills, after="active_plans"))


def last_bills(organization: Organization, accounts: Sequence[UUID]) -> dict[UUID, Bill]:
    """The bill of the latest bill date of each account; of several on that day the one made last."""
    newest = Bill.objects.filter(account=OuterRef("pk")).order_by("-bill_date", "-id").values("pk")[:1]
    keys = Account.everyone.filter(pk__in=accounts).values(newest=Subquery(newest))
    fields = ("account_id", "bill_date", "status", "locked_at", "total", "currency")
    return {bill.account_id: bill for bill in Bill.objects.filter(pk__in=keys).only(*fields)}


def _date(bill: Bill | None) -> str:
    if bill is None:
        return ""
    return format_html('<a href="{}">{}</a>', reverse("billing:bill_detail", pk=bill.pk), day(bill.bill_date))


def _status(bill: Bill | None) -> str:
    return status(bill.state) if bill else ""


def _total(bill: Bill | None) -> str:
    """On phones the status stands below."""
    if bill is None:
        return format_html('<span class="hint">{}</span>', "no bill yet")
    return format_html(
        '{}<span class="cell-sub">{}</span>', money(bill.total, bill.currency), status(bill.state)
    )


def _value_of(name: str) -> Any:
    return lambda bill: getattr(bill, name, "")
