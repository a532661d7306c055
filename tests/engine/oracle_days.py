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


def bill_periods(attachment: Scheduled, until: date) -> list[tuple[date, date]]:
    """[previous bill date, bill date) for every bill date up to `until`, the first from the start."""
    found: list[tuple[date, date]] = []
    previous = attachment.start
    for day in boundaries(attachment, attachment.start, max(until, attachment.start)):
        if day <= attachment.start or day < attachment.anchor or day > until:
            continue
        found.append((previous, day))
        previous = day
        if attachment.end is not None and day >= attachment.end:
            break
    return found


def proration(attachment: Scheduled, start: date, end: date) -> Fraction:
    """Each day is worth one part of as many as its natural period has days."""
    factor = Fraction(0)
    natural = boundaries(attachment, start, end)
    day = start
    while day < end:
        before = max(edge for edge in natural if edge <= day)
        after = min(edge for edge in natural if edge > day)
        factor += Fraction(1, (after - before).days)
        day += DAY
    return factor
