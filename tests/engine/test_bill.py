from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.bill import compute_bill, due_bills, windows_wanted
from billing.engine.types import Period, UsageWindow
from tests.engine.make import (
    CURRENCIES,
    day,
    make_aggregation,
    make_attachment,
    make_bill,
    make_input,
    make_pricing,
)


def dates(bills):
    return [bill.bill_date.isoformat() for bill in bills]


def subtotals(bill):
    return [str(line.subtotal) for line in bill.lines]


# Which bills are due


def test_every_bill_date_up_to_the_day_is_due_in_order():
    assert dates(due_bills([make_attachment("2024-05-15")], day("2024-08-01"))) == [
        "2024-06-01",
        "2024-07-01",
        "2024-08-01",
    ]


def test_attachments_of_one_date_and_rhythm_share_a_bill():
    first, second = make_attachment("2024-05-01"), make_attachment("2024-06-10", code="b")
    bills = due_bills([second, first], day("2024-07-01"))
    assert dates(bills) == ["2024-06-01", "2024-07-01"]
    assert [item.attachment for item in bills[1].items] == [first, second]
    assert bills[1].items[1].period == Period(day("2024-06-10"), day("2024-07-01"))
    assert bills[1].key == (day("2024-07-01"), "MONTHLY", 1, "")


def test_attachments_of_another_interval_or_anchor_have_bills_of_their_own():
    monthly = make_attachment("2024-05-01")
    quarterly = make_attachment("2024-04-01", interval=3, code="q")
    midway = make_attachment("2024-06-15", anchor="2022-01-15", code="m")
    bills = due_bills([quarterly, midway, monthly], day("2024-07-15"))
    assert [(str(bill.bill_date), bill.interval, len(bill.items)) for bill in bills] == [
        ("2024-06-01", 1, 1),
        ("2024-07-01", 1, 1),
        ("2024-07-01", 3, 1),
        ("2024-07-15", 1, 1),
    ]


def test_latest_only_keeps_each_attachments_last_bill_date():
    old = make_attachment("2024-01-01", "2024-03-15")
    new = make_attachment("2024-03-15", code="n")
    future = make_attachment("2024-08-01", code="f")
    bills = due_bills([old, new, future], day("2024-07-31"), latest_only=True)
    assert dates(bills) == ["2024-04-01", "2024-07-01"]


def test_a_bill_due_for_one_attachment_holds_everything_of_its_key():
    ended = make_attachment("2024-01-01", "2024-06-20")
    running = make_attachment("2024-01-01", code="r")
    bills = due_bills([ended, running], day("2024-08-01"), latest_only=True)
    assert [(str(bill.bill_date), len(bill.items)) for bill in bills] == [
        ("2024-07-01", 2),
        ("2024-08-01", 1),
    ]


def test_since_leaves_out_the_dates_up_to_a_day():
    attachment, other = make_attachment("2024-01-01"), make_attachment("2024-05-01", code="b")
    until = day("2024-06-01")
    since = {attachment.id: day("2024-05-01")}
    assert dates(due_bills([attachment], until, since=since)) == ["2024-06-01"]
    assert dates(due_bills([attachment], until, since=since, latest_only=True)) == ["2024-06-01"]
    assert due_bills([attachment], until, since={attachment.id: until}, latest_only=True) == ()
    both = due_bills([attachment, other], until, since={attachment.id: until})
    assert [len(bill.items) for bill in both] == [2]


def test_nothing_is_due_before_the_first_bill_date():
    assert due_bills([make_attachment("2024-06-01")], day("2024-06-30")) == ()
    assert due_bills([make_attachment("2024-06-01")], day("2024-06-30"), latest_only=True) == ()
    assert due_bills([], day("2024-06-30")) == ()


