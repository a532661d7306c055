"""Counter pricings, attachments with levels, and what their bills say in short."""

from decimal import Decimal

from billing.engine.types import Adjustment, CounterPricing, LineType
from tests.engine.make import day, make_attachment, make_bands, make_id, make_named

SEATS = make_named("seats")
SHORT = {
    LineType.STANDING_CHARGE: "standing",
    LineType.COUNTER_RUNNING_TOTAL_CHARGE: "total",
    LineType.COUNTER_ADJUSTMENT_DEBIT: "debit",
    LineType.COUNTER_ADJUSTMENT_CREDIT: "credit",
}


def priced(*bands, start="2020-01-01", end=None, cumulative=True, on_plan=True, counter=SEATS, **flags):
    return CounterPricing(
        make_id(),
        on_plan,
        counter,
        "seat",
        day(start),
        end and day(end),
        cumulative,
        make_bands(*(bands or [("0", "0", "2"), ("20", "0", "3")])),
        **flags,
    )


def in_arrears(*bands, **more):
    return priced(*bands, in_advance=False, **more)


def whole(*bands, **more):
    flags = dict.fromkeys(("prorate_running_total", "prorate_debit", "prorate_credit"), False)
    return priced(*bands, **flags, **more)


def counted(start, end, levels, *pricings, **more):
    """An attachment, with what the level is from which day on: {"2024-06-16": 18}."""
    counter = pricings[0].counter
    adjustments = tuple(Adjustment(counter.id, day(on), Decimal(level)) for on, level in levels.items())
    return make_attachment(start, end, counter_pricings=pricings, adjustments=adjustments, **more)


def told(drafts):
    """Bill date: what each line is, its days and its subtotal."""
    return {
        f"{draft.bill_date:%m-%d}": [
            f"{SHORT[line.type]} {line.start:%m-%d} {line.end:%m-%d} {line.subtotal}" for line in draft.lines
        ]
        for draft in drafts
    }


def steps(line):
    return [step["step"] for step in line.explanation["steps"]]
