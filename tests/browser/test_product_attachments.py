"""Attaching plans as the product document walks through it, under its labels (spec 2, Plan attachment).

The same steps by mouse on a large screen, and by keyboard alone on a phone and at a zoom of 200 %.
"""

import re
from datetime import date

import pytest
from playwright.sync_api import Locator, expect

from accounts.services import create_account
from m3console.core.custom_fields.definitions import create_custom_field
from plans.models import AccountPlan
from tests.browser.hands import Hand
from tests.plans.catalogue import a_meter, a_plan, a_pricing, a_product, a_template, an_aggregation

pytestmark = pytest.mark.long
CURRENT, PREVIOUS = "Active and pending attached plans", "Previously attached plans"


@pytest.fixture
def borealis(acme):
    """An account, two products of which one has two plans, and a custom field of attachments."""
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
    create_custom_field(
        organization=acme,
        entity_type="ACCOUNT_PLAN",
        name="cost_centre",
        value_type="STRING",
        default_value="shared",
    )
    return create_account(
        organization=acme, name="Borealis Analytics", code="borealis", email_address="ap@borealis.example"
    )


def panel(hand: Hand, name: str) -> Locator:
    return hand.page.get_by_role("region", name=name, exact=True)


def test_plans_are_attached_reviewed_changed_and_deleted_as_documented(come, borealis, accessible):
    hand = come("operator", "/o/acme/accounts/")
    attach_first(hand, accessible)
    attach_another_product_and_an_ended_plan(hand)
    review(hand, accessible)
    change(hand, accessible)
    end_the_current_by_attaching_another(hand, accessible)
    delete(hand, accessible)


def open_plans(hand: Hand, name: str = "Borealis Analytics") -> None:
    """Select Accounts, the name, and the tab Attached plans."""
    page = hand.page
    hand.select("Accounts")
    hand.press(page.get_by_role("main").get_by_role("link", name=name, exact=True))
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")
    hand.press(page.get_by_role("navigation", name="Account").get_by_role("link", name="Attached plans"))
    expect(page.get_by_role("heading", name=CURRENT)).to_be_visible()
    hand.fits()


def create(hand: Hand) -> None:
    """Select Create plan attachment on the panel; Plan is selected already, so Next."""
    hand.press(panel(hand, CURRENT).get_by_role("link", name="Create plan attachment").first)
    go_on(hand)


def go_on(hand: Hand) -> None:
    page = hand.page
    expect(page.get_by_role("radio", name="Plan", exact=True)).to_be_checked()
    hand.fits()
    hand.press(page.get_by_role("button", name="Next"))
    for card in ("Plan attachment details", "Plan attachment settings", "Custom fields"):
        expect(page.get_by_role("heading", name=card)).to_be_visible()
    hand.fits()


def fill_in(hand: Hand, product: str, plan: str, start: str, end: str = "") -> None:
    """Product first: choosing it fills Plan with its plans."""
    hand.choose("Product", product)
    hand.choose("Plan", plan)
    hand.day("Start date", start)
    if end:
        hand.day("End date", end)


def attach_first(hand: Hand, accessible) -> None:
    page = hand.page
    hand.press(page.get_by_role("main").get_by_role("link", name="Borealis Analytics"))
    expect(page.get_by_role("link", name="Overview")).to_have_attribute("aria-current", "page")
    hand.press(page.get_by_text("Account actions"))
    expect(page.get_by_role("heading", name="Plans", exact=True)).to_be_visible()
    hand.press(page.get_by_role("link", name="Create plan attachment").first)
    go_on(hand)
    fill_in(hand, "Storage", "Standard", "2024-01-16", "2999-01-01")
    expect(page.get_by_text("Last billed day: 31 Dec 2998")).to_be_visible()
    told = panel(hand, "What will happen")
    expect(told).to_contain_text("First bill on 1 Feb 2024, covering 16 – 31 Jan 2024.")
    expect(told).to_contain_text("First standing charge 232.26 USD.")
    expect(told).to_contain_text("450 USD × 16 of 31 days.")
    expect(told).to_contain_text("past periods are now unbilled.")
    hand.day("Billing cycle date", "2024-02-15")
    expect(told).to_contain_text("First bill on 15 Feb 2024, covering 16 Jan – 14 Feb 2024.")
    hand.write("cost_centre, value", "DE-4410")
    hand.fits()
    accessible(page)
    hand.press(page.get_by_role("button", name="Create Plan attachment"))
    row = panel(hand, CURRENT).get_by_role("row", name="Standard")
    expect(row).to_have_class(re.compile("is-new"))
    expect(row).to_contain_text("ACTIVE")
    hand.fits()
    made = AccountPlan.objects.get()
    assert (made.bill_epoch, made.custom_fields) == (date(2024, 2, 15), {"cost_centre": "DE-4410"})


def attach_another_product_and_an_ended_plan(hand: Hand) -> None:
    page = hand.page
    create(hand)
    fill_in(hand, "Search", "Vector", "2998-06-01")
    hand.press(page.get_by_role("button", name="Create Plan attachment"))
    expect(panel(hand, CURRENT).get_by_role("row", name="Vector")).to_contain_text("PENDING")
    create(hand)
    fill_in(hand, "Storage", "Scale", "2023-01-01", "2023-06-01")
    hand.press(page.get_by_role("button", name="Create Plan attachment"))
    ended = panel(hand, PREVIOUS).get_by_role("row", name="Scale")
    expect(ended).to_contain_text("INACTIVE")
    expect(ended).to_contain_text("31 May 2023")


