"""The organization's configuration by keyboard, and what it refuses, in a browser."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from accounts.services import create_account
from m3console.core.configuration import update_organization
from m3console.core.models import CurrencyConversion, Organization
from plans.attachments import attach_plan
from tests.browser.test_keyboard import reach
from tests.plans.catalogue import a_plan, a_product, a_template

pytestmark = pytest.mark.long


def test_a_rate_is_added_and_saved_by_keyboard_alone(acme, signed_in, accessible):
    page = signed_in("administrator", "/o/acme/accounts/")
    reach(page, "Configuration")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Configuration", level=1)).to_be_visible()
    accessible(page)
    reach(page, "Add conversion", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Conversion 1, from")).to_be_focused()
    for label, typed in (("Conversion 1, from", "EUR"), ("Conversion 1, to", "USD")):
        expect(page.get_by_label(label)).to_be_focused()
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.type("1.08")
    accessible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("The configuration is updated.")).to_be_visible()
    (pair,) = CurrencyConversion.objects.values_list("from_currency", "to_currency", "multiplier")
    assert pair == ("EUR", "USD", Decimal("1.08"))


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_overlaps_that_forbid_the_switch_are_a_link_away(acme, signed_in, accessible, scheme, width):
    update_organization(acme, version=1, allow_overlapping_plans=True)
    plan = a_plan(a_template(a_product(acme)))
    account = create_account(organization=acme, name="Alder", code="alder", email_address="a@alder.example")
    for _ in range(2):
        attach_plan(account=account, plan=plan, start_date=date(2024, 6, 1))
    size = {"width": width, "height": 800}
    page = signed_in("administrator", "/o/acme/configuration/", color_scheme=scheme, viewport=size)
    page.get_by_label("Allow overlapping attached plans").uncheck()
    page.get_by_role("button", name="Update configuration").click()
    expect(page.get_by_text("Plans overlap, so this cannot be switched off.").first).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="Alder: Standard from 1 Jun 2024").click()
    expect(page.get_by_role("heading", name="Standard", level=1)).to_be_visible()
    assert Organization.objects.get().allow_overlapping_plans
    for path in ("currencies/", "currencies/create/", "configuration/history/"):
        page.goto(f"/o/acme/{path}")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
