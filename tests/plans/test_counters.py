"""Counters and what they cost: rules, refusals and their words (spec 2, Counter; spec 7, Counters)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from m3console.core.audit import action
from m3console.core.errors import StaleVersion
from m3console.core.links import reverse
from m3console.core.models import Organization
from plans import services
from plans.models import Counter, CounterPricing, Plan, Product
from plans.priced import is_priced
from tests.plans.catalogue import (
    a_counter,
    a_counter_pricing,
    a_plan,
    a_product,
    a_template,
    bands,
    refused,
    rows,
)

JAN, JUN, DEC = date(2024, 1, 1), date(2024, 6, 1), date(2024, 12, 1)
FLAGS = (
    "running_total_bill_in_advance", "pro_rate_running_total",
    "pro_rate_adjustment_debit", "pro_rate_adjustment_credit",
)  # fmt: skip


@pytest.fixture
def counter(organization: Organization, product: Product) -> Counter:
    return a_counter(organization, product=product)


def test_a_counters_code_is_its_own(organization: Organization, counter: Counter) -> None:
    with refused("code", "Another counter has the code “seats”"):
        a_counter(organization)
    with refused("unit", "missing"):
        a_counter(organization, "keys", unit="")


def test_a_counter_changes_and_keeps_its_version(counter: Counter) -> None:
    changed = services.update_counter(counter, version=1, name="Chairs", unit="chair")
    assert (changed.name, changed.unit, changed.version) == ("Chairs", "chair", 2)
    with pytest.raises(StaleVersion, match="Changed by"):
        services.update_counter(counter, version=1, name="Stools")


def test_a_counter_of_a_product_prices_only_its_plans(organization: Organization, plan: Plan) -> None:
    other = a_product(organization, "compute")
    with refused("counter", "Counter “Seats” belongs to Compute.*plan of Storage"):
        a_counter_pricing(a_counter(organization, product=other), plan)


def test_what_is_global_prices_any_plan_and_stays_global(organization: Organization, plan: Plan) -> None:
    counter = a_counter(organization)
    a_counter_pricing(counter, plan)
    with refused("product", "priced on “Standard” of another product"):
        services.update_counter(counter, version=1, product=a_product(organization, "compute"))
    own = plan.plan_template.product
    assert services.update_counter(counter, version=1, product=own).product == own


def test_everything_is_on_unless_it_is_switched_off(counter: Counter, plan: Plan) -> None:
    on = a_counter_pricing(counter, plan)
    assert {getattr(on, flag) for flag in FLAGS} == {True}
    off = a_counter_pricing(counter, plan_template=plan.plan_template, **dict.fromkeys(FLAGS, False))
    assert {getattr(off, flag) for flag in FLAGS} == {False}


def test_a_counter_pricing_stands_on_a_plan_or_a_template(counter: Counter, plan: Plan) -> None:
    for owner in ({}, {"plan": plan, "plan_template": plan.plan_template}):
        with refused("plan", "exactly one"):
            a_counter_pricing(counter, **owner)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([], "at least one band"),
        ([("5", "0", "1")], "first band begins at 0"),
        ([("0", "0", "1"), ("10", "0", "1"), ("10", "0", "2")], "Band 3 begins at 10"),
        ([("0", "0", "-0.5")], "negative price"),
    ],
)
def test_bands_begin_at_zero_rise_and_are_not_negative(
    counter: Counter, plan: Plan, given: list[tuple[str, str, str]], sentence: str
) -> None:
    with refused("bands", sentence):
        a_counter_pricing(counter, plan, bands=bands(*given))
    pricing = a_counter_pricing(counter, plan)
    with refused("bands", sentence):
        services.update_counter_pricing(pricing, version=1, bands=bands(*given))


def test_the_database_refuses_what_is_no_list_of_bands(counter: Counter, plan: Plan) -> None:
    pricing = a_counter_pricing(counter, plan)
    for columns in (
        {"lower_limits": [Decimal(1)]},
        {"unit_prices": [Decimal("NaN")]},
        {"unit_prices": [Decimal(-1)]},
    ):
        whole = {
            "lower_limits": [Decimal(0)],
            "fixed_prices": [Decimal(0)],
            "unit_prices": [Decimal(1)],
            **columns,
        }
        with pytest.raises(IntegrityError), transaction.atomic():
            CounterPricing.objects.filter(pk=pricing.pk).update(**whole)


@pytest.mark.parametrize(
    ("start", "end", "field", "sentence"),
    [
        (
            date(2024, 7, 1),
            None,
            "start_date",
            "already has a pricing of Seats from 1 Jun 2024.*End that one",
        ),
        (JAN, None, "end_date", "End this one on 1 Jun 2024 at the latest"),
        (JUN, None, "start_date", "Edit that one"),
        (JUN, JUN, "end_date", "after the start"),
    ],
)
def test_two_pricings_of_a_counter_never_apply_at_once(
    counter: Counter, plan: Plan, start: date, end: date | None, field: str, sentence: str
) -> None:
    a_counter_pricing(counter, plan, start_date=JUN, end_date=DEC)
    with refused(field, sentence):
        a_counter_pricing(counter, plan, start_date=start, end_date=end)


def test_counter_pricings_may_touch_and_a_plans_may_replace_its_templates(
    counter: Counter, plan: Plan
) -> None:
    first = a_counter_pricing(counter, plan, end_date=JUN)
    a_counter_pricing(counter, plan, start_date=JUN)
    a_counter_pricing(counter, plan_template=plan.plan_template)
    with refused("end_date", "End this one on 1 Jun 2024"):
        services.update_counter_pricing(first, version=1, end_date=None)
    assert CounterPricing.objects.count() == 3


def test_a_counter_that_is_priced_is_not_deleted(counter: Counter, plan: Plan) -> None:
    pricing = a_counter_pricing(counter, plan)
    with pytest.raises(services.InUse, match="pricing on “Standard” from 1 Jan 2024"):
        services.delete_counter(counter)
    services.delete_counter_pricing(pricing)
    services.delete_counter(counter)
    assert not Counter.objects.exists()


def test_a_product_with_a_counter_is_not_deleted(counter: Counter, product: Product) -> None:
    with pytest.raises(services.InUse, match="counter “Seats”"):
        services.delete_product(product)


def test_a_plan_is_priced_by_a_counter_of_its_own_or_its_template(counter: Counter, plan: Plan) -> None:
    assert not is_priced(plan)
    pricing = a_counter_pricing(counter, plan_template=plan.plan_template)
    assert is_priced(plan)
    services.delete_counter_pricing(pricing)
    a_counter_pricing(counter, plan)
    assert is_priced(plan)


def test_a_duplicate_has_the_counter_pricings_too(counter: Counter, plan: Plan) -> None:
    a_counter_pricing(counter, plan, pro_rate_running_total=False)
    twin = services.duplicate_plan(plan, name="Twin", code="twin")
    assert [row.pro_rate_running_total for row in twin.counter_pricings.all()] == [False]


def test_a_counter_is_made_and_priced_in_the_browser(manager: Client, product: Product, plan: Plan) -> None:
    sent = {"name": "Seats", "code": "seats", "unit": "seat", "product": str(product.pk)}
    answer = manager.post(reverse("plans:counter_create"), sent)
    counter = Counter.objects.get()
    assert answer["Location"] == reverse("plans:counter_detail", pk=counter.pk)
    url = reverse("plans:counter_pricing_create", pk=plan.pk)
    page = manager.get(url).text
    assert "Running total billed in advance" in page
    assert "Aggregation" not in page.partition("<form")[2].partition("</form>")[0]
    sent = {
        "counter": str(counter.pk), "pricing_type": "TIERED", "start_date": "2024-01-01",
        "pro_rate_running_total": "on", **rows({"lower_limit": "0", "unit_price": "2"}),
    }  # fmt: skip
    answer = manager.post(url, sent, follow=True)
    pricing = CounterPricing.objects.get()
    assert [getattr(pricing, flag) for flag in FLAGS] == [False, True, False, False]
    assert "in arrears, debits and credits not prorated" in answer.text
    assert "2.00 per seat" in answer.text


def test_the_editor_says_what_a_level_costs_while_it_is_typed(
    manager: Client, counter: Counter, plan: Plan
) -> None:
    url = reverse("plans:counter_pricing_create", pk=plan.pk)
    a_counter_pricing(counter, plan, end_date=JUN)
    typed = {
        "counter": str(counter.pk), "pricing_type": "TIERED", "start_date": "2024-07-01",
        **rows({"lower_limit": "0", "unit_price": "2"}, {"lower_limit": "20", "unit_price": "3"}),
    }  # fmt: skip
    words = manager.post(f"{url}?words", typed, HTTP_HX_REQUEST="true").text
    assert "The first 20 seat" in words
    assert "No price 1 – 30 Jun 2024: Seats is not billed on these days." in words
    typed["counter"] = ""
    assert "Price curve" in manager.post(f"{url}?words", typed, HTTP_HX_REQUEST="true").text


def test_a_counter_pricing_is_edited_and_deleted_in_the_browser(
    manager: Client, counter: Counter, plan: Plan
) -> None:
    pricing = a_counter_pricing(counter, plan_template=plan.plan_template)
    url = reverse("plans:counter_pricing_edit", pk=pricing.pk)
    assert 'value="20"' in manager.get(url).text
    sent = {
        "pricing_type": "STAIRSTEP", "start_date": "2024-01-01", "end_date": "2025-01-01", "version": "1",
        "description": "Seats, all", **rows({"lower_limit": "0", "fixed_price": "5"}),
    }  # fmt: skip
    manager.post(url, sent)
    pricing.refresh_from_db()
    assert (pricing.cumulative, pricing.fixed_prices, pricing.description) == (False, [5], "Seats, all")
    manager.post(reverse("plans:counter_pricing_delete", pk=pricing.pk))
    assert not CounterPricing.objects.exists()


def test_a_plan_shows_counter_pricings_that_it_inherits_and_replaces(
    manager: Client, organization: Organization, on: Any
) -> None:
    on(date(2024, 6, 15))
    template = a_template(a_product(organization))
    plan, counter = a_plan(template), a_counter(organization)
    a_counter_pricing(counter, plan_template=template)
    a_counter_pricing(counter, plan, start_date=JUN, end_date=date(2024, 7, 1))
    a_counter_pricing(counter, plan, start_date=date(2024, 8, 1))
    page = manager.get(reverse("plans:plan_detail", pk=plan.pk)).text
    assert "Counter pricings" in page
    assert "replaced 1 – 30 Jun 2024" in page
    assert "from template" in page
    template_page = manager.get(reverse("plans:plan_template_detail", pk=template.pk)).text
    assert "2.00 up to 20, then 3.00 per seat" in template_page


def test_history_tells_of_counters_and_their_prices(manager: Client, counter: Counter, plan: Plan) -> None:
    with action("counter.updated"):
        services.update_counter(counter, version=1, unit="chair")
    assert "chair" in manager.get(reverse("plans:counter_history", pk=counter.pk)).text
    pricing = a_counter_pricing(counter, plan)
    assert (
        "Created counter pricing" in manager.get(reverse("plans:counter_pricing_history", pk=pricing.pk)).text
    )
