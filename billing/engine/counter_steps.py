"""The steps of a counter line's working; explanation.py names what each one holds."""

from datetime import date
from decimal import Decimal

from billing.engine.bands import Priced
from billing.engine.explanation import Facts, bands_step
from billing.engine.money import EXACT, plain
from billing.engine.types import Adjustment, CounterPricing


def counter_facts(pricing: CounterPricing) -> Facts:
    """The inputs of a line of a counter."""
    return {
        "counter": {"code": pricing.counter.code, "name": pricing.counter.name},
        "pricing": {
            "on": "plan" if pricing.on_plan else "template",
            "start": pricing.start.isoformat(),
            "end": pricing.end and pricing.end.isoformat(),
            "description": pricing.description,
        },
    }


def level_step(pricing: CounterPricing, day: date, since: Adjustment | None) -> Facts:
    """The level at the beginning of a day, and the adjustment that set it."""
    return {
        "step": "level",
        "day": day.isoformat(),
        "since": since and since.day.isoformat(),
        "result": plain(since.level) if since else "0",
        "unit": pricing.unit,
    }


def adjustment_step(pricing: CounterPricing, adjustment: Adjustment, before: Decimal) -> Facts:
    """The new level in place of the old one."""
    return {
        "step": "adjustment",
        "day": adjustment.day.isoformat(),
        "old": plain(before),
        "new": plain(adjustment.level),
        "result": plain(EXACT.subtract(adjustment.level, before)),
        "unit": pricing.unit,
    }


def price_step(pricing: CounterPricing, level: Decimal, priced: Priced, currency: str) -> Facts:
    """What a level costs a whole period."""
    return {**bands_step(pricing, priced, currency), "step": "price", "level": plain(level)}


def difference_step(old: Priced, new: Priced, difference: Decimal, currency: str) -> Facts:
    """What the new level costs more, or less, than the old one."""
    return {
        "step": "difference",
        "old": plain(old.amount),
        "new": plain(new.amount),
        "result": plain(difference),
        "unit": currency,
    }


def whole_step(amount: Decimal, currency: str) -> Facts:
    """Charged whole, as it is not prorated."""
    return {"step": "whole", "result": plain(amount), "unit": currency}
