"""Calculations as a person writes them: the answer on a sample, and where a mistake stands."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from m3console.core.links import reverse
from m3console.core.models import Organization
from plans.models import DataField
from tests.plans.catalogue import (
    GB,
    REGION,
    a_meter,
    a_plan,
    a_product,
    a_template,
    an_aggregation,
)

pytestmark = pytest.mark.long


def test_a_derived_field_is_tried_while_it_is_typed(
    acme: Organization, signed_in: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    meter = a_meter(acme, data_fields=[GB, REGION])
    page = signed_in("catalogue")
    page.goto(reverse("plans:meter_detail", pk=meter.pk))
    page.get_by_role("link", name="Create derived field").click()
    accessible(page)
    page.get_by_label("Name", exact=True).fill("Billable")
    page.get_by_label("Code", exact=True).fill("billable")
    page.get_by_label("Unit").fill("GB")
    calculation = page.get_by_label("Calculation")
    calculation.fill('region == "eu" ? gb * 2 : gb +')
    expect(page.locator("#answer")).to_contain_text("Line 1, column 31: The calculation ends too early.")
    accessible(page)
    calculation.press("End")
    calculation.type(" 1")
    expect(page.locator("#answer")).to_contain_text("= 11")
    page.locator("[name=sample-region]").fill("eu")
    expect(page.locator("#answer")).to_contain_text("= 20")
    expect(page.locator("[name=sample-region]")).to_be_focused()
    accessible(page)
    page.get_by_role("button", name="Create derived field").click()
    expect(page.get_by_role("row", name="Billable")).to_contain_text("gb * 2")
    accessible(page)
    assert DataField.objects.get(code="billable").position == 1


def test_a_derived_field_is_written_on_a_phone(
    acme: Organization, signed_in: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    meter = a_meter(acme, data_fields=[GB, REGION])
    page = signed_in("catalogue", viewport={"width": 360, "height": 740})
    page.goto(reverse("plans:derived_field_create", pk=meter.pk))
    page.get_by_label("Calculation").fill("gb / 4 + ts * 0")
    expect(page.locator("#answer")).to_contain_text("= 2.5")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    accessible(page)


def test_a_compound_aggregation_is_made_and_priced(
    acme: Organization, signed_in: Callable[..., Page], accessible: Callable[[Page], None]
) -> None:
    plan = a_plan(a_template(a_product(acme)))
    meter = a_meter(acme, data_fields=[GB, REGION])
    an_aggregation(meter, "gb_sum", name="Stored")
    an_aggregation(meter, "gb_max", name="Peak", method="MAX")
    page = signed_in("catalogue")
    page.get_by_role("link", name="Compound aggregations").click()
    page.get_by_role("link", name="Create compound aggregation").first.click()
    page.get_by_label("Name", exact=True).fill("Peak share")
    page.get_by_label("Code", exact=True).fill("peak_share")
    page.get_by_label("Unit", exact=True).fill("share")
    page.get_by_label("Calculation").fill("aggregation.gb_max / aggregation.gb_total")
    expect(page.locator("#answer")).to_contain_text("There is no aggregation with the code “gb_total”.")
    page.get_by_label("Calculation").fill("aggregation.gb_max / aggregation.gb_sum")
    expect(page.locator("#answer")).to_contain_text("= 1")
    page.get_by_label("aggregation.gb_sum").fill("8")
    expect(page.locator("#answer")).to_contain_text("= 12.5")
    accessible(page)
    page.get_by_role("button", name="Create compound aggregation").last.click()
    expect(page.get_by_role("heading", name="Peak share")).to_be_visible()
    accessible(page)
    page.goto(reverse("plans:pricing_create", pk=plan.pk))
    page.get_by_label("Aggregation").select_option(label="Peak share")
    page.get_by_label("Start date").fill("2024-06-01")
    page.get_by_label("Band 1, unit price, USD").fill("3")
    page.get_by_role("button", name="Create pricing").last.click()
    expect(page.get_by_role("row", name="saved now")).to_contain_text("3.00 per share")
    accessible(page)
