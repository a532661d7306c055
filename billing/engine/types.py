"""What the engine is given and what it returns: frozen values that know nothing of tables or pages.

Periods exclude their end. Amounts and quantities are exact Decimals. Everything that can go wrong with an
account's figures comes back as a Problem beside the lines; nothing here is mutable, so rated bills may be
cached, compared and hashed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.engine.kinds import Frequency as Frequency
from billing.engine.kinds import LineType as LineType
from billing.engine.kinds import Method as Method
from billing.engine.kinds import UnitRounding as UnitRounding

Segment = tuple[tuple[str, str], ...]
"""Sorted (field code, value) pairs; `*` stands for any value; () is the default segment `{}`."""

DEFAULT_SEGMENT: Segment = ()


@dataclass(frozen=True, slots=True)
class Named:
    """Anything a line refers to: its id, and the code and name it had when it was rated."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency's decimals (0–5) and rounding mode, one of money.RoundingMode."""

    code: str
    places: int
    rounding: str


@dataclass(frozen=True, slots=True)
class Band:
    """Covers (lower limit, next band's lower limit]; the first, at 0, also covers 0."""

    lower_limit: Decimal
    fixed_price: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class Aggregation:
    """How a meter's field is turned into a quantity and that into units.

    `segments` keep the catalogue's order, which decides between equally specific ones and orders lines.
    """

    id: UUID
    code: str
    name: str
    method: Method
    meter: Named
    field: str
    field_name: str
    quantity_per_unit: Decimal
    rounding: UnitRounding
    unit: str
    field_unit: str = ""
    default_value: Decimal | None = None
    segmented_fields: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Pricing:
    """Prices of one aggregation (and segment) on a plan or its template, from `start` until before `end`.

    `segment` is None when the aggregation is not segmented; `sequence` rises in the order of creation.
    """

    id: UUID
    on_plan: bool
    aggregation: Aggregation
    segment: Segment | None
    start: date
    end: date | None
    cumulative: bool
    bands: tuple[Band, ...]
    description: str = ""
    sequence: int = 0

    def __hash__(self) -> int:
        # Accounts of a plan share these objects as keys of caches; hashing every band each time would cost
        # more than pricing.
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A plan as it applies to one account: the plan's own values, else its template's, already resolved.

    `anchor` is the resolved cycle date, `currency` the pricing currency, `sequence` rises in the order of
    creation.
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
"""A window and, if its aggregation is segmented, the segment."""


@dataclass(frozen=True, slots=True)
class DueAttachment:
    """An attachment and the period billed for it, up to the bill date also where it ended earlier."""

    attachment: Attachment
    period: Period

    @property
    def covered(self) -> Period:
        """The days of the period on which the attachment runs."""
        end = self.attachment.end
        if end is None or end >= self.period.end:
            return self.period
        return Period(self.period.start, end)


@dataclass(frozen=True, slots=True)
class DueBill:
    """One bill that an account is to have: its key, and everything that goes on it."""

    bill_date: date
    frequency: Frequency
    interval: int
    items: tuple[DueAttachment, ...]
    grouping_key: str = ""

    @property
    def key(self) -> tuple[date, Frequency, int, str]:
        """What makes the bill one of its account's (spec 3, Bills and bill jobs)."""
        return self.bill_date, self.frequency, self.interval, self.grouping_key


@dataclass(frozen=True, slots=True)
class BillInput:
    """All that one bill is computed from.

    `usage` needs no entry where nothing was measured. `currencies` holds every code that occurs; `rates` the
    exact pairs.
    """

    account: Named
    currency: str
    due: DueBill
    usage: Mapping[UsageKey, Measured]
    currencies: Mapping[str, Currency]
    rates: Mapping[tuple[str, str], Decimal]


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
    without units. `explanation` is described in explanation.py.
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


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an account cannot be billed: `conversion` or `rounding`, and a sentence to act on."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class BillDraft:
    """A rated bill. With `problems` it must not be written: what could not be rated is missing."""

    bill_date: date
    frequency: Frequency
    interval: int
    grouping_key: str
    account: Named
    start: date
    end: date
    currency: str
    lines: tuple[LineDraft, ...]
    total: Decimal
    problems: tuple[Problem, ...] = ()
