"""The catalogue as the engine knows it: currencies, pricings, counters. types.py passes them on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from billing.engine.kinds import BillsAs, Method, UnitRounding

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
class Compound:
    """A calculation over aggregations and custom fields whose answer is a quantity.

    `inputs` are the aggregations that it names, `custom` the custom fields by the names that it gives them.
    It has neither segments nor a default value.
    """

    id: UUID
    code: str
    name: str
    calculation: str
    inputs: tuple[Aggregation, ...]
    quantity_per_unit: Decimal
    rounding: UnitRounding
    unit: str
    custom: tuple[tuple[str, Decimal | str], ...] = ()
    evaluates_null: bool = False

    segmented_fields: ClassVar[tuple[str, ...]] = ()
    segments: ClassVar[tuple[Segment, ...]] = ()
    default_value: ClassVar[Decimal | None] = None


@dataclass(frozen=True, slots=True)
class Pricing:
    """Prices of an aggregation (and segment) or compound on a plan or its template, [start, end).

    `segment` is None when the aggregation is not segmented; `sequence` rises in the order of creation.
    With `spans_plan` bands count from the attachment's start. `minimum_spend` is for one whole period;
    whether it is billed in advance is the attachment's to say where it is None here.
    """

    id: UUID
    on_plan: bool
    aggregation: Aggregation | Compound
    segment: Segment | None
    start: date
    end: date | None
    cumulative: bool
    bands: tuple[Band, ...]
    description: str = ""
    sequence: int = 0
    bills_as: BillsAs = BillsAs.DEBIT
    spans_plan: bool = False
    minimum_spend: Decimal = Decimal(0)
    minimum_spend_description: str = ""
    minimum_spend_in_advance: bool | None = None

    def __hash__(self) -> int:
        # Accounts of a plan share these objects as keys of caches; hashing every band each time would cost
        # more than pricing.
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class CounterPricing:
    """What a counter's level costs a whole period on a plan or its template, from `start` until before `end`.

    The flags are those of spec 2, Counter; `sequence` rises in the order of creation.
    """

    id: UUID
    on_plan: bool
    counter: Named
    unit: str
    start: date
    end: date | None
    cumulative: bool
    bands: tuple[Band, ...]
    in_advance: bool = True
    prorate_running_total: bool = True
    prorate_debit: bool = True
    prorate_credit: bool = True
    description: str = ""
    sequence: int = 0

    def __hash__(self) -> int:
        return hash(self.id)  # as a Pricing's


@dataclass(frozen=True, slots=True)
class Adjustment:
    """The level of an account's counter from a day on, until the counter's next adjustment."""

    counter_id: UUID
    day: date
    level: Decimal
