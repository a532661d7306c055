"""Usage: which windows must be measured for a bill, and the charges that their quantities come to.

A pricing is charged over bill period ∩ attachment ∩ pricing. On the days on which a pricing of the plan
applies, a template's pricing for the same aggregation and segment does not. Every window that results is a
line of its own, and its bands start at 0 (spec 2, Pricing; spec 3, What a bill contains).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from billing.engine.bands import ONE, ZERO, price_units
from billing.engine.compounds import failure, input_steps, input_windows, inputs_of, quantity_of
from billing.engine.explanation import Facts, bands_step, quantity_step, units_step, usage_facts
from billing.engine.formulas import FormulaError
from billing.engine.lines import Charge
from billing.engine.money import divided
from billing.engine.segments import label
from billing.engine.spanning import NOT_MEASURED, SoFar, price_further, so_far, windows_so_far
from billing.engine.types import (
    BillsAs,
    Compound,
    CounterPricing,
    DueAttachment,
    LineType,
    Measured,
    Period,
    Pricing,
    Problem,
    UnitRounding,
    UsageKey,
    UsageWindow,
)
from billing.engine.units import units_of

WHOLE = Fraction(1)


@dataclass(frozen=True, slots=True)
class PricedWindow:
    """One pricing on the days on which it applies within a bill's period; at most one line."""

    pricing: Pricing
    window: UsageWindow
    description: str
    facts: dict[str, Any]

    @property
    def key(self) -> UsageKey:
        """Where the measured value is found."""
        return self.window, self.pricing.segment


@lru_cache(maxsize=4096)
def priced_windows(pricings: tuple[Pricing, ...], start: date, end: date) -> tuple[PricedWindow, ...]:
    """What is to be measured and priced over [start, end); all accounts of a plan share it."""
    replaced: dict[tuple[Any, ...], list[Period]] = {}
    for pricing in pricings:
        if pricing.on_plan:
            key = (pricing.aggregation.id, pricing.segment)
            replaced.setdefault(key, []).extend(remaining(pricing, start, end, ()))
    found = []
    for pricing in pricings:
        taken = () if pricing.on_plan else replaced.get((pricing.aggregation.id, pricing.segment), ())
        found += [_priced_window(pricing, part) for part in remaining(pricing, start, end, taken)]
    return tuple(found)


def remaining(
    pricing: Pricing | CounterPricing, start: date, end: date, taken: Sequence[Period]
) -> Iterator[Period]:
    """The days of [start, end) on which the pricing applies and none of the `taken` periods does."""
    first = max(start, pricing.start)
    last = end if pricing.end is None else min(end, pricing.end)
    for period in sorted(taken):
        if first < min(period.start, last):
            yield Period(first, min(period.start, last))
        first = max(first, period.end)
    if first < last:
        yield Period(first, last)


def _priced_window(pricing: Pricing, period: Period) -> PricedWindow:
    aggregation = pricing.aggregation
    description = pricing.description or aggregation.name
    if not pricing.description and pricing.segment is not None:
        description += f" ({label(pricing.segment, aggregation.segmented_fields)})"
    window = UsageWindow(aggregation.id, period.start, period.end)
    return PricedWindow(pricing, window, description, usage_facts(pricing))


def usage_windows(item: DueAttachment) -> Iterator[UsageWindow]:
    """The windows that must be measured for an attachment's part of a bill."""
    covered = item.covered
    for priced in priced_windows(item.attachment.pricings, covered.start, covered.end):
        aggregation = priced.pricing.aggregation
        if isinstance(aggregation, Compound):
            yield from input_windows(aggregation, priced.window.start, priced.window.end)
            continue
        yield priced.window
        yield from windows_so_far(item.attachment, priced.pricing, priced.window.start)


def usage_charges(item: DueAttachment, usage: Mapping[UsageKey, Measured]) -> Iterator[Charge]:
    """One charge for every pricing whose aggregation has a value: usage, or a default value in its place.

    A credit pricing's is not capped yet (credits.py).
    """
    covered = item.covered
    for priced in priced_windows(item.attachment.pricings, covered.start, covered.end):
        aggregation = priced.pricing.aggregation
        if isinstance(aggregation, Compound):
            yield from _compound_charge(item, priced, aggregation, usage)
            continue
        measured = usage.get(priced.key, NOT_MEASURED)
        default = measured.value is None
        quantity = aggregation.default_value if default else measured.value
        if quantity is not None:
            before = _before(item, priced, usage) if priced.pricing.spans_plan else None
            steps = [quantity_step(aggregation, quantity, measured.count, default)]
            yield _usage_charge(item, priced, quantity, steps, before)


def _compound_charge(
    item: DueAttachment, priced: PricedWindow, compound: Compound, usage: Mapping[UsageKey, Measured]
) -> Iterator[Charge]:
    """The charge of a compound's quantity, none without a value; without an answer the bill fails."""
    inputs = inputs_of(compound, priced.window.start, priced.window.end, usage)
    try:
        quantity = quantity_of(compound, inputs)
    except FormulaError as error:
        charge = _usage_charge(item, priced, ZERO, [])
        charge.problem = Problem("calculation", failure(compound, error))
        yield charge
        return
    if quantity is not None:
        yield _usage_charge(item, priced, quantity, input_steps(compound, inputs, quantity))


def _before(item: DueAttachment, priced: PricedWindow, usage: Mapping[UsageKey, Measured]) -> SoFar:
    """What the attachment's earlier days came to, where bands count from its start."""
    return so_far(windows_so_far(item.attachment, priced.pricing, priced.window.start), priced.pricing, usage)


def _usage_charge(
    item: DueAttachment,
    priced: PricedWindow,
    quantity: Decimal,
    steps: list[Facts],
    before: SoFar | None = None,
) -> Charge:
    pricing, attachment = priced.pricing, item.attachment
    aggregation = pricing.aggregation
    units = units_of(quantity, aggregation)
    if before is None:
        price = price_units(units, pricing.bands, pricing.cumulative)
    else:
        price = price_further(units, before, pricing.bands, pricing.cumulative)
    shown = units.shown()
    rounded = aggregation.rounding is not UnitRounding.NONE
    exact_units = divided(quantity, aggregation.quantity_per_unit) if rounded else shown
    return Charge(
        type=LineType.USAGE if pricing.bills_as is BillsAs.DEBIT else LineType.USAGE_CREDIT,
        description=priced.description,
        attachment=attachment,
        start=priced.window.start,
        end=priced.window.end,
        amount=price.amount,
        factor=WHOLE if price.per == ONE else 1 / Fraction(price.per),
        facts=priced.facts,
        steps=[
            *steps,
            units_step(aggregation, exact_units, shown),
            *(() if before is None else (before.step(attachment, aggregation.unit),)),
            bands_step(pricing, price, attachment.currency),
        ],
        pricing=pricing,
        quantity=quantity,
        units=shown,
        average_unit_price=price.average(units),
        bands=price.bands,
    )
