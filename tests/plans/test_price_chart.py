"""The drawing of a price: where its lines and labels stand, and its table."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.curves import cost
from m3console.core.templatetags.console import spelled
from plans.price_chart import BOTTOM, RIGHT, TABLE_ROWS, TOP, PriceChart, price_chart
from tests.engine.make import make_bands
from tests.engine.test_bands import bands

VOLUME = make_bands(("0", "0", "10"), ("15", "0", "5"))
HUGE = make_bands(("0", "0", "9" * 40), ("1" * 40, "0", f"0.{'0' * 38}1"))


def drawn(prices, cumulative=False, *, whole=True) -> PriceChart:
    return price_chart(
        prices, cumulative, whole=whole, unit="GB", currency="USD", spell=lambda amount: spelled(amount, 2)
    )


def test_a_cliff_is_drawn_between_the_unit_below_and_the_one_above():
    chart = drawn(VOLUME)
    assert chart.path == "M38.0 150.0L214.0 18.0M225.7 79.6L390.0 18.0"
    (drop,) = chart.drops
    assert (drop.x, drop.y, drop.to_x, drop.to_y) == ("214.0", "18.0", "225.7", "79.6")
    assert (drop.label, drop.to_label) == ("15: 150.00", "16: 80.00")
    assert [tick.label for tick in chart.units] == ["0", "5", "10", "15", "20", "25", "30"]
    assert [tick.label for tick in chart.amounts] == ["0", "50", "100", "150"]


def test_the_table_has_both_sides_of_a_cliff_and_the_title_says_it():
    chart = drawn(VOLUME)
    assert chart.table == [
        ("0", "0.00"), ("5", "50.00"), ("10", "100.00"), ("15", "150.00"), ("16", "80.00"),
        ("20", "100.00"), ("25", "125.00"), ("30", "150.00"),
    ]  # fmt: skip
    assert chart.title == (
        "What 0 to 30 GB cost. At 15 it is 150.00 USD, and falls to 80.00 USD. 30 cost 150.00 USD."
    )


def test_fractions_of_units_are_drawn_from_the_limit_on():
    assert "M214.0 84.0" in drawn(VOLUME, whole=False).path


def test_what_costs_nothing_is_a_line_at_the_bottom():
    assert drawn(make_bands(("0", "0", "0"))).path == "M38.0 150.0L390.0 150.0"


@pytest.mark.parametrize("cumulative", [True, False])
def test_the_longest_numbers_are_drawn(cumulative):
    chart = drawn(HUGE, cumulative)
    assert all(len(tick.label) < 12 for tick in (*chart.amounts, *chart.units))


@given(prices=bands(), cumulative=st.booleans(), whole=st.booleans())
def test_everything_stands_within_the_drawing_and_the_table_is_what_the_engine_charges(
    prices, cumulative, whole
):
    chart = drawn(prices, cumulative, whole=whole)
    places = [Decimal(n) for point in chart.path.replace("M", "L").split("L")[1:] for n in point.split()]
    assert all(Decimal(chart.left) <= x <= RIGHT for x in places[::2])
    assert all(TOP <= y <= BOTTOM for y in places[1::2])
    assert 0 < len(chart.table) <= TABLE_ROWS
    for units, amount in chart.table:
        assert amount == spelled(cost(Decimal(units.replace(",", "")), prices, cumulative), 2)
