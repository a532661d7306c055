"""What plan attachments add to every list of accounts: active plans, and filters by them."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from m3console.core import clock
from m3console.core.lists.columns import FactColumn
from m3console.core.models import Organization
from m3console.core.registry import AddedFilter, Offered, RowFacts, extensions
from plans.models import AccountPlan, CoveredProduct, Product

WIDE = {"td": {"class": "hide-md nowrap"}, "th": {"class": "hide-md"}}


def register() -> None:
    account = extensions("accounts.account")
    columns = {"active_plans": FactColumn("Active plans", cell=_cell, value=_names, attrs=WIDE)}
    account.columns.append(RowFacts(columns, active_plans, after="currency"))
    account.filters += [
        AddedFilter("has_active_plan", _has_active_plan),
        AddedFilter("product", _product, Offered(_products)),
    ]


def active_plans(organization: Organization, accounts: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The names of the plans that are active on each account today, oldest attachment first."""
    attached = AccountPlan.objects.filter(account__in=accounts).active(_today(organization))
    found: dict[UUID, list[str]] = {}
    for account, name in attached.order_by("start_date", "id").values_list("account_id", "plan__name"):
        found.setdefault(account, []).append(name)
    return found


def _cell(names: list[str] | None) -> str:
    if not names:
        return ""
    first, *others = names
    if not others:
        return first
    return format_html('{} <span class="hint" title="{}">+{}</span>', first, ", ".join(others), len(others))


def _names(names: list[str] | None) -> str:
    return ", ".join(names or [])


def _has_active_plan(request: HttpRequest) -> django_filters.Filter:
    day = _today(request.organization)  # type: ignore[attr-defined]
    return django_filters.ChoiceFilter(
        label="Has active plan",
        empty_label="Any",
        choices=[("yes", "Yes"), ("no", "No")],
        method=partial(_by_active_plan, day),
    )


def _product(request: HttpRequest) -> django_filters.Filter:
    day = _today(request.organization)  # type: ignore[attr-defined]
    return django_filters.ChoiceFilter(
        label="Product",
        empty_label="Any",
        help_text="Accounts with an active plan of it",
        choices=[],
        method=partial(_by_product, day),
    )


def _products(organization: Organization) -> QuerySet[Product]:
    return Product.objects.filter(organization=organization)


def _by_active_plan(day: date, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
    attached = Exists(AccountPlan.objects.filter(account=OuterRef("pk")).active(day))
    return rows.filter(attached if value == "yes" else ~attached)


def _by_product(day: date, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
    """Accounts with an active plan of the product."""
    covered = CoveredProduct.objects.filter(account=OuterRef("pk"), product=UUID(value), start_date__lte=day)
    return rows.filter(Exists(covered.filter(Q(end_date=None) | Q(end_date__gt=day))))


def _today(organization: Organization) -> date:
    return clock.today(organization.timezone)
