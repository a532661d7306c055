"""The five pricing types of the console, and what each is in the data (spec 2, Pricing)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import models


class PricingType(models.TextChoices):
    TIERED = "TIERED", "Tiered"
    VOLUME = "VOLUME", "Volume"
    STAIRSTEP = "STAIRSTEP", "Stairstep"
    CUSTOM_TIERED = "CUSTOM_TIERED", "Custom tiered"
    CUSTOM_VOLUME = "CUSTOM_VOLUME", "Custom volume"


@dataclass(frozen=True, slots=True)
class Shape:
    """Whether every band entered counts, and which prices a band has."""

    cumulative: bool
    fixed: bool
    unit: bool
    says: str


SHAPES = {
    PricingType.TIERED: Shape(True, False, True, "Each band’s units at its own price."),
    PricingType.VOLUME: Shape(False, False, True, "All units at the price of the band reached."),
    PricingType.STAIRSTEP: Shape(False, True, False, "One fixed price, that of the band reached."),
    PricingType.CUSTOM_TIERED: Shape(True, True, True, "Every band entered: its fixed price plus its units."),
    PricingType.CUSTOM_VOLUME: Shape(
        False, True, True, "Band reached: its fixed price plus all units at its price."
    ),
}


def type_of(
    *, cumulative: bool, fixed_prices: Iterable[Decimal], unit_prices: Iterable[Decimal]
) -> PricingType:
    """The type that stored bands show as: the simplest one that has their prices."""
    fixed, unit = any(fixed_prices), any(unit_prices)
    if cumulative:
        return PricingType.CUSTOM_TIERED if fixed else PricingType.TIERED
    if fixed:
        return PricingType.CUSTOM_VOLUME if unit else PricingType.STAIRSTEP
    return PricingType.VOLUME
