"""The bill dates of an attachment, and what it is billed for on each (spec 3, Billing calendar; spec 7).

Beside the boundaries of calendar.py these are: the start itself, if something is due in advance that day;
the boundary on which days charged in advance are given back after an early end (advance.py); and, for AD_HOC
plans, the dates of the runs that ask for them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from billing.engine.advance import give_back_dates
from billing.engine.calendar import (
    Schedule,
    bill_dates,
    final_bill_date,
    first_bill_date,
    last_bill_date,
    period_billed_on,
)
from billing.engine.charges import standing_charge_due_ahead
from billing.engine.counters import running_total_due_ahead
from billing.engine.minimums import minimum_due_ahead
from billing.engine.types import (
    Attachment,
    BilledAhead,
    BillKey,
    DueAttachment,
    DueBill,
    Frequency,
    Period,
)

# Each says whether a charge of some kind, not zero, is due in advance on the item's bill date.
DUE_AHEAD = (standing_charge_due_ahead, running_total_due_ahead, minimum_due_ahead)


@dataclass(frozen=True, slots=True)
class Made:
    """What decides an account's bill dates beside its attachments: the bills that it has.

    `ad_hoc` holds, by interval and in order, the dates of its AD_HOC bills, and of the run that makes some.
    `billed` is what all its bills charge in advance. `closed` are the keys of approved and locked bills;
    `forms` says of their dates whether the bills there are consolidated, as they stay. On other dates it is
    as the organization says.
    """

    ad_hoc: Mapping[int, Sequence[date]] = field(default_factory=dict)
    billed: Sequence[BilledAhead] = ()
    closed: Collection[BillKey] = ()
    forms: Mapping[date, bool] = field(default_factory=dict)
    consolidate: bool = False

    def key(self, attachment: Attachment, bill_date: date) -> BillKey:
        """The key of the bill that the attachment is on; an AD_HOC bill is never consolidated."""
        frequency = attachment.frequency
        if frequency is not Frequency.AD_HOC and self.forms.get(bill_date, self.consolidate):
            return bill_date, None, 1, ""
        return bill_date, frequency, attachment.interval, ""


def made_of(
    bills: Mapping[BillKey, bool],
    billed: Sequence[BilledAhead] = (),
    *,
    consolidate: bool = False,
    ad_hoc_on: Mapping[int, date] | None = None,
) -> Made:
    """From the keys of an account's bills, with whether each is approved or locked.

    `ad_hoc_on` is, by interval, the date of a run that asks for AD_HOC bills: one more, unless later ones
    have billed its days already.
    """
    ad_hoc: dict[int, list[date]] = {}
    for bill_date, frequency, interval, _ in sorted(bills, key=lambda key: key[0]):
        if frequency is Frequency.AD_HOC:
            ad_hoc.setdefault(interval, []).append(bill_date)
    for interval, asked in (ad_hoc_on or {}).items():
        dates = ad_hoc.setdefault(interval, [])
        if not dates or dates[-1] < asked:
            dates.append(asked)
    closed = {key for key, is_closed in bills.items() if is_closed}
    scheduled = [key for key in closed if key[1] is not Frequency.AD_HOC]
    forms = {bill_date: frequency is None for bill_date, frequency, _, _ in scheduled}
    return Made(ad_hoc, billed, closed, forms, consolidate)


NOTHING_MADE = Made()


def due_dates(attachment: Attachment, after: date, until: date, made: Made = NOTHING_MADE) -> list[date]:
    """Every bill date of the attachment after one day and on or before another, in order."""
    if attachment.frequency is Frequency.AD_HOC:
        dates = made.ad_hoc.get(attachment.interval, ())
        return [day for day in dates if after < day <= until and due_on(attachment, day, made)]
    dates = bill_dates(attachment, after, until)
    further = [day for day in _further_dates(attachment, made) if after < day <= until]
    return sorted({*dates, *further}) if further else dates


def last_due_date(attachment: Attachment, until: date, made: Made = NOTHING_MADE) -> date | None:
    """The attachment's last bill date on or before a day, if there is one."""
    if attachment.frequency is Frequency.AD_HOC:
        return max(due_dates(attachment, date.min, until, made), default=None)
    last = last_bill_date(attachment, until)
    further = [day for day in _further_dates(attachment, made) if day <= until]
    return max(further if last is None else [last, *further], default=None)


def next_due_date(attachment: Attachment, after: date) -> date | None:
    """The first bill date after a day, those of giving back left out; None after the last one, or AD_HOC."""
    if attachment.frequency is Frequency.AD_HOC:
        return None
    if attachment.start > after and _billed_on_start(attachment):
        return attachment.start
    first, final = first_bill_date(attachment), final_bill_date(attachment)
    schedule = Schedule.of(attachment)
    following = first if first > after else schedule.boundary(schedule.number_at(after) + 1)
    return following if final is None or following <= final else None