def review(hand: Hand, accessible) -> None:
    page = hand.page
    hand.press(panel(hand, CURRENT).get_by_role("link", name="Standard", exact=True))
    details = panel(hand, "Plan attachment details")
    expect(details).to_contain_text("16 Jan 2024")
    hand.press(page.get_by_role("button", name="Copy plan attachment id"))
    expect(page.locator("#announce")).to_have_text("Copied")
    fields = panel(hand, "Custom fields")
    expect(fields.locator("s")).to_have_text("shared")
    expect(fields).to_contain_text("DE-4410")
    hand.press(fields.get_by_role("button", name="Copy cost_centre"))
    expect(panel(hand, "Standing charge")).to_contain_text("450.00")
    expect(panel(hand, "Pricings")).to_be_visible()
    expect(panel(hand, "Bills made under it")).to_contain_text("next bill on")
    hand.fits()
    accessible(page)
    for link, place in (("Standard", "plans"), ("monthly", "plan-templates"), ("Storage", "products")):
        hand.press(panel(hand, "Plan details").get_by_role("link", name=link, exact=True))
        expect(page).to_have_url(re.compile(f"/{place}/"))
        expect(page.get_by_role("heading", name=link, level=1)).to_be_visible()
        hand.fits()
        page.go_back()
        expect(details).to_be_visible()


def change(hand: Hand, accessible) -> None:
    page = hand.page
    open_plans(hand)
    hand.press(panel(hand, CURRENT).get_by_role("link", name="Edit Standard"))
    expect(page.get_by_role("heading", name="Edit plan attachment Standard")).to_be_visible()
    hand.day("End date", "2998-01-01")
    told = panel(hand, "What will happen")
    expect(told).to_contain_text("Last billed day 31 Dec 2997.")
    expect(told).to_contain_text("Instead of 31 Dec 2998.")
    hand.fits()
    accessible(page)
    hand.press(page.get_by_role("button", name="Update Plan attachment"))
    row = panel(hand, CURRENT).get_by_role("row", name="Standard")
    expect(row).to_contain_text("31 Dec 2997")
    expect(row).to_have_class(re.compile("is-new"))


def end_the_current_by_attaching_another(hand: Hand, accessible) -> None:
    page = hand.page
    create(hand)
    fill_in(hand, "Storage", "Scale", "2024-07-01")
    expect(page.get_by_label("End the current attachment on 1 Jul 2024")).to_be_checked()
    hand.fits()
    accessible(page)
    hand.press(page.get_by_role("button", name="End current and create attachment"))
    expect(panel(hand, CURRENT).get_by_role("row", name="Scale")).to_contain_text("ACTIVE")
    expect(panel(hand, PREVIOUS).get_by_role("row", name="Standard")).to_contain_text("30 Jun 2024")


def delete(hand: Hand, accessible) -> None:
    """From the panel, then from the page of an attachment."""
    page = hand.page
    hand.press(panel(hand, CURRENT).get_by_role("link", name="Delete Vector"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Delete plan attachment Vector?")
    hand.fits()
    accessible(page)
    hand.press(dialog.get_by_role("button", name="Delete plan attachment"))
    hand.said("Vector is taken off Borealis Analytics.")
    hand.press(panel(hand, PREVIOUS).get_by_role("link", name="Standard", exact=True))
    expect(page.get_by_role("heading", name="Standard", level=1)).to_be_visible()
    hand.press(page.get_by_role("link", name="Delete", exact=True))
    hand.press(dialog.get_by_role("button", name="Delete plan attachment"))
    hand.said("Standard is taken off Borealis Analytics.")
    assert sorted(AccountPlan.objects.values_list("plan__code", flat=True)) == ["scale", "scale"]


def test_a_childs_plan_says_who_is_billed_and_plans_overlap_once_allowed(come, acme, borealis):
    create_account(
        organization=acme,
        name="Borealis Labs",
        code="labs",
        email_address="ap@labs.example",
        parent_account=borealis,
    )
    hand = come("administrator", "/o/acme/accounts/")
    page = hand.page
    hand.select("Configuration")
    hand.tick("Allow overlapping attached plans")
    hand.press(page.get_by_role("main").get_by_role("button", name="Update configuration"))
    hand.said("The configuration is updated.")
    open_plans(hand, "Borealis Labs")
    for plan, mode in (("Standard", "Bill child account"), ("Scale", "single bill line item")):
        create(hand)
        chosen = hand.box("Account hierarchy billing mode").locator("option:checked")
        expect(chosen).to_have_text("Bill parent account - bill line item per account")
        fill_in(hand, "Storage", plan, "2024-01-01")
        hand.choose("Account hierarchy billing mode", mode)
        hand.press(page.get_by_role("button", name="Create Plan attachment"))
        expect(panel(hand, CURRENT).get_by_role("row", name=plan)).to_contain_text("ACTIVE")
    modes = dict(AccountPlan.objects.values_list("plan__code", "child_billing_mode"))
    assert modes == {"standard": "CHILD", "scale": "PARENT_SUMMARY"}
