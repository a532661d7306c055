"""What other bills charged in advance, and what of it is to be given back (spec 7, Lines and bills).

An attachment that ends early after a charge in advance was billed: a pending bill is simply rated anew, but
an approved or locked one is not reopened by it. The attachment's next bill gives the unused days back, in a
negative line of the same type; if the attachment has no bill date left, the next boundary becomes one.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from uuid import UUID

from billing.engine.calendar import Schedule
from billing.engine.types import (
    Attachment,
    BillDraft,
    BilledAhead,
    BillInput,
    DueAttachment,
    Frequency,
    LineType,
    Period,
)


def unused(
    item: DueAttachment,
    bill: BillInput,
    line_type: LineType,
    ended: Callable[[BilledAhead], date] | None = None,
) -> Iterator[tuple[BilledAhead, Period]]:
    """The charges in advance of a type whose days the attachment no longer has, each with the days that this
    bill gives back.

    `ended` says when what a charge is for ends, if not with the attachment. A bill rated as it stands gives
    back again what it does already, unless the end has moved past it.
    """
    attachment = item.attachment
    if attachment.end is None and ended is None:
        return
    ended = ended or _with(attachment)
    for charged, first, last in _outstanding(attachment, ended, bill.billed):
        if charged.type is not line_type or charged.bill_date >= bill.due.bill_date:
            continue
        if bill.standing is not None:
            own = [each.start for each in bill.standing if _gives_back(each, charged)]
            if not own:
                continue
            first = max(first, min(own))
        if first < last:
            yield charged, Period(first, last)


def give_back_dates(
    attachment: Attachment, billed: Sequence[BilledAhead], closed: Callable[[date], bool]
) -> Iterator[date]:
    """The dates on which what the attachment no longer uses is given back: of each charge, the first boundary
    after its bill whose own bill is not `closed`, that is approved or locked.

    A running total that is not prorated is not given back, and makes no date.
    """
    if attachment.end is None or attachment.frequency is Frequency.AD_HOC:
        return
    whole = {each.id for each in attachment.counter_pricings if not each.prorate_running_total}
    final = [each for each in billed if each.final and each.source_id not in whole]
    for charged, _, _ in _outstanding(attachment, _with(attachment), final):
        schedule = Schedule.of(attachment)
        number = schedule.number_at(charged.bill_date) + 1
        while closed(schedule.boundary(number)):
            number += 1
        yield schedule.boundary(number)


def _with(attachment: Attachment) -> Callable[[BilledAhead], date]:
    """That everything ends with the attachment."""
    return lambda charged: attachment.end or date.max


def _outstanding(
    attachment: Attachment, ended: Callable[[BilledAhead], date], billed: Sequence[BilledAhead]
) -> Iterator[tuple[BilledAhead, date, date]]:
    """What final bills charge for days after its end, and from when until when it is not given back yet."""
    mine = [each for each in billed if each.attachment_id == attachment.id]
    for charged in mine:
        if charged.final and charged.amount > 0 and charged.end > ended(charged):
            first = max(charged.start, ended(charged))
            last = min((each.start for each in mine if _gives_back(each, charged)), default=charged.end)
            if first < last:
                yield charged, first, last


def _gives_back(line: BilledAhead, charged: BilledAhead) -> bool:
    alike = line.type is charged.type and line.source_id == charged.source_id
    mine = alike and line.attachment_id == charged.attachment_id
    return mine and line.amount < 0 and charged.start <= line.start < charged.end


def not_billed_ahead(
    period: Period,
    attachment: Attachment,
    bill: BillInput,
    line_type: LineType,
    source_id: UUID | None = None,
) -> Period | None:
    """The days of a started period that no earlier bill has charged in advance; None if there are none.

    What was billed so is not billed in arrears too after the plan has changed over to it.
    """
    first = period.start
    for each in bill.billed:
        mine = each.attachment_id == attachment.id and each.type is line_type and each.source_id == source_id
        if mine and each.amount > 0 and each.start < period.end and each.bill_date < bill.due.bill_date:
            first = max(first, each.end)
    return Period(first, period.end) if first < period.end else None


def charged_ahead(draft: BillDraft, *, final: bool) -> list[BilledAhead]:
    """What a bill charges in advance and gives back, for the bills that are rated after it."""
    return [
        BilledAhead(
            attachment_id=line.attachment_id,
            type=line.type,
            source_id=line.pricing_id,
            start=line.start,
            end=line.end,
            amount=line.subtotal,
            bill_date=draft.bill_date,
            final=final,
        )
        for line in draft.lines
        if line.in_advance
    ]
