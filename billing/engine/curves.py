"""What units cost, drawn: the curve of bands, and the cliffs where a further unit makes the total fall.

Everything is computed by pricing units as a bill does (bands.py), never by a second formula.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise

from billing.engine.bands import Units, price_units
from billing.engine.money import EXACT
from billing.engine.types import Band

ZERO = Decimal(0)
ONE = Decimal(1)
HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Point:
    """So many units, and what they cost in all."""

    units: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Cliff:
    """More units that cost less in all: `above` is one unit more than `below`.

    Where a further unit has caught up again and only a part of one is cheaper, `above` has the units of
    `below` and what it costs as soon as they are exceeded.
    """

    below: Point
    above: Point


def cost(units: Decimal, bands: Sequence[Band], cumulative: bool) -> Decimal:
    """The exact price of units, 0 or more."""
    return price_units(Units(units), bands, cumulative).amount


def curve(bands: Sequence[Band], cumulative: bool, until: Decimal) -> list[tuple[Point, Point]]:
    """The straight stretches of the curve from 0 up to `until` units, a band each.

    A stretch begins with what the band costs just above its lower limit, which may be another amount than
    that at the limit itself: the limit belongs to the band below.
    """
    limits = [band.lower_limit for band in bands if band.lower_limit < until]
    stretches = []
    for lower, upper in pairwise([*limits, until]):
        end = cost(upper, bands, cumulative)
        middle = EXACT.multiply(EXACT.add(lower, upper), HALF)
        half_way = cost(middle, bands, cumulative)
        start = EXACT.subtract(EXACT.add(half_way, half_way), end)
        stretches.append((Point(lower, start), Point(upper, end)))
    return stretches


def cliffs(bands: Sequence[Band], cumulative: bool, *, whole: bool) -> list[Cliff]:
    """Where more units cost less in all, lowest first; `whole` if units are rounded to whole ones.

    Between limits nothing falls, since no price is negative.
    """
    if whole:
        crossed = dict.fromkeys(_floor(band.lower_limit) for band in bands[1:])
        found = [_step(units, bands, cumulative) for units in crossed]
    else:
        found = [_edge(stretch, bands, cumulative) for stretch in _beyond_limits(bands, cumulative)]
    return [cliff for cliff in found if cliff.above.amount < cliff.below.amount]


def _beyond_limits(bands: Sequence[Band], cumulative: bool) -> list[Point]:
    """Each limit but the first, with what is due as soon as it is exceeded."""
    until = EXACT.add(bands[-1].lower_limit, ONE)
    return [start for start, _ in curve(bands, cumulative, until)[1:]]


def _step(units: Decimal, bands: Sequence[Band], cumulative: bool) -> Cliff:
    further = EXACT.add(units, ONE)
    return Cliff(
        Point(units, cost(units, bands, cumulative)), Point(further, cost(further, bands, cumulative))
    )


def _edge(just_above: Point, bands: Sequence[Band], cumulative: bool) -> Cliff:
    step = _step(just_above.units, bands, cumulative)
    return step if step.above.amount < step.below.amount else Cliff(step.below, just_above)


def cheaper_to(cliff: Cliff, bands: Sequence[Band], cumulative: bool) -> Decimal | None:
    """Up to how many whole units, from those above the cliff on, all cost less than those below it.

    None if they do for ever.
    """
    first, price = cliff.above.units, cliff.below.amount
    low = first
    for limit in dict.fromkeys(_floor(band.lower_limit) for band in bands):
        if limit < first:
            continue
        if cost(limit, bands, cumulative) >= price:
            return _last_cheaper(bands, cumulative, price, low, limit)
        low = limit
        if cost(EXACT.add(limit, ONE), bands, cumulative) >= price:
            return limit
    if not bands[-1].unit_price:
        return None
    high = EXACT.add(low, ONE)
    while cost(high, bands, cumulative) < price:
        high = EXACT.add(high, high)
    return _last_cheaper(bands, cumulative, price, low, high)


def _last_cheaper(
    bands: Sequence[Band], cumulative: bool, price: Decimal, low: Decimal, high: Decimal
) -> Decimal:
    """Halve between units that cost less than the price and units that do not, on one rising stretch."""
    while high > EXACT.add(low, ONE):
        middle = _floor(EXACT.multiply(EXACT.add(low, high), HALF))
        if cost(middle, bands, cumulative) < price:
            low = middle
        else:
            high = middle
    return low


def _floor(units: Decimal) -> Decimal:
    return units.to_integral_value(ROUND_FLOOR)
