"""The billing calendar: a schedule's boundaries, the dates that bill an attachment, and shares of periods.

Boundaries lie at anchor + k × interval months for every whole k, before the anchor too. They keep the
anchor's day, clamped to the month's end and always counted from the anchor, so a 31st comes back after a
February (spec 3, Billing calendar). Months are what is billed by so far; a schedule of another frequency is
refused when it is made.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from billing.engine.types import Attachment, Frequency, Period


@dataclass(frozen=True, slots=True)
class Schedule:
    """Boundaries every `interval` months, counted from `anchor`."""

    anchor: date
    interval: int

    @classmethod
    def of(cls, attachment: Attachment) -> "Schedule":
        """The attachment's own schedule. ValueError for a frequency other than MONTHLY."""
        if attachment.frequency is not Frequency.MONTHLY:
            raise ValueError(f"Plans billed {attachment.frequency} cannot be billed yet, only MONTHLY ones.")
        return cls(attachment.anchor, attachment.interval)

    def boundary(self, number: int) -> date:
        """The boundary `number` steps after the anchor (before it, if negative)."""
        return _months_later(self.anchor, number * self.interval)

    def number_at(self, day: date) -> int:
        """The number of the last boundary on or before `day`."""
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
    """A part of one natural period: `days` in common of the `of` days it has."""

    start: date
    end: date
    days: int
    of: int


@lru_cache(maxsize=4096)
def shares(schedule: Schedule, start: date, end: date) -> tuple[Share, ...]:
    """[start, end) cut at the schedule's boundaries, in order."""
    parts = []
    for period in schedule.natural_periods(start, end):
        first, last = max(start, period.start), min(end, period.end)
        parts.append(Share(first, last, (last - first).days, (period.end - period.start).days))
    return tuple(parts)


@lru_cache(maxsize=4096)
def proration(schedule: Schedule, start: date, end: date) -> Fraction:
    """How many periods [start, end) is worth: Σ days in common / days in the natural period; a stub of 1½
    counts 3/2."""
    return sum((Fraction(share.days, share.of) for share in shares(schedule, start, end)), Fraction(0))


def first_bill_date(attachment: Attachment) -> date:
    """The anchor if it lies after the start, however late, else the first boundary after the start."""
    if attachment.anchor > attachment.start:
        return attachment.anchor
    schedule = Schedule.of(attachment)
    return schedule.boundary(schedule.number_at(attachment.start) + 1)


def final_bill_date(attachment: Attachment) -> date | None:
    """The first bill date on or after the attachment's end; None while it is open-ended."""
    if attachment.end is None:
        return None
    schedule = Schedule.of(attachment)
    number = schedule.number_at(attachment.end)
    boundary = schedule.boundary(number)
    if boundary < attachment.end:
        boundary = schedule.boundary(number + 1)
    return max(boundary, first_bill_date(attachment))


def last_bill_date(attachment: Attachment, until: date) -> date | None:
    """The attachment's last bill date on or before `until`, if there is one."""
    final = final_bill_date(attachment)
    if final is not None and final <= until:
        return final
    schedule = Schedule.of(attachment)
    latest = schedule.boundary(schedule.number_at(until))
    return latest if latest >= first_bill_date(attachment) else None


def bill_dates(attachment: Attachment, after: date, until: date) -> list[date]:
    """Every bill date of the attachment after one day and on or before another, in order."""
    first, last = first_bill_date(attachment), last_bill_date(attachment, until)
    if last is None or last <= after:
        return []
    schedule = Schedule.of(attachment)
    begin = schedule.number_at(first) if first > after else schedule.number_at(after) + 1
    return [schedule.boundary(number) for number in range(begin, schedule.number_at(last) + 1)]


def period_billed_on(attachment: Attachment, bill_date: date) -> Period | None:
    """The period that the attachment's bill of this date covers; None if no bill of it falls on this date.

    It runs from the previous bill date, at first from the attachment's start, until before the bill date.
    """
    first = first_bill_date(attachment)
    final = final_bill_date(attachment)
    schedule = Schedule.of(attachment)
    number = schedule.number_at(bill_date)
    outside = bill_date < first or (final is not None and bill_date > final)
    if outside or schedule.boundary(number) != bill_date:
        return None
    return Period(attachment.start if bill_date == first else schedule.boundary(number - 1), bill_date)
