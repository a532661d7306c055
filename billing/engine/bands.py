"""What a number of units costs under bands of prices: the five pricing types (spec 2, Pricing).

Band i covers (its lower limit, the next one's], the first also 0: a limit itself belongs to the band below.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from billing.engine.money import EXACT, divided
from billing.engine.types import Band, BandCharge

ZERO = Decimal(0)
ONE = Decimal(1)


class PricingType(StrEnum):
    """The pricing types by the names that the console gives them."""

    TIERED = "Tiered"
    VOLUME = "Volume"
    STAIRSTEP = "Stairstep"
    CUSTOM_TIERED = "Custom tiered"
    CUSTOM_VOLUME = "Custom volume"


@dataclass(frozen=True, slots=True)
class Units:
    """An exact number of units, count ÷ per, where `per` is 1 unless the digits never end, as of 100 ÷ 3.

    `negative` tells that the quantity was below zero, also where it was rounded to 0 units.
    """

    count: Decimal
    per: Decimal = ONE
    negative: bool = False

    def shown(self) -> Decimal:
        """The units as a decimal, endless digits cut at 28 significant ones."""
        return _over(self.count, self.per)


@dataclass(frozen=True, slots=True)
class Priced:
    """What units cost: the bands entered, and their exact sum, amount ÷ per."""

    bands: tuple[BandCharge, ...]
    amount: Decimal
    per: Decimal

    def shown(self) -> Decimal:
        """The sum as a decimal, endless digits cut at 28 significant ones."""
        return _over(self.amount, self.per)


def pricing_type(bands: Sequence[Band], cumulative: bool) -> PricingType:
    """The console's name for these bands."""
    fixed = any(band.fixed_price for band in bands)
    if cumulative:
        return PricingType.CUSTOM_TIERED if fixed else PricingType.TIERED
    if not fixed:
        return PricingType.VOLUME
    by_unit = any(band.unit_price for band in bands)
    return PricingType.CUSTOM_VOLUME if by_unit else PricingType.STAIRSTEP


def price_units(units: Units, bands: Sequence[Band], cumulative: bool) -> Priced:
    """Price the units that an aggregation came to, zero included; negative ones without a fixed price.

    Everything is scaled by `units.per`: a third of a unit costs exactly a third, divided only when rounded.
    """
    per = units.per
    charges = []
    total = ZERO
    for index, count in _entered(units, bands, cumulative):
        band = bands[index]
        upper_limit = bands[index + 1].lower_limit if index + 1 < len(bands) else None
        fixed = ZERO if units.negative else band.fixed_price
        amount = EXACT.fma(count, band.unit_price, _times(fixed, per))
        total = EXACT.add(total, amount)
        of_band = _over(count, per), fixed, band.unit_price, _over(amount, per)
        charges.append(BandCharge(band.lower_limit, upper_limit, *of_band))
    return Priced(tuple(charges), total, per)


def _times(number: Decimal, per: Decimal) -> Decimal:
    return number if per is ONE else EXACT.multiply(number, per)


def _over(number: Decimal, per: Decimal) -> Decimal:
    return number if per is ONE else divided(number, per)


def _entered(units: Units, bands: Sequence[Band], cumulative: bool) -> Sequence[tuple[int, Decimal]]:
    """The bands that the units reach, in order, each with the count that is priced in it."""
    reached = 0
    for index in range(1, len(bands)):
        if units.count > _times(bands[index].lower_limit, units.per):
            reached = index
    if not cumulative or not reached:
        return ((reached, units.count),)
    limits = [_times(band.lower_limit, units.per) for band in bands[: reached + 1]]
    entered = [(index, EXACT.subtract(limits[index + 1], limits[index])) for index in range(reached)]
    entered.append((reached, EXACT.subtract(units.count, limits[reached])))
    return entered
