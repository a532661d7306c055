"""Bands of prices and what goes with them: checked, and as the columns of a row (spec 2, Pricing)."""

from collections.abc import Sequence
from decimal import Decimal

from m3console.core.errors import RuleViolation
from plans.models import BillsAs, Method, Pricing

Band = tuple[Decimal, Decimal, Decimal]
"""Lower limit, fixed price, unit price."""
Columns = dict[str, list[Decimal]]
ADDING_UP = (Method.SUM, Method.COUNT)


def columns(bands: Sequence[Band], *, field: str = "bands", prefix: str = "") -> Columns:
    """The bands as columns, their names begun with `prefix`.

    Raises RuleViolation for what is not a list of bands: the first at 0, strictly ascending, numbers all.
    """
    if not bands:
        raise RuleViolation("A pricing needs at least one band.", field=field)
    if bands[0][0] != 0:
        raise RuleViolation("The first band begins at 0.", field=field)
    for number, band in enumerate(bands, start=1):
        if not all(each.is_finite() for each in band):
            raise RuleViolation(f"Band {number} holds something that is not a number.", field=field)
        if number > 1 and band[0] <= bands[number - 2][0]:
            raise RuleViolation(
                f"Band {number} begins at {band[0]:f}; it must begin above band {number - 1}’s"
                f" {bands[number - 2][0]:f}.",
                field=field,
            )
    lower_limits, fixed_prices, unit_prices = (list(column) for column in zip(*bands, strict=True))
    return {
        f"{prefix}lower_limits": lower_limits,
        f"{prefix}fixed_prices": fixed_prices,
        f"{prefix}unit_prices": unit_prices,
    }


def overage_columns(bands: Sequence[Band]) -> Columns:
    """The bands of what a prepayment or balance does not cover; none is no such prices."""
    if bands:
        return columns(bands, field="overage_bands", prefix="overage_")
    return {"overage_lower_limits": [], "overage_fixed_prices": [], "overage_unit_prices": []}


def refuse_negative(
    fixed_prices: Sequence[Decimal], unit_prices: Sequence[Decimal], *, field: str = "bands"
) -> None:
    """Raise RuleViolation naming the first band with a negative price."""
    for number, prices in enumerate(zip(fixed_prices, unit_prices, strict=True), start=1):
        if min(prices) < 0:
            raise RuleViolation(f"Band {number} has a negative price; prices are 0 or more.", field=field)


def check_terms(pricing: Pricing) -> None:
    """The rules between a pricing's fields. Raises RuleViolation naming the field to change."""
    if pricing.type == BillsAs.DEBIT:
        refuse_negative(pricing.fixed_prices, pricing.unit_prices)
    elif pricing.minimum_spend:
        raise RuleViolation(
            "A credit has no minimum spend: it only lowers a bill. Leave the minimum at 0.",
            field="minimum_spend",
        )
    refuse_negative(pricing.overage_fixed_prices, pricing.overage_unit_prices, field="overage_bands")
    if pricing.tiers_span_plan:
        _check_spanning(pricing)
    if pricing.overage_lower_limits and (pricing.tiers_span_plan or not pricing.cumulative):
        raise RuleViolation(
            "Overage prices need a cumulative pricing type, Tiered or Custom tiered, whose tiers do not span"
            " the plan.",
            field="overage_bands",
        )


def _check_spanning(pricing: Pricing) -> None:
    """Totals that run on need a method that adds up, and a fixed price that is due once a band."""
    if pricing.aggregation is None:
        raise RuleViolation(
            f"Tiers span a plan only for Sum and Count; “{pricing.priced}” is calculated.",
            field="tiers_span_plan",
        )
    if pricing.aggregation.method not in ADDING_UP:
        method = pricing.aggregation.get_method_display()
        raise RuleViolation(
            f"Tiers span a plan only for Sum and Count; “{pricing.aggregation}” is a {method}.",
            field="tiers_span_plan",
        )
    if not pricing.cumulative and any(pricing.fixed_prices):
        raise RuleViolation(
            "Tiers with fixed prices span a plan only where they are cumulative. Choose Custom tiered, or"
            " prices per unit.",
            field="tiers_span_plan",
        )
