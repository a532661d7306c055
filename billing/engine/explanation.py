"""The stored working of a line: facts to be worded by a template, one form for every type of line.

    {"version": 1, "inputs": {…}, "steps": [{"step": "…", …, "result": "…", "unit": "…"}, …]}

Numbers and dates are strings, `to` is exclusive like a line's end, counts are integers. Numbers are exact;
only where digits never end are they cut at 28 significant ones. A step's `result` is what the next one starts
from. Ids are not repeated here: the line has them. Codes and names are those of the day of rating. The account
appears by code alone, because its name is personal data that may have to be erased.

`inputs` of every line
    account, attachment   codes
    product, plan, template   names
    from, to   the service period
`inputs` of USAGE also
    aggregation, meter, field   {"code", "name"} each
    method   SUM, MIN, …
    segment   {field: value}, {} for the default segment; absent unless the aggregation is segmented
    pricing   {"on": "plan" or "template", "start", "end" (null: open), "description"}

`steps` of USAGE
    quantity    method, measurements (how many were counted), default (true if the default value stands in for
                missing usage, else absent); result without a unit
    units       per (quantity per unit), rounding (UP DOWN NEAREST NONE), exact (the quotient, where rounding
                changed it, else absent); unit: the aggregation's
    bands       type (Tiered, Volume, Stairstep, Custom tiered, Custom volume), bands: the ones entered, each
                {"lower", "upper" (null: no limit), "units", "fixed", "price", "amount"}; unit: the currency
`steps` of STANDING_CHARGE
    proration   charge (for one whole period), factor ("1", "15/31"), shares: what the factor is the sum of,
                each {"from", "to", "days", "of"} = days in common with a natural period of so many days;
                unit: the currency
and of every line
    rounding    places, mode, exact (what is rounded); unit: the currency
    conversion  from, to (currencies), rate, places, mode, exact; unit: the billing currency; absent where the
                line's currency is the bill's
"""

from decimal import Decimal
from typing import Any

from billing.engine.money import plain
from billing.engine.types import Currency

Step = dict[str, Any]

VERSION = 1


def explain(inputs: dict[str, Any], steps: list[Step]) -> dict[str, Any]:
    """The whole working, ready to be stored as JSON."""
    return {"version": VERSION, "inputs": inputs, "steps": steps}


def rounding_step(amount: Decimal, rounded: Decimal, currency: Currency) -> Step:
    """The line's one rounding to its own currency."""
    return {
        "step": "rounding",
        "places": currency.places,
        "mode": currency.rounding,
        "exact": plain(amount),
        "result": format(rounded, "f"),
        "unit": currency.code,
    }


def conversion_step(
    source: str, rate: Decimal, amount: Decimal, converted: Decimal, target: Currency
) -> Step:
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
