"""Attaching plans as the product document walks through it, under its labels (spec 2, Plan attachment)."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from accounts.services import create_account
from plans.models import AccountPlan
from tests.plans.catalogue import a_meter, a_plan, a_pricing, a_product, a_template, an_aggregation

CURRENT, PREVIOUS = "Active and pending attached plans", "Previously attached plans"


@pytest.fixture
def borealis(acme):
    """An account, and two products of which one has two plans."""
    storage, search = a_product(acme), a_product(acme, "search")
    storage_monthly, search_monthly = a_template(storage, standing_charge=450), a_template(search, "search-t")
    aggregation = an_aggregation(a_meter(acme, product=storage))
    for code, template in (
        ("standard", storage_monthly),
        ("scale", storage_monthly),
        ("vector", search_monthly),
    ):
        plan = a_plan(template, code)
        if template is storage_monthly:
            a_pricing(aggregation, plan)
    return create_account(
        organization=acme, name="Borealis Analytics", code="borealis", email_address="ap@borealis.example"
    )


def fill_in(page: Page, product: str, plan: str, start: str, end: str = "") -> None:
    """Product first: choosing it fills Plan with its plans."""
    page.get_by_label("Product").select_option(label=product)
    option = page.get_by_label("Plan", exact=True).locator("option", has_text=plan)
    expect(option).to_be_attached()
    page.get_by_label("Plan", exact=True).select_option(value=option.get_attribute("value"))
    page.get_by_label("Start date").fill(start)
    page.get_by_label("End date").fill(end)
    page.get_by_label("End date").press("Tab")


def panel(page: Page, name: str):
    return page.get_by_role("region", name=name, exact=True)


@pytest.mark.long
def test_plans_are_attached_reviewed_changed_and_deleted_as_documented(signed_in, borealis, accessible):
    page = signed_in("operator", "/o/acme/accounts/")
    attach_first(page, accessible)
    attach_another_product_and_an_ended_plan(page)
    review(page, accessible)
    change(page, accessible)
    end_the_current_by_attaching_another(page, accessible)
    delete(page, accessible)


def attach_first(page: Page, accessible) -> None:
    page.get_by_role("link", name="Borealis Analytics").click()
    expect(page.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")
    page.get_by_text("Account actions").click()
    page.get_by_role("link", name="Create plan attachment").first.click()
    expect(page.get_by_role("radio", name="Plan", exact=True)).to_be_checked()
    page.get_by_role("button", name="Next").click()
    for card in ("Plan attachment details", "Plan attachment settings", "Custom fields"):
        expect(page.get_by_role("heading", name=card)).to_be_visible()
    fill_in(page, "Storage", "Standard", "2024-01-16", "2999-01-01")
    expect(page.get_by_text("Last billed day: 31 Dec 2998")).to_be_visible()
    told = panel(page, "What will happen")
    expect(told).to_contain_text("First bill on 1 Feb 2024, covering 16 – 31 Jan 2024.")
    expect(told).to_contain_text("First standing charge 232.26 USD.")
    expect(told).to_contain_text("450 USD × 16 of 31 days.")
    expect(told).to_contain_text("past periods are now unbilled.")
    page.get_by_label("Billing cycle date").fill("2024-02-15")
    page.get_by_label("Billing cycle date").press("Tab")
    expect(told).to_contain_text("First bill on 15 Feb 2024, covering 16 Jan – 14 Feb 2024.")
    accessible(page)
    page.get_by_role("button", name="Create Plan attachment").click()
    row = panel(page, CURRENT).get_by_role("row", name="Standard")
    expect(row).to_have_class(re.compile("is-new"))
    expect(row).to_contain_text("ACTIVE")
    assert AccountPlan.objects.get().bill_epoch == date(2024, 2, 15)


def attach_another_product_and_an_ended_plan(page: Page) -> None:
    panel(page, CURRENT).get_by_role("link", name="Create plan attachment").click()
    page.get_by_role("button", name="Next").click()
    fill_in(page, "Search", "Vector", "2998-06-01")
    page.get_by_role("button", name="Create Plan attachment").click()
    expect(panel(page, CURRENT).get_by_role("row", name="Vector")).to_contain_text("PENDING")
    panel(page, CURRENT).get_by_role("link", name="Create plan attachment").click()
    page.get_by_role("button", name="Next").click()
    fill_in(page, "Storage", "Scale", "2023-01-01", "2023-06-01")
    page.get_by_role("button", name="Create Plan attachment").click()
    ended = panel(page, PREVIOUS).get_by_role("row", name="Scale")
    expect(ended).to_contain_text("INACTIVE")
    expect(ended).to_contain_text("31 May 2023")


def review(page: Page, accessible) -> None:
    panel(page, CURRENT).get_by_role("link", name="Standard", exact=True).click()
    details = panel(page, "Plan attachment details")
    expect(details).to_contain_text("16 Jan 2024")
    expect(page.get_by_role("button", name=re.compile("Copy plan attachment id"))).to_be_visible()
    for link in ("Standard", "Storage"):
        expect(panel(page, "Plan details").get_by_role("link", name=link, exact=True)).to_be_visible()
    expect(panel(page, "Standing charge")).to_contain_text("450.00")
    expect(panel(page, "Pricings")).to_be_visible()
    expect(panel(page, "Bills made under it")).to_contain_text("next bill on")
    accessible(page)


def change(page: Page, accessible) -> None:
    page.get_by_role("link", name="Attached plans").first.click()
    panel(page, CURRENT).get_by_role("link", name="Edit Standard").click()
    page.get_by_label("End date").fill("2998-01-01")
    page.get_by_label("End date").press("Tab")
    told = panel(page, "What will happen")
    expect(told).to_contain_text("Last billed day 31 Dec 2997.")
    expect(told).to_contain_text("Instead of 31 Dec 2998.")
    accessible(page)
    page.get_by_role("button", name="Update Plan attachment").click()
    row = panel(page, CURRENT).get_by_role("row", name="Standard")
    expect(row).to_contain_text("31 Dec 2997")
    expect(row).to_have_class(re.compile("is-new"))


def end_the_current_by_attaching_another(page: Page, accessible) -> None:
    panel(page, CURRENT).get_by_role("link", name="Create plan attachment").click()
    page.get_by_role("button", name="Next").click()
    fill_in(page, "Storage", "Scale", "2024-07-01")
    ending = page.get_by_label("End the current attachment on 1 Jul 2024")
    expect(ending).to_be_checked()
    accessible(page)
    page.get_by_role("button", name="End current and create attachment").click()
    expect(panel(page, CURRENT).get_by_role("row", name="Scale")).to_contain_text("ACTIVE")
    expect(panel(page, PREVIOUS).get_by_role("row", name="Standard")).to_contain_text("30 Jun 2024")


def delete(page: Page, accessible) -> None:
    panel(page, CURRENT).get_by_role("link", name="Delete Vector").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Delete plan attachment Vector?")
    accessible(page)
    dialog.get_by_role("button", name="Delete plan attachment").click()
    expect(page.get_by_text("Vector is taken off Borealis Analytics.")).to_be_visible()
    panel(page, PREVIOUS).get_by_role("link", name="Standard", exact=True).click()
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete plan attachment").click()
    expect(page.get_by_text("Standard is taken off Borealis Analytics.")).to_be_visible()
    assert sorted(AccountPlan.objects.values_list("plan__code", flat=True)) == ["scale", "scale"]
