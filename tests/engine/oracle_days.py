"""The oracle's calendar: boundaries step by step, proration day by day (spec 3, Billing calendar)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from typing import Protocol

DAY = timedelta(days=1)


class Scheduled(Protocol):
    """What an attachment says about its days."""

    start: date
    end: date | None
    anchor: date
    frequency: str
    interval: int


def boundary(anchor: date, frequency: str, interval: int, k: int) -> date:
    """anchor + k × interval × unit; months keep the anchor's day as far as the month has it."""
    steps = k * interval
    if frequency in ("DAILY", "WEEKLY"):
        return anchor + steps * (7 if frequency == "WEEKLY" else 1) * DAY
    months = anchor.year * 12 + anchor.month - 1 + steps * (12 if frequency == "ANNUALLY" else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(anchor.day, calendar.monthrange(year, month)[1]))


def boundaries(attachment: Scheduled, first: date, last: date) -> list[date]:
    """In order, from the last one on or before `first` to the first one on or after `last`."""

    def at(k: int) -> date:
        return boundary(attachment.anchor, attachment.frequency, attachment.interval, k)

    k = next(k for k in count(0, -1) if at(k) <= first)
    found = [at(k)]
    while found[-1] < last:
        k += 1
        found = [at(k)] if at(k) <= first else [*found, at(k)]
    return found


def proration(attachment: Scheduled, start: date, end: date) -> Fraction:
    """Each day is worth one part of as many as its natural period has days; AD_HOC is never prorated."""
    if attachment.frequency == "AD_HOC":
        return Fraction(1)
    factor = Fraction(0)
    natural = boundaries(attachment, start, end)
    edge = 0
    day = start
    while day < end:
        while natural[edge + 1] <= day:
            edge += 1
        factor += Fraction(1, (natural[edge + 1] - natural[edge]).days)
        day += DAY
    return factor


def starts_on_boundary(attachment: Scheduled) -> bool:
    """The first period is a whole one: never with an anchor after the start, nor AD_HOC."""
    if attachment.frequency == "AD_HOC" or attachment.anchor > attachment.start:
        return False
    return attachment.start in boundaries(attachment, attachment.start, attachment.start)


def cut(attachment: Scheduled, start: date, end: date) -> list[tuple[date, date]]:
    """The days on which the attachment runs; none, if there is no such day."""
    if attachment.end is not None:
        end = min(end, attachment.end)
    return [(start, end)] if start < end else []
