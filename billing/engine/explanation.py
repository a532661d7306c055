"""The stored working of a line: facts to be worded by a template, one form for every type of line.

    {"version": 1, "inputs": {…}, "steps": [{"step": "…", …, "result": "…", "unit": "…"}, …]}

Numbers and dates are strings, `to` is exclusive like a line's end, counts are integers. Numbers are exact;
only where digits never end are they cut at 28 significant ones. A step's `result` is what the next one starts
from. Ids are not repeated here: the line has them. Codes and names are those of the day of rating. The
account appears by code alone, because its name is personal data that may have to be erased.

`inputs` of every line
    account, attachment   codes
    product, plan, template   names
    from, to   the service period
`inputs` of USAGE also
    aggregation, meter, field   {"code", "name"} each
    method   SUM, MIN, …
    segment   {field: value}, {} for the default segment; absent unless the aggregation is segmented
    pricing   {"on": "plan" or "template", "start", "end" (null: open), "description"}

    of a compound aggregation in place of meter, field and method: calculation, as it stood

`inputs` of MINIMUM_SPEND and MINIMUM_SPEND_REFUND also
    minimum   {"of": "pricing" or "plan", "in_advance": true or false}
    aggregation, pricing, segment   as above, where it is a pricing's

`steps` of USAGE
    quantity    method, measurements (how many were counted), default (true if the default value stands in for
                missing usage, else absent); unit: the field's, absent where
                measurements or values are counted
    input       of a compound in place of quantity, for each aggregation that it names: aggregation, meter and
                field ({"code", "name"} each), and as for quantity; result: null where there is no value
    calculation of a compound: calculation, custom ({name: value} of the custom fields in it)
    units       per (quantity per unit), rounding (UP DOWN NEAREST NONE), exact (the quotient, where rounding
                changed it, else absent); unit: the aggregation's
    position    only where tiers span the plan: from (the attachment's start), measurements, quantity: what
                came before the line's service period; result: its units
    bands       type (Tiered, Volume, Stairstep, Custom tiered, Custom volume), bands: the ones entered, each
                {"lower", "upper" (null: no limit), "units", "fixed", "price", "amount"}; unit: the currency
`inputs` of the lines of counters also
    counter   {"code", "name"}
    pricing   as above; it is the counter pricing

`steps` of COUNTER_RUNNING_TOTAL_CHARGE
    level       day (the level is that of the end of the day before), since (the day of the adjustment that
                set it; null: it never was); unit: the counter's
    bands       as of USAGE
    proration   as of STANDING_CHARGE; where it is not prorated, whole (nothing but the result)
`steps` of COUNTER_ADJUSTMENT_DEBIT and COUNTER_ADJUSTMENT_CREDIT (counter_steps.py)
    adjustment  day, old and new level; result: the change; unit: the counter's
    price       twice, of the old and of the new level: level, and as bands; no bands at level 0
    difference  old, new; result: how much more the new level costs; unit: the currency
    proration   of the days left, or whole, as of a running total
`steps` of STANDING_CHARGE
    proration   charge (for one whole period), factor ("1", "15/31"), shares: what the factor is the sum of,
                each {"from", "to", "days", "of"} = days in common with a natural period of so many days,
                and "periods" for several whole ones together; none: a whole charge, since the plan is billed
                AD_HOC; unit: the currency
    turn        when (advance, stub, arrears), period (its number among the attachment's, counted from 0),
                interval, offset; absent where the charge is due in arrears for every period
    given_back  instead of both, for days charged in advance that an early end leaves unused: billed_on (date
                of the bill that charged them), charged {"from", "to", "amount"}, charge (of which a part is
                given back: for one whole period, or what was charged), factor, shares as above; unit: the
                currency
`steps` of USAGE_CREDIT: those of USAGE, then
    cap         of ("product" or "bill"), exact (what the bands come to, without a sign), positive (the sum of
                its positive lines), left (what earlier credits leave of that); unit: the currency
`steps` of MINIMUM_SPEND in advance: proration; in arrears
    counted     parts: {"type", "lines", "amount", "earlier" (true if on an earlier bill, else absent)};
                result: their sum, or 0 if that is negative; unit: the currency
    proration, rounding   as elsewhere: the minimum of the days
    missing     counted; result: the rounded minimum less that; unit: the currency
`steps` of MINIMUM_SPEND_REFUND: counted, then
    refund      billed (in advance, less days given back); result: minus the smaller of the two
and of every line
    rounding    places, mode, exact (what is rounded); unit: the currency
    conversion  from, to (currencies), rate, places, mode, exact; unit: the billing currency; absent where the
                line's currency is the bill's
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from billing.engine.bands import Priced, PricingType, pricing_type
from billing.engine.money import plain
from billing.engine.types import (
    Aggregation,
    Attachment,
    BandCharge,
    Compound,
    CounterPricing,
    Currency,
    Method,
    Pricing,
)

Facts = dict[str, Any]

VERSION = 1
# What they answer is a number of measurements or values, whatever the field measures.
NUMBERS_OF = frozenset({Method.COUNT, Method.UNIQUE})


def explain(inputs: Facts, steps: Sequence[Facts]) -> Facts:
    """The whole working, ready to be stored as JSON."""
    return {"version": VERSION, "inputs": inputs, "steps": steps}


def line_inputs(account: str, attachment: Attachment, start: date, end: date, facts: Facts) -> Facts:
    """What a line was rated from: the facts common to all lines and those of its type."""
    return {
        "account": account,
        "attachment": attachment.code,
        "product": attachment.product.name,
        "plan": attachment.plan.name,
        "template": attachment.template.name,
        "from": start.isoformat(),
        "to": end.isoformat(),
        **facts,
    }


def usage_facts(pricing: Pricing) -> Facts:
    """The inputs of a usage line that all accounts with this pricing share."""
    aggregation = pricing.aggregation
    if isinstance(aggregation, Compound):
        return {"calculation": aggregation.calculation, **pricing_facts(pricing)}
    return {**counted_facts(aggregation), "method": aggregation.method, **pricing_facts(pricing)}


def counted_facts(aggregation: Aggregation) -> Facts:
    """What an aggregation counts."""
    return {
        "meter": {"code": aggregation.meter.code, "name": aggregation.meter.name},
        "field": {"code": aggregation.field, "name": aggregation.field_name},
    }


def pricing_facts(pricing: Pricing) -> Facts:
    """The pricing that holds, and its aggregation and segment."""
    facts: Facts = {
        "aggregation": {"code": pricing.aggregation.code, "name": pricing.aggregation.name},
        "pricing": {
            "on": "plan" if pricing.on_plan else "template",
            "start": pricing.start.isoformat(),
            "end": pricing.end and pricing.end.isoformat(),
            "description": pricing.description,
        },
    }
    if pricing.segment is not None:
        facts["segment"] = dict(pricing.segment)
    return facts


def quantity_step(aggregation: Aggregation, quantity: Decimal, count: int, default: bool) -> Facts:
    """The measurements counted and what they aggregate to, or the default value in their place."""
    method = aggregation.method
    step: Facts = {"step": "quantity", "method": method, "measurements": count, "result": plain(quantity)}
    if aggregation.field_unit and method not in NUMBERS_OF:
        step["unit"] = aggregation.field_unit
    if default:
        step["default"] = True
    return step


def units_step(aggregation: Aggregation | Compound, exact: Decimal, units: Decimal) -> Facts:
    """quantity ÷ quantity per unit, by the aggregation's rounding; `exact` is the quotient."""
    step = {
        "step": "units",
        "per": plain(aggregation.quantity_per_unit),
        "rounding": aggregation.rounding,
        "result": plain(units),
        "unit": aggregation.unit,
    }
    if exact != units:
        step["exact"] = plain(exact)
    return step


