"""An account's overview: charts of its bills, chosen by mouse and by keyboard."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.billing.make import Shop, run


@pytest.fixture
def account(acme):
    """Two months of bills, the second pending, with two aggregations."""
    shop = Shop(acme)
    meter = shop.meter(gb="MEASURE", calls="MEASURE")
    plan = shop.plan(standing_charge=20)
    shop.price(plan, shop.aggregation(meter, "gb", code="Stored data"), "0.5")
    shop.price(plan, shop.aggregation(meter, "calls", code="Calls", unit="call"), "0.01")
    account = shop.account("borealis")
    shop.attach(account, plan)
    for month, amount in ((6, 100), (7, 250)):
        shop.use(meter, (account, f"2024-0{month}-10T00:00Z", {"gb": amount, "calls": amount * 10}))
        run(shop, date(2024, month + 1, 1))
    return account


@pytest.mark.long
def test_charts_are_chosen_by_keyboard_kept_in_the_address_and_told_as_tables(signed_in, account, accessible):
    page = signed_in("viewer", f"/o/acme/accounts/{account.pk}/", viewport={"width": 1280, "height": 900})
    usage = page.get_by_role("region", name="Billed usage per bill", exact=True)
    expect(usage.get_by_role("img")).to_have_accessible_name(re.compile("Latest: 2,500\\."))
    choice = usage.get_by_label("Aggregation of the chart")
    choice.press("ArrowDown")
    choice.press("Enter")
    expect(usage.get_by_role("img")).to_have_accessible_name(re.compile("Latest: 250\\."))
    expect(page).to_have_url(re.compile("aggregation="))
    page.reload()
    expect(choice.locator("option:checked")).to_have_text("Stored data")
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", colours)
        accessible(page)
    revenue = page.get_by_role("region", name="Revenue per bill", exact=True)
    revenue.get_by_text("Show as table").press("Enter")
    expect(revenue.get_by_role("row").nth(1)).to_contain_text("170.00")
    accessible(page)
    revenue.get_by_role("link", name="1 – 31 Jul 2024").click()
    expect(page.get_by_role("heading", name=re.compile("Bill INV"))).to_be_visible()
    page.go_back()
    expect(usage.locator("option:checked")).to_have_text("Stored data")


def test_charts_are_chosen_without_javascript_and_fit_a_phone(signed_in, account):
    path = f"/o/acme/accounts/{account.pk}/"
    page = signed_in("viewer", path, java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.get_by_role("link", name="Ten latest bills").click()
    usage = page.get_by_role("region", name="Billed usage per bill", exact=True)
    usage.get_by_label("Aggregation of the chart").select_option("Stored data")
    usage.get_by_role("button", name="Show").click()
    expect(usage.get_by_role("img")).to_have_accessible_name(re.compile("Latest: 250"))
    box = usage.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 360
