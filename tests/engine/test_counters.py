"""Running totals and adjustments of counters (spec 2, Counter; spec 7, Counters)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.engine.bill import compute_bill, due_bills
from billing.engine.counters import running_total_due_ahead
from billing.engine.due import due_on
from billing.engine.hashing import content_hash
from billing.engine.types import Adjustment
from tests.engine.make import make_attachment, make_input, make_named
from tests.engine.make_bills import make_bills
from tests.engine.make_counters import SEATS, counted, in_arrears, priced, steps, told, whole


def test_an_adjustment_is_charged_by_the_days_left_and_then_in_the_running_total():
    levels = {"2024-06-16": 18, "2024-07-10": 25, "2024-07-20": 10}
    drafts = make_bills([counted("2024-06-01", None, levels, in_arrears())], "2024-08-01")
    assert told(drafts) == {
        "07-01": ["debit 06-16 07-01 18.00"],
        "08-01": [
            "total 07-01 08-01 36.00",
            "debit 07-10 08-01 13.48",
            "credit 07-20 08-01 -13.55",
        ],
    }
    total, debit, credit = drafts[1].lines
    assert (total.quantity, total.units, total.unit, total.average_unit_price) == (18, 18, "seat", 2)
    assert (debit.units, credit.units) == (7, -15)
    assert total.counter == debit.counter == SEATS
    assert [str(band.subtotal) for band in total.bands] == ["36"]


def test_what_is_not_prorated_is_charged_whole():
    levels = {"2024-06-05": 15, "2024-06-15": 18, "2024-07-20": 10}
    drafts = make_bills([counted("2024-06-01", None, levels, whole(in_advance=False))], "2024-08-01")
    assert told(drafts) == {
        "07-01": ["debit 06-05 07-01 30.00", "debit 06-15 07-01 6.00"],
        "08-01": ["total 07-01 08-01 36.00", "credit 07-20 08-01 -16.00"],
    }
    assert steps(drafts[0].lines[0]) == ["adjustment", "price", "price", "difference", "whole", "rounding"]


def test_each_flag_is_of_the_type_that_results():
    """A rise that lowers the price is a credit, so it is the credit's flag that counts."""
    volume = [("0", "0", "10"), ("10", "0", "5")]
    levels = {"2024-06-01": 10, "2024-07-16": 12}
    pricing = in_arrears(*volume, cumulative=False, prorate_debit=False)
    drafts = make_bills([counted("2024-06-01", None, levels, pricing)], "2024-08-01")
    assert told(drafts)["08-01"] == ["total 07-01 08-01 100.00", "credit 07-16 08-01 -20.65"]


def test_a_running_total_in_advance_is_for_the_period_ahead_cut_at_a_known_end():
    drafts = make_bills([counted("2024-06-01", "2024-08-16", {"2024-06-11": 18}, priced())], "2024-09-01")
    assert told(drafts) == {
        "07-01": ["total 07-01 08-01 36.00", "debit 06-11 07-01 24.00"],
        "08-01": ["total 08-01 08-16 17.42"],
        "09-01": [],
    }
    assert [line.in_advance for line in drafts[0].lines] == [True, False]


def test_an_adjustment_on_the_first_day_has_factor_1():
    drafts = make_bills([counted("2024-06-01", None, {"2024-06-01": 15}, in_arrears())], "2024-07-01")
    assert told(drafts) == {"07-01": ["debit 06-01 07-01 30.00"]}


def test_days_left_end_with_the_attachment():
    flat = in_arrears(("0", "0", "3"))
    drafts = make_bills([counted("2024-06-01", "2024-06-21", {"2024-06-11": 6}, flat)], "2024-07-01")
    assert told(drafts) == {"07-01": ["debit 06-11 06-21 6.00"]}


def test_level_0_costs_nothing_whatever_the_first_bands_fixed_price():
    levels = {"2024-06-11": 5, "2024-07-11": 0}
    drafts = make_bills([counted("2024-06-01", None, levels, in_arrears(("0", "30", "2")))], "2024-09-01")
    assert told(drafts) == {
        "07-01": ["debit 06-11 07-01 26.67"],
        "08-01": ["total 07-01 08-01 40.00", "credit 07-11 08-01 -27.10"],
        "09-01": [],
    }
    price = drafts[0].lines[0].explanation["steps"][1]
    assert (price["level"], price["bands"], price["result"]) == ("0", [], "0")


