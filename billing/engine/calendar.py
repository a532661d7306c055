"""The billing calendar: a schedule's boundaries, the dates that bill an attachment, and shares of periods.

Boundaries lie at anchor + k × interval days, weeks, months or years for every whole k, before the anchor
too. Months and years keep the anchor's day, clamped to the month's end and always counted from the anchor,
so a 31st comes back after a February (spec 3, Billing calendar). AD_HOC plans have no schedule: they are
billed when a run asks for it (due.py), and nothing of them is prorated (spec 7, Lines and bills).
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from billing.engine.types import Attachment, Frequency, Period

# What a frequency counts by, and how many of it make its unit; years are 12 months (spec 7, Lines and bills).
UNITS = {
    Frequency.DAILY: (1, True),
    Frequency.WEEKLY: (7, True),
    Frequency.MONTHLY: (1, False),
    Frequency.ANNUALLY: (12, False),
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """Boundaries every `interval` months (or days, if `in_days`), counted from `anchor`."""

    anchor: date
    interval: int
    in_days: bool = False

    @classmethod
    def of(cls, attachment: Attachment) -> "Schedule":
        """The attachment's own schedule. ValueError for an AD_HOC plan, which has none."""
        if attachment.frequency is Frequency.AD_HOC:
            raise ValueError("A plan billed AD_HOC has no schedule.")
        per_unit, in_days = UNITS[attachment.frequency]
        return cls(attachment.anchor, per_unit * attachment.interval, in_days)

    def boundary(self, number: int) -> date:
        """The boundary `number` steps after the anchor (before it, if negative)."""
        if self.in_days:
            return self.anchor + timedelta(number * self.interval)
        return _months_later(self.anchor, number * self.interval)

    def number_at(self, day: date) -> int:
        """The number of the last boundary on or before `day`."""
        if self.in_days:
            return (day - self.anchor).days // self.interval
        months = (day.year - self.anchor.year) * 12 + day.month - self.anchor.month
        number = months // self.interval
        return number - 1 if self.boundary(number) > day else number

    def natural_periods(self, start: date, end: date) -> Iterator[Period]:
        """The whole periods between boundaries that have days in common with [start, end)."""
        number = self.number_at(start)
        while (begin := self.boundary(number)) < end:
            number += 1
            yield Period(begin, self.boundary(number))


@lru_cache(maxsize=4096)
def _months_later(anchor: date, months: int) -> date:
    """The anchor's day so many months later, clamped to that month's end."""
    years, month = divmod(anchor.month - 1 + months, 12)
    year = anchor.year + years
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Share:
    """A part of one natural period: `days` in common of the `of` days it has.

    Whole periods that follow each other are one share, counted by `periods`; `days` and `of` are then those
    of them all.
    """

    start: date
    end: date
    days: int
    of: int
    periods: int = 1

    @property
    def factor(self) -> Fraction:
        """How many periods it is worth."""
        return Fraction(self.days * self.periods, self.of)


@lru_cache(maxsize=4096)
def shares(schedule: Schedule, start: date, end: date) -> tuple[Share, ...]:
    """[start, end) cut at the schedule's boundaries, in order."""
    parts: list[Share] = []
    for period in schedule.natural_periods(start, end):
        first, last = max(start, period.start), min(end, period.end)
        share = Share(first, last, (last - first).days, (period.end - period.start).days)
        if parts and share.days == share.of and parts[-1].days == parts[-1].of:
            share = _joined(parts.pop(), share)
        parts.append(share)
    return tuple(parts)


def _joined(before: Share, share: Share) -> Share:
    days = before.days + share.days
    return Share(before.start, share.end, days, days, before.periods + 1)


@lru_cache(maxsize=4096)
def proration(schedule: Schedule, start: date, end: date) -> Fraction:
    """How many periods [start, end) is worth: Σ days in common / days in the natural period; a stub of 1½
    counts 3/2, no day 0."""
    return sum((share.factor for share in shares(schedule, start, end)), Fraction(0))


WHOLE = Fraction(1)


def worth(attachment: Attachment, period: Period) -> tuple[Fraction, tuple[Share, ...]]:
    """The factor by which a period's charges of an attachment are prorated, and the shares it is the sum of.

    AD_HOC: 1 and no share; nothing is prorated.
    """
    if attachment.frequency is Frequency.AD_HOC:
        return WHOLE, ()
    schedule = Schedule.of(attachment)
    return proration(schedule, period.start, period.end), shares(schedule, period.start, period.end)


def first_bill_date(attachment: Attachment) -> date:
    """The anchor if it lies after the start, however late, else the first boundary after the start.

    The first that bills in arrears, that is: with charges in advance the start itself may be a bill date
    (due.py).
    """
    if attachment.anchor > attachment.start:
        return attachment.anchor
    schedule = Schedule.of(attachment)
    return schedule.boundary(schedule.number_at(attachment.start) + 1)


def final_bill_date(attachment: Attachment) -> date | None:
    """The first bill date on or after the attachment's end; None while it is open-ended, or AD_HOC."""
    if attachment.end is None or attachment.frequency is Frequency.AD_HOC:
        return None
    schedule = Schedule.of(attachment)
    number = schedule.number_at(attachment.end)
    boundary = schedule.boundary(number)
    if boundary < attachment.end:
        boundary = schedule.boundary(number + 1)
    return max(boundary, first_bill_date(attachment))


def last_bill_date(attachment: Attachment, until: date) -> date | None:
    """The attachment's last bill date on or before `until`, if there is one; AD_HOC plans have none."""
    if attachment.frequency is Frequency.AD_HOC:
        return None
    final = final_bill_date(attachment)
    if final is not None and final <= until:
        return final
    schedule = Schedule.of(attachment)
    latest = schedule.boundary(schedule.number_at(until))
    return latest if latest >= first_bill_date(attachment) else None


def bill_dates(attachment: Attachment, after: date, until: date) -> list[date]:
    """Every bill date of the attachment after one day and on or before another, in order."""
    last = last_bill_date(attachment, until)
    if last is None or last <= after:
        return []
    first, schedule = first_bill_date(attachment), Schedule.of(attachment)
    begin = schedule.number_at(first) if first > after else schedule.number_at(after) + 1
    return [schedule.boundary(number) for number in range(begin, schedule.number_at(last) + 1)]


def period_billed_on(attachment: Attachment, bill_date: date) -> Period | None:
    """The period that the attachment's bill of this date covers; None if no bill of it falls on this date.

    It runs from the previous bill date, at first from the attachment's start, until before the bill date.
    """
    if attachment.frequency is Frequency.AD_HOC:
        return None
    first = first_bill_date(attachment)
    final = final_bill_date(attachment)
    schedule = Schedule.of(attachment)
    number = schedule.number_at(bill_date)
    outside = bill_date < first or (final is not None and bill_date > final)
    if outside or schedule.boundary(number) != bill_date:
        return None
    return Period(attachment.start if bill_date == first else schedule.boundary(number - 1), bill_date)
