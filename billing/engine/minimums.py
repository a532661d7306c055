"""Minimum spends: topped up in arrears, or billed in advance and refunded by what was then charged.

A pricing's comes first, then its plan's, which counts the pricing's (spec 3, What a bill contains, 4). Lines
count in the period that they cover, whichever bill they stand on, by their rounded subtotals, and a negative
sum counts as 0 (spec 7, Lines and bills). What is wanted of a period is prorated like a standing charge, a
pricing's by the part of the period that the pricing covers; a period that an attachment or pricing enters
after its start is assessed in arrears, whatever the flag says. Only what was billed ahead is refunded.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from billing.engine.advance import unused
from billing.engine.calendar import worth
from billing.engine.charges import given_back
from billing.engine.day_steps import proration_step
from billing.engine.explanation import Facts, pricing_facts
from billing.engine.lines import WHOLE, Charge
from billing.engine.money import EXACT, plain, shown
from billing.engine.types import (
    Attachment,
    BilledAhead,
    BillInput,
    DueAttachment,
    Frequency,
    LineDraft,
    LineType,
    Period,
    Pricing,
)
from billing.engine.usage import priced_windows

ZERO = Decimal(0)
OF_PRICING = {LineType.USAGE, LineType.OVERAGE_USAGE, LineType.USAGE_CREDIT}
OF_PLAN = OF_PRICING | {
    LineType.COUNTER_RUNNING_TOTAL_CHARGE,
    LineType.COUNTER_ADJUSTMENT_DEBIT,
    LineType.COUNTER_ADJUSTMENT_CREDIT,
}
TOP_UPS = {LineType.MINIMUM_SPEND, LineType.MINIMUM_SPEND_REFUND}


@dataclass(frozen=True, slots=True)
class Minimum:
    """What a pricing, or without one the plan, is to come to on the days of `part` of a bill's period."""

    attachment: Attachment
    pricing: Pricing | None
    part: Period
    amount: Decimal
    description: str
    in_advance: bool

    def is_of(self, attachment: object, source: object) -> bool:
        """Whether a line of this attachment, and of this pricing or of none, charges this minimum."""
        return attachment == self.attachment.id and source == (self.pricing and self.pricing.id)


class Counted:
    """The lines that count towards a minimum: how many of each type, and what they come to."""

    def __init__(self) -> None:
        self._parts: dict[tuple[LineType, bool], tuple[int, Decimal]] = {}

    def add(self, kind: LineType, amount: Decimal, *, earlier: bool = False) -> None:
        """Count a line, or one that stands on an earlier bill."""
        lines, sum_ = self._parts.get((kind, earlier), (0, ZERO))
        self._parts[kind, earlier] = lines + 1, EXACT.add(sum_, amount)

    @property
    def total(self) -> Decimal:
        """What they come to together; a negative sum counts as 0."""
        return max(ZERO, reduce(EXACT.add, (amount for _, amount in self._parts.values()), ZERO))

    def step(self, currency: str) -> Facts:
        """As a step of the working."""
        parts = [
            {"type": kind, "lines": lines, "amount": plain(amount), **({"earlier": True} if earlier else {})}
            for (kind, earlier), (lines, amount) in self._parts.items()
        ]
        return {"step": "counted", "parts": parts, "result": plain(self.total), "unit": currency}


def pricing_minimums(item: DueAttachment, period: Period) -> Iterator[Minimum]:
    """The minimums of an attachment's pricings in a period, each for the days on which its pricing holds."""
    attachment = item.attachment
    if not any(pricing.minimum_spend for pricing in attachment.pricings):
        return
    for priced in priced_windows(attachment.pricings, period.start, period.end):
        if priced.pricing.minimum_spend:
            part = Period(priced.window.start, priced.window.end)
            yield _minimum(attachment, priced.pricing, part)


def plan_minimum(item: DueAttachment, period: Period) -> Iterator[Minimum]:
    """The minimum of an attachment's plan in a period, if there is one."""
    if item.attachment.minimum_spend and period.start < period.end:
        yield _minimum(item.attachment, None, period)


def _minimum(attachment: Attachment, pricing: Pricing | None, part: Period) -> Minimum:
    """A pricing's, or without one the plan's; the pricing's own flag goes before the plan's.

    Nothing of an AD_HOC plan is in advance (spec 7, Lines and bills).
    """
    of = pricing or attachment
    flag = of.minimum_spend_in_advance
    asked = attachment.minimum_spend_in_advance if flag is None else flag
    in_advance = asked and attachment.frequency is not Frequency.AD_HOC
    return Minimum(attachment, pricing, part, of.minimum_spend, of.minimum_spend_description, in_advance)


def minimums_ahead(item: DueAttachment, bill: BillInput) -> Iterator[Charge]:
    """The minimums of the period that starts on the bill date, where they are billed in advance; and the days
    given back of earlier ones that an early end leaves unused."""
    for minimum in _due_ahead(item):
        yield _charged(minimum)
    attachment = item.attachment
    for charged, days in unused(item, bill, LineType.MINIMUM_SPEND):
        pricing = next((each for each in attachment.pricings if each.id == charged.source_id), None)
        minimum = _minimum(attachment, pricing, days)
        yield given_back(
            attachment,
            charged,
            days,
            bill,
            whole=minimum.amount,
            description=_description(minimum),
            pricing=pricing,
            facts=_facts(minimum, True),
        )


