from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.bands import Units, price_units, pricing_type
from billing.engine.money import EXACT
from tests.engine.make import make_bands

TIERED = make_bands(("0", "0", "0.15"), ("500", "0", "0.10"))
STAIRS = make_bands(("0", "12", "0"), ("4", "25", "0"), ("6", "50", "0"))
CUSTOM = make_bands(("0", "100", "0"), ("5", "50", "0"), ("10", "0", "5"), ("15", "0", "1"))
CLIFF = make_bands(("0", "100", "0"), ("5", "10", "20"), ("7", "0", "10"), ("15", "0", "5"))
NUMBERS = st.decimals(0, 5000, places=3)
PRICES = st.decimals(0, 100, places=4)


@st.composite
def bands(draw, *, fixed=PRICES, unit=PRICES):
    limits = draw(st.lists(st.integers(1, 400), max_size=4, unique=True).map(sorted))
    return make_bands(*((limit, draw(fixed), draw(unit)) for limit in [0, *limits]))


def price(units, prices, cumulative):
    return price_units(Units(Decimal(units), negative=Decimal(units) < 0), prices, cumulative)


@pytest.mark.parametrize(
    ("prices", "cumulative", "units", "amount"),
    [
        (TIERED, True, "0", "0"),
        (TIERED, True, "499", "74.85"),
        (TIERED, True, "500", "75"),
        (TIERED, True, "501", "75.10"),
        (TIERED, True, "750", "100"),
        (TIERED, False, "500", "75"),
        (TIERED, False, "501", "50.10"),
        (TIERED, False, "500.001", "50.0001"),
        (STAIRS, False, "0", "12"),
        (STAIRS, False, "4", "12"),
        (STAIRS, False, "4.1", "25"),
        (STAIRS, False, "6", "25"),
        (STAIRS, False, "6.01", "50"),
        (CUSTOM, True, "0", "100"),
        (CUSTOM, True, "5", "100"),
        (CUSTOM, True, "6", "150"),
        (CUSTOM, True, "10", "150"),
        (CUSTOM, True, "15", "175"),
        (CUSTOM, True, "22", "182"),
        (CLIFF, False, "5", "100"),
        (CLIFF, False, "7", "150"),
        (CLIFF, False, "14", "140"),
        (CLIFF, False, "15", "150"),
        (CLIFF, False, "16", "80"),
    ],
)
def test_units_are_priced_by_type_and_a_limit_belongs_to_the_band_below(prices, cumulative, units, amount):
    assert price(units, prices, cumulative).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("prices", "cumulative", "expected"),
    [
        (TIERED, True, "Tiered"),
        (TIERED, False, "Volume"),
        (STAIRS, False, "Stairstep"),
        (CUSTOM, True, "Custom tiered"),
        (STAIRS, True, "Custom tiered"),
        (CLIFF, False, "Custom volume"),
        (make_bands(("0", "0", "0")), True, "Tiered"),
        (make_bands(("0", "0", "0")), False, "Volume"),
    ],
)
def test_pricing_types_have_the_consoles_names(prices, cumulative, expected):
    assert pricing_type(prices, cumulative) == expected


def rows(priced):
    return [
        tuple(None if value is None else str(value) for value in row)
        for row in (
            (b.lower_limit, b.upper_limit, b.units, b.fixed_price, b.unit_price, b.subtotal)
            for b in priced.bands
        )
    ]


def test_a_cumulative_pricing_lists_every_band_entered():
    assert rows(price("7", CUSTOM, True)) == [
        ("0", "5", "5", "100", "0", "100"),
        ("5", "10", "2", "50", "0", "50"),
    ]


def test_a_volume_pricing_lists_the_band_reached_with_all_units():
    assert rows(price("16", CLIFF, False)) == [("15", None, "16", "0", "5", "80")]


@pytest.mark.parametrize("cumulative", [True, False])
def test_negative_units_cost_the_first_unit_price_without_a_fixed_price(cumulative):
    prices = make_bands(("0", "20", "2"), ("10", "5", "1"))
    assert rows(price("-25", prices, cumulative)) == [("0", "10", "-25", "0", "2", "-50")]


def test_a_negative_quantity_rounded_to_no_units_owes_no_fixed_price():
    assert price_units(Units(Decimal(0), negative=True), STAIRS, False).amount == 0


def test_a_third_of_a_unit_costs_exactly_a_third():
    priced = price_units(
        Units(Decimal(100), Decimal(3)), make_bands(("0", "1", "0.03"), ("30", "2", "0.015")), True
    )
    assert Fraction(priced.amount) / Fraction(priced.per) == 1 + Fraction(90, 100) + 2 + Fraction(
        10, 3
    ) * Fraction(15, 1000)
    assert [str(band.units) for band in priced.bands] == ["30", "3.333333333333333333333333333"]
    assert [str(band.subtotal) for band in priced.bands] == ["1.90", "2.050"]
    assert priced.shown() == Decimal("3.95")


@given(st.integers(0, 600), bands(), st.booleans())
def test_units_are_priced_as_one_by_one(units, prices, cumulative):
    """Each unit in turn asks which band it lies in."""

    def band_of(unit):
        return max(index for index, band in enumerate(prices) if index == 0 or band.lower_limit < unit)

    if cumulative:
        entered = range(band_of(units) + 1)
        expected = sum(Fraction(prices[band_of(unit)].unit_price) for unit in range(1, units + 1))
        expected += sum(Fraction(prices[index].fixed_price) for index in entered)
    else:
        band = prices[band_of(units)]
        expected = Fraction(band.fixed_price) + units * Fraction(band.unit_price)
    assert Fraction(price(units, prices, cumulative).amount) == expected


@given(NUMBERS, st.integers(1, 9).map(lambda digit: Decimal(digit) / 8), bands(), st.booleans())
def test_dividing_units_before_or_inside_the_price_makes_no_difference(number, per, prices, cumulative):
    with localcontext(EXACT):
        scaled = number * per
    inside = price_units(Units(scaled, per), prices, cumulative)
    before = price_units(Units(number), prices, cumulative)
    assert inside.shown() == before.amount
    assert [band.units for band in inside.bands] == [band.units for band in before.bands]
    assert [band.subtotal for band in inside.bands] == [band.subtotal for band in before.bands]


@given(NUMBERS, NUMBERS, bands())
def test_cumulative_prices_never_fall(some, more, prices):
    less, greater = sorted([some, more])
    assert price(less, prices, True).amount <= price(greater, prices, True).amount


@given(NUMBERS, bands(fixed=st.just(Decimal(0))), st.decimals(0, 2, places=3))
def test_cumulative_prices_without_fixed_ones_make_no_jump(units, prices, step):
    jump = price(units + step, prices, True).amount - price(units, prices, True).amount
    assert jump <= step * max(band.unit_price for band in prices)


@given(NUMBERS, bands(), st.booleans())
def test_bands_sum_to_the_amount_and_cumulative_units_to_the_units(units, prices, cumulative):
    priced = price(units, prices, cumulative)
    with localcontext(EXACT):
        assert sum(band.subtotal for band in priced.bands) == priced.amount
        assert sum(band.units for band in priced.bands) == units
        for band in priced.bands:
            assert band.subtotal == band.fixed_price + band.units * band.unit_price
