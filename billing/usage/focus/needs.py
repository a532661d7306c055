"""What a FOCUS file needs of the catalogue: as much as it names, however long it is."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from billing.usage.focus.charges import Charge
from m3console.core.models import Organization

Segment = tuple[str, str]
"""A sku and its list price."""


class ServiceKey(NamedTuple):
    """A service as one plan can price it: in one currency."""

    service: str
    currency: str


class SubAccount(NamedTuple):
    """A child account to be, and the billing account (code and name) that is to be its parent, if any."""

    code: str
    name: str
    billing_account: str | None
    billing_account_name: str


@dataclass(slots=True)
class ServiceNeeds:
    """The segments of a service with the day of the earliest charge of each, in the order they appear."""

    segments: dict[Segment, date] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)

    @property
    def unit(self) -> str:
        """What its quantities are counted in, if that is one thing."""
        return next(iter(self.units)) if len(self.units) == 1 else "units"


@dataclass(slots=True)
class Needs:
    """Days are billing days, in the organization's time zone; each is that of the earliest charge."""

    organization: Organization
    services: dict[ServiceKey, ServiceNeeds] = field(default_factory=dict)
    accounts: dict[str, SubAccount] = field(default_factory=dict)
    charged: dict[tuple[str, ServiceKey], date] = field(default_factory=dict)

    def add(self, charge: Charge) -> None:
        day = charge.ts.astimezone(ZoneInfo(self.organization.timezone)).date()
        key = self.key(charge)
        service = self.services.setdefault(key, ServiceNeeds())
        segment = (charge.sku, charge.list_price)
        service.segments[segment] = min(day, service.segments.get(segment, day))
        service.units.add(charge.pricing_unit or "units")
        charged = (charge.account, key)
        self.charged[charged] = min(day, self.charged.get(charged, day))
        known = self.accounts.get(charge.account)
        if known is None or (known.billing_account is None and charge.billing_account):
            self.accounts[charge.account] = SubAccount(
                charge.account, charge.account_name, charge.billing_account, charge.billing_account_name
            )

    def key(self, charge: Charge) -> ServiceKey:
        return ServiceKey(charge.service, charge.currency or self.organization.currency)

    @property
    def first_month(self) -> date:
        """The first day of the month of the earliest charge of all."""
        return min(self.charged.values()).replace(day=1)

    def first_months(self) -> dict[str, date]:
        """The same for each sub account."""
        months: dict[str, date] = {}
        for (account, _), day in self.charged.items():
            first = day.replace(day=1)
            months[account] = min(first, months.get(account, first))
        return months
