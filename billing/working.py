"""A line's stored working, ready to be worded by a template (billing/engine/explanation.py has its form)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from billing.engine.kinds import LineType
from m3console.core.templatetags.console import spelled

TITLES = {
    "quantity": "Quantity",
    "input": "Input",
    "calculation": "Calculation",
    "units": "Units",
    "bands": "Bands",
    "turn": "When",
    "position": "Tiers so far",
    "cap": "Cap",
    "counted": "Counted",
    "missing": "Still missing",
    "refund": "Refund",
    "level": "Level",
    "adjustment": "Adjustment",
    "price": "Price of a level",
    "difference": "Difference",
    "whole": "Not prorated",
    "proration": "Proration",
    "given_back": "Given back",
    "rounding": "Rounding",
    "conversion": "Conversion",
}
METHODS = {
    "SUM": "Sum of",
    "MIN": "Smallest",
    "MAX": "Largest",
    "COUNT": "Number of measurements with",
    "LATEST": "Latest",
    "MEAN": "Mean of",
    "UNIQUE": "Number of different values of",
}
UNIT_ROUNDINGS = {
    "UP": "rounded up to whole units",
    "DOWN": "rounded down to whole units",
    "NEAREST": "rounded to the nearest whole unit, halves away from zero",
    "NONE": "not rounded",
}
PRICING_TYPES = {
    "Tiered": "each band's units at its own price",
    "Volume": "all units at the price of the band reached",
    "Stairstep": "the fixed price of the band reached",
    "Custom tiered": "every band entered: its fixed price and its units at its price",
    "Custom volume": "the band reached: its fixed price and all units at its price",
}
MODES = {
    "UP": "away from zero",
    "DOWN": "towards zero",
    "CEILING": "up",
    "FLOOR": "down",
    "HALF_UP": "half up",
    "HALF_DOWN": "half down",
    "HALF_EVEN": "half even",
    "UNNECESSARY": "exact already",
}
TURNS = {
    "advance": "in advance, for the period that begins on the bill date",
    "stub": "for the days from the start of the attachment to its first bill",
    "arrears": "in arrears, for the period that ends on the bill date",
}
# One line of a type, and several.
TYPES = {
    LineType.USAGE: ("usage line", "usage lines"),
    LineType.USAGE_CREDIT: ("credit", "credits"),
    LineType.OVERAGE_USAGE: ("overage line", "overage lines"),
    LineType.COUNTER_RUNNING_TOTAL_CHARGE: ("counter total", "counter totals"),
    LineType.COUNTER_ADJUSTMENT_DEBIT: ("counter debit", "counter debits"),
    LineType.COUNTER_ADJUSTMENT_CREDIT: ("counter credit", "counter credits"),
    LineType.MINIMUM_SPEND: ("minimum of a pricing", "minimums of pricings"),
    LineType.MINIMUM_SPEND_REFUND: ("refund of a pricing’s minimum", "refunds of pricings’ minimums"),
}
CREDITED = {"product": "lines of the product", "bill": "lines of the bill"}
NUMBERS = {
    "result", "per", "exact", "charge", "rate", "lower", "upper", "units", "fixed", "price", "amount",
    "quantity", "positive", "left", "counted", "billed", "level", "old", "new",
}  # fmt: skip
DAYS = {"from", "to", "start", "end", "billed_on", "day", "since"}


def worded(explanation: Mapping[str, Any]) -> dict[str, Any]:
    """The working with its numbers and dates as values and its codes as words.

    `inputs` as stored; each of `steps` also has a `number`, a `title` and what its kind needs in words.
    """
    inputs = {key: _value(key, value) for key, value in explanation["inputs"].items()}
    steps = []
    for number, stored in enumerate(explanation["steps"], 1):
        step = {key: _value(key, value, stored["step"]) for key, value in stored.items()}
        step |= {"number": number, "title": TITLES.get(stored["step"], stored["step"].title())}
        step["in_words"] = _in_words(stored)
        steps.append(step)
    return {"inputs": inputs, "steps": steps}


def _value(key: str, value: Any, step: str = "") -> Any:
    if isinstance(value, Mapping):
        return {inner: _value(inner, content) for inner, content in value.items()}
    if isinstance(value, list):
        return [_value(key, item) for item in value]
    if key in NUMBERS and isinstance(value, str):
        return Decimal(value)
    if key in DAYS and isinstance(value, str) and step != "conversion":
        return date.fromisoformat(value)
    return value


def _in_words(step: Mapping[str, Any]) -> str:
    kind = step["step"]
    if kind in ("quantity", "input"):
        return METHODS[step["method"]]
    if kind == "units":
        return UNIT_ROUNDINGS[step["rounding"]]
    if kind in ("bands", "price"):
        return PRICING_TYPES.get(step["type"], "")
    if kind == "turn":
        return TURNS[step["when"]]
    if kind == "cap":
        return CREDITED[step["of"]]
    if kind == "counted":
        return _counted(step["parts"])
    return MODES.get(step.get("mode", ""), "")


def _counted(parts: Sequence[Mapping[str, Any]]) -> str:
    """As in “3 usage lines 45.00, 1 counter total on an earlier bill 50.00”."""
    said = []
    for part in parts:
        one, many = TYPES[LineType(part["type"])]
        lines = part["lines"]
        where = " on an earlier bill" if part.get("earlier") else ""
        said.append(f"{lines} {one if lines == 1 else many}{where} {spelled(Decimal(part['amount']), 2)}")
    return ", ".join(said)
