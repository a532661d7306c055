"""The oracle's counters: what a level costs and what each change of it does (spec 2 and 7, Counters)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from tests.engine.oracle_days import DAY, cut, proration, starts_on_boundary
from tests.engine.oracle_prices import charges_for
from tests.engine.oracle_terms import Attachment, CounterPricing, Item


@dataclass(frozen=True)
class Counted:
    """Unbroken days of one counter at one price."""

    pricing: CounterPricing
    start: date
    end: date


def counted_days(attachment: Attachment, start: date, end: date) -> Iterator[Counted]:
    """The days of a period, counter by counter; the plan's price before its template's."""
    for since, until in cut(attachment, start, end):
        days = [since + number * DAY for number in range((until - since).days)]
        for counter in sorted({each.counter for each in attachment.counters}):
            mine = [each for each in attachment.counters if each.counter == counter]
            for pricing, run in groupby(days, key=lambda day: _price_on(day, mine)):
                same = list(run)
                if pricing is not None:
                    yield Counted(pricing, same[0], same[-1] + DAY)


def _price_on(day: date, pricings: list[CounterPricing]) -> CounterPricing | None:
    applying = [pricing for pricing in pricings if pricing.applies(day)]
    return min(applying, key=lambda pricing: not pricing.on_plan, default=None)


def level_before(attachment: Attachment, counter: str, day: date) -> Fraction:
    """The level at the end of the day before; 0 until it is first set."""
    level = Fraction(0)
    for which, since, value in sorted(attachment.levels):
        if which == counter and since < day:
            level = value
    return level


def price_of(pricing: CounterPricing, level: Fraction) -> Fraction:
    """What the level costs a whole period; nothing at 0."""
    if not level:
        return Fraction(0)
    charges = charges_for(level, level, pricing.bands, pricing.cumulative)
    return sum((charge.amount for charge in charges), Fraction(0))


def running_total(attachment: Attachment, part: Counted, is_ahead: bool = False) -> Item:
    """The price of the level with which the days begin."""
    pricing = part.pricing
    amount = price_of(pricing, level_before(attachment, pricing.counter, part.start))
    if pricing.prorate_total:
        amount *= proration(attachment, part.start, part.end)
    kind = "COUNTER_RUNNING_TOTAL_CHARGE"
    return _item(attachment, part, kind, part.start, amount, is_ahead)


def _item(
    attachment: Attachment, part: Counted, kind: str, start: date, amount: Fraction, is_ahead: bool = False
) -> Item:
    nothing = None, None, ()
    return Item(kind, attachment, None, start, part.end, *nothing, amount, is_ahead, part.pricing)


def changes(attachment: Attachment, part: Counted) -> Iterator[Item]:
    """Day by day, what the price rises or falls by, for the days left when it is prorated."""
    pricing = part.pricing
    day = part.start
    while day < part.end:
        before, after = (level_before(attachment, pricing.counter, each) for each in (day, day + DAY))
        amount = price_of(pricing, after) - price_of(pricing, before)
        if amount:
            is_debit = amount > 0
            if pricing.prorate_debit if is_debit else pricing.prorate_credit:
                amount *= proration(attachment, day, part.end)
            kind = "COUNTER_ADJUSTMENT_DEBIT" if is_debit else "COUNTER_ADJUSTMENT_CREDIT"
            yield _item(attachment, part, kind, day, amount)
        day += DAY


def totals_ahead(attachment: Attachment, start: date, end: date) -> list[Item]:
    """Running totals billed on the day on which the period starts."""
    if attachment.frequency == "AD_HOC":
        return []
    return [
        running_total(attachment, part, is_ahead=True)
        for part in counted_days(attachment, start, end)
        if part.pricing.in_advance and part.start == start
    ]


def counter_items(attachment: Attachment, start: date, day: date) -> Iterator[Item]:
    """Of the period that ended: totals in arrears or caught up, and every change."""
    is_stub = start == attachment.start and not starts_on_boundary(attachment)
    for part in counted_days(attachment, start, day):
        was_ahead = part.pricing.in_advance and part.start == start and not is_stub
        if not was_ahead or attachment.frequency == "AD_HOC":
            yield running_total(attachment, part)
        yield from changes(attachment, part)
