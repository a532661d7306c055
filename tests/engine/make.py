"""Small makers of the engine's values, so that a test states only what it is about."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from uuid import UUID

from billing.engine.bill import compute_bill, due_bills, windows_wanted
from billing.engine.types import (
    Aggregation,
    Attachment,
    Band,
    BilledAhead,
    BillInput,
    Currency,
    DueAttachment,
    DueBill,
    Frequency,
    LineType,
    Measured,
    Method,
    Named,
    Period,
    Pricing,
    UnitRounding,
)

_ids = count(1)

CURRENCIES = {
    code: Currency(code, places, mode)
    for code, places, mode in [
        ("USD", 2, "HALF_UP"),
        ("EUR", 2, "HALF_EVEN"),
        ("JPY", 0, "HALF_UP"),
        ("KWD", 3, "DOWN"),
        ("EXA", 2, "UNNECESSARY"),
    ]
}


def day(text):
    return date.fromisoformat(text)


def make_id():
    return UUID(int=next(_ids))


def make_named(code):
    return Named(make_id(), code, code.title())


ACCOUNT = make_named("acme")


def make_bands(*rows):
    """("0", "0", "0.15") for lower limit, fixed price, unit price."""
    return tuple(Band(*map(Decimal, row)) for row in rows)


def make_aggregation(code="n_sum", per="1", rounding="NONE", **more):
    return Aggregation(
        make_id(),
        code,
        code,
        Method.SUM,
        make_named("calls"),
        "n",
        "N",
        Decimal(per),
        UnitRounding(rounding),
        "call",
        **more,
    )


def make_pricing(
    aggregation, *bands, start="2020-01-01", end=None, on_plan=True, segment=None, cumulative=True, **more
):
    bands = make_bands(*(bands or [("0", "0", "1")]))
    return Pricing(
        make_id(),
        on_plan,
        aggregation,
        segment,
        day(start),
        end and day(end),
        cumulative,
        bands,
        **more,
    )


def make_attachment(
    start="2024-06-01",
    end=None,
    *pricings,
    code="a",
    anchor="2022-01-01",
    interval=1,
    charge="0",
    currency="USD",
    frequency=Frequency.MONTHLY,
    **more,
):
    return Attachment(
        make_id(),
        code,
        day(start),
        end and day(end),
        day(anchor),
        Frequency(frequency),
        interval,
        make_named("storage"),
        make_named("standard"),
        make_named("template"),
        currency,
        Decimal(charge),
        pricings=pricings,
        **more,
    )


def make_bill(attachments, until="2024-07-01", usage=(), currency="USD", rates=None, currencies=CURRENCIES):
    """The last bill of these attachments.

    `usage` maps an aggregation, or (aggregation, segment), to what was measured or a function of the window.
    """
    due = due_bills(attachments, day(until))[-1]
    return compute_bill(make_input(due, usage, currency, rates, currencies))


def make_item(attachment, start, end, ahead=None, stub=False):
    """The attachment's part of a bill of [start, end); `ahead` until when the period after it goes."""
    item = DueAttachment(
        attachment, Period(day(start), day(end)), ahead=ahead and Period(day(end), day(ahead))
    )
    return replace(item, stub=item.covered) if stub else item


def rate_items(*items, usage=(), billed=(), **more):
    """The bill of items with one bill date; `billed` is what other bills charged in advance."""
    due = DueBill(items[0].period.end, Frequency.MONTHLY, 1, items)
    return compute_bill(replace(make_input(due, usage, **more), billed=billed))


def make_ahead(attachment, amount, start, end, kind="MINIMUM_SPEND", source=None):
    """A line of the bill of `start` for the period that began on that day."""
    days = day(start), day(end)
    return BilledAhead(attachment.id, LineType(kind), source, *days, Decimal(amount), days[0])


def told(bill):
    """The lines as (type, subtotal), in order."""
    return [(line.type, str(line.subtotal)) for line in bill.lines]


def make_input(due, usage=(), currency="USD", rates=None, currencies=CURRENCIES):
    measured = {}
    for key, value in dict(usage).items():
        aggregation, segment = key if isinstance(key, tuple) else (key, None)
        for window in windows_wanted(due):
            if window.aggregation_id == aggregation.id:
                amount = value(window) if callable(value) else value
                if amount is not None:
                    measured[window, segment] = Measured(Decimal(amount), 3)
    return BillInput(ACCOUNT, currency, due, measured, currencies, rates or {})
