"""How the account list is narrowed down."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import django_filters as filters
from django.db.models import Q, QuerySet

from accounts.models import AccountQuerySet
from m3console.core.forms import DateInput
from m3console.core.lists.filters import ListFilter
from m3console.core.models import Currency, Organization
from m3console.core.registry import Offered


def currencies(organization: Organization) -> QuerySet[Currency]:
    return Currency.objects.filter(organization=organization)


class AccountFilter(ListFilter):
    """Currency means the one that bills are in, so blank accounts count with the organization's."""

    offered = {"currency": Offered(currencies, "code", "code")}
    hierarchy = filters.ChoiceFilter(
        label="Hierarchy",
        empty_label="Any",
        choices=[("top", "Top level"), ("parent", "Has children"), ("child", "Has a parent")],
        method="by_hierarchy",
    )
    currency = filters.ChoiceFilter(label="Currency", empty_label="Any", method="by_currency")
    auto_created = filters.ChoiceFilter(
        label="Auto-created by usage",
        empty_label="Any",
        choices=[("yes", "Yes"), ("no", "No")],
        method="by_auto_created",
    )
    created_from = filters.DateFilter(label="Created from", method="by_creation", widget=DateInput)
    created_to = filters.DateFilter(label="Created until", method="by_creation", widget=DateInput)

    def by_hierarchy(self, rows: AccountQuerySet, name: str, value: str) -> AccountQuerySet:
        if value == "top":
            return rows.top_level()
        return rows.parents() if value == "parent" else rows.exclude(parent_account=None)

    def by_currency(self, rows: AccountQuerySet, name: str, value: str) -> AccountQuerySet:
        own = Q(currency=value)
        return rows.filter(own | Q(currency=None) if value == self.request.organization.currency else own)

    def by_auto_created(self, rows: AccountQuerySet, name: str, value: str) -> AccountQuerySet:
        return rows.filter(auto_created=value == "yes")

    def by_creation(self, rows: AccountQuerySet, name: str, day: date) -> AccountQuerySet:
        """Both days included, by the organization's calendar."""
        zone = ZoneInfo(self.request.organization.timezone)
        if name == "created_from":
            return rows.filter(created_at__gte=datetime.combine(day, time(), zone))
        # The last day that there is has no next one, and no account that was created after it.
        if day == date.max:
            return rows
        return rows.filter(created_at__lt=datetime.combine(day + timedelta(days=1), time(), zone))