def test_an_adjustment_that_changes_no_price_makes_no_line():
    flat = in_arrears(("0", "30", "0"))
    drafts = make_bills([counted("2024-06-01", None, {"2024-05-01": 4, "2024-06-11": 5}, flat)], "2024-07-01")
    assert told(drafts) == {"07-01": ["total 06-01 07-01 30.00"]}


def test_the_stub_of_a_plan_that_inherits_a_level_is_caught_up():
    attachment = counted("2024-06-16", None, {"2024-06-01": 10}, priced(("0", "0", "8")))
    drafts = make_bills([attachment], "2024-08-01")
    assert told(drafts) == {
        "07-01": ["total 06-16 07-01 40.00", "total 07-01 08-01 80.00"],
        "08-01": ["total 08-01 09-01 80.00"],
    }


def test_a_level_inherited_on_a_boundary_makes_the_start_a_bill_date():
    attachment = counted("2024-06-01", "2024-07-01", {"2024-05-20": 10}, priced(("0", "0", "8")))
    drafts = make_bills([attachment], "2024-08-01")
    assert told(drafts) == {"06-01": ["total 06-01 07-01 80.00"], "07-01": []}
    assert running_total_due_ahead(due_on(attachment, date(2024, 6, 1)))


@pytest.mark.parametrize("level", [{}, {"2024-06-01": 10}])
def test_without_a_level_before_it_the_start_is_no_bill_date(level):
    attachment = counted("2024-06-01", None, level, priced()) if level else make_attachment()
    assert due_on(attachment, date(2024, 6, 1)) is None


def test_a_pricing_that_begins_and_ends_inside_acts_like_the_attachments_start_and_end():
    levels = {"2024-06-05": 10, "2024-07-11": 15}
    inside = in_arrears(("0", "0", "6"), start="2024-06-11", end="2024-07-21")
    drafts = make_bills([counted("2024-06-01", None, levels, inside)], "2024-09-01")
    assert told(drafts) == {
        "07-01": ["total 06-11 07-01 40.00"],
        "08-01": ["total 07-01 07-21 38.71", "debit 07-11 07-21 9.68"],
        "09-01": [],
    }


def test_a_pricing_in_advance_that_begins_inside_is_caught_up_and_one_that_ends_is_cut():
    inside = priced(("0", "0", "6"), start="2024-06-11", end="2024-07-21")
    drafts = make_bills([counted("2024-06-01", None, {"2024-06-05": 10}, inside)], "2024-08-01")
    assert told(drafts) == {
        "07-01": ["total 06-11 07-01 40.00", "total 07-01 07-21 38.71"],
        "08-01": [],
    }


def test_a_pricing_that_begins_in_the_period_ahead_waits_for_its_bill():
    later = priced(("0", "0", "6"), start="2024-07-11")
    drafts = make_bills([counted("2024-06-01", None, {"2024-06-05": 10}, later)], "2024-08-01")
    assert told(drafts) == {
        "07-01": [],
        "08-01": ["total 07-11 08-01 40.65", "total 08-01 09-01 60.00"],
    }


def test_a_pricing_that_begins_on_a_bill_date_is_charged_ahead_without_a_stub():
    later = priced(("0", "0", "6"), start="2024-07-01")
    drafts = make_bills([counted("2024-06-01", None, {"2024-06-05": 10}, later)], "2024-08-01")
    assert told(drafts) == {"07-01": ["total 07-01 08-01 60.00"], "08-01": ["total 08-01 09-01 60.00"]}


def test_a_plans_pricing_replaces_its_templates_of_the_same_counter():
    template = in_arrears(("0", "0", "1"), on_plan=False)
    own = in_arrears(("0", "0", "2"), start="2024-06-11", end="2024-06-21")
    attachment = counted("2024-06-01", None, {"2024-05-01": 30}, own, template)
    assert told(make_bills([attachment], "2024-07-01")) == {
        "07-01": ["total 06-01 06-11 10.00", "total 06-21 07-01 10.00", "total 06-11 06-21 20.00"]
    }


def test_each_counter_has_its_own_level_and_lines_stand_in_the_order_of_codes():
    keys = make_named("keys")
    seats, other = in_arrears(("0", "0", "1")), in_arrears(("0", "0", "5"), counter=keys)
    attachment = counted("2024-06-01", None, {"2024-05-01": 3}, seats, other)
    more = (*attachment.adjustments, Adjustment(keys.id, date(2024, 5, 2), Decimal(4)))
    draft = make_bills([replace(attachment, adjustments=more)], "2024-07-01")[0]
    assert [(line.counter.code, str(line.subtotal)) for line in draft.lines] == [
        ("keys", "20.00"),
        ("seats", "3.00"),
    ]