def minimum_due_ahead(item: DueAttachment) -> bool:
    """Whether a minimum is due in advance on the item's bill date."""
    return any(True for _ in _due_ahead(item))


def _due_ahead(item: DueAttachment) -> Iterator[Minimum]:
    ahead = item.ahead
    if ahead is None:
        return
    for minimum in (*pricing_minimums(item, ahead), *plan_minimum(item, ahead)):
        if minimum.in_advance and minimum.part.start == ahead.start:
            yield minimum


def settled_minimums(
    item: DueAttachment,
    minimums: Iterable[Minimum],
    lines: Sequence[LineDraft],
    billed: Sequence[BilledAhead],
) -> Iterator[Charge]:
    """What the minimums of a period that has passed still come to: a top-up, or a refund of what was billed.

    `lines` are the bill's own so far, `billed` what the account's other bills charged ahead.
    """
    for minimum in minimums:
        at_start = minimum.part.start == item.period.start
        ahead = _billed_ahead(minimum, item.period, lines, billed) if at_start else ZERO
        if ahead > 0:
            yield _refund(minimum, ahead, counted(minimum, item.period, lines, billed))
        elif not (minimum.in_advance and at_start and item.stub is None):
            yield _top_up(minimum, counted(minimum, item.period, lines, billed))


def counted(
    minimum: Minimum, period: Period, lines: Sequence[LineDraft], billed: Sequence[BilledAhead]
) -> Counted:
    """What counts towards a minimum, by type and whether it stands on an earlier bill.

    Towards a plan's, all that covers days of the bill's period counts, also what is given back of days that
    the attachment no longer has.
    """
    found = Counted()
    attachment, pricing = minimum.attachment.id, minimum.pricing
    part = minimum.part if pricing else period
    types = OF_PRICING if pricing else OF_PLAN
    for line in lines:
        if line.attachment_id == attachment and part.start <= line.start < part.end:
            of_pricing = pricing is None or line.pricing_id == pricing.id
            below = pricing is None and line.type in TOP_UPS and line.pricing_id is not None
            if (line.type in types and of_pricing) or below:
                found.add(line.type, line.subtotal)
    if pricing is None:
        for each in billed:
            counts = each.type in types or (each.type in TOP_UPS and each.source_id is not None)
            if counts and each.attachment_id == attachment and part.start <= each.start < part.end:
                found.add(each.type, each.amount, earlier=True)
    return found


def _billed_ahead(
    minimum: Minimum, period: Period, lines: Sequence[LineDraft], billed: Sequence[BilledAhead]
) -> Decimal:
    """What was billed of the minimum in advance, less the days given back, on this bill or before."""
    total = ZERO
    for each in billed:
        ours = each.type is LineType.MINIMUM_SPEND and minimum.is_of(each.attachment_id, each.source_id)
        if ours and period.start <= each.start < period.end:
            total = EXACT.add(total, each.amount)
    for line in lines:
        ours = line.type is LineType.MINIMUM_SPEND and minimum.is_of(line.attachment_id, line.pricing_id)
        if ours and period.start <= line.start < period.end:
            total = EXACT.add(total, line.subtotal)
    return total


def _charged(minimum: Minimum, less: Decimal | None = None) -> Charge:
    """The minimum of its days, from which what counts already is still to be taken off, if any is given."""
    factor, shares = worth(minimum.attachment, minimum.part)
    exact = shown(minimum.amount, factor)
    charge = _line(minimum, LineType.MINIMUM_SPEND, minimum.amount, in_advance=less is None)
    charge.factor, charge.less = factor, less
    currency = minimum.attachment.currency
    charge.steps.append(proration_step(minimum.amount, factor, shares, exact, currency))
    return charge


def _top_up(minimum: Minimum, towards: Counted) -> Charge:
    charge = _charged(minimum, towards.total)
    charge.steps.insert(0, towards.step(minimum.attachment.currency))
    return charge


def _refund(minimum: Minimum, ahead: Decimal, towards: Counted) -> Charge:
    """The customer pays the larger of the two: what was billed ahead, or what was charged since."""
    amount = min(ahead, towards.total).copy_negate()
    currency = minimum.attachment.currency
    charge = _line(minimum, LineType.MINIMUM_SPEND_REFUND, amount, in_advance=True)
    refund = {"step": "refund", "billed": plain(ahead), "result": plain(amount), "unit": currency}
    charge.steps = [towards.step(currency), refund]
    return charge


def _line(minimum: Minimum, kind: LineType, amount: Decimal, *, in_advance: bool) -> Charge:
    return Charge(
        type=kind,
        description=_description(minimum),
        attachment=minimum.attachment,
        start=minimum.part.start,
        end=minimum.part.end,
        amount=amount,
        factor=WHOLE,
        facts=_facts(minimum, in_advance),
        steps=[],
        pricing=minimum.pricing,
    )


def _description(minimum: Minimum) -> str:
    return minimum.description or f"{minimum.attachment.product.name} Minimum Spend Adjustment"


def _facts(minimum: Minimum, in_advance: bool) -> Facts:
    pricing = minimum.pricing
    facts: Facts = {"minimum": {"of": "pricing" if pricing else "plan", "in_advance": in_advance}}
    return facts | pricing_facts(pricing) if pricing else facts
