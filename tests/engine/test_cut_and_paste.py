"""What is cut in two at any day comes to what the whole does, at equal prices: nothing is lost or doubled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import lcm

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from billing.engine import bill, due, types
from tests.engine import oracle
from tests.engine.comparison import Engine
from tests.engine.comparison_histories import Runs
from tests.engine.histories import Daily
from tests.engine.oracle_days import DAY, boundaries, proration
from tests.engine.oracle_prices import Band
from tests.engine.situations import Situation, schedules

RUNS = Runs(Engine(types, bill), due)
EXACTLY = oracle.Currency(2, "UNNECESSARY")
ROUNDED = oracle.Currency(2, "HALF_UP")
UNTIL = date(2045, 1, 1)

lengths = st.integers(2, 120)
cuts = st.integers(1, 119)
units = st.integers(1, 40).map(Fraction)


def cost(
    attachments: list[oracle.Attachment], money: oracle.Currency = EXACTLY, usage: Daily | None = None
) -> tuple[Fraction, int]:
    """What all bills to the end of the attachments come to, made in order, and the number of their lines."""
    total, lines, billed = Fraction(0), 0, []
    for due_bill in RUNS.engine.due_bills(attachments, UNTIL):
        windows = RUNS.engine.bill.windows_wanted(due_bill) if usage else ()
        keys = [("gb", window.start, window.end, None) for window in windows]
        measured = {key: usage.get(key) for key in keys} if usage else {}
        situation = Situation((), measured, "USD", {"USD": money}, {})
        draft = bill.compute_bill(RUNS.engine.bill_input(situation, due_bill, billed))
        assert draft.problems == ()
        billed += RUNS.ahead(draft, False)
        total += Fraction(draft.total)
        lines += len(draft.lines)
    return total, lines


def whole_price(schedule: oracle.Attachment, start: date, end: date) -> Fraction:
    """A price that is whole for any number of days of the periods from start to end."""
    natural = boundaries(schedule, start, end)
    return Fraction(lcm(*((after - before).days for before, after in pairwise(natural))))


def attached(schedule: oracle.Attachment, length: int, cut: int) -> tuple[oracle.Attachment, date]:
    """The schedule with an end and no charges, and the day of the cut."""
    assume(cut < length)
    end = schedule.start + length * DAY
    bare = replace(schedule, end=end, currency="USD", standing=Fraction(0), product="api")
    return replace(bare, standing_interval=1, standing_offset=0), schedule.start + cut * DAY


def in_two(whole: oracle.Attachment, middle: date) -> list[oracle.Attachment]:
    return [replace(whole, end=middle), replace(whole, code="b", start=middle)]


@settings(max_examples=30, derandomize=True, database=None)
@given(schedule=schedules(), length=lengths, cut=cuts, cents=st.integers(1, 20_000))
def test_standing_charges_of_the_parts_of_an_attachment_sum_to_those_of_the_whole(
    schedule: oracle.Attachment, length: int, cut: int, cents: int
) -> None:
    bare, middle = attached(schedule, length, cut)
    price = Fraction(cents, 100) * whole_price(bare, bare.start, bare.start + length * DAY)
    whole = replace(bare, standing=price)
    expected = proration(whole, whole.start, whole.start + length * DAY) * price
    assert cost([whole])[0] == cost(in_two(whole, middle))[0] == expected


@settings(max_examples=30, derandomize=True, database=None)
@given(schedule=schedules(), length=lengths, cut=cuts, in_advance=st.booleans())
def test_minimums_of_the_parts_of_an_attachment_sum_to_those_of_the_whole(
    schedule: oracle.Attachment, length: int, cut: int, in_advance: bool
) -> None:
    bare, middle = attached(schedule, length, cut)
    price = whole_price(bare, bare.start, bare.start + length * DAY)
    whole = replace(bare, minimum=price, minimum_in_advance=in_advance)
    expected = proration(whole, whole.start, whole.start + length * DAY) * price
    assert cost([whole])[0] == cost(in_two(whole, middle))[0] == expected


def counted(
    whole: oracle.Attachment, price: Fraction, changes: dict[int, Fraction], in_advance: bool
) -> oracle.Attachment:
    """With a counter that costs 3 prices a unit up to 10 and one beyond, all prorated."""
    pricing = oracle.CounterPricing(
        "seats",
        True,
        "seats",
        date(2020, 1, 1),
        None,
        True,
        (Band(Fraction(0), Fraction(0), 3 * price), Band(Fraction(10), Fraction(0), price)),
        in_advance,
    )
    levels = tuple(("seats", whole.start + day * DAY, level) for day, level in sorted(changes.items()))
    return replace(whole, counters=(pricing,), levels=levels)


def price_by_days(
    whole: oracle.Attachment, price: Fraction, changes: dict[int, Fraction], length: int
) -> Fraction:
    """Every day at the level that it has, as a part of its natural period."""
    total, level = Fraction(0), Fraction(0)
    for number in range(min([0, *changes]), length):
        level = changes.get(number, level)
        if number >= 0:
            day = whole.start + number * DAY
            cost_of_level = price * (3 * min(level, 10) + max(level - 10, 0))
            total += cost_of_level * proration(whole, day, day + DAY)
    return total


@settings(max_examples=30, derandomize=True, database=None)
@given(
    schedule=schedules(),
    length=lengths,
    cut=cuts,
    in_advance=st.booleans(),
    changes=st.dictionaries(st.integers(-10, 119), units | st.just(Fraction(0)), min_size=1, max_size=4),
)
def test_prorated_counters_of_the_parts_of_an_attachment_sum_to_those_of_the_whole(
    schedule: oracle.Attachment, length: int, cut: int, in_advance: bool, changes: dict[int, Fraction]
) -> None:
    bare, middle = attached(schedule, length, cut)
    price = whole_price(bare, bare.start, bare.start + length * DAY)
    whole = counted(bare, price, changes, in_advance)
    expected = price_by_days(whole, price, changes, length)
    assert cost([whole])[0] == cost(in_two(whole, middle))[0] == expected


@settings(max_examples=30, derandomize=True, database=None)
@given(schedule=schedules(), length=lengths, cut=cuts, in_advance=st.booleans(), level=units)
def test_a_counter_repriced_at_the_same_price_costs_the_same(
    schedule: oracle.Attachment, length: int, cut: int, in_advance: bool, level: Fraction
) -> None:
    bare, middle = attached(schedule, length, cut)
    price = whole_price(bare, bare.start, bare.start + length * DAY)
    whole = counted(bare, price, {-3: level}, in_advance)
    (pricing,) = whole.counters
    parts = replace(pricing, end=middle), replace(pricing, code="again", start=middle)
    assert cost([whole])[0] == cost([replace(whole, counters=parts)])[0]


@pytest.mark.parametrize("in_advance", [False, True])
@settings(max_examples=15, derandomize=True, database=None)
@given(schedule=schedules(), length=lengths, cut=cuts, level=units, price=st.integers(1, 9999))
def test_rounded_parts_differ_from_the_rounded_whole_by_no_more_than_half_a_cent_a_line(
    in_advance: bool, schedule: oracle.Attachment, length: int, cut: int, level: Fraction, price: int
) -> None:
    bare, middle = attached(schedule, length, cut)
    amount = Fraction(price, 100)
    priced = replace(bare, standing=amount, in_advance=in_advance, minimum=amount)
    whole = counted(priced, amount, {-3: level}, in_advance)
    (one, lines), (two, more) = cost([whole], ROUNDED), cost(in_two(whole, middle), ROUNDED)
    # A minimum is what is missing to a rounded whole, so it may carry half a cent of its own.
    assert abs(one - two) <= Fraction(lines + more + 2, 200)


@settings(max_examples=30, derandomize=True, database=None)
@given(schedule=schedules(), length=lengths, cut=cuts, seed=st.integers(0, 10**6), spans=st.booleans())
def test_usage_is_counted_once_wherever_an_attachment_is_cut(
    schedule: oracle.Attachment, length: int, cut: int, seed: int, spans: bool
) -> None:
    bare, middle = attached(schedule, length, cut)
    aggregation = oracle.Aggregation("gb", Fraction(1), "NONE", None)
    bands = (Band(Fraction(0), Fraction(0), Fraction(8)),)
    dates = date(2020, 1, 1), None
    pricing = oracle.Pricing("gb", True, aggregation, None, *dates, True, bands, spans_plan=spans)
    whole, usage = replace(bare, pricings=(pricing,)), Daily(seed)
    measured = usage.get(("gb", whole.start, whole.start + length * DAY, None)) or Fraction(0)
    assert cost([whole], usage=usage)[0] == cost(in_two(whole, middle), usage=usage)[0] == 8 * measured
