from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.calendar import (
    Schedule,
    bill_dates,
    final_bill_date,
    first_bill_date,
    last_bill_date,
    period_billed_on,
    proration,
    shares,
    worth,
)
from billing.engine.types import Period
from tests.engine.make import day, make_attachment

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
MONTHS = st.builds(Schedule, DAYS, st.integers(1, 30))
SCHEDULES = MONTHS | st.builds(Schedule, DAYS, st.integers(1, 400), st.just(True))
LONG_AGO = date(1900, 1, 1)


@st.composite
def attachments(draw):
    start = draw(st.dates(date(2019, 1, 1), date(2025, 12, 31)))
    end = draw(st.none() | st.integers(1, 700).map(lambda days: start + timedelta(days)))
    anchor = draw(st.dates(date(2015, 1, 1), date(2027, 12, 31)))
    return make_attachment(
        start.isoformat(),
        end and end.isoformat(),
        anchor=anchor.isoformat(),
        interval=draw(st.integers(1, 14)),
    )


def test_an_anchor_on_the_31st_is_clamped_without_drift():
    schedule = Schedule(date(2023, 1, 31), 1)
    found = [schedule.boundary(number).isoformat() for number in range(-2, 5)]
    assert found == [
        "2022-11-30",
        "2022-12-31",
        "2023-01-31",
        "2023-02-28",
        "2023-03-31",
        "2023-04-30",
        "2023-05-31",
    ]


def test_an_anchor_on_29_february_is_clamped_in_other_years():
    schedule = Schedule(date(2024, 2, 29), 12)
    assert [schedule.boundary(number) for number in (-1, 0, 1, 4)] == [
        date(2023, 2, 28),
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2028, 2, 29),
    ]


@pytest.mark.parametrize(
    ("frequency", "interval", "anchor", "expected"),
    [
        ("DAILY", 1, "2024-02-28", ["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01"]),
        ("DAILY", 10, "2024-02-28", ["2024-02-18", "2024-02-28", "2024-03-09", "2024-03-19"]),
        ("WEEKLY", 1, "2022-01-15", ["2022-01-08", "2022-01-15", "2022-01-22", "2022-01-29"]),
        ("WEEKLY", 2, "2022-01-15", ["2022-01-01", "2022-01-15", "2022-01-29", "2022-02-12"]),
        ("MONTHLY", 3, "2024-05-31", ["2024-02-29", "2024-05-31", "2024-08-31", "2024-11-30"]),
        ("ANNUALLY", 1, "2024-02-29", ["2023-02-28", "2024-02-29", "2025-02-28", "2026-02-28"]),
        ("ANNUALLY", 2, "2024-07-01", ["2022-07-01", "2024-07-01", "2026-07-01", "2028-07-01"]),
    ],
)
def test_boundaries_lie_the_interval_of_the_frequency_apart(frequency, interval, anchor, expected):
    schedule = Schedule.of(make_attachment(frequency=frequency, interval=interval, anchor=anchor))
    assert [schedule.boundary(number).isoformat() for number in range(-1, 3)] == expected


def test_a_weekly_epoch_of_a_saturday_makes_saturdays():
    attachment = make_attachment("2022-02-01", frequency="WEEKLY", anchor="2022-01-15")
    found = bill_dates(attachment, LONG_AGO, date(2022, 2, 20))
    assert [day.isoformat() for day in found] == ["2022-02-05", "2022-02-12", "2022-02-19"]


def test_an_ad_hoc_plan_has_no_schedule():
    attachment = make_attachment("2024-01-01", "2024-03-01", frequency="AD_HOC")
    with pytest.raises(ValueError, match="AD_HOC has no schedule"):
        Schedule.of(attachment)
    assert bill_dates(attachment, LONG_AGO, date(2025, 1, 1)) == []
    assert last_bill_date(attachment, date(2025, 1, 1)) is None
    assert final_bill_date(attachment) is None
    assert period_billed_on(attachment, date(2024, 2, 1)) is None


