from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.engine.due import due_dates
from billing.engine.minimums import Counted
from billing.engine.types import LineType
from tests.engine.make import (
    day,
    make_aggregation,
    make_ahead,
    make_attachment,
    make_id,
    make_item,
    make_pricing,
    rate_items,
    told,
)

N = make_aggregation()
JUNE = "2024-06-01", "2024-07-01"


def plan(minimum="100", *pricings, start="2024-06-01", end=None, **more):
    """An attachment whose plan has a minimum, with a price of 1 for every unit unless others are given."""
    pricings = pricings or (make_pricing(N),)
    return make_attachment(start, end, *pricings, minimum_spend=Decimal(minimum), **more)


def priced(minimum, **more):
    return make_pricing(N, minimum_spend=Decimal(minimum), **more)


def test_what_is_missing_to_a_plans_minimum_is_topped_up_and_its_standing_charge_does_not_count():
    bill = rate_items(make_item(plan("100", charge="50"), *JUNE), usage={N: "80"})
    assert told(bill) == [("STANDING_CHARGE", "50.00"), ("USAGE", "80.00"), ("MINIMUM_SPEND", "20.00")]
    line = bill.lines[-1]
    assert (line.start, line.end) == (day("2024-06-01"), day("2024-07-01"))
    assert (line.description, line.unit, line.units) == ("Storage Minimum Spend Adjustment", "", None)
    assert not line.in_advance


def test_nothing_is_added_to_what_reaches_the_minimum():
    for used in ("100", "120"):
        assert told(rate_items(make_item(plan(), *JUNE), usage={N: used})) == [("USAGE", f"{used}.00")]


def test_a_minimum_is_due_without_any_usage_and_by_its_own_description():
    bill = rate_items(make_item(plan("100", minimum_spend_description="Commitment"), *JUNE))
    assert told(bill) == [("MINIMUM_SPEND", "100.00")]
    assert bill.lines[0].description == "Commitment"


def test_a_minimum_is_prorated_like_a_standing_charge():
    attachment = plan("10", end="2023-02-26", start="2023-02-01")
    bill = rate_items(make_item(attachment, "2023-02-01", "2023-03-01"), usage={N: "8"})
    assert told(bill)[1] == ("MINIMUM_SPEND", "0.93")


def test_a_negative_sum_counts_as_nothing():
    bill = rate_items(make_item(plan("100"), *JUNE), usage={N: "-30"})
    assert told(bill) == [("USAGE", "-30.00"), ("MINIMUM_SPEND", "100.00")]


def test_a_pricings_minimum_comes_first_and_counts_towards_its_plans():
    attachment = plan("60", priced("30"))
    bill = rate_items(make_item(attachment, *JUNE), usage={N: "20"})
    assert told(bill) == [("USAGE", "20.00"), ("MINIMUM_SPEND", "10.00"), ("MINIMUM_SPEND", "30.00")]
    of_pricing, of_plan = bill.lines[1:]
    assert of_pricing.pricing_id == attachment.pricings[0].id
    assert of_pricing.aggregation.code == N.code
    assert of_plan.pricing_id is None


def test_a_pricings_minimum_counts_only_its_own_lines():
    other = make_aggregation("other")
    attachment = plan("0", priced("30"), make_pricing(other))
    bill = rate_items(make_item(attachment, *JUNE), usage={N: "20", other: "500"})
    assert told(bill)[2:] == [("MINIMUM_SPEND", "10.00")]


def test_a_pricings_minimum_is_prorated_to_the_days_that_it_covers():
    attachment = plan("0", priced("60", start="2024-06-11"))
    assert told(rate_items(make_item(attachment, *JUNE), usage={N: "15"}))[1] == ("MINIMUM_SPEND", "25.00")


def test_a_template_s_minimum_is_not_asked_for_while_the_plan_s_own_price_holds():
    of_template = priced("60", on_plan=False)
    own = make_pricing(N, start="2024-06-16")
    bill = rate_items(make_item(plan("0", of_template, own), *JUNE), usage={N: "1"})
    assert told(bill)[-1] == ("MINIMUM_SPEND", "29.00")
    assert (bill.lines[-1].start, bill.lines[-1].end) == (day("2024-06-01"), day("2024-06-16"))


