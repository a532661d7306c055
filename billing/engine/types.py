"""What the engine is given and what it returns: frozen values that know nothing of tables or pages.

Periods exclude their end. Amounts and quantities are exact Decimals. Everything that can go wrong with an
account's figures comes back as a Problem beside the lines; nothing here is mutable, so rated bills may be
cached, compared and hashed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.engine.catalogue import DEFAULT_SEGMENT as DEFAULT_SEGMENT
from billing.engine.catalogue import Adjustment as Adjustment
from billing.engine.catalogue import Aggregation as Aggregation
from billing.engine.catalogue import Band as Band
from billing.engine.catalogue import Compound as Compound
from billing.engine.catalogue import CounterPricing as CounterPricing
from billing.engine.catalogue import Currency as Currency
from billing.engine.catalogue import Named as Named
from billing.engine.catalogue import Pricing as Pricing
from billing.engine.catalogue import Segment as Segment
from billing.engine.kinds import BillsAs as BillsAs
from billing.engine.kinds import Frequency as Frequency
from billing.engine.kinds import LineType as LineType
from billing.engine.kinds import Method as Method
from billing.engine.kinds import UnitRounding as UnitRounding


@dataclass(frozen=True, slots=True)
class Attachment:
    """A plan as it applies to one account: the plan's own values, else its template's, already resolved.

    `anchor` is the resolved cycle date, `currency` the pricing currency, `sequence` rises in the order of
    creation. The standing charge is due every so many of the attachment's periods, the first time after
    `standing_charge_offset` of them. `minimum_spend` is for one whole period. `adjustments` are the
    account's, of the counters that are priced, in the order of their days.
    """

    id: UUID
    code: str
    start: date
    end: date | None
    anchor: date
    frequency: Frequency
    interval: int
    product: Named
    plan: Named
    template: Named
    currency: str
    standing_charge: Decimal
    standing_charge_description: str = ""
    pricings: tuple[Pricing, ...] = ()
    sequence: int = 0
    standing_charge_interval: int = 1
    standing_charge_offset: int = 0
    standing_charge_in_advance: bool = False
    minimum_spend: Decimal = Decimal(0)
    minimum_spend_description: str = ""
    minimum_spend_in_advance: bool = False
    counter_pricings: tuple[CounterPricing, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Billing days from `start` until before `end`."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, order=True)
class UsageWindow:
    """One aggregation to be measured over the billing days from `start` until before `end`."""

    aggregation_id: UUID
    start: date
    end: date

    def __hash__(self) -> int:
        # Looked up for every line, and a UUID takes its time to hash itself.
        return hash((self.aggregation_id.int, self.start, self.end))


@dataclass(frozen=True, slots=True)
class Measured:
    """What one window (and segment) came to: None without usage, and how many measurements went into it."""

    value: Decimal | None
    count: int


UsageKey = tuple[UsageWindow, Segment | None]
"""A window and, if its aggregation is segmented, the segment; None is then the total of all segments."""


@dataclass(frozen=True, slots=True)
class DueAttachment:
    """An attachment and what a bill of it is for.

    `period` is billed in arrears, up to the bill date also where the attachment ended earlier; it is empty
    on the attachment's start. `ahead` starts on the bill date and is cut at the attachment's end; None where
    the attachment does not run on, or is billed AD_HOC. `stub` is what has run before any date on which it
    could be charged in advance. `number` counts the attachment's periods: 0 is the first one, even a stub;
    `ahead` is the following one.
    """

    attachment: Attachment
    period: Period
    ahead: Period | None = None
    stub: Period | None = None
    number: int = 0

    @property
    def covered(self) -> Period:
        """The days of the period on which the attachment runs; empty if it ended before."""
        end, period = self.attachment.end, self.period
        if end is None or end >= period.end:
            return period
        return Period(period.start, max(end, period.start))


BillKey = tuple[date, Frequency | None, int, str]
"""Bill date, frequency, interval, grouping key; a consolidated bill has no frequency, and interval 1."""


@dataclass(frozen=True, slots=True)
class DueBill:
    """One bill that an account is to have: its key, and everything that goes on it."""

    bill_date: date
    frequency: Frequency | None
    interval: int
    items: tuple[DueAttachment, ...]
    grouping_key: str = ""

    @property
    def key(self) -> BillKey:
        """What makes the bill one of its account's (spec 3, Bills and bill jobs)."""
        return self.bill_date, self.frequency, self.interval, self.grouping_key


@dataclass(frozen=True, slots=True)
class BilledAhead:
    """A line that charges a period in advance, or gives days of it back (a negative amount).

    `source_id` is the pricing's or counter's, None for what is the plan's. `amount` is in the pricing
    currency. `final` says that its bill is approved or locked: an early end does not reopen it (spec 7).
    """

    attachment_id: UUID
    type: LineType
    source_id: UUID | None
    start: date
    end: date
    amount: Decimal
    bill_date: date
    final: bool = False


@dataclass(frozen=True, slots=True)
class BillInput:
    """All that one bill is computed from.

    `usage` needs no entry where nothing was measured. `currencies` holds every code that occurs; `rates` the
    exact pairs. `billed` is what the account's other bills charge in advance and give back. `standing` is
    what this bill itself does so if it is approved and to be rated as if no attachment had ended since.
    """

    account: Named
    currency: str
    due: DueBill
    usage: Mapping[UsageKey, Measured]
    currencies: Mapping[str, Currency]
    rates: Mapping[tuple[str, str], Decimal]
    billed: Sequence[BilledAhead] = ()
    standing: Sequence[BilledAhead] | None = None


@dataclass(frozen=True, slots=True)
class BandCharge:
    """What one entered band comes to: `subtotal` = fixed price + units × unit price, unrounded.

    The fixed price is the one charged (0 for a negative quantity). Endless fractions of a unit are cut at 28
    digits.
    """

    lower_limit: Decimal
    upper_limit: Decimal | None
    units: Decimal
    fixed_price: Decimal
    unit_price: Decimal
    subtotal: Decimal


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line of a bill. `subtotal` and `converted_subtotal` carry exactly their currency's decimals.

    `account` is the one whose usage it is. `average_unit_price` is the unrounded amount per unit, None
    without units. `explanation` is described in explanation.py. `in_advance` marks what later bills must
    know: a charge for a period that starts on the bill date or later, or the giving back of its days. Of a
    line of a counter, `pricing_id` is that of the counter pricing.
    """

    type: LineType
    description: str
    account: Named
    attachment_id: UUID
    product: Named
    plan: Named
    template: Named
    pricing_id: UUID | None
    aggregation: Named | None
    meter: Named | None
    segment: Segment | None
    start: date
    end: date
    quantity: Decimal | None
    unit: str
    units: Decimal | None
    average_unit_price: Decimal | None
    subtotal: Decimal
    currency: str
    rate: Decimal
    converted_subtotal: Decimal
    bands: tuple[BandCharge, ...]
    explanation: dict[str, Any]
    in_advance: bool = False
    counter: Named | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an account cannot be billed: `conversion`, `rounding` or `calculation`, and a sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class BillDraft:
    """A rated bill. With `problems` it must not be written: what could not be rated is missing."""

    bill_date: date
    frequency: Frequency | None
    interval: int
    grouping_key: str
    account: Named
    start: date
    end: date
    currency: str
    lines: tuple[LineDraft, ...]
    total: Decimal
    problems: tuple[Problem, ...] = ()
