"""The catalogue by hand: a price with a cliff, a duplicate, a plan's accounts; then by keyboard alone."""

from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.services import create_account
from m3console.core.links import reverse
from plans.attachments import attach_plan
from plans.models import Plan, Pricing
from tests.browser.test_keyboard import reach
from tests.plans.catalogue import a_meter, a_plan, a_pricing, a_product, a_template, an_aggregation, bands

PHONE = {"width": 360, "height": 740}
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def plan(acme):
    product = a_product(acme)
    made = a_plan(a_template(product))
    jobs = an_aggregation(
        a_meter(acme, product=product), "jobs", name="Restore jobs", unit="job", rounding="UP"
    )
    a_pricing(
        jobs, made, start_date=date(2026, 1, 1), end_date=date(2026, 6, 1), bands=bands(("0", "0", "12"))
    )
    return made


@pytest.mark.long
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desk", "phone"])
def test_a_price_is_drawn_saved_and_found_again_on_the_plan(plan, signed_in, accessible, viewport):
    page = signed_in("catalogue", **({"viewport": viewport} if viewport else {}))
    page.goto(reverse("plans:plan_detail", pk=plan.pk))
    page.get_by_role("link", name="Create pricing").first.click()
    page.get_by_label("Aggregation").select_option(label="Restore jobs")
    expect(page.get_by_role("heading", name="Price curve")).to_be_visible()
    page.get_by_label("Volume", exact=True).check()
    expect(page.get_by_text("Volume has no fixed prices")).to_be_visible()
    page.get_by_label("Band 1, unit price, USD").fill("10")
    page.get_by_role("button", name="Add band").click()
    page.get_by_label("Band 2, lower limit, over").fill("15")
    page.get_by_label("Band 2, unit price, USD").fill("5")
    warning = page.get_by_text("At 15 → 16 units the bill drops from 150.00 to 80.00.")
    expect(warning).to_be_visible()
    page.get_by_label("Start date").fill("2026-06-09")
    gap = page.get_by_text("No price 1 – 8 Jun 2026")
    expect(gap).to_be_visible()
    page.get_by_text("Show as table").click()
    expect(page.get_by_role("row", name="16 80.00")).to_be_visible()
    accessible(page)
    assert page.evaluate(SIDEWAYS) <= 0
    page.get_by_label("Start date").fill("2026-06-01")
    expect(gap).to_be_hidden()
    expect(warning).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Create pricing", exact=True).last.click()
    expect(page.get_by_role("row", name="saved now")).to_contain_text("10.00, over 15 all at 5.00 per job")
    accessible(page)
    assert page.evaluate(SIDEWAYS) <= 0
    page.get_by_role("navigation", name="Pricings by time").get_by_role("link", name="Past").click()
    expect(page.get_by_role("row", name="12.00 per job")).to_be_visible()


@pytest.mark.long
def test_a_plan_is_duplicated_and_its_accounts_are_listed(acme, plan, signed_in, accessible):
    for name in ("Alder", "Birch"):
        account = create_account(organization=acme, name=name, code=name, email_address="ap@customer.example")
        attach_plan(account=account, plan=plan, start_date=date(2024, 1, 1))
    page = signed_in("catalogue")
    page.goto(reverse("plans:plan_detail", pk=plan.pk))
    page.get_by_role("link", name="Attached accounts").click()
    expect(page.get_by_role("link", name="Alder", exact=True)).to_be_visible()
    page.get_by_role("main").get_by_role("searchbox").fill("bir")
    expect(page.get_by_role("link", name="Alder", exact=True)).to_be_hidden()
    expect(page.get_by_role("link", name="Birch", exact=True)).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Pricing", exact=True).click()
    page.get_by_role("link", name="Duplicate").click()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Standard copy")
    accessible(page)
    page.get_by_role("textbox", name="Code", exact=True).fill("standard-2")
    page.get_by_role("main").get_by_role("button", name="Duplicate plan").click()
    expect(page.get_by_role("heading", name="Standard copy", level=1)).to_be_visible()
    expect(page.get_by_role("row", name="12.00 per job")).to_be_visible()
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete plan").click()
    expect(page.get_by_role("heading", name="Plans", level=1)).to_be_visible()
    assert Plan.objects.get() == plan


@pytest.mark.long
def test_a_price_is_made_by_keyboard_alone(plan, signed_in):
    page = signed_in("catalogue", path=reverse("plans:plan_detail", pk=plan.pk))
    expect(page.get_by_role("heading", name="Standard", level=1)).to_be_visible()
    reach(page, "Create pricing")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Create pricing")).to_be_visible()
    reach(page, "Aggregation", "combobox")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("by units in job")).to_be_visible()
    reach(page, "Band 1, unit price, usd", "textbox")
    page.keyboard.type("3")
    expect(page.get_by_text("Any quantity of job: 3.00 USD each.")).to_be_visible()
    expect(page.get_by_role("img", name="What 0 to 10 job cost")).to_be_visible()
    reach(page, "Start date", "textbox")
    page.keyboard.type("06012026")
    reach(page, "Create pricing", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="saved now")).to_contain_text("3.00 per job")
    assert Pricing.objects.filter(start_date=date(2026, 6, 1), unit_prices=[3]).exists()
