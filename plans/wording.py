"""Prices and periods of pricings in words, for lists and beside the form that makes them."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from m3console.core.templatetags.console import spelled
from plans.models import CounterPricing, Pricing
from plans.pricing_types import SHAPES, PricingType, type_of

Band = tuple[Decimal, Decimal, Decimal]
AnyPricing = Pricing | CounterPricing
TIERED = (PricingType.TIERED, PricingType.CUSTOM_TIERED)


def bands_of(pricing: AnyPricing) -> list[Band]:
    return list(zip(pricing.lower_limits, pricing.fixed_prices, pricing.unit_prices, strict=True))


def type_of_pricing(pricing: AnyPricing) -> PricingType:
    return type_of(
        cumulative=pricing.cumulative, fixed_prices=pricing.fixed_prices, unit_prices=pricing.unit_prices
    )


def status_of(pricing: AnyPricing, today: date) -> str:
    """PENDING before its first day, ENDED from its end date on, ACTIVE between."""
    if pricing.start_date > today:
        return "PENDING"
    return "ENDED" if pricing.end_date and pricing.end_date <= today else "ACTIVE"


def price_text(kind: PricingType, bands: Sequence[Band], unit: str) -> str:
    """The price in one line: “0.15 per GB”, “0 to 1,000 free, then 0.07 per GB”."""
    prices = [_price(kind, band) for band in bands]
    per = f" per {unit}" if unit and SHAPES[kind].unit else ""
    if len(bands) == 1:
        return f"{prices[0]}{per}" if prices[0] != "free" else "free"
    if len(bands) == 2:
        limit = spelled(bands[1][0])
        if prices[0] == "free":
            return f"0 to {limit} free, {'then' if kind in TIERED else 'over it all at'} {prices[1]}{per}"
        if kind in TIERED:
            return f"{prices[0]} up to {limit}, then {prices[1]}{per}"
        return f"{prices[0]}, over {limit} all at {prices[1]}{per}"
    return f"{prices[0]} to {prices[-1]}{per} in {len(bands)} bands"


def sentences(kind: PricingType, bands: Sequence[Band], unit: str, currency: str) -> list[str]:
    """What a number of units costs, a sentence for each band (spec 2, the table of pricing types)."""
    return [f"{where}: {_cost(kind, band, unit, currency)}." for where, band in _ranges(kind, bands, unit)]


def _ranges(kind: PricingType, bands: Sequence[Band], unit: str) -> Iterator[tuple[str, Band]]:
    if len(bands) == 1:
        yield ("Any number of units" if not unit else f"Any quantity of {unit}"), bands[0]
        return
    tiered = kind in TIERED
    yield f"{'The first' if tiered else 'Up to'} {spelled(bands[1][0])} {unit}", bands[0]
    for band, following in pairwise(bands[1:]):
        yield f"Over {spelled(band[0])} and up to {spelled(following[0])} {unit}", band
    yield f"Over {spelled(bands[-1][0])} {unit}", bands[-1]


def _cost(kind: PricingType, band: Band, unit: str, currency: str) -> str:
    _, fixed, each = band
    of = "each" if kind in TIERED else f"for every {unit or 'unit'}"
    each_text = f"{spelled(each, 2)} {currency} {of}" if each else "free"
    fixed_text = f"{spelled(fixed, 2)} {currency}"
    if not SHAPES[kind].fixed or (not fixed and SHAPES[kind].unit):
        return each_text
    if not SHAPES[kind].unit or not each:
        return f"{fixed_text} in all" if fixed else "free"
    return f"{fixed_text}, and {each_text}"


def _price(kind: PricingType, band: Band) -> str:
    shape, (_, fixed, each) = SHAPES[kind], band
    used = (fixed if shape.fixed else 0, each if shape.unit else 0)
    return " + ".join(spelled(price, 2) for price in used if price) or "free"