def test_days_left_in_a_long_stub_are_prorated_from_the_adjustment_on():
    """From 1 June: 14 of the 31 days until 15 June, and a whole period."""
    flat = in_arrears(("0", "0", "31"))
    attachment = counted("2024-05-16", None, {"2024-06-01": 1}, flat, anchor="2024-07-15")
    assert told(make_bills([attachment], "2024-07-15")) == {"07-15": ["debit 06-01 07-15 45.00"]}


def test_an_ad_hoc_plan_is_charged_whole_and_in_arrears():
    attachment = counted(
        "2024-06-01", None, {"2024-05-01": 18, "2024-06-10": 20}, priced(), frequency="AD_HOC"
    )
    drafts = make_bills([attachment], "2024-06-20", ad_hoc_on={1: date(2024, 6, 20)})
    assert told(drafts) == {"06-20": ["total 06-01 06-20 36.00", "debit 06-10 06-20 4.00"]}


def test_the_working_of_a_running_total():
    attachment = counted("2024-06-01", "2024-06-16", {"2024-05-20": 18}, in_arrears(description="Seats, all"))
    line = make_bills([attachment], "2024-07-01")[0].lines[0]
    assert line.description == "Seats, all"
    assert line.explanation["inputs"]["counter"] == {"code": "seats", "name": "Seats"}
    assert line.explanation["inputs"]["pricing"] == {
        "on": "plan",
        "start": "2020-01-01",
        "end": None,
        "description": "Seats, all",
    }
    level, bands, proration = line.explanation["steps"][:3]
    assert level == {
        "step": "level",
        "day": "2024-06-01",
        "since": "2024-05-20",
        "result": "18",
        "unit": "seat",
    }
    assert (bands["type"], bands["result"], proration["factor"], proration["result"]) == (
        "Tiered",
        "36",
        "1/2",
        "18",
    )


def test_the_working_of_an_adjustment():
    levels = {"2024-05-20": 18, "2024-06-16": 25}
    attachment = counted("2024-06-01", None, levels, in_arrears(on_plan=False))
    line = make_bills([attachment], "2024-07-01")[0].lines[1]
    assert steps(line) == ["adjustment", "price", "price", "difference", "proration", "rounding"]
    adjustment, old, new, difference = line.explanation["steps"][:4]
    assert adjustment == {
        "step": "adjustment",
        "day": "2024-06-16",
        "old": "18",
        "new": "25",
        "result": "7",
        "unit": "seat",
    }
    assert (old["level"], old["result"], new["level"], new["result"]) == ("18", "36", "25", "55")
    assert (difference["result"], difference["unit"]) == ("19", "USD")
    assert line.bands == ()


def test_a_level_that_was_never_set_is_0_and_says_so():
    pricing = in_arrears(("0", "0", "2"))
    attachment = counted("2024-06-01", None, {"2024-06-16": 5}, pricing)
    line = make_bills([attachment], "2024-07-01")[0].lines[0]
    assert line.explanation["steps"][0]["old"] == "0"


def test_without_counters_there_is_nothing_to_charge():
    assert told(make_bills([make_attachment("2024-06-01")], "2024-07-01")) == {"07-01": []}


def test_the_content_hash_covers_the_counter():
    attachment = counted("2024-06-01", None, {"2024-05-20": 18}, in_arrears())
    draft = make_bills([attachment], "2024-07-01")[0]
    other = replace(draft, lines=tuple(replace(line, counter=make_named("keys")) for line in draft.lines))
    assert content_hash(draft) != content_hash(other)


DAYS = st.dates(date(2024, 6, 2), date(2024, 6, 29))
LEVELS = st.dictionaries(st.dates(date(2024, 5, 1), date(2024, 6, 30)), st.integers(0, 40), max_size=5)


@given(LEVELS, DAYS)
def test_a_period_split_at_any_day_at_equal_prices_sums_to_the_whole(levels, split):
    """Every level by the days that it holds: exact charges of two attachments are those of one."""
    shared = {f"{on}": level for on, level in sorted(levels.items())} or {"2024-05-01": 0}
    pricing = in_arrears()
    one = [counted("2024-06-01", None, shared, pricing)]
    two = [counted("2024-06-01", str(split), shared, pricing), counted(str(split), None, shared, pricing)]
    assert abs(_sum(one) - _sum(two)) <= Decimal("0.01") * (len(shared) + 3)


def _sum(attachments):
    due = due_bills(attachments, date(2024, 7, 1))[-1]
    return compute_bill(make_input(due)).total
