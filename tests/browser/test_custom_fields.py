"""Custom fields in the browser: defined for accounts, overridden on one, shown struck out and copied."""

import pytest

from m3console.core.custom_fields.definitions import create_custom_field
from tests.browser.conftest import expect

PHONE = {"width": 360, "height": 740}


@pytest.mark.long
def test_an_administrator_defines_a_field_and_an_account_overrides_it(acme, signed_in, accessible):
    page = signed_in(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Custom fields", exact=True).click()
    page.get_by_role("link", name="Create custom field of accounts").click()
    page.get_by_label("Name", exact=True).fill("sla_hours")
    page.get_by_role("radio", name="Number").check()
    page.get_by_label("Default value").fill("24")
    page.get_by_role("button", name="Create custom field").click()
    expect(page.get_by_text("Custom field sla_hours of accounts created.")).to_be_visible()
    accessible(page)

    page.goto("/o/acme/accounts/create/")
    for label, value in {"Name": "Borealis", "Code": "borealis", "Email address": "b@b.example"}.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("sla_hours, value").fill("8")
    page.get_by_role("button", name="Add custom field").click()
    added = page.get_by_label("Custom field 2, name")
    expect(added).to_be_focused()
    expect(page.get_by_label("sla_hours, value")).to_have_value("8")
    added.fill("renewal")
    page.get_by_label("Custom field 2, value").fill("automatic")
    page.get_by_role("button", name="Add custom field").click()
    page.get_by_role("button", name="Remove custom field 3").click()
    expect(page.get_by_label("Custom field 3, name")).to_have_count(0)
    accessible(page)
    # Enter saves: it does not press the buttons of the table.
    page.get_by_label("Custom field 2, value").press("Enter")

    panel = page.get_by_role("region", name="Custom fields")
    expect(panel.locator("s")).to_have_text("24")
    expect(panel).to_contain_text("overridden by this account")
    panel.get_by_role("button", name="Copy sla_hours").click()
    expect(page.locator("#announce")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "8"
    accessible(page)

    page.goto("/o/acme/custom-fields/")
    page.get_by_role("link", name="Delete sla_hours of accounts").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Overridden by 1 account: their own values stay.")
    dialog.get_by_role("button", name="Delete custom field").click()
    expect(page.get_by_text("Custom field sla_hours of accounts deleted.")).to_be_visible()


@pytest.mark.long
def test_rows_work_without_scripts_and_at_360_pixels(acme, signed_in):
    create_custom_field(
        organization=acme, entity_type="PRODUCT", name="team", value_type="STRING", default_value="platform"
    )
    page = signed_in(java_script_enabled=False, viewport=PHONE)
    page.goto("/o/acme/products/create/")
    page.get_by_label("Name", exact=True).fill("Storage")
    page.get_by_label("Code", exact=True).fill("storage")
    page.get_by_label("team, value").fill("core")
    page.get_by_role("button", name="Add custom field").click()
    expect(page.get_by_label("team, value")).to_have_value("core")
    page.get_by_label("Custom field 2, name").fill("note")
    page.get_by_label("Custom field 2, value").fill("x")
    page.get_by_role("button", name="Create product").click()
    panel = page.get_by_role("region", name="Custom fields")
    expect(panel.locator("s")).to_have_text("platform")
    expect(panel).to_contain_text("core")
    expect(panel).to_contain_text("note")