def test_another_attachments_lines_do_not_count():
    one, two = plan("100", code="a"), make_attachment("2024-06-01", None, make_pricing(N), code="b")
    bill = rate_items(make_item(one, *JUNE), make_item(two, *JUNE), usage={N: "80"})
    assert told(bill)[-1] == ("MINIMUM_SPEND", "20.00")


def test_in_advance_a_minimum_is_billed_at_the_start_of_its_period():
    attachment = plan("1000", minimum_spend_in_advance=True)
    bill = rate_items(make_item(attachment, "2024-06-01", "2024-06-01", ahead="2024-07-01"))
    assert told(bill) == [("MINIMUM_SPEND", "1000.00")]
    assert bill.lines[0].in_advance


def test_a_minimum_in_advance_is_refunded_by_what_is_charged_so_that_the_larger_is_paid():
    attachment = plan("1000", minimum_spend_in_advance=True)
    billed = [make_ahead(attachment, "1000", *JUNE)]
    for used, refund in (("800", "-800.00"), ("1200", "-1000.00")):
        bill = rate_items(make_item(attachment, *JUNE), usage={N: used}, billed=billed)
        assert told(bill)[1:] == [("MINIMUM_SPEND_REFUND", refund)]
    assert told(rate_items(make_item(attachment, *JUNE), billed=billed)) == []


def test_only_a_minimum_that_was_billed_is_refunded_and_none_is_topped_up():
    attachment = plan("200", minimum_spend_in_advance=True)
    bill = rate_items(make_item(attachment, *JUNE, ahead="2024-08-01"), usage={N: "50"})
    assert told(bill) == [("USAGE", "50.00"), ("MINIMUM_SPEND", "200.00")]
    assert bill.lines[1].start == day("2024-07-01")


def test_the_minimum_of_a_stub_is_assessed_in_arrears_and_the_next_billed_ahead():
    attachment = plan("300", start="2024-06-16", minimum_spend_in_advance=True)
    item = make_item(attachment, "2024-06-16", "2024-07-01", ahead="2024-08-01", stub=True)
    bill = rate_items(item, usage={N: "100"})
    assert told(bill) == [("USAGE", "100.00"), ("MINIMUM_SPEND", "50.00"), ("MINIMUM_SPEND", "300.00")]
    assert [line.in_advance for line in bill.lines] == [False, False, True]


def test_a_pricing_that_starts_inside_the_period_ahead_is_assessed_in_arrears():
    pricing = priced("60", start="2024-07-11", minimum_spend_in_advance=True)
    attachment = plan("0", pricing, minimum_spend_in_advance=False)
    assert told(rate_items(make_item(attachment, *JUNE, ahead="2024-08-01"))) == []
    july = make_item(attachment, "2024-07-01", "2024-08-01", ahead="2024-09-01")
    # 21 of 31 days of July, then August in advance.
    assert told(rate_items(july)) == [("MINIMUM_SPEND", "40.65"), ("MINIMUM_SPEND", "60.00")]


def test_a_pricings_own_flag_goes_before_its_plans():
    pricing = priced("30", minimum_spend_in_advance=False)
    attachment = plan("60", pricing, minimum_spend_in_advance=True)
    bill = rate_items(make_item(attachment, *JUNE, ahead="2024-08-01"), usage={N: "50"})
    assert told(bill) == [("USAGE", "50.00"), ("MINIMUM_SPEND", "60.00")]


def test_what_was_billed_ahead_counts_less_its_refund_in_the_period_that_it_was_for():
    pricing = priced("30", minimum_spend_in_advance=True)
    attachment = plan("60", pricing)
    billed = [
        make_ahead(attachment, "30", *JUNE, source=pricing.id),
        make_ahead(attachment, "999", "2024-07-01", "2024-08-01", source=pricing.id),
        make_ahead(plan("1"), "999", *JUNE, source=pricing.id),
    ]
    bill = rate_items(make_item(attachment, *JUNE), usage={N: "20"}, billed=billed)
    assert told(bill) == [("USAGE", "20.00"), ("MINIMUM_SPEND", "30.00"), ("MINIMUM_SPEND_REFUND", "-20.00")]


