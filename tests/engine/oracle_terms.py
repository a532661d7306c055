"""The oracle's words: what is attached and priced, and the lines and bills that come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from tests.engine.oracle_days import DAY
from tests.engine.oracle_prices import Band, Charge

Segment = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Aggregation:
    code: str
    per_unit: Fraction
    rounding: str
    default: Fraction | None
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class Pricing:
    code: str
    on_plan: bool
    aggregation: Aggregation
    segment: Segment | None
    start: date
    end: date | None
    cumulative: bool
    bands: tuple[Band, ...]
    description: str = ""
    bills_as: str = "DEBIT"
    spans_plan: bool = False
    minimum: Fraction = Fraction(0)
    minimum_in_advance: bool | None = None

    def applies(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class CounterPricing:
    code: str
    on_plan: bool
    counter: str
    start: date
    end: date | None
    cumulative: bool
    bands: tuple[Band, ...]
    in_advance: bool = True
    prorate_total: bool = True
    prorate_debit: bool = True
    prorate_credit: bool = True

    def applies(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Attachment:
    """`levels` say from which day on a counter of the account stands where."""

    code: str
    start: date
    end: date | None
    anchor: date
    frequency: str
    interval: int
    currency: str
    standing: Fraction
    description: str = ""
    pricings: tuple[Pricing, ...] = ()
    standing_interval: int = 1
    standing_offset: int = 0
    in_advance: bool = False
    product: str = ""
    minimum: Fraction = Fraction(0)
    minimum_in_advance: bool = False
    counters: tuple[CounterPricing, ...] = ()
    levels: tuple[tuple[str, date, Fraction], ...] = ()


@dataclass(frozen=True)
class Currency:
    places: int
    mode: str


@dataclass(frozen=True)
class Item:
    """A line before it is money: `amount` is exact. `is_ahead` marks what later bills must know."""

    type: str
    attachment: Attachment
    pricing: Pricing | None
    start: date
    end: date
    quantity: Fraction | None
    units: Fraction | None
    charges: tuple[Charge, ...]
    amount: Fraction
    is_ahead: bool = False
    counter: CounterPricing | None = None

    @property
    def source(self) -> str | None:
        """The code of the pricing that it comes from; None for what is the plan's."""
        of = self.pricing or self.counter
        return of and of.code


@dataclass(frozen=True)
class Line:
    item: Item
    subtotal: Fraction
    rate: Fraction
    converted: Fraction


@dataclass(frozen=True)
class Bill:
    """`problems` holds, for every line that cannot be written, the reasons that there are."""

    start: date
    end: date
    lines: tuple[Line, ...]
    total: Fraction
    problems: tuple[frozenset[str], ...]


def pricing_on(day: date, pricings: Sequence[Pricing]) -> Pricing | None:
    """The plan's, else the template's, of pricings of one aggregation and segment."""
    applying = [pricing for pricing in pricings if pricing.applies(day)]
    return min(applying, key=lambda pricing: not pricing.on_plan, default=None)


def parts(attachment: Attachment, start: date, end: date) -> list[tuple[Pricing, date, date]]:
    """What is measured: unbroken runs of days with one price for one aggregation and segment."""
    by_target: dict[tuple[str, Segment | None], list[Pricing]] = {}
    for pricing in attachment.pricings:
        by_target.setdefault((pricing.aggregation.code, pricing.segment), []).append(pricing)
    if attachment.end is not None:
        end = min(end, attachment.end)
    days = [start + number * DAY for number in range((end - start).days)]
    found = []
    for pricings in by_target.values():
        for pricing, run in groupby(days, key=lambda day: pricing_on(day, pricings)):
            same = list(run)
            if pricing is not None:
                found.append((pricing, same[0], same[-1] + DAY))
    return found
