"""The curve and its cliffs say what the engine charges, unit by unit."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.curves import Point, cheaper_to, cliffs, cost, curve
from tests.engine.make import make_bands
from tests.engine.test_bands import bands

VOLUME = make_bands(("0", "0", "10"), ("15", "0", "5"))
FLAT = make_bands(("0", "0", "10"), ("15", "100", "0"))
FEW = st.decimals(0, 12, places=1)
BANDS = bands(fixed=FEW, unit=FEW)


def found(prices, cumulative=False, *, whole=True):
    return [
        (str(cliff.below.units), str(cliff.below.amount), str(cliff.above.units), str(cliff.above.amount))
        for cliff in cliffs(prices, cumulative, whole=whole)
    ]


def test_a_volume_price_drops_where_the_cheaper_band_begins():
    assert found(VOLUME) == [("15", "150", "16", "80")]


def test_what_is_charged_by_band_has_no_cliff():
    assert found(VOLUME, cumulative=True) == []


@pytest.mark.parametrize(("prices", "to"), [(VOLUME, Decimal(29)), (FLAT, None)])
def test_a_cliff_tells_how_far_more_units_are_cheaper(prices, to):
    (cliff,) = cliffs(prices, False, whole=True)
    assert cheaper_to(cliff, prices, False) == to


def test_a_fractional_limit_is_crossed_by_the_whole_unit_above_it():
    assert found(make_bands(("0", "0", "10"), ("15.5", "0", "5"))) == [("15", "150", "16", "80")]


def test_parts_of_a_unit_may_be_cheaper_though_a_whole_one_is_not():
    prices = make_bands(("0", "0", "10"), ("15", "5", "9.5"))
    assert found(prices) == []
    assert found(prices, whole=False) == [("15", "150", "15", "147.50")]


def test_the_curve_begins_each_stretch_with_what_is_due_just_above_the_limit():
    assert curve(VOLUME, False, Decimal(30)) == [
        (Point(Decimal(0), Decimal(0)), Point(Decimal(15), Decimal(150))),
        (Point(Decimal(15), Decimal(75)), Point(Decimal(30), Decimal(150))),
    ]


@given(prices=BANDS, cumulative=st.booleans())
def test_cliffs_are_exactly_the_units_after_which_the_engine_charges_less(prices, cumulative):
    last = int(prices[-1].lower_limit) + 3
    amounts = [cost(Decimal(units), prices, cumulative) for units in range(last)]
    falling = [units for units, (before, after) in enumerate(pairwise(amounts)) if after < before]
    assert [int(cliff.below.units) for cliff in cliffs(prices, cumulative, whole=True)] == falling


@given(prices=BANDS)
def test_units_up_to_the_end_of_a_cliff_are_cheaper_and_the_next_one_is_not(prices):
    for cliff in cliffs(prices, False, whole=True):
        price, first = cliff.below.amount, int(cliff.above.units)
        to = cheaper_to(cliff, prices, False)
        seen = range(first, int(prices[-1].lower_limit) + 500 if to is None else int(to) + 1)
        assert all(cost(Decimal(units), prices, False) < price for units in seen)
        assert to is None or cost(to + 1, prices, False) >= price


@given(prices=bands(), cumulative=st.booleans(), eighths=st.integers(1, 8))
def test_every_point_of_a_stretch_is_what_the_engine_charges(prices, cumulative, eighths):
    for start, end in curve(prices, cumulative, prices[-1].lower_limit + 100):
        width = end.units - start.units
        units = start.units + width * eighths / 8
        amount = start.amount + (end.amount - start.amount) * (units - start.units) / width
        assert abs(amount - cost(units, prices, cumulative)) < Decimal("1e-20")
        assert cost(end.units, prices, cumulative) == end.amount
