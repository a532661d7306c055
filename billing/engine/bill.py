"""From attachments to bills; read this first.

`due_bills` says which bills an account is to have, `windows_wanted` what must be measured for one of them,
and `compute_bill` rates it: charges in exact numbers (charges.py, usage.py, bands.py), then lines in money
(lines.py, money.py). Everything is a value: equal inputs give equal bills, in a run, a preview or a test.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from billing.engine.calendar import bill_dates, last_bill_date, period_billed_on
from billing.engine.charges import standing_charges
from billing.engine.lines import Charge, line_order, settle
from billing.engine.money import EXACT
from billing.engine.types import (
    Attachment,
    BillDraft,
    BillInput,
    DueAttachment,
    DueBill,
    Frequency,
    LineDraft,
    Problem,
    UsageWindow,
)
from billing.engine.usage import usage_charges, usage_windows

FREQUENCY_ORDER = {frequency: place for place, frequency in enumerate(Frequency)}


def due_bills(
    attachments: Sequence[Attachment],
    until: date,
    *,
    latest_only: bool = False,
    since: Mapping[UUID, date] | None = None,
) -> tuple[DueBill, ...]:
    """One account's bills with a date on or before `until`, in order of dates (spec 3, Billing calendar).

    `latest_only` keeps of each attachment its last bill date only; `since` (by attachment id) only the dates
    after that day. A bill due for one attachment holds every attachment of its key (spec 7, Runs).
    """
    keys = {
        (bill_date, attachment.frequency, attachment.interval)
        for attachment in attachments
        for bill_date in _due_dates(attachment, until, latest_only, since or {})
    }
    ordered = sorted(keys, key=lambda key: (key[0], FREQUENCY_ORDER[key[1]], key[2]))
    attachments = sorted(
        attachments, key=lambda attachment: (attachment.start, attachment.code, attachment.sequence)
    )
    return tuple(_due_bill(*key, attachments) for key in ordered)


def _due_dates(
    attachment: Attachment, until: date, latest_only: bool, since: Mapping[UUID, date]
) -> Sequence[date]:
    after = since.get(attachment.id, date.min)
    if not latest_only:
        return bill_dates(attachment, after, until)
    last = last_bill_date(attachment, until)
    return () if last is None or last <= after else (last,)


def _due_bill(
    bill_date: date, frequency: Frequency, interval: int, attachments: Sequence[Attachment]
) -> DueBill:
    items = []
    for attachment in attachments:
        if (attachment.frequency, attachment.interval) == (frequency, interval):
            period = period_billed_on(attachment, bill_date)
            if period:
                items.append(DueAttachment(attachment, period))
    return DueBill(bill_date, frequency, interval, tuple(items))


def windows_wanted(due: DueBill) -> tuple[UsageWindow, ...]:
    """What must be measured before the bill can be computed, each window once."""
    return tuple(dict.fromkeys(window for item in due.items for window in usage_windows(item)))


def compute_bill(bill: BillInput) -> BillDraft:
    """Rate one bill. What cannot be rated is listed under `problems`; such a bill must not be written."""
    charges = sorted(_charges(bill), key=lambda charge: line_order(charge, bill.account))
    settled = [settle(charge, bill) for charge in charges]
    lines = tuple(line for line in settled if isinstance(line, LineDraft))
    problems = dict.fromkeys(problem for problem in settled if isinstance(problem, Problem))
    due = bill.due
    return BillDraft(
        bill_date=due.bill_date,
        frequency=due.frequency,
        interval=due.interval,
        grouping_key=due.grouping_key,
        account=bill.account,
        start=min(item.period.start for item in due.items),
        end=max(item.period.end for item in due.items),
        currency=bill.currency,
        lines=lines,
        total=_total(lines, bill.currencies[bill.currency].places),
        problems=tuple(problems),
    )


def _charges(bill: BillInput) -> Iterator[Charge]:
    for item in bill.due.items:
        yield from standing_charges(item)
        yield from usage_charges(item, bill.usage)


def _total(lines: Sequence[LineDraft], places: int) -> Decimal:
    """Σ converted subtotals, with the currency's decimals also when there are no lines."""
    total = Decimal(0).scaleb(-places)
    for line in lines:
        total = EXACT.add(total, line.converted_subtotal)
    return total