def test_a_running_total_billed_ahead_counts_in_the_period_that_it_was_for():
    attachment = plan("100")
    total = make_ahead(attachment, "50", *JUNE, kind="COUNTER_RUNNING_TOTAL_CHARGE", source=make_id())
    charge = make_ahead(attachment, "7", *JUNE, kind="STANDING_CHARGE")
    bill = rate_items(make_item(attachment, *JUNE), usage={N: "20"}, billed=[total, charge])
    assert told(bill)[1:] == [("MINIMUM_SPEND", "30.00")]
    counted = bill.lines[1].explanation["steps"][0]
    assert counted["parts"] == [
        {"type": "USAGE", "lines": 1, "amount": "20"},
        {"type": "COUNTER_RUNNING_TOTAL_CHARGE", "lines": 1, "amount": "50", "earlier": True},
    ]


def test_days_given_back_of_a_minimum_in_advance_are_not_refunded_again():
    attachment = plan("300", end="2024-06-11", minimum_spend_in_advance=True)
    billed = [
        make_ahead(attachment, "300", *JUNE),
        make_ahead(attachment, "-200", "2024-06-11", "2024-07-01"),
    ]
    bill = rate_items(make_item(attachment, *JUNE), usage={N: "250"}, billed=billed)
    assert told(bill)[1:] == [("MINIMUM_SPEND_REFUND", "-100.00")]


def test_a_minimum_billed_ahead_is_settled_by_a_refund_also_where_the_plan_now_bills_in_arrears():
    attachment = plan("300")
    bill = rate_items(
        make_item(attachment, *JUNE), usage={N: "100"}, billed=[make_ahead(attachment, "300", *JUNE)]
    )
    assert told(bill)[1:] == [("MINIMUM_SPEND_REFUND", "-100.00")]


def test_an_attachment_that_ended_before_the_period_has_no_minimum():
    attachment = plan("300", end="2024-05-20", start="2024-05-01")
    assert told(rate_items(make_item(attachment, *JUNE))) == []


def test_what_is_missing_is_told_step_by_step():
    bill = rate_items(make_item(plan("100", end="2024-06-21"), *JUNE), usage={N: "45"})
    explanation = bill.lines[1].explanation
    assert explanation["inputs"]["minimum"] == {"of": "plan", "in_advance": False}
    assert [(step["step"], step["result"]) for step in explanation["steps"]] == [
        ("counted", "45"),
        ("proration", "66." + "6" * 25 + "7"),
        ("rounding", "66.67"),
        ("missing", "21.67"),
    ]


def test_a_refund_and_a_pricings_minimum_name_what_they_are_of():
    pricing = priced("30", description="Calls", minimum_spend_in_advance=True)
    attachment = plan("0", pricing)
    billed = [make_ahead(attachment, "30", *JUNE, source=pricing.id)]
    refund = rate_items(make_item(attachment, *JUNE), usage={N: "20"}, billed=billed).lines[1]
    assert refund.explanation["inputs"]["minimum"] == {"of": "pricing", "in_advance": True}
    assert refund.explanation["inputs"]["pricing"]["description"] == "Calls"
    assert [(step["step"], step["result"]) for step in refund.explanation["steps"]] == [
        ("counted", "20"),
        ("refund", "-20"),
        ("rounding", "-20.00"),
    ]


def test_a_minimum_that_must_not_be_rounded_is_a_problem():
    attachment = plan("100", end="2024-06-21", currency="EXA")
    bill = rate_items(make_item(attachment, *JUNE), currency="EXA")
    assert [problem.code for problem in bill.problems] == ["rounding"]


cents = st.integers(0, 10**7).map(lambda number: Decimal(number).scaleb(-3))


@given(cents, cents, st.integers(1, 30))
def test_lines_and_top_up_equal_the_rounded_minimum(minimum, used, days):
    attachment = plan(str(minimum), end=f"2024-06-{days:02}" if days > 1 else "2024-06-02")
    bill = rate_items(make_item(attachment, *JUNE), usage={N: str(used)})
    alone = rate_items(make_item(attachment, *JUNE))
    wanted = sum((line.subtotal for line in alone.lines), Decimal(0))
    charged = sum((line.subtotal for line in bill.lines if line.type is LineType.USAGE), Decimal(0))
    assert sum(line.subtotal for line in bill.lines) == max(wanted, charged)