def test_each_window_is_wanted_once():
    n, other = make_aggregation(), make_aggregation("other")
    eu, us = (("region", "eu"),), (("region", "us"),)
    segmented = make_aggregation("s", segmented_fields=("region",), segments=(eu, us))
    attachments = [
        make_attachment("2024-05-01", None, make_pricing(n), make_pricing(other), code="a"),
        make_attachment("2024-05-01", "2024-06-11", make_pricing(n), code="b"),
        make_attachment(
            "2024-05-01", None, make_pricing(segmented, segment=eu), make_pricing(segmented, segment=us)
        ),
        make_attachment("2024-05-01", None, make_pricing(other), code="c"),
    ]
    june, july = day("2024-06-01"), day("2024-07-01")
    wanted = windows_wanted(due_bills(attachments, july)[-1])
    assert len(wanted) == 4
    assert set(wanted) == {
        UsageWindow(n.id, june, july),
        UsageWindow(other.id, june, july),
        UsageWindow(n.id, june, day("2024-06-11")),
        UsageWindow(segmented.id, june, july),
    }


# Standing charges


@pytest.mark.parametrize(
    ("start", "end", "anchor", "until", "charge", "expected"),
    [
        ("2024-06-01", None, "2022-01-01", "2024-07-01", "20", "20.00"),
        ("2024-06-16", None, "2022-01-01", "2024-07-01", "20", "10.00"),
        ("2024-06-01", "2024-08-11", "2022-01-01", "2024-09-01", "20", "6.45"),
        ("2022-01-01", "2023-01-01", "2022-02-15", "2022-02-15", "31", "45.00"),
        ("2024-01-01", "2024-01-20", "2024-02-15", "2024-04-01", "31", "19.00"),
        ("2024-01-01", None, "2024-03-01", "2024-03-01", "20", "40.00"),
    ],
)
def test_a_standing_charge_is_prorated_by_days(start, end, anchor, until, charge, expected):
    bill = make_bill([make_attachment(start, end, anchor=anchor, charge=charge)], until)
    assert subtotals(bill) == [expected]
    assert str(bill.total) == expected


def test_a_bill_shows_its_period_also_where_an_attachment_ended_earlier():
    bill = make_bill([make_attachment("2024-05-01", "2024-06-11", charge="30")])
    assert (bill.start, bill.end) == (day("2024-06-01"), day("2024-07-01"))
    assert (bill.lines[0].start, bill.lines[0].end) == (day("2024-06-01"), day("2024-06-11"))


def test_a_bill_of_several_attachments_runs_from_the_earliest_to_the_latest_day():
    bill = make_bill([make_attachment("2024-06-10"), make_attachment("2024-01-01", code="b")])
    assert (bill.start, bill.end) == (day("2024-06-01"), day("2024-07-01"))


def test_a_standing_charge_of_zero_or_rounded_to_zero_is_no_line():
    none = make_attachment(charge="0")
    little = make_attachment(charge="0.004", code="b")
    bill = make_bill([none, little])
    assert bill.lines == ()
    assert str(bill.total) == "0.00"


def test_a_standing_charge_has_the_plans_description_or_the_usual_one():
    plain = make_attachment(charge="1")
    named = make_attachment(charge="1", standing_charge_description="Base fee", code="b")
    assert [line.description for line in make_bill([plain, named]).lines] == ["Standing Charge", "Base fee"]


@given(
    st.dates(date(2024, 1, 1), date(2024, 3, 1)),
    st.integers(2, 300),
    st.data(),
    st.decimals(0, 1000, places=2),
)
def test_cutting_an_attachment_in_two_costs_the_same_within_rounding(start, days, data, charge):
    end = start + timedelta(days)
    between = start + timedelta(data.draw(st.integers(1, days - 1)))

    def cost(*spans):
        attachments = [make_attachment(str(first), str(last), charge=charge) for first, last in spans]
        bills = due_bills(attachments, day("2026-01-01"))
        roundings = sum(len(due.items) for due in bills)
        return sum((compute_bill(make_input(due)).total for due in bills), Decimal(0)), roundings

    whole, roundings = cost((start, end))
    parts, more = cost((start, between), (between, end))
    assert abs(whole - parts) <= Decimal("0.005") * (roundings + more)


# Order of lines


