"""What a number of units costs under bands of prices: the five pricing types (spec 2, Pricing).

Band i covers (its lower limit, the next one's], the first also 0: a limit itself belongs to the band below.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from billing.engine.money import EXACT, divided, quotient
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

    def average(self, units: Units) -> Decimal | None:
        """The exact amount per exact unit; None without units."""
        if not units.count:
            return None
        if units.per == self.per:  # both are divided by the same number where their digits never end
            return quotient(self.amount, units.count)
        return quotient(_times(self.amount, units.per), _times(units.count, self.per))


def pricing_type(bands: Sequence[Band], cumulative: bool) -> PricingType:
    """The console's name for these bands."""
    fixed = any(band.fixed_price for band in bands)
    if cumulative:
        return PricingType.CUSTOM_TIERED if fixed else PricingType.TIERED
    if not fixed:
        return PricingType.VOLUME
    by_unit = any(band.unit_price for band in bands)
    return PricingType.CUSTOM_VOLUME if by_unit else PricingType.STAIRSTEP


BandPart = tuple[int, Decimal, bool]
"""The index of a band, the count that is priced in it, and whether its fixed price is due."""


def price_units(units: Units, bands: Sequence[Band], cumulative: bool) -> Priced:
    """Price the units that an aggregation came to, zero included; negative ones without a fixed price."""
    return price_parts(_entered(units, bands, cumulative), bands, units.per)


def price_parts(parts: Iterable[BandPart], bands: Sequence[Band], per: Decimal) -> Priced:
    """Price counts in bands. Everything is scaled by `per`: a third of a unit costs exactly a third, divided
    only when rounded.
    """
    charges = []
    total = ZERO
    for index, count, due in parts:
        band = bands[index]
        upper_limit = bands[index + 1].lower_limit if index + 1 < len(bands) else None
        fixed = band.fixed_price if due else ZERO
        amount = EXACT.fma(count, band.unit_price, _times(fixed, per))
        total = EXACT.add(total, amount)
        of_band = _over(count, per), fixed, band.unit_price, _over(amount, per)
        charges.append(BandCharge(band.lower_limit, upper_limit, *of_band))
    return Priced(tuple(charges), total, per)


def _times(number: Decimal, per: Decimal) -> Decimal:
    return number if per is ONE else EXACT.multiply(number, per)


def _over(number: Decimal, per: Decimal) -> Decimal:
    return number if per is ONE else divided(number, per)


def _entered(units: Units, bands: Sequence[Band], cumulative: bool) -> Sequence[BandPart]:
    """The bands that the units reach, in order."""
    reached, due = 0, not units.negative
    for index in range(1, len(bands)):
        if units.count > _times(bands[index].lower_limit, units.per):
            reached = index
    if not cumulative or not reached:
        return ((reached, units.count, due),)
    limits = [_times(band.lower_limit, units.per) for band in bands[: reached + 1]]
    entered = [(index, EXACT.subtract(limits[index + 1], limits[index]), due) for index in range(reached)]
    entered.append((reached, EXACT.subtract(units.count, limits[reached]), due))
    return entered
