"""The oracle's bill dates and standing charges: periods counted one by one, days given back one by one.

Spec 3, Billing calendar and What a bill contains; spec 7, Lines and bills. Periods exclude their end.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from tests.engine.oracle_ahead import Ahead, unused
from tests.engine.oracle_counters import totals_ahead
from tests.engine.oracle_days import DAY, boundaries, cut, starts_on_boundary
from tests.engine.oracle_minimums import minimums_ahead
from tests.engine.oracle_terms import Attachment


def is_charged(attachment: Attachment, number: int) -> bool:
    """Periods are counted from 0, the first one, even a stub."""
    beyond = number - attachment.standing_offset
    return attachment.standing != 0 and beyond >= 0 and beyond % attachment.standing_interval == 0


def is_ahead(attachment: Attachment) -> bool:
    """Nothing of an AD_HOC plan is in advance."""
    return attachment.in_advance and attachment.frequency != "AD_HOC"


def bills_on_start(attachment: Attachment) -> bool:
    """A boundary on the start with something to charge ahead; never with an anchor that lies later."""
    if not starts_on_boundary(attachment):
        return False
    first = attachment.start, bill_edges(attachment, attachment.start)[0]
    return (
        (is_ahead(attachment) and is_charged(attachment, 0))
        or bool(minimums_ahead(attachment, *first))
        or any(item.amount for item in totals_ahead(attachment, *first))
    )


def bill_edges(
    attachment: Attachment,
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
    attachment: Attachment,
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


def standing_periods(
    attachment: Attachment, start: date, day: date, runs: Collection[date]
) -> list[tuple[date, date]]:
    """What the bill of `day` charges: the period that ended, or the one ahead and a stub before it."""
    edges = bill_edges(attachment, day, runs)
    numbered = list(enumerate(zip([attachment.start, *edges], edges, strict=False)))
    charged = [(number, period) for number, period in numbered if is_charged(attachment, number)]
    if not is_ahead(attachment):
        return [part for _, period in charged if period == (start, day) for part in cut(attachment, *period)]
    found = []
    for number, period in charged:
        is_stub = number == 0 and not starts_on_boundary(attachment)
        if period[1 if is_stub else 0] == day:
            found.extend(cut(attachment, *period))
    return found


def period_after(attachment: Attachment, day: date) -> tuple[date, date]:
    """The period that starts on a bill date, ended or not; of AD_HOC it has no days."""
    if attachment.frequency == "AD_HOC":
        return day, day
    return day, next(
        each
        for each in boundaries(attachment, max(day, attachment.anchor), max(day, attachment.anchor) + DAY)
        if each > day
    )