@given(cents, cents)
def test_in_advance_the_larger_of_minimum_and_charges_is_paid(minimum, used):
    attachment = plan(str(minimum), minimum_spend_in_advance=True)
    first = rate_items(make_item(attachment, "2024-06-01", "2024-06-01", ahead="2024-07-01"))
    billed = [make_ahead(attachment, str(line.subtotal), *JUNE) for line in first.lines]
    second = rate_items(make_item(attachment, *JUNE), usage={N: str(used)}, billed=billed)
    charged = next(line.subtotal for line in second.lines if line.type is LineType.USAGE)
    assert first.total + second.total == max(first.total, charged)


def test_counted_lines_are_told_by_type():
    found = Counted()
    for amount in ("1.50", "2.00"):
        found.add(LineType.USAGE, Decimal(amount))
    found.add(LineType.USAGE_CREDIT, Decimal("-0.50"))
    assert found.total == Decimal("3.00")
    assert [part["lines"] for part in found.step("USD")["parts"]] == [2, 1]


def ended(attachment, *billed):
    """The bill after a closed one that charged June ahead, where the attachment then ended on 11 June."""
    return rate_items(make_item(attachment, *JUNE), usage={N: "70"}, billed=billed)


def test_an_early_end_gives_back_the_unused_days_and_refunds_the_rest():
    attachment = plan("300", end="2024-06-11", minimum_spend_in_advance=True)
    bill = ended(attachment, replace(make_ahead(attachment, "300", *JUNE), final=True))
    # 20 of 30 days back; of the 100 that are left, what the usage came to.
    assert told(bill)[1:] == [("MINIMUM_SPEND", "-200.00"), ("MINIMUM_SPEND_REFUND", "-70.00")]
    given_back = bill.lines[1]
    assert (given_back.start, given_back.in_advance) == (day("2024-06-11"), True)
    assert given_back.explanation["inputs"]["minimum"] == {"of": "plan", "in_advance": True}


def test_an_early_end_gives_back_a_pricings_minimum_too():
    pricing = priced("30", minimum_spend_in_advance=True, minimum_spend_description="Least")
    attachment = plan("0", pricing, end="2024-06-11")
    bill = ended(attachment, replace(make_ahead(attachment, "30", *JUNE, source=pricing.id), final=True))
    assert told(bill)[1:] == [("MINIMUM_SPEND", "-20.00"), ("MINIMUM_SPEND_REFUND", "-10.00")]
    assert {line.description for line in bill.lines[1:]} == {"Least"}
    assert bill.lines[1].pricing_id == pricing.id


def test_what_is_given_back_of_a_pricings_minimum_does_not_count_towards_its_plans():
    pricing = priced("30", minimum_spend_in_advance=True)
    attachment = plan("60", pricing, end="2024-06-11")
    billed = [replace(make_ahead(attachment, "30", *JUNE, source=pricing.id), final=True)]
    bill = rate_items(make_item(attachment, *JUNE), usage={N: "5"}, billed=billed)
    assert told(bill)[1:] == [
        ("MINIMUM_SPEND", "-20.00"),
        ("MINIMUM_SPEND", "10.00"),
        ("MINIMUM_SPEND_REFUND", "-5.00"),
    ]
    # With the 30 billed ahead it comes to the plan's 60 for 10 of 30 days.
    assert bill.total + 30 == 20


def test_a_minimum_in_advance_makes_the_start_a_bill_date():
    attachment = plan("300", minimum_spend_in_advance=True)
    assert due_dates(attachment, date.min, day("2024-07-01")) == [day("2024-06-01"), day("2024-07-01")]
    for none in (plan("300"), plan("0", priced("30", start="2024-06-02", minimum_spend_in_advance=True))):
        assert due_dates(none, date.min, day("2024-07-01")) == [day("2024-07-01")]


def test_a_minimum_of_an_ad_hoc_plan_is_never_in_advance_but_topped_up_whole():
    ad_hoc = plan("100", priced("30"), frequency="AD_HOC", minimum_spend_in_advance=True)
    bill = rate_items(make_item(ad_hoc, "2024-06-03", "2024-06-11"), usage={N: "20"})
    assert told(bill) == [("USAGE", "20.00"), ("MINIMUM_SPEND", "10.00"), ("MINIMUM_SPEND", "70.00")]
    assert not any(line.in_advance for line in bill.lines)
