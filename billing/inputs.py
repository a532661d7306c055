"""Everything that a chunk of accounts is billed from: engine values, loaded in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from accounts.models import Account
from billing.catalogue import Catalogue, load_catalogue
from billing.engine.types import (
    Adjustment,
    Attachment,
    BilledAhead,
    BillInput,
    Currency,
    DueBill,
    Frequency,
    Named,
    UsageWindow,
)
from billing.usage.measure import Usage, measure
from m3console.core.models import Currency as CurrencyRow
from m3console.core.models import CurrencyConversion, Organization
from plans.models import AccountPlan, CounterAdjustment
from plans.models.attachments import EPOCHS

ADDRESS = (
    "address_line_1", "address_line_2", "address_line_3", "address_line_4",
    "locality", "region", "post_code", "country",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BilledAccount:
    """An account as its bills are made from it: what is rated, and what a bill keeps a copy of.

    `currency` is the one billed in, `due_days` the days from a bill's date until it is due.
    """

    named: Named
    currency: str
    due_days: int
    attachments: tuple[Attachment, ...]
    email_address: str
    address: str
    purchase_order_number: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a chunk of accounts is billed from. Deleted accounts are left out."""

    organization: Organization
    accounts: Mapping[UUID, BilledAccount]
    catalogue: Catalogue
    currencies: Mapping[str, Currency]
    rates: Mapping[tuple[str, str], Decimal]

    def measured(self, wanted: Mapping[UUID, Collection[UsageWindow]], watermark: int) -> dict[UUID, Usage]:
        """The usage of the accounts' windows, counted up to an ingestion number."""
        return measure(
            organization=self.organization,
            wanted=wanted,
            sources=self.catalogue.sources,
            watermark=watermark,
        )

    def of_bill(
        self, account: BilledAccount, due: DueBill, usage: Usage, billed: Sequence[BilledAhead] = ()
    ) -> BillInput:
        """What the engine computes one bill from; `billed` is what the account's other bills charge ahead."""
        return BillInput(
            account=account.named,
            currency=account.currency,
            due=due,
            usage=usage,
            currencies=self.currencies,
            rates=self.rates,
            billed=billed,
        )


def load_inputs(organization: Organization, accounts: Collection[UUID]) -> Inputs:
    """Load what these accounts of an organization are billed from."""
    attached = _attached(organization, accounts)
    plans = {row.plan_id for rows in attached.values() for row in rows}
    catalogue = load_catalogue(organization, plans)
    conversions = CurrencyConversion.objects.filter(organization=organization)
    return Inputs(
        organization=organization,
        accounts=_billed_accounts(organization, accounts, attached, catalogue),
        catalogue=catalogue,
        currencies={
            row.code: Currency(row.code, row.max_decimal_places, row.rounding_mode)
            for row in CurrencyRow.objects.filter(organization=organization)
        },
        rates={(row.from_currency, row.to_currency): row.multiplier for row in conversions},
    )


class _Attached(NamedTuple):
    account_id: UUID
    id: UUID
    code: str | None
    start_date: date
    end_date: date | None
    bill_epoch: date | None
    plan_id: UUID


def _attached(organization: Organization, accounts: Collection[UUID]) -> Mapping[UUID, list[_Attached]]:
    attached: dict[UUID, list[_Attached]] = defaultdict(list)
    rows = AccountPlan.objects.filter(organization=organization, account_id__in=accounts)
    for row in rows.order_by("id").values_list(*_Attached._fields):
        attached[row[0]].append(_Attached._make(row))
    return attached


def _billed_accounts(
    organization: Organization,
    accounts: Collection[UUID],
    attached: Mapping[UUID, list[_Attached]],
    catalogue: Catalogue,
) -> dict[UUID, BilledAccount]:
    rows = Account.objects.filter(organization=organization, pk__in=accounts).values_list(
        "id", "code", "name", "currency", "days_before_bill_due", "bill_epoch", "email_address",
        "purchase_order_number", *ADDRESS,
    )  # fmt: skip
    adjustments = _adjustments(accounts, catalogue)
    epochs = {Frequency(each): getattr(organization, field) for each, field in EPOCHS.items()}
    billed = {}
    for key, code, name, currency, due_days, epoch, email, order_number, *address in rows:
        billed[key] = BilledAccount(
            named=Named(key, code, name),
            currency=currency or organization.currency,
            due_days=organization.days_before_bill_due if due_days is None else due_days,
            attachments=tuple(
                _attachment(row, epoch, epochs, catalogue, adjustments.get(key, ()))
                for row in attached.get(key, ())
            ),
            email_address=email,
            address="\n".join(filter(None, address)),
            purchase_order_number=order_number,
        )
    return billed


def _adjustments(accounts: Collection[UUID], catalogue: Catalogue) -> Mapping[UUID, Sequence[Adjustment]]:
    """By account, its adjustments of the counters that are priced, in the order of their days."""
    counters = {each.counter.id for terms in catalogue.terms.values() for each in terms.counter_pricings}
    found: dict[UUID, list[Adjustment]] = defaultdict(list)
    if not counters:
        return found
    rows = CounterAdjustment.objects.filter(account_id__in=accounts, counter_id__in=counters)
    for account, counter, day, level in rows.order_by("date", "id").values_list(
        "account_id", "counter_id", "date", "value"
    ):
        found[account].append(Adjustment(counter, day, Decimal(level)))
    return found


def _attachment(
    row: _Attached,
    first_bill: date | None,
    epochs: Mapping[Frequency, date],
    catalogue: Catalogue,
    adjustments: Sequence[Adjustment],
) -> Attachment:
    """Anchored at its own cycle date, else the account's first bill date, else the organization's epoch."""
    terms = catalogue.terms[row.plan_id]
    counters = {each.counter.id for each in terms.counter_pricings}
    return Attachment(
        id=row.id,
        code=row.code or "",
        start=row.start_date,
        end=row.end_date,
        anchor=row.bill_epoch or first_bill or epochs[terms.frequency],
        frequency=terms.frequency,
        interval=terms.interval,
        product=terms.product,
        plan=terms.plan,
        template=terms.template,
        currency=terms.currency,
        standing_charge=terms.standing_charge,
        standing_charge_description=terms.standing_charge_description,
        minimum_spend=terms.minimum_spend,
        minimum_spend_description=terms.minimum_spend_description,
        minimum_spend_in_advance=terms.minimum_spend_in_advance,
        pricings=terms.pricings,
        sequence=row.id.int,  # ids rise in the order of creation
        standing_charge_interval=terms.standing_charge_interval,
        standing_charge_offset=terms.standing_charge_offset,
        standing_charge_in_advance=terms.standing_charge_in_advance,
        counter_pricings=terms.counter_pricings,
        adjustments=tuple(each for each in adjustments if each.counter_id in counters),
    )