def test_lines_stand_by_type_attachment_pricing_aggregation_segment():
    eu, us = (("region", "eu"),), (("region", "us"),)
    seg = make_aggregation("b_seg", segmented_fields=("region",), segments=(us, eu, ()))
    early, late = make_aggregation("z_old"), make_aggregation("a_new")
    pricings = [
        make_pricing(late, start="2023-01-01", description="late pricing"),
        make_pricing(seg, segment=(), description="rest"),
        make_pricing(seg, segment=eu, description="eu"),
        make_pricing(seg, segment=us, description="us"),
        make_pricing(early, start="2019-01-01", description="early pricing"),
    ]
    second = make_attachment(
        "2024-02-01", None, make_pricing(early, description="second"), charge="2", code="a"
    )
    first = make_attachment("2024-01-01", None, *pricings, charge="1", code="b")
    usage = {early: 1, late: 1, (seg, eu): 1, (seg, us): 1, (seg, ()): 1}
    bill = make_bill([second, first], usage=usage)
    assert [line.description for line in bill.lines] == [
        "Standing Charge",
        "Standing Charge",
        "early pricing",
        "us",
        "eu",
        "rest",
        "late pricing",
        "second",
    ]
    assert [line.attachment_id for line in bill.lines][:2] == [first.id, second.id]


def test_parts_of_one_pricing_stand_by_date_and_equals_in_the_order_of_their_creation():
    n = make_aggregation()
    template = make_pricing(n, on_plan=False, description="template")
    plan = make_pricing(n, start="2024-06-10", end="2024-06-20", description="plan")
    older = make_pricing(n, start="2020-01-01", description="older", sequence=1)
    newer = make_pricing(n, start="2020-01-01", description="newer", sequence=2)
    bill = make_bill([make_attachment("2024-06-01", None, plan, template)], usage={n: 1})
    assert [(line.description, line.start.day) for line in bill.lines] == [
        ("template", 1),
        ("template", 20),
        ("plan", 10),
    ]
    bill = make_bill([make_attachment("2024-06-01", None, newer, older)], usage={n: 1})
    assert [line.description for line in bill.lines] == ["older", "newer"]


# Conversion and rounding


def test_a_line_is_rounded_in_its_own_currency_before_it_is_converted():
    attachment = make_attachment(charge="10.005", currency="USD")
    bill = make_bill([attachment], currency="KWD", rates={("USD", "KWD"): Decimal("1.5")})
    line = bill.lines[0]
    assert (str(line.subtotal), str(line.rate), str(line.converted_subtotal)) == ("10.01", "1.5", "15.015")
    assert str(bill.total) == "15.015"


def test_a_line_in_the_bills_currency_needs_no_pair():
    line = make_bill([make_attachment(charge="1")]).lines[0]
    assert (line.rate, line.converted_subtotal) == (1, line.subtotal)


@pytest.mark.parametrize("pair", [("eur", "USD"), ("USD", "EUR"), ("GBP", "USD")])
def test_without_the_exact_pair_the_bill_has_a_problem(pair):
    attachments = [
        make_attachment(charge="1", currency="EUR"),
        make_attachment(charge="2", currency="EUR", code="b"),
        make_attachment(charge="3", code="c"),
    ]
    bill = make_bill(attachments, rates={pair: Decimal("1.12")})
    assert [problem.code for problem in bill.problems] == ["conversion"]
    assert "no conversion from EUR to USD" in bill.problems[0].message
    assert subtotals(bill) == ["3.00"]


def test_a_pair_is_needed_only_for_lines_that_there_are():
    n = make_aggregation()
    attachment = make_attachment("2024-06-01", None, make_pricing(n), currency="EUR", charge="0.001")
    assert make_bill([attachment]).problems == ()
    assert make_bill([attachment], usage={n: 0}).problems[0].code == "conversion"


def test_every_different_problem_is_listed_once():
    attachments = [
        make_attachment(charge="1", currency="EUR"),
        make_attachment(charge="1", currency="JPY", code="b"),
        make_attachment(charge="1.234", currency="EXA", code="c"),
        make_attachment(charge="1", currency="EUR", code="d"),
    ]
    bill = make_bill(attachments)
    assert [problem.code for problem in bill.problems] == ["conversion", "conversion", "rounding"]