def days_billed(item: DueAttachment) -> Period:
    """The days of the attachment that the item bills, those charged in advance included."""
    covered = item.covered
    if item.ahead and any(due_ahead(item) for due_ahead in DUE_AHEAD):
        return Period(covered.start, item.ahead.end)
    return covered


def _further_dates(attachment: Attachment, made: Made) -> list[date]:
    """The bill dates of the attachment, in any order, at which no period of it ends."""
    found = [attachment.start] if _billed_on_start(attachment) else []
    if made.billed:
        found += give_back_dates(
            attachment, made.billed, lambda day: made.key(attachment, day) in made.closed
        )
    return found


def due_on(attachment: Attachment, bill_date: date, made: Made = NOTHING_MADE) -> DueAttachment | None:
    """What the attachment is billed for on a date; None if no bill of it falls on this date."""
    if attachment.frequency is Frequency.AD_HOC:
        return _ad_hoc(attachment, bill_date, made)
    period = period_billed_on(attachment, bill_date)
    if period is None:
        return _on_further_date(attachment, bill_date, made)
    first, schedule = first_bill_date(attachment), Schedule.of(attachment)
    item = DueAttachment(
        attachment,
        period,
        ahead=_ahead(attachment, schedule, bill_date),
        number=_number(attachment, bill_date),
    )
    if bill_date > first or starts_on_boundary(attachment):
        return item
    return DueAttachment(attachment, period, item.ahead, stub=item.covered, number=0)


def starts_on_boundary(attachment: Attachment) -> bool:
    """Whether the first period can be charged in advance on the attachment's start; else it is a stub.

    An anchor that lies after the start makes it one, too: no bill is cut before the anchor.
    """
    schedule, start = Schedule.of(attachment), attachment.start
    return attachment.anchor <= start and schedule.boundary(schedule.number_at(start)) == start


def _ahead(attachment: Attachment, schedule: Schedule, bill_date: date) -> Period | None:
    """The period from the bill date to the next boundary, as long as the attachment runs."""
    following, end = schedule.boundary(schedule.number_at(bill_date) + 1), attachment.end
    if end is None:
        return Period(bill_date, following)
    return Period(bill_date, min(following, end)) if end > bill_date else None


def _on_start(attachment: Attachment) -> DueAttachment:
    start = attachment.start
    ahead = _ahead(attachment, Schedule.of(attachment), start)
    return DueAttachment(attachment, Period(start, start), ahead, number=-1)


def _billed_on_start(attachment: Attachment) -> bool:
    """The start is a bill date only if something that is not zero is due in advance (spec 7)."""
    if not starts_on_boundary(attachment):
        return False
    item = _on_start(attachment)
    return any(due_ahead(item) for due_ahead in DUE_AHEAD)


def _on_further_date(attachment: Attachment, bill_date: date, made: Made) -> DueAttachment | None:
    if bill_date not in _further_dates(attachment, made):
        return None
    if bill_date == attachment.start:
        return _on_start(attachment)
    schedule = Schedule.of(attachment)
    previous = schedule.boundary(schedule.number_at(bill_date) - 1)
    return DueAttachment(attachment, Period(previous, bill_date), number=_number(attachment, bill_date))


def as_it_stands(due: DueBill, standing: Sequence[BilledAhead], attachments: Sequence[Attachment]) -> DueBill:
    """An approved bill's items with the periods ahead that it charges, whatever of the account's attachments
    has ended since, even before the bill's period (spec 7, Lines and bills)."""
    charged = {each.attachment_id: Period(each.start, each.end) for each in standing if each.amount > 0}
    items = []
    for item in due.items:
        own, end = charged.pop(item.attachment.id, None), item.attachment.end
        kept = own is not None and end is not None and own.end > end
        items.append(replace(item, ahead=own) if kept else item)
    for attachment in attachments:
        if attachment.id in charged and attachment.frequency is not Frequency.AD_HOC:
            number = _number(attachment, due.bill_date)
            none = Period(due.bill_date, due.bill_date)
            items.append(DueAttachment(attachment, none, charged[attachment.id], number=number))
    return replace(due, items=tuple(items))


def _number(attachment: Attachment, bill_date: date) -> int:
    """The number of the attachment's period that ends on a boundary; -1 on its start."""
    schedule = Schedule.of(attachment)
    return schedule.number_at(bill_date) - schedule.number_at(first_bill_date(attachment))


def _ad_hoc(attachment: Attachment, bill_date: date, made: Made) -> DueAttachment | None:
    """From its last bill, or its start, up to the date: nothing prorated, nothing in advance (spec 7)."""
    dates = made.ad_hoc.get(attachment.interval, ())
    earlier = [day for day in dates if attachment.start < day < bill_date]
    begin = earlier[-1] if earlier else attachment.start
    ended = attachment.end is not None and attachment.end <= begin
    if bill_date not in dates or bill_date <= begin or ended:
        return None
    return DueAttachment(attachment, Period(begin, bill_date), number=len(earlier))