def test_of_an_ad_hoc_plan_nothing_is_prorated():
    attachment = make_attachment(frequency="AD_HOC")
    assert worth(attachment, Period(date(2024, 6, 1), date(2024, 6, 10))) == (1, ())


def test_whole_periods_in_a_row_are_one_share():
    found = shares(Schedule(date(2024, 1, 1), 1), date(2024, 1, 16), date(2024, 5, 11))
    assert [(str(part.start), str(part.end), part.days, part.of, part.periods) for part in found] == [
        ("2024-01-16", "2024-02-01", 16, 31, 1),
        ("2024-02-01", "2024-05-01", 90, 90, 3),
        ("2024-05-01", "2024-05-11", 10, 31, 1),
    ]
    assert sum(part.factor for part in found) == Fraction("16/31") + 3 + Fraction("10/31")


def test_no_day_is_worth_nothing():
    assert proration(Schedule(date(2024, 1, 1), 1), date(2024, 1, 16), date(2024, 1, 16)) == 0


@given(SCHEDULES, DAYS)
def test_every_day_lies_between_two_neighbouring_boundaries(schedule, some_day):
    number = schedule.number_at(some_day)
    assert schedule.boundary(number) <= some_day < schedule.boundary(number + 1)


@given(MONTHS, st.integers(-20, 20))
def test_boundaries_lie_interval_months_apart_on_the_anchors_day_or_the_last_of_the_month(schedule, number):
    boundary, following = schedule.boundary(number), schedule.boundary(number + 1)
    months = (following.year - boundary.year) * 12 + following.month - boundary.month
    assert months == schedule.interval
    last_of_month = (boundary + timedelta(1)).day == 1
    assert boundary.day == schedule.anchor.day or (last_of_month and boundary.day < schedule.anchor.day)


@pytest.mark.parametrize(
    ("anchor", "interval", "start", "end", "factor"),
    [
        ("2022-01-01", 1, "2024-06-01", "2024-07-01", "1"),
        ("2022-01-01", 1, "2024-06-16", "2024-07-01", "15/30"),
        ("2022-01-01", 1, "2024-08-01", "2024-08-11", "10/31"),
        ("2022-02-15", 1, "2022-01-01", "2022-02-15", "45/31"),
        ("2023-01-31", 1, "2023-02-15", "2023-02-28", "13/28"),
        ("2024-01-15", 3, "2024-05-20", "2024-06-21", "32/91"),
        ("2022-01-01", 1, "2024-02-29", "2024-03-01", "1/29"),
        ("2022-01-01", 12, "2024-01-01", "2024-02-01", "31/366"),
    ],
)
def test_proration_is_days_in_common_over_the_days_of_each_natural_period(
    anchor, interval, start, end, factor
):
    assert proration(Schedule(day(anchor), interval), day(start), day(end)) == Fraction(factor)


@given(SCHEDULES, st.lists(DAYS, min_size=3, max_size=3, unique=True).map(sorted))
def test_proration_of_parts_sums_to_the_whole(schedule, days):
    start, between, end = days
    whole = proration(schedule, start, end)
    assert proration(schedule, start, between) + proration(schedule, between, end) == whole


@given(SCHEDULES, st.lists(DAYS, min_size=2, max_size=2, unique=True).map(sorted))
def test_shares_follow_each_other_and_lose_no_day(schedule, days):
    start, end = days
    parts = shares(schedule, start, end)
    assert parts[0].start == start
    assert parts[-1].end == end
    assert all(part.end == following.start for part, following in pairwise(parts))
    assert all(part.days == (part.end - part.start).days <= part.of for part in parts)
    assert all(part.days == part.of for part in parts[1:-1])
    assert all(before.days < before.of or part.days < part.of for before, part in pairwise(parts))


