"""Gaps between prices, and their drawing. Ends are exclusive."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.price_periods import WIDTH, Period, gaps, timeline

JAN, JUN, NINTH, DEC = date(2026, 1, 1), date(2026, 6, 1), date(2026, 6, 9), date(2026, 12, 1)
DAYS = st.integers(0, 200).map(lambda n: JAN + timedelta(days=n))
PERIODS = st.lists(
    st.tuples(DAYS, st.one_of(st.none(), st.integers(1, 40))).map(
        lambda each: (each[0], each[1] and each[0] + timedelta(days=each[1]))
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ([(JAN, None)], []),
        ([(JAN, JUN), (JUN, None)], []),
        ([(NINTH, None), (JAN, JUN)], [(JUN, NINTH)]),
        ([(JAN, JUN), (NINTH, DEC)], [(JUN, NINTH)]),
        ([(JAN, None), (NINTH, DEC)], []),
        ([(JAN, DEC), (date(2026, 2, 1), JUN), (DEC, None)], []),
    ],
)
def test_a_gap_lies_between_an_end_and_the_next_start(periods, expected):
    assert gaps(periods) == expected


@given(PERIODS)
def test_the_days_of_gaps_are_those_that_nothing_covers(periods):
    def covered(day):
        return any(start <= day and (end is None or day < end) for start, end in periods)

    first, last = min(start for start, _ in periods), max(start for start, _ in periods)
    every = (first + timedelta(days=n) for n in range((last - first).days))
    missing = {day for day in every if not covered(day)}
    told = {s + timedelta(days=n) for s, end in gaps(periods) for n in range((end - s).days)}
    assert told == missing


@given(PERIODS)
def test_bars_stand_within_the_drawing(periods):
    drawn = timeline([Period(start, end, "0.10", is_this=not n) for n, (start, end) in enumerate(periods)])
    assert all(box.x >= 0 and box.x + box.width <= WIDTH + 2 for box in drawn.boxes)


def test_the_drawing_tells_each_price_and_the_gap():
    drawn = timeline([Period(JAN, JUN, "12.00"), Period(NINTH, None, "this one", is_this=True)])
    assert drawn.title == (
        "12.00: 1 Jan – 31 May 2026; This price: from 9 Jun 2026; no price: 1 – 8 Jun 2026."
    )
    assert [box.label for box in drawn.boxes if box.is_gap] == ["no price, 8 days"]


def test_a_price_for_ever_from_the_last_days_is_drawn():
    assert timeline([Period(JAN, None, "1"), Period(date(9999, 12, 30), None, "2")]).boxes
