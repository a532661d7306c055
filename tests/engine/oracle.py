"""What a bill must say, worked out from the spec's sentences in fractions: one day, one unit at a time.

Slow and plain on purpose, and knowing nothing of the application: whoever changes the engine must not be able
to change this with it. Periods exclude their end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from tests.engine.oracle_days import DAY, proration
from tests.engine.oracle_prices import Band, Charge, InexactError, charges_for, rounded, units_of
from tests.engine.oracle_standing import Ahead, bill_edges, bill_periods, returns, standing_periods

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "ANNUALLY", "AD_HOC")
TYPES = ("STANDING_CHARGE", "USAGE")

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

    def applies(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Attachment:
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


UsageKey = tuple[str, date, date, Segment | None]


def usage_key(part: tuple[Pricing, date, date]) -> UsageKey:
    pricing, start, end = part
    return pricing.aggregation.code, start, end, pricing.segment


def standing_items(
    attachment: Attachment, start: date, day: date, runs: Collection[date] = (), kept: Collection[Ahead] = ()
) -> Iterator[Item]:
    """What the bill of `day` charges, and what it gives back of what earlier ones charged ahead."""
    for since, until in standing_periods(attachment, start, day, runs):
        amount = attachment.standing * proration(attachment, since, until)
        yield Item("STANDING_CHARGE", attachment, None, since, until, None, None, (), amount, since >= day)
    for since, until, whole in returns(attachment, day, kept):
        amount = -attachment.standing * proration(attachment, since, until) if whole is None else -whole
        yield Item("STANDING_CHARGE", attachment, None, since, until, None, None, (), amount, True)


def usage_items(
    attachment: Attachment, start: date, end: date, usage: Mapping[UsageKey, Fraction | None]
) -> Iterator[Item]:
    """One for each part that has a value: what was measured, else the default."""
    for part in parts(attachment, start, end):
        pricing, since, until = part
        quantity = usage.get(usage_key(part))
        if quantity is None:
            quantity = pricing.aggregation.default
        if quantity is None:
            continue
        units = units_of(quantity, pricing.aggregation.per_unit, pricing.aggregation.rounding)
        charges = charges_for(quantity, units, pricing.bands, pricing.cumulative)
        amount = sum((charge.amount for charge in charges), Fraction(0))
        yield Item("USAGE", attachment, pricing, since, until, quantity, units, charges, amount)


def place(item: Item) -> tuple[object, ...]:
    """By type, then attachment start and code, pricing start, aggregation code, segment, period start."""
    head = (TYPES.index(item.type), item.attachment.start, item.attachment.code)
    if item.pricing is None:
        return (*head, item.start)
    aggregation, segment = item.pricing.aggregation, item.pricing.segment
    listed = -1 if segment is None else aggregation.segments.index(segment)
    return (*head, item.pricing.start, aggregation.code, listed, item.start)


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
) -> dict[BillKey, list[DueItem]]:
    """By date, frequency and interval: every attachment with that bill date, if the bill is due for one.

    A consolidated bill has -1 for its frequency. `runs` are the dates of AD_HOC bills by interval.
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
            if is_new and (not latest_only or day == periods[-1][1]):
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
    drafts = [
        draft
        for item in items
        for draft in standing_items(*item, (runs or {}).get(item[0].interval, ()), kept)
    ]
    drafts += [usage_item for item in items for usage_item in usage_items(*item, usage)]
    made = [line_of(draft, billed_in, currencies, rates) for draft in sorted(drafts, key=place)]
    lines = tuple(
        line for line in made if isinstance(line, Line) and (line.subtotal or line.item.type == "USAGE")
    )
    periods = [(start, day) for _, start, day in items if start < day]
    if not periods:
        periods = [period_ahead(attachment, day) for attachment, _, day in items]
    return Bill(
        start=min(start for start, _ in periods),
        end=max(end for _, end in periods),
        lines=lines,
        total=sum((line.converted for line in lines), Fraction(0)),
        problems=tuple(reasons for reasons in made if isinstance(reasons, frozenset) and reasons),
    )


def period_ahead(attachment: Attachment, day: date) -> tuple[date, date]:
    """What charges in advance on the attachment's start cover."""
    end = bill_edges(attachment, day)[0]
    return day, end if attachment.end is None else min(end, attachment.end)


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