@pytest.mark.parametrize(
    ("start", "end", "anchor", "until", "expected"),
    [
        ("2022-01-01", "2023-01-01", "2022-02-15", "2022-04-20", ["2022-02-15", "2022-03-15", "2022-04-15"]),
        ("2022-01-01", None, "2022-01-01", "2022-03-01", ["2022-02-01", "2022-03-01"]),
        ("2022-01-10", None, "2022-01-01", "2022-03-01", ["2022-02-01", "2022-03-01"]),
        ("2022-01-01", None, "2022-01-14", "2022-02-15", ["2022-01-14", "2022-02-14"]),
        ("2024-01-01", "2024-01-20", "2024-02-15", "2024-04-01", ["2024-02-15"]),
        ("2024-01-01", "2024-03-01", "2022-01-01", "2024-09-01", ["2024-02-01", "2024-03-01"]),
        ("2024-01-01", "2024-03-02", "2022-01-01", "2024-09-01", ["2024-02-01", "2024-03-01", "2024-04-01"]),
        ("2024-01-01", "2024-03-02", "2022-01-01", "2024-03-31", ["2024-02-01", "2024-03-01"]),
        ("2024-01-01", None, "2024-02-15", "2024-02-14", []),
        ("2024-01-01", None, "2022-01-01", "2023-12-31", []),
        ("2024-01-01", None, "2022-01-01", "2024-01-31", []),
    ],
)
def test_bill_dates_run_from_after_the_start_to_the_first_on_or_after_the_end(
    start, end, anchor, until, expected
):
    attachment = make_attachment(start, end, anchor=anchor)
    assert [found.isoformat() for found in bill_dates(attachment, LONG_AGO, day(until))] == expected


def test_bill_dates_may_begin_after_a_day():
    attachment = make_attachment("2024-01-01")
    assert bill_dates(attachment, date(2024, 3, 1), date(2024, 5, 1)) == [date(2024, 4, 1), date(2024, 5, 1)]
    assert bill_dates(attachment, date(2024, 5, 1), date(2024, 5, 31)) == []


def boundaries_one_by_one(attachment, until):
    """Spec 3, Billing calendar, taken literally: look at every day and ask whether it is a bill date."""
    schedule = Schedule(attachment.anchor, attachment.interval)
    boundaries = {schedule.boundary(number) for number in range(-200, 200)}
    earliest = max(attachment.start + timedelta(1), attachment.anchor)
    for offset in range((until - earliest).days + 1):
        candidate = earliest + timedelta(offset)
        if candidate in boundaries:
            yield candidate
            if attachment.end and candidate >= attachment.end:
                return


@given(attachments(), st.dates(date(2019, 1, 1), date(2029, 12, 31)))
def test_bill_dates_are_the_boundaries_of_the_specification(attachment, until):
    expected = list(boundaries_one_by_one(attachment, until))
    assert bill_dates(attachment, LONG_AGO, until) == expected
    assert last_bill_date(attachment, until) == (expected[-1] if expected else None)
    if expected:
        assert first_bill_date(attachment) == expected[0]


@given(attachments())
def test_bill_periods_cover_every_day_of_an_attachment_once(attachment):
    dates = bill_dates(attachment, LONG_AGO, date(2035, 1, 1))
    periods = [period_billed_on(attachment, bill_date) for bill_date in dates]
    assert periods[0].start == attachment.start
    assert [period.end for period in periods] == dates
    assert [period.start for period in periods[1:]] == dates[:-1]
    if attachment.end:
        assert periods[-1].start < attachment.end <= periods[-1].end or len(periods) == 1
        assert final_bill_date(attachment) == dates[-1]
    else:
        assert final_bill_date(attachment) is None


@pytest.mark.parametrize("bill_date", ["2024-01-01", "2024-02-02", "2024-05-01", "2023-12-01"])
def test_a_date_that_is_no_bill_date_bills_no_period(bill_date):
    assert period_billed_on(make_attachment("2024-01-01", "2024-03-15"), day(bill_date)) is None


def test_the_last_period_goes_up_to_the_bill_date_also_after_an_earlier_end():
    attachment = make_attachment("2024-01-01", "2024-03-15")
    assert period_billed_on(attachment, date(2024, 4, 1)) == Period(date(2024, 3, 1), date(2024, 4, 1))
