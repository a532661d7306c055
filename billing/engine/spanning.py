"""Tiers that span the plan: bands count from the attachment's start instead of each bill period.

A cumulative pricing prices a period's units where the total so far has left off, and a band's fixed price is
due once, in the period in which the band is entered; any other prices the period's units at the band that
the total so far has reached (spec 2, Pricing; spec 7, Lines and bills). The total is that of what is measured
now; a period without usage counts with the aggregation's default value.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.engine.bands import ONE, ZERO, Priced, Units, price_parts
from billing.engine.calendar import bill_dates
from billing.engine.explanation import Facts
from billing.engine.money import EXACT, plain
from billing.engine.types import (
    Attachment,
    Band,
    Frequency,
    Measured,
    Pricing,
    UsageKey,
    UsageWindow,
)
from billing.engine.units import units_of

NOT_MEASURED = Measured(None, 0)


@dataclass(frozen=True, slots=True)
class SoFar:
    """What came before a period: the quantity and its units, how many measurements were counted.

    `highest` is the most units that any earlier period ended with, None if none had a value of 0 or more:
    bands up to it have been entered.
    """

    quantity: Decimal
    units: Units
    count: int
    highest: Units | None

    def step(self, attachment: Attachment, unit: str) -> Facts:
        """As a step of the working."""
        return {
            "step": "position",
            "from": attachment.start.isoformat(),
            "measurements": self.count,
            "quantity": plain(self.quantity),
            "result": plain(self.units.shown()),
            "unit": unit,
        }


def windows_so_far(attachment: Attachment, pricing: Pricing, until: date) -> tuple[UsageWindow, ...]:
    """What must be measured to know the total at the start of a period; empty in the attachment's first one.

    One window will do unless fixed prices or a default value make it matter what each period came to, which
    of an AD_HOC plan nobody knows.
    """
    start = attachment.start
    if not pricing.spans_plan or until <= start:
        return ()
    cuts = [start, until]
    matters = pricing.aggregation.default_value is not None or any(band.fixed_price for band in pricing.bands)
    if matters and attachment.frequency is not Frequency.AD_HOC:
        cuts = sorted({*cuts, *bill_dates(attachment, start, until)})
    ends = itertools.pairwise(cuts)
    return tuple(UsageWindow(pricing.aggregation.id, first, last) for first, last in ends)


def so_far(windows: Sequence[UsageWindow], pricing: Pricing, usage: Mapping[UsageKey, Measured]) -> SoFar:
    """The total of the windows, period by period."""
    aggregation = pricing.aggregation
    total, count = ZERO, 0
    highest: Units | None = None
    for window in windows:
        measured = usage.get((window, pricing.segment), NOT_MEASURED)
        value = aggregation.default_value if measured.value is None else measured.value
        if value is None:
            continue
        total, count = EXACT.add(total, value), count + measured.count
        if value >= 0:
            reached = units_of(total, aggregation)
            if highest is None or _more(reached, highest):
                highest = reached
    return SoFar(total, units_of(total, aggregation), count, highest)


def price_further(units: Units, before: SoFar, bands: Sequence[Band], cumulative: bool) -> Priced:
    """Price units that follow on others; negative ones as ever, at the first band's unit price."""
    known = (units, before.units, before.highest or units)
    per = next((each.per for each in known if each.per != ONE), ONE)
    count = _scaled(units, per)
    if units.negative:
        return price_parts([(0, count, False)], bands, per)
    limits = [EXACT.multiply(band.lower_limit, per) for band in bands]
    highest = None if before.highest is None else _scaled(before.highest, per)
    parts = _parts(_scaled(before.units, per), count, limits, cumulative and count > 0)
    return price_parts(
        [(index, part, _is_due(limits[index], index, highest)) for index, part in parts], bands, per
    )


def _parts(
    low: Decimal, count: Decimal, limits: Sequence[Decimal], walked: bool
) -> list[tuple[int, Decimal]]:
    """The bands of the units from `low` on, each with its count; unless `walked` all in the one reached."""
    high = EXACT.add(low, count)
    reached = max((index for index in range(1, len(limits)) if high > limits[index]), default=0)
    if not walked:
        return [(reached, count)]
    first = max((index for index in range(1, len(limits)) if low >= limits[index]), default=0)
    edges = [low, *limits[first + 1 : reached + 1], high]
    sizes = [EXACT.subtract(last, start) for start, last in itertools.pairwise(edges)]
    return list(zip(range(first, reached + 1), sizes, strict=True))


def _is_due(limit: Decimal, index: int, highest: Decimal | None) -> bool:
    """Whether no earlier period has entered the band."""
    return highest is None or (index > 0 and highest <= limit)


def _scaled(units: Units, per: Decimal) -> Decimal:
    """The count in parts of `per`, which is the units' own unless they are whole ones."""
    return units.count if units.per == per else EXACT.multiply(units.count, per)


def _more(units: Units, other: Units) -> bool:
    return EXACT.multiply(units.count, other.per) > EXACT.multiply(other.count, units.per)
