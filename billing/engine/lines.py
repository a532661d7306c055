"""How an exact charge becomes a line: rounded once in its currency, converted to the bill's, rounded there.

What cannot be rounded or converted becomes a Problem in the line's place (spec 3, What a bill contains).
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, Inexact
from fractions import Fraction
from typing import Any

from billing.engine.explanation import (
    Facts,
    conversion_step,
    explain,
    line_inputs,
    missing_step,
    rounding_step,
)
from billing.engine.money import EXACT, money, plain, shown
from billing.engine.segments import position
from billing.engine.types import (
    Aggregation,
    Attachment,
    BandCharge,
    BillInput,
    CounterPricing,
    Currency,
    LineDraft,
    LineType,
    Named,
    Pricing,
    Problem,
)

ONE = Decimal(1)
WHOLE = Fraction(1)
BILLED_AHEAD = {LineType.STANDING_CHARGE, LineType.COUNTER_RUNNING_TOTAL_CHARGE, LineType.MINIMUM_SPEND}
TYPE_ORDER = {line_type: place for place, line_type in enumerate(LineType)}


@dataclass(slots=True, kw_only=True)
class Charge:
    """A line before it is money: amount × factor, exact, in the pricing currency of its attachment.

    `less` is what the rounded amount still loses, down to 0 at most: what counts towards a minimum already.
    With a `problem` it cannot be a line, and the bill fails.
    """

    type: LineType
    description: str
    attachment: Attachment
    start: date
    end: date
    amount: Decimal
    factor: Fraction
    facts: Facts = field(default_factory=dict)
    steps: list[Facts]
    pricing: Pricing | None = None
    quantity: Decimal | None = None
    units: Decimal | None = None
    average_unit_price: Decimal | None = None
    bands: tuple[BandCharge, ...] = ()
    less: Decimal | None = None
    problem: Problem | None = None
    counter_pricing: CounterPricing | None = None

    @property
    def priced_by(self) -> Pricing | CounterPricing | None:
        """The pricing, of usage or of a counter, that it comes from."""
        return self.pricing or self.counter_pricing

    @property
    def unit(self) -> str:
        """What its units are called."""
        if self.units is None:
            return ""
        if self.counter_pricing:
            return self.counter_pricing.unit
        return self.pricing.aggregation.unit if self.pricing else ""


def line_order(charge: Charge, account: Named) -> tuple[Any, ...]:
    """The order of a bill's lines (spec 3, What a bill contains; spec 7, Lines and bills)."""
    attachment, pricing, priced_by = charge.attachment, charge.pricing, charge.priced_by
    return (
        TYPE_ORDER[charge.type],
        attachment.start,
        attachment.code,
        priced_by.start if priced_by else date.max,  # a pricing's minimum comes before its plan's
        _code(charge),
        position(pricing.segment, pricing.aggregation.segments) if pricing else 0,
        account.code,
        charge.start,
        attachment.sequence,
        priced_by.sequence if priced_by else 0,
    )


def _code(charge: Charge) -> str:
    """The code of the aggregation or counter that it is of."""
    if charge.counter_pricing:
        return charge.counter_pricing.counter.code
    return charge.pricing.aggregation.code if charge.pricing else ""


def settle(charge: Charge, bill: BillInput) -> LineDraft | Problem | None:
    """The charge as a line of the bill; None if it comes to nothing, which only USAGE may (spec 7)."""
    if charge.problem:
        return charge.problem
    source, target = bill.currencies[charge.attachment.currency], bill.currencies[bill.currency]
    subtotal = _rounded(charge, source, charge.amount, charge.factor)
    if isinstance(subtotal, Problem):
        return subtotal
    exact = shown(charge.amount, charge.factor)
    charge.steps.append(rounding_step(exact, subtotal, source))
    if charge.less is not None:
        subtotal = EXACT.subtract(subtotal, min(subtotal, charge.less))
        charge.steps.append(missing_step(charge.less, subtotal, source))
    if not subtotal and charge.type is not LineType.USAGE:
        return None
    if source.code == target.code:
        return _line(charge, bill, subtotal, ONE, subtotal)
    rate = bill.rates.get((source.code, target.code))
    if rate is None:
        return _missing_rate(source.code, target.code)
    product = EXACT.multiply(subtotal, rate)
    converted = _rounded(charge, target, product)
    if isinstance(converted, Problem):
        return converted
    charge.steps.append(conversion_step(source.code, rate, product, converted, target))
    return _line(charge, bill, subtotal, rate, converted)


def _rounded(
    charge: Charge, currency: Currency, amount: Decimal, factor: Fraction = WHOLE
) -> Decimal | Problem:
    """The amount in the currency's decimals, or why it must not be rounded to them."""
    try:
        return money(amount, currency.places, currency.rounding, factor)
    except Inexact:
        what = f"“{charge.description}” of plan “{charge.attachment.plan.name}”"
        exact = plain(shown(amount, factor))
        return Problem(
            "rounding",
            f"{what} comes to {exact} {currency.code}, which needs rounding to {currency.places} decimals,"
            f" but the rounding mode of {currency.code} is UNNECESSARY. Give the currency another one.",
        )


def _missing_rate(source: str, target: str) -> Problem:
    return Problem(
        "conversion",
        f"There is no conversion from {source} to {target}. Add this pair, spelled exactly so, to the"
        " organization's currency conversions.",
    )


def _line(charge: Charge, bill: BillInput, subtotal: Decimal, rate: Decimal, converted: Decimal) -> LineDraft:
    attachment, pricing = charge.attachment, charge.pricing
    aggregation = pricing.aggregation if pricing else None
    inputs = line_inputs(bill.account.code, attachment, charge.start, charge.end, charge.facts)
    return LineDraft(
        type=charge.type,
        description=charge.description,
        account=bill.account,
        attachment_id=attachment.id,
        product=attachment.product,
        plan=attachment.plan,
        template=attachment.template,
        pricing_id=charge.priced_by.id if charge.priced_by else None,
        aggregation=Named(aggregation.id, aggregation.code, aggregation.name) if aggregation else None,
        meter=aggregation.meter if isinstance(aggregation, Aggregation) else None,
        segment=pricing.segment if pricing else None,
        start=charge.start,
        end=charge.end,
        quantity=charge.quantity,
        unit=charge.unit,
        units=charge.units,
        average_unit_price=charge.average_unit_price,
        subtotal=subtotal,
        currency=attachment.currency,
        rate=rate,
        converted_subtotal=converted,
        bands=charge.bands,
        explanation=explain(inputs, charge.steps),
        counter=charge.counter_pricing.counter if charge.counter_pricing else None,
        in_advance=charge.type in BILLED_AHEAD and (charge.start >= bill.due.bill_date or subtotal < 0),
    )
