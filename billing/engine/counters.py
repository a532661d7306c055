"""Counters: running totals and adjustments (spec 2, Counter; spec 3, What a bill contains; spec 7, Counters).

A counter has a level, which holds until it is adjusted; a period's price is that of the level at its start,
the end of the day before. It is charged as the running total, for the period that ended or the one ahead.
Each adjustment inside the period is charged, or credited, with the difference of the two levels' prices for
the days left. A counter pricing that begins or ends inside an attachment acts like the attachment's own start
or end: its days on the attachment are a `Span`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from uuid import UUID

from billing.engine.advance import not_billed_ahead, unused
from billing.engine.bands import ONE, ZERO, Priced, Units, price_units
from billing.engine.calendar import worth
from billing.engine.counter_steps import (
    adjustment_step,
    counter_facts,
    difference_step,
    level_step,
    price_step,
    whole_step,
)
from billing.engine.day_steps import given_back_step, proration_step
from billing.engine.explanation import Facts, bands_step
from billing.engine.lines import Charge
from billing.engine.money import EXACT, quotient, shown
from billing.engine.types import (
    Adjustment,
    Attachment,
    BandCharge,
    BilledAhead,
    BillInput,
    CounterPricing,
    DueAttachment,
    Frequency,
    LineType,
    Period,
)
from billing.engine.usage import remaining

RUNNING_TOTAL = LineType.COUNTER_RUNNING_TOTAL_CHARGE
WHOLE = Fraction(1)
NOTHING = Priced((), ZERO, ONE)


@dataclass(frozen=True, slots=True)
class Span:
    """A counter pricing and the days on which it applies to an attachment, as if the attachment had just
    those."""

    pricing: CounterPricing
    days: Period


@lru_cache(maxsize=4096)
def spans(pricings: tuple[CounterPricing, ...], start: date, end: date) -> tuple[Span, ...]:
    """The spans of an attachment's counter pricings: on the days of a plan's, its template's of the same
    counter does not apply."""
    replaced: dict[UUID, list[Period]] = {}
    for pricing in pricings:
        if pricing.on_plan:
            replaced.setdefault(pricing.counter.id, []).extend(remaining(pricing, start, end, ()))
    return tuple(
        Span(pricing, days)
        for pricing in pricings
        for days in remaining(
            pricing, start, end, () if pricing.on_plan else replaced.get(pricing.counter.id, ())
        )
    )


def counter_charges(item: DueAttachment, bill: BillInput) -> Iterator[Charge]:
    """The running totals and adjustments of an attachment on a bill, and what is given back of earlier."""
    if not item.attachment.counter_pricings:
        return
    attachment = item.attachment
    for span in _spans(attachment):
        for turn in _turns(item, span, bill.standing or ()):
            yield from _running_total(attachment, span.pricing, turn, bill)
        yield from _adjustments(item, span)
    for charged, days in unused(item, bill, RUNNING_TOTAL, lambda charged: _ended(attachment, charged)):
        yield from _given_back(attachment, charged, days, bill)


def running_total_due_ahead(item: DueAttachment) -> bool:
    """Whether a running total that is not zero is due in advance on the item's bill date."""
    attachment = item.attachment
    return any(
        turn.ahead and price_of(span.pricing, level(attachment, span.pricing, turn.days.start)).amount
        for span in _spans(attachment)
        for turn in _turns(item, span)
    )


def level(attachment: Attachment, pricing: CounterPricing, day: date) -> Decimal:
    """The counter's level at the beginning of a day, which is that of the end of the day before."""
    latest = _latest(attachment, pricing, day)
    return latest.level if latest else ZERO


def price_of(pricing: CounterPricing, units: Decimal) -> Priced:
    """What a level costs a whole period; level 0 costs nothing, whatever the first band's fixed price."""
    return price_units(Units(units), pricing.bands, pricing.cumulative) if units else NOTHING


@dataclass(frozen=True, slots=True)
class Turn:
    """Days that a running total is due for now, and whether they lie ahead of the bill date."""

    days: Period
    ahead: bool = False


def _spans(attachment: Attachment) -> Sequence[Span]:
    return spans(attachment.counter_pricings, attachment.start, attachment.end or date.max)


def _turns(item: DueAttachment, span: Span, standing: Sequence[BilledAhead] = ()) -> Iterator[Turn]:
    """In arrears the days that ended; in advance the days ahead, and the stub before them: days that began
    on no bill date, so that no bill could charge them in advance.

    A bill rated as it stands charges the days ahead that it did, though the span has ended before.
    """
    started = _common(item.period, span.days)
    if not span.pricing.in_advance or item.attachment.frequency is Frequency.AD_HOC:
        if started:
            yield Turn(started)
        return
    if started and (started.start > item.period.start or item.stub):
        yield Turn(started)
    ahead = item.ahead
    if ahead and span.days.start <= ahead.start:
        own = [each.end for each in standing if _charges(each, item.attachment, span.pricing, ahead.start)]
        end = max([min(ahead.end, span.days.end), *own])
        if ahead.start < end:
            yield Turn(Period(ahead.start, end), ahead=True)


def _charges(line: BilledAhead, attachment: Attachment, pricing: CounterPricing, start: date) -> bool:
    """Whether a line is the running total of a counter pricing for the days from `start` on."""
    of = (line.attachment_id, line.type, line.source_id, line.start)
    return of == (attachment.id, RUNNING_TOTAL, pricing.id, start) and line.amount > 0