def bands_step(pricing: Pricing | CounterPricing, priced: Priced, currency: str) -> Facts:
    """The bands entered and what each comes to."""
    kind, limits = _pricing_facts(pricing)
    return {
        "step": "bands",
        "type": kind,
        "bands": [_band(limits[band.lower_limit], band) for band in priced.bands],
        "result": plain(priced.shown()),
        "unit": currency,
    }


@lru_cache(maxsize=4096)
def _pricing_facts(pricing: Pricing | CounterPricing) -> tuple[PricingType, dict[Decimal, Facts]]:
    """What all lines of a pricing say of its bands, by lower limit; written out once, not once per line."""
    limits = [plain(band.lower_limit) for band in pricing.bands]
    facts: dict[Decimal, Facts] = {}
    for band, lower, upper in zip(pricing.bands, limits, [*limits[1:], None], strict=True):
        prices = {"fixed": plain(band.fixed_price), "price": plain(band.unit_price)}
        facts[band.lower_limit] = {"lower": lower, "upper": upper, **prices}
    return pricing_type(pricing.bands, pricing.cumulative), facts


def _band(facts: Facts, band: BandCharge) -> Facts:
    worked = {**facts, "units": plain(band.units), "amount": plain(band.subtotal)}
    if not band.fixed_price:
        worked["fixed"] = "0"
    return worked


def rounding_step(amount: Decimal, rounded: Decimal, currency: Currency) -> Facts:
    """The line's one rounding to its own currency."""
    return {
        "step": "rounding",
        "places": currency.places,
        "mode": currency.rounding,
        "exact": plain(amount),
        "result": format(rounded, "f"),
        "unit": currency.code,
    }


def missing_step(counted: Decimal, missing: Decimal, currency: Currency) -> Facts:
    """What a rounded minimum still lacks."""
    return {
        "step": "missing",
        "counted": format(counted, "f"),
        "result": format(missing, "f"),
        "unit": currency.code,
    }


def conversion_step(
    source: str, rate: Decimal, amount: Decimal, converted: Decimal, target: Currency
) -> Facts:
    """Rounded subtotal × rate, rounded in the billing currency."""
    return {
        "step": "conversion",
        "from": source,
        "to": target.code,
        "rate": plain(rate),
        "places": target.places,
        "mode": target.rounding,
        "exact": plain(amount),
        "result": format(converted, "f"),
        "unit": target.code,
    }
