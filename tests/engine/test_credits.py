from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.types import BillsAs, LineType
from tests.engine.make import (
    make_aggregation,
    make_attachment,
    make_item,
    make_pricing,
    rate_items,
    told,
)

N, BONUS = make_aggregation("n_sum"), make_aggregation("bonus_sum")
JUNE = "2024-06-01", "2024-07-01"


def credit(kind="PRODUCT_CREDIT", *bands, of=BONUS, **more):
    return make_pricing(of, *bands, bills_as=BillsAs(kind), **more)


def customer(*pricings, **more):
    return make_attachment("2024-06-01", None, make_pricing(N), *pricings, **more)


def bill_of(*attachments, usage, **more):
    return rate_items(*(make_item(each, *JUNE) for each in attachments), usage=usage, **more)


def test_a_credit_is_a_negative_line_of_positive_quantity_and_units():
    bill = bill_of(customer(credit()), usage={N: "80", BONUS: "30"})
    assert told(bill) == [("USAGE", "80.00"), ("USAGE_CREDIT", "-30.00")]
    line = bill.lines[1]
    assert (line.quantity, line.units, line.average_unit_price) == (30, 30, -1)


@pytest.mark.parametrize(("bonus", "given"), [("80", "-80.00"), ("80.004", "-80.00"), ("100", "-80.00")])
def test_a_credit_takes_no_more_than_there_is(bonus, given):
    bill = bill_of(customer(credit()), usage={N: "80", BONUS: bonus})
    assert told(bill)[1] == ("USAGE_CREDIT", given)
    assert bill.lines[1].quantity == Decimal(bonus)


def test_a_product_credit_is_capped_by_its_product_and_a_global_one_by_the_bill():
    other = customer(code="b")
    for kind, taken in (("PRODUCT_CREDIT", "-80.00"), ("GLOBAL_CREDIT", "-160.00")):
        bill = bill_of(customer(credit(kind)), other, usage={N: "80", BONUS: "200"})
        assert told(bill)[2] == ("USAGE_CREDIT", taken)


def test_standing_charges_can_be_credited():
    bill = bill_of(customer(credit(), charge="50"), usage={BONUS: "60"})
    assert told(bill) == [("STANDING_CHARGE", "50.00"), ("USAGE_CREDIT", "-50.00")]


def test_negative_lines_leave_the_room_of_the_positive_ones_as_it_is():
    other = make_aggregation("other")
    bill = bill_of(customer(credit(), make_pricing(other)), usage={N: "80", other: "-50", BONUS: "100"})
    assert told(bill)[2] == ("USAGE_CREDIT", "-80.00")


def test_product_credits_come_before_global_ones_and_together_take_no_more_than_there_is():
    whole, bonus = make_aggregation("a_whole"), make_aggregation("z_bonus")
    own = customer(credit("GLOBAL_CREDIT", of=whole), credit(of=bonus))
    bill = bill_of(own, customer(code="b"), usage={N: "80", whole: "100", bonus: "90"})
    taken = {line.aggregation.code: str(line.subtotal) for line in bill.lines[2:]}
    assert taken == {"z_bonus": "-80.00", "a_whole": "-80.00"}


def test_credits_of_a_product_are_given_in_pricing_order_and_one_without_room_makes_no_line():
    early = credit(start="2020-01-01", of=make_aggregation("late_code"))
    late = credit(start="2021-01-01", of=make_aggregation("early_code"))
    usage = {N: "80", early.aggregation: "80", late.aggregation: "10"}
    bill = bill_of(customer(late, early), usage=usage)
    assert [line.aggregation.code for line in bill.lines[1:]] == ["late_code"]


def test_a_credit_takes_only_from_lines_in_its_own_currency():
    euros = customer(credit("GLOBAL_CREDIT"), currency="EUR", code="b")
    rates = {("EUR", "USD"): Decimal(2)}
    bill = bill_of(customer(), euros, usage={N: "80", BONUS: "500"}, rates=rates)
    assert told(bill)[2] == ("USAGE_CREDIT", "-80.00")
    assert bill.total == 80


def test_a_negative_quantity_credits_nothing_and_prices_may_carry_a_minus():
    assert len(bill_of(customer(credit()), usage={N: "80", BONUS: "-5"}).lines) == 1
    minus = credit("PRODUCT_CREDIT", ("0", "0", "-2"))
    assert told(bill_of(customer(minus), usage={N: "80", BONUS: "5"}))[1] == ("USAGE_CREDIT", "-10.00")


def test_a_credit_without_units_keeps_no_average():
    fixed = credit("PRODUCT_CREDIT", ("0", "7", "0"))
    line = bill_of(customer(fixed), usage={N: "80", BONUS: "0"}).lines[1]
    assert (line.subtotal, line.average_unit_price) == (-7, None)


def test_a_third_of_a_unit_is_credited_exactly():
    thirds = make_aggregation("thirds", per="3")
    bill = bill_of(customer(credit(of=thirds)), usage={N: "80", thirds: "100"})
    assert told(bill)[1] == ("USAGE_CREDIT", "-33.33")


def test_what_has_been_credited_counts_less_towards_a_minimum():
    attachment = customer(credit(), minimum_spend=Decimal(100))
    bill = bill_of(attachment, usage={N: "80", BONUS: "30"})
    assert told(bill)[2] == ("MINIMUM_SPEND", "50.00")


def test_a_minimum_gives_no_room_to_credits():
    attachment = customer(credit(), minimum_spend=Decimal(100))
    assert told(bill_of(attachment, usage={BONUS: "30"})) == [("MINIMUM_SPEND", "100.00")]


def test_the_cap_is_told():
    two = credit(start="2021-01-01", of=make_aggregation("second"))
    bill = bill_of(customer(credit(), two), usage={N: "80", BONUS: "30", two.aggregation: "70"})
    assert bill.lines[2].explanation["steps"][3] == {
        "step": "cap",
        "of": "product",
        "exact": "70",
        "positive": "80",
        "left": "50",
        "result": "-50",
        "unit": "USD",
    }


cents = st.integers(0, 10**6).map(lambda number: str(Decimal(number).scaleb(-3)))


@given(cents, cents, cents, cents, st.booleans())
def test_credits_never_take_more_than_the_positive_lines(charge, used, first, second, same):
    other = make_aggregation("other")
    product = customer(credit(), credit("GLOBAL_CREDIT", of=other), charge=charge)
    beside = customer(code="b")
    if same:
        beside = replace(beside, product=product.product)
    bill = bill_of(product, beside, usage={N: used, BONUS: first, other: second})
    positive = sum((line.subtotal for line in bill.lines if line.subtotal > 0), Decimal(0))
    given = -sum((line.subtotal for line in bill.lines if line.type is LineType.USAGE_CREDIT), Decimal(0))
    assert 0 <= given <= positive
    assert bill.total >= 0
