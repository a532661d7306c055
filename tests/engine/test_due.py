"""Which bill dates an attachment has, and which bills they make (spec 3, Billing calendar; spec 7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.bill import due_bills
from billing.engine.due import (
    NOTHING_MADE,
    as_it_stands,
    days_billed,
    due_dates,
    due_on,
    last_due_date,
    made_of,
    next_due_date,
)
from billing.engine.types import BilledAhead, DueBill, Frequency, LineType, Period
from tests.engine.make import day, make_attachment, make_id

LONG_AGO = date(1900, 1, 1)
MONTHLY, AD_HOC = Frequency.MONTHLY, Frequency.AD_HOC


def in_advance(start="2024-06-01", end=None, **more):
    return make_attachment(start, end, charge="31", standing_charge_in_advance=True, **more)


def text(dates):
    return [found.isoformat() for found in dates]


def ahead(attachment, start, end, *, amount="31", bill_date=None, final=True):
    return BilledAhead(
        attachment.id,
        LineType.STANDING_CHARGE,
        None,
        day(start),
        day(end),
        Decimal(amount),
        day(bill_date or start),
        final,
    )


def key(bill_date, frequency=MONTHLY, interval=1):
    return day(bill_date), frequency, interval, ""


# The start


def test_the_start_is_a_bill_date_if_something_is_due_in_advance_that_day():
    attachment = in_advance()
    assert text(due_dates(attachment, LONG_AGO, day("2024-08-01"))) == [
        "2024-06-01",
        "2024-07-01",
        "2024-08-01",
    ]
    assert due_dates(attachment, day("2024-06-01"), day("2024-06-30")) == []
    assert last_due_date(attachment, day("2024-06-15")) == day("2024-06-01")
    assert last_due_date(attachment, day("2024-05-31")) is None
    item = due_on(attachment, day("2024-06-01"))
    assert (item.period, item.number) == (Period(day("2024-06-01"), day("2024-06-01")), -1)
    assert item.ahead == Period(day("2024-06-01"), day("2024-07-01"))
    assert item.covered == item.period
    assert days_billed(item) == item.ahead


def test_a_start_inside_a_period_makes_a_stub():
    item = due_on(in_advance("2024-06-10", "2024-07-21"), day("2024-07-01"))
    assert item.stub == item.period == Period(day("2024-06-10"), day("2024-07-01"))
    assert item.ahead == Period(day("2024-07-01"), day("2024-07-21"))
    assert item.number == 0
    assert days_billed(item) == Period(day("2024-06-10"), day("2024-07-21"))
    following = due_on(in_advance("2024-06-10"), day("2024-08-01"))
    assert (following.stub, following.number) == (None, 1)


def test_after_the_end_nothing_lies_ahead():
    item = due_on(in_advance("2024-06-01", "2024-08-11"), day("2024-09-01"))
    assert item.ahead is None
    assert days_billed(item) == item.covered == Period(day("2024-08-01"), day("2024-08-11"))


def test_in_arrears_the_days_billed_are_those_that_ended():
    item = due_on(make_attachment("2024-06-01", charge="31"), day("2024-07-01"))
    assert item.stub is None
    assert days_billed(item) == Period(day("2024-06-01"), day("2024-07-01"))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2024-05-01", "2024-06-01"),
        ("2024-06-01", "2024-07-01"),
        ("2024-08-14", "2024-09-01"),
        ("2024-09-01", None),
    ],
)
def test_the_next_bill_date_after_a_day(after, expected):
    found = next_due_date(in_advance("2024-06-01", "2024-08-16"), day(after))
    assert found == (expected and day(expected))


def test_an_ad_hoc_plan_has_no_next_bill_date():
    assert next_due_date(make_attachment(frequency="AD_HOC"), day("2024-06-01")) is None


# AD_HOC


PER_RUN = make_attachment("2024-06-01", "2024-06-20", charge="50", frequency="AD_HOC")


def test_an_ad_hoc_plan_is_billed_on_the_dates_of_the_runs_that_ask_for_it():
    made = made_of({key("2024-06-10", AD_HOC): False}, ad_hoc_on={1: day("2024-06-25")})
    assert text(due_dates(PER_RUN, LONG_AGO, day("2024-07-01"), made)) == ["2024-06-10", "2024-06-25"]
    assert last_due_date(PER_RUN, day("2024-06-24"), made) == day("2024-06-10")
    item = due_on(PER_RUN, day("2024-06-25"), made)
    assert (item.period, item.ahead, item.number) == (Period(day("2024-06-10"), day("2024-06-25")), None, 1)
    assert item.covered == Period(day("2024-06-10"), day("2024-06-20"))
    assert due_on(PER_RUN, day("2024-06-11"), made) is None
    assert last_due_date(PER_RUN, day("2024-07-01"), NOTHING_MADE) is None


def test_an_ad_hoc_plan_is_not_billed_before_it_starts_nor_after_its_end_is_billed():
    made = made_of(
        {key("2024-06-01", AD_HOC): True, key("2024-06-25", AD_HOC): True},
        ad_hoc_on={1: day("2024-07-01"), 2: day("2024-07-01")},
    )
    assert text(due_dates(PER_RUN, LONG_AGO, day("2024-07-01"), made)) == ["2024-06-25"]
    bills = due_bills([PER_RUN], day("2024-07-01"), made=made)
    assert [bill.key for bill in bills] == [key("2024-06-25", AD_HOC)]


def test_days_that_a_later_ad_hoc_bill_has_are_not_billed_by_an_earlier_one():
    made = made_of({key("2024-06-10", AD_HOC): True}, ad_hoc_on={1: day("2024-06-05")})
    assert due_dates(PER_RUN, LONG_AGO, day("2024-06-05"), made) == []
    assert made_of({key("2024-06-10", AD_HOC): True}, ad_hoc_on={1: day("2024-06-10")}).ad_hoc == {
        1: [day("2024-06-10")]
    }


# Consolidated bills


QUARTERLY = make_attachment("2024-01-01", interval=3, code="q")
MONTHS = make_attachment("2024-01-01", code="m")


def test_consolidated_bills_have_no_frequency_in_their_key():
    bills = due_bills([QUARTERLY, MONTHS], day("2024-04-01"), made=made_of({}, consolidate=True))
    assert [bill.key for bill in bills] == [
        key("2024-02-01", None),
        key("2024-03-01", None),
        key("2024-04-01", None),
    ]
    assert [item.attachment.code for item in bills[2].items] == ["m", "q"]


def test_a_frequency_picks_whole_consolidated_bills_that_hold_it():
    weekly = make_attachment("2024-03-01", frequency="WEEKLY", anchor="2024-03-25", code="w")
    bills = due_bills(
        [weekly, MONTHS],
        day("2024-04-01"),
        frequency=Frequency.WEEKLY,
        made=made_of({}, consolidate=True),
    )
    assert [(bill.bill_date.isoformat(), len(bill.items)) for bill in bills] == [
        ("2024-03-25", 1),
        ("2024-04-01", 2),
    ]
    apart = due_bills([weekly, MONTHS], day("2024-04-01"), frequency=Frequency.WEEKLY)
    assert [bill.frequency for bill in apart] == [Frequency.WEEKLY] * 2


def test_dates_with_a_bill_that_is_approved_stay_as_they_are():
    closed = {key("2024-02-01"): True, key("2024-03-01"): False, key("2024-04-01", None): True}
    consolidated = made_of(closed, consolidate=True)
    apart = made_of(closed)
    days = ["2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01"]
    assert [consolidated.key(MONTHS, day(each))[1] for each in days] == [MONTHLY, None, None, None]
    assert [apart.key(MONTHS, day(each))[1] for each in days] == [MONTHLY, MONTHLY, None, MONTHLY]


def test_an_ad_hoc_bill_is_never_consolidated():
    made = made_of({key("2024-07-01", AD_HOC): True}, consolidate=True)
    assert made.key(PER_RUN, day("2024-07-01")) == key("2024-07-01", AD_HOC)
    assert made.key(MONTHS, day("2024-07-01")) == key("2024-07-01", None)


def test_bills_of_a_date_stand_in_the_order_of_their_frequencies():
    plans = [
        make_attachment("2024-01-01", frequency=frequency, interval=interval, anchor=anchor)
        for frequency, interval, anchor in [
            ("ANNUALLY", 1, "2022-07-01"),
            ("MONTHLY", 3, "2022-01-01"),
            ("MONTHLY", 1, "2022-01-01"),
            ("WEEKLY", 1, "2024-07-01"),
            ("DAILY", 1, "2022-01-01"),
        ]
    ]
    bills = due_bills(plans, day("2024-07-01"), latest_only=True)
    assert [(bill.frequency, bill.interval) for bill in bills] == [
        ("DAILY", 1),
        ("WEEKLY", 1),
        ("MONTHLY", 1),
        ("MONTHLY", 3),
        ("ANNUALLY", 1),
    ]


# The dates of giving back


def test_the_boundary_after_what_was_billed_ahead_is_a_bill_date_for_giving_it_back():
    attachment = in_advance("2024-06-01", "2024-07-01")
    billed = [ahead(attachment, "2024-06-01", "2024-07-01"), ahead(attachment, "2024-07-01", "2024-08-01")]
    closed = {key("2024-06-01"): True, key("2024-07-01"): True}
    made = made_of(closed, billed)
    assert text(due_dates(attachment, LONG_AGO, day("2024-12-01"), made))[-1] == "2024-08-01"
    assert last_due_date(attachment, day("2024-12-01"), made) == day("2024-08-01")
    item = due_on(attachment, day("2024-08-01"), made)
    assert item.period == Period(day("2024-07-01"), day("2024-08-01"))
    assert item.covered == Period(day("2024-07-01"), day("2024-07-01"))
    assert (item.ahead, item.stub) == (None, None)
    assert due_on(attachment, day("2024-09-01"), made) is None


def test_a_boundary_whose_bill_is_approved_too_gives_way_to_the_next():
    attachment = in_advance("2024-06-01", "2024-06-11")
    billed = [ahead(attachment, "2024-06-01", "2024-07-01")]
    closed = {key(each): True for each in ("2024-06-01", "2024-07-01", "2024-08-01")}
    assert last_due_date(attachment, day("2024-12-01"), made_of(closed, billed)) == day("2024-09-01")


def test_an_ad_hoc_plan_gives_nothing_back():
    billed = [ahead(PER_RUN, "2024-06-01", "2024-07-01")]
    assert due_dates(PER_RUN, LONG_AGO, day("2024-12-01"), made_of({}, billed)) == []


def test_what_another_attachment_or_a_pending_bill_charges_is_not_given_back():
    attachment = in_advance("2024-06-01", "2024-06-11")
    billed = [
        ahead(in_advance(), "2024-07-01", "2024-08-01"),
        ahead(attachment, "2024-07-01", "2024-08-01", final=False),
    ]
    dates = due_dates(attachment, LONG_AGO, day("2024-12-01"), made_of({}, billed))
    assert text(dates) == ["2024-06-01", "2024-07-01"]


def test_what_is_given_back_already_needs_no_further_date():
    attachment = in_advance("2024-06-01", "2024-06-11")
    given = ahead(attachment, "2024-06-11", "2024-07-01", amount="-20", bill_date="2024-07-01")
    billed = [ahead(attachment, "2024-06-01", "2024-07-01"), given]
    closed = {key("2024-06-01"): True, key("2024-07-01"): True}
    assert last_due_date(attachment, day("2024-12-01"), made_of(closed, billed)) == day("2024-07-01")
    other = replace(given, source_id=make_id())
    made = made_of(closed, [billed[0], other])
    assert last_due_date(attachment, day("2024-12-01"), made) == day("2024-08-01")


def test_an_approved_bill_as_it_stands_keeps_the_period_that_it_charged_ahead():
    attachment = in_advance("2024-06-01", "2024-07-11")
    item = due_on(attachment, day("2024-07-01"))
    due = DueBill(day("2024-07-01"), MONTHLY, 1, (item, due_on(MONTHS, day("2024-07-01"))))
    assert item.ahead == Period(day("2024-07-01"), day("2024-07-11"))
    kept = as_it_stands(due, [ahead(attachment, "2024-07-01", "2024-08-01")], [attachment, MONTHS])
    assert kept.items[0].ahead == Period(day("2024-07-01"), day("2024-08-01"))
    assert kept.items[1] == due.items[1]
    assert as_it_stands(due, [ahead(attachment, "2024-07-01", "2024-07-06")], [attachment]) == due
    assert as_it_stands(due, [], [attachment, MONTHS]) == due


def test_as_it_stands_an_attachment_that_ended_before_keeps_its_place_on_the_bill():
    gone = in_advance("2024-05-01", "2024-05-20")
    per_run = replace(PER_RUN, id=make_id())
    due = DueBill(day("2024-07-01"), MONTHLY, 1, (due_on(MONTHS, day("2024-07-01")),))
    standing = [ahead(gone, "2024-07-01", "2024-08-01"), ahead(per_run, "2024-07-01", "2024-08-01")]
    items = as_it_stands(due, standing, [gone, MONTHS, per_run]).items
    assert [item.attachment for item in items] == [MONTHS, gone]
    assert (items[1].period, items[1].number) == (Period(day("2024-07-01"), day("2024-07-01")), 1)
    assert items[1].ahead == Period(day("2024-07-01"), day("2024-08-01"))
