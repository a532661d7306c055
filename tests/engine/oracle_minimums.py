"""The oracle's minimum spends: a pricing's, then the plan's, each tops up what is missing, or is billed ahead
and refunded (spec 3, What a bill contains; spec 7, Lines and bills)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.engine.oracle_ahead import Ahead
from tests.engine.oracle_days import cut, proration, starts_on_boundary
from tests.engine.oracle_terms import Attachment, Item, Line, Pricing, parts

COUNTED = (
    "COUNTER_RUNNING_TOTAL_CHARGE",
    "COUNTER_ADJUSTMENT_DEBIT",
    "COUNTER_ADJUSTMENT_CREDIT",
    "USAGE",
    "USAGE_CREDIT",
)
TOP_UPS = ("MINIMUM_SPEND", "MINIMUM_SPEND_REFUND")


@dataclass(frozen=True)
class Minimum:
    """What is to be spent in the days of one period: by a pricing, or (None) by the plan."""

    pricing: Pricing | None
    start: date
    end: date
    amount: Fraction
    in_advance: bool


def minimums(attachment: Attachment, start: date, end: date) -> Iterator[Minimum]:
    """Every minimum of a period, prorated to the days on which the pricing, or the attachment, runs."""
    ahead = attachment.minimum_in_advance
    for pricing, since, until in parts(attachment, start, end):
        if pricing.minimum:
            own = ahead if pricing.minimum_in_advance is None else pricing.minimum_in_advance
            yield _minimum(attachment, pricing, pricing.minimum, (since, until), start, own)
    for since, until in cut(attachment, start, end):
        if attachment.minimum:
            yield _minimum(attachment, None, attachment.minimum, (since, until), start, ahead)


def _minimum(
    attachment: Attachment,
    pricing: Pricing | None,
    whole: Fraction,
    covered: tuple[date, date],
    start: date,
    is_ahead: bool,
) -> Minimum:
    """In advance only from the beginning of a full period on; what starts inside one is for the arrears."""
    is_stub = start == attachment.start and not starts_on_boundary(attachment)
    in_advance = is_ahead and attachment.frequency != "AD_HOC" and covered[0] == start and not is_stub
    return Minimum(pricing, *covered, whole * proration(attachment, *covered), in_advance)


def minimums_ahead(attachment: Attachment, start: date, end: date) -> list[Minimum]:
    """Those billed on the day on which the period starts."""
    return [each for each in minimums(attachment, start, end) if each.in_advance]


def source_of(pricing: Pricing | None) -> str | None:
    return None if pricing is None else pricing.code


def item_of(
    attachment: Attachment, minimum: Minimum, kind: str, amount: Fraction, is_ahead: bool = False
) -> Item:
    dates = minimum.start, minimum.end
    return Item(kind, attachment, minimum.pricing, *dates, None, None, (), amount, is_ahead)


def counted(
    attachment: Attachment,
    minimum: Minimum,
    start: date,
    day: date,
    lines: Collection[Line],
    known: Collection[Ahead],
) -> Fraction:
    """What was charged for the period up to `day`, on whichever bill; a negative sum is nothing."""
    total = Fraction(0)
    for line in lines:
        item = line.item
        if item.attachment.code != attachment.code or not start <= item.start < day:
            continue
        is_earlier = minimum.pricing is None and item.pricing is not None
        if item.type in COUNTED:
            total += line.subtotal if is_earlier or item.pricing == minimum.pricing else 0
        elif is_earlier and item.type in TOP_UPS:
            total += line.subtotal
    if minimum.pricing is None:
        total += sum(
            each.amount
            for each in known
            if each.code == attachment.code
            and (each.type in COUNTED or (each.type in TOP_UPS and each.source is not None))
            and start <= each.start < day
        )
    return max(total, Fraction(0))


def billed_for(
    attachment: Attachment,
    minimum: Minimum,
    start: date,
    day: date,
    lines: Collection[Line],
    known: Collection[Ahead],
) -> Fraction:
    """The minimum that was billed ahead for the period, less what was given back of it."""
    kind = attachment.code, "MINIMUM_SPEND", source_of(minimum.pricing)
    earlier = sum(each.amount for each in known if each.kind == kind and start <= each.start < day)
    given = sum(
        line.subtotal
        for line in lines
        if line.item.is_ahead
        and line.item.start < day
        and (line.item.attachment.code, line.item.type, source_of(line.item.pricing)) == kind
    )
    return Fraction(earlier + given)
