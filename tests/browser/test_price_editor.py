"""The price editor as a person uses it: type, bands, words, and what is saved."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from m3console.core.links import reverse
from m3console.core.models import Organization
from plans.models import Meter, Pricing
from tests.plans.catalogue import a_meter, a_plan, a_product, a_template, an_aggregation

pytestmark = pytest.mark.long


def test_a_stairstep_price_is_made_band_by_band(
    acme: Organization, signed_in: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    plan = a_plan(a_template(a_product(acme)))
    an_aggregation(
        a_meter(acme), name="Stored data", segmented_fields=["region"], segments=[{"region": "eu"}, {}]
    )
    page = signed_in("catalogue")
    page.goto(reverse("plans:plan_detail", pk=plan.pk))
    accessible(page)
    page.get_by_role("link", name="Create pricing").first.click()
    page.get_by_label("Aggregation").select_option(label="Stored data")
    page.get_by_label("Segment").select_option(label="everything else")
    page.get_by_label("Stairstep").check()
    expect(page.get_by_label("Band 1, unit price, USD")).to_be_disabled()
    page.get_by_label("Band 1, fixed price, USD").fill("12")
    page.get_by_role("button", name="Add band").click()
    expect(page.get_by_label("Band 2, lower limit, over")).to_be_focused()
    page.get_by_label("Band 2, lower limit, over").fill("4")
    page.get_by_label("Band 2, fixed price, USD").fill("25")
    expect(page.locator("#words")).to_contain_text("Over 4 GB: 25.00 USD in all.")
    expect(page.get_by_label("Segment")).to_have_value("{}")
    page.get_by_label("Start date").fill("2024-06-01")
    page.get_by_label("End date").fill("2025-01-01")
    expect(page.get_by_text("Last billed day: 31 Dec 2024")).to_be_visible()
    accessible(page)
    page.get_by_label("Description").press("Enter")
    expect(page.get_by_role("row", name="saved now")).to_contain_text("everything else")
    accessible(page)
    made = Pricing.objects.get()
    assert (made.cumulative, made.lower_limits, made.fixed_prices) == (False, [0, 4], [12, 25])


def test_a_credit_loses_its_cliffs_and_a_price_gets_a_minimum_and_tiers_that_span_the_plan(
    acme: Organization, signed_in: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    plan = a_plan(a_template(a_product(acme)))
    an_aggregation(a_meter(acme), name="Stored data")
    page = signed_in("catalogue")
    page.goto(reverse("plans:pricing_create", pk=plan.pk))
    page.get_by_label("Aggregation").select_option(label="Stored data")
    page.get_by_label("Volume", exact=True).check()
    page.get_by_label("Band 1, unit price, USD").fill("10")
    page.get_by_role("button", name="Add band").click()
    page.get_by_label("Band 2, lower limit, over").fill("15")
    page.get_by_label("Band 2, unit price, USD").fill("5")
    expect(page.locator("#words")).to_contain_text("the bill drops")
    page.get_by_label("Bills as").select_option(label="Product credit")
    expect(page.locator("#words")).not_to_contain_text("the bill drops")
    page.get_by_label("Bills as").select_option(label="Charge")
    page.get_by_label("Start date").fill("2024-06-01")
    page.get_by_label("Tiers span plan").check()
    page.get_by_label("Minimum spend").fill("30")
    page.get_by_label("Minimum billed").select_option(label="In advance")
    accessible(page)
    page.get_by_role("button", name="Create pricing").click()
    saved = page.get_by_role("row", name="saved now")
    expect(saved).to_contain_text("Tiers span the plan, minimum 30.00")
    saved.get_by_role("link").click()
    expect(page.get_by_text("bands count from the attachment’s start")).to_be_visible()
    accessible(page)
    made = Pricing.objects.get()
    assert (made.tiers_span_plan, made.minimum_spend, made.minimum_spend_bill_in_advance) == (True, 30, True)


def test_data_fields_are_added_and_removed_on_a_phone(
    acme: Organization, signed_in: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    page = signed_in("catalogue", viewport={"width": 390, "height": 844})
    page.goto(reverse("plans:meter_create"))
    page.get_by_label("Name", exact=True).fill("Disk")
    page.get_by_label("Code", exact=True).fill("disk")
    page.get_by_role("button", name="Add data field").click()
    page.get_by_label("Field 2, category").select_option("WHERE")
    page.get_by_label("Field 2, code").fill("region")
    page.get_by_label("Field 2, name").fill("Region")
    page.get_by_role("button", name="Remove field 1").click()
    expect(page.get_by_label("Field 1, code")).to_have_value("region")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Create meter").click()
    expect(page.get_by_role("heading", name="Disk", exact=True)).to_be_visible()
    assert [field.code for field in Meter.objects.get().data_fields.all()] == ["region"]
