from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.bands import Units
from billing.engine.types import UnitRounding
from billing.engine.units import units_of
from billing.engine.usage import priced_windows
from tests.engine.make import day, make_aggregation, make_attachment, make_bill, make_pricing

JUNE = day("2024-06-01"), day("2024-07-01")


@pytest.mark.parametrize(
    ("quantity", "per", "rounding", "units"),
    [
        ("48900", "500", "UP", "98"),
        ("48900", "500", "DOWN", "97"),
        ("48900", "500", "NEAREST", "98"),
        ("48900", "500", "NONE", "97.8"),
        ("199", "100", "UP", "2"),
        ("100", "100", "UP", "1"),
        ("350", "100", "NEAREST", "4"),
        ("349.99", "100", "NEAREST", "3"),
        ("250", "100", "NEAREST", "3"),
        ("-25", "10", "UP", "-3"),
        ("-25", "10", "NEAREST", "-3"),
        ("-25", "10", "DOWN", "-2"),
        ("-24", "10", "NEAREST", "-2"),
        ("-4", "10", "NEAREST", "0"),
        ("0", "10", "UP", "0"),
        ("0.5", "0.25", "UP", "2"),
        ("7", "2.5", "NONE", "2.8"),
    ],
)
def test_units_are_the_quantity_per_unit_rounded_by_magnitude(quantity, per, rounding, units):
    found = units_of(Decimal(quantity), make_aggregation(per=per, rounding=rounding))
    assert str(found.shown().normalize()) == units
    assert found.negative == (Decimal(quantity) < 0)


def test_units_whose_digits_never_end_stay_a_quotient():
    found = units_of(Decimal(100), make_aggregation(per="3"))
    assert found == Units(Decimal(100), Decimal(3))
    assert str(found.shown()) == "33." + "3" * 26


def test_the_quantity_is_kept_to_the_last_digit_where_the_quotient_ends():
    long = Decimal("12345678901234567890123456789.0123456789")
    assert units_of(long, make_aggregation(per="1")).count == long
    assert units_of(long, make_aggregation(per="1000", rounding="UP")).count == Decimal(
        "12345678901234567890123457"
    )


@given(
    st.decimals(-(10**6), 10**6, places=3),
    st.decimals("0.01", 5000, places=2),
    st.sampled_from(UnitRounding),
)
def test_units_agree_with_fractions(quantity, per, rounding):
    ratio = abs(Fraction(quantity) / Fraction(per))
    whole = {
        "UP": -floor(-ratio),
        "DOWN": floor(ratio),
        "NEAREST": floor(ratio + Fraction(1, 2)),
        "NONE": ratio,
    }[rounding]
    found = units_of(quantity, make_aggregation(per=per, rounding=rounding))
    assert Fraction(found.count) / Fraction(found.per) == (whole if quantity > 0 else -whole)


def parts(*pricings):
    """(description, first day, last day excluded) of each window in June 2024."""
    return [
        (
            found.description,
            found.window.start.day,
            found.window.end.day if found.window.end.month == 6 else 31,
        )
        for found in priced_windows(pricings, *JUNE)
    ]


def test_a_pricing_is_measured_where_period_and_pricing_meet():
    n = make_aggregation()
    assert parts(make_pricing(n, start="2024-01-01")) == [("n_sum", 1, 31)]
    assert parts(make_pricing(n, start="2024-06-10", end="2024-06-20")) == [("n_sum", 10, 20)]
    assert parts(make_pricing(n, start="2024-07-01")) == []
    assert parts(make_pricing(n, start="2024-01-01", end="2024-06-01")) == []


def test_a_price_change_inside_a_period_gives_two_windows():
    n = make_aggregation()
    old = make_pricing(n, start="2024-01-01", end="2024-06-16", description="old")
    new = make_pricing(n, start="2024-06-16", description="new")
    assert parts(old, new) == [("old", 1, 16), ("new", 16, 31)]


def test_a_plans_pricing_replaces_the_templates_only_while_it_applies():
    n = make_aggregation()
    template = make_pricing(n, on_plan=False, description="template")
    first = make_pricing(n, start="2024-06-05", end="2024-06-10", description="first")
    second = make_pricing(n, start="2024-06-20", end="2024-06-25", description="second")
    assert parts(template, second, first) == [
        ("template", 1, 5),
        ("template", 10, 20),
        ("template", 25, 31),
        ("second", 20, 25),
        ("first", 5, 10),
    ]


def test_a_plans_pricing_for_the_whole_period_leaves_nothing_to_the_template():
    n = make_aggregation()
    assert parts(make_pricing(n, on_plan=False), make_pricing(n, description="plan")) == [("plan", 1, 31)]


def test_a_plans_pricing_replaces_only_the_same_aggregation_and_segment():
    eu, us = (("region", "eu"),), (("region", "us"),)
    n = make_aggregation(segmented_fields=("region",), segments=(eu, us))
    other = make_aggregation("other")
    pricings = [
        make_pricing(n, on_plan=False, segment=eu),
        make_pricing(n, on_plan=False, segment=us),
        make_pricing(other, on_plan=False),
        make_pricing(n, segment=eu, description="plan"),
    ]
    assert parts(*pricings) == [("n_sum (us)", 1, 31), ("other", 1, 31), ("plan", 1, 31)]


