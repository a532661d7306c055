"""The oracle's money, units and bands: rounding to one of two neighbours, prices by walking the units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor, gcd, lcm


@dataclass(frozen=True)
class Band:
    lower: Fraction
    fixed: Fraction
    price: Fraction


@dataclass(frozen=True)
class Charge:
    """What was bought in one band that was entered."""

    lower: Fraction
    upper: Fraction | None
    units: Fraction
    fixed: Fraction
    price: Fraction

    @property
    def amount(self) -> Fraction:
        return self.fixed + self.units * self.price


class InexactError(ValueError):
    """UNNECESSARY was asked to round."""


def rounded(amount: Fraction, places: int, mode: str) -> Fraction:
    """The neighbour with that many decimals which the mode chooses."""
    step = Fraction(1, 10**places)
    below = floor(amount / step) * step
    if below == amount:
        return amount
    above = below + step
    toward, away = (below, above) if amount > 0 else (above, below)
    nearest = min(below, above, key=lambda neighbour: abs(amount - neighbour))
    is_half = amount - below == above - amount
    even = below if (below / step) % 2 == 0 else above
    choices = {
        "UP": away,
        "DOWN": toward,
        "CEILING": above,
        "FLOOR": below,
        "HALF_UP": away if is_half else nearest,
        "HALF_DOWN": toward if is_half else nearest,
        "HALF_EVEN": even if is_half else nearest,
    }
    if mode == "UNNECESSARY":
        raise InexactError
    return choices[mode]


def units_of(quantity: Fraction, per_unit: Fraction, rounding: str) -> Fraction:
    """By magnitude; NEAREST takes halves away from zero."""
    mode = {"UP": "UP", "DOWN": "DOWN", "NEAREST": "HALF_UP"}.get(rounding)
    return rounded(quantity / per_unit, 0, mode) if mode else quantity / per_unit


def band_at(position: Fraction | int, lowers: Sequence[Fraction | int]) -> int:
    """The band of the unit that ends at `position`: a limit belongs to the band below it, 0 to the first."""
    return max(index for index, lower in enumerate(lowers) if index == 0 or position > lower)


def grain_of(numbers: Sequence[Fraction]) -> Fraction:
    """The largest step in which every one of the numbers can be walked to."""
    denominator = lcm(*(number.denominator for number in numbers))
    return Fraction(gcd(*(int(number * denominator) for number in numbers)), denominator)


def walked(units: Fraction, bands: Sequence[Band]) -> Iterator[tuple[int, Fraction]]:
    """Every step from 0 to `units` with its band; ten, a hundred … grains at once inside one band."""
    if not units:
        return
    lowers = [band.lower for band in bands]
    grain = grain_of([units, *lowers])
    limits = [int(lower / grain) for lower in lowers]
    done, last = 0, int(units / grain)
    while done < last:
        band, stride = band_at(done + 1, limits), 1
        while done + stride * 10 <= last and band_at(done + stride * 10, limits) == band:
            stride *= 10
        done += stride
        yield band, stride * grain


def charges_for(
    quantity: Fraction, units: Fraction, bands: Sequence[Band], cumulative: bool
) -> tuple[Charge, ...]:
    """What the units of a quantity cost, band by band."""
    bought = {0: Fraction(0)}
    if quantity < 0:
        bought = {0: units}
    elif not cumulative:
        bought = {band_at(units, [band.lower for band in bands]): units}
    else:
        for band, size in walked(units, bands):
            bought[band] = bought.get(band, Fraction(0)) + size
    return tuple(
        Charge(
            lower=bands[index].lower,
            upper=bands[index + 1].lower if index + 1 < len(bands) else None,
            units=in_band,
            fixed=Fraction(0) if quantity < 0 else bands[index].fixed,
            price=bands[index].price,
        )
        for index, in_band in sorted(bought.items())
    )


def charges_spanning(
    before: Fraction | None,
    quantity: Fraction,
    per_unit: Fraction,
    bands: Sequence[Band],
    cumulative: bool,
) -> tuple[Charge, ...]:
    """What a period costs whose bands count on from what was measured before; a fixed price is due once."""
    units = quantity / per_unit
    total = units + (before or Fraction(0)) / per_unit
    if not cumulative:
        band = bands[band_at(total, [band.lower for band in bands])]
        return (Charge(band.lower, None, units, band.fixed, band.price),)
    past = () if before is None else charges_for(before, before / per_unit, bands, cumulative)
    had = {charge.lower: charge.units for charge in past}
    return tuple(
        replace(
            charge,
            units=charge.units - had.get(charge.lower, Fraction(0)),
            fixed=Fraction(0) if charge.lower in had else charge.fixed,
        )
        for charge in charges_for(quantity, total, bands, cumulative)
    )
