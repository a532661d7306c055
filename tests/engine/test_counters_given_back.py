"""Running totals in advance whose days were not used after all (spec 7, Lines and bills; Counters)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.advance import charged_ahead
from billing.engine.bill import compute_bill, due_bills
from billing.engine.due import as_it_stands
from billing.engine.hashing import content_hash
from billing.engine.types import Adjustment
from tests.engine.make import day, make_id, make_input
from tests.engine.make_bills import approved, ended, make_bills
from tests.engine.make_counters import SEATS, counted, in_arrears, priced, told, whole


def early(levels, pricing, end, **more):
    """The August bill, after July's running total was billed in advance and approved, and the plan ended."""
    attachment = counted("2024-06-15", None, levels, pricing, **more)
    first = make_bills([attachment], "2024-07-01")
    return make_bills([ended(attachment, end)], "2024-08-01", **approved(first))


def test_unused_days_of_a_running_total_in_advance_are_given_back():
    drafts = early({"2024-06-01": 18}, priced(), "2024-07-11")
    assert told(drafts) == {"08-01": ["total 07-11 08-01 -24.39"]}
    assert drafts[0].lines[0].in_advance


def test_all_of_it_is_given_back_as_it_was_billed():
    assert told(early({"2024-06-01": 18}, priced(), "2024-07-01")) == {"08-01": ["total 07-01 08-01 -36.00"]}


def test_what_is_not_prorated_is_not_given_back():
    assert told(early({"2024-06-01": 18}, whole(), "2024-07-11")) == {"08-01": []}


def test_what_is_not_given_back_makes_no_bill_date_after_the_end():
    assert told(early({"2024-06-01": 18}, whole(), "2024-07-01")) == {}


def test_what_was_billed_at_another_level_is_given_back_of_what_was_billed():
    attachment = counted("2024-06-15", None, {"2024-06-01": 18}, priced())
    first = make_bills([attachment], "2024-07-01")
    corrected = counted("2024-06-15", "2024-07-11", {"2024-06-01": 10}, priced())
    corrected = replace(attachment, end=date(2024, 7, 11), adjustments=corrected.adjustments)
    drafts = make_bills([corrected], "2024-08-01", **approved(first))
    assert told(drafts) == {"08-01": ["total 07-11 08-01 -24.39"]}


def test_a_running_total_that_was_billed_ahead_is_not_billed_again_in_arrears():
    """Switched to arrears between the bills."""
    attachment = counted("2024-06-15", None, {"2024-06-01": 18}, priced())
    first = make_bills([attachment], "2024-07-01")
    switched = replace(
        attachment, counter_pricings=(replace(attachment.counter_pricings[0], in_advance=False),)
    )
    drafts = make_bills([switched], "2024-09-01", **approved(first))
    assert told(drafts) == {"08-01": [], "09-01": ["total 08-01 09-01 36.00"]}


def cut(attachment, end):
    """The attachment with its first counter pricing ended."""
    first, *others = attachment.counter_pricings
    return replace(attachment, counter_pricings=(replace(first, end=day(end)), *others))


def test_days_are_given_back_when_the_pricing_ends_early_too():
    attachment = counted("2024-06-15", None, {"2024-06-01": 18}, priced())
    first = approved(make_bills([attachment], "2024-07-01"))
    assert told(make_bills([cut(attachment, "2024-07-11")], "2024-08-01", **first)) == {
        "08-01": ["total 07-11 08-01 -24.39"]
    }


def test_days_are_given_back_whole_when_another_pricing_has_taken_the_place_of_all():
    template = priced(on_plan=False)
    attachment = counted("2024-06-15", None, {"2024-06-01": 18}, template)
    first = approved(make_bills([attachment], "2024-07-01"))
    own = in_arrears(("0", "0", "1"))
    drafts = make_bills([replace(attachment, counter_pricings=(own, template))], "2024-08-01", **first)
    assert told(drafts) == {"08-01": ["total 07-01 08-01 18.00", "total 07-01 08-01 -36.00"]}


def test_what_no_pricing_of_the_plan_charged_is_not_given_back():
    attachment = counted("2024-06-15", "2024-07-11", {"2024-06-01": 18}, priced())
    first = approved(make_bills([replace(attachment, end=None)], "2024-07-01"))
    of_another = [replace(line, source_id=make_id()) for line in first["billed"]]
    drafts = make_bills([attachment], "2024-08-01", closed=first["closed"], billed=of_another)
    assert told(drafts) == {"08-01": []}


@pytest.mark.parametrize("end", ["2024-07-01", "2024-07-11"])
@pytest.mark.parametrize("how", [ended, cut])
def test_an_approved_bill_stands_though_its_running_total_has_ended_early_since(how, end):
    attachment = counted("2024-06-15", None, {"2024-06-01": 18}, priced())
    draft = make_bills([attachment], "2024-07-01")[0]
    standing = charged_ahead(draft, final=True)
    changed = how(attachment, end)
    due = due_bills([changed], date(2024, 7, 1))[-1]
    kept = compute_bill(replace(make_input(as_it_stands(due, standing, [changed])), standing=standing))
    assert content_hash(kept) == content_hash(draft)


def test_an_approved_bill_does_not_stand_when_a_level_has_changed():
    attachment = counted("2024-06-15", None, {"2024-06-01": 18}, priced())
    draft = make_bills([attachment], "2024-07-01")[0]
    standing = charged_ahead(draft, final=True)
    corrected = replace(
        cut(attachment, "2024-07-11"), adjustments=(Adjustment(SEATS.id, date(2024, 6, 1), Decimal(10)),)
    )
    due = due_bills([corrected], date(2024, 7, 1))[-1]
    stood = as_it_stands(due, standing, [corrected])
    again = compute_bill(replace(make_input(stood), standing=standing))
    assert content_hash(again) != content_hash(draft)
