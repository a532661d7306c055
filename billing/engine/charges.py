"""Standing charges: in arrears for the days that an attachment ran, or in advance for those to come.

Interval and offset count the attachment's periods, the first one, even a stub, being 0; what is due is
charged as is, prorated by the factor of its own period. In advance, the bill that ends a stub carries two
lines: the stub and the period ahead. Days charged ahead that an early end leaves unused are given back
(spec 3, What a bill contains; spec 7, Lines and bills).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from billing.engine.advance import not_billed_ahead, unused
from billing.engine.calendar import worth
from billing.engine.day_steps import given_back_step, proration_step, turn_step
from billing.engine.explanation import Facts
from billing.engine.lines import Charge
from billing.engine.money import shown
from billing.engine.types import (
    Attachment,
    BilledAhead,
    BillInput,
    DueAttachment,
    Frequency,
    LineType,
    Period,
    Pricing,
)

TYPE = LineType.STANDING_CHARGE


@dataclass(frozen=True, slots=True)
class Turn:
    """A period that a standing charge is due for, its number among the attachment's, and why it is due now:
    in `advance`, in `arrears`, or as a `stub` caught up."""

    when: str
    period: Period
    number: int


def standing_charges(item: DueAttachment, bill: BillInput) -> Iterator[Charge]:
    """The standing charges of the attachment on a bill, and what is given back of earlier ones."""
    for turn in _turns(item):
        period: Period | None = turn.period
        if turn.when != "advance":
            period = not_billed_ahead(turn.period, item.attachment, bill, TYPE)
        if period:
            yield _charge(item.attachment, turn, period)
    for charged, days in unused(item, bill, TYPE):
        attachment = item.attachment
        yield given_back(
            attachment,
            charged,
            days,
            bill,
            whole=attachment.standing_charge,
            description=_description(attachment),
        )


def standing_charges_due(item: DueAttachment) -> list[Charge]:
    """The standing charges of an item, as if nothing had been billed before."""
    return [_charge(item.attachment, turn, turn.period) for turn in _turns(item)]


def standing_charge_due_ahead(item: DueAttachment) -> bool:
    """Whether a standing charge is due in advance on the item's bill date."""
    return any(turn.when == "advance" for turn in _turns(item))


def _turns(item: DueAttachment) -> Iterator[Turn]:
    """In arrears the period that ended, in advance the stub before it and the period ahead, if it is their
    turn."""
    attachment, number = item.attachment, item.number
    if not attachment.standing_charge:
        return
    in_advance = attachment.standing_charge_in_advance and attachment.frequency is not Frequency.AD_HOC
    started = item.stub if in_advance else item.covered
    if started and started.start < started.end and _due(attachment, number):
        yield Turn("stub" if in_advance else "arrears", started, number)
    if in_advance and item.ahead and _due(attachment, number + 1):
        yield Turn("advance", item.ahead, number + 1)


def _due(attachment: Attachment, number: int) -> bool:
    turn = number - attachment.standing_charge_offset
    return turn >= 0 and turn % attachment.standing_charge_interval == 0


def _charge(attachment: Attachment, turn: Turn, period: Period) -> Charge:
    amount = attachment.standing_charge
    factor, parts = worth(attachment, period)
    return Charge(
        type=TYPE,
        description=_description(attachment),
        attachment=attachment,
        start=period.start,
        end=period.end,
        amount=amount,
        factor=factor,
        steps=[
            *_turn_step(attachment, turn),
            proration_step(amount, factor, parts, shown(amount, factor), attachment.currency),
        ],
    )


def _description(attachment: Attachment) -> str:
    return attachment.standing_charge_description or "Standing Charge"


def _turn_step(attachment: Attachment, turn: Turn) -> Iterator[Facts]:
    """Nothing needs to be said of a charge that is due in arrears for every period."""
    interval, offset = attachment.standing_charge_interval, attachment.standing_charge_offset
    if turn.when != "arrears" or interval > 1 or offset:
        yield turn_step(turn.when, turn.number, interval, offset)


def given_back(
    attachment: Attachment,
    charged: BilledAhead,
    days: Period,
    bill: BillInput,
    *,
    whole: Decimal,
    description: str,
    pricing: Pricing | None = None,
    facts: Facts | None = None,
) -> Charge:
    """Minus the charge for the unused days: of `whole`, which is for one whole period, where that is what was
    billed, else of the amount that was."""
    billed, _ = worth(attachment, Period(charged.start, charged.end))
    factor, parts = worth(attachment, days)
    amount = -whole
    smallest = Fraction(1, 10 ** bill.currencies[attachment.currency].places)
    another = abs(Fraction(amount) * billed + Fraction(charged.amount)) >= smallest
    if another or factor == billed:
        amount, factor = -charged.amount, factor / billed
    return Charge(
        type=charged.type,
        description=description,
        attachment=attachment,
        start=days.start,
        end=days.end,
        amount=amount,
        factor=factor,
        facts=facts or {},
        steps=[given_back_step(charged, factor, parts, amount, shown(amount, factor), attachment.currency)],
        pricing=pricing,
    )
