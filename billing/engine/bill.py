"""From attachments to bills; read this first.

`due_bills` says which bills an account is to have (due.py, calendar.py), `windows_wanted` what must be
measured for one of them, and `compute_bill` rates it: charges in exact numbers (charges.py, counters.py,
usage.py, bands.py), then lines in money (lines.py, money.py), in the order that rating.py keeps, since
credits and minimums come from lines. Everything is a value: equal inputs give equal bills, in a run, a
preview or a test.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from billing.engine.charges import standing_charges
from billing.engine.counters import counter_charges
from billing.engine.due import NOTHING_MADE, Made, due_dates, due_on, last_due_date
from billing.engine.lines import Charge
from billing.engine.minimums import minimums_ahead
from billing.engine.money import EXACT
from billing.engine.rating import rate
from billing.engine.types import (
    Attachment,
    BillDraft,
    BillInput,
    BillKey,
    DueAttachment,
    DueBill,
    Frequency,
    LineDraft,
    Period,
    UsageWindow,
)
from billing.engine.usage import usage_charges, usage_windows

FREQUENCY_ORDER = {frequency: place for place, frequency in enumerate((None, *Frequency))}


def due_bills(
    attachments: Sequence[Attachment],
    until: date,
    *,
    latest_only: bool = False,
    since: Mapping[UUID, date] | None = None,
    frequency: Frequency | None = None,
    made: Made = NOTHING_MADE,
) -> tuple[DueBill, ...]:
    """One account's bills with a date on or before `until`, in order of dates (spec 3, Billing calendar).

    `latest_only` keeps of each attachment its last bill date only; `since` (by attachment id) only the dates
    after that day; `frequency` only the bills that hold an attachment of it. A bill due for one attachment
    holds every attachment of its key (spec 7, Runs).
    """
    keys = {
        made.key(attachment, bill_date)
        for attachment in attachments
        if frequency in (None, attachment.frequency)
        for bill_date in _due_dates(attachment, until, latest_only, since or {}, made)
    }
    ordered = sorted(keys, key=lambda key: (key[0], FREQUENCY_ORDER[key[1]], key[2]))
    attachments = sorted(
        attachments, key=lambda attachment: (attachment.start, attachment.code, attachment.sequence)
    )
    return tuple(_due_bill(key, attachments, made) for key in ordered)


def _due_dates(
    attachment: Attachment, until: date, latest_only: bool, since: Mapping[UUID, date], made: Made
) -> Sequence[date]:
    after = since.get(attachment.id, date.min)
    if not latest_only:
        return due_dates(attachment, after, until, made)
    last = last_due_date(attachment, until, made)
    return () if last is None or last <= after else (last,)


def _due_bill(key: BillKey, attachments: Sequence[Attachment], made: Made) -> DueBill:
    bill_date, frequency, interval, grouping_key = key
    items = []
    for attachment in attachments:
        if made.key(attachment, bill_date) == key and (item := due_on(attachment, bill_date, made)):
            items.append(item)
    return DueBill(bill_date, frequency, interval, tuple(items), grouping_key)


def windows_wanted(due: DueBill) -> tuple[UsageWindow, ...]:
    """What must be measured before the bill can be computed, each window once."""
    return tuple(dict.fromkeys(window for item in due.items for window in usage_windows(item)))


def compute_bill(bill: BillInput) -> BillDraft:
    """Rate one bill. What cannot be rated is listed under `problems`; such a bill must not be written."""
    rated = rate(bill, _charges(bill))
    lines, due = rated.in_order(), bill.due
    dates = _dates(due.items)
    return BillDraft(
        bill_date=due.bill_date,
        frequency=due.frequency,
        interval=due.interval,
        grouping_key=due.grouping_key,
        account=bill.account,
        start=dates.start,
        end=dates.end,
        currency=bill.currency,
        lines=lines,
        total=_total(lines, bill.currencies[bill.currency].places),
        problems=tuple(rated.problems),
    )


def _dates(items: Sequence[DueAttachment]) -> Period:
    """From the earliest to the latest of the periods that end with the bill; if none does, of those that its
    charges in advance cover (spec 7, Lines and bills)."""
    ended = [item.period for item in items if item.period.start < item.period.end]
    periods = ended or [item.ahead for item in items if item.ahead]
    return Period(min(each.start for each in periods), max(each.end for each in periods))


def _charges(bill: BillInput) -> Iterator[Charge]:
    """Everything but minimums that are settled in arrears, which depend on the lines that this makes."""
    for item in bill.due.items:
        yield from standing_charges(item, bill)
        yield from counter_charges(item, bill)
        yield from usage_charges(item, bill.usage)
        yield from minimums_ahead(item, bill)


def _total(lines: Sequence[LineDraft], places: int) -> Decimal:
    """Σ converted subtotals, with the currency's decimals also when there are no lines."""
    total = Decimal(0).scaleb(-places)
    for line in lines:
        total = EXACT.add(total, line.converted_subtotal)
    return total
