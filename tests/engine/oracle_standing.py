"""The oracle's bill dates and standing charges: periods counted one by one, days given back one by one.

Spec 3, Billing calendar and What a bill contains; spec 7, Lines and bills. Periods exclude their end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Protocol

from tests.engine.oracle_days import DAY, Scheduled, boundaries


class Charging(Scheduled, Protocol):
    """What an attachment says about its standing charge."""

    code: str
    standing: Fraction
    standing_interval: int
    standing_offset: int
    in_advance: bool


@dataclass(frozen=True)
class Ahead:
    """A standing charge on an approved bill for days that begin with it or later; or their giving back."""

    code: str
    bill_date: date
    start: date
    end: date
    amount: Fraction

    @property
    def is_return(self) -> bool:
        return self.amount < 0

    @property
    def days(self) -> set[date]:
        return {self.start + number * DAY for number in range((self.end - self.start).days)}


def is_charged(attachment: Charging, number: int) -> bool:
    """Periods are counted from 0, the first one, even a stub."""
    beyond = number - attachment.standing_offset
    return attachment.standing != 0 and beyond >= 0 and beyond % attachment.standing_interval == 0


def is_ahead(attachment: Charging) -> bool:
    """Nothing of an AD_HOC plan is in advance."""
    return attachment.in_advance and attachment.frequency != "AD_HOC"


def bills_on_start(attachment: Charging) -> bool:
    """A boundary on the start with something to charge ahead; never with an anchor that lies later."""
    return (
        is_ahead(attachment)
        and is_charged(attachment, 0)
        and attachment.anchor <= attachment.start
        and attachment.start in boundaries(attachment, attachment.start, attachment.start)
    )


def bill_edges(
    attachment: Charging,
    last: date,
    runs: Collection[date] = (),
    kept: Collection[Ahead] = (),
    closed: Collection[date] = (),
) -> list[date]:
    """Every date on which a period of the attachment ends, up to the first one after `last`.

    `runs` are the dates of AD_HOC bills. Days after the end that approved bills charge ahead are to be given
    back on a later bill that is not approved, so boundaries go on until there is one.
    """
    if attachment.frequency == "AD_HOC":
        edges: Sequence[date] = sorted(runs)
    else:
        first = max(attachment.start, attachment.anchor)
        edges = [
            day for day in boundaries(attachment, first, max(last, first) + DAY) if day >= attachment.anchor
        ]
    found: list[date] = []
    owing = [line.bill_date for line, _ in unused(attachment, kept)]
    for day in edges:
        if day <= attachment.start:
            continue
        found.append(day)
        open_days = [each for each in found if each not in closed]
        owed = [bill_date for bill_date in owing if not any(each > bill_date for each in open_days)]
        if day > last or (attachment.end is not None and day >= attachment.end and not owed):
            break
    return found


def bill_periods(
    attachment: Charging,
    until: date,
    runs: Collection[date] = (),
    kept: Collection[Ahead] = (),
    closed: Collection[date] = (),
) -> list[tuple[date, date]]:
    """[previous bill date, bill date) for every bill date up to `until`, the first from the start.

    An empty one on the start, where it is a bill date.
    """
    extra = [attachment.start] if bills_on_start(attachment) else []
    dates = extra + bill_edges(attachment, until, runs, kept, closed)
    previous = attachment.start
    found = []
    for day in dates:
        if day <= until:
            found.append((previous, day))
        previous = day
    return found


def cut(attachment: Scheduled, start: date, end: date) -> list[tuple[date, date]]:
    """The days on which the attachment runs; none, if there is no such day."""
    if attachment.end is not None:
        end = min(end, attachment.end)
    return [(start, end)] if start < end else []


def standing_periods(
    attachment: Charging, start: date, day: date, runs: Collection[date]
) -> list[tuple[date, date]]:
    """What the bill of `day` charges: the period that ended, or the one ahead and a stub before it."""
    edges = bill_edges(attachment, day, runs)
    numbered = list(enumerate(zip([attachment.start, *edges], edges, strict=False)))
    charged = [(number, period) for number, period in numbered if is_charged(attachment, number)]
    if not is_ahead(attachment):
        return [part for _, period in charged if period == (start, day) for part in cut(attachment, *period)]
    found = []
    for number, period in charged:
        is_stub = number == 0 and not bills_on_start(attachment)
        if period[1 if is_stub else 0] == day:
            found.extend(cut(attachment, *period))
    return found


def unused(attachment: Charging, kept: Collection[Ahead]) -> Iterator[tuple[Ahead, list[date]]]:
    """Approved lines with the days after the end that they charge and no other bill has given back."""
    mine = [each for each in kept if each.code == attachment.code]
    given = {given for each in mine if each.is_return for given in each.days}
    for line in mine:
        days = sorted(
            each for each in line.days - given if attachment.end is not None and each >= attachment.end
        )
        if days and not line.is_return:
            yield line, days


def returns(
    attachment: Charging, day: date, kept: Collection[Ahead]
) -> Iterator[tuple[date, date, Fraction | None]]:
    """Unbroken days after the end that bills before `day` charged; with the line's amount, if that is all."""
    for line, days in unused(attachment, kept):
        if line.bill_date >= day:
            continue
        for _, run in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0] * DAY):
            same = [each for _, each in run]
            yield same[0], same[-1] + DAY, line.amount if set(same) == line.days else None