def test_rounding_where_the_currency_forbids_it_is_a_problem():
    bill = make_bill([make_attachment(charge="1.234", currency="EXA")], currency="EXA")
    assert [problem.code for problem in bill.problems] == ["rounding"]
    assert "comes to 1.234 EXA" in bill.problems[0].message
    assert "UNNECESSARY" in bill.problems[0].message
    assert subtotals(make_bill([make_attachment(charge="1.23", currency="EXA")], currency="EXA")) == ["1.23"]


def test_a_conversion_that_needs_rounding_where_it_is_forbidden_is_a_problem():
    bill = make_bill([make_attachment(charge="1")], currency="EXA", rates={("USD", "EXA"): Decimal("1.001")})
    assert [problem.code for problem in bill.problems] == ["rounding"]
    assert "comes to 1.001 EXA" in bill.problems[0].message


@pytest.mark.parametrize(("currency", "total"), [("JPY", "0"), ("USD", "0.00"), ("KWD", "0.000")])
def test_an_empty_bill_has_a_total_with_its_currencys_decimals(currency, total):
    bill = make_bill([make_attachment()], currency=currency)
    assert (bill.lines, str(bill.total)) == ((), total)


@given(
    st.lists(
        st.tuples(st.decimals(0, 100, places=4), st.sampled_from(["USD", "EUR", "JPY", "KWD"])), max_size=6
    )
)
def test_the_total_is_the_sum_of_the_converted_lines(charges):
    rates = {(source, "USD"): Decimal("1.2345") for source in CURRENCIES if source != "USD"}
    attachments = [
        make_attachment(charge=charge, currency=code, code=str(i)) for i, (charge, code) in enumerate(charges)
    ]
    bill = make_bill([make_attachment(), *attachments], rates=rates)
    assert bill.problems == ()
    assert bill.total == sum((line.converted_subtotal for line in bill.lines), Decimal(0))
    for line in bill.lines:
        assert line.converted_subtotal.as_tuple().exponent == -2
        assert abs(line.converted_subtotal - line.subtotal * line.rate) <= Decimal("0.005")


# A usage line


def test_a_usage_line_carries_quantity_units_bands_and_average_price():
    n = make_aggregation(per="100", rounding="UP")
    attachment = make_attachment("2024-06-01", None, make_pricing(n, ("0", "1", "2"), ("1", "0", "1.5")))
    line = make_bill([attachment], usage={n: "250"}).lines[0]
    assert (str(line.quantity), str(line.units), line.unit) == ("250", "3", "call")
    assert [str(band.subtotal) for band in line.bands] == ["3", "3.0"]
    assert (str(line.subtotal), str(line.average_unit_price)) == ("6.00", "2.0")
    assert (line.aggregation.id, line.meter, line.pricing_id) == (n.id, n.meter, attachment.pricings[0].id)


def test_a_bill_below_zero_is_allowed():
    n = make_aggregation()
    attachment = make_attachment(
        "2024-06-01", None, make_pricing(n, ("0", "20", "2"), ("10", "5", "1")), charge="10"
    )
    bill = make_bill([attachment], usage={n: "-25"})
    assert subtotals(bill) == ["10.00", "-50.00"]
    assert (str(bill.total), bill.problems) == ("-40.00", ())
    assert bill.lines[1].average_unit_price == 2


def test_a_unit_in_thirds_is_rounded_once_at_the_end():
    n = make_aggregation(per="3")
    attachment = make_attachment("2024-06-01", None, make_pricing(n, ("0", "0", "0.015")))
    # 1/3 × 0.015 is exactly half a cent; thirds cut at any number of digits would come to less.
    assert subtotals(make_bill([attachment], usage={n: "1"})) == ["0.01"]


@given(st.decimals(0, 1000, places=3), st.integers(1, 40), st.decimals(0, 10, places=4))
def test_a_linear_price_is_the_quantity_over_per_unit_times_the_price(quantity, per, price):
    n = make_aggregation(per=per)
    attachment = make_attachment("2024-06-01", None, make_pricing(n, ("0", "0", price)))
    subtotal = make_bill([attachment], usage={n: quantity}).lines[0].subtotal
    cents = Fraction(quantity) / per * Fraction(price) * 100
    assert int(subtotal * 100) == int(cents + Fraction(1, 2))