def _ended(attachment: Attachment, charged: BilledAhead) -> date:
    """The end of the span that a running total was charged in; its start, if that span is gone."""
    days = [span.days for span in _spans(attachment) if span.pricing.id == charged.source_id]
    return max((each.end for each in days if each.start <= charged.start), default=charged.start)


def _common(period: Period, days: Period) -> Period | None:
    start, end = max(period.start, days.start), min(period.end, days.end)
    return Period(start, end) if start < end else None


def _running_total(
    attachment: Attachment, pricing: CounterPricing, turn: Turn, bill: BillInput
) -> Iterator[Charge]:
    days: Period | None = turn.days
    if not turn.ahead:
        days = not_billed_ahead(turn.days, attachment, bill, RUNNING_TOTAL, pricing.id)
    units = level(attachment, pricing, days.start) if days else ZERO
    if days is None or not units:
        return
    priced = price_of(pricing, units)
    factor, step = _prorated(attachment, days, priced.amount, pricing.prorate_running_total)
    since = _latest(attachment, pricing, days.start)
    yield _charge(
        RUNNING_TOTAL,
        attachment,
        pricing,
        days,
        amount=priced.amount,
        factor=factor,
        units=units,
        bands=priced.bands,
        steps=[
            level_step(pricing, days.start, since),
            bands_step(pricing, priced, attachment.currency),
            step,
        ],
    )


def _adjustments(item: DueAttachment, span: Span) -> Iterator[Charge]:
    """One charge for every adjustment on the span's days in the period whose change of the price is not 0."""
    attachment, pricing = item.attachment, span.pricing
    started = _common(item.period, span.days)
    if started is None:
        return
    for each in attachment.adjustments:
        if each.counter_id == pricing.counter.id and started.start <= each.day < started.end:
            yield from _adjustment(attachment, pricing, each, Period(each.day, started.end))


def _adjustment(
    attachment: Attachment, pricing: CounterPricing, adjustment: Adjustment, left: Period
) -> Iterator[Charge]:
    """The difference of the two levels' prices; its sign says whether it is a debit or a credit, and so
    whether it is prorated by the days left."""
    before = level(attachment, pricing, adjustment.day)
    old, new = price_of(pricing, before), price_of(pricing, adjustment.level)
    difference = EXACT.subtract(new.amount, old.amount)
    if not difference:
        return
    debit = difference > 0
    prorate = pricing.prorate_debit if debit else pricing.prorate_credit
    factor, step = _prorated(attachment, left, difference, prorate)
    currency = attachment.currency
    yield _charge(
        LineType.COUNTER_ADJUSTMENT_DEBIT if debit else LineType.COUNTER_ADJUSTMENT_CREDIT,
        attachment,
        pricing,
        left,
        amount=difference,
        factor=factor,
        units=EXACT.subtract(adjustment.level, before),
        steps=[
            adjustment_step(pricing, adjustment, before),
            price_step(pricing, before, old, currency),
            price_step(pricing, adjustment.level, new, currency),
            difference_step(old, new, difference, currency),
            step,
        ],
    )


def _given_back(
    attachment: Attachment, charged: BilledAhead, days: Period, bill: BillInput
) -> Iterator[Charge]:
    """Minus the running total for days that are not used any more; what is not prorated is not given back.

    Of the exact price where that is what was billed, else of the amount that was.
    """
    pricing = next((each for each in attachment.counter_pricings if each.id == charged.source_id), None)
    if pricing is None or not pricing.prorate_running_total:
        return
    whole, _ = worth(attachment, Period(charged.start, charged.end))
    factor, parts = worth(attachment, days)
    units = level(attachment, pricing, charged.start)
    amount = price_of(pricing, units).amount
    smallest = Fraction(1, 10 ** bill.currencies[attachment.currency].places)
    if factor == whole or abs(Fraction(amount) * whole - Fraction(charged.amount)) >= smallest:
        amount, factor = charged.amount, factor / whole
    step = given_back_step(charged, factor, parts, -amount, shown(-amount, factor), attachment.currency)
    yield _charge(
        RUNNING_TOTAL, attachment, pricing, days, amount=-amount, factor=factor, units=units, steps=[step]
    )


def _prorated(attachment: Attachment, days: Period, amount: Decimal, prorate: bool) -> tuple[Fraction, Facts]:
    """The factor of the days, with its step; 1 where it is not prorated, as nothing AD_HOC is."""
    if not prorate or attachment.frequency is Frequency.AD_HOC:
        return WHOLE, whole_step(amount, attachment.currency)
    factor, parts = worth(attachment, days)
    return factor, proration_step(amount, factor, parts, shown(amount, factor), attachment.currency)


def _charge(
    line_type: LineType,
    attachment: Attachment,
    pricing: CounterPricing,
    days: Period,
    *,
    amount: Decimal,
    factor: Fraction,
    units: Decimal,
    steps: list[Facts],
    bands: tuple[BandCharge, ...] = (),
) -> Charge:
    return Charge(
        type=line_type,
        description=pricing.description or pricing.counter.name,
        attachment=attachment,
        start=days.start,
        end=days.end,
        amount=amount,
        factor=factor,
        facts=counter_facts(pricing),
        steps=steps,
        counter_pricing=pricing,
        quantity=units,
        units=units,
        average_unit_price=quotient(amount, units) if units else None,
        bands=bands,
    )


def _latest(attachment: Attachment, pricing: CounterPricing, day: date) -> Adjustment | None:
    """The counter's last adjustment before a day."""
    own = (each for each in attachment.adjustments if each.counter_id == pricing.counter.id)
    return max((each for each in own if each.day < day), key=lambda each: each.day, default=None)
