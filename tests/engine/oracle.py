"""What a bill must say, worked out from the spec's sentences in fractions: one day, one unit at a time.

Slow and plain on purpose, and knowing nothing of the application: whoever changes the engine must not be able
to change this with it. Periods exclude their end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from tests.engine.oracle_ahead import Ahead, returns
from tests.engine.oracle_compounds import Compound as Compound
from tests.engine.oracle_counters import counter_items, level_before, price_of, totals_ahead
from tests.engine.oracle_credits import capped
from tests.engine.oracle_days import cut, proration
from tests.engine.oracle_minimums import billed_for, counted, item_of, minimums, minimums_ahead
from tests.engine.oracle_prices import InexactError, charges_for, charges_spanning, rounded, units_of
from tests.engine.oracle_standing import bill_periods, period_after, standing_periods
from tests.engine.oracle_terms import Aggregation as Aggregation
from tests.engine.oracle_terms import Attachment as Attachment
from tests.engine.oracle_terms import Bill as Bill
from tests.engine.oracle_terms import CounterPricing as CounterPricing
from tests.engine.oracle_terms import Currency as Currency
from tests.engine.oracle_terms import Item as Item
from tests.engine.oracle_terms import Line as Line
from tests.engine.oracle_terms import Pricing as Pricing
from tests.engine.oracle_terms import Segment as Segment
from tests.engine.oracle_terms import parts as parts

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "ANNUALLY", "AD_HOC")
TYPES = (
    "STANDING_CHARGE",
    "COUNTER_RUNNING_TOTAL_CHARGE",
    "COUNTER_ADJUSTMENT_DEBIT",
    "COUNTER_ADJUSTMENT_CREDIT",
    "USAGE",
    "USAGE_CREDIT",
    "MINIMUM_SPEND",
    "MINIMUM_SPEND_REFUND",
)

UsageKey = tuple[str, date, date, Segment | None]


def usage_key(part: tuple[Pricing, date, date]) -> UsageKey:
    pricing, start, end = part
    return pricing.aggregation.code, start, end, pricing.segment


def standing_items(
    attachment: Attachment, start: date, day: date, runs: Collection[date] = ()
) -> Iterator[Item]:
    """What the bill of `day` charges."""
    for since, until in standing_periods(attachment, start, day, runs):
        amount = attachment.standing * proration(attachment, since, until)
        yield Item("STANDING_CHARGE", attachment, None, since, until, None, None, (), amount, since >= day)


def returned_items(attachment: Attachment, day: date, kept: Collection[Ahead]) -> Iterator[Item]:
    """What is given back of what earlier bills charged ahead for days after the end."""
    pricings = {pricing.code: pricing for pricing in attachment.pricings}
    counters = {pricing.code: pricing for pricing in attachment.counters}
    for line, since, until in returns(attachment, day, kept):
        pricing, counter = pricings.get(line.source or ""), counters.get(line.source or "")
        price = (pricing or attachment).minimum
        if counter is not None:
            price = price_of(counter, level_before(attachment, counter.counter, line.start))
        elif line.type == "STANDING_CHARGE":
            price = attachment.standing
        is_whole = (since, until) == (line.start, line.end)
        amount = line.amount if is_whole else price * proration(attachment, since, until)
        yield Item(line.type, attachment, pricing, since, until, None, None, (), -amount, True, counter)


def quantity_of(
    part: tuple[Pricing, date, date], usage: Mapping[UsageKey, Fraction | None]
) -> Fraction | None:
    """What was measured, else the default; of a compound, what its calculation comes to."""
    aggregation, start, end, segment = usage_key(part)
    priced = part[0].aggregation
    if isinstance(priced, Compound):
        return priced.quantity(
            {each.code: usage.get((each.code, start, end, None)) for each in priced.inputs}
        )
    measured = usage.get((aggregation, start, end, segment))
    return priced.default if measured is None else measured


def usage_items(
    attachment: Attachment, start: date, end: date, usage: Mapping[UsageKey, Fraction | None]
) -> Iterator[Item]:
    """One for each part that has a value: what was measured, else the default."""
    for part in parts(attachment, start, end):
        pricing, since, until = part
        quantity = quantity_of(part, usage)
        if quantity is None:
            continue
        units = units_of(quantity, pricing.aggregation.per_unit, pricing.aggregation.rounding)
        charges = charges_for(quantity, units, pricing.bands, pricing.cumulative)
        if pricing.spans_plan:
            before = usage.get((pricing.aggregation.code, attachment.start, since, pricing.segment))
            charges = charges_spanning(
                before, quantity, pricing.aggregation.per_unit, pricing.bands, pricing.cumulative
            )
        amount = sum((charge.amount for charge in charges), Fraction(0))
        kind = "USAGE" if pricing.bills_as == "DEBIT" else "USAGE_CREDIT"
        sign = 1 if pricing.bills_as == "DEBIT" else -1
        yield Item(kind, attachment, pricing, since, until, quantity, units, charges, sign * amount)


def place(item: Item) -> tuple[object, ...]:
    """By type, then attachment start and code, pricing start, aggregation code, segment, period start."""
    head = (TYPES.index(item.type), item.attachment.start, item.attachment.code)
    if item.counter is not None:
        return (*head, False, item.counter.start, item.counter.counter, -1, item.start)
    if item.pricing is None:
        return (*head, True, item.start)
    aggregation, segment = item.pricing.aggregation, item.pricing.segment
    listed = -1 if segment is None else aggregation.segments.index(segment)
    return (*head, False, item.pricing.start, aggregation.code, listed, item.start)


def line_of(
    item: Item, billed_in: str, currencies: Mapping[str, Currency], rates: Mapping[tuple[str, str], Fraction]
) -> Line | frozenset[str]:
    """Rounded once, converted, rounded again; or every reason why it cannot be."""
    priced_in = item.attachment.currency
    rate = Fraction(1) if priced_in == billed_in else rates.get((priced_in, billed_in))
    try:
        subtotal = rounded(item.amount, currencies[priced_in].places, currencies[priced_in].mode)
    except InexactError:
        return frozenset({"rounding"} | ({"conversion"} if rate is None else set()))
    if rate is None:
        # Only a usage line may be zero, and what is not written needs no rate.
        return frozenset({"conversion"} if subtotal or item.type == "USAGE" else set())
    try:
        converted = rounded(subtotal * rate, currencies[billed_in].places, currencies[billed_in].mode)
    except InexactError:
        return frozenset({"rounding"})
    return Line(item, subtotal, rate, converted)


DueItem = tuple[Attachment, date, date]
BillKey = tuple[date, int, int]


def due_bills(
    attachments: Sequence[Attachment],
    until: date,
    latest_only: bool = False,
    since: Mapping[str, date] | None = None,
    runs: Mapping[int, Collection[date]] | None = None,
    kept: Collection[Ahead] = (),
    is_consolidated: bool = False,
    closed: Collection[BillKey] = (),
    frequency: str | None = None,
) -> dict[BillKey, list[DueItem]]:
    """By date, frequency and interval: every attachment with that bill date, if the bill is due for one.

    A consolidated bill has -1 for its frequency; a run for one frequency makes those that hold it. `runs` are
    the dates of AD_HOC bills by interval.
    """
    held: dict[BillKey, list[DueItem]] = {}
    wanted: set[BillKey] = set()
    for attachment in attachments:
        kind = (FREQUENCIES.index(attachment.frequency), attachment.interval)
        if is_consolidated and attachment.frequency != "AD_HOC":
            kind = (-1, 1)
        dates = (runs or {}).get(attachment.interval, ())
        periods = bill_periods(attachment, until, dates, kept, {day for day, *of in closed if (*of,) == kind})
        for start, day in periods:
            held.setdefault((day, *kind), []).append((attachment, start, day))
            is_new = attachment.code not in (since or {}) or day > (since or {})[attachment.code]
            is_asked = frequency in (None, attachment.frequency)
            if is_new and is_asked and (not latest_only or day == periods[-1][1]):
                wanted.add((day, *kind))
    return {key: held[key] for key in sorted(wanted)}


def bill_of(
    items: Collection[DueItem],
    usage: Mapping[UsageKey, Fraction | None],
    billed_in: str,
    currencies: Mapping[str, Currency],
    rates: Mapping[tuple[str, str], Fraction],
    runs: Mapping[int, Collection[date]] | None = None,
    kept: Collection[Ahead] = (),
) -> Bill:
    """Every line in its place; a line of 0.00 only if it is usage."""

    def settled(drafts: Iterator[Item] | list[Item]) -> list[Line]:
        made = [line_of(draft, billed_in, currencies, rates) for draft in sorted(drafts, key=place)]
        problems.extend(reasons for reasons in made if isinstance(reasons, frozenset) and reasons)
        return [line for line in made if isinstance(line, Line)]

    problems: list[frozenset[str]] = []
    drafts: list[Item] = []
    for attachment, start, day in items:
        drafts += standing_items(attachment, start, day, (runs or {}).get(attachment.interval, ()))
        drafts += returned_items(attachment, day, kept)
        drafts += counter_items(attachment, start, day)
        drafts += totals_ahead(attachment, *period_after(attachment, day))
        drafts += usage_items(attachment, start, day, usage)
    lines = settled([draft for draft in drafts if draft.type != "USAGE_CREDIT"])
    credited = sorted((draft for draft in drafts if draft.type == "USAGE_CREDIT"), key=place)
    lines += settled(list(capped(credited, lines, currencies)))
    for attachment, start, day in items:
        for draft in minimum_items(attachment, start, day, lines, kept, currencies[attachment.currency]):
            lines += settled([draft])
    lines = sorted(
        (line for line in lines if line.subtotal or line.item.type == "USAGE"),
        key=lambda line: place(line.item),
    )
    start, end = bill_dates(items)
    total = sum((line.converted for line in lines), Fraction(0))
    return Bill(start, end, tuple(lines), total, tuple(problems))


def minimum_items(
    attachment: Attachment,
    start: date,
    day: date,
    lines: list[Line],
    kept: Collection[Ahead],
    currency: Currency,
) -> Iterator[Item]:
    """Of the period that ends: what is missing, or the refund; of the one that begins: what is billed ahead.

    `lines` grows between one and the next.
    """
    for minimum in minimums(attachment, start, day):
        spent = counted(attachment, minimum, start, day, lines, kept)
        if minimum.in_advance:
            billed = billed_for(attachment, minimum, start, day, lines, kept)
            refund = min(billed, spent)
            yield item_of(attachment, minimum, "MINIMUM_SPEND_REFUND", -max(refund, Fraction(0)))
        else:
            whole = rounded(minimum.amount, currency.places, currency.mode)
            yield item_of(attachment, minimum, "MINIMUM_SPEND", max(whole - spent, Fraction(0)))
    for minimum in minimums_ahead(attachment, *period_after(attachment, day)):
        yield item_of(attachment, minimum, "MINIMUM_SPEND", minimum.amount, is_ahead=True)


def bill_dates(items: Collection[DueItem]) -> tuple[date, date]:
    """From the earliest to the latest of the periods; what is covered, if all is in advance."""
    periods = [(start, day) for _, start, day in items if start < day]
    if not periods:
        periods = [part for item, _, day in items for part in cut(item, *period_after(item, day))]
    return min(start for start, _ in periods), max(end for _, end in periods)


# Segments (spec 2, Aggregation; spec 7, Lines and bills)


def segment_of(values: Mapping[str, str | None], segments: Sequence[Segment]) -> Segment | None:
    """The one naming most of the measurement's values, the first listed of equals; `*` takes any value.

    The default segment takes what is left, wherever it is listed.
    """
    fitting = [
        segment
        for segment in segments
        if all(values.get(field) is not None and wanted in ("*", values[field]) for field, wanted in segment)
    ]
    return max(
        fitting,
        key=lambda segment: (len(segment) > 0, sum(wanted != "*" for _, wanted in segment)),
        default=None,
    )
