import itertools
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.bands import price_units
from billing.engine.spanning import windows_so_far
from billing.engine.types import Frequency
from billing.engine.units import units_of
from tests.engine.make import day, make_aggregation, make_attachment, make_bill, make_pricing

MONTHS = ["2024-07-01", "2024-08-01", "2024-09-01", "2024-10-01"]
TIERED = ("0", "0", "0.15"), ("500", "0", "0.10")
FIXED = ("0", "10", "1"), ("100", "5", "0.5")
VOLUME = ("0", "0", "1"), ("100", "0", "0.5")


def spanning(aggregation, *bands, start="2024-06-01", anchor="2022-01-01", **more):
    pricing = make_pricing(aggregation, *bands, spans_plan=True, **more)
    return make_attachment(start, None, pricing, anchor=anchor)


def subtotals(attachment, aggregation, *used):
    """What each month's usage from June 2024 on comes to; None is a month without usage."""
    of_month = dict(zip([6, 7, 8, 9], used, strict=False))

    def measured(window):
        months = range(window.start.month, window.end.month)
        values = [Decimal(of_month[month]) for month in months if of_month.get(month) is not None]
        return sum(values, Decimal(0)) if values else None

    bills = [make_bill([attachment], until, {aggregation: measured}) for until in MONTHS[: len(used)]]
    return [str(bill.lines[0].subtotal) if bill.lines else None for bill in bills]


N = make_aggregation()


def test_bands_count_from_the_attachments_start():
    assert subtotals(spanning(N, *TIERED), N, "400", "300", "10") == ["60.00", "35.00", "1.00"]


def test_a_fixed_price_is_due_once_in_the_period_in_which_its_band_is_entered():
    assert subtotals(spanning(N, *FIXED), N, "80", "40", "10") == ["90.00", "35.00", "5.00"]


def test_non_cumulative_prices_are_those_of_the_band_that_the_total_has_reached():
    assert subtotals(spanning(N, *VOLUME, cumulative=False), N, "80", "40", "10") == [
        "80.00", "20.00", "5.00",
    ]  # fmt: skip


def test_a_band_begins_just_above_its_limit():
    assert subtotals(spanning(N, *FIXED), N, "100", "1") == ["110.00", "5.50"]
    assert subtotals(spanning(N, *FIXED), N, "100", "0") == ["110.00", "0.00"]


def test_the_first_bands_fixed_price_waits_for_the_first_value():
    assert subtotals(spanning(N, *FIXED), N, None, "0", "5") == [None, "10.00", "5.00"]


def test_a_band_that_a_correction_left_is_not_paid_for_again():
    # 150 (two fixed prices), −100 at the first band's price, then over 100 once more.
    assert subtotals(spanning(N, *FIXED), N, "150", "-100", "60") == ["140.00", "-100.00", "55.00"]


def test_what_begins_with_a_correction_enters_the_first_band_later():
    assert subtotals(spanning(N, *FIXED), N, "-5", "10") == ["-5.00", "20.00"]


def test_a_period_without_usage_counts_with_the_default_value():
    seats = make_aggregation(default_value=Decimal(60))
    assert subtotals(spanning(seats, *FIXED), seats, None, None, "1") == ["70.00", "55.00", "0.50"]


def test_rounded_units_follow_on_the_rounded_total():
    rounded = make_aggregation(per="100", rounding="UP")
    bands = ("0", "0", "1"), ("2", "0", "0.5")
    assert subtotals(spanning(rounded, *bands), rounded, "150", "150") == ["2.00", "1.00"]


def test_thirds_of_units_walk_the_bands_exactly():
    thirds = make_aggregation(per="3")
    bands = ("0", "0", "3"), ("10", "0", "6")
    # 10/3 units, then 20 up to unit 23⅓: 6⅔ at 3 and 13⅓ at 6.
    assert subtotals(spanning(thirds, *bands), thirds, "10", "60", "1") == ["10.00", "100.00", "2.00"]
    # 3 units, then 10/3 of them.
    assert subtotals(spanning(thirds, *bands), thirds, "9", "10") == ["9.00", "10.00"]


def test_the_highest_total_may_be_a_quotient_where_all_else_is_whole():
    thirds = make_aggregation(per="3")
    bands = ("0", "10", "3"), ("3", "5", "6")
    # 10/3 units enter the second band; one less leaves 3 whole units, 3 more enter it no second time.
    assert subtotals(spanning(thirds, *bands), thirds, "10", "-1", "9") == ["26.00", "-1.00", "18.00"]


def test_one_window_is_measured_unless_it_matters_what_each_period_came_to():
    attachment = spanning(N, *TIERED)
    first, until = day("2024-06-01"), day("2024-09-01")
    pricing = attachment.pricings[0]
    assert windows_so_far(attachment, pricing, first) == ()
    assert [(w.start, w.end) for w in windows_so_far(attachment, pricing, until)] == [(first, until)]
    attachment = spanning(N, *FIXED)
    cuts = [day(text) for text in ("2024-06-01", "2024-07-01", "2024-08-01", "2024-09-01")]
    found = windows_so_far(attachment, attachment.pricings[0], until)
    assert [(w.start, w.end) for w in found] == list(itertools.pairwise(cuts))
    ad_hoc = replace(attachment, frequency=Frequency.AD_HOC)
    assert len(windows_so_far(ad_hoc, attachment.pricings[0], until)) == 1


def test_tiers_of_a_period_need_nothing_of_earlier_ones():
    attachment = make_attachment("2024-06-01", None, make_pricing(N, *TIERED))
    assert windows_so_far(attachment, attachment.pricings[0], day("2024-09-01")) == ()


def test_the_total_so_far_is_told():
    bill = make_bill(
        [spanning(N, *TIERED)], "2024-08-01", {N: lambda window: "400" if window.start.month == 6 else "300"}
    )
    steps = bill.lines[0].explanation["steps"]
    assert steps[2] == {
        "step": "position",
        "from": "2024-06-01",
        "measurements": 3,
        "quantity": "400",
        "result": "400",
        "unit": "call",
    }
    assert [band["units"] for band in steps[3]["bands"]] == ["100", "200"]
    assert bill.lines[0].average_unit_price.quantize(Decimal("0.0001")) == Decimal("0.1167")


amounts = st.lists(st.integers(0, 400).map(str), min_size=1, max_size=4)


@given(amounts, st.sampled_from([TIERED, FIXED]), st.sampled_from(["1", "3", "8"]))
def test_the_periods_together_cost_what_their_total_does(used, bands, per):
    aggregation = make_aggregation(per=per)
    attachment = spanning(aggregation, *bands)
    exact = []
    for until in MONTHS[: len(used)]:
        of_month = dict(zip([6, 7, 8, 9], used, strict=False))
        bill = make_bill(
            [attachment],
            until,
            {
                aggregation: lambda window, of_month=of_month: sum(
                    Decimal(of_month.get(month, 0)) for month in range(window.start.month, window.end.month)
                )
            },
        )
        exact.append(Decimal(bill.lines[0].explanation["steps"][3]["result"]))
    total = units_of(sum(map(Decimal, used), Decimal(0)), aggregation)
    whole = price_units(total, attachment.pricings[0].bands, True).shown()
    assert sum(exact) == pytest.approx(whole, abs=Decimal("1e-20"))