SPANS = st.tuples(st.integers(-5, 35), st.none() | st.integers(1, 20))


def as_pricing(aggregation, span, on_plan):
    start = JUNE[0] + timedelta(span[0])
    end = span[1] and start + timedelta(span[1])
    return make_pricing(aggregation, start=start.isoformat(), end=end and end.isoformat(), on_plan=on_plan)


@given(st.lists(SPANS, max_size=3), SPANS)
def test_on_every_day_exactly_the_pricings_that_apply_are_charged(plan_spans, template_span):
    n = make_aggregation()
    on_plan = [as_pricing(n, span, True) for span in plan_spans]
    template = as_pricing(n, template_span, False)
    found = priced_windows((template, *on_plan), *JUNE)

    def applies(pricing, today):
        return pricing.start <= today and (pricing.end is None or today < pricing.end)

    for offset in range((JUNE[1] - JUNE[0]).days):
        today = JUNE[0] + timedelta(offset)
        expected = [pricing for pricing in on_plan if applies(pricing, today)]
        if not expected and applies(template, today):
            expected = [template]
        charged = [part.pricing for part in found if part.window.start <= today < part.window.end]
        assert sorted(p.id for p in charged) == sorted(p.id for p in expected)
    assert all(JUNE[0] <= part.window.start < part.window.end <= JUNE[1] for part in found)


def test_without_usage_there_is_no_line():
    n = make_aggregation()
    assert make_bill([make_attachment("2024-06-01", None, make_pricing(n, ("0", "100", "1")))]).lines == ()


def test_a_default_value_stands_in_for_missing_usage_and_owes_the_fixed_price():
    n = make_aggregation(default_value=Decimal(0))
    attachment = make_attachment("2024-06-01", None, make_pricing(n, ("0", "100", "1")))
    line = make_bill([attachment]).lines[0]
    assert (line.quantity, line.units, str(line.subtotal)) == (0, 0, "100.00")
    assert line.average_unit_price is None
    assert line.explanation["steps"][0]["default"] is True


def test_a_default_value_is_not_used_where_there_is_usage():
    n = make_aggregation(default_value=Decimal(7))
    line = make_bill([make_attachment("2024-06-01", None, make_pricing(n))], usage={n: "2"}).lines[0]
    assert line.quantity == 2
    assert "default" not in line.explanation["steps"][0]


def test_usage_of_zero_is_a_value_and_its_line_is_written():
    n = make_aggregation()
    line = make_bill([make_attachment("2024-06-01", None, make_pricing(n))], usage={n: "0"}).lines[0]
    assert (line.quantity, str(line.subtotal)) == (0, "0.00")


def test_bands_restart_and_a_fixed_price_is_due_in_each_part_with_a_value():
    n = make_aggregation()
    bands = [("0", "10", "2"), ("50", "5", "1")]
    old = make_pricing(n, *bands, end="2024-06-16")
    new = make_pricing(n, *bands, start="2024-06-16")
    attachment = make_attachment("2024-06-01", None, old, new)

    busy = make_bill([attachment], usage={n: lambda window: 60 if window.start.day == 1 else 40})
    assert [(str(line.subtotal), line.start, line.end) for line in busy.lines] == [
        ("125.00", date(2024, 6, 1), date(2024, 6, 16)),
        ("90.00", date(2024, 6, 16), date(2024, 7, 1)),
    ]
    late = make_bill([attachment], usage={n: lambda window: None if window.start.day == 1 else 40})
    assert [str(line.subtotal) for line in late.lines] == ["90.00"]


def test_usage_ends_with_the_attachment():
    n = make_aggregation()
    line = make_bill([make_attachment("2024-06-05", "2024-06-20", make_pricing(n))], usage={n: "1"}).lines[0]
    assert (line.start, line.end) == (date(2024, 6, 5), date(2024, 6, 20))


@pytest.mark.parametrize(
    ("description", "segment", "expected"),
    [
        ("", None, "n_sum"),
        ("Calls made", None, "Calls made"),
        ("", (("region", "eu"), ("size", "*")), "n_sum (any size, eu)"),
        ("", (), "n_sum (default)"),
        ("Calls made", (), "Calls made"),
    ],
)
def test_a_line_is_described_by_its_pricing_else_by_aggregation_and_segment(description, segment, expected):
    segmented = (
        {"segmented_fields": ("size", "region"), "segments": (segment,)} if segment is not None else {}
    )
    n = make_aggregation(**segmented)
    pricing = make_pricing(n, description=description, segment=segment)
    line = make_bill([make_attachment("2024-06-01", None, pricing)], usage={(n, segment): "1"}).lines[0]
    assert line.description == expected
    assert line.segment == segment
